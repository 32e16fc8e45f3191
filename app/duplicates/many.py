"""Who may be each of many persons described, for an import: as ``lookup``, read together.

However many are asked for, it is a question about how common their keys are, one for who holds
those that tell something, and one for those who are compared.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from math import log2
from typing import TypeVar

from sqlalchemy import func, select

from app.db import db
from app.duplicates import index
from app.duplicates.learned import weights_of
from app.duplicates.lookup import MOST_HOLDERS, Candidate, likeliest, record_as_told
from app.duplicates.record import Record
from app.duplicates.scoring import compare
from app.models import MatchKey, Person
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action

T = TypeVar("T")
AT_ONCE = 500
MOST_COMPARED = 10
"""How many are compared with each: fewer than while somebody types, since there are many."""


def candidates(
    actor: Actor,
    records: Sequence[Record],
    *,
    but: Sequence[str | None] = (),
    limit: int,
) -> list[list[Candidate]]:
    """For each record the likeliest persons; ``but`` holds who is left out, place by place."""
    if actor.municipality_id is None:
        return [[] for _record in records]
    maker = index.hashes(actor.municipality_id)
    keys = [maker.keys(record) for record in records]
    holders = _holders(actor.municipality_id, {key for some in keys for key in some})
    left_out = [*but, *[None] * (len(records) - len(but))]
    near = [_nearest(holders, some, out) for some, out in zip(keys, left_out, strict=True)]
    known = _known(actor, {person_id for some in near for person_id in some})
    weights = weights_of(actor.municipality_id)
    found = []
    for record, person_ids in zip(records, near, strict=True):
        those = [
            Candidate(compared, person_id, known[person_id][1])
            for person_id in person_ids
            if person_id in known
            and (compared := compare(record, known[person_id][0], weights)).band is not None
        ]
        found.append(likeliest(those, limit))
    return found


def _holders(municipality_id: int, keys: Collection[int]) -> dict[int, list[str]]:
    """Who holds each key; without the keys that too many hold to say anything."""
    here = MatchKey.municipality_id == municipality_id
    found: dict[int, list[str]] = {}
    for some in _parts(keys):
        counted = (
            select(MatchKey.key)
            .where(here, MatchKey.key.in_(some))
            .group_by(MatchKey.key)
            .having(func.count() <= MOST_HOLDERS)
        )
        telling = db.session.scalars(counted).all()
        held = select(MatchKey.key, MatchKey.person_id).where(here, MatchKey.key.in_(telling))
        for key, person_id in db.session.execute(held) if telling else ():
            found.setdefault(key, []).append(person_id)
    return found


def _nearest(holders: dict[int, list[str]], keys: Iterable[int], but: str | None) -> list[str]:
    """Those who share most of the keys, rare ones counting more."""
    shared: dict[str, float] = {}
    for key in keys:
        persons = holders.get(key, ())
        for person_id in persons:
            worth = log2(2 * MOST_HOLDERS / len(persons))
            shared[person_id] = shared.get(person_id, 0.0) + worth
    shared.pop(but or "", None)
    return sorted(shared, key=lambda one: (-shared[one], one))[:MOST_COMPARED]


def _known(actor: Actor, person_ids: Collection[str]) -> dict[str, tuple[Record, bool]]:
    """Persons in use in normal form, and whether the actor may see them."""
    is_shown = scope.visible(actor, Person, Action.SHOW).label("is_shown")
    found = {}
    for some in _parts(person_ids):
        rows = select(*index.COLUMNS, is_shown).where(
            Person.municipality_id == actor.municipality_id,
            Person.id.in_(some),
            Person.retired_at.is_(None),
        )
        for row in db.session.execute(rows):
            found[row.id] = (record_as_told(row), bool(row.is_shown))
    return found


def _parts(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while part := list(islice(rest, AT_ONCE)):
        yield part
