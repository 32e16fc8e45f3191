"""What Strandvik keeps twice beside persons: a unit under two names, a login too many, two relay
logs of one child, and one human twice in a plan. Persons registered twice stand in ``doubles``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import operations as accounts
from app.accounts.holding import Terms, add_account
from app.columns import new_id
from app.demonstration import crowd
from app.demonstration.accounts import SINCE
from app.demonstration.plans import Holder, Moment
from app.enums import PlanKind, PlanState, Role, UnitKind
from app.models import Participant, Person, Plan, Unit
from app.security.actor import Actor
from app.units import operations as units

UNIT = "Måkereiret bhg."
ABOVE = "Oppvekst"
SECOND_LOGIN = "ny.{username}"
IN_ONE_PLAN = ("Elisabeth Moen Brattli", "Lise Moen Brattli")
FUNCTION = "NAV-veileder"


@dataclass(frozen=True)
class Setting:
    """A municipality with its plans in it. ``holders`` are its coordinators, the one with a
    demonstration login first; ``persons`` are those registered twice."""

    session: Session
    actor: Actor
    units: Mapping[str, Unit]
    persons: Sequence[Person]
    holders: Sequence[Holder]
    moment: Moment


def plant(setting: Setting) -> int:
    """Add all four in the caller's transaction and scope; how many plans there are more."""
    _unit(setting)
    _login(setting)
    _participants(setting)
    _plan(setting)
    return 1


def _unit(setting: Setting) -> None:
    row = Unit(name=UNIT, kind=UnitKind.KINDERGARTEN, is_outside=False)
    units.add(setting.actor, row, setting.units[ABOVE], at=setting.moment.at)


def _login(setting: Setting) -> None:
    """A colleague who was given a second login instead of a new password."""
    person = setting.holders[-1].person
    name = f"{crowd.plain(person.given_name)}.{crowd.plain(person.family_name)}"
    account = add_account(SECOND_LOGIN.format(username=name))
    terms = Terms(Role.PARTICIPANT, SINCE)
    accounts.give_role(setting.actor, person, account, terms, at=setting.moment.at)


def _participants(setting: Setting) -> None:
    """Both records of one human, in the first plan that is in use."""
    coordinator, moment = setting.holders[0].person, setting.moment
    in_use = select(Plan.id).where(
        Plan.coordinator_id == coordinator.id, Plan.state == PlanState.ACTIVE
    )
    plan_id = setting.session.scalars(in_use.order_by(Plan.started_at).limit(1)).one()
    for days, name in zip((200, 3), IN_ONE_PLAN, strict=True):
        person = next(one for one in setting.persons if one.full_name == name)
        setting.session.add(
            Participant(
                plan_id=plan_id,
                person_id=person.id,
                unit_id=person.unit_id,
                function=FUNCTION,
                contribution="",
                starts_on=moment.day(-days),
                added_at=moment.before(days),
            )
        )


def _plan(setting: Setting) -> None:
    """A second log of a child whose first a colleague coordinates."""
    coordinator, moment = setting.holders[0].person, setting.moment
    of_others = select(Plan).where(
        Plan.coordinator_id != coordinator.id,
        Plan.kind == PlanKind.RELAY_LOG,
        Plan.state == PlanState.ACTIVE,
    )
    first = setting.session.scalars(of_others.order_by(Plan.started_at).limit(1)).one()
    setting.session.add(
        Plan(
            id=new_id(),
            kind=PlanKind.RELAY_LOG,
            state=PlanState.DRAFT,
            level=0,
            owner_id=first.owner_id,
            coordinator_id=coordinator.id,
            unit_id=coordinator.unit_id,
            started_at=moment.before(6),
            last_activity_at=moment.before(6),
        )
    )
