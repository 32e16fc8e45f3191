"""The forms of a plan's life: its frame, closing, opening again, handing over, emergencies."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, TextAreaField, ValidationError

from app.screens.fields import (
    NEEDED,
    NorwegianDateField,
    TextField,
    at_most,
    unit_choice,
)
from app.screens.offered import coordinator_choice

LONGEST_TEXT = 4000


class FrameForm(FlaskForm):
    """What holds for the plan as a whole, apart from what is written in its parts."""

    period_from = NorwegianDateField(_l("First day of the plan's period"))
    period_to = NorwegianDateField(_l("Last day of the plan's period"))
    next_evaluation_on = NorwegianDateField(_l("Next evaluation"))
    unit_id = unit_choice(_l("Unit that has the responsibility"))
    resources = TextAreaField(
        _l("What the owner can, likes and has"), [at_most(LONGEST_TEXT)], render_kw={"rows": 4}
    )
    needs = TextAreaField(_l("What the owner needs"), [at_most(LONGEST_TEXT)])
    cooperation = TextAreaField(
        _l("Others that the plan needs or wants cooperation with"), [at_most(LONGEST_TEXT)]
    )

    def validate_period_to(self, field: Any) -> None:
        """The period ends after it begins."""
        begins = self.period_from.data
        if field.data is None:
            return
        if begins is None:
            raise ValidationError(_l("Write the first day too."))
        if field.data <= begins:
            raise ValidationError(_l("The last day must be after the first."))


class CloseForm(FlaskForm):
    """Why a plan is closed; the open activities are ticked beside it."""

    reason = TextField(_l("Why is the plan closed?"), [NEEDED, at_most(500)])


class ReopenForm(FlaskForm):
    """Why a closed plan is opened again."""

    reason = TextField(_l("Why is the plan opened again?"), [NEEDED, at_most(500)])


class HandOverForm(FlaskForm):
    """Who takes over."""

    person_id = coordinator_choice(_l("Who takes over?"), validators=[NEEDED])
    note = TextField(_l("A word to whoever takes over"), [at_most(500)])


class StandInForm(FlaskForm):
    """Who stands in, and from when until when."""

    person_id = coordinator_choice(_l("Who stands in?"), validators=[NEEDED])
    starts_on = NorwegianDateField(_l("First day"), [NEEDED])
    last_day = NorwegianDateField(
        _l("Last day"), [NEEDED], description=_l("At most 30 days after the first day.")
    )


class EmergencyForm(FlaskForm):
    """Why a local administrator must read a plan, and for how long."""

    reason = TextField(
        _l("Why must you read the plan?"),
        [NEEDED, at_most(500)],
        description=_l("The owner, those who act for the owner, and the coordinator read this."),
    )
    hours = IntegerField(_l("For how many hours?"), [NEEDED], description=_l("From 1 to 24 hours."))
