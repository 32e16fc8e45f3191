"""Persons over REST. The national id goes in, and comes out masked until it is asked for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Response
from flask_appbuilder.api import expose
from flask_appbuilder.security.decorators import protect
from flask_babel import gettext as _
from marshmallow import Schema
from marshmallow import fields as shown

from app.api import reading
from app.api.fields import (
    IDENTIFIER,
    Chosen,
    Day,
    Email,
    NationalId,
    Phone,
    Postcode,
    Sent,
    Text,
    Truth,
    Version,
    Word,
)
from app.api.openapi import Operation, described
from app.api.scoped_api import READING, WRITING, ScopedRestApi, Shown
from app.audit import log
from app.clock import today, utc_now
from app.db import transaction
from app.enums import Language
from app.models import Person, Unit
from app.people import lists, registering
from app.people import operations as people
from app.people.contact import tells_place
from app.people.national_id import mask, normalise
from app.people.pages import TELLING_PLACE, shown_phone
from app.people.registering import Anyway
from app.screens.aliases import found_or_kept
from app.screens.table import TableInterface
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

NULL_TEXT = {"type": "string", "nullable": True}


def masked(person: Person) -> str | None:
    """The national id as it is shown until somebody asks; None when there is none."""
    digits = people.read_national_id(person)
    return None if digits is None else mask(digits)


def open_unit(person: Person) -> Unit | None:
    """The unit, which is shown to nobody when the person is shielded."""
    return None if person.is_shielded else person.unit


def unit_id(person: Person) -> str | None:
    """The id of the unit that may be shown."""
    unit = open_unit(person)
    return unit.id if unit is not None else None


def unit_name(person: Person) -> str | None:
    """The name of the unit that may be shown."""
    unit = open_unit(person)
    return unit.name if unit is not None else None


def listed(name: str) -> Callable[[Person], str | None]:
    """Reads a contact of a person for a list, which tells none of a shielded one."""
    return lambda person: None if person.is_shielded else getattr(person, name)


class PersonListed(Shown):
    """A person in a list."""

    id = shown.String(metadata=IDENTIFIER)
    given_name = shown.String()
    family_name = shown.String()
    birth_date = shown.Date(allow_none=True)
    external_id = shown.String(allow_none=True)
    email = shown.Function(listed("email"), metadata=NULL_TEXT)
    phone = shown.Function(listed("phone"), metadata=NULL_TEXT)
    unit_id = shown.Function(unit_id, metadata=NULL_TEXT | IDENTIFIER)
    unit_name = shown.Function(unit_name, metadata=NULL_TEXT)
    version = shown.Integer()
    retired_at = shown.AwareDateTime(allow_none=True)


class PersonShown(PersonListed):
    """A person; ``national_id`` is masked."""

    email = shown.Function(lambda person: person.email, metadata=NULL_TEXT)
    phone = shown.Function(shown_phone, metadata=NULL_TEXT)
    national_id = shown.Function(masked, metadata=NULL_TEXT)
    national_id_is_doubtful = shown.Boolean()
    address = shown.String(allow_none=True)
    postcode = shown.String(allow_none=True)
    language = shown.String(allow_none=True)
    is_shielded = shown.Boolean()
    created_at = shown.AwareDateTime()


class PersonAdded(Sent):
    """A new person."""

    given_name = Text(100, needed=True, required=True)
    family_name = Text(100, needed=True, required=True)
    birth_date = Day()
    national_id = NationalId()
    national_id_confirmed = Truth()
    external_id = Text(100)
    email = Email(254)
    phone = Phone(30)
    address = Text(200)
    postcode = Postcode()
    language = Word(Language)
    unit_id = Chosen(Unit)


class PersonRegistered(PersonAdded):
    """A new person, and why they are registered though others resemble them."""

    register_anyway = Text(people.LONGEST_REASON)


class PersonChanged(PersonAdded):
    """What changes on a person."""

    given_name = Text(100, needed=True)
    family_name = Text(100, needed=True)
    version = Version()


class PersonDescribed(Sent):
    """A person who may be registered already."""

    given_name = Text(100, needed=True, required=True)
    family_name = Text(100, needed=True, required=True)
    birth_date = Day()
    national_id = NationalId()
    email = Email(254)
    phone = Phone(30)
    address = Text(200)
    postcode = Postcode()
    unit_id = Chosen(Unit)


class Candidates(Shown):
    """Those who may be the person, likeliest first."""

    result = shown.List(shown.Raw(), metadata={"items": {"$ref": "#/components/schemas/Candidate"}})


class NationalIdShown(Shown):
    """A national id in clear."""

    id = shown.String(metadata=IDENTIFIER)
    national_id = shown.String(allow_none=True)


class RetiredFor(Sent):
    """Why a person is taken out of use."""

    reason = Text(people.LONGEST_REASON, needed=True, required=True)


class PersonApi(ScopedRestApi):
    """Everyone the municipality has registered."""

    resource = Resource.PERSON
    resource_name = openapi_spec_tag = "person"
    datamodel = TableInterface(Person)
    include_route_methods = READING | WRITING | {"match", "national_id"}
    eager = (Person.unit,)
    filters = lists.FILTERS
    orders = lists.ORDERS
    list_model_schema = PersonListed()
    show_model_schema = PersonShown()
    add_model_schema = PersonRegistered()
    edit_model_schema = PersonChanged()
    retire_schema: Schema = RetiredFor()
    national_id_schema: Schema = NationalIdShown()
    described_schema: Schema = PersonDescribed()
    match_schema: Schema = Candidates()

    @property
    def spec_schemas(self) -> dict[str, Schema]:
        """With the reason of a retirement, the national id, and what is asked of duplicates."""
        return super().spec_schemas | {
            "described": self.described_schema,
            "match": self.match_schema,
            "retire": self.retire_schema,
            "national_id": self.national_id_schema,
        }

    def get_row(self, pk: str, action: Action) -> Any:
        """As elsewhere; the id of somebody who was merged leads to the one kept."""
        return found_or_kept(super().get_row, pk, action)

    def create(self, values: dict[str, Any]) -> Person:
        """Register the person that was sent, unless somebody resembles them and no reason is
        given to register them anyway."""
        number = values.pop("national_id", None)
        is_confirmed = values.pop("national_id_confirmed", False)
        reason = values.pop("register_anyway", None)
        return registering.register(
            current_actor(),
            people.PersonFacts(**values),
            national_id_text=number,
            is_confirmed=is_confirmed,
            anyway=Anyway(reason or ""),
            at=utc_now(),
            today=today(),
        )

    def change(self, row: Person, values: dict[str, Any]) -> None:
        """Correct the person; a national id of null is taken away."""
        is_confirmed = values.pop("national_id_confirmed", False)
        if "national_id" in values:
            number = values.pop("national_id")
            people.set_national_id(row, number, is_confirmed=is_confirmed, today=today())
        refuse_place(row, values)
        people.put_facts(row, replace(people.facts_of(row), **values), today=today())

    def restore_row(self, row: Person) -> None:
        """Bring the person back, unless somebody else has the same number by now."""
        people.restore(current_actor(), row)

    def as_sent(self, row: Person, name: str, value: Any) -> tuple[Any, Any]:
        """National ids are compared whole and shown masked."""
        if name == "national_id_confirmed":
            return None, None
        if name != "national_id":
            return super().as_sent(row, name, value)
        sent = normalise(value or "") or None
        if sent == people.read_national_id(row):
            return None, None
        return masked(row), None if sent is None else f"{mask(sent)} ({_('another number')})"

    @expose("/match", methods=["POST"])
    @described(
        Operation(
            "Who may be the person in the body already; this is written to the log.",
            gives="match",
            takes="described",
        )
    )
    @door(Action.LIST)
    @protect()
    def match(self) -> Response:
        """Persons that the actor may see who resemble the one in the body, and why."""
        reading.refuse_parameters()
        values = reading.understand(self.described_schema, reading.read_object())
        number, actor = values.pop("national_id", None), current_actor()
        with transaction() as session:
            wait = registering.count_question(session, actor, utc_now(), national_id_text=number)
        if wait is not None:
            raise registering.TooManyQuestions
        with transaction():
            facts = people.PersonFacts(**values)
            found = registering.resembling(actor, facts, national_id_text=number)
            log.record(actor, "person:matched")
            for person in registering.persons_of(actor, found):
                log.record(actor, "person:matched", person)
        answer: Response = self.response(200, result=[one.as_told() for one in found])
        return answer

    @expose("/<key:pk>/retire", methods=["POST"])
    @described(Operation("Take a person out of use.", gives="get", takes="retire", writes=True))
    @door(Action.RETIRE)
    @protect()
    def retire(self, pk: str) -> Response:
        """Take a person out of use, and keep why."""
        self.get_row(pk, Action.RETIRE)
        reading.refuse_parameters()
        values = reading.understand(self.retire_schema, reading.read_object())
        with transaction() as session:
            row = self.get_row(pk, Action.RETIRE)
            people.retire(current_actor(), row, reason=values["reason"], at=utc_now())
            session.flush()
        return self.row_answer(row)

    @expose("/<key:pk>/national_id", methods=["POST"])
    @described(Operation("Show the national id; this is written to the log.", gives="national_id"))
    @door(Action.SHOW_NATIONAL_ID)
    @protect()
    def national_id(self, pk: str) -> Response:
        """The national id in clear, after the log has been told."""
        reading.refuse_parameters()
        with transaction():
            row = self.get_row(pk, Action.SHOW_NATIONAL_ID)
            log.record(current_actor(), "person:national_id_shown", row)
        answer: Response = self.response(200, id=row.id, national_id=people.read_national_id(row))
        return answer


def refuse_place(person: Person, values: dict[str, Any]) -> None:
    """Refuse to set by the way what could tell where a shielded person is.

    Nothing of it was shown, so null says nothing and leaves it as it is.

    Raises:
        NotAsDescribed: a place was sent.
    """
    if not person.is_shielded:
        return
    sent = [name for name in TELLING_PLACE if values.pop(name, None) is not None]
    if sent:
        text = _("The address of this person is protected, and is changed on its own page.")
        raise reading.NotAsDescribed({name: [text] for name in sent})
    if values.get("phone", "") is None and tells_place(person.phone):
        del values["phone"]
