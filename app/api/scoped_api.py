"""The first wall for REST: Flask-AppBuilder's resource, whose every door asks policy and scope.

A resource is a declaration: filters, orders, schemas, and which operations write. It has no
DELETE, since rows end; and it keeps nothing between requests. Flask-AppBuilder's ``_filters``,
related-field lists and rison arguments are not used: all that comes in is read by
``app.api.reading``.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from apispec import APISpec
from flask import Response, request, url_for
from flask_appbuilder import Model
from flask_appbuilder.api import ModelRestApi, expose
from flask_appbuilder.security.decorators import protect
from marshmallow import Schema
from marshmallow import fields as shown
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.api import reading
from app.api.fields import Sent
from app.api.once import Once
from app.api.openapi import UUID_KEY, Operation, described, operation_object
from app.clock import utc_now
from app.db import db, transaction
from app.errors import DomainError, NotAllowed, NotFound, StaleVersion
from app.screens.listing import Filter, ListRequest, Order
from app.screens.paging import Page, fetch_page
from app.screens.rows import ScopedRows
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door

READING = frozenset({"info", "get_list", "get"})
WRITING = frozenset({"post", "put", "retire", "restore"})


class Shown(Schema):
    """What a resource gives out: every field is always there."""

    def on_bind_field(self, field_name: str, field_obj: shown.Field) -> None:
        """Say so in the spec."""
        field_obj.required = True


class Named(Shown):
    """A filter or an order, and what users call it."""

    name = shown.String()
    label = shown.String()


class Info(Shown):
    """What the caller may do with a resource, and how its list is asked."""

    permissions = shown.List(shown.String())
    add_columns = shown.List(shown.String())
    edit_columns = shown.List(shown.String())
    filters = shown.List(shown.Nested(Named))
    orders = shown.List(shown.Nested(Named))


class ScopedRestApi(ScopedRows, ModelRestApi):
    """Base of every resource. Subclasses declare; they hold no access rule."""

    allow_browser_login = True  # So that ``protect`` asks our security manager, and never a JWT.
    include_route_methods = READING | WRITING
    exclude_route_methods = frozenset({"delete"})
    filters: ClassVar[Mapping[str, Filter]] = {}
    orders: ClassVar[Mapping[str, Order]] = {}
    key_schema: ClassVar[Mapping[str, Any]] = UUID_KEY
    is_versioned: ClassVar[bool] = True
    add_model_schema: Schema = Sent()
    edit_model_schema: Schema = Sent()
    info_schema: Schema = Info()
    _apispec_parameter_schemas: ClassVar[dict[str, Any]] = {}

    def __init__(self) -> None:
        self.list_columns = list(self.list_model_schema.fields)
        self.show_columns = list(self.show_model_schema.fields)
        self.add_columns = list(self.add_model_schema.fields)
        self.edit_columns = list(self.edit_model_schema.fields)
        super().__init__()

    # --- what a subclass may replace --------------------------------------------------------------

    def create(self, values: dict[str, Any]) -> Model:
        """A new row from what was sent, added to the session."""
        raise NotImplementedError

    def change(self, row: Any, values: dict[str, Any]) -> None:
        """Put what was sent on the row; fields that were left out stay as they are."""
        raise NotImplementedError

    def retire_row(self, row: Any) -> None:
        """Take the row out of use."""
        row.retired_at = utc_now()

    def restore_row(self, row: Any) -> None:
        """Bring the row back into use."""
        row.retired_at = None

    def as_sent(self, row: Any, name: str, value: Any) -> tuple[Any, Any]:
        """The saved and the sent value of a field, as both may be shown; equal when they agree."""
        return self.show_model_schema.dump(row).get(name), plain(value)

    # --- reading ---------------------------------------------------------------------------------

    @expose("/_info", methods=["GET"])
    @described(Operation("What you may do here, and how the list is asked.", gives="info"))
    @door(Action.LIST)
    @protect()
    def info(self) -> Response:
        """What the actor may do with this kind of thing."""
        reading.refuse_parameters()
        may_add = policy.may_open(current_actor(), Action.ADD, self.resource)
        may_edit = policy.may_open(current_actor(), Action.EDIT, self.resource)
        found = {
            "permissions": sorted(
                permission
                for permission in self.base_permissions
                if self.appbuilder.sm.has_access(permission, self.endpoint)
            ),
            "add_columns": list(self.add_model_schema.fields) if may_add else [],
            "edit_columns": list(self.edit_model_schema.fields) if may_edit else [],
            "filters": [{"name": name, "label": one.label} for name, one in self.filters.items()],
            "orders": [{"name": name, "label": one.label} for name, one in self.orders.items()],
        }
        return self.response(200, **self.info_schema.dump(found))

    @expose("/", methods=["GET"])
    @described(Operation("A page of the list.", gives="list"))
    @door(Action.LIST)
    @protect()
    def get_list(self) -> Response:
        """A page of the list; ``after`` asks for the next."""
        return self.list_answer(self.read_page(self._asked()))

    def read_page(self, asked: ListRequest) -> Page:
        """The rows that the actor may list, as they were asked for."""
        base = self.query(Action.LIST)
        return fetch_page(db.session(), base, self.model, self.orders, asked)

    def list_answer(self, page: Page) -> Response:
        """A page of rows as the actor may see them, and where the next begins."""
        ids = [self.public_key(row) for row in page.rows]
        answer: Response = self.response(
            200,
            count=page.count,
            is_count_whole=page.is_count_whole,
            ids=ids,
            result=self.list_model_schema.dump(page.rows, many=True),
            next=ids[-1] if page.has_next else None,
        )
        return answer

    def _asked(self) -> ListRequest:
        asked, after = reading.read_list(self.filters, self.orders)
        if after is None:
            return asked
        row = db.session.scalar(self.query(Action.LIST).where(self.key_condition(after)))
        if row is None:
            raise NotFound
        return replace(asked, after=row.id)

    @expose("/<key:pk>", methods=["GET"])
    @described(Operation("One record.", gives="get"))
    @door(Action.SHOW)
    @protect()
    def get(self, pk: str) -> Response:
        """One record."""
        reading.refuse_parameters()
        return self.row_answer(self.get_row(pk, Action.SHOW))

    def row_answer(self, row: Any, status: int = 200) -> Response:
        """A record as the actor may see it."""
        key = self.public_key(row)
        answer: Response = self.response(status, id=key, result=self.show_model_schema.dump(row))
        if self.is_versioned:
            answer.headers["ETag"] = f'"{row.version}"'
        if status == 201:
            answer.headers["Location"] = url_for(f"{self.endpoint}.get", pk=key)
        return answer

    # --- writing ---------------------------------------------------------------------------------

    @expose("/", methods=["POST"])
    @described(
        Operation(
            "Add a record.",
            gives="get",
            takes="post",
            status=201,
            headers=("Idempotency-Key",),
            writes=True,
        )
    )
    @door(Action.ADD)
    @protect()
    def post(self) -> Response:
        """Add a record, once, however many times it is sent under one Idempotency-Key."""
        reading.refuse_parameters()
        key, body = reading.idempotency_key(), reading.read_object()
        text = request.get_data(as_text=True)
        once = Once.of(current_actor(), str(self.endpoint), key, text)
        try:
            with transaction() as session:
                pk = once.earlier_row(session) or self._add(session, once, body)
        except (IntegrityError, DomainError) as clash:
            pk = self._added_meanwhile(once, clash)
        return self.row_answer(self.get_row(pk, Action.SHOW), 201)

    def _add(self, session: Session, once: Once, body: Mapping[str, Any]) -> str:
        row = self.create(reading.understand(self.add_model_schema, body))
        session.flush()
        if not policy.decide(once.actor, Action.ADD, row):
            raise NotAllowed
        pk = self.public_key(row)
        once.remember(session, pk, utc_now())
        return pk

    @staticmethod
    def _added_meanwhile(once: Once, clash: IntegrityError | DomainError) -> str:
        """The row that the same request made at the same time; otherwise it is a real clash, or
        refused for another reason."""
        with transaction() as session:
            pk = once.earlier_row(session)
        if pk is None:
            raise clash
        return pk

    @expose("/<key:pk>", methods=["PUT"])
    @described(
        Operation(
            "Change a record; fields that are left out stay as they are.",
            gives="get",
            takes="put",
            headers=("If-Match",),
            writes=True,
        )
    )
    @door(Action.EDIT)
    @protect()
    def put(self, pk: str) -> Response:
        """Change a record, unless somebody else changed it since it was read."""
        self.get_row(pk, Action.EDIT)
        reading.refuse_parameters()
        body = reading.read_object()
        try:
            with transaction() as session:
                row = self._change(session, pk, body)
        except (StaleVersion, StaleDataError):
            return self._conflict(pk, body)
        return self.row_answer(row)

    def _change(self, session: Session, pk: str, body: Mapping[str, Any]) -> Any:
        row = self.get_row(pk, Action.EDIT)
        values = reading.understand(self.edit_model_schema, body)
        if reading.expected_version(values) != row.version:
            raise StaleVersion
        self.change(row, values)
        session.flush()
        session.refresh(row)
        if not policy.decide(current_actor(), Action.EDIT, row):
            raise NotAllowed
        return row

    def _conflict(self, pk: str, body: Mapping[str, Any]) -> Response:
        """What is saved and what was sent, side by side."""
        row = self.get_row(pk, Action.EDIT)
        values = reading.understand(self.edit_model_schema, body)
        values.pop("version", None)
        pairs = {name: self.as_sent(row, name, value) for name, value in values.items()}
        return self.response(
            StaleVersion.status,
            message=str(StaleVersion()),
            version=row.version,
            differences={
                name: {"saved": saved, "sent": sent}
                for name, (saved, sent) in pairs.items()
                if saved != sent
            },
        )

    @expose("/<key:pk>/retire", methods=["POST"])
    @described(Operation("Take a record out of use.", gives="get", writes=True))
    @door(Action.RETIRE)
    @protect()
    def retire(self, pk: str) -> Response:
        """Take a record out of use; it keeps its history and can come back."""
        reading.refuse_parameters()
        with transaction() as session:
            row = self.get_row(pk, Action.RETIRE)
            self.retire_row(row)
            session.flush()
        return self.row_answer(row)

    @expose("/<key:pk>/restore", methods=["POST"])
    @described(Operation("Bring a record back into use.", gives="get", writes=True))
    @door(Action.RESTORE)
    @protect()
    def restore(self, pk: str) -> Response:
        """Bring a record back into use."""
        reading.refuse_parameters()
        with transaction() as session:
            row = self.get_row(pk, Action.RESTORE)
            self.restore_row(row)
            session.flush()
        return self.row_answer(row)

    # --- the spec --------------------------------------------------------------------------------

    @property
    def spec_schemas(self) -> dict[str, Schema]:
        """The schemas of the resource by the names that its operations give and take."""
        return {
            "get_list": self.list_model_schema,
            "get": self.show_model_schema,
            "info": self.info_schema,
            "post": self.add_model_schema,
            "put": self.edit_model_schema,
        }

    def add_apispec_components(self, api_spec: APISpec) -> None:
        """The schemas that the open doors give or take."""
        taken = {getattr(self, name)._operation.takes for name in self.include_route_methods}
        for method, schema in self.spec_schemas.items():
            name = type(schema).__name__
            is_used = method in self.include_route_methods or method in taken
            if is_used and name not in api_spec.components.schemas:
                api_spec.components.schema(name, schema=schema)

    def operation_helper(
        self,
        path: Any = None,
        operations: Any = None,
        methods: Any = None,
        func: Any = None,
        **_kwargs: Any,
    ) -> None:
        """Describe one method of the resource."""
        for method in methods:
            operations[method.lower()] = operation_object(
                self, func.__name__, func._operation, path
            )


def plain(value: Any) -> Any:
    """A value as it stands in JSON."""
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
