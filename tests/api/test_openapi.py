"""What the OpenAPI spec promises is what the doors do: tried with odd requests of every kind."""

import tomllib

import pytest
import schemathesis
from schemathesis.engine import events, from_schema

from config import ROOT
from tests.api.conftest import MISSING, bearer
from tests.conftest import with_world
from tests.drills import size

EXAMPLES = {"sqlite": size(2, 20), "postgresql": 1}
SEED = 20261122


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own: what is sent here changes whatever it hits."""
    return with_world(make_app(database_name))


@pytest.fixture
def secret(app, world):
    """A token of Strandvik's local administrator."""
    return bearer(app, world, "lokal.strandvik", "9901")


@pytest.fixture
def spec(app, world):
    """The spec as anyone gets it."""
    return app.test_client().get("/api/v1/_openapi").json


def configuration(secret, examples):
    """How the doors are tried: the repository's own rules, a fixed seed, nothing kept."""
    chosen = tomllib.loads((ROOT / "schemathesis.toml").read_text(encoding="utf-8"))
    # The check's second request, without the token, does not go through a WSGI application;
    # what it looks for is tested below, at every door.
    chosen["checks"]["ignored_auth"] = {"enabled": False}
    chosen |= {
        "seed": SEED,
        "headers": {"Authorization": f"Bearer {secret}"},
        "generation": {"max-examples": examples, "database": "none"},
        "phases": {"examples": {"enabled": False}, "stateful": {"enabled": False}},
    }
    return schemathesis.Config.from_dict(chosen)


def complaints(event):
    """What went wrong in a scenario, in words."""
    if isinstance(event, events.NonFatalError):
        yield f"{event.label}: {event.value!r}"
    if isinstance(event, events.ScenarioFinished):
        for checks in event.recorder.checks.values():
            for check in checks:
                if check.failure_info is not None:
                    failure = check.failure_info.failure
                    yield f"{event.label}: {failure.title}: {failure.message[:300]}"


def test_every_door_keeps_to_the_spec_whatever_is_sent(app, database_name, secret):
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/_openapi", app, config=configuration(secret, EXAMPLES[database_name])
    )

    told = list(from_schema(schema).execute())

    tried = sum(len(one.recorder.cases) for one in told if isinstance(one, events.ScenarioFinished))
    assert [text for one in told for text in complaints(one)] == []
    assert tried > 500


def operations(spec):
    """(path, method, operation) of everything in the spec."""
    return [
        (path, method, operation)
        for path, methods in spec["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_spec_is_open_to_anyone_and_names_every_door(app, spec):
    described = {(path, method) for path, method, _operation in operations(spec)}
    doors = {
        (rule.rule.replace("<key:pk>", "{pk}").replace("<version>", "{version}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == doors


def test_the_spec_of_another_version_is_not_found(app, world):
    assert app.test_client().get("/api/v2/_openapi").status_code == 404


def test_every_door_but_the_spec_itself_asks_for_a_token(spec):
    open_doors = [path for path, _m, operation in operations(spec) if not operation["security"]]

    assert open_doors == ["/api/{version}/_openapi"]
    assert spec["components"]["securitySchemes"] == {"bearer": {"type": "http", "scheme": "bearer"}}


def test_no_body_takes_what_is_not_described(spec):
    taken = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        for _path, _method, operation in operations(spec)
        if "requestBody" in operation
    }

    schemas = [spec["components"]["schemas"][name] for name in taken]

    assert len(schemas) == 9
    assert all(one["additionalProperties"] is False for one in schemas)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic bG9rYWw6eA==", "{secret}"])
def test_no_door_opens_without_a_token_that_is_valid(app, spec, secret, header):
    client, headers = app.test_client(), {"Authorization": header.format(secret=secret)}

    answers = {
        client.open(
            path.format(pk=MISSING, version="v1"), method=method.upper(), headers=headers
        ).status_code
        for path, method, operation in operations(spec)
        if operation["security"]
    }

    assert answers == {401}
