"""Who reads reports, and that page and files say the same."""

import csv
import html
import re
from io import BytesIO, StringIO

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from app.db import db
from app.models import AuditEvent
from app.reports.catalogue import REPORTS
from app.security.actor import acting_as, operator

LOCAL = "lokal.strandvik"
PATHS = (
    "/reports/",
    "/reports/show?report=kinds",
    "/reports/export?report=kinds&format=csv",
    "/reports/kostra",
    "/reports/kostra-list?format=csv",
)
ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)


def table_on(page):
    """The cells of the page's table, row by row."""
    rows = ROW.findall(page[page.index("<table") : page.index("</table")])
    return [[html.unescape(cell) for cell in CELL.findall(row)] for row in rows]


def in_csv(answer):
    return list(csv.reader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("name", ["koordinator.strandvik", "foresatt", "sentral", None])
def test_nobody_but_local_administrators_reads_reports(client_as, database_name, name):
    if database_name == "postgresql":
        pytest.skip("what a role opens is the same on every database")
    client = client_as(name)

    for path in PATHS:
        assert client.get(path).status_code == (302 if name is None else 403), path


def test_a_local_administrator_reads_each_report_and_each_file_says_what_its_page_says(client_as):
    client = client_as(LOCAL)
    assert client.get("/reports/").status_code == 200

    for key in REPORTS:
        page = client.get(f"/reports/show?report={key}")
        assert page.status_code == 200, key
        assert "<svg" in page.text
        assert "<title id=" in page.text
        shown = table_on(page.text)

        lines = in_csv(client.get(f"/reports/export?report={key}&format=csv"))
        with client.get(f"/reports/export?report={key}&format=xlsx") as answer:
            book = CalamineWorkbook.from_filelike(BytesIO(answer.data))
        sheet = book.get_sheet_by_index(0).to_python()

        assert lines[: len(shown)] == shown, key
        assert [row[: len(shown[0])] for row in sheet[: len(shown)]] == shown, key
        assert len(lines) > len(shown) + 5, "a file says where it comes from and what is left out"


def test_a_download_is_logged_with_the_name_of_the_report(app, client_as, world):
    client_as(LOCAL).get("/reports/export?report=ages&format=xlsx").close()

    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        told = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "report:exported")
        ).all()
        assert ["ages"] in [one.fields for one in told]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/reports/show?report=names", 404, id="a report that there is not"),
        pytest.param("/reports/show?report=meetings&year=1999", 400, id="a year not offered"),
        pytest.param("/reports/export?report=ages&format=exe", 400, id="a form not offered"),
        pytest.param("/reports/kostra?page=0", 400, id="no page"),
    ],
)
def test_what_is_not_offered_is_refused(client_as, path, status):
    assert client_as(LOCAL).get(path).status_code == status


def test_the_kostra_page_tells_the_number_and_the_file_holds_as_many(client_as):
    client = client_as(LOCAL)

    page = client.get("/reports/kostra").text
    lines = in_csv(client.get("/reports/kostra-list?format=csv"))

    assert "KOSTRA" in page
    if len(lines) > 1:
        assert f"<strong>{len(lines) - 1}</strong>" in page
