"""The demonstration's plans that are made from templates, and what is filled in in their forms."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demonstration.plan_texts import Theme
from app.enums import FieldKind, PlanKind, PlanState, Section
from app.set_up_tables import Template, TemplateVersion
from app.templating.contents import parsed
from app.templating.template_content import TemplateContent, TemplateSection

ONE_IN = 5
LONGEST_CELL = 300


def versions_in_use(session: Session) -> dict[PlanKind, list[TemplateVersion]]:
    """The versions in use of the templates of each kind that ask for something, in order."""
    found: dict[PlanKind, list[TemplateVersion]] = {}
    rows = session.execute(
        select(Template, TemplateVersion)
        .join(TemplateVersion, TemplateVersion.template_id == Template.id)
        .where(Template.number == TemplateVersion.number, Template.retired_at.is_(None))
        .order_by(Template.position, Template.id)
    )
    for template, version in rows:
        if parsed(version).sections:
            found.setdefault(template.kind, []).append(version)
    return found


def version_for(
    versions: dict[PlanKind, list[TemplateVersion]], kind: PlanKind, state: PlanState, number: int
) -> TemplateVersion | None:
    """The version that plan number so and so is made from: one in five is, that is no draft."""
    offered = versions.get(kind, [])
    if number % ONE_IN or state is PlanState.DRAFT or not offered:
        return None
    return offered[number // ONE_IN % len(offered)]


def fillings(content: TemplateContent, theme: Theme) -> Iterator[tuple[TemplateSection, Any]]:
    """The sections that are filled in, with what: the owner's own words, and with whom the plan
    cooperates."""
    own = next(iter(content.in_part(Section.ABOUT_ME)), None)
    if own is not None:
        yield own, dict(_own_words(own, theme))
    for section in content.in_part(Section.MAPPING):
        for field in section.fields:
            if field.kind is FieldKind.TABLE and 9 in field.legal_points and theme.cooperation:
                row = {field.columns[0].key: theme.cooperation[:LONGEST_CELL]}
                yield section, {field.key: [row]}


def _own_words(section: TemplateSection, theme: Theme) -> Iterator[tuple[str, str]]:
    asked = [one.key for one in section.fields if one.kind is FieldKind.LONG_TEXT]
    first = theme.aims[0].title if theme.aims else theme.about[0][1]
    texts = (first, theme.resources, theme.needs, theme.about[-1][1])
    return ((key, text) for key, text in zip(asked, texts, strict=False) if text)
