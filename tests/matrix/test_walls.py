"""With any one wall taken down, the others still hold: no foreign row is shown or changed."""

import pytest

from app.db import db
from app.models import (
    Consent,
    Grant,
    Membership,
    Participant,
    Person,
    Plan,
    PlanEntry,
    Unit,
)
from app.security import tenancy
from app.side_tables import Handover, IncomingPlan, Notice, PlanMove
from tests import world as worlds
from tests.conftest import Client
from tests.drills import size
from tests.matrix.cells import READS, SENDING_OUT, all_cells, visitor
from tests.world import CANARY

ALL = frozenset({"policy", "session", "database"})
KEPT = (
    Person,
    Unit,
    Membership,
    Plan,
    Participant,
    Grant,
    Consent,
    PlanEntry,
    Handover,
    Notice,
    PlanMove,
    IncomingPlan,
)
"""What must not change in the other municipality."""

INSIDERS = ("lokal.strandvik", "koordinator.strandvik", "planeier")


@pytest.fixture(scope="module", params=sorted(ALL))
def weakened(request, database_name, make_app):
    """An installation of which one wall is down."""
    app = make_app(database_name, walls=ALL - {request.param})
    app.test_client_class = Client
    tenancy.set_walls(ALL - {request.param})
    with app.app_context():
        world = worlds.build()
    yield app, world
    tenancy.set_walls(ALL)


def sign_in_to(app):
    """Signs a user name in to ``app``."""

    def sign_in(username):
        client = app.test_client()
        client.enter(username)
        return client

    return sign_in


def snapshot(app, world):
    """Every value of the rows that must not change."""
    with app.app_context():
        session = db.session()
        with tenancy.applied(session, tenancy.Scope(world.fjellby.id)):
            return [
                tuple(getattr(row, column.key) for column in model.__table__.columns)
                for model in KEPT
                for row in session.query(model)
                .filter_by(municipality_id=world.fjellby.id)
                .order_by(model.id)
            ]


# In a test run every twenty-fourth cell, beginning with another for each insider; in a drill all.
STEP = size(24, 1)


@pytest.mark.drill
@pytest.mark.parametrize("name", INSIDERS)
def test_no_foreign_row_is_shown_or_changed(weakened, name):
    """D16: of plans as of everything else."""
    app, world = weakened
    who = visitor(app, world, name, sign_in_to(app))
    with app.app_context():
        cells = [cell for cell in all_cells(app, world) if cell.endpoint not in SENDING_OUT]
    before = snapshot(app, world)

    shown = []
    for cell in cells[INSIDERS.index(name) % STEP :: STEP]:
        is_about_foreign = cell.thing is None or cell.thing.name.startswith("9902")
        if is_about_foreign and (cell.method in READS or cell.thing is not None):
            answer = who.request(cell, None)
            if CANARY["9902"] in answer.get_data(as_text=True):
                shown.append(str(cell))
            answer.close()

    assert shown == []
    assert snapshot(app, world) == before


def test_own_rows_are_shown_all_the_same(weakened):
    app, _world = weakened
    client = sign_in_to(app)("lokal.strandvik")

    assert CANARY["9901"] in client.get("/person/list/").text
