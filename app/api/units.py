"""Units over REST. Moving and merging subtrees are decisions with pages of their own."""

from typing import Any

from marshmallow import fields as shown

from app.api.fields import (
    IDENTIFIER,
    Chosen,
    Email,
    Phone,
    Postcode,
    Sent,
    Text,
    Truth,
    Version,
    Word,
)
from app.api.scoped_api import ScopedRestApi, Shown
from app.clock import utc_now
from app.db import db
from app.enums import UnitKind
from app.models import Person, Unit
from app.screens.table import TableInterface
from app.security.actor import current_actor
from app.security.roles import Resource
from app.units import lists, queries
from app.units import operations as units

NULL_TEXT = {"type": "string", "nullable": True}


def leader_id(unit: Unit) -> str | None:
    """The id of the leader who may be shown."""
    leader = queries.open_leader(current_actor(), unit)
    return leader.id if leader is not None else None


def leader_name(unit: Unit) -> str | None:
    """The name of the leader who may be shown."""
    leader = queries.open_leader(current_actor(), unit)
    return leader.full_name if leader is not None else None


class UnitListed(Shown):
    """A unit in a list."""

    id = shown.String(metadata=IDENTIFIER)
    name = shown.String()
    kind = shown.String()
    is_outside = shown.Boolean()
    parent_id = shown.String(allow_none=True, metadata=IDENTIFIER)
    leader_id = shown.Function(leader_id, metadata=NULL_TEXT | IDENTIFIER)
    leader_name = shown.Function(leader_name, metadata=NULL_TEXT)
    version = shown.Integer()
    retired_at = shown.AwareDateTime(allow_none=True)


class UnitShown(UnitListed):
    """A unit."""

    email = shown.String(allow_none=True)
    phone = shown.String(allow_none=True)
    address = shown.String(allow_none=True)
    postcode = shown.String(allow_none=True)
    merged_into_id = shown.String(allow_none=True, metadata=IDENTIFIER)
    created_at = shown.AwareDateTime()


class UnitChanged(Sent):
    """What changes on a unit."""

    name = Text(200, needed=True)
    kind = Word(UnitKind, needed=True)
    is_outside = Truth()
    leader_id = Chosen(Person)
    email = Email(254)
    phone = Phone(30)
    address = Text(200)
    postcode = Postcode()
    version = Version()


class UnitAdded(UnitChanged):
    """A new unit."""

    class Meta(Sent.Meta):
        exclude = ("version",)

    name = Text(200, needed=True, required=True)
    kind = Word(UnitKind, needed=True, required=True)
    parent_id = Chosen(Unit)


class UnitApi(ScopedRestApi):
    """The units of the municipality, and the outside bodies it works with."""

    resource = Resource.UNIT
    resource_name = openapi_spec_tag = "unit"
    datamodel = TableInterface(Unit)
    eager = (Unit.leader,)
    filters = lists.FILTERS
    orders = lists.ORDERS
    list_model_schema = UnitListed()
    show_model_schema = UnitShown()
    add_model_schema = UnitAdded()
    edit_model_schema = UnitChanged()

    def create(self, values: dict[str, Any]) -> Unit:
        """Add the unit that was sent."""
        parent_id = values.pop("parent_id", None)
        parent = db.session.get(Unit, parent_id) if parent_id is not None else None
        return units.add(
            current_actor(), Unit(**{"is_outside": False} | values), parent, at=utc_now()
        )

    def change(self, row: Unit, values: dict[str, Any]) -> None:
        """Correct the unit."""
        for name, value in values.items():
            setattr(row, name, value)
        units.rename(row)

    def retire_row(self, row: Unit) -> None:
        """Take the unit out of use, unless something in use stands below it."""
        units.retire(current_actor(), row, at=utc_now())

    def restore_row(self, row: Unit) -> None:
        """Bring the unit back, where it stood."""
        units.restore(current_actor(), row)
