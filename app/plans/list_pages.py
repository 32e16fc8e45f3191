"""The local administrator's overview of plans: a list whose rows lead to each plan's own page."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import g, url_for
from flask_appbuilder import expose
from sqlalchemy import Select
from werkzeug.wrappers import Response as AnyResponse

from app.clock import today
from app.models import Plan
from app.plans import lists
from app.plans.consent_states import ConsentState
from app.plans.coordinator_states import CoordinatorState
from app.screens.listing import ListRequest
from app.screens.paging import Page
from app.screens.taken_out_list import TakenOutList
from app.security.roles import Action
from app.security.routes import door

SAID = (
    *(("consent_state", one) for one in ConsentState),
    *(("coordinator_state", one) for one in CoordinatorState),
    ("owner_access", True),
    ("owner_access", False),
)
"""What is written in words in a file; the numbers stay numbers."""


class PlanListPages(TakenOutList):
    """A list for those who may take it out of the panel; each row leads to its plan."""

    @expose("/list/", methods=["GET"])
    @door(Action.EXPORT)
    def list(self) -> AnyResponse | tuple[str, int]:
        """A page of the list."""
        answer: AnyResponse | tuple[str, int] = super().list()
        return answer

    def query(self, action: Action) -> Any:
        """The plans that the actor keeps the overview of; one's own are on another page."""
        return super().query(Action.EXPORT)

    def url(self, method: str, row: Any = None, **values: Any) -> str:
        """The address of one of the list's pages, or of a plan."""
        if method == "show":
            return url_for("PlanView.show", pk=row.id)
        return super().url(method, row, **values)

    def row_finisher(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """The last day of consent instead of the first one without."""
        names = self.export_columns
        said = {(name, value): str(lists.say_sign(name, value)) for name, value in SAID}

        def finish(row: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple(
                _day_before(value) if name == "consent" else said.get((name, value), value)
                for name, value in zip(names, row, strict=True)
            )

        return finish

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """What the overview shows of each plan; no unit of a shielded owner."""
        places = self._export_places(self.read_list_request())
        return lists.exported(base, today(), {self.export_columns[one] for one in places})

    def has_door(self, method: str) -> bool:
        """Each row leads to its plan, which another view shows."""
        return method == "show" or super().has_door(method)

    def describe(self, row: Plan) -> str:
        """Whom the plan is about."""
        return row.owner.full_name

    def page(self) -> tuple[ListRequest, Page]:
        """The rows, and until when there is consent to each, and what is shown of how it stands."""
        asked, page = super().page()
        ids, on = [row.id for row in page.rows], today()
        g.consent_until = lists.consents_until(ids, on)
        g.plan_signs = lists.signs_of(ids, self.shown_columns(asked), on)
        return asked, page


def _day_before(ends_on: date | None) -> date | None:
    return None if ends_on is None else ends_on - timedelta(days=1)
