"""``python -m benchmarks.desk``: every page of the local administrator's desk, on both databases.

The made-up municipality with 2,000 plans of three years and 12,000 persons, as ``flask demo grow``
makes it. Asked are the pages of the rooms below that need no row, and all that the desk's cards and
figures lead to. Ends with status 1 where an answer was wrong, or a median is above the aim.
"""

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import create_app, migrating
from app.clock import today, utc_now
from app.db import db, transaction
from app.demonstration import growth, world
from app.demonstration.accounts import PASSWORD
from app.municipalities import operations as municipalities
from app.municipalities.register import load_register
from benchmarks.database import KINDS, Database, databases
from benchmarks.subject import SECRET
from config import Mode, Settings

AIM = 200.0
ROOMS = (
    "app.desk",
    "app.reports",
    "app.method",
    "app.jobs",
    "app.plans",
    "app.people",
    "app.duplicates",
    "app.accounts",
    "app.units",
    "app.templating",
)
"""Where the pages come from that are asked for."""
NOT_OF_THE_DESK = re.compile(
    r"^/(my-|me/|own|hjelp|om/|tilgj|login|logout|start|api|consent|first)"
)
LEADS_ON = ("/desk", "/report", "/success")
LINK = re.compile(r'href="(/[^"#]*)"')


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill, ask, and print medians and 95th percentiles in milliseconds."""
    parser = argparse.ArgumentParser(prog="benchmarks.desk", description=__doc__)
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--plans", type=int, default=growth.PLANS)
    parser.add_argument("--persons", type=int, default=growth.PERSONS)
    parser.add_argument("--databases", default=",".join(KINDS))
    parser.add_argument("--only", default="", help="Pages whose address holds this.")
    options = parser.parse_args(arguments)
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    folder = Path(tempfile.mkdtemp(prefix="samvev-desk-"))
    failures = 0
    try:
        for kind in options.databases.split(","):
            with databases(kind, folder) as create:
                database = create("desk")
                app = filled(database, folder / f"instance-{kind}", options)
                database.settle()
                failures += measure(app, database.kind, options.samples, options.only)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return int(bool(failures))


def filled(database: Database, instance: Path, options: argparse.Namespace) -> Flask:
    """An installation with the demonstration and the large municipality in it."""
    settings = Settings(
        mode=Mode.TEST,
        instance=instance,
        database_url=database.url,
        secret_key=SECRET,
        encryption_key=f"{SECRET}-encryption",
        demo=True,
    )
    app = create_app(settings)
    migrating.prepare(app, settings)
    began = time.perf_counter()
    with app.app_context():
        with transaction(is_durable=False) as session:
            municipalities.load(session, load_register(), demonstration=True)
            world.load(session, at=utc_now(), today=today())
        with transaction(is_durable=False) as session:
            growth.grow(
                session,
                persons=options.persons,
                plans=options.plans,
                at=utc_now(),
                today=today(),
            )
        db.session.remove()
    _say(f"{database.kind}: grown in {time.perf_counter() - began:.0f} s\n")
    return app


def measure(app: Flask, kind: str, samples: int, only: str) -> int:
    """Ask for every page; how many were wrong, or slower than the aim."""
    client, failures = sign_in(app), 0
    _say(f"| {kind} | median | 95 of 100 | processor | queries |\n")
    _say("| --- | ---: | ---: | ---: | ---: |\n")
    for path in pages(app, client):
        if only not in path:
            continue
        costs, status = _costs(client, path, samples)
        if status != 200:
            failures += 1
            _say(f"| {path} | FAILED {status} | | | |\n")
            continue
        failures += _tell(path, costs, queries(app, client, path))
    return failures


def sign_in(app: Flask) -> FlaskClient:
    """A client that the large municipality's local administrator is signed in with."""
    client = app.test_client()
    page = client.get("/login/").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    data = {"csrf_token": token, "username": growth.LOCAL_ADMINISTRATOR, "password": PASSWORD}
    client.post("/login/", data=data)
    return client


def pages(app: Flask, client: FlaskClient) -> list[str]:
    """The addresses, in order: those of the rooms, and where cards and figures lead."""
    found = dict.fromkeys(_without_rows(app))
    for path in [*found]:
        answer = client.get(path)
        is_page = answer.status_code == 200 and "text/html" in answer.content_type
        if not is_page:
            del found[path]
        elif path.startswith(LEADS_ON):
            found.update(dict.fromkeys(_led_to(answer.text)))
    return sorted(found)


def _without_rows(app: Flask) -> Iterator[str]:
    rooms = {
        type(view).__name__: tuple(base.__module__ for base in type(view).__mro__)
        for view in app.appbuilder.baseviews
    }
    for rule in app.url_map.iter_rules():
        name = rule.endpoint.partition(".")[0]
        is_ours = any(one.startswith(ROOMS) for one in rooms.get(name, ()))
        is_asked = "GET" in (rule.methods or ()) and not rule.arguments
        if is_ours and is_asked and not NOT_OF_THE_DESK.match(rule.rule):
            yield rule.rule


def _led_to(page: str) -> Iterator[str]:
    """Lists that the main part of a page leads to."""
    main = page.partition("<main")[2]
    for link in LINK.findall(main):
        path = unescape(link)
        if "format=" not in path and not NOT_OF_THE_DESK.match(path) and "/show/" not in path:
            yield path


@dataclass(frozen=True)
class Cost:
    """What one answer took, in milliseconds: on the clock, and of our processor."""

    time: float
    processor: float


def _costs(client: FlaskClient, path: str, samples: int) -> tuple[list[Cost], int]:
    """The cost of each answer after the first, and the status of the last."""
    status, found = client.get(path).status_code, []
    for _sample in range(samples):
        began, worked = time.perf_counter(), time.process_time()
        status = client.get(path).status_code
        taken, work = time.perf_counter() - began, time.process_time() - worked
        found.append(Cost(taken * 1000, work * 1000))
        if status != 200:
            break
    return found, status


def _tell(path: str, costs: Sequence[Cost], asked: int) -> bool:
    """Print one page's cost; whether it is slower than the aim."""
    times = [one.time for one in costs]
    median, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    processor = statistics.median(one.processor for one in costs)
    mark = " **slow**" if median > AIM else ""
    _say(f"| {path}{mark} | {median:.0f} ms | {slow:.0f} ms | {processor:.0f} ms | {asked} |\n")
    return median > AIM


def queries(app: Flask, client: FlaskClient, path: str) -> int:
    """How many questions one answer asks the database."""
    asked: list[str] = []

    def note(*told: object) -> None:
        asked.append(str(told[2]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
