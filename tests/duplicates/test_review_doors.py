"""Who gets in where possible duplicates are reviewed: every role, every door, every way in."""

import pytest

from app.enums import PairState
from app.security.roles import Resource
from tests.conftest import with_world
from tests.duplicates.pairing import Pairing
from tests.matrix.cells import ACTORS, all_cells, expected, foreign_words, got, is_right, visitor

ANSWERS = {"not-same": PairState.NOT_SAME, "later": PairState.LATER}


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own: pairs are answered here."""
    return with_world(make_app(database_name))


@pytest.fixture
def cells(app, world):
    """Every cell about possible duplicates but the actor."""
    with app.app_context():
        return [
            one
            for one in all_cells(app, world)
            if one.door.resource is Resource.DUPLICATE
            and one.endpoint.partition(".")[0] in ("DuplicateView", "DuplicateApi")
        ]


@pytest.mark.parametrize("name", ACTORS)
def test_every_door_answers_as_the_policy_says(app, world, cells, client_as, name):
    who = visitor(app, world, name, client_as)
    wrong = []
    for cell in cells:
        with app.app_context():
            wanted = expected(cell, who, cell.thing.load() if cell.thing else None)
        answer = who.request(cell, None)
        leaked = [word for word in foreign_words(who, world, cell) if word in answer.text]
        if leaked or not is_right(cell, wanted, got(answer)):
            wrong.append(f"{cell}: wanted {wanted}, got {answer.status_code} {leaked}")

    assert len(cells) > 60
    assert not wrong, "\n".join(wrong)


def test_only_local_administrators_find_the_menu_entry(client_as):
    entry = 'href="/duplicates/list/"'

    assert entry in client_as("lokal.strandvik").get("/", follow_redirects=True).text
    for other in ("sentral", "koordinator.strandvik", "planeier"):
        assert entry not in client_as(other).get("/", follow_redirects=True).text


@pytest.mark.parametrize("username", ["koordinator.strandvik", "planeier", "lokal.fjellby"])
def test_an_answer_by_somebody_else_changes_nothing(app, world, client_as, username):
    here = Pairing(app, world.strandvik)
    pair_id = here.two("Stengtsen")

    client = client_as(username)
    for answer in ("not_same", "later", "merge"):
        status = client.send(
            f"/duplicates/answer/{pair_id}", {"version": "1", "answer": answer}
        ).status_code
        assert status in (403, 404)

    assert here.load(pair_id).state is PairState.OPEN


@pytest.mark.parametrize(("door", "state"), ANSWERS.items())
def test_a_program_answers_with_the_version_it_has_seen(app, world, client_as, door, state):
    here = Pairing(app, world.strandvik)
    pair_id = here.two("Programsen")
    who = visitor(app, world, "lokal.strandvik", client_as)
    headers = {"Authorization": f"Bearer {who.secret}"}
    shown = who.client.get(f"/api/v1/duplicate/{pair_id}", headers=headers)
    path = f"/api/v1/duplicate/{pair_id}/{door}"

    stale = who.client.post(path, json={"version": 9}, headers=headers)
    answer = who.client.post(
        path, json={"note": "Sett"}, headers={**headers, "If-Match": shown.headers["ETag"]}
    )

    assert stale.status_code == 409
    assert answer.status_code == 200
    assert answer.json["result"]["state"] == state
    assert (here.load(pair_id).state, here.load(pair_id).note) == (state, "Sett")
    assert here.load(pair_id).first_id in here.told("person:compared")
