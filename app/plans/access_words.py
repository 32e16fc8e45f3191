"""Who sees what, said in sentences: one a person, in the language of the reader."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.clock import OSLO
from app.columns import Period
from app.consent.rights import all_must, who_may
from app.enums import AuthorityKind, Level, Section
from app.models import Participant, Plan
from app.plans.access_queries import ByRight, Cell, Insight, Seen, grouped
from app.plans.granting import Change
from app.screens.fields import show_date
from app.screens.words import level_words, words
from app.security.plan_rights import Basis

IN_SENTENCES: dict[Section, Any] = {
    Section.ABOUT_ME: _l("“About me”"),
    Section.MAPPING: _l("the mapping"),
    Section.GOALS: _l("goals"),
    Section.ACTIVITIES: _l("activities"),
    Section.COMMENTS: _l("comments"),
    Section.SUB_PLANS: _l("sub-plans"),
    Section.DOCUMENTS: _l("documents"),
    Section.MEETINGS: _l("meetings"),
    Section.CALENDAR: _l("the calendar"),
    Section.MESSAGES: _l("messages"),
    Section.PARTICIPANTS: _l("who takes part"),
    Section.CONSENTS: _l("the consents"),
    Section.PRINT_EXPORT: _l("print and export"),
    Section.EVENT_LOG: _l("what has happened"),
    Section.ACCESS_LOG: _l("who has looked"),
}
BESIDES: dict[Section, Any] = {
    Section.PRINT_EXPORT: _l("print and save a copy"),
    Section.ACCESS_LOG: _l("see who has looked"),
}
"""What is done rather than read; goes on after *can*."""


def listed(sections: Iterable[Section]) -> str:
    """Parts of the plan as they stand in a sentence."""
    return format_list([str(IN_SENTENCES[one]) for one in sections], locale=get_locale())


def deciders(plan: Plan, on: date) -> str:
    """Those whose consent is waited for: all the parents, or one of the others; empty if nobody."""
    names = [one.giver.full_name for one in who_may(plan, on)]
    if all_must(plan, on):
        return format_list(names, locale=get_locale())
    return format_list(names, style="or", locale=get_locale())


def can(seen: Seen, *, own_only: bool = False) -> str:
    """What somebody can do, level by level; goes on after *can*."""
    proposes = seen.get(Section.PARTICIPANTS) is Level.COMMENT
    seen = seen | {Section.PARTICIPANTS: Level.READ} if proposes else seen
    apart = {*BESIDES, *([Section.ACTIVITIES] if own_only else [])}
    together = [one for one in Section if one not in apart]
    said = [_at(level, listed(sections)) for level, sections in grouped(seen, together)]
    if own_only and Section.ACTIVITIES in seen:
        # By itself, so that "only own" is not read as being about what stands beside it.
        said.append(_at(seen[Section.ACTIVITIES], _("only own activities")))
    said += [str(does) for section, does in BESIDES.items() if section in seen]
    said += [_("propose who is to take part")] if proposes else []
    if len(said) < 2:
        return "".join(said)
    return _("%(first)s, and %(last)s", first=", ".join(said[:-1]), last=said[-1])


def _at(level: Level, sections: str) -> str:
    if level is Level.READ:
        return _("read %(sections)s", sections=sections)
    if level is Level.COMMENT:
        return _("read and comment on %(sections)s", sections=sections)
    if level is Level.WRITE:
        return _("read and write in %(sections)s", sections=sections)
    return _("steer %(sections)s", sections=sections)


def sentence(insight: Insight) -> str:
    """What a participant sees now."""
    participant = insight.participant
    said = {
        "name": participant.person.full_name,
        "function": participant.function,
        "does": can(insight.sees, own_only=insight.own_only),
        "day": show_date(participant.last_day),
    }
    if not insight.sees:
        return _("%(name)s, %(function)s, sees nothing now.", **said)
    if participant.last_day is None:
        return _("%(name)s, %(function)s, can %(does)s.", **said)
    return _("%(name)s, %(function)s, can %(does)s until %(day)s.", **said)


def waiting(insight: Insight) -> str:
    """What waits for consent; empty where nothing does."""
    if not insight.waits:
        return ""
    return _("Waits for consent to %(does)s.", does=can(insight.waits, own_only=insight.own_only))


def sooner(insight: Insight) -> list[str]:
    """What somebody sees for a shorter time than they take part, day by day."""
    days = sorted(set(insight.ends.values()))
    return [
        _(
            "Sees %(parts)s only until %(day)s.",
            parts=listed(one for one in insight.ends if insight.ends[one] == day),
            day=show_date(day),
        )
        for day in days
    ]


def begins(insight: Insight) -> str:
    """From when somebody takes part, while it has not begun."""
    if insight.begins_on is None:
        return ""
    return _("Takes part from %(day)s.", day=show_date(insight.begins_on))


def by_right(one: ByRight, *, reader_id: str | None, coordinator_word: str) -> str:
    """Why somebody sees the plan without being given access, and how much of it."""
    if one.person_id == reader_id and one.basis in (Basis.OWNER, Basis.OWNER_UNDER_AGE):
        return _("You see everything in the plan: it is about you.")
    said = {"name": one.name, "day": show_date(one.last_day), "word": coordinator_word}
    if one.basis is Basis.COORDINATOR:
        return _("%(name)s, %(word)s, can read and write everything.", **said)
    if one.basis is Basis.STAND_IN:
        return _(
            "%(name)s, who stands in for the %(word)s until %(day)s, can read and write"
            " everything.",
            **said,
        )
    if one.basis is Basis.EMERGENCY:
        until = one.until.astimezone(OSLO) if one.until else None
        hour = until.strftime("%H.%M") if until else ""
        return _("%(name)s can read everything until %(hour)s, in an emergency.", **said, hour=hour)
    if one.authority is None:
        return _("%(name)s, whom the plan is about, sees everything.", **said)
    return _by_authority(one, said)


def _by_authority(one: ByRight, said: dict[str, str]) -> str:
    kind = one.authority.kind if one.authority else AuthorityKind.PARENTAL_RESPONSIBILITY
    right = str(words(kind))
    said = said | {"right": right[:1].lower() + right[1:], "but": listed(one.withheld)}
    if one.basis is Basis.AUTHORITY and one.withheld:
        return _(
            "%(name)s (%(right)s) sees everything but %(but)s, and can consent and stop access.",
            **said,
        )
    if one.basis is Basis.AUTHORITY:
        return _("%(name)s (%(right)s) sees everything, and can consent and stop access.", **said)
    if one.withheld:
        return _("%(name)s (%(right)s) sees everything but %(but)s.", **said)
    return _("%(name)s (%(right)s) sees everything.", **said)


def was_in(participant: Participant) -> str:
    """Until when somebody took part."""
    last = participant.last_day
    if participant.ended_at is not None:
        last = participant.ended_at.astimezone(OSLO).date()
    return _(
        "%(name)s, %(function)s, has seen nothing since %(day)s.",
        name=participant.person.full_name,
        function=participant.function,
        day=show_date(last),
    )


# --- the matrix ----------------------------------------------------------------------------------


def beside_role(cell: Cell) -> str:
    """How what is given differs from the standard role."""
    if cell.usual is None:
        return "–"
    if cell.given is cell.usual:
        return _("As the standard role")
    usual = level_words(cell.section, cell.usual)
    if cell.given.rank > cell.usual.rank:
        return _("More than the standard role (%(level)s)", level=usual)
    return _("Less than the standard role (%(level)s)", level=usual)


def beside_consent(cell: Cell) -> str:
    """How what is given stands to what is consented to."""
    if cell.given is Level.NONE:
        return "–"
    if cell.consented.rank >= cell.given.rank:
        return _("Consented to")
    if cell.consented is Level.NONE:
        return _("Waits for consent")
    return _(
        "Consented to: %(level)s. The rest waits.", level=level_words(cell.section, cell.consented)
    )


def locked(cell: Cell) -> str:
    """Why a part of the plan can't be given."""
    if cell.section is Section.ACCESS_LOG and cell.given is not Level.NONE:
        return _("Given with the standard role.")
    if cell.section is Section.ACCESS_LOG:
        return _("Given with a standard role that lets one see who has looked, never alone.")
    if cell.section is Section.EVENT_LOG:
        return _("Never given to participants: the owner and the coordinator read the logs.")
    return _("You can't give this.")


def reach(level: Level, *, own_only: bool, section: Section = Section.ACTIVITIES) -> str:
    """A level in a part, and whether it is of own activities alone."""
    if own_only and level is not Level.NONE:
        return _("%(level)s, only own activities", level=words(level))
    return str(level_words(section, level))


def effect(change: Change) -> str:
    """When a change of level holds."""
    if change.opens_others:
        return _("Waits for consent. Until then no activities are seen.")
    if not change.is_wider:
        return _("Holds at once.")
    if change.waits:
        return _("Waits for consent.")
    return _("Is consented to already, and holds at once.")


def period(what: Period) -> str:
    """From when until when something holds."""
    first = show_date(what.starts_on)
    last: date | None = what.last_day
    if last is None:
        return _("from %(first)s", first=first)
    return _("%(first)s to %(last)s", first=first, last=show_date(last))
