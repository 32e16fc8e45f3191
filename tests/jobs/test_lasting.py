"""Jobs that go on: never two runs at once, resumed by whom it may concern, and the regular ones."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import utc_now
from app.db import db, transaction
from app.desk_tables import RoundRun
from app.enums import JobState
from app.jobs import locks, records, runner, schedule
from app.models import Job, Membership
from app.people.import_files import folder_of
from app.security.actor import acting_as, operator
from tests.jobs import steps
from tests.people import person_files as files
from tests.world import CANARY

SILENT = re.compile("no sign of life|livstegn")
SCHOOL = f"{CANARY['9901']} skole"


@pytest.fixture
def client(client_as):
    return client_as("lokal.strandvik")


@pytest.fixture
def place(world):
    return world.strandvik.id


@pytest.fixture
def change(app, place):
    """Changes a job from outside."""

    def change(job_id: str, **values) -> None:
        with app.app_context(), acting_as(db.session(), operator(place)), transaction() as session:
            for name, value in values.items():
                setattr(session.get(Job, job_id), name, value)

    return change


def decided(app, client, place, prefix, count=2) -> str:
    """The id of an import that waits to be run."""
    job_id = steps.check(app, client, place, files.csv(files.rows(count, SCHOOL, prefix)))
    steps.decide(client, job_id, "good_rows")
    return job_id


# --- never twice at once -------------------------------------------------------------------------


def test_a_lock_is_held_once_on_a_machine_and_with_postgresql_on_all(
    context, database_name, tmp_path, monkeypatch
):
    with locks.held("one") as first, locks.held("one") as again, locks.held("other") as other:
        here = (first, again, other)
        monkeypatch.setattr(locks, "_folder", lambda: tmp_path)
        with locks.held("one") as on_another_machine:
            elsewhere = on_another_machine
    with locks.held("one") as afterwards:
        pass

    assert here == (True, False, True)
    assert elsewhere is (database_name == "sqlite")
    assert afterwards


def test_a_run_that_another_has_taken_over_from_can_do_nothing_more(app, client, place):
    job_id = decided(app, client, place, "Fence")
    ref = records.JobRef(job_id, place)
    with app.app_context():
        first, second = (
            records.JobRef(job_id, place, records.claim(ref, utc_now()).run_id) for _ in range(2)
        )
        with pytest.raises(records.NotRunning), records.at_work(first):
            pass
        records.close(first, JobState.FAILED)
        with records.at_work(second) as (_actor, job):
            state = job.state

    assert state is JobState.RUNNING
    steps.run(app, job_id, place)
    assert steps.report(app, job_id, place).imported == 2


def test_a_job_whose_worker_is_gone_says_so_and_is_taken_up_again(app, client, place, change):
    job_id = decided(app, client, place, "Silent")
    change(job_id, state=JobState.RUNNING, seen_at=utc_now())
    lively = client.get(f"/job/show/{job_id}").text
    change(job_id, seen_at=utc_now() - timedelta(minutes=3))

    silent, listed = client.get(f"/job/show/{job_id}").text, client.get("/job/list/").text
    steps.run(app, job_id, place)

    assert not SILENT.search(lively)
    assert SILENT.search(silent)
    assert SILENT.search(listed)
    assert steps.job(app, job_id, place).state is JobState.DONE


# --- resuming ------------------------------------------------------------------------------------


def test_a_job_that_failed_goes_on_and_its_receipt_adds_up(app, client, place, change):
    job_id = decided(app, client, place, "Resume", 3)
    change(job_id, state=JobState.FAILED, ended_at=utc_now(), report={"failure": "unexpected"})
    page = client.get(f"/job/show/{job_id}").text

    first, again = (client.send(f"/job/resume/{job_id}") for _ in range(2))
    steps.run(app, job_id, place)

    done, report = steps.job(app, job_id, place), steps.report(app, job_id, place)
    assert f"/job/resume/{job_id}" in page
    assert (first.status_code, again.status_code) == (302, 409)
    assert (done.state, done.total, report.failure) == (JobState.DONE, 3, None)
    assert report.imported + report.used + report.bad == done.total
    assert f"/job/resume/{job_id}" not in client.get(f"/job/show/{job_id}").text


def test_a_cancelled_import_has_no_file_and_can_not_go_on(app, client, place):
    job_id = decided(app, client, place, "Gone")
    client.send(f"/job/cancel/{job_id}")

    page = client.get(f"/job/show/{job_id}").text

    assert f"/job/resume/{job_id}" not in page
    assert client.send(f"/job/resume/{job_id}").status_code == 409
    with app.app_context():
        assert not folder_of(job_id).has_upload()


@pytest.mark.parametrize(
    ("name", "status"),
    [("lokal.fjellby", 404), ("koordinator.strandvik", 403), ("sentral", 403), ("planeier", 403)],
)
def test_only_local_administrators_here_let_a_job_go_on(
    app, client, client_as, place, change, name, status
):
    job_id = decided(app, client, place, f"Who{name[:8]}")
    change(job_id, state=JobState.FAILED, ended_at=utc_now())

    assert client_as(name).send(f"/job/resume/{job_id}").status_code == status
    assert steps.job(app, job_id, place).state is JobState.FAILED


def test_nothing_of_a_job_is_handed_out_to_an_account_whose_role_ended_meanwhile(
    app, client, place, world
):
    """D9."""
    data, _expected = files.with_faults(files.rows(10, SCHOOL, "Ended"))
    job_id = steps.check(app, client, place, data)
    doors = (f"/job/show/{job_id}", f"/person-import/failed-rows/{job_id}", "/job/list/")
    doors += (f"/person-import-alike/show/{job_id}", f"/person-import/columns/{job_id}")
    before = [client.get(one).status_code for one in doors[:3]]
    key = world.strandvik.memberships["lokal.strandvik"]

    _end(app, place, key, utc_now())
    try:
        after = [client.get(one).status_code for one in doors]
        sent = [client.send(f"/job/{act}/{job_id}").status_code for act in ("resume", "cancel")]
    finally:
        _end(app, place, key, None)

    assert before == [200, 200, 200]
    assert set(after + sent) <= {302, 403, 404}
    assert 200 not in after
    assert steps.job(app, job_id, place).state is JobState.READY


def _end(app, place, key, at) -> None:
    with app.app_context(), acting_as(db.session(), operator(place)), transaction():
        db.session.get(Membership, key).ended_at = at


# --- what comes by the clock ---------------------------------------------------------------------


@pytest.fixture
def regular(context, place, world):
    """A regular piece of work that counts 4 here and 7 in the other municipality."""
    return schedule.Regular(
        f"test_{utc_now().timestamp()}",
        "Tested",
        "Counted",
        lambda: {place: 4, world.fjellby.id: 7},
        minute=37,
    )


def test_a_round_is_done_once_an_hour_however_many_ask(regular, place):
    with locks.held(f"round-{regular.name}"):
        while_held = schedule.run(regular)
    first, second = schedule.run(regular), schedule.run(regular)

    row = db.session.scalar(select(RoundRun).where(RoundRun.name == regular.name))
    assert (while_held, first, second) == (False, True, False)
    assert (row.counted, row.failed) == (11, 0)
    assert row.ended_at >= row.started_at


def test_each_municipality_is_told_its_own_count_and_its_own_failure(
    regular, place, world, monkeypatch
):
    monkeypatch.setattr(schedule, "REGULAR", (regular,))
    unknown = schedule.told(place, utc_now())[0]
    schedule.run(regular)
    here, there = (schedule.told(one, utc_now())[0] for one in (place, world.fjellby.id))
    with transaction() as session:
        row = session.get(RoundRun, regular.name)
        row.counts = {str(place): None, str(world.fjellby.id): 7}

    failed, fine = (schedule.told(one, utc_now())[0] for one in (place, world.fjellby.id))

    assert (unknown.started_at, unknown.count) == (None, None)
    assert (here.count, there.count) == (4, 7)
    assert (failed.has_failed, fine.has_failed) == (True, False)


def test_a_round_that_breaks_is_told_and_comes_again(regular, place, monkeypatch):
    def fail():
        raise ZeroDivisionError

    broken = replace(regular, work=fail)
    monkeypatch.setattr(schedule, "REGULAR", (broken,))
    with pytest.raises(ZeroDivisionError):
        schedule.run(broken)

    assert schedule.told(place, utc_now())[0].has_failed


def test_the_next_time_is_the_next_of_its_minute_or_hour():
    at = utc_now().replace(hour=1, minute=7, second=30)
    hourly = next(one for one in schedule.REGULAR if one.name == "clean_up")
    nightly = next(one for one in schedule.REGULAR if one.name == "scan_duplicates")

    assert hourly.next_after(at) - at == timedelta(minutes=9, seconds=30) - timedelta(
        microseconds=at.microsecond
    )
    assert timedelta(hours=23) < nightly.next_after(at) - at < timedelta(days=1)


def test_the_jobs_page_tells_what_comes_by_itself(client, app):
    with app.app_context():
        schedule.run(next(one for one in schedule.REGULAR if one.name == "clean_up"))

    page = client.get("/job/list/").text

    assert 'id="regular"' in page
    assert ": 0" in page.partition('id="regular"')[2]


def test_unfinished_jobs_of_all_machines_are_found_by_their_rows(app, client, place, change):
    job_id = decided(app, client, place, "Other")
    change(job_id, state=JobState.RUNNING, run_id=None)

    with app.app_context():
        found = [one.id for one in runner.unfinished()]

    assert job_id in found
    steps.run(app, job_id, place)
