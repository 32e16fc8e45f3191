"""The checklist of a template: what must be right before it is published, and what is advised.

Pure over the content and what surrounds it; ``template_queries`` gathers that. Each thing that is
missing has the address of the piece where it is mended.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.enums import FieldKind, PlanKind, Section
from app.screens.words import words
from app.templating import legal_points
from app.templating.template_content import TemplateContent, TemplateField
from app.templating.texts import Text

FEWEST_CHOICES = 2


@dataclass(frozen=True)
class RoleFacts:
    """A standard role in use: for which kinds of plans, and whether it gives anything."""

    kinds: Collection[str]
    has_rights: bool


@dataclass(frozen=True)
class Surroundings:
    """What a template is checked against.

    ``roles`` are the standard roles in use by key; ``offered`` the parts that plans of the kind
    have here, None where that is not known; ``before`` is the version in use.
    """

    roles: Mapping[str, RoleFacts] = field(default_factory=dict)
    offered: Collection[Section] | None = None
    needs_nynorsk: bool = True
    before: TemplateContent | None = None


@dataclass(frozen=True)
class Lack:
    """Something that is missing, in words, and the address of the piece where it is mended."""

    text: str
    at: str = ""


@dataclass(frozen=True)
class Check:
    """One line of the checklist; met when nothing is missing."""

    title: Any
    is_needed: bool
    lacks: tuple[Lack, ...]

    @property
    def is_met(self) -> bool:
        """Whether all is as it should be."""
        return not self.lacks

    @property
    def blocks(self) -> bool:
        """Whether the template can't be published before this is mended."""
        return self.is_needed and bool(self.lacks)


def checklist(content: TemplateContent, around: Surroundings) -> tuple[Check, ...]:
    """Every check, those that are needed first, in the user's language."""
    needed = [
        (_l("Something is new"), _nothing_new(content, around)),
        (_l("The template and every section say what they are for"), _without_help(content)),
        (_l("Every choice has at least two answers"), _few_choices(content)),
        (_l("Sections stand in parts that these plans have"), _not_offered(content, around)),
        (_l("Suggested participants have a standard role with rights"), _roles(content, around)),
    ]
    if content.kind is PlanKind.INDIVIDUAL_PLAN:
        needed.append((_l("All nine points of the law are asked for"), _points(content, around)))
    advised = [
        (_l("Every section has something to fill in"), _empty(content)),
        (_l("Fields have a help text"), _fields_without_help(content)),
        (_l("No two things beside each other are called the same"), _same_names(content)),
        (_l("Fields are of the kind that they were"), _other_kinds(content, around)),
    ]
    in_nynorsk = (_l("Everything is written in nynorsk, too"), _only_in_bokmal(content))
    (needed if around.needs_nynorsk else advised).append(in_nynorsk)
    return tuple(
        Check(title, is_needed, tuple(lacks))
        for is_needed, found in ((True, needed), (False, advised))
        for title, lacks in found
    )


def may_be_published(checks: Collection[Check]) -> bool:
    """Whether nothing that is needed is missing."""
    return not any(one.blocks for one in checks)


# --- what is needed ------------------------------------------------------------------------------


def _nothing_new(content: TemplateContent, around: Surroundings) -> Iterator[Lack]:
    if around.before == content:
        yield Lack(_("This is what is in use already."))


def _without_help(content: TemplateContent) -> Iterator[Lack]:
    if not content.descriptions.nb.strip():
        yield Lack(_("The template has no description."))
    for section in content.sections:
        if not section.helps.nb.strip():
            yield Lack(
                _("%(name)s has no help text.", name=section.names.in_sentence), _at(section.key)
            )


def _few_choices(content: TemplateContent) -> Iterator[Lack]:
    for section, one in content.fields:
        if one.kind is FieldKind.CHOICE and len(one.choices) < FEWEST_CHOICES:
            text = _("%(name)s has only one answer to choose.", name=one.names.in_sentence)
            yield Lack(text, _at(section.key, one.key))


def _not_offered(content: TemplateContent, around: Surroundings) -> Iterator[Lack]:
    if around.offered is None:
        return
    for section in content.sections:
        if section.part not in around.offered:
            text = _(
                "%(name)s stands in the part %(part)s, which these plans don't have here.",
                name=section.names.in_sentence,
                part=words(section.part),
            )
            yield Lack(text, _at(section.key))


def _roles(content: TemplateContent, around: Surroundings) -> Iterator[Lack]:
    for number, one in enumerate(content.participants):
        role, name = around.roles.get(one.role), one.functions.in_sentence
        if role is None:
            text = _("The standard role of %(name)s is not in use.", name=name)
        elif str(content.kind) not in role.kinds:
            text = _("The standard role of %(name)s is not for this kind of plan.", name=name)
        elif not role.has_rights:
            text = _("The standard role of %(name)s gives access to nothing.", name=name)
        else:
            continue
        yield Lack(text, f"participants/{number}")


def _points(content: TemplateContent, around: Surroundings) -> Iterator[Lack]:
    for point in legal_points.not_asked_for(content, around.offered):
        title = legal_points.TITLES[point - 1]
        text = _("Nothing asks for point %(number)s: %(title)s", number=point, title=title)
        yield Lack(text, "" if point in legal_points.BY_REVIEW else "sections")


# --- what is advised -----------------------------------------------------------------------------


def _empty(content: TemplateContent) -> Iterator[Lack]:
    for section in content.sections:
        if not section.fields:
            yield Lack(
                _("%(name)s has no fields.", name=section.names.in_sentence), _at(section.key)
            )


def _fields_without_help(content: TemplateContent) -> Iterator[Lack]:
    for section, one in content.fields:
        if not one.helps.nb.strip():
            text = _("%(name)s has no help text.", name=one.names.in_sentence)
            yield Lack(text, _at(section.key, one.key))


def _same_names(content: TemplateContent) -> Iterator[Lack]:
    for section in content.sections:
        beside = [one.names.nb for one in content.in_part(section.part)]
        if _is_twice(section.names.nb, beside):
            text = _("There are several called %(name)s.", name=section.names.in_sentence)
            yield Lack(text, _at(section.key))
    for section, one in content.fields:
        if _is_twice(one.names.nb, [other.names.nb for other in section.fields]):
            text = _("There are several called %(name)s.", name=one.names.in_sentence)
            yield Lack(text, _at(section.key, one.key))


def _other_kinds(content: TemplateContent, around: Surroundings) -> Iterator[Lack]:
    if around.before is None:
        return
    before = {(section.key, one.key): one.kind for section, one in around.before.fields}
    for section, one in content.fields:
        was = before.get((section.key, one.key), one.kind)
        if was is not one.kind:
            text = _(
                "%(name)s was %(before)s and is %(now)s. What is filled in already is kept, but"
                " shown as text.",
                name=one.names.in_sentence,
                before=words(was),
                now=words(one.kind),
            )
            yield Lack(text, _at(section.key, one.key))


def _only_in_bokmal(content: TemplateContent) -> Iterator[Lack]:
    for at, name, texts in _texts(content):
        if any(text.nb.strip() and not text.nn.strip() for text in texts):
            yield Lack(_("%(name)s is not written in nynorsk.", name=name.in_sentence), at)


def _texts(content: TemplateContent) -> Iterator[tuple[str, Text, list[Text]]]:
    """Every piece: its address, its name, and its texts."""
    own = [content.names, content.descriptions, content.agenda, content.consent_text]
    yield "", content.names, own
    for section in content.sections:
        yield _at(section.key), section.names, [section.names, section.helps]
        for one in section.fields:
            yield _at(section.key, one.key), one.names, list(_of_field(one))
    for number, goal in enumerate(content.goals):
        yield f"goals/{number}", goal.names, [goal.names, goal.texts]
        for place, activity in enumerate(goal.activities):
            texts = [activity.names, activity.texts, activity.scopes]
            yield f"goals/{number}/activities/{place}", activity.names, texts
    for number, who in enumerate(content.participants):
        yield f"participants/{number}", who.functions, [who.functions]


def _of_field(one: TemplateField) -> Iterator[Text]:
    yield from (one.names, one.helps)
    yield from (part.names for part in (*one.choices, *one.columns))


def _is_twice(name: str, names: list[str]) -> bool:
    return Counter(other.strip().casefold() for other in names)[name.strip().casefold()] > 1


def _at(section: str, one: str = "") -> str:
    return f"sections/{section}/fields/{one}" if one else f"sections/{section}"
