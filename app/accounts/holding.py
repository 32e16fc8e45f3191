"""The steps that giving and ending roles share. Whoever calls has asked policy already."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts.queries import NATIONAL_ID, account_by_name, identifiers
from app.db import db
from app.enums import Role, TokenPurpose
from app.errors import DomainError
from app.models import AccountIdentifier, Membership, Person, Unit
from app.security import sessions, tokens

USERNAME = re.compile(r"\w[\w.@-]{2,63}")


class BadUsername(DomainError):
    """The user name has other characters than we can tell apart, or is too short or long."""

    status = 422
    message = _l("Use 3 to 64 letters, digits, dots or hyphens, without spaces.")


class TakenUsername(DomainError):
    """Another account has the user name."""

    message = _l("This user name is taken. Choose another.")


class WrongPeriod(DomainError):
    """The role would end before it begins."""

    status = 422
    message = _l("The last day can't be before the first.")


class AlreadyHeld(DomainError):
    """The person holds the same role in the same place already."""

    message = _l("The person has this role already.")


class AnotherPersonHere(DomainError):
    """The account stands for another person in the municipality."""

    message = _l("This login belongs to another person in the municipality.")


class LastLocalAdministrator(DomainError):
    """Nobody would be left to administer the municipality."""

    message = _l(
        "This is the last local administrator of the municipality. Give somebody else the role"
        " first."
    )


@dataclass(frozen=True)
class Terms:
    """What a role is given as: which, from when, to when, and where.

    ``ends_on`` is the first day without the role. ``unit`` limits it to that unit and all below.
    """

    role: Role
    starts_on: date
    ends_on: date | None = None
    unit: Unit | None = None

    @property
    def unit_path(self) -> str | None:
        """Where in the tree of units the role holds; None is everywhere."""
        return None if self.unit is None else self.unit.path


def read_username(text: str | None) -> str:
    """A user name as accounts keep it.

    Raises:
        BadUsername: it has spaces or signs, or is too short or long.
    """
    name = unicodedata.normalize("NFC", (text or "").strip()).casefold()
    if not USERNAME.fullmatch(name):
        raise BadUsername(field="username")
    return name


def add_account(username: str | None) -> User:
    """A new account without a password; it holds nothing about the person.

    Raises:
        BadUsername, TakenUsername
    """
    name = read_username(username)
    if account_by_name(name) is not None:
        raise TakenUsername(field="username")
    account = User(
        username=name,
        first_name="",
        last_name="",
        email=f"{uuid4()}@account.invalid",
        active=True,
        password=None,
    )
    db.session.add(account)
    db.session.flush()
    return account


def keep_identifiers(account: User, person: Person) -> None:
    """Let the account be found by the person's national id from now on.

    A number that finds another account in use goes on finding that one.
    """
    digest = dict(identifiers(person)).get(NATIONAL_ID)
    if digest is None:
        return
    row = db.session.scalar(
        select(AccountIdentifier).where(
            AccountIdentifier.kind == NATIONAL_ID, AccountIdentifier.hash == digest
        )
    )
    if row is None:
        db.session.add(AccountIdentifier(account_id=account.id, kind=NATIONAL_ID, hash=digest))
    elif tokens.active_account(db.session(), row.account_id) is None:
        row.account_id = account.id


def hold(account_id: int) -> User:
    """The account, held to the end of the transaction, so that its roles change one by one."""
    db.session.flush()
    account: User = db.session.get_one(
        User, account_id, with_for_update=True, populate_existing=True
    )
    return account


def put_role(
    person: Person, account: User, terms: Terms, *, at: datetime, on: date, giver: int | None
) -> Membership:
    """A new role. Links made by others than ``giver`` to set the password stop working.

    Whoever could set the password before could otherwise take the new role too.

    Raises:
        WrongPeriod, AlreadyHeld, AnotherPersonHere
    """
    if terms.ends_on is not None and terms.ends_on <= terms.starts_on:
        raise WrongPeriod(field="last_day")
    hold(account.id)
    refuse_what_is_held(person, account, terms, on)
    tokens.void_links(db.session(), TokenPurpose.SET_PASSWORD, account.id, at, keep_of=giver)
    membership = Membership(
        municipality_id=person.municipality_id,
        account_id=account.id,
        person_id=person.id,
        role=terms.role,
        unit_id=None if terms.unit is None else terms.unit.id,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        created_at=at,
    )
    db.session.add(membership)
    db.session.flush()
    return membership


def refuse_what_is_held(person: Person, account: User, terms: Terms, on: date) -> None:
    """Refuse a role that is held already, or that the account would hold as another person.

    Raises:
        AlreadyHeld, AnotherPersonHere
    """
    unit_id = None if terms.unit is None else terms.unit.id
    for held in memberships(account.id, person.municipality_id):
        if held.person_id != person.id:
            raise AnotherPersonHere
        if held.role is terms.role and held.unit_id == unit_id and not held.is_over(on):
            raise AlreadyHeld(field="role")


def memberships(account_id: int, municipality_id: int) -> list[Membership]:
    """All roles the account has had in the municipality."""
    return list(
        db.session.scalars(
            select(Membership)
            .where(
                Membership.account_id == account_id,
                Membership.municipality_id == municipality_id,
            )
            .order_by(Membership.id)
        )
    )


def require_other_administrator(leaving: Collection[Membership], on: date) -> None:
    """Raise ``LastLocalAdministrator`` when nobody else administers the whole municipality.

    The others' roles are held to the end of the transaction: of two who leave at once, one stays.
    """
    ids = {membership.id for membership in leaving}
    if not any(_administers_all(membership, on) for membership in leaving):
        return
    municipality_id = next(iter(leaving)).municipality_id
    others = db.session.scalars(
        select(Membership)
        .where(
            Membership.municipality_id == municipality_id,
            Membership.role == Role.LOCAL_ADMINISTRATOR,
            Membership.unit_id.is_(None),
            Membership.ended_at.is_(None),
            Membership.account_id.in_(select(User.id).where(User.active.is_(True))),
        )
        .order_by(Membership.id)
        .with_for_update()
    ).all()
    if not any(other.id not in ids and other.is_active(on) for other in others):
        raise LastLocalAdministrator


def _administers_all(membership: Membership, on: date) -> bool:
    return (
        membership.role is Role.LOCAL_ADMINISTRATOR
        and membership.unit_id is None
        and membership.is_active(on)
    )


def cut_off(account_id: int, municipality_id: int, at: datetime) -> None:
    """End the account's sessions, its bearer tokens for the municipality, and the links it made."""
    session = db.session()
    sessions.end_all(session, account_id, at)
    tokens.void_links_made_by(session, account_id, at)
    tokens.revoke_all(session, account_id, at, municipality_id=municipality_id)


def close_account(account: User, at: datetime) -> None:
    """Nobody signs in with the account any more; opening it again takes a new password."""
    account.active = False
    account.password = None
    tokens.void_links(db.session(), TokenPurpose.SET_PASSWORD, account.id, at)
    sessions.end_all(db.session(), account.id, at)
