"""The pages about who takes part, as coordinators and others open them."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from app.clock import today
from app.db import db
from app.enums import Level, NoticeKind, PlanKind, PlanState, Section
from app.errors import NotAllowed, NotFound
from app.models import Consent, Grant, Participant, Person, Plan, StandardRole
from app.plans import granting
from tests.conftest import FORM_KEY, with_world
from tests.plans import garden
from tests.plans.scenes import (
    acting,
    levels_of,
    look,
    notices,
    person,
    planting,
    scene,
    set_state,
)

VERSION = re.compile(r'name="version" value="(\d+)"')


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own."""
    app = with_world(make_app(database_name))
    with app.app_context(), garden.planting(app.extensions["test_world"].strandvik):
        pass
    with app.app_context(), garden.planting(app.extensions["test_world"].fjellby):
        pass
    return app


@pytest.fixture
def coordinator(client_as):
    return client_as("koordinator.strandvik")


@pytest.fixture
def one(app, world):
    return scene(app, world)


def rights_form(one, **levels):
    """The form of the matrix as it stands in the scene, with other levels in it."""
    seen = {"goals": "read", "activities": "write", "comments": "write"}
    wanted = seen | levels
    form = {f"level_{name}": level for name, level in wanted.items()}
    return form | {f"seen_{name}": seen.get(name, "none") for name in wanted}


def test_the_list_tells_who_takes_part_as_what_and_until_when(coordinator, one):
    page = coordinator.get(f"/plan-participant/overview/{one.plan}")

    assert page.status_code == 200
    assert "læreren" in page.text
    assert page.text.count("<h1>") == 1


def terms(one, **changes):
    form = {
        "step": "terms",
        "person_id": one.newcomer,
        "standard_role_id": one.roles["Lærer"],
        "function": "læreren til Kari",
        "unit_id": "",
        "starts_on": today().strftime("%d.%m.%Y"),
        "last_day": today().replace(year=today().year + 1).strftime("%d.%m.%Y"),
        "contribution": "Følger opp målene",
    }
    return form | changes


def added(app, world, one):
    def found():
        return db.session.scalar(
            select(Participant).where(
                Participant.plan_id == one.plan, Participant.person_id == one.newcomer
            )
        )

    return look(app, world, found)


def test_a_participant_is_added_with_the_access_of_the_standard_role(app, world, coordinator, one):
    first = coordinator.send(
        f"/plan-participant/add/{one.plan}",
        {"person_id": one.newcomer, "standard_role_id": one.roles["Lærer"]},
    )

    assert first.status_code == 200
    assert 'name="last_day" value="' in first.text
    assert world.strandvik.units["school"] in first.text

    answer = coordinator.send(f"/plan-participant/add/{one.plan}", terms(one))

    assert answer.status_code == 302, answer.text
    row = added(app, world, one)
    assert answer.location.endswith(f"/participation/show/{row.id}")
    given = look(
        app,
        world,
        lambda: {
            g.section: g.level
            for g in db.session.scalars(select(Grant).where(Grant.participant_id == row.id))
        },
    )
    assert given[Section.GOALS] is Level.WRITE
    assert given[Section.MAPPING] is Level.READ
    assert Section.CALENDAR not in given  # The kind of plan has none.
    page = coordinator.get(answer.location)
    assert page.status_code == 200


def test_nothing_is_seen_before_consent_and_the_owner_is_asked_for_it(app, world, coordinator, one):
    coordinator.send(f"/plan-participant/add/{one.plan}", terms(one))

    one.participant = added(app, world, one).id
    assert levels_of(app, world, one) == {}
    assert (one.owner, NoticeKind.CONSENT_WANTED) in notices(app, world, one.plan)


def test_each_guardian_who_must_consent_is_asked(app, world, coordinator):
    child = scene(app, world, owner="child")
    with planting(app, world.strandvik):
        second = garden.authority(child.owner, world.strandvik.persons["other"])
        reader = garden.authority(child.owner, world.strandvik.persons["utgatt"], may_consent=False)
        holders = {second.holder_id, world.strandvik.persons["foresatt"]}
        reading = reader.holder_id

    coordinator.send(f"/plan-participant/add/{child.plan}", terms(child))

    asked = {who for who, kind in notices(app, world, child.plan) if kind == "consent_wanted"}
    assert asked == holders
    assert reading not in asked


def test_the_same_person_twice_is_refused_with_a_link_to_the_one_there(coordinator, one):
    for form in (
        {"person_id": one.teacher, "standard_role_id": one.roles["Lærer"]},
        terms(one, person_id=one.teacher),
    ):
        answer = coordinator.send(f"/plan-participant/add/{one.plan}", form)

        assert answer.status_code == 409
        assert f"/participation/show/{one.participant}" in answer.text


def test_the_owner_and_the_coordinator_are_not_added(coordinator, one, world):
    for who in (one.owner, world.strandvik.persons["koordinator.strandvik"]):
        answer = coordinator.send(f"/plan-participant/add/{one.plan}", terms(one, person_id=who))

        assert answer.status_code == 409


def test_adding_twice_with_the_same_form_adds_one(app, world, coordinator, one):
    first = coordinator.send(
        f"/plan-participant/add/{one.plan}",
        {"person_id": one.newcomer, "standard_role_id": one.roles["Lærer"]},
    )
    form = terms(one, form_key=FORM_KEY.search(first.text).group(1))

    answers = [coordinator.send(f"/plan-participant/add/{one.plan}", form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_on": "31.02.2026"}, "starts_on"),
        ({"last_day": "01.01.2020"}, "last_day"),
        ({"last_day": "i morgen"}, "last_day"),
        ({"function": ""}, "function"),
        ({"function": "x" * 101}, "function"),
        ({"contribution": "x" * 501}, "contribution"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_is_kept(
    app, world, coordinator, one, changes, field
):
    answer = coordinator.send(f"/plan-participant/add/{one.plan}", terms(one, **changes))

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "Følger opp målene" in answer.text or field == "contribution"
    assert added(app, world, one) is None


def test_persons_units_and_roles_of_another_municipality_are_no_choice(
    app, world, coordinator, one
):
    """D3: posted ids of Fjellby are refused as what does not exist, and nothing is added."""
    fjellby = world.fjellby
    role = look(app, world, lambda: db.session.scalar(select(StandardRole.id).limit(1)), "9902")
    for changes in (
        {"person_id": fjellby.persons["own"]},
        {"unit_id": fjellby.units["school"]},
        {"standard_role_id": role},
        {"person_id": world.strandvik.persons["retired"]},
        {"person_id": "nonsense"},
    ):
        answer = coordinator.send(f"/plan-participant/add/{one.plan}", terms(one, **changes))

        assert answer.status_code == 422
    assert added(app, world, one) is None
    assert coordinator.send(f"/plan-participant/add/{one.plan}", terms(one)).status_code == 302


def test_municipality_owner_and_dates_of_ending_are_not_taken_from_the_form(
    app, world, coordinator, one
):
    """P5: what the form does not ask for is never stored."""
    extra = {
        "municipality_id": str(world.fjellby.id),
        "plan_id": one.owner,
        "ended_at": "2020-01-01",
        "version": "9",
        "not_after_on": "2020-01-01",
        "id": one.owner,
    }

    coordinator.send(f"/plan-participant/add/{one.plan}", terms(one, **extra))

    row = added(app, world, one)
    assert row.municipality_id == world.strandvik.id
    assert (row.plan_id, row.ended_at, row.not_after_on) == (one.plan, None, None)
    assert row.id != one.owner


def test_a_role_for_other_kinds_of_plans_is_no_choice(coordinator, app, world):
    family = scene(app, world, kind=PlanKind.FAMILY_PLAN)

    answer = coordinator.send(
        f"/plan-participant/add/{family.plan}",
        terms(family, standard_role_id=family.roles["Pedagog (IOP)"]),
    )

    assert answer.status_code == 422


def test_who_registers_a_new_person_comes_back_to_the_plan(app, world, coordinator, one):
    page = coordinator.get(f"/plan-participant/add/{one.plan}")
    assert f"/person/add?plan={one.plan}" in page.text

    answer = coordinator.send(
        f"/person/add?plan={one.plan}", {"given_name": "Helt", "family_name": "Nyregistrert"}
    )

    assert answer.status_code == 302
    assert f"/plan-participant/add/{one.plan}?person=" in answer.location
    assert "Nyregistrert" in coordinator.get(answer.location).text


def test_the_service_is_suggested_only_where_it_tells_no_protected_place(
    app, world, coordinator, one
):
    """M6: neither for a shielded participant nor in the plan of a shielded owner."""
    school = world.strandvik.units["school"]
    first = {"person_id": one.newcomer, "standard_role_id": one.roles["Lærer"]}
    path = f"/plan-participant/add/{one.plan}"
    assert school in coordinator.send(path, first).text

    look(app, world, lambda: setattr(db.session.get_one(Person, one.newcomer), "is_shielded", True))
    assert school not in coordinator.send(path, first).text


def test_the_pages_of_a_shielded_owners_plan_name_no_service(app, world, coordinator, one):
    def shield(shielded):
        db.session.get_one(Person, one.owner).is_shielded = shielded
        participant = db.session.get_one(Participant, one.participant)
        participant.unit_id = world.strandvik.units["nav"]

    pages = [
        f"/plan-participant/overview/{one.plan}",
        f"/participation/show/{one.participant}",
        f"/participation/edit/{one.participant}",
    ]
    look(app, world, lambda: shield(False))
    assert all("NAV " in coordinator.get(page).text for page in pages)
    look(app, world, lambda: shield(True))
    try:
        told = [page for page in pages if "NAV " in coordinator.get(page).text]
        others = [
            f"/plan-access/who/{one.plan}",
            f"/participation/invitation/{one.participant}",
            f"/plan-authority/overview/{one.plan}",
        ]
        told += [page for page in others if "NAV " in coordinator.get(page).text]
        assert told == []
    finally:
        look(app, world, lambda: shield(False))


# --- the matrix ----------------------------------------------------------------------------------


def test_the_matrix_names_each_select_by_its_part_and_says_why_others_are_locked(coordinator, one):
    page = coordinator.get(f"/participation-matrix/matrix/{one.participant}")

    assert page.status_code == 200
    for section in ("goals", "activities", "mapping", "participants", "consents"):
        assert f'name="level_{section}"' in page.text
    assert "level_event_log" not in page.text
    assert page.text.count('colspan="3"') == 2  # Both logs, with the reason.


def test_a_change_is_looked_over_before_it_is_saved(app, world, coordinator, one):
    path = f"/participation-matrix/matrix/{one.participant}"
    form = rights_form(one, goals="write", comments="none")

    preview = coordinator.send(path, form)

    assert preview.status_code == 200
    assert levels_of(app, world, one)[Section.COMMENTS] is Level.WRITE
    key = FORM_KEY.search(preview.text).group(1)
    saved = form | {"confirmed": "1", "form_key": key}
    assert coordinator.send(path, saved).status_code == 302
    seen = levels_of(app, world, one)
    assert Section.COMMENTS not in seen  # Narrower holds at once.
    assert seen[Section.GOALS] is Level.READ  # Wider waits for consent.
    assert (one.owner, NoticeKind.CONSENT_WANTED) in notices(app, world, one.plan)
    assert coordinator.send(path, saved).status_code == 302  # Sent twice, saved once.


def test_grants_end_and_new_ones_are_made(app, world, coordinator, one):
    path = f"/participation-matrix/matrix/{one.participant}"

    coordinator.send(path, rights_form(one, goals="comment") | {"confirmed": "1"})

    def history():
        wanted = select(Grant).where(
            Grant.participant_id == one.participant, Grant.section == Section.GOALS
        )
        return [
            (g.level, g.ended_at is None) for g in db.session.scalars(wanted.order_by(Grant.id))
        ]

    assert look(app, world, history) == [(Level.READ, False), (Level.COMMENT, True)]


@pytest.mark.parametrize(
    ("section", "level"),
    [
        ("participants", "write"),
        ("consents", "comment"),
        ("event_log", "read"),
        ("access_log", "read"),
        ("documents", "manage"),
        ("about_me", "manage"),
        ("calendar", "read"),
        ("messages", "read"),
    ],
)
def test_more_than_can_be_given_is_refused(app, world, coordinator, one, section, level):
    """P1: nobody gives more than they hold, nor parts that the kind of plan lacks."""
    path = f"/participation-matrix/matrix/{one.participant}"

    answer = coordinator.send(path, rights_form(one, **{section: level}) | {"confirmed": "1"})

    assert answer.status_code == 422
    assert Section(section) not in levels_of(app, world, one)
    fine = rights_form(one, mapping="read", consents="read") | {"confirmed": "1"}
    assert coordinator.send(path, fine).status_code == 302


def test_what_is_no_part_and_no_level_is_a_bad_request(coordinator, one):
    path = f"/participation-matrix/matrix/{one.participant}"

    assert coordinator.send(path, {"level_goals": "all"}).status_code == 400
    assert coordinator.send(path, {"level_secrets": "read"}).status_code == 400


def test_a_stale_matrix_is_refused_with_both_values(app, world, coordinator, one):
    path = f"/participation-matrix/matrix/{one.participant}"
    mine = rights_form(one, goals="comment") | {"confirmed": "1"}
    coordinator.send(path, rights_form(one, goals="write") | {"confirmed": "1"})

    answer = coordinator.send(path, mine)

    assert answer.status_code == 409
    assert "saved_since" not in answer.text
    assert 'name="level_goals"' in answer.text
    assert re.search(r'<option value="comment" selected>', answer.text)


def test_the_standard_roles_access_can_be_taken_up_again(app, world, coordinator, one):
    path = f"/participation-matrix/matrix/{one.participant}"
    asked = {"use_role": "1", "standard_role_id": one.roles["Pårørende"]}

    preview = coordinator.send(path, asked)

    assert preview.status_code == 200
    fields = dict(re.findall(r'name="((?:level|seen)_\w+)" value="(\w+)"', preview.text))
    saved = fields | {"confirmed": "1", "standard_role_id": asked["standard_role_id"]}
    assert coordinator.send(path, saved).status_code == 302
    given = levels_of(app, world, one)
    assert given.pop(Section.COMMENTS) is Level.COMMENT
    assert Section.MAPPING not in given
    assert set(given.values()) == {Level.READ}


# --- changing, prolonging, ending ----------------------------------------------------------------


def version(app, world, one):
    return str(look(app, world, lambda: db.session.get_one(Participant, one.participant).version))


def test_function_and_contribution_are_corrected(app, world, coordinator, one):
    form = {"function": "kontaktlærer", "contribution": "Møter", "unit_id": ""}

    answer = coordinator.send(
        f"/participation/edit/{one.participant}", form | {"version": version(app, world, one)}
    )

    assert answer.status_code == 302
    row = look(app, world, lambda: db.session.get_one(Participant, one.participant))
    assert (row.function, row.contribution) == ("kontaktlærer", "Møter")


def test_a_stale_edit_shows_both_values_and_saves_nothing(app, world, coordinator, one):
    path, old = f"/participation/edit/{one.participant}", version(app, world, one)
    coordinator.send(path, {"function": "rektor", "version": old})

    answer = coordinator.send(path, {"function": "inspektør", "version": old})

    assert answer.status_code == 409
    assert "rektor" in answer.text
    assert "inspektør" in answer.text
    row = look(app, world, lambda: db.session.get_one(Participant, one.participant))
    assert row.function == "rektor"


def set_end(app, world, one, ends_on, **values):
    def put():
        row = db.session.get_one(Participant, one.participant)
        row.ends_on = ends_on
        for name, value in values.items():
            setattr(row, name, value)

    look(app, world, put)


def test_the_last_day_is_moved_later_and_no_other_way(app, world, coordinator, one):
    end = today().replace(year=today().year + 1)
    set_end(app, world, one, end)
    path = f"/participation/prolong/{one.participant}"
    earlier = {"last_day": "01.01.2020", "version": version(app, world, one)}
    assert coordinator.send(path, earlier).status_code == 409

    later = {"last_day": f"15.06.{end.year + 1}", "version": version(app, world, one)}
    assert coordinator.send(path, later).status_code == 302

    row = look(app, world, lambda: db.session.get_one(Participant, one.participant))
    assert row.last_day.isoformat() == f"{end.year + 1}-06-15"
    assert coordinator.send(path, later | {"last_day": f"16.06.{end.year + 1}"}).status_code == 409


def test_what_has_run_out_is_not_prolonged_but_begun_anew(app, world, coordinator, one):
    set_end(app, world, one, today())
    later = {"last_day": f"15.06.{today().year + 1}", "version": version(app, world, one)}
    path = f"/participation/prolong/{one.participant}"
    assert coordinator.send(path, later).status_code == 409

    answer = coordinator.send(
        f"/plan-participant/add/{one.plan}", terms(one, person_id=one.teacher)
    )

    assert answer.status_code == 302
    assert not answer.location.endswith(one.participant)


def test_ending_takes_a_reason_and_effect_at_once_and_can_be_undone(
    app, world, coordinator, client_as, one
):
    path = f"/participation/end/{one.participant}"
    assert coordinator.send(path, {"reason": ""}).status_code == 422
    teacher = client_as("larer", "9901")
    assert teacher.get(f"/participation/show/{one.participant}").status_code == 200

    answer = coordinator.send(path, {"reason": "Har byttet jobb", "back": "show"})

    assert answer.status_code == 302
    assert teacher.get(f"/participation/show/{one.participant}").status_code == 404
    page = coordinator.get(answer.location)
    assert "Har byttet jobb" in page.text
    undo = re.search(r'action="(/plan-access/undo/[^"]+)"', page.text).group(1)
    assert coordinator.send(undo).status_code == 302
    assert levels_of(app, world, one)[Section.GOALS] is Level.READ
    assert coordinator.send(path, {"reason": "Igjen"}).status_code == 302
    assert coordinator.send(path, {"reason": "Igjen"}).status_code == 409


def test_taking_part_again_is_a_new_participation_that_waits_for_consent(
    app, world, coordinator, one
):
    """P7: nothing that was held before opens the plan again."""
    coordinator.send(f"/participation/end/{one.participant}", {"reason": "Ferdig"})

    answer = coordinator.send(
        f"/plan-participant/add/{one.plan}", terms(one, person_id=one.teacher)
    )

    new = answer.location.rpartition("/")[2]
    assert new != one.participant
    one.participant = new
    assert levels_of(app, world, one) == {}


def test_all_are_ended_at_once_with_a_list_of_whom(app, world, coordinator, one):
    coordinator.send(f"/plan-participant/add/{one.plan}", terms(one))
    path = f"/plan-participant/end-all/{one.plan}"
    assert "læreren til Kari" in coordinator.get(path).text

    answer = coordinator.send(path, {"reason": "Planen legges om"})

    assert answer.status_code == 302
    assert levels_of(app, world, one) == {}
    page = coordinator.get(answer.location)
    undo = re.search(r'action="(/plan-access/undo/[^"]+)"', page.text).group(1)
    assert coordinator.send(undo).status_code == 302
    assert levels_of(app, world, one) != {}
    assert added(app, world, one).ended_at is None


def test_the_invitation_names_neither_owner_unit_nor_content(app, world, coordinator, one):
    page = coordinator.get(f"/participation/invitation/{one.participant}").text

    text = page.partition('id="invitation"')[2].partition("</div>")[0]
    owner = look(app, world, lambda: db.session.get_one(Person, one.owner))
    assert "http://localhost/login/" in text
    # P7: it opens nothing by itself.
    assert [word for word in (owner.given_name, "skole", "lærer", "token") if word in text] == []
    assert "/role/add" not in page  # larer has a login.


def test_who_has_no_login_is_told_of_and_can_be_given_one(app, world, coordinator, one):
    coordinator.send(f"/plan-participant/add/{one.plan}", terms(one))

    page = coordinator.get(f"/participation/invitation/{added(app, world, one).id}")

    way = f"/role/add?person={one.newcomer}"
    assert way in page.text
    assert f'value="{one.newcomer}"' in coordinator.get(way).text
    unknown = world.fjellby.persons["larer"]
    for other in ("x", unknown):
        assert f'value="{other}"' not in coordinator.get(f"/role/add?person={other}").text


# --- who may -------------------------------------------------------------------------------------


GET_PAGES = {
    "overview": "/plan-participant/overview/{plan}",
    "add": "/plan-participant/add/{plan}",
    "end_all": "/plan-participant/end-all/{plan}",
    "show": "/participation/show/{participant}",
    "edit": "/participation/edit/{participant}",
    "matrix": "/participation-matrix/matrix/{participant}",
    "prolong": "/participation/prolong/{participant}",
    "shorten": "/participation/shorten/{participant}",
    "shorten_part": "/participation-part/shorten/{participant}?section=goals",
    "end": "/participation/end/{participant}",
    "invitation": "/participation/invitation/{participant}",
    "seen_as": "/participation/seen-as/{participant}",
    "who": "/plan-access/who/{plan}",
    "ask": "/plan-access/ask/{plan}",
    "authorities": "/plan-authority/overview/{plan}",
    "authority_add": "/plan-authority/add/{plan}",
}
STEERED = {"add", "edit", "matrix", "prolong", "invitation", "authorities", "authority_add"}
STOPPED = {"end_all", "shorten", "shorten_part", "end", "seen_as"}
OPEN_TO = {
    "koordinator.strandvik": {"overview", "show", "who"} | STEERED | STOPPED,
    "planeier": {"overview", "show", "who", "ask"} | STOPPED,
    "larer": {"show"},
    "foresatt": set(),
    "lokal.strandvik": set(),
    "sentral": set(),
    "koordinator.fjellby": set(),
    "lokal.fjellby": set(),
}


@pytest.mark.parametrize("name", OPEN_TO)
def test_each_page_opens_for_those_who_may_and_nobody_else(client_as, one, name):
    client = client_as(name, "9901" if name == "larer" else None)

    opened = {
        page
        for page, path in GET_PAGES.items()
        if client.get(path.format(plan=one.plan, participant=one.participant)).status_code == 200
    }

    assert opened == OPEN_TO[name]


POSTS = {
    "/plan-participant/add/{plan}": terms,
    "/plan-participant/end-all/{plan}": lambda one: {"reason": "x"},
    "/participation/edit/{participant}": lambda one: {"function": "x", "version": "1"},
    "/participation/prolong/{participant}": lambda one: {"last_day": "01.01.2099", "version": "1"},
    "/participation/end/{participant}": lambda one: {"reason": "x"},
    "/participation/shorten/{participant}": lambda one: {"last_day": today().strftime("%d.%m.%Y")},
    "/participation/stop/{participant}": lambda one: {},
    "/participation-part/shorten/{participant}?section=goals": lambda one: {"choice": "week"},
    "/participation-matrix/matrix/{participant}": lambda one: (
        rights_form(one, mapping="write") | {"confirmed": "1"}
    ),
    "/plan-authority/end/{plan}": lambda one: {"authority": one.owner},
}


@pytest.mark.parametrize(
    "name", ["larer", "foresatt", "lokal.strandvik", "koordinator.fjellby", "sentral", None]
)
def test_nothing_is_changed_by_who_has_no_right_to(app, world, client_as, one, name):
    """C1, P8: a participant gives nobody anything, so no chain of rights can begin."""
    client = client_as(name, "9901" if name == "larer" else None)
    before = levels_of(app, world, one)

    codes = {
        path: client.send(path.format(plan=one.plan, participant=one.participant), form(one))
        for path, form in POSTS.items()
    }

    wrong = {path: a.status_code for path, a in codes.items() if a.status_code not in (403, 404)}
    assert {path for path in wrong if "/login/" not in (codes[path].location or "")} == set()
    assert levels_of(app, world, one) == before
    assert added(app, world, one) is None


def test_an_owner_can_not_widen(app, world, client_as, one):
    """The owner stops and shortens; giving more is the coordinator's, under consent."""
    owner = client_as("planeier")

    for path in ("/plan-participant/add/{plan}", "/participation-matrix/matrix/{participant}"):
        form = POSTS[path](one)
        answer = owner.send(path.format(plan=one.plan, participant=one.participant), form)
        assert answer.status_code == 403
    assert Section.MAPPING not in levels_of(app, world, one)


def test_a_guardian_of_another_child_finds_nothing(app, world, client_as):
    """E9: authority is per child, with the positive twin."""
    mine, other = scene(app, world, owner="child"), scene(app, world, owner="other")
    guardian = client_as("foresatt")

    for path in ("/plan-access/who/{plan}", "/participation/seen-as/{participant}"):
        assert (
            guardian.get(path.format(plan=mine.plan, participant=mine.participant)).status_code
            == 200
        )
        assert (
            guardian.get(path.format(plan=other.plan, participant=other.participant)).status_code
            == 404
        )


def test_a_stand_in_steers_while_it_lasts_and_what_was_given_stands(app, world, client_as, one):
    """P8: the right is asked at each giving; what was given rests on the owner's consent."""

    def hand(to):
        db.session.get_one(Plan, one.plan).coordinator_id = to

    coordinator = client_as("koordinator.strandvik")
    path = f"/participation-matrix/matrix/{one.participant}"
    form = rights_form(one, goals="none") | {"confirmed": "1"}
    assert coordinator.send(path, form).status_code == 302
    look(app, world, lambda: hand(world.strandvik.persons["other"]))

    again = rights_form(one, comments="none") | {"confirmed": "1", "seen_goals": "none"}

    assert coordinator.send(path, again).status_code in (403, 404)
    assert levels_of(app, world, one)[Section.COMMENTS] is Level.WRITE


def test_access_is_not_steered_in_a_paused_or_closed_plan_but_can_be_stopped(
    app, world, coordinator, client_as, one
):
    set_state(app, world, one.plan, PlanState.PAUSED)
    form = rights_form(one, mapping="read") | {"confirmed": "1"}
    assert (
        coordinator.send(f"/participation-matrix/matrix/{one.participant}", form).status_code == 403
    )
    assert coordinator.send(f"/plan-participant/add/{one.plan}", terms(one)).status_code == 403

    answer = client_as("planeier").send(f"/participation/stop/{one.participant}", {})

    assert answer.status_code == 302
    assert levels_of(app, world, one) == {}


def test_consents_are_left_as_they_are_when_a_coordinator_ends(app, world, coordinator, one):
    def active():
        wanted = select(Consent).where(Consent.plan_id == one.plan, Consent.withdrawn_at.is_(None))
        return len(db.session.scalars(wanted).all())

    before = look(app, world, active)

    coordinator.send(f"/participation/end/{one.participant}", {"reason": "x"})

    assert look(app, world, active) == before


def test_a_draft_asks_nobody_for_consent_yet(app, world, coordinator):
    draft = scene(app, world, state=PlanState.DRAFT)

    coordinator.send(f"/plan-participant/add/{draft.plan}", terms(draft))

    assert notices(app, world, draft.plan) == []


@pytest.mark.parametrize("login", ["larer", "planeier", "foresatt", "koordinator.fjellby"])
def test_the_operation_itself_asks_whether_it_may_be_done(app, world, one, login):
    number = "9902" if login.endswith("fjellby") else "9901"

    with pytest.raises((NotFound, NotAllowed, NoResultFound)):
        give_goals(app, world, one, login, number)

    assert [change.waits for change in give_goals(app, world, one)] == [True]


def give_goals(app, world, one, login="koordinator.strandvik", number="9901"):
    with acting(app, world, login, number) as actor:
        row = db.session.get_one(Participant, one.participant)
        return granting.set_matrix(actor, row, {Section.GOALS: Level.WRITE}, at=actor.at)


def test_a_person_made_for_the_scene_is_not_choosable_by_fjellby(app, world, client_as, one):
    with planting(app, world.strandvik):
        stranger = person(world.strandvik, "Fremmed").id

    answer = client_as("koordinator.fjellby").send(
        f"/plan-participant/add/{one.plan}", terms(one, person_id=stranger)
    )

    assert answer.status_code == 404
