"""Form fields of our own: dates as people write them, and choices found by typing.

They render through ``templates/_forms.html``; nothing here needs JavaScript.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from flask import current_app, request, url_for
from flask_appbuilder import Model
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from wtforms import Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length
from wtforms.widgets import TextInput

from app.clock import OSLO
from app.merged_ids import kept_id
from app.models import Person, Unit
from app.people.contact import (
    BadDate,
    BadEmail,
    BadPhone,
    DateProblem,
    normalise_email,
    normalise_phone,
    parse_date,
)
from app.people.names import tidy
from app.screens.choices import choosable, find, offered, visible
from app.screens.listing import is_id
from app.screens.words import options, words

KEPT = "keep"
NO_BREAK = "\N{NO-BREAK SPACE}"
_AT_HOME = re.compile(r"\+47([0-9]{8})")
NEEDED = InputRequired(_l("This must be filled in."))
OF_DATE = {
    DateProblem.NOT_A_DATE: _l("This is no date. Write day.month.year, for example 17.05.2016."),
    DateProblem.TWO_DIGIT_YEAR: _l("Write the year with four digits."),
    DateProblem.YEAR_OUT_OF_RANGE: _l("The year can't be right."),
}


def at_most(characters: int) -> Length:
    """The validator of a text that the table has room for so many characters of."""
    return Length(max=characters, message=_l("This is too long."))


class TextField(StringField):
    """A line of text, trimmed; empty text is kept as nothing."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed without needless space."""
        self.data = (tidy(valuelist[0]) or None) if valuelist else None

    def _value(self) -> str:
        return self.data or ""


class LineField(StringField):
    """A line of text as it was written, in any script, without needless space."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Line breaks and the like become a space."""
        text = valuelist[0] if valuelist else ""
        self.data = " ".join("".join(c if ord(c) > 31 else " " for c in text).split())

    def _value(self) -> str:
        return self.data or ""


class LongTextField(TextAreaField):
    """Plain text of several lines."""

    def __init__(self, *args: Any, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(*args, render_kw={"rows": rows}, **kwargs)
        self.type = "TextAreaField"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Line breaks of one kind, and no empty end."""
        text = valuelist[0] if valuelist else ""
        self.data = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()


class NorwegianDateField(Field):
    """A date typed as dd.mm.yyyy or in another way that can't be misread, with a hint of how."""

    widget = TextInput()
    data: Any

    def __init__(
        self, *args: Any, description: Any = "", hints: bool = True, **kwargs: Any
    ) -> None:
        hint = _("Day, month and year, for example 17.05.2016.") if hints else ""
        super().__init__(*args, description=f"{description} {hint}".strip(), **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the date; what was typed is kept when it can't be read."""
        text = valuelist[0].strip() if valuelist else ""
        self.typed = text
        if not text:
            self.data = None
            return
        try:
            self.data = parse_date(text)
        except BadDate as error:
            self.data = None
            raise ValueError(str(OF_DATE[error.problem])) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%d.%m.%Y") if self.data else ""


class EmailField(TextField):
    """An e-mail address."""

    def pre_validate(self, form: Any) -> None:
        """Keep the address in its normal form."""
        if self.data:
            try:
                self.data = normalise_email(self.data)
            except BadEmail:
                raise ValidationError(
                    _("Write the e-mail address in full, for example name@example.no.")
                ) from None


class PhoneField(TextField):
    """A phone number, Norwegian unless a country code says otherwise."""

    def pre_validate(self, form: Any) -> None:
        """Keep the number with its country code."""
        if self.data:
            try:
                self.data = normalise_phone(self.data)
            except BadPhone:
                raise ValidationError(
                    _("Write the phone number with 8 digits, or with its country code.")
                ) from None


class PostcodeField(TextField):
    """A Norwegian postcode."""

    def pre_validate(self, form: Any) -> None:
        """Four digits."""
        if self.data and not (len(self.data) == 4 and self.data.isascii() and self.data.isdigit()):
            raise ValidationError(_("A postcode has 4 digits."))


class ListedField(SelectField):
    """One of a list that is made for the form."""

    def pre_validate(self, form: Any) -> None:
        """Nothing but what is listed, said in our own words."""
        try:
            super().pre_validate(form)
        except ValueError:
            raise ValidationError(_("Choose one from the list.")) from None


class OneOfField(SelectField):
    """One of a closed vocabulary; nothing is chosen beforehand."""

    def __init__(self, label: Any, vocabulary: type[StrEnum], **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        super().__init__(
            label,
            choices=lambda: [("", "")] + options(vocabulary),
            coerce=self._coerce,
            **kwargs,
        )

    def _coerce(self, value: Any) -> Any:
        try:
            return self.vocabulary(value) if value else None
        except ValueError:
            return value

    def pre_validate(self, form: Any) -> None:
        """Nothing, or one of the vocabulary."""
        if self.data is not None and not isinstance(self.data, self.vocabulary):
            raise ValidationError(_("Choose one from the list."))


class ChoiceField(Field):
    """A person or a unit, found by typing. Offers and accepts only what the actor may choose.

    Without JavaScript: type, press the search button beside the field, choose among the hits;
    all else in the form is kept. With it, ``choice.js`` asks for the hits while one types. What
    the record refers to already is named to those alone who may see it, and when ``is_open`` says
    so of it; it can be kept unseen.
    """

    widget = TextInput()
    begins_with = ""

    def __init__(
        self,
        label: Any,
        model: type[Model],
        search_column: Any,
        describe: Callable[[Any], str],
        *,
        is_open: Callable[[Any], bool] = lambda _row: True,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.is_open = is_open
        self.model = model
        self.search_column = search_column
        self.describe = describe

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The id that was chosen; an empty one is no choice, none at all leaves it as it was."""
        if valuelist:
            sent = valuelist[-1].strip() or None
            self.data = self.object_data if sent == KEPT else self._now(sent)

    def _now(self, sent: str | None) -> str | None:
        """A person who was merged is chosen as the one that they are now."""
        return kept_id(sent) if sent and self.model is Person and is_id(sent) else sent

    def pre_validate(self, form: Any) -> None:
        """Refuse what the actor may not choose, in the same words as what does not exist.

        What the record refers to already may stay, also when it could not be chosen anew.
        """
        if self.data is not None and self.data != self.object_data and self.chosen is None:
            self.data = None
            raise ValidationError(_("Search, and choose one of the hits."))
        if self.data is None and self.typed.strip():
            raise ValidationError(_("Choose one of the hits, or empty the search box."))

    @property
    def address(self) -> str | None:
        """Where hits are asked for while one types; None where no screen gives them."""
        for view in current_app.extensions["samvev_views"]:
            if getattr(view, "choice_column", "") and view.datamodel.obj is self.model:
                return url_for(f"{view.endpoint}.choices")
        return None

    @property
    def chosen(self) -> Any | None:
        """The row chosen, when the actor may choose it."""
        return choosable(self.model, self.data, self.offered)

    @property
    def offered(self) -> Select[Any]:
        """What may be chosen."""
        return offered(self.model)

    @property
    def current(self) -> Any | None:
        """The row chosen; what the record refers to already also when it has been retired since."""
        if self.data is None or self.data != self.object_data:
            return self.chosen
        row = visible(self.model, self.data)
        return row if row is not None and self.is_open(row) else None

    @property
    def is_unseen(self) -> bool:
        """Whether the record refers already to what may not be named to the actor."""
        return self.data is not None and self.data == self.object_data and self.current is None

    @property
    def typed(self) -> str:
        """What was typed in the field's search box, or stands there to begin with."""
        if request.method != "POST":
            return self.begins_with
        return request.form.get(f"{self.name}_search", "")[:200]

    @property
    def is_searching(self) -> bool:
        """Whether the search button of this field was pressed."""
        return request.form.get("find") == self.name

    @property
    def hits(self) -> Sequence[Any]:
        """The first hits for what was typed."""
        return self.find(self.typed) if self.is_searching else []

    def find(self, text: str) -> Sequence[Any]:
        """The first that may be chosen and that fit what was typed."""
        return find(self.offered, self.model, self.search_column, text)

    def _value(self) -> str:
        return self.data or ""


def unit_choice(label: Any, **options: Any) -> ChoiceField:
    """A field that finds a unit by typing."""
    return ChoiceField(label, Unit, Unit.search_name, describe_unit, **options)


def person_choice(label: Any, **options: Any) -> ChoiceField:
    """A field that finds a person by typing."""
    return ChoiceField(label, Person, Person.search_family, describe_person, **options)


def describe_unit(unit: Unit) -> str:
    """Name and kind."""
    return f"{unit.name} ({words(unit.kind)})"


def describe_person(person: Person) -> str:
    """Name and birth date, which tells namesakes apart."""
    born = show_date(person.birth_date)
    return f"{person.full_name} ({born})" if born else person.full_name


def show_number(value: int | None) -> str:
    """A whole number as users read it, with the thousands of their language."""
    return "" if value is None else format_decimal(value)


def show_date(value: Any) -> str:
    """A date as users read it."""
    return format_date(value, "dd.MM.yyyy") if value else ""


def show_phone(number: str | None) -> str:
    """A phone number in the groups that it is read in, on one line; one from abroad as it is."""
    if number is None or not (home := _AT_HOME.fullmatch(number)):
        return number or ""
    digits = home[1]
    ends = (3, 5, 8) if digits[0] in "49" else (2, 4, 6, 8)
    groups = [digits[start:end] for start, end in pairwise((0, *ends))]
    return NO_BREAK.join(["+47", *groups])


def show_moment(at: datetime) -> str:
    """An instant as people tell it: the day and the minute in Norway."""
    here = at.astimezone(OSLO)
    minute = _("at %(time)s", time=f"{here:%H.%M}").replace(" ", NO_BREAK)
    return f"{here:%d.%m.%Y} {minute}"
