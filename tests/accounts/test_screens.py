"""The lists of municipalities, roles and key roles: what they show, to whom, and as files."""

import pytest

from app.db import db, transaction
from app.enums import Role
from app.models import Municipality, Person
from app.people.names import search_form
from tests.accounts.towns import new_central


@pytest.mark.parametrize("role", [Role.LOCAL_ADMINISTRATOR, Role.COORDINATOR, Role.PARTICIPANT])
def test_everyone_with_a_role_reads_the_register_and_changes_nothing(town, enter, role):
    client = enter(town.member(role))

    assert client.get("/municipality/list/?name=prøve").status_code == 200
    assert client.get(f"/municipality/show/{town.number}").status_code == 200
    assert client.get(f"/municipality/edit/{town.number}").status_code == 403
    assert client.get("/municipality/export").status_code == 403


def test_a_central_administrator_takes_a_municipality_into_use_and_changes_nothing_else(
    app, town, enter
):
    with app.app_context():
        client = enter(new_central())
    form = {"is_in_use": "y", "version": "1", "name": "Byttet", "number": "9999"}

    answer = client.send(f"/municipality/edit/{town.number}", form)

    assert answer.status_code == 302
    with app.app_context():
        row = db.session.get(Municipality, town.id)
        assert (row.is_in_use, row.name, row.number) == (True, f"Prøve{town.number}", town.number)
    assert town.number in client.get("/municipality/export?name=prøve").text


def test_the_register_is_filtered_and_turned_page_by_page(app, town, other_town, enter):
    client = enter(town.admin)
    query = "name=prøve&county=70&in_use=no&size=1&order=number"

    first = client.get(f"/municipality/list/?{query}").text
    after = client.get(f"/municipality/list/?{query}&after={town.number}").text

    assert "after=" in first
    assert f"Prøve{other_town.number}" in after
    assert client.get("/municipality/list/?county=99&name=prøve").text.count("<tbody>") == 0
    for bad in ("county=xx", "after=abcd", "after=01890000-0000-7000-8000-000000000000"):
        assert client.get(f"/municipality/list/?{bad}").status_code == 400


def test_a_municipality_is_found_by_any_of_its_names(app, town, other_town, enter):
    with app.app_context(), transaction():
        row = db.session.get_one(Municipality, town.id)
        row.official_names = {"se": "Guovdageaidnu", "fkv": "Lávvo%"}
        row.search_name = search_form(row.name, *row.official_names.values())

    client = enter(town.admin)

    for typed in (f"Prøve{town.number}", "guovda", "GUOVDAGEAIDNU", "Lávvo"):
        assert f"/show/{town.number}" in client.get(f"/municipality/list/?name={typed}").text
    assert "Guovdageaidnu" in client.get("/municipality/list/?name=guovda").text
    for typed in ("vdageaidnu", "%", "_"):
        assert f"/show/{town.number}" not in client.get(f"/municipality/list/?name={typed}").text
    assert f"/show/{other_town.number}" not in client.get("/municipality/list/?name=guovda").text


@pytest.mark.parametrize("number", ["abcd", "12345", "0000", "٤٤٤٤"])
def test_no_municipality_has_such_a_number(town, enter, number):
    assert enter(town.admin).get(f"/municipality/show/{number}").status_code == 404


def test_namesakes_are_told_apart_by_county(app, town, enter):
    with app.app_context(), transaction():
        db.session.get_one(Municipality, town.id).has_namesake = True

    page = enter(town.admin).get(f"/municipality/show/{town.number}").text

    assert f"Prøve{town.number} (Prøvefylket)" in page


def test_the_overview_holds_key_roles_in_force_here_and_no_others(town, other_town, enter):
    coordinator, participant = town.member(Role.COORDINATOR), town.member(Role.PARTICIPANT)
    ended, foreign = town.member(Role.COORDINATOR), other_town.member(Role.COORDINATOR)
    client = enter(town.admin)
    client.send(f"/role/end/{town.roles_of(ended)[0].id}", follow_redirects=True)
    names = {name: family_name(town, name) for name in (coordinator, participant, ended)}
    names[foreign] = family_name(other_town, foreign)

    page, file = client.get("/key-roles/").text, client.get("/key-roles/export?format=csv").text
    with client.get("/key-roles/export?format=xlsx") as answer:
        book = answer.data

    for text in (page, file):
        assert names[coordinator] in text
        assert family_name(town, town.admin) in text
        assert not any(names[name] in text for name in (participant, ended, foreign))
    assert book.startswith(b"PK")
    assert 'filename="key-roles.xlsx"' in answer.headers["Content-Disposition"]
    assert file.count("\r\n") == 3


def test_the_overview_is_limited_to_the_units_of_its_reader(town, enter):
    limited = town.member(Role.LOCAL_ADMINISTRATOR, "school")
    below, beside = town.member(Role.COORDINATOR, "class"), town.member(Role.COORDINATOR)
    client = enter(limited)

    for path in ("/key-roles/", "/key-roles/export", "/role/list/", "/role/export"):
        text = client.get(path).text
        assert family_name(town, below) in text
        assert family_name(town, beside) not in text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PARTICIPANT])
def test_the_overview_is_not_for_everyone(town, enter, role):
    client = enter(town.member(role))

    assert client.get("/key-roles/").status_code == 403
    assert client.get("/key-roles/export").status_code == 403


def test_roles_are_found_by_name_role_and_state(town, enter):
    coordinator, ended = town.member(Role.COORDINATOR), town.member(Role.COORDINATOR)
    client = enter(town.admin)
    client.send(f"/role/end/{town.roles_of(ended)[0].id}")
    name, gone = family_name(town, coordinator), family_name(town, ended)

    found = client.get(f"/role/list/?family_name={name}&role=coordinator").text
    over = client.get("/role/list/?state=over").text

    assert name in found
    assert gone not in client.get("/role/list/").text
    assert gone in over
    assert f"{name}, " not in over
    assert client.get("/role/list/?state=never").status_code == 400


def test_the_unit_of_a_shielded_person_shows_nowhere(town, enter):
    shielded = town.member(Role.COORDINATOR, "class")
    [role] = town.roles_of(shielded)
    client = enter(town.admin)
    paths = ("/role/list/", f"/role/show/{role.id}", "/role/export", "/key-roles/",
             "/key-roles/export")  # fmt: skip
    secret = f"class {town.number}"
    assert all(secret in client.get(path).text for path in paths)

    with town.app.app_context(), town.inside(), transaction():
        db.session.get_one(Person, role.person_id).is_shielded = True

    assert not any(secret in client.get(path).text for path in paths)


def family_name(town, username):
    """The family name of the person behind an account."""
    [role] = town.roles_of(username)
    with town.app.app_context(), town.inside():
        return db.session.get_one(Person, role.person_id).family_name
