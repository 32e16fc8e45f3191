"""What was filled in, in words: for who reads it, and for showing what differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.enums import FieldKind
from app.screens.fields import show_date
from app.templating.template_content import TemplateField
from app.templating.typed_numbers import read

People = Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What a field asks for, and what was filled in. A table has rows, all others a text."""

    label: str
    text: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    is_earlier: bool = False
    """Whether it was filled in where the template has no such field any more."""

    @property
    def in_one(self) -> str:
        """All of it as text: a table as one line a row."""
        lines = ("; ".join(row) for row in self.rows)
        return self.text or "\n".join(lines)


def answer(field: TemplateField, value: Any, people: People, *, is_earlier: bool = False) -> Answer:
    """What was filled in, as users read it. ``people`` are names of those in the plan."""
    label = field.names.here
    if field.kind is not FieldKind.TABLE:
        return Answer(label, in_words(field, value, people), is_earlier=is_earlier)
    columns = tuple(one.names.here for one in field.columns)
    rows = tuple(
        tuple(_cell(one.kind, row.get(one.key, "")) for one in field.columns) for row in value or ()
    )
    return Answer(label, "", columns, rows, is_earlier)


def in_words(field: TemplateField, value: Any, people: People) -> str:
    """A value that is no table; empty for none."""
    if value in (None, ""):
        return ""
    match field.kind:
        case FieldKind.CHOICE:
            found = (one.names.here for one in field.choices if one.key == value)
            return next(found, str(value))
        case FieldKind.PERSON:
            return people.get(value.get("who", ""), "") or value.get("name", "")
        case FieldKind.DATE | FieldKind.NUMBER:
            return _cell(field.kind, value)
    return str(value)


def _cell(kind: str, value: str) -> str:
    if not value:
        return ""
    if kind == FieldKind.DATE:
        return show_date(date.fromisoformat(value))
    return read(value) if kind == FieldKind.NUMBER else value
