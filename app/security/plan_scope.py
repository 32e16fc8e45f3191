"""What an actor may see of many plans, and of what is in them: conditions for SQL.

The twin of ``plan_access``; ages, authorities and consents are in ``consent_scope``. Each relation
to a plan is one query for ids that starts from the rows about the actor; they are joined by UNION,
so that a person with few plans among a hundred thousand costs few look-ups.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.clock import day_of
from app.enums import Level, Role, Section
from app.models import (
    Consent,
    EmergencyAccess,
    Participant,
    Plan,
    PlanEntry,
    StandIn,
    Unit,
    WithheldSection,
)
from app.security.actor import Actor
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
from app.security.plan_access import ON_ENTRY
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
from app.security.tenancy import stands
from app.side_tables import Handover

_STAND_IN: Any = aliased(StandIn)
_EMERGENCY: Any = aliased(EmergencyAccess)
_WITHHELD: Any = aliased(WithheldSection)

SectionAsked = Section | ColumnElement[Any] | InstrumentedAttribute[Section]
"""A section, or the column that says which."""


def plans(actor: Actor, action: Action, section: Section | None = None) -> ColumnElement[bool]:
    """The condition for plans in which ``actor`` may do ``action``; the twin of ``basis_for``."""
    if _is_closed(actor, action, section):
        return false()
    whole = _administered(actor, action)
    if whole is not None and whole.compare(true()):
        return and_(_here(actor, Plan), _in_states(Plan, action))
    by = [_among(Plan.id, _related(actor, action, section))]
    if whole is not None:
        by.append(and_(_in_states(Plan, action), whole))
    return and_(_here(actor, Plan), or_(*by))


def entries(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for pieces of content; the twin of ``entry_basis``."""
    if action not in ON_ENTRY or actor.at is None or actor.municipality_id is None:
        return false()
    in_bin, in_place = PlanEntry.deleted_at.is_not(None), PlanEntry.deleted_at.is_(None)
    own_comment = and_(
        PlanEntry.author_id == actor.person_id, PlanEntry.section == Section.COMMENTS
    )
    needs = [Need(Action.WRITE), Need(Action.COMMENT, own_comment)]
    if action in (Action.LIST, Action.SHOW):
        needs = [Need(Action.READ, in_place), *(need.where(in_bin) for need in needs)]
        return and_(_here(actor, PlanEntry), _is_open(actor, needs))
    is_there = in_bin if action is Action.RESTORE else in_place
    return and_(_here(actor, PlanEntry), is_there, _is_open(actor, needs))


def participants(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for participations; the twin of ``participant_basis``."""
    if action in (Action.LIST, Action.SHOW):
        own = and_(
            Participant.person_id == actor.person_id,
            _in_plans(Participant.plan_id, actor, Action.SHOW),
        )
        seen = _in_plans(Participant.plan_id, actor, Action.READ, Section.PARTICIPANTS)
        return and_(_here(actor, Participant), or_(own, seen))
    if action in (Action.STEER_ACCESS, Action.STOP_ACCESS, Action.SEE_AS):
        return and_(_here(actor, Participant), _in_plans(Participant.plan_id, actor, action))
    return false()


def consents(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for consents; the twin of ``consent_basis``."""
    if action in (Action.LIST, Action.SHOW):
        seen = _in_plans(Consent.plan_id, actor, Action.READ, Section.CONSENTS)
        return and_(_here(actor, Consent), seen)
    if action is Action.WITHDRAW_CONSENT:
        return and_(
            _here(actor, Consent),
            Consent.giver_id == actor.person_id,
            _in_plans(Consent.plan_id, actor, action),
        )
    return false()


def handovers(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for offered hand-overs; the twin of ``handover_basis``."""
    is_theirs = Handover.to_id == actor.person_id if actor.holds(Role.COORDINATOR) else false()
    if action is Action.ANSWER:
        open_plans = select(Plan.id).where(_in_states(Plan, Action.HAND_OVER)).correlate(None)
        is_open = and_(Handover.answered_at.is_(None), Handover.plan_id.in_(open_plans))
        return and_(_here(actor, Handover), is_theirs, is_open)
    if action in (Action.LIST, Action.SHOW):
        offered = _in_plans(Handover.plan_id, actor, Action.HAND_OVER)
        return and_(_here(actor, Handover), or_(is_theirs, offered))
    return false()


# --- the parts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Need:
    """What must be allowed in a section, for the rows that meet the condition."""

    action: Action
    of: ColumnElement[bool] = field(default_factory=true)

    @property
    def level(self) -> Level | None:
        """The level that it takes; None for what is about the plan as a whole."""
        return LEVEL_OF.get(self.action)

    def where(self, condition: ColumnElement[bool]) -> "Need":
        """The same for those rows alone that meet this condition too."""
        return Need(self.action, and_(condition, self.of))


def _is_closed(actor: Actor, action: Action, section: Section | None) -> bool:
    """Whether no plan can be open: for nobody, nowhere, or no section."""
    is_nowhere = actor.at is None or actor.municipality_id is None
    return is_nowhere or (action in LEVEL_OF and section is None)


def _here(actor: Actor, model: Any) -> ColumnElement[bool]:
    return model.municipality_id == actor.municipality_id if stands("policy") else true()


def _in_states(plan: Any, action: Action) -> ColumnElement[bool]:
    states = IN_STATES.get(action)
    if LEVEL_OF.get(action) not in (None, Level.READ):
        states = UNDER_WAY
    return true() if states is None else plan.state.in_(states)


def _administered(actor: Actor, action: Action) -> ColumnElement[bool] | None:
    """The plans that a local administrator reaches; None where the role gives no such right."""
    if action not in ACTIONS[Basis.LOCAL_ADMINISTRATOR]:
        return None
    return _administered_part(actor, Plan)


def _administered_part(actor: Actor, plan: Any) -> ColumnElement[bool] | None:
    paths = [h.unit_path for h in actor.holdings if h.role is Role.LOCAL_ADMINISTRATOR]
    if not paths:
        return None
    if None in paths:
        return true()
    below = [and_(Unit.path >= path, Unit.path < f"{str(path)[:-1]}0") for path in paths]
    return plan.unit_id.in_(select(Unit.id).where(or_(*below)).correlate(None))


def _in_plans(
    plan_id: Any, actor: Actor, action: Action, section: Section | None = None
) -> ColumnElement[bool]:
    """Whether a row belongs to a plan in which the actor may do ``action``."""
    if _is_closed(actor, action, section):
        return false()
    by = [_among(plan_id, _related(actor, action, section))]
    whole = _administered(actor, action)
    if whole is not None:
        found = select(Plan.id).where(_here(actor, Plan), _in_states(Plan, action), whole)
        by.append(plan_id.in_(found.correlate(None)))
    return or_(*by)


def _among(plan_id: Any, found: Sequence[Select[Any]]) -> ColumnElement[bool]:
    """Whether a plan is one of those found, which are looked up once.

    Left to itself, PostgreSQL may look for all of them anew for every row that it compares.
    """
    if not found:
        return false()
    ids = union_all(*found) if len(found) > 1 else found[0]
    once = ids.cte().prefix_with("MATERIALIZED")
    return plan_id.in_(select(once.c.id))


def _is_open(actor: Actor, needs: Sequence[Need]) -> ColumnElement[bool]:
    """Whether the section that an entry is in is open to the actor as far as one of the needs."""
    found = _found(actor, needs, PlanEntry.section)
    return or_(
        false(),
        *(exists(one.where(PLAN.id == PlanEntry.plan_id)).correlate(PlanEntry) for one in found),
    )


def _related(actor: Actor, action: Action, section: Section | None) -> list[Select[Any]]:
    """Ids of the plans that the actor has a relation to, where that relation gives the right."""
    return _found(actor, [Need(action)], section)


def _found(actor: Actor, needs: Sequence[Need], section: SectionAsked | None) -> list[Select[Any]]:
    """One query for each relation, to see whether it gives what one of the needs asks for."""
    if actor.person_id is None or actor.at is None:
        return []
    on = day_of(actor.at)
    return [
        *_as_coordinator(actor, on, needs, section),
        *_as_owner(actor, on, needs, section),
        *_by_authority(actor, on, needs, section),
        *_as_participant(actor, on, needs, section),
        *_in_emergency(actor, actor.at, needs, section),
    ]


def _right(
    basis: Basis, needs: Sequence[Need], section: SectionAsked | None
) -> ColumnElement[bool]:
    """What must be true of plan and section for a relation to give the right."""
    return or_(
        false(),
        *(
            and_(need.of, _in_states(PLAN, need.action), _opens(basis, need, section))
            for need in needs
        ),
    )


def _opens(basis: Basis, need: Need, section: SectionAsked | None) -> ColumnElement[bool]:
    if need.level is None:
        return true() if need.action in ACTIONS[basis] else false()
    open_sections = [s for s, one in LEVELS[basis].items() if one.rank >= need.level.rank]
    if isinstance(section, Section):
        return true() if section in open_sections else false()
    return section.in_(open_sections) if section is not None else false()


def _if_possible(query: Select[Any], right: ColumnElement[bool]) -> list[Select[Any]]:
    """The query for plans that give the right; nothing to ask when none ever does."""
    return [] if right.compare(false()) else [query.where(right)]


def _as_coordinator(
    actor: Actor, on: date, needs: Sequence[Need], section: SectionAsked | None
) -> list[Select[Any]]:
    if not actor.holds(Role.COORDINATOR):
        return []
    own = select(PLAN.id).where(_mine(actor, PLAN.coordinator_id))
    standing_in = (
        select(PLAN.id)
        .join(_STAND_IN, _STAND_IN.plan_id == PLAN.id)
        .where(_mine(actor, _STAND_IN.person_id), active(_STAND_IN, on))
    )
    return [
        *_if_possible(own, _right(Basis.COORDINATOR, needs, section)),
        *_if_possible(standing_in, _right(Basis.STAND_IN, needs, section)),
    ]


def _as_owner(
    actor: Actor, on: date, needs: Sequence[Need], section: SectionAsked | None
) -> list[Select[Any]]:
    own = select(PLAN.id).where(_mine(actor, PLAN.owner_id))
    right = _right(Basis.OWNER, needs, section)
    young_right = _right(Basis.OWNER_UNDER_AGE, needs, section)
    if right.compare(young_right):
        return _if_possible(own, right)
    of_age = func.coalesce(is_of_age(on), false())
    either = or_(and_(of_age, right), and_(not_(of_age), young_right))
    return [own.join(OWNER, OWNER.id == PLAN.owner_id).where(either)]


def _mine(actor: Actor, column: Any) -> ColumnElement[bool]:
    return and_(PLAN.municipality_id == actor.municipality_id, column == actor.person_id)


def _by_authority(
    actor: Actor, on: date, needs: Sequence[Need], section: SectionAsked | None
) -> list[Select[Any]]:
    may_consent = AUTHORITY.may_consent
    right = or_(
        and_(may_consent.is_(True), _right(Basis.AUTHORITY, needs, section)),
        and_(may_consent.is_(False), _right(Basis.AUTHORITY_TO_READ, needs, section)),
    )
    query = (
        select(PLAN.id)
        .join(OWNER, OWNER.id == PLAN.owner_id)
        .join(AUTHORITY, AUTHORITY.owner_id == PLAN.owner_id)
        .where(
            AUTHORITY.municipality_id == actor.municipality_id,
            AUTHORITY.holder_id == actor.person_id,
            is_reached_by(AUTHORITY, on),
        )
    )
    if section is not None:
        query = query.where(not_(_is_withheld(section)))
    return _if_possible(query, right)


def _is_withheld(section: SectionAsked) -> ColumnElement[bool]:
    return some(
        (_WITHHELD,),
        _WITHHELD.authority_id == AUTHORITY.id,
        _WITHHELD.section == section,
        _WITHHELD.lifted_at.is_(None),
    )


def _as_participant(
    actor: Actor, on: date, needs: Sequence[Need], section: SectionAsked | None
) -> list[Select[Any]]:
    given = [n for n in needs if n.level is not None or n.action in ACTIONS[Basis.PARTICIPANT]]
    if not given:
        return []

    def reached(level: Any) -> ColumnElement[bool]:
        return or_(
            *(
                and_(
                    need.of,
                    _in_states(PLAN, need.action),
                    level.in_((need.level or Level.READ).and_above),
                )
                for need in given
            )
        )

    query = (
        select(PLAN.id)
        .join(OWNER, OWNER.id == PLAN.owner_id)
        .join(PARTICIPANT, PARTICIPANT.plan_id == PLAN.id)
        .join(GRANT, GRANT.participant_id == PARTICIPANT.id)
        .where(
            PARTICIPANT.municipality_id == actor.municipality_id,
            PARTICIPANT.person_id == actor.person_id,
            active(PARTICIPANT, on),
            active(GRANT, on),
            PLAN.state.in_(SHARED),
            reached(GRANT.level),
            is_consented(reached, on),
        )
    )
    return [query if section is None else query.where(GRANT.section == section)]


def _in_emergency(
    actor: Actor, at: datetime, needs: Sequence[Need], section: SectionAsked | None
) -> list[Select[Any]]:
    administered = _administered_part(actor, PLAN)
    if administered is None:
        return []
    opened = (
        select(PLAN.id)
        .join(_EMERGENCY, _EMERGENCY.plan_id == PLAN.id)
        .where(
            _mine(actor, _EMERGENCY.person_id),
            _EMERGENCY.ended_at.is_(None),
            _EMERGENCY.starts_at <= at,
            _EMERGENCY.ends_at > at,
            administered,
        )
    )
    return _if_possible(opened, _right(Basis.EMERGENCY, needs, section))
