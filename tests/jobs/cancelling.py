"""Work that is cancelled by its page when some of it is done, and goes on by its page later."""

from collections.abc import Callable
from types import ModuleType

import pytest
from flask import Flask

from app.enums import JobState
from app.jobs.records import JobRef
from tests.conftest import Client
from tests.jobs import steps


def cancel_after_half(
    monkeypatch: pytest.MonkeyPatch, client: Client, work: tuple[ModuleType, str], job_id: str
) -> None:
    """Let ``client`` press *cancel*, once, when half of the job is done and kept.

    ``work`` names what does a part of it in a transaction of its own.
    """
    module, name = work
    plain: Callable[[JobRef], bool] = getattr(module, name)
    answers: list[int] = []

    def one_part(ref: JobRef) -> bool:
        has_more = plain(ref)
        job = steps.job(client.application, job_id, ref.municipality_id)
        if job.done * 2 >= job.total and not answers:
            answers.append(client.send(f"/job/cancel/{job_id}").status_code)
            assert answers == [302]
        return has_more

    monkeypatch.setattr(module, name, one_part)


def work_until_cancelled(app: Flask, client: Client, place: int, job_id: str) -> int:
    """Work until it is cancelled; how much was done, as its page tells it."""
    steps.run(app, job_id, place)
    job, page = steps.job(app, job_id, place), client.get(f"/job/show/{job_id}").text
    assert job.state is JobState.CANCELLED
    assert 0 < job.done < job.total
    assert f"/job/resume/{job_id}" in page
    assert f"{told(job.done)} av {told(job.total)}" in page
    return job.done


def go_on(app: Flask, client: Client, place: int, job_id: str) -> None:
    """Let it go on, and work until it is done."""
    assert client.send(f"/job/resume/{job_id}").status_code == 302
    steps.run(app, job_id, place)
    job, page = steps.job(app, job_id, place), client.get(f"/job/show/{job_id}").text
    assert (job.state, job.done) == (JobState.DONE, job.total)
    assert f"{told(job.total)} av {told(job.total)}" in page


def told(number: int) -> str:
    """A number as pages show it."""
    return f"{number:,}".replace(",", "\u00a0")
