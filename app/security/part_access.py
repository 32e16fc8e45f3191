"""Access to what belongs to a plan: its content, its participants, consents and offered hand-overs.

Pure, over ``plan_access``; the SQL twins are in ``plan_scope``.
"""

from app.enums import Role, Section
from app.models import Consent, Introduction, Participant, PlanEntry, TidiedPlan
from app.security.actor import Actor
from app.security.plan_access import basis_for
from app.security.plan_rights import OPEN, Basis
from app.security.roles import Action
from app.security.tenancy import stands
from app.side_tables import Handover

ON_ENTRY: dict[Action, Action] = {
    Action.LIST: Action.READ,
    Action.SHOW: Action.READ,
    Action.EDIT: Action.WRITE,
    Action.MOVE: Action.WRITE,
    Action.RETIRE: Action.WRITE,
    Action.RESTORE: Action.WRITE,
}
"""What must be allowed in its section for something to be done with a piece of content."""

ON_PARTICIPANT = frozenset(
    {Action.STEER_ACCESS, Action.STOP_ACCESS, Action.SEE_AS, Action.EXPORT, Action.TIDY}
)
"""What may be done with a participation by those who may do it in its plan. Who keeps the overview
of plans is told that somebody takes part, not in whose plan, and may end it."""

ON_TIDIED: dict[Action, Action] = {
    Action.LIST: Action.EXPORT,
    Action.SHOW: Action.EXPORT,
    Action.UNDO: Action.TIDY,
}
"""What must be allowed with its plan for something to be done with a row of a clean-up."""
ON_INTRODUCTION: dict[Action, Action] = {
    Action.LIST: Action.SHOW_ACCESS,
    Action.SHOW: Action.SHOW_ACCESS,
    Action.ADD: Action.STEER_ACCESS,
    Action.END: Action.STEER_ACCESS,
}
"""The same for what is kept of an introduction that was given."""


def entry_basis(actor: Actor, action: Action, entry: PlanEntry) -> Basis | None:
    """By which relation an action on a piece of content is allowed.

    What lies in the bin is seen by those who may bring it back. Who may only comment edits and
    deletes their own comments.
    """
    needed = ON_ENTRY.get(action)
    if needed is None:
        return None
    is_binned = entry.deleted_at is not None
    if is_binned and action not in (Action.LIST, Action.SHOW, Action.RESTORE):
        return None
    if action is Action.RESTORE and not is_binned:
        return None
    is_own = entry.author_id is not None and entry.author_id == actor.person_id
    if is_own and entry.section is Section.COMMENTS and needed is Action.WRITE:
        needed = Action.COMMENT
    if is_binned:
        needed = Action.COMMENT if is_own and entry.section is Section.COMMENTS else Action.WRITE
    return basis_for(actor, needed, entry.plan, entry.section, about=entry)


def participant_basis(actor: Actor, action: Action, participant: Participant) -> Basis | None:
    """By which relation an action on a participation is allowed; everyone sees their own."""
    plan = participant.plan
    if action in (Action.LIST, Action.SHOW):
        if participant.person_id == actor.person_id and (
            found := basis_for(actor, Action.SHOW, plan)
        ):
            return found
        return basis_for(actor, Action.READ, plan, Section.PARTICIPANTS)
    if action in ON_PARTICIPANT:
        return basis_for(actor, action, plan)
    return None


def consent_basis(actor: Actor, action: Action, consent: Consent) -> Basis | None:
    """By which relation an action on a consent is allowed.

    It is withdrawn by whoever gave it, who may also tell the coordinator; like withdrawing, that
    can be done whatever state the plan is in.
    """
    if action in (Action.LIST, Action.SHOW):
        return basis_for(actor, Action.READ, consent.plan, Section.CONSENTS)
    if action is Action.WITHDRAW_CONSENT and consent.giver_id != actor.person_id:
        return None
    if action in (Action.WITHDRAW_CONSENT, Action.RECORD_WITHDRAWAL):
        return basis_for(actor, action, consent.plan)
    return None


def handover_basis(actor: Actor, action: Action, handover: Handover) -> Basis | None:
    """By which relation an action on an offered hand-over is allowed.

    It is answered by the one it was offered to, while they may coordinate and the offer is open;
    the offer shows them no more of the plan than its kind and owner.
    """
    is_here = not stands("policy") or handover.municipality_id == actor.municipality_id
    is_theirs = is_here and handover.to_id == actor.person_id and actor.holds(Role.COORDINATOR)
    if action is Action.ANSWER:
        is_open = handover.answered_at is None and handover.plan.state in OPEN
        return Basis.COORDINATOR if is_theirs and is_open else None
    if action in (Action.LIST, Action.SHOW):
        if is_theirs:
            return Basis.COORDINATOR
        return basis_for(actor, Action.HAND_OVER, handover.plan)
    return None


def tidied_basis(actor: Actor, action: Action, tidied: TidiedPlan) -> Basis | None:
    """By which relation an action on a plan's row of a clean-up is allowed."""
    needed = ON_TIDIED.get(action)
    return None if needed is None else basis_for(actor, needed, tidied.plan)


def introduction_basis(actor: Actor, action: Action, given: Introduction) -> Basis | None:
    """By which relation an action on an introduction is allowed; everyone sees their own."""
    is_own = given.person_id == actor.person_id
    needed = ON_INTRODUCTION.get(action)
    if needed is Action.SHOW_ACCESS and is_own:
        needed = Action.SHOW
    return None if needed is None else basis_for(actor, needed, given.plan)
