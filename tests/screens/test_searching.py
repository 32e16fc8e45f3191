"""One field finds persons by beginnings of names, birth date, id, e-mail and phone, quickly."""

from datetime import date
from uuid import uuid4

import pytest
from werkzeug.datastructures import MultiDict

from app.clock import today, utc_now
from app.db import db, transaction
from app.models import Person
from app.people import operations as people
from app.people.lists import SCREEN_FILTERS, SCREEN_ORDERS
from app.screens import paging
from app.screens.listing import read_request
from app.screens.paging import fetch_page
from app.security import scope, tenancy
from app.security.actor import acting_as, operator
from tests.screens.test_own_lists import led_unit


@pytest.fixture
def found(context, world):
    """Finds the given names of persons of a family of their own, by what is typed."""
    word = f"Z{uuid4().hex[:8]}"
    actor = operator(world.strandvik.id)
    with acting_as(db.session(), actor):
        with transaction():
            for given, family, born, phone in (
                ("Kari Mette", f"{word} Hansen", date(2011, 2, 3), "+4791234567"),
                ("Karl", f"{word}dal", date(2012, 2, 3), "+4722225555"),
                (f"{word} Anne", "Karlsen", date(2011, 2, 3), None),
                ("Åse", f"{word}dal", None, None),
            ):
                people.register(
                    actor,
                    people.PersonFacts(
                        given,
                        family,
                        born,
                        phone=phone,
                        email=f"{given[:3].lower()}.{word.lower()}@strandvik.example",
                        external_id=f"{word}-{given[:4]}",
                    ),
                    at=utc_now(),
                    today=today(),
                )

        def find(text, **more):
            """The given names of the fixture's own persons among the hits."""
            with tenancy.applied(db.session(), actor.scope):
                asked = read_request(
                    _args({"q": text, "size": "100", **more}), SCREEN_FILTERS, SCREEN_ORDERS
                )
                base = scope.rows(actor, Person)
                page = fetch_page(db.session(), base, Person, SCREEN_ORDERS, asked)
                whole = db.session.scalars(base.where(*asked.conditions)).all()
                assert {row.id for row in whole} >= {row.id for row in page.rows}
                assert page.count == len(whole)
                return {r.given_name for r in page.rows if (r.external_id or "").startswith(word)}

        yield find, word


def _args(values):
    return MultiDict(values)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("{w}", {"Kari Mette", "Karl", "{w} Anne", "Åse"}),
        ("{w} kar", {"Kari Mette", "Karl", "{w} Anne"}),
        ("kar, {w}", {"Kari Mette", "Karl", "{w} Anne"}),
        ("{w} mett", {"Kari Mette"}),
        ("kari hans {w}", {"Kari Mette"}),
        ("{w}dal å", {"Åse"}),
        ("{w} 03.02.2011", {"Kari Mette", "{w} Anne"}),
        ("{w} zzz", set()),
        ("ette {w}", set()),
        ("{w}-Åse", {"Åse"}),
        ("kar.{w}@strandvik.example", {"Kari Mette", "Karl"}),
        ("...", set()),
    ],
)
def test_beginnings_in_any_order_dates_and_ids_are_found(found, typed, names):
    find, word = found

    assert find(typed.format(w=word)) == {name.format(w=word) for name in names}


def test_a_phone_number_and_a_date_are_found_as_people_write_them(found):
    find, _word = found

    assert "Kari Mette" in find("912 34 567")
    assert "Kari Mette" in find("3/2 2011")


def test_the_search_joins_the_other_filters(found):
    find, word = found

    assert find(word, birth_date="03.02.2012") == {"Karl"}
    assert find(word, state="retired") == set()


def test_a_shielded_person_is_found_by_name_but_by_no_phone_or_email(found, world):
    find, word = found
    with acting_as(db.session(), operator(world.strandvik.id)), transaction():
        person = db.session.query(Person).filter_by(external_id=f"{word}-Karl").one()
        person.is_shielded = True

    assert "Karl" in find(f"{word} karl")
    assert "Karl" not in find("22 22 55 55")
    assert "Karl" not in find(f"kar.{word}@strandvik.example")


@pytest.mark.parametrize("order", ["family_name", "-given_name", "birth_date", "-birth_date"])
def test_many_hits_come_in_the_same_order_as_few(found, monkeypatch, order):
    find, word = found
    with_few = _pages(word, order)
    monkeypatch.setattr(paging, "COUNT_UP_TO", 1)

    assert len(with_few) == 4
    assert _pages(word, order) == with_few


def _pages(word, order):
    """The ids of all hits, page by page with one row on each."""
    ids, after = [], None
    while True:
        args = {"q": word, "order": order, "size": "1"} | ({"after": after} if after else {})
        asked = read_request(_args(args), SCREEN_FILTERS, SCREEN_ORDERS)
        base = scope.rows(_actor(), Person)
        page = fetch_page(db.session(), base, Person, SCREEN_ORDERS, asked)
        ids += [row.id for row in page.rows]
        if not page.has_next:
            return ids
        after = page.rows[-1].id


def _actor():
    return operator(tenancy.current_scope().municipality_id)


def test_a_national_id_is_kept_out_of_the_list(client_as):
    client = client_as("lokal.strandvik")

    page = client.get("/person/list/?q=010190+12345")

    assert page.status_code == 400
    assert 'id="filter-q-error"' in page.text
    assert "010190 12345" not in page.text
    assert "010190+12345" not in page.text


def test_units_are_found_by_name_and_leader_and_roles_by_name(app, client_as, world):
    client, word = client_as("lokal.strandvik"), f"V{uuid4().hex[:8]}"
    led_unit(app, world.strandvik, word)

    def shows(address):
        return f">{word}</a>" in client.get(address).text

    assert shows(f"/unit/list/?q={word}")
    assert shows(f"/unit/list/?q={word[:6]}+ola")
    assert not shows(f"/unit/list/?q={word[1:]}")
    assert "Larer</a>" in client.get("/role/list/?q=lar&state=all").text
    assert "Larer</a>" not in client.get("/role/list/?q=koord&state=all").text


def test_the_rest_side_knows_its_own_parameters_only(client_as):
    client = client_as("lokal.strandvik")

    assert client.get("/person/list/?q=kari").status_code == 200
    assert client.get("/person/list/?unknown=kari").status_code == 400
    assert client.get("/person/list/?columns=name,secret").status_code == 400
