"""Pairs of persons who may be the same, as rows of a file."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.db import db
from app.enums import PairState
from app.models import DuplicatePair, Person

AT_ONCE = 5_000
Row = tuple[str, str, str, str]


def pairs(municipality_id: int) -> Iterator[Sequence[Row]]:
    """Every pair that has not faded, some thousands at a time: who, the score, and the state.

    The state is what was answered; of a pair that nobody has answered, how sure it is.
    """
    after = None
    while True:
        rows = db.session.execute(_after(municipality_id, after)).all()
        db.session.rollback()
        if rows:
            yield [_said(row) for row in rows]
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].id


def queued(base: Select[Any]) -> Select[Any]:
    """The columns of the queue, for those who look through it."""
    first, second = aliased(Person), aliased(Person)
    name: Any = first.family_name + ", " + first.given_name
    return (
        base.join(first, DuplicatePair.first_id == first.id)
        .join(second, DuplicatePair.second_id == second.id)
        .with_only_columns(
            name + " – " + second.family_name + ", " + second.given_name,
            first.birth_date,
            second.birth_date,
            DuplicatePair.band,
            DuplicatePair.found_at,
            DuplicatePair.state,
            DuplicatePair.registered_reason,
            DuplicatePair.note,
            DuplicatePair.score,
        )
    )


def _after(municipality_id: int, after: str | None) -> Any:
    first, second = aliased(Person), aliased(Person)
    found = (
        select(
            DuplicatePair.id,
            first.external_id.label("first"),
            second.external_id.label("second"),
            DuplicatePair.first_id,
            DuplicatePair.second_id,
            DuplicatePair.score,
            DuplicatePair.state,
            DuplicatePair.band,
        )
        .join(first, first.id == DuplicatePair.first_id)
        .join(second, second.id == DuplicatePair.second_id)
        .where(
            DuplicatePair.municipality_id == municipality_id,
            DuplicatePair.state != PairState.FADED,
        )
        .order_by(DuplicatePair.id)
        .limit(AT_ONCE)
    )
    return found if after is None else found.where(DuplicatePair.id > after)


def _said(row: Any) -> Row:
    state = row.band if row.state is PairState.OPEN else row.state
    first, second = row.first or row.first_id, row.second or row.second_id
    return first, second, f"{row.score:.2f}", str(state)
