"""What a copy of a plan holds: all that its reader may read in it, part by part, and as fields.

Asked for by the same questions as the pages of the parts. Files that are kept in the plan, what
lies in the bin, drafts and earlier versions are not in it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.enums import EntryKind, FieldKind, Section
from app.models import Plan, PlanEntry
from app.plans import content_queries, entry_facts, entry_forms, form_entries, history
from app.plans.content_queries import Branch
from app.plans.entry_facts import FILE, RESPONSIBLE
from app.plans.filled import Filled
from app.plans.form_entries import FormHere
from app.plans.pages import WRITTEN, coordinator_word
from app.screens import forms
from app.screens.fields import LongTextField, NorwegianDateField, OneOfField
from app.security.actor import Actor

TOGETHER = {Section.GOALS: Section.ACTIVITIES}
"""Activities stand under their goals, for who reads both."""


@dataclass(frozen=True)
class Part:
    """A part of the plan as it is printed."""

    section: Section
    forms: Sequence[FormHere]
    branches: Sequence[Branch]


@dataclass(frozen=True)
class FilledField:
    """One field that is filled in; ``value`` is as it is kept, ``text`` as users read it."""

    part: Section
    entry_id: str
    heading: str
    key: str
    label: str
    kind: FieldKind
    value: Any
    text: str
    by: str
    at: datetime


def read_by(actor: Actor, plan: Plan) -> list[Section]:
    """The parts that a copy for the actor holds."""
    return content_queries.readable(actor, plan, WRITTEN)


def parts(actor: Actor, plan: Plan) -> Iterator[Part]:
    """All that the actor may read, in the order of the plan's pages."""
    readable = read_by(actor, plan)
    found = content_queries.entries(actor, plan, readable)
    for section in readable:
        beside = TOGETHER.get(section)
        if section in TOGETHER.values() and Section.GOALS in readable:
            continue
        here = [one for one in found if one.section in (section, beside)]
        plain = [one for one in here if one.kind is not EntryKind.FORM]
        filled = [one for one in here if one.kind is EntryKind.FORM]
        shown = [section] if beside is None else [section, beside]
        in_forms = [one for one in form_entries.here(plan, shown, filled) if one.entry]
        yield Part(section, in_forms, content_queries.tree(plain))


# --- fields --------------------------------------------------------------------------------------


def fields(actor: Actor, plan: Plan) -> Iterator[FilledField]:
    """Every field that is filled in and that the actor may read, in the order of the parts."""
    readable = read_by(actor, plan)
    found = content_queries.entries(actor, plan, readable)
    whose = history.last_authors(found)
    people = _people(plan, found)
    for section in readable:
        for entry in (one for one in found if one.section is section):
            by = whose.get(entry.id, entry.author)
            name = by.full_name if by else entry.details.get("written_by", "")
            yield from _of_entry(plan, entry, people, name)


def _people(plan: Plan, found: Iterable[PlanEntry]) -> dict[str, str]:
    """The names of all who are named in what is written, by what the fields keep."""
    ids: set[str] = set()
    for one in found:
        ids |= entry_facts.named(entry_facts.of_entry(one))
        ids |= {one.responsible_id} if one.responsible_id else set()
        if one.kind is EntryKind.FORM:
            ids |= form_entries.filled_of(plan, one.section, one.details).people
    return dict(content_queries.all_ever(plan, coordinator_word(plan), _ids(ids)))


def _ids(named: Collection[str]) -> list[str]:
    return [one for one in named if one not in (entry_facts.OWNER, entry_facts.COORDINATOR)]


def _of_entry(
    plan: Plan, entry: PlanEntry, people: Mapping[str, str], by: str
) -> Iterator[FilledField]:
    if entry.kind is EntryKind.FORM:
        about = form_entries.filled_of(plan, entry.section, entry.details)
        told = _of_form(about, people)
        heading = about.section.names.here
    else:
        told, heading = _of_fields(entry, people), entry.title
    for key, label, kind, value, text in told:
        if text:
            yield FilledField(
                entry.section,
                entry.id,
                heading,
                key,
                label,
                kind,
                value,
                text,
                by,
                entry.changed_at,
            )


Told = Iterator[tuple[str, str, FieldKind, Any, str]]
"""Key, label, kind, value and the value in words."""


def _of_form(about: Filled, people: Mapping[str, str]) -> Told:
    """The fields of the template, and then those that it does not have any more."""
    kept = [(one, about.values.get(one.key)) for one in about.section.fields]
    kept += [(one.field, one.value) for one in about.earlier]
    answers = form_entries.answers(about, people)
    for (field, value), answer in zip(kept, answers, strict=True):
        yield str(field.key), answer.label, field.kind, value, answer.in_one


def _of_fields(entry: PlanEntry, people: Mapping[str, str]) -> Told:
    """The fields of what is no form of the template."""
    facts = entry_facts.of_entry(entry)
    form = entry_forms.shown(entry_forms.FORMS[entry.kind], list(people.items()), facts)
    for name in form.names:
        field = form[name]
        value = facts.as_json.get(name, facts.details.get(name))
        label, text = str(field.label.text), forms.as_text(field)
        yield name, label, _kind(name, field), value, text
    if FILE in facts.details:
        yield FILE, _("File"), FieldKind.SHORT_TEXT, None, _("Kept in the plan")


def _kind(name: str, field: Any) -> FieldKind:
    if name == RESPONSIBLE:
        return FieldKind.PERSON
    if isinstance(field, LongTextField):
        return FieldKind.LONG_TEXT
    if isinstance(field, NorwegianDateField):
        return FieldKind.DATE
    return FieldKind.CHOICE if isinstance(field, OneOfField) else FieldKind.SHORT_TEXT
