"""Who holds which role, over REST. Accounts are started and withdrawn on the screens alone."""

from typing import Any

from flask import Response
from flask_appbuilder.api import expose
from flask_appbuilder.security.decorators import protect
from flask_babel import lazy_gettext as _l
from marshmallow import fields as shown

from app.accounts import operations as accounts
from app.accounts.holding import Terms
from app.accounts.queries import account_of
from app.api import reading
from app.api.fields import IDENTIFIER, Chosen, Day, Sent, Version, Word
from app.api.openapi import Operation, described
from app.api.scoped_api import READING, ScopedRestApi, Shown
from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Role
from app.errors import DomainError
from app.models import Membership, Person, Unit
from app.screens.listing import OneOfFilter, Order
from app.screens.table import TableInterface
from app.screens.words import words
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

MUNICIPAL = (Role.LOCAL_ADMINISTRATOR, Role.COORDINATOR, Role.PARTICIPANT)
ROLES = [(role.value, words(role)) for role in MUNICIPAL]
NULL_TEXT = {"type": "string", "nullable": True}


def unit_id(membership: Membership) -> str | None:
    """The id of the unit, which is shown to nobody when the person is shielded."""
    return None if membership.person.is_shielded else membership.unit_id


def unit_name(membership: Membership) -> str | None:
    """The name of the unit that may be shown."""
    unit = None if membership.person.is_shielded else membership.unit
    return unit.name if unit is not None else None


class MembershipShown(Shown):
    """A role, of whom, where and when; ``ends_on`` is the first day without it."""

    id = shown.String(metadata=IDENTIFIER)
    person_id = shown.String(metadata=IDENTIFIER)
    person_name = shown.String(attribute="person.full_name")
    role = shown.String()
    unit_id = shown.Function(unit_id, metadata=NULL_TEXT | IDENTIFIER)
    unit_name = shown.Function(unit_name, metadata=NULL_TEXT)
    starts_on = shown.Date()
    ends_on = shown.Date(allow_none=True)
    ended_at = shown.AwareDateTime(allow_none=True)
    is_active = shown.Function(
        lambda membership: membership.is_active(today()), metadata={"type": "boolean"}
    )
    version = shown.Integer()
    created_at = shown.AwareDateTime()


class MembershipAdded(Sent):
    """A role to give; from today, and without end, unless it says otherwise."""

    person_id = Chosen(Person, needed=True, required=True)
    role = Word(MUNICIPAL, needed=True, required=True)
    unit_id = Chosen(Unit)
    starts_on = Day(needed=True)
    ends_on = Day()


class MembershipChanged(Sent):
    """Where and when a role is held."""

    unit_id = Chosen(Unit)
    starts_on = Day(needed=True)
    ends_on = Day()
    version = Version()


class MembershipApi(ScopedRestApi):
    """Roles in the municipality, those that have ended too."""

    resource = Resource.MEMBERSHIP
    resource_name = openapi_spec_tag = "membership"
    datamodel = TableInterface(Membership)
    include_route_methods = READING | {"post", "put", "end"}
    eager = (Membership.person, Membership.unit)
    filters = {"role": OneOfFilter(_l("Role"), Membership.role, ROLES)}
    orders = {"starts_on": Order(_l("Since"), Membership.starts_on, descending=True)}
    list_model_schema = MembershipShown()
    show_model_schema = MembershipShown()
    add_model_schema = MembershipAdded()
    edit_model_schema = MembershipChanged()

    def create(self, values: dict[str, Any]) -> Membership:
        """Give the role to somebody who has an account here."""
        person = db.session.get_one(Person, values["person_id"])
        account = account_of(person)
        if account is None or not account.active:
            raise accounts.NoAccount(field="person_id")
        terms = Terms(
            values["role"],
            values.get("starts_on") or today(),
            values.get("ends_on"),
            unit_of(values.get("unit_id")),
        )
        return with_own_names(
            accounts.give_role, current_actor(), person, account, terms, at=utc_now()
        )

    def change(self, row: Membership, values: dict[str, Any]) -> None:
        """Change where and when. The unit of a shielded person was not shown: null keeps it."""
        if row.person.is_shielded and values.get("unit_id") is None:
            values.pop("unit_id", None)
        with_own_names(
            accounts.change_role,
            current_actor(),
            row,
            unit=unit_of(values.get("unit_id", row.unit_id)),
            starts_on=values.get("starts_on", row.starts_on),
            ends_on=values.get("ends_on", row.ends_on),
            at=utc_now(),
        )

    @expose("/<key:pk>/end", methods=["POST"])
    @described(Operation("End a role at once.", gives="get", writes=True))
    @door(Action.END)
    @protect()
    def end(self, pk: str) -> Response:
        """End a role at once; what was signed in with it ends too."""
        reading.refuse_parameters()
        with transaction() as session:
            row = self.get_row(pk, Action.END)
            accounts.end_role(current_actor(), row, at=utc_now())
            session.flush()
        return self.row_answer(row)


def unit_of(pk: str | None) -> Unit | None:
    """The unit of this id, which has been found choosable or stands on the role already."""
    return None if pk is None else db.session.get_one(Unit, pk)


def with_own_names(operation: Any, *arguments: Any, **named: Any) -> Any:
    """Call ``operation``; a broken rule names the field that the screens call the last day."""
    try:
        return operation(*arguments, **named)
    except DomainError as error:
        if error.field == "last_day":
            error.field = "ends_on"
        raise
