"""The kinds of fields that forms of a template have besides lines, texts, dates and choices.

What a field holds is kept as JSON: ``kept`` of each says how.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import gettext as _
from wtforms import Field, FieldList, Form, FormField, ValidationError
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from app.screens.fields import LineField
from app.templating.typed_numbers import parse_number, written

LONGEST_LINE = 300
MOST_ROWS = 200
RESHAPE = "row"
"""The name of buttons that add and remove rows; the form comes again with what was typed."""

INDEX = re.compile(r"-([0-9]{1,4})-")
Choices = Sequence[tuple[str, str]]


class Answered:
    """The validator of a field that must be filled in; nought is an answer."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Say that it is empty, unless something else is wrong with what was typed."""
        if not field.errors and field.data in (None, "", [], {}):
            raise StopValidation(_("This must be filled in."))


class NumberField(LineField):
    """A number, kept as decimal text."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; what was typed is kept when it can't be read."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = parse_number(text) if text else None
        if text and self.data is None:
            raise ValueError(
                _("Write a number, with a comma before decimals. For example 1250 or 12,5.")
            )

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return written(self.data) if self.data else ""


class PersonField(Field):
    """Somebody in the plan, or a name that is written. The page says who can be chosen.

    Kept as ``{"who": id}`` or ``{"name": text}``.
    """

    widget = TextInput()
    data: Any
    people: Choices = ()
    typed_name = ""
    is_double = False

    @property
    def name_of_name(self) -> str:
        """What the input for a written name is called."""
        return f"{self.name}-name"

    @property
    def who(self) -> str:
        """Who is chosen among those in the plan; empty for nobody."""
        return (self.data or {}).get("who", "") if isinstance(self.data, dict) else ""

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Take what was chosen, and the name that was written."""
        super().process(formdata, *args, **kwargs)
        if formdata is None:
            self.typed_name = (self.data or {}).get("name", "")
            return
        self.typed_name = " ".join("".join(formdata.getlist(self.name_of_name)[:1]).split())
        who = "".join(formdata.getlist(self.name)[:1])
        self.is_double = bool(who and self.typed_name)
        if who:
            self.data = {"who": who}
        else:
            self.data = {"name": self.typed_name} if self.typed_name else None

    def pre_validate(self, form: Any) -> None:
        """One of those in the plan, or who was kept before; and not two at once."""
        known = {value for value, _name in self.people} | {_who(self.object_data)}
        if self.who and self.who not in known:
            raise ValidationError(_("Choose one from the list."))
        if self.is_double:
            raise ValidationError(_("Choose somebody, or write a name; not both."))
        if len(self.typed_name) > LONGEST_LINE:
            raise ValidationError(_("This is too long."))

    def _value(self) -> str:
        return dict(self.people).get(self.who, "") or self.typed_name


def _who(kept: Any) -> str:
    return str(kept.get("who", "")) if isinstance(kept, dict) else ""


class TableField(FieldList):
    """Rows of cells. Rows are added and removed by buttons that send the form; empty ones are not
    kept."""

    added = False
    errors: Any

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        self.row_type: type[Form] = kwargs.pop("row_type")
        row = FormField(self.row_type)
        super().__init__(row, label, validators, min_entries=1, **kwargs)

    @property
    def heads(self) -> list[Any]:
        """What the columns are called."""
        return [cell.label.text for cell in self.entries[0].form]

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Take the rows, then add or remove one if that was asked for."""
        super().process(formdata, *args, **kwargs)
        asked = "".join(formdata.getlist(RESHAPE)[:1]) if formdata is not None else ""
        what, _colon, where = asked.partition(":")
        self.added = what == "add" and where == self.name
        if self.added:
            self.append_entry()
        elif what == "remove" and where.startswith(f"{self.name}-"):
            self._remove(where[len(self.name) + 1 :])

    def _remove(self, index: str) -> None:
        if index.isascii() and index.isdigit() and int(index) < len(self.entries):
            self.pop_entry(int(index))
        if not self.entries:
            self.append_entry()

    def _extract_indices(self, prefix: str, formdata: Mapping[str, Any]) -> Iterator[int]:
        """The numbers of rows sent for this very table, whose name may begin another's."""
        for name in formdata:
            if name.startswith(f"{prefix}-") and (found := INDEX.match(name, len(prefix))):
                yield int(found[1])

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Each cell by itself; what is wrong is said with its row and column."""
        super().validate(form, extra_validators)
        told: list[Any] = list(self.errors)
        said = [one for one in told if isinstance(one, str)]
        for number, row in enumerate(self.entries, start=1):
            said += [
                _(
                    "Row %(number)s, %(column)s: %(text)s",
                    number=number,
                    column=cell.label.text,
                    text=cell.errors[0],
                )
                for cell in row.form
                if cell.errors
            ]
        if len(self.entries) > MOST_ROWS:
            said.append(_("A table has room for %(count)s rows.", count=MOST_ROWS))
        self.errors = said
        return not said

    @property
    def data(self) -> list[dict[str, Any]]:
        """The rows that hold something, by the names of the cells."""
        rows = [
            {name: one for name, one in row.data.items() if one not in (None, "")}
            for row in self.entries
        ]
        return [row for row in rows if row]

    def _value(self) -> str:
        rows = ("; ".join(cell._value() for cell in row.form) for row in self.entries)
        return "\n".join(row for row in rows if row.strip("; "))
