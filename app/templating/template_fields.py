"""Form fields that templates are edited with: a text in three languages, and rows of such texts.

They render through ``templates/templating/_editing.html``; nothing here needs JavaScript.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, ValidationError
from wtforms.widgets import TextInput

from app.enums import Language
from app.templating.texts import NO_TEXT, Text

IN = (Language.NB, Language.NN, Language.EN)
"""The languages that a template is written in; the first is needed."""

ROWS = "rows"
"""The name of buttons that add, remove and move rows; the form comes again as it was typed."""
SPARE = 2
MOST_ROWS = 60


def line(text: str) -> str:
    """A line as it was written, in any script, without line breaks and needless space."""
    return " ".join("".join(c if ord(c) > 31 else " " for c in text).split())


def paragraphs(text: str) -> str:
    """Several lines, with line breaks of one kind and no empty end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    return "".join(c for c in lines if ord(c) > 31 or c in "\n\t")


class TextsField(Field):
    """A text in bokmål, nynorsk and English, side by side."""

    widget = TextInput()
    data: Any

    def __init__(
        self, label: Any = None, *args: Any, longest: int, is_long: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(label, *args, **kwargs)
        self.longest, self.is_long = longest, is_long

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Take what was written in each language."""
        super().process(formdata, *args, **kwargs)
        if formdata is not None and any(self.part(code) in formdata for code in IN):
            tidy = paragraphs if self.is_long else line
            self.data = Text(**{code: tidy(formdata.get(self.part(code), "")) for code in IN})
        elif self.data is None:
            self.data = NO_TEXT

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Nothing is sent under the name of the field itself."""

    def part(self, code: str) -> str:
        """What the input for a language is called."""
        return f"{self.name}-{code}"

    def pre_validate(self, form: Any) -> None:
        """In bokmål where it is needed, and no longer than there is room for."""
        if self.flags.required and not self.data.nb:
            raise ValidationError(_("Write it in bokmål, at least."))
        if not self.data.nb and self.data.by_language:
            raise ValidationError(_("Write it in bokmål, too. It stands in for other languages."))
        if any(len(text) > self.longest for text in self.data.by_language.values()):
            raise ValidationError(_("This is too long."))

    def _value(self) -> str:
        return in_all_languages(self.data)


def in_all_languages(text: Text) -> str:
    """A text in every language that it is written in, for people who compare."""
    return "\n".join(f"{code}: {said}" for code, said in text.by_language.items())


@dataclass(frozen=True)
class Row:
    """An answer or a column: its key, empty for a new one, its names, and a column's kind."""

    key: str = ""
    names: Text = NO_TEXT
    kind: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written in it."""
        return not self.names.by_language


class RowsField(Field):
    """Answers or columns in order. Buttons move them; one that is emptied is taken away."""

    widget = TextInput()
    data: Any

    def __init__(
        self,
        label: Any = None,
        *args: Any,
        longest: int,
        most: int,
        kinds: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(label, *args, **kwargs)
        self.longest, self.most, self.kinds = longest, most, kinds
        self.moved = -1

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Take the rows, then do what the button that was pressed asks for."""
        super().process(formdata, *args, **kwargs)
        self.data = list(self.data or ())
        if formdata is None:
            return
        sent = list(self._sent(formdata))
        self.data = [row for _number, row in sent]
        what, _colon, where = formdata.get(ROWS, "").partition(":")
        for place, (number, _row) in enumerate(sent):
            if where == f"{self.name}:{number}":
                self._press(what, place)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Nothing is sent under the name of the field itself."""

    def _sent(self, formdata: Any) -> Iterator[tuple[int, Row]]:
        """The rows in which something is written, with the numbers that they were drawn with."""
        for number in range(MOST_ROWS + SPARE):
            prefix = f"{self.name}-{number}"
            if f"{prefix}-nb" not in formdata:
                return
            names = {code: line(formdata.get(f"{prefix}-{code}", "")) for code in IN}
            kind = formdata.get(f"{prefix}-kind", "")
            row = Row(formdata.get(f"{prefix}-key", ""), Text(**names), kind)
            if not row.is_empty:
                yield number, row if kind in self.kinds else replace(row, kind="")

    def _press(self, what: str, number: int) -> None:
        """Move or remove a row. The button that adds one needs nothing: there are spare ones."""
        row = self.data.pop(number)
        if what == "remove":
            return
        place = max(number + (-1 if what == "up" else 1), 0)
        self.data.insert(place, row)
        self.moved = min(place, len(self.data) - 1)

    @property
    def drawn(self) -> list[Row]:
        """The rows, and some to write new ones in."""
        return [*self.data, *[Row()] * min(SPARE, max(self.most - len(self.data), 0))]

    def pre_validate(self, form: Any) -> None:
        """Each in bokmål at least, and not more than there is room for."""
        if any(not row.names.nb for row in self.data):
            raise ValidationError(_("Write each in bokmål, at least."))
        if any(len(t) > self.longest for row in self.data for t in row.names.by_language.values()):
            raise ValidationError(_("This is too long."))
        if len(self.data) > self.most:
            raise ValidationError(_("There is no room for more here."))

    def _value(self) -> str:
        return "\n".join(" / ".join(row.names.by_language.values()) for row in self.data)
