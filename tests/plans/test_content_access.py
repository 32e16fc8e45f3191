"""Who reads and writes which section, by every door: role by action by section, with twins.

What is expected is written here by hand, apart from the rules of the product.
"""

import re

import pytest

from app.db import db
from app.enums import EntryKind, Level, PlanState, Section
from app.models import Consent, Grant, Participant, Plan, PlanEntry
from tests.plans import garden as gardens
from tests.plans.content_world import Plot, add_to, section_of, version_on

WRITTEN = tuple(gardens.KINDS)
NOTHING: dict[Section, str] = {}
LEVELS: dict[str, dict[Section, str]] = {
    "koordinator.strandvik": dict.fromkeys(WRITTEN, "write"),
    "planeier": dict.fromkeys(WRITTEN, "write")
    | {Section.MAPPING: "read", Section.SUB_PLANS: "read", Section.MEETINGS: "comment"},
    "larer": {Section.GOALS: "read", Section.ACTIVITIES: "write", Section.COMMENTS: "write"},
    "foresatt": NOTHING,
    "lokal.strandvik": NOTHING,
    "koordinator.fjellby": NOTHING,
    "lokal.fjellby": NOTHING,
    "sentral": NOTHING,
}
SEES_THE_PLAN = {"koordinator.strandvik", "planeier", "larer", "lokal.strandvik"}
REFUSED = (403, 404)


@pytest.fixture
def plot(app, world):
    """The rows of Strandvik."""
    return Plot(app, world.strandvik)


@pytest.fixture
def ip(garden):
    """The id of planeier's plan in Strandvik."""
    return garden.strandvik.plans["ip"]


@pytest.fixture
def act_as(client_as):
    """Signed in, and where there is a choice, in Strandvik."""
    return lambda name: client_as(name, in_="9901" if name == "larer" else None)


def form_for(section: Section) -> dict[str, str]:
    """A form that is valid in the section."""
    usual = {"title": f"Skrevet i {section}", "body": "tekst"}
    return usual | ({"date": "12.11.2026"} if section is Section.MEETINGS else {})


@pytest.mark.parametrize("name", LEVELS)
def test_each_section_is_read_by_those_it_was_given_to_and_by_nobody_else(
    name, plot, ip, garden, act_as
):
    client, given = act_as(name), LEVELS[name]
    for section in WRITTEN:
        entry = garden.strandvik.entries["ip", section]
        for path in (
            section_of(ip, section),
            f"/plan-entry/show/{entry}",
            f"/plan-entry-history/show/{entry}",
        ):
            answer = client.get(path)
            if section in given:
                assert answer.status_code == 200, path
            else:
                assert answer.status_code in REFUSED, path
            for other in WRITTEN:
                if other not in given:
                    assert gardens.WORDS[other] not in answer.text


@pytest.mark.parametrize("name", LEVELS)
def test_each_section_is_written_by_those_who_may_and_by_nobody_else(
    name, plot, ip, garden, act_as
):
    client, given = act_as(name), LEVELS[name]
    for section in WRITTEN:
        may = given.get(section) == "write"
        kind, entry = gardens.KINDS[section], plot.add_entry(ip, section, "Urørt tekst")
        expected = 302 if may else REFUSED
        before = len(plot.entries(ip))

        if kind is not EntryKind.DOCUMENT:
            check(client.send(add_to(ip, kind), form_for(section)), expected)
            assert len(plot.entries(ip)) == before + may
        sent = {"version": "0", **form_for(section)}
        check(client.get(f"/plan-entry/edit/{entry}"), 200 if may else REFUSED)
        check(client.send(f"/plan-entry/edit/{entry}", sent), expected)
        check(
            client.send(f"/plan-entry/edit/{entry}", sent | {"draft": "typed"}),
            200 if may else REFUSED,
        )
        check(client.send(f"/plan-entry/delete/{entry}"), expected)
        check(client.send(f"/plan-entry/restore/{entry}"), expected)
        assert (plot.read(PlanEntry, entry).body == "tekst") is may


def check(answer, expected):
    """The answer is what was expected."""
    wanted = expected if isinstance(expected, tuple) else (expected,)
    assert answer.status_code in wanted, (answer.request.path, answer.status_code)


@pytest.mark.parametrize("name", LEVELS)
def test_a_page_shows_no_button_that_does_nothing_and_hides_none_that_does(
    name, plot, ip, garden, act_as
):
    """C6."""
    client, given = act_as(name), LEVELS[name]
    for section, level in given.items():
        page = client.get(section_of(ip, section)).text
        kind = gardens.KINDS[section]
        assert (f"{add_to(ip, kind)}" in page) is (level == "write")
        entry = client.get(f"/plan-entry/show/{garden.strandvik.entries['ip', section]}").text
        assert ("/plan-entry/edit/" in entry) is (level == "write")
        assert ("/plan-entry/delete/" in entry) is (level == "write")


@pytest.mark.parametrize("name", LEVELS)
def test_links_on_pages_lead_somewhere(name, ip, act_as):
    client = act_as(name)
    for section in LEVELS[name]:
        page = client.get(section_of(ip, section)).text
        for link in set(re.findall(r'href="(/plan-(?:content|entry)[^"#]*)', page)):
            assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_the_bin_is_for_those_who_write_and_shows_their_sections_alone(plot, ip, garden, act_as):
    for section in WRITTEN:
        title = f"Kastet-{gardens.WORDS[section]}"
        entry = plot.add_entry(ip, section, title)
        assert (
            act_as("koordinator.strandvik").send(f"/plan-entry/delete/{entry}").status_code == 302
        )

    for name, given in LEVELS.items():
        answer = act_as(name).get(f"/plan-content/bin/{ip}")
        assert (answer.status_code == 200) is bool(given), name
        for section in WRITTEN:
            is_shown = f"Kastet-{gardens.WORDS[section]}" in answer.text
            assert is_shown is (given.get(section) == "write"), (name, section)


# --- comments ------------------------------------------------------------------------------------


def test_a_comment_needs_the_right_to_comment_on_what_it_is_about(plot, ip, garden, act_as):
    larer, owner = act_as("larer"), act_as("planeier")
    meeting = garden.strandvik.entries["ip", Section.MEETINGS]
    goal = garden.strandvik.entries["ip", Section.GOALS]
    activity = garden.strandvik.entries["ip", Section.ACTIVITIES]
    form = {"body": "En bemerkning"}

    assert owner.send(add_to(ip, "comment", meeting), form).status_code == 302
    assert larer.send(add_to(ip, "comment", activity), form).status_code == 302
    assert larer.send(add_to(ip, "comment", goal), form).status_code == 403
    assert larer.send(add_to(ip, "comment", meeting), form).status_code == 404

    page = larer.get(section_of(ip, Section.COMMENTS)).text
    assert gardens.WORDS[Section.MEETINGS] not in page
    assert gardens.WORDS[Section.ACTIVITIES] in page


def test_who_may_only_comment_changes_and_deletes_own_comments_alone(plot, ip, garden, act_as):
    with plot.planting():
        plan = gardens.make_plan(
            plot.place.persons["own"], plot.place.persons["koordinator.strandvik"]
        )
        who = gardens.add_participant(plan, plot.place.persons["larer"])
        gardens.grant(who, Section.COMMENTS, Level.COMMENT)
        owner = db.session.get_one(Plan, plan.id).owner
        owner.birth_date = gardens.born(30)
        gardens.consent(plan, None, [(who, Section.COMMENTS, Level.COMMENT)])
        theirs = gardens.entry(plan, Section.COMMENTS, "Andres", author_id=plan.coordinator_id).id
        plan_id = plan.id
    larer = act_as("larer")
    assert larer.send(add_to(plan_id, "comment"), {"body": "Min egen"}).status_code == 302
    [mine] = [one.id for one in plot.entries(plan_id) if one.body == "Min egen"]

    page = larer.get(section_of(plan_id, Section.COMMENTS)).text
    assert "Andres" in page
    for entry, status in ((theirs, 403), (mine, 302)):
        form = {"version": "1" if entry == mine else "0", "body": "Endret"}
        assert larer.send(f"/plan-entry/edit/{entry}", form).status_code == status
        assert larer.send(f"/plan-entry/delete/{entry}").status_code == status
    assert "Endret" in larer.get(f"/plan-content/bin/{plan_id}").text
    assert larer.send(f"/plan-entry/restore/{mine}").status_code == 302


# --- ids of elsewhere ----------------------------------------------------------------------------


def test_ids_of_another_plan_or_municipality_are_refused_as_if_they_were_not(
    plot, ip, garden, act_as
):
    """D3."""
    client = act_as("koordinator.strandvik")
    own = garden.strandvik.entries["ip", Section.GOALS]
    other_plan = garden.strandvik.entries["relay_log", Section.GOALS]
    foreign = garden.fjellby.entries["ip", Section.GOALS]
    missing = "01900000-0000-7000-8000-000000000000"
    before = len(plot.entries(ip))

    form = {"title": "Under et annet mål"}
    assert client.send(add_to(ip, "goal", own), form).status_code == 302
    for parent in (other_plan, foreign, missing, "tull"):
        assert client.send(add_to(ip, "goal", parent), form).status_code == 404
        assert client.send(f"/plan-entry/move/{own}", {"parent": parent}).status_code == 422
    assert len(plot.entries(ip)) == before + 1
    assert plot.read(PlanEntry, own).parent_id is None


def test_nobody_of_another_plan_is_made_responsible(plot, ip, garden, act_as):
    client, before = act_as("koordinator.strandvik"), len(plot.entries(ip))
    form = {"title": "Tiltak", "status": "planned"}

    for who in (
        garden.strandvik.participants["relay_log", "larer"],
        garden.fjellby.participants["ip", "larer"],
        plot.place.persons["larer"],
        "tull",
    ):
        answer = client.send(add_to(ip, "activity"), form | {"responsible": who})
        assert answer.status_code == 422
        assert 'id="responsible-error"' in answer.text
    assert len(plot.entries(ip)) == before

    own = garden.strandvik.participants["ip", "larer"]
    assert client.send(add_to(ip, "activity"), form | {"responsible": own}).status_code == 302


def test_foreign_and_missing_entries_get_the_same_page(garden, act_as):
    """C7, D1."""
    client = act_as("koordinator.strandvik")
    foreign = garden.fjellby.entries["ip", Section.GOALS]
    missing = "01900000-0000-7000-8000-000000000000"

    for path in ("/plan-entry/show/", "/plan-entry/edit/", "/plan-entry-history/show/"):
        answers = [client.get(path + pk) for pk in (foreign, missing)]
        assert [one.status_code for one in answers] == [404, 404]
        pages = [re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|value=\"[^\"]+\"", "", a.text) for a in answers]
        assert pages[0] == pages[1]


def test_fields_that_are_not_in_the_form_are_never_stored(plot, ip, garden, act_as):
    """P5."""
    client = act_as("koordinator.strandvik")
    form = {
        "title": "Bare tittel",
        "municipality_id": "2",
        "plan_id": garden.fjellby.plans["ip"],
        "author_id": plot.place.persons["larer"],
        "section": "documents",
        "position": "99",
        "deleted_at": "2020-01-01",
        "details": "x",
    }

    assert client.send(add_to(ip, "goal"), form).status_code == 302

    [entry] = plot.entries(ip, title="Bare tittel")
    assert entry.author_id == plot.place.persons["koordinator.strandvik"]
    assert (entry.section, entry.deleted_at) == (Section.GOALS, None)


def test_a_section_that_the_kind_of_plan_does_not_have_is_not_there(garden, act_as):
    client, relay_log = act_as("koordinator.strandvik"), garden.strandvik.plans["relay_log"]

    assert client.get(section_of(relay_log, Section.GOALS)).status_code == 200
    assert client.get(section_of(relay_log, Section.SUB_PLANS)).status_code == 404
    form = {"title": "Fagplan"}
    assert client.send(add_to(relay_log, "sub_plan"), form).status_code == 404
    assert client.get(section_of(relay_log, Section.ACCESS_LOG)).status_code == 404
    assert client.get(section_of(relay_log, "tull")).status_code == 400
    assert client.get(add_to(relay_log, "tull")).status_code == 400


# --- access that ends while a page is open -------------------------------------------------------


def shared(plot):
    """A plan that larer writes activities in: ids of plan, entry, participant, grant, consent."""
    with plot.planting():
        person = gardens.person(
            plot.place, f"eier-{len(plot.place.persons)}", "Ida", gardens.born(30)
        )
        plan = gardens.make_plan(person.id, plot.place.persons["koordinator.strandvik"])
        who = gardens.add_participant(plan, plot.place.persons["larer"])
        given = gardens.grant(who, Section.ACTIVITIES, Level.WRITE)
        agreed = gardens.consent(plan, None, [(who, Section.ACTIVITIES, Level.WRITE)])
        entry = gardens.entry(plan, Section.ACTIVITIES, "Åpent tiltak")
        return {
            "plan": plan.id,
            "entry": entry.id,
            "participant": who.id,
            "grant": given.id,
            "consent": agreed.id,
        }


def withdraw_consent(ids):
    """The consent is withdrawn."""
    row = db.session.get_one(Consent, ids["consent"])
    row.withdrawn_at = row.given_at


def end_participation(ids):
    """The participation ends."""
    row = db.session.get_one(Participant, ids["participant"])
    row.ended_at = row.added_at


def stop_grant(ids):
    """The access to the section is stopped."""
    row = db.session.get_one(Grant, ids["grant"])
    row.ended_at = row.given_at


def narrow_consent(ids):
    """The consent reaches no further than reading, by a row that is put in place of another."""
    plan = db.session.get_one(Plan, ids["plan"])
    withdraw_consent(ids)
    who = db.session.get_one(Participant, ids["participant"])
    gardens.consent(plan, None, [(who, Section.ACTIVITIES, Level.READ)])


@pytest.mark.parametrize("lose", [withdraw_consent, end_participation, stop_grant])
def test_a_page_that_was_open_when_access_ended_answers_kindly_and_gives_back_what_was_written(
    lose, plot, act_as
):
    ids, larer = shared(plot), act_as("larer")
    path = f"/plan-entry/edit/{ids['entry']}"
    opened = version_on(larer.get(path).text)
    form = {"version": opened, "title": "Det jeg skrev", "body": "en lang tekst"}
    assert larer.send(path, form | {"draft": "typed"}).status_code == 200
    with plot.planting():
        lose(ids)

    saved = larer.send(path, form)
    draft = larer.send(path, form | {"draft": "typed"})
    read = larer.get(section_of(ids["plan"], Section.ACTIVITIES))

    assert [one.status_code for one in (saved, draft, read)] == [404, 404, 404]
    assert "Det jeg skrev" in saved.text
    assert "en lang tekst" in saved.text
    assert "Åpent tiltak" not in saved.text
    assert "Ida" not in saved.text
    assert "coordinator" in saved.text or "koordinator" in saved.text
    assert plot.read(PlanEntry, ids["entry"]).title == "Åpent tiltak"
    assert "Det jeg skrev" not in read.text


def test_an_access_that_became_reading_only_still_reads(plot, act_as):
    ids, larer = shared(plot), act_as("larer")
    path = f"/plan-entry/edit/{ids['entry']}"
    opened = version_on(larer.get(path).text)
    with plot.planting():
        narrow_consent(ids)

    assert larer.send(path, {"version": opened, "title": "Nei"}).status_code == 403
    page = larer.get(section_of(ids["plan"], Section.ACTIVITIES))
    assert page.status_code == 200
    assert "Åpent tiltak" in page.text


def test_a_paused_plan_says_why_nothing_can_be_written(plot, act_as):
    ids, larer = shared(plot), act_as("larer")
    with plot.planting():
        db.session.get_one(Plan, ids["plan"]).state = PlanState.PAUSED

    page = larer.get(section_of(ids["plan"], Section.ACTIVITIES))

    assert page.status_code == 200
    assert 'data-color="warning"' in page.text
    assert "formaction" not in page.text
    assert larer.send(add_to(ids["plan"], "activity"), {"title": "Nytt"}).status_code == 403
