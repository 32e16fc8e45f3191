"""The demonstration world: who is in it, that it is the same every time, and that logins work."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import combinations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db, transaction
from app.demonstration import crowd, doubles, kept_twice, world
from app.demonstration.accounts import LOGINS, PASSWORD
from app.demonstration.cast import Sketch
from app.demonstration.places import FJELLBY, PLACES, STRANDVIK
from app.duplicate_tables import DuplicatePair
from app.duplicates import kinds
from app.enums import DuplicateKind, ProtectionGrade, UnitKind
from app.jobs import demo
from app.models import Membership, Municipality, Person, ProtectedAddress, Unit
from app.municipalities import operations as municipalities
from app.municipalities.register import load_register
from app.people.national_id import NationalIdKind, examine
from app.people.operations import read_national_id
from app.security.actor import acting_as, find_actor, operator
from tests.conftest import TOKEN

DAY = date(2026, 3, 2)


def everybody(day: date = DAY) -> list[Sketch]:
    return [one for _place, people in world.population(day) for one in people]


@pytest.fixture(scope="module")
def loaded(database_name: str, make_app: Callable[..., Flask]) -> Flask:
    """An installation with the demonstration world in it."""
    app = make_app(database_name, demo=True)
    with app.app_context():
        with transaction() as session:
            municipalities.load(session, load_register(), demonstration=True)
        with transaction() as session:
            world.load(session, at=utc_now(), today=today())
    return app


def rows_in(number: str, model: type) -> list:
    """All rows of a table in one municipality, taken out of the session."""
    place = db.session.scalars(select(Municipality.id).where(Municipality.number == number)).one()
    with acting_as(db.session(), operator(place)):
        return list(db.session.scalars(select(model)).all())


def sign_in(app: Flask, username: str) -> tuple[FlaskClient, int]:
    """A client that has tried to sign in, and the status of the answer."""
    client = app.test_client()
    found = TOKEN.search(client.get("/login/").text)
    assert found
    data = {"username": username, "password": PASSWORD, "csrf_token": found.group(1)}
    return client, client.post("/login/", data=data).status_code


def test_the_world_is_the_same_every_time():
    assert everybody() == everybody()


def test_only_those_whose_age_matters_are_born_relative_to_the_day_of_loading():
    then, later = everybody(DAY), everybody(date(2027, 3, 2))

    changed = {one.family for one, other in zip(then, later, strict=True) if one != other}
    assert changed == {"Solberg Nes", "Havnes"}


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2028, 2, 29), date(2030, 12, 31)])
def test_the_plan_owner_is_sixteen_on_any_day_of_loading(day: date):
    born = next(one.born for one in everybody(day) if one.login == "planeier")

    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    assert years == 16


def test_there_are_about_four_hundred_persons():
    counts = [sum(not one.is_double for one in people) for _place, people in world.population(DAY)]

    assert counts == [STRANDVIK.persons, FJELLBY.persons]
    assert sum(counts) == 400


def test_a_dozen_people_of_strandvik_are_registered_twice():
    twice = [one for one in everybody() if one.is_double]

    assert 24 <= len(twice) <= 30
    assert {one.external_id for one in twice} == {None, doubles.REGISTERED_ANYWAY}


def test_namesakes_twins_and_a_father_and_son_of_one_name_are_there():
    names = Counter((one.given, one.family) for one in everybody())
    olsens = [one for one in everybody() if (one.given, one.family) == ("Kari", "Olsen")]
    hansens = [one for one in everybody() if (one.given, one.family) == ("Ole Johan", "Hansen")]
    dahls = [one for one in everybody() if one.given in ("Emma", "Ella") and one.family == "Dahl"]

    assert names[("Kari", "Olsen")] == len({one.serial for one in olsens}) == 3
    assert len({one.born for one in olsens}) == 2
    assert len(hansens) == 2
    assert len({one.home for one in hansens}) == 1
    assert len({one.born for one in hansens}) == 2
    assert len(dahls) == 2
    assert len({(one.born, one.home) for one in dahls}) == 1


def test_nobody_has_the_national_id_of_another_in_one_municipality():
    for _place, people in world.population(DAY):
        ids = Counter((one.born, one.serial) for one in people if one.serial is not None)
        assert max(ids.values()) == 1


def test_some_persons_are_known_in_both_municipalities():
    here, there = ({(one.born, one.serial) for one in p} for _place, p in world.population(DAY))

    both = {known for known in here & there if known[1] is not None}
    assert len(both) == crowd.KNOWN_IN_BOTH + 1


def test_every_unit_stands_below_one_that_comes_before_it():
    for place in PLACES:
        seen: set[str | None] = {None}
        for unit in place.units:
            assert unit.above in seen
            seen.add(unit.name)
        assert set(place.retired) | set(place.merged.values()) <= seen


def test_a_name_in_an_email_address_is_plain():
    assert crowd.plain("Áile Márjá Ørjasæter-Åsen") == "aile.marja.orjaseter-asen"


def test_everybody_is_registered_with_a_synthetic_national_id_or_none(loaded: Flask):
    sketched = {place.number: people for place, people in world.population(today())}
    with loaded.app_context():
        for place in PLACES:
            persons = rows_in(place.number, Person)
            ids = [number for one in persons if (number := read_national_id(one))]
            found = [examine(number, today=today()) for number in ids]

            assert len(persons) == len(sketched[place.number])
            assert len(found) > 0.8 * len(persons)
            assert all(one.is_synthetic for one in found)
            d_numbers = sum(one.has_d_number for one in sketched[place.number])
            assert Counter(one.kind for one in found) == Counter(
                {
                    NationalIdKind.FODSELSNUMMER: len(found) - d_numbers,
                    NationalIdKind.D_NUMBER: d_numbers,
                }
            )
            assert not any(one.national_id_is_doubtful for one in persons)


def test_two_loads_give_the_same_names(loaded: Flask):
    with loaded.app_context():
        for place, sketches in world.population(today()):
            names = Counter(one.full_name for one in rows_in(place.number, Person))
            assert names == Counter(f"{one.given} {one.family}" for one in sketches)


def test_units_form_a_tree_with_leaders_and_some_are_retired(loaded: Flask):
    with loaded.app_context():
        for place in PLACES:
            units = [one for one in rows_in(place.number, Unit) if one.name != kept_twice.UNIT]
            retired = {unit.name for unit in units if unit.retired_at is not None}

            assert len(units) == len(place.units)
            assert max(unit.depth for unit in units) == 2
            assert retired == place.retired
            assert sum(unit.merged_into_id is not None for unit in units) == len(place.merged)
            assert sum(unit.leader_id is not None for unit in units) > len(units) / 2


def test_one_address_is_confidential_and_one_strictly_so(loaded: Flask):
    with loaded.app_context():
        rows = rows_in("9901", ProtectedAddress)
        shielded = [one for one in rows_in("9901", Person) if one.is_shielded]

        assert {row.grade: row.address is not None for row in rows} == {
            ProtectionGrade.CONFIDENTIAL: True,
            ProtectionGrade.STRICTLY_CONFIDENTIAL: False,
        }
        assert {one.id for one in shielded} == {row.person_id for row in rows}
        schools = {unit.id for unit in rows_in("9901", Unit) if unit.kind is UnitKind.SCHOOL}
        assert [one.unit_id in schools for one in shielded if one.unit_id] == [True]


def test_some_persons_are_not_in_use_any_more_and_the_reason_is_told(loaded: Flask):
    with loaded.app_context():
        for place in PLACES:
            retired = [one for one in rows_in(place.number, Person) if one.retired_at]
            assert len(retired) == crowd.RETIRED_EACH
            assert all(one.retired_reason for one in retired)


def test_a_scan_finds_who_is_registered_twice_and_why_that_was(loaded: Flask):
    with loaded.app_context():
        demo.look_for_doubles()

        pairs = rows_in("9901", DuplicatePair)
        persons = {one.id: one for one in rows_in("9901", Person)}
        found = {frozenset((pair.first_id, pair.second_id)) for pair in pairs}
        chain = [one.id for one in persons.values() if "Ekrem" in one.family_name]
        given = [pair.registered_reason for pair in pairs if pair.registered_reason]
        twins = [one.id for one in persons.values() if one.given_name in ("Emma", "Ella")]

        assert len(pairs) >= 12
        assert {frozenset(two) for two in combinations(chain, 2)} <= found
        assert given == [doubles.REASON]
        assert not {frozenset(two) for two in combinations(twins, 2)} & found


def test_there_is_something_of_every_kind_that_is_kept_twice(loaded: Flask):
    with loaded.app_context():
        demo.look_for_doubles()
        account = db.session.scalars(select(User).where(User.username == "lokal.strandvik")).one()
        [place] = {one.municipality_id for one in rows_in("9901", Person)}
        actor = find_actor(db.session(), account.id, place, utc_now())

        with acting_as(db.session(), actor):
            found = {kind.what: kind.count(actor, utc_now()) for kind in kinds.KINDS}

        assert found == dict.fromkeys(set(DuplicateKind) - {DuplicateKind.PERSON}, 1)


@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login.username)
def test_every_login_holds_the_roles_that_are_told(loaded: Flask, login):
    with loaded.app_context():
        account = db.session.scalars(select(User).where(User.username == login.username)).one()
        active = {
            place.number: one.role
            for place in PLACES
            for one in rows_in(place.number, Membership)
            if one.account_id == account.id and one.is_active(today())
        }

        assert active == ({} if login.has_ended or login.is_withdrawn else login.roles)


@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login.username)
def test_every_login_but_the_withdrawn_one_signs_in(loaded: Flask, login):
    _client, status = sign_in(loaded, login.username)

    assert status == (422 if login.is_withdrawn else 302)


def test_the_teacher_chooses_between_two_municipalities_with_one_login(loaded: Flask):
    client, _status = sign_in(loaded, "larer")

    page = client.get("/municipality-choice/").text
    assert "Strandvik" in page
    assert "Fjellby" in page


@pytest.mark.parametrize(
    ("username", "status"), [("lokal.strandvik", 200), ("utgatt", 403), ("planeier", 403)]
)
def test_the_list_of_persons_opens_for_those_who_may_see_it(loaded: Flask, username, status):
    client, _status = sign_in(loaded, username)

    assert client.get("/person/list/").status_code == status


def test_a_second_load_is_not_offered(loaded: Flask):
    with loaded.app_context():
        assert not world.is_empty(db.session())


def test_the_command_says_when_somebody_is_registered_already(loaded: Flask):
    answer = loaded.test_cli_runner().invoke(args=["demo", "load"])

    assert answer.exit_code == 0
    assert "registered already" in answer.output


def test_an_installation_without_anybody_is_empty(context: Flask, make_app, database_name: str):
    with make_app(database_name).app_context():
        assert world.is_empty(db.session())
