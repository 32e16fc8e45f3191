"""The life of templates and their editor, as the local administrator meets them."""

import re

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from app.clock import utc_now
from app.db import db, transaction
from app.errors import TenantViolation
from app.models import AuditEvent, Plan
from app.security import tenancy
from app.security.actor import acting_as, operator
from app.security.published import PublishedForever
from app.security.roles import Resource
from app.set_up_tables import NationalPiece, NationalVersion, Template, TemplateVersion
from app.templating import pieces, templates, versions
from app.templating.pieces import Address
from app.templating.template_content import TemplateContent
from tests.conftest import Client, with_world
from tests.matrix.things import fresh
from tests.plans import garden as gardens
from tests.world import PASSWORD

LITERAL = "{{7*7}} <script>alert(1)</script> =HYPERLINK(1) %(name)s \u202eabc"
UNDO = re.compile(r'action="(/template-drafts/undo/[^"]+)"')


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own: what is sent here stays."""
    return with_world(make_app(database_name))


class Office:
    """Strandvik's local administrator, the templates there, and what they hold."""

    def __init__(self, app, world):
        self.app, self.world = app, world
        app.test_client_class = Client
        self.client = app.test_client()
        self.client.send("/login/", {"username": "lokal.strandvik", "password": PASSWORD})
        self.token = self.client.csrf()

    def send(self, path, data=None):
        """Post a form. The token of the session is asked for once."""
        return self.client.post(path, data={"csrf_token": self.token, **(data or {})})

    def new(self):
        """The id of a template with a published version and a draft."""
        with self.app.app_context():
            return fresh(Resource.TEMPLATE, self.world.strandvik).key

    def ask(self, question):
        """What is so in the municipality."""
        with self.app.app_context(), acting_as(db.session(), operator(self.world.strandvik.id)):
            return question()

    def row(self, pk):
        return self.ask(lambda: db.session.get_one(Template, pk))

    def draft(self, pk):
        return self.ask(lambda: templates.read(versions.draft(db.session.get_one(Template, pk))))

    def in_use(self, pk):
        return self.ask(
            lambda: templates.read(versions.published(db.session.get_one(Template, pk)))
        )

    def mark(self, pk, at):
        found = Address.read(at)
        return pieces.mark(pieces.find(self.draft(pk), found), found.list_name)

    def edit(self, pk, at, facts, version=None):
        """Send the form of a piece."""
        known = "" if Address.read(at).is_list else self.mark(pk, at)
        version = known if version is None else version
        path = f"/template-drafts/edit/{pk}?at={at}"
        return self.send(path, facts | {"version": version})

    def publish(self, pk):
        """Send the form that publishes, as it is drawn."""
        seen = self.ask(lambda: versions.draft(db.session.get_one(Template, pk)).version)
        return self.send(f"/templates/publish/{pk}", {"version": seen})


@pytest.fixture(scope="module")
def office(app):
    return Office(app, app.extensions["test_world"])


HOME = "sections/home"
FIELD = f"{HOME}/fields/short_text"
READY = {"names-nb": "Mal", "descriptions-nb": "Til prøve", "review_weeks": "8"}


def named(name, **more):
    return {"names-nb": name, "names-nn": name, **more}


def make_ready(office, pk):
    """Mend what the checklist asks for."""
    assert office.edit(pk, "", READY).status_code == 302
    helped = named("Hjemme", part="mapping") | {"helps-nb": "Hjelp"}
    assert office.edit(pk, HOME, helped).status_code == 302


# --- published versions --------------------------------------------------------------------------


def published_rows(office, pk):
    """A published version of a template, and one that is national."""
    piece = NationalPiece(what="template", key=f"k{pk[-8:]}", number=1)
    db.session.add(piece)
    db.session.flush()
    db.session.add(NationalVersion(piece_id=piece.id, number=1, content={}, published_at=utc_now()))
    db.session.flush()
    ours = select(TemplateVersion).where(
        TemplateVersion.template_id == pk, TemplateVersion.number == 1
    )
    theirs = select(NationalVersion).where(NationalVersion.piece_id == piece.id)
    return [db.session.scalars(one).one() for one in (ours, theirs)]


@pytest.mark.parametrize(
    ("column", "value"),
    [("content", {"x": 1}), ("number", 99), ("published_at", None), ("published_at", utc_now())],
)
@pytest.mark.parametrize("which", [0, 1], ids=["a municipality's", "a national"])
def test_no_flush_changes_a_published_version(office, column, value, which):
    pk = office.new()

    def change():
        with transaction():
            setattr(published_rows(office, pk)[which], column, value)
            with pytest.raises(PublishedForever):
                db.session.flush()
            db.session.rollback()

    office.ask(change)


@pytest.mark.parametrize(
    ("column", "value"), [("content", {"x": 1}), ("published_at", None)], ids=["words", "date"]
)
def test_no_flush_writes_over_a_published_version_that_is_not_read(office, column, value):
    pk = office.new()

    def change():
        with transaction():
            row = published_rows(office, pk)[0]
            db.session.expire(row)
            setattr(row, column, value)
            with pytest.raises(PublishedForever):
                db.session.flush()
            db.session.rollback()

    office.ask(change)


def test_no_flush_deletes_a_version_and_what_it_does_not_say_may_change(office):
    pk = office.new()

    def change():
        with transaction():
            ours, national = published_rows(office, pk)
            ours.version += 1
            db.session.flush()
            db.session.delete(national)
            with pytest.raises(PublishedForever):
                db.session.flush()
            db.session.rollback()

    office.ask(change)


@pytest.mark.parametrize("which", [0, 1], ids=["a municipality's", "a national"])
def test_no_statement_changes_a_published_version(office, which):
    pk = office.new()

    def by_the_session():
        row = published_rows(office, pk)[which]
        db.session.execute(update(type(row)).where(type(row).id == row.id).values(number=7))

    def behind_the_session():
        published_rows(office, pk)
        connection = db.session.connection()
        connection.info[tenancy.FLUSHING] = True
        table = ("template_version", "national_version")[which]
        connection.execute(text(f"UPDATE {table} SET number = 7 WHERE number = 1"))

    def refused(change):
        try:
            with transaction():
                change()
        except (DBAPIError, TenantViolation):
            return True
        return False

    assert office.ask(lambda: refused(by_the_session))
    assert office.ask(lambda: refused(behind_the_session))


def test_a_draft_is_changed_and_published(office):
    pk = office.new()
    make_ready(office, pk)
    before = office.in_use(pk)

    answer = office.publish(pk)

    assert answer.status_code == 302
    assert office.row(pk).number == 2
    assert office.in_use(pk).review_weeks == 8
    earlier = office.ask(lambda: versions.published(db.session.get_one(Template, pk), 1).content)
    assert TemplateContent.model_validate(earlier) == before
    assert office.row(pk).names["nb"] == "Mal"


def test_what_is_needed_stops_the_publishing_and_leads_to_where_it_is_mended(office):
    pk = office.new()

    page = office.client.get(f"/templates/publish/{pk}").text
    answer = office.publish(pk)

    assert answer.status_code == 422
    assert office.row(pk).number == 1
    assert f"/template-drafts/edit/{pk}?at=sections/home" in page


def test_a_draft_that_was_changed_meanwhile_is_looked_over_once_more(office):
    pk = office.new()
    make_ready(office, pk)

    answer = office.send(f"/templates/publish/{pk}", {"version": "1"})

    assert answer.status_code == 409
    assert office.row(pk).number == 1


# --- the editor ----------------------------------------------------------------------------------


def test_a_template_is_made_from_nothing(office):
    form = {"kind": "family_plan", "form_key": office.client.form_key("/templates/add")}
    first = office.send("/templates/add", form | named("Ny mal"))
    again = office.send("/templates/add", form | named("Ny mal"))
    pk = first.location.rpartition("/")[2]

    assert first.location == again.location
    section = office.edit(pk, "sections", named("Søvn og mat", part="mapping"))
    assert section.location.endswith("at=sections/sovn_og_mat")
    more = {"choices-0-nb": "Ja", "choices-1-nb": "Nei", "kind": "choice"}
    field = office.edit(pk, "sections/sovn_og_mat/fields", named("Sover godt?", **more))
    assert field.location.endswith("fields/sover_godt")
    found = office.draft(pk).sections[0].fields[0]
    assert [one.key for one in found.choices] == ["ja", "nei"]
    assert "Sover godt?" in office.client.get(field.location).text


def test_a_renamed_field_and_its_answers_keep_their_keys(office):
    pk, at = office.new(), f"{HOME}/fields/choice"
    sent = named("Nytt navn", kind="choice")
    for number, key, name in ((0, "no", "Aldri"), (1, "yes", "Alltid"), (2, "stolen", "Av og til")):
        sent |= {f"choices-{number}-key": key, f"choices-{number}-nb": name}

    assert office.edit(pk, at, sent).status_code == 302

    field = pieces.find(office.draft(pk), Address.read(at))
    assert field.names.nb == "Nytt navn"
    assert [one.key for one in field.choices] == ["no", "yes", "av_og_til"]


def test_a_key_that_a_published_version_has_is_given_to_nothing_else(office):
    pk = office.new()
    office.send(f"/template-drafts/remove/{pk}", {"at": FIELD})

    answer = office.edit(pk, f"{HOME}/fields", named("Short text", kind="number"))

    assert answer.location.endswith("fields/short_text_2")


def test_answers_are_moved_by_buttons_and_nothing_is_saved_meanwhile(office):
    pk, at = office.new(), f"{HOME}/fields/choice"
    sent = named("Svar", kind="choice", rows="up:choices:1")
    sent |= {"choices-0-nb": "Første", "choices-1-nb": "Andre"}

    page = office.edit(pk, at, sent)

    assert page.status_code == 200
    assert page.text.index('value="Andre"') < page.text.index('value="Første"')
    assert office.draft(pk) == office.in_use(pk)


@pytest.mark.parametrize(
    ("at", "facts"),
    [
        ("", {"names-nb": "", "names-nn": "Berre nynorsk"}),
        ("", named("Mal", review_weeks="0")),
        (HOME, named("Hjemme", part="documents")),
        (HOME, named("x" * 201, part="mapping")),
        (FIELD, named("Felt", kind="eval")),
        (FIELD, named("Felt", kind="choice")),
        (FIELD, named("Felt", kind="table")),
        ("participants/0", {"functions-nb": "Lærer", "role": "finnes_ikke"}),
    ],
)
def test_what_makes_no_template_is_refused_and_kept_in_the_form(office, at, facts):
    pk = office.new()

    answer = office.edit(pk, at, facts)

    assert answer.status_code == 422
    assert office.draft(pk) == office.in_use(pk)
    assert facts.get("names-nb", "") in answer.text


def test_two_change_one_piece_and_both_values_are_shown(office):
    pk = office.new()
    seen = office.mark(pk, HOME)
    office.edit(pk, HOME, named("Theirs", part="mapping"))

    answer = office.edit(pk, HOME, named("Mine", part="mapping"), version=seen)

    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert 'value="Mine"' in answer.text
    shown = re.search(r'name="version" value="([^"]+)"', answer.text.partition("data-preview")[2])
    late = office.edit(pk, HOME, named("Mine", part="mapping"), version=shown[1])
    assert late.status_code == 302
    assert office.draft(pk).sections[0].names.nb == "Mine"


def test_two_change_different_pieces_and_neither_stands_in_the_way(office):
    pk = office.new()
    seen = office.mark(pk, HOME)
    office.edit(pk, FIELD, named("Theirs", kind="number"))

    answer = office.edit(pk, HOME, named("Mine", part="mapping"), version=seen)

    assert answer.status_code == 302
    assert office.draft(pk).sections[0].fields[0].names.nb == "Theirs"


def test_what_is_written_in_a_piece_that_another_removed_can_be_added_anew(office):
    pk = office.new()
    seen = office.mark(pk, HOME)
    office.send(f"/template-drafts/remove/{pk}", {"at": HOME})

    late = office.send(
        f"/template-drafts/edit/{pk}?at={HOME}", named("Mine", part="mapping", version=seen)
    )

    assert late.status_code == 409
    assert 'value="Mine"' in late.text
    assert f'action="/template-drafts/edit/{pk}?at=sections"' in late.text


def test_what_is_taken_away_comes_back_by_undo(office):
    pk = office.new()
    for at in ("goals/0/activities/0", FIELD, HOME, "participants/0"):
        before = office.draft(pk)
        office.send(f"/template-drafts/remove/{pk}", {"at": at})
        assert office.draft(pk) != before
        page = office.client.get(f"/template-drafts/edit/{pk}").text

        undone = office.send(UNDO.search(page)[1].replace("&amp;", "&"))

        assert undone.status_code == 302
        assert office.draft(pk) == before


def test_a_field_of_another_kind_gets_its_answers_back_by_undo(office):
    pk, at = office.new(), f"{HOME}/fields/choice"
    before = office.draft(pk)
    office.edit(pk, at, named("Tekst", kind="long_text"))
    page = office.client.get(f"/template-drafts/edit/{pk}").text

    office.send(UNDO.search(page)[1].replace("&amp;", "&"))

    assert office.draft(pk) == before


def test_nobody_undoes_what_another_has_done_or_in_another_template(office, client_as):
    pk, other = office.new(), office.new()
    office.send(f"/template-drafts/remove/{pk}", {"at": FIELD})
    address = UNDO.search(office.client.get(f"/template-drafts/edit/{pk}").text)[1]

    elsewhere = office.send(address.replace(pk, other))
    foreign = client_as("lokal.fjellby").send(address)
    none = office.send(f"/template-drafts/undo/{pk}?change=' OR 1")

    assert [one.status_code for one in (elsewhere, foreign, none)] == [404] * 3
    assert office.send(address).status_code == 302


def test_a_moved_piece_tells_its_place_and_keeps_the_focus(office):
    pk = office.new()

    sent = {"move": f"down:{FIELD}", "current": HOME}
    answer = office.send(f"/template-drafts/move/{pk}", sent)

    page = office.client.get(answer.location).text

    keys = [one.key for one in office.draft(pk).sections[0].fields]
    assert keys == ["choice", "short_text", "table"]
    assert f'value="down:{FIELD}" autofocus' in page
    assert 'aria-current="page"><bdi>Måkeskrik' in page


def test_the_preview_shows_what_is_typed_and_saves_nothing(office):
    pk = office.new()
    sent = named("Skrevet nå", kind="long_text")

    drawn = office.send(f"/template-drafts/preview/{pk}?at={FIELD}", sent)
    looked = office.edit(pk, FIELD, sent | {"look": "1"})

    assert "Skrevet nå" in drawn.text
    assert "<html" not in drawn.text
    assert "Skrevet nå" in looked.text.partition("data-previewed")[2]
    assert office.draft(pk) == office.in_use(pk)


def test_texts_are_shown_literally_everywhere(office):
    pk = office.new()
    sent = {f"names-{code}": LITERAL for code in ("nb", "nn", "en")}
    helps = {f"helps-{code}": LITERAL for code in ("nb", "nn", "en")}
    rows = {"choices-0-nb": LITERAL, "choices-1-nb": LITERAL, "kind": "choice"}
    office.edit(pk, "", sent | {f"descriptions-{c}": LITERAL for c in ("nb", "nn", "en")})
    office.edit(pk, HOME, sent | helps | {"part": "mapping"})
    office.edit(pk, f"{HOME}/fields/choice", sent | helps | rows)
    office.edit(pk, "goals/0", sent)
    assert office.publish(pk).status_code == 302

    pages = ["/templates/", f"/templates/show/{pk}", f"/templates/compare/{pk}"]
    office.send(f"/templates/begin/{pk}")
    pages += [f"/template-drafts/edit/{pk}?at={at}" for at in ("", HOME, f"{HOME}/fields/choice")]
    for path in [*pages, f"/template-drafts/whole/{pk}", f"/templates/publish/{pk}"]:
        page = office.client.get(path).text
        assert "<script>alert" not in page, path
        assert "&lt;script&gt;alert(1)&lt;/script&gt; =HYPERLINK(1)" in page, path
        assert "{{7*7}}" in page, path


# --- its life ------------------------------------------------------------------------------------


def test_a_copy_is_a_draft_of_its_own(office):
    pk = office.new()

    answer = office.send(f"/templates/copy/{pk}")
    copy = answer.location.rpartition("/")[2]

    assert office.draft(copy).sections == office.in_use(pk).sections
    assert office.row(copy).number is None
    assert office.row(copy).key != office.row(pk).key


def test_a_retired_template_comes_back_by_undo(office):
    pk = office.new()

    office.send(f"/templates/retire/{pk}")
    closed = office.send(f"/template-drafts/edit/{pk}", READY)
    assert office.row(pk).retired_at is not None
    office.send(f"/templates/restore/{pk}")

    assert closed.status_code == 403
    assert office.row(pk).retired_at is None


def test_the_draft_says_what_an_earlier_version_says_until_it_is_undone(office):
    pk = office.new()
    make_ready(office, pk)
    before = office.draft(pk)
    seen = office.ask(lambda: versions.draft(db.session.get_one(Template, pk)).version)

    stale = office.send(f"/templates/take-up/{pk}", {"number": "1", "version": "1"})
    office.send(f"/templates/take-up/{pk}", {"number": "1", "version": seen})
    assert office.draft(pk) == office.in_use(pk)
    page = office.client.get(f"/template-drafts/edit/{pk}").text
    office.send(UNDO.search(page)[1].replace("&amp;", "&"))

    assert stale.status_code == 409
    assert office.draft(pk) == before


def test_templates_change_places(office):
    first, second = office.new(), office.new()

    def order():
        found = select(Template.id).where(Template.retired_at.is_(None))
        rows = list(db.session.scalars(found.order_by(Template.position, Template.id)))
        return rows.index(first) < rows.index(second)

    assert office.ask(order)
    answer = office.send(f"/templates/move/{second}", {"way": "up"})

    assert not office.ask(order)
    assert f'formaction="/templates/move/{second}" autofocus' in re.sub(
        r"\s+", " ", office.client.get(answer.location).text
    )


def test_the_list_tells_how_many_plans_use_each_version(office, app, world):
    pk = office.new()
    with app.app_context(), gardens.planting(world.strandvik):
        row = db.session.scalars(
            select(TemplateVersion).where(
                TemplateVersion.template_id == pk, TemplateVersion.number == 1
            )
        ).one()
        own, other = (world.strandvik.persons[key] for key in ("own", "other"))
        plan = gardens.make_plan(own, other, kind="family_plan", template_version_id=row.id)
        plan_id = plan.id

    page = office.client.get("/templates/").text

    assert "1 plan" in re.sub(r"\s+", " ", page)
    assert office.ask(lambda: db.session.get_one(Plan, plan_id).template_version.number) == 1


def test_what_is_done_with_templates_is_logged(office):
    pk = office.new()
    make_ready(office, pk)
    office.publish(pk)
    office.send(f"/templates/retire/{pk}")

    def told():
        found = select(AuditEvent).where(AuditEvent.account_id.is_not(None))
        return [
            (one.action, one.fields)
            for one in db.session.scalars(found.order_by(AuditEvent.id))
            if one.object_type in ("template", "template_version")
        ]

    events = office.ask(told)
    assert ("template_version:changed", ["content"]) in events
    assert ("template_version:changed", ["published_at"]) in events
    assert ("template:changed", ["retired_at"]) in events


@pytest.mark.parametrize(
    ("username", "status"),
    [("koordinator.strandvik", 403), ("planeier", 403), ("sentral", 403), ("lokal.fjellby", 404)],
)
@pytest.mark.parametrize("page", ["templates/publish", "template-drafts/edit"])
def test_nobody_else_changes_templates(office, client_as, username, status, page):
    answer = client_as(username).get(f"/{page}/{office.new()}")

    assert answer.status_code == status


def test_a_coordinator_sees_what_is_published_and_no_draft(office, client_as):
    pk = office.new()
    office.edit(pk, HOME, named("Bare i utkastet", part="mapping"))
    client = client_as("koordinator.strandvik")

    shown = client.get(f"/templates/show/{pk}").text
    compared = client.get(f"/templates/compare/{pk}?new=draft").text

    assert office.in_use(pk).names.nb in shown
    assert "Bare i utkastet" not in shown + compared
