"""How often something may be tried, counted in the database: workers and restarts share it."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.orm import Session

from app.db import insert_or
from app.models import LoginThrottle

TRIES = 10
WINDOW = timedelta(minutes=15)


def count_try(
    session: Session, key_hash: str, at: datetime, *, most: int = TRIES
) -> timedelta | None:
    """Count one try; None when it may go on, otherwise how long to wait.

    One statement counts and answers, so many workers at once can't pass the limit together.
    """
    table = LoginThrottle
    fresh = table.window_ends_at <= at
    statement = (
        insert_or(session, table)
        .values(key_hash=key_hash, window_ends_at=at + WINDOW, tries=1)
        .on_conflict_do_update(
            index_elements=[table.key_hash],
            set_={
                "tries": case((fresh, 1), else_=table.tries + 1),
                "window_ends_at": case((fresh, at + WINDOW), else_=table.window_ends_at),
            },
        )
        .returning(table.tries, table.window_ends_at)
    )
    tries, window_ends_at = session.execute(statement).one()
    return window_ends_at - at if tries > most else None


def forget(session: Session, key_hash: str) -> None:
    """Start anew after a login that succeeded."""
    session.execute(delete(LoginThrottle).where(LoginThrottle.key_hash == key_hash))


def clear_old(session: Session, at: datetime) -> None:
    """Remove counts whose window is over."""
    session.execute(delete(LoginThrottle).where(LoginThrottle.window_ends_at < at))
