"""Every role on one page: what each may do with what. ``policy`` and ``scope`` read it."""

from enum import StrEnum

from flask_appbuilder import Model

from app.enums import Role
from app.models import (
    AccountLinkRequest,
    ApiToken,
    AuditEvent,
    CentralAppointment,
    Job,
    Membership,
    Municipality,
    Person,
    ProtectedAddress,
    Unit,
)


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


class Resource(StrEnum):
    """Kinds of things that access is given to."""

    MUNICIPALITY = "municipality"
    UNIT = "unit"
    PERSON = "person"
    PROTECTED_ADDRESS = "protected_address"
    MEMBERSHIP = "membership"
    ACCOUNT_LINK_REQUEST = "account_link_request"
    CENTRAL_APPOINTMENT = "central_appointment"
    AUDIT_EVENT = "audit_event"
    JOB = "job"
    API_TOKEN = "api_token"


RESOURCES: dict[type[Model], Resource] = {
    Municipality: Resource.MUNICIPALITY,
    Unit: Resource.UNIT,
    Person: Resource.PERSON,
    ProtectedAddress: Resource.PROTECTED_ADDRESS,
    Membership: Resource.MEMBERSHIP,
    AccountLinkRequest: Resource.ACCOUNT_LINK_REQUEST,
    CentralAppointment: Resource.CENTRAL_APPOINTMENT,
    AuditEvent: Resource.AUDIT_EVENT,
    Job: Resource.JOB,
    ApiToken: Resource.API_TOKEN,
}

READ = frozenset({Action.LIST, Action.SHOW})
REGISTER = READ | {Action.ADD, Action.EDIT, Action.CHOOSE}
KEEP = REGISTER | {Action.RETIRE, Action.RESTORE, Action.EXPORT}

Rights = dict[Resource, frozenset[Action]]

ROLE_RIGHTS: dict[Role, Rights] = {
    Role.CENTRAL_ADMINISTRATOR: {
        Resource.MUNICIPALITY: READ
        | {Action.EDIT, Action.EXPORT, Action.APPOINT_LOCAL_ADMINISTRATOR},
        Resource.CENTRAL_APPOINTMENT: READ | {Action.ADD, Action.APPROVE, Action.END},
        Resource.AUDIT_EVENT: READ,
    },
    Role.LOCAL_ADMINISTRATOR: {
        Resource.MUNICIPALITY: READ,
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
        Resource.ACCOUNT_LINK_REQUEST: READ,
        Resource.AUDIT_EVENT: READ | {Action.EXPORT},
        Resource.JOB: READ | {Action.ADD, Action.EDIT, Action.CANCEL},
    },
    Role.COORDINATOR: {
        Resource.MUNICIPALITY: READ,
        Resource.UNIT: READ | {Action.CHOOSE},
        Resource.PERSON: REGISTER
        | {Action.SHOW_NATIONAL_ID, Action.CREATE_ACCOUNT, Action.WITHDRAW_ACCOUNT},
        Resource.MEMBERSHIP: REGISTER | {Action.END},
        Resource.ACCOUNT_LINK_REQUEST: READ,
    },
    Role.PARTICIPANT: {
        Resource.MUNICIPALITY: READ,
    },
}

SELF_RIGHTS: Rights = {
    Resource.PERSON: frozenset({Action.SHOW, Action.EDIT_CONTACT, Action.SHOW_NATIONAL_ID}),
    Resource.API_TOKEN: frozenset({Action.LIST, Action.ADD, Action.END}),
    Resource.ACCOUNT_LINK_REQUEST: READ | {Action.ANSWER},
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
