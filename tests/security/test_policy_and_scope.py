"""``decide`` and ``visible`` say the same, over generated worlds, and a slow model agrees."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.columns import new_id
from app.db import db
from app.enums import Role
from app.models import (
    Membership,
    Municipality,
    Person,
    Unit,
)
from app.people.names import search_form
from app.security import policy, scope, tenancy
from app.security.actor import Actor, Holding
from app.security.roles import ON_RETIRED, RESOURCES, ROLE_RIGHTS, SELF_RIGHTS, Action, Resource
from app.side_tables import BulkChange, ListSetting, SavedView

EXAMPLES = 60
MUNICIPAL = (Role.LOCAL_ADMINISTRATOR, Role.COORDINATOR, Role.PARTICIPANT)


def slow_answer(  # noqa: C901 - the rules one by one, on purpose
    actor: Actor, action: Action, row: object
) -> bool:
    """The rules of the house, written out one by one."""
    resource = RESOURCES[type(row)]
    if not actor.may_write and action not in policy.READ_ONLY:
        return False
    if getattr(row, "retired_at", None) is not None and action not in ON_RETIRED:
        return False
    if action is Action.RESTORE and getattr(row, "retired_at", None) is None:
        return False
    for holding in actor.holdings:
        has_right = action in ROLE_RIGHTS[holding.role].get(resource, frozenset())
        if not has_right:
            continue
        if isinstance(row, Municipality):
            return True
        if holding.role is Role.CENTRAL_ADMINISTRATOR or (
            row.municipality_id != actor.municipality_id
        ):
            continue
        is_another_givers = isinstance(row, Membership) and action in (Action.EDIT, Action.END)
        if is_another_givers and not policy.may_give(
            Actor(holdings=(Holding(holding.role),)), row.role, None
        ):
            continue
        unit = row if isinstance(row, Unit) else row.unit
        if holding.unit_path is None or (unit and unit.path.startswith(holding.unit_path)):
            return True
    if isinstance(row, SavedView | BulkChange) and row.municipality_id != actor.municipality_id:
        return False
    if isinstance(row, SavedView | BulkChange | ListSetting):
        is_mine = row.account_id == actor.account_id
        return is_mine and action in SELF_RIGHTS.get(resource, frozenset())
    is_own = (
        isinstance(row, Person)
        and row.id == actor.person_id
        and row.municipality_id == actor.municipality_id
    )
    return is_own and action in SELF_RIGHTS.get(resource, frozenset())


@pytest.fixture
def forest(context, world):
    """A session with a small tree of units and persons in Strandvik, never kept."""
    here = tenancy.Scope(world.strandvik.id)
    with Session(db.engine) as session, tenancy.applied(session, here):
        top = session.get_one(Unit, world.strandvik.units["top"])
        for name in ("a", "b"):
            unit = _unit(world.strandvik.id, name, top.path)
            below = _unit(world.strandvik.id, name + name, unit.path)
            below.retired_at = utc_now() if name == "b" else None
            session.add_all([unit, below])
            session.flush()
            for place in (unit, below):
                for retired in (None, utc_now()):
                    session.add(_person(world.strandvik.id, place.id, retired))
        session.add(_person(world.strandvik.id, None, None))
        for account_id in (1, 2):
            session.add_all(_kept(world.strandvik.id, account_id))
        session.flush()
        yield session
        session.rollback()


def _unit(municipality_id, name, above):
    unit = Unit(
        id=new_id(),
        municipality_id=municipality_id,
        name=name,
        search_name=search_form(name),
        kind="school",
        created_at=utc_now(),
        path="",
    )
    unit.path = f"{above}{unit.id}/"
    return unit


def _kept(municipality_id, account_id):
    """What an account keeps of its lists."""
    of = {"account_id": account_id, "list_name": "forest"}
    here = of | {"municipality_id": municipality_id}
    return [
        ListSetting(**of),
        SavedView(**here, name="mine", created_at=utc_now()),
        BulkChange(**here, action="retire", count=0, made_at=utc_now()),
    ]


def _person(municipality_id, unit_id, retired_at):
    return Person(
        id=new_id(),
        municipality_id=municipality_id,
        given_name="Tre",
        family_name="Person",
        search_family="person",
        search_given="tre",
        created_at=utc_now(),
        unit_id=unit_id,
        retired_at=retired_at,
        birth_date=date(2010, 1, 1),
    )


@pytest.mark.parametrize(
    "model",
    [Unit, Person, Membership, Municipality, ListSetting, SavedView, BulkChange],
    ids=lambda m: m.__name__,
)
def test_a_list_holds_just_what_may_be_done_one_by_one(forest, world, model):
    """D15."""
    paths = [None, *forest.scalars(select(Unit.path)).all()]
    persons = [None, *forest.scalars(select(Person.id)).all()]
    rows = forest.scalars(select(model)).all()
    holdings = st.lists(
        st.one_of(
            st.builds(Holding, st.sampled_from(MUNICIPAL), st.sampled_from(paths)),
            st.just(Holding(Role.CENTRAL_ADMINISTRATOR)),
        ),
        max_size=3,
    )
    actors = st.builds(
        Actor,
        account_id=st.just(1),
        municipality_id=st.sampled_from([world.strandvik.id, world.fjellby.id, None]),
        person_id=st.sampled_from(persons),
        holdings=holdings.map(tuple),
        may_write=st.booleans(),
    )

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(actor=actors, action=st.sampled_from(list(Action)))
    def agree(actor, action):
        seen = set(forest.scalars(select(model.id).where(scope.visible(actor, model, action))))
        for row in rows:
            decided = bool(policy.decide(actor, action, row))
            assert decided is slow_answer(actor, action, row), (actor, action, row)
            if not _depends_on_retirement(action, row):
                assert (row.id in seen) is decided, (actor, action, row)

    agree()


def _depends_on_retirement(action, row):
    """A list may show a retired row that nothing more can be done with."""
    retired = getattr(row, "retired_at", None) is not None
    return (retired and action not in ON_RETIRED) or action is Action.RESTORE


@pytest.mark.parametrize("resource", list(Resource))
@pytest.mark.parametrize("action", list(Action))
def test_nobody_may_open_nothing(resource, action):
    assert not policy.may_open(Actor(), action, resource)


def test_a_unit_limited_administrator_gives_roles_below_that_unit_only():
    limited = Actor(1, 1, None, (Holding(Role.LOCAL_ADMINISTRATOR, "/a/b/"),))

    assert policy.may_give(limited, Role.COORDINATOR, "/a/b/c/")
    assert not policy.may_give(limited, Role.COORDINATOR, "/a/")
    assert not policy.may_give(limited, Role.COORDINATOR, None)


@pytest.mark.parametrize("action", [Action.EDIT, Action.END])
def test_a_coordinator_changes_and_ends_no_role_that_is_not_theirs_to_give(action):
    coordinator = Actor(1, 1, holdings=(Holding(Role.COORDINATOR),))
    held = {role: Membership(municipality_id=1, account_id=2, role=role) for role in MUNICIPAL}

    may = {role for role, row in held.items() if policy.decide(coordinator, action, row)}

    assert may == {Role.PARTICIPANT}


@pytest.mark.parametrize("role", list(Role))
def test_a_coordinator_gives_the_participant_role_alone(role):
    coordinator = Actor(1, 1, None, (Holding(Role.COORDINATOR),))

    assert bool(policy.may_give(coordinator, role, None)) is (role is Role.PARTICIPANT)
