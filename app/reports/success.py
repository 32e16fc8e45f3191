"""The success factors of the method (``domain.md`` 7.3): each with measure, goal, number now,
whether it is met, what it was a year ago, and the list behind; and those whose past is kept, at the
end of each quarter.

The goals are ours, where the deck names none; they stand here, one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.method.gatherings import GOAL_A_YEAR
from app.people import training
from app.plans import pen_share, pulse_sums
from app.plans.list_filters import OPEN
from app.reports import success_people, success_plans, success_system
from app.reports.success_values import Met, Share, looked_up, moments, year_before
from app.screens.fields import show_date, show_number
from app.security.actor import Actor

GOALS = {
    "trained": 80,
    "new": 80,
    "came": 60,
    "decided": 90,
    "introduced": 80,
    "evaluated": 80,
    "lively": 60,
    "pulse": 75,
}
"""In per cent, at least. The pen share has a goal of its own, which it is to stay under."""

NOT_KEPT = _l("Not kept")
TOO_FEW = _l("Too few to tell")


@dataclass(frozen=True)
class Measure:
    """One measure: what it is, what it is now and was, and where one sees what is behind it.

    ``sizes`` are its values for a chart, at each of ``moments``; empty where the past is not kept.
    """

    name: str
    title: Any
    asks: Any
    goal: str
    now: str
    met: Met
    before: str
    sizes: tuple[int | None, ...] = ()
    said: tuple[str, ...] = ()
    is_percent: bool = True
    endpoint: str = ""
    asked: Mapping[str, str] = field(default_factory=dict)
    link: Any = ""


@dataclass(frozen=True)
class Success:
    """Each factor as it stands, and what owners and their families have answered."""

    measures: tuple[Measure, ...]
    pulse: pulse_sums.Sum

    @property
    def told(self) -> int:
        """How many of the measures can be told."""
        return sum(one.met is not Met.UNKNOWN for one in self.measures)

    @property
    def met(self) -> int:
        """How many of the goals are met."""
        return sum(one.met is Met.YES for one in self.measures)


def read(actor: Actor, at: datetime, on: date) -> Success:
    """The factors as they stand, for the part that the actor administers."""
    days = [year_before(on), on]
    sums = pulse_sums.read(actor)
    found = (
        *_of_people(actor, days),
        _next_course(actor, on),
        *_of_system(actor, on),
        *_of_plans(actor, days),
        *_of_active(actor, on),
        _pen(actor, days, at),
        _pulse(sums, days),
    )
    return Success(found, pulse_sums.together(_of_year(sums, on)))


def over_time(actor: Actor, at: datetime, on: date) -> tuple[Sequence[date], Sequence[Measure]]:
    """The factors whose past is kept, and the days that they are told for."""
    days = moments(on)
    found = (
        *_of_people(actor, days),
        *_of_plans(actor, days),
        _pen(actor, days, at),
        _pulse(pulse_sums.read(actor), days),
    )
    return days, found


# --- about the coordinators ----------------------------------------------------------------------


def _of_people(actor: Actor, days: Sequence[date]) -> list[Measure]:
    staff = success_people.staff(actor)
    gathered = success_people.gathered(actor, days)
    return [
        _share(
            "trained",
            _l("Coordinators are trained"),
            _l("Coordinators with a course in the last 24 months"),
            [staff.trained(day) for day in days],
            endpoint="TrainingView.list",
            asked={"training": training.Training.UNTRAINED.value},
            link=_l("Who is not trained"),
        ),
        _share(
            "new",
            _l("New coordinators are trained in time"),
            _l("Those who began in the last year and had a course within 60 days"),
            [staff.new_and_trained(day) for day in days],
            endpoint="TrainingView.list",
            asked={"training": training.Training.NEW.value},
            link=_l("New coordinators without a course"),
        ),
        _gatherings(gathered),
        _share(
            "came",
            _l("Those who are asked come to the gatherings"),
            _l("Those asked in the last year who were there"),
            [one.came for one in gathered],
            endpoint="GatheringView.list",
            link=_l("The gatherings"),
        ),
    ]


def _next_course(actor: Actor, on: date) -> Measure:
    course = training.next_course(actor, on)
    return Measure(
        "course",
        _l("Training goes on"),
        _l("The next course is planned"),
        _("A course is planned"),
        _("None planned") if course is None else show_date(course.held_on),
        Met.NO if course is None else Met.YES,
        str(NOT_KEPT),
        endpoint="CourseView.list",
        asked={"when": "coming"},
        link=_l("Courses to come"),
    )


def _gatherings(gathered: Sequence[success_people.Gathered]) -> Measure:
    held = [one.held for one in gathered]
    return Measure(
        "gatherings",
        _l("There is an arena to look at the method"),
        _l("Gatherings held in the last 12 months"),
        _("At least %(number)s", number=GOAL_A_YEAR),
        show_number(held[-1]),
        Met.YES if held[-1] >= GOAL_A_YEAR else Met.NO,
        show_number(held[0]),
        sizes=tuple(held),
        said=tuple(show_number(one) for one in held),
        is_percent=False,
        endpoint="GatheringView.list",
        link=_l("The gatherings"),
    )


# --- about the municipality ----------------------------------------------------------------------


def _of_system(actor: Actor, on: date) -> list[Measure]:
    return [
        _counted(
            "routines",
            _l("Routines are clear and in date"),
            _l("Routines with a keeper, and a review that is not overdue"),
            success_system.routines_in_date(actor, on),
            endpoint="RoutineView.list",
            link=_l("The routines"),
        ),
        _counted(
            "units",
            _l("The method is anchored in the units"),
            _l("Units with open plans that have a named leader and a trained coordinator"),
            success_system.anchored_units(actor, on),
            endpoint="UnitView.list",
            link=_l("The units"),
        ),
        _contact(success_system.coordinating_unit(actor)),
    ]


def _counted(
    name: str, title: Any, asks: Any, found: success_system.Counted, **link: Any
) -> Measure:
    met = {True: Met.YES, False: Met.NO, None: Met.UNKNOWN}[found.is_all]
    now = _("%(num)s of %(all)s", num=show_number(found.good), all=show_number(found.of))
    return Measure(
        name, title, asks, _("All"), now if found.of else _("None yet"), met, str(NOT_KEPT), **link
    )


def _contact(unit: success_system.Contact | None) -> Measure:
    is_set = unit is not None and unit.is_reachable
    now = _("No coordinating unit") if unit is None else _("E-mail and phone are missing")
    return Measure(
        "contact",
        _l("The coordinating unit is easy to reach"),
        _l("A coordinating unit is registered with e-mail or phone"),
        _("Registered"),
        unit.name if unit is not None and is_set else now,
        Met.YES if is_set else Met.NO,
        str(NOT_KEPT),
        endpoint="UnitView.list",
        asked={"kind": "coordinating_unit"},
        link=_l("The coordinating unit"),
    )


# --- about the plans -----------------------------------------------------------------------------


def _of_plans(actor: Actor, days: Sequence[date]) -> list[Measure]:
    return [
        _share(
            "decided",
            _l("It is decided what each plan rests on"),
            _l("Open plans with a decision recorded"),
            success_plans.decided(actor, days),
            endpoint="PlanListView.list",
            asked={"state": OPEN},
            link=_l("Open plans"),
        ),
        _share(
            "introduced",
            _l("Everyone is told how it works"),
            _l("Owners, those who act for them, and participants with an introduction"),
            success_plans.introduced(actor, days),
            endpoint="PlanListView.list",
            asked={"state": OPEN},
            link=_l("Open plans"),
        ),
    ]


def _of_active(actor: Actor, on: date) -> list[Measure]:
    evaluated, lively = success_plans.evaluated_and_lively(actor, on)
    return [
        _share(
            "evaluated",
            _l("Plans are evaluated in time"),
            _l("Active plans whose next evaluation is set and not overdue"),
            [evaluated],
            endpoint="PlanListView.list",
            asked={"state": "active", "evaluation": "overdue"},
            link=_l("Plans with an overdue evaluation"),
        ),
        _share(
            "lively",
            _l("Plans are alive"),
            _l("Active plans with at least four of five signs of life"),
            [lively],
            endpoint="PlanListView.list",
            asked={"liveliness": "low"},
            link=_l("Plans with the fewest signs of life"),
        ),
    ]


def _pen(actor: Actor, days: Sequence[date], at: datetime) -> Measure:
    spans = [year_to(day, at) for day in days]
    shares = [of_pen(one) for one in pen_share.in_spans(success_plans.mine(actor), spans)]
    return Measure(
        "pen",
        _l("Others than the coordinator hold the pen"),
        _l("What coordinators write, of all that is written in 12 months"),
        _("Under %(goal)s %%", goal=pen_share.GOAL),
        say(shares[-1]),
        shares[-1].stays_under(pen_share.GOAL),
        say(shares[0]),
        sizes=tuple(one.middle for one in shares),
        said=tuple(say(one) for one in shares),
        endpoint="PlanListView.list",
        asked={"state": OPEN},
        link=_l("Open plans"),
    )


def year_to(day: date, at: datetime) -> pen_share.Span:
    """The year until the end of a day in Norway, or until now where the day has not ended."""
    end = min(success_plans.end_of(day), at + timedelta(seconds=1))
    return end - pen_share.YEAR, end


def of_pen(pen: pen_share.Pen) -> Share:
    """The share alone: how often something was written is nobody's to know."""
    found = looked_up(pen.by_coordinator, pen.saved)
    return Share(found.low, found.high)


def _pulse(sums: Sequence[pulse_sums.Sum], days: Sequence[date]) -> Measure:
    shares = []
    for day in days:
        good = pulse_sums.together(_of_year(sums, day)).all_good
        percent = None if good is None else round(100 * good)
        shares.append(Share(percent, percent))
    return _share(
        "pulse",
        _l("Owners feel that the plan is of value"),
        _l("Answers that say yes, of the three questions after evaluations in the last year"),
        shares,
    )


def _of_year(sums: Sequence[pulse_sums.Sum], day: date) -> list[pulse_sums.Sum]:
    return [one for one in sums if one.on is not None and year_before(day) < one.on <= day]


# --- saying it -----------------------------------------------------------------------------------


def _share(name: str, title: Any, asks: Any, shares: Sequence[Share], **link: Any) -> Measure:
    """A share that is to be at least its goal; the last one is of today, and the first of a year
    ago where there is more than one."""
    is_kept = len(shares) > 1
    return Measure(
        name,
        title,
        asks,
        _("At least %(goal)s %%", goal=GOALS[name]),
        say(shares[-1]),
        shares[-1].meets(GOALS[name]),
        say(shares[0]) if is_kept else str(NOT_KEPT),
        sizes=tuple(one.middle for one in shares) if is_kept else (),
        said=tuple(say(one) for one in shares) if is_kept else (),
        **link,
    )


def say(share: Share) -> str:
    """A share in words: its percentage, and its numbers where they may be told."""
    percent = _percent(share)
    if share.whole is None:
        return percent or str(TOO_FEW)
    if not share.whole:
        return _("None yet")
    numbers = _("%(num)s of %(all)s", num=show_number(share.part), all=show_number(share.whole))
    return f"{percent} ({numbers})" if percent else numbers


def _percent(share: Share) -> str:
    if share.low is None:
        return ""
    if share.low == share.high:
        return _("%(low)s %%", low=share.low)
    return _("%(low)s–%(high)s %%", low=share.low, high=share.high)


MET: dict[Met, Any] = {
    Met.YES: _l("Met"),
    Met.NO: _l("Not met"),
    Met.NEAR: _l("Close to it"),
    Met.UNKNOWN: _l("Too few"),
}
