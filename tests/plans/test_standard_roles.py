"""Standard roles as local administrators make and change them.

What the pages do is the same on both databases, so they are asked on one; publishing is asked on
both, in ``test_role_publishing``. Any order of things, with templates and plans, is tried here.
"""

import re

import pytest

from app.clock import utc_now
from app.db import db
from app.enums import Capability, Level, Section
from app.models import StandardRole
from app.plans import role_proposals
from app.plans.role_steps import Step, step
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
    answer = local.send("/standard-role-edit/add/", {"set_all": "1", "all_level": "manage"})

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


def test_whole_rows_and_columns_are_set_in_the_table_and_looked_over_before_they_are_drafts(
    app, world, local, one
):
    path = "/standard-role-matrix/"
    row = {"set_row": one.role, f"row_level.{one.role}": "comment"}
    assert local.send(path, row).text.count(f'name="{one.role}.goals"') == 1
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

    page = local.get(f"/standard-role-edit/show/{one.role}?older=1&newer=2")
    local.send(f"/standard-role-edit/use-again/{one.role}", {"number": "1"})

    assert "Mål: Lese → Lese og skrive" in page.text
    review = local.get(f"/standard-role-publishing/review/{one.role}").text
    assert "Lese og skrive → Lese" in review


def test_a_draft_is_thrown_away(app, world, local, one):
    draft(local, one.role, goals="write")
    page = local.get(f"/standard-role-edit/show/{one.role}")

    version = VERSION.search(page.text).group(1)
    local.send(f"/standard-role-edit/throw-away/{one.role}", {"version": version})

    role = look(
        app, world, lambda: standard_roles.drafted(db.session.get_one(StandardRole, one.role))
    )
    assert role is None


def test_a_role_goes_back_to_its_national_original_as_a_draft(app, world, local, one):
    national(app, world, one.role, content("Nasjonal", {Section.GOALS: Level.COMMENT}))

    local.send(f"/standard-role-edit/reset/{one.role}")

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

    for login, status in (
        ("planeier", 200),
        ("koordinator.strandvik", 200),
        ("larer", 403),
        ("lokal.strandvik", 403),
    ):
        answer = client_as(login, "9901" if login == "larer" else None).get(path)
        assert answer.status_code == status, login


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
