"""What a page asks of the database: few statements, one connection, one wait for the disk.

More than these is a choice to make on purpose, for each statement is a round trip to PostgreSQL.
"""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from sqlalchemy import event

from app.db import RELAXED, db

DURABLE = True


class Heard:
    """What the serving engine was asked for; of transactions, whether they wait for the disk."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.begun: list[bool] = []
        self.commits: list[bool] = []

    def forget(self) -> None:
        """Listen anew."""
        for heard in (self.statements, self.begun, self.commits):
            heard.clear()

    @property
    def questions(self) -> list[str]:
        """The statements that read or write rows."""
        verbs = ("SELECT", "INSERT", "UPDATE", "DELETE")
        return [one for one in self.statements if one.startswith(verbs) and "set_config" not in one]


@pytest.fixture
def heard(app) -> Iterator[Heard]:
    """Hears every statement and commit."""
    found = Heard()
    with app.app_context():
        engine = db.engine

    def on_statement(_connection, _cursor, statement, *_rest) -> None:
        found.statements.append(statement)

    def on_begin(connection) -> None:
        found.begun.append(not connection.get_execution_options().get(RELAXED, False))

    def on_commit(connection) -> None:
        found.commits.append(not connection.get_execution_options().get(RELAXED, False))

    listeners: tuple[tuple[str, Callable[..., None]], ...] = (
        ("before_cursor_execute", on_statement),
        ("begin", on_begin),
        ("commit", on_commit),
    )
    for name, listener in listeners:
        event.listen(engine, name, listener)
    yield found
    for name, listener in listeners:
        event.remove(engine, name, listener)


@pytest.fixture
def client(client_as):
    return client_as("lokal.strandvik")


@pytest.fixture
def path(client) -> str:
    """The path of somebody in Strandvik, but for its verb."""
    answer = client.send("/person/add", {"given_name": "Ny", "family_name": f"Y{uuid4().hex}"})
    assert answer.status_code == 302
    client.get(answer.location)
    return answer.location.replace("/show/", "/{}/")


@pytest.mark.parametrize(("verb", "most"), [("list", 9), ("show", 6), ("edit", 5)])
def test_a_page_asks_little_on_one_connection(client, heard, path, verb, most):
    path = "/person/list/" if verb == "list" else path.format(verb)
    client.get(path)
    heard.forget()

    answer = client.get(path)

    assert answer.status_code == 200
    assert len(heard.questions) <= most, heard.questions
    assert len(heard.begun) == 1
    assert heard.commits == []


def test_a_save_waits_for_the_disk_once(client, heard, path):
    sent = {"csrf_token": client.csrf(), "version": "1", "given_name": "Ny", "family_name": "Moe"}
    heard.forget()

    answer = client.post(path.format("edit"), data=sent)

    assert answer.status_code == 302
    # Three of them ask anew, inside the transaction, who it is that writes; four keep the keys by
    # which duplicates of the person are found.
    assert len(heard.questions) <= 15, heard.questions
    assert heard.commits == [DURABLE, not DURABLE]
