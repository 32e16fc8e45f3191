"""What is registered about two persons who become one: whose value is kept, field by field.

The strictest protection wins: an address that one of them has under protection, or may have none
of, is open on neither afterwards, nor on anybody who was merged into them before. Rows that move
are in ``merge_moves``; how both get their own back is in ``facts_back``.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.columns import Instant
from app.db import db
from app.duplicates.merge_plan import Reason, Side, dumped
from app.duplicates.side_by_side import Caution, cautions, numbers_of
from app.enums import ProtectionGrade
from app.errors import DomainError
from app.models import Person, ProtectedAddress
from app.people import merged
from app.people.keyring import keyring
from app.people.names import search_form

NAME = "name"
NATIONAL_ID = "national_id"
ADDRESS = "address"
BIRTH = "birth_date"
UNIT = "unit_id"
PHONE = "phone"
TELLING_PLACE = (ADDRESS, PHONE, UNIT)
"""What could tell where a shielded person is: nobody is asked to choose it, it follows them."""
LOGIN = "login"

COLUMNS: dict[str, tuple[str, ...]] = {
    NAME: ("given_name", "family_name"),
    BIRTH: ("birth_date",),
    NATIONAL_ID: ("national_id_hash", "national_id_cipher", "national_id_is_doubtful"),
    "external_id": ("external_id",),
    "email": ("email",),
    PHONE: ("phone",),
    ADDRESS: ("address", "postcode"),
    "language": ("language",),
    UNIT: ("unit_id",),
}
"""What is chosen together; the first column says whether there is a value."""

NUMBERS = (NATIONAL_ID, "external_id")
"""What somebody is known by: the one not chosen stays theirs, with the record out of use."""

PROTECTED = ("person_id", "grade", "address", "postcode", "since", "renew_by", "lifted_at")
REASONS = {
    Caution.TWO_NUMBERS: Reason.NATIONAL_IDS,
    Caution.ADULT_AND_CHILD: Reason.ADULT_AND_CHILD,
    Caution.PROTECTED: Reason.PROTECTED,
}

SAVED = (
    *(name for names in COLUMNS.values() for name in names),
    "search_family",
    "search_given",
    "is_shielded",
)
OF_OTHERS = (*merged.TELLS_PLACE, "is_shielded")
"""What a merge changes of those who were merged into one of the two before."""


class ChoiceMissing(DomainError):
    """Both have a value, and nobody has said which is right."""

    status = 422
    message = _l("Choose which of the two is right.")


@dataclass(frozen=True)
class Two:
    """Two persons in the order in which one becomes the other."""

    kept: Person
    gone: Person

    @property
    def ids(self) -> tuple[str, str]:
        """Both ids."""
        return self.kept.id, self.gone.id

    def of(self, side: Side) -> Person:
        """The person of a side."""
        return self.kept if side is Side.KEPT else self.gone

    @property
    def is_shielded(self) -> bool:
        """Whether one of them is."""
        return bool(self.kept.is_shielded or self.gone.is_shielded)


# --- whose value ---------------------------------------------------------------------------------


def has(person: Person, field: str) -> bool:
    """Whether there is a value."""
    return bool(getattr(person, COLUMNS[field][0]))


def is_same(two: Two, field: str) -> bool:
    """Whether both have the same value, or none."""
    # A number is encrypted to another text each time: its hash tells.
    names = COLUMNS[field] if field != NATIONAL_ID else COLUMNS[field][:1]
    return all(
        (getattr(two.kept, name) or None) == (getattr(two.gone, name) or None) for name in names
    )


def to_choose(two: Two) -> list[str]:
    """The fields of which both have a value, and not the same; a shielded place is no choice."""
    return [
        field
        for field in COLUMNS
        if not (two.is_shielded and field in TELLING_PLACE)
        and has(two.kept, field)
        and has(two.gone, field)
        and not is_same(two, field)
    ]


def chosen(two: Two, choices: Mapping[str, str]) -> dict[str, Side]:
    """Whose value of each field is kept: the one that is chosen, or that there is.

    Raises:
        ChoiceMissing: both have one, and none is chosen.
    """
    open_fields, found = set(to_choose(two)), {}
    for field in COLUMNS:
        if field in open_fields:
            if choices.get(field) not in (Side.KEPT, Side.GONE):
                raise ChoiceMissing(field=field)
            found[field] = Side(choices[field])
        else:
            found[field] = Side.KEPT if has(two.kept, field) else Side.GONE
    if two.is_shielded:
        protected = Side.KEPT if two.kept.is_shielded else Side.GONE
        found |= {name: protected for name in TELLING_PLACE if has(two.of(protected), name)}
        found[UNIT] = protected
    return found


def second_needed(two: Two, on: date) -> frozenset[Reason]:
    """Why one person alone does not decide on these two."""
    numbers = numbers_of(two.kept, two.gone, on=on)
    return frozenset(REASONS[one] for one in cautions(two.kept, two.gone, numbers, on=on))


# --- what is kept of how it was ------------------------------------------------------------------


def before(two: Two) -> dict[str, Any]:
    """Both persons' own facts as they are, to be sealed.

    Where one of them has a strictly confidential address none is kept of either.
    """
    values = _now(two)
    values["is_strict"] = is_strict(two)
    if values["is_strict"]:
        several = (*values["protected"].values(), *values["merged"].values())
        for one in (values["kept"], values["gone"], *several):
            one["address"] = one["postcode"] = None
    return values


def seal(two: Two, values: Mapping[str, Any]) -> bytes:
    """How they were, and what the merge has put on them: unreadable without the installation's
    key."""
    return keyring().seal(dumped({**values, "after": _now(two)}))


def sealed(content: bytes) -> dict[str, Any]:
    """What ``seal`` kept. A merge of an earlier release kept nothing of others and of answers."""
    found: dict[str, Any] = json.loads(keyring().unseal(content))
    after = {"merged": {}, **found["after"]}
    return {"merged": {}, "answers": {}, "answers_after": {}, **found, "after": after}


def _now(two: Two) -> dict[str, Any]:
    others = merged_before(two)
    return {
        "kept": saved(two.kept, SAVED),
        "gone": saved(two.gone, SAVED),
        "protected": {one.id: saved(one, PROTECTED) for one in protections_of(two, others)},
        "merged": {one.id: saved(one, OF_OTHERS) for one in others},
    }


def merged_before(two: Two) -> list[Person]:
    """Everybody who was merged into one of the two before."""
    found = {one.id: one for person in (two.kept, two.gone) for one in merged.merged_into(person)}
    return [one for one in found.values() if one.id not in two.ids]


def saved(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """Values of a row as JSON keeps them."""
    return {name: plain(getattr(row, name)) for name in names}


def plain(value: Any) -> Any:
    """A value of a column as JSON keeps it."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


def typed(model: type[Any], name: str, value: Any) -> Any:
    """What ``plain`` made of a value of this column, as it was."""
    if not isinstance(value, str):
        return value
    column = model.__table__.c[name].type
    kind: Any = datetime if isinstance(column, Instant) else column.python_type
    if kind is bytes:
        return b64decode(value)
    return kind.fromisoformat(value) if kind in (date, datetime) else kind(value)


# --- putting them on the one kept ----------------------------------------------------------------


def put(two: Two, sides: Mapping[str, Side]) -> None:
    """Put the chosen values on the one kept, and the strictest protection on both.

    The other must be out of use in the database by then: a number is one person's at a time.
    """
    kept = two.kept
    is_shielded = two.is_shielded
    for field, side in sides.items():
        if side is Side.GONE:
            is_swapped = field in NUMBERS and has(kept, field)
            for name in COLUMNS[field]:
                _hand_over(two, name, is_swapped=is_swapped)
    kept.search_family = search_form(kept.family_name, kept.given_name)
    kept.search_given = search_form(kept.given_name, kept.family_name)
    if is_shielded:
        _protect(two)


def _hand_over(two: Two, name: str, *, is_swapped: bool) -> None:
    """Put a value of the one who goes on the one kept, and the other way where neither is lost."""
    own, other = getattr(two.kept, name), getattr(two.gone, name)
    setattr(two.kept, name, other)
    if is_swapped:
        setattr(two.gone, name, own)


def protections_of(two: Two, others: Sequence[Person] = ()) -> list[ProtectedAddress]:
    """The rows that say how both, and ``others``, are protected, or have been."""
    ids = [*two.ids, *(one.id for one in others)]
    found = select(ProtectedAddress).where(ProtectedAddress.person_id.in_(ids))
    return list(db.session.scalars(found.order_by(ProtectedAddress.id)))


def is_strict(two: Two) -> bool:
    """Whether one of them has an address that is stored nowhere."""
    return bool(strict_ones(two))


def strict_ones(two: Two) -> set[str]:
    """Those of the two who have an address that is stored nowhere."""
    return {one.person_id for one in protections_of(two) if _is_strict(one)}


def _is_strict(one: ProtectedAddress) -> bool:
    return one.lifted_at is None and one.grade is ProtectionGrade.STRICTLY_CONFIDENTIAL


def _protect(two: Two) -> None:
    """Give both the stricter of the two protections, and nobody of them an address that is open."""
    two.kept.is_shielded = True
    two.kept.address = two.kept.postcode = None
    others = merged.merged_into(two.kept)
    merged.shield(others)
    rows = {one.person_id: one for one in protections_of(two)}
    kept, gone = rows.get(two.kept.id), rows.get(two.gone.id)
    if gone is not None and gone.lifted_at is None:
        if kept is None:
            gone.person_id = two.kept.id
        else:
            _tighten(kept, gone)
    if any(_is_strict(one) for one in rows.values()):
        for one in rows.values():
            one.address = one.postcode = None
        merged.erase(two.kept, others)


def _tighten(kept: ProtectedAddress, other: ProtectedAddress) -> None:
    """Make one protection as strict as another that is in force, and as lasting."""
    if kept.lifted_at is not None:
        for name in ("grade", "since", "renew_by", "address", "postcode"):
            setattr(kept, name, getattr(other, name))
        kept.lifted_at = None
        return
    ends = (kept.renew_by, other.renew_by)
    kept.renew_by = None if None in ends else max(one for one in ends if one is not None)
    if ProtectionGrade.STRICTLY_CONFIDENTIAL in (kept.grade, other.grade):
        kept.grade = ProtectionGrade.STRICTLY_CONFIDENTIAL
    if not kept.address:
        kept.address, kept.postcode = other.address, other.postcode
