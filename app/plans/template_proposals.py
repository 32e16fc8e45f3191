"""Telling coordinators that there is a newer version of the template of their plans.

Whoever sets up templates sees that plans exist, not what is in them; no plan is moved from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.audit import log
from app.db import db
from app.enums import NoticeKind
from app.models import Plan
from app.notifications import notices
from app.security import policy, scope
from app.security.actor import Actor
from app.security.plan_rights import OPEN
from app.security.roles import Action
from app.security.tenancy import here
from app.set_up_tables import Template, TemplateVersion
from app.templating.setup import in_own_words

AT_ONCE = 200


@dataclass(frozen=True)
class Proposed:
    """How many plans were handled, how many coordinators were told anew, and the last plan; None
    when there are no more."""

    plans: int = 0
    told: int = 0
    after: str | None = None


def behind(actor: Actor, template: Template) -> Select[Any]:
    """The open plans, of those that the actor has in the overview, that have another version of
    the template than the one in use."""
    others = select(TemplateVersion.id).where(
        here(TemplateVersion),
        TemplateVersion.template_id == template.id,
        TemplateVersion.number != template.number,
    )
    return scope.rows(actor, Plan).where(Plan.template_version_id.in_(others), Plan.state.in_(OPEN))


def count_by_version(actor: Actor, template: Template) -> list[tuple[int, int]]:
    """(number of the version, how many plans have it), the newest first."""
    plans = behind(actor, template).with_only_columns(Plan.template_version_id).subquery()
    found = (
        select(TemplateVersion.number, func.count())
        .join(plans, plans.c.template_version_id == TemplateVersion.id)
        .group_by(TemplateVersion.number)
        .order_by(TemplateVersion.number.desc())
    )
    return [(number, count) for number, count in db.session.execute(found)]


def propose(
    actor: Actor, template: Template, *, at: datetime, after: str | None = None
) -> Proposed:
    """Tell the coordinators of the next plans; who has it waiting is not told again.

    Raises:
        NotAllowed, NotFound: setting up the template is not the actor's right any more.
    """
    policy.require(actor, Action.EDIT, template)
    wanted = behind(actor, template).order_by(Plan.id).limit(AT_ONCE)
    if after is not None:
        wanted = wanted.where(Plan.id > after)
    plans: Sequence[Plan] = db.session.scalars(wanted).all()
    told = notices.tell_of_several(
        {one.id: one.coordinator_id for one in plans},
        NoticeKind.TEMPLATE_PROPOSED,
        text=in_own_words(template.names)[:200],
        at=at,
    )
    if after is None:
        log.record(actor, "template:proposed", template)
    is_last = len(plans) < AT_ONCE
    return Proposed(len(plans), told, None if is_last else plans[-1].id)
