"""What moving a unit would do, before anything is done, and how far it is: numbers.

For the one that the unit leaves. A number that is the length of a list opens it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.clock import day_of
from app.db import db
from app.duplicates.figures import PERSONS
from app.enums import MoveState, PlanKind, PlanState
from app.joining import unit_family, unit_moves
from app.joining_tables import UnitMove
from app.models import Participant, Person, Plan, Unit
from app.plans import list_filters, lists
from app.plans.plan_troubles import is_open
from app.screens.figures import Figure, figure
from app.screens.words import words
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action
from app.security.tenancy import here
from app.side_tables import PlanMove


@dataclass(frozen=True)
class Outlook:
    """What a move of the units would mean, as it is now.

    Lists leave out plans whose owner's address is protected: those are ``shielded``.
    """

    units: Sequence[Unit]
    kinds: Sequence[Figure]
    shielded: int
    moving: int
    stays: Sequence[Figure]
    drafts: int
    people: Figure
    roles: int
    participations: int


class Step(StrEnum):
    """How far a plan of the units is."""

    NOT_BEGUN = "not_begun"
    ASKED = "asked"
    SENT = "sent"
    TAKEN_OVER = "taken_over"
    STAYS = "stays"


STEPS = {
    Step.NOT_BEGUN: _l("Not begun"),
    Step.ASKED: _l("Asked for consent, or about to be sent"),
    Step.SENT: _l("Sent, waits for an answer"),
    Step.TAKEN_OVER: _l("Taken over there"),
    Step.STAYS: _l("Declined, not consented to, or stopped: stays here so far"),
}
OF_MOVES = {
    MoveState.ASKED: Step.ASKED,
    MoveState.SENT: Step.SENT,
    MoveState.ACCEPTED: Step.TAKEN_OVER,
}


@dataclass(frozen=True)
class Progress:
    """How many plans are how far, and those whose owner's address is protected apart."""

    steps: Mapping[Step, int]
    shielded: int
    left: Sequence[Figure]
    """Lists of what stands in the way of the end; those of protected owners are in none."""

    @property
    def is_ready(self) -> bool:
        """Whether no open plan is left in the units."""
        gone = self.steps[Step.TAKEN_OVER]
        return not self.shielded and sum(self.steps.values()) == gone


def look(actor: Actor, unit: Unit, units: Sequence[Unit], at: datetime) -> Outlook:
    """What moving ``unit`` and all below it, ``units``, would mean."""
    ids = [one.id for one in units]
    going = unit_family.open_plans(ids)
    shielded = _shielded(owner for _pk, owner in going)
    here_only = {"unit": unit.id}
    staying = {
        state: figure(actor, lists.COUNTED, words(state), here_only | {"state": state.value})
        for state in (PlanState.DRAFT, PlanState.CLOSED, PlanState.ARCHIVED)
    }
    return Outlook(
        units=[one for one in units if one.retired_at is None],
        kinds=_filled(
            figure(
                actor,
                lists.COUNTED,
                words(kind),
                here_only | {"kind": kind.value, "state": list_filters.OPEN},
            )
            for kind in PlanKind
        ),
        shielded=sum(owner in shielded for _pk, owner in going),
        moving=_on_a_move([pk for pk, _owner in going]),
        stays=_filled(staying.values()),
        drafts=staying[PlanState.DRAFT].count,
        people=figure(actor, PERSONS, _l("People who belong to these units"), here_only),
        roles=len(unit_moves.limited_roles(actor, ids, at)),
        participations=_participations(actor, ids, at),
    )


def _filled(figures: Iterable[Figure]) -> list[Figure]:
    return [one for one in figures if one.count]


def _shielded(owner_ids: Iterable[str]) -> set[str]:
    found = select(Person.id).where(
        here(Person), Person.id.in_(set(owner_ids)), Person.is_shielded.is_(True)
    )
    return set(db.session.scalars(found))


def _on_a_move(plan_ids: Collection[str]) -> int:
    found = select(func.count(PlanMove.id)).where(
        here(PlanMove), PlanMove.plan_id.in_(plan_ids), PlanMove.ended_at.is_(None)
    )
    return db.session.scalar(found) or 0


def _participations(actor: Actor, unit_ids: Sequence[str], at: datetime) -> int:
    """How often people of the units take part in open plans that are no plans of the units."""
    people = select(Person.id).where(here(Person), Person.unit_id.in_(unit_ids))
    others = select(Plan.id).where(
        here(Plan), is_open(), Plan.unit_id.is_(None) | Plan.unit_id.not_in(unit_ids)
    )
    found = scope.rows(actor, Participant, Action.EXPORT).where(
        Participant.active(day_of(at)),
        Participant.person_id.in_(people.correlate(None)),
        Participant.plan_id.in_(others.correlate(None)),
    )
    ids = found.with_only_columns(Participant.id).subquery()
    return db.session.scalar(func.count().select().select_from(ids)) or 0


def progress(actor: Actor, move: UnitMove) -> Progress:
    """How far the plans of a unit that is on its way are."""
    open_plans = unit_family.open_plans(move.unit_ids)
    shielded = _shielded(owner for _pk, owner in open_plans)
    last = _last_moves(move)
    steps = Counter(
        OF_MOVES.get(last[pk], Step.STAYS) if pk in last else Step.NOT_BEGUN
        for pk, owner in open_plans
        if owner not in shielded
    )
    # A plan that was taken over is closed, so it is none of those that are open.
    steps[Step.TAKEN_OVER] += sum(state is MoveState.ACCEPTED for state in last.values())
    return Progress(
        steps={one: steps[one] for one in Step},
        shielded=sum(owner in shielded for _pk, owner in open_plans),
        left=_filled(
            figure(actor, lists.COUNTED, words(state), {"unit": move.unit_id, "state": state.value})
            for state in unit_family.GOING
        ),
    )


def _last_moves(move: UnitMove) -> dict[str, MoveState]:
    """How it is with the last move of each plan of the units to where they go."""
    plans = select(Plan.id).where(here(Plan), Plan.unit_id.in_(move.unit_ids))
    found = select(PlanMove.plan_id, PlanMove.state).where(
        here(PlanMove),
        PlanMove.plan_id.in_(plans),
        PlanMove.to_municipality_id == move.to_municipality_id,
        PlanMove.asked_at >= move.proposed_at,
    )
    last: dict[str, MoveState] = {}
    for pk, state in db.session.execute(found.order_by(PlanMove.id)):
        last[pk] = state
    return last
