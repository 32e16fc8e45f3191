"""The pages of the audit log: its list, one event, and the file. Reading it is itself an event."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import g, render_template, url_for
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_

from app.audit import doers, log
from app.audit.words import Spoken, action_options, spoken
from app.clock import OSLO
from app.db import db, transaction
from app.enums import Outcome, Role
from app.models import AuditEvent, Person, Unit
from app.screens.list_pages import LIST_DOORS
from app.screens.listing import (
    ExactFilter,
    Filter,
    ListRequest,
    OneOfFilter,
    Order,
    is_id,
)
from app.screens.log_filters import (
    ByPersonFilter,
    CodeFilter,
    SinceDayFilter,
    UntilDayFilter,
)
from app.screens.paging import Page
from app.screens.scoped_view import ScopedModelView
from app.screens.words import options, words
from app.security import scope
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door

FILTERS: dict[str, Filter] = {
    "since": SinceDayFilter(_l("From date"), AuditEvent.at),
    "until": UntilDayFilter(_l("To date"), AuditEvent.at),
    "action": CodeFilter(_l("What happened"), AuditEvent.action, action_options()),
    "outcome": OneOfFilter(_l("Outcome"), AuditEvent.outcome, options(Outcome)),
    "who": ByPersonFilter(
        _l("Done by someone whose family name begins with"),
        AuditEvent.person_id,
        Person,
        Person.search_family,
    ),
    "object_id": ExactFilter(_l("Id of the record"), AuditEvent.object_id),
}
ORDERS = {"at": Order(_l("Time"), AuditEvent.id, descending=True)}
WITH_PAGES: dict[str, tuple[Any, str]] = {
    "person": (Person, "PersonView.show"),
    "unit": (Unit, "UnitView.show"),
}


class LogPages(ScopedModelView):
    """What the screen of the log adds to the generated pages."""

    include_route_methods = LIST_DOORS | {"show"}

    def describe(self, row: AuditEvent) -> str:
        """What happened."""
        return say().action(row.action)

    def page(self) -> tuple[ListRequest, Page]:
        """The events asked for; whoever turns a page has been told of on the first one."""
        actor = current_actor()
        with transaction():
            asked, page = super().page()
            if asked.after is None and asked.before is None and not asked.at_end:
                names = tuple(sorted(name for name, value in asked.values.items() if value))
                log.record(actor, "audit_event:listed", fields=names)
        g.doers = doers.behind(actor, page.rows)
        return asked, page

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> str:
        """One event."""
        with transaction():
            row = self.get_row(pk, Action.SHOW)
            log.record(current_actor(), "audit_event:shown", row)
        g.doers = doers.behind(current_actor(), [row])
        return render_template("screens/show.html", view=self, row=row)

    def related(self, row: AuditEvent) -> Sequence[tuple[Any, str, Mapping[str, Any]]]:
        """The way to the record that the event is about, and to its other events."""
        if row.object_id is None:
            return []
        return [(_l("The record"), "audit/record.html", {"address": record_address(row)})]

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """Time, who, as what, what happened, how it ended, with which record, which fields."""
        known = and_(
            Person.id == AuditEvent.person_id,
            scope.visible(current_actor(), Person),
        )
        joined: Any = base.outerjoin(Person, known)
        found: Select[Any] = joined.with_only_columns(
            AuditEvent.at,
            AuditEvent.account_id,
            Person.given_name,
            Person.family_name,
            AuditEvent.role,
            AuditEvent.action,
            AuditEvent.outcome,
            AuditEvent.object_type,
            AuditEvent.object_id,
            AuditEvent.fields,
        )
        return found

    def row_finisher(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """Put the words of the reader's language in place of codes, without the request."""
        said = say()
        roles = {role.value: str(words(role)) for role in Role}
        operator, outsider = str(doers.OPERATOR), str(doers.OUTSIDER)

        def finish(row: tuple[Any, ...]) -> tuple[Any, ...]:
            at, account_id, given, family, role, action, outcome, table, object_id, fields = row
            name = f"{given} {family}" if given is not None else outsider
            return (
                show_instant(at),
                operator if account_id is None else name,
                ", ".join(roles.get(one, one) for one in (role or "").split(",")),
                said.action(action),
                outcome,
                said.object(table),
                object_id,
                said.field_list(fields),
            )

        return finish


def say() -> Spoken:
    """The words of the log in the reader's language, found once a request."""
    if "log_words" not in g:
        g.log_words = spoken()
    found: Spoken = g.log_words
    return found


def who(event: AuditEvent) -> str:
    """Who stands behind an event of the page that is shown."""
    found: doers.Doers = g.get("doers") or doers.Doers()
    return found.name(event)


def role_words(roles: str | None) -> str:
    """The roles behind an event."""
    return ", ".join(str(words(Role(role))) for role in (roles or "").split(",") if role)


def show_instant(at: datetime) -> str:
    """An instant as the log tells it, to the second; elsewhere it is ``show_moment``."""
    return at.astimezone(OSLO).strftime("%d.%m.%Y %H:%M:%S")


def record_address(event: AuditEvent) -> str | None:
    """The page of the record that an event is about, when the reader may open it."""
    model, endpoint = WITH_PAGES.get(event.object_type or "", (None, ""))
    if model is None or not is_id(event.object_id or ""):
        return None
    seen = scope.rows(current_actor(), model, Action.SHOW).where(model.id == event.object_id)
    found = db.session.scalar(seen.with_only_columns(model.id))
    return None if found is None else url_for(endpoint, pk=found)
