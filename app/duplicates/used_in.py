"""What a person is in use for, as far as a reviewer may see: that plans exist, never what is in
them; roles and logins; units that the person leads."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, select

from app.db import db
from app.enums import PlanKind, PlanState
from app.models import Membership, Participant, Person, Plan, Unit
from app.screens.words import words
from app.security import scope
from app.security.actor import Actor


def uses_of(actor: Actor, person: Person, *, on: date) -> list[str]:
    """What the person is in use for, in sentences without names."""
    return [
        *_owned(actor, person),
        *_counted_plans(actor, person),
        *_roles(actor, person, on),
        *_led(actor, person),
    ]


def has_login(actor: Actor, person: Person) -> bool:
    """Whether an account is or was somebody's as this person."""
    held = scope.rows(actor, Membership).where(Membership.person_id == person.id)
    return db.session.scalar(held.with_only_columns(Membership.id).limit(1)) is not None


def _owned(actor: Actor, person: Person) -> list[str]:
    """The plans about the person: how many of each kind, and whether they are open."""
    found = scope.rows(actor, Plan).where(Plan.owner_id == person.id)
    rows: Sequence[Any] = db.session.execute(found.with_only_columns(Plan.kind, Plan.state)).all()
    counted: Counter[tuple[PlanKind, PlanState]] = Counter((kind, state) for kind, state in rows)
    return [
        _("Plan owner: %(count)s × %(kind)s, %(state)s", count=count, kind=words(kind),
          state=str(words(state)).lower())
        for (kind, state), count in counted.items()
    ]  # fmt: skip


def _counted_plans(actor: Actor, person: Person) -> list[str]:
    coordinated = _count(
        scope.rows(actor, Plan).where(Plan.coordinator_id == person.id).with_only_columns(Plan.id)
    )
    # Of whom takes part where, reviewers see no rows: a merge moves it, so how much there is is
    # told as a number alone. The municipality's wall stands round the question.
    shared = _count(select(Participant.id).where(Participant.person_id == person.id))
    found = []
    if coordinated:
        found.append(ngettext("Coordinates %(num)s plan", "Coordinates %(num)s plans", coordinated))
    if shared:
        found.append(
            ngettext(
                "Takes or took part in %(num)s plan",
                "Takes or took part in %(num)s plans",
                shared,
            )
        )
    return found


def _roles(actor: Actor, person: Person, on: date) -> list[str]:
    """The roles held now; a login without a role is told of as well."""
    held = _active(actor, person, Membership.active(on))
    if held:
        roles = ", ".join(dict.fromkeys(str(words(one)) for one in held))
        return [_("Has a login, as %(roles)s", roles=roles.lower())]
    return [_("Has had a login")] if has_login(actor, person) else []


def _active(actor: Actor, person: Person, condition: ColumnElement[bool]) -> Sequence[Any]:
    found = scope.rows(actor, Membership).where(Membership.person_id == person.id, condition)
    return db.session.scalars(
        found.with_only_columns(Membership.role).order_by(Membership.id)
    ).all()


def _led(actor: Actor, person: Person) -> list[str]:
    found = scope.rows(actor, Unit).where(Unit.leader_id == person.id, Unit.retired_at.is_(None))
    count = _count(found.with_only_columns(Unit.id))
    return [ngettext("Leads %(num)s unit", "Leads %(num)s units", count)] if count else []


def _count(ids: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
