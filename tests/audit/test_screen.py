"""The screen of the log: who reads what of it, and that the reading is told."""

import csv
import io
import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from app.audit import log
from app.columns import new_id
from app.db import db, transaction
from app.enums import Outcome
from app.models import AuditEvent
from app.security.actor import NOBODY, acting_as, operator
from tests.units.planting import plant, staff
from tests.world import CANARY

ROW = re.compile(r'<th scope="row">')
SHOW = re.compile(r"/audit-event/show/([0-9a-f-]{36})")


@pytest.fixture
def admin(client_as):
    """The local administrator of Strandvik."""
    return client_as("lokal.strandvik")


@pytest.fixture
def told(garden, world):
    """Adds an event about a record of its own to a municipality's log."""

    def tell(place, **values):
        with garden.working_in(place):
            event = AuditEvent(
                **{
                    "id": new_id(),
                    "municipality_id": place.id,
                    "at": datetime(2025, 6, 15, 12, tzinfo=UTC),
                    "action": "unit:added",
                    "outcome": Outcome.DONE,
                    "object_type": "unit",
                    "object_id": str(uuid4()),
                    "fields": [],
                    **values,
                }
            )
            db.session.add(event)
        return event

    return tell


def shown(client, **filters):
    """Ids of the events on the first page of the list."""
    answer = client.get("/audit-event/list/", query_string=filters)
    assert answer.status_code == 200
    return SHOW.findall(answer.text)


def test_the_newest_event_stands_first_and_pages_follow(garden, admin, world):
    with garden.working_in(world.strandvik) as actor:
        made = [plant(actor).id for _ in range(3)]
    ids = [garden.events(world.strandvik, pk)[0].id for pk in made]

    first = admin.get("/audit-event/list/?size=3")
    turned = re.search(r'rel="next" href="([^"]+)"', first.text).group(1).replace("&amp;", "&")
    second = SHOW.findall(admin.get(turned).text)

    everything = SHOW.findall(first.text) + second
    assert everything == sorted(everything, reverse=True)
    assert set(ids) & set(everything)


def test_one_municipality_never_sees_the_others_log(client_as, told, world):
    ours, theirs = told(world.strandvik), told(world.fjellby)

    for username, own, foreign in (
        ("lokal.strandvik", ours, theirs),
        ("lokal.fjellby", theirs, ours),
    ):
        client = client_as(username)
        assert shown(client, object_id=own.object_id) == [own.id]
        assert shown(client, object_id=foreign.object_id) == []
        assert client.get(f"/audit-event/show/{own.id}").status_code == 200
        assert client.get(f"/audit-event/show/{foreign.id}").status_code == 404
        file = client.get("/audit-event/export", query_string={"object_id": foreign.object_id})
        assert file.text.count("\r\n") == 1


def test_no_page_or_file_of_the_log_holds_the_others_word(client_as, world):
    client = client_as("lokal.strandvik")

    for path in ("/audit-event/list/?size=100", "/audit-event/export?format=csv"):
        assert CANARY["9902"] not in client.get(path).text


@pytest.mark.parametrize("username", ["koordinator.strandvik", "larer", "planeier"])
@pytest.mark.parametrize("page", ["list/", "export"])
def test_others_than_administrators_do_not_read_the_log(client_as, username, page):
    client = client_as(username, in_="9901" if username == "larer" else None)

    assert client.get(f"/audit-event/{page}").status_code == 403


@pytest.mark.parametrize("page", ["add", "edit/{}", "retire/{}", "choices"])
def test_the_log_has_no_door_to_change_it(admin, told, world, page):
    assert admin.get(f"/audit-event/{page.format(told(world.strandvik).id)}").status_code == 404


@pytest.mark.parametrize(
    ("filters", "is_found"),
    [
        ({"since": "15.06.2025"}, True),
        ({"since": "16.06.2025"}, False),
        ({"until": "15.06.2025"}, True),
        ({"until": "14.06.2025"}, False),
        ({"since": "15.6.2025", "until": "2025-06-15"}, True),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "at",
    [
        pytest.param(datetime(2025, 6, 14, 22, 0, tzinfo=UTC), id="first moment of the day"),
        pytest.param(datetime(2025, 6, 15, 21, 59, 59, tzinfo=UTC), id="last second of the day"),
    ],
)
def test_days_are_norwegian_and_both_are_included(admin, told, world, at, filters, is_found):
    event = told(world.strandvik, at=at)

    found = shown(admin, object_id=event.object_id, **filters)

    assert found == ([event.id] if is_found else [])


def test_a_day_in_winter_begins_an_hour_later_in_utc(admin, told, world):
    before = told(world.strandvik, at=datetime(2025, 1, 14, 22, 59, tzinfo=UTC))
    after = told(world.strandvik, at=datetime(2025, 1, 14, 23, 0, tzinfo=UTC))

    assert shown(admin, object_id=before.object_id, since="15.01.2025") == []
    assert shown(admin, object_id=after.object_id, since="15.01.2025") == [after.id]


@pytest.mark.parametrize(
    ("action", "code", "is_found"),
    [
        ("unit:moved", "unit:moved", True),
        ("unit:moved", "unit:merged", False),
        ("unit:", "unit:merged", True),
        ("unit:", "person:added", False),
        ("refused:", "refused:UnitView.show", True),
        ("refused:", "unit:added", False),
    ],
)
def test_events_are_found_by_code_or_by_group(admin, told, world, action, code, is_found):
    event = told(world.strandvik, action=code)

    found = shown(admin, object_id=event.object_id, action=action)

    assert found == ([event.id] if is_found else [])


def test_events_are_found_by_outcome(admin, told, world):
    event = told(world.strandvik, outcome=Outcome.REFUSED)

    assert shown(admin, object_id=event.object_id, outcome="refused") == [event.id]
    assert shown(admin, object_id=event.object_id, outcome="done") == []


def test_events_are_found_by_the_family_name_of_who_did_it(garden, admin, told, world):
    with garden.working_in(world.strandvik) as actor:
        person = staff(actor, None, "Øyen-Loggfører")
    event = told(world.strandvik, person_id=person.id, account_id=world.accounts["larer"])

    assert shown(admin, object_id=event.object_id, who="øyen logg") == [event.id]
    assert shown(admin, object_id=event.object_id, who="logg") == []


@pytest.mark.parametrize(
    ("filters", "status"),
    [
        ({"since": "yesterday"}, 400),
        ({"until": "31.02.2025"}, 400),
        ({"action": "no:such"}, 400),
        ({"outcome": "perhaps"}, 400),
        ({"unknown": "1"}, 400),
        ({"since": ""}, 200),
    ],
    ids=str,
)
def test_a_filter_that_is_not_understood_shows_nothing(admin, filters, status):
    answer = admin.get("/audit-event/list/", query_string=filters)

    assert answer.status_code == status
    assert bool(ROW.search(answer.text)) is (status == 200)


# --- who -----------------------------------------------------------------------------------------


def test_a_person_of_the_municipality_is_named(garden, admin, told, world):
    with garden.working_in(world.strandvik) as actor:
        person = staff(actor, None, f"Navngitt{uuid4().hex[:6]}")
    event = told(world.strandvik, person_id=person.id, account_id=world.accounts["larer"])

    assert person.family_name in admin.get(f"/audit-event/show/{event.id}").text
    assert person.family_name in admin.get(f"/audit-event/list/?object_id={event.object_id}").text


@pytest.mark.parametrize("is_known_elsewhere", [True, False])
def test_nobody_else_is_named(garden, admin, told, world, is_known_elsewhere):
    with garden.working_in(world.fjellby) as actor:
        foreign = staff(actor, None, f"Utenbygds{uuid4().hex[:6]}")
    event = told(
        world.strandvik,
        person_id=foreign.id if is_known_elsewhere else None,
        account_id=world.accounts["lokal.fjellby"],
    )

    for path in (f"show/{event.id}", f"list/?object_id={event.object_id}"):
        page = admin.get(f"/audit-event/{path}", headers={"Accept-Language": "en"}).text
        assert "Someone outside the municipality" in page
        assert foreign.family_name not in page
        assert "lokal.fjellby" not in page


def test_what_a_command_did_is_told_as_the_operators(admin, told, world):
    event = told(world.strandvik)

    page = admin.get(f"/audit-event/show/{event.id}", headers={"Accept-Language": "en"}).text

    assert "The operator of the installation" in page


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_holds_what_the_filter_shows_in_words(garden, admin, told, world, kind):
    with garden.working_in(world.strandvik) as actor:
        person = staff(actor, None, "Filleser")
    event = told(
        world.strandvik,
        at=datetime(2025, 6, 15, 12, 30, 5, tzinfo=UTC),
        action="unit:changed",
        person_id=person.id,
        account_id=world.accounts["larer"],
        role="local_administrator",
        fields=["name", "leader_id"],
    )
    query = {"object_id": event.object_id, "format": kind}

    with admin.get(
        "/audit-event/export", query_string=query, headers={"Accept-Language": "en"}
    ) as answer:
        assert answer.status_code == 200
        header, row = table(answer.data, kind)

    assert len(header) == len(row)
    assert row[0] == "15.06.2025 14:30:05"
    assert row[1] == "Test Filleser"
    assert row[6] == event.object_id
    assert "unit:changed" not in row
    assert "leader_id" not in row[7]


def table(content, kind):
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


# --- reading is told -----------------------------------------------------------------------------


def readings(garden, place, action):
    with garden.app.app_context(), acting_as(db.session(), operator(place.id)):
        found = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
        return list(db.session.scalars(found))


def test_reading_the_log_is_told_once_with_the_names_of_the_filters(garden, admin, told, world):
    event = told(world.strandvik)
    before = len(readings(garden, world.strandvik, "audit_event:listed"))

    admin.get(f"/audit-event/list/?object_id={event.object_id}&since=01.01.2025")
    admin.get(f"/audit-event/list/?object_id={event.object_id}&after={event.id}")

    after = readings(garden, world.strandvik, "audit_event:listed")
    assert len(after) == before + 1
    assert after[-1].fields == ["object_id", "since"]
    assert after[-1].account_id == world.accounts["lokal.strandvik"]


def test_reading_one_event_and_downloading_are_told(garden, admin, told, world):
    event = told(world.strandvik)

    admin.get(f"/audit-event/show/{event.id}")
    admin.get(f"/audit-event/export?object_id={event.object_id}")

    assert readings(garden, world.strandvik, "audit_event:shown")[-1].object_id == event.id
    assert "object_id" in readings(garden, world.strandvik, "audit_event:exported")[-1].fields


# --- the installation's log ----------------------------------------------------------------------


def test_a_central_administrator_reads_the_installations_events_alone(
    garden, client_as, told, world
):
    with garden.app.app_context(), transaction():
        log.record(NOBODY, "municipality:changed")
    own = told(world.strandvik)
    central, local = client_as("sentral"), client_as("lokal.strandvik")

    assert len(shown(central, action="municipality:changed")) >= 1
    assert shown(central, object_id=own.object_id) == []
    assert central.get(f"/audit-event/show/{own.id}").status_code == 404
    assert central.get("/audit-event/export").status_code == 403
    assert shown(local, action="municipality:changed") == []
