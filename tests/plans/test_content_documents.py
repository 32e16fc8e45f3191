"""Documents: taken in by what they are, and let out through one decided door."""

from io import BytesIO

import pytest

from app.enums import Section
from app.files.sniffing import FileType
from app.models import PlanEntry
from tests.files.test_images import PLACE, photo
from tests.files.test_office import docx
from tests.plans.content_world import Plot, add_to, section_of, version_on

PDF = b"%PDF-1.7\n" + b"x" * 3000


@pytest.fixture
def plot(app, world):
    """The rows of Strandvik."""
    return Plot(app, world.strandvik)


@pytest.fixture
def ip(garden):
    """The id of planeier's plan in Strandvik."""
    return garden.strandvik.plans["ip"]


@pytest.fixture
def coordinator(client_as):
    """Who coordinates the plans of Strandvik."""
    return client_as("koordinator.strandvik")


def upload(client, path, data, title="Epikrise", **values):
    """Send a file under a name that must not be believed."""
    file = (BytesIO(data), "../../Kari Nes <script>.exe")
    return client.send(path, {"title": title, "file": file, **values})


def files(app):
    """How many files are kept."""
    folder = app.config["SAMVEV"].instance.resolve() / "files"
    return sum(1 for one in folder.rglob("*") if one.is_file())


def test_a_document_is_kept_and_downloaded_as_what_it_is_under_our_own_name(
    app, plot, ip, coordinator
):
    assert upload(coordinator, add_to(ip, "document"), PDF).status_code == 302

    [entry] = plot.entries(ip, title="Epikrise")
    assert set(entry.details["file"]) == {"key", "type", "size"}
    assert "PDF" in coordinator.get(section_of(ip, Section.DOCUMENTS)).text
    answer = coordinator.get(f"/plan-entry-history/download/{entry.id}")
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    disposition = answer.headers["Content-Disposition"]
    assert disposition == f'attachment; filename="dokument-{entry.id[-8:]}.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert [one.action for one in plot.events(ip)][-1] == "plan:document_downloaded"


def test_i8_a_word_document_goes_out_as_a_file_and_a_picture_without_where_it_was_taken(
    app, plot, ip, coordinator
):
    for title, data in (("Brev", docx()), ("Bilde", photo("JPEG"))):
        assert upload(coordinator, add_to(ip, "document"), data, title=title).status_code == 302

    brev, bilde = (plot.entries(ip, title=title)[0] for title in ("Brev", "Bilde"))
    letter = coordinator.get(f"/plan-entry-history/download/{brev.id}")
    picture = coordinator.get(f"/plan-entry-history/download/{bilde.id}")
    assert letter.data == docx()
    assert letter.mimetype == FileType.DOCX
    assert letter.headers["Content-Disposition"].endswith('.docx"')
    assert letter.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.data.startswith(b"\xff\xd8\xff")
    assert PLACE not in picture.data


@pytest.mark.parametrize(
    "data",
    [b"", b"<html><script>alert(1)</script>", b"MZ\x90\x00", b"%PDF-1.7" + b"x" * 4000],
    ids=["empty", "a page", "a program", "too large"],
)
def test_what_is_no_document_is_refused_beside_the_field_and_not_kept(
    data, app, plot, ip, coordinator, monkeypatch
):
    monkeypatch.setattr("app.files.receiving.LARGEST", 4000)
    before, rows = files(app), len(plot.entries(ip))

    answer = upload(coordinator, add_to(ip, "document"), data, title="Beholdt tittel")

    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert "Beholdt tittel" in answer.text
    assert files(app) == before
    assert len(plot.entries(ip)) == rows


def test_the_same_upload_twice_makes_one_row_and_one_file(app, plot, ip, coordinator):
    path, before = add_to(ip, "document"), files(app)
    key = coordinator.form_key(path)

    for _time in range(2):
        upload(coordinator, path, PDF, title="En gang", form_key=key)

    assert len(plot.entries(ip, title="En gang")) == 1
    assert files(app) == before + 1


def test_a_new_file_takes_the_place_of_the_old_which_is_kept_with_its_version(
    plot, ip, coordinator
):
    upload(coordinator, add_to(ip, "document"), PDF, title="Byttes")
    [entry] = plot.entries(ip, title="Byttes")
    path = f"/plan-entry/edit/{entry.id}"
    sent = {"version": version_on(coordinator.get(path).text), "title": "Byttes"}
    assert coordinator.send(path, sent | {"body": "samme fil"}).status_code == 302
    assert plot.read(PlanEntry, entry.id).details["file"] == entry.details["file"]

    upload(coordinator, path, b"Ny tekst", title="Byttes", version="2")

    door = f"/plan-entry-history/download/{entry.id}"
    assert coordinator.get(door).data == b"Ny tekst"
    assert coordinator.get(door).headers["Content-Disposition"].endswith('.txt"')
    assert coordinator.get(f"{door}?number=1").data == PDF
    assert coordinator.get(f"{door}?number=9").status_code == 404


def test_d10_a_file_has_one_address_and_it_is_decided_anew_at_each_request(
    plot, ip, coordinator, client_as
):
    upload(coordinator, add_to(ip, "document"), PDF, title="En vei ut")
    [entry] = plot.entries(ip, title="En vei ut")
    key, door = entry.details["file"]["key"], "/plan-entry-history/download"
    assert coordinator.get(f"{door}/{entry.id}").data == PDF

    for path in (
        f"{door}/{key}",
        f"{door}/../files/{key[:2]}/{key}",
        f"{door}/{entry.id}/../{entry.id}",
        f"{door}/{entry.id}%00",
        f"{door}/{entry.id}.pdf",
        f"{door}/thumbnail/{entry.id}",
        f"/static/../files/{key[:2]}/{key}",
        f"/static/{key}",
        f"/download/{key}",
        f"/files/{key[:2]}/{key}",
        f"/plan-consent/scan/{entry.id}",
    ):
        for client in (coordinator, client_as(None)):
            answer = client.get(path)
            assert answer.status_code in (302, 400, 404), path
            assert answer.data != PDF


@pytest.mark.parametrize("name", ["larer", "foresatt", "lokal.strandvik", "koordinator.fjellby"])
def test_a_document_leaves_for_nobody_without_the_section(name, plot, ip, coordinator, client_as):
    """D10."""
    title = f"Lukket for {name}"
    upload(coordinator, add_to(ip, "document"), PDF, title=title)
    [entry] = plot.entries(ip, title=title)
    client = client_as(name, in_="9901" if name == "larer" else None)

    assert coordinator.get(f"/plan-entry-history/download/{entry.id}").status_code == 200
    assert client.get(f"/plan-entry-history/download/{entry.id}").status_code in (403, 404)
    assert client.get(f"/plan-entry-history/download/{entry.id}?number=1").status_code in (403, 404)
    key = entry.details["file"]["key"]
    assert client.get(f"/static/{key}").status_code == 404
    assert upload(client, add_to(ip, "document"), PDF).status_code in (403, 404)
