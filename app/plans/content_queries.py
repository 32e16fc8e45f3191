"""What pages ask about plan content: a section in order, who is named, and what lies in the bin.

A section is read whole in one question, once policy has said that the actor reads it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload

from app.db import db
from app.enums import EntryKind, Section
from app.models import AuditEvent, Participant, Person, Plan, PlanEntry
from app.plans import content
from app.plans.entry_facts import COORDINATOR, OWNER, responsible_of
from app.plans.kinds import ORDERED, WRITTEN
from app.security import plan_access, policy, scope, tenancy
from app.security.actor import Actor
from app.security.roles import Action


@dataclass
class Branch:
    """An entry, and what is part of it."""

    entry: PlanEntry
    below: list["Branch"] = field(default_factory=list)
    evaluations: list[PlanEntry] = field(default_factory=list)
    is_first: bool = True
    is_last: bool = True


def readable(actor: Actor, plan: Plan, wanted: Collection[Section]) -> list[Section]:
    """Those of the wanted sections that the plan offers and the actor reads."""
    read = policy.open_sections(actor, Action.READ, plan)
    return [section for section in wanted if section in content.offered(plan) and section in read]


def entries(actor: Actor, plan: Plan, sections: Collection[Section]) -> Sequence[PlanEntry]:
    """What the actor sees in sections that they read, with authors and those responsible."""
    found = (
        select(PlanEntry)
        .where(
            PlanEntry.plan_id == plan.id,
            PlanEntry.section.in_(sections),
            PlanEntry.deleted_at.is_(None),
        )
        .options(*WITH_NAMES)
        .order_by(PlanEntry.position, PlanEntry.id)
    )
    return _seen_among(actor, plan, sections, db.session.scalars(found).all())


def _seen_among(
    actor: Actor, plan: Plan, sections: Collection[Section], found: Sequence[PlanEntry]
) -> Sequence[PlanEntry]:
    """What the actor sees of entries in sections that they read; nearly always all of it."""
    if not plan_access.sees_own_only(actor, plan, sections):
        return found
    return [one for one in found if policy.decide(actor, Action.SHOW, one)]


WITH_NAMES = (
    joinedload(PlanEntry.author),
    joinedload(PlanEntry.responsible).joinedload(Participant.person),
)


def tree(found: Sequence[PlanEntry]) -> list[Branch]:
    """Entries as a tree; one whose parent is not among them stands at the top."""
    branches = {one.id: Branch(one) for one in found if one.kind is not EntryKind.EVALUATION}
    tops: list[Branch] = []
    for one in found:
        parent = branches.get(one.parent_id or "")
        if one.kind is EntryKind.EVALUATION:
            if parent is not None:
                parent.evaluations.append(one)
            continue
        (parent.below if parent is not None else tops).append(branches[one.id])
    for beside in (tops, *(branch.below for branch in branches.values())):
        _mark_ends(beside)
    return tops


def _mark_ends(beside: list[Branch]) -> None:
    """Say which are first and last among those they change places with."""
    groups: dict[tuple[EntryKind, str | None], list[Branch]] = {}
    for branch in beside:
        groups.setdefault((branch.entry.kind, branch.entry.parent_id), []).append(branch)
    for group in groups.values():
        for branch in group:
            is_ordered = branch.entry.kind in ORDERED
            branch.is_first = not is_ordered or branch is group[0]
            branch.is_last = not is_ordered or branch is group[-1]


def count_comments(plan: Plan) -> dict[str, int]:
    """How many comments each entry has, for who reads comments."""
    found = (
        select(PlanEntry.parent_id, func.count())
        .where(
            PlanEntry.plan_id == plan.id,
            PlanEntry.section == Section.COMMENTS,
            PlanEntry.deleted_at.is_(None),
            PlanEntry.parent_id.is_not(None),
        )
        .group_by(PlanEntry.parent_id)
    )
    return {str(parent_id): count for parent_id, count in db.session.execute(found)}


def parts(entry: PlanEntry, section: Section) -> Sequence[PlanEntry]:
    """What is directly part of an entry, in a section that the actor reads."""
    found = (
        select(PlanEntry)
        .where(
            PlanEntry.plan_id == entry.plan_id,
            PlanEntry.parent_id == entry.id,
            PlanEntry.section == section,
            PlanEntry.deleted_at.is_(None),
        )
        .options(*WITH_NAMES)
        .order_by(PlanEntry.position, PlanEntry.id)
    )
    return db.session.scalars(found).all()


def seen(actor: Actor, pk: str | None) -> PlanEntry | None:
    """The entry of this id, when the actor sees it.

    One is decided in memory: the condition for many costs more than the whole answer.
    """
    if pk is None:
        return None
    found = select(PlanEntry).where(PlanEntry.id == pk).options(*WITH_NAMES)
    entry = db.session.scalar(found)
    return entry if entry is not None and policy.decide(actor, Action.SHOW, entry) else None


def seen_of(actor: Actor, plan: Plan, ids: Collection[str]) -> dict[str, PlanEntry]:
    """The entries of these ids, outside the bin, in sections that the actor reads."""
    if not ids:
        return {}
    sections = readable(actor, plan, WRITTEN)
    found = select(PlanEntry).where(
        PlanEntry.plan_id == plan.id,
        PlanEntry.id.in_(ids),
        PlanEntry.section.in_(sections),
        PlanEntry.deleted_at.is_(None),
    )
    rows = db.session.scalars(found).all()
    return {one.id: one for one in _seen_among(actor, plan, sections, rows)}


# --- the bin -------------------------------------------------------------------------------------


def binned(actor: Actor, plan: Plan) -> list[PlanEntry]:
    """What the actor may bring back, newest first; what went along with another is left out."""
    found = scope.rows(actor, PlanEntry, Action.RESTORE).where(PlanEntry.plan_id == plan.id)
    ordered = found.options(*WITH_NAMES).order_by(PlanEntry.deleted_at.desc(), PlanEntry.id)
    rows = db.session.scalars(ordered).all()
    offered = content.offered(plan)
    together = {(one.id, one.deleted_at) for one in rows}
    return [
        one
        for one in rows
        if one.section in offered and (one.parent_id, one.deleted_at) not in together
    ]


def who_binned(plan: Plan, rows: Sequence[PlanEntry]) -> dict[str, str]:
    """The names of those who deleted what lies in the bin, by the id of the entry, from the log."""
    found = db.session.execute(
        select(AuditEvent.object_id, Person)
        .join(
            Person,
            and_(
                Person.id == AuditEvent.person_id,
                Person.municipality_id == plan.municipality_id,
            ),
        )
        .where(
            tenancy.logged_here(),
            AuditEvent.action == content.BINNED,
            AuditEvent.object_id.in_([one.id for one in rows]),
        )
        # What was deleted before, and brought back, was so by somebody else perhaps.
        .order_by(AuditEvent.id)
    )
    return {object_id: person.full_name for object_id, person in found}


def may_have_binned(actor: Actor, plan: Plan) -> bool:
    """Whether the actor may write anything that could lie in the bin."""
    if policy.decide(actor, Action.COMMENT, plan, section=Section.COMMENTS):
        return True
    return not policy.open_sections(actor, Action.WRITE, plan).isdisjoint(content.offered(plan))


# --- who is responsible --------------------------------------------------------------------------


def responsible_choices(
    actor: Actor, plan: Plan, coordinator_word: str, now: PlanEntry | None = None
) -> list[tuple[str, str]]:
    """(value, name) of those who may be named responsible, and of who is."""
    found = list(_in_the_plan(plan, coordinator_word).items())
    participants = content.may_be_responsible(actor, plan)
    found += [(one.id, name_participant(one)) for one in participants]
    present = now.responsible if now is not None else None
    if present is not None and present.id not in {value for value, _name in found}:
        found.append((present.id, name_participant(present)))
    return found


def all_ever(plan: Plan, coordinator_word: str, ids: Collection[str]) -> list[tuple[str, str]]:
    """(value, name) of those whom earlier versions name, also when they have left the plan."""
    rows = select(Participant).where(Participant.plan_id == plan.id, Participant.id.in_(ids))
    found = db.session.scalars(rows.options(joinedload(Participant.person)))
    named = {one.id: name_participant(one) for one in found}
    return list((_in_the_plan(plan, coordinator_word) | named).items())


def name_responsible(plan: Plan, entry: PlanEntry) -> str:
    """The name of who is responsible; empty for nobody."""
    who = responsible_of(entry)
    if who == OWNER:
        return plan.owner.full_name
    if who == COORDINATOR:
        return plan.coordinator.full_name
    return entry.responsible.person.full_name if entry.responsible is not None else ""


def name_participant(participant: Participant) -> str:
    """Name and function."""
    return f"{participant.person.full_name}, {participant.function}"


def _in_the_plan(plan: Plan, coordinator_word: str) -> dict[str, str]:
    return {
        OWNER: plan.owner.full_name,
        COORDINATOR: f"{plan.coordinator.full_name}, {coordinator_word}",
    }


def flat(branches: Sequence[Branch]) -> Iterator[Branch]:
    """Every branch, in reading order."""
    for branch in branches:
        yield branch
        yield from flat(branch.below)
