"""The database knows how many rows there are of what."""

from sqlalchemy import text

from app.db import db, refresh_statistics


def test_sqlite_learns_how_many_rows_an_index_finds_and_postgresql_is_left_alone(context):
    refresh_statistics(db.engine)

    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            learned = connection.execute(text("SELECT idx FROM sqlite_stat1")).scalars().all()
        assert "ix_person_family" in learned
