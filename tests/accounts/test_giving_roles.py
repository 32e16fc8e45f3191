"""Nobody gives, changes or ends a role that is not theirs, nor more widely than they hold it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask_appbuilder.security.sqla.models import User

from app.accounts import operations
from app.accounts.holding import LastLocalAdministrator
from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Role
from app.models import Membership
from tests.accounts.towns import NAMES, account_id, is_active

LINK = re.compile(r"/password/([\w-]{43})")
LOCAL, COORDINATOR, PARTICIPANT = (
    Role.LOCAL_ADMINISTRATOR,
    Role.COORDINATOR,
    Role.PARTICIPANT,
)


def give(client, town, role, *, unit=None, person=None, **changes):
    """Send the form that gives a role to somebody without a login."""
    data = {
        "person_id": person or town.person(unit),
        "role": role.value,
        "unit_id": town.units[unit] if unit else "",
        "starts_on": today().strftime("%d.%m.%Y"),
        "username": f"ny.{next(NAMES)}",
    }
    return client.send("/role/add", data | changes)


@pytest.mark.parametrize(
    ("giver", "giver_unit", "role", "unit", "is_given"),
    [
        pytest.param(LOCAL, None, LOCAL, None, True, id="administrator gives administrator"),
        pytest.param(LOCAL, None, COORDINATOR, None, True, id="administrator gives coordinator"),
        pytest.param(LOCAL, None, PARTICIPANT, "school", True, id="administrator gives in a unit"),
        pytest.param(LOCAL, "school", LOCAL, "school", True, id="of a unit gives in that unit"),
        pytest.param(LOCAL, "school", COORDINATOR, "class", True, id="of a unit gives below it"),
        pytest.param(LOCAL, "school", COORDINATOR, "top", False, id="of a unit not above it"),
        pytest.param(LOCAL, "school", LOCAL, None, False, id="of a unit not everywhere"),
        pytest.param(COORDINATOR, None, PARTICIPANT, None, True, id="coordinator participant"),
        pytest.param(COORDINATOR, None, COORDINATOR, None, False, id="coordinator not coordinator"),
        pytest.param(COORDINATOR, None, LOCAL, None, False, id="coordinator not administrator"),
        pytest.param(PARTICIPANT, None, PARTICIPANT, None, False, id="participant gives nothing"),
    ],
)
def test_a_role_is_given_by_those_alone_who_may_give_it(
    town, enter, giver, giver_unit, role, unit, is_given
):
    """P2."""
    client = enter(town.member(giver, giver_unit))
    username = f"fikk.{next(NAMES)}"
    person = town.person(unit or giver_unit)

    answer = give(client, town, role, unit=unit, person=person, username=username)

    assert (LINK.search(answer.text) is not None) is is_given
    if is_given:
        assert answer.status_code == 200
        assert [one.role for one in town.roles_of(username)] == [role]
    else:
        assert answer.status_code in (403, 404, 422)
        assert town.roles_of(username) == []


@pytest.mark.parametrize("role", ["central_administrator", "administrator", "", "LOCAL"])
def test_no_other_word_is_a_role(town, enter, role):
    """P2: nor is there a way to become central administrator."""
    client = enter(town.admin)
    person = town.person()
    data = {"person_id": person, "starts_on": today().strftime("%d.%m.%Y"), "username": "ny.navn"}

    answer = client.send("/role/add", data | {"role": role})

    assert answer.status_code == 422


@pytest.mark.parametrize("field", ["person_id", "unit_id"])
def test_a_foreign_id_is_answered_as_one_that_does_not_exist(town, other_town, enter, field):
    client = enter(town.admin)
    foreign = {"person_id": other_town.person(), "unit_id": other_town.units["top"]}[field]
    missing = "01890000-0000-7000-8000-000000000000"

    answers = [give(client, town, PARTICIPANT, **{field: pk}) for pk in (foreign, missing)]
    own = give(client, town, PARTICIPANT)

    assert [answer.status_code for answer in answers] == [422, 422]
    assert own.status_code == 200


def test_fields_that_are_not_in_the_form_change_nothing(town, other_town, enter):
    """P5."""
    client = enter(town.admin)
    username = f"ekstra.{next(NAMES)}"
    extra = {
        "municipality_id": str(other_town.id),
        "account_id": "1",
        "version": "7",
        "id": "01890000-0000-7000-8000-000000000000",
    }

    answer = give(client, town, PARTICIPANT, username=username, **extra)

    assert answer.status_code == 200
    [role] = town.roles_of(username)
    assert (role.municipality_id, role.version) == (town.id, 1)
    assert role.id != extra["id"]


def test_the_last_day_is_written_as_people_write_it_and_kept_as_the_first_day_without(town, enter):
    client = enter(town.admin)
    username = f"til.{next(NAMES)}"
    last = today() + timedelta(days=30)

    give(client, town, COORDINATOR, username=username, last_day=last.strftime("%d.%m.%Y"))

    [role] = town.roles_of(username)
    assert role.ends_on == last + timedelta(days=1)
    assert last.strftime("%d.%m.%Y") in client.get(f"/role/edit/{role.id}").text


def test_the_link_chooses_the_password_once(app, town, enter):
    client = enter(town.admin)
    username = f"lenke.{next(NAMES)}"
    secret = LINK.search(give(client, town, PARTICIPANT, username=username).text).group(1)
    stranger = app.test_client()
    form = {"password": "en lang setning", "again": "en lang setning"}

    first = stranger.send(f"/password/{secret}", form)
    again = stranger.send(f"/password/{secret}", form | {"password": "noe helt annet"})

    assert first.status_code == 302
    assert again.status_code == 404
    assert stranger.get(f"/password/{secret}").status_code == 404
    assert enter(username, "en lang setning").get("/me/").status_code == 200


def test_the_user_name_is_told_to_who_chooses_the_password_and_to_who_can_make_such_a_link(
    app, town, enter
):
    client = enter(town.admin)
    username = f"navn.{next(NAMES)}"
    secret = LINK.search(give(client, town, PARTICIPANT, username=username).text).group(1)
    path = f"/role/show/{town.roles_of(username)[0].id}"

    assert username in app.test_client().get(f"/password/{secret}").text
    assert username in client.get(path).text
    assert username in enter(town.member(COORDINATOR)).get(path).text


def test_a_coordinator_reads_no_user_name_of_an_administrator(town, enter):
    above = town.member(LOCAL)
    path = f"/role/show/{town.roles_of(above)[0].id}"

    assert above in enter(town.admin).get(path).text
    assert above not in enter(town.member(COORDINATOR)).get(path).text


def test_a_link_that_another_made_stops_working_when_a_higher_role_is_given(app, town, enter):
    coordinator, admin = enter(town.member(COORDINATOR)), enter(town.admin)
    username, person = f"opp.{next(NAMES)}", town.person()
    page = give(coordinator, town, PARTICIPANT, username=username, person=person).text
    secret = LINK.search(page).group(1)
    assert app.test_client().get(f"/password/{secret}").status_code == 200

    answer = give(admin, town, LOCAL, person=person)

    assert answer.status_code == 302
    assert app.test_client().get(f"/password/{secret}").status_code == 404


def test_sending_the_form_twice_gives_one_role(town, enter):
    client = enter(town.admin)
    key, person = client.form_key("/role/add"), town.person()
    username = f"to.{next(NAMES)}"

    first = give(client, town, PARTICIPANT, person=person, username=username, form_key=key)
    second = give(client, town, PARTICIPANT, person=person, username=username, form_key=key)

    assert (first.status_code, second.status_code) == (200, 302)
    assert len(town.roles_of(username)) == 1


@pytest.mark.parametrize("name", ["ab", "med mellomrom", "tegn/strek", "x" * 65, ""])
def test_a_user_name_that_cannot_be_told_apart_is_refused(town, enter, name):
    answer = give(enter(town.admin), town, PARTICIPANT, username=name)

    assert answer.status_code == 422


def test_a_taken_user_name_is_refused_whatever_its_case(town, enter):
    answer = give(enter(town.admin), town, PARTICIPANT, username=town.admin.upper())

    assert answer.status_code == 409


@pytest.mark.parametrize("door", ["end", "edit", "withdraw"])
def test_a_coordinator_touches_participants_alone(town, enter, door):
    participant, admin = town.member(PARTICIPANT), town.member(LOCAL)
    client = enter(town.member(COORDINATOR))
    [below], [above] = town.roles_of(participant), town.roles_of(admin)
    data = {"starts_on": today().strftime("%d.%m.%Y"), "version": "1"}

    allowed = client.send(f"/role/{door}/{below.id}", data)
    refused = client.send(f"/role/{door}/{above.id}", data)

    assert allowed.status_code == 302
    assert refused.status_code == 403
    assert town.roles_of(admin)[0].ended_at is None


@pytest.mark.parametrize("door", ["show", "edit", "end", "withdraw", "password-link"])
def test_a_foreign_role_is_not_there(town, other_town, enter, door):
    """P4."""
    [foreign] = other_town.roles_of(other_town.admin)
    client = enter(town.admin)

    answer = (
        client.get(f"/role/{door}/{foreign.id}")
        if door in ("show", "edit")
        else client.send(f"/role/{door}/{foreign.id}")
    )

    assert answer.status_code == 404
    assert other_town.roles_of(other_town.admin)[0].ended_at is None


def test_the_last_local_administrator_stays(town, enter):
    """P6."""
    client = enter(town.admin)
    [own] = town.roles_of(town.admin)
    data = {"starts_on": "01.01.2024", "version": "1", "unit_id": town.units["school"]}

    refusals = [
        client.send(f"/role/end/{own.id}"),
        client.send(f"/role/withdraw/{own.id}"),
        client.send(f"/role/edit/{own.id}", data),
        client.send(f"/role/edit/{own.id}", data | {"unit_id": "", "last_day": "01.02.2024"}),
    ]

    assert [answer.status_code for answer in refusals] == [409, 409, 409, 409]
    town.member(LOCAL)
    assert client.send(f"/role/end/{own.id}").status_code == 302
    assert town.roles_of(town.admin)[0].ended_at is not None


def test_of_two_administrators_who_end_each_other_at_once_one_stays(town):
    other = town.member(LOCAL)
    start = Barrier(2)

    def end(ended_by, ended):
        actor, pk = town.actor(ended_by), town.roles_of(ended)[0].id
        start.wait()
        try:
            with town.app.app_context(), town.inside(), transaction():
                operations.end_role(actor, db.session.get_one(Membership, pk), at=utc_now())
        except LastLocalAdministrator:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        ended = [pool.submit(end, town.admin, other), pool.submit(end, other, town.admin)]

    assert sorted(one.result() for one in ended) == [False, True]


def test_an_administrator_of_one_unit_is_no_last_administrator(town, enter):
    limited = town.member(LOCAL, "school")
    [role] = town.roles_of(limited)

    answer = enter(town.admin).send(f"/role/end/{role.id}")

    assert answer.status_code == 302


def test_withdrawing_closes_a_login_that_is_used_nowhere_else(app, town, enter):
    username = town.member(PARTICIPANT)
    [role] = town.roles_of(username)

    answer = enter(town.admin).send(f"/role/withdraw/{role.id}")

    assert answer.status_code == 302
    assert not is_active(app, username)
    assert town.roles_of(username)[0].ended_at is not None
    assert "account:withdrawn" in town.events()


def test_the_login_of_a_person_who_is_retired_can_still_be_withdrawn(app, town, enter):
    username = town.member(PARTICIPANT)
    [role] = town.roles_of(username)
    admin = enter(town.admin)
    retired = admin.send(f"/person/retire/{role.person_id}", {"reason": "Flyttet"})
    assert retired.status_code == 302

    answer = admin.send(f"/role/withdraw/{role.id}")

    assert answer.status_code == 302
    assert not is_active(app, username)
    assert admin.send(f"/role/password-link/{role.id}").status_code == 403


def test_withdrawing_leaves_a_login_that_is_used_elsewhere(app, town, other_town, enter):
    username = town.member(PARTICIPANT)
    other_town.member(COORDINATOR, username=username)
    [role] = town.roles_of(username)

    enter(town.admin).send(f"/role/withdraw/{role.id}")

    assert is_active(app, username)
    assert town.roles_of(username)[0].ended_at is not None
    assert other_town.roles_of(username)[0].ended_at is None


def test_a_withdrawn_login_opens_again_with_a_new_password_only(app, town, enter):
    username = town.member(PARTICIPANT)
    [role] = town.roles_of(username)
    admin = enter(town.admin)
    admin.send(f"/role/withdraw/{role.id}")

    answer = give(admin, town, PARTICIPANT, person=role.person_id, username="")

    assert LINK.search(answer.text)
    assert is_active(app, username)
    refused = app.test_client().send("/login/", {"username": username, "password": "samvev-demo"})
    assert refused.status_code == 422


def test_a_password_link_opens_nothing_that_its_maker_does_not_give(town, other_town, enter):
    """P4."""
    plain, elsewhere = town.member(PARTICIPANT), town.member(PARTICIPANT)
    other_town.member(PARTICIPANT, username=elsewhere)
    above = town.member(LOCAL)
    coordinator = enter(town.member(COORDINATOR))
    doors = {
        name: f"/role/password-link/{town.roles_of(name)[0].id}"
        for name in (plain, elsewhere, above)
    }

    assert LINK.search(coordinator.send(doors[plain]).text)
    assert coordinator.send(doors[elsewhere]).status_code == 409
    assert coordinator.send(doors[above]).status_code == 409
    assert town.events().count("refused:MembershipView.password_link") == 2
    assert enter(town.admin).send(doors[above]).status_code == 200
    assert enter(town.admin).send(doors[elsewhere]).status_code == 409


def test_an_administrator_chooses_nobodys_password(town, enter):
    username = town.member(PARTICIPANT)
    [role] = town.roles_of(username)
    client = enter(town.admin)

    client.send(
        f"/role/edit/{role.id}",
        {"starts_on": "01.01.2024", "version": "1", "password": "valgt av andre"},
    )
    give(client, town, COORDINATOR, person=role.person_id, password="valgt av andre")

    assert enter(username).get("/me/").status_code == 200


def test_an_account_holds_nothing_about_the_person(app, town, enter):
    username = f"tom.{next(NAMES)}"
    give(enter(town.admin), town, PARTICIPANT, username=username.upper())

    with app.app_context():
        account = db.session.get(User, account_id(username))

    assert (account.first_name, account.last_name) == ("", "")
    assert account.email.endswith("@account.invalid")
    assert "navn" not in account.email
