"""Records found by their names: each kind among what the actor may list, and in use.

A hit shows what the list of its kind shows: of a shielded person the name and never a place.
"""

from collections.abc import Callable, Sequence

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import or_
from sqlalchemy.orm import contains_eager, selectinload

from app.accounts.fields import is_current
from app.clock import today
from app.db import db
from app.enums import JobKind, JobState
from app.models import Job, Membership, Municipality, Person, Unit
from app.people.names import search_form
from app.people.search import NAMES
from app.screens.fields import show_date, show_moment
from app.screens.typed import Term, anywhere, first_rows
from app.screens.words import words
from app.searching.found import SHOWN, Group, Hit, list_of, whole_list
from app.searching.plans import plans
from app.security import scope
from app.security.actor import Actor

Finder = Callable[[Actor, Sequence[Term]], Group]


def persons(actor: Actor, typed: Sequence[Term]) -> Group:
    """Persons in use, by given and family name."""
    base = scope.rows(actor, Person).where(Person.retired_at.is_(None))
    rows = first_rows(db.session(), base, NAMES, typed, SHOWN + 1)
    hits = [
        Hit(row.full_name, show_date(row.birth_date), url_for("PersonView.show", pk=row.id))
        for row in rows[:SHOWN]
    ]
    return Group(_("Persons"), hits, list_of(rows, "PersonView.list", typed))


def units(actor: Actor, typed: Sequence[Term]) -> Group:
    """Units in use, by the words of their names."""
    wanted = scope.rows(actor, Unit).where(
        Unit.retired_at.is_(None), anywhere(Unit.search_name, typed)
    )
    rows = db.session.scalars(wanted.order_by(Unit.search_name, Unit.id).limit(SHOWN + 1)).all()
    hits = [
        Hit(row.name, str(words(row.kind)), url_for("UnitView.show", pk=row.id))
        for row in rows[:SHOWN]
    ]
    return Group(_("Units"), hits, list_of(rows, "UnitView.list", typed))


def roles(actor: Actor, typed: Sequence[Term]) -> Group:
    """Roles held today, by the name of the holder."""
    base = (
        scope.rows(actor, Membership)
        .join(Person, Membership.person_id == Person.id)
        .where(is_current(today()))
        .options(contains_eager(Membership.person), selectinload(Membership.unit))
    )
    rows = first_rows(db.session(), base, NAMES, typed, SHOWN + 1)
    hits = [
        Hit(row.person.full_name, _role(row), url_for("MembershipView.show", pk=row.id))
        for row in rows[:SHOWN]
    ]
    return Group(_("Roles and logins"), hits, list_of(rows, "MembershipView.list", typed))


def _role(row: Membership) -> str:
    place = "" if row.person.is_shielded or row.unit is None else row.unit.name
    return ", ".join(filter(None, (str(words(row.role)), place)))


def jobs(actor: Actor, typed: Sequence[Term]) -> Group:
    """Long pieces of work, by what they are and how far they have come; the newest first."""
    kinds = [kind for kind in JobKind if _says(words(kind), typed)]
    states = [state for state in JobState if _says(words(state), typed)]
    if not kinds and not states:
        return Group(_("Jobs"), [])
    wanted = scope.rows(actor, Job).where(or_(Job.kind.in_(kinds), Job.state.in_(states)))
    newest = wanted.order_by(Job.created_at.desc(), Job.id.desc()).limit(SHOWN + 1)
    rows = db.session.scalars(newest).all()
    hits = [
        Hit(
            str(words(row.kind)),
            f"{words(row.state)}, {show_moment(row.created_at)}",
            url_for("JobView.show", pk=row.id),
        )
        for row in rows[:SHOWN]
    ]
    return Group(_("Jobs"), hits, whole_list(rows, "JobView.list"))


def _says(text: object, typed: Sequence[Term]) -> bool:
    form = search_form(str(text))
    return bool(typed) and all(one.fits(form) for one in typed)


def municipalities(actor: Actor, typed: Sequence[Term]) -> Group:
    """Municipalities, by name or number."""
    numbers = [one.form for one in typed]
    fits = or_(anywhere(Municipality.search_name, typed), Municipality.number.in_(numbers))
    wanted = scope.rows(actor, Municipality).where(fits)
    ordered = wanted.order_by(Municipality.search_name, Municipality.id).limit(SHOWN + 1)
    rows = db.session.scalars(ordered).all()
    hits = [
        Hit(row.display_name, row.number, url_for("MunicipalityView.show", pk=row.number))
        for row in rows[:SHOWN]
    ]
    return Group(_("Municipalities"), hits, whole_list(rows, "MunicipalityView.list"))


FINDERS: tuple[Finder, ...] = (persons, plans, units, roles, jobs, municipalities)
