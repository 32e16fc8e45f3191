"""The measures of success that are about the municipality itself: routines, units and contact.

They are about no person, so they are told as they are, and most are known as they are today alone.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select

from app.db import db
from app.enums import UnitKind
from app.models import Plan, Routine, Unit
from app.people import training
from app.reports.success_plans import mine
from app.security import scope
from app.security.actor import Actor


@dataclass(frozen=True)
class Counted:
    """How many of something are as they should be."""

    good: int
    of: int

    @property
    def is_all(self) -> bool | None:
        """Whether all are; None where there is nothing."""
        return self.good == self.of if self.of else None


def routines_in_date(actor: Actor, on: date) -> Counted:
    """How many of the routines in use have a keeper, and a review that is not overdue."""
    is_good = Routine.keeper_id.is_not(None) & (Routine.review_on >= on)
    good, of = db.session.execute(
        scope.rows(actor, Routine)
        .where(Routine.retired_at.is_(None))
        .with_only_columns(func.sum(case((is_good, 1), else_=0)), func.count(Routine.id))
    ).one()
    return Counted(int(good or 0), of)


def anchored_units(actor: Actor, on: date) -> Counted:
    """How many of the units with open plans have a named leader, and a trained coordinator among
    those who coordinate the plans."""
    trained = func.max(case((training.is_trained(Plan.coordinator_id, on), 1), else_=0))
    found = (
        select(Unit.leader_id, trained.label("trained"))
        .join(Plan, Plan.unit_id == Unit.id)
        .where(mine(actor), Plan.closed_at.is_(None), Unit.retired_at.is_(None))
        .group_by(Unit.id, Unit.leader_id)
    )
    rows = db.session.execute(found).all()
    return Counted(sum(bool(row.leader_id and row.trained) for row in rows), len(rows))


@dataclass(frozen=True)
class Contact:
    """The coordinating unit: its id and name, and whether one can reach it."""

    unit_id: str
    name: str
    is_reachable: bool


def coordinating_unit(actor: Actor) -> Contact | None:
    """The coordinating unit of the municipality, one that can be reached before others.

    Every administrator is told of it, also who administers a part that it does not lie in.
    """
    found = select(Unit.id, Unit.name, Unit.email, Unit.phone).where(
        Unit.municipality_id == actor.municipality_id,
        Unit.kind == UnitKind.COORDINATING_UNIT,
        Unit.retired_at.is_(None),
    )
    units = [
        Contact(row.id, row.name, bool(row.email or row.phone))
        for row in db.session.execute(found.order_by(Unit.search_name, Unit.id))
    ]
    return next((one for one in units if one.is_reachable), units[0] if units else None)
