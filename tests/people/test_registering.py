"""Registering somebody who may be registered already: who is shown, to whom, and what is kept."""

import re
from datetime import date
from itertools import count

import pytest
from sqlalchemy import func, select

from app.clock import today, utc_now
from app.db import db, transaction
from app.duplicate_tables import DuplicatePair
from app.enums import ProtectionGrade
from app.models import AuditEvent, LoginThrottle, Membership, Person
from app.people import operations as people
from app.people import registering
from app.people.national_id import synthetic
from app.people.protection import ProtectionFacts, protect
from app.security.actor import acting_as, operator

WHY = "Tvillinger med samme navn"
SEEN = re.compile(r'name="seen" value="([^"]+)"')


@pytest.fixture
def place(world) -> int:
    return world.strandvik.id


@pytest.fixture
def client(client_as):
    return client_as("koordinator.strandvik")


FAMILIES = [
    "Ødegaard", "Aakvåg", "Brekkhus", "Cappelen", "Dybvik", "Eknes", "Fjeldstad", "Grimsrud",
    "Hjelmeland", "Innvær", "Jåtten", "Kvernberg", "Lysbakken", "Mjølhus", "Nygjerd", "Opheim",
    "Prestrud", "Qvale", "Rørvik", "Skjåk", "Tveitnes", "Ulvund", "Vårvik", "Wiborg", "Ystgaard",
    "Årsund", "Lømo", "Sævik",
]  # fmt: skip


@pytest.fixture(scope="module")
def numbers(database_name):
    """Numbers of the persons that are made in one database."""
    return count(1)


@pytest.fixture
def known(app, world, place, numbers) -> Person:
    """Somebody registered, who resembles nobody else."""
    number = next(numbers)
    born = date(1930 + 2 * number, number % 12 + 1, number % 28 + 1)
    facts = people.PersonFacts(
        "Ragnvald",
        FAMILIES[number - 1],
        born,
        phone=f"+4791{number * 37_117:06}",
        email=f"ragnvald.{number}@strandvik.example",
        unit_id=world.strandvik.units["school"],
    )
    digits = synthetic(born, 300 + number)
    with app.app_context(), acting_as(db.session(), operator(place)) as actor, transaction():
        return people.register(actor, facts, national_id_text=digits, at=utc_now(), today=today())


def form(person: Person, **changes: str) -> dict[str, str]:
    """The same human, as somebody else would write them."""
    written = {
        "given_name": "Ragnvald",
        "family_name": person.family_name,
        "birth_date": person.birth_date.strftime("%d.%m.%Y"),
        "phone": person.phone or "",
    }
    return written | changes


def namesakes(app, place, person) -> int:
    with app.app_context(), acting_as(db.session(), operator(place)):
        same = Person.family_name == person.family_name
        return db.session.scalar(select(func.count(Person.id)).where(same)) or 0


def test_whoever_resembles_the_person_is_shown_as_one_types(client, known):
    answer = client.send("/person/resembling", form(known))

    assert answer.status_code == 200
    assert f"/person/show/{known.id}" in answer.json["found"]
    assert SEEN.findall(answer.json["found"]) == [known.id]
    assert '<ul class="reasons">' in answer.json["found"]
    assert answer.json["said"].startswith("1 ")


def test_nobody_is_shown_to_whom_nobody_resembles(client, known):
    answer = client.send("/person/resembling", form(known, birth_date="01.01.1950", phone=""))

    assert (answer.json["said"], SEEN.findall(answer.json["found"])) == ("", [])


@pytest.mark.parametrize("typed", [{}, {"given_name": "Ragnvald"}, {"birth_date": "23.1"}])
def test_what_is_not_written_yet_or_not_right_yet_is_no_error(client, typed):
    answer = client.send("/person/resembling", typed)

    assert (answer.status_code, answer.json["said"]) == (200, "")


def test_without_scripts_they_are_shown_at_the_first_save_and_what_was_typed_is_kept(
    app, client, place, known
):
    answer = client.send("/person/add", form(known, address="Storgata 4"))

    assert answer.status_code == 409
    assert SEEN.findall(answer.text) == [known.id]
    assert 'value="Storgata 4"' in answer.text
    assert namesakes(app, place, known) == 1


def test_whoever_was_shown_stays_on_the_page_while_a_unit_is_searched_for(client, known):
    typed = form(known, seen=known.id, registered_reason=WHY, unit_id_search="skole")

    page = client.send("/person/add", typed | {"find": "unit_id"}).text

    assert SEEN.findall(page) == [known.id]
    assert f'value="{WHY}"' in page
    assert 'role="alert"' not in page


def test_registering_anyway_needs_a_reason_which_the_reviewer_sees(app, client, place, known):
    without = client.send("/person/add", form(known, seen=known.id))
    answer = client.send("/person/add", form(known, seen=known.id, registered_reason=WHY))

    assert (without.status_code, answer.status_code) == (409, 302)
    made = answer.location.rpartition("/")[2]
    assert reasons_kept(app, place, made) == {(known.id, WHY)}
    with app.app_context(), acting_as(db.session(), operator(place)):
        told = select(AuditEvent).where(AuditEvent.object_id == made)
        assert "person:registered_anyway" in {one.action for one in db.session.scalars(told)}


def reasons_kept(app, place, person_id) -> set[tuple[str, str | None]]:
    """With whom a pair is kept, and why the person was registered all the same."""
    with app.app_context(), acting_as(db.session(), operator(place)):
        pairs = db.session.scalars(select(DuplicatePair)).all()
        return {
            (({one.first_id, one.second_id} - {person_id}).pop(), one.registered_reason)
            for one in pairs
            if person_id in (one.first_id, one.second_id)
        }


def test_a_reason_does_not_count_for_somebody_who_was_not_shown(app, client, place, known):
    answer = client.send("/person/add", form(known, registered_reason=WHY))

    assert answer.status_code == 409
    assert SEEN.findall(answer.text) == [known.id]
    assert namesakes(app, place, known) == 1


def test_sent_twice_it_is_registered_once(app, client, place, known):
    sent = form(known, seen=known.id, registered_reason=WHY)
    sent |= {"form_key": client.form_key("/person/add")}

    places = {client.send("/person/add", sent).location for _time in range(2)}

    assert len(places) == 1
    assert namesakes(app, place, known) == 2


def test_a_known_national_id_is_refused_outright_and_leads_to_the_person(
    app, client_as, place, known
):
    client = client_as("lokal.strandvik")
    with app.app_context(), acting_as(db.session(), operator(place)):
        number = people.read_national_id(db.session.get_one(Person, known.id))
    sent = form(known, national_id=number, seen=known.id, registered_reason=WHY)

    answer = client.send("/person/add", sent)

    assert answer.status_code == 409
    assert f"/person/show/{known.id}" in answer.text
    assert namesakes(app, place, known) == 1


@pytest.fixture
def narrowed(app, world, place):
    """The coordinator reaches one office only, where the person does not belong."""
    membership = world.strandvik.memberships["koordinator.strandvik"]

    def put(unit_id):
        with app.app_context(), acting_as(db.session(), operator(place)), transaction() as session:
            session.get_one(Membership, membership).unit_id = unit_id

    put(world.strandvik.units["nav"])
    yield
    put(None)


def test_whoever_may_not_see_the_person_is_told_that_there_is_somebody_and_no_more(
    app, client, place, known, world, narrowed
):
    typed = form(known, unit_id=world.strandvik.units["nav"])

    shown = client.send("/person/resembling", typed).json["found"]
    refused = client.send("/person/add", typed)
    sent = client.send("/person/add", typed | {"seen": "somebody", "registered_reason": WHY})

    assert SEEN.findall(shown) == ["somebody"]
    for page in (shown, refused.text):
        assert known.id not in page
        assert "Måkeskrik skole" not in page
    assert (refused.status_code, sent.status_code) == (409, 302)


def test_no_guess_at_phone_or_e_mail_is_confirmed_of_a_shielded_person(app, client, place, known):
    contact = {"phone": known.phone, "email": known.email}
    guess = form(known, birth_date="") | contact
    open_answer = client.send("/person/resembling", guess).json
    with app.app_context(), acting_as(db.session(), operator(place)) as actor, transaction():
        person = db.session.get_one(Person, known.id)
        protect(actor, person, ProtectionFacts(ProtectionGrade.CONFIDENTIAL, date(2026, 1, 1)))

    guessed = client.send("/person/resembling", guess).json
    wrong = client.send("/person/resembling", guess | {"phone": "99999999", "email": ""}).json

    assert known.id in open_answer["found"]
    assert guessed == wrong


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lokal.strandvik", 200),
        ("koordinator.strandvik", 200),
        ("lokal.fjellby", 200),
        ("sentral", 403),
        ("planeier", 403),
    ],
)
def test_only_those_who_register_persons_are_answered_and_only_about_their_own_municipality(
    client_as, known, who, status
):
    client = client_as(who)

    answer = client.send("/person/resembling", form(known))

    assert answer.status_code == status
    assert (known.id in answer.text) == (who.endswith("strandvik"))


def test_nobody_asks_without_end(app, client, known, monkeypatch):
    monkeypatch.setattr(registering, "MOST_QUESTIONS", 2)
    with app.app_context(), transaction() as session:
        session.execute(LoginThrottle.__table__.delete())

    answers = [client.send("/person/resembling", form(known)) for _time in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 429, 429]
    assert known.id not in answers[-1].text
    with app.app_context(), transaction() as session:
        session.execute(LoginThrottle.__table__.delete())


@pytest.mark.parametrize("who", ["koordinator.strandvik", "koordinator.fjellby"])
def test_who_is_chosen_is_found_also_when_the_name_is_written_otherwise(client_as, known, who):
    typed = f"Ragnvall {known.family_name.replace('ø', 'o').replace('å', 'aa')}"

    answer = client_as(who).send("/person/choices", {"q": typed}).json

    assert (known.id in [one["id"] for one in answer["result"]]) is who.endswith("strandvik")


def test_nobody_tries_out_numbers_while_registering(app, client, monkeypatch):
    monkeypatch.setattr(registering, "MOST_NUMBERS", 2)
    numbers = [synthetic(date(1950, 1, day), day) for day in (1, 2, 3)]
    asked = [numbers[0], numbers[0], numbers[1], numbers[2], numbers[1]]
    with app.app_context(), transaction() as session:
        session.execute(LoginThrottle.__table__.delete())

    answers = [client.send("/person/resembling", {"national_id": one}) for one in asked]
    with app.app_context(), transaction() as session:
        session.execute(LoginThrottle.__table__.delete())

    assert [one.status_code for one in answers] == [200, 200, 200, 429, 200]


# --- what the person is registered for -----------------------------------------------------------


MISSING = "0190f0f0-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("purpose", "goes_to"),
    [
        (f"?plan={MISSING}", f"/plan-participant/add/{MISSING}?person="),
        (f"?plan={MISSING}&acts=1", f"/plan-authority/add/{MISSING}?person="),
        ("?start=owner", "/plan-start/?step=owner&amp;person="),
        ("?start=authorities", "/plan-start/?step=authorities&amp;person="),
        ("?start=elsewhere", "/person/show/"),
        ("?plan=//evil.example", "/person/show/"),
    ],
)
def test_the_one_who_is_registered_is_used_where_the_new_one_would_have_been(
    client, known, purpose, goes_to
):
    typed = client.send(f"/person/resembling{purpose}", form(known)).json["found"]
    saved = client.send(f"/person/add{purpose}", form(known)).text

    assert f'href="{goes_to}{known.id}"' in typed
    assert f'href="{goes_to}{known.id}"' in saved
