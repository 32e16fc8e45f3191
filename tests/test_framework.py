"""What we put in the place of Flask-AppBuilder's own still fits the version that is installed."""

import inspect

from tests import framework

ADVICE = "Read what changed, change ours if need be, then run: python -m tests.framework"


def test_nothing_that_we_replace_has_changed_in_flask_appbuilder():
    now, read = framework.originals(), framework.kept()

    changed = {name for name in now.keys() & read.keys() if now[name] != read[name]}

    assert not changed, f"{sorted(changed)}: {ADVICE}"
    assert now.keys() == read.keys(), f"{sorted(now.keys() ^ read.keys())}: {ADVICE}"


def test_the_screens_the_builder_and_the_security_manager_are_among_what_we_replace():
    names = set(framework.originals())

    assert {
        "flask_appbuilder.views.ModelView.list",
        "flask_appbuilder.base.AppBuilder._add_admin_views",
        "flask_appbuilder.security.sqla.manager.SecurityManager.register_views",
    } <= names


def test_every_route_of_a_page_is_a_method_of_our_own(app):
    views = {view.endpoint: view for view in app.extensions["appbuilder"].baseviews}
    pages = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "." in rule.endpoint and not rule.rule.startswith("/api/")
    ]

    theirs = []
    for endpoint in pages:
        view, _, method = endpoint.partition(".")
        module = inspect.getmodule(inspect.unwrap(getattr(views[view], method)))
        if module is None or not module.__name__.startswith("app."):
            theirs.append(endpoint)

    assert pages
    assert theirs == []
