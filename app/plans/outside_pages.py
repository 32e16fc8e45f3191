"""The list of those who take part in our plans from outside, and what can be done with many."""

from collections.abc import Callable
from typing import Any

from flask import g
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from sqlalchemy import Select
from werkzeug.wrappers import Response as AnyResponse

from app.clock import today, utc_now
from app.models import Participant, Person, Plan
from app.plans import outside, outside_lists
from app.screens.bulk import BulkAction
from app.screens.fields import (
    NEEDED,
    LineField,
    NorwegianDateField,
    at_most,
    show_date,
    show_number,
)
from app.screens.listing import ListRequest
from app.screens.paging import Page
from app.screens.scoped_view import ScopedModelView
from app.screens.table import TableInterface
from app.screens.words import words
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.templating.setup import in_own_words

Answer = AnyResponse | tuple[str, int]


class EndingForm(FlaskForm):
    """Why participations end."""

    reason = LineField(
        _l("Reason"),
        [NEEDED, at_most(200)],
        description=_l(
            "The coordinator and the owner read it, for example: «Has left the hospital»."
        ),
    )


class LongerForm(FlaskForm):
    """Until when the coordinator is asked to let somebody take part."""

    last_day = NorwegianDateField(_l("New last day"), [NEEDED])


def _end(row: Participant, form: EndingForm | None) -> dict[str, Any]:
    reason = "" if form is None else form.reason.data or ""
    return outside.end(current_actor(), row, reason=reason, at=utc_now())


def _undo_end(row: Participant, before: dict[str, Any]) -> None:
    outside.undo_end(current_actor(), row, before, at=utc_now())


def _ask(row: Participant, form: LongerForm | None) -> dict[str, Any]:
    last_day = None if form is None else form.last_day.data
    return outside.ask_for_longer(current_actor(), row, last_day, at=utc_now())


def _take_back(row: Participant, before: dict[str, Any]) -> None:
    outside.take_question_back(current_actor(), row, before, at=utc_now())


ACTIONS = (
    BulkAction(
        "end",
        Action.TIDY,
        _l("End the participation"),
        lambda n: ngettext("End %(num)s participation", "End %(num)s participations", n),
        lambda n: ngettext(
            "%(num)s participation is ended.", "%(num)s participations are ended.", n
        ),
        _l(
            "They lose their access to the plan at once. The coordinator, the owner and those who"
            " decide for the owner are told, with your reason. You can undo it within 30 days;"
            " after that, only the coordinator can add them anew, and that waits for consent."
        ),
        _end,
        _undo_end,
        form=EndingForm,
        is_careful=True,
    ),
    BulkAction(
        "ask_for_longer",
        Action.TIDY,
        _l("Ask the coordinator to prolong"),
        lambda n: ngettext(
            "Ask for %(num)s participation to last longer",
            "Ask for %(num)s participations to last longer",
            n,
        ),
        lambda n: ngettext(
            "The coordinator is asked about %(num)s participation.",
            "The coordinators are asked about %(num)s participations.",
            n,
        ),
        _l(
            "Nobody gets a longer access by this. The coordinator of each plan is asked and"
            " decides, and nobody sees more than there is consent to."
        ),
        _ask,
        _take_back,
        form=LongerForm,
    ),
)


class OutsideView(ScopedModelView):
    """Who takes part in our plans from outside, for those who keep the overview of plans."""

    resource = Resource.PARTICIPANT_IN_PLAN
    route_base = "/from-outside"
    datamodel = TableInterface(Participant)
    include_route_methods = {"list", "export", "bulk", "undo", "arrange", "keep_view"}
    eager = (Participant.person, Participant.standard_role, Participant.plan)
    bulk_actions = ACTIONS
    list_sections = ("plans/_outside.html",)

    list_title = _l("From outside in our plans")
    intro = _l(
        "Who takes part in our plans for an outside body or from another municipality: from where,"
        " as what, and until when. What stands in the plans, and whose they are, is not shown. For"
        " local administrators."
    )
    empty_text = _l("Nobody from outside takes part in our plans now.")
    empty_help = _l("When a coordinator adds somebody from outside to a plan, it shows here.")
    label_columns = {
        "person": _l("Name"),
        "where": _l("Where from"),
        "function": _l("Takes part as"),
        "role": _l("Standard role"),
        "kind": _l("Kind of plan"),
        "coordinator": _l("Coordinator"),
        "plans": _l("Number of plans"),
        "starts_on": _l("Since"),
        "last_day": _l("Last day"),
    }
    list_columns = ["person", "where", "function", "plans", "coordinator", "last_day"]
    more_columns = ("role", "kind", "starts_on")
    add_columns = edit_columns = search_columns = ["function"]
    export_columns = (
        "person",
        "where",
        "function",
        "role",
        "kind",
        "coordinator",
        "plans",
        "starts_on",
        "last_day",
    )
    filters = outside_lists.FILTERS
    orders = outside_lists.ORDERS
    formatters_columns = {
        "person": lambda one: f"{one.person.family_name}, {one.person.given_name}",
        "where": lambda one: g.outside_where[one.id],
        "role": lambda one: in_own_words(one.standard_role.names) if one.standard_role else "",
        "kind": lambda one: words(one.plan.kind),
        "coordinator": lambda one: one.plan.coordinator.full_name,
        "plans": lambda one: show_number(g.outside_plans[one.id]),
        "starts_on": lambda one: show_date(one.starts_on),
        "last_day": lambda one: show_date(one.last_day),
    }

    def query(self, action: Action) -> Select[Any]:
        """Participations that the actor may end; a list holds those from outside in force."""
        found = super().query(Action.TIDY)
        if action is Action.SHOW:
            return found
        return found.join(Person, Participant.person_id == Person.id).where(
            outside_lists.standing(today()), outside_lists.from_outside()
        )

    @expose("/", methods=["GET"])
    @door(Action.TIDY)
    def list(self) -> Answer:
        """A page of the list."""
        return super().list()

    @expose("/bulk", methods=["POST"])
    @door(Action.TIDY)
    def bulk(self) -> Answer:
        """Say what would be done to which participations; do it when that was agreed to."""
        return super().bulk()

    @expose("/arrange", methods=["POST"])
    @door(Action.TIDY)
    def arrange(self) -> AnyResponse:
        """Keep the columns and the page size that were chosen."""
        return super().arrange()

    @expose("/keep-view", methods=["POST"])
    @door(Action.TIDY)
    def keep_view(self) -> Answer:
        """Keep what the list is asked for under a name."""
        return super().keep_view()

    def page(self) -> tuple[ListRequest, Page]:
        """The rows, with where each is from and in how many plans."""
        asked, page = super().page()
        found = outside_lists.facts([row.id for row in page.rows], today())
        homes, places = outside_lists.homes(), outside_lists.home_names()
        g.outside_where = {
            row.id: found[row.id][0] or places.get(homes.get(row.person_id, 0), "")
            for row in page.rows
        }
        g.outside_plans = {row.id: found[row.id][1] for row in page.rows}
        return asked, page

    def url(self, method: str, row: Any = None, **values: Any) -> str:
        """The address of one of the list's pages; a participation has none here."""
        if method == "show":
            return super().url("list")
        return super().url(method, row, **values)

    def describe(self, row: Participant) -> str:
        """Who takes part."""
        return row.person.full_name

    def hint(self, row: Participant) -> str:
        """As what, in what kind of plan, and with whom: the same person may take part in many."""
        plan: Plan = row.plan
        return f"{row.function}, {words(plan.kind)}, {plan.coordinator.full_name}"

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """What the list shows."""
        return outside_lists.exported(base, today())

    def row_finisher(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """Where somebody is at home, the role's name and the last day."""
        return outside_lists.finisher()
