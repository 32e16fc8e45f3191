"""Forms of the template in a plan: filled in, changed, kept, and never lost when it moves."""

import json
import re

import pytest
from sqlalchemy import select

from app.db import db
from app.enums import EntryKind, Level, Section
from app.models import Consent, Grant, Participant, Plan, PlanEntry
from app.plans.filled import arranged
from app.plans.form_entries import answers, filled_in
from app.plans.plan_template import section_of_version
from app.plans.portable_forms import portable
from app.side_tables import EntryDraft
from app.templating.texts import literal
from tests.plans import form_world
from tests.plans import garden as gardens
from tests.plans.content_world import Plot, section_of, version_on
from tests.security.plan_words import all_of

FILLED = {
    "f_navn": "Nesset skole",
    "f_fortell": "Første linje\nandre linje",
    "f_trinn": "lavt",
    "f_dato": "1.9.2026",
    "f_timer": "12,5",
    "f_hvem": "owner",
    "f_fag-0-c_hva": "Norsk",
    "f_fag-0-c_hvor": "Biblioteket",
}
KEPT = {
    "navn": "Nesset skole",
    "fortell": "Første linje\nandre linje",
    "trinn": "lavt",
    "dato": "2026-09-01",
    "timer": "12.5",
    "hvem": {"who": "owner"},
    "fag": [{"hva": "Norsk", "hvor": "Biblioteket"}],
}


@pytest.fixture
def plot(app, world):
    """The rows of Strandvik."""
    return Plot(app, world.strandvik)


@pytest.fixture(scope="module")
def made(app):
    """The ids of the versions of a template in Strandvik."""
    plot = Plot(app, app.extensions["test_world"].strandvik)
    with plot.planting():
        return form_world.template(form_world.FIRST, form_world.SECOND)[1]


@pytest.fixture
def ip(garden, plot, made):
    """The id of planeier's plan, which has the first version and nothing filled in."""
    pk = garden.strandvik.plans["ip"]
    with plot.planting():
        form_world.give(pk, made[0])
        for one in db.session.scalars(_forms(pk)):
            one.deleted_at = one.deleted_at or one.created_at
        for draft in db.session.scalars(select(EntryDraft)):
            draft.values = {}
    return pk


@pytest.fixture
def coordinator(client_as):
    """Who coordinates the plans of Strandvik."""
    return client_as("koordinator.strandvik")


def _forms(plan_id):
    return select(PlanEntry).where(PlanEntry.plan_id == plan_id, PlanEntry.kind == EntryKind.FORM)


def form(plan_id, key="skole"):
    """The address of a form of the template."""
    return f"/plan-content/add/{plan_id}?kind=form&key={key}"


def filled(plot, plan_id):
    """The form that is filled in, outside the bin."""
    found = plot.entries(plan_id, kind=EntryKind.FORM, deleted_at=None)
    return found[-1] if found else None


def move(client, plan_id, to, was):
    """Move the plan to a version of its template."""
    return client.send(f"/plan-template/move/{plan_id}", {"to": to, "was": was})


def test_a_form_is_shown_empty_filled_in_once_and_shown_in_words(plot, ip, coordinator):
    empty = coordinator.get(section_of(ip, Section.MAPPING)).text
    assert "key=skole" in empty
    assert "key=fritid" in empty
    assert "key=om" not in empty

    assert coordinator.send(form(ip), FILLED).status_code == 302

    entry = filled(plot, ip)
    assert entry.details["values"] == KEPT
    assert entry.section is Section.MAPPING
    page = coordinator.get(section_of(ip, Section.MAPPING)).text
    for said in ("Nesset skole", "andre linje", "Lavt", "01.09.2026", "12,5", "Biblioteket"):
        assert said in page
    assert "key=skole" not in page
    assert "{{7*7}}" in page
    assert "<script>alert" not in page
    again = coordinator.get(f"/plan-entry/edit/{entry.id}").text
    assert 'value="12,5"' in again
    assert "<script>alert" not in again


def test_what_is_required_or_wrong_is_told_and_what_was_typed_is_kept(plot, ip, coordinator):
    answer = coordinator.send(form(ip), FILLED | {"f_navn": "", "f_timer": "mange"})
    assert answer.status_code == 422
    assert "mange" in answer.text
    assert "andre linje" in answer.text
    assert filled(plot, ip) is None


def test_a_row_is_added_without_saving(plot, ip, coordinator):
    answer = coordinator.send(form(ip), FILLED | {"row": "add:f_fag"})
    assert answer.status_code == 200
    assert 'name="f_fag-1-c_hva"' in answer.text
    assert filled(plot, ip) is None


def test_a_change_is_kept_as_a_version_with_what_differs_by_field(plot, ip, coordinator):
    coordinator.send(form(ip), FILLED)
    entry = filled(plot, ip)
    path = f"/plan-entry/edit/{entry.id}"
    version = version_on(coordinator.get(path).text)
    changed = FILLED | {"f_timer": "14", "version": version}
    assert coordinator.send(path, changed).status_code == 302
    history = coordinator.get(f"/plan-entry-history/show/{entry.id}").text
    assert "<dt>Timer</dt>" in history
    assert "<dt>Dato</dt>" not in history
    number = {"number": 1, "version": 2}
    coordinator.send(f"/plan-entry-history/restore/{entry.id}", number)
    assert filled(plot, ip).details["values"] == KEPT


def test_who_fills_in_last_sees_what_somebody_else_filled_in(plot, ip, coordinator, client_as):
    owner = client_as("planeier")
    assert "f_hilsen" in owner.get(form(ip, "om")).text
    coordinator.send(form(ip, "om"), {"f_hilsen": "Hei fra Kari"})
    answer = owner.send(form(ip, "om"), {"f_hilsen": "Hei fra meg"})
    assert answer.status_code == 409
    assert "Hei fra Kari" in answer.text
    assert "Hei fra meg" in answer.text
    assert len(plot.entries(ip, kind=EntryKind.FORM, deleted_at=None)) == 1


def test_a_draft_of_a_form_is_kept_and_taken_up(plot, ip, coordinator):
    coordinator.send(form(ip), {"f_fortell": "Uferdig", "f_fag-1-c_hva": "Regne", "draft": "typed"})
    assert "key=skole" in coordinator.get(section_of(ip, Section.MAPPING)).text
    taken = coordinator.get(form(ip) + "&take_up=1").text
    assert "Uferdig" in taken
    assert "Regne" in taken


def test_a_form_in_the_bin_comes_back_unless_it_is_filled_in_anew(plot, ip, coordinator):
    coordinator.send(form(ip), FILLED)
    first = filled(plot, ip)
    coordinator.send(f"/plan-entry/delete/{first.id}", {})
    assert "key=skole" in coordinator.get(section_of(ip, Section.MAPPING)).text
    coordinator.send(form(ip), FILLED | {"f_navn": "Ny"})
    coordinator.send(f"/plan-entry/restore/{first.id}", {})
    assert [
        one.details["values"]["navn"]
        for one in plot.entries(ip, kind=EntryKind.FORM, deleted_at=None)
    ] == ["Ny"]
    coordinator.send(f"/plan-entry/delete/{filled(plot, ip).id}", {})
    coordinator.send(f"/plan-entry/restore/{first.id}", {})
    assert filled(plot, ip).id == first.id


def test_only_who_writes_the_part_fills_in_and_only_who_reads_it_sees(
    plot, ip, coordinator, client_as
):
    teacher = client_as("larer")
    assert teacher.get(form(ip)).status_code in (403, 404)
    assert teacher.send(form(ip), FILLED).status_code in (403, 404)
    assert filled(plot, ip) is None
    coordinator.send(form(ip), FILLED)
    entry = filled(plot, ip)
    assert teacher.get(f"/plan-entry/show/{entry.id}").status_code == 404
    assert coordinator.get(f"/plan-entry/show/{entry.id}").status_code == 200
    assert teacher.get(f"/plan-template/show/{ip}").status_code in (403, 404)
    assert coordinator.get(f"/plan-template/show/{ip}").status_code == 200
    assert coordinator.get(form(ip, "finnes_ikke")).status_code == 404


def test_moving_to_a_newer_version_and_back_keeps_all_that_is_filled_in(
    plot, ip, made, coordinator
):
    first, second = made
    coordinator.send(form(ip), FILLED)
    coordinator.send(form(ip, "fritid"), {"f_liker": "Fiske"})

    preview = coordinator.get(f"/plan-template/show/{ip}").text
    for said in ("Nytt navn", "Fortell", "Trinn", second):
        assert said in preview
    assert move(coordinator, ip, second, first).status_code == 302

    page = coordinator.get(section_of(ip, Section.MAPPING)).text
    for said in ("Nesset skole", "andre linje", "Lavt", "01.09.2026", "Biblioteket", "Fiske"):
        assert said in page
    skole = next(
        one
        for one in plot.entries(ip, kind=EntryKind.FORM, deleted_at=None)
        if one.details["section"] == "skole"
    )
    path = f"/plan-entry/edit/{skole.id}"
    version = version_on(coordinator.get(path).text)
    new = {"f_navn": "Bytt", "f_ny": "Nytt svar", "f_fag-0-c_hva": "Norsk", "version": version}
    assert coordinator.send(path, new).status_code == 302
    page = coordinator.get(section_of(ip, Section.MAPPING)).text
    for said in ("Bytt", "Nytt svar", "andre linje", "Lavt", "01.09.2026", "Biblioteket", "12,5"):
        assert said in page
    assert "Nesset skole" in coordinator.get(f"/plan-entry-history/show/{skole.id}").text

    assert move(coordinator, ip, first, second).status_code == 302
    again = coordinator.get(path).text
    for said in ('value="12,5"', "andre linje", 'value="01.09.2026"', "Nytt svar"):
        assert said in again
    events = [one.action for one in plot.events(ip)]
    assert events.count("plan:template_moved") == 2


def test_a_page_opened_before_the_move_loses_nothing_either(plot, ip, made, coordinator):
    coordinator.get(form(ip))
    move(coordinator, ip, made[1], made[0])
    answer = coordinator.send(form(ip), FILLED | {"f_trinn": "hoyt"})
    assert answer.status_code == 409
    assert "andre linje" in answer.text
    assert "Biblioteket" in answer.text
    assert filled(plot, ip) is None


def test_a_form_takes_its_fields_along_where_its_template_is_not(plot, ip, made, coordinator):
    coordinator.send(form(ip), FILLED | {"f_hvem": "coordinator"})
    with plot.app.test_request_context(), plot.looking():
        details = portable(db.session.get_one(PlanEntry, filled(plot, ip).id))
        words = answers(filled_in(details, Section.MAPPING, None), {})
    assert {one.label: one.in_one for one in words if one.is_earlier} == {
        literal(form_world.HOSTILE): "Nesset skole",
        "Fortell": "Første linje\nandre linje",
        "Trinn": "Lavt",
        "Dato": "01.09.2026",
        "Timer": "12,5",
        "Hvem": "koordinator",
        "Fag": "Norsk; Biblioteket",
    }
    section = parsed_section(plot, made[0])
    assert arranged(section, None, Section.MAPPING, details).values == KEPT | {
        "hvem": {"name": "koordinator"}
    }


def parsed_section(plot, version_id):
    """The section on school in a version."""
    with plot.looking():
        return section_of_version(version_id, "skole")


def test_a_move_from_what_is_not_the_case_or_to_a_foreign_version_is_refused(
    plot, ip, made, coordinator
):
    assert move(coordinator, ip, made[1], made[1]).status_code == 409
    with plot.planting():
        other = form_world.template(form_world.FIRST, key="annen")[1][0]
    assert move(coordinator, ip, other, made[0]).status_code == 422
    assert plot.read(Plan, ip).template_version_id == made[0]


# --- copies and finding --------------------------------------------------------------------------

FILES = [f"download?format={one}" for one in ("xlsx", "csv", "json")]
COPIES = ("overview", "paper", *FILES)


def copy_of(plan_id, what):
    """The address of a copy."""
    page, _mark, query = what.partition("?")
    return f"/plan-copy/{page}/{plan_id}?{query}"


def copied(client, plan_id, what):
    """The status of a copy, and all that is in it."""
    answer = client.get(copy_of(plan_id, what))
    found = answer.status_code, all_of(answer.get_data(), answer.headers)
    answer.close()
    return found


def find(client, plan_id, text):
    """The page of hits."""
    return client.send(f"/plan-find/find/{plan_id}", {"text": text}).text


def let_print(garden, plot):
    """larer's participation in the plan may print it, consented to; the id."""
    pk = garden.strandvik.participants["ip", "larer"]
    with plot.planting():
        row = db.session.get_one(Participant, pk)
        held = {one.section for one in row.grants if one.ended_at is None}
        if Section.PRINT_EXPORT not in held:
            gardens.grant(row, Section.PRINT_EXPORT, Level.READ)
            consent = db.session.get_one(Consent, garden.strandvik.consents["ip", "larer"])
            gardens.cover(consent, row, Section.PRINT_EXPORT, Level.READ)
    return pk


def test_what_is_filled_in_leaves_typed_as_a_file_and_in_words_on_paper(plot, ip, coordinator):
    assert coordinator.send(form(ip), FILLED).status_code == 302

    answer = coordinator.get(copy_of(ip, "download?format=json"))
    whole = json.loads(answer.data)
    (entry,) = {one["entry"] for one in whole["fields"] if one["field"] == "navn"}
    mine = {one["field"]: one for one in whole["fields"] if one["entry"] == entry}

    assert {key: one["value"] for key, one in mine.items()} == KEPT
    assert mine["timer"]["kind"] == "number"
    assert mine["trinn"]["text"] == "Lavt"
    assert mine["navn"]["label"] == literal(form_world.HOSTILE)
    assert all(one["by"] and one["at"] and one["part"] == "mapping" for one in mine.values())
    for one in FILES:
        _status, file = copied(coordinator, ip, one)
        assert "attachment" in file
        assert "Nesset skole" in file
    paper = coordinator.get(copy_of(ip, "paper")).text
    assert "Nesset skole" in paper
    assert "<script>alert" not in paper
    assert coordinator.get(copy_of(ip, "download?format=exe")).status_code == 400
    told = [(one.action, one.section) for one in plot.events(ip)]
    assert ("plan:copy_downloaded", Section.MAPPING) in told
    assert ("plan:printed", Section.GOALS) in told


def test_a_copy_is_made_by_who_may_print_and_holds_what_they_may_read(
    plot, ip, garden, coordinator, client_as
):
    assert coordinator.send(form(ip), FILLED).status_code == 302
    teacher = client_as("larer", in_="9901")
    for name in ("lokal.strandvik", "koordinator.fjellby", "foresatt"):
        assert {copied(client_as(name), ip, one)[0] for one in COPIES} <= {403, 404}
    assert {copied(teacher, ip, one)[0] for one in COPIES} == {403}
    word = {one: gardens.canary("9901", one) for one in gardens.WORDS}

    pk = let_print(garden, plot)
    answers = [copied(teacher, ip, one) for one in COPIES]
    shown = [text for _status, text in answers]

    assert {status for status, _text in answers} == {200}
    assert all(word[Section.ACTIVITIES] in one for one in shown[1:])
    closed = set(gardens.WORDS) - set(gardens.TEACHERS)
    assert not [one for one in closed if any(word[one] in text for text in shown)]
    assert not any("Nesset skole" in text for text in shown)
    held_to_own(plot, pk)
    for one in COPIES[1:]:
        _status, text = copied(teacher, ip, one)
        assert word[Section.ACTIVITIES] not in text
        assert word[Section.GOALS] in text
    assert word[Section.ACTIVITIES] not in find(teacher, ip, gardens.CANARY["9901"])
    held_to_own(plot, pk, own_only=False)


def held_to_own(plot, participant, *, own_only=True):
    """Whether larer sees own activities alone."""
    with plot.planting():
        found = select(Grant).where(
            Grant.participant_id == participant,
            Grant.section == Section.ACTIVITIES,
            Grant.ended_at.is_(None),
        )
        db.session.scalars(found).one().own_only = own_only


def test_words_are_found_in_forms_and_texts_by_who_may_read_them(plot, ip, coordinator, client_as):
    assert coordinator.send(form(ip), FILLED).status_code == 302
    teacher = client_as("larer", in_="9901")

    page = find(coordinator, ip, "NESSET  skole")
    assert re.search(r"<mark>Nesset</mark> skole", page)
    assert "<mark>Biblioteket" in find(coordinator, ip, "biblioteket")
    assert "<script>alert" not in page
    assert "<mark>" not in find(coordinator, ip, "nesset biblioteket finnes ikke")
    assert "<mark>" not in find(coordinator, ip, "")
    activity = gardens.canary("9901", Section.ACTIVITIES)
    assert activity in find(teacher, ip, "blåveis").replace("<mark>", "").replace("</mark>", "")
    assert "<mark>" not in find(teacher, ip, "Nesset")
    assert "<mark>" not in find(teacher, ip, "kløverblad")
    for name in ("lokal.strandvik", "koordinator.fjellby", "planeier"):
        may = name == "planeier"
        answer = client_as(name).send(f"/plan-find/find/{ip}", {"text": "Nesset"})
        assert (answer.status_code == 200) is may
        assert ("<mark>" in answer.text) is may
    told = [(one.action, one.section) for one in plot.events(ip)]
    assert ("plan:searched", Section.MAPPING) in told
