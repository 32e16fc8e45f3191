"""What is filled in of a form, whatever has become of its fields since. Pure.

A form entry keeps in its details the key of its section, the values by the keys of the fields, the
version of the template under which they were filled in, and what was filled in under earlier
versions and has no field any more. Nothing is changed when a plan moves to another version: what
was filled in finds its place among the fields that there are, and what finds none is kept beside.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.enums import FieldKind, Section
from app.templating.generated_fields import LONGEST_LINE
from app.templating.generated_forms import LONGEST_TEXT
from app.templating.template_content import TemplateField, TemplateSection
from app.templating.texts import Text
from app.templating.typed_numbers import is_kept_number

TEXTS = frozenset({FieldKind.SHORT_TEXT, FieldKind.LONG_TEXT})


@dataclass(frozen=True)
class Earlier:
    """What was filled in, and the field that it was filled in in."""

    field: TemplateField
    value: Any

    @property
    def as_json(self) -> dict[str, Any]:
        """As the details of an entry keep it."""
        field = self.field.model_dump(mode="json", exclude_defaults=True)
        return {"field": field, "value": self.value}


@dataclass(frozen=True)
class Filled:
    """What is filled in of a section, and what was under earlier versions and has no field now.

    ``is_current`` says whether the plan's version of the template has the section.
    """

    section: TemplateSection
    values: Mapping[str, Any]
    earlier: tuple[Earlier, ...]
    is_current: bool = True

    @property
    def people(self) -> set[str]:
        """Those in the plan who are named in it."""
        named = [*self.values.values(), *(one.value for one in self.earlier)]
        return {one["who"] for one in named if isinstance(one, dict) and one.get("who")}


def arranged(
    now: TemplateSection | None,
    then: TemplateSection | None,
    part: Section,
    details: Mapping[str, Any],
) -> Filled:
    """What details hold, by the section of the plan's version; by that under which they were
    filled in where the plan's has it no more, and by none where neither is known."""
    section = now or then or unknown_section(part, details)
    fields = {one.key: one for one in section.fields}
    before = {one.key: one for one in (then or section).fields}
    values: dict[str, Any] = {}
    earlier: list[Earlier] = []
    for key, value in details.get("values", {}).items():
        was = before.get(key)
        if was is None or not fits(was, value):
            was = unknown_field(key, value)
        found = carried(fields.get(key), was, value)
        if found is not None:
            values[key] = found
        if found != value:
            earlier.append(Earlier(was, value))
    for one in kept_earlier(details):
        key = one.field.key
        if key not in values and carried(fields.get(key), one.field, one.value) == one.value:
            values[key] = one.value
        elif one not in earlier:
            earlier.append(one)
    return Filled(section, values, tuple(earlier), now is not None)


def kept_earlier(details: Mapping[str, Any]) -> Iterator[Earlier]:
    """What details hold from earlier versions."""
    for one in details.get("earlier", ()):
        yield Earlier(TemplateField.model_validate(one["field"]), one["value"])


def carried(here: TemplateField | None, was: TemplateField, value: Any) -> Any:
    """What of a value finds its place in a field of another version; None for nothing.

    It is all of it unless it differs from ``value``.
    """
    if here is None or not (here.kind is was.kind or {here.kind, was.kind} <= TEXTS):
        return None
    if here.kind is not FieldKind.TABLE:
        return value if fits(here, value) else None
    kinds = {one.key: one.kind for one in here.columns}
    rows = [
        {key: cell for key, cell in row.items() if key in kinds and _cell_fits(kinds[key], cell)}
        for row in value
    ]
    return [row for row in rows if row] or None


def fits(field: TemplateField, value: Any) -> bool:
    """Whether a value is one that the field can hold."""
    match field.kind:
        case FieldKind.TABLE:
            kinds = {one.key: one.kind for one in field.columns}
            return isinstance(value, list) and all(
                key in kinds and _cell_fits(kinds[key], cell)
                for row in value
                for key, cell in row.items()
            )
        case FieldKind.PERSON:
            return isinstance(value, dict)
        case FieldKind.CHOICE:
            return value in {one.key for one in field.choices}
        case FieldKind.LONG_TEXT:
            return isinstance(value, str) and len(value) <= LONGEST_TEXT
    return _cell_fits(field.kind, value)


def _cell_fits(kind: str, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if kind == FieldKind.DATE:
        return _is_day(value)
    if kind == FieldKind.NUMBER:
        return is_kept_number(value)
    return len(value) <= LONGEST_LINE and "\n" not in value


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def unknown_field(key: str, value: Any) -> TemplateField:
    """A field for a value whose own field is not known."""
    names = Text(nb=key)
    if isinstance(value, list):
        keys = dict.fromkeys(name for row in value for name in row)
        columns = [{"key": name, "names": {"nb": name}} for name in keys]
        return TemplateField.model_validate(
            {"key": key, "names": names, "kind": FieldKind.TABLE, "columns": columns}
        )
    kind = FieldKind.PERSON if isinstance(value, dict) else FieldKind.LONG_TEXT
    return TemplateField(key=key, names=names, kind=kind)


def unknown_section(part: Section, details: Mapping[str, Any]) -> TemplateSection:
    """A section without fields, for what was filled in in one that is not known."""
    key = details["section"]
    return TemplateSection(key=key, names=Text(**details.get("names", {"nb": key})), part=part)
