"""``python -m benchmarks``: fill, serve, measure, stop, report.

Ends with status 1 where any answer was wrong (such a cell says FAILED and holds no time), and with
130 when it was stopped.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks import report
from benchmarks.database import KINDS, databases
from benchmarks.peers.django_admin.subject import DjangoAdmin
from benchmarks.peers.stock_fab.subject import StockFab
from benchmarks.probes import measure
from benchmarks.samvev import Samvev
from benchmarks.subject import Scale, Subject

INTERRUPTED = 130
SUBJECTS: dict[str, type[Subject]] = {"samvev": Samvev, "fab": StockFab, "django": DjangoAdmin}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for; 0 when every answer was right."""
    options = _options(arguments)
    scale = Scale(20_000 if options.quick else options.persons)
    os.environ.setdefault("LC_ALL", "C.UTF-8")  # One order of names wherever this runs.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="samvev-bench-"))
    columns: list[report.Column] = []
    try:
        for kind in options.databases:
            columns += _on(kind, options.only, folder, scale, options.samples)
    except KeyboardInterrupt:
        _say("stopped; nothing is left running, nothing is written")
        return INTERRUPTED
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(report.markdown(columns, scale.persons))
    _say(f"written to {report.write(columns, scale.persons)}")
    return int(any(found.failed for column in columns for found in column.measurements))


def _on(
    kind: str, only: Sequence[str], folder: Path, scale: Scale, samples: int
) -> list[report.Column]:
    columns = []
    with databases(kind, folder) as create:
        for name in only:
            subject = SUBJECTS[name]()
            found = measure(subject, create(name), folder, scale, samples, _say)
            columns.append(report.Column(kind, subject.title, found))
    return columns


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    panels, kinds = partial(_chosen, among=list(SUBJECTS)), partial(_chosen, among=KINDS)
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--samples", type=int, default=20, help="answers per light page")
    parser.add_argument("--quick", action="store_true", help="20,000 persons")
    parser.add_argument("--only", type=panels, default=list(SUBJECTS))
    parser.add_argument("--databases", type=kinds, default=list(KINDS))
    return parser.parse_args(arguments)


def _chosen(value: str, *, among: Sequence[str]) -> list[str]:
    """The names in ``value``, separated by commas, each one of ``among``."""
    names = value.split(",")
    for name in names:
        if name not in among:
            raise argparse.ArgumentTypeError(f"{name!r} is not one of {', '.join(among)}")
    return names


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
