"""Plans found by whose they are and what kind they are: that they are, never what is in them.

A hit shows no more than the lists of plans do: of a shielded owner never a place.
"""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from app.db import db
from app.enums import PlanKind, PlanState
from app.models import Person, Plan, PlanType
from app.people.names import search_form
from app.people.search import NAMES
from app.screens.typed import Term, first_rows
from app.screens.words import words
from app.searching.found import SHOWN, Group, Hit, list_of, whole_list
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action, Resource
from app.templating.setup import in_own_words

Names = dict[PlanKind, str]


def plans(actor: Actor, typed: Sequence[Term]) -> Group:
    """Plans that the actor may see, by the owner's name, the kind, or both."""
    if actor.municipality_id is None or not typed:
        return Group(_("Plans"), [])
    names = _kind_names()
    visible = (
        scope.rows(actor, Plan)
        .join(Person, Plan.owner_id == Person.id)
        .options(contains_eager(Plan.owner), joinedload(Plan.unit))
    )
    rows = first_rows(db.session(), visible, NAMES, typed, SHOWN + 1)
    is_by_name = bool(rows)
    if len(rows) <= SHOWN:
        rows = list(dict.fromkeys([*rows, *_of_kind(visible, names, typed)]))
    hits = [_hit(row, names) for row in rows[:SHOWN]]
    if is_by_name and policy.may_open(actor, Action.EXPORT, Resource.PLAN):
        return Group(_("Plans"), hits, list_of(rows, "PlanListView.list", typed))
    return Group(_("Plans"), hits, whole_list(rows, "MyPlansView.index"))


def _kind_names() -> Names:
    """What the municipality calls each kind of plan."""
    return {
        one.kind: in_own_words(one.names) or str(words(one.kind))
        for one in db.session.scalars(select(PlanType))
    }


def _of_kind(visible: Select[tuple[Plan]], names: Names, typed: Sequence[Term]) -> Sequence[Plan]:
    """Plans of the kinds that some of the words tell, of the owners whom the other words name."""
    forms = {kind: search_form(name) for kind, name in names.items()}
    of_kind = [term for term in typed if any(term.fits(form) for form in forms.values())]
    if not of_kind:
        return []
    kinds = [kind for kind, form in forms.items() if all(one.fits(form) for one in of_kind)]
    wanted = visible.where(Plan.kind.in_(kinds))
    others = [term for term in typed if term not in of_kind]
    if others:
        return first_rows(db.session(), wanted, NAMES, others, SHOWN + 1)
    return db.session.scalars(wanted.order_by(Plan.id.desc()).limit(SHOWN + 1)).unique().all()


def _hit(plan: Plan, names: Names) -> Hit:
    state = "" if plan.state is PlanState.ACTIVE else str(words(plan.state))
    place = "" if plan.owner.is_shielded or plan.unit is None else plan.unit.name
    text = f"{names.get(plan.kind) or words(plan.kind)}: {plan.owner.full_name}"
    return Hit(text, ", ".join(filter(None, (state, place))), url_for("PlanView.show", pk=plan.id))
