"""Asking the coordinator to change who sees what."""

from datetime import datetime

from flask_babel import gettext as _

from app.audit import log
from app.clock import day_of
from app.db import db
from app.enums import NoticeKind
from app.models import Person, Plan
from app.notifications import notices
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import Notice


def ask(actor: Actor, plan: Plan, text: str, *, at: datetime) -> None:
    """Tell the coordinator, and whoever stands in, what somebody wants changed."""
    told = policy.require(actor, Action.ASK_CHANGE, plan)
    name = db.session.get_one(Person, actor.person_id).full_name
    said = _("%(name)s: %(text)s", name=name, text=text)[: Notice.text.type.length]
    standing_in = [one.person_id for one in plan.stand_ins if one.is_active(day_of(at))]
    for person_id in dict.fromkeys([plan.coordinator_id, *standing_in]):
        notices.tell_each_time(plan, person_id, NoticeKind.CHANGE_WANTED, at=at, text=said)
    log.record(actor, "plan:change_asked", plan, basis=told.basis)


def see_to(actor: Actor, notice: Notice, *, at: datetime) -> None:
    """Take a wish away from the one it was put to: it is seen to."""
    policy.require(actor, Action.END, notice)
    notice.settled_at = at
