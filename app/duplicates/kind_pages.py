"""The pages of duplicates other than persons: plans, units and participants, and their front page.

Each list is found anew when it is opened. Logins have a module of their own, since they are mended
here; the others are mended where units are merged, plans closed and participations ended.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.clock import day_of, utc_now
from app.db import db, transaction
from app.duplicate_tables import NotTheSame
from app.duplicates import asking, kind_words, kinds, not_same, plan_pairs, unit_pairs
from app.duplicates.not_same import Key
from app.enums import DuplicateKind, NoticeKind
from app.errors import BadRequest, NotFound
from app.models import Plan, Unit
from app.screens.fields import show_date
from app.screens.listing import is_id
from app.screens.words import words
from app.security import policy, scope
from app.security.actor import Actor, current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

Answer = Response | str | tuple[str, int]
SHOWN = 50
"""How many pairs a page shows: those after them come as these are answered."""
PERSON_PAIR = "DuplicateView.show"


def posted_ids(*names: str) -> list[str]:
    """Ids that a form sent.

    Raises:
        BadRequest: one is missing, or is none.
    """
    found = [request.form.get(name, "") for name in names]
    if not all(is_id(one) for one in found):
        raise BadRequest
    return found


def person_pair_address(pair_id: str | None) -> str | None:
    """Where two persons are looked at side by side."""
    if pair_id is None or PERSON_PAIR not in current_app.view_functions:
        return None
    return url_for(PERSON_PAIR, pk=pair_id)


class KindsView(BaseView):
    """How many duplicates of each kind there are, and the way to them."""

    resource = Resource.DUPLICATE
    route_base = "/duplicates/kinds"
    menu_homes = ("DuplicateView",)
    default_view = "index"

    @expose("/", methods=["GET"])
    @door(Action.LIST)
    def index(self) -> Answer:
        """The kinds with their numbers."""
        counted = kinds.counts(current_actor(), at=utc_now())
        return render_template(
            "duplicates/kinds.html",
            view=self,
            kinds=[(one, counted[one.what], url_for(one.endpoint)) for one in kinds.KINDS],
        )


class ListOfKind(BaseView):
    """What the lists of all kinds share."""

    resource = Resource.DUPLICATE
    menu_homes: ClassVar[tuple[str, ...]] = ("DuplicateView",)
    default_view = "index"
    title: ClassVar[Any]
    intro: ClassVar[Any]

    @staticmethod
    def tabs() -> list[kinds.Tab]:
        """The way to the other kinds."""
        return kinds.tabs()

    @staticmethod
    def day(at: Any) -> str:
        """The day of an instant in Norway."""
        return show_date(day_of(at))


class KindPage(ListOfKind):
    """A list of pairs: who opens it, and the answer that two are not one."""

    what: ClassVar[DuplicateKind]
    template: ClassVar[str]

    @expose("/", methods=["GET"])
    @door(Action.LIST)
    def index(self) -> Answer:
        """What was found of this kind."""
        actor = current_actor()
        not_same.require_overview(actor, Action.LIST)
        return render_template(self.template, view=self, **self.values(actor))

    @expose("/apart", methods=["POST"])
    @door(Action.ANSWER)
    def apart(self) -> Answer:
        """Keep that two are not one."""
        actor, note = current_actor(), request.form.get("note")
        first, second = posted_ids("first", "second")
        with transaction():
            not_same.require_overview(actor, Action.ANSWER)
            key = self.key_of(actor, first, second)
            known = not_same.kept_apart(actor, self.what)
            if key not in known:
                if key not in self.keys(actor):
                    raise NotFound
                not_same.keep_apart(actor, self.what, key, note=note, at=utc_now())
        flash(_("It is kept that the two are not the same. They are not shown again."), "success")
        return redirect(url_for(f"{self.endpoint}.index"))

    @expose("/take-back", methods=["POST"])
    @door(Action.UNDO)
    def take_back(self) -> Answer:
        """Take back the answer that two are not one."""
        actor, (answer_id,) = current_actor(), posted_ids("answer")
        with transaction() as session:
            wanted = scope.rows(actor, NotTheSame, Action.UNDO)
            row = session.scalar(
                wanted.where(NotTheSame.id == answer_id, NotTheSame.what == self.what)
            )
            if row is None:
                raise NotFound
            not_same.take_back(actor, row, at=utc_now())
        flash(_("The answer is taken back. The two are shown again if they still fit."), "success")
        return redirect(url_for(f"{self.endpoint}.index"))

    # --- what each kind says ---------------------------------------------------------------------

    def values(self, actor: Actor) -> Mapping[str, Any]:
        """What the page of the list shows."""
        raise NotImplementedError

    def keys(self, actor: Actor) -> set[Key]:
        """The pairs that are found now, as answers about them are kept."""
        raise NotImplementedError

    def key_of(self, actor: Actor, first: str, second: str) -> Key:
        """The pair that a form names."""
        return not_same.ordered(first, second)


class UnitTwiceView(KindPage):
    """Units with nearly the same name."""

    route_base = "/duplicates/units"
    what = DuplicateKind.UNIT
    template = "duplicates/units.html"
    title = _l("Units registered twice")
    intro = _l(
        "Units in use with nearly the same name. Merge those that are one: the one that stays takes"
        " over persons, plans and units of the other."
    )

    def values(self, actor: Actor) -> Mapping[str, Any]:
        """Pairs of units with what belongs to each, and earlier answers."""
        found = unit_pairs.found(actor)
        rows = not_same.answers(actor, self.what)
        ids = {one for row in rows for one in (row.first_id, row.second_id)}
        named = (
            scope.rows(actor, Unit).where(Unit.id.in_(ids)).with_only_columns(Unit.id, Unit.name)
        )
        names = {one.id: one.name for one in db.session.execute(named)}
        return {
            "pairs": unit_pairs.shown(actor, found[:SHOWN]),
            "count": len(found),
            "why": kind_words.OF_UNITS,
            "answers": [(row, two_of(names, row)) for row in rows],
        }

    def keys(self, actor: Actor) -> set[Key]:
        """Pairs of units."""
        return {unit_pairs.key_of(near) for near in unit_pairs.found(actor)}


class PlanTwiceView(KindPage):
    """Open plans that should perhaps be one."""

    route_base = "/duplicates/plans"
    what = DuplicateKind.PLAN
    template = "duplicates/plans.html"
    title = _l("Plans kept twice")
    intro = _l(
        "Open plans that should perhaps be one. You see that they are there, not what is in them:"
        " those who coordinate them find out, and close the one that is not needed."
    )

    def values(self, actor: Actor) -> Mapping[str, Any]:
        """Pairs of plans, when somebody was asked, and earlier answers."""
        found = plan_pairs.found(actor)
        pairs = plan_pairs.shown(actor, found[:SHOWN])
        ids = {plan.id for pair in pairs for plan in pair.plans}
        rows = not_same.answers(actor, self.what)
        return {
            "pairs": pairs,
            "count": len(found),
            "why": kind_words.OF_PLANS,
            "asked": plan_pairs.asked_about(ids, NoticeKind.PLAN_TWICE),
            "to_close": [
                plan
                for pair in pairs
                for plan in pair.plans
                if policy.decide(actor, Action.CLOSE, plan)
            ],
            "persons": person_pair_address,
            "answers": [(row, two_of(self._names(actor, rows), row)) for row in rows],
        }

    def keys(self, actor: Actor) -> set[Key]:
        """Pairs of plans."""
        return {one.key for one in plan_pairs.found(actor)}

    @expose("/ask", methods=["POST"])
    @door(Action.ANSWER)
    def ask(self) -> Answer:
        """Ask those who coordinate two plans to look at them."""
        actor = current_actor()
        first, second = posted_ids("first", "second")
        with transaction():
            key = self.key_of(actor, first, second)
            if key not in self.keys(actor):
                raise NotFound
            count = asking.ask(
                actor,
                _plans(actor, key),
                NoticeKind.PLAN_TWICE,
                among=key,
                text=request.form.get("note"),
                at=utc_now(),
            )
        return _asked(count, f"{self.endpoint}.index")

    @staticmethod
    def _names(actor: Actor, rows: Sequence[NotTheSame]) -> dict[str, str]:
        ids = {one for row in rows for one in (row.first_id, row.second_id)}
        plans = db.session.scalars(scope.rows(actor, Plan, Action.EXPORT).where(Plan.id.in_(ids)))
        return {plan.id: f"{plan.owner.full_name}: {words(plan.kind)}" for plan in plans}


class ParticipantTwiceView(ListOfKind):
    """Plans in which somebody may take part twice."""

    route_base = "/duplicates/participants"
    title = _l("Somebody twice in one plan")
    intro = _l(
        "Plans in which two who take part are likely one person. Who takes part is not shown here:"
        " whoever coordinates the plan sees it there, and ends the one that is not needed."
    )

    @expose("/", methods=["GET"])
    @door(Action.LIST)
    def index(self) -> Answer:
        """The plans, and when their coordinators were asked."""
        actor = current_actor()
        not_same.require_overview(actor, Action.LIST)
        ids = sorted(kinds.plans_with_somebody_twice(actor, at=utc_now()))
        return render_template(
            "duplicates/participants.html",
            view=self,
            plans=_plans(actor, ids[:SHOWN]),
            count=len(ids),
            asked=plan_pairs.asked_about(ids[:SHOWN], NoticeKind.PARTICIPANT_TWICE),
        )

    @expose("/ask", methods=["POST"])
    @door(Action.ANSWER)
    def ask(self) -> Answer:
        """Ask whoever coordinates a plan to look at who takes part."""
        actor, ids = current_actor(), posted_ids("plan")
        with transaction():
            not_same.require_overview(actor, Action.ANSWER)
            at = utc_now()
            plans = _plans(actor, ids)
            if not plans:
                raise NotFound
            count = asking.ask(
                actor,
                plans,
                NoticeKind.PARTICIPANT_TWICE,
                among=kinds.plans_with_somebody_twice(actor, at=at),
                text=request.form.get("note"),
                at=at,
            )
        return _asked(count, f"{self.endpoint}.index")


def _plans(actor: Actor, ids: Sequence[str]) -> list[Plan]:
    """The plans that the actor keeps the overview of, those that were still longest first."""
    wanted = scope.rows(actor, Plan, Action.EXPORT).where(Plan.id.in_(ids))
    return list(db.session.scalars(wanted.order_by(Plan.last_activity_at, Plan.id)))


def two_of(names: Mapping[str, str], row: NotTheSame) -> str:
    """Both of whom an answer is about; one that is not seen any more is a dash."""
    return _(
        "%(first)s and %(second)s",
        first=names.get(row.first_id, "–"),
        second=names.get(row.second_id, "–"),
    )


def _asked(count: int, endpoint: str) -> Response:
    text = ngettext(
        "Whoever coordinates the plan is asked to look at it.",
        "Those who coordinate the plans are asked to look at them.",
        count,
    )
    flash(text, "success")
    return redirect(url_for(endpoint))
