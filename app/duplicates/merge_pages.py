"""The pages that make two persons one: choose, look over, done; approving it, and undoing it.

Each is about a pair of the review queue. Nothing is done before the summary has been sent back
with the mark of what it showed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from app.audit import log
from app.clock import day_of, utc_now
from app.db import db, transaction
from app.duplicate_tables import DuplicatePair, PersonMerge
from app.duplicates import merge_facts, merge_reading, merge_words, merging, pace, undoing
from app.duplicates.merge_facts import LOGIN, Two
from app.duplicates.merge_plan import MergePlan, Side
from app.enums import MergeState
from app.errors import DomainError, NotFound
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

Answer = Response | str | tuple[str, int]
COLOURS = {
    MergeState.WAITING: "warning",
    MergeState.DONE: "success",
    MergeState.DECLINED: "neutral",
    MergeState.UNDONE: "neutral",
}


@dataclass(frozen=True)
class Line:
    """A field of both on the page where one chooses: what is shown of each, and what is chosen."""

    name: str
    label: Any
    values: tuple[Any, Any]
    is_choice: bool
    chosen: str = ""
    wrong: str = ""


class MergeView(BaseView):
    """Making two persons one, for local administrators."""

    resource = Resource.DUPLICATE
    route_base = "/duplicates/merge"
    menu_homes = ("DuplicateView",)
    default_view = "choose"

    # --- choose, look over, do -------------------------------------------------------------------

    @expose("/<pk>", methods=["GET"])
    @door(Action.MERGE)
    def choose(self, pk: str) -> Answer:
        """Both side by side; what differs is chosen."""
        with transaction():
            pair = self._pair(pk, Action.MERGE)
            merge = merge_reading.latest(pair)
            if merge is not None and merge.state in (MergeState.WAITING, MergeState.DONE):
                return redirect(url_for("MergeView.show", pk=pair.id))
            for person in (pair.first, pair.second):
                log.record(current_actor(), "person:compared", person)
            return self._choose_page(pair)

    @expose("/summary/<pk>", methods=["POST"])
    @door(Action.MERGE)
    def summary(self, pk: str) -> Answer:
        """What it would lead to; sent back with its mark, it is done."""
        try:
            with transaction():
                pair = self._pair(pk, Action.MERGE)
                two, choices = self._two(pair), self._choices(pair)
                if "mark" not in request.form:
                    plan = merging.preview(
                        current_actor(), two.kept, two.gone, choices, at=utc_now()
                    )
                    return self._summary_page(pair, two, plan)
                pace.keep(current_actor(), at=utc_now())
                row = merging.merge(
                    current_actor(),
                    two.kept,
                    two.gone,
                    choices,
                    mark=request.form["mark"],
                    note=request.form.get("note", ""),
                    at=utc_now(),
                )
        except DomainError as error:
            return self._refused(pk, error)
        except IntegrityError:
            return self._refused(pk, merging.ChangedSince())
        if row.state is MergeState.WAITING:
            flash(_("Another local administrator must approve the merge."), "info")
        else:
            flash(_are_one(row), "success")
        return redirect(url_for("MergeView.show", pk=pk))

    # --- one merge -------------------------------------------------------------------------------

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """The merge of a pair: how it stands, and what can be done with it."""
        return self._show_page(self._pair(pk, Action.SHOW))

    @expose("/approve/<pk>", methods=["POST"])
    @door(Action.APPROVE)
    def approve(self, pk: str) -> Answer:
        """Carry out what another has asked for."""
        try:
            with transaction():
                merge = self._merge(self._pair(pk, Action.APPROVE))
                pace.keep(current_actor(), at=utc_now())
                mark = request.form.get("mark", "")
                merging.approve(current_actor(), merge, mark=mark, at=utc_now())
        except DomainError as error:
            return self._refused_on_merge(pk, error)
        except IntegrityError:
            return self._refused_on_merge(pk, merging.ChangedSince())
        flash(_are_one(merge), "success")
        return redirect(url_for("MergeView.show", pk=pk))

    @expose("/decline/<pk>", methods=["POST"])
    @door(Action.DECLINE)
    def decline(self, pk: str) -> Answer:
        """Say no, or take back that one has asked."""
        try:
            with transaction():
                merge = self._merge(self._pair(pk, Action.DECLINE))
                merging.decline(current_actor(), merge, at=utc_now())
        except DomainError as error:
            return self._refused_on_merge(pk, error)
        text = _("The records of %(first)s and %(second)s stay apart.", **_names(merge))
        flash(text, "success")
        return redirect(url_for("DuplicateView.show", pk=pk))

    @expose("/undo/<pk>", methods=["POST"])
    @door(Action.UNDO)
    def undo(self, pk: str) -> Answer:
        """Make two records of one again."""
        try:
            with transaction():
                merge = self._merge(self._pair(pk, Action.UNDO))
                undoing.undo(current_actor(), merge, at=utc_now())
        except DomainError as error:
            return self._refused_on_merge(pk, error)
        except IntegrityError:
            return self._refused_on_merge(pk, merging.ChangedSince())
        text = _("The merge is undone: %(first)s and %(second)s are two again.", **_names(merge))
        flash(text, "success")
        return redirect(url_for("MergeView.show", pk=pk))

    # --- shared ----------------------------------------------------------------------------------

    @staticmethod
    def _pair(pk: str, action: Action) -> DuplicatePair:
        """The pair of an address.

        Raises:
            NotFound, NotAllowed
        """
        actor = current_actor()
        found = scope.rows(actor, DuplicatePair, Action.SHOW).where(DuplicatePair.id == pk)
        pair: DuplicatePair | None = db.session.scalar(found) if is_id(pk) else None
        if pair is None:
            raise NotFound
        policy.require(actor, action, pair)
        return pair

    @staticmethod
    def _merge(pair: DuplicatePair) -> PersonMerge:
        found = merge_reading.latest(pair)
        if found is None:
            raise undoing.NotDone
        return found

    @staticmethod
    def _two(pair: DuplicatePair) -> Two:
        """The two, the one that is used most first; the form says it again."""
        sent = request.form.get("kept", "")
        if sent in (pair.first_id, pair.second_id):
            is_first = sent == pair.first_id
        else:
            is_first = merge_reading.weight(pair.first) >= merge_reading.weight(pair.second)
        ordered = (pair.first, pair.second) if is_first else (pair.second, pair.first)
        return Two(*ordered)

    @staticmethod
    def _choices(pair: DuplicatePair) -> dict[str, str]:
        """What was chosen, by field: the form names the person whose value it is."""
        two = MergeView._two(pair)
        sides = {two.kept.id: Side.KEPT, two.gone.id: Side.GONE}
        return {
            name: str(sides[request.form[name]])
            for name in (*merge_facts.COLUMNS, LOGIN)
            if request.form.get(name) in sides
        }

    def _refused(self, pk: str, error: DomainError) -> Answer:
        """The page where one chooses, with what is wrong; a refused access is answered as any."""
        if error.is_refusal:
            raise error
        db.session.rollback()
        pair = self._pair(pk, Action.MERGE)
        return self._choose_page(pair, error=error)

    def _refused_on_merge(self, pk: str, error: DomainError) -> Answer:
        if error.is_refusal:
            raise error
        db.session.rollback()
        return self._show_page(self._pair(pk, Action.SHOW), error=error)

    def _choose_page(self, pair: DuplicatePair, *, error: DomainError | None = None) -> Answer:
        two = self._two(pair)
        page = render_template(
            "duplicates/merge_choose.html",
            pair=pair,
            two=two,
            lines=list(self._lines(pair, two, error)),
            error=error,
            plans=merge_reading.plans_of(error),
            note=request.form.get("note", pair.note or ""),
        )
        return page, 200 if error is None else error.status

    def _lines(self, pair: DuplicatePair, two: Two, error: DomainError | None) -> Any:
        wrong = "" if error is None else str(error)
        field = None if error is None else error.field
        open_fields = merge_facts.to_choose(two)
        for name, values in merge_reading.shown(pair, two).items():
            if not any(values):
                continue
            yield Line(
                name,
                merge_words.FIELDS[name],
                values,
                name in open_fields,
                request.form.get(name, ""),
                wrong if field == name else "",
            )
        logins = merge_reading.logins(pair)
        if all(logins):
            label = merge_words.FIELDS[LOGIN]
            said = request.form.get(LOGIN, "")
            yield Line(LOGIN, label, logins, True, said, wrong if field == LOGIN else "")

    def _summary_page(self, pair: DuplicatePair, two: Two, plan: MergePlan) -> str:
        return render_template(
            "duplicates/merge_summary.html",
            pair=pair,
            two=two,
            fields=dict(self._kept_values(pair, two, plan)),
            sent=self._sent(two, plan),
            note=request.form.get("note", ""),
            **merge_reading.said(plan),
        )

    @staticmethod
    def _kept_values(pair: DuplicatePair, two: Two, plan: MergePlan) -> Any:
        """What will be registered, by field."""
        ids = {Side.KEPT: two.kept.id, Side.GONE: two.gone.id}
        for name, values in merge_reading.shown(pair, two).items():
            side = ids[Side(dict(plan.choices)[name])]
            value = values[0] if side == pair.first_id else values[1]
            if value:
                yield merge_words.FIELDS[name], value

    @staticmethod
    def _sent(two: Two, plan: MergePlan) -> Mapping[str, str]:
        """The choices as the next form sends them again."""
        ids = {Side.KEPT: two.kept.id, Side.GONE: two.gone.id}
        return {name: ids[Side(side)] for name, side in plan.choices}

    def _show_page(self, pair: DuplicatePair, *, error: DomainError | None = None) -> Answer:
        merge = merge_reading.latest(pair)
        if merge is None:
            return redirect(url_for("DuplicateView.show", pk=pair.id))
        now = utc_now()
        page = render_template(
            "duplicates/merge_show.html",
            pair=pair,
            merge=merge,
            colours=COLOURS,
            state_words=merge_words.STATES,
            states=MergeState,
            error=error,
            look_at=merge_reading.to_look_at(merge),
            may_undo=undoing.may_undo(merge, now),
            undo_until=merge.merged_at and day_of(merge.merged_at + merging.KEPT_FOR),
            is_own=merge.wanted_by == current_actor().account_id,
            **self._waiting(merge),
        )
        return page, 200 if error is None else error.status

    @staticmethod
    def _waiting(merge: PersonMerge) -> dict[str, Any]:
        """What a merge that waits would do now, or why it can't be done any more."""
        if merge.state is not MergeState.WAITING:
            return {}
        try:
            plan = merging.preview(
                current_actor(),
                merge.kept,
                merge.gone,
                merge.choices,
                at=utc_now(),
                waiting=merge,
            )
        except DomainError as error:
            return {"cannot": error, "plans": merge_reading.plans_of(error)}
        return merge_reading.said(plan)


def _names(merge: PersonMerge) -> dict[str, str]:
    return {"first": merge.gone.full_name, "second": merge.kept.full_name}


def _are_one(merge: PersonMerge) -> str:
    return _("The records of %(first)s and %(second)s are now one.", **_names(merge))
