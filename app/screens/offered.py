"""Choices among some rows alone: those who coordinate here, the other municipalities.

The page of the form answers what is typed in them itself, so that searching takes the same right
as choosing, and offers what the page takes.
"""

from typing import Any

from flask import Response, jsonify, request, url_for
from sqlalchemy import Select, false, select

from app.models import Municipality, Person
from app.screens.choices import in_json
from app.screens.fields import ChoiceField

HITS_OF = "hits"


class OfferedField(ChoiceField):
    """One of the rows that the page offers for its form, found by typing."""

    data: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = "ChoiceField"
        self._offered: Select[Any] = select(self.model).where(false())
        self._endpoint = ""

    def offer(self, offered: Select[Any], endpoint: str = "") -> None:
        """Offer these; ``endpoint`` takes the form where it is another than shows it."""
        self._offered, self._endpoint = offered, endpoint

    @property
    def offered(self) -> Select[Any]:
        """What may be chosen."""
        return self._offered

    @property
    def address(self) -> str:
        """Where hits are asked for while one types: where the form is sent."""
        endpoint = self._endpoint or request.endpoint or ""
        return url_for(endpoint, **(request.view_args or {}), **{HITS_OF: self.name})


def coordinator_choice(label: Any, **options: Any) -> OfferedField:
    """A field that finds somebody who can coordinate; coordinators are known by name alone."""
    return OfferedField(label, Person, Person.search_family, lambda one: one.full_name, **options)


def municipality_choice(label: Any, **options: Any) -> OfferedField:
    """A field that finds a municipality."""
    return OfferedField(label, Municipality, Municipality.search_name, _describe, **options)


def _describe(one: Municipality) -> str:
    return f"{one.display_name} ({one.number})"


def hits_asked(form: Any) -> Response | None:
    """The hits for what is typed in a field; None when the form is asked for or sent instead."""
    name = request.args.get(HITS_OF, "")
    if request.method != "POST" or name not in form or not isinstance(form[name], OfferedField):
        return None
    field = form[name]
    return jsonify(in_json(field.find(request.form.get("q", "")), field.describe))
