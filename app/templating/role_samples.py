"""A made-up plan as somebody with a standard role would see it: headings, and nothing real."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.db import db
from app.enums import Capability, Level, PlanKind, Section
from app.security import scope
from app.security.actor import Actor
from app.security.plan_rights import BY_CAPABILITY, MOST_BY_CAPABILITY
from app.set_up_tables import Template
from app.templating import templates, versions
from app.templating.role_content import RoleContent
from app.templating.template_content import TemplateContent, TemplateSection


@dataclass(frozen=True)
class SamplePart:
    """One part of the plan: how far the role reaches in it, and what stands there to fill in."""

    section: Section
    level: Level
    own_only: bool = False
    forms: tuple[TemplateSection, ...] = ()
    titles: tuple[str, ...] = ()

    @property
    def may_write(self) -> bool:
        """Whether what stands there is filled in, and not only read."""
        return self.level.rank >= Level.WRITE.rank


def opened(content: RoleContent) -> dict[Section, Level]:
    """What a version opens, by its levels and by what it lets one do besides."""
    named = [BY_CAPABILITY[one] for one in content.capabilities if one in BY_CAPABILITY]
    levels = {one: MOST_BY_CAPABILITY[one] for one in named}
    return {
        one: max(content.level(one), levels.get(one, Level.NONE), key=lambda level: level.rank)
        for one in Section
    }


def parts(
    content: RoleContent, held: Iterable[Section], template: TemplateContent | None
) -> list[SamplePart]:
    """Each part that the plan holds, in order, the ones that stay hidden too."""
    levels, has = opened(content), frozenset(held)
    return [_part(content, one, levels[one], template) for one in Section if one in has]


def _part(
    content: RoleContent, section: Section, level: Level, template: TemplateContent | None
) -> SamplePart:
    if level is Level.NONE or template is None:
        return SamplePart(section, level)
    own_only = (
        section is Section.ACTIVITIES and Capability.OWN_ACTIVITIES_ONLY in content.capabilities
    )
    titles = () if own_only else _titles(section, template)
    return SamplePart(section, level, own_only, tuple(template.in_part(section)), titles)


def _titles(section: Section, template: TemplateContent) -> tuple[str, ...]:
    """The ready goals and activities that a plan of this template begins with."""
    if section is Section.GOALS:
        return tuple(one.names.here for one in template.goals)
    if section is Section.ACTIVITIES:
        return tuple(one.names.here for goal in template.goals for one in goal.activities)
    return ()


def template_for(actor: Actor, kind: PlanKind) -> TemplateContent | None:
    """What the first template in use for a kind of plan says; None where there is none."""
    found = scope.rows(actor, Template).where(
        Template.kind == kind, Template.retired_at.is_(None), Template.number > 0
    )
    row = db.session.scalar(found.order_by(Template.position, Template.id).limit(1))
    return None if row is None else templates.read(versions.published(row))
