"""Recording events: one by one, for every change by itself, and for what was refused."""

from collections import defaultdict
from contextvars import ContextVar

from flask_appbuilder import Model
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, UOWTransaction

from app.clock import utc_now
from app.db import db, separate_session, transaction
from app.enums import Outcome, Role, Section
from app.joining_tables import IncomingUnits, MunicipalityJoining, UnitMove
from app.models import (
    AccountLinkRequest,
    AgeRule,
    ApiToken,
    AuditEvent,
    Authority,
    CentralAppointment,
    Consent,
    ConsentText,
    Course,
    CourseAttendance,
    EmergencyAccess,
    Gathering,
    GatheringAction,
    GatheringAttendance,
    Grant,
    Introduction,
    Membership,
    Municipality,
    Participant,
    Person,
    Plan,
    PlanEntry,
    PlanType,
    ProtectedAddress,
    Routine,
    StandardRole,
    StandIn,
    TidiedPlan,
    Unit,
    WithheldSection,
)
from app.security import tenancy
from app.security.actor import Actor, current_actor
from app.set_up_tables import (
    NationalPiece,
    RoleProposal,
    StandardRoleVersion,
    Template,
    TemplateVersion,
)
from app.side_tables import (
    BulkChange,
    Handover,
    IncomingPlan,
    MoveConsent,
    PlanDecision,
    PlanMove,
    SavedView,
)

FOLLOWED = (
    Unit,
    Person,
    ProtectedAddress,
    Membership,
    AccountLinkRequest,
    Municipality,
    CentralAppointment,
    ApiToken,
    SavedView,
    BulkChange,
    PlanType,
    AgeRule,
    ConsentText,
    StandardRole,
    StandardRoleVersion,
    Template,
    TemplateVersion,
    NationalPiece,
    RoleProposal,
    Plan,
    Authority,
    WithheldSection,
    StandIn,
    Handover,
    EmergencyAccess,
    PlanDecision,
    Participant,
    Grant,
    Consent,
    PlanEntry,
    PlanMove,
    MoveConsent,
    IncomingPlan,
    TidiedPlan,
    Course,
    CourseAttendance,
    Routine,
    Gathering,
    GatheringAttendance,
    GatheringAction,
    Introduction,
    UnitMove,
    IncomingUnits,
)
# What follows from other fields, and so tells nothing of its own.
OF_INSTALLATION = (Municipality, MunicipalityJoining, CentralAppointment, NationalPiece)
NOT_TOLD = frozenset(
    {
        "version",
        "path",
        "search_name",
        "search_family",
        "search_given",
        "has_namesake",
        "last_used_on",
        "last_activity_at",
        "changed_at",
        "position",
    }
)

request_id: ContextVar[str | None] = ContextVar("samvev_request_id", default=None)


def record(
    actor: Actor,
    action: str,
    thing: Model | None = None,
    *,
    fields: tuple[str, ...] = (),
    section: Section | None = None,
    basis: str | None = None,
) -> None:
    """Add an event to the caller's transaction.

    ``action`` reads ``thing:what_happened``. ``fields`` are names of fields, never values. For
    what is done in a plan, ``section`` says where and ``basis`` by which right.
    """
    event = _event(actor, action, thing, Outcome.DONE, fields)
    event.section = section or event.section
    event.basis = basis
    db.session.add(event)


def record_refusal(actor: Actor, action: str, object_type: str | None, object_id: str) -> None:
    """Keep a refused attempt, on a connection of its own: the attempt itself is undone."""
    refusal = _event(actor, action, None, Outcome.REFUSED, ())
    refusal.object_type = object_type
    refusal.object_id = object_id[:40] or None
    with (
        separate_session() as session,
        tenancy.applied(session, actor.scope),
        transaction(session),
    ):
        session.add(refusal)


def follow_changes(session_class: type[Session]) -> None:
    """Make every flush of ``session_class`` tell what it adds and changes."""
    event.listen(session_class, "before_flush", _tell_changes)


def _tell_changes(session: Session, _context: UOWTransaction, _instances: object) -> None:
    actor = current_actor()
    told = _told_already(session)
    for row in list(session.new):
        if isinstance(row, FOLLOWED):
            _give_identity(row)
            session.add(_event(actor, f"{row.__tablename__}:added", row, Outcome.DONE, ()))
    for row in list(session.dirty):
        if isinstance(row, FOLLOWED):
            changed = changed_fields(row)
            if not told[row.__tablename__, str(row.id)].issuperset(changed):
                session.add(
                    _event(actor, f"{row.__tablename__}:changed", row, Outcome.DONE, changed)
                )


def _told_already(session: Session) -> defaultdict[tuple[str | None, str | None], set[str]]:
    """Fields that an event of this flush names already, by record: one change is told once."""
    told: defaultdict[tuple[str | None, str | None], set[str]] = defaultdict(set)
    for row in session.new:
        if isinstance(row, AuditEvent) and row.outcome is Outcome.DONE:
            told[row.object_type, row.object_id].update(row.fields)
    return told


def _give_identity(row: Model) -> None:
    """Set the id before the flush would, so that the event can name it."""
    default = row.__table__.c.id.default
    if row.id is None and default is not None and default.is_callable:
        row.id = default.arg(None)


def changed_fields(row: Model) -> tuple[str, ...]:
    """The fields of a row that the next flush writes, but for those that follow from others."""
    state = inspect(row)
    return tuple(
        sorted(
            attribute.key
            for attribute in state.mapper.column_attrs
            if attribute.key not in NOT_TOLD and state.attrs[attribute.key].history.has_changes()
        )
    )


def _roles_told(actor: Actor, is_at_home: bool) -> str | None:
    """The roles behind an event; what the actor is elsewhere is not this municipality's to know."""
    roles = actor.roles if is_at_home else actor.roles & {Role.CENTRAL_ADMINISTRATOR}
    return ",".join(sorted(roles)) or None


def _event(
    actor: Actor, action: str, thing: Model | None, outcome: Outcome, fields: tuple[str, ...]
) -> AuditEvent:
    municipality_id = actor.municipality_id
    if isinstance(thing, OF_INSTALLATION):
        municipality_id = None
    elif isinstance(thing, tenancy.TENANT_MODELS):
        municipality_id = thing.municipality_id or tenancy.current_scope().municipality_id
    is_at_home = municipality_id == actor.municipality_id
    return AuditEvent(
        municipality_id=municipality_id,
        at=utc_now(),
        account_id=actor.account_id,
        person_id=actor.person_id if is_at_home else None,
        role=_roles_told(actor, is_at_home),
        action=action,
        outcome=outcome,
        plan_id=thing.id if isinstance(thing, Plan) else getattr(thing, "plan_id", None),
        section=getattr(thing, "section", None),
        object_type=None if thing is None else thing.__tablename__,
        object_id=None if thing is None or thing.id is None else str(thing.id),
        fields=list(fields),
        request_id=request_id.get(),
    )
