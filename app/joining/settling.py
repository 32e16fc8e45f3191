"""Settling what collides, in the transaction of ``carrying``: before the rows change municipality,
in favour of the one that takes over.

Everything is said in SQL on the tables' owner's connection: no row passes a session, since the
sessions' wall lets nothing across.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select, update

from app.columns import new_id
from app.enums import Role, UnitKind
from app.joining.outlook import Findings, Top
from app.models import (
    AccountLinkRequest,
    AccountProfile,
    ApiToken,
    ConsentText,
    Membership,
    Municipality,
    Person,
    Plan,
    StandardRole,
    Unit,
)
from app.people.names import search_form
from app.set_up_tables import Template
from app.side_tables import IncomingPlan, PlanMove, SavedView

AT_ONCE = 500
FAR = 1_000_000
KEY_LENGTH = 60


@dataclass(frozen=True)
class Task:
    """A joining that is being done: who goes where, what was found, on which connection."""

    connection: Connection
    old: Municipality
    new: Municipality
    findings: Findings
    at: datetime

    def change(self, model: Any, *where: ColumnElement[bool], **values: Any) -> None:
        """Change rows of the one that goes."""
        table: Table = model.__table__
        of_old = table.c.municipality_id == self.old.id
        self.connection.execute(update(table).where(of_old, *where).values(**values))

    def change_some(self, model: Any, ids: Sequence[str], **values: Any) -> None:
        """Change these rows, of whichever municipality."""
        table: Table = model.__table__
        for part in batches(ids):
            self.connection.execute(update(table).where(table.c.id.in_(part)).values(**values))


def batches(ids: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """``ids``, so many at a time."""
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def settle(task: Task) -> None:
    """Settle everything that ``looking`` has found."""
    for step in STEPS:
        step(task)


def _same_logins(task: Task) -> None:
    """Take the row that comes along out of use; what the one there lacks is taken over."""
    person = Person.__table__
    for gone_id, kept_id in task.findings.same_logins:
        facts = select(person).where(person.c.id.in_([gone_id, kept_id]))
        rows = {row.id: row for row in task.connection.execute(facts)}
        values = _what_is_lacking(rows[kept_id], rows[gone_id])
        task.change_some(
            Person,
            [gone_id],
            merged_into_id=kept_id,
            retired_at=func.coalesce(person.c.retired_at, task.at),
        )
        if values:
            task.change_some(Person, [kept_id], **values)


def _what_is_lacking(kept: Any, gone: Any) -> dict[str, Any]:
    """What is known of one and not of the other; what belongs together goes together."""
    together = (
        ("national_id_cipher", "national_id_hash", "national_id_is_doubtful"),
        ("birth_date",),
        ("email",),
        ("phone",),
        ("address", "postcode"),
        ("language",),
    )
    return {
        name: getattr(gone, name)
        for names in together
        if getattr(kept, names[0]) is None and getattr(gone, names[0]) is not None
        for name in names
    }


def _national_ids(task: Task) -> None:
    """One number, two rows: the number of the one that comes along is one that it claims."""
    person = Person.__table__
    there = person.alias()
    taken = select(there.c.national_id_hash).where(
        there.c.municipality_id == task.new.id,
        there.c.retired_at.is_(None),
        there.c.national_id_hash.is_not(None),
    )
    task.change(
        Person,
        person.c.retired_at.is_(None),
        person.c.national_id_hash.in_(taken),
        claimed_id_cipher=person.c.national_id_cipher,
        national_id_cipher=None,
        national_id_hash=None,
    )


def _external_ids(task: Task) -> None:
    if task.findings.prefixes_external_ids:
        column = Person.__table__.c.external_id
        named = func.substr(f"{task.old.number}:" + column, 1, 100)
        task.change(Person, column.is_not(None), external_id=named)


def _set_up(task: Task) -> None:
    for model, ids in (
        (StandardRole, task.findings.roles),
        (Template, task.findings.templates),
    ):
        table: Table = model.__table__
        ending = f"-{task.old.number}"
        task.change_some(
            model,
            ids,
            key=func.substr(table.c.key, 1, KEY_LENGTH - len(ending)) + ending,
            retired_at=func.coalesce(table.c.retired_at, task.at),
            national_id=None,
            national_number=None,
        )


def _consent_texts(task: Task) -> None:
    """Numbers before the first there, so that the newest there stays the newest."""
    text = ConsentText.__table__
    for kind, shift in task.findings.text_shifts.items():
        # By way of numbers far off: none is taken by another row on the way.
        task.change(ConsentText, text.c.kind == kind, number=text.c.number - FAR)
        task.change(ConsentText, text.c.kind == kind, number=text.c.number + FAR - shift)


def _views(task: Task) -> None:
    name = SavedView.__table__.c.name
    ending = f" ({task.old.name})"
    shown = func.substr(name, 1, 100 - len(ending)) + ending
    task.change_some(SavedView, task.findings.views, name=shown)


def _tree(task: Task) -> None:
    """Hang the units under the top there, and let those who administered all administer them."""
    top_id = _hang(task, task.findings.top)
    member, plan = Membership.__table__, Plan.__table__
    task.change(
        Membership,
        and_(member.c.role == Role.LOCAL_ADMINISTRATOR, member.c.unit_id.is_(None)),
        unit_id=top_id,
    )
    task.change(Plan, plan.c.unit_id.is_(None), unit_id=top_id)


def _hang(task: Task, top: Top) -> str:
    """Give the units their new paths; the id of the one that is their top."""
    unit = Unit.__table__
    own_top = top.only or new_id()
    under = f"{top.path}{own_top}/"
    for root_id, path in top.roots:
        is_top = root_id == top.only
        start = top.path if is_top else under
        below = and_(unit.c.path >= path, unit.c.path < path[:-1] + "0")
        task.change(Unit, below, path=start + func.substr(unit.c.path, 2))
        parent_id = top.above if is_top else own_top
        task.change_some(Unit, [root_id], parent_id=parent_id)
    if top.only is None:
        _add_top(task, top, own_top, under)
    return own_top


def _add_top(task: Task, top: Top, own_top: str, path: str) -> None:
    values = {
        "id": own_top,
        "municipality_id": task.old.id,
        "name": task.old.name,
        "search_name": search_form(task.old.name),
        "kind": UnitKind.MUNICIPALITY,
        "is_outside": False,
        "parent_id": top.above,
        "path": path,
        "created_at": task.at,
        "version": 1,
    }
    task.connection.execute(Unit.__table__.insert().values(**values))


def _requests(task: Task) -> None:
    ended = {"answered_at": task.at, "accepted": False}
    task.change_some(AccountLinkRequest, task.findings.requests, **ended)


def _other_places(task: Task) -> None:
    """What names the one that goes from outside its own rows."""
    token, profile = ApiToken.__table__, AccountProfile.__table__
    task.change(ApiToken, token.c.revoked_at.is_(None), revoked_at=task.at)
    last = profile.c.last_municipality_id
    run = task.connection.execute
    run(update(profile).where(last == task.old.id).values(last_municipality_id=task.new.id))
    for model, name in ((PlanMove, "to_municipality_id"), (IncomingPlan, "from_municipality_id")):
        table: Table = model.__table__
        waiting = and_(table.c[name] == task.old.id, table.c.ended_at.is_(None))
        run(update(table).where(waiting).values({name: task.new.id}))


STEPS: tuple[Callable[[Task], None], ...] = (
    _same_logins,
    _national_ids,
    _external_ids,
    _set_up,
    _consent_texts,
    _views,
    _tree,
    _requests,
    _other_places,
)
