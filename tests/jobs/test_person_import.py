import re
import zipfile
from dataclasses import replace
from io import BytesIO
from zlib import crc32

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import JobState
from app.jobs import person_import
from app.models import AuditEvent, Membership, Person, Unit
from app.people import imports
from app.people.import_columns import Columns
from app.people.import_files import folder_of
from app.people.import_rows import ImportProblem
from app.people.tabular import read_table
from app.security.actor import Actor, acting_as, operator
from tests.drills import size
from tests.jobs import steps
from tests.people import person_files as files
from tests.world import CANARY, World

SCHOOL = f"{CANARY['9901']} skole"
ROWS = size(1_200, 10_000)


class Killed(BaseException):
    """Ends the worker where it stands, as a kill would."""


@pytest.fixture
def client(client_as):
    return client_as("lokal.strandvik")


@pytest.fixture
def place(world: World) -> int:
    return world.strandvik.id


@pytest.fixture
def prefix(request) -> str:
    return f"J{crc32(request.node.nodeid.encode()) % 10**6}"


@pytest.mark.drill
def test_37_rows_at_fault_among_thousands_are_each_named_and_all_others_imported(
    app, client, place, prefix
):
    data, expected = files.with_faults(files.rows(ROWS, SCHOOL, prefix))

    job_id = steps.check(app, client, place, data)
    checked = steps.report(app, job_id, place)
    steps.decide(client, job_id, "good_rows")
    steps.run(app, job_id, place)

    assert {p.line: (p.column, p.code) for p in checked.problems} == expected
    assert (checked.good, checked.bad) == (ROWS - 37, 37)
    assert steps.count(app, place, prefix) == (ROWS - 37, ROWS - 37)
    receipt = steps.report(app, job_id, place)
    assert (receipt.imported, receipt.bad) == (ROWS - 37, 37)
    page = client.get(f"/job/show/{job_id}").text
    assert "31.02.2010" in page
    assert not any(code.value in page for code in ImportProblem if "_" in code.value)
    assert not (folder_of_app(app, job_id).path / "upload").exists()


def folder_of_app(app, job_id):
    with app.app_context():
        return folder_of(job_id)


def test_all_or_nothing_imports_nothing_while_a_row_is_at_fault(app, client, place, prefix):
    data, _expected = files.with_faults(files.rows(100, SCHOOL, prefix))
    job_id = steps.check(app, client, place, data)

    steps.decide(client, job_id, "all_or_nothing")
    steps.run(app, job_id, place)

    assert steps.count(app, place, prefix) == (0, 0)
    assert steps.report(app, job_id, place).is_refused
    assert steps.job(app, job_id, place).state is JobState.READY


def test_all_or_nothing_imports_all_of_a_good_file(app, client, place, prefix):
    job_id = steps.check(app, client, place, files.csv(files.rows(1_200, SCHOOL, prefix)))

    steps.decide(client, job_id, "all_or_nothing")
    steps.run(app, job_id, place)

    assert steps.count(app, place, prefix) == (1_200, 1_200)
    assert steps.job(app, job_id, place).state is JobState.DONE


def test_an_excel_file_is_imported_like_a_csv_file(app, client, place, prefix):
    data = files.xlsx(files.rows(30, SCHOOL, prefix))
    job_id = steps.check(app, client, place, data, "persons.xlsx")

    steps.decide(client, job_id, "good_rows")
    steps.run(app, job_id, place)

    assert steps.count(app, place, prefix) == (30, 30)


def test_what_is_imported_is_whole(app, client, place, prefix, world):
    table = files.rows(1, SCHOOL, prefix)
    job_id = steps.check(app, client, place, files.csv(table))

    steps.decide(client, job_id, "good_rows")
    steps.run(app, job_id, place)

    with app.app_context(), acting_as(db.session(), operator(place)):
        person = db.session.scalar(select(Person).where(Person.external_id == f"{prefix}-0"))
    names = (table[0]["given_name"], table[0]["family_name"])
    assert (person.given_name, person.family_name) == names
    assert person.unit_id == world.strandvik.units["school"]
    assert (person.address, person.postcode) == (table[0]["address"], table[0]["postcode"])
    assert table[0]["national_id"].encode() not in person.national_id_cipher


@pytest.mark.parametrize("halts", [1, 3])
def test_an_import_that_is_cut_off_goes_on_where_it_stopped(
    app, client, place, prefix, monkeypatch, halts
):
    data, expected = files.with_faults(files.rows(2_400, SCHOOL, f"{prefix}{halts}"))
    job_id = steps.check(app, client, place, data)
    steps.decide(client, job_id, "good_rows")
    add, calls = imports.add, iter(range(100))

    def add_then_die(*arguments, **options):
        count = add(*arguments, **options)
        if next(calls) == halts:
            raise Killed
        return count

    monkeypatch.setattr(imports, "add", add_then_die)
    with pytest.raises(Killed):
        steps.run(app, job_id, place)
    half_done = steps.job(app, job_id, place)
    steps.run(app, job_id, place)

    assert (half_done.state, half_done.done) == (JobState.RUNNING, halts * imports.AT_ONCE)
    assert steps.count(app, place, f"{prefix}{halts}") == (2_363, 2_363)
    assert steps.report(app, job_id, place).imported == 2_363
    answer = client.get(f"/person-import/failed-rows/{job_id}")
    assert answer.text.count("\r\n") == 38
    assert {p.line for p in steps.report(app, job_id, place).problems} == set(expected)


def test_somebody_registered_after_the_check_is_left_out_and_told(app, client, place, prefix):
    table = files.rows(5, SCHOOL, prefix)
    late, early = (steps.check(app, client, place, files.csv(table)) for _ in range(2))
    for job_id in (early, late):
        steps.decide(client, job_id, "good_rows")
        steps.run(app, job_id, place)

    assert steps.count(app, place, prefix) == (5, 5)
    receipt = steps.report(app, late, place)
    assert (receipt.imported, receipt.bad) == (0, 5)
    assert {p.code for p in receipt.problems} == {ImportProblem.ALREADY_REGISTERED}


def test_the_check_finds_ids_that_are_registered_already(app, client, place, prefix):
    table = files.rows(3, SCHOOL, prefix)
    first = steps.check(app, client, place, files.csv(table))
    steps.decide(client, first, "good_rows")
    steps.run(app, first, place)
    table[0]["external_id"] = f"{prefix}-new"
    table[1]["national_id"] = ""

    again = steps.check(app, client, place, files.csv(table))

    found = {(p.line, p.column) for p in steps.report(app, again, place).problems}
    assert found == {
        (2, "national_id"),
        (3, "external_id"),
        (4, "external_id"),
        (4, "national_id"),
    }


def test_a_job_that_is_cancelled_half_way_keeps_what_it_did(
    app, client, place, prefix, monkeypatch
):
    job_id = steps.check(app, client, place, files.csv(files.rows(1_500, SCHOOL, prefix)))
    steps.decide(client, job_id, "good_rows")
    take_part = person_import._import_part

    def take_part_and_cancel(*arguments):
        done = take_part(*arguments)
        assert client.send(f"/job/cancel/{job_id}").status_code == 302
        return done

    monkeypatch.setattr(person_import, "_import_part", take_part_and_cancel)
    steps.run(app, job_id, place)

    job = steps.job(app, job_id, place)
    assert (job.state, job.done) == (JobState.CANCELLED, 500)
    assert steps.count(app, place, prefix) == (500, 500)


def test_a_job_that_waits_is_cancelled_at_once_and_its_file_removed(app, client, place, prefix):
    job_id = steps.check(app, client, place, files.csv(files.rows(2, SCHOOL, prefix)))

    client.send(f"/job/cancel/{job_id}")
    steps.run(app, job_id, place)

    assert steps.job(app, job_id, place).state is JobState.CANCELLED
    assert client.send(f"/person-import/decide/{job_id}", {"step": "good_rows"}).status_code == 409
    assert not (folder_of_app(app, job_id).path / "upload").exists()


def test_an_import_whose_orderer_lost_the_role_stops_and_says_so(app, client, place, prefix, world):
    """P10."""
    job_id = steps.check(app, client, place, files.csv(files.rows(3, SCHOOL, prefix)))
    steps.decide(client, job_id, "good_rows")
    key = world.strandvik.memberships["lokal.strandvik"]

    _end_membership(app, place, key, utc_now())
    try:
        steps.run(app, job_id, place)
    finally:
        _end_membership(app, place, key, None)

    assert steps.job(app, job_id, place).state is JobState.FAILED
    assert steps.report(app, job_id, place).failure == "no_longer_allowed"
    assert steps.count(app, place, prefix) == (0, 0)
    assert client.get(f"/job/show/{job_id}").status_code == 200


def _end_membership(app, place, key, at) -> None:
    with app.app_context(), acting_as(db.session(), operator(place)), transaction():
        db.session.get(Membership, key).ended_at = at


def test_an_import_whose_orderer_has_no_account_any_more_stops(app, client, place, prefix, world):
    job_id = steps.check(app, client, place, files.csv(files.rows(3, SCHOOL, prefix)))
    steps.decide(client, job_id, "good_rows")
    account = world.accounts["lokal.strandvik"]

    _set_active(app, account, False)
    try:
        steps.run(app, job_id, place)
    finally:
        _set_active(app, account, True)

    assert steps.report(app, job_id, place).failure == "no_longer_allowed"


def _set_active(app, account, is_active) -> None:
    with app.app_context(), transaction() as session:
        session.get(User, account).active = is_active


DOORS = [
    ("GET", "/job/show/{}"),
    ("POST", "/job/cancel/{}"),
    ("GET", "/person-import/columns/{}"),
    ("POST", "/person-import/columns/{}"),
    ("POST", "/person-import/decide/{}"),
    ("GET", "/person-import/failed-rows/{}"),
]


@pytest.mark.parametrize(("method", "path"), DOORS, ids=[f"{m} {p}" for m, p in DOORS])
def test_a_job_of_another_municipality_is_answered_like_a_missing_one(
    app, client, client_as, prefix, place, method, path
):
    job_id = steps.check(app, client, place, files.csv(files.rows(1, "unknown", prefix)))
    stranger = client_as("lokal.fjellby")
    token = {"csrf_token": stranger.csrf(), "step": "good_rows", **steps.ALL_COLUMNS}

    foreign = stranger.open(path.format(job_id), method=method, data=token)
    missing = stranger.open(path.format(CLEARLY_MISSING), method=method, data=token)

    assert foreign.status_code == missing.status_code == 404
    assert steps.job(app, job_id, place).state is JobState.READY


CLEARLY_MISSING = "01890000-0000-7000-8000-000000000000"


@pytest.mark.parametrize("username", ["koordinator.strandvik", "planeier", "sentral"])
def test_only_local_administrators_import(client_as, username):
    client = client_as(username)

    assert client.get("/person-import/").status_code == 403
    assert client.get("/job/list/").status_code == 403


def test_a_local_administrator_finds_the_import_on_the_page_of_persons(client):
    assert "/person-import/" in client.get("/person/list/").text
    assert client.get("/person-import/").status_code == 200
    assert client.get("/job/list/").status_code == 200


def zip_bomb() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            archive.writestr(name, b"<a/>" + b" " * 20_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (zip_bomb(), "persons.xlsx"),
        (b"", "persons.csv"),
        (b"\x00\x01\x02" * 50, "persons.csv"),
        (b"given_name;family_name\r\nA;B", "persons.exe"),
    ],
    ids=["a zip bomb", "an empty file", "no text", "a program"],
)
def test_a_file_that_is_no_table_is_refused_beside_its_field(client, data, name):
    answer = client.send(
        "/person-import/", {"file": (BytesIO(data), name)}, content_type="multipart/form-data"
    )

    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_the_columns_are_suggested_and_a_wrong_choice_is_told_beside_its_field(
    app, client, place, prefix
):
    job_id = steps.upload(client, files.csv(files.rows(1, SCHOOL, prefix)))

    page = client.get(f"/person-import/columns/{job_id}").text
    answer = client.send(
        f"/person-import/columns/{job_id}", steps.ALL_COLUMNS | {"given_name": "2"}
    )

    assert page.count(" selected>") == 10
    assert answer.status_code == 422
    assert "-error" in answer.text
    assert steps.job(app, job_id, place).state is JobState.READY


def test_sending_the_upload_twice_makes_one_job(client, prefix):
    data, key = files.csv(files.rows(1, SCHOOL, prefix)), client.form_key("/person-import/")

    first, second = (
        client.send(
            "/person-import/",
            {"file": (BytesIO(data), "persons.csv"), "form_key": key},
            content_type="multipart/form-data",
        )
        for _ in range(2)
    )

    assert first.location == second.location


def test_odd_national_ids_are_imported_only_when_the_user_says_they_are_meant(
    app, client, place, prefix
):
    table = files.rows(1, SCHOOL, prefix)
    table[0]["national_id"] = "54321"
    refused = steps.check(app, client, place, files.csv(table))
    job_id = steps.upload(client, files.csv(table))
    steps.choose_columns(client, job_id, accept_doubtful_ids="y")
    steps.run(app, job_id, place)
    steps.decide(client, job_id, "good_rows")
    steps.run(app, job_id, place)

    assert steps.report(app, refused, place).bad == 1
    with app.app_context(), acting_as(db.session(), operator(place)):
        person = db.session.scalar(select(Person).where(Person.external_id == f"{prefix}-0"))
    assert person.national_id_is_doubtful


def test_no_national_id_is_in_a_report_a_page_the_log_the_audit_or_on_disk_in_clear(
    app, client, place, prefix, capfd
):
    table = files.rows(3, SCHOOL, prefix)
    numbers = [cells["national_id"] for cells in table]
    table[0]["birth_date"] = numbers[0]
    table[1]["national_id"] = numbers[1] = numbers[1][:-1] + "x"
    table[2]["family_name"] = ""
    job_id = steps.check(app, client, place, files.csv(table))

    seen = [client.get(path).text for path in (f"/job/show/{job_id}", "/job/list/")]
    job = steps.job(app, job_id, place)
    seen += [str(job.report), str(job.parameters)]
    seen += [str(row) for row in _audit_of(app, place, job_id)]
    seen += capfd.readouterr()
    folder = folder_of_app(app, job_id).path
    seen += [path.read_bytes().decode("latin-1") for path in folder.iterdir()]

    assert steps.report(app, job_id, place).bad == 3
    assert not [number for number in numbers for text in seen if number in text]
    assert all(path.stat().st_mode & 0o077 == 0 for path in [folder, *folder.iterdir()])


def _audit_of(app, place, job_id) -> list[dict[str, object]]:
    with app.app_context(), acting_as(db.session(), operator(place)):
        found = db.session.scalars(select(AuditEvent).where(AuditEvent.object_id == job_id))
        return [{c.name: getattr(row, c.name) for c in AuditEvent.__table__.c} for row in found]


def test_a_row_with_a_cell_too_many_is_given_back_whole_and_at_fault_again(
    app, client, place, prefix
):
    table = files.rows(2, SCHOOL, prefix)
    data = files.csv(table) + f"{files.line(table[1])};surplus;more\r\n".encode()
    job_id = steps.check(app, client, place, data)

    given_back = client.get(f"/person-import/failed-rows/{job_id}").data
    again = steps.report(app, steps.check(app, client, place, given_back), place)

    assert b"surplus;more" in given_back
    assert (again.good, [p.line for p in again.problems]) == (0, [2])


def test_the_rows_at_fault_are_given_back_as_they_were_with_their_reasons(
    app, client, place, prefix
):
    table = files.rows(2, SCHOOL, prefix)
    table[1]["birth_date"] = "in May"
    job_id = steps.check(app, client, place, files.csv(table))

    answer = client.get(f"/person-import/failed-rows/{job_id}")

    header, row, _end = answer.text.split("\r\n")
    assert header.removeprefix("\ufeff").startswith(";".join(steps.ALL_COLUMNS))
    assert row.startswith(files.line(table[1]))
    assert re.search(r";3;.+", row)
    events = [event["action"] for event in _audit_of(app, place, job_id)]
    assert events.count("job:failed_rows_downloaded") == 1


def test_a_file_without_a_header_shows_no_national_id_as_the_name_of_a_column(client, prefix):
    first, second = files.rows(2, SCHOOL, prefix)
    job_id = steps.upload(client, f"{files.line(first)}\r\n{files.line(second)}\r\n".encode())

    page = client.get(f"/person-import/columns/{job_id}").text

    assert first["national_id"] not in page


def test_characters_that_no_text_can_hold_stop_neither_page_nor_job(app, client, place):
    text = "given_name;family_name;a\ud800b\r\nA\x00da;Lovelace\ud800;\r\nB;;c\ud800\r\n"
    data = b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass")
    job_id = steps.upload(client, data)

    page = client.get(f"/person-import/columns/{job_id}")
    chosen = {"given_name": "0", "family_name": "1"}
    client.send(f"/person-import/columns/{job_id}", chosen)
    steps.run(app, job_id, place)

    assert page.status_code == 200
    assert steps.job(app, job_id, place).state is JobState.READY
    assert client.get(f"/job/show/{job_id}").status_code == 200
    assert client.get(f"/person-import/failed-rows/{job_id}").status_code == 200


def test_an_administrator_of_one_unit_imports_into_that_unit_only(context, world, prefix):
    place = world.strandvik
    with acting_as(db.session(), operator(place.id)) as whole:
        path = db.session.get_one(Unit, place.units["school"]).path
        holding = replace(whole.holdings[0], unit_path=path)
        actor = replace(whole, holdings=(holding,))
        table = files.rows(3, SCHOOL, prefix)
        table[1]["employer_unit"] = ""
        table[2]["employer_unit"] = f"NAV {CANARY['9901']}"

        found = _check(actor, files.csv(table))

    assert [one.person is not None for one in found] == [True, False, False]
    assert [p.code for one in found for p in one.problems] == [
        ImportProblem.MISSING,
        ImportProblem.UNKNOWN_UNIT,
    ]


def _check(actor: Actor, data: bytes) -> list[imports.CheckedRow]:
    table = read_table(data, "persons.csv")
    positions = {name: int(place) for name, place in steps.ALL_COLUMNS.items()}
    choices = imports.Choices(Columns(positions, len(positions)))
    return imports.check(actor, table.rows, choices, today=today())
