"""Who takes part in our plans from outside, and who of ours has access elsewhere."""

import csv
import re
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import NoticeKind, PlanKind, Role, UnitKind
from app.models import Membership, Participant, Person, Plan, PlanType, Unit
from app.security import elsewhere, policy, tenancy
from app.security.roles import Action
from app.side_tables import Notice
from app.templating.shipped_types import TYPES
from app.units import operations as units
from tests.accounts import towns
from tests.plans import garden as gardens

LIST, OURS = "/from-outside/", "/ours-elsewhere/"
COLUMNS = ("name", "where", "function", "role", "kind", "coordinator", "plans", "since", "last")
DIGEST = re.compile(r'name="digest" value="(\w+)"')
UNDO = re.compile(r'action="(/from-outside/undo/[^"]+)"')


@pytest.fixture(scope="module")
def built(app):
    """Two towns: a hospital's doctor in two plans, a guest and a relative from the other town, one
    with a protected address, one of the town's own; and staff and an owner with roles there."""
    here, there = towns.new_town(app), towns.new_town(app)
    made = SimpleNamespace(here=here, there=there, app=app, names={}, persons={}, parts={})
    with app.app_context():
        for key in ("guest", "relative"):
            made.names[key] = there.member(Role.PARTICIPANT)
        for key in ("doctor", "insider", "shielded", "staff", "owner", "coordinator"):
            role = Role.COORDINATOR if key == "coordinator" else Role.PARTICIPANT
            made.names[key] = here.member(role)
        for key in ("guest", "relative"):
            here.member(Role.PARTICIPANT, username=made.names[key])
        for key in ("staff", "owner", "coordinator"):
            there.member(Role.PARTICIPANT, username=made.names[key])
        for key, name in made.names.items():
            made.persons[key] = here.roles_of(name)[-1].person_id
        made.children = [here.person() for _ in range(2)]
        with here.inside() as actor, transaction() as session:
            session.add(_kind_of_plan())
            _plant(made, actor, session)
    return made


def _plant(made, actor, session):
    hospital = Unit(name="Kystsykehuset prøve", kind=UnitKind.HOSPITAL, is_outside=True)
    units.add(actor, hospital, None, at=utc_now())
    session.flush()
    made.hospital_id = hospital.id
    homes = dict.fromkeys(("insider", "staff", "owner", "guest"), made.here.units["school"])
    for key, unit_id in {**homes, "doctor": hospital.id, "shielded": hospital.id}.items():
        session.get(Person, made.persons[key]).unit_id = unit_id
    session.get(Person, made.persons["shielded"]).is_shielded = True
    owners = [made.persons["owner"], *made.children]
    plans = [gardens.make_plan(one, made.persons["coordinator"]) for one in owners]
    plans[1].unit_id = made.here.units["class"]
    takes_part = {"doctor": (0, 1), "guest": (0,), "relative": (0,), "insider": (1,)}
    for key, places in (takes_part | {"shielded": (2,)}).items():
        for place in places:
            row = gardens.add_participant(
                plans[place], made.persons[key], function=f"som {key}", ends_on=_in(40)
            )
            made.parts[key, place] = row.id
    made.plans = [one.id for one in plans]


def _kind_of_plan():
    shipped = next(one for one in TYPES if one.kind is PlanKind.INDIVIDUAL_PLAN)
    return PlanType(
        kind=shipped.kind,
        sections=[str(section) for section in shipped.sections],
        names=shipped.names,
        coordinator_names=shipped.coordinator_names,
        consent_months=12,
        is_offered=True,
    )


def _in(days):
    return today() + timedelta(days=days)


@pytest.fixture
def family(built):
    """The family names of everybody, by what they are."""
    with built.app.app_context(), built.here.inside():
        return {
            key: db.session.get(Person, person_id).family_name
            for key, person_id in built.persons.items()
        }


@pytest.fixture
def admin(built, enter):
    return enter(built.here.admin)


@pytest.fixture
def actor(built):
    """The local administrator, at work."""
    with built.app.app_context():
        actor = built.here.actor(built.here.admin)
        with built.here.inside():
            yield actor


def rows(client, path=f"{LIST}export", **asked):
    """The rows of the file, by name."""
    text = client.get(path, query_string=asked).get_data(as_text=True)
    found = csv.DictReader(StringIO(text), fieldnames=COLUMNS, delimiter=";")
    return [*found][1:]


def named(found, family):
    """Who stands in a file."""
    names = {name: key for key, name in family.items()}
    return sorted(names.get(one["name"].partition(",")[0], "?") for one in found)


# --- the lists -----------------------------------------------------------------------------------


def test_the_list_tells_who_is_from_where_as_what_and_in_how_many_plans(admin, built, family):
    found, page = rows(admin), admin.get(LIST).text

    by_name = {one["name"].partition(",")[0]: one for one in found}
    doctor, guest = by_name[family["doctor"]], by_name[family["guest"]]
    assert named(found, family) == ["doctor", "doctor", "guest", "shielded"]
    assert (doctor["where"], doctor["plans"]) == ("Kystsykehuset prøve", "2")
    assert (guest["where"], guest["function"]) == (
        f"Prøve{built.there.number}",
        "som guest",
    )
    assert guest["last"] == str(_in(39))
    assert by_name[family["shielded"]]["where"] == ""
    assert all(family[key] in page for key in ("doctor", "guest", "shielded"))
    assert not any(f"{family[key]}, " in page for key in ("relative", "insider", "owner"))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"where": "{hospital}"}, ["doctor", "doctor"]),
        ({"where": "municipality-{there}"}, ["guest"]),
        ({"ends": "soon"}, ["doctor", "doctor", "guest", "shielded"]),
        ({"ends": "never"}, []),
        ({"kind": "relay_log"}, []),
        ({"q": "{doctor}"}, ["doctor", "doctor"]),
    ],
    ids=str,
)
def test_the_list_is_filtered_by_where_and_until_when(admin, built, family, asked, expected):
    words = {"hospital": built.hospital_id, "there": built.there.id, "doctor": family["doctor"]}
    asked = {name: value.format(**words) for name, value in asked.items()}

    assert named(rows(admin, **asked), family) == expected


def test_an_administrator_of_a_part_sees_those_in_the_plans_of_that_part(built, enter, family):
    limited = enter(built.here.member(Role.LOCAL_ADMINISTRATOR, "class"))

    found = rows(limited)

    assert named(found, family) == ["doctor"]
    assert found[0]["plans"] == "1"


def test_of_ours_it_is_told_that_they_have_access_elsewhere_and_nothing_more(
    admin, built, enter, family
):
    page, file = admin.get(OURS).text, admin.get(f"{OURS}export").text

    for text in (page, file):
        assert family["staff"] in text
        assert not any(family[key] in text for key in ("owner", "insider", "relative", "doctor"))
        assert f"Prøve{built.there.number}" not in text
    assert family["staff"] not in enter(built.there.admin).get(OURS).text


@pytest.mark.parametrize("path", [LIST, f"{LIST}export", OURS, f"{OURS}export"])
@pytest.mark.parametrize("who", ["coordinator", "insider"])
def test_the_lists_are_local_administrators_alone(built, enter, who, path):
    assert enter(built.names[who]).get(path).status_code in (302, 403)


# --- ending, and asking for more -----------------------------------------------------------------


def look_over(client, built, action, *parts):
    """The page that says what would be done, and its digest."""
    sent = {"action": action, "row": [built.parts[one] for one in parts]}
    page = client.send(f"{LIST}bulk", sent)
    found = DIGEST.search(page.text)
    return page, sent | {"digest": found.group(1) if found else "none"}


def part(built, *key):
    """A participation as it is now, and the notices of its plan that nobody has seen to."""
    with built.app.app_context(), built.here.inside():
        row = db.session.get(Participant, built.parts[key])
        told = select(Notice.person_id, Notice.kind, Notice.text).where(
            Notice.plan_id == row.plan_id, Notice.settled_at.is_(None)
        )
        return row, [*db.session.execute(told)]


def test_ending_is_looked_over_holds_at_once_is_told_and_can_be_undone(admin, built, family):
    page, sent = look_over(admin, built, "end", ("doctor", 0), ("doctor", 1))
    before = part(built, "doctor", 0)[0].ended_at
    without_reason = admin.send(f"{LIST}bulk", sent)

    done = admin.send(f"{LIST}bulk", sent | {"reason": "Har sluttet"}, follow_redirects=True)
    ended, told = part(built, "doctor", 0)
    admin.send(UNDO.search(done.text).group(1).replace("&amp;", "&"))
    again, told_again = part(built, "doctor", 0)

    assert family["doctor"] in page.text
    assert (before, without_reason.status_code) == (None, 422)
    assert (ended.ended_reason, again.ended_at) == ("Har sluttet", None)
    stopped = {one.person_id for one in told if one.kind is NoticeKind.ACCESS_STOPPED}
    assert {built.persons["coordinator"], built.persons["owner"]} <= stopped
    assert any("Har sluttet" in one.text for one in told)
    undone = {one.person_id for one in told_again if one.kind is NoticeKind.CHANGE_WANTED}
    assert {built.persons["coordinator"], built.persons["owner"]} <= undone


def test_prolonging_is_a_question_to_the_coordinator_and_changes_nothing(admin, built):
    _page, sent = look_over(admin, built, "ask_for_longer", ("guest", 0))
    earlier, _told = part(built, "guest", 0)
    too_short = admin.send(f"{LIST}bulk", sent | {"last_day": f"{_in(5):%d.%m.%Y}"})

    done = admin.send(
        f"{LIST}bulk", sent | {"last_day": f"{_in(90):%d.%m.%Y}"}, follow_redirects=True
    )
    later, told = part(built, "guest", 0)
    admin.send(UNDO.search(done.text).group(1).replace("&amp;", "&"))

    text = f"{_in(90):%d.%m.%Y}"
    assert too_short.status_code == 422
    assert later.ends_on == earlier.ends_on
    assert [one.person_id for one in told if text in one.text] == [built.persons["coordinator"]]
    assert not any(text in one.text for one in part(built, "guest", 0)[1])


def test_nobody_else_ends_by_the_address(built, enter):
    key = ("guest", 0)
    for who in (built.names["coordinator"], built.names["insider"], built.there.admin):
        _page, sent = look_over(enter(who), built, "end", key)
        enter(who).send(f"{LIST}bulk", sent | {"reason": "x"})

    assert part(built, *key)[0].ended_at is None


def test_an_administrator_reads_ends_and_exports_but_never_widens(built, actor):
    row = db.session.get(Participant, built.parts["doctor", 0])
    allowed = {one for one in Action if policy.decide(actor, one, row)}

    assert allowed == {Action.EXPORT, Action.TIDY}


# --- nothing else crosses ------------------------------------------------------------------------


def test_only_roles_of_the_accounts_asked_about_cross_the_border(built, actor):
    asked = frozenset({towns.account_id(built.names["staff"])})
    others = towns.account_id(built.names["guest"])
    for walls in ({"policy", "session", "database"}, {"policy", "session"}, {"database"}):
        if walls == {"database"} and db.engine.dialect.name == "sqlite":
            continue
        tenancy.set_walls(frozenset(walls))
        try:
            with tenancy.asking(tenancy.Scope(accounts=asked)):
                held = set(db.session.scalars(select(Membership.account_id)))
                seen = [
                    db.session.scalars(select(model.id).limit(1)).all()
                    for model in (Person, Plan, Participant, Unit, Notice)
                ]
        finally:
            tenancy.set_walls(frozenset({"policy", "session", "database"}))
        assert held == set(asked)
        assert others not in held
        assert seen == [[]] * 5


def test_nothing_is_written_where_roles_are_asked_about(built, actor):
    asked = frozenset({towns.account_id(built.names["staff"])})
    held = built.there.roles_of(built.names["staff"])[0]

    def change() -> None:
        with transaction() as session:
            row = session.merge(held, load=False)
            with tenancy.asking(tenancy.Scope(accounts=asked)):
                row.ends_on = _in(1)
                session.flush()

    with pytest.raises(tenancy.TenantViolation):
        change()


def test_the_answers_are_ids_of_persons_here_and_the_municipality_alone(built, actor):
    staff = elsewhere.staff_elsewhere(db.session(), actor)
    homes = elsewhere.homes(db.session(), actor)

    assert staff == {built.persons["staff"], built.persons["guest"]}
    assert homes == {built.persons["guest"]: built.there.id}


def test_a_role_that_has_ended_elsewhere_is_told_no_more(built, actor):
    with built.there.inside(), transaction() as session:
        account_id = towns.account_id(built.names["staff"])
        held = session.scalars(select(Membership).where(Membership.account_id == account_id))
        row = next(one for one in held if one.municipality_id == built.there.id)
        row.ended_at = utc_now()

    after = elsewhere.staff_elsewhere(db.session(), actor)
    with built.there.inside(), transaction() as session:
        session.get(Membership, row.id).ended_at = None

    assert after == {built.persons["guest"]}


@pytest.mark.parametrize("who", ["staff", "guest"])
def test_nothing_is_told_of_who_has_a_protected_address_in_the_other_municipality(
    built, actor, who
):
    account_id = towns.account_id(built.names[who])

    def protect(*, is_shielded: bool) -> None:
        with built.there.inside(), transaction() as session:
            held = select(Membership.person_id).where(Membership.account_id == account_id)
            for person in session.scalars(select(Person).where(Person.id.in_(held))):
                person.is_shielded = is_shielded

    protect(is_shielded=True)
    staff = elsewhere.staff_elsewhere(db.session(), actor)
    homes = elsewhere.homes(db.session(), actor)
    protect(is_shielded=False)

    assert staff == {built.persons["staff"], built.persons["guest"]} - {built.persons[who]}
    assert homes == ({} if who == "guest" else {built.persons["guest"]: built.there.id})


# --- who is asked about --------------------------------------------------------------------------

ASKED_ABOUT = {
    "plain": True,
    "decided once": True,
    "of an outside body": False,
    "of no unit": False,
    "retired": False,
    "protected": False,
    "owner": False,
    "decides": False,
    "role over": False,
}
"""Of our staff who have a role elsewhere, about whom it is told that they do."""

AT_HOME_THERE = {
    "for a unit": True,
    "of a unit": True,
    "until tomorrow": True,
    "with several roles": True,
    "decided once": True,
    "for nobody": False,
    "ended": False,
    "until today": False,
    "protected": False,
    "owner": False,
    "decides": False,
    "here first": False,
    "here before and after": False,
    "here as long": False,
    "role over": False,
}
"""Of those who take part in our plans, of whom it is told where they are at home."""

HERE_FIRST = ("here first", "here before and after")


@pytest.fixture(scope="module")
def crossing(app):
    """Two towns, and in one of them people of every sort who have a role in the other."""
    here, there = towns.new_town(app), towns.new_town(app)
    made, names = SimpleNamespace(here=here, there=there, app=app, persons={}), {}
    with app.app_context():
        coordinator = here.roles_of(here.member(Role.COORDINATOR))[-1].person_id
        child, other = here.person(), here.person()
        for key in dict.fromkeys((*ASKED_ABOUT, *AT_HOME_THERE)):
            first, then = (here, there) if key in HERE_FIRST else (there, here)
            name = first.member(Role.PARTICIPANT)
            then.member(Role.PARTICIPANT, username=name)
            if key == "with several roles":
                there.member(Role.PARTICIPANT, username=name)
            made.persons[key] = here.roles_of(name)[-1].person_id
            names[key] = name
        with here.inside() as actor, transaction() as session:
            session.add(_kind_of_plan())
            body = Unit(name="Klinikken prøve", kind=UnitKind.HOSPITAL, is_outside=True)
            units.add(actor, body, None, at=utc_now())
            session.flush()
            plan = gardens.make_plan(child, coordinator)
            for key, person_id in made.persons.items():
                _place(made, session.get(Person, person_id), key, body.id)
                _let_take_part(made, plan, person_id, key)
            gardens.make_plan(made.persons["owner"], coordinator)
            for key, over in (("decides", {}), ("decided once", {"ended_at": utc_now()})):
                gardens.authority(child, made.persons[key], **over)
            # Somebody else's authority is nobody's reason.
            gardens.authority(child, other)
            _role(made, "role over").ends_on = today()
            _give_one_more_role(made, "here before and after")
            since = there.roles_of(names["here as long"])[0].created_at
            _role(made, "here as long").created_at = since
    return made


def _role(made, key):
    held = select(Membership).where(Membership.person_id == made.persons[key])
    return db.session.scalars(held).one()


def _give_one_more_role(made, key):
    held = _role(made, key)
    values = {"account_id": held.account_id, "person_id": held.person_id, "starts_on": today()}
    db.session.add(Membership(role=Role.COORDINATOR, created_at=utc_now(), **values))


def _place(made, person, key, body_id):
    if key in ASKED_ABOUT or key == "of a unit":
        person.unit_id = made.here.units["school"]
    if key == "of an outside body":
        person.unit_id = body_id
    if key == "of no unit":
        person.unit_id = None
    if key == "protected":
        person.is_shielded = True
    if key == "retired":
        person.retired_at, person.retired_reason = utc_now(), "Prøve"


def _let_take_part(made, plan, person_id, key):
    if key not in AT_HOME_THERE:
        return
    ends = {"until today": today(), "until tomorrow": _in(1)}.get(key)
    row = gardens.add_participant(plan, person_id, ends_on=ends)
    row.unit_id = None if key in ("of a unit", "for nobody") else made.here.units["school"]
    if key == "ended":
        row.ended_at = utc_now()


@pytest.fixture
def crossing_admin(crossing):
    with crossing.app.app_context():
        actor = crossing.here.actor(crossing.here.admin)
        with crossing.here.inside():
            yield actor


def _known(crossing, ids, wanted):
    return {key for key in wanted if crossing.persons[key] in ids}


def test_of_our_own_staff_alone_it_is_asked_whether_they_have_access_elsewhere(
    crossing, crossing_admin
):
    found = elsewhere.staff_elsewhere(db.session(), crossing_admin)

    assert _known(crossing, found, ASKED_ABOUT) == {
        key for key, is_told in ASKED_ABOUT.items() if is_told
    }


def test_of_those_who_take_part_for_a_service_alone_it_is_told_where_they_are_at_home(
    crossing, crossing_admin
):
    found = elsewhere.homes(db.session(), crossing_admin)

    assert _known(crossing, found, AT_HOME_THERE) == {
        key for key, is_told in AT_HOME_THERE.items() if is_told
    }
    assert set(found.values()) == {crossing.there.id}


def test_an_administrator_of_a_part_is_told_of_the_people_of_that_part(crossing):
    with crossing.app.app_context():
        name = crossing.here.member(Role.LOCAL_ADMINISTRATOR, "class")
        actor = crossing.here.actor(name)
        with crossing.here.inside():
            assert elsewhere.staff_elsewhere(db.session(), actor) == frozenset()
            assert elsewhere.homes(db.session(), actor) == {}
