"""Logins of one municipality that are likely one human's, found anew each time.

Two logins of one person, of two persons who are certain to be one, or of two with the same national
id or e-mail address. What a login is used for elsewhere is not asked.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased

from app.accounts.one_login import Login, login_of
from app.db import db
from app.duplicate_tables import DuplicatePair
from app.duplicates.not_same import Key, kept_apart, ordered
from app.enums import DuplicateKind, MatchBand
from app.models import Membership, Person
from app.plans.twice import UNANSWERED
from app.security import scope
from app.security.actor import Actor

MOST_FOUND = 500
MOST_ON_ONE_ADDRESS = 4
"""More logins than this on one e-mail address say that it is a shared one."""


class Reason(IntEnum):
    """Why two logins are likely one human's, the surest first."""

    ONE_PERSON = 1
    SAME_NUMBER = 2
    CERTAIN_PAIR = 3
    SAME_EMAIL = 4


@dataclass(frozen=True)
class Found:
    """Two accounts by their ids; ``person_pair_id`` where two persons wait to be looked at."""

    key: Key
    reason: Reason
    person_pair_id: str | None = None


@dataclass(frozen=True)
class AccountPair:
    """Two logins, and why they are shown."""

    found: Found
    logins: tuple[Login, Login]

    @property
    def is_of_two_persons(self) -> bool:
        """Whether the two logins are registered as two persons'."""
        return self.logins[0].person.id != self.logins[1].person.id


def found(actor: Actor, on: date) -> list[Found]:
    """Pairs of logins in use that were not answered to be two humans', the surest first."""
    apart, known = kept_apart(actor, DuplicateKind.ACCOUNT), dict[Key, Found]()
    for one in (*_of_one_person(actor, on), *_by_number(actor, on), *_certain(actor, on),
                *_by_email(actor, on)):  # fmt: skip
        if one.key not in apart:
            known.setdefault(one.key, one)
    return sorted(known.values(), key=lambda one: (one.reason, one.key))[:MOST_FOUND]


def shown(actor: Actor, pair: Found, on: date) -> AccountPair | None:
    """Two logins with their roles; None when one of them has just ended."""
    here = actor.municipality_id or 0
    logins = [login_of(int(account_id), here, on) for account_id in pair.key]
    first, second = logins
    return None if first is None or second is None else AccountPair(pair, (first, second))


def _of_one_person(actor: Actor, on: date) -> list[Found]:
    one, other = _held(actor, on), _held(actor, on)
    query = select(one.c.account_id, other.c.account_id).join(
        other, and_(one.c.person_id == other.c.person_id, one.c.account_id < other.c.account_id)
    )
    return [Found(_key(row), Reason.ONE_PERSON) for row in _rows(query)]


def _by_number(actor: Actor, on: date) -> list[Found]:
    same = Person.national_id_hash
    return [Found(_key(row), Reason.SAME_NUMBER) for row in _rows(_sharing(actor, on, same))]


def _by_email(actor: Actor, on: date) -> list[Found]:
    rows = _rows(_sharing(actor, on, Person.email).add_columns(_ONE.email))
    on_one = Counter(row.email for row in rows)
    most = MOST_ON_ONE_ADDRESS * (MOST_ON_ONE_ADDRESS - 1) // 2
    return [Found(_key(row), Reason.SAME_EMAIL) for row in rows if on_one[row.email] <= most]


def _certain(actor: Actor, on: date) -> list[Found]:
    one, other = _held(actor, on), _held(actor, on)
    query = (
        select(one.c.account_id, other.c.account_id, DuplicatePair.id)
        .select_from(DuplicatePair)
        .join(one, one.c.person_id == DuplicatePair.first_id)
        .join(other, other.c.person_id == DuplicatePair.second_id)
        .where(
            scope.visible(actor, DuplicatePair),
            DuplicatePair.band == MatchBand.CERTAIN,
            DuplicatePair.state.in_(UNANSWERED),
            one.c.account_id != other.c.account_id,
        )
    )
    return [Found(_key(row), Reason.CERTAIN_PAIR, row.id) for row in _rows(query)]


_ONE, _OTHER = aliased(Person), aliased(Person)


def _sharing(actor: Actor, on: date, column: Any) -> Select[Any]:
    """Logins of two persons who have the same in a column."""
    one, other = _held(actor, on), _held(actor, on)
    mine, theirs = getattr(_ONE, column.key), getattr(_OTHER, column.key)
    return (
        select(one.c.account_id, other.c.account_id)
        .join(_ONE, _ONE.id == one.c.person_id)
        .join(_OTHER, and_(theirs == mine, _ONE.id < _OTHER.id,
                           _OTHER.municipality_id == _ONE.municipality_id))
        .join(other, other.c.person_id == _OTHER.id)
        .where(one.c.account_id != other.c.account_id)
    )  # fmt: skip


def _held(actor: Actor, on: date) -> Any:
    """Which account is in use as which person, now or later."""
    return (
        scope.rows(actor, Membership)
        .join(User, User.id == Membership.account_id)
        .where(
            User.active.is_(True),
            Membership.ended_at.is_(None),
            or_(Membership.ends_on.is_(None), Membership.ends_on > on),
        )
        .with_only_columns(Membership.account_id, Membership.person_id)
        .distinct()
        .subquery()
    )


def _rows(query: Select[Any]) -> Any:
    return db.session.execute(query.limit(MOST_FOUND)).all()


def _key(row: Any) -> Key:
    return ordered(str(row[0]), str(row[1]))
