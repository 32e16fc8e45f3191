"""The second wall: no statement of any session crosses from one municipality to another.

Reads get a condition added, writes are checked before they are flushed, and what goes round the
mapper (Core, text, bulk) is stopped at the cursor when it names a table of a municipality.
Without a scope nothing is found and nothing can be written.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import ColumnElement, Engine, event, inspect, or_
from sqlalchemy.engine import Connection
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from app.columns import OfMunicipality, TenantOwned
from app.errors import TenantViolation
from app.models import TENANT_MODELS, AccountLinkRequest, AuditEvent, Membership

SCOPED = "samvev_scoped"
FLUSHING = "samvev_flushing"
APPLIED = "samvev_applied_scope"
TENANT_TABLES = "|".join(model.__tablename__ for model in TENANT_MODELS)
NAMES_TENANT_TABLE = re.compile(rf"(?i)(?<!\w)(?:{TENANT_TABLES})\b")

OWN_TO_READ: tuple[type[Model], ...] = (Membership, AccountLinkRequest)
"""Rows that the account they are about reads wherever they are."""
ASKED_ABOUT: type[Model] = Membership
"""The only rows that are read of other accounts wherever they are: see ``elsewhere``."""


@dataclass(frozen=True)
class Scope:
    """What the database may answer: one municipality's rows, and the account's own roles.

    ``accounts`` are those whose roles are asked about across municipalities; only ``elsewhere``
    asks so, and of nothing else at the same time.
    """

    municipality_id: int | None = None
    account_id: int | None = None
    is_central: bool = False
    accounts: frozenset[int] = frozenset()
    earlier: tuple[int, ...] = ()
    """Municipalities that were joined into this one: their logs are read here."""


NONE = 0
"""The number of no municipality and of no account: they begin with 1."""

NOWHERE = Scope()
_current: ContextVar[Scope] = ContextVar("samvev_scope", default=NOWHERE)
_standing: ContextVar[frozenset[str]] = ContextVar(
    "samvev_walls", default=frozenset({"policy", "session", "database"})
)


def current_scope() -> Scope:
    """The scope that the next statement runs in."""
    return _current.get()


def here(model: type[OfMunicipality]) -> ColumnElement[bool]:
    """The condition for rows of the scope's municipality, said also where a wall says it."""
    return model.municipality_id == current_scope().municipality_id


def logged_here() -> ColumnElement[bool]:
    """The condition for events of the scope's municipality, and of those joined into it."""
    scope = current_scope()
    if not scope.earlier:
        return AuditEvent.municipality_id == scope.municipality_id
    return AuditEvent.municipality_id.in_([scope.municipality_id, *scope.earlier])


def stands(wall: str) -> bool:
    """Whether the wall stands; tests take one down at a time to see the others hold."""
    return wall in _standing.get()


def set_walls(walls: frozenset[str]) -> None:
    """Choose the walls that stand in this context. Production settings allow all three only."""
    _standing.set(walls)


def enter(scope: Scope) -> None:
    """Make ``scope`` the one that holds from here on in this context."""
    _current.set(scope)


@contextmanager
def applied(session: Session, scope: Scope) -> Iterator[None]:
    """Run a block in ``scope``; the session forgets what it had loaded before and after."""
    before = _current.get()
    if scope == before:
        yield
        return
    _forget(session)
    token = _current.set(scope)
    try:
        yield
        session.flush()
    finally:
        _current.reset(token)
        session.expunge_all()


@contextmanager
def asking(scope: Scope) -> Iterator[None]:
    """Ask a question in ``scope`` whose answer is plain values, no records.

    The session keeps what it has loaded, so nothing that is not the asker's may be loaded here.
    """
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def visiting(session: Session, scope: Scope) -> Iterator[None]:
    """Do a piece of work in ``scope`` in the same transaction; the rows of here are kept.

    What was read or written there is forgotten when the visit ends, so that nothing here can come
    upon it. Rows of here must not be touched meanwhile: the walls would refuse them.
    """
    session.flush()
    kept = list(session)
    token = _current.set(scope)
    try:
        yield
        session.flush()
    finally:
        _current.reset(token)
        of_here = {id(row) for row in kept}
        for row in list(session):
            if id(row) not in of_here:
                session.expunge(row)


def _forget(session: Session) -> None:
    session.flush()
    session.expunge_all()


def install(session_class: type[Session] | Any) -> None:
    """Put the wall on every session made by ``session_class``."""
    event.listen(session_class, "do_orm_execute", _guard_statement)
    event.listen(session_class, "before_flush", _guard_flush)
    event.listen(session_class, "after_flush", _end_flush)
    event.listen(session_class, "after_begin", _begin)
    event.listen(session_class, "after_soft_rollback", _take_back)


def install_gate(engine: Engine) -> None:
    """Put the gate on every cursor of ``engine``."""
    event.listen(engine, "before_cursor_execute", _guard_cursor)


def _begin(session: Session, _transaction: object, connection: Connection) -> None:
    connection.info.pop(FLUSHING, None)
    if not connection.in_nested_transaction():
        # PostgreSQL keeps a scope to the end of its transaction, so each begins nowhere.
        session.info[APPLIED] = NOWHERE
    tell_database(session, connection)


def _take_back(session: Session, _transaction: object) -> None:
    """A flush that failed is over, and PostgreSQL has forgotten what it was told in a savepoint."""
    session.info.pop(APPLIED, None)
    _end_flush(session, None)


def tell_database(session: Session, connection: Connection) -> None:
    """Give PostgreSQL the scope that holds now, for the rest of this transaction."""
    scope = current_scope()
    if session.info.get(APPLIED) == scope:
        return
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "SELECT set_config('samvev.municipality', %s, true),"
            " set_config('samvev.account', %s, true), set_config('samvev.central', %s, true),"
            " set_config('samvev.accounts', %s, true)",
            (
                "" if scope.municipality_id is None else str(scope.municipality_id),
                "" if scope.account_id is None else str(scope.account_id),
                "on" if scope.is_central else "",
                f"{{{','.join(map(str, sorted(scope.accounts)))}}}" if scope.accounts else "",
            ),
        )
    session.info[APPLIED] = scope


def _guard_statement(state: ORMExecuteState) -> None:
    tell_database(state.session, state.session.connection())
    if not stands("session") or not state.is_orm_statement:
        return
    if not state.is_select:
        if _touches_tenant_table(state):
            raise TenantViolation("rows of a municipality change through the unit of work only")
        return
    state.update_execution_options(**{SCOPED: True})
    if not state.is_column_load:
        state.statement = state.statement.options(*_criteria(current_scope()))


def _touches_tenant_table(state: ORMExecuteState) -> bool:
    return any(mapper.class_ in TENANT_MODELS for mapper in state.all_mappers)


def _criteria(scope: Scope) -> tuple[ExecutableOption, ...]:
    """Loader options that hold every tenant model to ``scope``, joined and aliased ones too.

    One for all that are held alike: each is looked at with every statement.
    """
    return _made(scope) if scope.accounts else _kept(scope)


@lru_cache(maxsize=2048)
def _kept(scope: Scope) -> tuple[ExecutableOption, ...]:
    return _made(scope)


def _made(scope: Scope) -> tuple[ExecutableOption, ...]:
    others = [model for model in TENANT_MODELS if not issubclass(model, TenantOwned)]
    held: list[type[Model]] = [TenantOwned, *others]
    return tuple(
        with_loader_criteria(
            model, _criterion(model, scope), include_aliases=True, propagate_to_loaders=False
        )
        for model in held
    )


def _criterion(model: type[Model], scope: Scope) -> Callable[[Any], ColumnElement[bool]]:
    """What makes the condition that rows of ``model``, or of an alias of it, meet in ``scope``.

    A function, since a condition that is given ready-made is not fitted to the aliases of a join:
    the joined rows would go unfiltered. SQLAlchemy keeps its result for all scopes and takes the
    values anew, so those that it holds are plain numbers.
    """
    here, account = scope.municipality_id or NONE, scope.account_id or NONE
    if model is ASKED_ABOUT and scope.accounts:
        asked_about = sorted(scope.accounts)
        return lambda cls: cls.account_id.in_(asked_about)
    if model in OWN_TO_READ:
        return lambda cls: or_(cls.municipality_id == here, cls.account_id == account)
    if model is AuditEvent:
        places = [here, *scope.earlier]
        if scope.is_central:
            return lambda cls: or_(cls.municipality_id.in_(places), cls.municipality_id.is_(None))
        return lambda cls: cls.municipality_id.in_(places)
    return lambda cls: cls.municipality_id == here


def _guard_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    connection = session.connection()
    tell_database(session, connection)
    _guard_rows(session)
    # Not before: what is refused leaves no gap for what comes after it.
    session.info[FLUSHING] = connection.info
    connection.info[FLUSHING] = True


def _guard_rows(session: Session) -> None:
    new = [row for row in session.new if isinstance(row, TENANT_MODELS)]
    for row in new:
        _place(row)
    if not stands("session"):
        return
    for row in new:
        _guard_new(row)
    for row in session.dirty:
        if isinstance(row, TENANT_MODELS) and session.is_modified(row):
            _guard_changed(row)
    for row in session.deleted:
        if isinstance(row, TENANT_MODELS):
            raise TenantViolation(f"rows of {type(row).__name__} end, they are not deleted")


def _place(row: Model) -> None:
    """A new row belongs where it is made, unless it says otherwise."""
    if row.municipality_id is None and not isinstance(row, AuditEvent):
        row.municipality_id = current_scope().municipality_id


def _guard_new(row: Model) -> None:
    if row.municipality_id is None and isinstance(row, AuditEvent):
        return
    if row.municipality_id is None:
        raise TenantViolation(f"a new {type(row).__name__} belongs to no municipality")
    if row.municipality_id != current_scope().municipality_id:
        raise TenantViolation(f"a new {type(row).__name__} belongs to another municipality")


def _guard_changed(row: Model) -> None:
    if isinstance(row, AuditEvent):
        raise TenantViolation("audit events are never changed")
    history = inspect(row).attrs.municipality_id.history
    if history.deleted or row.municipality_id != current_scope().municipality_id:
        raise TenantViolation(f"{type(row).__name__} belongs to another municipality")


def _end_flush(session: Session, _context: UOWTransaction | None) -> None:
    session.info.pop(FLUSHING, {}).pop(FLUSHING, None)


def _guard_cursor(
    connection: Connection,
    _cursor: object,
    statement: str,
    _parameters: object,
    context: Any,
    _many: bool,
) -> None:
    """Stop a statement that names a municipality's table without having come by the wall."""
    if not stands("session") or connection.info.get(FLUSHING):
        return
    options = context.execution_options if context is not None else {}
    if options.get(SCOPED):
        return
    if NAMES_TENANT_TABLE.search(statement):
        raise TenantViolation("a statement on a municipality's table went round the session")
