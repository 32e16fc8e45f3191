"""Doors in themselves: whom each opens for, what a view's own resource fills in, what is a gap."""

from types import SimpleNamespace

import pytest

from app.enums import Role
from app.security.actor import NOBODY, Actor, Holding
from app.security.manager import SamvevSecurityManager
from app.security.roles import Action, Resource
from app.security.routes import (
    ANYONE,
    SIGNED_IN,
    Audience,
    Door,
    UndeclaredRoute,
    collect,
    declared_door,
    door,
    for_anyone,
    for_signed_in,
)

PARTICIPANT = Actor(account_id=1, municipality_id=1, holdings=(Holding(Role.PARTICIPANT),))
ADMINISTRATOR = Actor(
    account_id=2, municipality_id=1, holdings=(Holding(Role.LOCAL_ADMINISTRATOR),)
)
UNITS = Door(Audience.RULED, Action.ADD, Resource.UNIT)


@pytest.mark.parametrize(
    ("through", "lets_in"),
    [
        (ANYONE, [NOBODY, PARTICIPANT, ADMINISTRATOR]),
        (SIGNED_IN, [PARTICIPANT, ADMINISTRATOR]),
        (UNITS, [ADMINISTRATOR]),
        (Door(Audience.RULED, Action.ADD), []),
        (Door(Audience.RULED, None, Resource.UNIT), []),
    ],
)
def test_a_door_opens_for_those_it_is_for(through, lets_in):
    everybody = [NOBODY, PARTICIPANT, ADMINISTRATOR]

    opened = [through.opens_for(one) for one in everybody]

    assert opened == [one in lets_in for one in everybody]
    assert set(map(type, opened)) == {bool}


class View:
    """A view of units."""

    resource = Resource.UNIT

    @for_anyone
    def open(self):
        """For anyone."""

    @for_signed_in
    def inside(self):
        """For the signed-in."""

    @door(Action.ADD)
    def add(self):
        """By an action on what the view is about."""

    @door(Action.LIST, Resource.PERSON)
    def persons(self):
        """By an action on another kind of thing."""

    def bare(self):
        """Declared by nobody."""


class Bare:
    """A view without a resource."""

    @door(Action.ADD)
    def add(self):
        """By an action on nothing."""


def test_a_views_resource_fills_in_what_its_doors_leave_out():
    declared = [declared_door(View(), one) for one in ("open", "inside", "add", "persons", "bare")]

    persons = Door(Audience.RULED, Action.LIST, Resource.PERSON)
    assert declared == [ANYONE, SIGNED_IN, UNITS, persons, None]
    assert declared_door(Bare(), "add") == Door(Audience.RULED, Action.ADD, None)


def doors_of(endpoints, plain=(), views=()):
    """What is collected from endpoints, plain doors and views."""
    rules = [SimpleNamespace(endpoint=one) for one in endpoints]
    app = SimpleNamespace(url_map=SimpleNamespace(iter_rules=lambda: rules))
    for name, view in dict(views).items():
        view.endpoint = name
    builder = SimpleNamespace(baseviews=[*dict(views).values()])
    return collect(app, builder, dict(plain))


def test_doors_come_from_views_and_from_those_that_are_declared_beside_them():
    found = doors_of(["Views.add", "Views.open", "health"], {"health": ANYONE}, {"Views": View()})
    assert found == {"Views.add": UNITS, "Views.open": ANYONE, "health": ANYONE}
    assert doors_of(["Views.add"], {"Views.add": SIGNED_IN}, {"Views": View()}) == {
        "Views.add": SIGNED_IN
    }


@pytest.mark.parametrize(
    ("endpoints", "plain", "views"),
    [
        (["Views.bare"], {}, {"Views": View()}),
        (["Others.add"], {}, {"Views": View()}),
        (["health"], {}, {}),
        (["Views.add"], {}, {"Views": Bare()}),
        (["Views.add"], {"Views.add": Door(Audience.RULED, None, Resource.UNIT)}, {}),
        ([], {"health": ANYONE}, {}),
    ],
)
def test_each_gap_stops_the_start(endpoints, plain, views):
    with pytest.raises(UndeclaredRoute):
        doors_of(endpoints, plain, views)


# --- what Flask-AppBuilder asks ------------------------------------------------------------------


@pytest.fixture
def manager(app):
    return app.appbuilder.sm


@pytest.mark.parametrize(("username", "is_found"), [("larer", True), ("sperret", False)])
def test_an_account_is_loaded_while_it_is_active(context, world, manager, username, is_found):
    account_id = world.accounts[username]

    found = manager.load_user(str(account_id))

    assert (found and found.id) == (account_id if is_found else None)
    assert manager.load_user("-1") is None


def test_the_menu_holds_what_the_actor_may_open(context, manager, monkeypatch):
    doors = {"Units.list": Door(Audience.RULED, Action.LIST, Resource.UNIT), "Open.list": ANYONE}
    monkeypatch.setitem(context.extensions, "samvev_doors", doors)

    assert manager.has_access("can_list", "Open") is True
    assert manager.has_access("can_list", "Units") is False
    assert manager.has_access("can_list", "Unknown") is False
    assert manager.get_user_menu_access(["Open", "Units", "Unknown"]) == {"Open"}
    assert manager.get_user_menu_access() == set()
    assert SamvevSecurityManager.is_item_public(manager, "can_list", "Open") is False
