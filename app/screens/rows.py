"""How generated screens and REST resources find rows: by scope, and one by one by policy."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from flask_appbuilder import Model
from sqlalchemy import Engine, Enum, Select
from sqlalchemy.orm import Session, joinedload

from app.db import READS_ALL, db
from app.errors import NotFound
from app.screens.listing import is_id
from app.screens.words import WORDS
from app.security import policy, scope, tenancy
from app.security.actor import Actor, current_actor
from app.security.roles import Action, Resource

AT_ONCE = 2000


class ScopedRows:
    """Beside a Flask-AppBuilder view with a ``datamodel``: the only way to its rows."""

    resource: ClassVar[Resource]
    eager: ClassVar[tuple[Any, ...]] = ()
    datamodel: Any

    @property
    def model(self) -> type[Model]:
        """The table that the view is for."""
        model: type[Model] = self.datamodel.obj
        return model

    def query(self, action: Action) -> Select[Any]:
        """Every query of the view starts here: rows open to the actor for this action."""
        loads = [joinedload(relation) for relation in self.eager]
        return scope.rows(current_actor(), self.model, action).options(*loads)

    def key_condition(self, pk: str) -> Any:
        """The condition for the one row that an address names."""
        if not is_id(pk):
            raise NotFound
        return self.model.id == pk

    def get_row(self, pk: str, action: Action) -> Any:
        """The row of an address, when the actor may do ``action`` with it.

        Raises:
            NotFound: foreign, missing and hidden alike.
            NotAllowed: the actor sees the row but may not do this with it.
        """
        row = db.session.scalar(self.query(Action.SHOW).where(self.key_condition(pk)))
        if row is None:
            raise NotFound
        policy.require(current_actor(), action, row)
        return row

    def public_key(self, row: Any) -> str:
        """What stands for the row in an address."""
        return str(row.id)


def export_rows(actor: Actor, statement: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of ``statement``, read while the file is sent, in the words of its user.

    They are read after the request has ended, so nothing of the request is asked for here.
    """
    in_words = {value: str(words) for value, words in WORDS.items()}
    return _read_rows(db.engine, actor, statement, in_words)


def _read_rows(
    engine: Engine, actor: Actor, statement: Select[Any], in_words: Mapping[Any, str]
) -> Iterator[tuple[Any, ...]]:
    chosen = [n for n, column in enumerate(statement.selected_columns) if _is_chosen(column)]
    with Session(engine) as session, tenancy.applied(session, actor.scope):
        session.connection(execution_options={READS_ALL: True})
        with session.execute(statement, execution_options={"yield_per": AT_ONCE}) as found:
            if not chosen:
                yield from found
                return
            for row in found:
                yield tuple(
                    in_words.get(one, one) if place in chosen else one
                    for place, one in enumerate(row)
                )


def _is_chosen(column: Any) -> bool:
    """Whether the values of a column are of a closed vocabulary."""
    return isinstance(column.type, Enum)
