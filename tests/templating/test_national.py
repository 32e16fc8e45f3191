"""The national library, and what a municipality is told when something in it changes."""

import io
import json
import re

import pytest
from sqlalchemy import select

from app.db import db
from app.enums import Level, Section, SetUpKind
from app.models import AuditEvent, StandardRole
from app.screens.forms import new_key
from app.security.actor import acting_as, operator
from app.set_up_tables import NationalPiece, NationalVersion, Template
from app.templating import national_stock, proposals, shelf, versions
from tests.conftest import with_world
from tests.plans import garden as gardens
from tests.plans.role_scenes import draft, publish

VERSION = re.compile(r'name="version" value="([^"]+)"')
LITERAL = "{{7*7}} <script>alert(1)</script> \u202eabc"


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own, with both municipalities set up."""
    app = with_world(make_app(database_name))
    with app.app_context():
        for place in (app.extensions["test_world"].strandvik, app.extensions["test_world"].fjellby):
            with gardens.planting(place):
                pass
    return app


@pytest.fixture
def look(app, world):
    """Asks something in Strandvik."""

    def ask(question):
        with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
            return question()

    return ask


@pytest.fixture
def central(client_as):
    """The central administrator."""
    return client_as("sentral")


def piece(key, what=SetUpKind.STANDARD_ROLE):
    return db.session.scalar(
        select(NationalPiece).where(NationalPiece.key == key, NationalPiece.what == what)
    )


def copy(key, model=StandardRole):
    return db.session.scalar(select(model).where(model.key == key))


def _version(page):
    return VERSION.search(page.text)[1]


def new_role_version(client, pk, **changes):
    """Change a national standard role and publish it."""
    path = f"/national-roles/edit/{pk}"
    page = client.get(path)
    sent = {
        "version": _version(page),
        "name_nb": "Lærer",
        "name_nn": "Lærar",
        "kinds": ["individual_plan"],
        "months": "12",
        "given_by": ["coordinator"],
        "level_goals": "write",
    }
    answer = client.send(path, sent | changes)
    assert answer.status_code == 302, answer.text
    page = client.get(answer.location)
    answer = client.send(answer.location, {"version": _version(page)})
    assert answer.status_code == 302, answer.text


def test_the_central_administrator_changes_a_role_and_no_municipality_s_changes(
    central, client_as, look
):
    pk = look(lambda: piece("laerer").id)
    assert "Foresatt, lese" in central.get("/national-library/").text

    new_role_version(central, pk, level_goals="read", name_nb=LITERAL)
    mine = look(lambda: copy("laerer"))

    assert (mine.number, mine.national_number) == (1, 1)
    assert mine.names["nb"] == "Lærer"
    page = client_as("lokal.strandvik").get(f"/national-proposals/role/{mine.id}")
    assert "{{7*7}} &lt;script&gt;" in page.text
    assert "<script>alert" not in page.text


def test_the_proposal_that_is_taken_over_becomes_a_draft_and_is_in_use_when_published(
    central, client_as, look
):
    national = look(lambda: piece("vikar").id)
    new_role_version(central, national, name_nb="Vikar", name_nn="Vikar", months="2")
    local = client_as("lokal.strandvik")
    mine = look(lambda: copy("vikar"))

    count = re.search(r"/national-proposals/\">(\d+)", local.get("/standard-role/").text)[1]
    assert take_over(local, mine.id).status_code == 302

    assert int(count) >= 1
    taken = look(lambda: copy("vikar"))
    assert (taken.months, taken.number, taken.national_number) == (1, 1, 1)
    assert look(lambda: shelf.drafted(copy("vikar")).months) == 2
    assert look(lambda: proposals.origin(copy("vikar"))) == proposals.Origin(1, False, False)
    assert mine.id not in local.get("/national-proposals/").text
    assert "Som den nasjonale versjon 1" in local.get(f"/standard-role-edit/show/{mine.id}").text
    publish(local, mine.id, "new_only")
    taken = look(lambda: copy("vikar"))
    assert (taken.months, taken.number, taken.national_number) == (2, 2, 2)
    assert look(lambda: proposals.origin(copy("vikar"))) == proposals.Origin(2, False, False)
    events = look(
        lambda: set(
            db.session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == mine.id))
        )
    )
    assert "national_piece:taken_over" in events


def take_over(client, pk, what="role", number=2):
    """Say yes to a proposal, as its page sends it."""
    page = client.get(f"/national-proposals/{what}/{pk}")
    found = re.search(r'name="version" value="([^"]*)"', page.text)
    sent = {"number": number, "answer": "take_over", "version": found[1] if found else ""}
    return client.send(f"/national-proposals/answer-{what}/{pk}", sent)


def test_who_throws_away_the_draft_of_a_yes_is_asked_again(central, client_as, look):
    national, mine = look(lambda: (piece("helsesykepleier").id, copy("helsesykepleier").id))
    new_role_version(central, national, name_nb="Helsesykepleier", level_goals="comment")
    local, shown = client_as("lokal.strandvik"), f"/standard-role-edit/show/{mine}"
    asked = f"/national-proposals/role/{mine}"
    assert take_over(local, mine).status_code == 302

    page = local.get(shown)
    local.send(f"/standard-role-edit/throw-away/{mine}", {"version": _version(page)})
    page = local.get(shown).text
    assert asked in page
    assert "Som den nasjonale versjon 1" in page

    undo = re.search(r'action="(/standard-role-edit/undo/[^"]+)"', page)[1]
    local.send(undo.replace("&amp;", "&"))
    assert asked not in local.get(shown).text
    publish(local, mine, "new_only")
    assert look(lambda: copy("helsesykepleier").national_number) == 2


def test_what_is_changed_here_stays_when_a_national_change_is_taken_over(central, client_as, look):
    key, name = "spesialisthelsetjenesten", "Spesialisthelsetjenesten"
    national, mine = look(lambda: (piece(key).id, copy(key).id))
    local = client_as("lokal.strandvik")
    draft(local, mine, goals="comment", mapping="none")
    publish(local, mine, "new_only")
    new_role_version(central, national, name_nb=name, level_goals="read", months="24")

    page = local.get(f"/national-proposals/role/{mine}").text
    both = page.partition('id="both"')[2].partition("</section>")[0]
    assert take_over(local, mine).status_code == 302

    said = look(lambda: shelf.drafted(copy(key)))
    assert (said.months, said.level(Section.GOALS), said.level(Section.MAPPING)) == (
        24,
        Level.COMMENT,
        Level.NONE,
    )
    assert re.findall(r"<th scope=\"row\"><bdi>([^<]+)", both) == ["Navn på nynorsk", "Mål"]


def test_a_no_lasts_until_the_next_national_version(central, client_as, look):
    national = look(lambda: piece("fastlege").id)
    new_role_version(central, national, name_nb="Fastlege", name_nn="Fastlege", months="3")
    local = client_as("lokal.strandvik")
    mine = look(lambda: copy("fastlege"))
    path = f"/national-proposals/answer-role/{mine.id}"

    local.send(path, {"number": "1", "answer": "decline"})
    assert look(lambda: copy("fastlege").national_number) == 1
    local.send(path, {"number": "2", "answer": "decline"})

    assert look(lambda: copy("fastlege").national_number) == 2
    assert look(lambda: proposals.origin(copy("fastlege"))) == proposals.Origin(1, False, False)
    assert look(lambda: shelf.drafted(copy("fastlege"))) is None
    assert local.get(f"/national-proposals/role/{mine.id}").status_code == 302
    new_role_version(central, national, name_nb="Fastlege", name_nn="Fastlege", months="4")
    assert local.get(f"/national-proposals/role/{mine.id}").status_code == 200


def test_a_national_template_is_edited_in_the_same_editor_and_checked_before_it_is_published(
    central, client_as, look
):
    answer = central.send(
        "/national-library/add", {"kind": "family_plan", "names-nb": LITERAL, "names-nn": "Ny"}
    )
    assert answer.status_code == 302, answer.text
    editor = central.get(answer.location)
    pk = answer.location.rpartition("/")[2]

    page = central.get(f"/national-library/publish/{pk}")
    refused = central.send(f"/national-library/publish/{pk}", {"version": "1"})
    hidden = client_as("lokal.strandvik").get(f"/national-library/show/{pk}")

    assert editor.status_code == 200
    assert "&lt;script&gt;" in editor.text
    adding = {"names-nb": "Agnes", "names-nn": "Agnes", "part": "mapping"}
    path = f"/national-template-drafts/edit/{pk}"
    central.send(f"{path}?at=sections", adding)
    gone = {"at": "sections/agnes", "version": ""}
    page = central.send(f"/national-template-drafts/remove/{pk}", gone, follow_redirects=True)
    undo = re.search(r'action="(/national-template-drafts/undo/[^"]+)"', page.text)[1]

    def sections():
        return versions.draft(db.session.get_one(NationalPiece, pk)).content["sections"]

    assert look(sections) == []
    for _twice in range(2):
        central.send(undo.replace("&amp;", "&"))
    assert [one["key"] for one in look(sections)] == ["agnes"]
    assert page.status_code == 200
    assert refused.status_code in (409, 422)
    assert hidden.status_code == 404
    assert central.get(f"/national-library/show/{pk}").status_code == 200
    assert look(lambda: db.session.get_one(NationalPiece, pk).number) is None


def test_a_municipality_uses_a_new_national_template_as_its_own(central, client_as, look):
    pk = look(lambda: piece("tom_iop", SetUpKind.TEMPLATE).id)
    said = central.get(f"/national-files/piece/{pk}").json
    said |= {"key": "heilt_ny", "names": {"nb": "Helt ny", "nn": "Heilt ny"}}
    made = _taken_in(central, said)
    page = central.get(f"/national-library/publish/{made}")
    assert (
        central.send(f"/national-library/publish/{made}", {"version": _version(page)}).status_code
        == 302
    )
    local = client_as("lokal.strandvik")
    assert "Helt ny" in local.get("/national-proposals/").text
    assert local.get(f"/national-library/show/{made}").status_code == 200

    answers = [local.send(f"/national-proposals/use/{made}") for _time in range(2)]

    assert [one.status_code for one in answers] == [302, 302]
    mine = look(lambda: copy("heilt_ny", Template))
    assert (mine.number, mine.national_id, mine.national_number) == (1, made, 1)
    assert not look(lambda: proposals.origin(copy("heilt_ny", Template))).is_changed
    begun = local.send(f"/templates/copy/{mine.id}", {"form_key": new_key()}).location
    path = begun.partition("?")[0]
    twin = path.rpartition("/")[2]
    assert look(lambda: db.session.get_one(Template, twin).national_id) == made
    adding = {"names-nb": "Eget", "names-nn": "Eige", "part": "mapping"}
    local.send(f"{path}?at=sections", adding)
    shown = f"/templates/show/{twin}"
    differing = local.get(shown).text.partition("<details")[2].partition("</details>")[0]
    assert "Avsnitt «Eget»" in differing
    assert ">er lagt til<" in differing
    reset = {"version": _version(local.get(shown))}
    page = local.send(f"/templates/reset/{twin}", reset, follow_redirects=True)
    said = look(lambda: shelf.drafted(db.session.get_one(Template, twin)))
    assert (said.names.nb, [one.key for one in said.sections if one.names.nb == "Eget"]) == (
        "Kopi av Helt ny",
        [],
    )
    assert "/template-drafts/undo/" in page.text


def _taken_in(client, said):
    """Take a file in to the national library; the id of what was made."""
    file = {"file": (io.BytesIO(json.dumps(said).encode()), "fil.json")}
    page = client.send("/national-files/", file)
    packed = re.search(r'name="file" value="([^"]+)"', page.text)[1]
    answer = client.send("/national-files/take-in", {"file": packed, "piece-0": "add"})
    assert answer.status_code == 302, answer.text
    return answer.location.rpartition("/")[2]


def test_what_is_retired_nationally_is_proposed_to_nobody_and_comes_back(central, client_as, look):
    pk = look(lambda: piece("barnevern").id)
    new_role_version(central, pk, name_nb="Barnevern", name_nn="Barnevern", months="9")
    waiting = client_as("lokal.strandvik")

    central.send(f"/national-library/retire/{pk}")
    gone = waiting.get("/national-proposals/").text
    central.send(f"/national-library/restore/{pk}")
    back = waiting.get("/national-proposals/").text

    assert "Barnevern" not in gone
    assert "Barnevern" in back
    assert look(lambda: copy("barnevern").retired_at) is None


def test_the_order_is_the_central_administrator_s(central, look):
    def order():
        found = select(NationalPiece.key).where(NationalPiece.what == SetUpKind.STANDARD_ROLE)
        return list(db.session.scalars(found.order_by(NationalPiece.position)))

    before = look(order)
    pk = look(lambda: piece(before[1]).id)

    central.send(f"/national-library/move/{pk}", {"way": "up"})

    assert look(order)[:2] == [before[1], before[0]]


def test_two_who_save_the_same_national_draft_see_both(central, look):
    pk = look(lambda: piece("pp_radgiver").id)
    path = f"/national-roles/edit/{pk}"
    old = _version(central.get(path))
    sent = {
        "name_nb": "PP",
        "name_nn": "PP",
        "kinds": ["individual_plan"],
        "given_by": ["coordinator"],
        "months": "5",
    }
    assert central.send(path, sent | {"version": old}).status_code == 302

    answer = central.send(path, sent | {"version": old, "months": "6"})

    assert answer.status_code == 409
    draft = select(NationalVersion).where(
        NationalVersion.piece_id == pk, NationalVersion.published_at.is_(None)
    )
    assert look(lambda: db.session.scalar(draft).content["months"]) == 5


def release(monkeypatch, *keys):
    """Let the next release ship other texts for these standard roles."""
    before = list(national_stock.shipped())

    def shipped():
        for what, key, content in before:
            is_other = what is SetUpKind.STANDARD_ROLE and key in keys
            yield what, key, content.model_copy(update={"months": 33}) if is_other else content

    monkeypatch.setattr(national_stock, "shipped", shipped)


def test_a_release_with_other_texts_makes_a_version_and_leaves_what_was_changed(
    central, client_as, look, monkeypatch
):
    mine, theirs = (
        look(lambda key=key: piece(key).id) for key in ("nav_veileder", "hjemmetjeneste")
    )
    new_role_version(central, theirs, name_nb="Hjemmetjeneste", months="7")
    assert central.get("/national-library/").status_code == 200
    release(monkeypatch, "nav_veileder", "hjemmetjeneste")

    for _twice in range(2):
        index = central.get("/national-library/").text

    def months(key, number=None):
        row = versions.published(piece(key), number)
        return piece(key).number, row.content["months"]

    assert look(lambda: months("nav_veileder")) == (2, 33)
    assert look(lambda: months("hjemmetjeneste")) == (2, 7)
    assert look(lambda: months("hjemmetjeneste", 3)) == (2, 33)
    assert index.count("fra panelet") + index.count("from the panel") == 1
    assert look(lambda: copy("nav_veileder").months) == 12
    page = client_as("lokal.strandvik").get("/national-proposals/").text
    assert "NAV-veileder" in page
    local = client_as("lokal.strandvik").get(f"/national-library/show/{theirs}").text
    assert "number=3" not in local

    shown = central.get(f"/national-library/show/{theirs}")
    sent = {"number": "3", "version": _version(shown)}
    assert central.send(f"/national-library/say/{theirs}", sent).status_code == 302
    central.send(f"/national-library/say/{theirs}", sent)  # Another tab: the draft is newer.
    draft = look(lambda: versions.draft(piece("hjemmetjeneste")))
    assert (draft.content["months"], draft.number) == (33, 4)
    assert look(lambda: months("nav_veileder", 1)) == (2, 12)
    assert mine != theirs


def test_a_national_draft_is_thrown_away(central, look):
    pk, used = look(lambda: (piece("fastlege").id, piece("fastlege").number))
    central.send(f"/national-library/begin/{pk}")
    calm = central.get(f"/national-library/show/{pk}").text
    assert "/national-library/say/" not in calm
    path = f"/national-roles/edit/{pk}"
    sent = {"name_nb": "Fastlegen", "name_nn": "Fastlege", "kinds": ["individual_plan"]}
    old = {"version": _version(central.get(path)), "given_by": ["coordinator"]}
    assert central.send(path, sent | old).status_code == 302

    page = central.get(f"/national-library/show/{pk}")
    central.send(f"/national-library/say/{pk}", {"number": str(used), "version": _version(page)})

    def said(row):
        return look(lambda: row(piece("fastlege")).content)

    assert said(versions.draft) == said(versions.published)
    undo = re.search(
        r'action="(/national-library/undo/[^"]+)"', central.get(f"/national-library/show/{pk}").text
    )[1]
    central.send(undo.replace("&amp;", "&"))
    assert said(versions.draft)["names"]["nb"] == "Fastlegen"


@pytest.mark.parametrize("login", ["lokal.strandvik", "koordinator.strandvik", "planeier"])
def test_nobody_else_changes_what_is_national(client_as, look, login):
    pk = look(lambda: piece("laerer").id)
    client = client_as(login)

    assert client.get("/national-library/").status_code == 403
    assert client.get(f"/national-roles/edit/{pk}").status_code == 403
    assert client.send(f"/national-library/retire/{pk}").status_code == 403
    assert look(lambda: versions.draft(piece("laerer"))) is None
