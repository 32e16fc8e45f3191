"""Consents in words: who sees what, what they do not see, until when, and how a consent ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.consent import ending, operations
from app.consent.queries import Covered, Reach, Standing
from app.consent.terms import Offer
from app.db import db
from app.enums import Level, Section
from app.models import Consent, Participant, Plan, Unit
from app.plans.pages import type_of
from app.screens.fields import show_date
from app.screens.words import words
from app.security.plan_rights import Levels

REASONS = {
    operations.REPLACED: _l("Replaced by a newer consent"),
    ending.BY_GIVER: _l("Withdrawn by the one who gave it"),
    ending.NARROWED: _l("Withdrawn for one participant; goes on for the others"),
}
STANDINGS = {
    Standing.GIVEN: _l("Has consented"),
    Standing.WAITED_FOR: _l("Waits for %(name)s"),
    Standing.WITHDRAWN: _l("Withdrawn. Waits for %(name)s"),
    Standing.ENDED: _l("Has run out. Waits for %(name)s"),
}


@dataclass(frozen=True)
class Seen:
    """What one participant, or one service, sees, as people read it."""

    key: str
    name: str
    function: str = ""
    service: str = ""
    levels: tuple[str, ...] = ()
    hidden: str = ""
    until: str = ""
    code: str = ""
    is_service: bool = False


def of_offer(plan: Plan, offer: Offer) -> Seen:
    """What a participant is to see, and what not."""
    one = offer.participant
    ends = {section: show_date(day) for section, day in offer.ends.items()}
    return Seen(
        key=one.id,
        name=one.person.full_name,
        function=one.function,
        service=service_of(plan, one),
        levels=tuple(in_lines(offer.levels, ends)),
        hidden=names(section for section in sections_of(plan) if section not in offer.levels),
        until=show_date(one.last_day),
        code=offer.code,
    )


def of_reach(plan: Plan, reach: Reach, *, missing: bool = False) -> Seen:
    """What a participant sees now; or what is granted and not consented to."""
    one = reach.offer.participant
    levels = reach.missing if missing else reach.seen
    return Seen(
        key=one.id,
        name=one.person.full_name,
        function=one.function,
        service=service_of(plan, one),
        levels=tuple(in_lines(levels)),
        hidden=names(section for section in sections_of(plan) if section not in reach.seen),
    )


def of_covered(plan: Plan, covered: Covered) -> Seen:
    """What a consent covers for a participant or a service, also of those who have left."""
    levels = tuple(in_lines(covered.levels))
    hidden = names(section for section in sections_of(plan) if section not in covered.levels)
    if covered.participant_id is None:
        name = service_name(plan, covered.unit_id)
        return Seen(str(covered.unit_id), name, levels=levels, hidden=hidden, is_service=True)
    one = db.session.get_one(Participant, covered.participant_id)
    return Seen(one.id, one.person.full_name, one.function, levels=levels, hidden=hidden)


def sections_of(plan: Plan) -> list[Section]:
    """The sections that the plan's kind has."""
    return [Section(one) for one in type_of(plan).sections]


def in_lines(levels: Levels, ends: dict[Section, str] | None = None) -> Iterable[str]:
    """A line for each level that is given, with its sections: "Read: About me, Goals"."""
    ends = ends or {}
    for level in Level:
        found = [section for section, given in levels.items() if given is level]
        if found:
            said = ", ".join(_section(section, ends.get(section)) for section in found)
            yield f"{words(level)}: {said}"


def _section(section: Section, end: str | None) -> str:
    name = str(words(section))
    return name if end is None else _("%(section)s (until %(day)s)", section=name, day=end)


def names(sections: Iterable[Section]) -> str:
    """The sections in a row."""
    return ", ".join(str(words(section)) for section in sections)


def service_of(plan: Plan, participant: Participant) -> str:
    """What a participant's service is called; empty where there is none."""
    return "" if participant.unit_id is None else service_name(plan, participant.unit_id)


def service_name(plan: Plan, unit_id: str | None) -> str:
    """What a service is called; not named where it could place a shielded person.

    Those are the owner, and the participants who come from it.
    """
    from_it = [one.person for one in plan.participants if one.unit_id == unit_id]
    if any(person.is_shielded for person in (plan.owner, *from_it)):
        return _("the same service")
    return db.session.get_one(Unit, unit_id).name


def standing(status: Any) -> str:
    """How it is with somebody's consent: "Waits for Per Hansen"."""
    return str(STANDINGS[status.standing]) % {"name": status.giver.full_name}


def ended(consent: Consent, on: date) -> str:
    """How a consent ended; empty while it holds."""
    if consent.withdrawn_at is not None:
        reason = consent.withdrawn_reason or ""
        return str(REASONS.get(reason, reason))
    return "" if consent.is_active(on) else _("Has run out")
