"""A plan and its template: started from it, told of a newer version, and measured by it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.consent import queries
from app.db import db
from app.enums import EntryKind, NoticeKind, PlanKind, Section
from app.jobs import template_publishing
from app.models import ConsentText, Job, Participant, Plan, StandardRole
from app.plans import template_proposals
from app.plans.meter import MeterFacts, Unanswered, measure
from app.plans.meter_facts import facts_of
from app.set_up_tables import Template
from app.side_tables import Notice
from app.templating.texts import key_of
from tests.drills import size
from tests.jobs import cancelling
from tests.plans import form_world
from tests.plans import garden as gardens
from tests.plans.content_world import Plot, add_to
from tests.security.plan_words import all_of

START = "/plan-start/"
ANSWERING = form_world.FIRST | {
    "sections": [
        form_world.section(
            "behov",
            "mapping",
            form_world.field("ressurser", is_required=True, legal_points=[1]),
            form_world.field("behov", legal_points=[1]),
            form_world.field("andre", legal_points=[9]),
        )
    ]
}


@pytest.fixture
def plot(app, world):
    """The rows of Strandvik."""
    return Plot(app, world.strandvik)


@pytest.fixture(scope="module")
def made(app):
    """Ids of a template for individual plans and its versions, and of one besides."""
    plot = Plot(app, app.extensions["test_world"].strandvik)
    with plot.planting():
        head, versions = form_world.template(form_world.FIRST, form_world.SECOND)
        besides, _versions = form_world.template(ANSWERING, key="besides")
    return head, versions, besides


@pytest.fixture
def coordinator(client_as):
    """Who coordinates the plans of Strandvik."""
    return client_as("koordinator.strandvik")


@pytest.fixture
def administrator(client_as):
    """Who sets up the templates of Strandvik."""
    return client_as("lokal.strandvik")


def start(client, plot, template_id, age=40):
    """Start a plan from a template; the id of its owner, and the last answer."""
    with plot.planting():
        owner = gardens.person(
            plot.place, f"of {template_id} {age}", "Nykommer", gardens.born(age)
        ).id
    client.send(f"{START}discard")
    client.send(f"{START}?step=kind", {"kind": "individual_plan", "level": ""})
    answer = client.send(f"{START}?step=template", {"template_id": template_id})
    if answer.status_code != 302:
        return owner, answer
    client.send(f"{START}?step=owner", {"owner_id": owner})
    client.send(f"{START}?step=authorities", {"next": "1"})
    client.send(f"{START}?step=unit", {"unit_id": ""})
    key = client.form_key(f"{START}?step=review")
    return owner, client.send(f"{START}?step=review", {"form_key": key})


def plan_of(plot, owner):
    """The plan of an owner."""
    with plot.looking():
        return db.session.scalars(select(Plan).where(Plan.owner_id == owner)).one()


# --- starting ------------------------------------------------------------------------------------


def test_the_step_of_the_template_shows_what_is_in_each_and_chooses_none(coordinator, made):
    coordinator.send(f"{START}discard")
    coordinator.send(f"{START}?step=kind", {"kind": "individual_plan", "level": ""})
    page = coordinator.get(f"{START}?step=template").text
    for said in ("En mal til tester", "Skole", "Kontaktlærer"):
        assert said in page
    assert " checked" not in page
    assert coordinator.send(f"{START}?step=template", {}).status_code == 422


def test_a_plan_started_from_a_template_has_all_that_the_template_gives(plot, coordinator, made):
    head, versions, _besides = made

    owner, answer = start(coordinator, plot, head)

    assert answer.status_code == 302
    plan = plan_of(plot, owner)
    assert plan.template_version_id == versions[-1]
    assert plan.next_evaluation_on == today() + timedelta(weeks=12)
    goal = plot.entries(plan.id, section=Section.GOALS)[0]
    activity = plot.entries(plan.id, section=Section.ACTIVITIES)[0]
    assert (goal.title, goal.body) == ("Ferdig mål", "Slik ser vi det")
    assert (activity.parent_id, activity.details["scope"]) == (goal.id, "hver uke")
    assert "Siden sist\nVeien videre" in coordinator.get(add_to(plan.id, "meeting")).text
    adding = coordinator.get(f"/plan-participant/add/{plan.id}").text
    assert "Kontaktlærer" in adding
    asked = coordinator.get(f"/plan-participant/add/{plan.id}?suggested=0").text
    assert re.search(r"<option value=\"[0-9a-f-]{36}\" selected>", asked)
    assert "suggested=0" in asked
    with plot.looking():
        found = select(Participant).where(Participant.plan_id == plan.id)
        assert db.session.scalars(found).all() == []


def test_the_text_of_the_template_is_the_one_to_consent_to_and_of_no_other_plan(
    plot, coordinator, made, garden
):
    owner, _answer = start(coordinator, plot, made[0], age=41)
    plan_id = plan_of(plot, owner).id
    with plot.looking():
        first = queries.texts(db.session.get_one(Plan, plan_id))[0]
        assert first.texts == {"nb": "Egen tekst for malen."}
        others = queries.texts(db.session.get_one(Plan, garden.strandvik.plans["ip"]))
        assert first.id not in {one.id for one in others}
        made_once = select(ConsentText).where(ConsentText.template_version_id == made[1][-1])
        assert len(db.session.scalars(made_once).all()) == 1


def test_a_template_that_is_retired_meanwhile_is_refused(plot, coordinator):
    with plot.planting():
        retired, _versions = form_world.template(form_world.FIRST, key="borte")
        db.session.get_one(Template, retired).retired_at = utc_now()
    _owner, answer = start(coordinator, plot, retired, age=43)
    assert answer.status_code == 422


SHOWN = "=1+1 {{7*7}} &lt;script&gt;alert(1)&lt;/script&gt; [U+202E]abc"
UNFIT = ("<script>alert", "{{49}}", "=1+1 49", "\u202e", "\u202d")


@pytest.fixture(scope="module")
def hostile(app):
    """A template whose every text is hostile, and two versions of it."""
    plot, said = Plot(app, app.extensions["test_world"].strandvik), form_world.hostile_everywhere()
    with plot.planting():
        return form_world.template(said, said | {"review_weeks": 30}, key="farlig")


def test_what_a_template_says_is_shown_as_it_is_written_wherever_it_comes(
    app, plot, coordinator, administrator, hostile, monkeypatch
):
    head, versions = hostile
    owner, _answer = start(coordinator, plot, head, age=44)
    pk = plan_of(plot, owner).id
    part = "plan-content/section"
    filled = {"f_navn": "x", "f_trinn": "en", "f_fag-0-c_en": "x", "f_fag-0-c_to": "y"}
    assert coordinator.send(f"{add_to(pk, 'form')}&key=skole", filled).status_code == 302
    back = {"to": versions[0], "was": versions[1]}
    assert coordinator.send(f"/plan-template/move/{pk}", back).status_code == 302
    monkeypatch.setattr(template_proposals, "AT_ONCE", 1)
    key = {"form_key": administrator.form_key(f"/template-proposal/show/{head}")}
    job = administrator.send(f"/template-proposal/propose/{head}", key).location
    monkeypatch.undo()
    cancelling.steps.run(app, job.rpartition("/")[2], plot.place.id)
    pages = {
        coordinator: (
            f"/{part}/{pk}?section=goals",
            f"/{part}/{pk}?section=activities",
            f"/{part}/{pk}?section=mapping",
            f"{add_to(pk, 'form')}&key=skole",
            add_to(pk, "meeting"),
            f"/plan-participant/add/{pk}",
            f"/plan-participant/add/{pk}?suggested=0",
            f"/plan-consent-record/print/{pk}",
            f"/plan-copy/paper/{pk}",
            f"/plan-template/show/{pk}",
            "/my-plans/",
        ),
        administrator: (job, "/templates/", f"/templates/show/{head}"),
    }
    for client, paths in pages.items():
        for path in paths:
            page = client.get(path).text
            assert SHOWN in page, path
            assert [one for one in UNFIT if one in page] == [], path
    csv, xlsx = (
        all_of(answer.data, answer.headers)
        for answer in (coordinator.get(f"/plan-copy/download/{pk}?format={f}") for f in FORMATS)
    )
    label = form_world.EVIL.replace("\u202e", "[U+202E]")
    assert f"'{label}" in csv
    assert f";{label}" not in csv
    assert SHOWN in xlsx
    assert "<f>" not in xlsx
    assert "\u202e" not in csv + xlsx


FORMATS = ("csv", "xlsx")


# --- a newer version -----------------------------------------------------------------------------


def put_back(plot, plan_id, version_id):
    """Let the plan have an earlier version, and nobody be told yet."""
    with plot.planting():
        form_world.give(plan_id, version_id)
        for one in db.session.scalars(select(Notice).where(Notice.plan_id == plan_id)):
            one.settled_at = one.settled_at or utc_now()


def told(plot, plan_id):
    """Who is told of a newer version of the plan's template."""
    with plot.looking():
        found = select(Notice.person_id).where(
            Notice.plan_id == plan_id,
            Notice.kind == NoticeKind.TEMPLATE_PROPOSED,
            Notice.settled_at.is_(None),
        )
        return list(db.session.scalars(found))


def test_the_coordinator_is_told_once_and_alone_moves_the_plan(
    plot, garden, made, administrator, coordinator
):
    head, versions, _besides = made
    ip = garden.strandvik.plans["ip"]
    put_back(plot, ip, versions[0])
    path = f"/template-proposal/show/{head}"
    assert coordinator.get(path).status_code in (403, 404)
    key = {"form_key": administrator.form_key(path)}
    for _time in range(2):
        assert administrator.send(f"/template-proposal/propose/{head}", key).status_code == 302

    assert told(plot, ip) == [plot.place.persons["koordinator.strandvik"]]
    assert plot.read(Plan, ip).template_version_id == versions[0]
    assert f"/plan-template/show/{ip}" in coordinator.get("/my-plans/").text
    assert administrator.get(f"/plan-template/show/{ip}").status_code in (403, 404)
    change = {"to": versions[1], "was": versions[0]}
    assert administrator.send(f"/plan-template/move/{ip}", change).status_code in (403, 404)
    assert coordinator.send(f"/plan-template/move/{ip}", change).status_code == 302
    assert told(plot, ip) == []


@pytest.mark.drill
def test_many_are_told_by_a_job_that_is_cancelled_half_way_and_goes_on(
    app, plot, garden, made, administrator, monkeypatch
):
    head, versions, _besides = made
    monkeypatch.setattr(template_proposals, "AT_ONCE", size(2, template_proposals.AT_ONCE))
    plans = [garden.strandvik.plans["ip"], *more(plot, size(3, 9_999))]
    for one in plans:
        put_back(plot, one, versions[0])
    key = {"form_key": administrator.form_key(f"/template-proposal/show/{head}")}
    ordered = administrator.send(f"/template-proposal/propose/{head}", key)
    job_id = ordered.location.rpartition("/")[2]
    work = (template_publishing, "_tell_some")
    cancelling.cancel_after_half(monkeypatch, administrator, work, job_id)

    done = cancelling.work_until_cancelled(app, administrator, plot.place.id, job_id)
    half = [told(plot, one) for one in plans]
    cancelling.go_on(app, administrator, plot.place.id, job_id)

    coordinator = [plot.place.persons["koordinator.strandvik"]]
    assert (half.count(coordinator), half.count([])) == (done, len(plans) - done)
    assert all(told(plot, one) == coordinator for one in plans)
    assert plot.read(Job, job_id).report["told"] == len(plans)


def more(plot, count):
    """The ids of more plans, of nobody who logs in."""
    with plot.planting():
        owner = gardens.person(plot.place, "of many", "Mange", gardens.born(40)).id
        coordinator = plot.place.persons["koordinator.strandvik"]
        kind = PlanKind.DEVELOPMENT_PLAN
        return [gardens.make_plan(owner, coordinator, kind=kind).id for _number in range(count)]


# --- the legal meter -----------------------------------------------------------------------------

WITHOUT_FRAME = MeterFacts(
    goals=1,
    participants=2,
    has_active_coordinator=True,
    activities=3,
    has_period=True,
    has_next_evaluation=True,
    may_be_made=True,
    may_be_shared=True,
)


def test_forms_that_are_filled_in_answer_for_the_frame_and_not_for_what_is_no_text(app):
    def missing(facts):
        return [one.number for one in measure(facts).points if not one.is_met]

    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert missing(WITHOUT_FRAME) == [1, 9]
        answered = replace(WITHOUT_FRAME, fields=dict.fromkeys(range(1, 10), ()))
        assert missing(answered) == []
        assert missing(replace(MeterFacts(), fields=answered.fields)) == [1, 2, 3, 5, 8]
        empty = {1: (Unanswered("Needs", Section.MAPPING),), 9: ()}
        point = measure(replace(WITHOUT_FRAME, fields=empty)).points[0]
        assert [one.text for one in point.missing] == ["«Needs» is not filled in."]


def test_every_field_of_a_point_is_counted_whether_its_form_can_be_saved_without_it_or_not(
    app, plot, garden, made, coordinator
):
    ip = garden.strandvik.plans["ip"]
    with plot.planting():
        version = form_world.template(ANSWERING, key="maler")[1][0]
        form_world.give(ip, version)

    def empty():
        with plot.looking(), app.test_request_context():
            found = facts_of(db.session.get_one(Plan, ip), today()).fields
        return {point: [one.name for one in fields] for point, fields in found.items()}

    assert empty() == {1: ["Ressurser", "Behov"], 9: ["Andre"]}
    path = f"/plan-content/add/{ip}?kind=form&key=behov"
    assert coordinator.send(path, {"f_ressurser": "Flink", "f_andre": "BUP"}).status_code == 302
    assert empty() == {1: ["Behov"], 9: []}
    assert coordinator.get(f"/plan/show/{ip}").status_code == 200


MATTERS = "dette_er_viktig_for_meg_na"
ALSO = ("dette_er_jeg_god_pa_og_dette_gir_meg_glede", "dette_trenger_jeg_hjelp_til")


def test_a_plan_begun_from_a_shipped_template_reaches_nine_of_nine_by_its_pages(
    app, plot, coordinator
):
    key = key_of("IP voksen – rehabilitering etter hjerneslag")
    with plot.looking():
        template = db.session.scalars(select(Template).where(Template.key == key)).one().id
    owner, _answer = start(coordinator, plot, template, age=47)
    plan = plan_of(plot, owner).id
    pages = Pages(coordinator, plot, plan)

    pages.write_frame()
    pages.write_activities()
    pages.add_participant()
    pages.record_consent(owner)
    form = pages.fill_in("hva_er_viktig_for_meg", {f"f_{MATTERS}": "Hjem igjen"})
    pages.fill_in("samarbeid_med_andre", {"f_andre_det_samarbeides_med-0-c_hvem": "Hjelpemidler"})
    shown = coordinator.get(f"/plan/show/{plan}").text

    assert (pages.met(), shown.count("er ikke fylt ut")) == ("8", 2)
    for one in ("Dette er jeg god på", "Dette trenger jeg hjelp til"):
        assert f"«{one}" in shown
    for count, one in enumerate(ALSO, start=1):
        said = {f"f_{name}": "Svar" for name in (MATTERS, *ALSO[:count])}
        pages.change(form, said)
        assert pages.met() == str(7 + count), one


class Pages:
    """A plan as its coordinator fills it in, page by page."""

    def __init__(self, client, plot, plan):
        self.client, self.plot, self.plan = client, plot, plan

    def send(self, path, said, **options):
        """Send a form that is taken."""
        answer = self.client.send(path, said, **options)
        assert answer.status_code == 302, answer.text
        return answer.location

    def change(self, entry, said):
        """Change something that is written."""
        self.send_whole(f"/plan-entry/edit/{entry}", said)

    def send_whole(self, path, said):
        """Send a form with the version that it was opened as."""
        version = re.search(r'name="version" value="([^"]+)"', self.client.get(path).text)[1]
        self.send(path, said | {"version": version})

    def fill_in(self, key, said):
        """The id of a form of the template that is filled in."""
        self.send(f"/plan-content/add/{self.plan}?kind=form&key={key}", said)
        return self.plot.entries(self.plan, kind=EntryKind.FORM)[-1].id

    def write_frame(self):
        """The period and the next evaluation."""
        path, day = f"/plan/frame/{self.plan}", today()
        dates = {"period_from": day, "period_to": day + timedelta(days=300)}
        dates["next_evaluation_on"] = day + timedelta(days=60)
        said = {name: f"{one:%d.%m.%Y}" for name, one in dates.items()}
        self.send_whole(path, said)

    def write_activities(self):
        """Who is responsible for each of the ready activities."""
        for one in self.plot.entries(self.plan, kind=EntryKind.ACTIVITY):
            said = {"title": one.title, "body": one.body, "scope": one.details["scope"]}
            self.change(one.id, said | {"responsible": "coordinator", "status": "planned"})

    def add_participant(self):
        """Somebody who contributes."""
        with self.plot.looking():
            role = db.session.scalars(
                select(StandardRole).where(StandardRole.key == "fagperson_skrive")
            ).one()
        path = f"/plan-participant/add/{self.plan}"
        who = {"person_id": self.plot.place.persons["larer"], "standard_role_id": role.id}
        said = {"function": "Fysioterapeut", "contribution": "Trening hver uke", "step": "terms"}
        said |= {"starts_on": f"{today():%d.%m.%Y}", "form_key": self.client.form_key(path)}
        self.send(path, who | said)

    def record_consent(self, giver):
        """What the owner said, to all that is asked for."""
        path = f"/plan-consent-record/record/{self.plan}"
        page = self.client.get(path).text
        shown = re.findall(r'name="shown" value="([^"]+)"', page)
        text = re.search(r'id="text_id".*?<option value="([0-9a-f-]{36})"', page, re.S)[1]
        said = {"giver": giver, "method": "oral", "note": "Sagt i møtet", "length": "6"}
        said |= {"given_on": f"{today():%d.%m.%Y}", "text_id": text, "shown": shown}
        said |= {"chosen": [one.partition(":")[0] for one in shown]}
        self.send(path, said | {"form_key": self.client.form_key(path)})

    def met(self):
        """How many points the page of the plan says are in place."""
        page = self.client.get(f"/plan/show/{self.plan}").text
        return re.search(r"(\d) av 9 punkt", page)[1]
