"""What an actor may see of many rows: the condition every list, choice, export and count starts
with. The twin of ``policy.decide``."""

from collections.abc import Callable
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from app.enums import Role, Section
from app.joining_tables import MunicipalityJoining
from app.models import (
    AccountLinkRequest,
    ApiToken,
    AuditEvent,
    Consent,
    Introduction,
    Job,
    Membership,
    Municipality,
    Participant,
    Person,
    Plan,
    PlanEntry,
    Pulse,
    TidiedPlan,
    Unit,
)
from app.security import moving_access, plan_scope
from app.security.actor import Actor, Holding
from app.security.policy import MUNICIPAL, may_open
from app.security.roles import (
    MAY_GIVE,
    ONLY_BY_GIVER,
    RESOURCES,
    ROLE_RIGHTS,
    SELF_RIGHTS,
    Action,
)
from app.security.tenancy import stands
from app.set_up_tables import NationalPiece, NationalVersion
from app.side_tables import BulkChange, Handover, IncomingPlan, ListSetting, Notice, SavedView

IN_PLANS: dict[type[Model], Callable[[Actor, Action], ColumnElement[bool]]] = {
    Participant: plan_scope.participants,
    Consent: plan_scope.consents,
    PlanEntry: plan_scope.entries,
    Handover: plan_scope.handovers,
    IncomingPlan: moving_access.packages,
    TidiedPlan: plan_scope.tidied,
    Introduction: plan_scope.introductions,
}
"""Kinds of rows whose access has rules of its own: mostly it follows from that to their plan."""


def visible(
    actor: Actor,
    model: type[Model],
    action: Action = Action.LIST,
    *,
    section: Section | None = None,
) -> ColumnElement[bool]:
    """The SQL condition that rows of ``model`` meet when ``actor`` may do ``action`` with them.

    READ, COMMENT, WRITE and MANAGE of plans are about a ``section``.
    """
    resource = RESOURCES[model]
    if not may_open(actor, action, resource):
        return false()
    if model is Plan:
        return plan_scope.plans(actor, action, section)
    if model in IN_PLANS:
        return IN_PLANS[model](actor, action)
    conditions = [
        _given(holding, action, model, _reach(actor, holding, model))
        for holding in actor.holdings
        if action in ROLE_RIGHTS[holding.role].get(resource, ())
    ]
    if action in SELF_RIGHTS.get(resource, ()):
        conditions.append(_own(actor, model))
    return or_(*dict.fromkeys(conditions)) if conditions else false()


def rows(actor: Actor, model: type[Model], action: Action = Action.LIST) -> Select[Any]:
    """A query for the rows of ``model`` that are open to ``actor`` for ``action``."""
    return select(model).where(visible(actor, model, action))


def below(path: str) -> ColumnElement[bool]:
    """The condition for a unit at ``path`` or under it, as one index range."""
    return and_(Unit.path >= path, Unit.path < path[:-1] + "0")


def _reach(actor: Actor, holding: Holding, model: type[Model]) -> ColumnElement[bool]:
    if model is Municipality:
        return true()
    columns: Any = model
    if model in (NationalPiece, NationalVersion) and holding.role is not Role.CENTRAL_ADMINISTRATOR:
        for_all = columns.number if model is NationalPiece else columns.published_at
        published: ColumnElement[bool] = for_all.is_not(None)
        return published
    if model is MunicipalityJoining and holding.role is not Role.CENTRAL_ADMINISTRATOR:
        takes_over: ColumnElement[bool] = columns.into_id == actor.municipality_id
        return takes_over if holding.unit_path is None else false()
    if holding.role is Role.CENTRAL_ADMINISTRATOR:
        owner = getattr(columns, "municipality_id", None)
        return true() if owner is None else owner.is_(None)
    here = _here(actor, model)
    return here if holding.unit_path is None else and_(here, _below(actor, holding, model))


def _here(actor: Actor, model: type[Model]) -> ColumnElement[bool]:
    columns: Any = model
    if not stands("policy"):
        return true()
    if model is AuditEvent:
        logged: ColumnElement[bool] = columns.municipality_id.in_(
            [actor.municipality_id, *actor.earlier]
        )
        return logged
    own: ColumnElement[bool] = columns.municipality_id == actor.municipality_id
    return own


def _given(
    holding: Holding, action: Action, model: type[Model], reach: ColumnElement[bool]
) -> ColumnElement[bool]:
    if model is Membership and action in ONLY_BY_GIVER:
        return and_(reach, Membership.role.in_(MAY_GIVE.get(holding.role, ())))
    return reach


def _below(actor: Actor, holding: Holding, model: type[Model]) -> ColumnElement[bool]:
    condition = below(str(holding.unit_path))
    # Kept apart from the query around it, which may name the same tables.
    units = select(Unit.id).where(condition).correlate(None)
    if model is Unit:
        return condition
    if issubclass(model, MUNICIPAL):
        return true()
    if model is Person:
        return Person.unit_id.in_(units)
    if model is Membership:
        return Membership.unit_id.in_(units)
    if model is AccountLinkRequest:
        persons = select(Person.id).where(Person.unit_id.in_(units)).correlate(None)
        return AccountLinkRequest.person_id.in_(persons)
    if model is Job:
        return Job.account_id == actor.account_id
    return false()


def _own(actor: Actor, model: type[Model]) -> ColumnElement[bool]:
    if model is Person:
        return and_(Person.id == actor.person_id, Person.municipality_id == actor.municipality_id)
    columns: Any = model
    if model in (ApiToken, AccountLinkRequest, ListSetting):
        mine: ColumnElement[bool] = columns.account_id == actor.account_id
        return mine
    if model in (Notice, Pulse):
        return and_(
            columns.municipality_id == actor.municipality_id,
            columns.person_id == actor.person_id,
        )
    if model in (SavedView, BulkChange):
        return and_(
            columns.account_id == actor.account_id,
            columns.municipality_id == actor.municipality_id,
        )
    return false()
