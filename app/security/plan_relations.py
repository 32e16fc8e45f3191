"""Queries for the plans that somebody has a relation to, where it gives a right: parts of
``plan_scope``.

They are about a question and a day, whoever asks, and kept, since making one costs more than the
answer to it: ``plan_scope`` adds whom they are about. Nothing of what they answer is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, true
from sqlalchemy.orm import aliased

from app.enums import Level, Section
from app.models import EmergencyAccess, PlanEntry, StandIn, WithheldSection
from app.security.consent_scope import (
    AUTHORITY,
    GRANT,
    OWNER,
    PARTICIPANT,
    PLAN,
    active,
    is_consented,
    is_of_age,
    is_reached_by,
    some,
)
from app.security.own_activities import lets_through
from app.security.plan_rights import (
    ACTIONS,
    IN_STATES,
    LEVEL_OF,
    LEVELS,
    SHARED,
    UNDER_WAY,
    Basis,
)
from app.security.roles import Action

STAND_IN: Any = aliased(StandIn)
EMERGENCY: Any = aliased(EmergencyAccess)
_WITHHELD: Any = aliased(WithheldSection)

KEPT = 512


@dataclass(frozen=True)
class Question:
    """In which plans something may be done: in a section, or with their pieces of content."""

    action: Action
    section: Section | None = None
    is_about_entries: bool = False

    @property
    def place(self) -> Any:
        """The section, or the column that says which; None for the plan as a whole."""
        return PlanEntry.section if self.is_about_entries else self.section


@dataclass(frozen=True)
class Related:
    """Ids of plans by what people are to them; ``person_id`` is the column that says who."""

    query: Select[Any]
    person_id: Any

    def of(self, municipality_id: int, person_id: str) -> Select[Any]:
        """The ids of those that this person has the relation to."""
        return self.query.where(
            PLAN.municipality_id == municipality_id, self.person_id == person_id
        )


@dataclass(frozen=True)
class _Need:
    """What must be allowed in a section, for the rows that meet the condition."""

    action: Action
    of: ColumnElement[bool] = field(default_factory=true)

    @property
    def level(self) -> Level | None:
        """The level that it takes; None for what is about the plan as a whole."""
        return LEVEL_OF.get(self.action)


def in_states(plan: Any, action: Action) -> ColumnElement[bool]:
    """The condition for plans in whose state an action can be done at all."""
    states = IN_STATES.get(action)
    if LEVEL_OF.get(action) not in (None, Level.READ):
        states = UNDER_WAY
    return true() if states is None else plan.state.in_(states)


# --- the relations -------------------------------------------------------------------------------


@lru_cache(KEPT)
def as_coordinator(asked: Question, on: date) -> tuple[Related, ...]:
    """Plans that people coordinate, or stand in for the coordinator of."""
    standing_in = (
        select(PLAN.id).join(STAND_IN, STAND_IN.plan_id == PLAN.id).where(active(STAND_IN, on))
    )
    return (
        *_where_right(select(PLAN.id), PLAN.coordinator_id, Basis.COORDINATOR, asked),
        *_where_right(standing_in, STAND_IN.person_id, Basis.STAND_IN, asked),
    )


@lru_cache(KEPT)
def as_owner(asked: Question, on: date) -> tuple[Related, ...]:
    """Plans that people own, of age or not."""
    needs = _needs(asked, PLAN.owner_id)
    right = _right(Basis.OWNER, needs, asked)
    young_right = _right(Basis.OWNER_UNDER_AGE, needs, asked)
    if right.compare(young_right):
        return _where(select(PLAN.id), PLAN.owner_id, right)
    of_age = func.coalesce(is_of_age(on), false())
    own = select(PLAN.id).join(OWNER, OWNER.id == PLAN.owner_id)
    either = or_(and_(of_age, right), and_(not_(of_age), young_right))
    return _where(own, PLAN.owner_id, either)


@lru_cache(KEPT)
def by_authority(asked: Question, on: date) -> tuple[Related, ...]:
    """Plans whose owners people act for, or look after without consenting."""
    needs, may_consent = _needs(asked, AUTHORITY.holder_id), AUTHORITY.may_consent
    right = or_(
        and_(may_consent.is_(True), _right(Basis.AUTHORITY, needs, asked)),
        and_(may_consent.is_(False), _right(Basis.AUTHORITY_TO_READ, needs, asked)),
    )
    query = (
        select(PLAN.id)
        .join(OWNER, OWNER.id == PLAN.owner_id)
        .join(AUTHORITY, AUTHORITY.owner_id == PLAN.owner_id)
        .where(is_reached_by(AUTHORITY, on))
    )
    if asked.place is not None:
        query = query.where(not_(_is_withheld(asked.place)))
    return _where(query, AUTHORITY.holder_id, right)


@lru_cache(KEPT)
def as_participant(asked: Question, on: date) -> tuple[Related, ...]:
    """Plans that people take part in, as far as it is both granted and consented to."""
    given = [
        need
        for need in _needs(asked, PARTICIPANT.person_id)
        if need.level is not None or need.action in ACTIONS[Basis.PARTICIPANT]
    ]
    if not given:
        return ()
    reached = _reached(given)
    # One part of the plan is enough, so the others need not be looked at.
    is_let_in = some(
        (GRANT,),
        GRANT.participant_id == PARTICIPANT.id,
        true() if asked.place is None else GRANT.section == asked.place,
        active(GRANT, on),
        reached(GRANT.level),
        is_consented(reached, on),
    )
    query = (
        select(PLAN.id)
        .join(OWNER, OWNER.id == PLAN.owner_id)
        .join(PARTICIPANT, PARTICIPANT.plan_id == PLAN.id)
        .where(active(PARTICIPANT, on), PLAN.state.in_(SHARED), is_let_in)
    )
    if asked.is_about_entries:
        query = query.where(lets_through(PARTICIPANT.person_id))
    return (Related(query, PARTICIPANT.person_id),)


@lru_cache(KEPT)
def in_emergency(asked: Question) -> tuple[Related, ...]:
    """Plans that people have opened in an emergency, at any time."""
    opened = (
        select(PLAN.id)
        .join(EMERGENCY, EMERGENCY.plan_id == PLAN.id)
        .where(EMERGENCY.ended_at.is_(None))
    )
    return _where_right(opened, EMERGENCY.person_id, Basis.EMERGENCY, asked)


# --- what they take ------------------------------------------------------------------------------


def _where_right(
    query: Select[Any], person_id: Any, basis: Basis, asked: Question
) -> tuple[Related, ...]:
    return _where(query, person_id, _right(basis, _needs(asked, person_id), asked))


def _where(query: Select[Any], person_id: Any, right: ColumnElement[bool]) -> tuple[Related, ...]:
    """The plans that give the right; nothing to ask when none ever does."""
    return () if right.compare(false()) else (Related(query.where(right), person_id),)


def _needs(asked: Question, person_id: Any) -> Sequence[_Need]:
    """What must be allowed; for a piece of content, by where it lies and who wrote it."""
    if not asked.is_about_entries:
        return (_Need(asked.action),)
    own_comment = and_(PlanEntry.author_id == person_id, PlanEntry.section == Section.COMMENTS)
    if asked.action not in (Action.LIST, Action.SHOW):
        return (_Need(Action.WRITE), _Need(Action.COMMENT, own_comment))
    in_bin, in_place = PlanEntry.deleted_at.is_not(None), PlanEntry.deleted_at.is_(None)
    return (
        _Need(Action.READ, in_place),
        _Need(Action.WRITE, in_bin),
        _Need(Action.COMMENT, and_(in_bin, own_comment)),
    )


def _right(basis: Basis, needs: Sequence[_Need], asked: Question) -> ColumnElement[bool]:
    """What must be true of plan and section for a relation to give the right."""
    by = [and_(one.of, in_states(PLAN, one.action), _opens(basis, one, asked)) for one in needs]
    return or_(false(), *by)


def _opens(basis: Basis, need: _Need, asked: Question) -> ColumnElement[bool]:
    if need.level is None:
        return true() if need.action in ACTIONS[basis] else false()
    open_sections = [s for s, one in LEVELS[basis].items() if one.rank >= need.level.rank]
    if asked.is_about_entries:
        return PlanEntry.section.in_(open_sections)
    return true() if asked.section in open_sections else false()


def _is_withheld(section: Any) -> ColumnElement[bool]:
    return some(
        (_WITHHELD,),
        _WITHHELD.authority_id == AUTHORITY.id,
        _WITHHELD.section == section,
        _WITHHELD.lifted_at.is_(None),
    )


def _reached(given: Sequence[_Need]) -> Callable[[Any], ColumnElement[bool]]:
    """What makes the condition that a level is as high as one of the needs."""

    def reached(level: Any) -> ColumnElement[bool]:
        return or_(
            *(
                and_(
                    need.of,
                    in_states(PLAN, need.action),
                    level.in_((need.level or Level.READ).and_above),
                )
                for need in given
            )
        )

    return reached
