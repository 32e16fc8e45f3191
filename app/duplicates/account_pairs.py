"""Logins of one municipality that are likely one human's, found anew each time.

Two logins of one person, of two persons who are certain to be one, or of two with the same national
id or e-mail address. What a login is used for elsewhere is not asked.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import combinations, product
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, and_, func, or_, select

from app.accounts.one_login import Login, login_of
from app.db import db
from app.duplicate_tables import DuplicatePair
from app.duplicates.not_same import Key, kept_apart, ordered
from app.enums import DuplicateKind, MatchBand
from app.models import Membership, Person
from app.plans.twice import is_in_likely_pair, likely_pairs
from app.security import scope
from app.security.actor import Actor

MOST_FOUND = 500
MOST_ON_ONE_ADDRESS = 4
"""More logins than this on one e-mail address say that it is a shared one."""

COMPARED: tuple[Any, ...] = (Membership.person_id, Person.national_id_hash, Person.email)
"""What may be the same of two, as in ``_Used``."""

CERTAIN = (MatchBand.CERTAIN,)


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


@dataclass(frozen=True, slots=True)
class _Used:
    """An account in use as somebody, with what may be the same of two."""

    account_id: int
    person_id: str
    number: str | None
    email: str | None


def found(actor: Actor, on: date) -> list[Found]:
    """Pairs of logins in use that were not answered to be two humans', the surest first."""
    used = _in_use(actor, on)
    all_found = (
        *_sharing(used, lambda one: one.person_id, Reason.ONE_PERSON),
        *_sharing(used, lambda one: one.number, Reason.SAME_NUMBER),
        *_certain(actor, used),
        *_sharing(used, lambda one: one.email, Reason.SAME_EMAIL),
    )
    apart, known = kept_apart(actor, DuplicateKind.ACCOUNT), dict[Key, Found]()
    for one in all_found:
        if one.key not in apart:
            known.setdefault(one.key, one)
    return sorted(known.values(), key=lambda one: (one.reason, one.key))[:MOST_FOUND]


def shown(actor: Actor, pair: Found, on: date) -> AccountPair | None:
    """Two logins with their roles; None when one of them has just ended."""
    here = actor.municipality_id or 0
    logins = [login_of(int(account_id), here, on) for account_id in pair.key]
    first, second = logins
    return None if first is None or second is None else AccountPair(pair, (first, second))


def _in_use(actor: Actor, on: date) -> list[_Used]:
    """Which account is in use as which person, now or later: of those alone that have something in
    common with another, or whose person waits beside another."""
    held = (
        scope.rows(actor, Membership)
        .join(User, User.id == Membership.account_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            User.active.is_(True),
            Membership.ended_at.is_(None),
            or_(Membership.ends_on.is_(None), Membership.ends_on > on),
        )
        .with_only_columns(
            Membership.account_id,
            *COMPARED,
            or_(*map(_is_shared, COMPARED)).label("has_shared"),
        )
        .distinct()
        .subquery()
    )
    seen = scope.visible(actor, DuplicatePair)
    in_pair = is_in_likely_pair(held.c.person_id, seen, bands=CERTAIN)
    *used, has_shared = held.c
    return [_Used(*row) for row in db.session.execute(select(*used).where(has_shared | in_pair))]


def _is_shared(value: Any) -> ColumnElement[bool]:
    """Whether a row's value is there with more than one account."""
    account = Membership.account_id
    least = func.min(account).over(partition_by=value)
    return and_(value.is_not(None), least < func.max(account).over(partition_by=value))


def _sharing(
    used: Iterable[_Used], of: Callable[[_Used], str | None], reason: Reason
) -> Iterator[Found]:
    """Pairs of accounts that have the same; what many share says nothing of who they are."""
    by_value: defaultdict[str, set[int]] = defaultdict(set)
    for one in used:
        if value := of(one):
            by_value[value].add(one.account_id)
    for accounts in by_value.values():
        if len(accounts) <= MOST_ON_ONE_ADDRESS or reason is not Reason.SAME_EMAIL:
            for first, second in combinations(sorted(accounts), 2):
                yield Found(_key(first, second), reason)


def _certain(actor: Actor, used: Iterable[_Used]) -> Iterator[Found]:
    accounts: defaultdict[str, set[int]] = defaultdict(set)
    for one in used:
        accounts[one.person_id].add(one.account_id)
    seen = scope.visible(actor, DuplicatePair)
    for pair in likely_pairs(seen, bands=CERTAIN):
        of_both = accounts.get(pair.first_id, set()), accounts.get(pair.second_id, set())
        for first, second in product(*of_both):
            if first != second:
                yield Found(_key(first, second), Reason.CERTAIN_PAIR, pair.id)


def _key(first: int, second: int) -> Key:
    return ordered(str(first), str(second))
