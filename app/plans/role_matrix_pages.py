"""All standard roles and all parts of the plan in one table; on narrow screens a role a page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import ngettext

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Level, Section
from app.errors import BadRequest, DomainError
from app.models import StandardRole
from app.plans import role_holders
from app.plans.role_holders import Touched
from app.security import scope
from app.security.actor import current_actor
from app.security.plan_rights import MOST_GIVEN
from app.security.roles import Action, Resource
from app.security.routes import door
from app.templating import heads, role_matrix, role_words, setup, standard_roles
from app.templating.role_changes import Difference, differences
from app.templating.role_content import Matrix, RoleContent
from app.templating.role_matrix import Cell
from app.templating.role_pages import Answer, find_role, name_of

GIVEN = tuple(
    one
    for one in role_matrix.POSSIBLE
    if MOST_GIVEN[one] is not Level.NONE and one not in role_matrix.BY_TICK
)
"""The parts that participants are given a level in."""
APART = tuple(one for one in role_matrix.POSSIBLE if one not in GIVEN)
"""The others, which the page tells about below the table."""


@dataclass(frozen=True)
class Row:
    """One role of the table: what its draft says, what is typed, and what is in use."""

    role: StandardRole
    now: RoleContent
    used: RoleContent | None
    matrix: Matrix
    offered: frozenset[Section]
    version: str

    def cells(self, columns: Sequence[Section]) -> list[Cell]:
        """The cells, in the order of the columns."""
        of_all = role_matrix.cells(self.matrix, self.used, self.offered)
        return [cell for cell in of_all if cell.section in columns]

    @property
    def typed(self) -> RoleContent:
        """What the role would say."""
        levels = {s: one for s, one in self.matrix.items() if one is not Level.NONE}
        return self.now.model_copy(update={"matrix": levels})

    @property
    def changes(self) -> list[Difference]:
        """What is typed otherwise than it is saved."""
        return differences(self.now, self.typed)

    def with_level(self, sections: Sequence[Section], level: str) -> "Row":
        """The row with one level in some parts, or the most that can be given there."""
        open_ones = [one for one in sections if one in self.offered]
        return replace(self, matrix=role_matrix.set_all(self.matrix, level, open_ones))


@dataclass(frozen=True)
class Changed:
    """What is to be saved of one role, and whom it would touch, change by change."""

    row: Row
    lines: list[tuple[Difference, Touched]]


class RoleMatrixView(BaseView):
    """The overview of what every standard role opens."""

    resource = Resource.STANDARD_ROLE
    route_base = "/standard-role-matrix"
    menu_homes = ("StandardRoleView",)
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @door(Action.EDIT)
    def index(self) -> Answer:
        """The table; what is chosen in it is looked over, and then saved in drafts."""
        if request.method != "POST":
            with transaction() as session:
                setup.ensure(session, current_actor().municipality_id or 0, at=utc_now())
            return self._table(_rows())
        rows = _rows()
        if "set_row" in request.form or "set_column" in request.form:
            return self._set_many(rows)
        changed = [one for one in rows if one.changes]
        if not changed:
            return self._table(rows, unchanged=True)
        if "back" in request.form:
            return self._table(rows)
        if "confirmed" not in request.form:
            return self._preview(rows, changed)
        return self._save(rows, changed)

    def _set_many(self, rows: list[Row]) -> Answer:
        """The table with one level in a whole row or column; the field again when none is chosen.

        Raises:
            BadRequest: there is no such column or level.
        """
        role_id, column = request.form.get("set_row", ""), request.form.get("set_column")
        if column is not None and column not in GIVEN:
            raise BadRequest
        level = request.form.get("level", "")
        if not level:
            return self._table(rows, status=422, unset=True)
        pressed = column or role_id
        if column is None:
            rows = [one.with_level(GIVEN, level) if one.role.id == role_id else one for one in rows]
        else:
            rows = [one.with_level([Section(column)], level) for one in rows]
        return self._table(rows, pressed=pressed)

    def _save(self, rows: list[Row], changed: list[Row]) -> Answer:
        actor, at = current_actor(), utc_now()
        try:
            with transaction():
                for one in changed:
                    role = find_role(one.role.id, Action.EDIT)
                    version = request.form.get(f"version.{role.id}", "")
                    standard_roles.save(actor, role, one.typed, version=version, at=at)
        except DomainError as error:
            if error.is_refusal:
                raise
            return self._table(rows, status=error.status, wrong=str(error))
        flash(
            ngettext(
                "The draft of %(num)s role is saved. Publish it when you are ready.",
                "The drafts of %(num)s roles are saved. Publish them when you are ready.",
                len(changed),
            ),
            "success",
        )
        return redirect(url_for("StandardRoleView.index"))

    @staticmethod
    def _table(
        rows: list[Row],
        *,
        status: int = 200,
        wrong: str = "",
        unset: bool = False,
        unchanged: bool = False,
        pressed: str = "",
    ) -> tuple[str, int]:
        page = render_template(
            "templating/role_matrix.html",
            rows=rows,
            columns=_columns(),
            nowhere=[one for one in GIVEN if one not in _columns()],
            apart=APART,
            level=request.form.get("level", ""),
            pressed=pressed,
            levels=list(Level),
            name_of=name_of,
            texts=role_words,
            wrong=wrong,
            unset=unset,
            unchanged=unchanged,
        )
        return page, status

    @staticmethod
    def _preview(rows: list[Row], changed: list[Row]) -> tuple[str, int]:
        """What would be saved, and whom it would touch once it is published for all."""
        actor, on = current_actor(), today()
        found = []
        for row in changed:
            touched = role_holders.touched(actor, row.role, row.typed, on, is_new=True)
            lines = [(one, touched.get(one.key, Touched())) for one in row.changes]
            found.append(Changed(row, lines))
        page = render_template(
            "templating/role_matrix_preview.html",
            rows=rows,
            columns=GIVEN,
            changed=found,
            name_of=name_of,
            texts=role_words,
            counted=role_holders.counted,
        )
        return page, 200


def _rows() -> list[Row]:
    """Every role that is not retired, with what is typed in the form that was sent, if any."""
    actor, drafts, parts = current_actor(), standard_roles.all_drafts(), role_matrix.by_kind()
    found = scope.rows(actor, StandardRole, Action.EDIT).where(StandardRole.retired_at.is_(None))
    rows = []
    for role in db.session.scalars(found.order_by(StandardRole.position, StandardRole.id)):
        draft = drafts.get(role.id)
        now = standard_roles.drafted(role, draft) or heads.role_in_use(role)
        matrix = role_matrix.chosen(request.form, f"{role.id}.", now.matrix)
        sent = request.form.get(f"version.{role.id}")
        version = sent or standard_roles.draft_version(role, draft)
        offered = role_matrix.offered(now.kinds, parts)
        rows.append(Row(role, now, standard_roles.in_use(role), matrix, offered, version))
    return rows


def _columns() -> list[Section]:
    """The parts that can be given and that some kind of plan has here, in order."""
    open_ones = role_matrix.offered(())
    return [one for one in GIVEN if one in open_ones]
