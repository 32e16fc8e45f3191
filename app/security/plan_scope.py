"""What an actor may see of many plans, and of what is in them: conditions for SQL.

The twin of ``plan_access``; ages, authorities and consents are in ``consent_scope``. Each relation
to a plan is one query for ids; they are joined by UNION, so that a person with few plans among a
hundred thousand costs few look-ups.
"""

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
    PARTICIPANT,
    PLAN,
    active,
    is_consented,
    is_of_age,
    is_reached_by,
    some,
)
from app.security.own_activities import lets_through
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
    if actor.at is None or actor.municipality_id is None:
        return false()
    needed = LEVEL_OF.get(action)
    if needed is not None and section is None:
        return false()
    whole = _administered(actor, action)
    if whole is not None and whole.compare(true()):
        return and_(_here(actor, Plan), _in_state(Plan, action))
    by = [_related(actor, action, section, None)]
    if whole is not None:
        by.append(whole)
    return and_(_here(actor, Plan), _in_state(Plan, action), or_(*by))


def entries(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for pieces of content; the twin of ``entry_basis``."""
    if action not in ON_ENTRY or actor.at is None or actor.municipality_id is None:
        return false()
    needed = ON_ENTRY[action]
    in_bin, is_own_comment = PlanEntry.deleted_at.is_not(None), _is_own_comment(actor)
    to_write = or_(
        _entry_open(actor, Action.WRITE),
        and_(is_own_comment, _entry_open(actor, Action.COMMENT)),
    )
    outside = to_write if needed is Action.WRITE else _entry_open(actor, needed)
    if action is Action.RESTORE:
        return and_(_here(actor, PlanEntry), in_bin, to_write)
    if action in (Action.LIST, Action.SHOW):
        return and_(
            _here(actor, PlanEntry),
            or_(and_(not_(in_bin), outside), and_(in_bin, to_write)),
        )
    return and_(_here(actor, PlanEntry), not_(in_bin), outside)


def participants(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for participations; the twin of ``participant_basis``."""
    if action in (Action.LIST, Action.SHOW):
        own = and_(
            Participant.person_id == actor.person_id,
            Participant.plan_id.in_(_ids(actor, Action.SHOW)),
        )
        seen = Participant.plan_id.in_(_ids(actor, Action.READ, Section.PARTICIPANTS))
        return and_(_here(actor, Participant), or_(own, seen))
    if action in (Action.STEER_ACCESS, Action.STOP_ACCESS, Action.SEE_AS):
        return and_(_here(actor, Participant), Participant.plan_id.in_(_ids(actor, action)))
    return false()


def consents(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for consents; the twin of ``consent_basis``."""
    if action in (Action.LIST, Action.SHOW):
        ids = _ids(actor, Action.READ, Section.CONSENTS)
        return and_(_here(actor, Consent), Consent.plan_id.in_(ids))
    if action is Action.WITHDRAW_CONSENT:
        return and_(
            _here(actor, Consent),
            Consent.giver_id == actor.person_id,
            Consent.plan_id.in_(_ids(actor, action)),
        )
    if action is Action.RECORD_WITHDRAWAL:
        return and_(_here(actor, Consent), Consent.plan_id.in_(_ids(actor, action)))
    return false()


def handovers(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for offered hand-overs; the twin of ``handover_basis``."""
    is_theirs = Handover.to_id == actor.person_id if actor.holds(Role.COORDINATOR) else false()
    if action is Action.ANSWER:
        open_plans = _ids(actor, None, states=IN_STATES[Action.HAND_OVER])
        is_open = and_(Handover.answered_at.is_(None), Handover.plan_id.in_(open_plans))
        return and_(_here(actor, Handover), is_theirs, is_open)
    if action in (Action.LIST, Action.SHOW):
        offered = Handover.plan_id.in_(_ids(actor, Action.HAND_OVER))
        return and_(_here(actor, Handover), or_(is_theirs, offered))
    return false()


# --- the parts -----------------------------------------------------------------------------------


def _ids(
    actor: Actor,
    action: Action | None,
    section: Section | None = None,
    *,
    states: frozenset[Any] | None = None,
) -> Select[Any]:
    """Ids of the plans in which the actor may do ``action``, or of those in ``states``."""
    condition = plans(actor, action, section) if action is not None else true()
    found = select(Plan.id).where(condition)
    if states is not None:
        found = found.where(Plan.state.in_(states))
    return found.correlate(None)


def _here(actor: Actor, model: Any) -> ColumnElement[bool]:
    return model.municipality_id == actor.municipality_id if stands("policy") else true()


def _in_state(plan: Any, action: Action) -> ColumnElement[bool]:
    states = IN_STATES.get(action)
    if LEVEL_OF.get(action) not in (None, Level.READ):
        states = UNDER_WAY
    return true() if states is None else plan.state.in_(states)


def _entry_open(actor: Actor, needed: Action) -> ColumnElement[bool]:
    """Whether the section that an entry is in is open to the actor."""
    return _related(actor, needed, PlanEntry.section, PlanEntry.plan_id)


def _is_own_comment(actor: Actor) -> ColumnElement[bool]:
    return and_(PlanEntry.author_id == actor.person_id, PlanEntry.section == Section.COMMENTS)


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


def _related(
    actor: Actor, action: Action, section: SectionAsked | None, plan_id: Any
) -> ColumnElement[bool]:
    """Plans that the actor has a relation to, and where that relation gives the right.

    Without ``plan_id`` a condition on ``Plan``; with it one on a row that names its plan.
    """
    if actor.person_id is None or actor.at is None:
        return false()
    on = day_of(actor.at)
    needed = LEVEL_OF.get(action)
    found: list[Select[Any]] = []
    for basis, condition in _relations(actor, on, actor.at):
        right = _right(basis, action, needed, section)
        if right is not None:
            found.append(select(PLAN.id).where(condition, right, _in_state(PLAN, action)))
    found += _as_participant(actor, on, action, section)
    found += _by_authority(actor, on, action, section)
    if not found:
        return false()
    if plan_id is None:
        return Plan.id.in_(union_all(*found) if len(found) > 1 else found[0])
    return or_(*(_for_row(one, plan_id) for one in found))


def _for_row(ids: Select[Any], plan_id: Any) -> ColumnElement[bool]:
    return exists(ids.where(PLAN.id == plan_id)).correlate(PlanEntry)


def _right(
    basis: Basis, action: Action, needed: Level | None, section: SectionAsked | None
) -> ColumnElement[bool] | None:
    """What must be true of the section for a relation to give the right; None: it never does."""
    if needed is None:
        return true() if action in ACTIONS[basis] else None
    open_sections = [s for s, one in LEVELS[basis].items() if one.rank >= needed.rank]
    if isinstance(section, Section):
        return true() if section in open_sections else None
    return section.in_(open_sections) if section is not None else None


def _relations(actor: Actor, on: date, at: datetime) -> list[tuple[Basis, ColumnElement[bool]]]:
    """Every relation to ``PLAN`` that opens fixed sections."""
    found: list[tuple[Basis, ColumnElement[bool]]] = []
    if actor.holds(Role.COORDINATOR):
        found.append((Basis.COORDINATOR, _mine(actor, PLAN.coordinator_id)))
        stands_in = some(
            (_STAND_IN,),
            _STAND_IN.plan_id == PLAN.id,
            _STAND_IN.person_id == actor.person_id,
            active(_STAND_IN, on),
        )
        found.append((Basis.STAND_IN, stands_in))
    own, of_age = _mine(actor, PLAN.owner_id), func.coalesce(is_of_age(on), false())
    found.append((Basis.OWNER, and_(own, of_age)))
    found.append((Basis.OWNER_UNDER_AGE, and_(own, not_(of_age))))
    administered = _administered_part(actor, PLAN)
    if administered is not None:
        opened = some(
            (_EMERGENCY,),
            _EMERGENCY.plan_id == PLAN.id,
            _EMERGENCY.person_id == actor.person_id,
            _EMERGENCY.ended_at.is_(None),
            _EMERGENCY.starts_at <= at,
            _EMERGENCY.ends_at > at,
        )
        found.append((Basis.EMERGENCY, and_(administered, opened)))
    return found


def _mine(actor: Actor, column: Any) -> ColumnElement[bool]:
    return and_(PLAN.municipality_id == actor.municipality_id, column == actor.person_id)


def _by_authority(
    actor: Actor, on: date, action: Action, section: SectionAsked | None
) -> list[Select[Any]]:
    needed, found = LEVEL_OF.get(action), []
    for basis, may_consent in ((Basis.AUTHORITY, True), (Basis.AUTHORITY_TO_READ, False)):
        right = _right(basis, action, needed, section)
        if right is None:
            continue
        query = (
            select(PLAN.id)
            .join(AUTHORITY, AUTHORITY.owner_id == PLAN.owner_id)
            .where(
                AUTHORITY.municipality_id == actor.municipality_id,
                AUTHORITY.holder_id == actor.person_id,
                AUTHORITY.may_consent.is_(may_consent),
                is_reached_by(AUTHORITY, on),
                right,
                _in_state(PLAN, action),
            )
        )
        if needed is not None:
            query = query.where(not_(_is_withheld(section)))
        found.append(query)
    return found


def _is_withheld(section: SectionAsked | None) -> ColumnElement[bool]:
    return some(
        (_WITHHELD,),
        _WITHHELD.authority_id == AUTHORITY.id,
        _WITHHELD.section == section,
        _WITHHELD.lifted_at.is_(None),
    )


def _as_participant(
    actor: Actor, on: date, action: Action, section: SectionAsked | None
) -> list[Select[Any]]:
    needed = LEVEL_OF.get(action)
    if needed is None and action not in ACTIONS[Basis.PARTICIPANT]:
        return []
    wanted = (needed or Level.READ).and_above
    query = (
        select(PLAN.id)
        .join(PARTICIPANT, PARTICIPANT.plan_id == PLAN.id)
        .join(GRANT, GRANT.participant_id == PARTICIPANT.id)
        .where(
            PARTICIPANT.municipality_id == actor.municipality_id,
            PARTICIPANT.person_id == actor.person_id,
            active(PARTICIPANT, on),
            active(GRANT, on),
            GRANT.level.in_(wanted),
            PLAN.state.in_(SHARED),
            _in_state(PLAN, action),
            is_consented(wanted, on),
        )
    )
    if section is not None:
        query = query.where(GRANT.section == section)
    if section is not None and not isinstance(section, Section):
        # The column of a piece of content, and not a section as a whole.
        query = query.where(lets_through(actor.person_id))
    return [query]
