"""One of two logins of the same human stays in a municipality; the other's roles here end.

What the other login is used for elsewhere is not touched, and not told of. Nothing goes over by
itself: a role that only the other had is given to the one that stays when whoever does it says so,
and may give it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts import link_requests
from app.accounts.holding import (
    Terms,
    close_account,
    cut_off,
    hold,
    keep_identifiers,
    memberships,
    require_other_administrator,
)
from app.accounts.operations import give_role
from app.accounts.queries import is_used_elsewhere
from app.audit import log
from app.clock import day_of
from app.db import db
from app.errors import DomainError, StaleVersion
from app.models import AuditEvent, Membership, Person
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.security.tenancy import current_scope

KEPT_ONE = "account:one_kept"
TOLD_FOR = timedelta(days=90)


class OwnLogin(DomainError):
    """Somebody would end the login that they are signed in with."""

    status = 422
    message = _l(
        "You are signed in with this login. Let it stay, or sign in with the other one first."
    )


@dataclass(frozen=True)
class Login:
    """An account as it is used in a municipality: as whom, and in which roles now or later."""

    account: User
    person: Person
    roles: tuple[Membership, ...]

    def lacks(self, other: "Login") -> list[Membership]:
        """The roles of ``other`` that this login does not hold as widely, in the same place."""
        held = {(one.role, one.unit_id) for one in self.roles}
        return [one for one in other.roles if (one.role, one.unit_id) not in held]


def login_of(account_id: int, municipality_id: int, on: date) -> Login | None:
    """The account with its roles in a municipality; None when it holds none, or is closed."""
    account = db.session.get(User, account_id)
    held = tuple(one for one in memberships(account_id, municipality_id) if not one.is_over(on))
    if account is None or not account.active or not held:
        return None
    return Login(account, held[0].person, held)


def keep_one(
    actor: Actor, kept: Login, ended: Login, *, again: Collection[str], at: datetime
) -> None:
    """End all roles of ``ended`` in the municipality, and the login where it is used nowhere else.

    ``again`` are ids of those of its roles that are given to ``kept``, no wider and no longer than
    they were held.

    Raises:
        OwnLogin
        StaleVersion: one of the two has other roles than those seen.
        NotAllowed: a role is not the actor's to end, or not theirs to give.
        LastLocalAdministrator
    """
    on, municipality_id = day_of(at), ended.person.municipality_id
    if ended.account.id == actor.account_id:
        raise OwnLogin(field="keep")
    for account_id in sorted({kept.account.id, ended.account.id}):
        hold(account_id)
    is_same = all(login_of(one.account.id, municipality_id, on) == one for one in (kept, ended))
    if not is_same or kept.account.id == ended.account.id:
        raise StaleVersion
    for role in ended.roles:
        policy.require(actor, Action.END, role)
    _give_again(actor, kept, ended, again, at)
    require_other_administrator(ended.roles, on)
    for role in ended.roles:
        role.ended_at = at
        log.record(actor, "membership:ended", role, fields=("ended_at",))
    link_requests.take_back(ended.person, at=at, account_id=ended.account.id)
    cut_off(ended.account.id, municipality_id, at)
    if not is_used_elsewhere(ended.account.id, municipality_id, on):
        close_account(ended.account, at)
    keep_identifiers(kept.account, kept.person)
    log.record(actor, KEPT_ONE, kept.person)


def _give_again(
    actor: Actor, kept: Login, ended: Login, again: Collection[str], at: datetime
) -> None:
    lacking = {one.id: one for one in kept.lacks(ended)}
    if not set(again) <= lacking.keys():
        raise StaleVersion
    for role_id in again:
        old = lacking[role_id]
        terms = Terms(old.role, max(old.starts_on, day_of(at)), old.ends_on, old.unit)
        give_role(actor, kept.person, kept.account, terms, at=at)


def may_give_again(actor: Actor, kept: Login, role: Membership) -> bool:
    """Whether the actor may give such a role to the person of the login that stays."""
    path = None if role.unit is None else role.unit.path
    may_choose = policy.decide(actor, Action.CHOOSE, kept.person)
    return bool(may_choose and policy.may_give(actor, role.role, path))


def kept_as_one(person_id: str | None, *, at: datetime) -> datetime | None:
    """When a person's login here became the only one, if that is lately; for whoever is told."""
    if person_id is None:
        return None
    found: datetime | None = db.session.scalar(
        select(AuditEvent.at)
        .where(
            AuditEvent.municipality_id == current_scope().municipality_id,
            AuditEvent.object_id == person_id,
            AuditEvent.action == KEPT_ONE,
            AuditEvent.at > at - TOLD_FOR,
        )
        .order_by(AuditEvent.at.desc())
        .limit(1)
    )
    return found
