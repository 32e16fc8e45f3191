"""The pages of the success factors: how it stands, over time and by unit; and the way on to the
registers behind them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import render_template
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.clock import today, utc_now
from app.enums import PulseAnswer
from app.method import own_part
from app.plans.pulse_sums import SMALLEST_GROUP, Sum
from app.reports import success, success_units
from app.reports.charts import LineChart, Series
from app.reports.success import Measure
from app.screens.fields import show_date, show_number
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

REGISTERS = (
    ("CourseView.list", _l("Courses")),
    ("RoutineView.list", _l("Routines")),
    ("GatheringView.list", _l("Gatherings")),
)
QUESTIONS = (
    _l("Is the plan of use to you?"),
    _l("Are you heard?"),
    _l("Do you know who does what?"),
)


class SuccessView(BaseView):
    """What makes the method succeed: measured for administrators, the own part for coordinators."""

    resource = Resource.COURSE
    route_base = "/success"
    default_view = "index"
    intro = _l(
        "What makes the work with plans succeed: the coordinator school, routines, gatherings, and"
        " how it goes. For leaders and local administrators."
    )

    @expose("/", methods=["GET"])
    @door(Action.LIST)
    def index(self) -> str:
        """The factors with measure, goal and number now; and what the reader is to do."""
        actor, on = current_actor(), today()
        sees_all = bool(policy.may_open(actor, Action.SHOW, Resource.REPORT))
        found = success.read(actor, utc_now(), on) if sees_all else None
        return render_template(
            "method/success.html",
            view=self,
            registers=REGISTERS,
            own=own_part.of(actor, on),
            found=found,
            met_words=success.MET,
            answers=tuple(PulseAnswer),
            smallest=SMALLEST_GROUP,
            pulse=pulse_rows(found.pulse) if found else (),
            on=on,
        )

    @expose("/over-time", methods=["GET"])
    @door(Action.SHOW, Resource.REPORT)
    def over_time(self) -> str:
        """The factors whose past is kept, at the end of each quarter of a year."""
        days, measures = success.over_time(current_actor(), utc_now(), today())
        return render_template(
            "method/success_over_time.html", view=self, charts=charts(days, measures)
        )

    @expose("/units", methods=["GET"])
    @door(Action.SHOW, Resource.REPORT)
    def units(self) -> str:
        """What is told of single units."""
        found = success_units.read(current_actor(), utc_now(), today())
        return render_template(
            "method/success_units.html",
            view=self,
            units=found,
            fewest=success_units.FEWEST,
            say=success.say,
        )


def charts(
    days: Sequence[date], measures: Sequence[Measure]
) -> Sequence[tuple[LineChart, Measure, Sequence[Any]]]:
    """For each measure that can be told, its line over time and the same as rows of a table."""
    told = [show_date(day) for day in days]
    made = []
    for one in measures:
        if not any(size is not None for size in one.sizes):
            continue
        chart = LineChart(
            f"chart-{one.name}",
            str(one.title),
            _("%(asks)s, from %(first)s to %(last)s.", asks=one.asks, first=told[0], last=told[-1]),
            told,
            [Series(one.title, one.sizes)],
            full=100 if one.is_percent else None,
        )
        made.append((chart, one, tuple(zip(told, one.said, strict=True))))
    return made


def pulse_rows(told: Sum) -> Sequence[Sequence[Any]]:
    """A row for each question: how many of the answers say what."""
    if not told.count:
        return ()
    return [
        (question, *(show_number(said[answer]) for answer in PulseAnswer))
        for question, said in zip(QUESTIONS, told.said, strict=True)
    ]
