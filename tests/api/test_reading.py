"""Lists and single records over REST: who sees what, and how little is guessed."""

import pytest

from app.db import db, transaction
from app.models import Person
from app.security.actor import acting_as, operator
from tests.api.conftest import MISSING
from tests.world import CANARY

ROWS = {
    "person": ("persons", "own"),
    "unit": ("units", "school"),
    "membership": ("memberships", "koordinator.{}"),
}


def row_of(world, number, resource):
    """The id of a row of the resource in the municipality of this number."""
    kind, key = ROWS[resource]
    name = {"9901": "strandvik", "9902": "fjellby"}[number]
    return getattr(world.place(number), kind)[key.format(name)]


def every_page(program, resource, **asked):
    """All rows of a list, page by page."""
    rows, after = [], None
    while True:
        query = {"size": "3", **asked} | ({"after": after} if after else {})
        answer = program.client.get(
            f"/api/v1/{resource}/",
            query_string=query,
            headers={"Authorization": f"Bearer {program.secret}"},
        )
        assert answer.status_code == 200, answer.text
        rows += answer.json["result"]
        after = answer.json["next"]
        if after is None:
            return rows


@pytest.mark.parametrize("resource", [*ROWS, "municipality"])
@pytest.mark.parametrize("door", ["", "_info"])
def test_a_stranger_is_asked_for_a_token(app, world, resource, door):
    answer = app.test_client().get(f"/api/v1/{resource}/{door}")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")


@pytest.mark.parametrize("resource", [*ROWS, "municipality"])
def test_a_cookie_opens_no_door(client_as, resource):
    client = client_as("lokal.strandvik")

    assert client.get("/person/list/").status_code == 200
    assert client.get(f"/api/v1/{resource}/").status_code == 401


@pytest.mark.parametrize("resource", [*ROWS, "municipality"])
def test_a_list_and_its_info_open_for_a_local_administrator(program, resource):
    assert program.get(f"/{resource}/").status_code == 200
    assert "can_get_list" in program.get(f"/{resource}/_info").json["permissions"]


@pytest.mark.parametrize("resource", ROWS)
def test_a_list_holds_no_row_of_another_municipality(program_of, world, resource):
    here, there = program_of("lokal.strandvik"), program_of("lokal.fjellby")

    ids = {row["id"] for row in every_page(here, resource)}
    others = {row["id"] for row in every_page(there, resource)}

    assert row_of(world, "9901", resource) in ids
    assert row_of(world, "9902", resource) in others
    assert not ids & others
    assert CANARY["9902"] not in here.get(f"/{resource}/?size=100").text


@pytest.mark.parametrize("resource", ROWS)
def test_a_foreign_and_a_missing_row_get_the_same_answer(program, world, resource):
    """C7, D1."""
    own = program.get(f"/{resource}/{row_of(world, '9901', resource)}")
    foreign = program.get(f"/{resource}/{row_of(world, '9902', resource)}")
    answers = [
        program.get(f"/{resource}/{key}")
        for key in (MISSING, "1", "-1", str(2**63), "1.5", "[1]", "x", MISSING.upper())
    ]

    assert own.status_code == 200
    assert foreign.status_code == 404
    assert {answer.data for answer in answers} == {foreign.data}
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("resource", ROWS)
def test_a_page_goes_on_after_own_rows_only(program, world, resource):
    """D6: no place in the order is asked for by a foreign row."""
    own = program.get(f"/{resource}/?after={row_of(world, '9901', resource)}")
    foreign = program.get(f"/{resource}/?after={row_of(world, '9902', resource)}")
    missing = program.get(f"/{resource}/?after={MISSING}")

    assert own.status_code == 200
    assert (foreign.status_code, foreign.data) == (404, missing.data)


def test_every_municipality_can_be_read_by_its_number(program):
    listed = {row["number"] for row in every_page(program, "municipality")}

    assert {"9901", "9902"} <= listed
    assert program.get("/municipality/9902").json["result"]["name"] == "Fjellby"
    assert program.get("/municipality/0000").status_code == 404


def test_filters_find_what_the_screens_find(program):
    made = program.make_person(family_name="Øvrebø-Skår", birth_date="1999-12-31")
    program.make_person(family_name="Ovrebo")

    by_name = every_page(program, "person", family_name="øvrebø skå")
    by_day = every_page(program, "person", birth_date="1999-12-31")

    assert [row["id"] for row in by_name] == [made["id"]]
    assert made["id"] in {row["id"] for row in by_day}


def test_the_order_can_be_turned_round(program):
    upwards = every_page(program, "person", order="given_name")
    downwards = every_page(program, "person", order="-given_name")

    assert [row["id"] for row in upwards] == [row["id"] for row in reversed(downwards)]


def test_a_name_of_signs_alone_finds_nobody(program):
    assert every_page(program, "person", family_name="%%") == []


@pytest.mark.parametrize(
    "query",
    [
        "q=(filters:!((col:given_name,opr:sw,value:a)))",
        "q=(page:0,page_size:-1)",
        "_flt_0_person=1",
        "given_name__icontains=a",
        "municipality_id=2",
        "order=national_id_hash",
        "order=",
        "size=0",
        "size=-1",
        "size=abc",
        "size=100000000",
        "after=1",
        "after=",
        "family_name=",
        "family_name=a&family_name=b",
        "birth_date=soon",
        "birth_date=",
        "state=deleted",
        "columns=national_id",
        "page=2",
        "family_name=" + "a" * 201,
        "given_name=%00",
    ],
)
def test_what_a_list_does_not_understand_is_refused_and_never_no_filter(program, query):
    """D5, D6."""
    answer = program.get(f"/person/?{query}")

    assert answer.status_code in (400, 404)
    assert "result" not in answer.json


@pytest.mark.parametrize("door", ["person/_info", "person/{own}", "unit/_info"])
def test_doors_without_parameters_take_none(program, world, door):
    path = "/" + door.format(own=world.strandvik.persons["own"])

    assert program.get(path).status_code == 200
    assert program.get(f"{path}?q=1").status_code == 400


@pytest.mark.parametrize(
    ("username", "status"),
    [("koordinator.strandvik", 200), ("planeier", 403), ("utgatt", 403), ("sperret", 401)],
)
def test_a_token_opens_what_its_owner_may_open_now(program_of, username, status):
    program = program_of(username)

    assert program.get("/person/").status_code == status


def test_a_participant_sees_the_own_person_and_no_other(program_of, world):
    program = program_of("planeier")

    assert program.get(f"/person/{world.strandvik.persons['planeier']}").status_code == 200
    assert program.get(f"/person/{world.strandvik.persons['own']}").status_code == 404


def test_a_national_id_comes_out_masked_until_it_is_asked_for(program, new_number):
    number = new_number()
    made = program.make_person(national_id=number)

    masked = program.get(f"/person/{made['id']}")
    shown = program.post(f"/person/{made['id']}/national_id")

    assert number not in masked.text
    assert masked.json["result"]["national_id"].startswith(number[:6])
    assert shown.json["national_id"] == number
    assert number not in program.get("/person/?size=100").text


def test_showing_a_foreign_national_id_is_answered_as_a_missing_one(program, world):
    foreign = program.post(f"/person/{world.fjellby.persons['own']}/national_id")
    missing = program.post(f"/person/{MISSING}/national_id")

    assert (foreign.status_code, foreign.data) == (404, missing.data)


def test_a_list_tells_no_contact_or_unit_of_a_shielded_person(app, program, world):
    """As on the screens: what could tell where somebody is stands in no list."""
    contact = {"email": "rektor@skole.example.no", "phone": "+4790000000"}
    made = program.make_person(**contact, unit_id=world.strandvik.units["school"])
    asked = f"/person/?family_name={made['family_name']}"
    [before] = program.get(asked).get_json()["result"]
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)), transaction():
        db.session.get_one(Person, made["id"]).is_shielded = True

    [after] = program.get(asked).get_json()["result"]

    told = ("email", "phone", "unit_id", "unit_name")
    assert all(before[name] for name in told)
    assert [after[name] for name in told] == [None] * 4
    one = program.get(f"/person/{made['id']}").get_json()["result"]
    assert {name: one[name] for name in contact} == contact
