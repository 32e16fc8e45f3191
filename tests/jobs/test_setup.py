"""Setting up an installation: what the first start and the second one do."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import db
from app.demonstration.accounts import LOGINS, PASSWORD
from app.models import Municipality
from config import Mode


def run(app: Flask, *arguments: str) -> str:
    """What a command of the panel says."""
    answer = app.test_cli_runner().invoke(args=arguments)
    assert answer.exit_code == 0, answer.output
    return answer.output


def count_municipalities(app: Flask) -> int:
    """How many municipalities the database knows."""
    with app.app_context():
        return db.session.scalar(select(func.count(Municipality.id))) or 0


@pytest.fixture(scope="module")
def demo_app(make_app) -> Flask:
    """An empty installation in which the demonstration world is welcome."""
    return make_app("sqlite", demo=True)


def test_a_first_start_loads_the_world_and_tells_the_logins(demo_app: Flask):
    said = run(demo_app, "setup", "--welcome")

    assert "Loaded the demonstration world" in said
    assert PASSWORD in said
    assert all(login.username in said for login in LOGINS)


def test_a_second_start_keeps_what_is_there(demo_app: Flask):
    run(demo_app, "setup", "--welcome")
    before = count_municipalities(demo_app)

    said = run(demo_app, "setup", "--welcome")

    assert "was not loaded" in said
    assert PASSWORD in said
    assert count_municipalities(demo_app) == before == 359


def test_a_start_without_the_world_gives_a_link_for_the_first_administrator(make_app):
    app = make_app("sqlite")

    said = run(app, "setup", "--welcome")

    assert re.search(r"^http://127\.0\.0\.1:\d+/first-administrator/\S{40,}$", said, re.M)
    assert PASSWORD not in said
    assert count_municipalities(app) == 357


def test_the_link_opens_a_page(make_app):
    app = make_app("sqlite")
    path = re.search(r"/first-administrator/\S+", run(app, "setup", "--welcome"))

    assert path
    assert app.test_client().get(path.group()).status_code == 200


def test_setting_up_alone_starts_nothing_and_registers_nobody(make_app):
    app = make_app("sqlite", demo=True)

    said = run(app, "setup")

    assert "make run" in said
    assert PASSWORD not in said


def test_the_world_is_refused_where_real_data_are(make_app):
    app = make_app("sqlite")
    run(app, "setup")
    app.config["SAMVEV"] = app.config["SAMVEV"].model_copy(update={"mode": Mode.PRODUCTION})

    answer = app.test_cli_runner().invoke(args=["demo", "load"])

    assert answer.exit_code == 1
    assert "never loaded" in answer.output
