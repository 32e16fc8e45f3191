"""What can be done to many rows of the method's registers: retire, and bring back."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l

from app.clock import utc_now
from app.screens.bulk import RESTORE, RETIRE, BulkAction
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action

Said = Callable[[int], str]


def _retire(row: Any, _form: Any) -> None:
    policy.require(current_actor(), Action.RETIRE, row)
    row.retired_at = utc_now()


def _restore(row: Any, _form: Any) -> None:
    policy.require(current_actor(), Action.RESTORE, row)
    row.retired_at = None


def actions(
    *, retire: Said, retired: Said, restore: Said, restored: Said
) -> tuple[BulkAction, ...]:
    """Both, said of a register's own rows."""
    return (
        BulkAction(
            RETIRE,
            Action.RETIRE,
            _l("Retire"),
            retire,
            retired,
            _l("They no longer show in lists. What was kept of them stays, and you can undo it."),
            _retire,
            _restore,
            is_careful=True,
        ),
        BulkAction(
            RESTORE,
            Action.RESTORE,
            _l("Bring back into use"),
            restore,
            restored,
            _l("They show in lists again."),
            _restore,
            _retire,
        ),
    )
