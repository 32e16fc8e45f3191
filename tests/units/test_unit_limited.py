"""A local administrator of one unit's subtree works there, and sees no other part."""

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.db import db
from app.enums import Role
from app.models import Person, Unit
from tests.units.planting import Garden, give_role, plant, staff
from tests.world import password_hash


@pytest.fixture
def limited(garden: Garden, world, client_as):
    """Signed in, with the ids of what lies inside the limit and outside of it."""
    with garden.working_in(world.strandvik) as actor:
        above = plant(actor)
        own = plant(actor, above)
        inside, outside = plant(actor, own), plant(actor, above)
        name = f"rektor.{own.id}"
        account = User(
            username=name,
            first_name="",
            last_name="",
            email=f"{name}@account.invalid",
            active=True,
            password=password_hash(),
        )
        db.session.add(account)
        db.session.flush()
        give_role(staff(actor, own), account.id, Role.LOCAL_ADMINISTRATOR, own)
        rows = {
            "above": above,
            "own": own,
            "inside": inside,
            "outside": outside,
            "pupil": staff(actor, inside, "Innenfor"),
            "stranger": staff(actor, outside, "Utenfor"),
            "homeless": staff(actor, None, "Uten enhet"),
        }
        ids = {key: row.id for key, row in rows.items()}
    return client_as(name), ids


@pytest.mark.parametrize("path", ["/unit/list/", "/unit/tree/", "/unit/choices"])
def test_units_outside_are_in_no_list_tree_or_choice(limited, path):
    client, ids = limited

    page = client.get(path).text

    assert ids["own"] in page
    assert ids["inside"] in page
    assert ids["outside"] not in page


@pytest.mark.parametrize("path", ["/person/list/", "/person/choices", "/person/export"])
def test_persons_outside_are_in_no_list_choice_or_file(limited, path):
    page = limited[0].get(path).text

    assert "Innenfor" in page
    assert "Utenfor" not in page
    assert "Uten enhet" not in page


@pytest.mark.parametrize("page", ["show", "edit", "move", "merge"])
@pytest.mark.parametrize(("where", "status"), [("inside", 200), ("outside", 404), ("above", 404)])
def test_pages_of_units_open_inside_only(limited, page, where, status):
    client, ids = limited

    assert client.get(f"/unit/{page}/{ids[where]}").status_code == status


@pytest.mark.parametrize(("who", "status"), [("pupil", 200), ("stranger", 404), ("homeless", 404)])
def test_persons_open_inside_only(limited, who, status):
    client, ids = limited

    assert client.get(f"/person/show/{ids[who]}").status_code == status
    assert client.get(f"/person/edit/{ids[who]}").status_code == status


def test_a_unit_moves_and_merges_inside_the_limit_only(limited, garden, world):
    client, ids = limited
    with garden.working_in(world.strandvik) as actor:
        pk = plant(actor, db.session.get_one(Unit, ids["inside"])).id
    move, merge = f"/unit/move/{pk}", f"/unit/merge/{pk}"
    form = {"version": "1", "winner_version": "1", "confirmed": "1"}

    assert client.send(move, form | {"parent_id": ids["outside"]}).status_code == 404
    assert client.send(move, form | {"parent_id": ids["above"]}).status_code == 404
    assert client.send(move, form | {"to_top": "y"}).status_code == 422
    assert client.send(merge, form | {"winner_id": ids["outside"]}).status_code == 404
    assert garden.read(world.strandvik, Unit, pk).version == 1

    assert client.send(move, form | {"parent_id": ids["own"]}).status_code == 302
    assert garden.read(world.strandvik, Unit, pk).parent_id == ids["own"]


@pytest.mark.parametrize(
    ("parent", "status"), [("own", 302), ("outside", 422), ("above", 422), (None, 422)]
)
def test_a_unit_is_added_inside_the_limit_only(limited, garden, world, parent, status):
    client, ids = limited
    name = f"Ny under {ids['own']}"
    form = {"name": name, "kind": "school", "parent_id": ids[parent] if parent else ""}

    assert client.send("/unit/add", form).status_code == status

    with garden.working_in(world.strandvik):
        added = db.session.scalars(select(Unit).where(Unit.name == name)).all()
    assert [unit.parent_id for unit in added] == ([ids["own"]] if status == 302 else [])


@pytest.mark.parametrize(("unit", "status"), [("own", 302), ("outside", 422), (None, 422)])
def test_a_person_stays_inside_the_limit(limited, garden, world, unit, status):
    client, ids = limited
    form = {
        "version": garden.read(world.strandvik, Person, ids["pupil"]).version,
        "given_name": "Test",
        "family_name": "Innenfor",
        "unit_id": ids[unit] if unit else "",
    }

    assert client.send(f"/person/edit/{ids['pupil']}", form).status_code == status

    kept = garden.read(world.strandvik, Person, ids["pupil"]).unit_id
    assert kept == ids["own" if status == 302 else "inside"]


def test_the_log_of_the_municipality_is_not_a_unit_administrators(limited):
    page = limited[0].get("/audit-event/list/").text

    assert '<th scope="row">' not in page
