"""Moving a plan to another version of its template, and back. Nothing that is written is touched.

A plan that was made without a template can take one up. What a move does to what is filled in can
be seen before it is made.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit import log
from app.db import db
from app.enums import EntryKind, NoticeKind, Section
from app.errors import DomainError, StaleVersion
from app.models import Plan, PlanEntry
from app.notifications import notices
from app.plans import activity
from app.plans.filled import Filled
from app.plans.form_entries import filled_in
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.security.tenancy import here
from app.set_up_tables import Template, TemplateVersion
from app.templating import consent_texts
from app.templating.contents import content_of, parsed
from app.templating.template_content import TemplateContent, TemplateField


class NotItsTemplate(DomainError):
    """A plan is moved among the versions of its own template."""

    status = 422
    message = _l("Choose one of the versions that are shown.")


def move(
    actor: Actor, plan: Plan, version_id: str, *, was: str | None, at: datetime
) -> TemplateVersion:
    """Let the plan ask for what another version of its template asks for. ``was`` is the version
    that one saw it have.

    Raises:
        NotAllowed: changing the plan is not the actor's right, or not now.
        StaleVersion: it has been moved meanwhile.
        NotItsTemplate
    """
    activity.hold(plan)
    policy.require(actor, Action.EDIT, plan)
    if plan.template_version_id != was:
        raise StaleVersion
    found = next((one for one in versions_for(plan) if one.id == version_id), None)
    if found is None:
        raise NotItsTemplate
    if found.id != plan.template_version_id:
        plan.template_version_id = found.id
        consent_texts.ensure(found, at=at)
        log.record(actor, "plan:template_moved", plan, fields=("template_version_id",))
        activity.touch(plan, at=at)
    notices.settle(plan.id, NoticeKind.TEMPLATE_PROPOSED, at=at)
    return found


def version_of(plan: Plan) -> TemplateVersion | None:
    """The version of the template that the plan has."""
    if plan.template_version_id is None:
        return None
    return db.session.get(TemplateVersion, plan.template_version_id)


def versions_for(plan: Plan) -> Sequence[TemplateVersion]:
    """The versions that the plan can have, newest first: those of its template, or the ones in
    use of its kind when it has none."""
    found = (
        select(TemplateVersion)
        .join(Template, TemplateVersion.template_id == Template.id)
        .where(here(TemplateVersion), TemplateVersion.published_at.is_not(None))
        .options(joinedload(TemplateVersion.template))
    )
    now = version_of(plan)
    if now is not None:
        found = found.where(TemplateVersion.template_id == now.template_id)
        return db.session.scalars(found.order_by(TemplateVersion.number.desc())).all()
    in_use = found.where(
        Template.kind == plan.kind,
        Template.retired_at.is_(None),
        Template.number == TemplateVersion.number,
    )
    return db.session.scalars(in_use.order_by(Template.position, Template.id)).all()


def newer_for(plan: Plan) -> TemplateVersion | None:
    """The version in use of the plan's template, where the plan has an earlier one."""
    now = version_of(plan)
    if now is None or now.template.number in (None, now.number):
        return None
    return next((one for one in versions_for(plan) if one.number == now.template.number), None)


def offered_to(actor: Actor, plan: Plan) -> TemplateVersion | None:
    """A newer version of the plan's template, for who may move the plan to it."""
    return newer_for(plan) if policy.decide(actor, Action.EDIT, plan) else None


# --- what a move does ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Fate:
    """What becomes of what is filled in in a form: the names of the fields whose values stay,
    are kept beside as from an earlier version, and find their place again."""

    entry: PlanEntry
    stays: Sequence[str]
    beside: Sequence[str]
    again: Sequence[str]
    is_left: bool
    """Whether the other version has no such form, so that all of it stands as it is."""


def fates(plan: Plan, version: TemplateVersion, readable: Collection[Section]) -> Iterator[Fate]:
    """What a move to a version does to each form that is filled in, in parts that one reads."""
    now, then = content_of(plan.template_version_id), parsed(version)
    for entry in filled_forms(plan, readable):
        yield _fate(entry, _seen_by(now, entry), _seen_by(then, entry))


def filled_forms(plan: Plan, parts: Collection[Section]) -> Sequence[PlanEntry]:
    """The forms that are filled in in parts of a plan, outside the bin."""
    found = select(PlanEntry).where(
        PlanEntry.plan_id == plan.id,
        PlanEntry.section.in_(parts),
        PlanEntry.kind == EntryKind.FORM,
        PlanEntry.deleted_at.is_(None),
    )
    return db.session.scalars(found.order_by(PlanEntry.id)).all()


def _seen_by(content: TemplateContent | None, entry: PlanEntry) -> Filled:
    section = content.section(entry.details["section"]) if content is not None else None
    is_here = section is not None and section.part is entry.section
    return filled_in(entry.details, entry.section, section if is_here else None)


def _fate(entry: PlanEntry, now: Filled, then: Filled) -> Fate:
    fields = {one.key: one for one in (*now.section.fields, *then.section.fields)}
    beside = [one.field for one in then.earlier if one not in now.earlier]
    return Fate(
        entry,
        stays=_names(one for key, one in fields.items() if _is_alike(now, then, key)),
        beside=_names(beside),
        again=_names(
            one for key, one in fields.items() if key in then.values and key not in now.values
        ),
        is_left=not then.is_current,
    )


def _is_alike(now: Filled, then: Filled, key: str) -> bool:
    return key in now.values and now.values[key] == then.values.get(key)


def _names(fields: Iterator[TemplateField] | Sequence[TemplateField]) -> list[str]:
    return [one.names.here for one in fields]
