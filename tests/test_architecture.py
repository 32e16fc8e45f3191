"""Rules about the whole code, so that the next file can't forget them."""

import ast
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask_appbuilder import BaseView, Model
from flask_appbuilder.baseviews import AbstractViewApi
from flask_appbuilder.views import ModelView

from app.columns import OfMunicipality
from app.log_tables import AuditLink
from app.models import TENANT_MODELS, ApiToken, MunicipalityCode
from app.people.national_id import examine
from app.screens.scoped_view import ScopedModelView
from app.security.routes import declared_door
from config import ROOT

HOUSE = sorted([ROOT / "config.py", ROOT / "run.py", *(ROOT / "app").rglob("*.py")])
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
EVERYTHING = sorted([*HOUSE, *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")])

# The cases of the catalogue of attacks that are about doors, tenancy, consent and privileges.
CATALOGUE = {"C": 10, "D": 22, "E": 12, "P": 11}
CASE_IN_NAME = re.compile(r"^def test_([cdep]\d+)_", re.M)
CASES_IN_DOCSTRING = re.compile(
    r'^def test_\w+\([^()]*\)(?: -> None)?:\n    """([CDEP]\d+(?:, [CDEP]\d+)*)[.:]', re.M
)

CENTRAL_FILES = {"app/models.py": 1200, "app/views.py": 1200}
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
LONGER_FILES: dict[str, str] = {}
NEW_YEAR = date(2026, 1, 1)
HOLLOW_NAMES = {"utils", "helpers", "common", "base", "managers", "misc", "util", "helper"}

# Who may write SQL as text, and why.
TEXT_SQL = {
    "app/migrating.py": "takes a lock before it migrates",
    "app/database.py": "the migration number is in no model",
    "app/duplicate_tables.py": "conditions of partial indexes",
    "app/desk_tables.py": "conditions of partial indexes",
    "app/joining_tables.py": "conditions of partial indexes",
    "app/log_tables.py": "conditions of partial indexes",
    "app/models.py": "conditions of partial indexes",
    "app/set_up_tables.py": "conditions of partial indexes",
    "app/side_tables.py": "conditions of partial indexes",
    "app/security/lifting.py": "locks and the force of row level security have no other form",
    "app/security/walls.py": "triggers and row level security have no other form",
}
TABLE_MODULES = (
    "app.models",
    "app.side_tables",
    "app.set_up_tables",
    "app.duplicate_tables",
    "app.desk_tables",
    "app.joining_tables",
    "app.log_tables",
)
# Made once, then answered, ended or settled; never edited by two people at once.
NOT_EDITED = {
    "AccountLinkRequest",
    "AgeRule",
    "ConsentCover",
    "ConsentText",
    "EmergencyAccess",
    "EntryDraft",
    "Grant",
    "Introduction",
    "NotTheSame",
    "Notice",
    "PlanEntryVersion",
    "PlanVisit",
    "Pulse",
    "RoutineRead",
    "StandIn",
    "WithheldSection",
}
# Their municipality is a column, but the row belongs to an account or to the installation.
NOT_TENANT = {
    ApiToken: "belongs to an account, which lists its tokens from all municipalities",
    MunicipalityCode: "the public register",
    AuditLink: "numbers and hashes, nobody's data",
}


def name_of(path: Path) -> str:
    """A file's name in the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a file, with what is called written out: ``db.session.commit``."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def files_that_call(matches: Callable[[str, ast.Call], bool], among: list[Path]) -> set[str]:
    """Names of the files with a call that matches."""
    return {name_of(path) for path in among for name, call in calls(path) if matches(name, call)}


def test_there_is_code_to_look_at():
    assert len(HOUSE) > 50
    assert len(TEMPLATES) > 5


def test_only_the_database_module_commits():
    def commits(name: str, call: ast.Call) -> bool:
        return name.endswith(".commit") and not call.args

    assert files_that_call(commits, HOUSE) == {"app/db.py"}


def test_only_the_clock_reads_the_clock():
    clocks = re.compile(r"(^|\.)(now|utcnow|today|fromtimestamp)$|^time\.time(_ns)?$")
    own = {"today", "clock.today", "utc_now"}

    def reads(name: str, _call: ast.Call) -> bool:
        return bool(clocks.search(name)) and name not in own

    assert files_that_call(reads, HOUSE) == {"app/clock.py"}


def test_no_file_is_named_after_nothing():
    hollow = [name_of(path) for path in EVERYTHING if path.stem in HOLLOW_NAMES]

    assert hollow == []


def test_files_are_short_enough_to_read():
    too_long = {}
    for path in HOUSE:
        name, length = name_of(path), len(path.read_text(encoding="utf-8").splitlines())
        if length > CENTRAL_FILES.get(name, LONGEST_FILE) and name not in LONGER_FILES:
            too_long[name] = length

    assert too_long == {}


def test_functions_are_short_enough_to_read():
    too_long = {}
    for path in HOUSE:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    too_long[f"{name_of(path)}:{node.name}"] = length

    assert too_long == {}


def test_public_functions_and_modules_say_what_they_do():
    silent = []
    for path in HOUSE:
        tree = tree_of(path)
        if not ast.get_docstring(tree):
            silent.append(name_of(path))
        for node in tree.body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
            if is_public and not ast.get_docstring(node):
                silent.append(f"{name_of(path)}:{node.name}")

    assert silent == []


def test_packages_hold_no_code_in_their_init():
    packages = [path for path in HOUSE if path.name == "__init__.py"]
    packages.remove(ROOT / "app" / "__init__.py")

    busy = [name_of(path) for path in packages if len(tree_of(path).body) > 1]

    assert busy == []


def test_sql_is_written_as_text_only_where_nothing_else_will_do():
    def writes_text(name: str, _call: ast.Call) -> bool:
        return name in ("text", "sa.text", "sqlalchemy.text") or name.endswith("exec_driver_sql")

    runs_pragmas = {"app/db.py", "app/security/tenancy.py", "app/health.py"}
    assert files_that_call(writes_text, HOUSE) <= set(TEXT_SQL) | runs_pragmas


def test_no_text_of_a_user_goes_to_a_page_unescaped():
    def marks_safe(name: str, _call: ast.Call) -> bool:
        return name.rpartition(".")[2] in ("Markup", "render_template_string")

    assert files_that_call(marks_safe, HOUSE) == set()
    unescaped = re.compile(r"\|\s*safe\b|autoescape\s+false")
    found = [name_of(page) for page in TEMPLATES if unescaped.search(page.read_text("utf-8"))]
    assert found == []


def test_pages_hold_no_script_or_style_of_their_own():
    inline = re.compile(r"\son[a-z]+=|\sstyle=|<style|javascript:|<script(?![^>]*\bsrc=)", re.I)
    found = [name_of(page) for page in TEMPLATES if inline.search(page.read_text("utf-8"))]

    assert found == []


def test_every_form_that_posts_carries_a_token():
    form = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.I | re.S)
    forms = [(page, one) for page in TEMPLATES for one in form.findall(page.read_text("utf-8"))]

    assert forms
    tokens = ("csrf_token()", "forms.hidden(")
    bare = [name_of(page) for page, one in forms if not any(token in one for token in tokens)]
    assert bare == []


def test_d11_nothing_is_sent_out_of_the_panel():
    senders = {"smtplib", "email", "requests", "httpx", "urllib3", "aiohttp", "urllib.request"}
    found = [name for path in HOUSE for name in imports(path) if name in senders]

    assert found == []


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_no_error_is_shown_as_it_is():
    def shows(name: str, call: ast.Call) -> bool:
        return name == "flash" and "str(" in ast.unparse(call)

    assert files_that_call(shows, HOUSE) == set()


def test_nothing_is_printed_or_run_from_text():
    def runs(name: str, _call: ast.Call) -> bool:
        return name in ("eval", "exec", "print", "pickle.loads", "os.system")

    assert files_that_call(runs, HOUSE) == set()


def tables() -> list[type[Model]]:
    """Every mapped table of the product."""
    found = [
        mapper.class_
        for mapper in Model.registry.mappers
        if mapper.class_.__module__ in TABLE_MODULES
    ]
    assert len(found) > 10
    return found


def test_every_table_of_a_municipality_stands_behind_the_walls():
    """D19."""
    outside = [
        table.__name__
        for table in tables()
        if "municipality_id" in table.__table__.c
        and table not in TENANT_MODELS
        and table not in NOT_TENANT
    ]

    assert outside == []
    assert all(table in TENANT_MODELS for table in tables() if issubclass(table, OfMunicipality))


def test_tables_that_people_edit_have_a_version():
    without = [
        table.__name__
        for table in tables()
        if issubclass(table, OfMunicipality)
        and table.__mapper__.version_id_col is None
        and table.__name__ not in NOT_EDITED
    ]

    assert without == []


def test_references_between_tenant_tables_name_the_municipality():
    """D19."""
    tenant = {table.__tablename__ for table in tables() if issubclass(table, OfMunicipality)}
    crossing = [
        f"{table.__tablename__}.{key.column_keys}"
        for table in tables()
        if issubclass(table, OfMunicipality)
        for key in table.__table__.foreign_key_constraints
        if key.referred_table.name in tenant and "municipality_id" not in key.column_keys
    ]

    assert crossing == []


def test_every_case_of_the_catalogue_is_named_by_a_test():
    cases = {f"{letter}{n}" for letter, most in CATALOGUE.items() for n in range(1, most + 1)}
    named = {case for path in TESTS for case in cases_named(path)}

    assert cases - named == set()
    assert named - cases == set()


def cases_named(path: Path) -> Iterator[str]:
    """The cases that tests of a file name: in their own name, or first in their docstring."""
    source = path.read_text(encoding="utf-8")
    yield from (case.upper() for case in CASE_IN_NAME.findall(source))
    for cases in CASES_IN_DOCSTRING.findall(source):
        yield from cases.split(", ")


@pytest.fixture(scope="module")
def screens(make_app: Callable[..., Flask]) -> list[AbstractViewApi]:
    """The screens of the product; Flask-AppBuilder's own are not registered."""
    found = make_app("sqlite").appbuilder.baseviews
    ours = [view for view in found if type(view).__module__.startswith("app.")]
    assert len(ours) > 3
    return ours


def test_generated_screens_inherit_the_first_wall(screens: list[AbstractViewApi]):
    bare = [
        type(view).__name__
        for view in screens
        if isinstance(view, ModelView) and not isinstance(view, ScopedModelView)
    ]

    assert bare == []


def test_every_page_of_every_screen_has_a_door(screens: list[AbstractViewApi]):
    doorless = []
    for view in screens:
        allowed = view.include_route_methods
        for name in dir(type(view)):
            method = getattr(type(view), name, None)
            is_page = hasattr(method, "_urls") and (allowed is None or name in allowed)
            if is_page and declared_door(view, name) is None:
                doorless.append(f"{type(view).__name__}.{name}")

    assert doorless == []
    assert all(isinstance(view, BaseView | AbstractViewApi) for view in screens)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_files_name_no_host_and_no_place_on_a_machine(lock: str):
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    allowed = re.compile(
        r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,-]+\])?==[^\s/:]+( ; [^/:]+)? \\"
        r"|    --hash=sha256:[0-9a-f]{64}( \\)?"
    )

    assert [line for line in lines if not allowed.fullmatch(line)] == []


def test_both_lock_files_choose_the_same_versions():
    pinned = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]+\])?==(\S+)", re.M)
    run = dict(pinned.findall((ROOT / "requirements.lock").read_text("utf-8")))
    develop = dict(pinned.findall((ROOT / "requirements-dev.lock").read_text("utf-8")))

    assert run.items() <= develop.items()


def test_national_ids_in_the_code_are_synthetic():
    digits = re.compile(r"(?<![0-9a-zA-Z])[0-9]{11}(?![0-9a-zA-Z])")
    examined = [
        (name_of(path), examine(found, today=NEW_YEAR))
        for path in EVERYTHING
        for found in digits.findall(path.read_text(encoding="utf-8"))
    ]

    assert any(one.is_synthetic for _name, one in examined)
    assert [name for name, one in examined if not one.problems] == []


def test_make_help_tells_of_every_target():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    make = shutil.which("make")
    assert make
    targets = set(re.findall(r"^\.PHONY: ([a-z-]+)$", makefile, re.M))
    # A make around the tests would have this one tell of the folders it enters and leaves.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    told = subprocess.run(
        [make, "help"], cwd=ROOT, env=plain, capture_output=True, text=True, check=True
    )

    assert {"setup", "run", "test", "lint", "bench", "drill", "lock", "translations"} < targets
    assert targets == {line.split()[0] for line in told.stdout.splitlines()}
