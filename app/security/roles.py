"""Every role on one page: what each may do with what. ``policy`` and ``scope`` read it."""

from enum import StrEnum

from flask_appbuilder import Model

from app.desk_tables import (
    Course,
    CourseAttendance,
    Gathering,
    GatheringAction,
    GatheringAttendance,
    Introduction,
    Pulse,
    Routine,
    RoutineRead,
    TidiedPlan,
)
from app.duplicate_tables import DuplicatePair, NotTheSame, PersonMerge
from app.enums import Role
from app.joining_tables import IncomingUnits, MunicipalityJoining, UnitMove
from app.models import (
    AccountLinkRequest,
    AgeRule,
    ApiToken,
    AuditEvent,
    CentralAppointment,
    Consent,
    ConsentText,
    Job,
    Membership,
    Municipality,
    Participant,
    Person,
    Plan,
    PlanEntry,
    PlanType,
    ProtectedAddress,
    StandardRole,
    Unit,
)
from app.set_up_tables import (
    NationalPiece,
    NationalVersion,
    StandardRoleVersion,
    Template,
    TemplateVersion,
)
from app.side_tables import BulkChange, Handover, IncomingPlan, ListSetting, Notice, SavedView


class Action(StrEnum):
    """What can be done with a thing."""

    LIST = "list"
    SHOW = "show"
    ADD = "add"
    EDIT = "edit"
    EDIT_CONTACT = "edit_contact"
    RETIRE = "retire"
    RESTORE = "restore"
    MOVE = "move"
    MERGE = "merge"
    EXPORT = "export"
    IMPORT = "import"
    CHOOSE = "choose"
    SHOW_NATIONAL_ID = "show_national_id"
    PROTECT = "protect"
    CREATE_ACCOUNT = "create_account"
    WITHDRAW_ACCOUNT = "withdraw_account"
    END = "end"
    APPROVE = "approve"
    CANCEL = "cancel"
    APPOINT_LOCAL_ADMINISTRATOR = "appoint_local_administrator"
    ANSWER = "answer"
    DECLINE = "decline"
    UNDO = "undo"
    READ = "read"
    COMMENT = "comment"
    WRITE = "write"
    MANAGE = "manage"
    START = "start"
    STEER_ACCESS = "steer_access"
    STOP_ACCESS = "stop_access"
    SHOW_ACCESS = "show_access"
    SEE_AS = "see_as"
    ASK_CHANGE = "ask_change"
    CONSENT = "consent"
    RECORD_CONSENT = "record_consent"
    WITHDRAW_CONSENT = "withdraw_consent"
    RECORD_WITHDRAWAL = "record_withdrawal"
    RESET_CONSENT = "reset_consent"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"
    REOPEN = "reopen"
    HAND_OVER = "hand_over"
    RECORD_DECISION = "record_decision"
    OPEN_IN_EMERGENCY = "open_in_emergency"
    TIDY = "tidy"


class Resource(StrEnum):
    """Kinds of things that access is given to."""

    MUNICIPALITY = "municipality"
    MUNICIPALITY_JOINING = "municipality_joining"
    UNIT_MOVE = "unit_move"
    INCOMING_UNITS = "incoming_units"
    UNIT = "unit"
    PERSON = "person"
    PROTECTED_ADDRESS = "protected_address"
    MEMBERSHIP = "membership"
    ACCOUNT_LINK_REQUEST = "account_link_request"
    CENTRAL_APPOINTMENT = "central_appointment"
    AUDIT_EVENT = "audit_event"
    JOB = "job"
    API_TOKEN = "api_token"
    LIST_SETTING = "list_setting"
    SAVED_VIEW = "saved_view"
    BULK_CHANGE = "bulk_change"
    PLAN_TYPE = "plan_type"
    STANDARD_ROLE = "standard_role"
    TEMPLATE = "template"
    NATIONAL_PIECE = "national_piece"
    PLAN = "plan"
    PARTICIPANT_IN_PLAN = "participant_in_plan"
    CONSENT = "consent"
    PLAN_ENTRY = "plan_entry"
    HANDOVER = "handover"
    NOTICE = "notice"
    INCOMING_PLAN = "incoming_plan"
    DUPLICATE = "duplicate"
    CLEAN_UP = "clean_up"
    COURSE = "course"
    ROUTINE = "routine"
    GATHERING = "gathering"
    INTRODUCTION = "introduction"
    PULSE = "pulse"
    REPORT = "report"


RESOURCES: dict[type[Model], Resource] = {
    Municipality: Resource.MUNICIPALITY,
    MunicipalityJoining: Resource.MUNICIPALITY_JOINING,
    UnitMove: Resource.UNIT_MOVE,
    IncomingUnits: Resource.INCOMING_UNITS,
    Unit: Resource.UNIT,
    Person: Resource.PERSON,
    ProtectedAddress: Resource.PROTECTED_ADDRESS,
    Membership: Resource.MEMBERSHIP,
    AccountLinkRequest: Resource.ACCOUNT_LINK_REQUEST,
    CentralAppointment: Resource.CENTRAL_APPOINTMENT,
    AuditEvent: Resource.AUDIT_EVENT,
    Job: Resource.JOB,
    ApiToken: Resource.API_TOKEN,
    ListSetting: Resource.LIST_SETTING,
    SavedView: Resource.SAVED_VIEW,
    BulkChange: Resource.BULK_CHANGE,
    PlanType: Resource.PLAN_TYPE,
    AgeRule: Resource.PLAN_TYPE,
    ConsentText: Resource.PLAN_TYPE,
    StandardRole: Resource.STANDARD_ROLE,
    StandardRoleVersion: Resource.STANDARD_ROLE,
    Template: Resource.TEMPLATE,
    TemplateVersion: Resource.TEMPLATE,
    NationalPiece: Resource.NATIONAL_PIECE,
    NationalVersion: Resource.NATIONAL_PIECE,
    Plan: Resource.PLAN,
    Participant: Resource.PARTICIPANT_IN_PLAN,
    Consent: Resource.CONSENT,
    PlanEntry: Resource.PLAN_ENTRY,
    Handover: Resource.HANDOVER,
    Notice: Resource.NOTICE,
    IncomingPlan: Resource.INCOMING_PLAN,
    DuplicatePair: Resource.DUPLICATE,
    NotTheSame: Resource.DUPLICATE,
    PersonMerge: Resource.DUPLICATE,
    TidiedPlan: Resource.CLEAN_UP,
    Course: Resource.COURSE,
    CourseAttendance: Resource.COURSE,
    Routine: Resource.ROUTINE,
    RoutineRead: Resource.ROUTINE,
    Gathering: Resource.GATHERING,
    GatheringAttendance: Resource.GATHERING,
    GatheringAction: Resource.GATHERING,
    Introduction: Resource.INTRODUCTION,
    Pulse: Resource.PULSE,
}

READ = frozenset({Action.LIST, Action.SHOW})
REGISTER = READ | {Action.ADD, Action.EDIT, Action.CHOOSE}
KEEP = REGISTER | {Action.RETIRE, Action.RESTORE, Action.EXPORT}

Rights = dict[Resource, frozenset[Action]]

ROLE_RIGHTS: dict[Role, Rights] = {
    Role.CENTRAL_ADMINISTRATOR: {
        Resource.MUNICIPALITY: READ
        | {Action.EDIT, Action.EXPORT, Action.APPOINT_LOCAL_ADMINISTRATOR},
        # They see numbers; a local administrator of the one that takes over answers.
        Resource.MUNICIPALITY_JOINING: READ | {Action.ADD, Action.END},
        Resource.CENTRAL_APPOINTMENT: READ | {Action.ADD, Action.APPROVE, Action.END},
        # Choosing something national is taking it into use in a municipality.
        Resource.NATIONAL_PIECE: (KEEP - {Action.CHOOSE}) | {Action.IMPORT},
        Resource.AUDIT_EVENT: READ,
    },
    Role.LOCAL_ADMINISTRATOR: {
        Resource.MUNICIPALITY: READ,
        Resource.MUNICIPALITY_JOINING: READ | {Action.APPROVE, Action.DECLINE},
        # In all of the municipality alone: neither lies below a unit. Handing over is letting the
        # coordinators be told; ending is finishing it or taking it back.
        Resource.UNIT_MOVE: READ | {Action.ADD, Action.HAND_OVER, Action.END},
        Resource.INCOMING_UNITS: READ | {Action.APPROVE, Action.DECLINE},
        Resource.UNIT: KEEP | {Action.MOVE, Action.MERGE},
        Resource.PERSON: KEEP
        | {
            Action.IMPORT,
            Action.SHOW_NATIONAL_ID,
            Action.PROTECT,
            Action.CREATE_ACCOUNT,
            Action.WITHDRAW_ACCOUNT,
        },
        Resource.PROTECTED_ADDRESS: READ | {Action.EDIT},
        Resource.MEMBERSHIP: REGISTER | {Action.END, Action.EXPORT},
        Resource.ACCOUNT_LINK_REQUEST: READ | {Action.EXPORT},
        Resource.AUDIT_EVENT: READ | {Action.EXPORT},
        Resource.JOB: READ | {Action.ADD, Action.EDIT, Action.CANCEL, Action.RESUME, Action.EXPORT},
        Resource.PLAN_TYPE: READ | {Action.EDIT, Action.CHOOSE},
        Resource.STANDARD_ROLE: KEEP | {Action.IMPORT},
        Resource.TEMPLATE: KEEP | {Action.IMPORT},
        Resource.NATIONAL_PIECE: READ | {Action.CHOOSE},
        Resource.PLAN: READ | {Action.EXPORT, Action.REOPEN, Action.OPEN_IN_EMERGENCY, Action.TIDY},
        # That somebody takes part, not in whose plan; ending it.
        Resource.PARTICIPANT_IN_PLAN: frozenset({Action.EXPORT, Action.TIDY}),
        # Adding is ordering one; undoing is another.
        Resource.CLEAN_UP: READ | {Action.ADD, Action.UNDO},
        Resource.COURSE: KEEP,
        Resource.ROUTINE: KEEP,
        Resource.GATHERING: KEEP,
        # Numbers over many plans; a report has no rows of its own.
        Resource.REPORT: frozenset({Action.SHOW, Action.EXPORT}),
        Resource.INCOMING_PLAN: READ | {Action.EXPORT, Action.HAND_OVER, Action.DECLINE},
        # Adding is letting a scan find them.
        Resource.DUPLICATE: READ
        | {
            Action.ADD,
            Action.ANSWER,
            Action.MERGE,
            Action.APPROVE,
            Action.DECLINE,
            Action.UNDO,
            Action.EXPORT,
        },
    },
    Role.COORDINATOR: {
        Resource.MUNICIPALITY: READ,
        Resource.UNIT: READ | {Action.CHOOSE},
        Resource.PERSON: REGISTER
        | {Action.SHOW_NATIONAL_ID, Action.CREATE_ACCOUNT, Action.WITHDRAW_ACCOUNT},
        Resource.MEMBERSHIP: REGISTER | {Action.END},
        Resource.ACCOUNT_LINK_REQUEST: READ,
        Resource.PLAN_TYPE: READ | {Action.CHOOSE},
        Resource.STANDARD_ROLE: READ | {Action.CHOOSE},
        Resource.TEMPLATE: READ | {Action.CHOOSE},
        Resource.PLAN: frozenset({Action.START}),
        Resource.INCOMING_PLAN: READ | {Action.ANSWER, Action.DECLINE},
        Resource.COURSE: READ,
        # Answering is saying that one has read it.
        Resource.ROUTINE: READ | {Action.ANSWER},
        Resource.GATHERING: READ,
    },
    Role.PARTICIPANT: {
        Resource.MUNICIPALITY: READ,
    },
}

IN_OWN_PLANS = READ | {
    Action.READ,
    Action.COMMENT,
    Action.WRITE,
    Action.MANAGE,
    Action.EDIT,
    Action.STEER_ACCESS,
    Action.STOP_ACCESS,
    Action.SHOW_ACCESS,
    Action.SEE_AS,
    Action.ASK_CHANGE,
    Action.CONSENT,
    Action.RECORD_CONSENT,
    Action.WITHDRAW_CONSENT,
    Action.RECORD_WITHDRAWAL,
    Action.RESET_CONSENT,
    Action.PAUSE,
    Action.RESUME,
    Action.CLOSE,
    Action.HAND_OVER,
    Action.MOVE,
    Action.RECORD_DECISION,
}
"""What anyone may do in some plan; ``plan_rights`` says by which relation to it."""

SELF_RIGHTS: Rights = {
    Resource.PERSON: frozenset({Action.SHOW, Action.EDIT_CONTACT, Action.SHOW_NATIONAL_ID}),
    Resource.API_TOKEN: frozenset({Action.LIST, Action.ADD, Action.END}),
    Resource.ACCOUNT_LINK_REQUEST: READ | {Action.ANSWER},
    Resource.LIST_SETTING: frozenset({Action.SHOW, Action.EDIT}),
    Resource.SAVED_VIEW: READ | {Action.ADD, Action.EDIT, Action.END},
    Resource.BULK_CHANGE: frozenset({Action.SHOW, Action.UNDO}),
    Resource.PLAN: IN_OWN_PLANS,
    Resource.PARTICIPANT_IN_PLAN: READ | {Action.STEER_ACCESS, Action.STOP_ACCESS, Action.SEE_AS},
    Resource.CONSENT: READ | {Action.WITHDRAW_CONSENT, Action.RECORD_WITHDRAWAL},
    Resource.PLAN_ENTRY: READ | {Action.EDIT, Action.MOVE, Action.RETIRE, Action.RESTORE},
    Resource.HANDOVER: READ | {Action.ANSWER},
    Resource.NOTICE: READ | {Action.END},
    Resource.INTRODUCTION: READ | {Action.ADD, Action.END},
    Resource.PULSE: frozenset({Action.SHOW, Action.ANSWER}),
}

MAY_GIVE: dict[Role, frozenset[Role]] = {
    Role.CENTRAL_ADMINISTRATOR: frozenset({Role.LOCAL_ADMINISTRATOR}),
    Role.LOCAL_ADMINISTRATOR: frozenset(
        {Role.LOCAL_ADMINISTRATOR, Role.COORDINATOR, Role.PARTICIPANT}
    ),
    Role.COORDINATOR: frozenset({Role.PARTICIPANT}),
}

ONLY_BY_GIVER = frozenset({Action.EDIT, Action.END})
"""What is done with somebody's role by those alone who could give it."""

ON_RETIRED = READ | {Action.RESTORE, Action.EXPORT, Action.WITHDRAW_ACCOUNT}
"""What can still be done with a thing that is retired: look, bring it back, and end a login."""
