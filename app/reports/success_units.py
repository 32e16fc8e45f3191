"""The measures of success that are told of single units."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app.db import db
from app.models import Person, Plan, Unit
from app.people import training
from app.plans import pen_share
from app.reports import success_plans
from app.reports.success import of_pen, year_to
from app.reports.success_plans import mine
from app.reports.success_values import NOTHING, Share, looked_up
from app.security.actor import Actor

FEWEST = 5


@dataclass(frozen=True)
class OfUnit:
    """What is told of one unit with at least five open plans."""

    unit_id: str
    name: str
    trained: Share
    evaluated: Share
    pen: Share


def read(actor: Actor, at: datetime, on: date) -> list[OfUnit]:
    """The units that can be told of, by name."""
    names = _large_units(actor)
    if not names:
        return []
    trained = _trained(actor, on)
    evaluated = success_plans.evaluated_by_unit(actor, on)
    written = pen_share.by_unit(mine(actor), year_to(on, at))
    return [
        OfUnit(
            pk,
            name,
            _bare(trained.get(pk, NOTHING)),
            _bare(evaluated.get(pk, NOTHING)),
            of_pen(written.get(pk, pen_share.Pen(0, 0))),
        )
        for pk, name in names.items()
    ]


def _bare(share: Share) -> Share:
    """The percentage alone: numbers beside it would tell of the units that are left out."""
    return Share(share.low, share.high)


def _large_units(actor: Actor) -> dict[str, str]:
    """The names, by id, of units with at least five open plans; no plan of a shielded owner is
    counted, for it must not show where they are."""
    found = (
        select(Unit.id, Unit.name)
        .join(Plan, Plan.unit_id == Unit.id)
        .join(Person, Plan.owner_id == Person.id)
        .where(mine(actor), Plan.closed_at.is_(None), Person.is_shielded.is_(False))
        .group_by(Unit.id, Unit.name, Unit.search_name)
        .having(func.count(Plan.id) >= FEWEST)
        .order_by(Unit.search_name, Unit.id)
    )
    return {row.id: row.name for row in db.session.execute(found)}


def _trained(actor: Actor, on: date) -> dict[str, Share]:
    """Of those who coordinate open plans of each unit, how many are trained."""
    trained = training.is_trained(Plan.coordinator_id, on)
    who = func.count(Plan.coordinator_id.distinct())
    found = (
        select(Plan.unit_id, who.label("all"), who.filter(trained).label("trained"))
        .join(Person, Plan.owner_id == Person.id)
        .where(mine(actor), Plan.closed_at.is_(None), Person.is_shielded.is_(False))
        .group_by(Plan.unit_id)
    )
    return {row.unit_id: looked_up(row.trained, row.all) for row in db.session.execute(found)}
