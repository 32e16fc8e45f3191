"""Two versions of a template side by side, in words.

Pure. Sections, fields, answers and columns are known again by their keys, so that one with a new
name is told from one that is taken away and another that is added. Ready goals and suggested
participants have no keys and are known by their names.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.enums import FieldKind
from app.screens.words import words
from app.templating.legal_points import TITLES
from app.templating.template_content import (
    Keyed,
    ReadyGoal,
    TemplateContent,
    TemplateField,
    TemplateSection,
)
from app.templating.texts import Text, isolated

Found = Iterator["Change"]


@dataclass(frozen=True)
class Change:
    """A difference: of what, what is different, and how it was and is where that says more."""

    where: str
    what: str
    before: str = ""
    now: str = ""


def differences(old: TemplateContent, new: TemplateContent) -> tuple[Change, ...]:
    """What is different in ``new``, in the order of the template, in the user's language."""
    return (
        *_of_template(old, new),
        *_of_listed(old.sections, new.sections, _("Section"), _of_section),
        *_of_goals(old, new),
        *_of_participants(old, new),
    )


def _of_template(old: TemplateContent, new: TemplateContent) -> Found:
    where = _("The template")
    yield from _of_texts(where, _("Name"), old.names, new.names)
    yield from _of_texts(where, _("Description"), old.descriptions, new.descriptions)
    yield from _of_texts(where, _("Agenda of meetings"), old.agenda, new.agenda)
    yield from _of_texts(where, _("Consent text"), old.consent_text, new.consent_text)
    if old.review_weeks != new.review_weeks:
        yield Change(where, _("Weeks between evaluations"), _said(old), _said(new))


def _said(content: TemplateContent) -> str:
    return str(content.review_weeks) if content.review_weeks is not None else _("None")


def _of_texts(where: str, what: str, old: Text, new: Text) -> Found:
    for code, language in (("nb", _("bokmål")), ("nn", _("nynorsk")), ("en", _("English"))):
        before, now = getattr(old, code), getattr(new, code)
        if before != now:
            yield Change(where, f"{what} ({language})", before or "–", now or "–")


def _of_listed(
    old: tuple[Any, ...],
    new: tuple[Any, ...],
    where: str,
    within: Callable[[str, Any, Any], Found],
) -> Found:
    """What is taken away, added, renamed and moved in a list of what has keys."""
    before, now = ({one.key: one for one in listed} for listed in (old, new))
    for key, one in before.items():
        if key not in now:
            yield Change(_named(where, one), _("is taken away"))
    for key, one in now.items():
        if key not in before:
            yield Change(_named(where, one), _("is added"))
            continue
        title = _named(where, before[key])
        yield from _of_texts(title, _("Name"), before[key].names, one.names)
        yield from within(title, before[key], one)
    if [key for key in before if key in now] != [key for key in now if key in before]:
        names = [" – ".join(one.names.in_sentence for one in listed) for listed in (old, new)]
        yield Change(where, _("The order"), *names)


def _named(where: str, one: Keyed) -> str:
    return _("%(kind)s «%(name)s»", kind=where, name=one.names.in_sentence)


def _of_section(where: str, old: TemplateSection, new: TemplateSection) -> Found:
    yield from _of_texts(where, _("Help"), old.helps, new.helps)
    if old.part is not new.part:
        yield Change(where, _("Part of the plan"), words(old.part), words(new.part))
    inside = _("%(where)s, field", where=where)
    yield from _of_listed(old.fields, new.fields, inside, _of_field)


def _of_field(where: str, old: TemplateField, new: TemplateField) -> Found:
    yield from _of_texts(where, _("Help"), old.helps, new.helps)
    if old.kind is not new.kind:
        yield Change(where, _("Kind of field"), words(old.kind), words(new.kind))
    if old.is_required != new.is_required:
        says = {True: _("Must be filled in"), False: _("May be left empty")}
        yield Change(where, _("Required"), says[old.is_required], says[new.is_required])
    if set(old.legal_points) != set(new.legal_points):
        yield Change(where, _("Points of the law"), _points(old), _points(new))
    answer = _("%(where)s, answer", where=where)
    yield from _of_listed(old.choices, new.choices, answer, _nothing_within)
    column = _("%(where)s, column", where=where)
    yield from _of_listed(old.columns, new.columns, column, _of_column)


def _of_column(where: str, old: Any, new: Any) -> Found:
    if old.kind != new.kind:
        kinds = (words(FieldKind(one.kind)) for one in (old, new))
        yield Change(where, _("Kind of field"), *kinds)


def _nothing_within(_where: str, _old: Any, _new: Any) -> Found:
    return iter(())


def _points(one: TemplateField) -> str:
    return "; ".join(str(TITLES[point - 1]) for point in sorted(one.legal_points)) or _("None")


def _of_goals(old: TemplateContent, new: TemplateContent) -> Found:
    before, now = ({one.names.nb: one for one in content.goals} for content in (old, new))
    yield from _of_names(before, now, _("Ready goal"))
    for name, goal in now.items():
        if name in before and before[name] != goal:
            yield from _of_goal(before[name], goal)


def _of_goal(old: ReadyGoal, new: ReadyGoal) -> Found:
    where = _("Ready goal «%(name)s»", name=old.names.in_sentence)
    yield from _of_texts(where, _("Name"), old.names, new.names)
    yield from _of_texts(where, _("Text"), old.texts, new.texts)
    before, now = ({one.names.nb: one for one in goal.activities} for goal in (old, new))
    inside = _("%(where)s, activity", where=where)
    yield from _of_names(before, now, inside)
    for name, one in now.items():
        was = before.get(name, one)
        title = f"{inside} «{was.names.in_sentence}»"
        yield from _of_texts(title, _("Name"), was.names, one.names)
        yield from _of_texts(title, _("Text"), was.texts, one.texts)
        yield from _of_texts(title, _("How much"), was.scopes, one.scopes)


def _of_participants(old: TemplateContent, new: TemplateContent) -> Found:
    before, now = (
        {one.functions.nb: one for one in content.participants} for content in (old, new)
    )
    yield from _of_names(before, now, _("Suggested participant"))
    for name, one in now.items():
        was = before.get(name, one)
        where = _("Suggested participant «%(name)s»", name=was.functions.in_sentence)
        yield from _of_texts(where, _("Function"), was.functions, one.functions)
        if was.role != one.role:
            yield Change(where, _("Standard role"), was.role, one.role)


def _of_names(before: dict[str, Any], now: dict[str, Any], where: str) -> Found:
    """What is taken away, added and moved in a list of what is known by its name."""
    for name in before:
        if name not in now:
            yield Change(f"{where} «{isolated(name)}»", _("is taken away"))
    for name in now:
        if name not in before:
            yield Change(f"{where} «{isolated(name)}»", _("is added"))
    if [name for name in before if name in now] != [name for name in now if name in before]:
        yield Change(where, _("The order"), " – ".join(before), " – ".join(now))
