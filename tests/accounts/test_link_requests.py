"""One login for a human in many municipalities, and nobody learns more than that they asked."""

import re

from sqlalchemy import select

from app.accounts import link_requests
from app.accounts.queries import known_account
from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Role
from app.models import AccountLinkRequest, Person
from tests.accounts.test_giving_roles import LINK, give
from tests.accounts.towns import NAMES, SERIALS, is_active

ASKED = re.compile(r"/me/request/([0-9a-f-]{36})")
CODE = re.compile(r"<code>([2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4})</code>")
WRONG = "2222-2222"


def ask(client, town, role, person):
    """Ask for the login of a person who is known elsewhere; the code to hand over."""
    return CODE.search(give(client, town, role, person=person).text).group(1)


def asked(holder):
    """The request that waits on the holder's page."""
    return ASKED.search(holder.get("/me/").text).group(1)


def say_yes(holder, code, pk=None):
    """Say yes to the request that waits, or to another."""
    path = f"/me/request/{pk or asked(holder)}"
    return holder.send(path, {"answer": "yes", "link_code": code})


def test_the_administrator_learns_only_that_a_request_was_sent(other_town, enter, human):
    username, there = human
    client = enter(other_town.admin)

    answer = give(client, other_town, Role.COORDINATOR, person=there, username="noe.annet")

    assert answer.status_code == 200
    assert CODE.search(answer.text)
    assert username not in answer.text
    assert not LINK.search(answer.text)
    assert other_town.roles_of(username) == []


def test_the_role_begins_when_the_holder_says_yes(town, other_town, enter, human):
    username, there = human
    code = ask(enter(other_town.admin), other_town, Role.COORDINATOR, there)
    holder = enter(username, "en lang setning")

    answer = say_yes(holder, code)

    assert answer.status_code == 302
    [role] = other_town.roles_of(username)
    assert (role.role, role.person_id) == (Role.COORDINATOR, there)
    assert not ASKED.search(holder.get("/me/").text)
    assert "account_link_request:accepted" in other_town.events()
    assert "account_link_request:accepted" not in town.events()


def test_no_role_begins_when_the_holder_says_no(other_town, enter, human):
    username, there = human
    code = ask(enter(other_town.admin), other_town, Role.COORDINATOR, there)
    holder = enter(username, "en lang setning")
    pk = asked(holder)

    no = holder.send(f"/me/request/{pk}", {"answer": "no"})
    again = say_yes(holder, code, pk)

    assert no.status_code == 302
    assert again.status_code == 409
    assert other_town.roles_of(username) == []


def test_nobody_else_answers(town, other_town, enter, human):
    username, there = human
    code = ask(enter(other_town.admin), other_town, Role.COORDINATOR, there)
    pk = asked(enter(username, "en lang setning"))

    for other in (town.admin, other_town.admin):
        assert say_yes(enter(other), code, pk).status_code == 404
        assert say_yes(enter(other), "", pk).status_code == 404
        assert enter(other).send(f"/me/request/{pk}", {"answer": "no"}).status_code == 404
    assert other_town.roles_of(username) == []


def test_asking_twice_leaves_one_request_with_the_last_terms(other_town, enter, human):
    username, there = human
    client = enter(other_town.admin)
    first = ask(client, other_town, Role.COORDINATOR, there)
    second = ask(client, other_town, Role.PARTICIPANT, there)
    holder = enter(username, "en lang setning")
    [pk] = set(ASKED.findall(holder.get("/me/").text))

    assert say_yes(holder, first, pk).status_code == 422
    assert say_yes(holder, second, pk).status_code == 302

    assert "account_link_request:sent_again" in other_town.events()
    assert [role.role for role in other_town.roles_of(username)] == [Role.PARTICIPANT]


def test_a_yes_gives_nothing_that_the_asker_may_no_longer_give(other_town, enter, human):
    username, there = human
    asker = other_town.member(Role.LOCAL_ADMINISTRATOR)
    code = ask(enter(asker), other_town, Role.COORDINATOR, there)
    enter(other_town.admin).send(f"/role/end/{other_town.roles_of(asker)[0].id}")

    answer = say_yes(enter(username, "en lang setning"), code)

    assert answer.status_code == 409
    assert other_town.roles_of(username) == []


def test_withdrawing_the_person_takes_the_request_back(other_town, enter, human):
    username, there = human
    client = enter(other_town.admin)
    give(client, other_town, Role.COORDINATOR, person=there)
    with other_town.app.app_context(), other_town.inside(), transaction():
        link_requests.take_back(db.session.get_one(Person, there), at=utc_now())

    assert not ASKED.search(enter(username, "en lang setning").get("/me/").text)


def test_a_password_link_from_before_the_yes_is_dead(app, town, other_town, enter, human):
    username, there = human
    page = enter(town.admin).send(f"/role/password-link/{town.roles_of(username)[0].id}").text
    secret = LINK.search(page).group(1)
    code = ask(enter(other_town.admin), other_town, Role.COORDINATOR, there)
    holder = enter(username, "en lang setning")
    assert app.test_client().get(f"/password/{secret}").status_code == 200

    say_yes(holder, code)

    assert app.test_client().get(f"/password/{secret}").status_code == 404


def test_whoever_was_handed_a_new_password_says_yes_to_nothing_that_was_asked_before(
    app, town, other_town, enter, human
):
    """A colleague who resets a login here must not step into a role that waits elsewhere."""
    username, there = human
    asker = enter(other_town.admin)
    code = ask(asker, other_town, Role.COORDINATOR, there)
    page = enter(town.admin).send(f"/role/password-link/{town.roles_of(username)[0].id}").text
    form = {"password": "en annen setning", "again": "en annen setning"}
    app.test_client().send(f"/password/{LINK.search(page).group(1)}", form)
    taken_over = enter(username, "en annen setning")
    pk = asked(taken_over)

    refused = say_yes(taken_over, code, pk)

    assert refused.status_code == 409
    assert other_town.roles_of(username) == []
    anew = ask(asker, other_town, Role.COORDINATOR, there)
    assert say_yes(taken_over, anew, pk).status_code == 302
    assert [role.role for role in other_town.roles_of(username)] == [Role.COORDINATOR]


def test_a_national_id_goes_on_finding_the_login_that_has_it(town, other_town, enter, human):
    """Else a number written on the wrong person would send the next question to that one."""
    username, there = human
    serial, accomplice = next(SERIALS), f"annen.{next(NAMES)}"
    at_home = town.person(serial=serial)
    page = give(enter(town.admin), town, Role.PARTICIPANT, person=at_home, username=accomplice).text
    form = {"password": "en lang setning", "again": "en lang setning"}
    town.app.test_client().send(f"/password/{LINK.search(page).group(1)}", form)
    elsewhere = other_town.person(serial=serial)
    code = ask(enter(other_town.admin), other_town, Role.PARTICIPANT, elsewhere)
    with other_town.app.app_context(), other_town.inside(), transaction():
        own, number = (db.session.get_one(Person, pk) for pk in (elsewhere, there))
        cipher, digest = number.national_id_cipher, number.national_id_hash
        number.national_id_cipher = number.national_id_hash = None
        db.session.flush()
        own.national_id_cipher, own.national_id_hash = cipher, digest

    say_yes(enter(accomplice, "en lang setning"), code)

    with town.app.app_context(), town.inside():
        [role] = town.roles_of(username)
        found = known_account(db.session.get_one(Person, role.person_id))
        assert found is not None
        assert found.username == username


def test_a_doubtful_national_id_finds_nobody(town, other_town, enter, human):
    username, there = human
    with other_town.app.app_context(), other_town.inside(), transaction():
        db.session.get_one(Person, there).national_id_is_doubtful = True

    answer = give(enter(other_town.admin), other_town, Role.COORDINATOR, person=there)

    assert LINK.search(answer.text)
    assert other_town.roles_of(username) == []


def test_a_login_that_was_withdrawn_everywhere_is_not_asked(town, other_town, enter, human):
    username, there = human
    enter(town.admin).send(f"/role/withdraw/{town.roles_of(username)[0].id}")

    answer = give(enter(other_town.admin), other_town, Role.COORDINATOR, person=there)

    assert LINK.search(answer.text)
    assert not is_active(town.app, username)


def test_a_municipality_reads_no_requests_but_its_own(town, other_town, enter, human):
    username, there = human
    give(enter(other_town.admin), other_town, Role.COORDINATOR, person=there)

    with town.app.app_context():
        with town.inside():
            assert db.session.scalars(select(AccountLinkRequest)).all() == []
        with other_town.inside():
            [own] = db.session.scalars(select(AccountLinkRequest)).all()

    assert own.starts_on == today()
