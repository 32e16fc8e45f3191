"""The overview of key roles: what it knows of each, and how it is filtered and sorted."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import PlanKind, Role, UnitKind
from app.models import AccountProfile, Course, CourseAttendance, Membership, Person, Plan, Unit
from app.units import operations as units
from tests.accounts import towns
from tests.plans import garden as gardens

COLUMNS = ("name", "role", "unit", "plans", "course", "login", "since", "last")
WHO = ("trained", "lapsed", "idle")


@pytest.fixture(scope="module")
def built(app):
    """A town with three coordinators: one trained with three plans, one whose course has lapsed and
    who leaves soon, one who never signed in and has nothing; and their family names."""
    town = towns.new_town(app)
    with app.app_context():
        names = {key: town.member(Role.COORDINATOR, "school") for key in WHO}
        persons = {key: town.roles_of(name)[0].person_id for key, name in names.items()}
        owners = [town.person() for _ in range(3)]
        with town.inside() as actor, transaction() as session:
            kinds = (PlanKind.INDIVIDUAL_PLAN, PlanKind.RELAY_LOG, PlanKind.FAMILY_PLAN)
            for owner, kind in zip(owners, kinds, strict=True):
                gardens.make_plan(owner, persons["trained"], kind=kind)
            _teach(session, persons)
            _sign_in_and_leave(session, names, persons)
            unit = Unit(name="KE", kind=UnitKind.COORDINATING_UNIT, is_outside=False)
            units.add(actor, unit, None, at=utc_now())
            unit.leader_id = persons["idle"]
        with town.inside():
            family = {one: db.session.get(Person, pk).family_name for one, pk in persons.items()}
            count = db.session.query(Plan).filter_by(municipality_id=town.id).count()
    assert count == 3
    return town, family


def _teach(session, persons):
    course = Course(title="Skole", held_on=today(), created_at=utc_now())
    session.add(course)
    session.flush()
    for key, days in (("trained", 20), ("lapsed", 900)):
        session.add(
            CourseAttendance(
                course_id=course.id,
                person_id=persons[key],
                certified_on=today() - timedelta(days=days),
                recorded_at=utc_now(),
            )
        )


def _sign_in_and_leave(session, names, persons):
    for key, days in (("trained", 2), ("lapsed", 200)):
        at = utc_now() - timedelta(days=days)
        account_id = towns.account_id(names[key])
        session.merge(AccountProfile(account_id=account_id, last_login_at=at))
    held = session.query(Membership).filter_by(person_id=persons["lapsed"]).one()
    held.ends_on = today() + timedelta(days=11)


@pytest.fixture
def found(built, enter):
    """Who stands in the file, and the rows, when the list is asked so."""
    town, family = built
    client = enter(town.admin)

    def found(**asked):
        text = client.get("/key-roles/export", query_string=asked).get_data(as_text=True)
        rows = [*csv.DictReader(StringIO(text), fieldnames=COLUMNS, delimiter=";")][1:]
        by_name = {one["name"].partition(",")[0]: one for one in rows}
        return {key: by_name[name] for key, name in family.items() if name in by_name}

    return found


def test_each_is_told_with_plans_course_login_unit_and_last_day(found, built):
    rows = found()

    trained, lapsed, idle = (rows[key] for key in WHO)
    assert (trained["plans"], trained["course"]) == ("3", str(today() - timedelta(days=20)))
    assert trained["unit"] == f"school {built[0].number}"
    assert lapsed["last"] == str(today() + timedelta(days=10))
    assert lapsed["login"] in {str(today() - timedelta(days=one)) for one in (200, 199, 201)}
    assert (idle["plans"], idle["course"], idle["login"]) == ("0", "", "")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"course": "untrained"}, {"lapsed", "idle"}),
        ({"course": "trained"}, {"trained"}),
        ({"login": "long"}, {"lapsed", "idle"}),
        ({"login": "never"}, {"idle"}),
        ({"leaving": "soon"}, {"lapsed"}),
        ({"plans": "none"}, {"lapsed", "idle"}),
        ({"plans": "0", "role": "coordinator"}, {"trained"}),
        ({"plans": "5"}, set()),
        ({"role": "child_coordinator"}, {"trained"}),
        ({"role": "relay_holder"}, {"trained"}),
        ({"role": "contact"}, {"idle"}),
        ({"role": "local_administrator"}, set()),
    ],
    ids=lambda value: str(value if isinstance(value, dict) else sorted(value)),
)
def test_the_overview_is_filtered(found, asked, expected):
    assert set(found(**asked)) == expected


def test_the_overview_is_sorted_and_walked_by_every_column(built, enter):
    client, town = enter(built[0].admin), built[0]
    place = town.roles_of(town.admin)[0].id
    for order in ("person", "plans", "course", "last_login", "last_day", "starts_on"):
        for asked in (f"{order}&after={place}", f"-{order}&before={place}"):
            assert client.get(f"/key-roles/?order={asked}").status_code == 200
    by_plans = client.get("/key-roles/?order=-plans").text
    first, *others = (by_plans.index(f"{built[1][key]}, Test") for key in WHO)

    assert all(first < one for one in others)


def test_the_contact_of_the_coordinating_unit_is_named_above(built, enter):
    page = enter(built[0].admin).get("/key-roles/").text

    assert f"Test {built[1]['idle']}" in page
