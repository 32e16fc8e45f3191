"""What an actor may do with one thing: pure, live, and no by default.

Its twin for many things at once is ``scope.visible``; a property test holds them equal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_appbuilder import Model

from app.enums import Role, Section
from app.errors import NotAllowed, NotFound
from app.joining_tables import MunicipalityJoining
from app.models import (
    AccountLinkRequest,
    AgeRule,
    ApiToken,
    AuditEvent,
    Consent,
    ConsentText,
    Course,
    CourseAttendance,
    Gathering,
    GatheringAction,
    GatheringAttendance,
    Introduction,
    Job,
    Membership,
    Municipality,
    Participant,
    Person,
    Plan,
    PlanEntry,
    PlanType,
    Pulse,
    Routine,
    RoutineRead,
    StandardRole,
    TidiedPlan,
    Unit,
)
from app.security import moving_access, part_access, plan_access, role_giving
from app.security.actor import Actor, Holding
from app.security.plan_rights import Basis
from app.security.roles import (
    MAY_GIVE,
    ON_RETIRED,
    ONLY_BY_GIVER,
    READ,
    RESOURCES,
    ROLE_RIGHTS,
    SELF_RIGHTS,
    Action,
    Resource,
)
from app.security.tenancy import stands
from app.set_up_tables import (
    NationalPiece,
    NationalVersion,
    StandardRoleVersion,
    Template,
    TemplateVersion,
)
from app.side_tables import BulkChange, Handover, IncomingPlan, ListSetting, Notice, SavedView

READ_ONLY = READ | {
    Action.CHOOSE,
    Action.EXPORT,
    Action.SHOW_NATIONAL_ID,
    Action.READ,
    Action.SHOW_ACCESS,
    Action.SEE_AS,
}
MUNICIPAL = (
    PlanType
    | AgeRule
    | ConsentText
    | StandardRole
    | StandardRoleVersion
    | Template
    | TemplateVersion
    | Course
    | CourseAttendance
    | Routine
    | RoutineRead
    | Gathering
    | GatheringAttendance
    | GatheringAction
)
"""What belongs to the municipality as a whole, also for a role that is held in a part of it."""
IN_PLANS: dict[type[Model], Callable[[Actor, Action, Any], Basis | None]] = {
    Participant: part_access.participant_basis,
    Consent: part_access.consent_basis,
    PlanEntry: part_access.entry_basis,
    Handover: part_access.handover_basis,
    IncomingPlan: moving_access.basis_for,
    TidiedPlan: part_access.tidied_basis,
    Introduction: part_access.introduction_basis,
}
"""What is decided by what somebody is to it, which a role alone does not say. A plan is too."""


@dataclass(frozen=True)
class Decision:
    """Whether something may be done, and by which right: what the audit log keeps."""

    allowed: bool
    basis: str = ""

    def __bool__(self) -> bool:
        return self.allowed


NO = Decision(False)


def may_open(actor: Actor, action: Action, resource: Resource) -> Decision:
    """Whether ``actor`` has the right to ``action`` on anything at all of this kind."""
    if not actor.is_signed_in and actor.municipality_id is None:
        return NO
    if not actor.may_write and action not in READ_ONLY:
        return NO
    for holding in actor.holdings:
        if action in ROLE_RIGHTS[holding.role].get(resource, ()):
            return Decision(True, holding.role)
    if action in SELF_RIGHTS.get(resource, ()):
        return Decision(True, "self")
    return NO


def decide(
    actor: Actor, action: Action, thing: Model, *, section: Section | None = None
) -> Decision:
    """Whether ``actor`` may do ``action`` with ``thing``, which is a row in memory.

    READ, COMMENT, WRITE and MANAGE of a plan are about a ``section``. What depends on the time
    is decided for the instant at which the actor was found.
    """
    resource = RESOURCES[type(thing)]
    if not may_open(actor, action, resource):
        return NO
    if isinstance(thing, Plan) or type(thing) in IN_PLANS:
        basis = _basis_in_plan(actor, action, thing, section)
        return NO if basis is None else Decision(True, basis)
    if getattr(thing, "retired_at", None) is not None and action not in ON_RETIRED:
        return NO
    if getattr(thing, "retired_at", None) is None and action is Action.RESTORE:
        return NO
    for holding in actor.holdings:
        if (
            action in ROLE_RIGHTS[holding.role].get(resource, ())
            and reaches(actor, holding, thing)
            and _is_theirs_to_give(holding, action, thing)
        ):
            return Decision(True, holding.role)
    if action in SELF_RIGHTS.get(resource, ()) and is_self(actor, thing):
        return Decision(True, "self")
    return NO


def open_sections(actor: Actor, action: Action, plan: Plan) -> frozenset[Section]:
    """The sections of ``plan`` for which ``decide`` allows ``action``, asked about all at once."""
    if not may_open(actor, action, Resource.PLAN):
        return frozenset()
    return plan_access.open_sections(actor, action, plan)


def _basis_in_plan(
    actor: Actor, action: Action, thing: Model, section: Section | None
) -> str | None:
    """By which relation to its plan something may be done."""
    if isinstance(thing, Plan):
        return plan_access.basis_for(actor, action, thing, section)
    return IN_PLANS[type(thing)](actor, action, thing)


def reaches(actor: Actor, holding: Holding, thing: Model) -> bool:
    """Whether a role held by ``actor`` extends to ``thing``."""
    if isinstance(thing, Municipality):
        return True
    if isinstance(thing, NationalPiece | NationalVersion):
        return holding.role is Role.CENTRAL_ADMINISTRATOR or is_for_all(thing)
    if isinstance(thing, MunicipalityJoining):
        return holding.role is Role.CENTRAL_ADMINISTRATOR or _takes_over(actor, holding, thing)
    if holding.role is Role.CENTRAL_ADMINISTRATOR:
        return getattr(thing, "municipality_id", None) is None
    if stands("policy") and not _is_here(actor, thing):
        return False
    return holding.unit_path is None or _lies_below(holding.unit_path, thing, actor)


def _takes_over(actor: Actor, holding: Holding, joining: MunicipalityJoining) -> bool:
    """Whether a role is held in all of the municipality that takes over by a joining."""
    return holding.unit_path is None and joining.into_id == actor.municipality_id


def _is_here(actor: Actor, thing: Model) -> bool:
    """Whether a thing belongs to the actor's municipality; an event, also to one joined into it."""
    if isinstance(thing, AuditEvent) and thing.municipality_id in actor.earlier:
        return True
    return bool(thing.municipality_id == actor.municipality_id)


def is_for_all(thing: NationalPiece | NationalVersion) -> bool:
    """Whether something national is published, and so there for every municipality."""
    if isinstance(thing, NationalPiece):
        return thing.number is not None
    return thing.published_at is not None


def _is_theirs_to_give(holding: Holding, action: Action, thing: Model) -> bool:
    """Whether a role is changed or ended by a role that gives it: no coordinator ends an
    administrator's."""
    if isinstance(thing, Membership) and action in ONLY_BY_GIVER:
        return thing.role in MAY_GIVE.get(holding.role, ())
    return True


def _lies_below(path: str, thing: Model, actor: Actor) -> bool:
    if isinstance(thing, MUNICIPAL):
        return True
    if isinstance(thing, Unit):
        return thing.path.startswith(path)
    if isinstance(thing, Person | Membership):
        return thing.unit is not None and thing.unit.path.startswith(path)
    if isinstance(thing, AccountLinkRequest):
        return thing.person.unit is not None and thing.person.unit.path.startswith(path)
    if isinstance(thing, Job):
        return thing.account_id == actor.account_id
    return False


def is_self(actor: Actor, thing: Model) -> bool:
    """Whether ``thing`` is the actor's own: person, token, link request, or what lists keep."""
    if isinstance(thing, Person):
        return thing.id == actor.person_id and thing.municipality_id == actor.municipality_id
    if isinstance(thing, Notice | Pulse):
        is_here = thing.municipality_id == actor.municipality_id
        return is_here and actor.person_id is not None and thing.person_id == actor.person_id
    if isinstance(thing, ApiToken | AccountLinkRequest | ListSetting):
        return thing.account_id == actor.account_id
    if isinstance(thing, SavedView | BulkChange):
        return (
            thing.account_id == actor.account_id and thing.municipality_id == actor.municipality_id
        )
    return False


def may_give(actor: Actor, role: Role, unit_path: str | None) -> Decision:
    """Whether ``actor`` may give ``role`` below the unit at ``unit_path`` (None: everywhere).

    Nobody gives what they do not hold, nor more widely than they hold it.
    """
    for holding in actor.holdings:
        if role not in MAY_GIVE.get(holding.role, ()):
            continue
        if holding.unit_path is None or (
            unit_path is not None and unit_path.startswith(holding.unit_path)
        ):
            return Decision(actor.may_write, holding.role)
    return NO


def may_give_role(actor: Actor, plan: Plan, role: StandardRole) -> Decision:
    """Whether ``actor`` may give a standard role to participants of ``plan``: the role says who."""
    basis = role_giving.basis_of_giver(actor, plan, role)
    if basis is None or not actor.may_write or not decide(actor, Action.CHOOSE, role):
        return NO
    return Decision(True, basis)


def require(
    actor: Actor, action: Action, thing: Model, *, section: Section | None = None
) -> Decision:
    """The decision that allows it.

    Raises:
        NotFound: the actor can't see the thing at all.
        NotAllowed: the actor sees it but may not do this with it.
    """
    decision = decide(actor, action, thing, section=section)
    if decision:
        return decision
    if isinstance(thing, AuditEvent) or not decide(actor, Action.SHOW, thing):
        raise NotFound
    raise NotAllowed


def require_open(actor: Actor, action: Action, resource: Resource) -> Decision:
    """The decision that opens this kind of thing for this action.

    Raises:
        NotAllowed: nothing of this kind is open to the actor for this.
    """
    decision = may_open(actor, action, resource)
    if not decision:
        raise NotAllowed
    return decision
