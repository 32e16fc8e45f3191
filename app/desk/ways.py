"""The ways from the desk to what else keeps a municipality in order, for those that are there."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.desk.cards import is_open_to
from app.security.actor import Actor


@dataclass(frozen=True)
class Way:
    """A page, and what it is for."""

    endpoint: str
    label: Any
    help: Any


WAYS: tuple[Way, ...] = (
    Way(
        "CleanUpView.index",
        _l("Clean up in the plans"),
        _l("Find plans that need something, and do the same with many at once."),
    ),
    Way(
        "ReportView.index",
        _l("Reports"),
        _l("How many plans there are, how long people wait, and who takes part."),
    ),
    Way(
        "SuccessView.index",
        _l("Success factors"),
        _l("Whether what makes the method succeed is in place."),
    ),
    Way(
        "OutsideView.list",
        _l("From outside in our plans"),
        _l("Who from outside takes part in our plans, as what, and until when."),
    ),
    Way(
        "ElsewhereView.list",
        _l("Ours elsewhere"),
        _l("Who from here has access in other municipalities; not to what."),
    ),
    Way(
        "UnitMoveView.list",
        _l("Units on their way"),
        _l("Units that go to another municipality or come from one, with their plans."),
    ),
    Way(
        "KeyRolesView.list",
        _l("Overview of key roles"),
        _l("Who is local administrator and who is coordinator, with the number of plans."),
    ),
    Way(
        "DuplicateView.figures",
        _l("Clean-up figures"),
        _l("How the work on duplicates stands, and where they come from."),
    ),
)


def open_to(actor: Actor) -> list[Way]:
    """The ways that lead somewhere for the actor."""
    return [one for one in WAYS if is_open_to(actor, one.endpoint)]
