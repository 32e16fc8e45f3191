"""Why a clean-up leaves a plan as it is, and why it can't be brought back: codes and words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.errors import DomainError

SKIPPED: Mapping[str, Any] = {
    "out_of_reach": _l("You do not administer the plan any more"),
    "fits_no_more": _l("The rule does not fit the plan any more"),
    "not_open": _l("The plan is closed"),
    "not_under_way": _l("The plan is paused or closed"),
    "not_active": _l("Only an active plan can be paused"),
    "not_closed": _l("Only a closed plan can be archived"),
    "not_archived": _l("The plan is not archived"),
    "nobody_to_remind": _l("The coordinator has no role or login, so there is nobody to remind"),
    "nobody_to_ask": _l("Nobody is registered who may consent"),
    "told_already": _l("Those who would be told have the same message waiting already"),
    "no_successor": _l("None of the chosen coordinators can take the plan over"),
    "successor_unfit": _l("The new coordinator can't take the plan over"),
    "is_holder": _l("The new coordinator has the plan already"),
    "asked_already": _l("The new coordinator is asked already"),
    "is_moving": _l("The plan is on its way to another municipality"),
    "refused": _l("It could not be done"),
}
LEFT: Mapping[str, Any] = {
    "out_of_reach": _l("You do not administer the plan any more"),
    "too_late": _l("More than 30 days have passed"),
    "changed_since": _l("Somebody has changed it since"),
    "closed_since": _l("The plan is closed"),
    "handed_over_since": _l("The plan was handed over, or offered to somebody, since"),
    "answered_since": _l("The question has been answered"),
    "seen_already": _l("The message has been seen already"),
    "other_plan": _l("The owner has another open individual plan by now"),
    "refused": _l("It could not be done"),
}


class NotTidied(DomainError):
    """A plan is left as it is; ``code`` says why, in ``SKIPPED``."""

    def __init__(self, code: str) -> None:
        super().__init__(SKIPPED[code])
        self.code = code


class NotUndone(DomainError):
    """What was done with a plan stays done; ``code`` says why, in ``LEFT``."""

    def __init__(self, code: str) -> None:
        super().__init__(LEFT[code])
        self.code = code
