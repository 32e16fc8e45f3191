"""What holders do with their own account: password, contact data, sessions, bearer tokens."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts import passwords
from app.accounts.holding import hold
from app.audit import log
from app.clock import OSLO, day_of
from app.db import db
from app.enums import Language, TokenPurpose
from app.errors import DomainError, NotFound, StaleVersion
from app.models import AccountProfile, ApiToken, Person
from app.people.names import tidy
from app.security import policy, scope, sessions, tokens
from app.security.actor import Actor
from app.security.roles import Action, Resource

LONGEST_TOKEN_LIFE = timedelta(days=365)


class WrongPassword(DomainError):
    """The present password was not the one written."""

    status = 422
    message = _l("The present password is wrong.")


class BadTokenPeriod(DomainError):
    """A token lives from one day to one year."""

    status = 422


class NoMunicipality(DomainError):
    """A token is for one municipality, and none is chosen."""

    message = _l("Choose a municipality first. An access key is for one municipality.")


@dataclass(frozen=True)
class Contact:
    """The contact data that people keep in order themselves."""

    email: str | None
    phone: str | None
    address: str | None
    postcode: str | None
    language: Language | None


def put_own_contact(actor: Actor, person: Person, contact: Contact, *, version: str) -> None:
    """Put the holder's own contact data; a shielded person's address is not kept here.

    Raises:
        StaleVersion: somebody saved the person after the form was opened.
        NotFound, NotAllowed
    """
    policy.require(actor, Action.EDIT_CONTACT, person)
    if version != str(person.version):
        raise StaleVersion
    person.email = contact.email
    person.phone = contact.phone
    person.language = contact.language
    if not person.is_shielded:
        person.address = tidy(contact.address or "") or None
        person.postcode = contact.postcode


def change_password(actor: Actor, old: str, new: str, *, at: datetime) -> None:
    """Change the actor's own password; every session of the account ends.

    Raises:
        WrongPassword, WeakPassword, NotFound
    """
    if actor.account_id is None:
        raise NotFound
    account = hold(actor.account_id)
    if not passwords.fits(account.password, old):
        raise WrongPassword(field="old_password")
    _put_password(actor, account, new, at)


def set_password_by_link(secret: str, password: str, *, at: datetime) -> None:
    """Set the password of the account that a one-time link is for; its sessions end.

    Raises:
        NotFound: the link is unknown, used or out of date, or the account was withdrawn.
        WeakPassword
    """
    link = tokens.open_link(db.session(), secret, TokenPurpose.SET_PASSWORD, at)
    if link is None or link.account_id is None:
        raise NotFound
    account = hold(link.account_id)
    if not account.active:
        raise NotFound
    _put_password(Actor(account_id=account.id), account, password, at)
    # Whoever asks for a link may have lost the login to somebody else, keys and all.
    tokens.revoke_all(db.session(), account.id, at)


def username_of_link(secret: str, *, at: datetime) -> str | None:
    """The user name of the account that the link can still set a password for."""
    link = tokens.open_link(db.session(), secret, TokenPurpose.SET_PASSWORD, at)
    account = db.session.get(User, link.account_id) if link is not None else None
    return account.username if account is not None else None


def _put_password(actor: Actor, account: User, password: str, at: datetime) -> None:
    passwords.require_strong(password, account.username)
    account.password = passwords.make_hash(password)
    session = db.session()
    profile = session.get(AccountProfile, account.id) or AccountProfile(account_id=account.id)
    profile.password_changed_at = at
    session.add(profile)
    tokens.void_links(session, TokenPurpose.SET_PASSWORD, account.id, at)
    sessions.end_all(session, account.id, at)
    log.record(actor, "account:password_changed")


def end_other_sessions(actor: Actor, present: str | None, *, at: datetime) -> None:
    """End the actor's sessions but the present one, named by its hash."""
    if actor.account_id is None:
        raise NotFound
    sessions.end_all(db.session(), actor.account_id, at, but=present)
    log.record(actor, "account:other_sessions_ended")


def make_token(
    actor: Actor, name: str, *, may_write: bool, last_day: date, at: datetime
) -> tokens.NewToken:
    """A bearer token for the actor in the present municipality, to the end of ``last_day``.

    Raises:
        NoMunicipality, BadTokenPeriod, NotAllowed
    """
    policy.require_open(actor, Action.ADD, Resource.API_TOKEN)
    if actor.municipality_id is None:
        raise NoMunicipality
    on = day_of(at)
    if not on <= last_day <= on + LONGEST_TOKEN_LIFE:
        raise BadTokenPeriod(
            _("Choose a day from today to one year from now."), field="token_last_day"
        )
    ends = datetime.combine(last_day + timedelta(days=1), time.min, OSLO).astimezone(UTC)
    made = tokens.make_token(actor, tidy(name), may_write=may_write, at=at, expires_at=ends)
    db.session.add(made.row)
    return made


def find_token(actor: Actor, token_id: str) -> ApiToken:
    """One of the actor's own bearer tokens.

    Raises:
        NotFound: it is not the actor's.
    """
    token: ApiToken | None = db.session.scalar(
        scope.rows(actor, ApiToken, Action.END).where(ApiToken.id == token_id)
    )
    if token is None:
        raise NotFound
    policy.require(actor, Action.END, token)
    return token


def revoke_token(actor: Actor, token_id: str, *, at: datetime) -> str:
    """Make one of the actor's own bearer tokens useless; its name.

    Raises:
        NotFound: it is not the actor's.
    """
    token = find_token(actor, token_id)
    if token.revoked_at is None:
        token.revoked_at = at
    return token.name
