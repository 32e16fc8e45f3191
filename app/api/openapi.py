"""The OpenAPI description of the REST side, made from what the resources declare."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.api.manager import OpenApi as FlaskAppBuilderOpenApi

from app.api.fields import ID_PATTERN
from app.api.reading import ENTITY_TAG, IDEMPOTENCY_KEY
from app.errors import NotFound
from app.screens.listing import LARGEST_PAGE, LONGEST_VALUE, PAGE_SIZE
from app.security.routes import for_anyone

F = TypeVar("F", bound=Callable[..., Any])
Json = dict[str, Any]

VERSION = "v1"
CANDIDATE: Json = {
    "type": "object",
    "description": "Somebody registered who resembles the person. With an `id` of null it is"
    " somebody whom you may not see, and nothing more is told.",
    "required": ["id", "given_name", "family_name", "birth_date", "likeness", "score", "reasons"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid", "nullable": True},
        "given_name": {"type": "string", "nullable": True},
        "family_name": {"type": "string", "nullable": True},
        "birth_date": {"type": "string", "format": "date", "nullable": True},
        "likeness": {
            "type": "string",
            "enum": ["certain", "probable", "possible", None],
            "nullable": True,
        },
        "score": {
            "type": "number",
            "nullable": True,
            "description": "In bits: one more doubles the odds.",
        },
        "reasons": {"type": "array", "items": {"type": "string"}},
    },
}
OPENAPI_VERSION = "3.0.2"
TITLE = "Samvev"
DESCRIPTION = (
    "Every door asks the same access rules as the screens. Make a bearer token on your own page."
    " A record that is foreign, missing or hidden from you gets the same answer: 404."
)

TEXTS: Json = {"type": "array", "items": {"type": "string"}}
PROBLEM: Json = {
    "type": "object",
    "required": ["message"],
    "additionalProperties": False,
    "properties": {
        "message": {"type": "string", "description": "What went wrong, in the caller's language."},
        "fields": {
            "type": "object",
            "description": "What is wrong, by the name of the field or parameter.",
            "additionalProperties": TEXTS,
        },
        "version": {"type": "integer", "description": "The version that is saved now."},
        "candidates": {
            "type": "array",
            "description": "Those who may be the person already.",
            "items": {"$ref": "#/components/schemas/Candidate"},
        },
        "differences": {
            "type": "object",
            "description": "Where the saved value is another than the one that was sent.",
            "additionalProperties": {
                "type": "object",
                "required": ["saved", "sent"],
                "additionalProperties": False,
                "properties": {"saved": {"nullable": True}, "sent": {"nullable": True}},
            },
        },
    },
}
REFUSALS = {
    "400": "A parameter, a header or the body can't be read.",
    "401": "There is no valid bearer token.",
    "403": "The token's owner does not have access to this, or the token only reads.",
    "404": "Foreign, missing or hidden.",
    "409": "In conflict with what is registered, or changed by somebody else since it was read.",
    "413": "The body is larger than a megabyte.",
    "415": "The body is not JSON.",
    "422": "A field is unknown, missing or has a value that can't be used.",
    "503": "The panel can't be reached right now; nothing was saved.",
}
ALWAYS = ("400", "401", "403", "503")
ON_WRITING = ("409", "413", "415", "422")

IDEMPOTENCY_HEADER: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Sent again with the same body, the request makes one row.",
    "schema": {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY}$"},
}
IF_MATCH_HEADER: Json = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the record as it was read, instead of `version` in the body.",
    "schema": {"type": "string", "pattern": f"^{ENTITY_TAG}$"},
}
ETAG: Json = {"ETag": {"description": "The version.", "schema": {"type": "string"}}}
LOCATION: Json = {"Location": {"description": "The new record.", "schema": {"type": "string"}}}


@dataclass(frozen=True)
class Operation:
    """What the spec says of one method of a resource.

    ``takes`` and ``gives`` are names of the resource's schemas; ``gives`` may be "list" for a page
    of them. ``status`` is the answer's when all goes well.
    """

    summary: str
    gives: str
    takes: str | None = None
    status: int = 200
    headers: tuple[str, ...] = ()
    writes: bool = False


HEADERS = {"Idempotency-Key": IDEMPOTENCY_HEADER, "If-Match": IF_MATCH_HEADER}


def described(operation: Operation) -> Callable[[F], F]:
    """Keep with a method what the spec says of it."""

    def mark(method: F) -> F:
        method._operation = operation  # type: ignore[attr-defined]
        return method

    return mark


def operation_object(api: Any, name: str, operation: Operation, path: str) -> Json:
    """The OpenAPI operation object of the method ``name`` of ``api``."""
    found: Json = {
        "operationId": f"{api.resource_name}_{name}",
        "summary": operation.summary,
        "security": [{"bearer": []}],
        "parameters": _parameters(api, operation, path),
        "responses": _responses(api, operation),
    }
    if operation.takes is not None:
        found["requestBody"] = {
            "required": True,
            "content": _json({"$ref": schema_place(api, operation.takes)}),
        }
    return found


def schema_place(api: Any, name: str) -> str:
    """Where in the spec a schema of a resource stands."""
    return f"#/components/schemas/{type(api.spec_schemas[name]).__name__}"


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _parameters(api: Any, operation: Operation, path: str) -> list[Json]:
    found = [HEADERS[name] for name in operation.headers]
    if "{pk}" in path:
        found.insert(
            0, {"name": "pk", "in": "path", "required": True, "schema": dict(api.key_schema)}
        )
    return found + (list_parameters(api) if operation.gives == "list" else [])


def list_parameters(api: Any) -> list[Json]:
    """The query parameters of a resource's list."""
    orders = [sign + name for name in api.orders for sign in ("", "-")]
    paging = {
        "order": ({"type": "string", "enum": orders}, "A minus sign turns the order round."),
        "after": (dict(api.key_schema), "The `next` of the page before."),
        "size": (
            {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
            "Rows on a page.",
        ),
    }
    asked = {name: (filter_schema(one), "") for name, one in api.filters.items()} | paging
    return [
        {"name": name, "in": "query", "schema": schema} | ({"description": text} if text else {})
        for name, (schema, text) in asked.items()
    ]


def filter_schema(one: Any) -> Json:
    """What a filter of a list takes."""
    if one.kind == "choice":
        found: Json = {"type": "string", "enum": [str(value) for value, _words in one.options]}
        default = getattr(one, "default", None)
        return found | ({"default": str(default)} if default else {})
    if one.kind == "date":
        return {"type": "string", "format": "date"}
    return {"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE}


def _responses(api: Any, operation: Operation) -> Json:
    answers: Json = {str(operation.status): _answer(api, operation)}
    refusals = set(ALWAYS)
    if operation.gives != "info":
        refusals.add("404")
    if operation.takes is not None:
        refusals.update(ON_WRITING)
    if operation.writes:
        refusals.add("409")
    return answers | {
        status: {"$ref": f"#/components/responses/{status}"} for status in sorted(refusals)
    }


def _answer(api: Any, operation: Operation) -> Json:
    if operation.gives == "list":
        return {"description": "A page of rows.", "content": _json(_page_schema(api))}
    if operation.gives != "get":
        place = {"$ref": schema_place(api, operation.gives)}
        return {"description": "As asked.", "content": _json(place)}
    found: Json = {"description": "The record.", "content": _json(_row_schema(api))}
    headers = ETAG | (LOCATION if operation.status == 201 else {})
    links = {"links": _links(api)} if operation.status == 201 else {}
    return found | links | ({"headers": headers} if api.is_versioned else {})


def _links(api: Any) -> Json:
    """What can be asked next of the row that was just added."""
    key = {"pk": "$response.body#/id"}
    return {
        name: {"operationId": f"{api.resource_name}_{name}", "parameters": key}
        for name in sorted(api.include_route_methods)
        if any(":pk>" in url for url, _methods in getattr(api, name)._urls)
    }


def _row_schema(api: Any) -> Json:
    return _whole({"id": dict(api.key_schema), "result": {"$ref": schema_place(api, "get")}})


def _page_schema(api: Any) -> Json:
    key = dict(api.key_schema)
    return _whole(
        {
            "count": {"type": "integer", "description": "How many rows in all, counted so far."},
            "is_count_whole": {"type": "boolean", "description": "False: there are more."},
            "ids": {"type": "array", "items": key},
            "result": {"type": "array", "items": {"$ref": schema_place(api, "get_list")}},
            "next": key | {"nullable": True, "description": "For `after`; null on the last page."},
        }
    )


def _whole(properties: Mapping[str, Json]) -> Json:
    """An object with these properties, all of them and no other."""
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": dict(properties),
    }


UUID_KEY: Json = {"type": "string", "format": "uuid", "pattern": ID_PATTERN}


def describe(views: Iterable[Any]) -> Json:
    """The whole spec of those among ``views`` that are resources of this version."""
    found = APISpec(
        title=TITLE,
        version=VERSION,
        openapi_version=OPENAPI_VERSION,
        info={"description": DESCRIPTION},
        servers=[{"url": "/"}],
        plugins=[MarshmallowPlugin()],
    )
    found.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    found.components.schema("Candidate", CANDIDATE)
    found.components.schema("Problem", PROBLEM)
    for status, text in REFUSALS.items():
        content = _json({"$ref": "#/components/schemas/Problem"})
        found.components.response(status, {"description": text, "content": content})
    for api in views:
        if isinstance(api, BaseApi) and api.version == VERSION:
            api.add_api_spec(found)
    whole: Json = found.to_dict()
    return whole


class OpenApi(FlaskAppBuilderOpenApi):
    """The spec, open to anyone: it tells how the doors look, and nothing of what is behind."""

    version = VERSION
    openapi_spec_tag = "openapi"
    _spec: Json | None = None

    @expose("/<version>/_openapi")
    @for_anyone
    def get(self, version: str) -> Response:
        """The description of every resource of this version."""
        if version != VERSION:
            raise NotFound
        return self.response(200, **self._described())

    def _described(self) -> Json:
        """The description; the same for everybody, and for as long as the process runs."""
        if self._spec is None:
            self._spec = describe(self.appbuilder.baseviews)
        return self._spec

    def add_apispec_components(self, api_spec: APISpec) -> None:
        """Nothing of its own."""

    def operation_helper(
        self,
        path: Any = None,
        operations: Any = None,
        methods: Any = None,
        func: Any = None,
        **_kwargs: Any,
    ) -> None:
        """Describe the spec's own address."""
        operations["get"] = {
            "operationId": "openapi",
            "summary": "This description.",
            "security": [],
            "parameters": [
                {
                    "name": "version",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string", "enum": [VERSION]},
                }
            ],
            "responses": {
                "200": {"description": "OpenAPI 3.0.", "content": _json({"type": "object"})},
                "404": {"$ref": "#/components/responses/404"},
            },
        }
