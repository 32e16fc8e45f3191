"""Reading the persons of a scan: whom it is about, and their records."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from sqlalchemy import String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from app.db import db
from app.duplicates import forking, index
from app.duplicates.record import Record, record_of
from app.duplicates.store import RecordStore, packed
from app.models import MatchState, Person
from app.security.actor import acting_as, operator

AT_ONCE = 1_000
PLAIN_ID = func.replace(cast(MatchState.person_id, String), "-", "")
"""An id without hyphens, the same on both databases."""

OF_THE_SAME = and_(
    MatchState.municipality_id == Person.municipality_id, MatchState.person_id == Person.id
)


def dashed(plain: str) -> str:
    """A plain id as ids are kept elsewhere."""
    return f"{plain[:8]}-{plain[8:12]}-{plain[12:16]}-{plain[16:20]}-{plain[20:]}"


@contextmanager
def reading(municipality_id: int) -> Iterator[Session]:
    """A look at the municipality's rows that ends with the block, and holds nobody up."""
    session = db.session()
    with acting_as(session, operator(municipality_id)):
        try:
            yield session
        finally:
            session.rollback()


def unscanned(municipality_id: int) -> list[str]:
    """Plain ids of the persons who changed since they were last compared, in order."""
    return _ids(municipality_id, only_unscanned=True)


def everybody(municipality_id: int) -> list[str]:
    """Plain ids of all persons that have keys, or had, in order."""
    return _ids(municipality_id, only_unscanned=False)


def _ids(municipality_id: int, *, only_unscanned: bool) -> list[str]:
    found = select(PLAIN_ID).where(MatchState.municipality_id == municipality_id)
    if only_unscanned:
        found = found.where(index.is_unscanned())
    with reading(municipality_id) as session:
        return list(session.scalars(found.order_by(MatchState.person_id)))


def without_keys(municipality_id: int) -> list[str]:
    """Plain ids of the persons whose keys are not made yet, or by an older program, in order."""
    found = (
        select(func.replace(cast(Person.id, String), "-", ""))
        .outerjoin(MatchState, OF_THE_SAME)
        .where(
            Person.municipality_id == municipality_id,
            or_(MatchState.person_id.is_(None), index.is_outdated()),
        )
        .order_by(Person.id)
    )
    with reading(municipality_id) as session:
        return list(session.scalars(found))


def made_keys(municipality_id: int, ids: Sequence[str]) -> list[index.Made]:
    """The keys of these persons, made of what is registered now."""
    maker = index.hashes(municipality_id)
    asked = select(*index.COLUMNS).where(
        Person.municipality_id == municipality_id, Person.id.in_([dashed(one) for one in ids])
    )
    with reading(municipality_id) as session:
        return [index.made_of(maker, row) for row in session.execute(asked)]


def keys(municipality_id: int, ids: Sequence[str]) -> set[int]:
    """The keys of these persons."""
    found: set[int] = set()
    with reading(municipality_id) as session:
        for some in index.batches([dashed(one) for one in ids], AT_ONCE):
            asked = select(MatchState.keys).where(
                MatchState.municipality_id == municipality_id, MatchState.person_id.in_(some)
            )
            for kept in session.scalars(asked):
                found.update(index.unpacked(kept))
    return found


@dataclass(frozen=True, slots=True)
class Read:
    """Records of some persons as bytes, and what stands for the facts they were made of."""

    records: list[bytes]
    digests: list[bytes]


def records(
    municipality_id: int, ids: Sequence[str], store: RecordStore, *, processes: int
) -> Iterator[int]:
    """Add the records of persons to the store, in order; yields how many are there."""
    work = partial(_read, municipality_id)
    parts = index.batches(ids, AT_ONCE)
    for made in forking.done(work, parts, processes=processes):
        store.add(made.records, made.digests)
        yield len(store)


def records_of(municipality_id: int, ids: Sequence[str]) -> dict[str, Record]:
    """The records of these persons, of those who are in use."""
    found: dict[str, Record] = {}
    for some in index.batches(ids, AT_ONCE):
        asked = select(*index.COLUMNS).where(
            Person.municipality_id == municipality_id,
            Person.id.in_(some),
            Person.retired_at.is_(None),
        )
        found |= {row.id: record_of(index.facts_of(row)) for row in db.session.execute(asked)}
    return found


def _read(municipality_id: int, ids: Sequence[str]) -> Read:
    wanted = [dashed(one) for one in ids]
    found = {}
    asked = (
        select(*index.COLUMNS, MatchState.digest)
        .join(MatchState, OF_THE_SAME)
        .where(Person.municipality_id == municipality_id, Person.id.in_(wanted))
    )
    with reading(municipality_id) as session:
        for row in session.execute(asked):
            found[row.id] = (packed(record_of(index.facts_of(row))), row.digest)
    return Read([found[one][0] for one in wanted], [found[one][1] for one in wanted])
