"""``python -m benchmarks.templates``: the editor of templates, on both databases.

A municipality with 200 templates, of which one has 60 sections and 400 fields and has been
published before; and the job that tells the coordinators of 10,000 plans of a newer version. Ends
with status 1 where an answer was wrong, or where a median is above what is promised: the editor
opens in 200 ms, saves in 100 ms, and the form of 400 fields is made and drawn in 100 ms.
"""

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string

from app import create_app
from app.clock import utc_now
from app.columns import new_id
from app.db import db, transaction
from app.jobs import runner, template_publishing
from app.models import Job
from app.security.actor import acting_as, find_actor, operator
from app.set_up_tables import Template
from app.templating import generated_forms, heads, setup, versions
from app.templating.template_content import TemplateContent
from app.templating.template_pages import preview_form
from benchmarks.data import MUNICIPALITY
from benchmarks.database import KINDS, Database, databases
from benchmarks.plans import PERSONS, Cost, _client, _tell, _times, fill_plans
from benchmarks.samvev import ACCOUNT, Samvev
from benchmarks.subject import SECRET, Scale
from config import Mode, Settings

TEMPLATES, SECTIONS, FIELDS = 200, 60, 400
PLANS = 10_000
OPENS, SAVES, IS_MADE = 200, 100, 100
"""What is promised, in milliseconds, and held against the median."""
PARTS = ("about_me", "mapping", "goals", "activities", "sub_plans", "meetings")
KINDS_OF_FIELDS = ("short_text", "long_text", "choice", "date", "number", "person", "table")
MARK = re.compile(r'name="version" value="([0-9a-f]{16})"')
DRAWN = """{% import "templating/_generated.html" as generated with context %}
{% for one in sections %}{{ generated.section(form_of(one)) }}{% endfor %}"""
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill, ask, and print the medians and the slowest in milliseconds."""
    parser = argparse.ArgumentParser(prog="benchmarks.templates", description=__doc__)
    parser.add_argument("--samples", type=int, default=30)
    parser.add_argument("--databases", default=",".join(KINDS))
    options = parser.parse_args(arguments)
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    folder = Path(tempfile.mkdtemp(prefix="samvev-templates-"))
    wrong = 0
    try:
        for kind in options.databases.split(","):
            with databases(kind, folder) as create:
                wrong += _on(create("templates"), folder, options.samples)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return int(bool(wrong))


def _on(database: Database, folder: Path, samples: int) -> int:
    """Measure on one database; how many answers were wrong or too slow."""
    program = Samvev().prepare(database, folder, Scale(PERSONS))
    settings = Settings(
        mode=Mode.TEST,
        instance=Path(program.environment["SAMVEV_INSTANCE"]),
        database_url=database.url,
        secret_key=SECRET,
        encryption_key=f"{SECRET}-encryption",
    )
    app = create_app(settings)
    with app.app_context():
        large = _plant()
    database.settle()
    wrong = _measure(_client(app, "bench"), database.kind, large, samples)
    wrong += _draw(app, samples)
    return wrong + _tell_coordinators(app, database)


# --- filling -------------------------------------------------------------------------------------


def _plant() -> str:
    """The templates; the id of the large one."""
    with acting_as(db.session(), operator(MUNICIPALITY)), transaction() as session:
        setup.ensure(session, MUNICIPALITY, at=utc_now())
        large = _add(0, SECTIONS, FIELDS)
        for number in range(1, TEMPLATES):
            _add(number, 12, 48)
    return large


def _add(number: int, sections: int, fields: int) -> str:
    content = TemplateContent.model_validate(_content(number, sections, fields))
    names = content.names.by_language
    row = Template(
        id=new_id(), kind=content.kind, key=f"mal_{number}", names=names, position=number
    )
    db.session.add(row)
    db.session.flush()
    versions.add_published(row, heads.as_json(content), at=utc_now())
    db.session.flush()
    if number % 10 == 0:
        versions.begin(row)
    return str(row.id)


def _named(name: str) -> dict[str, Any]:
    return {"names": {"nb": name, "nn": name, "en": name}}


def _content(number: int, sections: int, fields: int) -> dict[str, Any]:
    help_text = {"nb": "Noen ord om hva som skal stå her. " * 4}
    each = [fields // sections + (place < fields % sections) for place in range(sections)]
    return {
        **_named(f"Mal {number}"),
        "kind": "individual_plan",
        "descriptions": help_text,
        "sections": [
            {
                **_named(f"Avsnitt {place}"),
                "key": f"s{place}",
                "part": PARTS[place % len(PARTS)],
                "helps": help_text,
                "fields": [_field(one, help_text) for one in range(count)],
            }
            for place, count in enumerate(each)
        ],
        "goals": [{**_named(f"Mål {one}"), "texts": help_text} for one in range(10)],
    }


def _field(number: int, help_text: dict[str, str]) -> dict[str, Any]:
    kind = KINDS_OF_FIELDS[number % len(KINDS_OF_FIELDS)]
    answers = [{"key": f"a{one}", **_named(f"Svar {one}")} for one in range(6)]
    return {
        **_named(f"Felt {number}"),
        "key": f"f{number}",
        "kind": kind,
        "helps": help_text,
        "choices": answers if kind == "choice" else [],
        "columns": answers if kind == "table" else [],
    }


# --- measuring -----------------------------------------------------------------------------------


def _measure(client: Any, kind: str, large: str, samples: int) -> int:
    draft = f"/template-drafts/edit/{large}"
    pages = {
        "the list of 200": "/templates/",
        "the editor opens": draft,
        "the editor, a section": f"{draft}?at=sections/s30",
        "the editor, a field": f"{draft}?at=sections/s30/fields/f2",
        "the checklist and what is new": f"/templates/publish/{large}",
        "the whole template as it is filled in": f"/templates/show/{large}",
    }
    sys.stdout.write(f"| {kind} | median | slowest | processor |\n")
    sys.stdout.write("| --- | ---: | ---: | ---: |\n")
    wrong = sum(
        _ask(name, lambda p=path: client.get(p), 200, samples, _promised(name))  # type: ignore[misc]
        for name, path in pages.items()
    )
    section = {"part": "mapping"}
    wrong += _save("saving a section", client, f"{draft}?at=sections/s30", section, samples)
    field = {"kind": "long_text"}
    at = f"{draft}?at=sections/s30/fields/f1"
    wrong += _save("saving a field", client, at, field, samples)
    sent = {"csrf_token": _token(client, draft), "move": "down:sections/s0", "current": ""}
    move = f"/template-drafts/move/{large}"
    moved = _ask("moving a section", lambda: client.post(move, data=sent), 302, samples, SAVES)
    return wrong + moved


def _promised(name: str) -> int | None:
    return OPENS if name.startswith("the editor") else None


def _draw(app: Flask, samples: int) -> int:
    """Make and draw the form of every section, with no class of a form made before; 1 where that
    takes too long."""
    sections = TemplateContent.model_validate(_content(0, SECTIONS, FIELDS)).sections

    def draw() -> str:
        generated_forms.form_class.cache_clear()
        return render_template_string(DRAWN, sections=sections, form_of=preview_form)

    with app.test_request_context():
        if draw().count("ds-label") < FIELDS:
            sys.stdout.write(f"| the form of {FIELDS} fields | FAILED | | |\n")
            return 1
        return _held(f"the form of {FIELDS} fields", _times(draw, samples), IS_MADE)


def _held(name: str, costs: Sequence[Cost], promised: int | None) -> int:
    """Print what something took; 1 where the median is above what is promised."""
    _tell(name if promised is None else f"{name} (at most {promised} ms)", costs)
    if promised is None or statistics.median(one.time for one in costs) * 1000 <= promised:
        return 0
    sys.stdout.write(f"| {name} | TOO SLOW | | |\n")
    return 1


def _tell_coordinators(app: Flask, database: Database) -> int:
    """Time the job that tells the coordinators of all plans that have an earlier version; 1 where
    somebody was not told."""
    with app.app_context():
        template_id, version_id = _behind()
    fill_plans(database, PLANS, version_id)
    database.settle()
    with app.app_context():
        session = db.session()
        actor = find_actor(session, ACCOUNT, MUNICIPALITY, utc_now())
        with acting_as(session, actor), transaction():
            template = session.get_one(Template, template_id)
            job = template_publishing.propose(actor, template, at=utc_now())
            job_id = job.id if isinstance(job, Job) else ""
        begun, worked = time.perf_counter(), time.process_time()
        runner.run_job(job_id, MUNICIPALITY)
        cost = Cost(time.perf_counter() - begun, time.process_time() - worked)
        with acting_as(session, operator(MUNICIPALITY)):
            told = session.get_one(Job, job_id).report["told"]
    _tell(f"the job that tells coordinators of {PLANS} plans", [cost])
    return int(told != PLANS)


def _behind() -> tuple[str, str]:
    """A template with a second version in use, and the id of its first."""
    with acting_as(db.session(), operator(MUNICIPALITY)), transaction() as session:
        template_id = _add(TEMPLATES, 3, 12)
        template = session.get_one(Template, template_id)
        first = versions.published(template)
        versions.publish(
            template, versions.draft(template) or versions.begin(template), at=utc_now()
        )
        return template_id, str(first.id)


def _token(client: Any, path: str) -> str:
    found = TOKEN.search(client.get(path).text)
    return found[1] if found else ""


def _save(name: str, client: Any, path: str, facts: dict[str, str], samples: int) -> int:
    """Save a piece again and again, each time as it is drawn then; 1 where it was not saved, or
    that took too long."""
    token, costs = _token(client, path), []
    for number in range(samples + 1):
        mark = MARK.search(client.get(path).text)
        texts = {"names-nb": f"Navn {number}", "names-nn": "Namn", "helps-nb": "Hjelp " * 20}
        version = mark[1] if mark else ""
        data = {"csrf_token": token, "version": version} | facts | texts
        begun, worked = time.perf_counter(), time.process_time()
        answer = client.post(path, data=data)
        costs.append(Cost(time.perf_counter() - begun, time.process_time() - worked))
        if answer.status_code != 302:
            sys.stdout.write(f"| {name} | FAILED {answer.status_code} | | |\n")
            return 1
    return _held(name, costs[1:], SAVES)


def _ask(name: str, ask: Callable[[], Any], status: int, samples: int, promised: int | None) -> int:
    """Measure one thing; 1 where its answer was wrong, or took too long."""
    answer = ask()
    if answer.status_code != status:
        sys.stdout.write(f"| {name} | FAILED {answer.status_code} | | |\n")
        return 1
    return _held(name, _times(ask, samples), promised)


if __name__ == "__main__":
    sys.exit(main())
