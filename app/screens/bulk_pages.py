"""The pages that do one thing to many rows of a list: choose, look over, do, and undo.

What is asked for is the rows that were ticked, or all that the list's filter finds. Both are
found anew, in the actor's scope, when the page is looked over and when it is done; if what would
be done has changed in between, nothing is done and the page is shown again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import uuid4

from flask import flash, redirect, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.clock import utc_now
from app.db import db, transaction
from app.errors import BadRequest, DomainError, NotFound
from app.screens import forms
from app.screens.bulk import (
    MOST_AT_ONCE,
    BulkAction,
    Trial,
    UndoneAlready,
    carry_out,
    find_change,
    note,
)
from app.screens.list_pages import ListPages
from app.screens.listing import LARGEST_PAGE, ListRequest, is_id
from app.screens.rows import ScopedRows
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

BULK_DOORS = {"bulk", "undo"}
PAGE, NONE = "page", "none"
"""What ticking asks for: every line of the page, or none; nothing is done with them by that."""
NAMED = 10
LONGEST_LOCATION = 500


class _Rehearsed(Exception):
    """Everything was tried, and is now to be rolled back."""

    def __init__(self, trial: Trial) -> None:
        super().__init__()
        self.trial = trial


class _WrongField(Exception):
    """What was typed in a field of the page can't be used for any row."""

    def __init__(self, error: DomainError) -> None:
        super().__init__()
        self.error = error


class BulkPages(ListPages, ScopedRows):
    """What ``ScopedModelView`` does to many rows at once."""

    bulk_actions: ClassVar[tuple[BulkAction, ...]] = ()

    def describe(self, row: Any) -> str:
        """What users call the row."""
        return str(row.id)

    def hint(self, row: Any) -> str:
        """What tells the row from others that are called the same."""
        return ""

    def tell_apart(self, row: Any) -> str:
        """What users call the row where others of the same name may stand beside it."""
        hint = self.hint(row)
        return f"{self.describe(row)} ({hint})" if hint else self.describe(row)

    def before_restore(self, row: Any) -> Any:
        """What is needed to retire the row again as it was."""
        return None

    def open_bulk_actions(self) -> Sequence[BulkAction]:
        """What the actor may do to many rows of this kind."""
        actor = current_actor()
        return [
            one for one in self.bulk_actions if policy.may_open(actor, one.action, self.resource)
        ]

    # --- look over, and do -----------------------------------------------------------------------

    @expose("/bulk", methods=["POST"])
    @door(Action.LIST)
    def bulk(self) -> AnyResponse | tuple[str, int]:
        """Say what would be done to which rows; do it when that was agreed to."""
        if request.form.get("which") in (PAGE, NONE):
            return self.list_page(is_all_ticked=request.form["which"] == PAGE)
        asked = self.read_list_request()
        missing = self._missing()
        if "action" in missing:
            return self._missing_page(missing)
        action = self._bulk_action()
        policy.require_open(current_actor(), action.action, self.resource)
        wanted = self._wanted(asked)
        if wanted is None:
            return self._missing_page(missing)
        count = db.session.scalar(select(func.count()).select_from(_ids(wanted, self.model))) or 0
        if count > MOST_AT_ONCE:
            return self._bulk_page(action, asked, too_many=count)
        is_sent = bool(request.form.get("digest")) and "find" not in request.form
        form = self._bulk_form(action, is_sent)
        if is_sent and (form is None or form.validate()):
            return self._agreed(action, asked, wanted, form)
        trial = self._rehearse(action, wanted)
        status = 422 if is_sent else 200
        return self._bulk_page(action, asked, trial=trial, form=form, status=status)

    @staticmethod
    def _missing() -> dict[str, str]:
        """What is not said yet, by the place in the form where it is said."""
        missing = {}
        if request.form.get("which") != "all" and not request.form.getlist("row"):
            missing["row"] = _("Tick one or more lines first, or choose all hits.")
        if request.form.get("action") == "":
            missing["action"] = _("Choose what to do with the lines first.")
        return missing

    def _missing_page(self, missing: Mapping[str, str]) -> tuple[str, int]:
        """The list, with what is missing; what was ticked stays ticked."""
        ticked = frozenset(request.form.getlist("row"))
        return self.list_page(422, bulk_errors=missing, ticked=ticked)

    def _bulk_action(self) -> BulkAction:
        for one in self.bulk_actions:
            if one.name == request.form.get("action"):
                return one
        raise BadRequest

    @staticmethod
    def _bulk_form(action: BulkAction, is_sent: bool) -> Any:
        if action.form is None:
            return None
        is_filled = is_sent or "find" in request.form
        return action.form() if is_filled else action.form(formdata=None)

    def _wanted(self, asked: ListRequest) -> Select[Any] | None:
        """The rows that were chosen, as they are found now; None when none was.

        Raises:
            BadRequest: what was sent is no choice of rows.
        """
        base = self.query(Action.LIST)
        if request.form.get("which") == "all":
            if asked.errors:
                raise BadRequest
            return base.where(*asked.conditions)
        ids = request.form.getlist("row")
        if len(ids) > LARGEST_PAGE or not all(map(is_id, ids)):
            raise BadRequest
        return base.where(self.model.id.in_(ids)) if ids else None

    def _agreed(
        self, action: BulkAction, asked: ListRequest, wanted: Select[Any], form: Any
    ) -> AnyResponse | tuple[str, int]:
        """Do it, unless it would no longer be what was looked over."""
        actor, key = current_actor(), forms.form_key()
        back = self.url("list", **asked.query)
        try:
            with transaction() as session:
                earlier = forms.earlier_result(session, actor, key)
                if earlier is not None:
                    self.say(_("This was done already."), earlier)
                    return redirect(back)
                trial = self._carry_out(session, action, wanted, form)
                if trial.digest != request.form["digest"] or not trial.count:
                    raise _Rehearsed(trial)
                change = note(session, actor, self.list_name, action.name, trial.kept, at=utc_now())
                undo = self.url("undo", pk=change.id, **asked.query)
                if len(undo) > LONGEST_LOCATION:
                    undo = self.url("undo", pk=change.id)
                forms.remember(session, actor, key, undo, utc_now())
        except _Rehearsed as rehearsed:
            return self._changed_page(action, asked, rehearsed.trial, form)
        except _WrongField as wrong:
            form[wrong.error.field].errors = [str(wrong.error)]
            trial = self._rehearse(action, wanted)
            return self._bulk_page(action, asked, trial=trial, form=form, status=422)
        self.say(action.done(trial.count), undo)
        return redirect(back)

    def _rehearse(self, action: BulkAction, wanted: Select[Any]) -> Trial:
        """What would come of it; nothing of it stays."""
        try:
            with transaction() as session:
                raise _Rehearsed(self._carry_out(session, action, wanted, None))
        except _Rehearsed as rehearsed:
            return rehearsed.trial

    def _carry_out(
        self, session: Session, action: BulkAction, wanted: Select[Any], form: Any
    ) -> Trial:
        order = next(iter(self.orders.values()))
        rows = session.scalars(wanted.order_by(order.column, self.model.id)).unique().all()
        if action.before is not None:
            rows = sorted(rows, key=action.before)

        def act(row: Any) -> Any:
            try:
                return action.try_one(row, form)
            except DomainError as error:
                if form is not None and error.field and error.field in form:
                    raise _WrongField(error) from None
                raise

        return carry_out(session, rows, act, self.tell_apart)

    # --- the page --------------------------------------------------------------------------------

    def _changed_page(
        self, action: BulkAction, asked: ListRequest, trial: Trial, form: Any
    ) -> tuple[str, int]:
        return self._bulk_page(action, asked, trial=trial, form=form, status=409, has_changed=True)

    def _bulk_page(
        self, action: BulkAction, asked: ListRequest, *, status: int = 200, **values: Any
    ) -> tuple[str, int]:
        ids = [] if request.form.get("which") == "all" else request.form.getlist("row")
        trial: Trial | None = values.get("trial")
        gone = len(set(ids)) - trial.count - len(trial.refused) if trial and ids else 0
        page = render_template(
            "screens/bulk.html",
            view=self,
            action=action,
            asked=asked,
            ids=ids,
            gone=gone,
            named=NAMED,
            most=MOST_AT_ONCE,
            form_key=forms.form_key() or str(uuid4()),
            **values,
        )
        return page, status

    # --- undo ------------------------------------------------------------------------------------

    def say(self, text: str, undo: str | None) -> None:
        """Say that something was done, with a button that undoes it."""
        flash({"text": text, "undo": undo} if undo else text, "success")  # type: ignore[arg-type]

    def note(self, name: str, row: Any, before: Any) -> str | None:
        """Keep, in the caller's transaction, what was done to one row; the address that undoes."""
        if all(one.name != name for one in self.bulk_actions):
            return None
        kept = [{"id": str(row.id), "before": before}]
        change = note(db.session(), current_actor(), self.list_name, name, kept, at=utc_now())
        return self.url("undo", pk=change.id)

    @expose("/undo/<pk>", methods=["POST"])
    @door(Action.UNDO, Resource.BULK_CHANGE)
    def undo(self, pk: str) -> AnyResponse:
        """Undo what the actor did to one row or many, as far as it still can be."""
        if not is_id(pk):
            raise NotFound
        home = self.url("list", **(self.read_list_request().query if request.args else {}))
        try:
            with transaction() as session:
                change = find_change(session, current_actor(), self.list_name, pk)
                is_one = change.count == 1 and not request.args
                back = self.url("show", pk=change.rows[0]["id"]) if is_one else home
                trial = self._undo(session, change)
                gone = change.count - trial.count - len(trial.refused)
                change.undone_at, change.rows = utc_now(), []
        except UndoneAlready:
            flash(_("This was undone already."), "info")
            return redirect(home)
        if trial.count:
            flash(_("It is undone."), "success")
        for one in trial.refused[:NAMED]:
            text = _("%(name)s was not changed back: %(reason)s", name=one.name, reason=one.reason)
            flash(text, "warning")
        more = len(trial.refused[NAMED:]) + gone
        if more:
            flash(_("%(num)s more were not changed back.", num=more), "warning")
        return redirect(back)

    def _undo(self, session: Session, change: Any) -> Trial:
        action = next((one for one in self.bulk_actions if one.name == change.action), None)
        if action is None:
            raise NotFound
        before = {one["id"]: one["before"] for one in change.rows}
        wanted = self.query(Action.SHOW).where(self.model.id.in_(list(before)))
        rows = session.scalars(wanted.order_by(self.model.id)).unique().all()
        if action.undone_before is not None:
            rows = sorted(rows, key=action.undone_before)
        return carry_out(
            session, rows, lambda row: action.undo(row, before[str(row.id)]), self.tell_apart
        )


def _ids(wanted: Select[Any], model: Any) -> Any:
    return wanted.with_only_columns(model.id).order_by(None).subquery()
