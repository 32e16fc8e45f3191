"""Who has a standard role now, and what a newer version of it would change for them.

Only what a local administrator sees of plans: that somebody takes part, in what kind of plan.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.db import db
from app.enums import Level, PlanKind, PlanState, Section
from app.models import Grant, Participant, Person, Plan, StandardRole
from app.plans import role_proposals
from app.plans.role_steps import Step, step
from app.security import scope
from app.security.actor import Actor
from app.security.plan_rights import BY_CAPABILITY, OPEN
from app.security.roles import Action
from app.set_up_tables import RoleProposal
from app.templating import role_matrix, standard_roles
from app.templating.role_changes import Rights, rights
from app.templating.role_content import RoleContent


@dataclass(frozen=True)
class Count:
    """How many participants, in how many plans."""

    participants: int = 0
    plans: int = 0


@dataclass(frozen=True)
class Holder:
    """Somebody who has a standard role now, as far as a local administrator sees it.

    ``person`` is None where the reader does not see the person, ``unit`` where there is none or it
    would tell where somebody with a protected address is.
    """

    person: Person | None
    kind: PlanKind
    unit: Any
    number: int | None


@dataclass
class Touched:
    """For one part of the plan: the participants that a version narrows, asks for, and leaves."""

    narrowed: set[tuple[str, str]] = field(default_factory=set)
    proposed: set[tuple[str, str]] = field(default_factory=set)
    left: set[tuple[str, str]] = field(default_factory=set)

    @property
    def all(self) -> Count:
        """How many it changes something for."""
        return counted(self.narrowed | self.proposed)


def counted(pairs: Iterable[tuple[str, str]]) -> Count:
    """Participants and plans among pairs of their ids."""
    found = set(pairs)
    return Count(len(found), len({plan_id for _participant_id, plan_id in found}))


# --- who -----------------------------------------------------------------------------------------


def standing(actor: Actor, on: date) -> ColumnElement[bool]:
    """The condition for participations that have not ended, in plans that the actor keeps the
    overview of; with the plan joined."""
    is_standing = and_(
        Participant.ended_at.is_(None),
        or_(Participant.ends_on.is_(None), Participant.ends_on > on),
    )
    return and_(is_standing, scope.visible(actor, Plan, Action.EXPORT))


def holding(actor: Actor, role: StandardRole, on: date) -> Select[Any]:
    """Participations with a standard role, in the order in which they are brought along."""
    return (
        select(Participant)
        .join(Plan, Participant.plan_id == Plan.id)
        .where(Participant.standard_role_id == role.id, standing(actor, on))
        .order_by(Participant.id)
    )


def counts(actor: Actor, on: date) -> dict[str, Count]:
    """How many have each standard role now."""
    found = db.session.execute(
        select(
            Participant.standard_role_id,
            func.count(Participant.id),
            func.count(Participant.plan_id.distinct()),
        )
        .join(Plan, Participant.plan_id == Plan.id)
        .where(Participant.standard_role_id.is_not(None), standing(actor, on))
        .group_by(Participant.standard_role_id)
    )
    return {row[0]: Count(row[1], row[2]) for row in found}


def holders(
    actor: Actor, role: StandardRole, on: date, *, after: str | None, limit: int
) -> tuple[list[Holder], str | None]:
    """Some of those who have a role, and after which one the next come (None: these were all)."""
    asked = holding(actor, role, on)
    if after is not None:
        asked = asked.where(Participant.id > after)
    found = list(db.session.scalars(asked.limit(limit + 1)))
    shown = found[:limit]
    wanted = scope.rows(actor, Person, Action.SHOW).where(
        Person.id.in_([one.person_id for one in shown])
    )
    seen = {person.id: person for person in db.session.scalars(wanted)}
    next_after = shown[-1].id if len(found) > limit else None
    return [_holder(one, seen) for one in shown], next_after


def _holder(one: Participant, seen: Mapping[str, Person]) -> Holder:
    plan = one.plan
    unit = None if plan.owner.is_shielded else plan.unit
    return Holder(seen.get(one.person_id), plan.kind, unit, one.standard_role_number)


# --- what a version would change for them --------------------------------------------------------


@dataclass(frozen=True)
class _Facts:
    """What is asked once for all who have a role."""

    versions: Mapping[int, Rights]
    offered: Mapping[PlanKind, frozenset[Section]]
    given: Mapping[str, Mapping[Section, Level]]
    brought: Mapping[str, Sequence[int]]


def touched(
    actor: Actor, role: StandardRole, content: RoleContent, on: date, *, is_new: bool
) -> dict[Section | None, Touched]:
    """What bringing everyone to ``content`` would change, by part; None: the capabilities.

    Unless it ``is_new``, it is what is in use, and who was brought to that is not touched again.
    """
    found: defaultdict[Section | None, Touched] = defaultdict(Touched)
    facts = _facts(actor, role, rights(content), on)
    newest = role.number + is_new
    asked = holding(actor, role, on).with_only_columns(
        Participant.id, Participant.plan_id, Participant.standard_role_number, Plan.kind, Plan.state
    )
    after, known = rights(content), dict[Any, Step]()
    for one in db.session.execute(asked):
        given = facts.given.get(one.id, {})
        since = _since(one.id, one.standard_role_number, facts)
        if max((one.standard_role_number or 0, *since)) >= newest:
            continue
        # Most who have a role have it in the same way, and are asked about once.
        alike = (one.standard_role_number, since, one.kind, one.state, frozenset(given.items()))
        if alike not in known:
            before = role_proposals.held(one.standard_role_number, since, facts.versions)
            plain = Step() if before is None else step(before, after, given)
            known[alike] = fitting(plain, one.state, facts.offered[one.kind])
        _note(found, (one.id, one.plan_id), known[alike])
    return found


def fitting(one: Step, state: PlanState, offered: Iterable[Section]) -> Step:
    """A step as it can be made in a plan: what it does not offer is not proposed there, and
    nothing is in one that is closed."""
    open_ones = set(offered) if state in OPEN else set()
    return Step(
        one.narrowed,
        {section: level for section, level in one.proposed.items() if section in open_ones},
        one.left,
        one.capabilities if state in OPEN else (),
        one.limits,
    )


def _note(found: defaultdict[Section | None, Touched], pair: tuple[str, str], one: Step) -> None:
    for section in one.narrowed:
        found[section].narrowed.add(pair)
    for section in one.proposed:
        found[section].proposed.add(pair)
    for section in one.left:
        found[section].left.add(pair)
    if one.capabilities:
        found[None].proposed.add(pair)
    if one.limits:
        found[None].narrowed.add(pair)


def _since(participant_id: str, number: int | None, facts: _Facts) -> tuple[int, ...]:
    return tuple(one for one in facts.brought.get(participant_id, ()) if one > (number or 0))


def _facts(actor: Actor, role: StandardRole, after: Rights, on: date) -> _Facts:
    versions = {number: rights(one) for number, one in standard_roles.contents(role).items()}
    # Only where versions differ can anything change, and in what a capability opens.
    parts = [
        section
        for section in Section
        if section in BY_CAPABILITY.values()
        or any(one.level(section) is not after.level(section) for one in versions.values())
    ]
    ids = holding(actor, role, on).with_only_columns(Participant.id).order_by(None)
    given: defaultdict[str, dict[Section, Level]] = defaultdict(dict)
    grants = select(Grant.participant_id, Grant.section, Grant.level).where(
        Grant.participant_id.in_(ids),
        Grant.section.in_(parts),
        Grant.ended_at.is_(None),
        or_(Grant.ends_on.is_(None), Grant.ends_on > on),
    )
    for row in db.session.execute(grants):
        given[row.participant_id][row.section] = row.level
    made: defaultdict[str, list[int]] = defaultdict(list)
    proposals = select(RoleProposal.participant_id, RoleProposal.number).where(
        RoleProposal.role_id == role.id, RoleProposal.participant_id.in_(ids)
    )
    for proposal in db.session.execute(proposals):
        made[proposal.participant_id].append(proposal.number)
    return _Facts(
        versions,
        role_matrix.by_kind(),
        given,
        made,
    )
