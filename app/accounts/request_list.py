"""The list of what was asked of those who have a login elsewhere, and has no answer yet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_
from werkzeug.wrappers import Response as AnyResponse

from app.clock import day_of
from app.enums import Role
from app.models import AccountLinkRequest, Person
from app.people.search import ids_named
from app.screens.fields import show_date
from app.screens.figures import CountedList
from app.screens.list_pages import LIST_DOORS
from app.screens.listing import BadFilterValue, Filter, OneOfFilter, Order
from app.screens.scoped_view import ScopedModelView
from app.screens.searching import SearchFilter
from app.screens.table import TableInterface
from app.screens.words import words
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

WAITING, ANSWERED = "waiting", "answered"
MUNICIPAL_ROLES = [one for one in Role if one is not Role.CENTRAL_ADMINISTRATOR]


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


def find_asked(text: str) -> ColumnElement[bool]:
    """Requests to persons whose names begin as typed."""
    found: ColumnElement[bool] = AccountLinkRequest.person_id.in_(ids_named(text))
    return found


FILTERS: dict[str, Filter] = {
    "q": SearchFilter(_l("Search"), find_asked, _l("Beginnings of names")),
    "role": OneOfFilter(
        _l("Role"), AccountLinkRequest.role, [(one.value, words(one)) for one in MUNICIPAL_ROLES]
    ),
    "answer": AnswerFilter(_l("Show")),
}
ORDERS = {
    "at": Order(_l("Asked"), AccountLinkRequest.at),
    "answered_at": Order(
        _l("Answered"), AccountLinkRequest.answered_at, descending=True, may_be_empty=True
    ),
}
COUNTED = CountedList(AccountLinkRequest, "LinkRequestView.list", FILTERS, ORDERS)
"""The list, for figures that are lengths of it."""


class LinkRequestView(ScopedModelView):
    """Who was asked to let a login that they have elsewhere be used here too."""

    resource = Resource.ACCOUNT_LINK_REQUEST
    route_base = "/link-request"
    menu_homes = ("MembershipView",)
    datamodel = TableInterface(AccountLinkRequest)
    include_route_methods = LIST_DOORS
    eager = (AccountLinkRequest.person,)

    list_title = _l("Requests to use a login from elsewhere")
    intro = _l(
        "People who have a login in another municipality, and are asked to use it here. The role"
        " is held once the person says yes with the code that was handed over. To send a new code,"
        " give the role once more. For local administrators and coordinators."
    )
    empty_text = _l("No request waits for an answer.")
    empty_help = _l(
        "When you give a role to somebody who has a login in another municipality, the question"
        " stands here until it is answered."
    )
    label_columns = {
        "person": _l("Person"),
        "role": _l("Role"),
        "at": _l("Asked"),
        "answered_at": _l("Answered"),
        "answer": _l("Answer"),
    }
    list_columns = ["person", "role", "at"]
    more_columns = ("answered_at", "answer")
    export_columns = (*list_columns, *more_columns)
    add_columns = edit_columns = search_columns = ["role"]
    filters = FILTERS
    orders = ORDERS
    formatters_columns = {
        "person": lambda one: f"{one.person.family_name}, {one.person.given_name}",
        "role": lambda one: words(one.role),
        "at": lambda one: show_date(day_of(one.at)),
        "answered_at": lambda one: show_date(day_of(one.answered_at)) if one.answered_at else "",
        "answer": lambda one: "" if one.accepted is None else say_answer(is_yes=one.accepted),
    }

    @expose("/list/", methods=["GET"])
    @door(Action.EXPORT, Resource.MEMBERSHIP)
    def list(self) -> AnyResponse | tuple[str, int]:
        """A page of the list, for those who keep the overview of roles."""
        answer: AnyResponse | tuple[str, int] = super().list()
        return answer

    @expose("/arrange", methods=["POST"])
    @door(Action.EXPORT, Resource.MEMBERSHIP)
    def arrange(self) -> AnyResponse:
        """Keep the columns and the page size that were chosen."""
        return super().arrange()

    @expose("/keep-view", methods=["POST"])
    @door(Action.EXPORT, Resource.MEMBERSHIP)
    def keep_view(self) -> AnyResponse | tuple[str, int]:
        """Keep what the list is asked for under a name."""
        return super().keep_view()

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """Who was asked for which role, when, and the answer."""
        name: Any = Person.family_name + ", " + Person.given_name
        return base.join(Person, AccountLinkRequest.person_id == Person.id).with_only_columns(
            name,
            AccountLinkRequest.role,
            AccountLinkRequest.at,
            AccountLinkRequest.answered_at,
            AccountLinkRequest.accepted,
        )

    def row_finisher(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """The answer in words."""
        said = {None: "", True: say_answer(is_yes=True), False: say_answer(is_yes=False)}
        return lambda row: (*row[:4], said[row[4]])

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


def say_answer(*, is_yes: bool) -> str:
    """What was answered."""
    return str(_("Yes")) if is_yes else str(_("No"))
