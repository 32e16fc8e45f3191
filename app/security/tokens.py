"""Accounts, bearer tokens and one-time links: what proves who somebody is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import transaction
from app.enums import TokenPurpose
from app.models import ApiToken, OneTimeLink
from app.security.actor import Actor, find_actor
from app.security.keys import new_secret, secret_hash

TOKEN_PREFIX = "samvev_"
LINK_LIVES = timedelta(hours=24)


@dataclass(frozen=True)
class NewToken:
    """A token that was just made; its secret is shown once and kept nowhere."""

    row: ApiToken
    secret: str


def active_account(session: Session, account_id: int) -> int | None:
    """The account's id while the account is active, otherwise None."""
    return session.scalar(select(User.id).where(User.id == account_id, User.active.is_(True)))


def make_token(
    actor: Actor, name: str, *, may_write: bool, at: datetime, expires_at: datetime
) -> NewToken:
    """A token for ``actor`` in the present municipality; the caller adds its row."""
    secret = TOKEN_PREFIX + new_secret()
    row = ApiToken(
        account_id=actor.account_id,
        municipality_id=actor.municipality_id,
        name=name,
        secret_hash=secret_hash(secret),
        may_write=may_write,
        made_at=at,
        expires_at=expires_at,
    )
    return NewToken(row, secret)


def actor_of(session: Session, secret: str, at: datetime) -> Actor | None:
    """Who a bearer token stands for now; None when it is unknown, revoked or out of date."""
    row = _row_of(session, secret)
    if row is None or row.revoked_at is not None or row.expires_at <= at:
        return None
    return find_actor(session, row.account_id, row.municipality_id, at, may_write=row.may_write)


def tell_used(session: Session, secret: str, on: date) -> None:
    """Keep the last day that a token was used."""
    row = _row_of(session, secret)
    if row is not None and row.last_used_on != on:
        with transaction(session):
            session.get_one(ApiToken, row.id).last_used_on = on


def _row_of(session: Session, secret: str) -> ApiToken | None:
    return session.scalar(select(ApiToken).where(ApiToken.secret_hash == secret_hash(secret)))


def revoke_all(
    session: Session, account_id: int, at: datetime, *, municipality_id: int | None = None
) -> None:
    """Make the account's bearer tokens useless, everywhere or in one municipality."""
    wanted = select(ApiToken).where(
        ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None)
    )
    if municipality_id is not None:
        wanted = wanted.where(ApiToken.municipality_id == municipality_id)
    for token in session.scalars(wanted):
        token.revoked_at = at


def restore_revoked(
    session: Session, account_id: int, revoked_at: datetime, *, municipality_id: int
) -> None:
    """Let bearer tokens work again that were revoked at one instant in a municipality."""
    for token in session.scalars(
        select(ApiToken).where(
            ApiToken.account_id == account_id,
            ApiToken.municipality_id == municipality_id,
            ApiToken.revoked_at == revoked_at,
        )
    ):
        token.revoked_at = None


def make_link(
    session: Session,
    purpose: TokenPurpose,
    account_id: int | None,
    at: datetime,
    *,
    made_by: int | None = None,
) -> str:
    """The secret of a new one-time link; earlier ones of the same purpose stop working.

    ``made_by`` is the account of whoever hands the link over, None for a command.
    """
    void_links(session, purpose, account_id, at)
    secret = new_secret()
    session.add(
        OneTimeLink(
            secret_hash=secret_hash(secret),
            purpose=purpose,
            account_id=account_id,
            made_by_id=made_by,
            made_at=at,
            expires_at=at + LINK_LIVES,
        )
    )
    return secret


def void_links(
    session: Session,
    purpose: TokenPurpose,
    account_id: int | None,
    at: datetime,
    *,
    keep_of: int | None = None,
) -> None:
    """Make the unused links of an account useless, but for those made by ``keep_of``."""
    for link in session.scalars(
        select(OneTimeLink).where(
            OneTimeLink.purpose == purpose,
            OneTimeLink.account_id.is_(None)
            if account_id is None
            else OneTimeLink.account_id == account_id,
            OneTimeLink.used_at.is_(None),
        )
    ):
        if keep_of is None or link.made_by_id != keep_of:
            link.used_at = at


def void_links_made_by(session: Session, account_id: int, at: datetime) -> None:
    """Make the unused links useless that an account handed over: whoever has one can use it."""
    for link in session.scalars(
        select(OneTimeLink).where(
            OneTimeLink.made_by_id == account_id, OneTimeLink.used_at.is_(None)
        )
    ):
        link.used_at = at


def open_link(
    session: Session, secret: str, purpose: TokenPurpose, at: datetime
) -> OneTimeLink | None:
    """The link behind ``secret`` while it is unused and in date, otherwise None.

    The row is held to the end of the transaction: of two who use it at once, one comes late.
    """
    row = session.get(OneTimeLink, secret_hash(secret), with_for_update=True)
    if row is None or row.purpose != purpose or row.used_at is not None or row.expires_at <= at:
        return None
    return row
