"""The one look at other people's roles across the border between municipalities, and all it tells.

Two questions are answered, to local administrators alone:

* Who of our own staff holds a role in another municipality: that it is so, never where, as what or
  in which plan. Owners, those who act for an owner, and everybody who does not belong to one of our
  own units are not asked about: a role elsewhere would tell something of a family.
* Where those who take part in our plans for a service have their oldest role now, when it is older
  than any they hold here: the municipality alone.

Nothing is told of who has a protected address, here or in one of the municipalities of the roles.
Only roles are read, of accounts that hold one here, and whether the address of their holder is
protected there; no record of another municipality leaves this module.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from app.clock import day_of
from app.models import Authority, Membership, Participant, Person, Plan, Unit
from app.security import policy, scope, tenancy
from app.security.actor import Actor
from app.security.roles import Action, Resource

AT_ONCE = 5_000


@dataclass(frozen=True)
class _Held:
    """A role in force, as far as it is looked at."""

    account_id: int
    municipality_id: int
    person_id: str
    since: datetime


def staff_elsewhere(session: Session, actor: Actor) -> frozenset[str]:
    """The ids of the persons of our own staff who hold a role in another municipality today.

    Raises:
        NotAllowed: the actor may not take persons out of the panel.
    """
    policy.require_open(actor, Action.EXPORT, Resource.PERSON)
    if actor.at is None:
        return frozenset()
    on = day_of(actor.at)
    ours = select(Person.id).join(Unit, Person.unit_id == Unit.id)
    ours = ours.where(scope.visible(actor, Person, Action.EXPORT), is_staff(on))
    by_account = _accounts_of(session, ours, on)
    found = {one.account_id for one in _roles_elsewhere(session, actor, by_account, on)}
    return frozenset(
        person_id for account_id in found for person_id, _since in by_account[account_id]
    )


def is_staff(on: date) -> ColumnElement[bool]:
    """The condition for persons, joined with their unit, who are asked about as our own."""
    decides = exists().where(Authority.holder_id == Person.id, Authority.active(on))
    owns = exists().where(Plan.owner_id == Person.id)
    return and_(
        Unit.is_outside.is_(False),
        Person.retired_at.is_(None),
        Person.is_shielded.is_(False),
        ~owns.correlate(Person),
        ~decides.correlate(Person),
    )


def homes(session: Session, actor: Actor) -> dict[str, int]:
    """The municipality where those who take part in our plans for a service are at home, by the id
    of the person; who is at home here is left out.

    Raises:
        NotAllowed: the actor does not keep the overview of who takes part.
    """
    policy.require_open(actor, Action.TIDY, Resource.PARTICIPANT_IN_PLAN)
    if actor.at is None:
        return {}
    on = day_of(actor.at)
    by_account = _accounts_of(session, _for_a_service(actor, on), on)
    found: defaultdict[int, list[_Held]] = defaultdict(list)
    for one in _roles_elsewhere(session, actor, by_account, on):
        found[one.account_id].append(one)
    told: dict[str, int] = {}
    for account_id, held in found.items():
        oldest = min(held, key=lambda one: one.since)
        for person_id, since in by_account[account_id]:
            if oldest.since < since:
                told[person_id] = oldest.municipality_id
    return told


def _for_a_service(actor: Actor, on: date) -> Select[Any]:
    """The ids of those who take part now for a unit, theirs or the participation's."""
    decides = exists().where(Authority.holder_id == Person.id, Authority.active(on))
    owns = exists().where(Plan.owner_id == Person.id)
    return (
        select(Person.id)
        .join(Participant, Participant.person_id == Person.id)
        .where(
            scope.visible(actor, Participant, Action.TIDY),
            Participant.ended_at.is_(None),
            or_(Participant.ends_on.is_(None), Participant.ends_on > on),
            or_(Participant.unit_id.is_not(None), Person.unit_id.is_not(None)),
            Person.is_shielded.is_(False),
            ~owns.correlate(Person),
            ~decides.correlate(Person),
        )
        .distinct()
    )


def _accounts_of(
    session: Session, persons: Select[Any], on: date
) -> dict[int, list[tuple[str, datetime]]]:
    """The accounts by which those persons hold a role here, with the person and since when."""
    found: defaultdict[int, list[tuple[str, datetime]]] = defaultdict(list)
    held = select(Membership.account_id, Membership.person_id, Membership.created_at).where(
        Membership.person_id.in_(persons), Membership.active(on)
    )
    oldest: dict[tuple[int, str], datetime] = {}
    for account_id, person_id, since in session.execute(held):
        key = (account_id, person_id)
        oldest[key] = min(since, oldest.get(key, since))
    for (account_id, person_id), since in oldest.items():
        found[account_id].append((person_id, since))
    return found


def _roles_elsewhere(
    session: Session, actor: Actor, accounts: Collection[int], on: date
) -> Iterable[_Held]:
    """The roles that accounts hold today in other municipalities: where and since when; none of an
    account whose holder has a protected address in one of them.

    The only statements that cross the border for other accounts than the asker's.
    """
    asked, found = sorted(accounts), list[_Held]()
    for start in range(0, len(asked), AT_ONCE):
        part = asked[start : start + AT_ONCE]
        with tenancy.asking(tenancy.Scope(accounts=frozenset(part))):
            rows = session.execute(
                select(
                    Membership.account_id,
                    Membership.municipality_id,
                    Membership.person_id,
                    Membership.created_at,
                )
                .where(
                    Membership.account_id.in_(part),
                    Membership.municipality_id != actor.municipality_id,
                    Membership.active(on),
                )
                .order_by(Membership.id)
            )
            found += [_Held(*row) for row in rows]
    protected = _protected(session, found)
    return [one for one in found if one.account_id not in protected]


def _protected(session: Session, held: Iterable[_Held]) -> frozenset[int]:
    """The accounts whose holder has a protected address where one of the roles is held."""
    by_place: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for one in held:
        by_place[one.municipality_id][one.person_id] = one.account_id
    found: set[int] = set()
    for municipality_id, accounts in by_place.items():
        asked = sorted(accounts)
        for start in range(0, len(asked), AT_ONCE):
            among = Person.id.in_(asked[start : start + AT_ONCE])
            with tenancy.asking(tenancy.Scope(municipality_id)):
                rows = session.scalars(select(Person.id).where(among, Person.is_shielded.is_(True)))
                found |= {accounts[pk] for pk in rows}
    return frozenset(found)
