"""Into which databases a backup may be restored."""

import pytest
from sqlalchemy import create_engine, text

from app.backups.emptiness import refuse_filled
from app.backups.refusals import Refused
from app.database import newest_migration

AT = "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('{}')"
SET_UP = f"{AT.format(newest_migration())}; CREATE TABLE county (id); INSERT INTO county VALUES (1)"
PERSON = "CREATE TABLE person (id)"


def refused_for(script):
    """Why a database that the script made is refused; None when it is not."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            for statement in filter(None, script.split("; ")):
                connection.execute(text(statement))
            refuse_filled(connection)
    except Refused as refused:
        return str(refused)
    finally:
        engine.dispose()
    return None


@pytest.mark.parametrize(
    "script",
    ["", SET_UP, f"{SET_UP}; {PERSON}", AT.format("0003")],
    ids=["nothing at all", "what setting up loads", "a table without rows", "an older migration"],
)
def test_a_database_that_nobody_has_used_is_taken(script):
    assert refused_for(script) is None


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (f"{SET_UP}; {PERSON}; INSERT INTO person VALUES (1)", "There are rows in person."),
        ("CREATE TABLE invoice (id)", "tables that are not the panel's"),
        (AT.format("9999"), "at migration 9999, newer than this program"),
    ],
    ids=["somebody is registered", "another program's", "a newer release's"],
)
def test_any_other_is_left_alone(script, why):
    assert why in (refused_for(script) or "")
