"""A local administrator of one unit's subtree works there, and sees no other part."""

import re
from contextlib import nullcontext

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import ProtectionGrade, Role
from app.errors import NotAllowed
from app.models import Person, Unit
from app.people import imports, protection
from app.people.import_columns import Columns
from app.people.table import Row
from app.security.actor import acting_as, find_actor
from tests.units.planting import Garden, give_role, plant, staff
from tests.world import password_hash

COLUMNS_OF_ROWS = Columns({"given_name": 0, "family_name": 1, "employer_unit": 2}, 3)


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
        ids |= {"login": name, "name": inside.name}
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


KEPT = re.compile(r'name="leader_id" value="([^"]*)" checked')


@pytest.mark.parametrize(("leader", "is_shown"), [("stranger", False), ("pupil", True)])
def test_a_leader_outside_the_limit_is_named_on_no_page_and_stays(
    limited, garden, world, leader, is_shown
):
    client, ids = limited
    with garden.working_in(world.strandvik):
        db.session.get_one(Unit, ids["inside"]).leader_id = ids[leader]
    paths = ("list/", f"show/{ids['inside']}", f"edit/{ids['inside']}")

    pages = [client.get(f"/unit/{path}").text for path in paths]

    name = "Utenfor" if leader == "stranger" else "Innenfor"
    assert [name in page for page in pages] == [is_shown] * 3
    assert (ids[leader] in pages[2]) is is_shown
    unit = garden.read(world.strandvik, Unit, ids["inside"])
    form = {"version": unit.version, "name": "Nytt navn", "kind": "nav"}
    chosen = {"leader_id": KEPT.search(pages[2]).group(1)}
    assert client.send(f"/unit/edit/{unit.id}", form | chosen).status_code == 302
    assert garden.read(world.strandvik, Unit, unit.id).leader_id == ids[leader]


def test_a_shielded_leader_is_named_in_no_form_of_the_unit(garden, world, client_as):
    with garden.working_in(world.strandvik) as actor:
        unit = plant(actor)
        leader = staff(actor, None, f"Skjermet{unit.id[-6:]}")
        leader.is_shielded = True
        unit.leader_id = leader.id
    client = client_as("lokal.strandvik")
    page = client.get(f"/unit/edit/{unit.id}").text
    assert leader.family_name not in page
    assert leader.id not in page
    form = {"version": unit.version, "name": "Nytt navn", "kind": "nav"}

    for sent, kept in ((KEPT.search(page).group(1), leader.id), ("", None)):
        assert client.send(f"/unit/edit/{unit.id}", form | {"leader_id": sent}).status_code == 302
        saved = garden.read(world.strandvik, Unit, unit.id)
        assert saved.leader_id == kept
        form["version"] = saved.version


def test_a_protected_address_is_not_read_by_lifting_the_protection(limited, garden, world):
    """Who may not see it may lift it, and then it is erased."""
    client, ids = limited
    with garden.working_in(world.strandvik) as actor:
        facts = protection.ProtectionFacts(
            ProtectionGrade.CONFIDENTIAL, today(), address="Hemmelig vei 1", unit_id=ids["inside"]
        )
        protection.protect(actor, db.session.get_one(Person, ids["pupil"]), facts)
    door = f"/person/lift-protection/{ids['pupil']}"
    assert client.send(f"/person/protected-address/{ids['pupil']}").status_code == 404

    assert client.send(door, {"keep_address": "y"}).status_code == 404

    assert garden.read(world.strandvik, Person, ids["pupil"]).is_shielded
    assert client.send(door).status_code == 302
    lifted = garden.read(world.strandvik, Person, ids["pupil"])
    assert (lifted.is_shielded, lifted.address) == (False, None)


def test_rows_that_were_checked_by_somebody_who_reached_more_are_not_imported(
    limited, garden, world
):
    """The role may have been narrowed while the file was read."""
    ids = limited[1]
    with garden.working_in(world.strandvik) as actor:
        whole = imports.check(
            actor,
            [Row(2, ("Ola", "Sluppet", "")), Row(3, ("Ola", "Sluppet", ids["name"]))],
            imports.Choices(COLUMNS_OF_ROWS),
            today=today(),
        )
        account = db.session.scalars(select(User).where(User.username == ids["login"])).one()
        narrow = find_actor(db.session(), account.id, world.strandvik.id, utc_now())

    for rows, is_added in ((whole[:1], False), (whole[1:], True)):
        outcome = nullcontext() if is_added else pytest.raises(NotAllowed)
        with garden.app.app_context(), acting_as(db.session(), narrow), outcome, transaction():
            imports.add(narrow, rows, at=utc_now())
