"""Accounts of persons, and the roles they hold in a municipality.

An administrator starts an account and hands over a link; the password is the holder's alone.
Nobody gives, changes or ends a role that they could not give.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l

from app.accounts import link_requests
from app.accounts.holding import (
    Terms,
    WrongPeriod,
    add_account,
    close_account,
    cut_off,
    hold,
    keep_identifiers,
    memberships,
    put_role,
    require_other_administrator,
)
from app.accounts.queries import account_of, is_used_elsewhere, known_account
from app.audit import log
from app.clock import day_of
from app.db import db
from app.enums import TokenPurpose
from app.errors import DomainError, NotAllowed
from app.models import Membership, Person, Unit
from app.security import policy, tokens
from app.security.actor import Actor, Holding
from app.security.roles import Action, Resource

OUTLASTS = _l(
    "You can't let your own access last longer than the role that you give it by. Ask another"
    " administrator."
)


class HasAccount(DomainError):
    """The person has an account already."""

    message = _l("The person has a login already.")


class NoAccount(DomainError):
    """The person has no account that is in use."""

    message = _l("The person has no login that is in use.")


class RoleIsOver(DomainError):
    """The role has ended; it is history."""

    message = _l("This role has ended. Give it anew instead.")


class NotYoursToOpen(DomainError):
    """The link would open more than the roles that the actor gives."""

    is_refusal = True
    message = _l(
        "You can't make a link for this login, because it may open more than you have access to."
        " The person can change the password on their own page."
    )


@dataclass(frozen=True)
class NewAccount:
    """An account that was just made, and the secret of the link that sets its password."""

    account: User
    secret: str


@dataclass(frozen=True)
class Given:
    """What came of giving a role.

    ``membership`` is None when the human has an account elsewhere and was asked; ``code`` is what
    they need to say yes. ``secret`` is that of a link to set a password, for an account that has
    none. Both are shown once.
    """

    membership: Membership | None
    secret: str | None = None
    code: str | None = None


def assign(
    actor: Actor, person: Person, terms: Terms, *, username: str | None, at: datetime
) -> Given:
    """Give a person a role, with an account where there is none.

    Where the human has an account in use elsewhere, the holder is asked and the role is given
    when they say yes.

    Raises:
        NotFound, NotAllowed: the person or unit is not the actor's, or the role not theirs to give.
        BadUsername, TakenUsername: a new account can't have this user name.
        WrongPeriod, AlreadyHeld
    """
    require_may_give(actor, person, terms)
    own = account_of(person)
    if own is not None and own.active:
        return Given(give_role(actor, person, own, terms, at=at))
    known = known_account(person)
    if known is not None:
        policy.require(actor, Action.CREATE_ACCOUNT, person)
        return Given(None, code=link_requests.ask(actor, person, known, terms, at=at))
    made = (
        reopen_account(actor, person, own, at=at)
        if own is not None
        else create_account(actor, person, username, at=at)
    )
    return Given(give_role(actor, person, made.account, terms, at=at), made.secret)


def create_account(
    actor: Actor, person: Person, username: str | None, *, at: datetime
) -> NewAccount:
    """A new account for a person who has none, with a link to set its password.

    Raises:
        HasAccount: the person has one, here or elsewhere.
        BadUsername, TakenUsername
    """
    policy.require(actor, Action.CREATE_ACCOUNT, person)
    if account_of(person) is not None or known_account(person) is not None:
        raise HasAccount
    account = add_account(username)
    keep_identifiers(account, person)
    log.record(actor, "account:created", person)
    return NewAccount(account, _link(actor, account, at))


def reopen_account(actor: Actor, person: Person, account: User, *, at: datetime) -> NewAccount:
    """Open an account that was withdrawn, with a link to set a new password."""
    policy.require(actor, Action.CREATE_ACCOUNT, person)
    hold(account.id)
    account.active = True
    account.password = None
    keep_identifiers(account, person)
    log.record(actor, "account:reopened", person)
    return NewAccount(account, _link(actor, account, at))


def _link(actor: Actor, account: User, at: datetime) -> str:
    return tokens.make_link(
        db.session(), TokenPurpose.SET_PASSWORD, account.id, at, made_by=actor.account_id
    )


def require_may_give(actor: Actor, person: Person, terms: Terms) -> None:
    """Raise unless ``actor`` may give this role to this person in this place.

    Raises:
        NotFound: the person or the unit is not one the actor sees.
        NotAllowed: the role, or how widely, is not the actor's to give.
    """
    policy.require_open(actor, Action.ADD, Resource.MEMBERSHIP)
    policy.require(actor, Action.CHOOSE, person)
    _require_place(actor, terms)


def _require_place(actor: Actor, terms: Terms) -> None:
    if terms.unit is not None:
        policy.require(actor, Action.CHOOSE, terms.unit)
    if not policy.may_give(actor, terms.role, terms.unit_path):
        raise NotAllowed(field="unit_id" if terms.unit is None else "role")


def give_role(
    actor: Actor, person: Person, account: User, terms: Terms, *, at: datetime
) -> Membership:
    """Give a role to the account as which the person signs in.

    Raises:
        NotFound, NotAllowed: as ``require_may_give``.
        WrongPeriod, AlreadyHeld, AnotherPersonHere
    """
    require_may_give(actor, person, terms)
    _refuse_to_outlast(actor, account.id, terms, day_of(at))
    return put_role(person, account, terms, at=at, on=day_of(at), giver=actor.account_id)


def _refuse_to_outlast(actor: Actor, account_id: int, terms: Terms, on: date) -> None:
    """Nobody makes their own access last longer than the role that they give it by.

    Raises:
        NotAllowed: it is for the actor's own account, and would.
    """
    if account_id != actor.account_id or actor.municipality_id is None:
        return
    if not any(
        own.is_active(on)
        and _gives(actor, own, terms)
        and (own.ends_on is None or (terms.ends_on or date.max) <= own.ends_on)
        for own in memberships(account_id, actor.municipality_id)
    ):
        raise NotAllowed(OUTLASTS)


def _gives(actor: Actor, own: Membership, terms: Terms) -> bool:
    """Whether one of the actor's own roles is enough, alone, to give what the terms say."""
    holding = Holding(own.role, None if own.unit is None else own.unit.path)
    alone = replace(actor, holdings=(holding,))
    return bool(policy.may_give(alone, terms.role, terms.unit_path))


def change_role(
    actor: Actor,
    membership: Membership,
    *,
    unit: Unit | None,
    starts_on: date,
    ends_on: date | None,
    at: datetime,
) -> None:
    """Change where and when a role is held; who and which are changed by ending and giving.

    Links made by others than ``actor`` to set the password stop working.

    Raises:
        RoleIsOver, WrongPeriod, LastLocalAdministrator, NotAllowed
    """
    policy.require(actor, Action.EDIT, membership)
    if membership.ended_at is not None:
        raise RoleIsOver
    if ends_on is not None and ends_on <= starts_on:
        raise WrongPeriod(field="last_day")
    on = day_of(at)
    was_active = membership.is_active(on)
    is_active = starts_on <= on and (ends_on is None or on < ends_on)
    if unit is None or unit.id != membership.unit_id:
        _require_place(actor, Terms(membership.role, starts_on, ends_on, unit))
    terms = Terms(membership.role, starts_on, ends_on, unit)
    _refuse_to_outlast(actor, membership.account_id, terms, on)
    if unit is not None or not is_active:
        require_other_administrator([membership], on)
    # Whoever could set the password before could otherwise take what is added.
    tokens.void_links(
        db.session(), TokenPurpose.SET_PASSWORD, membership.account_id, at, keep_of=actor.account_id
    )
    membership.unit_id = None if unit is None else unit.id
    membership.starts_on = starts_on
    membership.ends_on = ends_on
    if was_active and not is_active:
        cut_off(membership.account_id, membership.municipality_id, at)


def end_role(actor: Actor, membership: Membership, *, at: datetime) -> None:
    """End a role at once; the account's sessions and its tokens here end with it.

    Raises:
        RoleIsOver, LastLocalAdministrator, NotFound, NotAllowed
    """
    policy.require(actor, Action.END, membership)
    if membership.ended_at is not None:
        raise RoleIsOver
    require_other_administrator([membership], day_of(at))
    membership.ended_at = at
    cut_off(membership.account_id, membership.municipality_id, at)
    log.record(actor, "membership:ended", membership)


def withdraw_account(actor: Actor, person: Person, *, at: datetime) -> int:
    """End all roles the person has here at once; without a role anywhere the login closes too.

    The id of the account.

    Raises:
        NoAccount: there is none in use.
        NotAllowed: one of the roles is not the actor's to end.
        LastLocalAdministrator
    """
    policy.require(actor, Action.WITHDRAW_ACCOUNT, person)
    account, on = account_of(person), day_of(at)
    if account is None or not account.active:
        raise NoAccount
    hold(account.id)
    held = [m for m in memberships(account.id, person.municipality_id) if not m.is_over(on)]
    for membership in held:
        policy.require(actor, Action.END, membership)
    require_other_administrator(held, on)
    for membership in held:
        membership.ended_at = at
    link_requests.take_back(person, at=at)
    cut_off(account.id, person.municipality_id, at)
    if not is_used_elsewhere(account.id, person.municipality_id, on):
        close_account(account, at)
    log.record(actor, "account:withdrawn", person)
    return int(account.id)


def new_password_link(actor: Actor, person: Person, *, at: datetime) -> str:
    """The secret of a link by which the holder sets a new password; shown once.

    Whoever has the link can sign in with the account, so it is made only for one that opens
    nothing but roles that the actor gives, in this municipality alone.

    Raises:
        NoAccount, NotYoursToOpen, NotFound, NotAllowed
    """
    policy.require(actor, Action.CREATE_ACCOUNT, person)
    account, on = account_of(person), day_of(at)
    if account is None or not account.active:
        raise NoAccount
    hold(account.id)
    held = [m for m in memberships(account.id, person.municipality_id) if not m.is_over(on)]
    if not all(policy.decide(actor, Action.END, membership) for membership in held):
        raise NotYoursToOpen
    if is_used_elsewhere(account.id, person.municipality_id, on):
        raise NotYoursToOpen
    log.record(actor, "account:link_made", person)
    return _link(actor, account, at)
