"""Units that another municipality wants to send here, and the answer.

With a yes the units are made here in the same moment, or none of them. No person, role or plan
comes along; what comes later, comes plan by plan.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit import log
from app.db import db
from app.enums import UnitKind
from app.errors import DomainError
from app.joining import unit_family, unit_moves
from app.joining.unit_moves import NotWaiting
from app.joining_tables import IncomingUnits, UnitMove, UnitMoveState
from app.models import Municipality, Unit
from app.people.names import search_form, tidy
from app.plans.life import LONGEST_REASON, ReasonNeeded
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.security.tenancy import Scope, here, visiting
from app.units import operations as units


class NotAsOffered(DomainError):
    """The units over there have changed, or are gone."""

    message = _l(
        "The units have changed since they were offered. Ask the municipality that offered them to"
        " take it back, and to offer them anew."
    )


class GoneOutOfUse(DomainError):
    """Nobody over there could do their part."""

    message = _l("The municipality that offered the units is not in use any more. Say no to this.")


class NameTaken(DomainError):
    """Two units of one name would stand side by side."""

    status = 422
    message = _l(
        "A unit of the same name stands there already. Choose another place, or change the name of"
        " the one that is there."
    )


def accept(actor: Actor, incoming: IncomingUnits, parent: Unit | None, *, at: datetime) -> Unit:
    """Take the units over: they are made here, under ``parent`` or at the top. The topmost one.

    Raises:
        NotWaiting: it was answered or taken back.
        GoneOutOfUse: the other municipality is.
        NotAsOffered: the units have changed over there.
        NameTaken, TooDeep, RetiredUnit, OutsideOwnUnits: the place can't be.
    """
    policy.require(actor, Action.APPROVE, incoming)
    move_id, from_id = incoming.id, incoming.from_municipality_id
    if not db.session.get_one(Municipality, from_id).is_in_use:
        raise GoneOutOfUse
    with visiting(db.session(), Scope(from_id, actor.account_id)):
        move = _waiting_there(move_id)
        if not unit_family.is_as_offered(move):
            raise NotAsOffered
        move.state, move.answered_at = UnitMoveState.ACCEPTED, at
        log.record(actor, "unit_move:accepted", move, fields=log.changed_fields(move))
    _hold(actor, incoming, Action.APPROVE)
    made = _make(actor, incoming, parent, at)
    incoming.state, incoming.answered_at = UnitMoveState.ACCEPTED, at
    incoming.answered_by_id = actor.account_id
    incoming.made = {old: new.id for old, new in made.items()}
    log.record(actor, "incoming_units:accepted", incoming, fields=log.changed_fields(incoming))
    db.session.flush()
    return made[str(incoming.offered[0]["id"])]


def _make(
    actor: Actor, incoming: IncomingUnits, parent: Unit | None, at: datetime
) -> dict[str, Unit]:
    """The new units by the id of the old; each after what it is part of."""
    made: dict[str, Unit] = {}
    for one in incoming.offered:
        unit = Unit(name=one["name"], kind=UnitKind(str(one["kind"])), is_outside=False)
        above = made.get(str(one["parent"]), parent)
        made[str(one["id"])] = units.add(actor, unit, above, at=at)
        if above is parent:
            # The tree is held by now where there is a parent; at the top, two are only alike.
            _require_free(unit, parent)
        db.session.flush()
    return made


def _require_free(unit: Unit, parent: Unit | None) -> None:
    place = Unit.parent_id.is_(None) if parent is None else Unit.parent_id == parent.id
    taken = select(Unit.id).where(
        here(Unit),
        place,
        Unit.search_name == search_form(unit.name),
        Unit.retired_at.is_(None),
        Unit.id != unit.id,
    )
    with db.session.no_autoflush:
        if db.session.scalar(taken.limit(1)) is not None:
            raise NameTaken(field="parent_id")


def decline(actor: Actor, incoming: IncomingUnits, *, reason: str | None, at: datetime) -> None:
    """Say no, with a reason that the other municipality reads.

    Raises:
        ReasonNeeded, NotWaiting
    """
    policy.require(actor, Action.DECLINE, incoming)
    why = tidy(reason or "")[:LONGEST_REASON]
    if not why:
        raise ReasonNeeded(field="reason")
    move_id, from_id = incoming.id, incoming.from_municipality_id
    with visiting(db.session(), Scope(from_id, actor.account_id)):
        move = _waiting_there(move_id)
        move.answered_at, state = at, UnitMoveState.DECLINED
        unit_moves.end(actor, move, state, "unit_move:declined", at=at, reason=why)
    _hold(actor, incoming, Action.DECLINE)
    incoming.state, incoming.ended_at, incoming.reason = UnitMoveState.DECLINED, at, why
    incoming.answered_at, incoming.answered_by_id = at, actor.account_id
    log.record(actor, "incoming_units:declined", incoming, fields=log.changed_fields(incoming))


def _waiting_there(move_id: str) -> UnitMove:
    """The move over there while it waits, held; asked in its scope.

    Raises:
        NotWaiting
    """
    move = unit_moves.held_there(move_id)
    if move is None or move.state is not UnitMoveState.PROPOSED:
        raise NotWaiting
    return move


def _hold(actor: Actor, incoming: IncomingUnits, action: Action) -> None:
    db.session.refresh(incoming, with_for_update=True)
    policy.require(actor, action, incoming)
    if incoming.state is not UnitMoveState.PROPOSED:
        raise NotWaiting
