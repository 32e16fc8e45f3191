"""Who has looked at a plan and changed it, from the log: when, who, as what, which part, what.

Nothing of what stands in the plan is in it. Which events somebody is told of, ``log_access`` says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit import doers
from app.audit.words import LOOKED, spoken
from app.clock import day_of
from app.db import db
from app.enums import Role, Section
from app.models import AuditEvent, Person, Plan
from app.plans import access_queries
from app.screens.words import words
from app.security import log_access, plan_access
from app.security.actor import Actor
from app.security.plan_rights import Basis

PAGE = 50
OWNER = _l("Plan owner")
STAND_IN = _l("Stand-in")
IN_EMERGENCY = _l("Emergency access")


class Which(StrEnum):
    """Which of the events are asked for."""

    ALL = "all"
    LOOKED = "looked"
    CHANGED = "changed"


@dataclass(frozen=True)
class Line:
    """What somebody did in one minute, as whoever may read it is told of it."""

    at: datetime
    who: str
    function: str
    what: str
    parts: tuple[str, ...]

    @property
    def beside(self) -> tuple[object, ...]:
        """What lines have alike that are told as one, with all their parts."""
        return self.at.replace(second=0, microsecond=0), self.who, self.function, self.what


@dataclass(frozen=True)
class Lines:
    """Some events, newest first; ``older`` is where the next ones begin, None when there are
    none."""

    shown: list[Line]
    older: str | None


def lines(
    actor: Actor, plan: Plan, coordinator_word: str, *, which: Which, before: str | None
) -> Lines:
    """The newest events that ``actor`` is told of, or the newest of those before one of them."""
    asked = select(AuditEvent).where(log_access.events(actor, plan))
    if which is not Which.ALL:
        is_look = AuditEvent.action.in_(sorted(LOOKED))
        asked = asked.where(is_look if which is Which.LOOKED else ~is_look)
    if before is not None:
        asked = asked.where(AuditEvent.id < before)
    newest = asked.order_by(AuditEvent.id.desc()).limit(PAGE + 1)
    found = db.session.scalars(newest).all()
    shown = found[:PAGE]
    said, names = spoken(), _names(plan, shown)
    functions = _functions(plan, coordinator_word, actor)
    made = [
        Line(
            one.at,
            _name(one, names),
            functions.get(one.person_id or "") or _by_right(one),
            said.action(one.action),
            (str(words(Section(one.section))),) if one.section else (),
        )
        for one in shown
    ]
    return Lines(_together(made), shown[-1].id if len(found) > PAGE else None)


def _together(made: list[Line]) -> list[Line]:
    """Lines that follow each other and differ in their part alone, as one."""
    groups = [list(found) for _beside, found in groupby(made, key=lambda one: one.beside)]
    return [
        replace(same[0], parts=tuple(dict.fromkeys(part for one in same for part in one.parts)))
        for same in groups
    ]


def _names(plan: Plan, events: Sequence[AuditEvent]) -> dict[str, str]:
    """The names of those behind the events, who are of the plan's municipality."""
    ids = {one.person_id for one in events if one.person_id is not None}
    found = select(Person).where(Person.id.in_(ids), Person.municipality_id == plan.municipality_id)
    return {one.id: one.full_name for one in db.session.scalars(found)}


def _name(event: AuditEvent, names: Mapping[str, str]) -> str:
    if event.account_id is None:
        return str(doers.OPERATOR)
    return names.get(event.person_id or "", str(doers.OUTSIDER))


def _functions(plan: Plan, coordinator_word: str, actor: Actor) -> dict[str, str]:
    """What each person is to the plan now, or was last. No place is in it."""
    access_queries.load(plan)
    found = {one.person_id: one.function for one in plan.participants}
    for stand_in in plan.stand_ins:
        found[stand_in.person_id] = str(STAND_IN)
    for authority in plan.authorities:
        if actor.at is not None and plan_access.reaches(authority, plan, day_of(actor.at)):
            found[authority.holder_id] = str(words(authority.kind))
    found[plan.coordinator_id] = coordinator_word
    found[plan.owner_id] = str(OWNER)
    return found


def _by_right(event: AuditEvent) -> str:
    """As what somebody came who is nothing to the plan now."""
    if event.basis == Basis.EMERGENCY:
        return str(IN_EMERGENCY)
    roles = {Role(one) for one in (event.role or "").split(",") if one}
    return ", ".join(str(words(one)) for one in Role if one in roles)
