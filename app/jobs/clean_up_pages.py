"""Cleaning up many plans: what for, which plans, what will happen, and the order.

Everything chosen is carried from page to page in the form, and looked over before it is ordered.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from app.clock import day_of, today, utc_now
from app.db import db, transaction
from app.desk import tidy_rules, tidy_summary, tidy_words
from app.desk.tidy_rules import RULES, Search
from app.enums import TidyAct
from app.jobs import clean_up_asked, clean_up_work, queue
from app.jobs.clean_up_asked import PAGE_SIZE, Asked
from app.models import Person, Plan
from app.people.names import tidy
from app.plans import plan_troubles
from app.plans.life import LONGEST_REASON, ReasonNeeded
from app.plans.successors import Loose, Successor, acting_for, loose, may_take, spread, successors
from app.plans.tidy_words import SKIPPED
from app.screens import forms
from app.screens.fields import NEEDED
from app.screens.offered import coordinator_choice, hits_asked
from app.screens.words import words
from app.security import scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

Answer = Response | str | tuple[str, int]
Assigned = Mapping[str, str | None]
NAMED = 10


class LeavingForm(FlaskForm):
    """Whose plans are to be spread."""

    of = coordinator_choice(_l("Coordinator"), validators=[NEEDED])

    def offer(self) -> bool:
        """Offer those who coordinate open plans that the actor may clean up; whether there are
        any. How many plans each has stands beside the name."""
        reached = scope.rows(current_actor(), Plan, Action.TIDY).where(plan_troubles.is_open())
        counted = reached.with_only_columns(Plan.coordinator_id, func.count(Plan.id))
        rows = db.session.execute(counted.group_by(Plan.coordinator_id))
        counts = {row[0]: row[1] for row in rows}

        def describe(one: Person) -> str:
            plans = ngettext("%(num)s plan", "%(num)s plans", counts[one.id])
            return f"{one.full_name} ({plans})"

        self.of.describe = describe
        self.of.offer(select(Person).where(Person.id.in_(counts)))
        return bool(counts)


class CleanUpView(BaseView):
    """The way to a clean-up, step by step."""

    resource = Resource.CLEAN_UP
    route_base = "/tidy"
    menu_homes = ("PlanListView",)
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @door(Action.ADD)
    def index(self) -> Answer:
        """What can be cleaned up, and how much of it there is; or whose plans are looked at."""
        form = LeavingForm()
        has_plans = form.offer()
        if (hits := hits_asked(form)) is not None:
            return hits
        if forms.is_sent() and form.validate():
            search = {"act": TidyAct.REASSIGN.value, "of": form.of.data}
            return redirect(url_for("CleanUpView.plans", **search))
        return _choose_page(form, has_plans=has_plans), 422 if forms.is_sent() else 200

    @expose("/plans", methods=["GET", "POST"])
    @door(Action.ADD)
    def plans(self) -> Answer:
        """The plans that are found, each with the reason; those not wanted are unticked."""
        if clean_up_asked.lacks_choice():
            form = LeavingForm(formdata=None)
            return _choose_page(form, has_plans=form.offer()), 422
        return _plans_page(clean_up_asked.asked())

    @expose("/successors", methods=["POST"])
    @door(Action.ADD)
    def successors(self) -> Answer:
        """Whom the plans are spread among, and who is to have each."""
        return _successors_page(clean_up_asked.asked())

    @expose("/summary", methods=["POST"])
    @door(Action.ADD)
    def summary(self) -> Answer:
        """What will happen, before anything does."""
        asked = clean_up_asked.asked()
        if not _chosen(asked, utc_now()):
            return _plans_page(asked, status=422, wrong=_("Choose at least one plan."))
        return _summary_page(asked)

    @expose("/order", methods=["POST"])
    @door(Action.ADD)
    def order(self) -> Answer:
        """Order the clean-up, when it still is what was looked over."""
        asked = clean_up_asked.asked()
        reason = tidy(request.form.get("reason", ""))[:LONGEST_REASON]
        if asked.search.act is TidyAct.CLOSE and not reason:
            return _summary_page(asked, status=422, wrong=str(ReasonNeeded.message))
        location = _order(asked, reason)
        if location is None:
            return _summary_page(asked, status=409, has_changed=True)
        return redirect(location)


def _order(asked: Asked, reason: str) -> str | None:
    """Where the ordered clean-up is; None when the choice is another than was looked over."""
    actor, key, at = current_actor(), forms.form_key(), utc_now()
    with transaction() as session:
        earlier = forms.earlier_result(session, actor, key)
        if earlier is not None:
            return earlier
        chosen = _chosen(asked, at)
        to = _assigned(asked, chosen, at)
        if request.form.get("digest") != tidy_summary.digest(chosen, to):
            return None
        job = clean_up_work.order(
            actor,
            clean_up_work.Order(asked.search, reason),
            {plan.id: to.get(plan.id) for plan in chosen},
            title=f"{heading(asked.search, chosen)}: {words(asked.search.act)}",
            at=at,
        )
        location = url_for("JobView.show", pk=job.id)
        forms.remember(session, actor, key, location, at)
    queue.send(job.id, job.municipality_id)
    flash(_("The clean-up is under way."), "info")
    return location


# --- which plans ---------------------------------------------------------------------------------


def _choose_page(form: LeavingForm, *, has_plans: bool) -> str:
    on = today()
    rules = [
        (rule, one, _count(Search(one.acts[0], rule, one.usual), on)) for rule, one in RULES.items()
    ]
    page: str = render_template(
        "tidy/choose.html",
        rules=rules,
        has_coordinators=has_plans,
        form=form,
        texts=tidy_words,
        lacks=clean_up_asked.lacks_choice(),
        asked_rule=request.args.get("rule"),
        asked_limit=request.args.get("limit"),
    )
    return page


def _count(search: Search, on: Any) -> int:
    found = search.candidates(current_actor(), on).with_only_columns(func.count(Plan.id))
    return db.session.scalar(found) or 0


def heading(search: Search, plans: Sequence[Plan]) -> str:
    """What the plans of a clean-up have in common."""
    if search.rule is not None:
        return tidy_words.named(search.rule, search.limit)
    if not plans:
        return _("Plans of a coordinator")
    return _("Plans of %(name)s", name=plans[0].coordinator.full_name)


def _chosen(asked: Asked, at: datetime) -> Sequence[Plan]:
    """The plans that are found now, without those that were unticked."""
    found = tidy_summary.plans_of(current_actor(), asked.search, at)
    return [one for one in found if asked.picked.takes(one.id)]


def _plans_page(asked: Asked, *, status: int = 200, wrong: str = "") -> tuple[str, int]:
    actor, at = current_actor(), utc_now()
    on = day_of(at)
    found = asked.search.ordered(actor, on)
    ids = db.session.scalars(found.with_only_columns(Plan.id)).all()
    last = max((len(ids) + PAGE_SIZE - 1) // PAGE_SIZE, 1)
    page = min(asked.page, last)
    shown = _page_of(found, page)
    page_text = render_template(
        "tidy/plans.html",
        asked=asked,
        plans=shown,
        reasons=tidy_words.reasons(asked.search, shown, on),
        heading=heading(asked.search, shown),
        total=len(ids),
        chosen=sum(map(asked.picked.takes, ids)),
        page=page,
        last=last,
        wrong=wrong,
        day_of=day_of,
        next_step="CleanUpView.successors" if _is_reassigning(asked) else "CleanUpView.summary",
    )
    return page_text, status


def _page_of(found: Any, page: int) -> Sequence[Plan]:
    rows = found.options(
        joinedload(Plan.owner), joinedload(Plan.coordinator), joinedload(Plan.unit)
    )
    some = rows.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    return db.session.scalars(some).unique().all()


def _is_reassigning(asked: Asked) -> bool:
    return asked.search.act is TidyAct.REASSIGN


# --- who is to have them -------------------------------------------------------------------------


def _assigned(asked: Asked, chosen: Sequence[Plan], at: datetime) -> Assigned:
    """Who is to have each plan; empty where none changes hands."""
    if not _is_reassigning(asked):
        return {}
    return _spread(asked, chosen, successors(day_of(at)), at)


def _spread(
    asked: Asked, chosen: Sequence[Plan], known: Sequence[Successor], at: datetime
) -> dict[str, str | None]:
    plans, among = loose(chosen), _among(asked, known)
    acting = acting_for({one.owner_id for one in plans}, day_of(at))
    by_id = {one.id: one for one in known}
    settled = {
        one.id: to.id
        for one in plans
        if (to := by_id.get(asked.settled.get(one.id, ""))) and may_take(to, one, acting)
    }
    return spread(plans, [one for one in known if one.id in among], acting, settled)


def _among(asked: Asked, known: Sequence[Successor]) -> frozenset[str]:
    if asked.among is not None:
        return asked.among
    return clean_up_asked.usual_successors(known, asked.search.of_id)


def _successors_page(asked: Asked) -> tuple[str, int]:
    at = utc_now()
    chosen = _chosen(asked, at)
    if not chosen:
        return _plans_page(asked, status=422, wrong=_("Choose at least one plan."))
    known = successors(day_of(at))
    to = _spread(asked, chosen, known, at)
    last = max((len(chosen) + PAGE_SIZE - 1) // PAGE_SIZE, 1)
    page = min(asked.page, last)
    shown = chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    text = render_template(
        "tidy/successors.html",
        asked=asked,
        known=known,
        among=_among(asked, known),
        plans=shown,
        fit=_fit(shown, known, day_of(at)),
        to=to,
        settled=clean_up_asked.pack(to),
        more=_more(to),
        heading=heading(asked.search, chosen),
        total=len(chosen),
        nobody=sum(one is None for one in to.values()),
        page=page,
        last=last,
    )
    return text, 200


def _fit(
    plans: Sequence[Plan], known: Sequence[Successor], on: Any
) -> Mapping[str, Sequence[Successor]]:
    """Who can take each plan."""
    parts: Sequence[Loose] = loose(plans)
    acting = acting_for({one.owner_id for one in plans}, on)
    return {part.id: [one for one in known if may_take(one, part, acting)] for part in parts}


def _more(to: Assigned) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for person_id in to.values():
        if person_id is not None:
            found[person_id] = found.get(person_id, 0) + 1
    return found


# --- what will happen ----------------------------------------------------------------------------


def _summary_page(
    asked: Asked, *, status: int = 200, wrong: str = "", has_changed: bool = False
) -> tuple[str, int]:
    at = utc_now()
    chosen = _chosen(asked, at)
    to = _assigned(asked, chosen, at)
    text = render_template(
        "tidy/summary.html",
        asked=asked,
        found=tidy_summary.summary(current_actor(), asked.search, chosen, to, at=at),
        among=sorted(asked.among or ()),
        heading=heading(asked.search, chosen),
        explained=tidy_rules.EXPLAINED[asked.search.act],
        why=SKIPPED,
        acts=TidyAct,
        named=NAMED,
        wrong=wrong,
        has_changed=has_changed,
        reason=request.form.get("reason", ""),
        form_key=forms.form_key() or forms.new_key(),
    )
    return text, status
