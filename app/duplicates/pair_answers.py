"""Answers about pairs of persons when two become one, and when that is undone.

That somebody is not the same as a third holds for the one whom they become: nobody is asked again
until the facts of that one change. Undoing gives each pair the answer that it had.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import or_, select

from app.db import db
from app.duplicate_tables import DuplicatePair
from app.duplicates.merge_facts import Two, plain, saved, typed
from app.duplicates.pairs import facts_of_both
from app.enums import PairState
from app.models import Person

ANSWER = ("state", "answered_at", "answered_by", "facts")
BY = ("answered_at", "answered_by")
KEPT = (*ANSWER, "note", "first_id", "second_id")

Answers = Mapping[str, Mapping[str, Any]]


def of_both(two: Two) -> dict[str, dict[str, Any]]:
    """What is answered of every pair that one of the two is in, by the pair's id."""
    return {one.id: {**saved(one, KEPT), "holds": holds(one)} for one in _pairs(two)}


def _pairs(two: Two) -> list[DuplicatePair]:
    theirs = or_(DuplicatePair.first_id.in_(two.ids), DuplicatePair.second_id.in_(two.ids))
    return list(db.session.scalars(select(DuplicatePair).where(theirs).order_by(DuplicatePair.id)))


def holds(pair: DuplicatePair) -> bool:
    """Whether somebody has answered that the two are not the same, and nothing has changed."""
    is_apart = pair.state is PairState.NOT_SAME
    return is_apart and pair.facts == _facts_of(pair)


def _facts_of(pair: DuplicatePair) -> bytes:
    # A pair knows its persons by the ids that it had when it was read.
    both = (db.session.get_one(Person, one) for one in (pair.first_id, pair.second_id))
    return facts_of_both(*both)


def keep_holding(two: Two, before: Answers) -> None:
    """Let each answer that held of one of the two hold of the one kept, as they are by now."""
    notes = {
        other: one["note"]
        for one in before.values()
        if one["holds"]
        for other in {one["first_id"], one["second_id"]} - {*two.ids}
    }
    for pair in _pairs(two):
        others = {pair.first_id, pair.second_id} - {*two.ids}
        is_kept = two.kept.id in (pair.first_id, pair.second_id)
        if not is_kept or pair.state is not PairState.NOT_SAME or not others & notes.keys():
            continue
        if before[pair.id]["state"] != PairState.NOT_SAME:
            pair.note = notes[others.pop()] or pair.note
        pair.facts = _facts_of(pair)


def held_by(two: Two) -> set[str]:
    """The pairs of which an answer holds now."""
    return {one.id for one in _pairs(two) if holds(one)}


def put_back(
    two: Two, before: Answers, after: Answers, *, held: set[str], but: Collection[str]
) -> Iterator[str]:
    """Give each pair the answer that it had, but those that somebody has answered since; these.

    Both are as they were by now. ``held`` are the pairs of which an answer held until then, and
    what was answered since goes on holding.
    """
    for pair in _pairs(two):
        own, left = before.get(pair.id), after.get(pair.id)
        now = saved(pair, KEPT)
        if own is not None and left is not None and pair.id not in but:
            if all(now[name] == left[name] for name in BY):
                _give(pair, own, ANSWER)
                if now["note"] == left["note"]:
                    pair.note = own["note"]
                continue
            yield pair.id
        if pair.id in held and pair.state is PairState.NOT_SAME:
            pair.facts = _facts_of(pair)


def _give(pair: DuplicatePair, values: Mapping[str, Any], names: Collection[str]) -> None:
    for name in names:
        if plain(getattr(pair, name)) != values[name]:
            setattr(pair, name, typed(DuplicatePair, name, values[name]))
