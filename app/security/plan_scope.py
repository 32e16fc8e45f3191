"""What an actor may see of many plans, and of what is in them: conditions for SQL.

The twin of ``plan_access``; relations to plans are in ``plan_relations``, ages, authorities and
consents in ``consent_scope``. Each relation is one query for ids that starts from the rows about
the actor; they are joined by UNION, so that a person with few plans among a hundred thousand costs
few look-ups.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    not_,
    or_,
    select,
    true,
    union_all,
)

from app.clock import day_of
from app.enums import Role, Section
from app.models import (
    Consent,
    Introduction,
    Participant,
    Plan,
    PlanEntry,
    TidiedPlan,
    Unit,
)
from app.security.actor import Actor
from app.security.consent_scope import PLAN
from app.security.part_access import ON_ENTRY, ON_INTRODUCTION, ON_PARTICIPANT, ON_TIDIED
from app.security.plan_relations import (
    EMERGENCY,
    Question,
    as_coordinator,
    as_owner,
    as_participant,
    by_authority,
    in_emergency,
    in_states,
)
from app.security.plan_rights import ACTIONS, LEVEL_OF, Basis
from app.security.roles import Action
from app.security.tenancy import stands
from app.side_tables import Handover


def plans(actor: Actor, action: Action, section: Section | None = None) -> ColumnElement[bool]:
    """The condition for plans in which ``actor`` may do ``action``; the twin of ``basis_for``."""
    if _is_closed(actor, action, section):
        return false()
    whole = _administered(actor, action)
    if whole is not None and whole.compare(true()):
        return and_(_here(actor, Plan), in_states(Plan, action))
    by = [_among(Plan.id, _found(actor, Question(action, section)))]
    if whole is not None:
        by.append(and_(in_states(Plan, action), whole))
    return and_(_here(actor, Plan), or_(*by))


def entries(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for pieces of content; the twin of ``entry_basis``."""
    if action not in ON_ENTRY or actor.at is None or actor.municipality_id is None:
        return false()
    here, in_bin = _here(actor, PlanEntry), PlanEntry.deleted_at.is_not(None)
    found = _found(actor, Question(action, is_about_entries=True))
    of_entry = [
        exists(one.where(PLAN.id == PlanEntry.plan_id)).correlate(PlanEntry) for one in found
    ]
    is_open = or_(false(), *of_entry)
    if action in (Action.LIST, Action.SHOW):
        return and_(here, is_open)
    return and_(here, in_bin if action is Action.RESTORE else not_(in_bin), is_open)


def participants(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for participations; the twin of ``participant_basis``."""
    if action in (Action.LIST, Action.SHOW):
        own = and_(
            Participant.person_id == actor.person_id,
            _in_plans(Participant.plan_id, actor, Action.SHOW),
        )
        seen = _in_plans(Participant.plan_id, actor, Action.READ, Section.PARTICIPANTS)
        return and_(_here(actor, Participant), or_(own, seen))
    if action in ON_PARTICIPANT:
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
    if action is Action.RECORD_WITHDRAWAL:
        return and_(_here(actor, Consent), _in_plans(Consent.plan_id, actor, action))
    return false()


def handovers(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for offered hand-overs; the twin of ``handover_basis``."""
    is_theirs = Handover.to_id == actor.person_id if actor.holds(Role.COORDINATOR) else false()
    if action is Action.ANSWER:
        open_plans = select(Plan.id).where(in_states(Plan, Action.HAND_OVER)).correlate(None)
        is_open = and_(Handover.answered_at.is_(None), Handover.plan_id.in_(open_plans))
        return and_(_here(actor, Handover), is_theirs, is_open)
    if action in (Action.LIST, Action.SHOW):
        offered = _in_plans(Handover.plan_id, actor, Action.HAND_OVER)
        return and_(_here(actor, Handover), or_(is_theirs, offered))
    return false()


def tidied(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for rows of clean-ups; the twin of ``tidied_basis``."""
    needed = ON_TIDIED.get(action)
    if needed is None:
        return false()
    return and_(_here(actor, TidiedPlan), _in_plans(TidiedPlan.plan_id, actor, needed))


def introductions(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for introductions; the twin of ``introduction_basis``."""
    needed = ON_INTRODUCTION.get(action)
    if needed is None:
        return false()
    found = _in_plans(Introduction.plan_id, actor, needed)
    if needed is Action.SHOW_ACCESS:
        own = and_(
            Introduction.person_id == actor.person_id,
            _in_plans(Introduction.plan_id, actor, Action.SHOW),
        )
        found = or_(own, found)
    return and_(_here(actor, Introduction), found)


# --- the parts -----------------------------------------------------------------------------------


def _is_closed(actor: Actor, action: Action, section: Section | None) -> bool:
    """Whether no plan can be open: for nobody, nowhere, or no section."""
    is_nowhere = actor.at is None or actor.municipality_id is None
    return is_nowhere or (action in LEVEL_OF and section is None)


def _here(actor: Actor, model: Any) -> ColumnElement[bool]:
    return model.municipality_id == actor.municipality_id if stands("policy") else true()


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
    by = [_among(plan_id, _found(actor, Question(action, section)))]
    whole = _administered(actor, action)
    if whole is not None:
        found = select(Plan.id).where(_here(actor, Plan), in_states(Plan, action), whole)
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


def _found(actor: Actor, asked: Question) -> list[Select[Any]]:
    """One query for each relation of the actor that can give the right."""
    if actor.person_id is None or actor.at is None or actor.municipality_id is None:
        return []
    on = day_of(actor.at)
    # The dearest comes last: where one is enough, the database need not go that far.
    related = [*as_coordinator(asked, on)] if actor.holds(Role.COORDINATOR) else []
    related += [*as_owner(asked, on), *by_authority(asked, on), *as_participant(asked, on)]
    found = [one.of(actor.municipality_id, actor.person_id) for one in related]
    administered = _administered_part(actor, PLAN)
    if administered is not None:
        is_open = and_(EMERGENCY.starts_at <= actor.at, EMERGENCY.ends_at > actor.at, administered)
        opened = [one.of(actor.municipality_id, actor.person_id) for one in in_emergency(asked)]
        found += [one.where(is_open) for one in opened]
    return found
