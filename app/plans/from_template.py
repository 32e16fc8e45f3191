"""What a plan gets from its template when it is started, and what the template offers later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from app.clock import day_of
from app.db import db
from app.enums import EntryKind, EntryStatus, PlanKind, Section
from app.errors import DomainError
from app.models import Participant, Plan, PlanEntry, StandardRole
from app.plans import content
from app.plans.entry_facts import EntryFacts
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action
from app.set_up_tables import Template, TemplateVersion
from app.templating import consent_texts, versions
from app.templating.contents import content_of, parsed
from app.templating.template_content import ReadyActivity, ReadyGoal, TemplateContent


class NotInUse(DomainError):
    """The template was retired, or is one for other plans."""

    status = 422
    message = _l("This template is not in use any more. Choose another.")


@dataclass(frozen=True)
class Suggested:
    """Somebody who usually takes part in plans of the template, and does not take part yet."""

    number: int
    function: str
    role: StandardRole | None


def offered(actor: Actor, kind: PlanKind) -> Sequence[Template]:
    """The templates that a plan of this kind can be made from, in order."""
    found = scope.rows(actor, Template, Action.CHOOSE).where(
        Template.kind == kind, Template.retired_at.is_(None), Template.number.is_not(None)
    )
    return db.session.scalars(found.order_by(Template.position, Template.id)).all()


def is_any_offered(actor: Actor, kind: PlanKind | None) -> bool:
    """Whether there is a template to choose; of any kind, while none is chosen."""
    kinds = PlanKind if kind is None else (kind,)
    found = scope.rows(actor, Template, Action.CHOOSE).where(
        Template.kind.in_(kinds), Template.retired_at.is_(None), Template.number.is_not(None)
    )
    return db.session.scalar(found.with_only_columns(Template.id).limit(1)) is not None


def content_in_use(template: Template) -> TemplateContent:
    """What plans that are made from a template get."""
    return parsed(versions.published(template))


def version_in_use(actor: Actor, kind: PlanKind, template_id: str) -> TemplateVersion:
    """The published version of a template, to make a plan of this kind from.

    Raises:
        NotInUse
    """
    found = next((one for one in offered(actor, kind) if one.id == template_id), None)
    version: TemplateVersion | None = versions.published(found) if found is not None else None
    if found is None or version is None:
        raise NotInUse(field="template_id")
    policy.require(actor, Action.CHOOSE, found)
    return version


def begin(actor: Actor, plan: Plan, version: TemplateVersion, *, at: datetime) -> None:
    """Let a plan that was just started have what a version of a template gives."""
    plan.template_version_id = version.id
    consent_texts.ensure(version, at=at)
    asked = parsed(version)
    if asked.review_weeks is not None:
        plan.next_evaluation_on = day_of(at) + timedelta(weeks=asked.review_weeks)
    db.session.flush()
    parts = content.offered(plan)
    if Section.GOALS in parts:
        for goal in asked.goals:
            _add_goal(actor, plan, goal, at, with_activities=Section.ACTIVITIES in parts)


def _add_goal(
    actor: Actor, plan: Plan, goal: ReadyGoal, at: datetime, *, with_activities: bool
) -> None:
    facts = EntryFacts(goal.names.here, goal.texts.here, status=EntryStatus.PLANNED)
    entry = content.add(actor, plan, EntryKind.GOAL, facts, at=at)
    for one in goal.activities if with_activities else ():
        content.add(actor, plan, EntryKind.ACTIVITY, _activity(one), parent=entry, at=at)


def _activity(ready: ReadyActivity) -> EntryFacts:
    details = {"scope": ready.scopes.here} if ready.scopes.nb else {}
    return EntryFacts(
        ready.names.here, ready.texts.here, details=details, status=EntryStatus.PLANNED
    )


def begun(plan: Plan, kind: EntryKind, entry: PlanEntry | None) -> EntryFacts | None:
    """What the form for something new begins with: the template's agenda, for a meeting."""
    asked = content_of(plan.template_version_id)
    if kind is not EntryKind.MEETING or entry is not None or asked is None:
        return None
    return EntryFacts(details={"agenda": asked.agenda.here})


def suggested(
    plan: Plan, roles: Sequence[StandardRole], standing: Sequence[Participant]
) -> list[Suggested]:
    """Who usually takes part and does not yet, with those of the roles that may be given.

    Somebody takes part in a function when a participant is called the same, or has its role.
    """
    asked: TemplateContent | None = content_of(plan.template_version_id)
    by_key = {one.key: one for one in roles}
    there = {one.function.casefold() for one in standing}
    given = {one.standard_role_id for one in standing}
    found = [
        Suggested(number, one.functions.here, by_key.get(one.role))
        for number, one in enumerate(asked.participants if asked is not None else ())
        if one.functions.here.casefold() not in there
    ]
    return [one for one in found if one.role is None or one.role.id not in given]
