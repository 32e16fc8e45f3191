"""The legal meter as the overview of a plan shows it: to whom, and with which ways to mend."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from app.enums import Section
from app.models import Plan
from app.plans.meter import SOURCE, Lack
from app.plans.meter_facts import meter_of
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.templating.contents import content_of

TOLD_OF = (Section.GOALS, Section.ACTIVITIES, Section.PARTICIPANTS, Section.CONSENTS)
"""The sections that the points tell something of."""


@dataclass(frozen=True)
class ShownPoint:
    """A point with what is missing; the address is None where the reader can't mend it."""

    title: Any
    is_met: bool
    missing: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class ShownMeter:
    """How many points are met; which, for those alone who read what they are about."""

    met: int
    total: int
    points: tuple[ShownPoint, ...] = ()
    source: Any = SOURCE


def meter_for(actor: Actor, plan: Plan) -> ShownMeter | None:
    """The meter as ``actor`` may see it: whole to those who steer the plan and read all of it,
    the number alone to a local administrator, nothing to others."""
    is_whole = policy.decide(actor, Action.SHOW_ACCESS, plan) and all(
        policy.decide(actor, Action.READ, plan, section=one) for one in _told_of(plan)
    )
    if not is_whole and not policy.decide(actor, Action.OPEN_IN_EMERGENCY, plan):
        return None
    meter = meter_of(plan)
    if meter is None:
        return None
    points = tuple(
        ShownPoint(
            point.title,
            point.is_met,
            tuple((lack.text, _address(actor, plan, lack)) for lack in point.missing),
        )
        for point in meter.points
    )
    return ShownMeter(meter.met, meter.total, points if is_whole else ())


def _told_of(plan: Plan) -> set[Section]:
    """The sections that the points tell something of, with those where the template asks for it."""
    asked = content_of(plan.template_version_id)
    fields = asked.fields if asked is not None else ()
    return {*TOLD_OF, *(section.part for section, field in fields if field.legal_points)}


def _address(actor: Actor, plan: Plan, lack: Lack) -> str | None:
    """Where the reader mends it."""
    at = lack.at
    if at.endpoint not in current_app.view_functions:
        return None
    if not policy.decide(actor, at.action, plan, section=at.section):
        return None
    return url_for(at.endpoint, pk=plan.id, section=at.section)
