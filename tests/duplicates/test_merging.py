"""What moves when two persons become one, what is refused, and what comes back: case by case."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.accounts import holding
from app.clock import today, utc_now
from app.db import db
from app.duplicate_tables import DuplicatePair
from app.duplicates import answering, merge_facts, merge_rules, merging, pairs, undoing
from app.duplicates.merge_plan import dumped
from app.duplicates.references import MOVED, STAYS
from app.enums import (
    AuthorityKind,
    Level,
    MatchBand,
    MergeState,
    NoticeKind,
    PairState,
    PlanKind,
    PlanState,
    ProtectionGrade,
    Role,
    Section,
)
from app.errors import NotAllowed, NotFound
from app.merged_ids import kept_id
from app.models import Membership, Person, Unit
from app.people import imports, protection
from app.people import operations as people
from app.people.keyring import keyring
from app.security import plan_access, policy
from app.security.actor import Actor, Holding, acting_as
from app.security.roles import Action
from app.side_tables import Notice
from tests.conftest import with_world
from tests.duplicates.merging import Merger
from tests.plans import garden

GOALS, COMMENTS = Section.GOALS, Section.COMMENTS


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own."""
    return with_world(make_app(database_name))


@pytest.fixture
def town(app, world):
    """Strandvik in a transaction that is not kept."""
    merger = Merger(app, world)
    with app.app_context(), acting_as(db.session(), merger.clerk):
        garden.setup.ensure(db.session(), merger.place.id, at=utc_now())
        yield merger
        db.session.rollback()


def coordinator(town):
    return town.place.persons["koordinator.strandvik"]


def plan_with(town, *takes_part, owner=None, **values):
    """An active plan of a grown-up, with participants who read and comment as consented."""
    owner = owner or town.person(40)
    plan = garden.make_plan(owner.id, coordinator(town), **values)
    rows = [garden.add_participant(plan, one.id) for one in takes_part]
    for row in rows:
        garden.grant(row, GOALS, Level.WRITE)
        garden.grant(row, COMMENTS, Level.READ)
    covers = [(row, section, Level.WRITE) for row in rows for section in (GOALS, COMMENTS)]
    garden.consent(plan)
    if covers:
        garden.consent(plan, None, covers)
    db.session.flush()
    db.session.expire_all()
    return plan, rows


def known_pair(one, other, state):
    first, second = sorted((one.id, other.id))
    row = DuplicatePair(
        first_id=first,
        second_id=second,
        score=9.0,
        band=MatchBand.PROBABLE,
        state=state,
        facts=bytes(16),
        found_at=utc_now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def level(town, account_id, plan, section):
    actor = town.actor(account_id)
    db.session.expire_all()
    reached = [
        action
        for action in (Action.READ, Action.COMMENT, Action.WRITE, Action.MANAGE)
        if policy.decide(actor, action, plan, section=section)
    ]
    return reached[-1] if reached else None


# --- references ----------------------------------------------------------------------------------


def test_g7_every_reference_to_a_person_is_moved_by_rule_or_stays_for_a_reason():
    found = {
        (table.name, key.parent.name)
        for table in Model.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "person" and key.parent.name != "municipality_id"
    }

    assert found == set(MOVED) | set(STAYS)
    assert not set(MOVED) & set(STAYS)


def test_old_ids_lead_along_the_chain_and_no_circle_can_be_made(town):
    first, second, third = (town.person() for _ in range(3))
    town.merge(second, first)
    town.merge(third, second)

    with pytest.raises(merge_rules.MergedAlready):
        town.preview(first, third)

    assert kept_id(first.id) == third.id
    assert kept_id(third.id) == third.id


# --- access --------------------------------------------------------------------------------------


def test_g1_a_login_comes_to_the_plans_of_the_other_record_and_is_told_so(town):
    kept, gone = town.person(), town.person()
    login = town.login(kept)
    plan, _rows = plan_with(town, gone)

    said = town.preview(kept, gone)
    before = level(town, login, plan, GOALS)
    town.merge(kept, gone)

    assert before is None
    assert said.login.gains == (plan.id,)
    assert level(town, login, plan, GOALS) is Action.WRITE
    assert level(town, login, plan, COMMENTS) is Action.READ


def test_g1_of_two_participations_in_a_plan_one_stays_with_the_lower_access(town):
    kept, gone = town.person(), town.person()
    login = town.login(kept)
    plan, (own, other) = plan_with(town, kept, gone)
    next(g for g in other.grants if g.section is GOALS).level = Level.READ
    next(g for g in other.grants if g.section is COMMENTS).level = Level.COMMENT

    merge = town.merge(kept, gone)

    assert own.ended_at is None
    assert other.ended_at is not None
    assert level(town, login, plan, GOALS) is Action.READ
    assert level(town, login, plan, COMMENTS) is Action.READ

    assert town.undo(merge) == []

    assert other.ended_at is None
    assert level(town, login, plan, GOALS) is Action.WRITE


def test_g9_a_consent_opens_the_plan_it_was_given_for_and_no_other(town):
    kept, gone = town.person(), town.person()
    login = town.login(kept)
    first, _rows = plan_with(town, kept)
    second, (row,) = plan_with(town, gone)
    second.consents[-1].withdrawn_at = utc_now()

    town.merge(kept, gone)

    assert row.person_id == kept.id
    assert level(town, login, first, GOALS) is Action.WRITE
    assert level(town, login, second, GOALS) is None


def test_one_of_two_logins_stays_and_the_other_is_closed_and_comes_back(town):
    kept, gone = town.person(), town.person()
    stays, ends = town.login(gone), town.login(kept)
    plan, _rows = plan_with(town, kept)

    with pytest.raises(merge_rules.LoginMissing):
        town.preview(kept, gone)
    merge = town.merge(kept, gone, login="gone")

    assert level(town, stays, plan, GOALS) is Action.WRITE
    assert level(town, ends, plan, GOALS) is None
    assert not db.session.get_one(User, ends).active

    town.undo(merge)

    assert level(town, stays, plan, GOALS) is None
    assert level(town, ends, plan, GOALS) is Action.WRITE


def test_g2_nobody_alone_lets_one_login_come_to_what_another_could_open(town):
    owner, double = town.person(40), town.person(40)
    ends, stays = town.login(owner), town.login(double)
    plan, _rows = plan_with(town, owner)
    choices = {"name": "kept", "login": "gone"}
    mark = town.preview(owner, double, **choices).mark

    row = merging.merge(town.clerk, owner, double, choices, mark=mark, at=utc_now())
    waiting = level(town, stays, plan, GOALS), level(town, ends, plan, GOALS)
    town.approve(row, town.by("sentral"))

    told = select(Notice.person_id, Notice.text).where(Notice.plan_id == plan.id)
    assert waiting == (None, Action.WRITE)
    assert level(town, stays, plan, GOALS) is Action.WRITE
    ((person_id, text),) = db.session.execute(told).all()
    assert person_id == plan.coordinator_id
    assert owner.full_name in text


@pytest.mark.parametrize("state", [None, PairState.OPEN, PairState.NOT_SAME])
def test_g2_who_asked_does_not_approve_as_another_either(town, state):
    clerk, other = town.person(40), town.person(40)
    asker = town.login(clerk, Role.LOCAL_ADMINISTRATOR)
    asking = replace(town.clerk, account_id=asker, person_id=clerk.id)
    approving = replace(town.by("sentral"), person_id=(clerk if state is None else other).id)
    if state is not None:
        known_pair(clerk, other, state)
    adult, child = town.person(40), town.person(9)
    choices = {"name": "kept", "birth_date": "kept"}
    mark = merging.preview(asking, adult, child, choices, at=utc_now()).mark
    row = merging.merge(asking, adult, child, choices, mark=mark, at=utc_now())

    if state is PairState.NOT_SAME:
        town.approve(row, approving)
    else:
        with pytest.raises(merging.NotByOneself):
            town.approve(row, approving)

    assert row.state is (MergeState.DONE if state is PairState.NOT_SAME else MergeState.WAITING)


def test_a_merge_of_an_earlier_release_is_undone_too(town):
    kept, gone = town.person(phone="+4792000001"), town.person(phone="+4792000002")
    pair = known_pair(kept, gone, PairState.OPEN)
    merge = town.merge(kept, gone, phone="gone")
    was = merge_facts.sealed(merge.before)
    for name in ("merged", "answers", "answers_after"):
        del was[name]
    del was["after"]["merged"]
    merge.before = keyring().seal(dumped(was))
    merged = pair.state

    assert town.undo(merge) == []
    assert (merged, pair.state) == (PairState.MERGED, PairState.OPEN)
    assert [one.phone for one in (kept, gone)] == ["+4792000001", "+4792000002"]
    assert gone.retired_at is None


def test_a_login_stays_closed_when_the_other_has_been_withdrawn_since(town):
    kept, gone = town.person(), town.person()
    town.login(kept)
    ends = town.login(gone)
    merge = town.merge(kept, gone, login="kept")
    for one in db.session.query(Membership).filter_by(person_id=kept.id):
        one.ended_at = utc_now()
    db.session.flush()

    look_at = town.undo(merge)

    assert not db.session.get_one(User, ends).active
    assert {one[0] for one in look_at if one[2] == undoing.LEFT} == {"membership", "ab_user"}


def test_a_login_comes_back_without_the_role_that_was_ended_since(town):
    kept, gone = town.person(), town.person()
    stays, ends = town.login(kept, Role.COORDINATOR), town.login(gone, Role.COORDINATOR)
    for account_id, person in ((stays, kept), (ends, gone)):
        given = {"starts_on": garden.yesterday(), "created_at": utc_now()}
        values = {"account_id": account_id, "person_id": person.id, "role": Role.PARTICIPANT}
        db.session.add(Membership(**values, **given))
    plan = garden.make_plan(town.person(40).id, gone.id)
    merge = town.merge(kept, gone, login="kept")
    for one in db.session.query(Membership).filter_by(account_id=stays, role=Role.COORDINATOR):
        one.ended_at = utc_now()
    db.session.flush()

    look_at = town.undo(merge)

    assert level(town, ends, plan, GOALS) is None
    assert not town.actor(ends).holds(Role.COORDINATOR)
    assert {one[0] for one in look_at if one[2] == undoing.LEFT} == {"membership", "ab_user"}


def test_a_role_as_coordinator_wakes_up_no_plan_of_a_record_that_lost_its_own(town):
    kept, gone = town.person(), town.person()
    town.login(kept, Role.COORDINATOR)
    town.login(gone)
    owner = town.person(40)
    plan = garden.make_plan(owner.id, gone.id)

    with pytest.raises(merge_rules.WakesUp):
        town.preview(kept, gone, login="kept")
    plan.state, plan.closed_at = PlanState.CLOSED, utc_now()
    db.session.flush()
    town.merge(kept, gone, login="kept")

    assert plan.coordinator_id == gone.id


# --- refusals ------------------------------------------------------------------------------------


def test_g2_what_can_never_be_merged_is_refused(town):
    one, retired = town.person(), town.person(retired_at=utc_now())
    unit_clerk = Actor(
        town.clerk.account_id,
        town.place.id,
        None,
        (Holding(Role.LOCAL_ADMINISTRATOR, "/x/"),),
        at=utc_now(),
    )

    with pytest.raises(merge_rules.SamePerson):
        town.preview(one, one)
    with pytest.raises(merge_rules.OutOfUse):
        town.preview(one, retired)
    with pytest.raises((NotFound, NotAllowed)):
        merging.preview(unit_clerk, one, town.person(), {}, at=utc_now())
    sees_and_merges_none = replace(town.clerk, holdings=(Holding(Role.COORDINATOR),))
    with pytest.raises(NotAllowed):
        merging.preview(sees_and_merges_none, one, town.person(), {}, at=utc_now())


def test_who_owns_a_plan_is_not_merged_with_whom_coordinates_or_acts_for_them(town):
    owner, other = town.person(9), town.person()
    plan = garden.make_plan(owner.id, other.id)

    with pytest.raises(merge_rules.CoordinatesForSelf) as refused:
        town.preview(owner, other)
    plan.coordinator_id = coordinator(town)
    garden.authority(owner.id, other.id)
    with pytest.raises(merge_rules.ActsForSelf):
        town.preview(owner, other)

    assert refused.value.plan_ids == (plan.id,)


def test_an_owner_keeps_the_birth_date_that_says_who_consents(town):
    owner, other = town.person(9), town.person(12)
    garden.make_plan(owner.id, coordinator(town))

    with pytest.raises(merge_rules.OtherBirthDate):
        town.preview(owner, other, birth_date="gone")
    assert town.preview(owner, other, birth_date="kept")


def test_guardians_of_two_owners_must_be_the_same_and_are_then_kept_once(town):
    kept, gone, mother = town.person(9), town.person(9), town.person(40)
    login = town.login(mother)
    first = garden.make_plan(kept.id, coordinator(town))
    second = garden.make_plan(gone.id, coordinator(town), kind=PlanKind.FAMILY_PLAN)
    own = garden.authority(kept.id, mother.id)

    with pytest.raises(merge_rules.OtherGuardians):
        town.preview(kept, gone)
    other = garden.authority(gone.id, mother.id)
    garden.withhold(other, GOALS)
    merge = town.merge(kept, gone)

    assert second.owner_id == kept.id
    assert other.ended_at is not None
    assert level(town, login, first, GOALS) is None
    assert level(town, login, second, COMMENTS) is Action.WRITE
    town.undo(merge)
    assert level(town, login, first, GOALS) is Action.WRITE
    assert own.ended_at is None

    merge = town.merge(kept, gone)
    garden.withhold(own, COMMENTS, since=utc_now())
    db.session.flush()
    assert ["authority", other.id, undoing.LEFT] in town.undo(merge)
    assert level(town, login, second, COMMENTS) is None

    # Who consented for another owner has not consented for this one, and does not by a merge.
    garden.authority(gone.id, mother.id)
    garden.consent(second, own)
    town.merge(kept, gone)
    assert not plan_access.may_be_made(second, today())


def test_a_guardian_of_an_owner_without_plans_comes_to_none(town):
    kept, gone, stranger = town.person(9), town.person(9), town.person(40)
    login = town.login(stranger)
    plan = garden.make_plan(kept.id, coordinator(town))
    garden.authority(gone.id, stranger.id, kind=AuthorityKind.LEGAL_GUARDIAN)

    town.merge(kept, gone)

    assert level(town, login, plan, GOALS) is None


# --- undoing -------------------------------------------------------------------------------------


def test_g4_what_was_done_since_is_placed_by_rule_and_listed(town):
    kept, gone = town.person(), town.person()
    plan, (row,) = plan_with(town, gone)
    merge = town.merge(kept, gone)
    row.contribution = "fyller ut"
    later, (since,) = plan_with(town, kept)
    kept.phone = "+4799999999"
    db.session.flush()

    look_at = town.undo(merge)

    assert ["participant", row.id, undoing.CHANGED] in look_at
    assert ["participant", since.id, undoing.SINCE] in look_at
    assert ["person", kept.id, "phone"] in look_at
    assert (row.person_id, row.contribution) == (gone.id, "fyller ut")
    assert (since.person_id, kept.phone) == (kept.id, "+4799999999")
    assert later.id != plan.id


def test_what_an_owner_and_who_acts_for_them_did_since_goes_along_with_the_plan(town):
    kept, gone, reader = town.person(40), town.person(40), town.person()
    login = town.login(reader)
    plan, (row,) = plan_with(town, reader, owner=gone)
    merge = town.merge(kept, gone)
    for one in plan.consents:
        one.withdrawn_at = utc_now()
    given = {"given_at": utc_now()}
    anew = garden.consent(plan, None, [(row, GOALS, Level.WRITE)], **given)
    guardian = garden.authority(kept.id, town.person(50).id, stated_at=utc_now())
    notice = garden.notice(plan, kept.id, NoticeKind.CONSENT_WITHDRAWN, at=utc_now())
    db.session.flush()
    open_since = level(town, login, plan, GOALS)

    look_at = town.undo(merge)

    assert ["consent", anew.id, undoing.ALONG] in look_at
    assert ["authority", guardian.id, undoing.ALONG] in look_at
    assert undoing.SINCE not in {one[2] for one in look_at}
    assert {anew.giver_id, guardian.owner_id, notice.person_id} == {plan.owner_id} == {gone.id}
    assert level(town, login, plan, GOALS) is open_since is Action.WRITE


def test_who_acts_for_the_owner_of_two_plans_since_acts_for_both_owners_again(town):
    kept, gone, mother = town.person(9), town.person(9), town.person(40)
    login = town.login(mother)
    plans = [
        garden.make_plan(kept.id, coordinator(town)),
        garden.make_plan(gone.id, coordinator(town), kind=PlanKind.FAMILY_PLAN),
    ]
    merge = town.merge(kept, gone)
    by = garden.authority(kept.id, mother.id, stated_at=utc_now())
    garden.withhold(by, COMMENTS)
    anew = garden.consent(plans[1], by, given_at=utc_now())
    db.session.flush()
    open_since = [level(town, login, one, GOALS) for one in plans]

    look_at = town.undo(merge)

    assert [level(town, login, one, GOALS) for one in plans] == open_since
    assert [level(town, login, one, COMMENTS) for one in plans] == [None, None]
    assert ["authority", by.id, undoing.ALONG] in look_at
    assert anew.authority.owner_id == gone.id


def test_a_login_stands_for_one_person_also_with_a_role_that_it_was_given_since(town):
    kept, gone = town.person(40), town.person(40)
    account_id = town.login(gone)
    merge = town.merge(kept, gone)
    terms = holding.Terms(Role.COORDINATOR, today())
    account = db.session.get_one(User, account_id)
    since = holding.put_role(kept, account, terms, at=utc_now(), on=today(), giver=None)
    look_at = town.undo(merge)

    assert look_at == [["membership", since.id, undoing.ALONG]]
    earlier = select(Membership).where(Membership.id != since.id)
    earlier = earlier.where(Membership.account_id == account_id)
    db.session.scalars(earlier).one().ended_at = utc_now()
    assert town.actor(account_id).person_id == gone.id


@pytest.mark.parametrize("stays", ["kept", "gone"])
def test_what_was_opened_in_an_emergency_since_is_open_to_the_login_it_was_opened_to(town, stays):
    two = {"kept": town.person(40), "gone": town.person(40)}
    logins = {name: town.login(one, Role.LOCAL_ADMINISTRATOR) for name, one in two.items()}
    plan, _none = plan_with(town)
    merge = town.merge(**two, login=stays)
    opened = garden.emergency(plan, two["kept"].id, starts_at=utc_now())
    look_at = town.undo(merge)

    assert (["emergency_access", opened.id, undoing.ALONG] in look_at) is (stays == "gone")
    db.session.refresh(plan)
    may_read = {name for name, one in logins.items() if level(town, one, plan, GOALS)}
    assert may_read == {stays}


def test_an_access_that_was_stopped_since_is_not_opened_by_undoing(town):
    kept, gone = town.person(), town.person()
    plan, (own, other) = plan_with(town, kept, gone)
    merge = town.merge(kept, gone)
    own.ended_at = utc_now()
    db.session.flush()

    look_at = town.undo(merge)

    assert other.ended_at is not None
    assert ["participant", other.id, undoing.LEFT] in look_at
    assert plan.id == other.plan_id


@pytest.mark.parametrize("what", ["an access", "a consent"])
def test_what_was_narrowed_since_is_not_opened_by_the_other_participation(town, what):
    kept, gone = town.person(), town.person()
    plan, (own, other) = plan_with(town, kept, gone)
    merge = town.merge(kept, gone)
    if what == "an access":
        next(one for one in own.grants if one.section is GOALS).ended_at = utc_now()
    else:
        consent = next(one for one in plan.consents if one.covers)
        consent.withdrawn_at = utc_now()
        garden.consent(plan, None, [(other, GOALS, Level.WRITE)])
    db.session.flush()

    look_at = town.undo(merge)

    assert ["participant", other.id, undoing.LEFT] in look_at
    assert other.ended_at is not None
    assert own.ended_at is None


def test_what_names_somebody_who_was_merged_since_stays_ended_until_looked_at(town):
    kept, gone, mother, twice = town.person(9), town.person(9), town.person(40), town.person(40)
    garden.make_plan(kept.id, coordinator(town))
    garden.make_plan(gone.id, coordinator(town), kind=PlanKind.FAMILY_PLAN)
    garden.authority(kept.id, mother.id)
    other = garden.authority(gone.id, mother.id)
    merge = town.merge(kept, gone)
    assert other.ended_at is not None
    of_mother = town.merge(twice, mother)

    look_at = town.undo(merge)

    assert other.ended_at is not None
    assert ["authority", other.id, undoing.LEFT] in look_at
    assert other.holder_id == mother.id
    town.undo(of_mother)
    assert other.holder_id == mother.id


def test_merges_of_one_person_are_undone_in_the_opposite_order_and_within_90_days(town):
    kept, first, second = (town.person() for _ in range(3))
    one, two = town.merge(kept, first), town.merge(kept, second)

    with pytest.raises(undoing.LaterFirst):
        town.undo(one)
    town.undo(two)
    late = utc_now() + timedelta(days=91)
    with pytest.raises(undoing.TooLate):
        undoing.undo(town.clerk, one, at=late)
    town.undo(one)

    assert one.state is two.state is MergeState.UNDONE
    with pytest.raises(undoing.NotDone):
        town.undo(one)


def test_who_has_a_number_meanwhile_keeps_it(town):
    kept = town.person(external_id="F1")
    gone = town.person(external_id="F2")
    merge = town.merge(kept, gone, external_id="kept")
    town.person(external_id="F2")

    with pytest.raises(undoing.KnownExternalId):
        town.undo(merge)


def test_a_number_that_was_merged_is_still_its_persons(town):
    kept, gone = town.person(external_id="G1"), town.person(external_id="G2")
    town.merge(kept, gone, external_id="kept")
    facts = people.PersonFacts("Ny", "Person", external_id="G2")

    with pytest.raises(people.KnownExternalId):
        people.register(town.clerk, facts, at=utc_now(), today=today())
    people.put_facts(kept, replace(people.facts_of(kept), external_id="G2"), today=today())

    assert kept.external_id == "G2"
    assert imports._known_external_ids(["G1", "G2", "G3"]) == {"G2"}


def test_a_number_that_was_not_chosen_is_kept_with_the_record_out_of_use(town):
    kept, gone = town.person(external_id="H1"), town.person(external_id="H2")
    merge = town.merge(kept, gone, external_id="gone")
    facts = people.PersonFacts("Ny", "Person", external_id="H1")

    with pytest.raises(people.KnownExternalId):
        people.register(town.clerk, facts, at=utc_now(), today=today())
    assert imports._known_external_ids(["H1", "H2"]) == {"H1", "H2"}
    town.undo(merge)
    assert (kept.external_id, gone.external_id) == ("H1", "H2")

    again = town.merge(kept, gone, external_id="gone")
    gone.external_id = None
    town.person(external_id="H1")
    with pytest.raises(undoing.KnownExternalId):
        town.undo(again)


def test_what_is_sealed_of_both_can_be_read_with_the_key_alone(town):
    kept, gone = town.person(phone="+4791111111"), town.person(phone="+4792222222")

    merge = town.merge(kept, gone, phone="gone")

    assert b"+479" not in merge.before
    assert all("+47" not in str(one) for one in merge.moved)
    assert db.session.get_one(Person, gone.id).phone == "+4792222222"
    assert today() >= merge.merged_at.date()
    town.undo(merge)
    assert merge.before is None


# --- answers -------------------------------------------------------------------------------------


def pair_of(town, one, other, state=PairState.OPEN):
    first, second = sorted((one, other), key=lambda person: person.id)
    row = DuplicatePair(
        first_id=first.id,
        second_id=second.id,
        score=9.0,
        band=MatchBand.PROBABLE,
        facts=pairs.facts_of_both(first, second),
        found_at=utc_now(),
    )
    db.session.add(row)
    db.session.flush()
    if state is not PairState.OPEN:
        values = {"note": "to naboer", "version": row.version, "at": utc_now()}
        answering.answer(town.clerk, row, state, **values)
    db.session.flush()
    return row


def scanned(pair):
    """What a scan makes of a pair that it finds again."""
    db.session.flush()
    db.session.expire_all()
    facts = pairs.facts_of_both(pair.first, pair.second)
    found = pairs.Found(pair.first_id, pair.second_id, 9.0, MatchBand.PROBABLE, [], facts)
    pairs.put(pair.municipality_id, {found.key: found}, at=utc_now())
    return pair.state


def test_g5_who_is_not_the_same_as_a_third_is_not_asked_about_again_when_merged(town):
    kept, gone, third = town.person(), town.person(phone="+4791111111"), town.person()
    pair = pair_of(town, gone, third, PairState.NOT_SAME)
    merge = town.merge(kept, gone)

    assert kept.id in (pair.first_id, pair.second_id)
    assert scanned(pair) is PairState.NOT_SAME
    kept.phone = "+4792222222"
    assert scanned(pair) is PairState.OPEN
    kept.phone = "+4791111111"
    assert town.undo(merge) == []
    assert gone.id in (pair.first_id, pair.second_id)
    assert scanned(pair) is PairState.NOT_SAME


def test_g5_one_answer_is_enough_where_the_same_third_was_found_of_both(town):
    kept, gone, third = town.person(), town.person(phone="+4791111111"), town.person()
    answered, asked = pair_of(town, gone, third, PairState.NOT_SAME), pair_of(town, kept, third)
    merge = town.merge(kept, gone)

    assert scanned(asked) is PairState.NOT_SAME
    assert (asked.note, asked.answered_by) == ("to naboer", town.clerk.account_id)
    assert town.undo(merge) == []
    assert scanned(answered) is PairState.NOT_SAME
    assert (asked.state, asked.note, asked.answered_by) == (PairState.OPEN, None, None)

    merge = town.merge(kept, gone)
    answering.take_back(town.clerk, asked, version=asked.version, to=PairState.OPEN)
    values = {"note": "", "version": asked.version + 1, "at": utc_now()}
    db.session.flush()
    answering.answer(town.clerk, asked, PairState.NOT_SAME, **values)
    assert town.undo(merge) == [["duplicate_pair", asked.id, undoing.LEFT]]
    assert scanned(asked) is scanned(answered) is PairState.NOT_SAME


# --- address protection --------------------------------------------------------------------------


def protect(town, person, grade=ProtectionGrade.STRICTLY_CONFIDENTIAL, **values):
    protection.protect(town.clerk, person, protection.ProtectionFacts(grade, today(), **values))
    db.session.flush()


def unit(town):
    return db.session.query(Unit).filter_by(municipality_id=town.place.id).first().id


def place_of(person):
    return person.is_shielded, person.address, person.unit_id


def test_protecting_the_one_kept_protects_all_who_were_merged_into_them(town):
    kept, gone, first = (
        town.person(address=f"Gata {n}", postcode="5003", unit_id=unit(town)) for n in range(3)
    )
    earlier = town.merge(gone, first, address="kept")
    merge = town.merge(kept, gone, address="kept")
    protect(town, kept)

    assert place_of(gone) == place_of(first) == (True, None, None)
    assert b"Gata" not in keyring().unseal(merge.before) + keyring().unseal(earlier.before)
    look_at = town.undo(merge)
    assert ["person", gone.id, "address"] in look_at
    assert ["person", gone.id, "unit_id"] in look_at
    assert place_of(kept) == place_of(gone) == place_of(first) == (True, None, None)
    assert protection.of_person(gone).grade is ProtectionGrade.STRICTLY_CONFIDENTIAL
    town.undo(earlier)
    assert place_of(gone) == place_of(first) == (True, None, None)
    assert protection.of_person(first).grade is ProtectionGrade.STRICTLY_CONFIDENTIAL


def test_each_comes_back_with_their_own_address_under_a_protection_set_since(town):
    kept, gone = (town.person(address=f"Gata {n}", postcode="5003") for n in range(2))
    merge = town.merge(kept, gone, address="gone")
    protect(town, kept, ProtectionGrade.CONFIDENTIAL)
    town.undo(merge)

    assert place_of(kept) == place_of(gone) == (True, None, None)
    assert [protection.of_person(one).address for one in (kept, gone)] == ["Gata 0", "Gata 1"]
    with_it_lifted = town.merge(kept, gone)
    protection.lift(town.clerk, kept, keep_address=False, at=utc_now())
    assert not gone.is_shielded
    look_at = town.undo(with_it_lifted)
    assert ["person", gone.id, "address"] in look_at
    assert (kept.is_shielded, gone.is_shielded) == (False, True)
    assert protection.of_person(gone).address == "Gata 1"


def test_merging_with_a_protected_person_protects_whoever_is_out_of_use(town):
    kept, gone, first = (town.person(address=f"Gata {n}", postcode="5003") for n in range(3))
    town.merge(gone, first, address="kept")
    protect(town, kept, ProtectionGrade.CONFIDENTIAL)
    merge = town.merge(kept, gone)

    assert place_of(gone) == place_of(first) == (True, None, None)
    assert town.undo(merge) == []
    assert (gone.is_shielded, gone.address) == (False, "Gata 1")
    assert (first.is_shielded, first.address) == (False, "Gata 2")


@pytest.mark.parametrize("strict", [0, 1])
def test_whose_address_was_erased_with_that_of_another_is_listed(town, strict):
    two = [town.person(address=f"Gata {n}", postcode="5003") for n in range(2)]
    protect(town, two[strict])
    look_at = town.undo(town.merge(*two))

    assert look_at == [["person", two[not strict].id, "address"]]
    assert place_of(two[not strict])[:2] == (False, None)
