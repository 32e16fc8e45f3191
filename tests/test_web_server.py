"""What the web server writes down: that something went wrong, never what people sent."""

import importlib.util
from collections.abc import Iterator
from types import ModuleType

import pytest
from gunicorn.config import Config

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
