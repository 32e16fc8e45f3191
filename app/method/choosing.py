"""The person that a valid form chose."""

from typing import Any

from app.errors import NotFound
from app.models import Person


def chosen_person(field: Any) -> Person:
    """Who was chosen in a field that must be filled in.

    Raises:
        NotFound: nobody that can be chosen any more.
    """
    person: Person | None = field.chosen
    if person is None:
        raise NotFound
    return person
