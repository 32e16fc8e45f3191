"""Adding and changing over REST: the same rules as on the screens, and nothing by the way."""

import json
from datetime import date

import pytest

from app.db import db, transaction
from app.enums import ProtectionGrade
from app.models import Person
from app.people.protection import ProtectionFacts, protect
from app.security.actor import acting_as, operator
from tests.api.conftest import MISSING

READ_ONLY = {
    "municipality_id": 2,
    "id": MISSING,
    "created_at": "2020-01-01T00:00:00Z",
    "retired_at": None,
    "search_family": "a",
    "national_id_hash": "0" * 64,
    "national_id_cipher": "eA==",
    "is_shielded": True,
    "is_doubtful": False,
    "unit": {"id": MISSING},
    "roles": ["local_administrator"],
    "__class__": "x",
}


def test_a_person_is_registered_with_all_that_was_sent(program, world, new_number):
    sent = {
        "given_name": " Anne  Lise ",
        "family_name": "Čáhput",
        "birth_date": "2001-02-03",
        "national_id": new_number(),
        "email": "anne@Example.no",
        "phone": "912 34 567",
        "address": "Storgata 1",
        "postcode": "0155",
        "language": "nn",
        "unit_id": world.strandvik.units["school"],
    }

    answer = program.post("/person/", sent)

    assert answer.status_code == 201
    got = program.get(answer.headers["Location"].removeprefix("/api/v1")).json["result"]
    assert got == answer.json["result"]
    assert (got["given_name"], got["phone"]) == ("Anne Lise", "+4791234567")
    assert (got["email"], got["unit_id"]) == ("anne@example.no", sent["unit_id"])


def test_a_unit_is_added_below_another(program, world):
    made = program.make_unit(parent_id=world.strandvik.units["top"], is_outside=True)

    got = program.get(f"/unit/{made['id']}").json["result"]
    assert (got["parent_id"], got["is_outside"]) == (world.strandvik.units["top"], True)


def test_a_role_is_given_changed_and_ended(program, world):
    person = world.strandvik.persons["larer"]

    given = program.post("/membership/", {"person_id": person, "role": "coordinator"})
    key = given.json["id"]
    changed = program.put(f"/membership/{key}", {"version": 1, "ends_on": "2140-01-01"})
    ended = program.post(f"/membership/{key}/end")

    assert (given.status_code, changed.status_code, ended.status_code) == (201, 200, 200)
    assert changed.json["result"]["ends_on"] == "2140-01-01"
    assert ended.json["result"]["is_active"] is False
    assert program.post(f"/membership/{key}/end").status_code == 409


def test_a_coordinator_gives_no_role_above_the_own(program_of, world):
    program = program_of("koordinator.strandvik")
    sent = {"person_id": world.strandvik.persons["larer"], "role": "local_administrator"}

    assert program.post("/membership/", sent).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"role": "central_administrator"},
        {"role": "coordinator", "roles": ["central_administrator"]},
        {"role": "coordinator", "is_central": True},
        {"role": "coordinator", "account": {"central_appointment": {"approved_at": "2026-01-01"}}},
    ],
)
def test_p2_no_program_makes_a_central_administrator(program, world, body):
    sent = {"person_id": world.strandvik.persons["foresatt"]} | body

    assert program.post("/membership/", sent).status_code == 422


def test_a_change_keeps_what_was_left_out(program):
    made = program.make_person(phone="+4791234567", language="nb")

    answer = program.put(f"/person/{made['id']}", {"version": 1, "family_name": "Nygård"})

    assert answer.status_code == 200
    assert answer.json["result"] == made | {"family_name": "Nygård", "version": 2}
    assert answer.headers["ETag"] == '"2"'


def test_a_change_can_be_made_from_an_entity_tag(program):
    made = program.make_unit()

    first = program.put(f"/unit/{made['id']}", {"name": "Ny skole"}, If_Match='"1"')
    second = program.put(f"/unit/{made['id']}", {"name": "Annen skole"}, If_Match='"1"')

    assert (first.status_code, second.status_code) == (200, 409)


def test_a_change_without_a_version_is_refused(program):
    made = program.make_person()

    answer = program.put(f"/person/{made['id']}", {"given_name": "Siri"})

    assert (answer.status_code, list(answer.json["fields"])) == (422, ["version"])


def test_the_second_of_two_editors_gets_both_values_and_loses_nothing(program):
    made = program.make_person(given_name="Ola", phone="91234567")
    program.put(f"/person/{made['id']}", {"version": 1, "given_name": "Ole"})

    answer = program.put(
        f"/person/{made['id']}", {"version": 1, "given_name": "Olai", "phone": "91234567"}
    )

    assert answer.status_code == 409
    assert answer.json["version"] == 2
    assert answer.json["differences"] == {"given_name": {"saved": "Ole", "sent": "Olai"}}


def test_a_stale_national_id_is_compared_whole_and_shown_masked(program, new_number):
    number, other = new_number(), new_number()
    made = program.make_person(national_id=number)
    program.put(f"/person/{made['id']}", {"version": 1, "given_name": "Siri"})

    same = program.put(f"/person/{made['id']}", {"version": 1, "national_id": number})
    another = program.put(f"/person/{made['id']}", {"version": 1, "national_id": other})

    assert same.json["differences"] == {}
    assert "national_id" in another.json["differences"]
    assert other not in another.text


def test_a_request_that_is_sent_twice_under_one_key_makes_one_row(program):
    sent = {"given_name": "Kun", "family_name": "En", "register_anyway": "De er flere"}

    first = program.post("/person/", sent, Idempotency_Key="once-and-once-more")
    again = program.post("/person/", sent, Idempotency_Key="once-and-once-more")
    other = program.post("/person/", sent, Idempotency_Key="another-time")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["id"] == again.json["id"] != other.json["id"]


def test_one_key_is_not_used_for_two_things(program):
    sent = {"given_name": "Kun", "family_name": "En", "register_anyway": "De er flere"}
    program.post("/person/", sent, Idempotency_Key="not-for-two-things")

    answer = program.post(
        "/person/", sent | {"given_name": "To"}, Idempotency_Key="not-for-two-things"
    )

    assert answer.status_code == 409


def test_one_key_of_two_users_makes_two_rows(program_of):
    sent = {"given_name": "Kun", "family_name": "En", "register_anyway": "De er flere"}

    ids = {
        program_of(name).post("/person/", sent, Idempotency_Key="the-same-key").json["id"]
        for name in ("lokal.strandvik", "koordinator.strandvik")
    }

    assert len(ids) == 2


@pytest.mark.parametrize("name", READ_ONLY)
@pytest.mark.parametrize("resource", ["person", "unit", "membership"])
def test_what_is_not_yours_to_set_is_refused_and_never_stored(program, world, resource, name):
    """P5."""
    bodies = {
        "person": {"given_name": "Anne", "family_name": "Nes"},
        "unit": {"name": "Skole", "kind": "school"},
        "membership": {"person_id": world.strandvik.persons["larer"], "role": "participant"},
    }
    extra = {name: READ_ONLY[name]}

    added = program.post(f"/{resource}/", bodies[resource] | extra)

    assert added.status_code == 422
    assert name in added.json["fields"]
    if resource != "membership":
        made = getattr(program, f"make_{resource}")()
        changed = program.put(f"/{resource}/{made['id']}", {"version": 1} | extra)
        assert changed.status_code == 422
        assert program.get(f"/{resource}/{made['id']}").json["result"] == made


@pytest.mark.parametrize(
    ("resource", "field", "kind"),
    [
        ("person", "unit_id", "units"),
        ("unit", "parent_id", "units"),
        ("unit", "leader_id", "persons"),
        ("membership", "person_id", "persons"),
        ("membership", "unit_id", "units"),
    ],
)
def test_a_related_row_must_be_one_to_choose(program, world, resource, field, kind):
    """D3."""
    keys = {"units": ("school", "old"), "persons": ("larer", "retired")}[kind]
    own, retired = (getattr(world.strandvik, kind)[key] for key in keys)
    foreign = getattr(world.fjellby, kind)[keys[0]]
    body = {
        "person": {"given_name": "Vala", "family_name": "Enheim"},
        "unit": {"name": "Skole", "kind": "school"},
        "membership": {"person_id": world.strandvik.persons["foresatt"], "role": "participant"},
    }[resource]
    if resource == "membership" and field == "unit_id":
        body["role"] = "coordinator"
    elif resource == "membership":
        body |= {"role": "coordinator", "unit_id": program.make_unit()["id"]}

    refused = [
        program.post(f"/{resource}/", body | {field: key}) for key in (foreign, retired, MISSING)
    ]
    accepted = program.post(f"/{resource}/", body | {field: own})

    assert accepted.status_code == 201, accepted.text
    assert {answer.status_code for answer in refused} == {422}
    assert len({answer.data for answer in refused}) == 1
    assert list(refused[0].json["fields"]) == [field]


@pytest.mark.parametrize(("resource", "field"), [("person", "unit_id"), ("unit", "leader_id")])
def test_a_change_takes_no_foreign_row_either(program, world, resource, field):
    """D3."""
    made = getattr(program, f"make_{resource}")()
    kind, key = ("units", "school") if field == "unit_id" else ("persons", "own")
    own, foreign = (getattr(place, kind)[key] for place in (world.strandvik, world.fjellby))

    refused = program.put(f"/{resource}/{made['id']}", {"version": 1, field: foreign})
    accepted = program.put(f"/{resource}/{made['id']}", {"version": 1, field: own})

    assert (refused.status_code, accepted.status_code) == (422, 200)
    assert accepted.json["result"][field] == own


@pytest.mark.parametrize("verb", ["put", "retire", "restore"])
@pytest.mark.parametrize("resource", ["person", "unit"])
def test_a_foreign_row_is_changed_by_nobody(program_of, world, resource, verb):
    """D1."""
    here, there = program_of("lokal.strandvik"), program_of("lokal.fjellby")
    key = getattr(there, f"make_{resource}")()["id"]
    body = {"version": 1} if verb == "put" else {"reason": "x"}

    def send(program, pk):
        if verb == "put":
            return program.put(f"/{resource}/{pk}", body)
        return program.post(f"/{resource}/{pk}/{verb}", body)

    foreign, missing = send(here, key), send(here, MISSING)

    assert (foreign.status_code, foreign.data) == (404, missing.data)
    assert there.get(f"/{resource}/{key}").json["result"]["version"] == 1


@pytest.mark.parametrize("resource", ["person", "unit"])
def test_a_row_is_retired_and_brought_back(program, resource):
    key = getattr(program, f"make_{resource}")()["id"]

    retired = program.post(f"/{resource}/{key}/retire", {"reason": "Flyttet"})
    refused = program.put(f"/{resource}/{key}", {"version": 2})
    restored = program.post(f"/{resource}/{key}/restore")

    assert retired.json["result"]["retired_at"] is not None
    assert refused.status_code == 403
    assert restored.json["result"]["retired_at"] is None


@pytest.mark.parametrize("resource", ["person", "unit", "membership", "municipality"])
def test_rows_end_and_are_never_deleted(program, world, resource):
    key = world.strandvik.persons["own"]

    assert program.ask("DELETE", f"/{resource}/{key}").status_code == 405


def test_a_token_that_only_reads_writes_nothing(program_of, world):
    program = program_of("lokal.strandvik", may_write=False)
    person, unit = world.strandvik.persons["own"], world.strandvik.units["school"]

    assert program.get(f"/person/{person}").status_code == 200
    answers = [
        program.post("/person/", {"given_name": "A", "family_name": "B"}),
        program.put(f"/person/{person}", {"version": 1}),
        program.post(f"/person/{person}/retire", {"reason": "x"}),
        program.post("/unit/", {"name": "A", "kind": "school"}),
        program.put(f"/unit/{unit}", {"version": 1}),
        program.post(f"/unit/{unit}/retire"),
        program.post("/membership/", {"person_id": person, "role": "participant"}),
    ]
    assert {answer.status_code for answer in answers} == {403}


def test_a_doubtful_national_id_must_be_confirmed(program):
    sent = {"given_name": "Tvila", "family_name": "Somtal", "national_id": "12345678901"}

    refused = program.post("/person/", sent)
    accepted = program.post("/person/", sent | {"national_id_confirmed": True})

    assert (refused.status_code, list(refused.json["fields"])) == (422, ["national_id"])
    assert accepted.json["result"]["national_id_is_doubtful"] is True


def test_a_masked_national_id_is_not_taken_back(program, new_number):
    made = program.make_person(national_id=new_number())
    body = {"version": 1, "national_id": made["national_id"] or "•", "national_id_confirmed": True}

    assert program.put(f"/person/{made['id']}", body).status_code == 422


def test_a_known_national_id_is_a_conflict_beside_its_field(program, new_number):
    number = new_number()
    program.make_person(national_id=number)

    answer = program.post(
        "/person/", {"given_name": "Anne", "family_name": "Nes", "national_id": number}
    )

    assert (answer.status_code, list(answer.json["fields"])) == (409, ["national_id"])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "1",
        '"text"',
        "{",
        '{"given_name": "A", "given_name": "B", "family_name": "C"}',
        '{"given_name": NaN, "family_name": "C"}',
        '{"given_name": ' + "[" * 100_000,
        '{"a": ' * 3000 + "1" + "}" * 3000,
        '{"version": ' + "9" * 5000 + "}",
        b'{"given_name": "\xff"}',
        '{"given_name": "\\ud800", "family_name": "C"}',
        '{"given_name": "\\u0000", "family_name": "C"}',
        '{"given_name": 1, "family_name": "C"}',
        '{"given_name": {"$ne": ""}, "family_name": "C"}',
        '{"given_name": "   ", "family_name": "C"}',
        '{"given_name": "A", "family_name": "' + "x" * 101 + '"}',
        '{"given_name": "A", "family_name": "C", "birth_date": "0001-01-01"}',
        '{"given_name": "A", "family_name": "C", "birth_date": "2011-02-30"}',
        '{"given_name": "A", "family_name": "C", "unit_id": 7}',
        '{"given_name": "A", "family_name": "C", "national_id_confirmed": "true"}',
        '{"\\ud800": 1, "given_name": "A", "family_name": "C"}',
    ],
    ids=range(23),
)
def test_a_body_that_is_not_as_described_is_refused(program, body):
    answer = program.client.post(
        "/api/v1/person/",
        data=body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {program.secret}"},
    )

    assert answer.status_code in (400, 422)
    assert json.loads(answer.data)["message"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/xml"])
def test_a_body_of_another_kind_is_refused(program, kind):
    answer = program.client.post(
        "/api/v1/person/",
        data='{"given_name": "A", "family_name": "B"}',
        content_type=kind,
        headers={"Authorization": f"Bearer {program.secret}"},
    )

    assert answer.status_code == 415


def test_a_body_over_a_megabyte_is_refused(program):
    answer = program.post("/person/", {"given_name": "A" * 1_100_000, "family_name": "B"})

    assert answer.status_code == 413


def test_names_that_unfold_are_kept_on_both_databases(program):
    """One letter that unfolds into eighteen fills no index past its size."""
    made = program.make_person(given_name="ﷺ" * 100, family_name="ﷺ" * 100)

    assert program.get(f"/person/{made['id']}").json["result"]["given_name"] == "ﷺ" * 100


def test_what_tells_where_a_shielded_person_is_goes_neither_in_nor_out(app, program, world):
    school = world.strandvik.units["school"]
    made = program.make_person(unit_id=school, address="Storgata 1", phone="+4722334455")
    here = operator(world.strandvik.id)
    facts = ProtectionFacts(ProtectionGrade.CONFIDENTIAL, date(2026, 1, 1), unit_id=school)
    with app.app_context(), acting_as(db.session(), here), transaction():
        protect(here, db.session.get_one(Person, made["id"]), facts)

    got = program.get(f"/person/{made['id']}").json["result"]
    back = program.put(f"/person/{made['id']}", {"version": got["version"], "unit_id": None})
    refused = program.put(
        f"/person/{made['id']}", {"version": got["version"], "address": "Storgata 2"}
    )

    assert [got[name] for name in ("unit_id", "unit_name", "address", "phone")] == [None] * 4
    assert back.status_code == 200
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["address"])
    with app.app_context(), acting_as(db.session(), here):
        assert db.session.get_one(Person, made["id"]).unit_id == school
