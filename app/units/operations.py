"""Setting up and changing the tree of units.

Whoever changes the tree of a municipality holds it to the end of the transaction, so that two
changes at once can't make a circle or leave a path behind.
"""

from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select

from app.audit import log
from app.columns import OfMunicipality, new_id
from app.db import db
from app.errors import DomainError, StaleVersion
from app.models import AccountLinkRequest, Membership, Municipality, Person, Plan, Unit
from app.people.names import search_form
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import IncomingPlan

DEEPEST = 12
# Participations and consents keep the service that they were given to: moving them would let
# whoever acts for the other one see what nobody consented to.
REFER_TO_UNIT: tuple[type[OfMunicipality], ...] = (
    Person,
    Membership,
    AccountLinkRequest,
    Plan,
    IncomingPlan,
)


class TooDeep(DomainError):
    """The tree of units would become too deep."""

    message = _l("A unit can't stand more than 12 levels down.")
    status = 422


class UnderItself(DomainError):
    """A unit can't become part of itself, nor of what is part of it."""

    message = _l("A unit can't be placed under itself or under a unit that is part of it.")
    status = 422


class RetiredUnit(DomainError):
    """A retired unit takes nothing in and goes nowhere."""

    message = _l("The unit is retired. Bring it back into use first.")


class SameUnit(DomainError):
    """A unit can't be merged with itself."""

    message = _l("Choose another unit: a unit can't be merged with itself.")
    status = 422


class MergedIntoOwnPart(DomainError):
    """A unit can't go into a unit that is part of it."""

    message = _l(
        "A unit can't be merged into a unit that is part of it. Merge the other way round."
    )
    status = 422


class UnitsBelow(DomainError):
    """Units in use stand below a unit that was to be retired."""

    message = _l("Units in use are part of this one. Move, merge or retire them first.")


class ParentIsRetired(DomainError):
    """A unit can't come back under a unit that is retired."""

    message = _l("The unit that this one is part of is retired. Bring that one back first.")


class UnitWasMerged(DomainError):
    """A merged unit has nothing of its own left to come back with."""

    message = _l("This unit was merged into another and can't be brought back. Add a new unit.")


class OutsideOwnUnits(DomainError):
    """The place is outside the part of the tree that the actor administers."""

    message = _l("Choose a unit that you administer for it to be part of.")
    status = 422


def place(unit: Unit, parent: Unit | None, *, at: datetime) -> None:
    """Give a new unit its id, its place under ``parent`` and its time.

    Raises:
        TooDeep: the place is further down than the panel shows.
    """
    unit.id = unit.id or new_id()
    unit.municipality_id = parent.municipality_id if parent is not None else unit.municipality_id
    unit.parent_id = parent.id if parent is not None else None
    unit.path = _path_under(unit, parent)
    unit.created_at = at
    unit.search_name = search_form(unit.name)
    if unit.depth > DEEPEST:
        raise TooDeep(field="parent_id")


def add(actor: Actor, unit: Unit, parent: Unit | None, *, at: datetime) -> Unit:
    """Add a new unit below ``parent``, or at the top of the actor's municipality.

    Raises:
        RetiredUnit: ``parent`` is retired.
        OutsideOwnUnits: ``actor`` administers a part of the tree, and this is not in it.
    """
    unit.municipality_id = actor.municipality_id
    if parent is not None:
        hold_tree(parent.municipality_id)
        db.session.refresh(parent)
        _refuse_retired(parent, field="parent_id")
    place(unit, parent, at=at)
    if not policy.decide(actor, Action.ADD, unit):
        raise OutsideOwnUnits(field="parent_id")
    db.session.add(unit)
    return unit


def rename(unit: Unit) -> None:
    """Keep the search form in step with the name."""
    unit.search_name = search_form(unit.name)


def move(actor: Actor, unit: Unit, new_parent: Unit | None, *, at: datetime) -> None:
    """Move ``unit`` with all below it under ``new_parent``; None is the top of the municipality.

    Retired units below follow. ``at`` is not kept; the event has its time.

    Raises:
        NotFound, NotAllowed: ``actor`` may not move the unit, or not to there.
        OutsideOwnUnits: only who administers the whole municipality moves to the top.
        RetiredUnit, UnderItself, TooDeep: the tree allows no such place.
        StaleVersion: somebody else has just changed one of the two.
    """
    policy.require(actor, Action.MOVE, unit)
    _require_as_parent(actor, unit, new_parent)
    hold_tree(unit.municipality_id, unit, *_given(new_parent))
    if new_parent is not None:
        _refuse_retired(new_parent, field="parent_id")
        if _is_below(new_parent, unit):
            raise UnderItself(field="parent_id")
    if unit.parent_id == (new_parent.id if new_parent is not None else None):
        return
    _hang(actor, unit, new_parent)


def merge(actor: Actor, loser: Unit, winner: Unit, *, at: datetime) -> None:
    """Let ``winner`` take over all of ``loser``, which is retired and points to it.

    Persons, roles limited to the unit, and the units directly below go over, the retired and the
    ended as well. The winner keeps its own name, leader and contact data.

    Raises:
        NotFound, NotAllowed: ``actor`` may not merge both.
        SameUnit, MergedIntoOwnPart, RetiredUnit, TooDeep: these two can't be merged.
        StaleVersion: somebody else has just changed one of the two.
    """
    require_mergeable(actor, loser, winner)
    hold_tree(loser.municipality_id, loser, winner)
    _refuse_unfit(loser, winner)
    for child in db.session.scalars(select(Unit).where(Unit.parent_id == loser.id)).all():
        _hang(actor, child, winner)
    for row in list(_referring_to(loser)):
        row.unit_id = winner.id
    loser.retired_at = at
    loser.merged_into_id = winner.id
    log.record(actor, "unit:merged", loser, fields=("merged_into_id", "retired_at"))
    log.record(actor, "unit:took_over", winner)
    db.session.flush()
    db.session.expire(loser, ["merged_into"])


def require_mergeable(actor: Actor, loser: Unit, winner: Unit) -> None:
    """Refuse what ``merge`` would refuse, before anything is done.

    Raises:
        NotFound, NotAllowed, SameUnit, MergedIntoOwnPart, RetiredUnit: as ``merge``.
    """
    for unit in (loser, winner):
        policy.require(actor, Action.SHOW, unit)
    _refuse_unfit(loser, winner)
    for unit in (loser, winner):
        policy.require(actor, Action.MERGE, unit)


def retire(actor: Actor, unit: Unit, *, at: datetime) -> None:
    """Take ``unit`` out of use; persons keep their reference to it, as history.

    Raises:
        NotFound, NotAllowed: ``actor`` may not retire it.
        UnitsBelow: units in use are part of it.
    """
    policy.require(actor, Action.RETIRE, unit)
    hold_tree(unit.municipality_id, unit)
    in_use_below = exists(
        select(Unit.id).where(
            Unit.municipality_id == unit.municipality_id,
            Unit.parent_id == unit.id,
            Unit.retired_at.is_(None),
        )
    )
    if db.session.scalar(select(in_use_below)):
        raise UnitsBelow
    log.record(actor, "unit:retired", unit, fields=("retired_at",))
    unit.retired_at = at


def restore(actor: Actor, unit: Unit) -> None:
    """Bring ``unit`` back into use, where it stood.

    Raises:
        NotFound, NotAllowed: ``actor`` may not bring it back.
        UnitWasMerged: all it had belongs to another unit.
        ParentIsRetired: what it was part of is out of use.
    """
    policy.require(actor, Action.RESTORE, unit)
    hold_tree(unit.municipality_id, unit)
    if unit.merged_into_id is not None:
        raise UnitWasMerged
    parent = db.session.get(Unit, unit.parent_id) if unit.parent_id is not None else None
    if parent is not None and parent.retired_at is not None:
        raise ParentIsRetired
    log.record(actor, "unit:restored", unit, fields=("retired_at",))
    unit.retired_at = None


# --- the tree -------------------------------------------------------------------------------------


def hold_tree(municipality_id: int, *units: Unit) -> None:
    """Wait until nobody else changes the municipality's tree, and read ``units`` anew.

    Raises:
        StaleVersion: one of them has changed since it was read.
    """
    db.session.flush()
    seen = [unit.version for unit in units]
    # "No key update": rows that refer to the municipality can still be added meanwhile.
    db.session.execute(
        select(Municipality.id)
        .where(Municipality.id == municipality_id)
        .with_for_update(key_share=True)
    )
    for unit in units:
        db.session.refresh(unit)
    if [unit.version for unit in units] != seen:
        raise StaleVersion


def _hang(actor: Actor, unit: Unit, parent: Unit | None) -> None:
    """Place ``unit`` under ``parent``, and write the paths of all below it anew."""
    before, after = unit.path, _path_under(unit, parent)
    family = _family(unit)
    for one in family:
        one.path = after + one.path[len(before) :]
        if one.depth > DEEPEST:
            raise TooDeep(field="parent_id")
    unit.parent_id = parent.id if parent is not None else None
    log.record(actor, "unit:moved", unit, fields=("parent_id",))
    db.session.flush()
    db.session.expire(unit, ["parent"])


def _family(unit: Unit) -> list[Unit]:
    """The unit and all below it, as they are now."""
    found = db.session.scalars(
        select(Unit)
        .where(Unit.municipality_id == unit.municipality_id, scope.below(unit.path))
        .execution_options(populate_existing=True)
    )
    return list(found)


def _path_under(unit: Unit, parent: Unit | None) -> str:
    return (parent.path if parent is not None else "/") + f"{unit.id}/"


def _is_below(unit: Unit, top: Unit) -> bool:
    """Whether ``unit`` is ``top`` or stands under it."""
    return unit.path.startswith(top.path)


def _given(unit: Unit | None) -> tuple[Unit, ...]:
    return (unit,) if unit is not None else ()


def _referring_to(unit: Unit) -> Iterable[OfMunicipality]:
    for model in REFER_TO_UNIT:
        yield from db.session.scalars(
            select(model).where(
                model.municipality_id == unit.municipality_id, model.unit_id == unit.id
            )
        ).all()


# --- who may, and what may not --------------------------------------------------------------------


def _require_as_parent(actor: Actor, unit: Unit, parent: Unit | None) -> None:
    if parent is not None:
        policy.require(actor, Action.SHOW, parent)
        _refuse_retired(parent, field="parent_id")
        policy.require(actor, Action.MOVE, parent)
        return
    there = Unit(municipality_id=unit.municipality_id, path=_path_under(unit, None))
    if not policy.decide(actor, Action.MOVE, there):
        raise OutsideOwnUnits(field="parent_id")


def _refuse_unfit(loser: Unit, winner: Unit) -> None:
    for unit in (loser, winner):
        _refuse_retired(unit, field="winner_id")
    if loser.id == winner.id:
        raise SameUnit(field="winner_id")
    if _is_below(winner, loser):
        raise MergedIntoOwnPart(field="winner_id")


def _refuse_retired(unit: Unit, *, field: str) -> None:
    if unit.retired_at is not None:
        raise RetiredUnit(field=field)
