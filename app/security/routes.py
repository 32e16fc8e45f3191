"""Every route's declared policy. A route without one stops the start."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask
from flask_appbuilder import AppBuilder

from app.security.actor import Actor
from app.security.policy import may_open
from app.security.roles import Action, Resource

F = TypeVar("F", bound=Callable[..., Any])


class Audience(StrEnum):
    """Who a door is for."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    RULED = "ruled"


@dataclass(frozen=True)
class Door:
    """A route's policy: for anyone, for the signed-in, or by an action on a kind of thing.

    ``resource`` is None on a view's method until the view that holds it says which.
    """

    audience: Audience
    action: Action | None = None
    resource: Resource | None = None

    def opens_for(self, actor: Actor) -> bool:
        """Whether the actor may come in at all; each thing inside is decided on its own."""
        if self.audience is Audience.ANYONE:
            return True
        if self.audience is Audience.SIGNED_IN:
            return actor.is_signed_in
        if self.action is None or self.resource is None:
            return False
        return bool(may_open(actor, self.action, self.resource))


ANYONE = Door(Audience.ANYONE)
SIGNED_IN = Door(Audience.SIGNED_IN)


class UndeclaredRoute(RuntimeError):
    """A route has no policy, or a policy names no route."""


def door(action: Action, resource: Resource | None = None) -> Callable[[F], F]:
    """Declare that a view's method needs ``action`` on the view's resource, or on another."""
    return _declare(Door(Audience.RULED, action, resource))


def for_anyone(method: F) -> F:
    """Declare that a view's method is open to the whole world."""
    return _declare(ANYONE)(method)


def for_signed_in(method: F) -> F:
    """Declare that a view's method is open to everyone with an account."""
    return _declare(SIGNED_IN)(method)


def _declare(declared: Door) -> Callable[[F], F]:
    def mark(method: F) -> F:
        method._door = declared  # type: ignore[attr-defined]
        return method

    return mark


def declared_door(view: object, method_name: str) -> Door | None:
    """The door of one method of a view, with the view's own resource filled in."""
    declared: Door | None = getattr(getattr(view, method_name, None), "_door", None)
    if declared is None or declared.audience is not Audience.RULED:
        return declared
    resource = declared.resource or getattr(view, "resource", None)
    return Door(Audience.RULED, declared.action, resource)


def collect(app: Flask, appbuilder: AppBuilder, plain: dict[str, Door]) -> dict[str, Door]:
    """The doors of all endpoints of ``app``; ``plain`` declares those that are not of a view.

    Raises:
        UndeclaredRoute: an endpoint has no door, a door no resource, or ``plain`` names an
            endpoint that does not exist.
    """
    views = {view.endpoint: view for view in appbuilder.baseviews}
    doors: dict[str, Door] = {}
    for endpoint in {rule.endpoint for rule in app.url_map.iter_rules()}:
        view_name, _, method = endpoint.partition(".")
        view = views.get(view_name)
        found = plain.get(endpoint) or (declared_door(view, method) if view else None)
        if found is not None:
            doors[endpoint] = found
    _refuse_gaps(app, doors, plain)
    return doors


def _refuse_gaps(app: Flask, doors: dict[str, Door], plain: Iterable[str]) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    undeclared = sorted(endpoints - set(doors))
    empty = sorted(
        endpoint
        for endpoint, found in doors.items()
        if found.audience is Audience.RULED and (found.resource is None or found.action is None)
    )
    missing = sorted(set(plain) - endpoints)
    if undeclared or empty or missing:
        raise UndeclaredRoute(
            f"routes without a policy: {undeclared}; policies without a resource: {empty};"
            f" policies without a route: {missing}"
        )
