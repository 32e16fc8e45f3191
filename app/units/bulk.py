"""What can be done to many units at once, each by the operation that does it to one."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.clock import utc_now
from app.models import Unit
from app.screens.bulk import RESTORE, RETIRE, BulkAction
from app.security.actor import current_actor
from app.security.roles import Action
from app.units import operations as units


def _retire(unit: Unit, _form: Any) -> None:
    units.retire(current_actor(), unit, at=utc_now())


def _restore(unit: Unit, _form: Any) -> None:
    units.restore(current_actor(), unit)


def _lowest_first(unit: Unit) -> int:
    return -unit.depth


def _highest_first(unit: Unit) -> int:
    return unit.depth


ACTIONS = (
    BulkAction(
        RETIRE,
        Action.RETIRE,
        _l("Retire"),
        lambda n: ngettext("Retire %(num)s unit", "Retire %(num)s units", n),
        lambda n: ngettext("%(num)s unit is retired.", "%(num)s units are retired.", n),
        _l(
            "They no longer show in lists and choices. Persons and roles keep them for their"
            " history, and you can bring them back."
        ),
        _retire,
        _restore,
        before=_lowest_first,
        undone_before=_highest_first,
        is_careful=True,
    ),
    BulkAction(
        RESTORE,
        Action.RESTORE,
        _l("Bring back into use"),
        lambda n: ngettext("Bring %(num)s unit back", "Bring %(num)s units back", n),
        lambda n: ngettext("%(num)s unit is in use again.", "%(num)s units are in use again.", n),
        _l("They show in lists and choices again, where they stood."),
        _restore,
        _retire,
        before=_highest_first,
        undone_before=_lowest_first,
    ),
)
