"""One login for a human in many municipalities: asking the holder, and the answer.

The municipality that asks learns only that a request was sent; the holder decides on the own page,
and says yes with the code that the one who asked handed over in person. Without it a coordinator
could write a future colleague's national id on a login of his own, and say yes in that name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from app.accounts import link_codes
from app.accounts.holding import Terms, hold, keep_identifiers, put_role
from app.audit import log
from app.clock import day_of
from app.db import db, separate_session
from app.errors import DomainError, NotFound
from app.models import AccountLinkRequest, AccountProfile, Person, Unit, new_id
from app.security import policy, scope, tenancy, tokens
from app.security.actor import Actor, find_actor, operator
from app.security.roles import Action

COUNTED = "wrong_codes"


class AlreadyAnswered(DomainError):
    """The request has its answer."""

    message = _l("This request has been answered already.")


class RequestOutdated(DomainError):
    """What was asked for can't be given any more."""

    message = _l("This request can't be accepted any more. Ask the municipality to send a new one.")


class WrongCode(DomainError):
    """No code was written, or another than the one that was handed over."""

    status = 422
    message = _l("Write the code that the municipality gave you.")


class TooManyCodes(DomainError):
    """So many wrong codes were written that the request is void."""

    message = _l(
        "The code was wrong too many times, so this request can't be accepted any more. Ask the"
        " municipality to send a new one."
    )


def ask(actor: Actor, person: Person, account: User, terms: Terms, *, at: datetime) -> str:
    """Ask the account's holder; the code to hand over, which is kept nowhere.

    Asking again replaces what was asked, and the code. The caller asks policy.
    """
    earlier = _open_request(person, account)
    request = earlier or AccountLinkRequest(
        id=new_id(),
        municipality_id=person.municipality_id,
        person_id=person.id,
        account_id=account.id,
    )
    request.role = terms.role
    request.unit_id = None if terms.unit is None else terms.unit.id
    request.starts_on = terms.starts_on
    request.ends_on = terms.ends_on
    request.requested_by_id = actor.account_id
    request.at = at
    code = link_codes.new_code()
    request.code_hash, request.wrong_codes = link_codes.code_hash(request.id, code), 0
    if earlier is not None:
        fields = log.changed_fields(request)
        log.record(actor, "account_link_request:sent_again", request, fields=fields)
    db.session.add(request)
    db.session.flush()
    return code


def _open_request(person: Person, account: User) -> AccountLinkRequest | None:
    found: AccountLinkRequest | None = db.session.scalar(
        select(AccountLinkRequest)
        .where(
            AccountLinkRequest.municipality_id == person.municipality_id,
            AccountLinkRequest.person_id == person.id,
            AccountLinkRequest.account_id == account.id,
            AccountLinkRequest.answered_at.is_(None),
        )
        .with_for_update()  # No try at the old code is counted on the new one.
    )
    return found


def take_back(person: Person, *, at: datetime, account_id: int | None = None) -> None:
    """End the questions about a person that wait for an answer, or those to one account alone."""
    found = select(AccountLinkRequest).where(
        AccountLinkRequest.municipality_id == person.municipality_id,
        AccountLinkRequest.person_id == person.id,
        AccountLinkRequest.answered_at.is_(None),
    )
    if account_id is not None:
        found = found.where(AccountLinkRequest.account_id == account_id)
    for request in db.session.scalars(found):
        request.answered_at, request.accepted = at, False


def ask_again(person: Person, *, taken_back_at: datetime) -> None:
    """Let the questions about a person wait once more that were taken back at one instant, but
    for those that were asked anew since."""
    found = select(AccountLinkRequest).where(
        AccountLinkRequest.municipality_id == person.municipality_id,
        AccountLinkRequest.person_id == person.id,
        AccountLinkRequest.answered_at == taken_back_at,
        AccountLinkRequest.accepted.is_(False),
    )
    open_to = db.session.scalars(
        select(AccountLinkRequest.account_id).where(
            AccountLinkRequest.municipality_id == person.municipality_id,
            AccountLinkRequest.person_id == person.id,
            AccountLinkRequest.answered_at.is_(None),
        )
    ).all()
    for request in db.session.scalars(found.where(AccountLinkRequest.account_id.not_in(open_to))):
        request.answered_at = request.accepted = None


def decline(actor: Actor, request_id: str, *, at: datetime) -> None:
    """Say no to a request, for which nobody needs a code.

    Raises:
        NotFound: it is no request to this account.
        AlreadyAnswered
    """
    place = _asked(actor, request_id).municipality_id
    with _unanswered(actor, place, request_id) as request:
        request.answered_at, request.accepted = at, False
        log.record(actor, "account_link_request:declined", request)


def accept(actor: Actor, request_id: str, code: str, *, at: datetime) -> DomainError | None:
    """Say yes to a request with its code; the role is held from then on.

    The refusal of a wrong code is given back for the caller to raise when the transaction is over,
    which keeps count.

    Raises:
        NotFound: it is no request to this account.
        WrongCode: none was written.
        AlreadyAnswered
        RequestOutdated: it has no code, or no longer; who asked may not give the role now, the
            person or unit is retired, or the password was changed since.
    """
    found = _asked(actor, request_id)
    place, asked_by = found.municipality_id, found.requested_by_id
    giver = _giver(asked_by, place, at)
    with _unanswered(actor, place, request_id) as request:
        refusal = _refuse_wrong_code(actor, request, code)
        if refusal is not None:
            return refusal
        _refuse_new_password(request)
        request.answered_at, request.accepted = at, True
        _give(giver, request, at)
        log.record(actor, "account_link_request:accepted", request)
    return None


def _asked(actor: Actor, request_id: str) -> AccountLinkRequest:
    """The request, as its holder reads it.

    Raises:
        NotFound: it is no request to this account.
    """
    found: AccountLinkRequest | None = db.session.scalar(
        scope.rows(actor, AccountLinkRequest, Action.ANSWER).where(
            AccountLinkRequest.id == request_id
        )
    )
    if found is None:
        raise NotFound
    policy.require(actor, Action.ANSWER, found)
    return found


@contextmanager
def _unanswered(actor: Actor, place: int, request_id: str) -> Iterator[AccountLinkRequest]:
    """The request, held to the end of the transaction, in the scope of the place that asks.

    Raises:
        AlreadyAnswered
    """
    with tenancy.applied(db.session(), tenancy.Scope(place, actor.account_id)):
        request = db.session.get_one(AccountLinkRequest, request_id, with_for_update=True)
        if request.answered_at is not None:
            raise AlreadyAnswered
        yield request


def _refuse_wrong_code(actor: Actor, request: AccountLinkRequest, code: str) -> DomainError | None:
    """What to say of a wrong code, which is counted; the last one makes the request void."""
    if request.code_hash is None:
        raise RequestOutdated
    if not link_codes.plain(code):
        raise WrongCode(field="link_code")
    if link_codes.fits(request.code_hash, request.id, code):
        return None
    request.wrong_codes += 1
    left = link_codes.TRIES - request.wrong_codes
    if left <= 0:
        request.code_hash = None
        log.record(actor, "account_link_request:voided", request, fields=("code_hash", COUNTED))
        return TooManyCodes()
    log.record(actor, "account_link_request:wrong_code", request, fields=(COUNTED,))
    text = ngettext(
        "The code is wrong. You have %(num)s try left.",
        "The code is wrong. You have %(num)s tries left.",
        left,
    )
    return WrongCode(text, field="link_code")


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
