"""The first page: what is open, what will come, and the first steps that tick themselves off."""

import re

import pytest

from app.accounts import first_steps, login
from app.audit import log
from app.clock import utc_now
from app.db import db, transaction
from app.models import AccountProfile, Person, StandardRole
from app.security import policy, scope
from app.security.actor import acting_as, find_actor, operator
from app.set_up_tables import Template
from app.templating import setup, versions
from tests.conftest import Client
from tests.world import PASSWORD

STEP = re.compile(r'<li>\s*<a href="[^"]*">([^<]+)</a>\s*<span[^>]*>([^<]+)</span>', re.S)
ENGLISH = {"Accept-Language": "en"}


def steps_on(page):
    """Each step of a page with whether it is done."""
    return {title: mark == "Finished" for title, mark in STEP.findall(page)}


@pytest.fixture
def profile_kept(app, world):
    """Leaves the local administrator's profile as it was."""
    yield
    with app.app_context(), transaction() as database:
        profile = database.get(AccountProfile, world.accounts["lokal.strandvik"])
        if profile is not None:
            profile.first_steps_hidden_at = None


def test_a_local_administrator_sees_what_is_done_and_what_is_not(client_as):
    page = client_as("lokal.strandvik").get("/desk/", headers=ENGLISH).text

    assert steps_on(page) == {
        "Write how people can reach you": False,
        "Register the units": True,
        "Register or import persons": True,
        "Appoint a coordinator": True,
        "Fit the standard roles to your municipality": False,
        "Fit the templates to your municipality": False,
        "See to it that the first plan is started": False,
    }


def test_a_step_ticks_itself_off_when_the_database_says_so(app, world):
    with app.app_context():
        account = world.accounts["lokal.fjellby"]
        actor = find_actor(db.session(), account, world.fjellby.id, utc_now())
        with acting_as(db.session(), actor):
            steps = first_steps.steps_of(actor)
            left = [str(one.step.title) for one in steps if not one.is_done]
            with transaction():
                own = db.session.get_one(Person, actor.person_id)
                own.email, own.phone = "lokal@fjellby.example.no", "+4722225555"
            steps = first_steps.steps_of(actor)
            after = [str(one.step.title) for one in steps if not one.is_done]

    assert len(left) == 4
    assert after == left[1:]


def test_standard_roles_and_templates_are_done_by_the_administrators_own_act(app, world):
    """The copies of what is national that a municipality begins with are nobody's act."""

    def done(actor):
        return [one.is_done for one in first_steps.steps_of(actor)[4:6]]

    with app.app_context():
        account = world.accounts["lokal.fjellby"]
        actor = find_actor(db.session(), account, world.fjellby.id, utc_now())
        with acting_as(db.session(), actor):
            setup.ensure(db.session(), world.fjellby.id, at=utc_now())
            found = [done(actor)]
            role = db.session.scalars(scope.rows(actor, StandardRole).limit(1)).one()
            draft = versions.begin(role)
            versions.keep(draft, draft.content | {"months": 7}, version=str(draft.version))
            found.append(done(actor))
            versions.publish(role, draft, at=utc_now())
            found.append(done(actor))
            template = db.session.scalars(scope.rows(actor, Template).limit(1)).one()
            log.record(actor, "national_piece:declined", template)
            found.append(done(actor))
            db.session.rollback()

    assert found == [[False, False], [False, False], [True, False], [True, True]]


def test_an_empty_municipality_has_every_step_left(app, world):
    """An administrator who is alone in a municipality has done nothing yet."""
    with app.app_context():
        here = operator(world.fjellby.id)
        actor = find_actor(
            db.session(), world.accounts["lokal.fjellby"], world.fjellby.id, utc_now()
        )
        stranger = type(actor)(
            account_id=actor.account_id,
            municipality_id=10_000_000,
            person_id=actor.person_id,
            holdings=here.holdings,
        )
        with acting_as(db.session(), stranger):
            assert [one.is_done for one in first_steps.steps_of(stranger)] == [False] * 7


def test_the_list_is_asked_through_the_scope_of_who_looks(app, world):
    with app.app_context():
        actor = find_actor(
            db.session(), world.accounts["koordinator.strandvik"], world.strandvik.id, utc_now()
        )
        assert not first_steps.concerns(actor)
        for step in first_steps.STEPS:
            if step.right is not None:
                assert step.right[1] in policy.RESOURCES.values()


def test_the_steps_can_be_put_away_and_taken_out_again(client_as, profile_kept):
    client = client_as("lokal.strandvik")

    assert client.send("/first-steps/", {"show": "no"}).status_code == 302
    hidden = client.get("/desk/", headers=ENGLISH).text
    other_browser = client_as("lokal.strandvik").get("/desk/", headers=ENGLISH).text
    client.send("/first-steps/", {"show": "yes"})
    shown = client.get("/desk/", headers=ENGLISH).text

    assert steps_on(hidden) == steps_on(other_browser) == {}
    assert "Show the first steps again" in hidden
    assert steps_on(shown)


def test_an_answer_that_is_neither_is_refused(client_as):
    assert client_as("lokal.strandvik").send("/first-steps/", {"show": "x"}).status_code == 400


def test_a_step_about_many_municipalities_is_for_those_who_have_them(app, world):
    step = first_steps.STEPS[-1]
    with app.app_context():
        one = find_actor(
            db.session(), world.accounts["lokal.strandvik"], world.strandvik.id, utc_now()
        )
        two = find_actor(db.session(), world.accounts["larer"], world.strandvik.id, utc_now())

        assert not step.concerns(one)
        assert step.concerns(two)


def test_a_participant_is_told_what_will_come(client_as):
    page = client_as("planeier").get("/", headers=ENGLISH, follow_redirects=True).text

    assert "Nothing has been shared with you yet" in page
    assert steps_on(page) == {}


def test_who_has_several_municipalities_is_asked_to_choose(client_as):
    page = client_as("larer").get("/", headers=ENGLISH).text

    assert "work in one at a time" in page
    assert "You have no access here now" not in page


def test_who_is_there_for_plans_in_several_municipalities_lands_in_all_of_them(app, world):
    def arrive(path):
        answer = app.test_client().send(path, {"username": "larer", "password": PASSWORD})
        return answer.location

    app.test_client_class = Client
    assert arrive("/login/") == "/my-plans/"
    assert arrive("/login/?next=/me/").startswith("/municipality-choice/")
    both = [world.strandvik.id, world.fjellby.id]
    with app.app_context():
        asked = [
            login._is_here_for_plans(db.session(), world.accounts[name], both)
            for name in ("larer", "lokal.strandvik", "sentral")
        ]
    assert asked == [True, False, False]


def test_who_is_there_for_plans_opens_one_elsewhere_by_choosing_it(client_as):
    page = client_as("larer").get("/my-plans/").text

    assert "Strandvik" in page
    assert "Fjellby" in page


def test_a_local_administrator_begins_at_the_desk(client_as):
    assert client_as("lokal.strandvik").get("/").location == "/desk/"
    assert client_as("sentral").get("/").status_code == 200


def test_who_has_no_role_is_told_whom_to_ask(client_as):
    page = client_as("utgatt").get("/", headers=ENGLISH).text

    assert "You have no access here now" in page


def test_every_card_says_what_it_is_for(client_as):
    page = client_as("sentral").get("/", headers=ENGLISH).text
    cards = re.findall(r'<a class="ds-card"[^>]*>(.*?)</a>', page, re.S)

    assert len(cards) > 3
    assert all('class="help"' in card for card in cards)
