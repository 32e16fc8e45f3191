"""The measurements: each answer is checked before its time counts.

What is measured, in this order: cold start, the light pages, saving, looking up, memory, export,
the form in which a person is chosen, which can exhaust a worker, and the memory of several workers.
"""

import csv
import re
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import psycopg

from benchmarks import weight
from benchmarks.browser import Answer, Browser, ProbeFailed, TookTooLong, read_form
from benchmarks.database import SQLITE, Database
from benchmarks.server import WebServer
from benchmarks.subject import PASSWORD, Page, Program, Scale, Subject, Tour

MILLISECONDS = "ms"
MEBIBYTES = "MiB"
FEWEST = 3
FURTHER = 3
# The system hands requests to whichever worker is free; this many reach them all.
ROUNDS_PER_WORKER = 6
BUDGET = 60.0
PATIENCE = 120.0


@dataclass(frozen=True)
class Measurement:
    """One cell: samples in ``unit``, or a note in their place."""

    row: str
    unit: str
    samples: tuple[float, ...] = ()
    note: str = ""
    failed: bool = False

    @property
    def median(self) -> float:
        """The median of the samples."""
        return statistics.median(self.samples)


@dataclass
class Round:
    """One panel on one database, measured row by row."""

    server: WebServer
    program: Program
    tour: Tour
    scale: Scale
    samples: int
    say: Callable[[str], None]
    results: list[Measurement] = field(default_factory=list)

    def run(self, database: Database) -> None:
        """Measure every row; none but the first two where nobody can log in."""
        self.attempt("cold start, process to first answer", MILLISECONDS, self._cold_starts)
        browser = Browser(self.server.port, limit=PATIENCE)
        self.attempt("log in", MILLISECONDS, partial(self._log_in, browser))
        if any(found.failed for found in self.results):
            return
        for name, page in self._light_pages().items():
            self.attempt(name, MILLISECONDS, partial(self._timed, browser, page))
        self.attempt("save", MILLISECONDS, partial(self._saves, browser))
        lookup = partial(self._lookup, browser)
        self.attempt("a person looked up while typing", MILLISECONDS, lookup)
        self._memory()
        self._weigh(browser)
        self._export(browser, database)
        self._choice(browser)
        name = "memory, each further worker without mapped files"
        self.attempt(name, MEBIBYTES, self._further_worker)

    def attempt(self, row: str, unit: str, measure: Callable[[], Iterator[float]]) -> None:
        """Keep the samples of one row, or say loudly why there are none."""
        samples: list[float] = []
        try:
            for sample in measure():
                samples.append(sample)
        except TookTooLong:
            result = Measurement(row, unit, note=f"> {PATIENCE:.0f} s")
        except NotThere as missing:
            result = Measurement(row, unit, note=str(missing))
        except ProbeFailed as error:
            result = Measurement(row, unit, note=f"failed: {error}", failed=True)
            self.say(self.server.log_end(lines=3))
        else:
            result = Measurement(row, unit, tuple(samples))
        self.results.append(result)
        shown = result.note or f"{result.median:.1f} {unit} (of {len(samples)})"
        self.say(f"  {row}: {shown}")

    def _light_pages(self) -> dict[str, Page]:
        deep = f"list, a page {self.scale.from_end:,} rows from the end"
        return {
            "list, page 1": self.tour.first,
            deep: self.tour.deep,
            "search, family name equals": self.tour.equals,
            "search, family name starts with": self.tour.prefix,
            "record page": self.tour.record,
            "edit form": self.tour.edit,
        }

    def _cold_starts(self) -> Iterator[float]:
        for _ in range(FEWEST):
            self.server.stop()
            yield self.server.start(self.program.login_page) * 1000

    def _log_in(self, browser: Browser) -> Iterator[float]:
        started = time.perf_counter()
        browser.log_in(self.program.login_page, self.program.username, PASSWORD)
        yield (time.perf_counter() - started) * 1000

    def _timed(self, browser: Browser, page: Page) -> Iterator[float]:
        """Milliseconds per answer, fewer of them where one takes long."""
        spent = 0.0
        for count in range(self.samples):
            if spent > BUDGET and count >= FEWEST:
                return
            seconds = checked(browser.get(page.path), page).seconds
            spent += seconds
            yield seconds * 1000

    def _saves(self, browser: Browser) -> Iterator[float]:
        """Milliseconds per POST; the record must show each value afterwards."""
        name = self.tour.changed_field
        for count in range(self.samples):
            page = checked(browser.get(self.tour.edit.path), self.tour.edit).text
            value = f"+474011{count:04}"
            fields = read_form(page, name).filled(**{name: value})
            answer = browser.post(self.tour.edit.path, fields)
            if answer.status not in (302, 303):
                raise ProbeFailed(f"saving answered {answer.status}")
            shown = re.sub(r"[\s\xa0]", "", browser.get(self.tour.record.path).text)
            if value.removeprefix("+47") not in shown:
                raise ProbeFailed("what was saved does not show")
            yield answer.seconds * 1000

    def _lookup(self, browser: Browser) -> Iterator[float]:
        if self.tour.lookup is None:
            raise NotThere("in the form")
        return self._timed(browser, self.tour.lookup)

    def _memory(self) -> None:
        memory = self.server.memory()
        for name, size in (
            ("RSS", memory.rss),
            ("PSS", memory.pss),
            ("without mapped files", memory.anonymous),
        ):
            self.attempt(f"memory per worker, {name}", MEBIBYTES, partial(_mebibytes, size))

    def _weigh(self, browser: Browser) -> None:
        """What Chromium fetches for the login page, and for the first page of the list."""
        pages = {
            "login page": (self.program.login_page, {}),
            "person list": (self.tour.first.path, browser.cookies),
        }
        origin = f"http://127.0.0.1:{self.server.port}"
        with weight.scales() as scales:
            for name, (path, cookies) in pages.items():
                loads = cache(partial(scales.loads, origin, path, cookies))
                for row, unit, value in weight.ROWS:
                    self.attempt(f"{name}, {row}", unit, partial(_each, loads, value))

    def _further_worker(self) -> Iterator[float]:
        """What three more workers add to the memory of all, by a third."""
        alone, together = self._held_by(1), self._held_by(1 + FURTHER)
        yield (together - alone) / FURTHER / (1 << 20)

    def _held_by(self, workers: int) -> int:
        """Bytes of a server with so many workers, each of which has answered some pages."""
        self.server.stop()
        self.server.start(self.program.login_page, workers)
        browser = Browser(self.server.port, limit=PATIENCE)
        browser.log_in(self.program.login_page, self.program.username, PASSWORD)
        for _ in range(ROUNDS_PER_WORKER * workers):
            for page in (self.tour.first, self.tour.record, self.tour.edit):
                checked(browser.get(page.path), page)
        return self.server.anonymous()

    def _export(self, browser: Browser, database: Database) -> None:
        name = f"export of {self.scale.exported:,} rows"
        target = self.server.log.with_suffix(".csv")
        raw = partial(raw_exports, database, self.tour.raw_export, target, self.scale.exported)
        before = self.server.memory().rss
        self.server.forget_peak()
        self.attempt(name, MILLISECONDS, partial(self._exports, browser))
        if self.results[-1].samples:
            growth = self.server.peak() - before
            self.attempt(f"{name}, growth of peak RSS", MEBIBYTES, partial(_mebibytes, growth))
        self.attempt("the same rows by the bare driver", MILLISECONDS, raw)

    def _choice(self, browser: Browser) -> None:
        name = "form in which a person is chosen"
        self.server.forget_peak()
        self.attempt(name, MILLISECONDS, partial(self._timed, browser, self.tour.choice))
        self.attempt(f"{name}, peak RSS", MEBIBYTES, partial(_mebibytes, self.server.peak()))

    def _exports(self, browser: Browser) -> Iterator[float]:
        page = self.tour.export
        for _ in range(FEWEST):
            answer = browser.get(page.path)
            lines = answer.body.count(b"\n")
            if answer.status != 200 or lines != page.matches:
                raise ProbeFailed(f"the export answered {answer.status} with {lines} lines")
            yield answer.seconds * 1000


def _each(
    loads: Callable[[], list[weight.Weight]], value: Callable[[weight.Weight], float]
) -> Iterator[float]:
    """One figure of each load of a page."""
    yield from map(value, loads())


class NotThere(Exception):
    """The panel has no such request; the text says what it has instead."""


def checked(answer: Answer, page: Page) -> Answer:
    """``answer``, if it is the page that was asked for.

    Raises:
        ProbeFailed: another status, another number of rows, or an expected text is missing.
    """
    if answer.status != 200:
        raise ProbeFailed(f"{page.path} answered {answer.status} {answer.location}")
    found = len(set(re.findall(page.pattern, answer.text)))
    if found != page.matches:
        raise ProbeFailed(f"{page.path}: {found} of {page.matches} matches of {page.pattern}")
    for text in page.shows:
        if text not in answer.text:
            raise ProbeFailed(f"{page.path} does not show {text!r}")
    return answer


def raw_exports(database: Database, sql: str, target: Path, expected: int) -> Iterator[float]:
    """Milliseconds for reading ``sql`` with the driver alone and writing it as CSV."""
    for _ in range(FEWEST):
        started = time.perf_counter()
        with target.open("w", newline="", encoding="utf-8") as file:
            count = _copy_rows(database, sql, csv.writer(file).writerow)
        if count != expected:
            raise ProbeFailed(f"the driver gave {count} rows, not {expected}")
        yield (time.perf_counter() - started) * 1000


def _copy_rows(database: Database, sql: str, write: Callable[[tuple[object, ...]], object]) -> int:
    if database.kind == SQLITE:
        with closing(sqlite3.connect(database.location)) as connection:
            return _write_each(connection.execute(sql), write)
    with psycopg.connect(database.location) as server:
        return _write_each(server.execute(sql), write)


def _write_each(
    rows: Iterable[tuple[object, ...]], write: Callable[[tuple[object, ...]], object]
) -> int:
    count = 0
    for row in rows:
        write(row)
        count += 1
    return count


def measure(
    subject: Subject,
    database: Database,
    folder: Path,
    scale: Scale,
    samples: int,
    say: Callable[[str], None],
) -> list[Measurement]:
    """Fill, serve and measure one panel on one database; nothing is left running."""
    started = time.perf_counter()
    program = subject.prepare(database, folder, scale)
    database.settle()
    say(f"{subject.title} on {database.kind}: filled in {time.perf_counter() - started:.0f} s")
    log = folder / f"{Path(database.location.split('?')[0]).stem}.log"
    with WebServer(program.application, program.environment, log) as server:
        tour = subject.tour(database, scale)
        this_round = Round(server, program, tour, scale, samples, say)
        this_round.run(database)
        return this_round.results


def _mebibytes(size: int) -> Iterator[float]:
    yield size / (1 << 20)
