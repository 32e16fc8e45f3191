"""Proposing a participant to the coordinator, who answers. Nothing is given by it.

A proposal is kept in the notice that it is told by, as a list that ``read`` knows again; a wish
for a change of access, told by notices of the same kind, begins with a name.
"""

import json
from dataclasses import astuple, dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit import log
from app.clock import day_of
from app.db import db
from app.enums import NoticeKind, Section
from app.errors import DomainError, NotFound
from app.models import Person, Plan
from app.notifications import notices
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import Notice

LONGEST_NAME, LONGEST_FUNCTION, LONGEST_WHY = 80, 60, 160


class TooMuch(DomainError):
    """There is no room for all of it in a notice."""

    status = 422
    message = _l("This is too long.")


@dataclass(frozen=True)
class Proposed:
    """Whom somebody proposes, as what and why. ``person_id`` is empty for a name that was typed."""

    by_id: str
    person_id: str
    name: str
    function: str
    why: str


@dataclass(frozen=True)
class Proposal:
    """A proposal that waits for an answer, and the name of whoever makes it."""

    notice: Notice
    said: Proposed
    by: str


def read(notice: Notice) -> Proposed | None:
    """The proposal that a notice holds; None when it is another notice."""
    if notice.kind is not NoticeKind.CHANGE_WANTED or not notice.text.startswith("["):
        return None
    try:
        parts = json.loads(notice.text)
    except ValueError:
        return None
    is_whole = len(parts) == 5 and all(isinstance(one, str) for one in parts)
    return Proposed(*parts) if is_whole else None


def text_of(notice: Notice) -> str:
    """What a notice says, to whoever it is for."""
    said = read(notice)
    if said is None:
        return notice.text
    return _("%(name)s (%(function)s) is proposed.", name=said.name, function=said.function)


def waiting(actor: Actor, plan: Plan, told: list[Notice]) -> list[Proposal]:
    """The proposals among what the actor is told, when it is for the actor to answer them."""
    if not policy.decide(actor, Action.STEER_ACCESS, plan):
        return []
    found = [(one, said) for one in told if (said := read(one)) is not None]
    names = {one.person_id: one.person.full_name for one in plan.participants}
    return [Proposal(one, said, names[said.by_id]) for one, said in found if said.by_id in names]


# --- operations ----------------------------------------------------------------------------------


def propose(
    actor: Actor,
    plan: Plan,
    name: str,
    function: str,
    why: str,
    *,
    person: Person | None = None,
    at: datetime,
) -> None:
    """Tell the coordinator, and whoever stands in, whom somebody thinks should take part.

    Raises:
        TooMuch
    """
    told = policy.require(actor, Action.COMMENT, plan, section=Section.PARTICIPANTS)
    if person is not None:
        policy.require(actor, Action.CHOOSE, person)
        name = person.full_name[:LONGEST_NAME]
    said = Proposed(actor.person_id or "", person.id if person else "", name, function, why)
    text = json.dumps(astuple(said), ensure_ascii=False, separators=(",", ":"))
    if len(text) > Notice.text.type.length:
        raise TooMuch(field="why")
    standing_in = [one.person_id for one in plan.stand_ins if one.is_active(day_of(at))]
    same = {one.person_id for one in _alike(plan.id, text)}
    for person_id in dict.fromkeys([plan.coordinator_id, *standing_in]):
        if person_id not in same:
            notices.tell_each_time(plan, person_id, NoticeKind.CHANGE_WANTED, at=at, text=text)
    log.record(
        actor,
        "plan:participant_proposed",
        plan,
        section=Section.PARTICIPANTS,
        basis=told.basis,
    )


def accept(actor: Actor, notice: Notice, name: str, *, at: datetime) -> None:
    """Say yes, in the transaction in which the person is added under ``name``."""
    said = _answered(actor, notice, at)
    text = _("%(name)s, whom you proposed, is added.", name=name)
    _tell(notice.plan, said, text, at)


def decline(actor: Actor, notice: Notice, reason: str, *, at: datetime) -> None:
    """Say no, and why, to whoever made the proposal."""
    said = _answered(actor, notice, at)
    text = _("Your proposal of %(name)s is declined: %(reason)s", name=said.name, reason=reason)
    _tell(notice.plan, said, text, at)


def _answered(actor: Actor, notice: Notice, at: datetime) -> Proposed:
    """Take a proposal away from everyone who was told of it.

    Raises:
        NotFound: the notice holds none, or it is answered.
    """
    policy.require(actor, Action.END, notice)
    said = read(notice)
    if said is None or notice.settled_at is not None:
        raise NotFound
    policy.require(actor, Action.STEER_ACCESS, notice.plan)
    for one in _alike(notice.plan_id, notice.text):
        one.settled_at = at
    log.record(actor, "plan:proposal_answered", notice.plan, section=Section.PARTICIPANTS)
    return said


def _tell(plan: Plan, said: Proposed, text: str, at: datetime) -> None:
    """Tell whoever made the proposal, if they were ever in the plan."""
    if said.by_id in {one.person_id for one in plan.participants}:
        short = text[: Notice.text.type.length]
        notices.tell_each_time(plan, said.by_id, NoticeKind.CHANGE_WANTED, at=at, text=short)


def _alike(plan_id: str, text: str) -> list[Notice]:
    """What waits for anybody with the same words."""
    found = select(Notice).where(
        Notice.plan_id == plan_id,
        Notice.kind == NoticeKind.CHANGE_WANTED,
        Notice.text == text,
        Notice.settled_at.is_(None),
    )
    return list(db.session.scalars(found))
