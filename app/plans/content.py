"""What is done with plan content: written, changed, deleted to the bin, and brought back.

Where it stands is changed in ``entry_order``. Every operation holds the plan first, so that two
writers go one after the other and each decision is made on what is true when it is written.
"""

from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.audit import log
from app.clock import day_of
from app.db import db
from app.enums import EntryKind, Section
from app.errors import BadRequest, DomainError, NotFound, StaleVersion
from app.models import Participant, Plan, PlanEntry
from app.plans import activity, entry_facts, history, plan_template, pulse
from app.plans.entry_facts import COORDINATOR, OWNER, EntryFacts
from app.plans.kinds import PLACES, section_of
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import PlanEntryVersion


class InBin(DomainError):
    """Somebody deleted it in the meantime."""

    message = _l(
        "Somebody moved this to the bin in the meantime. What you wrote is kept on this page."
        " Bring it back from the bin before you save."
    )


class ParentInBin(DomainError):
    """What it is part of lies in the bin."""

    message = _l("Bring back what this is part of first; it lies in the bin too.")


class FilledInAgain(DomainError):
    """A form is filled in once at a time."""

    message = _l("This form has been filled in anew. Move the new one to the bin first.")


class NotResponsible(DomainError):
    """Somebody is named responsible who takes no part."""

    status = 422
    message = _l("Choose one from the list.")


# --- may it be added -----------------------------------------------------------------------------


def require_may_add(
    actor: Actor, plan: Plan, kind: EntryKind, parent: PlanEntry | None = None, *, key: str = ""
) -> Section:
    """The section where something of this kind may be added, as part of ``parent`` if any.

    A comment on something needs the right to comment there, too. ``key`` is that of the section
    of the template, for a form.

    Raises:
        BadRequest: nothing of this kind stands there.
        NotFound, NotAllowed: the section is not offered or not open, or the parent is not.
    """
    if kind is EntryKind.FORM:
        asked = plan_template.section_of_plan(plan, key)
        section = asked.part if asked is not None else None
    else:
        section = section_of(kind, parent.section if parent is not None else None)
    if section is None:
        raise NotFound if kind is EntryKind.FORM else BadRequest
    require_offered(plan, section)
    needed = Action.COMMENT if kind is EntryKind.COMMENT else Action.WRITE
    policy.require(actor, needed, plan, section=section)
    if parent is not None:
        require_may_hold(actor, plan, kind, parent)
        if kind is EntryKind.COMMENT:
            policy.require(actor, Action.COMMENT, plan, section=parent.section)
    return section


def offered(plan: Plan) -> list[Section]:
    """The sections that plans of this kind have in their municipality, in order."""
    return [Section(one) for one in plan.type.sections]


def require_offered(plan: Plan, section: Section) -> None:
    """Raise NotFound unless plans of this kind have the section in their municipality."""
    if section not in offered(plan):
        raise NotFound


def require_may_hold(actor: Actor, plan: Plan, kind: EntryKind, parent: PlanEntry) -> None:
    """Raise unless something of this kind can be part of ``parent``, which the actor sees."""
    if parent.plan_id != plan.id or parent.deleted_at is not None:
        raise NotFound
    policy.require(actor, Action.SHOW, parent)
    if parent.kind not in PLACES[kind].parents:
        raise BadRequest


def may_be_responsible(actor: Actor, plan: Plan) -> list[Participant]:
    """The participants of today that the actor may name as responsible."""
    if actor.at is None:
        return []
    found = scope.rows(actor, Participant).where(
        Participant.plan_id == plan.id, Participant.active(day_of(actor.at))
    )
    return list(db.session.scalars(found.order_by(Participant.id)))


# --- writing -------------------------------------------------------------------------------------


def add(
    actor: Actor,
    plan: Plan,
    kind: EntryKind,
    facts: EntryFacts,
    *,
    parent: PlanEntry | None = None,
    at: datetime,
) -> PlanEntry:
    """A new entry, last among those beside it.

    Raises:
        StaleVersion: it is a form of the template, and somebody has filled it in meanwhile.
    """
    activity.hold(plan)
    if parent is not None:
        db.session.refresh(parent)
    section = _require_place(actor, plan, kind, facts, parent)
    _require_known(actor, plan, facts, None)
    entry = _blank(actor, plan, kind, section, parent, at)
    entry_facts.put(entry, facts)
    db.session.add(entry)
    db.session.flush()
    if kind is EntryKind.FORM:
        # Whoever has the part for their own activities alone has no form in it.
        policy.require(actor, Action.EDIT, entry)
    history.keep(entry, actor.person_id, at=at)
    activity.touch(plan, at=at)
    if kind is EntryKind.EVALUATION:
        pulse.ask(plan, at=at)
    return entry


def _blank(
    actor: Actor,
    plan: Plan,
    kind: EntryKind,
    section: Section,
    parent: PlanEntry | None,
    at: datetime,
) -> PlanEntry:
    """An entry with nothing in it yet, last among those beside it."""
    return PlanEntry(
        plan_id=plan.id,
        section=section,
        kind=kind,
        parent_id=parent.id if parent is not None else None,
        position=next_position(plan, section, parent),
        details={},
        author_id=actor.person_id,
        created_at=at,
        changed_at=at,
    )


def _require_place(
    actor: Actor, plan: Plan, kind: EntryKind, facts: EntryFacts, parent: PlanEntry | None
) -> Section:
    """The section where something new may be added; a form of the template only once."""
    key = str(facts.details.get("section", ""))
    section = require_may_add(actor, plan, kind, parent, key=key)
    if kind is EntryKind.FORM and plan_template.open_form(plan, section, key) is not None:
        raise StaleVersion
    return section


def save(actor: Actor, entry: PlanEntry, facts: EntryFacts, *, number: int, at: datetime) -> None:
    """Change an entry that was opened as version ``number``; without a difference nothing is kept.

    Raises:
        InBin: it was deleted since.
        StaleVersion: it was saved since.
    """
    _take(entry)
    if entry.deleted_at is not None:
        policy.require(actor, Action.SHOW, entry)
        raise InBin
    policy.require(actor, Action.EDIT, entry)
    if history.last_number(entry) != number:
        raise StaleVersion
    before = entry_facts.of_entry(entry)
    _require_known(actor, entry.plan, facts, before)
    history.keep_first(entry)
    entry_facts.put(entry, facts)
    if entry_facts.of_entry(entry) == before:
        return
    entry.changed_at = at
    db.session.flush()
    history.keep(entry, actor.person_id, at=at)
    activity.touch(entry.plan, at=at)


def restore_version(
    actor: Actor, entry: PlanEntry, version: PlanEntryVersion, *, number: int, at: datetime
) -> None:
    """Make an earlier version the newest. Who was responsible then and takes no part now is left
    out."""
    _take(entry)
    policy.require(actor, Action.EDIT, entry)
    if version.entry_id != entry.id:
        raise NotFound
    if history.last_number(entry) != number:
        raise StaleVersion
    facts = entry_facts.of_json(version.values)
    if not _is_choosable(actor, entry.plan, facts.responsible):
        facts = EntryFacts(
            facts.title, facts.body, facts.details, facts.status, facts.deadline_on, None
        )
    entry.details = {}
    entry_facts.put(entry, facts)
    entry.changed_at = at
    log.record(actor, "plan_entry:version_restored", entry, fields=log.changed_fields(entry))
    db.session.flush()
    history.keep(entry, actor.person_id, at=at)
    activity.touch(entry.plan, at=at)


def _take(entry: PlanEntry) -> None:
    """Hold the plan, and see the entry as it is now."""
    activity.hold(entry.plan)
    db.session.refresh(entry)


def _require_known(actor: Actor, plan: Plan, facts: EntryFacts, before: EntryFacts | None) -> None:
    """Those who are named anew are among those whom the actor may name, and a form is filled in
    by the plan's version of the template, or by that which it was filled in by before.

    Raises:
        NotResponsible: somebody named takes no part.
        StaleVersion: the plan has moved to another version of its template meanwhile.
    """
    was = before or EntryFacts()
    if facts.responsible != was.responsible and not _is_choosable(actor, plan, facts.responsible):
        raise NotResponsible(field=entry_facts.RESPONSIBLE)
    versions = (plan.template_version_id, was.details.get("version"))
    if "version" in facts.details and facts.details["version"] not in versions:
        raise StaleVersion
    for who in entry_facts.named(facts) - entry_facts.named(was):
        if not _is_choosable(actor, plan, who):
            raise NotResponsible


def _is_choosable(actor: Actor, plan: Plan, responsible: str | None) -> bool:
    if responsible in (None, OWNER, COORDINATOR):
        return True
    return responsible in {one.id for one in may_be_responsible(actor, plan)}


def next_position(plan: Plan, section: Section, parent: PlanEntry | None) -> int:
    """The place after the last beside it."""
    found = select(func.max(PlanEntry.position)).where(
        PlanEntry.plan_id == plan.id,
        PlanEntry.section == section,
        PlanEntry.parent_id == (parent.id if parent is not None else None),
    )
    return (db.session.scalar(found) or 0) + 1


# --- the bin -------------------------------------------------------------------------------------


BINNED = "plan_entry:binned"


def move_to_bin(actor: Actor, entry: PlanEntry, *, at: datetime) -> int:
    """Delete an entry and what is part of it, as far as the actor may; how many went along.

    What the actor may not delete stays, and then stands on its own.
    """
    _take(entry)
    if entry.deleted_at is not None:
        policy.require(actor, Action.SHOW, entry)
        return 0
    policy.require(actor, Action.RETIRE, entry)
    parts = [one for one in _below(entry) if policy.decide(actor, Action.RETIRE, one)]
    for one in (entry, *parts):
        one.deleted_at = at
        log.record(actor, BINNED, one, fields=("deleted_at",))
    activity.touch(entry.plan, at=at)
    return len(parts)


def bring_back(actor: Actor, entry: PlanEntry, *, at: datetime) -> int:
    """Bring an entry back with what was deleted together with it; how many came along.

    Raises:
        ParentInBin: it can't stand alone, and what it is part of is in the bin.
        FilledInAgain: it is a form of the template that is filled in anew.
    """
    _take(entry)
    if entry.deleted_at is None:
        policy.require(actor, Action.RETIRE, entry)
        return 0
    policy.require(actor, Action.RESTORE, entry)
    if not PLACES[entry.kind].stands_alone and _is_binned(entry.parent_id):
        raise ParentInBin
    if entry.kind is EntryKind.FORM and _is_filled_in_again(entry):
        raise FilledInAgain
    together = [one for one in _below(entry) if one.deleted_at == entry.deleted_at]
    parts = [one for one in together if policy.decide(actor, Action.RESTORE, one)]
    for one in (entry, *parts):
        one.deleted_at = None
        log.record(actor, "plan_entry:restored", one, fields=("deleted_at",))
    activity.touch(entry.plan, at=at)
    return len(parts)


def _is_filled_in_again(entry: PlanEntry) -> bool:
    key = entry.details["section"]
    return plan_template.open_form(entry.plan, entry.section, key) is not None


def _is_binned(pk: str | None) -> bool:
    parent = db.session.get(PlanEntry, pk) if pk is not None else None
    return parent is not None and parent.deleted_at is not None


def _below(entry: PlanEntry) -> list[PlanEntry]:
    """What is part of the entry, at any depth, in the bin or not."""
    found = select(PlanEntry).where(PlanEntry.plan_id == entry.plan_id)
    return below(entry, db.session.scalars(found))


def below(entry: PlanEntry, among: Iterable[PlanEntry]) -> list[PlanEntry]:
    """Those of ``among`` that are part of the entry, at any depth."""
    parts: dict[str | None, list[PlanEntry]] = {}
    for one in among:
        parts.setdefault(one.parent_id, []).append(one)
    found, waiting = [], [entry.id]
    while waiting:
        children = parts.pop(waiting.pop(), [])
        found += children
        waiting += [one.id for one in children]
    return found
