"""Whether a database is one that a backup may be restored into: nobody has used it yet."""

from sqlalchemy import Connection, func, inspect, select, table

from app.backups.refusals import Refused
from app.database import migration_of, newest_migration

OUTSIDE = frozenset({"alembic_version"})
FROM_SETTING_UP = frozenset(
    {
        *("county", "municipality", "municipality_code", "audit_event"),
        *("audit_link", "round_run", "one_time_link", "login_throttle"),
    }
)
"""What a panel holds in which nobody is registered: the register, what is logged of loading it,
what the worker keeps of its rounds, and the link for the first central administrator."""


def count_rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has, but for the one with the migration."""
    return {
        name: connection.scalar(select(func.count()).select_from(table(name))) or 0
        for name in sorted(inspect(connection).get_table_names())
        if name not in OUTSIDE
    }


def refuse_filled(connection: Connection) -> None:
    """Raise ``Refused`` unless the database is empty, or as setting it up left it."""
    counts, revision = count_rows(connection), migration_of(connection)
    if counts and revision is None:
        raise Refused("The database holds tables that are not the panel's.")
    if revision is not None and revision > newest_migration():
        raise Refused(f"The database is at migration {revision}, newer than this program.")
    filled = [name for name, count in counts.items() if count and name not in FROM_SETTING_UP]
    if filled:
        more = f" and {len(filled) - 1} other tables" if len(filled) > 1 else ""
        raise Refused(
            "The panel is not empty, and a backup is restored into an empty one only."
            f" There are rows in {filled[0]}{more}."
        )
