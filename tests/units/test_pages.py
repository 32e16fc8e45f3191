"""The pages of units, as the local administrator opens them."""

import re

import pytest

from app.clock import utc_now
from app.db import db
from app.enums import Role
from app.models import Membership, Person, Unit
from app.units import operations as units
from tests.units.planting import give_role, plant, staff

VERSION = re.compile(r'name="version" value="(\d+)"')
WINNER_VERSION = re.compile(r'name="winner_version" value="(\d+)"')


@pytest.fixture
def admin(client_as):
    """The local administrator of Strandvik."""
    return client_as("lokal.strandvik")


@pytest.fixture
def ours(garden, world):
    """Ids of a unit with one person and a unit below, and of another unit."""
    with garden.working_in(world.strandvik) as actor:
        unit, other = plant(actor), plant(actor)
        below, person = plant(actor, unit), staff(actor, unit)
        return {"unit": unit.id, "other": other.id, "below": below.id, "person": person.id}


@pytest.fixture
def theirs(garden, world):
    """The id of a unit of Fjellby."""
    with garden.working_in(world.fjellby) as actor:
        return plant(actor).id


def refusals(garden, place, object_id):
    found = garden.events(place, object_id)
    return [event.action for event in found if event.action.startswith("refused:")]


def test_the_move_page_moves_the_unit(garden, admin, ours, world):
    answer = admin.send(f"/unit/move/{ours['unit']}", {"version": "1", "parent_id": ours["other"]})

    assert answer.status_code == 302
    assert garden.read(world.strandvik, Unit, ours["unit"]).parent_id == ours["other"]
    below = garden.read(world.strandvik, Unit, ours["below"])
    assert below.path == f"/{ours['other']}/{ours['unit']}/{below.id}/"


def test_the_move_page_moves_to_the_top_only_when_asked(garden, admin, ours, world):
    path = f"/unit/move/{ours['below']}"

    assert admin.send(path, {"version": "1"}).status_code == 422
    assert garden.read(world.strandvik, Unit, ours["below"]).parent_id == ours["unit"]

    assert admin.send(path, {"version": "1", "to_top": "y"}).status_code == 302
    assert garden.read(world.strandvik, Unit, ours["below"]).parent_id is None


def test_the_move_page_finds_units_by_the_beginning_of_the_name(garden, admin, ours, world):
    with garden.working_in(world.strandvik) as actor:
        plant(actor, name="Zebra barnehage")

    page = admin.send(
        f"/unit/move/{ours['unit']}", {"find": "parent_id", "parent_id_search": "zeb"}
    )

    assert page.status_code == 200
    assert "Zebra barnehage" in page.text


def test_a_move_that_the_tree_refuses_is_explained_beside_the_field(garden, admin, ours, world):
    answer = admin.send(f"/unit/move/{ours['unit']}", {"version": "1", "parent_id": ours["below"]})

    assert answer.status_code == 422
    assert 'id="parent_id-error"' in answer.text
    assert garden.read(world.strandvik, Unit, ours["unit"]).parent_id is None


def test_the_preview_tells_what_goes_over_and_changes_nothing(garden, admin, ours, world):
    page = admin.send(f"/unit/merge/{ours['unit']}", {"version": "1", "winner_id": ours["other"]})

    assert page.status_code == 200
    assert len(re.findall(r"<li>\s*1 ", page.text)) == 2
    assert garden.read(world.strandvik, Unit, ours["unit"]).retired_at is None


def test_confirming_the_preview_merges(garden, admin, ours, world):
    path = f"/unit/merge/{ours['unit']}"
    preview = admin.send(path, {"version": "1", "winner_id": ours["other"]}).text
    form = {
        "version": VERSION.search(preview).group(1),
        "winner_version": WINNER_VERSION.search(preview).group(1),
        "winner_id": ours["other"],
        "confirmed": "1",
    }

    answer = admin.send(path, form)

    assert answer.location.endswith(f"/unit/show/{ours['other']}")
    assert garden.read(world.strandvik, Unit, ours["unit"]).merged_into_id == ours["other"]
    assert garden.read(world.strandvik, Person, ours["person"]).unit_id == ours["other"]
    assert garden.read(world.strandvik, Unit, ours["below"]).parent_id == ours["other"]


@pytest.mark.parametrize("stale", ["version", "winner_version"])
def test_a_merge_of_what_has_changed_since_is_refused(garden, admin, ours, world, stale):
    form = {"version": "1", "winner_version": "1", "winner_id": ours["other"], "confirmed": "1"}

    answer = admin.send(f"/unit/merge/{ours['unit']}", form | {stale: "7"})

    assert answer.status_code == 409
    assert garden.read(world.strandvik, Unit, ours["unit"]).merged_into_id is None


@pytest.mark.parametrize("version", ["0", "2", "", "abc"])
def test_a_move_of_what_has_changed_since_is_refused(garden, admin, ours, world, version):
    form = {"version": version, "parent_id": ours["other"]}

    answer = admin.send(f"/unit/move/{ours['unit']}", form)

    assert answer.status_code == 409
    assert garden.read(world.strandvik, Unit, ours["unit"]).parent_id is None


def test_retiring_what_has_changed_since_is_refused(garden, admin, ours, world):
    path = f"/unit/retire/{ours['below']}"

    assert admin.send(path, {"version": "7"}).status_code == 409
    assert garden.read(world.strandvik, Unit, ours["below"]).retired_at is None

    assert admin.send(path, {"version": "1"}).status_code == 302
    assert garden.read(world.strandvik, Unit, ours["below"]).retired_at is not None


def test_retiring_a_unit_with_units_below_is_refused_in_words(garden, admin, ours, world):
    answer = admin.send(f"/unit/retire/{ours['unit']}")

    assert answer.status_code == 409
    assert re.search(r"<title>(Feil|Error): ", answer.text)
    assert 'role="alert" tabindex="-1" autofocus' in answer.text
    assert garden.read(world.strandvik, Unit, ours["unit"]).retired_at is None


@pytest.mark.parametrize("confirmed", [False, True], ids=["preview", "confirmed"])
def test_a_foreign_unit_as_winner_is_not_found(garden, admin, ours, theirs, world, confirmed):
    form = {"version": "1", "winner_version": "1", "winner_id": theirs}
    form |= {"confirmed": "1"} if confirmed else {}

    answer = admin.send(f"/unit/merge/{ours['unit']}", form)

    assert answer.status_code == 404
    assert garden.read(world.strandvik, Unit, ours["unit"]).retired_at is None
    assert garden.read(world.fjellby, Unit, theirs).version == 1
    assert refusals(garden, world.strandvik, ours["unit"]) == ["refused:UnitView.merge"]


def test_a_foreign_unit_as_new_parent_is_not_found(garden, admin, ours, theirs, world):
    answer = admin.send(f"/unit/move/{ours['unit']}", {"version": "1", "parent_id": theirs})

    assert answer.status_code == 404
    assert garden.read(world.strandvik, Unit, ours["unit"]).parent_id is None
    assert refusals(garden, world.strandvik, ours["unit"]) == ["refused:UnitView.move"]


@pytest.mark.parametrize("page", ["move", "merge"])
def test_a_foreign_unit_is_neither_moved_nor_merged(garden, admin, ours, theirs, world, page):
    form = {"version": "1", "winner_version": "1", "confirmed": "1"}
    form |= {"parent_id": ours["other"], "winner_id": ours["other"]}

    assert admin.get(f"/unit/{page}/{theirs}").status_code == 404
    assert admin.send(f"/unit/{page}/{theirs}", form).status_code == 404
    assert garden.read(world.fjellby, Unit, theirs).version == 1


@pytest.mark.parametrize("page", ["move", "merge"])
def test_a_coordinator_does_not_open_the_page(client_as, ours, page):
    assert client_as("koordinator.strandvik").get(f"/unit/{page}/{ours['unit']}").status_code == 403
    assert client_as("lokal.strandvik").get(f"/unit/{page}/{ours['unit']}").status_code == 200


def test_the_tree_shows_units_in_use_under_their_parents(garden, admin, world):
    with garden.working_in(world.strandvik) as actor:
        top = plant(actor, name="Trestamme")
        plant(actor, top, "Tregren")
        units.retire(actor, plant(actor, top, "Visnet gren"), at=utc_now())

    page = admin.get("/unit/tree/").text

    assert re.search(r"Trestamme</a>(?:(?!</li>).)*<ul>(?:(?!</ul>).)*Tregren", page, re.S)
    assert "Visnet gren" not in page
    assert "Ravnetind" not in page


def test_the_record_shows_what_stands_above_and_below(garden, admin, ours, world):
    page = admin.get(f"/unit/show/{ours['unit']}").text
    below = admin.get(f"/unit/show/{ours['below']}").text

    assert f"/unit/show/{ours['below']}" in page
    crumbs = re.search(r'class="ds-breadcrumbs".*?</nav>', below, re.S).group(0)
    assert f"/unit/show/{ours['unit']}" in crumbs


def test_changing_the_name_keeps_a_leader_who_is_retired_since(garden, admin, ours, world):
    with garden.working_in(world.strandvik):
        unit = db.session.get(Unit, ours["unit"])
        unit.leader_id = ours["person"]
        db.session.get(Person, ours["person"]).retired_at = utc_now()
    version = garden.read(world.strandvik, Unit, ours["unit"]).version
    page = admin.get(f"/unit/edit/{ours['unit']}").text
    assert f'value="{ours["person"]}" checked' in page

    form = {"version": version, "name": "Nytt navn", "kind": "school", "leader_id": ours["person"]}
    answer = admin.send(f"/unit/edit/{ours['unit']}", form)

    assert answer.status_code == 302
    assert garden.read(world.strandvik, Unit, ours["unit"]).leader_id == ours["person"]


def test_a_form_that_leaves_the_leader_out_keeps_the_leader(garden, admin, ours, world):
    with garden.working_in(world.strandvik):
        db.session.get(Unit, ours["unit"]).leader_id = ours["person"]
    version = garden.read(world.strandvik, Unit, ours["unit"]).version

    admin.send(f"/unit/edit/{ours['unit']}", {"version": version, "name": "A", "kind": "nav"})
    kept = garden.read(world.strandvik, Unit, ours["unit"])
    form = {"version": kept.version, "name": "B", "kind": "nav", "leader_id": ""}
    admin.send(f"/unit/edit/{ours['unit']}", form)

    assert kept.leader_id == ours["person"]
    assert garden.read(world.strandvik, Unit, ours["unit"]).leader_id is None


def test_the_page_of_a_merged_unit_offers_no_way_back(garden, admin, ours, world):
    with garden.working_in(world.strandvik) as actor:
        loser, winner = (db.session.get(Unit, ours[key]) for key in ("unit", "other"))
        units.merge(actor, loser, winner, at=utc_now())
        units.retire(actor, db.session.get(Unit, ours["below"]), at=utc_now())

    merged = admin.get(f"/unit/show/{ours['unit']}").text
    retired = admin.get(f"/unit/show/{ours['below']}").text

    assert f"/unit/restore/{ours['unit']}" not in merged
    assert "kan tas i bruk igjen" not in merged
    assert f"/unit/restore/{ours['below']}" in retired
    assert "kan tas i bruk igjen" in retired


def test_a_merge_moves_roles_that_are_limited_to_the_unit(garden, admin, ours, world):
    with garden.working_in(world.strandvik) as actor:
        person = staff(actor, None)
        unit = db.session.get(Unit, ours["unit"])
        role = give_role(person, world.accounts["sperret"], Role.PARTICIPANT, unit).id

    form = {"version": "1", "winner_version": "1", "winner_id": ours["other"], "confirmed": "1"}
    admin.send(f"/unit/merge/{ours['unit']}", form)

    assert garden.read(world.strandvik, Membership, role).unit_id == ours["other"]
