"""What each relation to a plan opens, on one page; ``plan_access`` and ``plan_scope`` read it.

Sections × levels are those of ``domain.md`` 3.2; the states are those of ``design.md`` 4.
"""

from enum import StrEnum

from app.enums import Capability, Giver, Level, PlanState, Section
from app.security.roles import Action


class Basis(StrEnum):
    """What somebody is to a plan."""

    COORDINATOR = "coordinator"
    STAND_IN = "stand_in"
    OWNER = "owner"
    OWNER_UNDER_AGE = "owner_under_age"
    AUTHORITY = "authority"
    AUTHORITY_TO_READ = "authority_to_read"
    PARTICIPANT = "participant"
    LOCAL_ADMINISTRATOR = "local_administrator"
    EMERGENCY = "emergency"


Levels = dict[Section, Level]

ALL_TO_READ: Levels = dict.fromkeys(Section, Level.READ)

OWNER_LEVELS: Levels = ALL_TO_READ | {
    Section.ABOUT_ME: Level.WRITE,
    Section.GOALS: Level.WRITE,
    Section.ACTIVITIES: Level.WRITE,
    Section.COMMENTS: Level.WRITE,
    Section.DOCUMENTS: Level.WRITE,
    Section.MEETINGS: Level.COMMENT,
    Section.CALENDAR: Level.WRITE,
    Section.MESSAGES: Level.WRITE,
    Section.CONSENTS: Level.MANAGE,
}
YOUNG_OWNER_LEVELS: Levels = ALL_TO_READ | {
    Section.ABOUT_ME: Level.WRITE,
    Section.GOALS: Level.COMMENT,
    Section.ACTIVITIES: Level.COMMENT,
    Section.COMMENTS: Level.WRITE,
    Section.MESSAGES: Level.WRITE,
}
READING_AUTHORITY_LEVELS: Levels = ALL_TO_READ | {
    Section.COMMENTS: Level.COMMENT,
    Section.MESSAGES: Level.WRITE,
    Section.CONSENTS: Level.NONE,
    Section.PRINT_EXPORT: Level.NONE,
    Section.EVENT_LOG: Level.NONE,
    Section.ACCESS_LOG: Level.NONE,
}
COORDINATOR_LEVELS: Levels = dict.fromkeys(Section, Level.WRITE) | {
    Section.GOALS: Level.MANAGE,
    Section.ACTIVITIES: Level.MANAGE,
    Section.MEETINGS: Level.MANAGE,
    Section.CALENDAR: Level.MANAGE,
    Section.PARTICIPANTS: Level.MANAGE,
    Section.PRINT_EXPORT: Level.READ,
    Section.EVENT_LOG: Level.READ,
    Section.ACCESS_LOG: Level.READ,
}

LEVELS: dict[Basis, Levels] = {
    Basis.COORDINATOR: COORDINATOR_LEVELS,
    Basis.STAND_IN: COORDINATOR_LEVELS,
    Basis.OWNER: OWNER_LEVELS,
    Basis.OWNER_UNDER_AGE: YOUNG_OWNER_LEVELS,
    Basis.AUTHORITY: OWNER_LEVELS,
    Basis.AUTHORITY_TO_READ: READING_AUTHORITY_LEVELS,
    Basis.EMERGENCY: ALL_TO_READ,
}
"""A participant's come from grants and consents; a local administrator has none."""

MOST_GIVEN: Levels = COORDINATOR_LEVELS | {
    Section.PARTICIPANTS: Level.READ,
    Section.CONSENTS: Level.READ,
    Section.EVENT_LOG: Level.NONE,
    Section.ACCESS_LOG: Level.NONE,
}
"""What a participant can be given at most: nobody gives more than they hold, and who takes part,
the consents and the logs are steered and read by the owner's side and the coordinator alone."""

BY_CAPABILITY: dict[Capability, Section] = {
    Capability.PRINT_EXPORT: Section.PRINT_EXPORT,
    Capability.SEE_ACCESS_LOG: Section.ACCESS_LOG,
    Capability.INVITE: Section.PARTICIPANTS,
}
"""What a standard role opens by naming it, also where no level of it is given by hand."""
MOST_BY_CAPABILITY: Levels = {
    Section.PRINT_EXPORT: Level.READ,
    Section.ACCESS_LOG: Level.READ,
    Section.PARTICIPANTS: Level.COMMENT,
}
"""How far it opens it. Who may say something about who takes part may propose somebody."""

GIVERS: dict[Basis, Giver] = {
    Basis.COORDINATOR: Giver.COORDINATOR,
    Basis.STAND_IN: Giver.STAND_IN,
}
"""As whom somebody gives standard roles; other relations give none."""
USUAL_GIVERS = frozenset({Giver.COORDINATOR, Giver.STAND_IN})
"""Who may give a standard role that does not say."""

OWNERS_SIDE = frozenset({Basis.OWNER, Basis.OWNER_UNDER_AGE, Basis.AUTHORITY})
"""Those who decide who sees what; what they stop, a coordinator can't give back."""

SEE = frozenset({Action.LIST, Action.SHOW})
TAKE_PART = SEE | {Action.SHOW_ACCESS, Action.ASK_CHANGE}
OWN = TAKE_PART | {Action.CONSENT, Action.WITHDRAW_CONSENT, Action.STOP_ACCESS, Action.SEE_AS}
COORDINATE = SEE | {
    Action.SHOW_ACCESS,
    Action.SEE_AS,
    Action.EDIT,
    Action.STEER_ACCESS,
    Action.STOP_ACCESS,
    Action.RECORD_CONSENT,
    Action.RECORD_WITHDRAWAL,
    Action.RESET_CONSENT,
    Action.PAUSE,
    Action.RESUME,
    Action.CLOSE,
    Action.HAND_OVER,
    Action.MOVE,
    Action.RECORD_DECISION,
}

ACTIONS: dict[Basis, frozenset[Action]] = {
    Basis.COORDINATOR: COORDINATE,
    Basis.STAND_IN: COORDINATE - {Action.HAND_OVER, Action.CLOSE, Action.MOVE},
    Basis.OWNER: OWN,
    Basis.OWNER_UNDER_AGE: TAKE_PART,
    Basis.AUTHORITY: OWN,
    Basis.AUTHORITY_TO_READ: TAKE_PART,
    Basis.PARTICIPANT: SEE,
    Basis.LOCAL_ADMINISTRATOR: SEE
    | {Action.EXPORT, Action.REOPEN, Action.HAND_OVER, Action.OPEN_IN_EMERGENCY, Action.TIDY},
    Basis.EMERGENCY: SEE,
}

UNDER_WAY = frozenset({PlanState.DRAFT, PlanState.AWAITING_CONSENT, PlanState.ACTIVE})
OPEN = UNDER_WAY | {PlanState.PAUSED}
SHARED = frozenset({PlanState.ACTIVE, PlanState.PAUSED, PlanState.CLOSED, PlanState.ARCHIVED})
"""The states in which participants are let in; before them only owner, guardians, coordinator."""

IN_STATES: dict[Action, frozenset[PlanState]] = {
    Action.EDIT: UNDER_WAY,
    Action.STEER_ACCESS: UNDER_WAY,
    Action.CONSENT: UNDER_WAY,
    Action.RECORD_CONSENT: UNDER_WAY,
    Action.RESET_CONSENT: frozenset({PlanState.ACTIVE, PlanState.PAUSED}),
    Action.PAUSE: frozenset({PlanState.ACTIVE}),
    Action.RESUME: frozenset({PlanState.PAUSED}),
    Action.CLOSE: OPEN,
    Action.REOPEN: frozenset({PlanState.CLOSED}),
    Action.HAND_OVER: OPEN,
    Action.MOVE: OPEN - {PlanState.DRAFT},
    Action.RECORD_DECISION: OPEN,
    Action.ASK_CHANGE: OPEN,
}
"""When an action can be done at all; one that is not named can be done in every state."""

LEVEL_OF: dict[Action, Level] = {
    Action.READ: Level.READ,
    Action.COMMENT: Level.COMMENT,
    Action.WRITE: Level.WRITE,
    Action.MANAGE: Level.MANAGE,
}
"""What an action on a section needs. A plan that is not under way can only be read."""

USUAL_OWN_CONSENT_AGE = 16
"""Where a municipality has set no age: the health-law majority (pbrl § 4-3)."""
