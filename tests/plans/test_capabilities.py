"""What a standard role lets one do besides its levels: given, shown, and held to at once."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db
from app.enums import Capability, EntryKind, Giver, Level, Outcome, PlanKind, Section
from app.models import AuditEvent, Consent, Grant, Participant, Plan, StandardRole
from app.plans import access_queries, access_words, granting, participation, plan_log, stopping
from app.plans.participation import Terms
from app.plans.role_steps import step
from app.security import log_access, plan_access, role_giving, tenancy
from app.security.plan_rights import Basis
from app.side_tables import PlanVisit
from app.templating.role_changes import Rights
from tests.conftest import FORM_KEY, with_world
from tests.plans import garden
from tests.plans.content_world import add_to, section_of
from tests.plans.role_scenes import in_use
from tests.plans.scenes import acting, levels_of, look, planting, scene

GIVES = {Section.GOALS: Level.READ, Section.ACTIVITIES: Level.WRITE, Section.COMMENTS: Level.WRITE}
ALL_BUT_INVITE = (
    Capability.PRINT_EXPORT,
    Capability.SEE_ACCESS_LOG,
    Capability.OWN_ACTIVITIES_ONLY,
)


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own."""
    app = with_world(make_app(database_name))
    with app.app_context(), garden.planting(app.extensions["test_world"].strandvik):
        pass
    with app.app_context(), garden.planting(app.extensions["test_world"].fjellby):
        pass
    return app


@pytest.fixture
def one(app, world):
    return scene(app, world)


def hold_to_own(app, world, one):
    """Let the scene's teacher have been given own activities alone."""
    with planting(app, world.strandvik):
        for row in open_grants(one.participant):
            row.own_only = row.section is Section.ACTIVITIES


def open_grants(participant):
    wanted = select(Grant).where(Grant.participant_id == participant, Grant.ended_at.is_(None))
    return list(db.session.scalars(wanted))


def given(app, world, participant):
    """What is given now, and of what only own ones are."""

    def found():
        return {row.section: (row.level, row.own_only) for row in open_grants(participant)}

    return look(app, world, found)


def role(app, world, **values):
    """A standard role of its own, by id."""
    with planting(app, world.strandvik):
        made = in_use("Avlaster for seg", GIVES, **values)
        return made.id


def add(app, world, one, role_id, login="koordinator.strandvik"):
    """Add the newcomer with a role; the participation's id."""
    with acting(app, world, login) as actor:
        plan, who = (
            db.session.get_one(Plan, one.plan),
            db.session.get_one(garden.Person, one.newcomer),
        )
        terms = Terms("avlaster", None, db.session.get_one(StandardRole, role_id), today(), None)
        return participation.add(actor, plan, who, terms, at=utc_now()).id


# --- own activities ------------------------------------------------------------------------------


def planted(app, world, one):
    """Activities of the teacher and of others, with what is said about them; titles are telling."""
    with planting(app, world.strandvik):
        plan, me = db.session.get_one(Plan, one.plan), one.teacher
        goal = garden.entry(plan, Section.GOALS, "x", title="Felles mål", author_id=me)
        under = {"parent_id": goal.id, "kind": EntryKind.ACTIVITY}
        own = garden.entry(
            plan,
            Section.ACTIVITIES,
            "x",
            title="Mitt tiltak",
            author_id=None,
            responsible_id=one.participant,
            **under,
        )
        others = garden.entry(
            plan, Section.ACTIVITIES, "x", title="Andres tiltak", author_id=None, **under
        )
        for about, text in ((own, "Sagt om mitt"), (others, "Sagt om andres")):
            garden.entry(plan, Section.COMMENTS, text, parent_id=about.id, author_id=None)
            garden.entry(
                plan,
                Section.ACTIVITIES,
                f"Vurdert: {text}",
                kind=EntryKind.EVALUATION,
                parent_id=about.id,
                author_id=None,
            )
        return own.id, others.id


def test_the_pages_show_own_activities_and_nothing_of_those_of_others(app, world, one, client_as):
    own, others = planted(app, world, one)
    teacher = client_as("larer", in_="9901")
    for section in (Section.GOALS, Section.ACTIVITIES, Section.COMMENTS):
        assert "andres" in teacher.get(section_of(one.plan, section)).text.lower()
    hold_to_own(app, world, one)

    pages = [
        teacher.get(section_of(one.plan, section)).text
        for section in (Section.GOALS, Section.ACTIVITIES, Section.COMMENTS)
    ]

    assert "Felles mål" in pages[0]
    assert all("mitt" in page.lower() for page in pages)
    assert all("andres" not in page.lower() for page in pages)
    assert "Vurdert: Sagt om mitt" in pages[0]
    assert teacher.get(f"/plan-entry/show/{own}").status_code == 200
    assert teacher.get(f"/plan-entry/show/{others}").status_code == 404
    assert teacher.get(f"/plan-entry-history/show/{others}").status_code == 404
    comment = {"body": "Hei"}
    assert teacher.send(add_to(one.plan, "comment", own), comment).status_code == 302
    assert teacher.send(add_to(one.plan, "comment", others), comment).status_code == 404
    assert teacher.send(f"/plan-entry/delete/{others}").status_code == 404
    assert teacher.send(f"/plan-entry/delete/{own}").status_code == 302
    assert "Mitt tiltak" in teacher.get(f"/plan-content/bin/{one.plan}").text


def test_no_number_tells_of_the_activities_of_others(app, world, one, client_as):
    with planting(app, world.strandvik):
        seen = {"plan_id": one.plan, "person_id": one.teacher, "seen_at": garden.utc_now()}
        db.session.add(PlanVisit(**seen))
    planted(app, world, one)
    teacher = client_as("larer", in_="9901")
    before = teacher.get("/my-plans/").text
    hold_to_own(app, world, one)

    with acting(app, world, "koordinator.strandvik") as actor:
        row = db.session.get_one(Participant, one.participant)
        parts = {part.section: part for part in access_queries.seen_as(actor, row, today())}
        sentence = access_words.sentence(access_queries.insight(row.plan, row, today()))

    assert parts[Section.ACTIVITIES].count == 2
    assert parts[Section.ACTIVITIES].own_only
    assert parts[Section.COMMENTS].count == 1
    assert not parts[Section.COMMENTS].own_only
    assert "only own activities" in sentence or "bare egne tiltak" in sentence
    assert ">7 " in before or "7 ny" in before or "7 new" in before
    after = teacher.get("/my-plans/").text
    assert "7 ny" not in after
    assert "7 new" not in after


def test_the_coordinator_holds_somebody_to_their_own_activities_at_once(app, world, one, client_as):
    coordinator = client_as("koordinator.strandvik")
    path = f"/participation-matrix/matrix/{one.participant}"
    form = {"level_activities": "write", "seen_activities": "write", "was_own_only": "all"}
    assert "You have changed nothing" in coordinator.send(
        path, form | {"own_only": "all"}
    ).text or ("Du har ikke endret noe" in coordinator.send(path, form | {"own_only": "all"}).text)

    preview = coordinator.send(path, form | {"own_only": "own"}).text
    assert 'name="own_only" value="own"' in preview
    sent = {"level_activities": "write", "seen_activities": "write", "own_only": "own"}
    assert coordinator.send(path, sent | {"confirmed": "1"}).status_code == 302

    assert given(app, world, one.participant)[Section.ACTIVITIES] == (Level.WRITE, True)
    assert levels_of(app, world, one)[Section.ACTIVITIES] is Level.WRITE
    assert coordinator.send(path, sent | {"own_only": "some"}).status_code == 400


def change(app, world, one, wanted, **values):
    with acting(app, world, "koordinator.strandvik") as actor:
        row = db.session.get_one(Participant, one.participant)
        return granting.set_matrix(actor, row, wanted, at=utc_now(), **values)


def test_letting_into_the_activities_of_others_waits_for_consent_anew(app, world, one):
    hold_to_own(app, world, one)
    (made,) = change(app, world, one, {Section.ACTIVITIES: Level.READ}, own_only=False)

    assert made.opens_others
    assert made.is_wider
    assert made.waits
    assert given(app, world, one.participant)[Section.ACTIVITIES] == (Level.READ, False)
    assert Section.ACTIVITIES not in levels_of(app, world, one)
    assert levels_of(app, world, one)[Section.GOALS] is Level.READ


def test_other_changes_leave_somebody_held_to_their_own_and_need_no_new_consent(app, world, one):
    hold_to_own(app, world, one)
    (made,) = change(app, world, one, {Section.ACTIVITIES: Level.READ})

    assert not made.is_wider
    assert given(app, world, one.participant)[Section.ACTIVITIES] == (Level.READ, True)
    assert levels_of(app, world, one)[Section.ACTIVITIES] is Level.READ


def test_what_was_stopped_does_not_come_back_wider_without_consent(app, world, one):
    hold_to_own(app, world, one)
    with acting(app, world, "koordinator.strandvik") as actor:
        row = db.session.get_one(Participant, one.participant)
        stopping.stop_section(actor, row, Section.ACTIVITIES, at=utc_now())
    (made,) = change(app, world, one, {Section.ACTIVITIES: Level.READ}, own_only=False)

    assert made.waits
    assert Section.ACTIVITIES not in levels_of(app, world, one)


# --- given with a role ---------------------------------------------------------------------------


def test_a_role_that_names_no_giver_is_given_by_who_coordinates(app, world, one):
    for login, expected in (("koordinator.strandvik", Basis.COORDINATOR), ("planeier", None)):
        with acting(app, world, login) as actor:
            plan = db.session.get_one(Plan, one.plan)
            assert role_giving.basis_of_giver(actor, plan, StandardRole(given_by=[])) is expected


def test_a_capability_opens_no_other_part_and_nothing_by_who_steers_no_access(app, world, one):
    def most(login, section):
        with acting(app, world, login) as actor:
            plan = db.session.get_one(Plan, one.plan)
            return role_giving.most_by_capability(actor, plan, section)

    assert most("koordinator.strandvik", Section.ACCESS_LOG) is Level.READ
    assert most("koordinator.strandvik", Section.GOALS) is Level.NONE
    assert most("larer", Section.ACCESS_LOG) is Level.NONE


def test_a_role_gives_what_its_capabilities_say(app, world, one):
    made = add(app, world, one, role(app, world, capabilities=ALL_BUT_INVITE))

    now = given(app, world, made)
    assert now[Section.ACTIVITIES] == (Level.WRITE, True)
    assert now[Section.GOALS] == (Level.READ, False)
    assert now[Section.PRINT_EXPORT] == now[Section.ACCESS_LOG] == (Level.READ, False)


def test_a_role_without_them_takes_them_away_and_the_others_activities_wait(app, world, one):
    one.participant = add(app, world, one, role(app, world, capabilities=ALL_BUT_INVITE))
    plain = role(app, world)
    with acting(app, world, "koordinator.strandvik") as actor:
        row = db.session.get_one(Participant, one.participant)
        chosen = db.session.get_one(StandardRole, plain)
        wanted = granting.of_role(actor, row.plan, chosen)
        made = granting.set_matrix(actor, row, wanted, role=chosen, at=utc_now())

    assert {change.section for change in made} == {
        Section.ACTIVITIES,
        Section.PRINT_EXPORT,
        Section.ACCESS_LOG,
    }
    now = given(app, world, one.participant)
    assert now[Section.ACTIVITIES] == (Level.WRITE, False)
    assert not {Section.PRINT_EXPORT, Section.ACCESS_LOG} & now.keys()


def test_the_log_is_read_with_a_role_and_consent_and_is_never_given_by_hand(app, world, one):
    with pytest.raises(granting.NotToBeGiven):
        change(app, world, one, {Section.ACCESS_LOG: Level.READ})
    named = [Capability.SEE_ACCESS_LOG]
    with pytest.raises(granting.NotToBeGiven):
        change(app, world, one, {Section.EVENT_LOG: Level.READ}, capabilities=named)
    with pytest.raises(granting.NotToBeGiven):
        change(app, world, one, {Section.ACCESS_LOG: Level.WRITE}, capabilities=named)

    (made,) = change(app, world, one, {Section.ACCESS_LOG: Level.READ}, capabilities=named)

    assert made.waits
    assert Section.ACCESS_LOG not in levels_of(app, world, one)
    with planting(app, world.strandvik):
        row = db.session.get_one(Participant, one.participant)
        shared = select(Consent).where(Consent.plan_id == one.plan)
        consent = [c for c in db.session.scalars(shared) if c.covers][0]
        garden.cover(consent, row, Section.ACCESS_LOG, Level.READ)
    assert levels_of(app, world, one)[Section.ACCESS_LOG] is Level.READ


def test_a_capability_that_a_role_has_no_more_is_taken_from_who_got_it_by_that():
    before = Rights({}, frozenset({Capability.PRINT_EXPORT, Capability.INVITE}))
    after = Rights({}, frozenset({Capability.INVITE}))
    by_level = Rights({Section.PRINT_EXPORT: Level.READ}, frozenset())
    has = {Section.PRINT_EXPORT: Level.READ}

    assert step(before, after, has).narrowed == {Section.PRINT_EXPORT: Level.NONE}
    assert step(before, after, {}).narrowed == {}
    assert step(before, by_level, has).narrowed == {}
    assert step(after, after, has).narrowed == {}


# --- who has looked ------------------------------------------------------------------------------


def log_of(one, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/plan-log/show/{one.plan}?{query}"


def open_to_teacher(app, world, one, *levels):
    """Let the teacher read these parts, consented to."""
    with planting(app, world.strandvik):
        row = db.session.get_one(Participant, one.participant)
        shared = select(Consent).where(Consent.plan_id == one.plan)
        consent = next(c for c in db.session.scalars(shared) if c.covers)
        for section, level in levels:
            for grant in open_grants(row.id):
                if grant.section is section:
                    grant.ended_at = utc_now()
            db.session.flush()
            garden.grant(row, section, level)
            garden.cover(consent, row, section, level)


def test_who_has_looked_is_read_by_owner_and_coordinator_and_with_the_capability(
    app, world, one, client_as
):
    owner, teacher = client_as("planeier"), client_as("larer", in_="9901")
    assert teacher.get(section_of(one.plan, Section.GOALS)).status_code == 200
    assert teacher.get(log_of(one)).status_code == 403
    assert "/plan-log/" not in teacher.get(f"/plan/show/{one.plan}").text
    assert client_as("lokal.strandvik").get(log_of(one)).status_code == 403
    assert client_as("koordinator.fjellby").get(log_of(one)).status_code == 404

    page = owner.get(log_of(one)).text
    open_to_teacher(app, world, one, (Section.ACCESS_LOG, Level.READ))

    assert "læreren" in page
    assert log_of(one).partition("?")[0] in owner.get(f"/plan/show/{one.plan}").text
    assert client_as("koordinator.strandvik").get(log_of(one)).status_code == 200
    assert teacher.get(log_of(one)).status_code == 200
    # That they have read it is told in its turn.
    again = owner.get(log_of(one, which="looked")).text
    assert again.count("læreren") > page.count("læreren")


def test_the_log_is_paged_and_takes_no_address_that_it_does_not_know(
    app, world, one, client_as, monkeypatch
):
    monkeypatch.setattr(plan_log, "PAGE", 3)
    owner = client_as("planeier")
    for _turn in range(4):
        owner.get(log_of(one, which="looked"))

    first = owner.get(log_of(one, which="looked")).text
    older = re.search(r'before=([0-9a-f-]{36})"', first)
    assert older
    second = owner.get(log_of(one, which="looked", before=older.group(1))).text

    # What somebody does in the same minute stands on one line.
    assert 2 <= first.count("<tr>") <= second.count("<tr>") + 1
    assert "before=" not in second
    assert owner.get(log_of(one, which="none")).status_code == 400
    assert owner.get(log_of(one, before="x")).status_code == 400
    assert "/plan-log/" in owner.get(log_of(one, which="changed")).text


def test_nobody_is_told_of_what_is_kept_from_them(app, world, one, client_as):
    """The condition and the decision say the same, of every event, whoever asks."""
    planted(app, world, one)
    client_as("koordinator.strandvik").get(section_of(one.plan, Section.MAPPING))
    open_to_teacher(app, world, one, (Section.ACCESS_LOG, Level.READ))
    log_of_others(app, world, one)
    told = {}
    for name in ("planeier", "koordinator.strandvik", "larer", "lokal.strandvik", "held"):
        if name == "held":
            hold_to_own(app, world, one)
        with acting(app, world, "larer" if name == "held" else name) as actor:
            plan = db.session.get_one(Plan, one.plan)
            asked = select(AuditEvent.id).where(log_access.events(actor, plan))
            with the_session_open_to_all():
                everything = db.session.scalars(select(AuditEvent)).all()
                found = set(db.session.scalars(asked))
            told[name] = [e for e in everything if log_access.is_told(actor, plan, e)]
            assert found == {event.id for event in told[name]}

    assert Section.MAPPING in {event.section for event in told["planeier"]}
    assert {event.plan_id for event in told["planeier"]} == {one.plan}
    assert {event.municipality_id for event in told["planeier"]} == {world.strandvik.id}
    kinds = {name: {event.object_type for event in events} for name, events in told.items()}
    assert "plan_grant" in kinds["planeier"]
    assert Section.MAPPING not in {event.section for event in told["larer"]}
    assert not {"participant", "plan_grant", "consent"} & kinds["larer"]
    assert "plan_entry" in kinds["larer"]
    assert "plan_entry" not in kinds["held"]
    assert kinds["held"]
    assert told["lokal.strandvik"] == []


@contextmanager
def the_session_open_to_all():
    """What the rules say of rows that the wall in the session would have hidden, on SQLite."""
    before = frozenset(one for one in ("policy", "session", "database") if tenancy.stands(one))
    tenancy.set_walls(before - {"session"})
    yield
    tenancy.set_walls(before)


def log_of_others(app, world, one):
    """What stands in the log beside this plan's: what was refused in it, another plan's, and what
    another municipality did with it."""
    alike = {"action": "plan_entry:changed", "object_type": "plan_entry", "fields": []}
    with planting(app, world.strandvik):
        wanted = select(Plan.id).where(Plan.id != one.plan).limit(1)
        of_another = db.session.scalar(wanted)
    for place, plan_id, outcome in (
        (world.strandvik, one.plan, Outcome.REFUSED),
        (world.strandvik, of_another, Outcome.DONE),
        (world.fjellby, one.plan, Outcome.DONE),
    ):
        with planting(app, place):
            event = AuditEvent(plan_id=plan_id, at=utc_now(), outcome=outcome, **alike)
            event.municipality_id = place.id
            db.session.add(event)


# --- proposing a participant ---------------------------------------------------------------------

PROPOSAL = re.compile(r"/plan-proposing/decline/([0-9a-f-]{36})")
SENT = {"name": "Mona [Fysio]", "function": "fysioterapeut", "why": "Kjenner “øvelsene” godt"}


def proposing(one):
    return f"/plan-proposing/propose/{one.plan}"


def proposed(app, world, one, client_as):
    """What a teacher with the capability proposes; the id of the coordinator's notice."""
    open_to_teacher(app, world, one, (Section.PARTICIPANTS, Level.COMMENT))
    teacher = client_as("larer", in_="9901")
    assert teacher.send(proposing(one), SENT).status_code == 302
    page = client_as("koordinator.strandvik").get(f"/plan-access/who/{one.plan}").text
    return PROPOSAL.search(page).group(1)


def test_a_role_lets_propose_participants_who_is_never_given_that_by_hand(app, world, one):
    made = add(app, world, one, role(app, world, capabilities=[Capability.INVITE]))

    assert given(app, world, made)[Section.PARTICIPANTS] == (Level.COMMENT, False)
    with pytest.raises(granting.NotToBeGiven):
        change(app, world, one, {Section.PARTICIPANTS: Level.COMMENT})
    one.participant = made
    # What a role gave stays when the rest is changed by hand, and can be made less.
    kept = {Section.PARTICIPANTS: Level.COMMENT, Section.GOALS: Level.NONE}
    assert [at.section for at in change(app, world, one, kept)] == [Section.GOALS]
    with acting(app, world, "koordinator.strandvik") as actor:
        row = db.session.get_one(Participant, made)
        (cell,) = [
            one
            for one in access_queries.matrix(actor, row, today())
            if one.section is Section.PARTICIPANTS
        ]
        said = access_words.can({Section.PARTICIPANTS: Level.COMMENT})
    assert cell.choices == (Level.NONE, Level.READ, Level.COMMENT)
    assert "comment" not in said
    change(app, world, one, {Section.PARTICIPANTS: Level.READ})
    with pytest.raises(granting.NotToBeGiven):
        change(app, world, one, {Section.PARTICIPANTS: Level.COMMENT})


def test_a_role_that_lets_propose_no_more_leaves_what_its_level_gives():
    before = Rights({Section.PARTICIPANTS: Level.READ}, frozenset({Capability.INVITE}))
    less = Rights({Section.PARTICIPANTS: Level.READ}, frozenset())
    none = Rights({}, frozenset())
    has = {Section.PARTICIPANTS: Level.COMMENT}

    assert step(before, less, has).narrowed == {Section.PARTICIPANTS: Level.READ}
    assert step(before, none, has).narrowed == {Section.PARTICIPANTS: Level.NONE}
    assert step(before, none, has).left == {}


def test_a_proposal_lets_nobody_in_and_is_answered_by_adding(app, world, one, client_as):
    teacher, coordinator = client_as("larer", in_="9901"), client_as("koordinator.strandvik")
    assert teacher.get(proposing(one)).status_code == 403
    open_to_teacher(app, world, one, (Section.PARTICIPANTS, Level.READ))
    assert teacher.get(proposing(one)).status_code == 403
    assert "/plan-proposing/" not in teacher.get(f"/plan-participant/overview/{one.plan}").text
    pk = proposed(app, world, one, client_as)
    assert proposing(one) in teacher.get(f"/plan-participant/overview/{one.plan}").text
    assert teacher.send(proposing(one), SENT).status_code == 302

    waiting = coordinator.get(f"/plan-access/who/{one.plan}").text
    assert len(set(PROPOSAL.findall(waiting))) == 1
    assert "Mona [Fysio] (fysioterapeut)" in coordinator.get("/my-plans/").text
    path = f"/plan-participant/add/{one.plan}?proposal={pk}"
    page = coordinator.get(path).text
    assert 'value="Mona [Fysio]"' in page
    assert coordinator.get(f"/plan-participant/add/{one.plan}?person=x").status_code == 200
    chosen = {"person_id": one.newcomer, "standard_role_id": one.roles["Lærer"]}
    terms = coordinator.send(path, chosen).text
    assert 'value="fysioterapeut"' in terms
    first = {"function": "fysioterapeut", "starts_on": today().strftime("%d.%m.%Y")}
    key = FORM_KEY.search(terms).group(1)
    saved = coordinator.send(path, chosen | first | {"step": "terms", "form_key": key})

    assert saved.status_code == 302
    assert "Mona" not in coordinator.get(f"/plan-access/who/{one.plan}").text
    told = teacher.get("/my-plans/").text
    assert "Ny" in told
    assert f'href="/plan/show/{one.plan}"' in told
    assert coordinator.get(path).status_code == 404


def test_a_proposal_is_declined_with_a_reason_by_who_may_add(app, world, one, client_as):
    pk = proposed(app, world, one, client_as)
    teacher, coordinator = client_as("larer", in_="9901"), client_as("koordinator.strandvik")
    path = f"/plan-proposing/decline/{pk}"

    for name in ("planeier", "lokal.strandvik", "koordinator.fjellby"):
        assert client_as(name).get(path).status_code == 404
    assert teacher.get(path).status_code == 404
    assert coordinator.send(path, {"reason": ""}).status_code == 422
    assert coordinator.send(path, {"reason": "Hun er <b>syk</b>"}).status_code == 302
    assert coordinator.send(path, {"reason": "igjen"}).status_code == 404

    assert "Hun er &lt;b&gt;syk" in teacher.get("/my-plans/").text
    assert not PROPOSAL.search(coordinator.get(f"/plan-access/who/{one.plan}").text)


@pytest.mark.parametrize(
    "sent", [{"name": ""}, {"function": ""}, {"why": ""}, {"name": "x" * 81}, {"why": '"' * 160}]
)
def test_a_proposal_without_room_or_words_is_not_sent(app, world, one, client_as, sent):
    open_to_teacher(app, world, one, (Section.PARTICIPANTS, Level.COMMENT))
    teacher = client_as("larer", in_="9901")
    filler = {"name": '"' * 80, "function": '"' * 60} if '"' in sent.get("why", "") else {}

    answer = teacher.send(proposing(one), SENT | filler | sent)

    assert answer.status_code == 422
    assert 'name="person_id"' not in answer.text


# --- who gives a role ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("givers", "coordinator_may", "stand_in_may"),
    [
        ((Giver.COORDINATOR, Giver.STAND_IN), True, True),
        ((Giver.COORDINATOR,), True, False),
        ((Giver.STAND_IN,), False, True),
        ((Giver.PARTICIPANT,), False, False),
    ],
)
def test_a_role_is_given_by_those_alone_whom_it_names(
    app, world, one, givers, coordinator_may, stand_in_may
):
    given_by = role(app, world, given_by=givers)
    with planting(app, world.strandvik):
        other = garden.make_plan(
            one.owner, world.strandvik.persons["larer"], kind=PlanKind.DEVELOPMENT_PLAN
        )
        garden.stand_in(other, world.strandvik.persons["koordinator.strandvik"])
        stood_in = other.id

    for plan_id, may in ((one.plan, coordinator_may), (stood_in, stand_in_may)):
        with acting(app, world, "koordinator.strandvik") as actor:
            plan = db.session.get_one(Plan, plan_id)
            offered = {row.id for row in access_queries.roles_for(actor, plan)}
            assert (given_by in offered) is may
            one.plan = plan_id
        if may:
            assert add(app, world, one, given_by)
        else:
            with pytest.raises(granting.RoleNotTheirs):
                add(app, world, one, given_by)


def test_a_role_of_others_is_not_given_to_somebody_who_takes_part(app, world, one):
    given_by = role(app, world, given_by=(Giver.STAND_IN,))
    with acting(app, world, "koordinator.strandvik") as actor:
        row = db.session.get_one(Participant, one.participant)
        chosen = db.session.get_one(StandardRole, given_by)
        with pytest.raises(granting.RoleNotTheirs):
            granting.set_matrix(actor, row, {}, role=chosen, at=utc_now())


def test_whoever_only_reads_gives_no_role(app, world, one):
    with acting(app, world, "larer") as actor:
        plan = db.session.get_one(Plan, one.plan)
        assert access_queries.roles_for(actor, plan) == []
        assert plan_access.most_given(actor, plan, Section.GOALS) is Level.NONE
