"""Form fields of our own: dates as people write them, and choices found by typing.

They render through ``templates/_forms.html``; nothing here needs JavaScript.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from flask import request
from flask_appbuilder import Model
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement
from wtforms import Field, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length
from wtforms.widgets import TextInput

from app.db import db
from app.people.contact import (
    BadDate,
    BadEmail,
    BadPhone,
    DateProblem,
    normalise_email,
    normalise_phone,
    parse_date,
)
from app.people.names import prefix_range, search_form, tidy
from app.screens.listing import is_id
from app.screens.words import options
from app.security import scope
from app.security.actor import current_actor
from app.security.roles import Action

HITS = 20
KEPT = "keep"
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


class NorwegianDateField(Field):
    """A date typed as dd.mm.yyyy or in another way that can't be misread."""

    widget = TextInput()
    data: Any

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
    all else in the form is kept. What the record refers to already is named to those alone who may
    see it, and when ``is_open`` says so of it; it can be kept unseen.
    """

    widget = TextInput()

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
            self.data = self.object_data if sent == KEPT else sent

    def pre_validate(self, form: Any) -> None:
        """Refuse what the actor may not choose, in the same words as what does not exist.

        What the record refers to already may stay, also when it could not be chosen anew.
        """
        if self.data is not None and self.data != self.object_data and self.chosen is None:
            self.data = None
            raise ValidationError(_("Search, and choose one of the hits."))

    @property
    def chosen(self) -> Any | None:
        """The row chosen, when the actor may choose it."""
        return choosable(self.model, self.data)

    @property
    def current(self) -> Any | None:
        """The row chosen; what the record refers to already also when it has been retired since."""
        if self.data is None or self.data != self.object_data:
            return self.chosen
        columns: Any = self.model
        seen = scope.rows(current_actor(), self.model, Action.SHOW)
        row = db.session.scalar(seen.where(columns.id == self.data))
        return row if row is not None and self.is_open(row) else None

    @property
    def is_unseen(self) -> bool:
        """Whether the record refers already to what may not be named to the actor."""
        return self.data is not None and self.data == self.object_data and self.current is None

    @property
    def typed(self) -> str:
        """What was typed in the field's search box."""
        return request.form.get(f"{self.name}_search", "")[:200] if request.method == "POST" else ""

    @property
    def is_searching(self) -> bool:
        """Whether the search button of this field was pressed."""
        return request.form.get("find") == self.name

    @property
    def hits(self) -> Sequence[Any]:
        """The first hits for what was typed."""
        return find(self.model, self.search_column, self.typed) if self.is_searching else []

    def _value(self) -> str:
        return self.data or ""


def choosable(model: type[Model], pk: object) -> Any | None:
    """The row of this id, when it is in use and the actor may choose it."""
    if not isinstance(pk, str) or not is_id(pk):
        return None
    return db.session.scalar(
        scope.rows(current_actor(), model, Action.CHOOSE).where(
            model.id == pk, model.retired_at.is_(None)
        )
    )


def find(model: type[Model], search_column: Any, typed: str) -> Sequence[Any]:
    """The first rows, in order, that the actor may choose and whose name begins as typed."""
    query = scope.rows(current_actor(), model, Action.CHOOSE).where(model.retired_at.is_(None))
    condition = _begins(search_column, typed)
    if condition is not None:
        query = query.where(condition)
    return db.session.scalars(query.order_by(search_column, model.id).limit(HITS)).unique().all()


def _begins(column: Any, typed: str) -> ColumnElement[bool] | None:
    if not search_form(typed):
        return None
    low, high = prefix_range(typed)
    return (column >= low) & (column < high)


def show_date(value: Any) -> str:
    """A date as users read it."""
    return format_date(value, "dd.MM.yyyy") if value else ""
