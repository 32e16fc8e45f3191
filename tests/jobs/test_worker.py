"""The worker as a process of its own, and the command that imports without it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest
from flask import Flask

from app.clock import utc_now
from app.db import db, transaction
from app.enums import JobState
from app.jobs import locks, queue, runner
from app.models import LoginThrottle, SubmittedForm
from app.people.import_files import KEPT_FOR, folder_of
from config import ROOT
from tests.jobs import steps
from tests.people import person_files as files
from tests.world import CANARY

SCHOOL = f"{CANARY['9901']} skole"
PATIENCE = timedelta(seconds=90)


@contextmanager
def worker_of(app: Flask) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process for the installation; it is killed at the end if it still lives."""
    settings = app.config["SAMVEV"]
    names = {
        "SAMVEV_MODE": "test",
        "SAMVEV_INSTANCE": str(settings.instance),
        "SAMVEV_DATABASE_URL": settings.database_url,
        "SAMVEV_SECRET_KEY": settings.secret_key,
        "SAMVEV_ENCRYPTION_KEY": settings.encryption_key,
    }
    command = [sys.executable, "-m", "flask", "--app", "run", "worker"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **names})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(is_so: Callable[[], bool]) -> None:
    """Look again and again until something is so; fails when it never gets so."""
    deadline, pause = utc_now() + PATIENCE, Event()
    while not is_so():
        assert utc_now() < deadline, "it did not happen"
        pause.wait(0.02)


def test_a_worker_that_is_killed_in_the_middle_is_followed_by_one_that_goes_on(
    app, client_as, world
):
    place, prefix = world.strandvik.id, "Kill"
    client = client_as("lokal.strandvik")
    job_id = steps.upload(client, files.csv(files.rows(4_000, SCHOOL, prefix)))
    with worker_of(app) as first:
        steps.choose_columns(client, job_id)
        until(lambda: steps.job(app, job_id, place).state is JobState.READY)
        steps.decide(client, job_id, "good_rows")
        until(lambda: steps.report(app, job_id, place).imported > 0)
        first.send_signal(signal.SIGKILL)
        first.wait()
    left = steps.job(app, job_id, place)
    held = steps.count(app, place, prefix)

    with worker_of(app):
        until(lambda: steps.job(app, job_id, place).state is JobState.DONE)

    assert left.state is JobState.RUNNING
    assert held == (left.done, left.done)
    assert 0 < left.done < 4_000
    assert steps.count(app, place, prefix) == (4_000, 4_000)
    assert steps.report(app, job_id, place).imported == 4_000


def test_a_worker_shows_that_it_lives(app):
    with app.app_context():
        queue.sign_of_life().unlink(missing_ok=True)
        before = queue.worker_is_alive()
        with worker_of(app):
            until(queue.worker_is_alive)

    assert not before


def test_a_job_that_one_worker_holds_is_not_run_by_another(app, client_as, world):
    place = world.strandvik.id
    client = client_as("lokal.strandvik")
    job_id = steps.upload(client, files.csv(files.rows(2, SCHOOL, "Held")))
    steps.choose_columns(client, job_id)

    with app.app_context(), locks.held(f"job-{job_id}") as is_ours:
        steps.run(app, job_id, place)
        while_held = steps.job(app, job_id, place).state
    steps.run(app, job_id, place)

    assert is_ours
    assert while_held is JobState.WAITING
    assert steps.job(app, job_id, place).state is JobState.READY


def test_the_clean_up_removes_what_is_kept_for_a_while_only(app, client_as, world):
    place = world.strandvik.id
    client = client_as("lokal.strandvik")
    old, new = (
        steps.check(app, client, place, files.csv(files.rows(1, "unknown", prefix)))
        for prefix in ("Old", "New")
    )
    for job_id in (old, new):
        client.send(f"/job/cancel/{job_id}")
    long_ago = utc_now() - KEPT_FOR - timedelta(days=1)
    with app.app_context():
        os.utime(folder_of(old).path, (long_ago.timestamp(),) * 2)
        with transaction() as session:
            session.add(LoginThrottle(key_hash="old", window_ends_at=long_ago, tries=1))
            account = world.accounts["lokal.strandvik"]
            session.add(
                SubmittedForm(key_hash="old", account_id=account, location="/", at=long_ago)
            )

        runner.clean_up()

        assert not folder_of(old).path.exists()
        assert folder_of(new).path.exists()
        assert db.session.get(LoginThrottle, "old") is None
        assert db.session.get(SubmittedForm, "old") is None


@pytest.mark.parametrize("state", ["waiting", "half done"])
def test_unfinished_jobs_are_found_again(app, client_as, world, state, monkeypatch):
    place = world.strandvik.id
    client = client_as("lokal.strandvik")
    job_id = steps.upload(client, files.csv(files.rows(1, SCHOOL, f"Found{state[:1]}")))
    steps.choose_columns(client, job_id)
    if state == "half done":
        with app.app_context():
            runner.claim(runner.JobRef(job_id, place), utc_now())
    sent = []
    monkeypatch.setattr(queue, "send", lambda *ref: sent.append(ref))
    with app.app_context():
        queue.queue().huey.flush()

        runner.resume_unfinished()

    assert (job_id, place) in sent


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture
def import_file(app, tmp_path):
    """Runs the command on a file with this content; its exit code and output."""

    def run(data: bytes, *options: str) -> tuple[int, str]:
        path = tmp_path / "persons.csv"
        path.write_bytes(data)
        arguments = ["persons", "import", str(path), "--municipality", "9901", *options]
        answer = app.test_cli_runner().invoke(args=arguments)
        return answer.exit_code, answer.output

    return run


def test_the_command_imports_a_good_file(app, world, import_file):
    data = files.csv(files.rows(3, SCHOOL, "CmdGood"))

    dry = import_file(data, "--dry-run")
    after_dry = steps.count(app, world.strandvik.id, "CmdGood")
    real = import_file(data)

    assert (dry[0], after_dry) == (0, (0, 0))
    assert real[0] == 0
    assert steps.count(app, world.strandvik.id, "CmdGood") == (3, 3)


def test_the_command_imports_nothing_of_a_file_with_faults_when_it_is_to_be_strict(
    app, world, import_file
):
    data, expected = files.with_faults(files.rows(100, SCHOOL, "CmdBad"))

    whole = import_file(data, "--strict")
    after_whole = steps.count(app, world.strandvik.id, "CmdBad")
    good_rows = import_file(data)

    assert (whole[0], after_whole) == (1, (0, 0))
    assert all(f"line {line}: " in whole[1] for line in expected)
    assert good_rows[0] == 0
    assert steps.count(app, world.strandvik.id, "CmdBad") == (80, 80)


def test_the_command_adds_units_unless_it_is_to_be_strict(app, world, import_file):
    data = files.csv(files.rows(2, "Nyskole", "CmdUnit"))

    refused = import_file(data, "--strict")
    added = import_file(data)

    assert refused[0] == 1
    assert added[0] == 0
    assert steps.count(app, world.strandvik.id, "CmdUnit") == (2, 2)


def test_the_command_names_what_it_can_not_read(import_file):
    assert import_file(b"")[0] == 1
    assert import_file(b"shoe size\r\n42\r\n")[0] == 1
