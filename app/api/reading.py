"""Reading what a program sends: bodies, headers and parameters, each in one way only.

What is not understood is refused with its name; nothing is skipped, repaired or guessed.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from app.errors import BadRequest, DomainError
from app.screens.listing import LARGEST_PAGE, Filter, ListRequest, Order, read_request

LONGEST_BODY = 1024 * 1024
PAGING = ("order", "after", "size")
IDEMPOTENCY_KEY = "[A-Za-z0-9_-]{8,100}"
ENTITY_TAG = '"[1-9][0-9]{0,8}"'


class NotAsDescribed(DomainError):
    """The body holds something else than the OpenAPI spec describes; ``fields`` says what."""

    status = 422
    message = _l("Something in what you sent can't be used.")

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__()
        self._fields = dict(fields)

    @property
    def fields(self) -> dict[str, list[str]]:
        """The texts by field."""
        return self._fields


class NotJson(BadRequest):
    """The body is no JSON object that can be read in one way only."""

    message = _l("The body must be one JSON object, with each name once.")


class UnknownParameter(BadRequest):
    """The address or a header holds something that this door does not know or can't read."""

    message = _l("There is a parameter that we don't understand.")

    def __init__(self, name: str, text: str | None = None) -> None:
        super().__init__(field=name[:100])
        self._text = text or _("This is not known here, or can't be read.")

    @property
    def fields(self) -> dict[str, list[str]]:
        """The text beside the parameter."""
        return {str(self.field): [self._text]}


def read_object() -> dict[str, Any]:
    """The JSON object of the request.

    Raises:
        UnsupportedMediaType: the body is something else than JSON.
        RequestEntityTooLarge: it is larger than a megabyte.
        NotJson: it is no object, holds a name twice, or nests too deep.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    request.max_content_length = LONGEST_BODY
    try:
        body = json.loads(
            request.get_data().decode("utf-8"),
            object_pairs_hook=_each_name_once,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError):
        raise NotJson from None
    if not isinstance(body, dict):
        raise NotJson
    return body


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _refuse_constant(_name: str) -> None:
    raise ValueError


def understand(schema: Schema, body: Mapping[str, Any]) -> dict[str, Any]:
    """The values that ``body`` stands for.

    Raises:
        NotAsDescribed: a field is unknown, missing or can't be used.
    """
    try:
        values: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        raise NotAsDescribed(_texts(error.normalized_messages())) from None
    return values


def _texts(messages: Mapping[Any, Any]) -> dict[str, list[str]]:
    return {
        str(name)[:100].encode("utf-8", "replace").decode(): [str(text) for text in _listed(texts)]
        for name, texts in messages.items()
    }


def _listed(texts: Any) -> list[Any]:
    """A text in the user's language is told apart from a list of texts."""
    return texts if isinstance(texts, list) else [texts]


def idempotency_key() -> str | None:
    """The key under which a retried request makes one row.

    Raises:
        UnknownParameter: it is too short, too long, or has other signs than letters, digits, - _.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not re.fullmatch(IDEMPOTENCY_KEY, key):
        raise UnknownParameter("Idempotency-Key")
    return key


def expected_version(values: dict[str, Any]) -> int:
    """The version that the change was made from, taken out of ``values``; or from If-Match.

    Raises:
        UnknownParameter: If-Match is no entity tag of ours.
        NotAsDescribed: neither says it, or they differ.
    """
    sent = values.pop("version", None)
    tag = request.headers.get("If-Match")
    if tag is not None and not re.fullmatch(ENTITY_TAG, tag):
        raise UnknownParameter("If-Match")
    matched = int(tag.strip('"')) if tag is not None else sent
    if matched is None:
        raise NotAsDescribed({"version": [_("This must be filled in.")]})
    if sent not in (None, matched):
        raise NotAsDescribed({"version": [_("This is another version than in If-Match.")]})
    return int(matched)


def refuse_parameters() -> None:
    """Refuse anything in the query string.

    Raises:
        UnknownParameter: there is something.
    """
    for name in request.args:
        raise UnknownParameter(name)


def read_list(
    filters: Mapping[str, Filter], orders: Mapping[str, Order]
) -> tuple[ListRequest, str | None]:
    """What a list is asked for, and the key of the row that it goes on after.

    Raises:
        UnknownParameter: a parameter is unknown, empty, given twice, or has no such value.
    """
    for name in request.args:
        _check_parameter(name, request.args.getlist(name), filters, orders)
    known = MultiDict(request.args)
    after = known.pop("after", None)
    asked = read_request(known, filters, orders)
    for name in asked.errors:
        raise UnknownParameter(name, _("This value can't be read."))
    return asked, after


def _check_parameter(
    name: str, values: list[str], filters: Mapping[str, Filter], orders: Mapping[str, Order]
) -> None:
    if name not in filters and name not in PAGING:
        raise UnknownParameter(name)
    if len(values) > 1 or not values[0].strip():
        raise UnknownParameter(name, _("Give this once, with a value."))
    if name == "order" and values[0].removeprefix("-") not in orders:
        raise UnknownParameter(name, _("The list can't be sorted by this."))
    if name == "size" and not _is_size(values[0]):
        raise UnknownParameter(name, _("Give a number from 1 to 100."))


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= LARGEST_PAGE
