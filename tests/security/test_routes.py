"""No route without a policy; what every answer carries; and what strangers learn."""

import pytest
from flask import Flask
from flask_appbuilder import BaseView, expose

from app.health import DOORS
from app.screens.gate import CONTENT_SECURITY_POLICY, safe_next
from app.security.actor import NOBODY
from app.security.roles import Action
from app.security.routes import (
    ANYONE,
    UndeclaredRoute,
    collect,
    door,
    for_anyone,
)


class Pages(BaseView):
    """A view as another developer might add it."""

    @expose("/bare/")
    def bare(self):
        """Declared by nobody."""

    @expose("/unruled/")
    @door(Action.LIST)
    def unruled(self):
        """Declared on a view without a resource."""

    @expose("/open/")
    @for_anyone
    def open(self):
        """Declared."""


class House:
    """As much of Flask-AppBuilder as the registry asks for."""

    def __init__(self, methods):
        self.app = Flask(__name__, static_folder=None)
        view = Pages()
        view.include_route_methods = methods
        self.app.register_blueprint(view.create_blueprint(self))
        self.baseviews = [view]


def test_a_declared_route_is_collected():
    house = House({"open"})

    assert collect(house.app, house, {}) == {"Pages.open": ANYONE}


@pytest.mark.parametrize("method", ["bare", "unruled"])
def test_a_route_without_a_policy_stops_the_start(method):
    """C2."""
    house = House({"open", method})

    with pytest.raises(UndeclaredRoute, match=method):
        collect(house.app, house, {})


def test_a_policy_for_a_route_that_does_not_exist_stops_the_start():
    house = House({"open"})

    with pytest.raises(UndeclaredRoute, match="gone"):
        collect(house.app, house, {"gone": ANYONE})


def test_the_doors_that_are_open_to_strangers_are_these(app):
    """C8."""
    doors = app.extensions["samvev_doors"]

    strangers = {endpoint for endpoint, one in doors.items() if one.opens_for(NOBODY)}

    assert strangers == set(DOORS) | {
        "LoginView.login",
        "LoginView.logout",
        "LoginView.language",
        "OpenPagesView.accessibility",
        "OpenPagesView.help",
        "OpenPagesView.about",
        "PasswordLinkView.set_password",
        "FirstAdministratorView.make",
        "OpenApi.get",
    }


def test_flask_appbuilders_own_security_screens_are_not_there(app):
    paths = {rule.rule for rule in app.url_map.iter_rules()}

    for known in ("/users/list/", "/roles/list/", "/resetpassword/form", "/api/v1/security/login"):
        assert known not in paths


@pytest.mark.parametrize("path", ["/login/", "/person/list/", "/no/such/page", "/api/v1/person/"])
def test_every_answer_carries_the_headers_that_protect_it(client_as, path):
    answer = client_as("lokal.strandvik").get(path)

    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_a_form_without_its_token_changes_nothing(client_as):
    client = client_as("lokal.strandvik")
    names = {"given_name": "Uten", "family_name": "Merke"}

    refused = client.post("/person/add", data=names)
    taken = client.send("/person/add", names)

    assert refused.status_code == 400
    assert taken.status_code == 302


def test_the_rest_side_takes_no_cookie(client_as):
    client = client_as("lokal.strandvik")

    assert client.get("/person/list/").status_code == 200
    assert client.get("/api/v1/person/").status_code == 401


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\nb",
        "javascript:alert(1)",
        "/ /evil.example",
        "",
        None,
    ],
)
def test_nobody_is_sent_to_another_server(target):
    assert safe_next(target) is None
    assert safe_next("/person/list/") == "/person/list/"
