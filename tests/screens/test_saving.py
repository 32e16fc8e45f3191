"""Saving by a form: once however often it is sent, and never over what one has not seen."""

import re
from threading import Barrier, Thread
from uuid import uuid4

import pytest

from app.db import db
from app.models import Person
from app.people.names import search_form
from app.screens.fields import show_phone
from app.security import tenancy
from tests.world import CANARY


@pytest.fixture
def administrator(client_as):
    return client_as("lokal.strandvik")


def register(client, **changes):
    """Register a person whom nobody resembles; the answer."""
    names = {"given_name": f"N{uuid4().hex}", "family_name": f"Y{uuid4().hex}"}
    return client.send("/person/add", {"form_key": str(uuid4()), **names, **changes})


def version_of(client, path):
    """The version that the form at ``path`` was opened with."""
    return re.search(r'name="version" value="(\d+)"', client.get(path).text).group(1)


def test_sending_a_form_twice_makes_one_row(administrator):
    data = {"form_key": str(uuid4()), "family_name": f"To{uuid4().hex}"}

    first, second = register(administrator, **data), register(administrator, **data)

    assert first.status_code == second.status_code == 302
    assert first.location == second.location
    listed = administrator.get("/person/list/", query_string={"family_name": data["family_name"]})
    assert listed.text.count(data["family_name"] + ",") == 1


def test_sending_a_form_many_times_at_once_makes_one_row(app, client_as):
    clients = [client_as("lokal.strandvik") for _ in range(4)]
    data = {"form_key": str(uuid4()), "family_name": f"Samtidig{uuid4().hex}"}
    barrier, locations = Barrier(len(clients)), []

    def send(client):
        token = client.csrf()
        barrier.wait()
        answer = client.post("/person/add", data={"csrf_token": token, "given_name": "Ny"} | data)
        locations.append((answer.status_code, answer.location))

    threads = [Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(locations)) == 1
    assert locations[0][0] == 302


def test_the_second_of_two_editors_sees_both_values_and_loses_nothing(client_as):
    first, second = client_as("lokal.strandvik"), client_as("koordinator.strandvik")
    shown = register(first).location
    edit = shown.replace("/show/", "/edit/")
    seen = version_of(first, edit)
    names = {"given_name": "Ny", "family_name": "Redigert"}

    saved = first.send(edit, names | {"version": seen, "phone": "22334455"})
    refused = second.send(edit, names | {"version": seen, "phone": "99887766"})

    assert saved.status_code == 302
    assert refused.status_code == 409
    assert "+4722334455" in refused.text
    assert 'value="+4799887766"' in refused.text
    newest = re.search(r'name="version" value="(\d+)"', refused.text).group(1)
    again = second.send(edit, names | {"version": newest, "phone": "99887766"})
    assert again.status_code == 302
    assert show_phone("+4799887766") in second.get(shown).text


def test_a_form_without_its_version_is_not_saved(administrator):
    edit = register(administrator).location.replace("/show/", "/edit/")

    answer = administrator.send(edit, {"given_name": "Blind", "family_name": "Blind"})

    assert answer.status_code == 409


def test_bad_input_is_told_beside_the_field_and_what_was_typed_is_kept(administrator):
    answer = register(administrator, birth_date="31.02.2020", given_name="Beholdes")

    assert answer.status_code == 422
    assert 'value="31.02.2020"' in answer.text
    assert 'value="Beholdes"' in answer.text
    assert 'id="birth_date-error"' in answer.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("31.02.2020", "Dette er ikke en dato."),
        ("1.1.99", "Skriv årstallet med fire sifre."),
        ("01.01.1066", "Årstallet kan ikke være riktig."),
    ],
)
def test_a_date_that_can_not_be_used_is_told_with_its_reason(administrator, typed, told):
    assert told in register(administrator, birth_date=typed).text


def test_a_choice_is_found_by_typing_and_all_else_is_kept(administrator, world):
    page = administrator.send(
        "/person/add",
        {
            "given_name": "Beholdes",
            "family_name": "Ogsaa",
            "find": "unit_id",
            "unit_id_search": CANARY["9901"][:4],
        },
    )

    assert page.status_code == 200
    assert world.strandvik.units["school"] in page.text
    assert 'value="Beholdes"' in page.text


@pytest.mark.parametrize("kind", ["foreign", "missing", "retired"])
def test_a_choice_of_what_one_may_not_choose_is_refused(administrator, world, kind):
    refused = {
        "foreign": world.fjellby.units["school"],
        "missing": str(uuid4()),
        "retired": world.strandvik.units["old"],
    }[kind]

    assert register(administrator, unit_id=refused).status_code == 422
    assert register(administrator, unit_id=world.strandvik.units["nav"]).status_code == 302


@pytest.mark.parametrize(
    "field", ["municipality_id", "id", "version", "created_at", "is_shielded", "retired_at"]
)
def test_what_is_not_on_the_form_is_not_stored(app, administrator, world, field):
    family_name = f"Masse{uuid4().hex}"
    values = {"municipality_id": world.fjellby.id, "version": 99, "is_shielded": "y"}

    register(administrator, family_name=family_name, **{field: values.get(field, "1")})

    with app.app_context(), tenancy.applied(db.session(), tenancy.Scope(world.strandvik.id)):
        row = db.session.query(Person).filter_by(family_name=family_name).one()
        assert row.version == 1
        assert row.is_shielded is False
        assert row.retired_at is None
        assert row.search_family.startswith(search_form(family_name))


@pytest.mark.parametrize("path", ["person/add", "person/edit/{person}", "unit/move/{unit}"])
def test_a_form_is_looked_for_as_it_is_opened(administrator, world, path):
    """HEAD asks what GET would answer; it is no form that was sent with errors in it."""
    place = world.strandvik
    address = f"/{path}".format(person=place.persons["own"], unit=place.units["school"])

    assert administrator.head(address).status_code == administrator.get(address).status_code == 200
