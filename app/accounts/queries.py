"""Which account a person has, and where an account is in use.

What is asked across municipalities is read on a session of its own and answered with yes or no:
no row of another municipality reaches the one that asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.db import db, separate_session
from app.enums import Role
from app.models import (
    AccountIdentifier,
    AccountLinkRequest,
    ApiToken,
    CentralAppointment,
    LoginSession,
    Membership,
    Municipality,
    Person,
)
from app.people.keyring import keyring
from app.people.names import search_form
from app.security import tenancy

NATIONAL_ID = "national_id"


@dataclass(frozen=True)
class OwnRole:
    """A role as its holder reads it on the own page."""

    municipality: str
    role: Role
    unit: str
    starts_on: date
    last_day: date | None
    is_active: bool


@dataclass(frozen=True)
class OwnRequest:
    """A municipality's question to the account's holder; without a code there can be no yes."""

    id: str
    municipality: str
    role: Role
    at: datetime
    has_code: bool


def account_by_name(username: str) -> User | None:
    """The account with this user name, whatever its case."""
    found: User | None = db.session.scalar(
        select(User).where(User.username == username.strip().casefold())
    )
    return found


def username_of(account_id: int) -> str:
    """What the holder of an account types to sign in."""
    return str(db.session.get_one(User, account_id).username)


def account_of(person: Person) -> User | None:
    """The account that holds, or last held, a role as this person in the municipality."""
    found: User | None = db.session.scalar(
        select(User)
        .join(Membership, Membership.account_id == User.id)
        .where(
            Membership.municipality_id == person.municipality_id,
            Membership.person_id == person.id,
        )
        .order_by(User.active.desc(), Membership.id.desc())
        .limit(1)
    )
    return found


def identifiers(person: Person) -> list[tuple[str, str]]:
    """(kind, keyed hash) of what an account of this human can be found by.

    A doubtful national id finds nobody. Hashes of e-mail and phone are compared with those that
    the holder of an account has verified, never with what a municipality wrote down.
    """
    found = []
    if person.national_id_hash is not None and not person.national_id_is_doubtful:
        found.append((NATIONAL_ID, person.national_id_hash))
    for kind, value in (("email", person.email), ("phone", person.phone)):
        if value:
            found.append((kind, keyring().keyed_hash(f"account {kind}", value)))
    return found


def known_account(person: Person) -> User | None:
    """The active account of the same human, by exact match of a keyed hash."""
    for kind, digest in identifiers(person):
        account: User | None = db.session.scalar(
            select(User)
            .join(AccountIdentifier, AccountIdentifier.account_id == User.id)
            .where(
                AccountIdentifier.kind == kind,
                AccountIdentifier.hash == digest,
                User.active.is_(True),
            )
        )
        if account is not None:
            return account
    return None


def is_central(session: Session, account_id: int) -> bool:
    """Whether the account is a central administrator, or is proposed as one."""
    return bool(
        session.scalar(
            select(CentralAppointment.id)
            .where(
                CentralAppointment.account_id == account_id,
                CentralAppointment.ended_at.is_(None),
            )
            .limit(1)
        )
    )


def is_used_elsewhere(account_id: int, municipality_id: int, on: date) -> bool:
    """Whether the account has a role, now or later, outside this municipality."""
    with separate_session() as session:
        if is_central(session, account_id):
            return True
    return is_used_in_any(account_id, on, but=municipality_id)


def is_used_in_any(account_id: int, on: date, *, but: int | None = None) -> bool:
    """Whether the account has a role, now or later, in a municipality, ``but`` one."""
    with (
        separate_session() as session,
        tenancy.applied(session, tenancy.Scope(account_id=account_id)),
    ):
        held = session.scalars(
            select(Membership).where(
                Membership.account_id == account_id,
                Membership.municipality_id != (-1 if but is None else but),
            )
        )
        return any(not membership.is_over(on) for membership in held)


def count_local_administrators(municipality_id: int, on: date) -> int:
    """How many hold the role in the municipality on this day; who they are is not read out."""
    with (
        separate_session() as session,
        tenancy.applied(session, tenancy.Scope(municipality_id)),
    ):
        found = session.scalar(
            select(func.count(Membership.account_id.distinct())).where(
                Membership.municipality_id == municipality_id,
                Membership.role == Role.LOCAL_ADMINISTRATOR,
                Membership.ended_at.is_(None),
                Membership.starts_on <= on,
                or_(Membership.ends_on.is_(None), Membership.ends_on > on),
            )
        )
        return found or 0


def own_roles(account_id: int, on: date) -> list[OwnRole]:
    """The roles of an account in all municipalities, those in force first."""
    with separate_session() as session:
        places = _places_of(session, account_id)
        found = [role for place in places for role in _own_roles_in(session, account_id, place, on)]
    return sorted(
        found, key=lambda role: (not role.is_active, search_form(role.municipality), role.role)
    )


def _places_of(session: Session, account_id: int) -> Sequence[Municipality]:
    with tenancy.applied(session, tenancy.Scope(account_id=account_id)):
        numbers = session.scalars(
            select(Membership.municipality_id).where(Membership.account_id == account_id).distinct()
        ).all()
    return session.scalars(select(Municipality).where(Municipality.id.in_(numbers))).all()


def _own_roles_in(
    session: Session, account_id: int, place: Municipality, on: date
) -> list[OwnRole]:
    with tenancy.applied(session, tenancy.Scope(place.id, account_id)):
        held = session.scalars(
            select(Membership).where(
                Membership.account_id == account_id, Membership.municipality_id == place.id
            )
        )
        return [
            OwnRole(
                place.display_name,
                one.role,
                one.unit.name if one.unit is not None else "",
                one.starts_on,
                one.last_day,
                one.is_active(on),
            )
            for one in held
        ]


def own_requests(account_id: int) -> list[OwnRequest]:
    """The questions to an account that wait for an answer, oldest first."""
    with (
        separate_session() as session,
        tenancy.applied(session, tenancy.Scope(account_id=account_id)),
    ):
        found = session.execute(
            select(AccountLinkRequest, Municipality)
            .join(Municipality, Municipality.id == AccountLinkRequest.municipality_id)
            .where(
                AccountLinkRequest.account_id == account_id,
                AccountLinkRequest.answered_at.is_(None),
            )
            .order_by(AccountLinkRequest.id)
        )
        return [
            OwnRequest(one.id, place.display_name, one.role, one.at, one.code_hash is not None)
            for one, place in found
        ]


def own_tokens(account_id: int) -> Sequence[ApiToken]:
    """The bearer tokens of an account, newest first."""
    found: Sequence[ApiToken] = db.session.scalars(
        select(ApiToken).where(ApiToken.account_id == account_id).order_by(ApiToken.id.desc())
    ).all()
    return found


def open_sessions(account_id: int, at: datetime, idle: timedelta) -> Sequence[LoginSession]:
    """The signed-in sessions of an account that would still be let in, last used first."""
    found: Sequence[LoginSession] = db.session.scalars(
        select(LoginSession)
        .where(
            LoginSession.account_id == account_id,
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > at,
            LoginSession.seen_at > at - idle,
        )
        .order_by(LoginSession.seen_at.desc())
    ).all()
    return found
