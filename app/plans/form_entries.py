"""Forms of the template in a plan: what is filled in, the form to fill in, and both in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from app.enums import EntryKind, Section
from app.models import Plan, PlanEntry
from app.plans import content_queries, plan_template
from app.plans.entry_facts import EntryFacts
from app.plans.entry_forms import EntryForm
from app.plans.filled import Filled, arranged
from app.plans.pages import coordinator_word
from app.screens.listing import is_id
from app.templating.answers import Answer, answer
from app.templating.contents import content_of
from app.templating.generated_forms import FIELD, GeneratedForm, as_values, filled, form_class
from app.templating.template_content import TemplateSection

People = Mapping[str, str]


@dataclass(frozen=True)
class FormHere:
    """A form on the page of its part: the entry, if it is filled in, and what it says."""

    section: TemplateSection
    entry: PlanEntry | None
    answers: Sequence[Answer]
    is_current: bool = True


class FilledForm(EntryForm):
    """The form of a section of the template; ``filling_in`` makes one for what is filled in."""

    kind = EntryKind.FORM
    about: ClassVar[Filled]
    version_id: ClassVar[str | None]
    """The version of the template under which it is filled in."""

    @property
    def names(self) -> list[str]:
        """The names of the fields that hold content, in order."""
        return [name for name in self._fields if name.startswith(FIELD)]

    @property
    def facts(self) -> EntryFacts:
        """What was written, of a form that is valid, and what earlier versions asked for."""
        section = self.about.section
        details = {
            "section": str(section.key),
            "names": section.names.by_language,
            "version": self.version_id,
            "values": as_values(self),
            "earlier": [one.as_json for one in self.about.earlier],
        }
        return EntryFacts(title=section.names.get("nb")[:300], details=details)

    @property
    def written(self) -> dict[str, str]:
        """What is in the fields as it was typed, for a draft; empty when nothing is."""
        return self.typed if isinstance(self, GeneratedForm) else {}

    @classmethod
    def filling(cls, facts: EntryFacts | None) -> dict[str, Any]:
        """What the form is made with, to show what is kept."""
        if facts is None:
            return {}
        found = filled_in(facts.details, cls.about.section.part, cls.about.section)
        return {"data": filled(cls.about.section, dict(found.values))}


def filled_in(details: Mapping[str, Any], part: Section, now: TemplateSection | None) -> Filled:
    """What details hold, arranged by a section of the plan's version of the template."""
    then = plan_template.section_of_version(details.get("version"), details["section"])
    return arranged(now, then, part, details)


def filled_of(plan: Plan, part: Section, details: Mapping[str, Any]) -> Filled:
    """What details hold, arranged by the plan's version of the template."""
    now = plan_template.section_of_plan(plan, details["section"])
    return filled_in(details, part, now if now is not None and now.part is part else None)


def filling_in(plan: Plan, part: Section, details: Mapping[str, Any]) -> type[EntryForm]:
    """The form to fill in or change what details hold."""
    about = filled_of(plan, part, details)
    version = plan.template_version_id if about.is_current else details.get("version")
    made = form_class(about.section)
    return type("FilledInForm", (FilledForm, made), {"about": about, "version_id": version})


# --- in words ------------------------------------------------------------------------------------


def here(plan: Plan, parts: Iterable[Section], entries: Iterable[PlanEntry]) -> list[FormHere]:
    """The forms of parts of the plan, filled in or not, in the order of the template; those that
    the plan's version has no more come last."""
    kept = {(one.section, one.details["section"]): one for one in entries}
    content = content_of(plan.template_version_id)
    asked = [one for part in parts for one in (content.in_part(part) if content else ())]
    found = {place: filled_of(plan, one.section, one.details) for place, one in kept.items()}
    people = names_of(plan, found.values()) if found else {}
    shown = [_shown(one, kept, found, people) for one in asked]
    left = [place for place in kept if place not in {(one.part, one.key) for one in asked}]
    return shown + [
        FormHere(found[place].section, kept[place], answers(found[place], people), False)
        for place in left
    ]


def _shown(
    section: TemplateSection,
    kept: Mapping[tuple[Section, str], PlanEntry],
    found: Mapping[tuple[Section, str], Filled],
    people: People,
) -> FormHere:
    place = (section.part, str(section.key))
    entry = kept.get(place)
    return FormHere(section, entry, answers(found[place], people) if entry is not None else ())


def said(entry: PlanEntry) -> list[Answer]:
    """What a form that is filled in says; nothing for what is no form."""
    if entry.kind is not EntryKind.FORM:
        return []
    about = filled_of(entry.plan, entry.section, entry.details)
    return answers(about, names_of(entry.plan, [about]))


def answers(about: Filled, people: People) -> list[Answer]:
    """Every field in order with what is filled in, then what earlier versions asked for."""
    values = about.values
    shown = [answer(one, values.get(one.key), people) for one in about.section.fields]
    left = [answer(one.field, one.value, people, is_earlier=True) for one in about.earlier]
    return shown + left


def names_of(plan: Plan, found: Iterable[Filled]) -> dict[str, str]:
    """The names of those in the plan whom forms name, also when they have left it."""
    ids = {who for one in found for who in one.people if is_id(who)}
    return dict(content_queries.all_ever(plan, coordinator_word(plan), ids))


def compared_words(
    plan: Plan, part: Section, old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    """(label, text before, text after) of every field that either of two versions has."""
    before, after = filled_of(plan, part, old), filled_of(plan, part, new)
    people = names_of(plan, (before, after))
    texts, others = _by_place(before, people), _by_place(after, people)
    labels = {place: label for place, (label, _text) in (texts | others).items()}
    nothing = ("", "")
    return [
        (label, texts.get(place, nothing)[1], others.get(place, nothing)[1])
        for place, label in labels.items()
    ]


def _by_place(about: Filled, people: People) -> dict[tuple[str, int], tuple[str, str]]:
    """(label, text) by the key of the field, and which it is of those that once had the key."""
    found: dict[tuple[str, int], tuple[str, str]] = {}
    keys = [one.key for one in about.section.fields] + [one.field.key for one in about.earlier]
    current = len(about.section.fields)
    for number, (key, one) in enumerate(zip(keys, answers(about, people), strict=True)):
        which = 0 if number < current else 1 + sum(place[0] == key for place in found)
        found[key, which] = (one.label, one.in_one)
    return found
