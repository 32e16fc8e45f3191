"""What can be done to many persons at once, each by the operation that does it to one."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm

from app.clock import utc_now
from app.db import db
from app.models import Person, Unit
from app.people import operations as people
from app.people.forms import RetireForm
from app.screens.bulk import MOVE, RESTORE, RETIRE, BulkAction
from app.screens.fields import NEEDED, ChoiceField
from app.security.actor import current_actor
from app.security.roles import Action


class MoveForm(FlaskForm):
    """The unit that persons are to belong to."""

    unit_id = ChoiceField(
        _l("The unit that they are to belong to"),
        Unit,
        Unit.search_name,
        lambda unit: unit.name,
        validators=[NEEDED],
    )


def _retire(person: Person, form: RetireForm | None) -> None:
    reason = _("Tried") if form is None else form.reason.data
    people.retire(current_actor(), person, reason=reason, at=utc_now())


def _undo_retire(person: Person, _before: Any) -> None:
    people.restore(current_actor(), person)


def reason_of(person: Person) -> dict[str, str | None]:
    """Why a person is retired, kept while the person is brought back."""
    return {"reason": person.retired_reason}


def _restore(person: Person, _form: None) -> dict[str, str | None]:
    before = reason_of(person)
    people.restore(current_actor(), person)
    return before


def _undo_restore(person: Person, before: dict[str, str | None]) -> None:
    reason = before["reason"] or _("Was brought back by mistake.")
    people.retire(current_actor(), person, reason=reason, at=utc_now())


def _move(person: Person, form: MoveForm | None) -> dict[str, str | None]:
    if form is None:
        people.require_movable(current_actor(), person)
        return {}
    before, unit = person.unit_id, form.unit_id.chosen
    people.move(current_actor(), person, unit)
    return {"from": before, "to": unit.id if unit is not None else None}


def _undo_move(person: Person, before: dict[str, str | None]) -> None:
    if person.unit_id != before["to"]:
        raise people.MovedSince
    back = before["from"]
    people.move(current_actor(), person, db.session.get(Unit, back) if back else None)


ACTIONS = (
    BulkAction(
        RETIRE,
        Action.RETIRE,
        _l("Retire"),
        lambda n: ngettext("Retire %(num)s person", "Retire %(num)s persons", n),
        lambda n: ngettext("%(num)s person is retired.", "%(num)s persons are retired.", n),
        _l(
            "They no longer show in lists and choices. What is registered is kept for its history,"
            " and you can bring them back."
        ),
        _retire,
        _undo_retire,
        form=RetireForm,
        is_careful=True,
    ),
    BulkAction(
        RESTORE,
        Action.RESTORE,
        _l("Bring back into use"),
        lambda n: ngettext("Bring %(num)s person back", "Bring %(num)s persons back", n),
        lambda n: ngettext(
            "%(num)s person is in use again.", "%(num)s persons are in use again.", n
        ),
        _l("They show in lists and choices again, as they were registered."),
        _restore,
        _undo_restore,
    ),
    BulkAction(
        MOVE,
        Action.EDIT,
        _l("Move to a unit"),
        lambda n: ngettext("Move %(num)s person", "Move %(num)s persons", n),
        lambda n: ngettext("%(num)s person is moved.", "%(num)s persons are moved.", n),
        _l(
            "They will belong to the unit that you choose. Whoever is limited to that unit, or to"
            " one above it, will reach them; whoever is limited to their present unit no longer"
            " will."
        ),
        _move,
        _undo_move,
        form=MoveForm,
    ),
)
