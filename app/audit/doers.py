"""Who did what a list of events tells: names that the reader may see, and nothing about others."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.db import db
from app.enums import Outcome, Role
from app.models import AuditEvent, Person
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action

OPERATOR = _l("The operator of the installation")
OUTSIDER = _l("Someone outside the municipality")
STRANGER = _l("Someone who was not signed in")


@dataclass(frozen=True)
class Doers:
    """The names behind some events: of persons by their id, of accounts by theirs."""

    persons: dict[str, str] = field(default_factory=dict)
    accounts: dict[int, str] = field(default_factory=dict)

    def name(self, event: AuditEvent) -> str:
        """Who stands behind ``event``, as far as the reader may know."""
        if event.account_id is None:
            return str(STRANGER if event.outcome is Outcome.REFUSED else OPERATOR)
        if event.person_id in self.persons:
            return self.persons[event.person_id]
        if event.municipality_id is None and event.account_id in self.accounts:
            return self.accounts[event.account_id]
        return str(OUTSIDER)


def behind(actor: Actor, events: Iterable[AuditEvent]) -> Doers:
    """The names behind ``events`` for ``actor`` to see.

    Persons come by the actor's scope. A central administrator, who sees no person, gets the user
    names behind the installation's own events.
    """
    shown = list(events)
    return Doers(_persons(actor, shown), _accounts(actor, shown))


def _persons(actor: Actor, events: list[AuditEvent]) -> dict[str, str]:
    ids = {event.person_id for event in events if event.person_id is not None}
    if not ids:
        return {}
    found = scope.rows(actor, Person, Action.LIST).where(Person.id.in_(ids))
    return {person.id: person.full_name for person in db.session.scalars(found)}


def _accounts(actor: Actor, events: list[AuditEvent]) -> dict[int, str]:
    ids = {event.account_id for event in events if event.municipality_id is None}
    if not ids or not actor.holds(Role.CENTRAL_ADMINISTRATOR):
        return {}
    found = db.session.execute(select(User.id, User.username).where(User.id.in_(ids)))
    return {row.id: row.username for row in found}
