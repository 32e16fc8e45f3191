"""A report as it is read: headings, rows and charts of what may be told, alike on page and file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from app.reports import suppression
from app.reports.charts import Bar, BarChart, LineChart, Series
from app.reports.counted import Cross, Months, Parts, Waits, weeks
from app.reports.suppression import Told, told
from app.reports.told_words import said

SHOWN_MONTHS = 24


@dataclass(frozen=True)
class Names:
    """What the sheet of a report calls things: the report, its rows, and what is counted."""

    title: str
    rows: str
    counted: str


@dataclass(frozen=True)
class Sheet:
    """What is told, in words. The first cell of a row says what the row is about."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...] | None
    bars: BarChart | None = None
    lines: tuple[LineChart, ...] = ()


@singledispatch
def sheet(counted: Any, names: Names) -> Sheet:
    """What is told of what a report has counted."""
    raise NotImplementedError(type(counted))


@sheet.register
def _of_parts(counted: Parts, names: Names) -> Sheet:
    found = suppression.one_way(counted.counts)
    labels = [str(label) for label in counted.labels]
    return Sheet(
        (names.rows, names.counted),
        tuple((label, said(cell)) for label, cell in zip(labels, found.cells, strict=True)),
        (_("All"), said(found.total)),
        bars=_bars(names, labels, found.cells),
    )


@sheet.register
def _of_cross(counted: Cross, names: Names) -> Sheet:
    found = suppression.two_way(counted.counts, counted.kept)
    labels = [str(label) for label in counted.labels]
    rows = zip(labels, found.cells, found.rows, strict=True)
    return Sheet(
        (names.rows, *(str(one) for one in counted.columns), _("All")),
        tuple((label, *map(said, cells), said(total)) for label, cells, total in rows),
        (_("All"), *map(said, found.columns), said(found.total)),
        bars=_bars(names, labels, found.rows),
    )


@sheet.register
def _of_months(counted: Months, names: Names) -> Sheet:
    found = suppression.flow(counted.before, counted.came, counted.went)
    months = [_month(day) for day in counted.months][-SHOWN_MONTHS:]
    came, went, stock = (one[-SHOWN_MONTHS:] for one in (found.came, found.went, found.stock))
    new, closed, is_open = _("New"), _("Closed"), _("Open at the end of the month")
    short = [format_date(day, "MMM yy") for day in counted.months][-SHOWN_MONTHS:]
    flows = [Series(new, _sizes(came)), Series(closed, _sizes(went))]
    stocks = [Series(is_open, _sizes(stock))]
    hint = _("The same numbers stand in the table below.")
    return Sheet(
        (names.rows, new, closed, is_open),
        tuple(
            (month, *map(said, told_of))
            for month, *told_of in zip(months, came, went, stock, strict=True)
        ),
        None,
        lines=(
            LineChart("flow", names.title, hint, short, flows),
            LineChart("stock", is_open, hint, short, stocks),
        ),
    )


@sheet.register
def _of_waits(counted: Waits, names: Names) -> Sheet:
    labels = [str(label) for label in counted.labels]
    medians = [weeks(days, 2) for days in counted.days]
    return Sheet(
        (names.rows, names.counted, _("Lower quartile"), _("Median"), _("Upper quartile")),
        tuple(
            (label, said(told(len(days))), *(_weeks(weeks(days, quarter)) for quarter in (1, 2, 3)))
            for label, days in zip(labels, counted.days, strict=True)
        ),
        None,
        bars=BarChart(
            "chart",
            names.title,
            _("The same numbers stand in the table below."),
            [Bar(label, one, _weeks(one)) for label, one in zip(labels, medians, strict=True)],
        ),
    )


def _bars(names: Names, labels: Sequence[str], cells: Sequence[Told]) -> BarChart:
    bars = [Bar(one, cell.middle, said(cell)) for one, cell in zip(labels, cells, strict=True)]
    return BarChart("chart", names.title, _("The same numbers stand in the table below."), bars)


def _sizes(cells: Sequence[Told]) -> list[float | None]:
    return [cell.middle for cell in cells]


def _month(day: Any) -> str:
    return str(format_date(day, "MMMM yyyy"))


def _weeks(number: int | None) -> str:
    if number is None:
        return _("not told")
    if number == 0:
        return _("less than a week")
    return ngettext("%(num)s week", "%(num)s weeks", number)
