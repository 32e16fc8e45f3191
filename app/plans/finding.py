"""Finding words in what somebody may read of a plan, forms of the template included."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.enums import Section
from app.models import Plan
from app.plans import copies
from app.plans.copies import FilledField
from app.security.actor import Actor

MOST = 100
AROUND = 60
"""So many characters are shown on each side of what was found."""


@dataclass(frozen=True)
class Hit:
    """Where something was found: in which field of what, and what stands around it."""

    part: Section
    entry_id: str
    heading: str
    label: str
    before: str
    word: str
    after: str


def find(actor: Actor, plan: Plan, typed: str) -> list[Hit]:
    """The fields in which all the words stand that were typed, in the order of the plan."""
    words = typed.casefold().split()
    if not words:
        return []
    hits: list[Hit] = []
    for one in copies.fields(actor, plan):
        whole = f"{one.heading} {one.label} {one.text}".casefold()
        if all(word in whole for word in words):
            hits.append(_hit(one, words))
        if len(hits) == MOST:
            break
    return hits


def _hit(one: FilledField, words: Sequence[str]) -> Hit:
    """The first place of a word, with what stands around it; the beginning when only the heading
    or the label has it."""
    text = " ".join(one.text.split())
    folded = text.casefold()
    # A letter that folds to two would move the place; then only the beginning is shown.
    places = [folded.find(word) for word in words] if len(folded) == len(text) else []
    start = min((place for place in places if place >= 0), default=None)
    before, word, after = "", "", text[: 2 * AROUND]
    if start is not None:
        length = next(len(word) for word in words if folded.startswith(word, start))
        first = max(0, start - AROUND)
        before = ("…" if first else "") + text[first:start]
        word = text[start : start + length]
        after = text[start + length : start + length + AROUND]
    return Hit(one.part, one.entry_id, one.heading, one.label, before, word, after)
