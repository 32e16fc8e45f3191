"""Persons whose names are written otherwise than somebody typed them in a field of choices."""

from collections.abc import Sequence

from app.people import matching
from app.people.names import tidy
from app.people.operations import PersonFacts
from app.security.actor import current_actor

MOST = 5


def alike(text: str) -> Sequence[str]:
    """The ids of those who may be meant by a whole name, likeliest first; of one word alone too
    many are. Whom the actor may choose among them is asked by whoever shows them."""
    words = tidy(text).split()
    if len(words) < 2:
        return []
    facts = PersonFacts(" ".join(words[:-1]), words[-1])
    found = matching.likely(current_actor(), facts, limit=MOST)
    return [one.person_id for one in found if one.person_id is not None]
