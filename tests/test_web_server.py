"""What the web server writes down: that something went wrong, never what people sent."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from gunicorn.config import Config
from sqlalchemy import text

from app.db import db
from config import ROOT

CANARY = "Nordmann"


@pytest.fixture(scope="module")
def settings() -> ModuleType:
    """The settings that gunicorn finds by itself."""
    spec = importlib.util.spec_from_file_location("web_server", ROOT / "gunicorn.conf.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def logger(settings: ModuleType, tmp_path) -> Iterator:
    """Gunicorn's log, written to a file."""
    config = Config()
    config.set("errorlog", str(tmp_path / "error.log"))
    made = settings.LogWithoutData(config)
    yield made, tmp_path / "error.log"
    made.close_on_exec()
    for handler in made.error_log.handlers:
        handler.close()
    made.error_log.handlers.clear()


def test_a_broken_request_is_told_without_its_text(logger):
    log, file = logger

    message = "Invalid request from ip={ip}: Invalid Request Line '{line}'"
    log.warning(message.format(ip="10.0.0.1", line=CANARY))

    assert "broken" in file.read_text()
    assert CANARY not in file.read_text()


def test_a_failed_request_is_told_without_its_address(logger):
    log, file = logger

    log.exception("Error handling request %s %s", "GET", f"/person/list/?family_name={CANARY}")

    assert "Error handling request" in file.read_text()
    assert CANARY not in file.read_text()


def test_other_warnings_are_told_as_they_are(logger):
    log, file = logger

    log.warning("Worker %s was slow", 7)

    assert "Worker 7 was slow" in file.read_text()


def test_requests_are_answered_one_at_a_time_and_not_written_down(settings: ModuleType):
    assert settings.worker_class == "sync"
    assert not hasattr(settings, "threads")
    assert settings.accesslog is None
    assert settings.limit_request_line == 4094


def test_workers_share_what_is_loaded_and_no_connection(app, settings: ModuleType):
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        db.session.remove()
        assert db.engine.pool.checkedin()

        child = os.fork()
        if child == 0:
            os._exit(db.engine.pool.checkedin())
        _pid, status = os.waitpid(child, 0)

    assert settings.preload_app
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_start_loads_nothing_that_pages_do_not_need(tmp_path):
    needless = ("flask_limiter", "limits", "rich", "huey", "xlsxwriter", "alembic", "jsonschema")
    program = f"import run, sys; print([m for m in {needless} if m in sys.modules])"
    environment = {**os.environ, "SAMVEV_INSTANCE": str(tmp_path), "SAMVEV_MODE": "development"}

    told = subprocess.check_output(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, text=True
    )

    assert told.strip() == "[]"


def test_what_was_left_out_of_the_start_is_whole_when_asked_for(tmp_path):
    program = (
        "import run, gc, flask_limiter, sqlalchemy_utils, yaml, rich.console;"
        "assert gc.isenabled();"
        "from flask_appbuilder.api import jsonschema;"
        "jsonschema.validate(1, {'type': 'integer'});"
        "print(flask_limiter.Limiter.__name__, sqlalchemy_utils.EmailType.__name__, yaml.dump(1))"
    )
    environment = {**os.environ, "SAMVEV_INSTANCE": str(tmp_path), "SAMVEV_MODE": "development"}

    told = subprocess.check_output(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, text=True
    )

    assert told.split()[:2] == ["Limiter", "EmailType"]
