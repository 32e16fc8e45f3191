"""Central administrators: two make one, never fewer than two, and none reads a person."""

import re

import pytest
from sqlalchemy import select, update

from app.clock import utc_now
from app.db import db, transaction
from app.enums import Role
from app.models import AuditEvent, CentralAppointment, Municipality, OneTimeLink
from app.security import tenancy
from tests.accounts import towns
from tests.accounts.test_giving_roles import LINK
from tests.accounts.test_link_requests import CODE, WRONG, asked, say_yes
from tests.conftest import Client

FIRST = re.compile(r"http://127\.0\.0\.1:\d+(/first-administrator/[\w-]{43})")


@pytest.fixture(scope="module")
def installation(database_name, make_app):
    """An installation of its own, because its central administrators are counted."""
    app = make_app(database_name)
    app.test_client_class = Client
    return app


@pytest.fixture
def centrals(installation):
    """Makes that many central administrators, all who were there before having ended."""
    with installation.app_context(), transaction() as session:
        session.execute(update(CentralAppointment).values(ended_at=utc_now()))

    def make(count):
        with installation.app_context():
            return [towns.new_central() for _ in range(count)]

    return make


@pytest.fixture
def enter(installation):
    """Signs in."""
    return lambda username, *password: towns.sign_in(installation, username, *password)


def appointment_of(app, username):
    """The latest appointment of an account."""
    with app.app_context():
        return db.session.scalars(
            select(CentralAppointment)
            .where(CentralAppointment.account_id == towns.account_id(username))
            .order_by(CentralAppointment.id.desc())
        ).first()


def events(app):
    """The latest event of the installation's log about an appointment."""
    with app.app_context(), tenancy.applied(db.session(), tenancy.Scope(is_central=True)):
        return list(
            db.session.scalars(
                select(AuditEvent.action)
                .where(AuditEvent.object_type == "central_appointment")
                .order_by(AuditEvent.id.desc())
                .limit(2)
            )
        )


def propose(client, installation, username=None):
    """Propose an existing account; its name."""
    if username is None:
        with installation.app_context():
            username = towns.new_account("forslag")
    answer = client.send("/central-administrator/add", {"username": username})
    assert answer.status_code == 302, answer.text
    return username


def decide(client, installation, username, what):
    """Approve or end the latest appointment of an account."""
    pk = appointment_of(installation, username).id
    return client.send(f"/central-administrator/{what}/{pk}").status_code


def test_the_proposer_does_not_approve_and_another_does(installation, centrals, enter):
    one, two = map(enter, centrals(2))
    name = propose(one, installation)

    assert decide(one, installation, name, "approve") == 409
    assert decide(two, installation, name, "approve") == 302
    assert enter(name).get("/central-administrator/list/").status_code == 200
    assert "central_appointment:approved" in events(installation)


def test_the_only_one_approves_the_second_alone_and_the_log_says_so(installation, centrals, enter):
    [only] = map(enter, centrals(1))
    second, third = propose(only, installation), propose(only, installation)

    assert decide(only, installation, second, "approve") == 302
    assert "central_appointment:approved_alone" in events(installation)
    assert decide(only, installation, third, "approve") == 409


def test_nobody_approves_themselves(installation, centrals, enter):
    one, two = centrals(2)
    name = propose(enter(one), installation)

    assert decide(enter(name), installation, name, "approve") in (403, 404)
    assert decide(enter(two), installation, name, "approve") == 302
    assert decide(enter(two), installation, name, "approve") == 409


def test_fewer_than_two_are_never_left(installation, centrals, enter):
    """P6."""
    one, two, three = centrals(3)
    client = enter(one)

    assert decide(client, installation, three, "end") == 302
    assert decide(client, installation, two, "end") == 409
    assert decide(client, installation, one, "end") == 409
    assert appointment_of(installation, two).ended_at is None


def test_an_appointment_ends_with_its_sessions(installation, centrals, enter):
    one, _two, three = centrals(3)
    gone = enter(three)
    assert gone.get("/central-administrator/list/").status_code == 200

    decide(enter(one), installation, three, "end")

    assert gone.get("/central-administrator/list/").status_code == 302
    assert not towns.is_active(installation, three)


def test_a_proposal_can_always_be_taken_back(installation, centrals, enter):
    [only] = map(enter, centrals(1))
    name = propose(only, installation)

    assert decide(only, installation, name, "end") == 302
    assert towns.is_active(installation, name)


def test_the_command_ends_one_when_a_colleague_is_gone_but_not_the_last(installation, centrals):
    one, two = centrals(2)
    runner = installation.test_cli_runner()

    assert runner.invoke(args=["central", "end", two]).exit_code == 0
    assert runner.invoke(args=["central", "end", one]).exit_code == 1
    assert appointment_of(installation, one).ended_at is None


def test_a_new_login_gets_a_link_and_an_unknown_one_is_refused(installation, centrals, enter):
    [only] = map(enter, centrals(1))
    name = f"helt.ny.{next(towns.NAMES)}"

    unknown = only.send("/central-administrator/add", {"username": name})
    made = only.send("/central-administrator/add", {"username": name, "is_new": "y"})
    again = only.send("/central-administrator/add", {"username": name})

    assert unknown.status_code == 422
    assert LINK.search(made.text)
    assert again.status_code == 409


@pytest.mark.parametrize("role", [Role.LOCAL_ADMINISTRATOR, Role.COORDINATOR])
def test_no_other_role_opens_the_page(installation, centrals, enter, role):
    """P2."""
    [central] = centrals(1)
    town = towns.new_town(installation)
    client = enter(town.member(role))

    assert client.get("/central-administrator/list/").status_code == 403
    assert client.send("/central-administrator/add", {"username": town.admin}).status_code == 403
    assert decide(client, installation, central, "end") == 403
    assert enter(central).get("/central-administrator/list/").status_code == 200


def test_the_first_is_made_through_the_link_once(installation, centrals, enter):
    centrals(0)
    path = FIRST.search(installation.test_cli_runner().invoke(args=["central", "link"]).output)[1]
    stranger, name = installation.test_client(), f"aller.forste.{next(towns.NAMES)}"
    form = {"username": name, "password": "en lang setning", "again": "en lang setning"}
    assert stranger.get(path).status_code == 200

    weak = stranger.send(path, form | {"password": "kort", "again": "kort"})
    first = stranger.send(path, form)
    again = stranger.send(path, form | {"username": f"{name}.to"})

    assert [weak.status_code, first.status_code, again.status_code] == [422, 302, 404]
    client = enter(name, "en lang setning")
    assert client.get("/central-administrator/list/").status_code == 200


def test_a_new_link_makes_the_one_before_useless_and_none_is_made_beside_a_first(
    installation, centrals
):
    centrals(0)
    runner, stranger = installation.test_cli_runner(), installation.test_client()
    first = FIRST.search(runner.invoke(args=["central", "link"]).output)[1]
    second = FIRST.search(runner.invoke(args=["central", "link"]).output)[1]

    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200
    centrals(1)
    assert stranger.get(second).status_code == 404
    assert runner.invoke(args=["central", "link"]).exit_code == 1


def test_a_link_is_kept_as_a_hash_only(installation, centrals):
    centrals(0)
    output = installation.test_cli_runner().invoke(args=["central", "link"]).output
    secret = FIRST.search(output)[1].rpartition("/")[2]

    with installation.app_context():
        kept = db.session.scalars(select(OneTimeLink.secret_hash)).all()

    assert kept
    assert secret not in kept


def vacated_town(installation):
    """A municipality whose local administrators were ended from the server."""
    town = towns.new_town(installation)
    told = installation.test_cli_runner().invoke(args=["central", "vacate", town.number])
    assert told.output.startswith("1 roles ended"), told.output
    return town


def test_a_municipality_with_an_administrator_gets_no_further_one_from_above(
    installation, centrals, enter
):
    [central] = centrals(1)
    town, name = towns.new_town(installation), f"lokal.ny.{next(towns.NAMES)}"
    form = {"given_name": "Anne", "family_name": "Hemmelig", "username": name}
    client = enter(central)

    answer = client.send(f"/municipality/appoint/{town.number}", form)

    assert answer.status_code == 422
    assert not LINK.search(answer.text)
    assert town.roles_of(name) == []
    assert "/municipality/appoint/" not in client.get(f"/municipality/show/{town.number}").text


def test_administrators_ended_from_the_server_are_out_at_once(installation, enter):
    town = towns.new_town(installation)
    client = enter(town.admin)
    assert client.get("/person/list/").status_code == 200

    told = installation.test_cli_runner().invoke(args=["central", "vacate", town.number])
    unknown = installation.test_cli_runner().invoke(args=["central", "vacate", "0000"])

    assert told.exit_code == 0
    assert unknown.exit_code == 1
    assert client.get("/person/list/").status_code == 302


def test_appointing_a_local_administrator_takes_the_municipality_into_use(
    installation, centrals, enter
):
    [central] = centrals(1)
    town, name = vacated_town(installation), f"lokal.ny.{next(towns.NAMES)}"
    form = {"given_name": "Anne", "family_name": "Hemmelig", "username": name}
    client = enter(central)

    answer = client.send(f"/municipality/appoint/{town.number}", form)

    assert LINK.search(answer.text)
    assert [role.role for role in town.roles_of(name)] == [Role.LOCAL_ADMINISTRATOR]
    page = client.get(f"/municipality/show/{town.number}").text
    assert "Hemmelig" not in page
    assert re.search(r"\b1\b", page)
    with installation.app_context():
        assert db.session.get(Municipality, town.id).is_in_use


def test_a_login_in_use_is_asked_before_it_administers(installation, centrals, enter):
    [central] = centrals(1)
    town = vacated_town(installation)
    with installation.app_context():
        name = towns.new_account()
    form = {"given_name": "Anne", "family_name": "Kjent", "username": name}
    client = enter(central)

    taken = client.send(f"/municipality/appoint/{town.number}", form)
    sent = client.send(f"/municipality/appoint/{town.number}", form | {"has_account": "y"})
    holder = enter(name)
    pk, code = asked(holder), CODE.search(sent.text).group(1)
    wrong = say_yes(holder, WRONG, pk)
    before = town.roles_of(name)
    say_yes(holder, code, pk)

    assert (taken.status_code, sent.status_code, wrong.status_code) == (422, 200, 422)
    assert before == []
    assert [role.role for role in town.roles_of(name)] == [Role.LOCAL_ADMINISTRATOR]


def test_a_central_administrator_reads_no_person(installation, centrals, enter):
    [central] = centrals(1)
    town = towns.new_town(installation)
    client = enter(central)

    for path in ("/person/list/", "/role/list/", "/key-roles/", "/role/add"):
        assert client.get(path).status_code == 403
    [role] = town.roles_of(town.admin)
    assert client.get(f"/role/show/{role.id}").status_code in (403, 404)
    assert client.get(f"/municipality/show/{town.number}").status_code == 200


def test_a_local_administrator_appoints_nobody_through_the_page(installation, centrals, enter):
    centrals(1)
    town = towns.new_town(installation)
    form = {"given_name": "A", "family_name": "B", "username": f"nei.{next(towns.NAMES)}"}

    client = enter(town.admin)

    assert client.get(f"/municipality/appoint/{town.number}").status_code == 403
    assert client.send(f"/municipality/appoint/{town.number}", form).status_code == 403
    assert client.get(f"/municipality/show/{town.number}").status_code == 200
