"""The template of a plan: what it asks for, and which of its forms are filled in already."""

from sqlalchemy import select

from app.db import db
from app.enums import EntryKind, Section
from app.models import Plan, PlanEntry
from app.templating.contents import content_of
from app.templating.template_content import TemplateSection


def section_of_plan(plan: Plan, key: str) -> TemplateSection | None:
    """The section with a key in the plan's version of its template."""
    return section_of_version(plan.template_version_id, key)


def section_of_version(version_id: str | None, key: str) -> TemplateSection | None:
    """The section with a key in a version of a template."""
    content = content_of(version_id)
    return content.section(key) if content is not None else None


def open_form(plan: Plan, part: Section, key: str) -> PlanEntry | None:
    """What is filled in of a section of the template in a part of the plan, outside the bin."""
    found = select(PlanEntry).where(
        PlanEntry.plan_id == plan.id,
        PlanEntry.section == part,
        PlanEntry.kind == EntryKind.FORM,
        PlanEntry.deleted_at.is_(None),
    )
    return next((one for one in db.session.scalars(found) if one.details["section"] == key), None)
