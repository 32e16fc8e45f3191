"""Forms made of a section of a template: what it asks for, in order, in the user's language.

A field is called ``f_`` and its key, so that no key can take the name of something else in a form.
Nothing in a template is evaluated: its texts are labels, help and choices, and nothing more.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from flask import request
from flask_wtf import FlaskForm
from wtforms import Form, SelectChoice

from app.enums import FieldKind
from app.screens.fields import LineField, ListedField, LongTextField, NorwegianDateField, at_most
from app.templating.generated_fields import (
    LONGEST_LINE,
    RESHAPE,
    Answered,
    Choices,
    NumberField,
    PersonField,
    TableField,
)
from app.templating.template_content import Column, TemplateField, TemplateSection
from app.templating.texts import Text

FIELD, CELL = "f_", "c_"
LONGEST_TEXT = 20_000
KEPT_FORMS = 256
NUMBER = re.compile(r"-[0-9]+-")
"""The number of a row in the name of a cell."""


class GeneratedForm(FlaskForm):
    """Base of the forms that are made of a section."""

    section: ClassVar[TemplateSection]

    def offer(self, people: Choices) -> None:
        """Say who can be chosen where somebody is asked for: (value, name)."""
        for field in self:
            if isinstance(field, PersonField):
                field.people = people

    @property
    def is_unready(self) -> bool:
        """Whether nothing is to be saved yet: a row was added or removed, or something was typed
        in a field that is gone."""
        return RESHAPE in request.form or bool(self.without_field(self.typed))

    @property
    def typed(self) -> dict[str, str]:
        """What was sent for forms of templates, as it was typed, also in fields that are gone."""
        sent = request.form.items() if request.method == "POST" else ()
        return {name: text for name, text in sent if name.startswith(FIELD) and text.strip()}

    def without_field(self, typed: Mapping[str, str]) -> list[str]:
        """What was typed in fields that this form does not have."""
        here = {NUMBER.sub("-", name) for name in self._inputs()}
        return [
            text
            for name, text in typed.items()
            if name.startswith(FIELD) and NUMBER.sub("-", name) not in here
        ]

    def _inputs(self) -> Iterator[str]:
        """The names of all that can be typed in."""
        for field in self:
            yield field.name
            if isinstance(field, PersonField):
                yield field.name_of_name
            if isinstance(field, TableField):
                yield from (cell.name for cell in field.entries[0].form)


@lru_cache(maxsize=KEPT_FORMS)
def form_class(section: TemplateSection) -> type[GeneratedForm]:
    """The form of a section. A published section never changes, so its class is made once."""
    fields = {FIELD + one.key: _field(one) for one in section.fields}
    return type("SectionForm", (GeneratedForm,), {"section": section, **fields})


def as_values(form: Any) -> dict[str, Any]:
    """What was filled in, by the keys of the fields, as JSON; what is empty is left out.

    Dates are ISO dates, numbers decimal text, choices keys, tables lists of rows.
    """
    found = {one.key: _kept(one, form[FIELD + one.key].data) for one in form.section.fields}
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def filled(section: TemplateSection, values: dict[str, Any]) -> dict[str, Any]:
    """The ``data`` of a form with what was filled in before."""
    return {
        FIELD + one.key: _typed(one, values[one.key]) for one in section.fields if one.key in values
    }


class InOwnLanguage:
    """A text of a template, in the language of who looks when they look.

    Unlike a lazy translation it does not pass for markup: whoever set up the template wrote it.
    """

    def __init__(self, text: Text) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text.here


def _field(field: TemplateField) -> Any:
    """The unbound field."""
    validators: list[Any] = [Answered()] if field.is_required else []
    more: dict[str, Any] = {
        "label": InOwnLanguage(field.names),
        "description": InOwnLanguage(field.helps) if field.helps.nb else "",
    }
    match field.kind:
        case FieldKind.SHORT_TEXT:
            return LineField(validators=[*validators, at_most(LONGEST_LINE)], **more)
        case FieldKind.LONG_TEXT:
            return LongTextField(validators=[*validators, at_most(LONGEST_TEXT)], rows=5, **more)
        case FieldKind.CHOICE:
            return ListedField(validators=validators, choices=_choices(field), default="", **more)
        case FieldKind.DATE:
            return NorwegianDateField(validators=validators, **more)
        case FieldKind.NUMBER:
            return NumberField(validators=validators, **more)
        case FieldKind.PERSON:
            return PersonField(validators=validators, **more)
        case FieldKind.TABLE:
            return TableField(validators=validators, row_type=_row(field.columns), **more)


def _choices(field: TemplateField) -> Any:
    return lambda: [
        SelectChoice("", ""),
        *(SelectChoice(one.key, one.names.here) for one in field.choices),
    ]


def _row(columns: tuple[Column, ...]) -> type[Form]:
    """The form of a row of a table."""
    return type("RowForm", (Form,), {CELL + one.key: _cell(one) for one in columns})


def _cell(column: Column) -> Any:
    label = InOwnLanguage(column.names)
    if column.kind == "date":
        return NorwegianDateField(label, hints=False)
    if column.kind == "number":
        return NumberField(label)
    return LineField(label, [at_most(LONGEST_LINE)])


def _kept(field: TemplateField, value: Any) -> Any:
    if field.kind is FieldKind.TABLE:
        return [
            {name.removeprefix(CELL): _plain(cell) for name, cell in row.items()} for row in value
        ]
    return _plain(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(field: TemplateField, value: Any) -> Any:
    if field.kind is FieldKind.DATE:
        return date.fromisoformat(value)
    if field.kind is not FieldKind.TABLE:
        return value
    days = {one.key for one in field.columns if one.kind == "date"}
    return [
        {CELL + key: date.fromisoformat(one) if key in days else one for key, one in row.items()}
        for row in value
    ]
