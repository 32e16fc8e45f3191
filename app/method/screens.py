"""The generated screens of what makes the method succeed: courses, routines, gatherings, and who
of the coordinators has learned to coordinate. The pages with steps are beside this."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select, func, select
from wtforms import BooleanField, IntegerField
from wtforms.validators import NumberRange, Optional

from app.clock import utc_now
from app.db import db
from app.method import bulk
from app.method.course_pages import CoursePages
from app.method.filters import by_day
from app.method.gathering_pages import GatheringPages
from app.method.routine_pages import RoutinePages, say_review
from app.models import (
    Course,
    CourseAttendance,
    Gathering,
    GatheringAttendance,
    Person,
    Routine,
)
from app.people.folding import folded, titled
from app.screens.fields import (
    NEEDED,
    LongTextField,
    NorwegianDateField,
    TextField,
    at_most,
    person_choice,
    show_date,
)
from app.screens.listing import Filter, Order, RetiredFilter, Shown
from app.screens.searching import SearchFilter
from app.screens.table import TableInterface
from app.screens.words import options
from app.security.roles import Action, Resource

SHOWN = options(Shown)
LONGEST_TEXT = 5_000
LONG = at_most(LONGEST_TEXT)


class CourseView(CoursePages):
    """The days of the coordinator school."""

    resource = Resource.COURSE
    route_base = "/course"
    menu_homes = ("SuccessView",)
    datamodel = TableInterface(Course)
    bulk_actions = bulk.actions(
        retire=lambda n: ngettext("Retire %(num)s course", "Retire %(num)s courses", n),
        retired=lambda n: ngettext("%(num)s course is retired.", "%(num)s courses are retired.", n),
        restore=lambda n: ngettext("Bring %(num)s course back", "Bring %(num)s courses back", n),
        restored=lambda n: ngettext(
            "%(num)s course is in use again.", "%(num)s courses are in use again.", n
        ),
    )
    buttons = (("TrainingView.list", Action.EXPORT, _l("Who is to take a course")),)

    list_title = _l("Courses")
    add_title = _l("Add a course")
    edit_title = _l("Change the course")
    intro = _l(
        "The coordinator school: the courses that are planned and held, who is signed up, and who"
        " has got the certificate. A certificate counts for 24 months. For local administrators"
        " and coordinators."
    )
    add_intro = _l("A day of the coordinator school. You sign people up when it is saved.")
    edit_intro = _l("Who is signed up is changed on the page of the course.")
    show_intro = _l("When and where the course is, and who takes part.")
    add_label = _l("Add a course")
    empty_text = _l("No course is registered yet.")
    label_columns = {
        "title": _l("Title"),
        "held_on": _l("Day"),
        "hours": _l("Hours"),
        "place": _l("Place"),
        "about": _l("What the course is about"),
        "signed_up": _l("Signed up"),
        "certified": _l("With certificate"),
    }
    list_columns = ["title", "held_on", "place", "signed_up", "certified"]
    more_columns = ("hours",)
    show_columns = ["held_on", "hours", "place", "signed_up", "certified"]
    add_columns = edit_columns = ["title", "held_on", "hours", "place", "about"]
    search_columns = ["title"]
    add_form_extra_fields = edit_form_extra_fields = {
        "title": TextField(label_columns["title"], [NEEDED, at_most(200)]),
        "held_on": NorwegianDateField(label_columns["held_on"], [NEEDED]),
        "hours": IntegerField(
            label_columns["hours"],
            [Optional(), NumberRange(1, 200, message=_l("Write a number from 1 to 200."))],
        ),
        "place": TextField(
            label_columns["place"], [at_most(200)], filters=[lambda text: text or ""]
        ),
        "about": LongTextField(label_columns["about"], validators=[LONG]),
    }
    filters: ClassVar[Mapping[str, Filter]] = {
        "q": SearchFilter(_l("Search"), titled(Course.title), _l("Words of the title")),
        "when": by_day(
            _l("When"), Course.held_on, coming=_l("Today or later"), past=_l("Before today")
        ),
        "state": RetiredFilter(_l("Show"), Course.retired_at, SHOWN),
    }
    orders = {
        "held_on": Order(_l("Day"), Course.held_on, descending=True),
        "title": Order(_l("Title"), folded(Course.title)),
    }
    formatters_columns = {
        "held_on": lambda course: show_date(course.held_on),
        "signed_up": lambda course: CoursePages.count(course, 0),
        "certified": lambda course: CoursePages.count(course, 1),
    }
    export_columns = ("title", "held_on", "hours", "place", "signed_up", "certified")

    def describe(self, row: Course) -> str:
        """The title."""
        return row.title

    def hint(self, row: Course) -> str:
        """The day."""
        return show_date(row.held_on)

    def create(self, form: Any) -> Course:
        """Add the course of the form."""
        row = Course(created_at=utc_now())
        form.populate_obj(row)
        db.session.add(row)
        return row

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """Title, day, hours and place, and how many took part."""
        taking = select(func.count(CourseAttendance.id)).where(
            CourseAttendance.course_id == Course.id, CourseAttendance.ended_at.is_(None)
        )
        certified = taking.where(CourseAttendance.certified_on.is_not(None))
        return base.with_only_columns(
            Course.title,
            Course.held_on,
            Course.hours,
            Course.place,
            taking.correlate(Course).scalar_subquery(),
            certified.correlate(Course).scalar_subquery(),
        )


class RoutineView(RoutinePages):
    """The routines of the municipality for working with plans."""

    resource = Resource.ROUTINE
    route_base = "/routine"
    menu_homes = ("SuccessView",)
    datamodel = TableInterface(Routine)
    eager = (Routine.keeper,)
    bulk_actions = bulk.actions(
        retire=lambda n: ngettext("Retire %(num)s routine", "Retire %(num)s routines", n),
        retired=lambda n: ngettext(
            "%(num)s routine is retired.", "%(num)s routines are retired.", n
        ),
        restore=lambda n: ngettext("Bring %(num)s routine back", "Bring %(num)s routines back", n),
        restored=lambda n: ngettext(
            "%(num)s routine is in use again.", "%(num)s routines are in use again.", n
        ),
    )

    list_title = _l("Routines")
    add_title = _l("Add a routine")
    edit_title = _l("Change the routine")
    intro = _l(
        "How the municipality works with plans: where each routine stands, who keeps it, and when"
        " it is looked over again. Coordinators say when they have read one. For local"
        " administrators and coordinators."
    )
    add_intro = _l("The text itself may stand elsewhere; say here where it is found.")
    edit_intro = _l("Tick the last box when the text is new, so that everyone reads it again.")
    show_intro = _l("Where the routine stands, and who keeps it.")
    add_label = _l("Add a routine")
    empty_text = _l("No routine is registered yet.")
    label_columns = {
        "title": _l("Title"),
        "about": _l("What the routine is about"),
        "kept_at": _l("Where it stands"),
        "keeper": _l("Who keeps it"),
        "keeper_id": _l("Who keeps it"),
        "review_on": _l("Looked over again"),
        "is_new_text": _l("The text is new: ask all coordinators to read it again"),
        "read_by": _l("Coordinators who have read it"),
    }
    list_columns = ["title", "keeper", "review_on", "read_by"]
    more_columns = ("kept_at",)
    show_columns = ["kept_at", "keeper", "review_on", "read_by"]
    add_columns = ["title", "about", "kept_at", "keeper_id", "review_on"]
    edit_columns = [*add_columns, "is_new_text"]
    search_columns = ["title"]
    add_form_extra_fields = {
        "title": TextField(label_columns["title"], [NEEDED, at_most(200)]),
        "about": LongTextField(label_columns["about"], validators=[LONG]),
        "kept_at": TextField(
            label_columns["kept_at"],
            [at_most(500)],
            description=_l("An address on the web, or the name of the system and folder."),
            filters=[lambda text: text or ""],
        ),
        "keeper_id": person_choice(label_columns["keeper_id"]),
        "review_on": NorwegianDateField(
            label_columns["review_on"],
            [NEEDED],
            description=_l("The day by which somebody is to see that it still holds."),
        ),
    }
    edit_form_extra_fields = add_form_extra_fields | {
        "is_new_text": BooleanField(label_columns["is_new_text"])
    }
    filters: ClassVar[Mapping[str, Filter]] = {
        "q": SearchFilter(_l("Search"), titled(Routine.title), _l("Words of the title")),
        "review": by_day(
            _l("Looked over again"), Routine.review_on, coming=_l("In date"), past=_l("Overdue")
        ),
        "state": RetiredFilter(_l("Show"), Routine.retired_at, SHOWN),
    }
    orders = {
        "title": Order(_l("Title"), folded(Routine.title)),
        "review_on": Order(_l("Looked over again"), Routine.review_on),
    }
    formatters_columns = {
        "keeper": lambda routine: routine.keeper.full_name if routine.keeper else "",
        "review_on": say_review,
        "read_by": RoutinePages.read_by,
    }
    export_columns = ("title", "keeper", "review_on", "kept_at", "about")
    exported_as = {"read_by": ()}

    def describe(self, row: Routine) -> str:
        """The title."""
        return row.title

    def create(self, form: Any) -> Routine:
        """Add the routine of the form."""
        row = Routine(created_at=utc_now(), number=1)
        form.populate_obj(row)
        db.session.add(row)
        return row

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """What is registered of each routine."""
        name: Any = Person.given_name + " " + Person.family_name
        found = base.outerjoin(Person, Routine.keeper_id == Person.id)
        columns: Any = (
            Routine.title,
            name,
            Routine.review_on,
            Routine.kept_at,
            Routine.about,
        )
        told: Select[Any] = found.with_only_columns(*columns)
        return told


class GatheringView(GatheringPages):
    """Where those who coordinate look at the method and the tool together."""

    resource = Resource.GATHERING
    route_base = "/gathering"
    menu_homes = ("SuccessView",)
    datamodel = TableInterface(Gathering)
    bulk_actions = bulk.actions(
        retire=lambda n: ngettext("Retire %(num)s gathering", "Retire %(num)s gatherings", n),
        retired=lambda n: ngettext(
            "%(num)s gathering is retired.", "%(num)s gatherings are retired.", n
        ),
        restore=lambda n: ngettext(
            "Bring %(num)s gathering back", "Bring %(num)s gatherings back", n
        ),
        restored=lambda n: ngettext(
            "%(num)s gathering is in use again.", "%(num)s gatherings are in use again.", n
        ),
    )

    list_title = _l("Gatherings")
    add_title = _l("Add a gathering")
    edit_title = _l("Change the gathering")
    intro = _l(
        "Where those who coordinate look at how the plans work, as a method and as a tool. Hold at"
        " least two a year. For local administrators and coordinators."
    )
    add_intro = _l("All coordinators are asked. You can ask others too when it is saved.")
    edit_intro = _l("Who is asked, and what is agreed on, is changed on the page of the gathering.")
    show_intro = _l("The programme, what was agreed on, and who is asked.")
    add_label = _l("Add a gathering")
    empty_text = _l("No gathering is registered yet.")
    label_columns = {
        "title": _l("Title"),
        "held_on": _l("Day"),
        "place": _l("Place"),
        "programme": _l("Programme"),
        "asked": _l("Invited"),
        "there": _l("Were there"),
    }
    list_columns = ["title", "held_on", "place", "asked", "there"]
    show_columns = ["held_on", "place", "asked", "there"]
    add_columns = edit_columns = ["title", "held_on", "place", "programme"]
    search_columns = ["title"]
    add_form_extra_fields = edit_form_extra_fields = {
        "title": TextField(label_columns["title"], [NEEDED, at_most(200)]),
        "held_on": NorwegianDateField(label_columns["held_on"], [NEEDED]),
        "place": TextField(
            label_columns["place"], [at_most(200)], filters=[lambda text: text or ""]
        ),
        "programme": LongTextField(label_columns["programme"], validators=[LONG], rows=8),
    }
    filters: ClassVar[Mapping[str, Filter]] = {
        "q": SearchFilter(_l("Search"), titled(Gathering.title), _l("Words of the title")),
        "when": by_day(
            _l("When"), Gathering.held_on, coming=_l("Today or later"), past=_l("Before today")
        ),
        "state": RetiredFilter(_l("Show"), Gathering.retired_at, SHOWN),
    }
    orders = {
        "held_on": Order(_l("Day"), Gathering.held_on, descending=True),
        "title": Order(_l("Title"), folded(Gathering.title)),
    }
    formatters_columns = {
        "held_on": lambda gathering: show_date(gathering.held_on),
        "asked": lambda gathering: GatheringPages.count(gathering, 0),
        "there": lambda gathering: GatheringPages.count(gathering, 1),
    }
    export_columns = ("title", "held_on", "place", "asked", "there")

    def describe(self, row: Gathering) -> str:
        """The title."""
        return row.title

    def hint(self, row: Gathering) -> str:
        """The day."""
        return show_date(row.held_on)

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """Title, day and place, and how many were asked and came."""
        asked = select(func.count(GatheringAttendance.id)).where(
            GatheringAttendance.gathering_id == Gathering.id,
            GatheringAttendance.ended_at.is_(None),
        )
        there = asked.where(GatheringAttendance.was_there.is_(True))
        return base.with_only_columns(
            Gathering.title,
            Gathering.held_on,
            Gathering.place,
            asked.correlate(Gathering).scalar_subquery(),
            there.correlate(Gathering).scalar_subquery(),
        )
