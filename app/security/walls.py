"""The third wall, in the database itself, derived from the tables so that none is forgotten.

PostgreSQL: row level security, forced, for a runtime role that owns nothing. SQLite has none;
there triggers stop a write for another municipality, and the gate in ``tenancy`` stops reads.
Both: audit events and their links can be added, not changed, and what is published stays as it is.
Rows end and are not deleted, but for those that are made from others.
"""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from app.models import TENANT_MODELS, AuditEvent, Municipality
from app.security.derived import MAY_DROP
from app.security.published import VERSIONS, fixed_columns
from app.security.tenancy import ASKED_ABOUT, OWN_TO_READ, current_scope

RUNTIME_ROLE = "samvev_runtime"
HERE = "NULLIF(current_setting('samvev.municipality', true), '')::integer"
ACCOUNT = "NULLIF(current_setting('samvev.account', true), '')::integer"
# Asked once for a statement, not for each of its rows.
ACCOUNTS = (
    "COALESCE((SELECT NULLIF(current_setting('samvev.accounts', true), '')::integer[]), '{}')"
)
CENTRAL = "current_setting('samvev.central', true) = 'on'"
JOINED = "joined_into_id"
USUAL = "municipality"
STAYS = "what is published never changes"
FORCED = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity"
    " AND relnamespace = 'public'::regnamespace"
)
POLICIES = (
    "SELECT c.relname, p.polname, p.polpermissive, p.polcmd = '*' AS is_for_all,"
    " pg_get_expr(p.polqual, p.polrelid) AS rule"
    " FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid"
    " WHERE c.relkind = 'r' AND c.relrowsecurity AND c.relnamespace = 'public'::regnamespace"
)
MAY_DELETE = ("login_session", "login_throttle", "one_time_link", "submitted_form")


class UnsafeDatabaseRole(RuntimeError):
    """The database role could pass the wall: superuser, BYPASSRLS, or owner of a table."""


def take_down(connection: Connection) -> bool:
    """Let the owner of the tables reach every row, to the end of the transaction or until
    ``put_up``; whether the walls were up.

    SQLite: triggers, which a migration that rebuilds a table would trip over, are removed.
    PostgreSQL: row level security is no longer forced on the owner, from whom it would hide the
    rows that a migration changes. It goes on holding for every other role.
    """
    if connection.dialect.name == "sqlite":
        found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'wall_%'"
        statement = 'DROP TRIGGER "{}"'
    else:
        found = FORCED
        statement = 'ALTER TABLE "{}" NO FORCE ROW LEVEL SECURITY'
    names = list(connection.execute(text(found)).scalars())
    for name in names:
        connection.execute(text(statement.format(name)))
    return bool(names)


def put_up(connection: Connection) -> None:
    """Put the wall on every table of a municipality; repeating it changes nothing."""
    statements = (
        _sqlite_statements() if connection.dialect.name == "sqlite" else _postgresql_statements()
    )
    for statement in statements:
        connection.execute(text(statement))


def _sqlite_statements() -> Iterator[str]:
    for model in TENANT_MODELS:
        table = model.__tablename__
        for verb, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("UPDATE", "OLD")):
            yield (
                f"CREATE TRIGGER IF NOT EXISTS wall_{table}_{verb.lower()}_{row.lower()}"
                f" BEFORE {verb} ON {table}"
                f" WHEN {row}.municipality_id IS NOT samvev_municipality()"
                + (" AND NEW.municipality_id IS NOT NULL" if model is AuditEvent else "")
                + " BEGIN SELECT RAISE(ABORT, 'row of another municipality'); END"
            )
        only_here = " WHEN OLD.municipality_id IS NOT samvev_municipality()"
        yield (
            f"CREATE TRIGGER IF NOT EXISTS wall_{table}_delete BEFORE DELETE ON {table}"
            + (only_here if model in MAY_DROP else "")
            + " BEGIN SELECT RAISE(ABORT, 'rows end, they are not deleted'); END"
        )
    yield (
        "CREATE TRIGGER IF NOT EXISTS wall_audit_event_append BEFORE UPDATE ON audit_event"
        " BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END"
    )
    for verb in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER IF NOT EXISTS wall_audit_link_{verb.lower()} BEFORE {verb}"
            " ON audit_link BEGIN SELECT RAISE(ABORT, 'links of the log are only added'); END"
        )
    yield (
        f"CREATE TRIGGER IF NOT EXISTS wall_municipality_joined BEFORE UPDATE OF {JOINED}"
        " ON municipality BEGIN SELECT RAISE(ABORT, 'joined by the owner of the tables alone'); END"
    )
    for model in VERSIONS:
        table = model.__tablename__
        yield (
            f"CREATE TRIGGER IF NOT EXISTS wall_{table}_published"
            f" BEFORE UPDATE OF {', '.join(fixed_columns(model))} ON {table}"
            " WHEN OLD.published_at IS NOT NULL"
            f" BEGIN SELECT RAISE(ABORT, '{STAYS}'); END"
        )


def _postgresql_statements() -> Iterator[str]:
    yield (
        f"DO $$ BEGIN CREATE ROLE {RUNTIME_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;"
        " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
    yield f"GRANT USAGE ON SCHEMA public TO {RUNTIME_ROLE}"
    yield f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {RUNTIME_ROLE}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {RUNTIME_ROLE}"
    yield f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_event, audit_link FROM {RUNTIME_ROLE}"
    yield f"REVOKE INSERT, UPDATE ON alembic_version FROM {RUNTIME_ROLE}"
    deleted = (*MAY_DELETE, *(model.__tablename__ for model in MAY_DROP))
    yield f"GRANT DELETE ON {', '.join(deleted)} TO {RUNTIME_ROLE}"
    for model in TENANT_MODELS:
        yield from _policies(model.__tablename__)
    own = f"account_id = {ACCOUNT}"
    for model in OWN_TO_READ:
        yield from _policy(model.__tablename__, "own_account", "SELECT", f"USING ({own})")
    asked_about = f"USING (account_id = ANY ({ACCOUNTS}))"
    yield from _policy(ASKED_ABOUT.__tablename__, "asked_about", "SELECT", asked_about)
    yield from _policies_of_the_log()
    yield from _rights_in_the_register()
    yield (
        "CREATE OR REPLACE FUNCTION wall_published() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{STAYS}'; END $$"
    )
    for model in VERSIONS:
        table = model.__tablename__
        yield f"DROP TRIGGER IF EXISTS wall_published ON {table}"
        yield (
            f"CREATE TRIGGER wall_published BEFORE UPDATE OF {', '.join(fixed_columns(model))}"
            f" ON {table} FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)"
            " EXECUTE FUNCTION wall_published()"
        )


def _policies_of_the_log() -> Iterator[str]:
    central = f"USING (municipality_id IS NULL AND {CENTRAL})"
    yield from _policy(AuditEvent.__tablename__, "installation", "SELECT", central)
    yield from _policy(
        AuditEvent.__tablename__,
        "installation_add",
        "INSERT",
        "WITH CHECK (municipality_id IS NULL)",
    )
    # The log of a municipality that was joined into another is closed, and read where it is.
    joined = f"SELECT id FROM municipality WHERE joined_into_id = {HERE}"  # noqa: S608 - our own
    rule = f"USING (municipality_id IN ({joined}))"
    yield from _policy(AuditEvent.__tablename__, "joined", "SELECT", rule)


def _rights_in_the_register() -> Iterator[str]:
    """Whose log is read where is for the owner of the tables to say, who joins municipalities."""
    table = Municipality.__table__
    others = ", ".join(one.name for one in table.columns if one.name != JOINED)
    yield f"REVOKE UPDATE ON {table.name} FROM {RUNTIME_ROLE}"
    yield f"GRANT UPDATE ({others}) ON {table.name} TO {RUNTIME_ROLE}"


def _policies(table: str) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield from _policy(table, USUAL, "ALL", f"USING (municipality_id = {HERE})")


def _policy(table: str, name: str, verb: str, rule: str) -> Iterator[str]:
    yield f"DROP POLICY IF EXISTS {name} ON {table}"
    yield f"CREATE POLICY {name} ON {table} FOR {verb} TO {RUNTIME_ROLE} {rule}"


def gaps(connection: Connection) -> list[str]:
    """The tables of a municipality that stand behind no wall, or behind a part of it."""
    names = {model.__tablename__ for model in TENANT_MODELS}
    if connection.dialect.name == "sqlite":
        found = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        triggers = set(connection.execute(found).scalars())
        verbs = ("insert_new", "update_new", "update_old", "delete")
        return sorted(
            name for name in names if any(f"wall_{name}_{one}" not in triggers for one in verbs)
        )
    forced = set(connection.execute(text(FORCED)).scalars())
    return sorted(names - forced | set(strange_policies(connection)))


def strange_policies(connection: Connection) -> list[str]:
    """The PostgreSQL tables of which somebody in a municipality may not see all rows of there.

    Each that hides any has the same rule, for the runtime role, and none that narrows it.
    """
    found = connection.execute(text(POLICIES)).all()
    usual = {one.relname: one.rule for one in found if _is_usual(one.polname, one.is_for_all)}
    rules = Counter(usual.values()).most_common(1) or [(None, 0)]
    return sorted(
        {
            one.relname
            for one in found
            if one.polpermissive is False or usual.get(one.relname) != rules[0][0]
        }
    )


def _is_usual(name: str | None, is_for_all: bool | None) -> bool:
    return name == USUAL and bool(is_for_all)


def allow_login_role(connection: Connection, login_role: str) -> None:
    """Let the role that the panel logs in with act as the runtime role."""
    connection.execute(text(f'GRANT {RUNTIME_ROLE} TO "{login_role}"'))


def install(engine: Engine, *, checks_role: bool) -> None:
    """Make every connection of ``engine`` stand behind the wall."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _add_sqlite_function)
    elif checks_role:
        event.listen(engine, "connect", _refuse_unsafe_role)


def _add_sqlite_function(connection: DBAPIConnection, _record: object) -> None:
    connection.create_function("samvev_municipality", 0, lambda: current_scope().municipality_id)


def _refuse_unsafe_role(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(
        "SELECT rolsuper OR rolbypassrls OR EXISTS ("
        "  SELECT 1 FROM pg_class WHERE relowner = r.oid AND relkind = 'r'"
        "  AND relnamespace = 'public'::regnamespace)"
        " FROM pg_roles r WHERE rolname = current_user"
    )
    found = cursor.fetchone()
    cursor.close()
    connection.rollback()
    if found is None or found[0]:
        raise UnsafeDatabaseRole(
            "SAMVEV_DATABASE_URL must log in as a role that is no superuser, has no BYPASSRLS "
            "and owns no table; see the README on PostgreSQL"
        )
