"""What plans can be filtered by in the overview: that they are so, never what is written in them.

Each condition is made only when it is asked for; none of them is about more than its own thing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, not_, select

from app.clock import today
from app.consent.terms import add_months
from app.db import db
from app.enums import PlanState, Role
from app.models import Membership, Person, Plan
from app.people.lists import MOST_NAMES, UnitFilter
from app.people.search import ids_named
from app.plans import (
    consent_states,
    coordinator_states,
    liveliness,
    meter_points,
    owners_side,
)
from app.plans.consent_states import ConsentState
from app.plans.coordinator_states import CoordinatorState
from app.screens.day_filter import Choice, DayFilter
from app.screens.listing import BadFilterValue, OneOfFilter, is_id
from app.screens.typed import is_like_national_id
from app.screens.words import options
from app.security import scope
from app.security.actor import current_actor

OPEN = "open"
SOON = timedelta(days=30)


class PlanUnitFilter(UnitFilter):
    """Plans of a unit that the actor sees and of those below it, the shielded owners' left out."""

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the plans' unit.

        Raises:
            BadFilterValue: there is no such unit.
        """
        chosen = self.units(value)
        if chosen is None:
            return None
        shielded = select(Person.id).where(Person.is_shielded.is_(True)).correlate(None)
        return Plan.unit_id.in_(chosen) & Plan.owner_id.not_in(shielded)


@dataclass(frozen=True)
class PlanStateFilter:
    """Plans in one state, or in any but closed and archived."""

    label: Any
    kind: str = "choice"

    @property
    def options(self) -> Sequence[tuple[str, Any]]:
        """(value, words) pairs."""
        return [(OPEN, _l("All that are not closed")), *options(PlanState)]

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the state.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if value == OPEN:
            return Plan.closed_at.is_(None)
        return OneOfFilter(self.label, Plan.state, options(PlanState)).condition(value)


@dataclass(frozen=True)
class CoordinatorFilter:
    """Plans by their coordinator: the beginnings of the name, typed or taken from those offered.

    An address may name a coordinator by the id, which tells namesakes apart.
    """

    label: Any
    kind: str = "typed"

    @property
    def names(self) -> Sequence[str]:
        """The coordinators that are offered; none where there are too many to look through."""
        held = and_(Membership.role == Role.COORDINATOR, Membership.active(today()))
        known = select(Membership.person_id).where(held).correlate(None)
        found = (
            scope.rows(current_actor(), Person)
            .where(Person.id.in_(known), Person.retired_at.is_(None))
            .order_by(Person.search_family, Person.id)
            .limit(MOST_NAMES + 1)
        )
        persons = db.session.scalars(found).all()
        return [] if len(persons) > MOST_NAMES else [one.full_name for one in persons]

    def shown(self, value: str) -> str:
        """What stands in the field: for an id the name."""
        if not is_id(value):
            return value
        found = scope.rows(current_actor(), Person).where(Person.id == value)
        person: Person | None = db.session.scalar(found)
        return "" if person is None else person.full_name

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the coordinator.

        Raises:
            BadFilterValue: it is a national id, which must not stand in an address.
        """
        if not value.strip():
            return None
        if is_id(value):
            return Plan.coordinator_id == value
        if is_like_national_id(value):
            raise BadFilterValue("name")
        return Plan.coordinator_id.in_(ids_named(value))


def _is_quiet(months: int, on: date) -> ColumnElement[bool]:
    return Plan.last_activity_at < liveliness.start_of(add_months(on, -months))


def _is_overdue(on: date) -> ColumnElement[bool]:
    return and_(Plan.next_evaluation_on.is_not(None), Plan.next_evaluation_on < on)


def _is_due(on: date) -> ColumnElement[bool]:
    return and_(Plan.next_evaluation_on >= on, Plan.next_evaluation_on <= on + SOON)


def _has_no_login(on: date) -> ColumnElement[bool]:
    return not_(owners_side.has_login(on))


ACTIVITY = DayFilter(
    _l("Last activity"),
    {
        "3": Choice(_l("None for 3 months"), partial(_is_quiet, 3)),
        "6": Choice(_l("None for 6 months"), partial(_is_quiet, 6)),
        "12": Choice(_l("None for 12 months"), partial(_is_quiet, 12)),
    },
)
CONSENT = DayFilter(
    _l("Consent"),
    {
        state.value: Choice(text, partial(consent_states.is_in, state))
        for state, text in consent_states.WORDS.items()
    }
    | {
        "ends_30": Choice(_l("Ends within 30 days"), partial(consent_states.ends_within, 30)),
        "ends_60": Choice(_l("Ends within 60 days"), partial(consent_states.ends_within, 60)),
    },
)
EVALUATION = DayFilter(
    _l("Evaluation"),
    {
        "overdue": Choice(_l("Overdue"), _is_overdue),
        "due": Choice(_l("Due within 30 days"), _is_due),
        "unset": Choice(_l("No day is set"), lambda _on: Plan.next_evaluation_on.is_(None)),
    },
)
OWNER_ACCESS = DayFilter(
    _l("Owner's side"),
    {
        "none": Choice(_l("Nobody has a login that works"), _has_no_login),
        "some": Choice(_l("Somebody can sign in"), owners_side.has_login),
    },
)
COORDINATOR_STATE = DayFilter(
    _l("The coordinator's role"),
    {
        state.value: Choice(text, partial(coordinator_states.is_in, state))
        for state, text in coordinator_states.WORDS.items()
    },
)
METER = DayFilter(
    _l("Legal meter, counted points"),
    {
        "low": Choice(_l("0–1 of 4"), partial(meter_points.is_between, 0, 1)),
        "middle": Choice(_l("2–3 of 4"), partial(meter_points.is_between, 2, 3)),
        "high": Choice(_l("4 of 4"), partial(meter_points.is_between, 4, 4)),
    },
)
LIVELINESS = DayFilter(
    _l("Liveliness"),
    {
        "low": Choice(_l("0–1 of 5"), partial(liveliness.is_between, 0, 1)),
        "middle": Choice(_l("2–3 of 5"), partial(liveliness.is_between, 2, 3)),
        "high": Choice(_l("4–5 of 5"), partial(liveliness.is_between, 4, 5)),
    },
)
EXPIRED, WITHOUT, LEAVES = (
    ConsentState.EXPIRED.value,
    CoordinatorState.WITHOUT.value,
    CoordinatorState.LEAVES.value,
)
"""Values that ready-made views and other pages ask for."""
