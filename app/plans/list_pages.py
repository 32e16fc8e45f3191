"""The local administrator's overview of plans: a list whose rows lead to each plan's own page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import g, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response as AnyResponse

from app.clock import today
from app.models import Plan
from app.plans import lists
from app.screens.listing import ListRequest
from app.screens.paging import Page
from app.screens.scoped_view import ScopedModelView
from app.security.roles import Action
from app.security.routes import door


class PlanListPages(ScopedModelView):
    """A list for those who may take it out of the panel; each row leads to its plan."""

    @expose("/list/", methods=["GET"])
    @door(Action.EXPORT)
    def list(self) -> AnyResponse | tuple[str, int]:
        """A page of the list."""
        answer: AnyResponse | tuple[str, int] = super().list()
        return answer

    @expose("/arrange", methods=["POST"])
    @door(Action.EXPORT)
    def arrange(self) -> AnyResponse:
        """Keep the columns and the page size that were chosen."""
        return super().arrange()

    @expose("/keep-view", methods=["POST"])
    @door(Action.EXPORT)
    def keep_view(self) -> AnyResponse | tuple[str, int]:
        """Keep what the list is asked for under a name."""
        return super().keep_view()

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
        place = self.export_columns.index("consent")

        def finish(row: tuple[Any, ...]) -> tuple[Any, ...]:
            ends_on = row[place]
            last_day = None if ends_on is None else ends_on - timedelta(days=1)
            return (*row[:place], last_day, *row[place + 1 :])

        return finish

    def has_door(self, method: str) -> bool:
        """Each row leads to its plan, which another view shows."""
        return method == "show" or super().has_door(method)

    def describe(self, row: Plan) -> str:
        """Whom the plan is about."""
        return row.owner.full_name

    def page(self) -> tuple[ListRequest, Page]:
        """The rows, and until when there is consent to each."""
        asked, page = super().page()
        g.consent_until = lists.consents_until([row.id for row in page.rows], today())
        return asked, page
