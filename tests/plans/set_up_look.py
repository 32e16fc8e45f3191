"""What is so in a scene of set-up and plans, to hold one moment against another."""

from dataclasses import dataclass

from sqlalchemy import select

from app.clock import today
from app.db import db
from app.enums import Section
from app.models import Participant, StandardRole
from app.plans import role_proposals
from app.security import plan_access
from app.set_up_tables import Template
from app.side_tables import BulkChange
from app.templating import standard_roles, versions
from app.templating.role_changes import Rights, rights
from tests.plans.set_up_scene import Scene


@dataclass
class Held:
    """What a participant is given by section, what of it is consented to, and by the role."""

    given: dict[Section, tuple[int, ...]]
    seen: dict[Section, int]
    capabilities: Rights | None


def access(scene: Scene) -> dict[str, Held]:
    """What every participant has now."""
    found = select(Participant).where(Participant.plan_id.in_(scene.plans))
    return {one.id: _held(one) for one in db.session.scalars(found)}


def _held(one: Participant) -> Held:
    grants = [grant for grant in one.grants if grant.ended_at is None]
    given = {
        grant.section: (grant.level.rank, not grant.own_only, -grant.starts_on.toordinal())
        for grant in grants
    }
    seen = plan_access.shared_levels(one.plan, one, today())
    return Held(given, {part: at.rank for part, at in seen.items()}, _by_role(one))


def _by_role(one: Participant) -> Rights | None:
    role = db.session.get_one(StandardRole, one.standard_role_id)
    known = {number: rights(said) for number, said in standard_roles.contents(role).items()}
    since = role_proposals.brought(one)
    return role_proposals.held(one.standard_role_number, since, known)


def published(scene: Scene) -> dict[str, str]:
    """Every published version of the templates and roles, as it says."""
    heads = [db.session.get_one(Template, one) for one in scene.templates]
    heads += [db.session.get_one(StandardRole, one) for one in scene.roles]
    rows = [row for head in heads for row in versions.newest_first(head)]
    return {row.id: repr(row.content) for row in rows if row.published_at is not None}


def written(scene: Scene) -> str:
    """All that is written in templates, or can be brought back."""
    rows = [db.session.get_one(Template, one) for one in scene.templates]
    said = [row.content for one in rows for row in versions.newest_first(one)]
    said += [versions.draft(one).content for one in rows if versions.draft(one) is not None]
    return repr(said) + repr(list(db.session.scalars(select(BulkChange.rows))))
