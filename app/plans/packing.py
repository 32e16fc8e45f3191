"""What goes along when a plan moves: put together on the one side, written anew on the other.

A package holds plain values alone: no id of the municipality that it leaves means anything where it
arrives. Who took part does not go along, nor who may see what; the names of those who wrote do,
since a text without its author misleads.
"""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.columns import new_id
from app.db import db
from app.enums import EntryKind, EntryStatus, Section
from app.files import storage
from app.models import Person, Plan, PlanEntry
from app.people import operations as people
from app.people.keyring import keyring
from app.plans.entry_facts import FILE, OWNER, RESPONSIBLE
from app.plans.portable_forms import portable

FRAME = ("resources", "needs", "cooperation")
"""Texts of the plan itself that belong to its mapping."""

WRITTEN_BY = "written_by"
"""The detail that names the author of what came from another municipality."""


@dataclass(frozen=True)
class Owner:
    """Whom the plan is about, as far as the receiver must know to find or register them."""

    given_name: str
    family_name: str
    birth_date: date | None
    national_id: str | None = field(default=None, repr=False)

    @property
    def full_name(self) -> str:
        """Given and family name, as written."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True)
class Contents:
    """What is written, by section; each entry stands after the one that it is part of."""

    frame: dict[str, str] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def of(self, section: Section) -> list[dict[str, Any]]:
        """The entries of a section, in order."""
        return [one for one in self.entries if one["section"] == section]


# --- putting together ----------------------------------------------------------------------------


def owner_of(plan: Plan) -> Owner:
    """Whom a plan is about."""
    person = plan.owner
    return Owner(
        person.given_name,
        person.family_name,
        person.birth_date,
        people.read_national_id(person),
    )


def contents_of(plan: Plan, sections: Collection[Section]) -> Contents:
    """What is written in these sections now, without what lies in the bin."""
    found = db.session.scalars(
        select(PlanEntry)
        .where(
            PlanEntry.plan_id == plan.id,
            PlanEntry.section.in_(sections),
            PlanEntry.deleted_at.is_(None),
        )
        .options(joinedload(PlanEntry.author))
        .order_by(PlanEntry.position, PlanEntry.id)
    ).all()
    frame = {name: getattr(plan, name) for name in FRAME} if Section.MAPPING in sections else {}
    ordered = _parents_first(found)
    ids = {one.id for one in ordered}
    return Contents(
        frame, [_plain(one, one.parent_id if one.parent_id in ids else None) for one in ordered]
    )


def _parents_first(found: Iterable[PlanEntry]) -> list[PlanEntry]:
    """Each entry after what it is part of; an evaluation of what does not go along stays behind."""
    rows = list(found)
    ids, below = {one.id for one in rows}, dict[str | None, list[PlanEntry]]()
    for one in rows:
        below.setdefault(one.parent_id if one.parent_id in ids else None, []).append(one)
    ordered = [one for one in below.get(None, []) if one.kind is not EntryKind.EVALUATION]
    for one in ordered:  # Grows while it is read: what is part of an entry follows later.
        ordered += below.get(one.id, [])
    return ordered


def _plain(one: PlanEntry, parent_id: str | None) -> dict[str, Any]:
    kept = portable(one) if one.kind is EntryKind.FORM else one.details
    details = {name: value for name, value in kept.items() if name != RESPONSIBLE}
    if one.details.get(RESPONSIBLE) == OWNER:
        details[RESPONSIBLE] = OWNER
    if one.author is not None:
        details[WRITTEN_BY] = one.author.full_name
    return {
        "id": one.id,
        "parent": parent_id,
        "section": str(one.section),
        "kind": str(one.kind),
        "position": one.position,
        "title": one.title,
        "body": one.body,
        "details": details,
        "status": one.status and str(one.status),
        "deadline_on": one.deadline_on and one.deadline_on.isoformat(),
        "created_at": one.created_at.isoformat(),
    }


def mark(owner: Owner, contents: Contents, sections: Iterable[Section]) -> str:
    """What stands for a package as it was looked over: another one has another mark."""
    whole = [_owner_json(owner), asdict(contents), sorted(sections)]
    return sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:32]


# --- sealing -------------------------------------------------------------------------------------


def seal_owner(owner: Owner) -> bytes:
    """As it is kept while it waits: unreadable without the installation's key."""
    return keyring().seal(json.dumps(_owner_json(owner)).encode())


def unseal_owner(sealed: bytes) -> Owner:
    """Whom a package is about."""
    found = json.loads(keyring().unseal(sealed))
    born = found.pop("birth_date")
    return Owner(**found, birth_date=date.fromisoformat(born) if born else None)


def seal_contents(contents: Contents) -> bytes:
    """As ``seal_owner``."""
    return keyring().seal(json.dumps(asdict(contents)).encode())


def unseal_contents(sealed: bytes) -> Contents:
    """What is in a package."""
    return Contents(**json.loads(keyring().unseal(sealed)))


def _owner_json(owner: Owner) -> dict[str, Any]:
    born = owner.birth_date.isoformat() if owner.birth_date else None
    return asdict(owner) | {"birth_date": born}


# --- writing anew --------------------------------------------------------------------------------


def write(contents: Contents, plan: Plan, keep_file: Callable[[bytes], str]) -> None:
    """Write a package in a new plan. Files are copied under keys of their own."""
    for name, text in contents.frame.items():
        setattr(plan, name, text)
    ids: dict[str, str] = {}
    unwritten: set[str] = set()
    for one in contents.entries:
        if one["parent"] in unwritten:
            db.session.flush()
            unwritten.clear()
        entry = _entry(one, plan, ids.get(one["parent"]), keep_file)
        db.session.add(entry)
        ids[one["id"]] = entry.id
        unwritten.add(one["id"])
    db.session.flush()


def _entry(
    one: dict[str, Any],
    plan: Plan,
    parent_id: str | None,
    keep_file: Callable[[bytes], str],
) -> PlanEntry:
    written_at = datetime.fromisoformat(one["created_at"])
    return PlanEntry(
        id=new_id(),
        plan_id=plan.id,
        section=Section(one["section"]),
        kind=EntryKind(one["kind"]),
        parent_id=parent_id,
        position=one["position"],
        title=one["title"],
        body=one["body"],
        details=_with_own_file(one["details"], keep_file),
        status=EntryStatus(one["status"]) if one["status"] else None,
        deadline_on=date.fromisoformat(one["deadline_on"]) if one["deadline_on"] else None,
        created_at=written_at,
        changed_at=written_at,
    )


def _with_own_file(details: dict[str, Any], keep_file: Callable[[bytes], str]) -> dict[str, Any]:
    """The details with a copy of the file they name; without one that is not there any more."""
    file = details.get(FILE)
    if not file:
        return details
    try:
        return details | {FILE: file | {"key": keep_file(storage.read(file["key"]))}}
    except storage.NotKept:
        return {name: value for name, value in details.items() if name != FILE}


def is_same_human(owner: Owner, person: Person) -> bool:
    """Whether nothing speaks against it: two national ids that differ are two humans."""
    if owner.national_id is None or person.national_id_hash is None:
        return True
    digest = people.national_id_hash(people.national_id.normalise(owner.national_id))
    return bool(person.national_id_hash == digest)
