"""Possible duplicates over REST: the queue, one pair, and the two answers that change no person.

Merging takes choices and a look at what they lead to, so it has pages alone. Each look at a pair
is an event for both persons.
"""

from typing import Any

from flask import Response
from flask_appbuilder.api import expose
from flask_appbuilder.security.decorators import protect
from marshmallow import Schema
from marshmallow import fields as shown

from app.api import reading
from app.api.fields import IDENTIFIER, Sent, Text, Version
from app.api.openapi import Operation, described
from app.api.scoped_api import READING, ScopedRestApi, Shown
from app.audit import log
from app.clock import utc_now
from app.db import transaction
from app.duplicate_tables import DuplicatePair
from app.duplicates import answering, pace, queue
from app.duplicates.reasons import reasons_of
from app.enums import PairState
from app.screens.table import TableInterface
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

NULL_TEXT = {"type": "string", "nullable": True}
TEXTS = {"type": "array", "items": {"type": "string"}}


class PairShown(Shown):
    """Two persons who may be one: how sure that is, why, and what was answered."""

    id = shown.String(metadata=IDENTIFIER)
    first_id = shown.String(metadata=IDENTIFIER)
    first_name = shown.String(attribute="first.full_name")
    second_id = shown.String(metadata=IDENTIFIER)
    second_name = shown.String(attribute="second.full_name")
    band = shown.String()
    score = shown.Float()
    speaks_for = shown.Function(
        lambda pair: [str(one) for one in reasons_of(pair).speaks_for], metadata=TEXTS
    )
    speaks_against = shown.Function(
        lambda pair: [str(one) for one in reasons_of(pair).speaks_against], metadata=TEXTS
    )
    state = shown.String()
    found_at = shown.AwareDateTime()
    answered_at = shown.AwareDateTime(allow_none=True)
    note = shown.String(allow_none=True, metadata=NULL_TEXT)
    registered_reason = shown.String(allow_none=True, metadata=NULL_TEXT)
    version = shown.Integer()


class PairAnswered(Sent):
    """An answer: the version that was looked at, and a note, which replaces the one before."""

    note = Text(answering.LONGEST_NOTE, load_default="")
    version = Version()


class DuplicateApi(ScopedRestApi):
    """Pairs of persons who may be one."""

    resource = Resource.DUPLICATE
    resource_name = openapi_spec_tag = "duplicate"
    datamodel = TableInterface(DuplicatePair)
    include_route_methods = READING | {"not_same", "later"}
    eager = (DuplicatePair.first, DuplicatePair.second)
    filters = queue.FILTERS
    orders = queue.ORDERS
    list_model_schema = PairShown()
    show_model_schema = PairShown()
    answer_schema = PairAnswered()

    @property
    def spec_schemas(self) -> dict[str, Schema]:
        """The shared ones, and that of an answer."""
        return super().spec_schemas | {"not_same": self.answer_schema}

    @expose("/<key:pk>", methods=["GET"])
    @described(Operation("One record.", gives="get"))
    @door(Action.SHOW)
    @protect()
    def get(self, pk: str) -> Response:
        """One pair."""
        reading.refuse_parameters()
        with transaction():
            pair = self.get_row(pk, Action.SHOW)
            for person in (pair.first, pair.second):
                log.record(current_actor(), "person:compared", person)
        return self.row_answer(pair)

    @expose("/<key:pk>/not-same", methods=["POST"])
    @described(
        Operation(
            "Answer that the two are not the same person.",
            gives="get", takes="not_same", headers=("If-Match",), writes=True,
        )
    )  # fmt: skip
    @door(Action.ANSWER)
    @protect()
    def not_same(self, pk: str) -> Response:
        """Keep the two apart until what is registered about them changes."""
        return self._answer(pk, PairState.NOT_SAME)

    @expose("/<key:pk>/later", methods=["POST"])
    @described(
        Operation(
            "Put the answer off.",
            gives="get", takes="not_same", headers=("If-Match",), writes=True,
        )
    )  # fmt: skip
    @door(Action.ANSWER)
    @protect()
    def later(self, pk: str) -> Response:
        """Put the pair off."""
        return self._answer(pk, PairState.LATER)

    def _answer(self, pk: str, state: PairState) -> Response:
        self.get_row(pk, Action.ANSWER)
        reading.refuse_parameters()
        values: dict[str, Any] = reading.understand(self.answer_schema, reading.read_object())
        version = reading.expected_version(values)
        with transaction() as session:
            pair = self.get_row(pk, Action.ANSWER)
            pace.keep(current_actor(), at=utc_now())
            answering.answer(
                current_actor(), pair, state, note=values["note"] or "", version=version,
                at=utc_now(),
            )  # fmt: skip
            session.flush()
        return self.row_answer(pair)
