"""One login for a human in many municipalities: asking the holder, and the answer.

The municipality that asks learns only that a request was sent; the holder decides on the own page.
"""

from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts.holding import Terms, hold, keep_identifiers, put_role
from app.audit import log
from app.clock import day_of
from app.db import db, separate_session
from app.errors import DomainError, NotFound
from app.models import AccountLinkRequest, AccountProfile, Person, Unit
from app.security import policy, scope, tenancy, tokens
from app.security.actor import Actor, find_actor, operator
from app.security.roles import Action


class AlreadyAnswered(DomainError):
    """The request has its answer."""

    message = _l("This request has been answered already.")


class RequestOutdated(DomainError):
    """What was asked for can't be given any more."""

    message = _l("This request can't be accepted any more. Ask the municipality to send a new one.")


def ask(actor: Actor, person: Person, account: User, terms: Terms, *, at: datetime) -> None:
    """Ask the account's holder; asking again replaces what was asked. The caller asks policy."""
    request = _open_request(person, account) or AccountLinkRequest(
        municipality_id=person.municipality_id, person_id=person.id, account_id=account.id
    )
    request.role = terms.role
    request.unit_id = None if terms.unit is None else terms.unit.id
    request.starts_on = terms.starts_on
    request.ends_on = terms.ends_on
    request.requested_by_id = actor.account_id
    request.at = at
    db.session.add(request)
    db.session.flush()


def _open_request(person: Person, account: User) -> AccountLinkRequest | None:
    found: AccountLinkRequest | None = db.session.scalar(
        select(AccountLinkRequest).where(
            AccountLinkRequest.municipality_id == person.municipality_id,
            AccountLinkRequest.person_id == person.id,
            AccountLinkRequest.account_id == account.id,
            AccountLinkRequest.answered_at.is_(None),
        )
    )
    return found


def take_back(person: Person, *, at: datetime) -> None:
    """End the questions about a person that wait for an answer."""
    for request in db.session.scalars(
        select(AccountLinkRequest).where(
            AccountLinkRequest.municipality_id == person.municipality_id,
            AccountLinkRequest.person_id == person.id,
            AccountLinkRequest.answered_at.is_(None),
        )
    ):
        request.answered_at, request.accepted = at, False


def answer(actor: Actor, request_id: str, *, accepts: bool, at: datetime) -> None:
    """Say yes or no to a request; with yes the role is held from then on.

    Raises:
        NotFound: it is no request to this account.
        AlreadyAnswered
        RequestOutdated: who asked may not give the role now, the person or unit is retired, or
            the password was changed since.
    """
    found = db.session.scalar(
        scope.rows(actor, AccountLinkRequest, Action.ANSWER).where(
            AccountLinkRequest.id == request_id
        )
    )
    if found is None:
        raise NotFound
    policy.require(actor, Action.ANSWER, found)
    place, asked_by = found.municipality_id, found.requested_by_id
    giver = _giver(asked_by, place, at)
    with tenancy.applied(db.session(), tenancy.Scope(place, actor.account_id)):
        request = db.session.get_one(AccountLinkRequest, request_id, with_for_update=True)
        if request.answered_at is not None:
            raise AlreadyAnswered
        request.answered_at, request.accepted = at, accepts
        if accepts:
            _refuse_new_password(request)
            _give(giver, request, at)
        log.record(actor, f"account_link_request:{'accepted' if accepts else 'declined'}", request)


def _giver(account_id: int | None, municipality_id: int, at: datetime) -> Actor:
    """Who asked, with the roles they hold now."""
    if account_id is None:
        return operator(municipality_id)
    with separate_session() as session:
        if tokens.active_account(session, account_id) is None:
            raise RequestOutdated
        return find_actor(session, account_id, municipality_id, at)


def _refuse_new_password(request: AccountLinkRequest) -> None:
    """Whoever was handed a link to a new password may be another than the one who was asked."""
    profile = db.session.get(AccountProfile, request.account_id)
    changed_at = None if profile is None else profile.password_changed_at
    if changed_at is not None and changed_at > request.at:
        raise RequestOutdated


def _give(giver: Actor, request: AccountLinkRequest, at: datetime) -> None:
    person = db.session.get_one(Person, request.person_id)
    unit = None if request.unit_id is None else db.session.get_one(Unit, request.unit_id)
    terms = Terms(request.role, request.starts_on, request.ends_on, unit)
    is_retired = person.retired_at is not None or (unit is not None and unit.retired_at is not None)
    if is_retired or not policy.may_give(giver, terms.role, terms.unit_path):
        raise RequestOutdated
    account = hold(request.account_id)
    put_role(person, account, terms, at=at, on=day_of(at), giver=None)
    keep_identifiers(account, person)
