"""The pulse: three short questions to the owner's side after each evaluation in a plan.

Asked is the owner, where the owner alone consents. Otherwise those are who may consent for the
owner, and the young owner too from the year of age from which great weight is put on what a child
says (``domain.md`` 3.3). Who has no login here can't answer, so nobody is asked in vain; where an
owner of age has none, those who act for the owner are asked.

Answering is voluntary. Single answers are shown to nobody, not in a list, a file or the log; sums
are in ``pulse_sums``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit import log
from app.clock import day_of
from app.db import db
from app.enums import NoticeKind, PulseAnswer
from app.errors import DomainError
from app.models import Membership, Plan, Pulse
from app.notifications import notices
from app.security import plan_access, policy
from app.security.actor import Actor
from app.security.plan_rights import OPEN
from app.security.roles import Action

HEARD_FROM_AGE = 12
"""From this age great weight is put on what a child thinks (barneloven § 31, domain.md 3.3)."""
NOT_AGAIN_WITHIN = timedelta(days=60)


class AnsweredAlready(DomainError):
    """The questions were answered, or put away."""

    message = _l("These questions are answered or put away already. Thank you.")


@dataclass(frozen=True)
class Answers:
    """What one person answers to the three questions."""

    useful: PulseAnswer
    heard: PulseAnswer
    knows_who: PulseAnswer


def ask(plan: Plan, *, at: datetime) -> None:
    """Ask the owner's side how the plan works, in the caller's transaction, after an evaluation.

    Who was asked less than 60 days ago is left in peace.
    """
    if plan.state not in OPEN:
        return
    wanted = whom_to_ask(plan, day_of(at))
    earlier = _earlier(plan, wanted)
    for person_id in sorted(wanted):
        before = [one for one in earlier if one.person_id == person_id]
        if any(at - one.asked_at < NOT_AGAIN_WITHIN for one in before):
            continue
        for one in before:
            _put_away(one, at)
        # What is put away must be so in the database before the next may be open.
        db.session.flush()
        db.session.add(Pulse(plan_id=plan.id, person_id=person_id, asked_at=at))
        notices.tell(plan, [person_id], NoticeKind.PULSE_WANTED, at=at)


def whom_to_ask(plan: Plan, on: date) -> frozenset[str]:
    """The ids of those on the owner's side who are asked, and have a login to answer with."""
    acting = {
        one.holder_id
        for one in plan.authorities
        if one.may_consent and plan_access.reaches(one, plan, on)
    }
    if plan_access.is_of_age(plan, on):
        return _with_login({plan.owner_id}, on) or _with_login(acting, on)
    if is_heard(plan.owner.birth_date, on):
        acting.add(plan.owner_id)
    return _with_login(acting, on)


def is_heard(born: date | None, on: date) -> bool:
    """Whether somebody is old enough to be asked along with those who consent."""
    if born is None:
        return False
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return years >= HEARD_FROM_AGE


def _with_login(person_ids: Iterable[str], on: date) -> frozenset[str]:
    found = select(Membership.person_id).where(
        Membership.person_id.in_(sorted(person_ids)), Membership.active(on)
    )
    return frozenset(db.session.scalars(found))


def _earlier(plan: Plan, person_ids: Iterable[str]) -> list[Pulse]:
    found = select(Pulse).where(Pulse.plan_id == plan.id, Pulse.person_id.in_(sorted(person_ids)))
    return list(db.session.scalars(found))


# --- answering -----------------------------------------------------------------------------------


def answer(actor: Actor, pulse: Pulse, answers: Answers, *, at: datetime) -> None:
    """Keep what was answered; the log tells that it was done, never what was said.

    Raises:
        AnsweredAlready
    """
    _require_open(actor, pulse)
    pulse.useful, pulse.heard = answers.useful, answers.heard
    pulse.knows_who, pulse.answered_at = answers.knows_who, at
    notices.settle(pulse.plan_id, NoticeKind.PULSE_WANTED, at=at, person_id=pulse.person_id)
    log.record(actor, "pulse:answered", pulse)


def put_away(actor: Actor, pulse: Pulse, *, at: datetime) -> None:
    """Leave the questions unanswered.

    Raises:
        AnsweredAlready
    """
    _require_open(actor, pulse)
    _put_away(pulse, at)
    notices.settle(pulse.plan_id, NoticeKind.PULSE_WANTED, at=at, person_id=pulse.person_id)


def _require_open(actor: Actor, pulse: Pulse) -> None:
    policy.require(actor, Action.ANSWER, pulse)
    # Whoever has lost their part in the plan since has no more to say of it.
    policy.require(actor, Action.SHOW, pulse.plan)
    if not is_open(pulse):
        raise AnsweredAlready


def _put_away(pulse: Pulse, at: datetime) -> None:
    if is_open(pulse):
        pulse.ended_at = at


def is_open(pulse: Pulse) -> bool:
    """Whether the questions wait for an answer."""
    return pulse.answered_at is None and pulse.ended_at is None


def open_in(actor: Actor, plan: Plan) -> Pulse | None:
    """The questions that wait for the actor in a plan."""
    found: Pulse | None = db.session.scalar(
        select(Pulse).where(
            Pulse.plan_id == plan.id,
            Pulse.person_id == actor.person_id,
            Pulse.answered_at.is_(None),
            Pulse.ended_at.is_(None),
        )
    )
    return found
