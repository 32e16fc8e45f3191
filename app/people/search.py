"""The search for persons by name, birth date, id in another system, e-mail or phone.

Each way to read what was typed is one range, or one point, of an index; a list reads the ways one
by one (``app.screens.paging``). Where one condition is needed they are a union of ids, so that no
database walks a whole list in its order to find few.
"""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, false, select, union_all

from app.models import Person
from app.people.contact import (
    BadDate,
    BadEmail,
    BadPhone,
    normalise_email,
    normalise_phone,
    parse_date,
)
from app.screens.listing import BadFilterValue
from app.screens.typed import anchors, is_like_national_id, terms
from app.security import tenancy

NAMES = (Person.search_family, Person.search_given)


def find_persons(text: str) -> ColumnElement[bool]:
    """The condition for persons that what was typed may mean.

    Raises:
        BadFilterValue: it is a national id, which must not stand in an address.
    """
    return Person.id.in_(_ids(ways_to(text)))


def ways_to(text: str) -> list[ColumnElement[bool]]:
    """Every way to read what was typed, as a condition of its own.

    Raises:
        BadFilterValue: it is a national id, which must not stand in an address.
    """
    if is_like_national_id(text):
        raise BadFilterValue("national_id")
    return [*named(text), *_born(text), *_known_by(text)]


def ids_named(text: str, *also: ColumnElement[bool]) -> Any:
    """The ids of persons whose names begin as typed and who meet the other conditions."""
    return _ids([and_(condition, *also) for condition in named(text)])


def named(text: str) -> list[ColumnElement[bool]]:
    """Conditions that find a person by beginnings of names, in any order.

    One of the words begins the family name or the given name, which is the range; the others
    begin any word of the name, which the entries of the same range tell.
    """
    words = terms(text)
    return [
        and_(head.begins(column), *(other.is_in(column) for other in words if other is not head))
        for head in anchors(words)
        for column in NAMES
    ]


def _born(text: str) -> list[ColumnElement[bool]]:
    """Conditions for a birth date, alone or beside beginnings of names."""
    whole = _date(text)
    if whole is not None:
        return [Person.birth_date == whole]
    words = text.split()
    dates = [(word, day) for word in words if (day := _date(word)) is not None]
    if len(dates) != 1:
        return []
    [(typed, day)] = dates
    names = terms(" ".join(word for word in words if word != typed))
    has_names = [name.is_in(Person.search_family) for name in names]
    return [and_(Person.birth_date == day, *has_names)] if names else []


def _known_by(text: str) -> list[ColumnElement[bool]]:
    """Conditions for an id, e-mail or phone written in full.

    A shielded person is not found by phone or e-mail, which could tell where the person is.
    """
    found: list[ColumnElement[bool]] = [Person.external_id == text]
    is_open = Person.is_shielded.is_(False)
    email, phone = _email(text), _phone(text)
    if email is not None:
        found.append(and_(Person.email.in_({email, email.lower()}), is_open))
    if phone is not None:
        found.append(and_(Person.phone == phone, is_open))
    return found


def _ids(conditions: list[ColumnElement[bool]]) -> Select[Any] | CompoundSelect[Any]:
    here = Person.municipality_id == tenancy.current_scope().municipality_id
    wanted = conditions or [false()]
    return union_all(*(select(Person.id).where(here, one).correlate(None) for one in wanted))


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except BadDate:
        return None


def _email(text: str) -> str | None:
    try:
        return normalise_email(text) if "@" in text else None
    except BadEmail:
        return None


def _phone(text: str) -> str | None:
    try:
        return normalise_phone(text)
    except BadPhone:
        return None
