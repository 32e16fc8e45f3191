"""Every route and method, as everyone, on own, foreign, retired and missing rows."""

from difflib import unified_diff
from http import HTTPStatus

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.security.roles import Resource
from tests.conftest import DATABASES, TOKEN, with_world
from tests.drills import size
from tests.matrix.cells import (
    ACTORS,
    READS,
    SENDING_OUT,
    Cell,
    Visitor,
    all_cells,
    changes_what_it_hits,
    expected,
    foreign_words,
    got,
    is_right,
    is_row_asked_about,
    stand_in,
    visitor,
)
from tests.matrix.things import Thing
from tests.reading import text_of
from tests.world import CANARY, World

SMALLEST_MATRIX = 10_000


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own: what is sent here changes whatever it hits."""
    return with_world(make_app(database_name))


@pytest.fixture
def cells(app, world):
    """Every cell of the matrix but the actor."""
    with app.app_context():
        return [cell for cell in all_cells(app, world) if cell.endpoint not in SENDING_OUT]


class Rows:
    """The rows that cells are about, loaded anew when something may have changed them."""

    def __init__(self) -> None:
        self.loaded: dict[Thing, object | None] = {}

    def of(self, thing: Thing | None) -> object | None:
        """The row behind a thing as it is now; None when there is none."""
        if thing is not None and thing not in self.loaded:
            self.loaded[thing] = thing.load()
        return self.loaded.get(thing) if thing is not None else None

    def learn(self, cell: Cell, answer: TestResponse) -> None:
        """Forget what a request that was let in may have changed."""
        if cell.method not in READS and answer.status_code < HTTPStatus.BAD_REQUEST:
            self.loaded.clear()


def visit(app: Flask, cell: Cell, who: Visitor, world: World, rows: Rows) -> str | None:
    """Make the request of one cell; what was wrong with the answer, or None."""
    key = None
    with app.app_context():
        row = rows.of(cell.thing) if is_row_asked_about(cell, who) else None
        if changes_what_it_hits(cell, who, row):
            replacement = stand_in(cell, world, row)
            row, key = replacement.load(), replacement.key
        wanted = expected(cell, who, row)
    answer = who.request(cell, key)
    rows.learn(cell, answer)
    shown = text_of(answer) + str(answer.headers)
    leaked = [word for word in foreign_words(who, world, cell) if word in shown]
    answer.close()
    if leaked:
        return f"{cell}: shows {leaked}"
    if not is_right(cell, wanted, got(answer)):
        return f"{cell}: wanted {wanted}, got {answer.status_code} {got(answer)}"
    return None


# In a test run each takes every sixth or fortieth cell, beginning with another on each database
# and for each actor, so that all are seen by somebody; in a drill everybody takes all.
STEPS = {"sqlite": size(6, 1), "postgresql": size(40, 1)}


@pytest.mark.drill
@pytest.mark.parametrize("name", ACTORS)
def test_every_door_answers_as_the_policy_says(
    app, world, cells, client_as, name, capfd, database_name
):
    """C1, D1, D4, D13: by policy, with no foreign word in an answer, a header or the log."""
    who = visitor(app, world, name, client_as)
    turn = DATABASES.index(database_name) + list(ACTORS).index(name)
    step = STEPS[database_name]
    own, rows = cells[turn % step :: step], Rows()

    wrong = [problem for cell in own if (problem := visit(app, cell, who, world, rows))]
    logged = "".join(capfd.readouterr())

    assert not any(word in logged for word in CANARY.values())
    assert not wrong, "\n".join([f"{len(wrong)} wrong", *wrong[:40]])


def test_the_matrix_is_large_enough(cells):
    assert len(cells) // STEPS["sqlite"] * len(ACTORS) >= SMALLEST_MATRIX


def test_every_ruled_door_opens_for_somebody(app, world, cells, client_as):
    visitors = [visitor(app, world, name, client_as) for name in ACTORS]
    ruled = {
        cell.endpoint for cell in cells if cell.door.resource not in (None, Resource.API_TOKEN)
    }

    opened = {
        cell.endpoint
        for cell in cells
        for who in visitors
        if cell.endpoint in ruled and cell.door.opens_for(who.actor)
    }

    assert opened == ruled


def test_foreign_and_missing_rows_get_the_same_answer(app, world, cells, client_as):
    """C7."""
    who = visitor(app, world, "lokal.strandvik", client_as)
    pages = {}
    for cell in cells:
        if cell.method == "GET" and cell.thing is not None and cell.door.opens_for(who.actor):
            pages.setdefault(cell.endpoint, {})[cell.thing.name.partition(" ")[0]] = cell

    for found in pages.values():
        if "9902" not in found or found["9902"].resource is Resource.MUNICIPALITY:
            continue
        foreign, missing = (_without_numbers(who, found[kind]) for kind in ("9902", "missing"))
        assert not list(unified_diff(foreign, missing, lineterm="", n=0)), found["9902"].endpoint


def _without_numbers(who: Visitor, cell: Cell) -> list[str]:
    """The lines of the answer without what is new in each answer."""
    answer = who.request(cell, None)
    number = answer.headers["X-Request-ID"]
    text = TOKEN.sub("", answer.text.replace(number, "").replace(cell.path(), ""))
    return [str(answer.status_code), *text.splitlines()]
