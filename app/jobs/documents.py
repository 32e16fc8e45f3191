"""``flask --app run docs``: documents that are written from the code, so that they stay true."""

from collections.abc import Iterator

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from werkzeug.routing import Map

from app.enums import Level, Role, Section
from app.security.plan_rights import ACTIONS, LEVELS
from app.security.roles import (
    MAY_GIVE,
    ON_RETIRED,
    ROLE_RIGHTS,
    SELF_RIGHTS,
    Action,
    Resource,
)
from app.security.routes import Audience, Door
from config import ROOT

ACCESS_PAGE = ROOT / "docs" / "access.md"
ONESELF = "Oneself"

docs_group = AppGroup("docs", help="Write the documents that come from the code.")


def install(app: Flask) -> None:
    """Add the commands to ``app``."""
    app.cli.add_command(docs_group)


@docs_group.command("access")
def access() -> None:
    """Write docs/access.md: what each role may do, and what each address asks for."""
    ACCESS_PAGE.write_text(access_text(current_app), encoding="utf-8")
    click.echo(f"written: {ACCESS_PAGE.relative_to(ROOT)}")


def access_text(app: Flask) -> str:
    """The page on access, in Markdown, with the addresses of ``app``."""
    parts = (*_introduction(), *_rights(), *_giving(), *_retired(), *_in_plans())
    addresses = _addresses(app.url_map, app.extensions["samvev_doors"])
    return "\n".join((*parts, *addresses)) + "\n"


def _introduction() -> Iterator[str]:
    yield "# Who may do what"
    yield ""
    yield "Written by `flask --app run docs access` from `app/security/roles.py`; a test fails when"
    yield "this page is stale. What is not in a table is not allowed. A role reaches its own"
    yield "municipality only, or the unit it is limited to and all units below it. The central"
    yield "administrator's role belongs to the installation and reaches no person, unit or role of"
    yield "a municipality."
    yield ""
    yield f"*{ONESELF}* is every signed-in account towards its own person and its own tokens."


def _rights() -> Iterator[str]:
    columns = [_words(role) for role in Role] + [ONESELF]
    for resource in Resource:
        yield ""
        yield f"## {_words(resource)}"
        yield ""
        yield _row(["", *columns])
        yield _row(["---"] * (len(columns) + 1))
        for action in Action:
            marks = _marks(resource, action)
            if any(marks):
                yield _row([_words(action), *("yes" if mark else "" for mark in marks)])


def _marks(resource: Resource, action: Action) -> list[bool]:
    by_role = [action in ROLE_RIGHTS[role].get(resource, ()) for role in Role]
    return [*by_role, action in SELF_RIGHTS.get(resource, ())]


def _giving() -> Iterator[str]:
    yield ""
    yield "## Who may give which role"
    yield ""
    yield "Nobody gives a role more widely than they hold their own."
    yield ""
    yield _row(["Holder", "May give"])
    yield _row(["---", "---"])
    for role in Role:
        given = sorted(_words(other) for other in MAY_GIVE.get(role, ()))
        yield _row([_words(role), ", ".join(given) or "none"])


def _retired() -> Iterator[str]:
    yield ""
    yield "## What is retired"
    yield ""
    allowed = ", ".join(sorted(_words(action).lower() for action in ON_RETIRED))
    yield f"With a thing that is not in use any more, those who could before can still: {allowed}."


def _in_plans() -> Iterator[str]:
    """What each relation to a plan opens, from ``app/security/plan_rights.py``."""
    yield ""
    yield "## In a plan"
    yield ""
    yield "In a plan the relation to it counts, not the role. A participant sees what was granted,"
    yield "as far as the consent of all who must consent reaches, and no further. In a plan that is"
    yield "not under way nobody writes."
    yield ""
    yield _row(["", *(_words(basis) for basis in LEVELS)])
    yield _row(["---"] * (len(LEVELS) + 1))
    for section in Section:
        levels = (LEVELS[basis].get(section, Level.NONE) for basis in LEVELS)
        yield _row([_words(section), *("" if one is Level.NONE else one for one in levels)])
    yield ""
    yield _row(["", *(_words(basis) for basis in ACTIONS)])
    yield _row(["---"] * (len(ACTIONS) + 1))
    for action in Action:
        marks = ["yes" if action in ACTIONS[basis] else "" for basis in ACTIONS]
        if any(marks):
            yield _row([_words(action), *marks])


def _addresses(rules: Map, doors: dict[str, Door]) -> Iterator[str]:
    """Every address, from the registry of routes: none comes or changes hands unseen."""
    yield ""
    yield "## Every address"
    yield ""
    yield "Whoever comes in is still asked about each thing inside."
    yield ""
    yield _row(["Address", "Methods", "For"])
    yield _row(["---"] * 3)
    for rule in sorted(rules.iter_rules(), key=lambda one: (one.rule, one.endpoint)):
        methods = sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"})
        yield _row([f"`{rule.rule}`", ", ".join(methods), _audience(doors[rule.endpoint])])


def _audience(door: Door) -> str:
    if door.audience is Audience.RULED and door.action and door.resource:
        return f"{_words(door.action)}: {_words(door.resource).lower()}"
    return {Audience.ANYONE: "Anyone", Audience.SIGNED_IN: "Everyone signed in"}[door.audience]


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
