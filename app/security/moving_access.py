"""Who may do what with a plan that another municipality has sent here.

The local administrator of the whole municipality sees that it came, and names a coordinator, who
answers. It belongs to no unit yet, so a role below a unit does not reach it. Nobody sees what is in
it before it is accepted. Both twins stand here: for one in memory, and for many in SQL.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from app.enums import Role
from app.security.actor import Actor
from app.security.plan_rights import SEE, Basis
from app.security.roles import Action
from app.security.tenancy import stands
from app.side_tables import IncomingPlan

WHILE_OPEN: dict[Basis, frozenset[Action]] = {
    Basis.LOCAL_ADMINISTRATOR: frozenset({Action.HAND_OVER, Action.DECLINE}),
    Basis.COORDINATOR: frozenset({Action.ANSWER, Action.DECLINE}),
}
"""What can be done until it is answered, taken back, or too old."""
AT_ANY_TIME: dict[Basis, frozenset[Action]] = {
    Basis.LOCAL_ADMINISTRATOR: SEE | {Action.EXPORT},
    Basis.COORDINATOR: SEE,
}
"""What can be done afterwards too."""


def basis_for(actor: Actor, action: Action, package: IncomingPlan) -> Basis | None:
    """By what ``actor`` may do ``action`` with a plan that was sent here; None when by nothing."""
    if actor.at is None or actor.municipality_id is None:
        return None
    if stands("policy") and package.municipality_id != actor.municipality_id:
        return None
    is_open = package.ended_at is None and actor.at < package.expires_at
    for basis in _may(action, is_open=is_open):
        if basis is Basis.LOCAL_ADMINISTRATOR and _administers_all(actor):
            return basis
        if basis is Basis.COORDINATOR and _is_named(actor, package):
            return basis
    return None


def packages(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for plans that were sent here; the twin of ``basis_for``."""
    if actor.at is None or actor.municipality_id is None:
        return false()
    rows: Any = IncomingPlan
    here = rows.municipality_id == actor.municipality_id if stands("policy") else true()
    by: list[ColumnElement[bool]] = [false()]
    if _administers_all(actor) and Basis.LOCAL_ADMINISTRATOR in _may(action, is_open=True):
        by.append(_in_time(action, actor.at))
    may_be_named = actor.person_id is not None and actor.holds(Role.COORDINATOR)
    if may_be_named and Basis.COORDINATOR in _may(action, is_open=True):
        by.append(and_(rows.coordinator_id == actor.person_id, _in_time(action, actor.at)))
    return and_(here, or_(*by))


def _may(action: Action, *, is_open: bool) -> list[Basis]:
    """The relations that give the right, with what is still open or with what is over."""
    return [
        basis
        for basis, actions in WHILE_OPEN.items()
        if action in AT_ANY_TIME[basis] or (is_open and action in actions)
    ]


def _in_time(action: Action, at: datetime) -> ColumnElement[bool]:
    if any(action in actions for actions in AT_ANY_TIME.values()):
        return true()
    return and_(IncomingPlan.ended_at.is_(None), IncomingPlan.expires_at > at)


def _administers_all(actor: Actor) -> bool:
    return any(
        one.role is Role.LOCAL_ADMINISTRATOR and one.unit_path is None for one in actor.holdings
    )


def _is_named(actor: Actor, package: IncomingPlan) -> bool:
    is_theirs = actor.person_id is not None and package.coordinator_id == actor.person_id
    return is_theirs and actor.holds(Role.COORDINATOR)
