"""Standard roles as local administrators make and change them.

What the pages do is the same on both databases, so they are asked on one; publishing is asked on
both, in ``test_role_publishing``. Any order of things, with templates and plans, is tried here.
"""

import re

import pytest
from sqlalchemy import select

from app.clock import utc_now
from app.db import db
from app.enums import Capability, Level, Section
from app.models import StandardRole
from app.plans import role_proposals
from app.plans.role_steps import Step, step
from app.security.actor import find_actor
from app.set_up_tables import NationalPiece, NationalVersion
from app.templating import heads, standard_roles
from app.templating.role_changes import Rights
from tests.conftest import with_world
from tests.drills import size, tell
from tests.plans import garden, set_up_machine
from tests.plans.role_scenes import (
    GIVES,
    VERSION,
    content,
    draft,
    given_to,
    in_use,
    numbers,
    publish,
    standing,
)
from tests.plans.scenes import look, planting

READ, WRITE, NONE = Level.READ, Level.WRITE, Level.NONE


@pytest.fixture(scope="module")
def app(make_app):
    """An installation of its own, with both municipalities set up for plans."""
    app = with_world(make_app("sqlite"))
    with app.app_context():
        for place in (app.extensions["test_world"].strandvik, app.extensions["test_world"].fjellby):
            with garden.planting(place):
                pass
    return app


@pytest.fixture
def one(app, world):
    return standing(app, world)


@pytest.fixture
def local(client_as):
    return client_as("lokal.strandvik")


@pytest.fixture
def coordinator(client_as):
    return client_as("koordinator.strandvik")


# --- the editor ----------------------------------------------------------------------------------


def test_a_draft_gives_nobody_anything_and_is_told_as_changes_beside_the_cells(
    app, world, local, one
):
    draft(local, one.role, goals="write")

    page = local.get(f"/standard-role-edit/edit/{one.role}")

    assert "Endret: Lese → Lese og skrive" in page.text
    assert (
        look(app, world, lambda: db.session.get_one(StandardRole, one.role).matrix)["goals"]
        == "read"
    )
    assert "Utkast med endringer" in local.get("/standard-role/").text


def test_who_saved_meanwhile_is_shown_and_nothing_is_overwritten(app, world, local, one):
    path = f"/standard-role-edit/edit/{one.role}"
    version = VERSION.search(local.get(path).text).group(1)
    draft(local, one.role, goals="write")

    answer = local.send(
        path,
        {
            "version": version,
            "name_nb": "Noe annet",
            "name_nn": "Noko anna",
            "kinds": ["relay_log"],
            "given_by": ["coordinator"],
            "level_goals": "comment",
        },
    )

    assert answer.status_code == 409
    assert "Lese og skrive" in answer.text
    assert "Noe annet" in answer.text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"kinds": []}, 422),
        ({"name_nn": ""}, 422),
        ({"months": "61"}, 422),
        ({"name_nb": "Lærer"}, 422),
        ({"level_event_log": "read"}, 400),
        ({"level_participants": "write"}, 400),
        ({"level_goals": "everything"}, 400),
    ],
    ids=["no kind", "no nynorsk", "too long", "taken name", "a log", "too much", "no level"],
)
def test_what_no_role_can_say_is_refused(local, form, status):
    usual = {
        "name_nb": f"Ny {next(numbers)}",
        "name_nn": "Ny",
        "kinds": ["relay_log"],
        "given_by": ["coordinator"],
    }

    assert local.send("/standard-role-edit/add/", usual | form).status_code == status


def test_all_parts_are_set_at_once_as_far_as_they_can_be_given(local):
    path = "/standard-role-edit/add/"
    assert local.send(path, {"set_all": "1", "all_level": ""}).status_code == 422
    answer = local.send(path, {"set_all": "1", "all_level": "manage"})

    chosen = re.findall(r'name="level_(\w+)".*?value="(\w+)" selected', answer.text, re.S)
    assert answer.status_code == 200
    assert dict(chosen)["goals"] == "manage"
    assert dict(chosen)["participants"] == "read"
    assert "event_log" not in dict(chosen)


def test_a_new_role_is_offered_to_coordinators_when_it_is_published(
    app, world, local, coordinator, one
):
    name = f"Ny {next(numbers)}"
    form = {"name_nb": name, "name_nn": name, "kinds": ["development_plan"], "level_goals": "read"}
    answer = local.send("/standard-role-edit/add/", form | {"given_by": ["coordinator"]})
    role = answer.location.rpartition("/")[2]
    add = f"/plan-participant/add/{one.plan}"
    assert name not in coordinator.get(add).text

    publish(local, role, "")

    assert name in coordinator.get(add).text


def test_a_copy_is_a_draft_of_its_own(app, world, local, one):
    made = local.send(f"/standard-role-edit/copy/{one.role}").location.rpartition("/")[2]

    page = local.get(f"/standard-role-edit/edit/{made}")

    assert made != one.role
    assert "(kopi)" in page.text
    row = look(app, world, lambda: db.session.get_one(StandardRole, made))
    assert (row.kinds, row.number) == ([], 0)


def test_a_copy_remembers_where_it_comes_from_and_tells_what_differs(app, world, local):
    def of(key):
        return db.session.scalars(select(StandardRole).where(StandardRole.key == key)).one()

    origin = look(app, world, lambda: of("laerer"))
    pk = local.send(f"/standard-role-edit/copy/{origin.id}").location.rpartition("/")[2]
    draft(local, pk, meetings="manage")

    made = look(app, world, lambda: db.session.get_one(StandardRole, pk))
    assert (made.national_id, made.national_number) == (origin.national_id, 1)
    assert local.get(f"/standard-role-edit/edit/{pk}").text.count('class="changed">Endret: ') == 1
    page = local.get(f"/standard-role-edit/show/{pk}").text
    assert "Møter" in page.partition("<details")[2].partition("</details>")[0]
    page = local.send(f"/standard-role-edit/reset/{pk}", said_of(page), follow_redirects=True)
    assert "(kopi)" in page.text
    assert "Møter" not in page.text.partition("<details")[2].partition("</details")[0]


def levels_in(page, role):
    """What the table says of a role, part by part."""
    found = re.findall(rf'name="{role}\.(\w+)".*?value="(\w+)" selected', page, re.S)
    return dict(found)


def test_a_whole_row_or_column_is_set_and_the_pressed_button_keeps_the_focus(local, one):
    path, row = "/standard-role-matrix/", {"set_row": one.role, "level": "write"}
    before = local.get(path).text

    of_row = local.send(path, row).text
    of_column = local.send(path, {"set_column": "documents", "level": "comment"}).text

    assert set(levels_in(before, one.role).values()) == {"read", "write", "none"}
    now = levels_in(of_row, one.role)
    assert {now.pop("participants"), now.pop("consents")} == {"read"}
    assert set(now.values()) == {"write"}
    assert "Endret: Lese → Skrive" in of_row
    assert f'value="{one.role}" autofocus' in of_row
    assert '<option value="write" selected>Skrive</option>' in of_row.partition("<table")[0]
    others = re.findall(r'name="([\w-]+)\.goals"', before)
    assert len(others) > 16
    assert {levels_in(of_column, role)["documents"] for role in others} == {"comment"}
    assert all(
        levels_in(of_column, role) | {"documents": ""}
        == levels_in(before, role) | {"documents": ""}
        for role in others
    )
    assert 'value="documents" autofocus' in of_column
    unset = local.send(path, row | {"level": ""})
    assert unset.status_code == 422
    assert unset.text.count('aria-invalid="true"') == 1
    assert local.send(path, row | {"level": "all"}).status_code == 400
    assert local.send(path, {"set_column": "event_log", "level": "read"}).status_code == 400


def test_a_locked_part_says_the_true_reason_and_what_no_plan_has_is_left_out(app, world, local):
    with planting(app, world.strandvik):
        levels = {Section.SUB_PLANS: READ, Section.CALENDAR: READ}
        role = in_use(f"Rolle {next(numbers)}", levels, kinds=("relay_log",)).id

    form = re.sub(r"\s+", " ", local.get(f"/standard-role-edit/edit/{role}").text)
    table = re.sub(r"\s+", " ", local.get("/standard-role-matrix/").text)
    facts = local.get(f"/standard-role-edit/show/{role}").text

    for part, reason in (
        ("Utskrift og eksport", "Gis med avkrysningen «Skrive ut og lagre en kopi» nedenfor."),
        ("Hvem som har sett", "Gis med avkrysningen «Se hvem som har sett» nedenfor."),
        ("Hva som har skjedd", "Blir aldri gitt til deltakere: Planeieren"),
        ("Delplaner", "Ingen av plantypene"),
        ("Deltakere i planen", "Å foreslå noen gis med avkrysningen"),
    ):
        row = re.search(rf'<th scope="row">{part}</th>.*?</tr>', form)
        assert reason in row.group(), part
    assert re.search('Låst: Lese</p> ?<p class="help">Er ikke i plantypene til rollen', table)
    assert "Utskrift og eksport: Gis med avkrysningen" in table
    assert "Kalender" not in form + table + facts
    assert "Delplaner" in facts


def test_what_is_typed_in_the_table_is_looked_over_before_it_is_drafts(app, world, local, one):
    path = "/standard-role-matrix/"
    typed = {f"{one.role}.goals": "write", f"{one.role}.documents": "read"}
    versions_typed = dict(
        re.findall(r'name="(version\.[\w-]+)" value="([\d.]+)"', local.get(path).text)
    )

    preview = local.send(path, typed | versions_typed)
    answer = local.send(path, typed | versions_typed | {"confirmed": "1"})

    assert "Mål: Lese → Lese og skrive" in preview.text
    assert "1 deltaker" in preview.text
    assert answer.status_code == 302
    saved = look(
        app, world, lambda: standard_roles.latest(db.session.get_one(StandardRole, one.role))
    )
    assert saved.level(Section.GOALS) is Level.WRITE
    assert saved.level(Section.DOCUMENTS) is Level.READ


# --- a plan as the role sees it ------------------------------------------------------------------


def parts_of(page):
    """The parts that the example shows with their tags, those it names as hidden, and its text."""
    text = re.sub(r"\s+", " ", page)
    shown = re.findall(r'<h3 id="part-(\w+)">.*?<span class="ds-tag"[^>]*>(.*?)</span>', text)
    hidden = re.search(r'<h2 id="unseen">.*?</section>', text).group()
    return dict(shown), re.findall("<li>(.*?)</li>", hidden), text


def test_an_example_shows_what_the_role_sees_and_may_do_and_names_what_it_does_not(
    app, world, client_as, local
):
    levels = {Section.ABOUT_ME: READ, Section.GOALS: WRITE, Section.ACTIVITIES: WRITE}
    may = (Capability.OWN_ACTIVITIES_ONLY, Capability.PRINT_EXPORT)
    with planting(app, world.strandvik):
        name = f"Rolle {next(numbers)}"
        role = in_use(name, levels, kinds=("individual_plan",), capabilities=may).id
    path = f"/standard-role-sample/show/{role}"

    shown, hidden, page = parts_of(local.get(path).text)

    assert shown == {
        "about_me": "Lese",
        "goals": "Lese og skrive",
        "activities": "Lese og skrive, bare egne tiltak",
    }
    assert hidden == [
        "Kartlegging",
        "Kommentarer",
        "Delplaner",
        "Dokumenter",
        "Møter",
        "Deltakere i planen",
        "Samtykker",
        "Hva som har skjedd",
        "Hvem som har sett",
    ]
    assert "Dette er viktig for meg nå" in page
    assert "Gå til butikken alene" in page
    assert "Skrive ut og lagre en kopi" in page
    assert "Bolig og hverdag" not in page, "a heading of the mapping"
    assert "<textarea" not in page, "nothing that is only read can be filled in"
    assert path in local.get(f"/standard-role-edit/show/{role}").text

    with planting(app, world.strandvik):
        row = db.session.get_one(StandardRole, role)
        wider = {Section.MAPPING: WRITE, Section.COMMENTS: Level.COMMENT}
        account, at = world.accounts["lokal.strandvik"], utc_now()
        standard_roles.save(
            find_actor(db.session(), account, world.strandvik.id, at),
            row,
            content(name, wider, kinds=("individual_plan",)),
            version=standard_roles.draft_version(row),
            at=utc_now(),
        )
    shown, hidden, page = parts_of(local.get(f"{path}?version=draft").text)

    assert shown == {"mapping": "Lese og skrive", "comments": "Lese og kommentere"}
    assert {"Om meg", "Mål", "Tiltak", "Utskrift og eksport"} <= set(hidden)
    assert re.search(r"<fieldset[^>]* disabled[^>]*>.*?<textarea", page)
    assert "Dette er viktig for meg nå" not in page
    assert parts_of(local.get(path).text)[0].keys() == levels.keys()
    assert f"{path}?version=draft" in local.get(f"/standard-role-publishing/review/{role}").text
    assert client_as("koordinator.strandvik").get(path).status_code == 403


# --- the life of a role --------------------------------------------------------------------------


def test_a_retired_role_is_given_to_nobody_and_comes_back(app, world, local, coordinator, one):
    name = look(app, world, lambda: db.session.get_one(StandardRole, one.role).names["nb"])
    add = f"/plan-participant/add/{one.plan}"

    local.send(f"/standard-role-edit/retire/{one.role}")
    retired = coordinator.get(add).text
    local.send(f"/standard-role-edit/restore/{one.role}")

    assert f">{name}<" not in retired
    assert f">{name}<" in coordinator.get(add).text
    assert given_to(app, world, one.participant) == GIVES


def test_two_versions_are_compared_and_an_old_one_becomes_the_draft(local, one):
    draft(local, one.role, goals="write")
    publish(local, one.role, "new_only")

    page = local.get(f"/standard-role-edit/show/{one.role}?older=1&newer=2").text
    local.send(f"/standard-role-edit/use-again/{one.role}", said_of(page, number="1"))

    assert "Mål: Lese → Lese og skrive" in page
    review = local.get(f"/standard-role-publishing/review/{one.role}").text
    assert "Lese og skrive → Lese" in review


def said_of(page, **more):
    """What a button on the page of a role sends."""
    return {"version": VERSION.search(page)[1], **more}


@pytest.mark.parametrize("what", ["throw-away", "use-again", "reset"])
def test_a_draft_that_is_put_away_was_seen_and_comes_back_by_undo(app, world, local, one, what):
    national(app, world, one.role, content("Nasjonal", {Section.GOALS: Level.MANAGE}))
    path = f"/standard-role-edit/{what}/{one.role}"
    seen = said_of(local.get(f"/standard-role-edit/show/{one.role}").text, number="1")
    draft(local, one.role, goals="comment")

    def level():
        role = db.session.get_one(StandardRole, one.role)
        return standard_roles.latest(role).level(Section.GOALS)

    assert local.send(path, seen).status_code == 409
    assert look(app, world, level) is Level.COMMENT
    seen = said_of(local.get(f"/standard-role-edit/show/{one.role}").text, number="1")
    page = local.send(path, seen, follow_redirects=True).text
    assert look(app, world, level) is (Level.MANAGE if what == "reset" else READ)
    undo = re.search(r'action="(/standard-role-edit/undo/[^"]+)"', page)[1]
    local.send(undo.replace("&amp;", "&"))
    assert look(app, world, level) is Level.COMMENT


def test_a_role_goes_back_to_its_national_original_as_a_draft(app, world, local, one):
    national(app, world, one.role, content("Nasjonal", {Section.GOALS: Level.COMMENT}))

    page = local.get(f"/standard-role-edit/show/{one.role}").text
    local.send(f"/standard-role-edit/reset/{one.role}", said_of(page))

    page = local.get(f"/standard-role-publishing/review/{one.role}").text
    assert "Lese → Lese og kommentere" in page
    assert given_to(app, world, one.participant) == GIVES


def test_who_has_the_role_is_told_without_anything_of_the_plan(app, world, local, one):
    page = local.get(f"/standard-role/holders/{one.role}")

    assert "Larer" in page.text
    assert "1 deltaker i 1 plan" in page.text
    assert "planeier" not in page.text.lower()


def test_a_plan_is_seen_as_a_role_would_see_it_by_owner_and_coordinator(client_as, one):
    path = f"/plan-as-role/show/{one.plan}?role={one.role}"

    for login in ("planeier", "koordinator.strandvik"):
        text = re.sub(r"\s+", " ", client_as(login).get(path).text)
        seen = re.findall(r'<th scope="row">(.*?)</th><td[^>]*>(.*?)</td>', text)
        assert [(str(a), b) for a, b in seen] == [
            ("Mål", "Lese"),
            ("Tiltak", "Lese og skrive"),
            ("Kommentarer", "Lese og skrive"),
        ]
        assert re.search(r"ser ikke [^.]*kartleggingen", text)
    assert client_as("larer", "9901").get(path).status_code == 403
    assert client_as("lokal.strandvik").get(path).status_code == 403


def national(app, world, role_id, said):
    """A national original that is published, and of which the role is a copy."""
    with planting(app, world.strandvik):
        role = db.session.get_one(StandardRole, role_id)
        piece = NationalPiece(what="standard_role", key=f"x{next(numbers)}", names={}, number=1)
        db.session.add(piece)
        db.session.flush()
        db.session.add(
            NationalVersion(
                piece_id=piece.id, number=1, content=heads.as_json(said), published_at=utc_now()
            )
        )
        role.national_id = piece.id


# --- the rule, and that it widens nothing --------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "now", "wanted"),
    [
        (WRITE, READ, WRITE, Step(narrowed={Section.GOALS: READ})),
        (WRITE, NONE, READ, Step(narrowed={Section.GOALS: NONE})),
        (WRITE, READ, READ, Step()),
        (READ, NONE, WRITE, Step(left={Section.GOALS: WRITE})),
        (READ, WRITE, READ, Step(proposed={Section.GOALS: WRITE})),
        (READ, WRITE, NONE, Step()),
        (READ, WRITE, Level.MANAGE, Step()),
        (READ, READ, WRITE, Step()),
    ],
    ids=[
        "less takes away what the role gave",
        "less takes away what is left of it",
        "less leaves what is less already",
        "less leaves what was given by hand",
        "more is proposed",
        "more is not proposed where it was held back",
        "more leaves what is more already",
        "the same leaves all",
    ],
)
def test_what_leads_from_one_version_to_another(old, new, now, wanted):
    before, after = (Rights({Section.GOALS: one}, frozenset()) for one in (old, new))

    assert step(before, after, {Section.GOALS: now}) == wanted


def test_a_capability_is_proposed_and_a_limit_holds_at_once():
    before = Rights({}, frozenset({Capability.INVITE}))
    after = Rights({}, frozenset({Capability.PRINT_EXPORT, Capability.OWN_ACTIVITIES_ONLY}))

    made = step(before, after, {})

    assert made.capabilities == (Capability.PRINT_EXPORT,)
    assert made.limits == {Capability.OWN_ACTIVITIES_ONLY}


def test_who_was_brought_to_a_newer_version_without_a_yes_has_the_less_of_both():
    first = Rights({Section.GOALS: WRITE}, frozenset({Capability.PRINT_EXPORT}))
    newer = Rights(
        {Section.GOALS: READ, Section.MAPPING: READ},
        frozenset({Capability.INVITE, Capability.OWN_ACTIVITIES_ONLY}),
    )

    found = role_proposals.held(1, [2], {1: first, 2: newer})

    assert (found.level(Section.GOALS), found.level(Section.MAPPING)) == (READ, NONE)
    assert found.capabilities == {Capability.OWN_ACTIVITIES_ONLY}
    assert role_proposals.held(None, [], {1: first, 2: newer}) == first
    assert role_proposals.held(1, [], {}) is None


@pytest.mark.drill
def test_any_order_of_things_loses_no_text_and_widens_no_access(app, world, capsys):
    with app.test_request_context():
        done = set_up_machine.run(world)

    tell(capsys, f"set-up: {dict(sorted(done.items()))}")
    assert done["yes"] >= size(1, 50)
    assert done["participants"] >= size(3, 100)
