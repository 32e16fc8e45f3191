"""Central administrators: two are needed to make one, and the screens never leave fewer than two.

The first is made through a one-time link from a command. While there is one alone, that one may
approve the second; the event log says so. From then on another than the proposer approves, and an
appointment ends only while two remain after it: nobody can get rid of the others and go on alone.
Whoever must, because a colleague is gone, uses the command on the server.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts import link_requests, passwords
from app.accounts.holding import Terms, add_account, close_account, cut_off, hold, put_role
from app.accounts.operations import Given
from app.accounts.queries import account_by_name, count_local_administrators, is_used_in_any
from app.audit import log
from app.clock import day_of
from app.db import db
from app.enums import Role, TokenPurpose
from app.errors import DomainError, NotAllowed, NotFound
from app.models import CentralAppointment, Membership, Municipality
from app.people import operations as people
from app.security import policy, sessions, tenancy, tokens
from app.security.actor import Actor, operator
from app.security.roles import Action, Resource

FEWEST = 2


class UnknownAccount(DomainError):
    """No account in use has the user name."""

    status = 422
    message = _l("No login in use has this user name.")


class AppointedAlready(DomainError):
    """The account is a central administrator, or is proposed as one."""

    message = _l("This login is central administrator, or is proposed as one, already.")


class NotWaiting(DomainError):
    """The appointment is approved or ended."""

    message = _l("This appointment does not wait for approval.")


class AnotherMustApprove(DomainError):
    """A central administrator is approved by another than the proposer and the proposed."""

    is_refusal = True
    message = _l("Another central administrator must approve this.")


class TooFewLeft(DomainError):
    """Too few central administrators would be left."""

    message = _l("There must be two central administrators left. Appoint another first.")


class AdministratedAlready(DomainError):
    """The municipality has a local administrator, who appoints the others."""

    is_refusal = True
    message = _l("The municipality has a local administrator, who appoints the others.")


class JoinedAway(DomainError):
    """All of the municipality belongs to another by a joining."""

    message = _l("This municipality was joined into another, and is out of use for good.")


class FirstIsAppointed(DomainError):
    """There is a central administrator; others are appointed by that one."""

    message = _l("There is a central administrator already, who can appoint others.")


@dataclass(frozen=True)
class Proposed:
    """A proposed central administrator; ``secret`` sets the password of a new account."""

    appointment: CentralAppointment
    secret: str | None = None


@dataclass(frozen=True)
class Named:
    """The person behind a new local administrator, as the central administrator writes it.

    ``has_account`` says that ``username`` is the user name of a login that is in use.
    """

    given_name: str
    family_name: str
    username: str | None
    has_account: bool = False


def active_appointments() -> Sequence[CentralAppointment]:
    """The central administrators at work, held to the end of the transaction."""
    found: Sequence[CentralAppointment] = db.session.scalars(
        select(CentralAppointment)
        .where(
            CentralAppointment.approved_at.is_not(None),
            CentralAppointment.ended_at.is_(None),
            CentralAppointment.account_id.in_(select(User.id).where(User.active.is_(True))),
        )
        .order_by(CentralAppointment.id)
        .with_for_update()
    ).all()
    return found


def propose_central(actor: Actor, username: str | None, *, is_new: bool, at: datetime) -> Proposed:
    """Propose an account, an existing or a new one, as central administrator.

    Raises:
        UnknownAccount, AppointedAlready, BadUsername, TakenUsername, NotAllowed
    """
    policy.require_open(actor, Action.ADD, Resource.CENTRAL_APPOINTMENT)
    account = add_account(username) if is_new else _known(username)
    if _open_appointment(account) is not None:
        raise AppointedAlready(field="username")
    session = db.session()
    tokens.void_links(session, TokenPurpose.SET_PASSWORD, account.id, at)
    secret = None
    if account.password is None:
        secret = tokens.make_link(
            session, TokenPurpose.SET_PASSWORD, account.id, at, made_by=actor.account_id
        )
    appointment = CentralAppointment(
        account_id=account.id, proposed_by_id=actor.account_id, proposed_at=at
    )
    session.add(appointment)
    session.flush()
    return Proposed(appointment, secret)


def _known(username: str | None) -> User:
    account = account_by_name(username or "")
    if account is None or not account.active:
        raise UnknownAccount(field="username")
    return account


def _open_appointment(account: User) -> CentralAppointment | None:
    found: CentralAppointment | None = db.session.scalar(
        select(CentralAppointment).where(
            CentralAppointment.account_id == account.id, CentralAppointment.ended_at.is_(None)
        )
    )
    return found


def approve_central(actor: Actor, appointment: CentralAppointment, *, at: datetime) -> None:
    """Let a proposed central administrator begin.

    Raises:
        NotWaiting, AnotherMustApprove, UnknownAccount, NotAllowed
    """
    policy.require(actor, Action.APPROVE, appointment)
    others = active_appointments()
    if appointment.approved_at is not None or appointment.ended_at is not None:
        raise NotWaiting
    if not may_approve(actor, appointment, len(others)):
        raise AnotherMustApprove
    if not hold(appointment.account_id).active:
        raise UnknownAccount
    appointment.approved_by_id = actor.account_id
    appointment.approved_at = at
    is_alone = appointment.proposed_by_id == actor.account_id
    log.record(
        actor,
        "central_appointment:approved_alone" if is_alone else "central_appointment:approved",
        appointment,
    )


def may_approve(actor: Actor, appointment: CentralAppointment, active: int) -> bool:
    """Whether ``actor`` is the right one to approve, while ``active`` are at work."""
    if appointment.account_id == actor.account_id:
        return False
    return appointment.proposed_by_id != actor.account_id or active == 1


def end_central(actor: Actor, appointment: CentralAppointment, *, at: datetime) -> None:
    """End an appointment, one's own too, or take a proposal back.

    Raises:
        TooFewLeft: fewer than two would be left.
        NotWaiting: it has ended.
        NotAllowed
    """
    policy.require(actor, Action.END, appointment)
    active = active_appointments()
    if appointment.ended_at is not None:
        raise NotWaiting
    if appointment.id in {one.id for one in active} and len(active) <= FEWEST:
        raise TooFewLeft
    _end(appointment, at)
    log.record(actor, "central_appointment:ended", appointment)


def end_from_command(username: str, *, at: datetime) -> None:
    """End the appointment of an account, by somebody with a shell on the server.

    Raises:
        UnknownAccount: it is no central administrator.
        TooFewLeft: it is the last one.
    """
    account = account_by_name(username)
    appointment = None if account is None else _open_appointment(account)
    if appointment is None:
        raise UnknownAccount
    active = active_appointments()
    if [one.id for one in active] == [appointment.id]:
        raise TooFewLeft
    _end(appointment, at)
    log.record(Actor(), "central_appointment:ended_by_command", appointment)


def vacate(number: str, *, at: datetime) -> int:
    """End every role of local administrator in a municipality, by somebody on the server.

    For when nobody who holds one can be reached, so that a first one can be appointed anew. Gives
    how many roles ended.

    Raises:
        NotFound: no municipality has the number.
    """
    municipality = db.session.scalar(select(Municipality).where(Municipality.number == number))
    if municipality is None:
        raise NotFound
    on = day_of(at)
    with tenancy.applied(db.session(), tenancy.Scope(municipality.id)):
        held = db.session.scalars(
            select(Membership).where(
                Membership.municipality_id == municipality.id,
                Membership.role == Role.LOCAL_ADMINISTRATOR,
            )
        )
        ended = [membership for membership in held if not membership.is_over(on)]
        for membership in ended:
            membership.ended_at = at
            cut_off(membership.account_id, municipality.id, at)
            log.record(operator(municipality.id), "membership:ended", membership)
        db.session.flush()
    return len(ended)


def _end(appointment: CentralAppointment, at: datetime) -> None:
    account, was_approved = hold(appointment.account_id), appointment.approved_at is not None
    appointment.ended_at = at
    db.session.flush()
    if was_approved or account.password is None:
        sessions.end_all(db.session(), account.id, at)
        tokens.void_links_made_by(db.session(), account.id, at)
        if not is_used_in_any(account.id, day_of(at)):
            close_account(account, at)


def first_link(*, at: datetime) -> str:
    """The secret of the link that makes the first central administrator.

    Raises:
        FirstIsAppointed
    """
    if active_appointments():
        raise FirstIsAppointed
    return tokens.make_link(db.session(), TokenPurpose.FIRST_CENTRAL_ADMINISTRATOR, None, at)


def first_link_is_open(secret: str, *, at: datetime) -> bool:
    """Whether the link can still make the first central administrator."""
    purpose = TokenPurpose.FIRST_CENTRAL_ADMINISTRATOR
    return (
        tokens.open_link(db.session(), secret, purpose, at) is not None
        and not active_appointments()
    )


def accept_first(secret: str, username: str | None, password: str, *, at: datetime) -> int:
    """Make the first central administrator from a link, once; the id of the new account.

    Raises:
        NotFound: the link is unknown, used or out of date, or somebody was appointed since.
        BadUsername, TakenUsername, WeakPassword
    """
    link = tokens.open_link(db.session(), secret, TokenPurpose.FIRST_CENTRAL_ADMINISTRATOR, at)
    if link is None or active_appointments():
        raise NotFound
    account = add_account(username)
    passwords.require_strong(password, account.username)
    account.password = passwords.make_hash(password)
    link.used_at = at
    appointment = CentralAppointment(account_id=account.id, proposed_at=at, approved_at=at)
    db.session.add(appointment)
    db.session.flush()
    log.record(Actor(account_id=account.id), "central_appointment:first", appointment)
    return int(account.id)


def appoint_local_administrator(
    actor: Actor, municipality: Municipality, named: Named, *, at: datetime
) -> Given:
    """Register a person in a municipality as its first local administrator; take it into use.

    Only where nobody administers it now: somebody who could appoint further ones could appoint
    themselves, and read persons. The central administrator sees no person: what is written here
    is registered anew. A login that is in use already is asked, as when a municipality asks.

    Raises:
        AdministratedAlready, JoinedAway, UnknownAccount, BadUsername, TakenUsername, NotFound,
        NotAllowed
    """
    policy.require(actor, Action.APPOINT_LOCAL_ADMINISTRATOR, municipality)
    require_own(municipality)
    if not policy.may_give(actor, Role.LOCAL_ADMINISTRATOR, None):
        raise NotAllowed
    # Held to the end of the transaction: of two who appoint at once, one comes late.
    held = select(Municipality.id).where(Municipality.id == municipality.id).with_for_update()
    db.session.execute(held)
    if count_local_administrators(municipality.id, day_of(at)):
        raise AdministratedAlready
    municipality.is_in_use = True
    inside = replace(operator(municipality.id), account_id=actor.account_id)
    with tenancy.applied(db.session(), tenancy.Scope(municipality.id)):
        return _appoint(inside, named, at)


def require_own(municipality: Municipality) -> None:
    """Refuse what would begin anew in a municipality that is part of another.

    Raises:
        JoinedAway
    """
    if municipality.joined_into_id is not None:
        raise JoinedAway


def _appoint(inside: Actor, named: Named, at: datetime) -> Given:
    on = day_of(at)
    known = _known(named.username) if named.has_account else None
    facts = people.PersonFacts(named.given_name, named.family_name)
    person = people.register(inside, facts, at=at, today=on)
    db.session.flush()
    terms = Terms(Role.LOCAL_ADMINISTRATOR, starts_on=on)
    if known is not None:
        return Given(None, code=link_requests.ask(inside, person, known, terms, at=at))
    account = add_account(named.username)
    secret = tokens.make_link(
        db.session(), TokenPurpose.SET_PASSWORD, account.id, at, made_by=inside.account_id
    )
    log.record(inside, "account:created", person)
    membership = put_role(person, account, terms, at=at, on=on, giver=inside.account_id)
    return Given(membership, secret)
