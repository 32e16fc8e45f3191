"""National ids behind a button, protected addresses, retiring: through the pages themselves."""

import re
from datetime import date, timedelta
from itertools import count

import pytest
from sqlalchemy import func, select

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import ProtectionGrade
from app.models import AuditEvent, Person, ProtectedAddress
from app.people import operations as people
from app.people import protection
from app.people.national_id import synthetic
from app.screens.fields import show_phone
from app.security.actor import acting_as, operator
from tests.world import CANARY

BORN = date(1943, 3, 2)  # Nobody of the files of persons is as old.
HIDDEN_STREET = "Hemmeligveien 7"
LANDLINE, MOBILE = "+4722123456", "+4791234567"
numbers = count(1)


@pytest.fixture
def client(client_as):
    return client_as("lokal.strandvik")


@pytest.fixture
def number() -> str:
    """A national id that nobody else has."""
    return synthetic(BORN, next(numbers))


@pytest.fixture
def place(world) -> int:
    return world.strandvik.id


@pytest.fixture
def person(app, world, place, number) -> Person:
    """Somebody with everything registered."""
    facts = people.PersonFacts(
        "Solveig",
        f"Dalen {number[-5:]}",
        BORN,
        phone=LANDLINE,
        email="solveig@strandvik.example",
        address=HIDDEN_STREET,
        postcode="0301",
        unit_id=world.strandvik.units["school"],
    )
    with app.app_context(), acting_as(db.session(), operator(place)) as actor, transaction():
        return people.register(actor, facts, national_id_text=number, at=utc_now(), today=today())


def form_of(person: Person, **changes: str) -> dict[str, str]:
    return {
        "version": str(person.version),
        "given_name": person.given_name,
        "family_name": person.family_name,
        "birth_date": BORN.strftime("%d.%m.%Y"),
        "email": person.email or "",
        "phone": person.phone or "",
        "address": person.address or "",
        "postcode": person.postcode or "",
        "unit_id": person.unit_id or "",
        **changes,
    }


def read(app, place, person) -> Person:
    with app.app_context(), acting_as(db.session(), operator(place)):
        return db.session.get_one(Person, person.id)


def protected(app, place, person) -> ProtectedAddress | None:
    with app.app_context(), acting_as(db.session(), operator(place)):
        query = select(ProtectedAddress).where(ProtectedAddress.person_id == person.id)
        return db.session.scalar(query)


def events(app, place, action, object_id=None) -> int:
    with app.app_context(), acting_as(db.session(), operator(place)):
        query = select(func.count(AuditEvent.id)).where(AuditEvent.action == action)
        if object_id:
            query = query.where(AuditEvent.object_id == object_id)
        return db.session.scalar(query) or 0


def protect(client, person, grade=ProtectionGrade.CONFIDENTIAL, **changes):
    data = {"version": str(person.version), "grade": grade.value, "since": "01.02.2026", **changes}
    return client.send(f"/person/protection/{person.id}", data)


# --- national id ---------------------------------------------------------------------------------


def test_a_national_id_is_masked_until_asked_for_and_each_showing_is_audited_once(
    app, client, person, number, place
):
    before = client.get(f"/person/show/{person.id}").text
    shown = client.send(f"/person/national-id/{person.id}").text
    after = client.get(f"/person/show/{person.id}").text

    assert number in shown
    assert number not in before + after
    assert number[:6] + "•••••" in before
    assert events(app, place, "person:national_id_shown", person.id) == 1


def test_a_national_id_is_shown_to_nobody_who_may_not_see_it(app, client_as, person, place):
    answers = [
        client_as(name).send(f"/person/national-id/{person.id}").status_code
        for name in ("planeier", "sentral", "lokal.fjellby")
    ]

    assert answers == [404, 404, 404]
    assert events(app, place, "person:national_id_shown", person.id) == 0


def test_a_national_id_can_not_be_asked_for_by_a_link(client, person):
    assert client.get(f"/person/national-id/{person.id}").status_code == 405
    assert client.get("/person/find").status_code == 405


def test_the_edit_form_holds_no_national_id_and_leaving_it_empty_keeps_it(
    app, client, person, number, place
):
    page = client.get(f"/person/edit/{person.id}").text
    client.send(f"/person/edit/{person.id}", form_of(person, given_name="Solfrid"))

    after = read(app, place, person)
    assert number not in page
    assert number[:6] not in page
    assert (after.given_name, after.national_id_hash) == ("Solfrid", person.national_id_hash)


def test_a_national_id_registered_by_mistake_can_be_removed(app, client, person, place):
    client.send(f"/person/edit/{person.id}", form_of(person, national_id_removed="y"))

    assert read(app, place, person).national_id_hash is None


def test_an_odd_national_id_is_saved_only_after_a_warning_that_was_confirmed(
    app, client, person, place
):
    data = form_of(person, national_id="12345")
    path = f"/person/edit/{person.id}"

    fresh = client.get(path).text
    warned = client.send(path, data)
    unsaved = read(app, place, person)
    confirmed = client.send(path, data | {"national_id_confirmed": "y"})

    assert "national_id_confirmed" not in fresh
    assert warned.status_code == 422
    assert 'name="national_id_confirmed"' in warned.text
    assert unsaved.national_id_hash == person.national_id_hash
    assert confirmed.status_code == 302
    assert read(app, place, person).national_id_is_doubtful


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("12345", "Et fødselsnummer har 11 sifre."),
        ("0203871234x", "Et fødselsnummer har bare sifre."),
        ("02838700000", "Kontrollsifrene i fødselsnummeret stemmer ikke."),
    ],
)
def test_the_warning_says_what_is_odd_about_the_national_id(client, person, typed, reason):
    answer = client.send(f"/person/edit/{person.id}", form_of(person, national_id=typed))

    assert answer.status_code == 422
    assert reason in answer.text


def test_a_test_number_is_refused_where_real_persons_are_registered(
    app, client, person, place, monkeypatch
):
    path, data = f"/person/edit/{person.id}", form_of(person, national_id=synthetic(BORN, 301))

    with monkeypatch.context() as real:
        real.setattr(people, "allows_synthetic", lambda: False)
        refused = client.send(path, data | {"national_id_confirmed": "y"})
    unsaved = read(app, place, person)
    welcome = client.send(path, data)

    assert refused.status_code == 422
    assert "Fødselsnummeret er et testnummer" in refused.text
    assert unsaved.national_id_hash == person.national_id_hash
    assert welcome.status_code == 302


def test_nobody_is_registered_as_born_after_today(client, person):
    days = (today() + timedelta(days=1), today())
    nobody = {"given_name": "Zacharias", "family_name": "Quist", "phone": "", "email": ""}
    answers = [
        client.send(f"/person/{where}", {**form_of(person, **one), "birth_date": f"{day:%d.%m.%Y}"})
        for where, one in (("add", nobody), (f"edit/{person.id}", {}))
        for day in days
    ]

    assert [answer.status_code for answer in answers] == [422, 302, 422, 302]
    assert "Fødselsdatoen er fram i tid." in answers[0].text


def test_search_by_national_id_leads_to_the_record_with_no_number_in_any_address(
    app, client, person, number, place
):
    searched = events(app, place, "person:searched_by_national_id")

    hit = client.send("/person/find", {"national_id": f"{number[:6]} {number[6:]}"})
    miss = client.send("/person/find", {"national_id": synthetic(BORN, 300)})

    assert hit.location == f"/person/show/{person.id}"
    assert miss.location == "/person/list/"
    assert events(app, place, "person:searched_by_national_id") == searched + 2
    page = client.get("/person/list/").text
    assert 'method="post" action="/person/find"' in page
    assert number not in page


def test_search_by_national_id_finds_nobody_of_another_municipality(client_as, person, number):
    stranger = client_as("lokal.fjellby")

    assert stranger.send("/person/find", {"national_id": number}).location == "/person/list/"


def test_a_list_can_not_be_filtered_by_national_id(client, number):
    assert client.get(f"/person/list/?national_id={number}").status_code == 400


def test_the_same_external_id_twice_is_told_beside_its_field(client, number):
    data = {"given_name": "A", "family_name": "B", "external_id": f"X{number}"}

    first, second = (client.send("/person/add", data) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 409)
    assert 'id="external_id-error"' in second.text


# --- address protection --------------------------------------------------------------------------


def test_a_confidential_address_is_moved_out_of_the_person_and_shown_only_when_asked_for(
    app, client, person, place
):
    assert protect(client, person).status_code == 302

    row, kept = read(app, place, person), protected(app, place, person)
    assert (row.is_shielded, row.address, row.postcode) == (True, None, None)
    assert (kept.grade, kept.address) == (ProtectionGrade.CONFIDENTIAL, HIDDEN_STREET)
    assert HIDDEN_STREET not in client.get(f"/person/show/{person.id}").text
    assert HIDDEN_STREET in client.send(f"/person/protected-address/{person.id}").text
    assert HIDDEN_STREET not in client.get(f"/person/show/{person.id}").text
    assert events(app, place, "protected_address:shown", kept.id) == 1


@pytest.mark.parametrize("was_confidential", [False, True])
def test_a_strictly_confidential_address_is_erased_everywhere(
    app, client, person, place, was_confidential
):
    if was_confidential:
        protect(client, person)
        person = read(app, place, person)

    answer = protect(client, person, ProtectionGrade.STRICTLY_CONFIDENTIAL)

    row, kept = read(app, place, person), protected(app, place, person)
    assert answer.status_code == 302
    assert {row.address, row.postcode, kept.address, kept.postcode} == {None}
    assert HIDDEN_STREET not in client.send(f"/person/protected-address/{person.id}").text


@pytest.mark.parametrize("field", ["address", "postcode"])
def test_a_strictly_confidential_address_is_refused_and_never_stored(
    app, client, person, place, field
):
    answer = protect(client, person, ProtectionGrade.STRICTLY_CONFIDENTIAL, **{field: "0150"})

    assert answer.status_code == 422
    assert 'id="address-error"' in answer.text
    assert protected(app, place, person) is None
    assert not read(app, place, person).is_shielded


@pytest.mark.parametrize(
    "path", ["/person/list/?family_name=dalen", "/person/export?format=csv&family_name=dalen"]
)
def test_nothing_that_tells_where_a_shielded_person_is_stands_in_lists_and_files(
    client, person, world, path
):
    school = "skole"
    open_page = client.get(path).text.replace("<wbr>", "")
    protect(client, person, unit_id=person.unit_id)

    shielded_line = line_of(client.get(path).text.replace("<wbr>", ""), person)

    assert school in line_of(open_page, person)
    assert person.email in line_of(open_page, person)
    for telling in (school, person.email, "22123456", show_phone(LANDLINE), HIDDEN_STREET):
        assert telling not in shielded_line


def line_of(page: str, person: Person) -> str:
    """The row of the list or line of the file that is about the person."""
    rows = page.partition("<tbody>")[2]
    parts = rows.split("</tr>") if rows else page.splitlines()
    return next(part for part in parts if person.family_name in part)


def test_persons_are_filtered_by_unit_and_the_units_below_it(client, world, person):
    units = world.strandvik.units
    path = f"/person/list/?family_name={person.family_name}&unit="

    found = {key: str(person.id) in client.get(path + units[key]).text for key in units}

    assert found == {key: key in ("top", "school") for key in units}
    assert client.get(path + world.fjellby.units["school"]).status_code == 400
    assert client.get(path + "finnes-ikke-noe-sted").status_code == 400
    assert str(person.id) in client.get(path + f"{CANARY['9901']} skole").text
    assert f"unit={units['school']}" in client.get(f"/unit/show/{units['school']}").text


def test_neither_filter_nor_count_of_a_unit_tells_of_a_shielded_person(client, world, person):
    school = world.strandvik.units["school"]
    listed = f"/person/list/?family_name={person.family_name}&unit={school}"
    counted = re.compile(r"(\d+) person(?:er)? hører til denne virksomheten")

    before = counted.search(client.get(f"/unit/show/{school}").text)
    was_listed = str(person.id) in client.get(listed).text
    protect(client, person)
    after = counted.search(client.get(f"/unit/show/{school}").text)

    assert was_listed
    assert str(person.id) not in client.get(listed).text
    assert int(after.group(1)) == int(before.group(1)) - 1


def test_the_record_and_the_form_of_a_shielded_person_tell_no_place(
    app, client, client_as, person, place
):
    protect(client, person, unit_id=person.unit_id)
    coordinator = client_as("koordinator.strandvik")

    pages = [
        reader.get(path).text
        for reader in (client, coordinator)
        for path in (f"/person/show/{person.id}", f"/person/edit/{person.id}")
    ]
    pages.append(coordinator.get(f"/person/choices?q={person.family_name}").text)
    stale = form_of(person, version="1", given_name="Sol")
    pages.append(coordinator.send(f"/person/edit/{person.id}", stale).text)

    for page in pages:
        for telling in ("Måkeskrik skole", "22123456", show_phone(LANDLINE), HIDDEN_STREET):
            assert telling not in page
        assert not re.search('[">]0301["<]', page)
    assert 'role="alert"' in pages[-1]
    row = read(app, place, person)
    assert (row.unit_id, row.phone) == (person.unit_id, LANDLINE)


def test_saving_the_form_of_a_shielded_person_neither_wipes_nor_sets_where_they_are(
    app, client, client_as, person, place, world
):
    protect(client, person, unit_id=person.unit_id)
    row = read(app, place, person)
    coordinator = client_as("koordinator.strandvik")

    answer = coordinator.send(
        f"/person/edit/{person.id}",
        form_of(
            row,
            given_name="Sol",
            phone="",
            address="Storgata 1",
            postcode="0150",
            unit_id=world.strandvik.units["nav"],
        ),
    )

    after = read(app, place, person)
    assert answer.status_code == 302
    assert (after.given_name, after.unit_id, after.phone) == ("Sol", person.unit_id, LANDLINE)
    assert (after.address, after.postcode) == (None, None)
    assert protected(app, place, person).address == HIDDEN_STREET


def test_a_mobile_number_tells_no_place_and_stays_on_the_record(app, client, person, place):
    client.send(f"/person/edit/{person.id}", form_of(person, phone=MOBILE))
    protect(client, read(app, place, person))

    assert show_phone(MOBILE) in client.get(f"/person/show/{person.id}").text


def test_only_local_administrators_protect_and_see_protected_addresses(
    app, client, client_as, person, place
):
    protect(client, person)
    coordinator = client_as("koordinator.strandvik")

    answers = [
        coordinator.get(f"/person/protection/{person.id}").status_code,
        protect(coordinator, read(app, place, person)).status_code,
        coordinator.send(f"/person/lift-protection/{person.id}").status_code,
        coordinator.send(f"/person/protected-address/{person.id}").status_code,
        client_as("lokal.fjellby").send(f"/person/protected-address/{person.id}").status_code,
    ]

    assert answers == [403, 403, 403, 403, 404]
    assert client.get(f"/person/protection/{person.id}").status_code == 200


@pytest.mark.parametrize(("keeps", "address"), [(True, HIDDEN_STREET), (False, None)])
def test_lifting_the_protection_opens_the_address_only_when_that_is_asked_for(
    app, client, person, place, keeps, address
):
    protect(client, person, unit_id=person.unit_id)

    client.send(f"/person/lift-protection/{person.id}", {"keep_address": "y"} if keeps else {})

    row, kept = read(app, place, person), protected(app, place, person)
    assert (row.is_shielded, row.address) == (False, address)
    assert (kept.address, kept.lifted_at is None) == (None, False)
    assert client.send(f"/person/protected-address/{person.id}").status_code == 404
    assert client.send(f"/person/lift-protection/{person.id}").status_code == 404
    assert protect(client, row).status_code == 302


def test_a_protection_that_somebody_else_changed_is_not_overwritten_unseen(
    app, client, person, place
):
    protect(client, person)

    answer = protect(client, person, ProtectionGrade.STRICTLY_CONFIDENTIAL)

    assert answer.status_code == 409
    assert protected(app, place, person).address == HIDDEN_STREET


def test_the_audit_tells_that_an_address_was_protected_but_not_which(app, client, person, place):
    protect(client, person)

    with app.app_context(), acting_as(db.session(), operator(place)):
        kept = db.session.scalars(select(AuditEvent).where(AuditEvent.object_id == person.id)).all()
    texts = [str([getattr(event, c.name) for c in AuditEvent.__table__.c]) for event in kept]
    assert any("is_shielded" in text for text in texts)
    assert not any(HIDDEN_STREET in text for text in texts)


@pytest.mark.parametrize(
    ("born", "since", "renewal"),
    [
        (date(2015, 5, 1), date(2026, 2, 1), date(2027, 2, 1)),
        (date(2015, 5, 1), date(2024, 2, 29), date(2025, 3, 1)),
        (date(2008, 2, 2), date(2026, 2, 1), date(2027, 2, 1)),
        (date(2008, 2, 1), date(2026, 2, 1), None),
        (date(1980, 5, 1), date(2026, 2, 1), None),
        (None, date(2026, 2, 1), None),
    ],
    ids=["a child", "on a leap day", "a day before 18", "at 18", "an adult", "nobody knows when"],
)
def test_the_protection_of_a_child_must_be_renewed_after_a_year(born, since, renewal):
    assert protection.default_renewal(born, since) == renewal


def test_a_protection_can_not_end_before_it_begins(client, person):
    answer = protect(client, person, renew_by="31.01.2026")

    assert answer.status_code == 422
    assert 'id="renew_by-error"' in answer.text


# --- out of use, and back ------------------------------------------------------------------------


def test_a_person_is_retired_for_a_reason_and_can_be_brought_back(app, client, person, place):
    path = f"/person/retire/{person.id}"

    asked = client.send(path)
    refused = client.send(path, {"reason": "  "})
    in_use = read(app, place, person)
    client.send(path, {"reason": "Flyttet til Fjellby"})
    retired = read(app, place, person)
    page = client.get(f"/person/show/{person.id}").text
    client.send(f"/person/restore/{person.id}")

    assert (asked.status_code, refused.status_code) == (200, 422)
    assert in_use.retired_at is None
    assert retired.retired_at is not None
    assert "Flyttet til Fjellby" in page
    back = read(app, place, person)
    assert (back.retired_at, back.retired_reason) == (None, None)


def test_a_person_is_not_brought_back_beside_another_with_the_same_national_id(
    app, client, person, number, place
):
    client.send(f"/person/retire/{person.id}", {"reason": "Registrert to ganger"})
    client.send(
        "/person/add", {"given_name": "Zacharias", "family_name": "Qvam", "national_id": number}
    )

    answer = client.send(f"/person/restore/{person.id}")

    assert answer.status_code == 409
    assert read(app, place, person).retired_at is not None
