"""A standard role in use, somebody who has it, and what local administrators send."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.clock import utc_now
from app.db import db
from app.enums import Level, PlanKind, Section
from app.models import Grant, Participant, StandardRole
from app.templating import heads, versions
from app.templating.role_content import RoleContent
from app.templating.texts import Text
from tests.conftest import FORM_KEY, Client
from tests.plans.scenes import look, planting, scene
from tests.world import World

VERSION = re.compile(r'name="version" value="([\d.]+)"')
GIVES = {
    Section.GOALS: Level.READ,
    Section.ACTIVITIES: Level.WRITE,
    Section.COMMENTS: Level.WRITE,
}
numbers = count(1)


@dataclass
class Standing:
    """A role in use, and a plan in which larer has just what it gives."""

    role: str
    plan: str
    participant: str


def content(name: str, levels: Mapping[Section, Level], **values: Any) -> RoleContent:
    """What a version says, for every kind of plan unless ``values`` say otherwise."""
    usual = {"kinds": tuple(PlanKind), "matrix": dict(levels)}
    return RoleContent(names=Text(nb=name, nn=name), **(usual | values))


def in_use(name: str, levels: Mapping[Section, Level] = GIVES, **values: Any) -> StandardRole:
    """A role that is in use."""
    said = content(name, levels, **values)
    role = StandardRole(position=50)
    heads.put_role(role, said)
    db.session.add(role)
    db.session.flush()
    versions.add_published(role, heads.as_json(said), at=utc_now())
    db.session.flush()
    return role


def standing(app: Flask, world: World) -> Standing:
    """A scene whose teacher has a role of their own, as it gives it."""
    plan = scene(app, world)
    with planting(app, world.strandvik):
        role = in_use(f"Rolle {next(numbers)}")
        give(plan.participant, role.id)
        return Standing(role.id, plan.plan, plan.participant)


def give(participant: str, role: str) -> None:
    """Let a participant have got a role in its first version."""
    row = db.session.get_one(Participant, participant)
    row.standard_role_id, row.standard_role_number = role, 1


def given_to(app: Flask, world: World, pk: str) -> dict[Section, Level]:
    """What a participant is given now, consented to or not."""

    def found() -> dict[Section, Level]:
        rows = select(Grant).where(Grant.participant_id == pk, Grant.ended_at.is_(None))
        return {row.section: row.level for row in db.session.scalars(rows)}

    return look(app, world, found)  # type: ignore[no-any-return]


def draft(local: Client, role: str, **levels: str) -> None:
    """Save a draft with other levels, as the form sends it."""
    path = f"/standard-role-edit/edit/{role}"
    page = local.get(path).text
    form = {
        "version": found(VERSION, page),
        "name_nb": found(re.compile(r'name="name_nb" value="([^"]+)"'), page),
        "name_nn": "Rolle på nynorsk",
        "kinds": [str(kind) for kind in PlanKind],
        "given_by": ["coordinator"],
        "months": "12",
    }
    answer = local.send(path, form | {f"level_{part}": level for part, level in levels.items()})
    assert answer.status_code == 302, answer.text


def publish(local: Client, role: str, reach: str) -> str:
    """Publish the draft as the page of review sends it; where that leads."""
    path = f"/standard-role-publishing/review/{role}"
    page = local.get(path).text
    form = {"version": found(VERSION, page), "form_key": found(FORM_KEY, page), "reach": reach}
    answer = local.send(path, form)
    assert answer.status_code == 302, answer.text
    return answer.location


def found(pattern: re.Pattern[str], page: str) -> str:
    """What a pattern holds on a page."""
    match = pattern.search(page)
    assert match, pattern
    return match.group(1)
