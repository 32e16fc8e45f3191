"""Fields and filters of the screens about roles."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, or_
from wtforms import ValidationError

from app.clock import today
from app.enums import Role
from app.models import Membership
from app.screens.fields import OneOfField
from app.screens.listing import BadFilterValue
from app.screens.words import words
from app.security.actor import Actor, current_actor
from app.security.roles import MAY_GIVE


class RoleState(StrEnum):
    """Whether a role is held now, later, or no longer."""

    CURRENT = "current"
    COMING = "coming"
    OVER = "over"
    ALL = "all"


STATES = {
    RoleState.CURRENT: _l("In force"),
    RoleState.COMING: _l("Not begun"),
    RoleState.OVER: _l("Ended"),
    RoleState.ALL: _l("All"),
}


def state_of(membership: Membership, on: date) -> RoleState:
    """Whether a role is held on this day in Norway."""
    if membership.is_over(on):
        return RoleState.OVER
    return RoleState.CURRENT if membership.starts_on <= on else RoleState.COMING


def is_current(on: date) -> ColumnElement[bool]:
    """The condition for roles that are held on this day; the twin of ``Membership.is_active``."""
    return and_(
        Membership.ended_at.is_(None),
        Membership.starts_on <= on,
        or_(Membership.ends_on.is_(None), Membership.ends_on > on),
    )


def _is_over(on: date) -> ColumnElement[bool]:
    return or_(
        Membership.ended_at.is_not(None),
        and_(Membership.ends_on.is_not(None), Membership.ends_on <= on),
    )


@dataclass(frozen=True)
class StateFilter:
    """Roles in force unless asked otherwise."""

    label: Any
    kind: str = "choice"
    default: str = RoleState.CURRENT

    @property
    def options(self) -> list[tuple[str, Any]]:
        """(value, words) pairs."""
        return [(state.value, text) for state, text in STATES.items()]

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the dates of a role, as of today.

        Raises:
            BadFilterValue: it is none of the states.
        """
        if value not in set(RoleState):
            raise BadFilterValue("choice")
        on = today()
        conditions = {
            RoleState.CURRENT: is_current(on),
            RoleState.COMING: and_(Membership.starts_on > on, ~_is_over(on)),
            RoleState.OVER: _is_over(on),
        }
        return conditions.get(RoleState(value))


def giveable(actor: Actor) -> list[Role]:
    """The roles in a municipality that the actor gives somewhere, in their usual order."""
    given = {role for holding in actor.holdings for role in MAY_GIVE.get(holding.role, ())}
    return [role for role in Role if role in given]


class GivenRoleField(OneOfField):
    """One of the roles that the actor may give."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, Role, **kwargs)
        self.type = "OneOfField"
        self.choices = lambda: (
            [("", "")] + [(role.value, words(role)) for role in giveable(current_actor())]
        )

    def pre_validate(self, form: Any) -> None:
        """Refuse a role that is not the actor's to give."""
        if self.data is not None and self.data not in giveable(current_actor()):
            raise ValidationError(_("Choose one from the list."))


def first_day_after(last_day: date | None) -> date | None:
    """The exclusive end of a period whose last day people write."""
    return None if last_day is None else last_day + timedelta(days=1)
