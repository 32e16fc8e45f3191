"""Versions of standard roles in words: "Goals: Read -> Read and write"."""

from collections.abc import Collection
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.enums import Capability, Language, Level, PlanKind, Section
from app.screens.words import words
from app.security.plan_rights import MOST_GIVEN
from app.templating.role_changes import Difference, Facet
from app.templating.role_matrix import BY_TICK

NAMES: dict[Language, Any] = {
    Language.NB: _l("Name in bokmål"),
    Language.NN: _l("Name in nynorsk"),
    Language.EN: _l("Name in English"),
}
OTHER: dict[Facet, Any] = {
    Facet.KINDS: _l("Kinds of plans"),
    Facet.MONTHS: _l("Usual length"),
    Facet.GIVEN_BY: _l("Given by"),
}
SHORT: dict[Level, Any] = {
    Level.NONE: _l("None"),
    Level.READ: _l("Read"),
    Level.COMMENT: _l("Comment on"),
    Level.WRITE: _l("Write"),
    Level.MANAGE: _l("Manage"),
}


def label(one: Difference) -> Any:
    """What a difference is about."""
    if one.facet is Facet.NAME:
        return NAMES[one.key]
    return OTHER[one.facet] if one.key is None else words(one.key)


def value(one: Difference, said: Any) -> str:
    """What one of the versions says."""
    if one.facet is Facet.LEVEL:
        return str(words(said))
    if one.facet is Facet.CAPABILITY:
        return _("Yes") if said else _("No")
    if one.facet is Facet.MONTHS:
        return months(said)
    if one.facet is Facet.NAME:
        return said or "–"
    return listed(said)


def old(one: Difference) -> str:
    """What the older version says."""
    return value(one, one.old)


def new(one: Difference) -> str:
    """What the newer version says."""
    return value(one, one.new)


def months(count: int | None) -> str:
    """A usual length."""
    if count is None:
        return _("No end")
    return ngettext("%(num)s month", "%(num)s months", count)


def kinds(values: Collection[str]) -> str:
    """The kinds of plans that a role is for."""
    if set(values) == set(PlanKind):
        return _("All kinds")
    return listed(one for one in PlanKind if one in values)


def listed(values: Any) -> str:
    """Values of a closed vocabulary in one line."""
    said = [str(words(one)) for one in values]
    return format_list(said, locale=get_locale()) if said else "–"


def short(level: Level) -> Any:
    """A level in one word, where many stand side by side."""
    return SHORT[level]


def locked(section: Section, *, in_table: bool = False) -> str:
    """Why a standard role is given no level in a part of the plan: one that is locked."""
    if section in BY_TICK:
        tick = words(BY_TICK[section])
        if in_table:
            return _("Given by the tick “%(tick)s” on the page of each role.", tick=tick)
        return _("Given by the tick “%(tick)s” below.", tick=tick)
    if MOST_GIVEN[section] is Level.NONE:
        return _("Never given to participants: the owner and the coordinator read it.")
    if in_table:
        return _("Not in the kinds of plans of this role.")
    return _("None of the kinds of plans chosen for this role has this part here.")


def limited(section: Section) -> str:
    """Why participants are given no more than reading in a part of the plan."""
    if section is Section.PARTICIPANTS:
        tick = words(Capability.INVITE)
        return _("To propose somebody is given by the tick “%(tick)s” below.", tick=tick)
    return _("Can only be read by participants.")
