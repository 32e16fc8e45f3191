"""How the overview of key roles is filtered and sorted, and what is counted for each holder."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, not_, or_, select

from app.clock import OSLO, today, utc_now
from app.db import db
from app.enums import PlanKind, Role, UnitKind
from app.models import AccountProfile, Membership, Person, Plan, PlanType, Unit
from app.people import training
from app.people.training import Training
from app.screens.listing import BadFilterValue, Filter, Order, PrefixFilter
from app.screens.words import words
from app.security import scope
from app.security.actor import current_actor
from app.templating.setup import in_own_words

KEY_ROLES = (Role.LOCAL_ADMINISTRATOR, Role.COORDINATOR)
OF_PLANS = {"child_coordinator": PlanKind.FAMILY_PLAN, "relay_holder": PlanKind.RELAY_LOG}
"""What a coordinator is besides, by the kind of the open plans that they have."""
CONTACT = "contact"
MANY = (0, 5, 10, 20, 30, 50)
LONG_WITHOUT = timedelta(days=90)
SOON = timedelta(days=60)


# --- what is counted -----------------------------------------------------------------------------


def plan_count() -> ScalarSelect[int]:
    """How many open plans the holder of a role coordinates."""
    found = select(func.count(Plan.id)).where(
        Plan.municipality_id == Membership.municipality_id,
        Plan.coordinator_id == Membership.person_id,
        Plan.closed_at.is_(None),
    )
    return found.correlate(Membership).scalar_subquery()


def last_login() -> ScalarSelect[datetime | None]:
    """When the account last signed in."""
    found = select(AccountProfile.last_login_at).where(
        AccountProfile.account_id == Membership.account_id
    )
    return found.correlate(Membership).scalar_subquery()


def last_course(on: date) -> ScalarSelect[Any]:
    """The day of the holder's last certificate of the coordinator school."""
    return training.last_certificate(Membership.person_id, on)


def contacts() -> Any:
    """The ids of those who lead a coordinating unit: its contacts. Where somebody with a protected
    address works is not told."""
    return (
        select(Unit.leader_id)
        .join(Person, Unit.leader_id == Person.id)
        .where(Unit.kind == UnitKind.COORDINATING_UNIT, Unit.retired_at.is_(None))
        .where(Person.is_shielded.is_(False), Person.retired_at.is_(None))
        .correlate(None)
    )


def coordinating_units() -> Sequence[Unit]:
    """The coordinating units that the actor sees."""
    found = scope.rows(current_actor(), Unit).where(
        Unit.kind == UnitKind.COORDINATING_UNIT, Unit.retired_at.is_(None)
    )
    return db.session.scalars(found.order_by(Unit.search_name, Unit.id)).all()


@dataclass
class Facts:
    """What is known of the holder of a role beside the role."""

    plans: int = 0
    last_login: date | None = None
    last_course: date | None = None
    besides: tuple[str, ...] = ()

    @property
    def course(self) -> training.Standing | None:
        """How it stands with the last course; None without one."""
        if self.last_course is None:
            return None
        return training.standing(self.last_course, today(), today())


def facts(rows: Sequence[Membership], on: date) -> dict[str, Facts]:
    """What is known of the holders of these roles, by the role's id."""
    found = db.session.execute(
        select(Membership.id, plan_count(), last_login(), last_course(on)).where(
            Membership.id.in_([row.id for row in rows])
        )
    )
    besides = _besides([row.person_id for row in rows])
    person_ids = {row.id: row.person_id for row in rows if row.role is Role.COORDINATOR}
    return {
        pk: Facts(
            plans,
            at.astimezone(OSLO).date() if at else None,
            course,
            tuple(besides.get(person_ids.get(pk, ""), ())),
        )
        for pk, plans, at, course in found
    }


def _besides(person_ids: Sequence[str]) -> dict[str, list[str]]:
    """What people are besides: coordinator by another name in some kinds of plans, contact."""
    names = {
        one.kind: in_own_words(one.coordinator_names)
        for one in db.session.scalars(select(PlanType))
    }
    found: defaultdict[str, list[str]] = defaultdict(list)
    held = (
        select(Plan.coordinator_id, Plan.kind)
        .where(
            Plan.coordinator_id.in_(person_ids),
            Plan.closed_at.is_(None),
            Plan.kind.in_(OF_PLANS.values()),
        )
        .distinct()
        .order_by(Plan.kind)
    )
    for person_id, kind in db.session.execute(held):
        found[person_id].append(names.get(kind) or str(words(kind)))
    for person_id in db.session.scalars(contacts().where(Unit.leader_id.in_(person_ids))):
        found[person_id].append(str(_l("Contact of the coordinating unit")))
    return found


# --- filters -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Chosen:
    """A filter whose options each stand for a condition, made when it is asked for."""

    label: Any
    options: Sequence[tuple[str, Any]]
    kind: str = "choice"

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition that the chosen option stands for.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if not value:
            return None
        if value not in {option for option, _words in self.options}:
            raise BadFilterValue("choice")
        return self.of(value)

    def of(self, value: str) -> ColumnElement[bool]:
        """The condition of one of the options."""
        raise NotImplementedError


class RoleFilter(_Chosen):
    """By the role, and by what a coordinator is besides."""

    def of(self, value: str) -> ColumnElement[bool]:
        """A role that is held, or what its holder is."""
        if value == CONTACT:
            return Membership.person_id.in_(contacts())
        if value not in OF_PLANS:
            return Membership.role == Role(value)
        of_kind = select(Plan.coordinator_id).where(
            Plan.kind == OF_PLANS[value], Plan.closed_at.is_(None)
        )
        is_one = Membership.person_id.in_(of_kind.correlate(None))
        return and_(Membership.role == Role.COORDINATOR, is_one)


class CourseFilter(_Chosen):
    """By how coordinators stand with the coordinator school."""

    def of(self, value: str) -> ColumnElement[bool]:
        """Of coordinators alone: nobody else need take the course."""
        on, person_id = today(), Membership.person_id
        by = {
            Training.TRAINED: training.is_trained(person_id, on),
            Training.DUE_SOON: training.is_due_soon(person_id, on),
            Training.UNTRAINED: not_(training.is_trained(person_id, on)),
        }
        return and_(Membership.role == Role.COORDINATOR, by[Training(value)])


class LoginFilter(_Chosen):
    """By how long it is since somebody signed in."""

    def of(self, value: str) -> ColumnElement[bool]:
        """Never, or not for 90 days."""
        never = last_login().is_(None)
        return never if value == "never" else or_(never, last_login() < utc_now() - LONG_WITHOUT)


class LeavingFilter(_Chosen):
    """By whether the role has a last day."""

    def of(self, value: str) -> ColumnElement[bool]:
        """With a last day, or one that is near."""
        if value == "any":
            return Membership.ends_on.is_not(None)
        return Membership.ends_on <= today() + SOON


class PlansFilter(_Chosen):
    """By how many open plans somebody coordinates."""

    def of(self, value: str) -> ColumnElement[bool]:
        """None, or more than a number."""
        return plan_count() == 0 if value == "none" else plan_count() > int(value)


FILTERS: dict[str, Filter] = {
    "family_name": PrefixFilter(_l("Family name begins with"), Person.search_family),
    "role": RoleFilter(
        _l("Role"),
        [
            *((role.value, words(role)) for role in KEY_ROLES),
            ("child_coordinator", _l("Coordinates family plans (child coordinator)")),
            ("relay_holder", _l("Holds relay logs")),
            (CONTACT, _l("Contact of the coordinating unit")),
        ],
    ),
    "course": CourseFilter(
        _l("Coordinator school"),
        [
            (one.value, training.WORDS[one])
            for one in (Training.UNTRAINED, Training.DUE_SOON, Training.TRAINED)
        ],
    ),
    "login": LoginFilter(
        _l("Last login"), [("long", _l("Not for 90 days, or never")), ("never", _l("Never"))]
    ),
    "leaving": LeavingFilter(
        _l("Leaves"), [("soon", _l("Within 60 days")), ("any", _l("Has a last day"))]
    ),
    "plans": PlansFilter(
        _l("Number of plans"),
        [
            ("none", _l("No plans")),
            *((str(one), _l("More than %(num)s", num=one)) for one in MANY),
        ],
    ),
}


def orders() -> dict[str, Order]:
    """The ways to sort the overview."""
    return {
        "person": Order(_l("Family name"), Person.search_family),
        "plans": Order(_l("Number of plans"), plan_count(), descending=True),
        "course": Order(_l("Last course"), _course_by_now(), may_be_empty=True),
        "last_login": Order(_l("Last login"), last_login(), may_be_empty=True),
        "last_day": Order(_l("Last day"), Membership.ends_on, may_be_empty=True),
        "starts_on": Order(_l("Since"), Membership.starts_on, descending=True),
    }


def _course_by_now() -> ScalarSelect[Any]:
    """The last certificate, whenever it is asked for: nobody has one of a day to come."""
    return last_course(date.max)
