"""A role that is changed reaches no further than whoever changed it saw and said."""

from datetime import timedelta

import pytest

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Role
from app.models import Person, Unit
from tests.accounts.test_giving_roles import LINK, give

LOCAL, COORDINATOR, PARTICIPANT = (
    Role.LOCAL_ADMINISTRATOR,
    Role.COORDINATOR,
    Role.PARTICIPANT,
)


def change(client, role, **changes):
    """Send the form that changes where and when a role is held, as the page has it."""
    data = {
        "unit_id": role.unit_id or "",
        "starts_on": role.starts_on.strftime("%d.%m.%Y"),
        "last_day": role.last_day.strftime("%d.%m.%Y") if role.last_day else "",
        "version": str(role.version),
    }
    return client.send(f"/role/edit/{role.id}", data | changes)


def written(day):
    """A day as people write it."""
    return day.strftime("%d.%m.%Y")


def test_a_role_in_a_unit_that_was_retired_since_stays_in_that_unit(town, enter):
    username = town.member(LOCAL, "class")
    [role] = town.roles_of(username)
    with town.app.app_context(), town.inside(), transaction():
        db.session.get_one(Unit, role.unit_id).retired_at = utc_now()

    answer = change(enter(town.admin), role, last_day=written(today() + timedelta(days=30)))

    [changed] = town.roles_of(username)
    assert answer.status_code == 302
    assert changed.unit_id == town.units["class"]
    assert changed.last_day == today() + timedelta(days=30)


def test_the_unit_is_taken_off_a_role_only_by_choosing_none(town, enter):
    username = town.member(COORDINATOR, "class")

    answer = change(enter(town.admin), town.roles_of(username)[0], unit_id="")

    assert answer.status_code == 302
    assert town.roles_of(username)[0].unit_id is None


@pytest.mark.parametrize(("is_own", "status"), [(False, 404), (True, 200)])
def test_a_link_that_another_made_is_dead_when_the_role_is_changed(
    app, town, enter, is_own, status
):
    """An administrator of a school made it, and could else go in as one of the municipality."""
    [role] = town.roles_of(town.member(LOCAL, "school"))
    with town.app.app_context(), town.inside(), transaction():
        db.session.get_one(Person, role.person_id).unit_id = town.units["school"]
    changer, of_school = enter(town.admin), enter(town.member(LOCAL, "school"))
    maker = changer if is_own else of_school
    page = maker.send(f"/role/password-link/{role.id}").text
    secret = LINK.search(page).group(1)
    assert app.test_client().get(f"/password/{secret}").status_code == 200

    answer = change(changer, role, unit_id="")

    assert answer.status_code == 302
    assert app.test_client().get(f"/password/{secret}").status_code == status


@pytest.mark.parametrize("how", ["end", "withdraw"])
def test_the_links_of_somebody_who_lost_the_role_are_dead(app, town, enter, how):
    leaving, staying = town.member(COORDINATOR), town.member(COORDINATOR)
    secrets = {
        maker: LINK.search(give(enter(maker), town, PARTICIPANT).text).group(1)
        for maker in (leaving, staying)
    }

    enter(town.admin).send(f"/role/{how}/{town.roles_of(leaving)[0].id}")

    assert app.test_client().get(f"/password/{secrets[leaving]}").status_code == 404
    assert app.test_client().get(f"/password/{secrets[staying]}").status_code == 200


def until(town, username, last_day):
    """Let the only role of ``username`` end after a day; the role."""
    with town.app.app_context(), town.inside(), transaction():
        role = db.session.merge(town.roles_of(username)[0])
        role.ends_on = last_day + timedelta(days=1)
    return town.roles_of(username)[0]


@pytest.mark.parametrize("last_day", ["", written(today() + timedelta(days=60))])
def test_nobody_lets_the_own_role_last_longer(town, enter, last_day):
    username = town.member(LOCAL)
    role = until(town, username, today() + timedelta(days=3))

    refused = change(enter(username), role, last_day=last_day)
    by_another = change(enter(town.admin), role, last_day=last_day)

    assert refused.status_code == 403
    assert by_another.status_code == 302


def test_the_own_role_may_be_shortened(town, enter):
    username = town.member(LOCAL)
    role = until(town, username, today() + timedelta(days=30))

    answer = change(enter(username), role, last_day=written(today() + timedelta(days=3)))

    assert answer.status_code == 302
    assert town.roles_of(username)[0].last_day == today() + timedelta(days=3)


def test_nobody_takes_a_role_that_outlasts_the_one_it_is_given_by(town, enter):
    username = town.member(LOCAL)
    role = until(town, username, today() + timedelta(days=3))
    client = enter(username)

    answers = [
        give(client, town, LOCAL, unit="school", person=role.person_id, **last_day)
        for last_day in ({}, {"last_day": written(today() + timedelta(days=3))})
    ]

    assert [answer.status_code for answer in answers] == [403, 302]
    assert give(client, town, COORDINATOR).status_code == 200


def test_a_lasting_administrator_takes_a_lasting_role(town, enter):
    [own] = town.roles_of(town.admin)

    answer = give(enter(town.admin), town, COORDINATOR, person=own.person_id)

    assert answer.status_code == 302


def test_the_unit_of_a_shielded_persons_role_is_told_in_no_form_and_stays(town, enter):
    username = town.member(COORDINATOR, "class")
    [role] = town.roles_of(username)
    client, unit = enter(town.admin), f"class {town.number}"
    assert unit in client.get(f"/role/edit/{role.id}").text
    with town.app.app_context(), town.inside(), transaction():
        db.session.get_one(Person, role.person_id).is_shielded = True

    page = client.get(f"/role/edit/{role.id}").text
    stale = change(client, role, unit_id="keep", version="7")
    answer = change(client, role, unit_id="keep", last_day=written(today()))

    assert (stale.status_code, answer.status_code) == (409, 302)
    assert all(unit not in text and role.unit_id not in text for text in (page, stale.text))
    [changed] = town.roles_of(username)
    assert (changed.unit_id, changed.last_day) == (role.unit_id, today())
