"""The pages about the tree of units beyond the generated ones: the tree, moving and merging."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField

from app.clock import utc_now
from app.db import db, transaction
from app.errors import DomainError, NotAllowed, NotFound, StaleVersion
from app.joining_tables import UnitMove
from app.models import Unit
from app.screens.fields import NEEDED, unit_choice
from app.screens.scoped_view import DOORS, ScopedModelView
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door
from app.units import operations as units
from app.units import queries
from app.units.bulk import ACTIONS
from app.units.tree import grow

Answer = Response | tuple[str, int]


class MoveForm(FlaskForm):
    """Where a unit is to stand."""

    parent_id = unit_choice(_l("Part of"))
    to_top = BooleanField(_l("Place it at the top, as part of no other unit"))


class MergeForm(FlaskForm):
    """The unit that takes over another."""

    winner_id = unit_choice(_l("The unit that takes over"), validators=[NEEDED])


class UnitPages(ScopedModelView):
    """What the screen of units adds to the generated pages."""

    include_route_methods = DOORS | {"tree", "move", "merge"}
    bulk_actions = ACTIONS
    buttons = (("UnitView.tree", Action.LIST, _l("Show as a tree")),)
    row_buttons = (
        ("move", Action.MOVE, _l("Move")),
        ("merge", Action.MERGE, _l("Merge with another")),
    )

    @expose("/tree/", methods=["GET"])
    @door(Action.LIST)
    def tree(self) -> str:
        """All units in use, each under the one it is part of."""
        branches = grow(queries.in_use(current_actor()))
        return render_template("units/tree.html", view=self, branches=branches)

    # --- the record ------------------------------------------------------------------------------

    def may(self, action: Action, row: Unit | None = None) -> bool:
        """As elsewhere, but a merged unit is never brought back."""
        if action is Action.RESTORE and row is not None and row.merged_into_id is not None:
            return False
        return super().may(action, row)

    def crumbs(self, row: Unit) -> Sequence[tuple[str, str]]:
        """The units that the unit is part of."""
        return [(one.name, self.url("show", one)) for one in queries.above(current_actor(), row)]

    def related(self, row: Unit) -> Sequence[tuple[Any, str, Mapping[str, Any]]]:
        """What is part of the unit, and how many belong to it."""
        actor = current_actor()
        values = {
            "below": queries.directly_below(actor, row),
            "persons": queries.count_persons(actor, row),
            "persons_with_below": queries.count_persons(actor, row, with_below=True),
            "merged_into": row.merged_into,
            "move": queries.on_its_way(actor, row),
            "may_leave": self._may_leave(row),
        }
        return [(_l("In this unit"), "units/content.html", values)]

    @staticmethod
    def _may_leave(row: Unit) -> bool:
        """Whether the actor may ask another municipality to take the unit over."""
        wanted = UnitMove(municipality_id=row.municipality_id)
        is_ours = row.retired_at is None and not row.is_outside
        return is_ours and bool(policy.decide(current_actor(), Action.ADD, wanted))

    def retire_row(self, row: Unit) -> None:
        """Take the unit out of use, when nothing in use is part of it."""
        units.retire(current_actor(), row, at=utc_now())

    def restore_row(self, row: Unit) -> None:
        """Bring the unit back to where it stood."""
        units.restore(current_actor(), row)

    # --- moving ----------------------------------------------------------------------------------

    @expose("/move/<pk>", methods=["GET", "POST"])
    @door(Action.MOVE)
    def move(self, pk: str) -> Answer:
        """Place the unit, with all below it, under another."""
        row, form = self.get_row(pk, Action.MOVE), MoveForm()
        parent = self._other(form.parent_id.data)
        if request.method != "POST" or "find" in request.form:
            return self._page("units/move.html", row, form)
        if (parent is None) == (not form.to_top.data):
            form.parent_id.errors = [_("Choose one unit, or the top.")]
            return self._page("units/move.html", row, form, status=422)
        try:
            with transaction():
                row = self._unchanged(pk, Action.MOVE, "version")
                parent = self._other(form.parent_id.data)
                units.move(current_actor(), row, parent, at=utc_now())
        except DomainError as error:
            return self._refused("units/move.html", pk, form, error)
        flash(_("%(name)s is moved, with all that is part of it.", name=row.name), "success")
        return redirect(self.url("show", row))

    # --- merging ---------------------------------------------------------------------------------

    @expose("/merge/<pk>", methods=["GET", "POST"])
    @door(Action.MERGE)
    def merge(self, pk: str) -> Answer:
        """Choose the unit that takes over, see what goes over, and confirm."""
        row, form = self.get_row(pk, Action.MERGE), MergeForm()
        if request.method != "POST":
            # A list of near-equal names says which one may take over; that is only a proposal.
            form.winner_id.data = request.args.get("winner") or None
            return self._page("units/merge.html", row, form)
        winner = self._other(form.winner_id.data)
        if "find" in request.form:
            return self._page("units/merge.html", row, form)
        if winner is None:
            form.winner_id.errors = [_("Search, and choose one of the hits.")]
            return self._page("units/merge.html", row, form, status=422)
        if "confirmed" not in request.form:
            return self._preview(row, winner, form)
        try:
            with transaction():
                row = self._unchanged(pk, Action.MERGE, "version")
                winner = self._unchanged(winner.id, Action.SHOW, "winner_version")
                units.merge(current_actor(), row, winner, at=utc_now())
        except DomainError as error:
            return self._refused("units/merge.html", pk, form, error)
        text = _("%(loser)s is now part of %(winner)s.", loser=row.name, winner=winner.name)
        flash(text, "success")
        return redirect(self.url("show", winner))

    def _preview(self, row: Unit, winner: Unit, form: MergeForm) -> Answer:
        """What would go over, in words; the same refusals as when it is done."""
        try:
            units.require_mergeable(current_actor(), row, winner)
        except DomainError as error:
            return self._refused("units/merge.html", row.id, form, error)
        content = queries.content(row)
        return self._page("units/merge_preview.html", row, form, winner=winner, content=content)

    # --- shared ----------------------------------------------------------------------------------

    def _other(self, pk: str | None) -> Unit | None:
        """The other unit that a form names.

        Raises:
            NotFound: foreign, missing and hidden alike.
        """
        return self.get_row(pk, Action.SHOW) if pk else None

    def _unchanged(self, pk: str, action: Action, version_field: str) -> Unit:
        """The unit, as it was when the page was opened.

        Raises:
            StaleVersion: somebody else has saved it since.
        """
        row: Unit = self.get_row(pk, action)
        if request.form.get(version_field) != str(row.version):
            raise StaleVersion
        return row

    def _refused(self, template: str, pk: str, form: Any, error: DomainError) -> Answer:
        """The form again with what is wrong; a refused access is answered as any other."""
        if isinstance(error, NotFound | NotAllowed):
            raise error
        db.session.rollback()
        self._put_error(form, error)
        return self._page(template, self.get_row(pk, Action.SHOW), form, status=error.status)

    def _page(
        self, template: str, row: Unit, form: Any, *, status: int = 200, **values: Any
    ) -> Answer:
        return render_template(template, view=self, row=row, form=form, **values), status
