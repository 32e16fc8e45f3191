"""Who sees what, stopping it, and asking for a change."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import today
from app.db import db
from app.enums import Level, NoticeKind, PlanState, Section
from app.models import AuditEvent, Consent, Participant, Person, Plan, Unit
from app.security import plan_access
from app.security.actor import Actor
from tests.conftest import with_world
from tests.plans import garden
from tests.plans.scenes import levels_of, look, notices, planting, scene, set_state

UNDO = re.compile(r'action="(/plan-access/undo/[^"]+)"')


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own."""
    app = with_world(make_app(database_name))
    with app.app_context(), garden.planting(app.extensions["test_world"].strandvik):
        pass
    return app


@pytest.fixture
def owner(client_as):
    return client_as("planeier")


@pytest.fixture
def coordinator(client_as):
    return client_as("koordinator.strandvik")


@pytest.fixture
def one(app, world):
    return scene(app, world)


def who(client, one):
    page = client.get(f"/plan-access/who/{one.plan}")
    assert page.status_code == 200
    return page.text


def give(app, world, one, section, level):
    """A grant that nobody has consented to."""

    def put():
        garden.grant(db.session.get_one(Participant, one.participant), section, level)

    look(app, world, put)


def test_the_page_says_in_one_sentence_what_each_person_sees(app, world, owner, one):
    give(app, world, one, Section.MAPPING, Level.READ)

    text = who(owner, one)

    sentence = re.search(r"<p>([^<]*læreren, [^<]*)</p>", text)
    assert sentence, text
    assert text.count("<h1>") == 1
    waiting = look(app, world, lambda: db.session.get_one(Person, one.teacher).full_name)
    assert waiting in sentence.group(1)
    assert 'data-color="warning"' in text  # The mapping waits for consent.


def test_reading_who_sees_what_is_told_in_the_log(app, world, owner, one):
    who(owner, one)

    def told():
        wanted = select(AuditEvent.action).where(AuditEvent.plan_id == one.plan)
        return set(db.session.scalars(wanted))

    assert "plan:access_shown" in look(app, world, told)


def test_everyone_who_is_in_by_right_is_named(app, world, owner, one):
    with planting(app, world.strandvik):
        plan = db.session.get_one(Plan, one.plan)
        garden.stand_in(plan, world.strandvik.persons["other"])
        garden.emergency(plan, world.strandvik.persons["lokal.strandvik"])

    text = who(owner, one)

    for key in ("koordinator.strandvik", "other", "lokal.strandvik"):
        name = look(
            app,
            world,
            lambda: db.session.get_one(Person, world.strandvik.persons[key]).full_name,  # noqa: B023
        )
        assert name in text


def test_an_emergency_that_is_over_and_a_stand_in_that_has_ended_are_not_named(app, world, owner):
    one = scene(app, world)
    with planting(app, world.strandvik):
        plan = db.session.get_one(Plan, one.plan)
        garden.stand_in(plan, world.strandvik.persons["other"], ended_at=garden.utc_now())
        name = db.session.get_one(Person, world.strandvik.persons["other"]).full_name

    assert name not in who(owner, one)


def test_a_part_is_stopped_with_one_press_and_brought_back_by_the_same_person(
    app, world, owner, one
):
    answer = owner.send(f"/participation/stop/{one.participant}", {"section": "goals"})

    assert answer.status_code == 302
    assert Section.GOALS not in levels_of(app, world, one)
    assert levels_of(app, world, one)[Section.COMMENTS] is Level.WRITE
    undo = UNDO.search(owner.get(answer.location).text).group(1)
    assert owner.send(undo).status_code == 302
    assert levels_of(app, world, one)[Section.GOALS] is Level.READ
    assert owner.send(undo).status_code == 302  # A second press changes nothing.
    assert levels_of(app, world, one)[Section.GOALS] is Level.READ


def test_all_access_is_stopped_with_one_press_on_the_next_request(
    app, world, owner, client_as, one
):
    teacher = client_as("larer", "9901")
    assert teacher.get(f"/plan/show/{one.plan}").status_code == 200

    answer = owner.send(f"/participation/stop/{one.participant}", {})

    assert teacher.get(f"/plan/show/{one.plan}").status_code == 404
    undo = UNDO.search(owner.get(answer.location).text).group(1)
    owner.send(undo)
    assert teacher.get(f"/plan/show/{one.plan}").status_code == 200


def test_the_coordinator_is_told_of_each_stop(app, world, owner, one):
    owner.send(f"/participation/stop/{one.participant}", {"section": "goals"})
    owner.send(f"/participation/stop/{one.participant}", {})

    told = [k for _, k in notices(app, world, one.plan) if k == NoticeKind.ACCESS_STOPPED]
    assert len(told) == 2


def test_a_coordinator_can_not_undo_what_the_owner_stopped(
    app, world, owner, coordinator, client_as, one
):
    answer = owner.send(f"/participation/stop/{one.participant}", {"section": "goals"})
    undo = UNDO.search(owner.get(answer.location).text).group(1)

    assert coordinator.send(undo).status_code == 404

    form = {"level_goals": "read", "seen_goals": "none", "confirmed": "1"}
    given = coordinator.send(f"/participation-matrix/matrix/{one.participant}", form)
    assert given.status_code == 302
    assert Section.GOALS not in levels_of(app, world, one)  # It waits for consent anew.
    assert (one.owner, NoticeKind.CONSENT_WANTED) in notices(app, world, one.plan)


def test_a_coordinators_own_stop_can_be_given_back(app, world, coordinator, one):
    coordinator.send(f"/participation/stop/{one.participant}", {"section": "goals"})
    assert Section.GOALS not in levels_of(app, world, one)

    form = {"level_goals": "read", "seen_goals": "none", "confirmed": "1"}
    coordinator.send(f"/participation-matrix/matrix/{one.participant}", form)

    assert levels_of(app, world, one)[Section.GOALS] is Level.READ


def by_service(app, world, *, owner="planeier"):
    """A scene where the owner has consented to the school, and two act for it."""
    one = scene(app, world, owner=owner)

    def put():
        school = db.session.get_one(Unit, world.strandvik.units["school"])
        plan = db.session.get_one(Plan, one.plan)
        db.session.get_one(Participant, one.participant).unit_id = school.id
        second = garden.add_participant(plan, one.newcomer, unit_id=school.id)
        garden.grant(second, Section.MAPPING, Level.READ)
        garden.grant(db.session.get_one(Participant, one.participant), Section.MAPPING, Level.READ)
        garden.consent(plan, None, [(school, Section.MAPPING, Level.READ)])
        return second.id

    one.other = look(app, world, put)
    return one


def of_other(app, world, one):
    def seen():
        row = db.session.get_one(Participant, one.other)
        return dict(plan_access.shared_levels(row.plan, row, today()))

    return look(app, world, seen)


def test_stopping_one_leaves_others_of_the_same_service_as_they_were(
    app, world, owner, coordinator
):
    one = by_service(app, world)
    assert Section.MAPPING in levels_of(app, world, one)

    owner.send(f"/participation/stop/{one.participant}", {"section": "mapping"})

    assert Section.MAPPING not in levels_of(app, world, one)
    assert of_other(app, world, one) == {Section.MAPPING: Level.READ}
    form = {"level_mapping": "read", "seen_mapping": "none", "confirmed": "1"}
    coordinator.send(f"/participation-matrix/matrix/{one.participant}", form)
    assert Section.MAPPING not in levels_of(app, world, one)


def test_the_old_consent_is_kept_as_it_was_and_another_takes_its_place(app, world, owner, one):
    """E11, E12: what was agreed to before can be read afterwards, tied to its own text."""

    def shared():
        wanted = select(Consent).where(
            Consent.plan_id == one.plan, Consent.kind == "information_is_shared"
        )
        found = db.session.scalars(wanted.order_by(Consent.id)).all()
        return [(c.withdrawn_at is None, len(c.covers), c.text_id, c.ends_on) for c in found]

    owner.send(f"/participation/stop/{one.participant}", {"section": "goals"})

    (old_holds, old_count, old_text, old_end), (new_holds, new_count, text, end) = look(
        app, world, shared
    )
    assert (old_holds, old_count, new_holds, new_count) == (False, 3, True, 2)
    assert (old_text, old_end) == (text, end)


def test_a_guardian_stops_for_the_child_and_the_other_guardian_stays_as_they_were(
    app, world, client_as
):
    one = scene(app, world, owner="child")

    def second():
        plan = db.session.get_one(Plan, one.plan)
        row = db.session.get_one(Participant, one.participant)
        by = garden.authority(one.owner, world.strandvik.persons["other"])
        return garden.consent(plan, by, [(row, Section.GOALS, Level.READ)]).id

    theirs = look(app, world, second)
    assert Section.GOALS in levels_of(app, world, one)

    client_as("foresatt").send(f"/participation/stop/{one.participant}", {"section": "goals"})

    assert Section.GOALS not in levels_of(app, world, one)
    kept = look(app, world, lambda: db.session.get_one(Consent, theirs).withdrawn_at)
    assert kept is None


def test_a_guardian_who_may_only_see_stops_nothing_and_asks(app, world, client_as):
    one = scene(app, world, owner="child")
    guardian = client_as("foresatt")

    def limit():
        plan = db.session.get_one(Plan, one.plan)
        plan.authorities[0].may_consent = False

    look(app, world, limit)

    assert guardian.send(f"/participation/stop/{one.participant}", {}).status_code == 403
    assert "/participation/stop/" not in who(guardian, one)
    assert guardian.send(f"/plan-access/ask/{one.plan}", {"text": "Mindre"}).status_code == 302


def test_a_young_owner_sees_who_sees_what_and_asks_but_stops_nothing(app, world, owner, one):
    """E7: below the age of own consent the guardians stop; at the birthday the owner does."""

    def age(years):
        look(
            app,
            world,
            lambda: setattr(
                db.session.get_one(Person, one.owner), "birth_date", garden.born(years)
            ),
        )

    age(15)
    try:
        assert who(owner, one)
        assert owner.send(f"/participation/stop/{one.participant}", {}).status_code == 403
        assert owner.get(f"/participation/seen-as/{one.participant}").status_code == 403
        assert owner.send(f"/plan-access/ask/{one.plan}", {"text": "Mindre"}).status_code == 302
    finally:
        age(16)
    assert owner.send(f"/participation/stop/{one.participant}", {}).status_code == 302


def test_a_guardians_right_to_stop_ends_on_the_birthday(app, world, client_as):
    """E7."""
    one = scene(app, world, owner="child")
    guardian = client_as("foresatt")
    assert who(guardian, one)

    look(
        app,
        world,
        lambda: setattr(db.session.get_one(Person, one.owner), "birth_date", garden.born(16)),
    )

    assert guardian.send(f"/participation/stop/{one.participant}", {}).status_code == 404
    assert guardian.get(f"/plan-access/who/{one.plan}").status_code == 404


def test_the_owner_shortens_and_the_coordinator_does_not_prolong(
    app, world, owner, coordinator, one
):
    day = today().strftime("%d.%m.%Y")

    answer = owner.send(f"/participation/shorten/{one.participant}", {"last_day": day})

    assert answer.status_code == 302
    row = look(app, world, lambda: db.session.get_one(Participant, one.participant))
    assert row.last_day == today()
    later = {"last_day": f"15.06.{today().year + 1}", "version": str(row.version)}
    path = f"/participation/prolong/{one.participant}"
    assert coordinator.send(path, later).status_code == 409
    undo = UNDO.search(owner.get(answer.location).text).group(1)
    owner.send(undo)
    row = look(app, world, lambda: db.session.get_one(Participant, one.participant))
    assert (row.ends_on, row.not_after_on) == (None, None)


@pytest.mark.parametrize("day", ["01.01.2020", "31.02.2027", "", "snart"])
def test_a_last_day_that_is_none_is_said_beside_the_field(app, world, owner, one, day):
    answer = owner.send(f"/participation/shorten/{one.participant}", {"last_day": day})

    assert answer.status_code in (409, 422)
    assert 'id="last_day-error"' in answer.text
    assert levels_of(app, world, one) != {}


def test_shortening_makes_nothing_longer(app, world, owner, one):
    first = {"last_day": f"10.06.{today().year + 1}"}
    later = {"last_day": f"11.06.{today().year + 1}"}
    path = f"/participation/shorten/{one.participant}"
    assert owner.send(path, first).status_code == 302

    assert owner.send(path, later).status_code == 409


# --- shortening one part -------------------------------------------------------------------------


def part_of(app, world, one, section=Section.GOALS):
    """(level, last day, whether it stands) of each grant of a part, oldest first."""

    def found():
        grants = db.session.get_one(Participant, one.participant).grants
        mine = sorted((g for g in grants if g.section is section), key=lambda g: (g.given_at, g.id))
        return [(g.level, g.last_day, g.ended_at is None) for g in mine]

    return look(app, world, found)


def shorten(client, one, section="goals", **sent):
    return client.send(f"/participation-part/shorten/{one.participant}?section={section}", sent)


def run_out(app, world, one):
    """Let the standing grant of goals have ended yesterday."""

    def put():
        grants = db.session.get_one(Participant, one.participant).grants
        (grant,) = [g for g in grants if g.section is Section.GOALS and g.ended_at is None]
        grant.starts_on, grant.ends_on = garden.yesterday(), today()

    look(app, world, put)


def test_one_part_is_shortened_with_one_press_and_the_rest_stays(app, world, owner, one):
    path = f"/participation-part/shorten/{one.participant}?section=goals"
    assert path in who(owner, one)
    page = owner.get(path).text
    assert 'value="week"' in page
    assert 'value="month"' in page

    answer = shorten(owner, one, choice="week")

    assert answer.status_code == 302
    sunday = today() + timedelta(days=6 - today().weekday())
    assert part_of(app, world, one)[-1] == (Level.READ, sunday, True)
    assert levels_of(app, world, one)[Section.GOALS] is Level.READ
    page = owner.get(answer.location).text
    assert f"{sunday:%d.%m.%Y}" in page
    coordinator_id = world.strandvik.persons["koordinator.strandvik"]
    assert (coordinator_id, NoticeKind.ACCESS_STOPPED) in notices(app, world, one.plan)
    owner.send(UNDO.search(page).group(1))
    assert part_of(app, world, one)[-1] == (Level.READ, None, True)

    run_out_page = shorten(owner, one, last_day=f"{today():%d.%m.%Y}")
    assert run_out_page.status_code == 302
    run_out(app, world, one)
    assert Section.GOALS not in levels_of(app, world, one)
    assert levels_of(app, world, one)[Section.COMMENTS] is Level.WRITE


@pytest.mark.parametrize("day", ["01.01.2020", "31.02.2027", "", "01.01.2099"])
def test_a_part_gets_no_day_that_is_none_or_later(app, world, owner, one, day):
    shorten(owner, one, choice="month")
    before = part_of(app, world, one)

    answer = shorten(owner, one, last_day=day)

    assert answer.status_code in (409, 422)
    assert 'id="last_day-error"' in answer.text
    assert part_of(app, world, one) == before


def test_what_is_not_given_is_not_shortened(app, world, owner, one):
    assert shorten(owner, one, "mapping", choice="week").status_code == 422
    assert (
        shorten(owner, one, "mapping", last_day=f"{today():%d.%m.%Y}").headers["Location"]
        == f"/plan-access/who/{one.plan}"
    )
    assert shorten(owner, one, "nonsense", choice="week").status_code == 400
    assert part_of(app, world, one, Section.MAPPING) == []


@pytest.mark.parametrize("name", ["larer", "foresatt", "lokal.strandvik", "koordinator.fjellby"])
def test_a_part_is_shortened_by_nobody_else(app, world, client_as, one, name):
    client = client_as(name, "9901" if name == "larer" else None)

    assert shorten(client, one, choice="week").status_code in (403, 404)
    assert len(part_of(app, world, one)) == 1


def set_level(client, one, level, seen="none"):
    """The coordinator's matrix, with another level for goals alone."""
    form = {"level_goals": level, "seen_goals": seen, "confirmed": "1"}
    assert client.send(f"/participation-matrix/matrix/{one.participant}", form).status_code == 302


def test_the_owners_day_for_a_part_is_kept_when_the_coordinator_changes_the_level(
    app, world, owner, coordinator, one
):
    shorten(owner, one, last_day=f"{today():%d.%m.%Y}")

    set_level(coordinator, one, "none", seen="read")
    set_level(coordinator, one, "read")

    assert part_of(app, world, one)[-1] == (Level.READ, today(), True)
    run_out(app, world, one)
    assert Section.GOALS not in levels_of(app, world, one)


def test_after_the_owners_day_a_part_takes_consent_anew(app, world, owner, coordinator, one):
    """E2, P8: what the owner has let end, a coordinator does not give back."""
    shorten(owner, one, last_day=f"{today():%d.%m.%Y}")
    run_out(app, world, one)

    set_level(coordinator, one, "read")

    assert part_of(app, world, one)[-1] == (Level.READ, None, True)
    assert Section.GOALS not in levels_of(app, world, one)
    assert (one.owner, NoticeKind.CONSENT_WANTED) in notices(app, world, one.plan)


def test_a_day_that_the_coordinator_set_takes_no_new_consent(app, world, coordinator, one):
    """The positive twin: the owner has said nothing, so what is consented to holds."""
    shorten(coordinator, one, last_day=f"{today():%d.%m.%Y}")
    run_out(app, world, one)

    set_level(coordinator, one, "read")

    assert levels_of(app, world, one)[Section.GOALS] is Level.READ


def test_stopping_twice_changes_nothing_more(app, world, owner, one):
    path = f"/participation/stop/{one.participant}"
    owner.send(path, {"section": "goals"})
    before = levels_of(app, world, one)

    assert owner.send(path, {"section": "goals"}).status_code == 302
    assert owner.send(path, {"section": "nonsense"}).status_code == 400
    assert levels_of(app, world, one) == before


def test_an_undo_leaves_what_was_changed_since(app, world, owner, coordinator, one):
    answer = owner.send(f"/participation/stop/{one.participant}", {"section": "goals"})
    undo = UNDO.search(owner.get(answer.location).text).group(1)
    form = {"level_goals": "comment", "seen_goals": "none", "confirmed": "1"}
    coordinator.send(f"/participation-matrix/matrix/{one.participant}", form)

    owner.send(undo)

    assert Section.GOALS not in levels_of(app, world, one)


def test_an_undo_gives_back_no_consent_that_was_withdrawn_since(app, world, owner, one):
    answer = owner.send(f"/participation/stop/{one.participant}", {"section": "goals"})
    undo = UNDO.search(owner.get(answer.location).text).group(1)

    def withdraw():
        wanted = select(Consent).where(Consent.plan_id == one.plan, Consent.withdrawn_at.is_(None))
        for consent in db.session.scalars(wanted):
            consent.withdrawn_at, consent.withdrawn_reason = garden.utc_now(), "trukket"

    look(app, world, withdraw)

    owner.send(undo)

    assert levels_of(app, world, one) == {}


def test_a_wish_reaches_the_coordinator_who_sees_to_it(app, world, owner, coordinator, one):
    path = f"/plan-access/ask/{one.plan}"
    assert owner.send(path, {"text": ""}).status_code == 422

    for text in ("Ikke kartleggingen", "Mer til helsesykepleier"):
        assert owner.send(path, {"text": text}).status_code == 302

    page = who(coordinator, one)
    assert "Ikke kartleggingen" in page
    assert "Mer til helsesykepleier" in page
    seen_to = re.findall(r'action="(/plan-access/seen-to/[^"]+)"', page)
    assert len(seen_to) == 2
    assert owner.send(seen_to[0]).status_code == 404
    assert coordinator.send(seen_to[0]).status_code == 302
    assert len(re.findall("/plan-access/seen-to/", who(coordinator, one))) == 1


# --- seen as -------------------------------------------------------------------------------------


def test_the_plan_is_seen_as_a_participant_sees_it(app, world, owner, one):
    with planting(app, world.strandvik):
        plan = db.session.get_one(Plan, one.plan)
        garden.entry(plan, Section.GOALS, "Hemmelig mål")
        garden.entry(plan, Section.MAPPING, "Hemmelig kartlegging")
    give(app, world, one, Section.MAPPING, Level.READ)

    page = owner.get(f"/participation/seen-as/{one.participant}")

    rows = re.findall(r'<th scope="row">([^<]+)</th>', page.text)
    assert len(rows) == len(levels_of(app, world, one)) == 3
    assert "Hemmelig" not in page.text

    def told():
        wanted = select(AuditEvent).where(
            AuditEvent.action == "participant:seen_as", AuditEvent.object_id == one.participant
        )
        return len(db.session.scalars(wanted).all())

    assert look(app, world, told) == 1  # P11: a look of one's own, in the log.


def test_what_is_kept_from_a_guardian_is_not_counted_for_them(app, world, client_as):
    """E8."""
    one = scene(app, world, owner="child")
    guardian = client_as("foresatt")
    path = f"/participation/seen-as/{one.participant}"

    def write(withheld):
        plan = db.session.get_one(Plan, one.plan)
        garden.entry(plan, Section.GOALS, "Mål")
        if withheld:
            garden.withhold(plan.authorities[0], Section.GOALS)

    look(app, world, lambda: write(withheld=False))
    shown = guardian.get(path).text
    look(app, world, lambda: write(withheld=True))
    hidden = guardian.get(path).text

    assert re.search(r">1 [a-zæøå]+<", shown)
    assert not re.search(r">[12] [a-zæøå]+<", hidden)


def test_the_reason_that_something_is_kept_for_is_not_shown_to_the_guardian(app, world, client_as):
    """E8: the child's wish stays with the child and the coordinator."""
    one = scene(app, world, owner="child")

    def withhold():
        plan = db.session.get_one(Plan, one.plan)
        garden.withhold(plan.authorities[0], Section.COMMENTS, reason="Barnets eget ønske")

    look(app, world, withhold)

    assert "Barnets eget ønske" not in who(client_as("foresatt"), one)
    overview = client_as("koordinator.strandvik").get(f"/plan-authority/overview/{one.plan}")
    assert "Barnets eget ønske" in overview.text


def test_nothing_is_seen_before_the_plan_is_shared(app, world, owner, one):
    set_state(app, world, one.plan, PlanState.AWAITING_CONSENT)

    page = owner.get(f"/participation/seen-as/{one.participant}")

    assert 'class="empty"' in page.text


# --- who acts for the owner ----------------------------------------------------------------------


def statement(world, **changes):
    form = {
        "holder_id": world.strandvik.persons["utgatt"],
        "kind": "parental_responsibility",
        "may_consent": "yes",
        "ground": "Folkeregisteret",
        "starts_on": today().strftime("%d.%m.%Y"),
        "last_day": "",
        "confirmed": "y",
    }
    return {name: value for name, value in (form | changes).items() if value is not None}


def holders(app, world, one):
    def found():
        plan = db.session.get_one(Plan, one.plan)
        return [a.holder_id for a in plan.authorities if a.ended_at is None]

    return look(app, world, found)


def test_nothing_about_who_acts_is_chosen_beforehand(app, world, coordinator):
    one = scene(app, world, owner="child")

    page = coordinator.get(f"/plan-authority/add/{one.plan}").text

    form = page.partition('<form class="record"')[2].partition("</form>")[0]
    assert "selected" not in form.replace('value="" selected', "")
    assert form.count(" checked>") == 1  # «Ingen valgt».


def test_an_authority_is_stated_with_all_of_it_and_the_confirmation(app, world, coordinator):
    one = scene(app, world, owner="child")
    path = f"/plan-authority/add/{one.plan}"
    for name, field in (
        ("confirmed", "confirmed"),
        ("may_consent", "may_consent"),
        ("kind", "kind"),
        ("ground", "ground"),
        ("holder_id", "holder_id"),
    ):
        answer = coordinator.send(path, statement(world, **{name: None}))
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    assert len(holders(app, world, one)) == 1

    assert coordinator.send(path, statement(world)).status_code == 302

    assert world.strandvik.persons["utgatt"] in holders(app, world, one)
    asked = notices(app, world, one.plan)
    assert (world.strandvik.persons["utgatt"], NoticeKind.CONSENT_WANTED) in asked
    assert levels_of(app, world, one) == {}  # Both parents have to consent now.


@pytest.mark.parametrize(
    "changes",
    [
        {"last_day": "01.01.2020"},
        {"starts_on": "i går"},
        {"kind": "friend"},
        {"may_consent": "perhaps"},
        {"ground": "x" * 501},
    ],
)
def test_a_statement_that_is_wrong_is_not_saved(app, world, coordinator, changes):
    one = scene(app, world, owner="child")

    answer = coordinator.send(f"/plan-authority/add/{one.plan}", statement(world, **changes))

    assert answer.status_code == 422
    assert len(holders(app, world, one)) == 1


def test_nobody_acts_twice_for_themselves_or_as_parent_of_an_adult(app, world, coordinator):
    child = scene(app, world, owner="child")
    path = f"/plan-authority/add/{child.plan}"
    for holder in (child.owner, world.strandvik.persons["foresatt"]):
        answer = coordinator.send(path, statement(world, holder_id=holder))
        assert answer.status_code in (409, 422)
    foreign = statement(world, holder_id=world.fjellby.persons["own"])
    assert coordinator.send(path, foreign).status_code == 422

    look(
        app,
        world,
        lambda: setattr(db.session.get_one(Person, child.owner), "birth_date", garden.born(18)),
    )
    assert coordinator.send(path, statement(world)).status_code == 422
    as_verge = statement(world, kind="legal_guardian")
    assert coordinator.send(path, as_verge).status_code == 302


def test_ending_an_authority_takes_effect_at_once(app, world, coordinator, client_as):
    """E9: parental responsibility that has ended opens nothing, and its consent counts no more."""
    one = scene(app, world, owner="child")
    guardian = client_as("foresatt")
    assert who(guardian, one)

    form, path = {"authority": one.guardian}, f"/plan-authority/end/{one.plan}"
    assert coordinator.get(f"{path}?authority={one.guardian}").status_code == 200
    assert who(guardian, one)
    assert coordinator.send(path, form).status_code == 302

    assert guardian.get(f"/plan-access/who/{one.plan}").status_code == 404
    assert levels_of(app, world, one) == {}
    assert coordinator.send(path, form).status_code == 409


def test_authorities_over_another_owner_are_not_found(app, world, coordinator):
    mine, other = scene(app, world, owner="child"), scene(app, world, owner="child")

    for path, form in (
        ("end", {"authority": other.guardian}),
        ("withhold", {"authority": other.guardian, "section": "goals", "reason": "x"}),
        ("end", {"authority": mine.plan}),
    ):
        assert coordinator.send(f"/plan-authority/{path}/{mine.plan}", form).status_code == 404
    assert coordinator.send(f"/plan-authority/end/{mine.plan}", {}).status_code == 400
    assert len(holders(app, world, other)) == 1


def test_a_part_is_kept_from_a_guardian_and_opened_again(app, world, coordinator, client_as):
    """E8, with its positive twin."""
    one = scene(app, world, owner="child")
    guardian = client_as("foresatt")

    def may_read():
        actor = Actor(
            account_id=1,
            municipality_id=world.strandvik.id,
            person_id=world.strandvik.persons["foresatt"],
            at=garden.utc_now(),
        )
        plan = db.session.get_one(Plan, one.plan)
        return plan_access.level(actor, plan, Section.COMMENTS) is not Level.NONE

    assert look(app, world, may_read)
    form = {"authority": one.guardian, "section": "comments", "reason": "Barnets ønske"}
    path = f"/plan-authority/withhold/{one.plan}"
    assert coordinator.send(path, form | {"reason": ""}).status_code == 422
    assert coordinator.send(path, form).status_code == 302
    assert coordinator.send(path, form).status_code == 409
    assert not look(app, world, may_read)

    page = coordinator.get(f"/plan-authority/overview/{one.plan}").text
    withheld = re.search(r'name="withheld" value="([^"]+)"', page).group(1)
    again = f"/plan-authority/open-again/{one.plan}"
    assert guardian.send(again, {"withheld": withheld}).status_code == 403
    assert coordinator.send(again, {"withheld": withheld}).status_code == 302
    assert look(app, world, may_read)
