"""Joining two municipalities: all of it in one transaction of the tables' owner, or none of it.

Looked at once more when everything is held; what has come in the way since stops it. Where it is
ended by force, the database is as it was, and the job is taken up again from the start.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, exists, select, update
from sqlalchemy.exc import ProgrammingError

from app.clock import day_of
from app.columns import new_id
from app.duplicate_tables import DuplicatePair, MatchKey, MatchModel, MatchState, NotTheSame
from app.duplicates import index
from app.enums import JobState, Outcome
from app.joining import references
from app.joining.looking import look
from app.joining.outlook import Outlook
from app.joining.settling import Task, batches, settle
from app.joining_tables import JoiningState, MunicipalityJoining
from app.models import AgeRule, AuditEvent, Job, Municipality, Person, PlanType
from app.security.actor import Actor
from app.security.lifting import lifted

JOINED = "municipality:joined"


class NotWanted(Exception):
    """The joining was taken back, or the job cancelled, in the meantime."""


class Unfit(Exception):
    """Something stops it that was not there when it was approved."""


class NotTheOwner(Exception):
    """The process does not know the role that owns the tables."""


@dataclass(frozen=True)
class Order:
    """What is to be done: which joining, by which job, as whom."""

    joining_id: str
    job_id: str
    actor: Actor


def carry(owning: Engine, order: Order, *, at: datetime) -> Outlook:
    """Join the two; what was found and done.

    Raises:
        NotWanted, Unfit, NotTheOwner: nothing was done.
        sqlalchemy.exc.OperationalError: others were at work for too long; try again later.
    """
    try:
        with lifted(owning) as connection:
            return _join(connection, order, at)
    except ProgrammingError as error:
        if "InsufficientPrivilege" in type(error.orig).__name__:
            raise NotTheOwner from None
        raise


def _join(connection: Connection, order: Order, at: datetime) -> Outlook:
    joining = _held(connection, order)
    old = _municipality(connection, joining.from_id)
    new = _municipality(connection, joining.into_id)

    def ask(statement: Select[Any], _municipality_id: int) -> Sequence[Any]:
        return connection.execute(statement).all()

    outlook = look(ask, old, new, day_of(at))
    if outlook.stops:
        raise Unfit
    task = Task(connection, old, new, outlook.findings, at)
    answers = _answers_anew(task)
    settle(task)
    for model in (MatchKey, MatchState):
        table: Any = model.__table__
        connection.execute(delete(table).where(table.c.municipality_id == old.id))
    _move(task)
    _make_one(task)
    _put_answers(task, answers)
    _close(task)
    _tell(task, order, outlook)
    return outlook


def _held(connection: Connection, order: Order) -> Any:
    """The joining, when it and its job are still to be done."""
    table, job = MunicipalityJoining.__table__, Job.__table__
    wanted = select(table).where(table.c.id == order.joining_id, table.c.ended_at.is_(None))
    joining = connection.execute(wanted.with_for_update()).one_or_none()
    running = select(job.c.id).where(
        job.c.id == order.job_id,
        job.c.state == JobState.RUNNING,
        job.c.cancel_asked.is_(False),
    )
    if joining is None or connection.execute(running).first() is None:
        raise NotWanted
    return joining


def _municipality(connection: Connection, municipality_id: int) -> Any:
    table = Municipality.__table__
    found = select(table).where(table.c.id == municipality_id).with_for_update()
    return connection.execute(found).one()


# --- the rows ------------------------------------------------------------------------------------


def _move(task: Task) -> None:
    """Let every row belong to the one that takes over, but for what it has its own of."""
    stays = {
        PlanType: PlanType.__table__.c.kind.not_in(task.findings.kinds_kept),
        AgeRule: AgeRule.__table__.c.kind.not_in(task.findings.ages_kept),
        MatchModel: ~exists().where(
            MatchModel.__table__.alias("there").c.municipality_id == task.new.id
        ),
        NotTheSame: _not_answered_there(task),
    }
    for model in references.moving():
        wanted = [stays[model]] if model in stays else []
        task.change(model, *wanted, municipality_id=task.new.id)


def _not_answered_there(task: Task) -> Any:
    here, there = NotTheSame.__table__, NotTheSame.__table__.alias("there")
    return ~exists().where(
        there.c.municipality_id == task.new.id,
        there.c.what == here.c.what,
        there.c.first_id == here.c.first_id,
        there.c.second_id == here.c.second_id,
    )


def _make_one(task: Task) -> None:
    """Let what points at a row that was made one with another point at that."""
    for table, column in references.of_person():
        for gone_id, kept_id in task.findings.same_logins:
            task.connection.execute(
                update(table).where(column == gone_id).values({column.name: kept_id})
            )


def _answers_anew(task: Task) -> list[tuple[str, bytes]]:
    """What stands for the facts that a pair was answered for, under the key of the one that takes
    over; pairs whose facts have changed since are to be asked anew anyway."""
    pair = DuplicatePair.__table__
    found = task.connection.execute(select(pair).where(pair.c.municipality_id == task.old.id)).all()
    ids = sorted({one for row in found for one in (row.first_id, row.second_id)})
    persons: dict[str, Any] = {}
    for part in batches(ids):
        facts = select(*index.COLUMNS).where(Person.id.in_(part))
        persons |= {row.id: row for row in task.connection.execute(facts)}
    before, after = index.hashes(task.old.id), index.hashes(task.new.id)
    anew = []
    for row in found:
        two = persons[row.first_id], persons[row.second_id]
        if before.of_both(*map(before.digest_of, two)) == row.facts:
            anew.append((row.id, after.of_both(*map(after.digest_of, two))))
    return anew


def _put_answers(task: Task, answers: Sequence[tuple[str, bytes]]) -> None:
    pair = DuplicatePair.__table__
    for pair_id, facts in answers:
        task.connection.execute(update(pair).where(pair.c.id == pair_id).values(facts=facts))


# --- the end -------------------------------------------------------------------------------------


def _close(task: Task) -> None:
    """Take the one that went out of use; logs that were read there are read here."""
    table, run = Municipality.__table__, task.connection.execute
    into = table.c.joined_into_id
    run(update(table).where(into == task.old.id).values(joined_into_id=task.new.id))
    gone = update(table).where(table.c.id == task.old.id)
    run(gone.values(is_in_use=False, joined_into_id=task.new.id, version=table.c.version + 1))


def _tell(task: Task, order: Order, outlook: Outlook) -> None:
    """End the job and the joining, and write it in all three logs; the last in the one closed."""
    outcome = {"rows": outlook.total} | {str(one): n for one, n in outlook.settled.items()}
    job, joining = Job.__table__, MunicipalityJoining.__table__
    run = task.connection.execute
    run(
        update(job)
        .where(job.c.id == order.job_id)
        .values(
            state=JobState.DONE,
            ended_at=task.at,
            done=outlook.total,
            total=outlook.total,
            report=outcome,
            version=job.c.version + 1,
        )
    )
    run(
        update(joining)
        .where(joining.c.id == order.joining_id)
        .values(
            state=JoiningState.DONE,
            ended_at=task.at,
            outcome=outcome,
            version=joining.c.version + 1,
        )
    )
    for place in (None, task.new.id, task.old.id):
        run(AuditEvent.__table__.insert().values(**_event(task, order, place)))


def _event(task: Task, order: Order, municipality_id: int | None) -> dict[str, Any]:
    is_at_home = municipality_id == order.actor.municipality_id
    return {
        "id": new_id(),
        "municipality_id": municipality_id,
        "at": task.at,
        "account_id": order.actor.account_id,
        "person_id": order.actor.person_id if is_at_home else None,
        "role": "local_administrator" if is_at_home else None,
        "action": JOINED,
        "outcome": Outcome.DONE,
        "object_type": "municipality",
        "object_id": str(task.old.id),
        "fields": ["is_in_use", "joined_into_id"],
        "request_id": order.job_id,
    }
