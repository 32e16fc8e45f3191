"""Fields of what programs send: strict, so that the description in the OpenAPI spec is the rule.

Nothing is guessed: a number is no text, ``"true"`` is no truth value, and a date is written
``yyyy-mm-dd``. What texts mean is decided by the same functions as on the screens.
"""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _l
from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.validate import OneOf

from app.people.contact import (
    BadDate,
    BadEmail,
    BadPhone,
    normalise_email,
    normalise_phone,
    parse_date,
)
from app.people.names import tidy
from app.screens.fields import choosable

NOT_KEPT = re.compile("[\x00\ud800-\udfff]")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MASKED = re.compile(r"[•*]")
LARGEST_VERSION = 2**31 - 1
ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
IDENTIFIER = {"format": "uuid", "pattern": ID_PATTERN}

NEEDED = _l("This must be filled in.")
NOT_TEXT = _l("This must be a text.")
MESSAGES = {"required": NEEDED, "null": NEEDED, "validator_failed": NEEDED}


class Sent(Schema):
    """What a program may send; a field that is not described is refused, never left out."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": _l("This field is not known, or is not yours to set.")}


class Text(fields.String):
    """A line of text, without needless space; empty text is kept as nothing."""

    blank_is_nothing = True
    default_error_messages = {**MESSAGES, "invalid": NOT_TEXT, "invalid_utf8": NOT_TEXT}

    def __init__(self, longest: int, *, needed: bool = False, **options: Any) -> None:
        metadata = {"maxLength": longest, **({"minLength": 1} if needed else {})}
        metadata |= options.pop("metadata", {})
        self.longest = longest
        super().__init__(allow_none=not needed, metadata=metadata, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        raw = super()._deserialize(value, attr, data, **kwargs)
        if NOT_KEPT.search(raw):
            raise ValidationError(_l("This holds a character that can't be kept."))
        text = tidy(raw)
        if len(raw) > self.longest or len(text) > self.longest:
            raise ValidationError(_l("This is too long."))
        if text or not self.blank_is_nothing:
            return self.understood(text)
        if not self.allow_none:
            raise ValidationError(NEEDED)
        return None

    def understood(self, text: str) -> Any:
        """What the text stands for.

        Raises:
            ValidationError: nothing we know.
        """
        return text


class Email(Text):
    """An e-mail address."""

    def understood(self, text: str) -> str:
        """The address in its normal form."""
        try:
            return normalise_email(text)
        except BadEmail:
            raise ValidationError(
                _l("Write the e-mail address in full, for example name@example.no.")
            ) from None


class Phone(Text):
    """A phone number, Norwegian unless a country code says otherwise."""

    def understood(self, text: str) -> str:
        """The number with its country code."""
        try:
            return normalise_phone(text)
        except BadPhone:
            raise ValidationError(
                _l("Write the phone number with 8 digits, or with its country code.")
            ) from None


class Postcode(Text):
    """A Norwegian postcode."""

    blank_is_nothing = False

    def __init__(self) -> None:
        super().__init__(4, metadata={"pattern": "^[0-9]{4}$"})

    def understood(self, text: str) -> str:
        """Four digits."""
        if not (len(text) == 4 and text.isascii() and text.isdigit()):
            raise ValidationError(_l("A postcode has 4 digits."))
        return text


class NationalId(Text):
    """A national id; the masked form that is given out is not taken back."""

    def __init__(self) -> None:
        super().__init__(20, metadata={"writeOnly": True, "pattern": "^[^•*]*$"})

    def understood(self, text: str) -> str:
        """The text as written; ``app.people.operations`` decides what it is."""
        if MASKED.search(text):
            raise ValidationError(_l("Send the number in full, or leave the field out."))
        return text


class Day(Text):
    """A date."""

    blank_is_nothing = False

    def __init__(self, *, needed: bool = False) -> None:
        super().__init__(10, needed=needed, metadata={"format": "date"})

    def understood(self, text: str) -> date:
        """The date, in a year that can be meant."""
        problem = ValidationError(_l("Write the date as yyyy-mm-dd."))
        if not ISO_DATE.fullmatch(text):
            raise problem
        try:
            return parse_date(text)
        except BadDate:
            raise problem from None


class Word(fields.String):
    """One of a closed vocabulary."""

    default_error_messages = {**MESSAGES, "invalid": NOT_TEXT, "invalid_utf8": NOT_TEXT}

    def __init__(
        self, vocabulary: Iterable[StrEnum], *, needed: bool = False, **options: Any
    ) -> None:
        self.words = {word.value: word for word in vocabulary}
        known = OneOf(list(self.words), error=_l("Choose one from the list."))
        super().__init__(allow_none=not needed, validate=known, **options)

    def deserialize(self, value: Any, attr: Any = None, data: Any = None, **kwargs: Any) -> Any:
        """The member of the vocabulary."""
        word = super().deserialize(value, attr, data, **kwargs)
        return self.words[word] if isinstance(word, str) else word


class Truth(fields.Boolean):
    """``true`` or ``false``."""

    default_error_messages = {**MESSAGES, "invalid": _l("This must be true or false.")}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Version(fields.Integer):
    """The version of a row as it was read."""

    default_error_messages = {**MESSAGES, "invalid": _l("This must be a whole number above 0.")}

    def __init__(self) -> None:
        super().__init__(metadata={"minimum": 1, "maximum": LARGEST_VERSION})

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if type(value) is not int or not 1 <= value <= LARGEST_VERSION:
            raise self.make_error("invalid")
        return value


class Chosen(fields.String):
    """The id of another row, one that the actor may choose.

    What is foreign, retired or hidden is refused in the words of what does not exist.
    """

    default_error_messages = {**MESSAGES, "invalid": NOT_TEXT, "invalid_utf8": NOT_TEXT}

    def __init__(self, model: type[Model], *, needed: bool = False, **options: Any) -> None:
        self.model = model
        super().__init__(allow_none=not needed, metadata=IDENTIFIER, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        pk = super()._deserialize(value, attr, data, **kwargs)
        if choosable(self.model, pk) is None:
            raise ValidationError(_l("There is nothing with this id that you can choose."))
        return str(pk)
