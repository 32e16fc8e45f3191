"""The kinds of duplicates that have pages of their own, for the way between them and for counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l

from app.clock import day_of
from app.duplicate_tables import DuplicatePair
from app.duplicates import account_pairs, not_same, plan_pairs, unit_pairs
from app.enums import DuplicateKind
from app.models import Plan
from app.plans import twice
from app.security import scope
from app.security.actor import Actor, current_actor
from app.security.roles import Action


@dataclass(frozen=True)
class Place:
    """A list of duplicates."""

    label: Any
    help: Any
    endpoint: str


@dataclass(frozen=True)
class Kind(Place):
    """A list of one kind, and how many are in it."""

    what: DuplicateKind
    count: Callable[[Actor, datetime], int]


@dataclass(frozen=True)
class Tab:
    """The way to the list of a kind."""

    label: Any
    help: Any
    url: str
    is_current: bool


PERSONS = Place(_l("Persons"), _l("Persons registered twice."), "DuplicateView.list")


def plans_with_somebody_twice(actor: Actor, *, at: datetime) -> set[str]:
    """Ids of the plans in which somebody may take part twice; who it is, is not told."""
    pairs = twice.likely_pairs(scope.visible(actor, DuplicatePair))
    overseen = scope.visible(actor, Plan, Action.EXPORT)
    return {one.plan_id for one in twice.everywhere(overseen, pairs=pairs, at=at)}


KINDS: tuple[Kind, ...] = (
    Kind(
        _l("Logins"),
        _l("One human with two logins."),
        "AccountTwiceView.index",
        DuplicateKind.ACCOUNT,
        lambda actor, at: len(account_pairs.found(actor, day_of(at))),
    ),
    Kind(
        _l("Participants"),
        _l("The same person twice in one plan."),
        "ParticipantTwiceView.index",
        DuplicateKind.PARTICIPANT,
        lambda actor, at: len(plans_with_somebody_twice(actor, at=at)),
    ),
    Kind(
        _l("Plans"),
        _l("Open plans that should perhaps be one."),
        "PlanTwiceView.index",
        DuplicateKind.PLAN,
        lambda actor, _at: len(plan_pairs.found(actor)),
    ),
    Kind(
        _l("Units"),
        _l("Units with nearly the same name."),
        "UnitTwiceView.index",
        DuplicateKind.UNIT,
        lambda actor, _at: len(unit_pairs.found(actor)),
    ),
)


def tabs() -> list[Tab]:
    """The lists of the kinds, for those who may open them."""
    if not not_same.has_overview(current_actor(), Action.LIST):
        return []
    places: tuple[Place, ...] = (PERSONS, *KINDS)
    return [
        Tab(one.label, one.help, url_for(one.endpoint), request.endpoint == one.endpoint)
        for one in places
        if one.endpoint in current_app.view_functions
    ]


def counts(actor: Actor, *, at: datetime) -> dict[DuplicateKind, int]:
    """How many wait of each kind.

    Raises:
        NotFound: the actor does not look after the duplicates of the whole municipality.
    """
    not_same.require_overview(actor, Action.LIST)
    return {one.what: one.count(actor, at) for one in KINDS}
