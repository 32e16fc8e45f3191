"""Who is acting: plain data, found anew for each request from what is true at that moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import g, has_request_context
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Date, Integer, and_, bindparam, exists, select
from sqlalchemy.orm import Session

from app.clock import day_of
from app.enums import Role
from app.models import CentralAppointment, Membership, Municipality, Unit
from app.security import tenancy


@dataclass(frozen=True)
class Holding:
    """A role held in the actor's municipality, whole or below the unit at ``unit_path``."""

    role: Role
    unit_path: str | None = None


@dataclass(frozen=True)
class Actor:
    """Somebody at work in at most one municipality at a time.

    ``may_write`` is False for a bearer token that only reads. ``earlier`` are the municipalities
    that were joined into this one, whose logs are read here. ``at`` is the instant (UTC) at which
    the actor was found, and what access to plans is decided for; without it no plan is open.
    """

    account_id: int | None = None
    municipality_id: int | None = None
    person_id: str | None = None
    holdings: tuple[Holding, ...] = ()
    may_write: bool = True
    earlier: tuple[int, ...] = ()
    at: datetime | None = field(default=None, compare=False)

    @property
    def is_signed_in(self) -> bool:
        """Whether an account stands behind the actor."""
        return self.account_id is not None

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held here and now."""
        return frozenset(holding.role for holding in self.holdings)

    def holds(self, role: Role) -> bool:
        """Whether the role is held here and now, whole or in part."""
        return role in self.roles

    @property
    def scope(self) -> tenancy.Scope:
        """What the database may answer this actor."""
        is_central = self.holds(Role.CENTRAL_ADMINISTRATOR)
        return tenancy.Scope(
            self.municipality_id, self.account_id, is_central, earlier=self.earlier
        )


# Asked for every page, so made once: making a statement costs more than SQLite's answer to it.
_ACCOUNT = (
    select(
        User.id,
        CentralAppointment.id.label("appointment_id"),
        exists()
        .where(Municipality.joined_into_id == bindparam("municipality_id", type_=Integer))
        .label("has_earlier"),
    )
    .outerjoin(
        CentralAppointment,
        and_(
            CentralAppointment.account_id == User.id,
            CentralAppointment.approved_at.is_not(None),
            CentralAppointment.ended_at.is_(None),
        ),
    )
    .where(User.id == bindparam("account_id"), User.active.is_(True))
)
_HELD = (
    select(Membership.person_id, Membership.role, Membership.unit_id, Unit.path)
    .outerjoin(Unit, Membership.unit_id == Unit.id)
    .where(
        Membership.account_id == bindparam("account_id"),
        Membership.municipality_id == bindparam("municipality_id"),
        Membership.active(bindparam("on", type_=Date)),
    )
    .order_by(Membership.id)
)

NOBODY = Actor()
_acting: ContextVar[Actor] = ContextVar("samvev_actor", default=NOBODY)


def operator(municipality_id: int | None) -> Actor:
    """The actor behind a command that somebody with a shell on the server gives."""
    return Actor(municipality_id=municipality_id, holdings=(Holding(Role.LOCAL_ADMINISTRATOR),))


def current_actor() -> Actor:
    """The actor of this request, or of the job or command that runs; otherwise nobody."""
    if has_request_context():
        return g.get("actor", NOBODY)
    return _acting.get()


@contextmanager
def acting_as(session: Session, actor: Actor) -> Iterator[Actor]:
    """Run a job or a command as ``actor``, in the actor's scope."""
    token = _acting.set(actor)
    try:
        with tenancy.applied(session, actor.scope):
            yield actor
    finally:
        _acting.reset(token)


def open_municipalities(session: Session, account_id: int, on: date) -> list[int]:
    """Ids of the municipalities where the account holds a role on this day."""
    with tenancy.asking(tenancy.Scope(account_id=account_id)):
        return sorted(
            session.scalars(
                select(Membership.municipality_id)
                .where(Membership.account_id == account_id, Membership.active(on))
                .distinct()
            )
        )


def find_actor(
    session: Session,
    account_id: int,
    municipality_id: int | None,
    at: datetime,
    *,
    may_write: bool = True,
) -> Actor:
    """The account's roles in the municipality at ``at`` (UTC), read anew.

    An account without a role there gets an actor without municipality: signed in, seeing
    nothing. An account that is not active is nobody.
    """
    with tenancy.asking(tenancy.Scope(municipality_id, account_id)):
        asked = {"account_id": account_id, "municipality_id": municipality_id}
        account = session.execute(_ACCOUNT, asked).first()
        if account is None:
            return NOBODY
        earlier = joined_into(session, municipality_id) if account.has_earlier else ()
        person_id, held = _holdings(session, account_id, municipality_id, day_of(at))
    is_central = account.appointment_id is not None
    central = (Holding(Role.CENTRAL_ADMINISTRATOR),) if is_central else ()
    return Actor(
        account_id=account_id,
        municipality_id=municipality_id if held else None,
        person_id=person_id,
        holdings=central + held,
        may_write=may_write,
        earlier=earlier if held else (),
        at=at,
    )


def joined_into(session: Session, municipality_id: int | None) -> tuple[int, ...]:
    """Ids of the municipalities that were joined into this one."""
    found = select(Municipality.id).where(Municipality.joined_into_id == municipality_id)
    return tuple(session.scalars(found.order_by(Municipality.id)))


def _holdings(
    session: Session, account_id: int, municipality_id: int | None, on: date
) -> tuple[str | None, tuple[Holding, ...]]:
    """Who the account is in the municipality, and the roles it holds there on this day."""
    if municipality_id is None:
        return None, ()
    asked = {"account_id": account_id, "municipality_id": municipality_id, "on": on}
    found = session.execute(_HELD, asked).all()
    # A role below a unit that can't be read reaches nothing; without a path it would reach all.
    held = [row for row in found if row.unit_id is None or row.path is not None]
    person_id = held[0].person_id if held else None
    return person_id, tuple(Holding(row.role, row.path) for row in held)
