"""Versions of standard roles in words: "Goals: Read -> Read and write"."""

from collections.abc import Collection
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.enums import Language, Level, PlanKind, Section
from app.screens.words import words
from app.security.plan_rights import MOST_GIVEN
from app.templating.role_changes import Difference, Facet

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


def locked(section: Section, *, is_offered: bool) -> str:
    """Why a standard role can't be given a level in a part of the plan; empty where it can."""
    if MOST_GIVEN[section] is Level.NONE:
        return _("Never given to participants: the owner and the coordinator read the logs.")
    if not is_offered:
        return _("None of the kinds of plans chosen for this role has this part here.")
    return ""
