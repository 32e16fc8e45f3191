"""Logins, participants, plans and units kept twice: who sees the lists, and what mends them."""

import re

import pytest

from app.accounts import one_login
from app.clock import today
from app.duplicates import account_pairs, kinds, plan_pairs
from app.enums import MatchBand, NoticeKind, PlanKind, PlanState, Role
from app.errors import NotFound
from tests.conftest import with_world
from tests.duplicates.twice_world import TwiceWorld
from tests.plans import garden as gardens

LOCAL, COORDINATOR, PARTICIPANT = Role.LOCAL_ADMINISTRATOR, Role.COORDINATOR, Role.PARTICIPANT
MISSING = "00000000-0000-7000-8000-000000000000"
LISTS = ("kinds", "accounts", "participants", "plans", "units")
SENT = (
    "accounts/apart", "accounts/take-back", "accounts/mend", "participants/ask",
    "plans/apart", "plans/take-back", "plans/ask", "units/apart", "units/take-back",
)  # fmt: skip
SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')
SIDES = ("first", "second")
IP, LOG = PlanKind.INDIVIDUAL_PLAN, PlanKind.RELAY_LOG


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own, with the plans of the garden."""
    app = with_world(make_app(database_name))
    with app.app_context():
        gardens.build(app.extensions["test_world"])
    return app


@pytest.fixture
def twice(app, world):
    """What makes rows, and reads them."""
    return TwiceWorld(app, world)


@pytest.fixture
def here(world):
    """The municipality where most happens."""
    return world.strandvik


@pytest.fixture
def admin(client_as):
    """Its local administrator."""
    return client_as("lokal.strandvik")


def answers(client, data=()):
    """What is answered to whoever opens each list, and sends ``data`` to each form."""
    token = {"csrf_token": client.csrf(), **dict(data)}
    opened = {client.get(f"/duplicates/{page}/").status_code for page in LISTS}
    sent = {client.post(f"/duplicates/{path}", data=token).status_code for path in SENT}
    return opened, sent


def mend(client, logins, keep, **more):
    """Look over and confirm which login stays; the answer."""
    data = {**logins.asked, "keep": keep, **more}
    seen = SEEN.search(client.send("/duplicates/accounts/mend", data).text)
    assert seen, "nothing was shown to look over"
    confirmed = {**data, "seen": seen.group(1), "confirmed": "1"}
    return client.send("/duplicates/accounts/mend", confirmed)


# --- who comes in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["koordinator.strandvik", "planeier", "larer", "sentral"])
def test_only_local_administrators_open_the_lists_or_answer(client_as, name):
    opened, sent = answers(client_as(name, "9901" if name == "larer" else None))

    assert opened == sent == {403}


def test_local_administrators_open_the_lists_and_nothing_is_answered_by_nothing(admin):
    assert answers(admin) == ({200}, {400})


def test_a_role_in_a_part_of_the_municipality_opens_no_list_of_the_whole(twice, here, client_as):
    with twice.planting(here):
        person = gardens.person(here, "part", "Deler", None)
        account = twice.account("lokal.del")
        twice.role(account, person.id, LOCAL, unit_id=here.units["school"])
    ids = dict.fromkeys(("first", "second", "answer", "plan"), MISSING)

    assert answers(client_as("lokal.del"), ids) == ({404}, {404})


def test_rows_of_another_municipality_are_neither_listed_nor_answered(
    twice, here, world, client_as
):
    names = ("Fjellsol barnehage", "Fjellsol bhg")
    units = [twice.unit(world.fjellby, name) for name in names]
    logins = twice.logins(world.fjellby, (COORDINATOR,), (PARTICIPANT,))
    owner = twice.person(world.fjellby, years=9)
    plans = [twice.plan(world.fjellby, owner, LOG) for _ in range(2)]
    own, foreign = client_as("lokal.fjellby"), client_as("lokal.strandvik")

    for path, ids in (("units", units), ("plans", plans), ("accounts", logins.asked.values())):
        data = dict(zip(("first", "second"), ids, strict=True))
        shown = foreign.get(f"/duplicates/{path}/").text
        assert not any(one in shown for one in (*names, *data.values()))
        assert foreign.send(f"/duplicates/{path}/apart", data).status_code == 404
        assert own.send(f"/duplicates/{path}/apart", data).status_code == 302
    assert foreign.get("/duplicates/accounts/mend", query_string=logins.asked).status_code == 404
    answers = twice.answers(world.fjellby)
    assert len(answers) >= 3
    one = next(iter(answers.values())).id
    assert foreign.send("/duplicates/units/take-back", {"answer": one}).status_code == 404
    assert not twice.answers(here).keys() & answers.keys()


# --- units ----------------------------------------------------------------------------------------


def test_units_with_near_equal_names_are_listed_and_merged(twice, here, admin):
    large = twice.unit(here, "Solbakken barnehage")
    small = twice.unit(here, "Solbakken bhg.")

    page = admin.get("/duplicates/units/").text
    way = f"/unit/merge/{small}?winner={large}"
    assert way in page or f"/unit/merge/{large}?winner={small}" in page
    chosen = admin.get(way).text
    assert re.search(rf'name="winner_id" value="{large}" checked', chosen)
    data = {"version": "1", "winner_id": large, "winner_version": "1", "confirmed": "1"}
    assert admin.send(f"/unit/merge/{small}", data).status_code == 302

    assert twice.is_retired(here, small)
    admin.get("/desk/")  # Shows what was done, which names both.
    assert "Solbakken bhg." not in admin.get("/duplicates/units/").text


def test_a_merge_proposes_no_unit_that_the_actor_does_not_see(twice, here, world, admin):
    own, foreign = twice.unit(here, "Kjerringvik"), twice.unit(world.fjellby, "Kjerringvik")

    page = admin.get(f"/unit/merge/{own}?winner={foreign}")

    assert page.status_code == 200
    assert foreign not in page.text.partition("<main")[2]


def test_an_answer_is_remembered_once_and_can_be_taken_back(twice, here, admin):
    first, second = sorted(twice.unit(here, name) for name in ("Myra bhg", "Myra barnehage"))
    data = {"first": second, "second": first, "note": "To hus"}

    for _ in range(2):
        assert admin.send("/duplicates/units/apart", data).status_code == 302
    kept = twice.answers(here)[first, second]
    page = admin.get("/duplicates/units/").text

    assert kept.note == "To hus"
    assert twice.events(here, "not_the_same:kept_apart").count(kept.id) == 1
    assert f"/unit/merge/{first}" not in page
    assert "Myra bhg" in page
    assert admin.send("/duplicates/units/take-back", {"answer": kept.id}).status_code == 302
    assert f"/unit/merge/{first}" in admin.get("/duplicates/units/").text


@pytest.mark.parametrize("path", ["units", "plans", "accounts"])
def test_nothing_is_kept_about_two_that_were_not_found(twice, here, admin, path):
    before = len(twice.answers(here))
    one, other = twice.unit(here, "Tindved skole"), twice.unit(here, "Havblikk sykehjem")

    answer = admin.send(f"/duplicates/{path}/apart", {"first": one, "second": other})

    assert answer.status_code == 404
    assert len(twice.answers(here)) == before


def test_near_equal_names_are_shown_before_a_unit_is_saved(twice, here, admin):
    known = twice.unit(here, "Bjørkelia barnehage")
    data = {"name": "Bjørkelia bhg", "kind": "kindergarten"}

    asked = admin.send("/unit/add", data)
    assert asked.status_code == 422
    assert f"/unit/show/{known}" in asked.text
    assert twice.units(here, "Bjørkelia bhg") == []

    assert admin.send("/unit/add", {**data, "anyway": "1"}).status_code == 302
    assert len(twice.units(here, "Bjørkelia bhg")) == 1
    other = {"name": "Granlia bhg", "kind": "kindergarten"}
    assert admin.send("/unit/add", other).status_code == 302


# --- plans ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds_of", "reason"),
    [
        ((LOG, LOG), plan_pairs.Reason.TWO_LOGS),
        ((IP, LOG), plan_pairs.Reason.LOG_BESIDE_PLAN),
        ((PlanKind.EDUCATION_PLAN, PlanKind.EDUCATION_PLAN), plan_pairs.Reason.SAME_KIND),
        ((PlanKind.EDUCATION_PLAN, LOG), None),
    ],
)
def test_open_plans_of_one_owner_that_should_be_one_are_found(twice, here, kinds_of, reason):
    owner = twice.person(here)
    plans = {twice.plan(here, owner, kind) for kind in kinds_of}
    twice.plan(here, owner, LOG, state=PlanState.CLOSED)

    with twice.acting("lokal.strandvik", here) as actor:
        found = [one for one in plan_pairs.found(actor) if plans & set(one.key)]

    assert [one.reason for one in found] == ([] if reason is None else [reason])


def test_a_log_that_is_becoming_a_plan_is_no_duplicate_until_both_are_in_use(twice, here):
    owner = twice.person(here)
    log = twice.plan(here, owner, LOG)
    begun = twice.plan(here, owner, IP, state=PlanState.DRAFT, continues_id=log)

    with twice.acting("lokal.strandvik", here) as actor:
        assert not [one for one in plan_pairs.found(actor) if begun in one.key]


def test_individual_plans_of_two_who_are_likely_one_are_found_with_their_pair(twice, here):
    one, other = twice.person(here), twice.person(here)
    plans = {twice.plan(here, one, IP), twice.plan(here, other, IP)}
    with twice.acting("lokal.strandvik", here) as actor:
        assert not [found for found in plan_pairs.found(actor) if plans & set(found.key)]

    pair = twice.pair(here, one, other)

    with twice.acting("lokal.strandvik", here) as actor:
        found = [found for found in plan_pairs.found(actor) if plans & set(found.key)]
        assert [(one.reason, one.person_pair_id) for one in found] == [
            (plan_pairs.Reason.TWO_PERSONS, pair)
        ]


def test_those_who_coordinate_two_plans_are_asked_without_naming_the_other(twice, here, admin):
    owner = twice.person(here)
    first, second = sorted(twice.plan(here, owner, LOG) for _ in range(2))
    data = {"first": first, "second": second, "note": "Se på denne"}

    assert admin.send("/duplicates/plans/ask", data).status_code == 302
    assert admin.send("/duplicates/plans/ask", data).status_code == 302

    coordinator = here.persons["koordinator.strandvik"]
    for plan in (first, second):
        assert twice.told(here, plan, NoticeKind.PLAN_TWICE) == [(coordinator, "Se på denne", True)]
    assert admin.send("/duplicates/plans/ask", data | {"second": MISSING}).status_code == 404


def test_closing_a_plan_that_was_asked_about_settles_the_question(twice, here, admin, client_as):
    owner = twice.person(here)
    first, second = (twice.plan(here, owner, LOG) for _ in range(2))
    admin.send("/duplicates/plans/ask", {"first": first, "second": second})
    coordinator = client_as("koordinator.strandvik")

    assert coordinator.send(f"/plan/close/{first}", {"reason": "Dobbelt"}).status_code == 302

    assert [one[2] for one in twice.told(here, first, NoticeKind.PLAN_TWICE)] == [False]
    assert f"/plan/show/{first}" not in admin.get("/duplicates/plans/").text


# --- participants ---------------------------------------------------------------------------------


@pytest.fixture
def shared(twice, here):
    """A plan in which two who are likely one take part."""
    plan = twice.plan(here, twice.person(here, years=17), PlanKind.EDUCATION_PLAN)
    one, other = twice.person(here, "Randi", None), twice.person(here, "Randy", None)
    ids = sorted(twice.participant(here, plan, person) for person in (one, other))
    return {"plan": plan, "persons": (one, other), "first": ids[0], "second": ids[1]}


def test_the_administrator_is_told_of_the_plan_and_not_of_who_takes_part(
    twice, here, admin, shared
):
    assert shared["plan"] not in admin.get("/duplicates/participants/").text
    twice.pair(here, *shared["persons"])

    page = admin.get("/duplicates/participants/").text
    assert f"/plan/show/{shared['plan']}" in page
    assert not any(twice.named(here, one) in page for one in shared["persons"])
    assert admin.send("/duplicates/participants/ask", {"plan": shared["plan"]}).status_code == 302
    assert admin.send("/duplicates/participants/ask", {"plan": MISSING}).status_code == 404

    told = twice.told(here, shared["plan"], NoticeKind.PARTICIPANT_TWICE)
    assert told == [(here.persons["koordinator.strandvik"], "", True)]


def test_the_coordinator_ends_the_one_that_is_not_needed(twice, here, admin, client_as, shared):
    twice.pair(here, *shared["persons"])
    admin.send("/duplicates/participants/ask", {"plan": shared["plan"]})
    coordinator = client_as("koordinator.strandvik")

    page = coordinator.get(f"/plan-participant/overview/{shared['plan']}").text
    assert f"/participation/end/{shared['second']}" in page
    sent = coordinator.send(f"/participation/end/{shared['second']}", {"reason": "Dobbelt"})

    assert sent.status_code == 302
    assert twice.takes_part(here, shared["first"])
    told = twice.told(here, shared["plan"], NoticeKind.PARTICIPANT_TWICE)
    assert [waits for _person, _text, waits in told] == [False]
    assert shared["plan"] not in admin.get("/duplicates/participants/").text


def test_the_coordinator_keeps_both_and_takes_that_back(twice, here, admin, client_as, shared):
    twice.pair(here, *shared["persons"])
    coordinator, ids = client_as("koordinator.strandvik"), {k: shared[k] for k in SIDES}
    way = f"/plan-participant-twice/{{}}/{shared['plan']}"

    assert coordinator.send(way.format("take-back"), ids).status_code == 404
    assert coordinator.send(way.format("apart"), ids).status_code == 302
    page = coordinator.get(f"/plan-participant/overview/{shared['plan']}").text
    assert f"/participation/end/{shared['second']}" not in page
    assert shared["plan"] not in admin.get("/duplicates/participants/").text
    assert coordinator.send(way.format("take-back"), ids).status_code == 302
    assert shared["plan"] in admin.get("/duplicates/participants/").text


@pytest.mark.parametrize(
    ("name", "status"),
    [("lokal.strandvik", 403), ("larer", 404), ("koordinator.fjellby", 404)],
)
def test_nobody_else_answers_for_the_coordinator(twice, here, client_as, shared, name, status):
    twice.pair(here, *shared["persons"])
    client = client_as(name, "9901" if name == "larer" else None)
    ids = {side: shared[side] for side in SIDES}

    answer = client.send(f"/plan-participant-twice/apart/{shared['plan']}", ids)

    assert answer.status_code == status
    assert (shared["first"], shared["second"]) not in twice.answers(here)


def test_participants_of_another_plan_are_not_answered_for(twice, here, client_as, shared):
    twice.pair(here, *shared["persons"])
    other = twice.plan(here, twice.person(here, years=17), PlanKind.EDUCATION_PLAN)
    ids = {side: shared[side] for side in SIDES}

    answer = client_as("koordinator.strandvik").send(f"/plan-participant-twice/apart/{other}", ids)

    assert answer.status_code == 404


def test_somebody_who_resembles_the_coordinator_is_shown_too(twice, here, client_as, shared):
    twice.pair(here, here.persons["koordinator.strandvik"], shared["persons"][0])

    page = client_as("koordinator.strandvik").get(f"/plan-participant/overview/{shared['plan']}")

    assert page.text.count("/participation/end/") == 1


# --- logins ---------------------------------------------------------------------------------------


def test_one_login_stays_and_gets_nothing_that_was_not_ticked(twice, here, admin, client_as):
    logins = twice.logins(here, (PARTICIPANT,), (COORDINATOR, PARTICIPANT))
    ended = client_as(logins.names[1])

    told = mend(admin, logins, "first")

    assert told.status_code == 302
    assert twice.held(here, logins.accounts[0]) == {PARTICIPANT: True}
    assert twice.held(here, logins.accounts[1]) == {PARTICIPANT: False, COORDINATOR: False}
    assert not twice.is_open(logins.accounts[1])
    assert ended.get("/my-plans/").status_code == 302
    assert logins.names[0] in admin.get(told.location).text
    assert client_as(logins.names[0]).get("/me/").status_code == 200
    with twice.acting(logins.accounts[0], here) as actor:
        assert one_login.kept_as_one(actor.person_id, at=actor.at) is not None
    with twice.acting("lokal.strandvik", here) as actor:
        assert one_login.kept_as_one(actor.person_id, at=actor.at) is None
    other = admin.get(f"/duplicates/accounts/told?login={here.memberships['planeier']}")
    assert other.status_code == 404


def test_a_ticked_role_is_given_to_the_login_that_stays(twice, here, admin):
    logins = twice.logins(here, (PARTICIPANT,), (COORDINATOR, LOCAL))
    page = admin.get("/duplicates/accounts/mend", query_string=logins.asked).text
    assert f'value="{logins.roles[1][0]}"' in page
    assert "checked" not in page.partition("<main")[2]

    mend(admin, logins, "first", again=logins.roles[1][0])

    assert twice.held(here, logins.accounts[0]) == {PARTICIPANT: True, COORDINATOR: True}
    assert not any(twice.held(here, logins.accounts[1]).values())


def test_roles_in_another_municipality_are_never_touched(twice, here, world, admin):
    logins = twice.logins(here, (PARTICIPANT,), (PARTICIPANT,))
    with twice.planting(world.fjellby):
        there = gardens.person(world.fjellby, f"there {logins.names[1]}", "Tora", None)
        twice.role(logins.accounts[1], there.id, COORDINATOR)

    assert mend(admin, logins, "first").status_code == 302

    assert twice.held(here, logins.accounts[1]) == {PARTICIPANT: False}
    assert twice.held(world.fjellby, logins.accounts[1]) == {COORDINATOR: True}
    assert twice.is_open(logins.accounts[1])


@pytest.mark.parametrize(
    ("values", "band", "is_found"),
    [
        ({"email": "tora@example.no"}, None, True),
        ({}, MatchBand.CERTAIN, True),
        ({}, MatchBand.PROBABLE, False),
        ({}, None, False),
    ],
)
def test_logins_of_two_persons_are_found_by_address_or_certainty(
    twice, here, values, band, is_found
):
    logins = twice.logins(here, (PARTICIPANT,), (PARTICIPANT,), two_persons=True, **values)
    if band is not None:
        twice.pair(here, *logins.persons, band)
    key = tuple(sorted(map(str, logins.accounts)))

    with twice.acting("lokal.strandvik", here) as actor:
        keys = {one.key for one in account_pairs.found(actor, today())}

    assert (key in keys) is is_found


def test_an_address_that_many_share_says_nothing_of_who_they_are(twice, here):
    desks = set()
    with twice.planting(here):
        for number in range(6):
            row = gardens.person(here, f"desk {number}", f"Skranke {number}", None)
            row.email = "post@example.no"
            account = twice.account(f"skranke{number}")
            twice.role(account, row.id, PARTICIPANT)
            desks.add(str(account))

    with twice.acting("lokal.strandvik", here) as actor:
        found = account_pairs.found(actor, today())

    assert not [one for one in found if set(one.key) & desks]


def test_nobody_ends_the_login_that_they_are_signed_in_with(twice, here, client_as):
    logins = twice.logins(here, (LOCAL,), (PARTICIPANT,))
    own = client_as(logins.names[0])

    assert mend(own, logins, "second").status_code == 422

    assert twice.held(here, logins.accounts[0]) == {LOCAL: True}
    assert mend(own, logins, "first").status_code == 302


def test_what_was_not_looked_over_is_not_done(twice, here, admin):
    logins = twice.logins(here, (PARTICIPANT,), (COORDINATOR,))
    data = {**logins.asked, "keep": "first"}
    seen = SEEN.search(admin.send("/duplicates/accounts/mend", data).text).group(1)
    with twice.planting(here):
        twice.role(logins.accounts[1], logins.persons[1], LOCAL)

    late = {**data, "seen": seen, "confirmed": "1"}
    answer = admin.send("/duplicates/accounts/mend", late)

    assert answer.status_code == 409
    assert all(twice.held(here, logins.accounts[1]).values())
    unchosen = admin.send("/duplicates/accounts/mend", logins.asked)
    assert unchosen.status_code == 422


def test_only_logins_that_were_found_are_mended(twice, here, admin):
    logins = twice.logins(here, (PARTICIPANT,), (PARTICIPANT,), two_persons=True)
    data = {**logins.asked, "keep": "first", "confirmed": "1", "seen": "x"}

    assert admin.send("/duplicates/accounts/mend", data).status_code == 404
    assert all(twice.held(here, logins.accounts[1]).values())


# --- counts ---------------------------------------------------------------------------------------


def test_counts_are_for_those_who_look_after_the_whole(twice, here):
    with twice.acting("lokal.strandvik", here) as actor:
        counted = kinds.counts(actor, at=actor.at)
    assert set(counted) == {one.what for one in kinds.KINDS}
    assert all(count >= 0 for count in counted.values())

    with twice.acting("koordinator.strandvik", here) as actor, pytest.raises(NotFound):
        kinds.counts(actor, at=actor.at)
