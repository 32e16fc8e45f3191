"""Giving back the role or the login that one has just ended oneself: once, and within an hour.

What comes back is what that press ended: roles, questions that waited for an answer, and access
keys. Signed-in sessions and links stay ended, and a login that was closed takes a new password.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l

from app.accounts import link_requests, operations
from app.accounts.holding import Terms, hold, refuse_what_is_held
from app.accounts.queries import known_account
from app.audit import log
from app.clock import day_of
from app.db import db
from app.enums import TokenPurpose
from app.errors import DomainError, NotAllowed
from app.models import Membership, Person
from app.screens import bulk
from app.security import policy, scope, tokens
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import BulkChange

LIST_NAME = "ended_roles"
END, WITHDRAW = "end", "withdraw"
KEPT_FOR = timedelta(hours=1)
UNDONE = {END: "membership:end_undone", WITHDRAW: "account:withdrawal_undone"}


class TooLateToGiveBack(DomainError):
    """An ended role is given back within the hour."""

    message = _l("It is too late to undo this. Give the role anew instead.")


class ChangedSince(DomainError):
    """The person, the unit, the role or the login is no longer as the press left it."""

    message = _l("It can't be undone: something has been changed since.")


@dataclass(frozen=True)
class GivenBack:
    """What came of undoing; ``secret`` sets the password of a login that was closed."""

    person: Person
    roles: Sequence[Membership]
    secret: str | None = None


def end(actor: Actor, membership: Membership, *, at: datetime) -> str:
    """End a role; the id by which that can be undone. Raises as ``operations.end_role``."""
    operations.end_role(actor, membership, at=at)
    return _keep(actor, END, membership.person, membership.account_id, [membership], at)


def withdraw(actor: Actor, person: Person, *, at: datetime) -> str:
    """Withdraw a login; the id by which that can be undone. Raises as
    ``operations.withdraw_account``."""
    account_id = operations.withdraw_account(actor, person, at=at)
    db.session.flush()
    ended = _ended_then(actor, person.id, account_id, at)
    return _keep(actor, WITHDRAW, person, account_id, ended, at)


def _keep(
    actor: Actor,
    what: str,
    person: Person,
    account_id: int,
    ended: Sequence[Membership],
    at: datetime,
) -> str:
    before = {
        "account": account_id,
        "roles": [one.id for one in ended],
        "is_open": bool(db.session.get_one(User, account_id).active),
    }
    kept = [{"id": person.id, "before": before}]
    return str(bulk.note(db.session(), actor, LIST_NAME, what, kept, at=at).id)


def give_back(actor: Actor, pk: str, *, at: datetime) -> GivenBack:
    """Give back what the actor ended, all of it or nothing.

    Raises:
        NotFound: it is somebody else's, or missing.
        UndoneAlready, TooLateToGiveBack
        ChangedSince, AlreadyHeld, AnotherPersonHere: it is not as it was left.
        NotAllowed: it is the actor's own, or one of the roles is not theirs to give now.
    """
    change = bulk.find_change(db.session(), actor, LIST_NAME, pk)
    if at - change.made_at > KEPT_FOR:
        raise TooLateToGiveBack
    before = change.rows[0]["before"]
    person = _person(actor, change)
    account = _account(person, before)
    ended = _ended_then(actor, person.id, account.id, change.made_at)
    roles = [one for one in ended if one.id in before["roles"]]
    if len(roles) != len(before["roles"]):
        raise ChangedSince
    secret = None
    if not before["is_open"]:
        secret = operations.reopen_account(actor, person, account, at=at).secret
    for role in roles:
        _give(actor, person, account, role, at)
    _give_the_rest(actor, change, person, account, at)
    log.record(actor, UNDONE[change.action], person)
    change.undone_at, change.rows = at, []
    return GivenBack(person, roles, secret)


def _person(actor: Actor, change: BulkChange) -> Person:
    """Whose role or login was ended; nobody gives back their own."""
    kept = change.rows[0]
    person: Person | None = db.session.scalar(
        scope.rows(actor, Person).where(Person.id == kept["id"])
    )
    if person is None or person.retired_at is not None:
        raise ChangedSince
    if kept["before"]["account"] == actor.account_id:
        raise NotAllowed
    if change.action == WITHDRAW:
        policy.require(actor, Action.WITHDRAW_ACCOUNT, person)
    return person


def _account(person: Person, before: dict[str, Any]) -> User:
    """The login, held to the end of the transaction, when it is as it was left: open or closed,
    and the human has got no other one since."""
    account = hold(before["account"])
    if account.active != before["is_open"]:
        raise ChangedSince
    if not account.active and known_account(person) is not None:
        raise ChangedSince
    return account


def _ended_then(actor: Actor, person_id: str, account_id: int, at: datetime) -> list[Membership]:
    """The roles of a person and an account that ended at an instant and have stayed so."""
    found = scope.rows(actor, Membership).where(
        Membership.person_id == person_id,
        Membership.account_id == account_id,
        Membership.ended_at == at,
    )
    return list(db.session.scalars(found.order_by(Membership.id)))


def _give(actor: Actor, person: Person, account: User, role: Membership, at: datetime) -> None:
    """Let a role go on as it was, when whoever asks may both end it and give it."""
    policy.require(actor, Action.END, role)
    if role.unit is not None and role.unit.retired_at is not None:
        raise ChangedSince
    terms = Terms(role.role, role.starts_on, role.ends_on, role.unit)
    if not policy.may_give(actor, role.role, terms.unit_path):
        raise NotAllowed
    refuse_what_is_held(person, account, terms, day_of(at))
    role.ended_at = None
    db.session.flush()


def _give_the_rest(
    actor: Actor, change: BulkChange, person: Person, account: User, at: datetime
) -> None:
    """Take up keys and questions again. Whoever else could set the password can't any longer."""
    session = db.session()
    tokens.void_links(session, TokenPurpose.SET_PASSWORD, account.id, at, keep_of=actor.account_id)
    place = person.municipality_id
    tokens.restore_revoked(session, account.id, change.made_at, municipality_id=place)
    if change.action == WITHDRAW:
        link_requests.ask_again(person, taken_back_at=change.made_at)
