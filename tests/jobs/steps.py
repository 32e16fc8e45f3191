"""The steps of an import as a user takes them, and what the database holds afterwards."""

from io import BytesIO

from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.db import db
from app.jobs import runner
from app.models import Job, Person
from app.people.import_columns import COLUMNS
from app.people.import_report import ImportReport
from app.security.actor import acting_as, operator
from tests.conftest import Client

ALL_COLUMNS = {name: str(place) for place, name in enumerate(COLUMNS)}


def upload(client: Client, data: bytes, name: str = "persons.csv") -> str:
    """Upload a file; the id of its job."""
    values = {
        "csrf_token": client.csrf(),
        "form_key": client.form_key("/person-import/"),
        "file": FileStorage(BytesIO(data), name),
    }
    # Encoded here, since the client would leave a file open for large ones.
    boundary, body = encode_multipart(values)
    kind = f'multipart/form-data; boundary="{boundary}"'
    answer = client.post("/person-import/", data=body, content_type=kind)
    assert answer.status_code == 302, answer.text
    return answer.location.rpartition("/")[2]


def choose_columns(client: Client, job_id: str, **changes: str) -> None:
    """Send the choice of columns for a file with our own header."""
    answer = client.send(f"/person-import/columns/{job_id}", ALL_COLUMNS | changes)
    assert answer.status_code == 302, answer.text


def check(app: Flask, client: Client, place: int, data: bytes, name: str = "persons.csv") -> str:
    """Upload and check a file; the id of its job, which waits for the decision."""
    job_id = upload(client, data, name)
    choose_columns(client, job_id)
    run(app, job_id, place)
    return job_id


def decide(client: Client, job_id: str, step: str) -> None:
    """Say what is to be imported; should any rows resemble others, they are registered."""
    answer = client.send(f"/person-import/decide/{job_id}", {"step": step})
    if answer.status_code == 409:
        chosen = {"rest": "1", "what": "register", "reason": "Of a test's own"}
        client.send(f"/person-import-alike/show/{job_id}", chosen)
        answer = client.send(f"/person-import/decide/{job_id}", {"step": step})
    assert answer.status_code == 302, answer.text


def run(app: Flask, job_id: str, place: int) -> None:
    """Do what the worker does with the job."""
    with app.app_context():
        runner.run_job(job_id, place)


def job(app: Flask, job_id: str, place: int) -> Job:
    """The job as it is now."""
    with app.app_context(), acting_as(db.session(), operator(place)):
        found = db.session.get(Job, job_id)
        assert found is not None
        return found


def report(app: Flask, job_id: str, place: int) -> ImportReport:
    """What came of the job so far."""
    return ImportReport.from_json(job(app, job_id, place).report)


def count(app: Flask, place: int, prefix: str) -> tuple[int, int]:
    """How many persons have an external id that begins so, and how many different ones it is."""
    with app.app_context(), acting_as(db.session(), operator(place)):
        found = db.session.execute(
            select(func.count(), func.count(Person.external_id.distinct())).where(
                Person.external_id.startswith(f"{prefix}-")
            )
        ).one()
    return found[0], found[1]
