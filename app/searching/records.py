"""Records found by their names: each kind among what the actor may list, and in use.

A hit shows what the list of its kind shows: of a shielded person the name and never a place.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

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
from app.screens.fields import show_date
from app.screens.log_pages import show_instant
from app.screens.typed import Term, anywhere, first_rows
from app.screens.words import words
from app.searching.found import Group, Hit
from app.security import scope
from app.security.actor import Actor

SHOWN = 5
LISTS = 2
NAMES = (Person.search_family, Person.search_given)
FAMILY_FIRST = ("family_name", "given_name")
Finder = Callable[[Actor, Sequence[Term]], Group]


def persons(actor: Actor, typed: Sequence[Term]) -> Group:
    """Persons in use, by given and family name."""
    base = scope.rows(actor, Person).where(Person.retired_at.is_(None))
    rows = first_rows(db.session(), base, NAMES, typed, SHOWN + 1)
    hits = [
        Hit(row.full_name, show_date(row.birth_date), url_for("PersonView.show", pk=row.id))
        for row in rows[:SHOWN]
    ]
    return Group(_("Persons"), hits, _lists_of_persons(rows, typed))


def _lists_of_persons(rows: Sequence[Person], typed: Sequence[Term]) -> list[Hit]:
    """The lists of persons whose filters the hits fit, when not all hits are shown."""
    if len(rows) <= SHOWN:
        return []
    if len(typed) == 1:
        return [_list("PersonView.list", {name: typed[0].text}) for name in FAMILY_FIRST]
    asked: dict[tuple[tuple[str, str], ...], None] = {}
    for row in rows:
        forms = {"family_name": row.search_family, "given_name": row.search_given}
        begun = {name: _first_that_begins(form, typed) for name, form in forms.items()}
        asked[tuple((name, text) for name, text in begun.items() if text)] = None
    return [_list("PersonView.list", dict(values)) for values in asked][:LISTS]


def _first_that_begins(form: str, typed: Sequence[Term]) -> str:
    return next((one.text for one in typed if form.startswith(one.form)), "")


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
    return Group(_("Units"), hits, _lists_by_name(rows, "UnitView.list", typed))


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
    return Group(_("Roles and logins"), hits, _lists_of_roles(rows, typed))


def _role(row: Membership) -> str:
    place = "" if row.person.is_shielded or row.unit is None else row.unit.name
    return ", ".join(filter(None, (str(words(row.role)), place)))


def _lists_of_roles(rows: Sequence[Membership], typed: Sequence[Term]) -> list[Hit]:
    """The list of roles by family name, when not all hits are shown and one begins as typed."""
    begun = (_first_that_begins(row.person.search_family, typed) for row in rows)
    text = next(filter(None, begun), "")
    return [_list("MembershipView.list", {"family_name": text})] if len(rows) > SHOWN else []


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
            f"{words(row.state)}, {show_instant(row.created_at)}",
            url_for("JobView.show", pk=row.id),
        )
        for row in rows[:SHOWN]
    ]
    return Group(_("Jobs"), hits, [_list("JobView.list", {})] if len(rows) > SHOWN else [])


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
    return Group(_("Municipalities"), hits, _lists_by_name(rows, "MunicipalityView.list", typed))


def _lists_by_name(rows: Sequence[Any], endpoint: str, typed: Sequence[Term]) -> list[Hit]:
    """The list with the first word that begins the name of a hit, when not all hits are shown."""
    if len(rows) <= SHOWN:
        return []
    begun = (_first_that_begins(row.search_name, typed) for row in rows)
    return [_list(endpoint, {"name": next(filter(None, begun), "")})]


def _list(endpoint: str, filters: Mapping[str, str]) -> Hit:
    """A whole list, called by its filter in the words of the list itself."""
    labels = {
        "family_name": _("Family name begins with"),
        "given_name": _("Given name begins with"),
        "name": _("Name begins with"),
    }
    asked = {name: text for name, text in filters.items() if text}
    shown = ", ".join(f"{labels[name]} {text}" for name, text in asked.items())
    values: dict[str, Any] = dict(asked)
    return Hit(
        _("Show all: %(filter)s", filter=shown) if shown else _("Show all"),
        "",
        url_for(endpoint, **values),
    )


FINDERS: tuple[Finder, ...] = (persons, units, roles, jobs, municipalities)
