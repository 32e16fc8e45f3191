"""Who takes part in our plans from outside: the conditions, filters and columns of that list.

No content is read, and no plan is named: who takes part in whose plan is seen by those in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, func, null, or_, select
from sqlalchemy.orm import aliased

from app.clock import today
from app.db import db
from app.enums import PlanKind
from app.models import Participant, Person, Plan, StandardRole, Unit
from app.municipalities.place_names import place_names
from app.people.names import search_form
from app.people.search import ids_named
from app.screens.listing import BadFilterValue, Filter, LookedUpFilter, OneOfFilter, Order
from app.screens.searching import SearchFilter
from app.screens.words import options
from app.security import elsewhere, scope
from app.security.actor import current_actor
from app.security.roles import Action
from app.templating.setup import in_own_words

SOON = timedelta(days=60)
PLACE = "municipality-"


def standing(on: date) -> ColumnElement[bool]:
    """The condition for participations that have neither ended nor run out."""
    return and_(
        Participant.ended_at.is_(None),
        or_(Participant.ends_on.is_(None), Participant.ends_on > on),
    )


def outside_units() -> Select[Any]:
    """The ids of the bodies that are not part of the municipality."""
    return select(Unit.id).where(Unit.is_outside.is_(True)).correlate(None)


def homes() -> dict[str, int]:
    """Where those who are at home in another municipality are, asked once a request."""
    if "homes_elsewhere" not in g:
        g.homes_elsewhere = elsewhere.homes(db.session(), current_actor())
    found: dict[str, int] = g.homes_elsewhere
    return found


def from_outside() -> ColumnElement[bool]:
    """The condition for participations, joined with their persons, that come from outside: for an
    outside body, by one who belongs to it, or by one who is at home in another municipality."""
    return or_(
        Participant.unit_id.in_(outside_units()),
        Person.unit_id.in_(outside_units()),
        Participant.person_id.in_(list(homes())),
    )


def body_id() -> Any:
    """The outside body that somebody takes part for or belongs to; none where it would tell where
    somebody with a protected address is."""
    return case(
        (Person.is_shielded, null()),
        (Participant.unit_id.in_(outside_units()), Participant.unit_id),
        (Person.unit_id.in_(outside_units()), Person.unit_id),
    )


@dataclass(frozen=True)
class WhereFromFilter:
    """Participations from one outside body, or from one other municipality."""

    label: Any
    kind: str = "choice"

    @property
    def options(self) -> Sequence[tuple[str, Any]]:
        """The bodies that anybody can be from, then the municipalities that somebody is from."""
        bodies = (
            scope.rows(current_actor(), Unit)
            .where(Unit.is_outside.is_(True), Unit.merged_into_id.is_(None))
            .order_by(Unit.search_name, Unit.id)
            .with_only_columns(Unit.id, Unit.name)
        )
        found = [(str(pk), name) for pk, name in db.session.execute(bodies)]
        return found + sorted(
            ((f"{PLACE}{pk}", name) for pk, name in home_names().items()),
            key=lambda one: search_form(one[1]),
        )

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the body or the municipality.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if not value:
            return None
        if value not in {one for one, _name in self.options}:
            raise BadFilterValue("choice")
        if value.startswith(PLACE):
            place = int(value.removeprefix(PLACE))
            return Participant.person_id.in_([pk for pk, at in homes().items() if at == place])
        return body_id() == value


@dataclass(frozen=True)
class EndsFilter:
    """Participations by how long they last."""

    label: Any
    kind: str = "choice"
    options: Sequence[tuple[str, Any]] = field(
        default=(
            ("soon", _l("Ends within 60 days")),
            ("never", _l("Without a last day")),
        )
    )

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the last day.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if not value:
            return None
        if value == "soon":
            return Participant.ends_on <= today() + SOON
        if value == "never":
            return Participant.ends_on.is_(None)
        raise BadFilterValue("choice")


def _roles() -> Sequence[tuple[str, Any]]:
    found = db.session.scalars(scope.rows(current_actor(), StandardRole)).all()
    named = ((one.id, in_own_words(one.names)) for one in found)
    return sorted(named, key=lambda one: search_form(one[1]))


def _role_names() -> Sequence[tuple[Any, str]]:
    """What the roles are called in all languages, and in the user's own."""
    found = db.session.scalars(scope.rows(current_actor(), StandardRole)).all()
    return [(one.names, in_own_words(one.names)) for one in found]


def _of_kind() -> Any:
    kind = select(Plan.kind).where(Plan.id == Participant.plan_id)
    return kind.correlate(Participant).scalar_subquery()


def find(text: str) -> ColumnElement[bool]:
    """Participations of persons whose names begin as typed."""
    return Participant.person_id.in_(ids_named(text))


FILTERS: dict[str, Filter] = {
    "q": SearchFilter(_l("Search"), find, _l("Beginnings of names")),
    "where": WhereFromFilter(_l("Where from")),
    "role": LookedUpFilter(_l("Standard role"), Participant.standard_role_id, _roles),
    "kind": OneOfFilter(_l("Kind of plan"), _of_kind(), options(PlanKind)),
    "ends": EndsFilter(_l("Until when")),
}
ORDERS: dict[str, Any] = {
    "person": Order(_l("Family name"), Person.search_family),
    "last_day": Order(_l("Last day"), Participant.ends_on, may_be_empty=True),
    "added": Order(_l("Added"), Participant.id, descending=True, header="starts_on"),
}


def home_names() -> dict[int, str]:
    """The names of the municipalities that somebody here is at home in."""
    return place_names(homes().values())


def plan_count(on: date) -> Any:
    """In how many of the plans that the actor keeps the overview of the same person takes part."""
    other: Any = aliased(Participant)
    found = select(func.count(other.id)).where(
        other.municipality_id == Participant.municipality_id,
        other.person_id == Participant.person_id,
        other.ended_at.is_(None),
        or_(other.ends_on.is_(None), other.ends_on > on),
        other.plan_id.in_(
            select(Plan.id).where(scope.visible(current_actor(), Plan, Action.TIDY)).correlate(None)
        ),
    )
    return found.correlate(Participant).scalar_subquery()


def facts(participant_ids: Sequence[str], on: date) -> dict[str, tuple[str | None, int]]:
    """By participation: the name of the outside body, and the number of plans."""
    found = db.session.execute(
        scope.rows(current_actor(), Participant, Action.TIDY)
        .join(Person, Participant.person_id == Person.id)
        .outerjoin(Unit, Unit.id == body_id())
        .where(Participant.id.in_(participant_ids))
        .with_only_columns(Participant.id, Unit.name, plan_count(on))
    )
    return {pk: (body, plans) for pk, body, plans in found}


def exported(base: Select[Any], on: date) -> Select[Any]:
    """The columns of the list as a file, and last the person's id, which ``finisher`` takes off."""
    coordinator: Any = aliased(Person)
    return (
        base.join(Person, Participant.person_id == Person.id)
        .join(Plan, Participant.plan_id == Plan.id)
        .join(coordinator, Plan.coordinator_id == coordinator.id)
        .outerjoin(StandardRole, Participant.standard_role_id == StandardRole.id)
        .outerjoin(Unit, Unit.id == body_id())
        .where(standing(on), from_outside())
        .with_only_columns(
            Person.family_name + ", " + Person.given_name,
            Unit.name,
            Participant.function,
            StandardRole.names,
            Plan.kind,
            coordinator.given_name + " " + coordinator.family_name,
            plan_count(on),
            Participant.starts_on,
            Participant.ends_on,
            Participant.person_id,
        )
    )


def finisher() -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """What puts the last words to a row of the file: where somebody is at home, what the standard
    role is called, the last day instead of the first one without."""
    places, at_home = home_names(), homes()
    roles = {str(names): name for names, name in _role_names()}

    def finish(row: tuple[Any, ...]) -> tuple[Any, ...]:
        person, body, function, role, *others, starts_on, ends_on, person_id = row
        home = places.get(at_home.get(person_id, 0))
        last_day = None if ends_on is None else ends_on - timedelta(days=1)
        named = roles.get(str(role), "")
        return (person, body or home, function, named, *others, starts_on, last_day)

    return finish
