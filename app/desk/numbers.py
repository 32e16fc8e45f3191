"""The figures of the desk: each is the length of a list that the reader can open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.desk.to_do import OPEN_PLANS, ROLES
from app.duplicates import figures as duplicate_figures
from app.enums import PlanKind, PlanState, Role
from app.plans import lists
from app.screens.figures import CountedList, Figure, figure
from app.screens.words import words
from app.security.actor import Actor


@dataclass(frozen=True)
class Group:
    """Figures under one heading, and what they count."""

    heading: Any
    about: Any
    figures: Sequence[Figure]


Line = tuple[CountedList, Any, Mapping[str, str]]


def groups(actor: Actor) -> list[Group]:
    """All figures, in the order in which they are shown."""
    return [
        Group(_l("Plans by state"), _l("State"), _count(actor, _states())),
        Group(_l("Plans by kind"), _l("Kind of plan, not closed"), _count(actor, _kinds())),
        Group(_l("People"), _l("Who"), _count(actor, _people())),
    ]


def _count(actor: Actor, lines: Sequence[Line]) -> list[Figure]:
    return [figure(actor, listed, label, asked) for listed, label, asked in lines]


def _states() -> list[Line]:
    return [(lists.COUNTED, words(one), {"state": one.value}) for one in PlanState]


def _kinds() -> list[Line]:
    return [(lists.COUNTED, words(one), OPEN_PLANS | {"kind": one.value}) for one in PlanKind]


def _people() -> list[Line]:
    return [
        (duplicate_figures.PERSONS, _l("Registered persons"), {}),
        (ROLES, _l("Roles as coordinator"), {"role": Role.COORDINATOR.value}),
        (ROLES, _l("Roles as participant"), {"role": Role.PARTICIPANT.value}),
        (duplicate_figures.PAIRS, _l("Possible duplicates that wait"), {}),
    ]
