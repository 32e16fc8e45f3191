"""Both persons' own facts, back on both when a merge is undone.

What somebody has changed since stays as it is now, and is listed for a look. A protection that was
set since was decided of one who is two from now on, and nobody knows of which: both come back under
it, and an address that was erased does not come back.
"""

from collections.abc import Mapping
from typing import Any

from app.columns import new_id
from app.db import db
from app.duplicates.merge_facts import (
    ADDRESS,
    COLUMNS,
    OF_OTHERS,
    PROTECTED,
    UNIT,
    Two,
    merged_before,
    plain,
    protections_of,
    saved,
    sealed,
    strict_ones,
    typed,
)
from app.duplicates.merge_plan import Side
from app.enums import ProtectionGrade
from app.models import Person, ProtectedAddress
from app.people.names import search_form

Values = Mapping[str, Any]
FIELD_OF = {name: field for field, names in COLUMNS.items() for name in names} | {
    "is_shielded": ADDRESS
}
PLACE = ("address", "postcode")


def take_off(two: Two, content: bytes) -> list[tuple[str, str]]:
    """Give both their own facts back; (person, field) of what needs a look."""
    was = sealed(content)
    since = _protected_since(two, was["after"])
    with db.session.no_autoflush:
        look_at = _put_back_protected(two, was, since) if since else _put_all_back(two, was)
        if (two.kept.id, "name") in look_at:
            two.kept.search_family = search_form(two.kept.family_name, two.kept.given_name)
            two.kept.search_given = search_form(two.kept.given_name, two.kept.family_name)
        if was["is_strict"]:
            # What the one had who may have an address was erased with the other's.
            look_at |= {(one, ADDRESS) for one in {*two.ids} - strict_ones(two)}
    return sorted(look_at)


def _protected_since(two: Two, after: Values) -> ProtectedAddress | None:
    """The protection of the one kept, when it was set or changed since the merge."""
    for one in protections_of(two):
        if one.person_id == two.kept.id and one.lifted_at is None:
            return None if saved(one, PROTECTED) == after["protected"].get(one.id) else one
    return None


# --- as it was -----------------------------------------------------------------------------------


def _put_all_back(two: Two, was: Values) -> set[tuple[str, str]]:
    _put_back(two.gone, was["gone"])
    look_at = _kept_back(two, was, was["kept"])
    others = merged_before(two)
    for one in others:
        if one.id in was["merged"]:
            _put_back(one, was["merged"][one.id], unless=was["after"]["merged"][one.id])
    for row in protections_of(two, others):
        if row.id in was["protected"]:
            look_at |= _protection_back(two, was, row)
    _close(two, was)
    return look_at


def _kept_back(two: Two, was: Values, values: Values) -> set[tuple[str, str]]:
    changed = _put_back(two.kept, values, unless=was["after"]["kept"])
    return {(two.kept.id, FIELD_OF[name]) for name in changed if name in FIELD_OF}


def _protection_back(two: Two, was: Values, row: ProtectedAddress) -> set[tuple[str, str]]:
    """Put a protection back; one that was lifted since is lifted for the one kept alone."""
    own = was["protected"][row.id]
    is_changed = saved(row, PROTECTED) != was["after"]["protected"].get(row.id)
    look_at = {(own["person_id"], ADDRESS)} if is_changed else set()
    if not is_changed or own["person_id"] == two.gone.id:
        _put_back(row, own)
    return look_at


def _close(two: Two, was: Values) -> None:
    """Leave no address open on the one kept that is theirs no more, or that is protected."""
    kept = two.kept
    of_gone = _address_of(was, two, Side.GONE)
    if two.gone.is_shielded and of_gone[0] and (kept.address, kept.postcode) == of_gone:
        kept.address, kept.postcode = (was["kept"][name] for name in PLACE)
    if kept.is_shielded:
        kept.address = kept.postcode = None


def _put_back(row: Any, values: Values, *, unless: Values | None = None) -> list[str]:
    """Set the values; names of those that are neither so nor as ``unless`` says, and are left."""
    changed = []
    for name, value in values.items():
        now = plain(getattr(row, name))
        if unless is not None and now not in (value, unless[name]):
            changed.append(name)
        else:
            setattr(row, name, typed(type(row), name, value))
    return changed


# --- under a protection that was set since -------------------------------------------------------


def _put_back_protected(two: Two, was: Values, since: ProtectedAddress) -> set[tuple[str, str]]:
    """Give both back what tells no place, and let both be protected as is decided now."""
    _put_back(two.gone, _open(was["gone"]))
    look_at = _kept_back(two, was, _open(was["kept"]))
    two.gone.is_shielded = True
    two.gone.address = two.gone.postcode = two.gone.unit_id = None
    _protect_gone(two, was, since)
    is_as_put = (since.address, since.postcode) == _address_of(was["after"], two, Side.KEPT)
    if since.grade is not ProtectionGrade.STRICTLY_CONFIDENTIAL and is_as_put:
        since.address, since.postcode = _address_of(was, two, Side.KEPT)
    return look_at | {(one, ADDRESS) for one in two.ids} | {(two.gone.id, UNIT)}


def _open(values: Values) -> Values:
    return {name: value for name, value in values.items() if name not in OF_OTHERS}


def _protect_gone(two: Two, was: Values, since: ProtectedAddress) -> None:
    """Protect who comes back as the one kept is, or as they were when that is stricter."""
    row = next((one for one in protections_of(two) if one.person_id == two.gone.id), None)
    if row is None:
        row = ProtectedAddress(id=new_id(), municipality_id=two.gone.municipality_id)
        row.person_id = two.gone.id
        db.session.add(row)
    own = _own(was, two.gone)
    grades = {str(since.grade), own["grade"] if own else None}
    is_strict = str(ProtectionGrade.STRICTLY_CONFIDENTIAL) in grades
    row.grade = ProtectionGrade.STRICTLY_CONFIDENTIAL if is_strict else since.grade
    row.since, row.renew_by, row.lifted_at = since.since, since.renew_by, None
    row.address, row.postcode = (None, None) if is_strict else _address_of(was, two, Side.GONE)


def _own(was: Values, person: Person) -> Values | None:
    """The protection that was in force for one of the two."""
    found = [one for one in was["protected"].values() if one["person_id"] == person.id]
    return next((one for one in found if one["lifted_at"] is None), None)


def _address_of(was: Values, two: Two, side: Side) -> tuple[Any, Any]:
    """The address that one of the two had, wherever it stood."""
    found = _own(was, two.of(side)) or was[str(side)]
    return found["address"], found["postcode"]
