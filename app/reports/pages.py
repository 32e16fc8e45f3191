"""The pages of the reports: which there are, one of them, its files, and the count for KOSTRA.

A report tells in page and file the same, and no more than may be passed on to anybody. The count
for KOSTRA is exact, with the list behind it, for the administrator's own use.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask import render_template, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.audit import log
from app.clock import day_of, today
from app.db import db, transaction
from app.enums import Role
from app.errors import BadRequest, NotFound
from app.models import Municipality, Unit
from app.reports import catalogue, kostra
from app.reports.catalogue import Report
from app.reports.sheets import Names, Sheet, sheet
from app.screens.download import csv_download, xlsx_download
from app.screens.fields import show_date
from app.screens.rows import export_rows
from app.security.actor import Actor, current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

Answer = Response | str
ON_A_PAGE = 100
FIRST = "kinds"
FORMATS = {"csv": csv_download, "xlsx": xlsx_download}


class ReportView(BaseView):
    """Numbers over many plans, told so that nobody is recognised."""

    resource = Resource.REPORT
    route_base = "/reports"
    default_view = "index"
    intro = _l(
        "Numbers about the plans, to read, print and pass on: nobody can be recognised. For"
        " leaders and local administrators."
    )

    @expose("/", methods=["GET"])
    @door(Action.SHOW)
    def index(self) -> Answer:
        """Which reports there are."""
        actor = current_actor()
        shelves = [
            (shelf.heading, [one for one in shelf.reports if is_for(actor, one)])
            for shelf in catalogue.SHELVES
        ]
        return render_template("reports/index.html", view=self, shelves=shelves)

    @expose("/show", methods=["GET"])
    @door(Action.SHOW)
    def show(self) -> Answer:
        """One report: chart and table."""
        _require_known("report", "year")
        report, year, on = _asked(), _year(), today()
        return render_template(
            "reports/show.html",
            view=self,
            report=report,
            sheet=_sheet(report, year, on),
            year=year,
            years=_years(),
            on=on,
            for_whom=_for_whom(current_actor()),
            how_told=how_told(),
        )

    @expose("/export", methods=["GET"])
    @door(Action.EXPORT)
    def export(self) -> Answer:
        """One report as a file: what the page tells, and below it what it is."""
        _require_known("report", "year", "format")
        report, year, on, form = _asked(), _year(), today(), _format()
        found, facts = _sheet(report, year, on), _facts(report, year, on)
        with transaction():
            log.record(current_actor(), "report:exported", fields=(report.key,))
        rows = [*found.rows, *([found.foot] if found.foot else []), (), *facts]
        name = f"{report.key}-{year if report.is_yearly else on.isoformat()}.{form}"
        return FORMATS[form](name, found.header, rows)

    @expose("/kostra", methods=["GET"])
    @door(Action.EXPORT)
    def kostra(self) -> Answer:
        """How many users had an individual plan at the end of a year, and who they are."""
        _require_known("year", "page")
        actor, year = current_actor(), _year(default=today().year - 1)
        on = kostra.day_of_count(year, today())
        page = _page_number()
        found = kostra.count(actor, on)
        rows = kostra.counted(actor, on).limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)
        return render_template(
            "reports/kostra.html",
            view=self,
            found=found,
            rows=db.session.execute(rows).all(),
            page=page,
            pages=max(1, -(-_length(actor, on) // ON_A_PAGE)),
            year=year,
            years=_years(),
            for_whom=_for_whom(actor),
            is_over=on == date(year, 12, 31),
            show_day=lambda at: show_date(day_of(at)),
        )

    @expose("/kostra-list", methods=["GET"])
    @door(Action.EXPORT)
    def kostra_list(self) -> Answer:
        """The list behind the count, as a file."""
        _require_known("year", "format")
        actor, year, form = current_actor(), _year(default=today().year - 1), _format()
        on = kostra.day_of_count(year, today())
        with transaction():
            log.record(actor, "report:exported", fields=("kostra",))
        header = [_("Owner"), _("Coordinator"), _("Unit"), _("Started"), _("Consent on the day")]
        yes, no = _("Yes"), _("No")
        rows = (
            (*row[1:4], day_of(row[4]), yes if row[5] else no)
            for row in export_rows(actor, kostra.counted(actor, on))
        )
        return FORMATS[form](f"kostra-{on.isoformat()}.{form}", header, rows)


def _require_known(*names: str) -> None:
    """See that the address asks for nothing else.

    Raises:
        BadRequest: it asks for something that the page does not know.
    """
    if set(request.args) - set(names):
        raise BadRequest


def _asked() -> Report:
    """The report that the address names.

    Raises:
        NotFound: there is none of that name, or it is not for the actor.
    """
    found = catalogue.REPORTS.get(request.args.get("report", FIRST))
    if found is None or not is_for(current_actor(), found):
        raise NotFound
    return found


def is_for(actor: Actor, report: Report) -> bool:
    """Whether the report is one for the whole or the part that the actor administers."""
    return not report.is_whole or not _parts(actor)


def _parts(actor: Actor) -> list[str]:
    """The paths of the units that the actor keeps the overview of; none for the whole."""
    held = [one.unit_path for one in actor.holdings if one.role is Role.LOCAL_ADMINISTRATOR]
    return [] if None in held else [path for path in held if path is not None]


def _years() -> Sequence[int]:
    this = today().year
    return range(this, this - catalogue.YEARS, -1)


def _year(default: int | None = None) -> int:
    """The calendar year that is asked for; no other periods are, or they could be compared.

    Raises:
        BadRequest: it is none of those offered.
    """
    asked = request.args.get("year", str(default or today().year))
    if asked not in map(str, _years()):
        raise BadRequest
    return int(asked)


def _format() -> str:
    asked = request.args.get("format", "xlsx")
    if asked not in FORMATS:
        raise BadRequest
    return asked


def _page_number() -> int:
    asked = request.args.get("page", "1")
    if not asked.isascii() or not asked.isdigit() or not 0 < int(asked[:6]) < 10_000:
        raise BadRequest
    return int(asked)


def _length(actor: Actor, on: date) -> int:
    ids = kostra.counted(actor, on).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(ids)) or 0


def _sheet(report: Report, year: int, on: date) -> Sheet:
    names = Names(str(report.title), str(report.rows), str(report.counted))
    return sheet(report.ask(current_actor(), on, year), names)


def _for_whom(actor: Actor) -> str:
    """What the report is about: the municipality, or the units that the actor administers."""
    here = db.session.get_one(Municipality, actor.municipality_id)
    paths = _parts(actor)
    if not paths:
        return here.display_name
    units = db.session.scalars(select(Unit).where(Unit.path.in_(paths)).order_by(Unit.search_name))
    return f"{here.display_name}: {', '.join(one.name for one in units)}"


def _facts(report: Report, year: int, on: date) -> Iterator[tuple[Any, ...]]:
    """What a file must say of itself, for whoever it is passed on to."""
    yield _("Report"), str(report.title)
    yield _("For"), _for_whom(current_actor())
    if report.is_yearly:
        yield _("Year"), str(year)
    yield _("Date"), on
    yield _("What is counted"), str(report.about)
    yield _("Source"), str(report.source)
    yield _("Left out"), str(report.left_out)
    yield _("How it is told"), how_told()


def how_told() -> str:
    """Why numbers are told in steps."""
    return _(
        "Numbers are told in steps of five, and groups of fewer than five not at all, so that"
        " nobody can be recognised, also when reports are compared. Where it says “not told”,"
        " the number would have given away another one."
    )
