"""Consents in words: who sees what, what they do not see, until when, and how a consent ended."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.consent import ending, operations
from app.consent.queries import Covered, Reach, Standing, covered
from app.consent.terms import Choice, Offer
from app.db import db
from app.enums import ConsentMethod, Level, Section
from app.models import Consent, Participant, Plan, Unit
from app.plans.pages import type_of
from app.screens.fields import show_date
from app.screens.words import level_words, words
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
class Apart:
    """A section that takes a yes of its own: its mark in the form, and what it lets one do."""

    key: str
    line: str


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
    own_only: bool = False
    apart: tuple[Apart, ...] = ()
    alone: str = ""


def of_offers(plan: Plan, offered: Iterable[Offer], choice: Choice | None = None) -> list[Seen]:
    """What each participant is to see, and what not; with a choice what was chosen of it.

    What is asked by itself stands apart, until it is chosen.
    """
    return [_of_offer(plan, offer, choice) for offer in offered]


def _of_offer(plan: Plan, offer: Offer, choice: Choice | None) -> Seen:
    one = offer.participant
    levels = offer.chosen(()) if choice is None else choice.shared[one.id]
    apart = offer.apart if choice is None else ()
    shown = [section for section in sections_of(plan) if section not in apart]
    return replace(
        _of(one, levels, shown, ends=offer.ends),
        service=service_of(plan, one),
        until=show_date(one.last_day),
        code=offer.code,
        own_only=offer.own_only and Section.ACTIVITIES in levels,
        apart=tuple(
            Apart(f"{one.id}:{section}", *in_lines({section: level}, _days(offer.ends)))
            for section, level in offer.levels.items()
            if section in apart
        ),
        alone=names(section for section in Section if section in offer.alone),
    )


def _days(ends: dict[Section, date]) -> dict[Section, str]:
    return {section: show_date(day) for section, day in ends.items()}


def of_seen(plan: Plan, reaches: Iterable[Reach]) -> list[Seen]:
    """What each participant sees now, without those who see nothing."""
    sections = sections_of(plan)
    return [_of(one.offer.participant, one.seen, sections) for one in reaches if one.seen]


def of_missing(plan: Plan, reaches: Iterable[Reach]) -> list[Seen]:
    """What is granted to each participant and not consented to, where there is anything."""
    return [_of(one.offer.participant, one.missing, ()) for one in reaches if one.missing]


def of_covered(plan: Plan, consents: Iterable[Consent]) -> list[Seen]:
    """What consents cover, for participants and services, also for those who have left."""
    return of_covers(plan, [one for consent in consents for one in covered(consent)])


def of_covers(plan: Plan, covers: Iterable[Covered]) -> list[Seen]:
    """The same, of what is covered."""
    sections, by_id = sections_of(plan), {one.id: one for one in plan.participants}
    return [
        _of(by_id[one.participant_id], one.levels, sections)
        if one.participant_id is not None
        else Seen(
            str(one.unit_id),
            service_name(plan, one.unit_id),
            levels=tuple(in_lines(one.levels)),
            hidden=names(section for section in sections if section not in one.levels),
            is_service=True,
        )
        for one in covers
    ]


def _of(
    participant: Participant,
    levels: Levels,
    sections: Iterable[Section],
    *,
    ends: dict[Section, date] | None = None,
) -> Seen:
    last_days = _days(ends or {})
    return Seen(
        key=participant.id,
        name=participant.person.full_name,
        function=participant.function,
        levels=tuple(in_lines(levels, last_days)),
        hidden=names(section for section in sections if section not in levels),
    )


def sections_of(plan: Plan) -> list[Section]:
    """The sections that the plan's kind has."""
    return [Section(one) for one in type_of(plan).sections]


def in_lines(levels: Levels, ends: dict[Section, str] | None = None) -> Iterable[str]:
    """A line for each level that is given, with its sections: "Read: About me, Goals"."""
    ends = ends or {}
    by_words: dict[str, list[str]] = {}
    for level in Level:
        for section in (one for one, given in levels.items() if given is level):
            called = str(level_words(section, level))
            by_words.setdefault(called, []).append(_section(section, ends.get(section)))
    yield from (f"{called}: {', '.join(said)}" for called, said in by_words.items())


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


def _told(told: ending.ToldWithdrawal) -> str:
    said = {"day": show_date(told.told_on), "note": told.note}
    if told.method is ConsentMethod.ORAL:
        return _("Withdrawn orally on %(day)s, registered by the coordinator: %(note)s", **said)
    return _("Withdrawn in writing on %(day)s, registered by the coordinator: %(note)s", **said)


def standing(status: Any) -> str:
    """How it is with somebody's consent: "Waits for Per Hansen"."""
    return str(STANDINGS[status.standing]) % {"name": status.giver.full_name}


def ended(consent: Consent, on: date) -> str:
    """How a consent ended; empty while it holds."""
    if consent.withdrawn_at is not None:
        reason = consent.withdrawn_reason or ""
        told = ending.told_in(reason)
        return str(REASONS.get(reason, reason)) if told is None else _told(told)
    return "" if consent.is_active(on) else _("Has run out")
