"""How far a role reaches, kind by kind; what is somebody's own; what may be given.

All in memory: the rules of ``policy`` one by one, and those of ``scope`` over tables of the same
things that ask for nothing else.
"""

from contextlib import contextmanager
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    Table,
    create_engine,
    false,
    insert,
    select,
)
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.columns import new_id
from app.enums import Outcome, PlanState, Role, Section
from app.errors import NotAllowed, NotFound
from app.joining_tables import MunicipalityJoining
from app.models import (
    AccountLinkRequest,
    ApiToken,
    AuditEvent,
    Job,
    Membership,
    Municipality,
    Person,
    Plan,
    PlanEntry,
    PlanType,
    ProtectedAddress,
    Pulse,
    StandardRole,
    Unit,
)
from app.security import policy, scope, tenancy
from app.security.actor import Actor, Holding
from app.security.plan_rights import Basis
from app.security.roles import ROLE_RIGHTS, Action, Resource
from app.set_up_tables import NationalPiece, NationalVersion
from app.side_tables import BulkChange, Handover, IncomingPlan, ListSetting, Notice, SavedView

HERE, THERE, JOINED = 1, 2, 3
ACCOUNT, ME, OTHER = 7, new_id(), new_id()
CENTRAL = Holding(Role.CENTRAL_ADMINISTRATOR)
WHOLE, PART = Holding(Role.LOCAL_ADMINISTRATOR), Holding(Role.LOCAL_ADMINISTRATOR, "/a/")
LOOKED_FOR = (Action.LIST, Action.EDIT, Action.END)
COORDINATOR = Holding(Role.COORDINATOR)
ALL, NONE = {CENTRAL, WHOLE, PART}, set[Holding]()
NOW = utc_now()
INSIDE, OUTSIDE, BESIDE = (
    Unit(id=new_id(), path=path, municipality_id=HERE) for path in ("/a/b/", "/b/", "/a0/")
)


def at_work(*holdings, **values):
    """Somebody at work in the municipality."""
    usual = {"account_id": ACCOUNT, "municipality_id": HERE, "person_id": ME}
    return Actor(**(usual | values), holdings=holdings, earlier=(JOINED,))


def here(kind, place=HERE, **values):
    return kind(municipality_id=place, **values)


def of_unit(kind, unit, **values):
    return here(kind, unit=unit, unit_id=unit and unit.id, **values)


def asked(unit=None, account_id=8):
    """A question to somebody of a unit."""
    person = of_unit(Person, unit, id=new_id())
    return here(AccountLinkRequest, account_id=account_id, person=person, person_id=person.id)


THINGS = [
    (Municipality(id=THERE), ALL),
    (NationalPiece(number=None), {CENTRAL}),
    (NationalPiece(number=1), ALL),
    (NationalVersion(published_at=None), {CENTRAL}),
    (NationalVersion(published_at=NOW), ALL),
    (MunicipalityJoining(into_id=HERE, from_id=THERE), {CENTRAL, WHOLE}),
    (MunicipalityJoining(into_id=THERE, from_id=HERE), {CENTRAL}),
    (here(AuditEvent, None), {CENTRAL}),
    (here(AuditEvent), {WHOLE}),
    (here(AuditEvent, JOINED), {WHOLE}),
    (here(AuditEvent, THERE), NONE),
    (here(PlanType, JOINED), NONE),
    *((here(kind), {WHOLE, PART}) for kind in policy.MUNICIPAL.__args__),
    *((here(kind, THERE), NONE) for kind in policy.MUNICIPAL.__args__),
    (INSIDE, {WHOLE, PART}),
    (OUTSIDE, {WHOLE}),
    (BESIDE, {WHOLE}),
    *(
        (of_unit(kind, unit, **({"role": Role.PARTICIPANT} if kind is Membership else {})), roles)
        for kind in (Person, Membership)
        for unit, roles in ((INSIDE, {WHOLE, PART}), (OUTSIDE, {WHOLE}), (None, {WHOLE}))
    ),
    *(
        (asked(unit), roles)
        for unit, roles in ((INSIDE, {WHOLE, PART}), (OUTSIDE, {WHOLE}), (None, {WHOLE}))
    ),
    (here(Job, account_id=ACCOUNT), {WHOLE, PART}),
    (here(Job, account_id=8), {WHOLE}),
    (of_unit(Membership, INSIDE, role=Role.LOCAL_ADMINISTRATOR), {WHOLE, PART}),
    (here(ProtectedAddress), {WHOLE}),
]


@pytest.mark.parametrize(("thing", "expected"), THINGS, ids=lambda one: type(one).__name__)
def test_a_role_reaches_what_it_is_held_over_and_nothing_else(thing, expected):
    assert {one for one in ALL if policy.reaches(at_work(one), one, thing)} == expected


OWN = [
    (here(Person, id=ME), True),
    (here(Person, THERE, id=ME), False),
    (here(Person, id=OTHER), False),
    *(
        (here(kind, place, person_id=person_id), (place, person_id) == (HERE, ME))
        for kind in (Notice, Pulse)
        for place in (HERE, THERE)
        for person_id in (ME, OTHER)
    ),
    *(
        (kind(account_id=account_id), account_id == ACCOUNT)
        for kind in (ApiToken, asked, ListSetting)
        for account_id in (ACCOUNT, 8)
    ),
    *(
        (here(kind, place, account_id=account_id), (place, account_id) == (HERE, ACCOUNT))
        for kind in (SavedView, BulkChange)
        for place in (HERE, THERE)
        for account_id in (ACCOUNT, 8)
    ),
    (here(Job, account_id=ACCOUNT), False),
]


@pytest.mark.parametrize(("thing", "expected"), OWN, ids=lambda one: type(one).__name__)
def test_what_is_somebodys_own_is_so_by_account_or_by_person_here(thing, expected):
    assert policy.is_self(at_work(), thing) is expected


def test_everybody_keeps_changes_and_ends_the_views_of_their_own_and_no_others():
    mine, others = (here(SavedView, account_id=account_id) for account_id in (ACCOUNT, 8))
    may = {action for action in Action if policy.decide(at_work(), action, mine)}

    assert may == {Action.LIST, Action.SHOW, Action.ADD, Action.EDIT, Action.END}
    assert not any(policy.decide(at_work(), action, others) for action in Action)


def test_what_concerns_nobody_in_particular_is_not_of_one_who_is_nobody_here():
    nobody_here = at_work(person_id=None)

    assert not policy.is_self(nobody_here, here(Pulse, person_id=None))


class Shelf:
    """A database with a table for each kind of thing, and all of them in it."""

    def __init__(self, things):
        self.engine, tables = create_engine("sqlite://"), MetaData()
        self.things = things + [one.person for one in things if isinstance(one, AccountLinkRequest)]
        self.models = {type(one) for one in self.things}
        for model in self.models:
            columns = [Column(one.name, one.type) for one in model.__table__.columns]
            Table(model.__tablename__, tables, *columns)
        tables.create_all(self.engine)
        with self.engine.begin() as connection:
            for number, one in enumerate(self.things, start=1):
                is_number = isinstance(one.__table__.c.id.type, Integer | BigInteger)
                one.id = one.id or (number if is_number else new_id())
                kept = {name.key: getattr(one, name.key) for name in one.__table__.columns}
                table = tables.tables[one.__tablename__]
                connection.execute(insert(table).values(kept))


def test_a_list_holds_of_each_kind_what_may_be_done_with_one():
    """Were there no other wall."""
    shelf = Shelf([one for one, _expected in (*THINGS, *OWN)])
    roles = (CENTRAL, WHOLE, PART, COORDINATOR, Holding(Role.COORDINATOR, "/a/"))
    with walls("policy"), Session(shelf.engine) as session:
        for actor in (at_work(), at_work(person_id=None), *map(at_work, roles)):
            for model, action in product(shelf.models, LOOKED_FOR):
                may = [one for one in shelf.things if type(one) is model]
                may = {one.id for one in may if policy.decide(actor, action, one)}
                found = select(model.id).where(scope.visible(actor, model, action))
                assert set(session.scalars(found)) == may, (actor, action, model)


@contextmanager
def walls(*standing):
    """Only these walls stand for a while."""
    before = frozenset(one for one in ("policy", "session", "database") if tenancy.stands(one))
    tenancy.set_walls(frozenset(standing))
    try:
        yield
    finally:
        tenancy.set_walls(before)


def of_ones_own():
    """A plan that somebody coordinates, as loaded."""
    plan = here(Plan, id=new_id(), coordinator_id=ME, owner_id=OTHER, state=PlanState.ACTIVE)
    plan.owner = here(Person, id=OTHER)
    return plan


@pytest.mark.parametrize("standing", [("policy",), ()], ids=["with its wall", "without"])
@pytest.mark.parametrize("lacking", ["municipality_id", "at"])
def test_nothing_of_plans_is_open_in_no_municipality_or_at_no_time(standing, lacking):
    values = {"at": NOW} | {lacking: None}
    actor = at_work(COORDINATOR, WHOLE, **values)
    package = here(IncomingPlan, coordinator_id=ME, expires_at=NOW + timedelta(days=1))

    with walls(*standing):
        for action in Action:
            assert not policy.decide(actor, action, of_ones_own(), section=Section.GOALS)
            assert not policy.decide(actor, action, package)
            for model in (Plan, PlanEntry, IncomingPlan):
                found = scope.visible(actor, model, action, section=Section.GOALS)
                assert found.compare(false())


def test_were_the_wall_of_the_rules_down_the_relation_alone_would_be_asked():
    """So that each wall is seen to hold by itself when it is the only one that stands."""
    coordinator, administrator = at_work(COORDINATOR, at=NOW), at_work(WHOLE, at=NOW)
    plan, package = of_ones_own(), here(IncomingPlan, THERE, expires_at=NOW)
    plan.municipality_id = THERE
    unit = here(Unit, THERE, path="/c/")
    others = here(Plan, THERE, coordinator_id=OTHER, owner_id=OTHER, state=PlanState.ACTIVE)
    others.owner = plan.owner
    offer = here(Handover, THERE, to_id=ME, plan=others)
    asked_for = (
        *((coordinator, one) for one in (plan, offer)),
        *((administrator, one) for one in (package, unit)),
    )

    for standing, expected in (((), True), (("policy",), False)):
        with walls(*standing):
            for actor, thing in asked_for:
                found = scope.visible(actor, type(thing), Action.SHOW)
                assert bool(policy.decide(actor, Action.SHOW, thing)) is expected
                said = f"{thing.__tablename__}.municipality_id = :municipality_id_1" in str(found)
                assert said is not expected
                assert str(found) != "false"


def test_of_what_is_retired_no_more_is_done_than_to_look_and_to_bring_it_back():
    living, retired = here(Unit, path="/a/"), here(Unit, path="/a/", retired_at=NOW)
    may = [
        {action for action in Action if policy.decide(at_work(WHOLE), action, one)}
        for one in (living, retired)
    ]

    looking = {Action.LIST, Action.SHOW, Action.EXPORT}
    assert may[1] == looking | {Action.RESTORE}
    assert may[0] == ROLE_RIGHTS[WHOLE.role][Resource.UNIT] - {Action.RESTORE}


# --- who may at all ------------------------------------------------------------------------------


def test_nothing_is_open_without_an_account_or_a_command_in_a_municipality():
    def may_look(actor):
        return bool(policy.may_open(actor, Action.SHOW, Resource.MUNICIPALITY))

    assert may_look(at_work(WHOLE, account_id=None))
    assert may_look(at_work(CENTRAL, municipality_id=None))
    assert not may_look(at_work(CENTRAL, account_id=None, municipality_id=None))


def test_who_may_only_read_may_look_choose_and_take_out_and_change_nothing():
    may = {
        action
        for action in Action
        for resource in Resource
        if policy.may_open(at_work(WHOLE, CENTRAL, may_write=False), action, resource)
    }

    assert may == {
        Action.LIST,
        Action.SHOW,
        Action.CHOOSE,
        Action.EXPORT,
        Action.SHOW_NATIONAL_ID,
        Action.READ,
        Action.SHOW_ACCESS,
        Action.SEE_AS,
    }


def test_somebody_without_a_right_does_not_learn_of_it_and_with_one_learns_why_not():
    unit, event = here(Unit, path="/a/"), here(AuditEvent, outcome=Outcome.DONE)
    coordinator, participant = at_work(COORDINATOR), at_work(Holding(Role.PARTICIPANT))

    assert policy.require(at_work(WHOLE), Action.EDIT, unit)
    with pytest.raises(NotAllowed):
        policy.require(coordinator, Action.EDIT, unit)
    with pytest.raises(NotFound):
        policy.require(participant, Action.EDIT, unit)
    with pytest.raises(NotFound):
        policy.require(at_work(WHOLE), Action.EDIT, event)
    assert policy.require_open(at_work(WHOLE), Action.ADD, Resource.UNIT)
    with pytest.raises(NotAllowed):
        policy.require_open(coordinator, Action.ADD, Resource.UNIT)


def test_no_part_of_a_plan_is_open_to_one_who_is_nobody():
    assert policy.open_sections(Actor(), Action.READ, here(Plan)) == frozenset[Section]()


# --- giving --------------------------------------------------------------------------------------


def test_a_role_is_given_below_where_it_is_held_by_those_who_may_write():
    def may_give(holding, path, **values):
        return bool(policy.may_give(at_work(holding, **values), Role.PARTICIPANT, path))

    assert may_give(WHOLE, None)
    assert may_give(WHOLE, "/b/")
    assert may_give(PART, "/a/b/")
    assert not may_give(PART, "/b/")
    assert not may_give(PART, None)
    assert not may_give(WHOLE, None, may_write=False)
    assert not may_give(Holding(Role.PARTICIPANT), None)


def test_a_standard_role_is_given_by_the_coordinator_who_may_choose_it():
    plan = of_ones_own()
    role, retired = here(StandardRole, given_by=[]), here(StandardRole, given_by=[], retired_at=NOW)

    def may_give(*holdings, role=role, **values):
        return policy.may_give_role(at_work(*holdings, at=NOW, **values), plan, role)

    assert may_give(COORDINATOR)
    assert may_give(COORDINATOR).basis == Basis.COORDINATOR
    assert not may_give(COORDINATOR, person_id=OTHER)
    assert not may_give(COORDINATOR, may_write=False)
    assert not may_give(COORDINATOR, role=retired)
