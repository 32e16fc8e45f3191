"""The list of what was asked of those who have a login elsewhere, and has no answer yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_
from werkzeug.wrappers import Response as AnyResponse

from app.clock import day_of
from app.models import AccountLinkRequest
from app.screens.fields import show_date
from app.screens.figures import CountedList
from app.screens.listing import BadFilterValue, Filter, Order
from app.screens.scoped_view import ScopedModelView
from app.screens.table import TableInterface
from app.screens.words import words
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

WAITING, ANSWERED = "waiting", "answered"


@dataclass(frozen=True)
class AnswerFilter:
    """Requests from this municipality, those without an answer unless asked otherwise."""

    label: Any
    options: Sequence[tuple[str, Any]] = (
        (WAITING, _l("Waiting for an answer")),
        (ANSWERED, _l("Answered")),
    )
    kind: str = "choice"
    default: str = WAITING

    def condition(self, value: str) -> ColumnElement[bool] | None:
        """The condition on the answer.

        Raises:
            BadFilterValue: it is none of the options.
        """
        if value not in (WAITING, ANSWERED):
            raise BadFilterValue("choice")
        answered_at = AccountLinkRequest.answered_at
        # What other municipalities asked of the reader's own login is on the reader's own page.
        return and_(
            AccountLinkRequest.municipality_id == current_actor().municipality_id,
            answered_at.is_(None) if value == WAITING else answered_at.is_not(None),
        )


FILTERS: dict[str, Filter] = {"answer": AnswerFilter(_l("Show"))}
ORDERS = {"at": Order(_l("Asked"), AccountLinkRequest.at)}
COUNTED = CountedList(AccountLinkRequest, "LinkRequestView.list", FILTERS, ORDERS)
"""The list, for figures that are lengths of it."""


class LinkRequestView(ScopedModelView):
    """Who was asked to let a login that they have elsewhere be used here too."""

    resource = Resource.ACCOUNT_LINK_REQUEST
    route_base = "/link-request"
    menu_homes = ("MembershipView",)
    datamodel = TableInterface(AccountLinkRequest)
    include_route_methods = {"list"}
    eager = (AccountLinkRequest.person,)

    list_title = _l("Requests to use a login from elsewhere")
    intro = _l(
        "People who have a login in another municipality, and are asked to use it here. The role"
        " is held once the person says yes with the code that was handed over. To send a new code,"
        " give the role once more."
    )
    empty_text = _l("No request waits for an answer.")
    label_columns = {"person": _l("Person"), "role": _l("Role"), "at": _l("Asked")}
    list_columns = ["person", "role", "at"]
    add_columns = edit_columns = search_columns = ["role"]
    filters = FILTERS
    orders = ORDERS
    formatters_columns = {
        "person": lambda one: f"{one.person.family_name}, {one.person.given_name}",
        "role": lambda one: words(one.role),
        "at": lambda one: show_date(day_of(one.at)),
    }

    @expose("/list/", methods=["GET"])
    @door(Action.EXPORT, Resource.MEMBERSHIP)
    def list(self) -> AnyResponse | tuple[str, int]:
        """A page of the list, for those who keep the overview of roles."""
        answer: AnyResponse | tuple[str, int] = super().list()
        return answer

    def has_door(self, method: str) -> bool:
        """Each row leads to its person, whom another view shows."""
        return method == "show" or super().has_door(method)

    def url(self, method: str, row: Any = None, **values: Any) -> str:
        """The address of the list, or of a person."""
        if method == "show":
            return url_for("PersonView.show", pk=row.person_id)
        return super().url(method, row, **values)

    def describe(self, row: AccountLinkRequest) -> str:
        """Who was asked."""
        return row.person.full_name
