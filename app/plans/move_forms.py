"""The forms of moving a plan: where to and with what, what may go along, and the answer."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectMultipleField, TextAreaField

from app.enums import Section
from app.people.forms import WhyAnywayField
from app.plans.move_consents import NothingChosen
from app.screens.fields import NEEDED, ListedField, TextField, at_most, person_choice, unit_choice
from app.screens.offered import coordinator_choice, municipality_choice
from app.screens.words import words


class PartsForm(FlaskForm):
    """Which parts of the plan; nothing is chosen beforehand, and choosing none is said."""

    sections = SelectMultipleField(_l("What may go along"), choices=[])
    nothing = BooleanField(_l("Nothing that is written, only whom the plan is about"))

    def offer(self, sections: Iterable[Section]) -> None:
        """Offer these parts."""
        self.sections.choices = [(str(one), words(one)) for one in sections]

    def check(self) -> bool:
        """Whether parts were chosen, or that there are none; not both."""
        is_sound = bool(self.validate())
        if bool(self.sections.data) is bool(self.nothing.data):
            self.sections.errors = [*self.sections.errors, str(NothingChosen())]
            return False
        return is_sound

    @property
    def chosen(self) -> set[Section]:
        """The parts that were chosen."""
        return {Section(one) for one in self.sections.data or ()}


class BeginForm(PartsForm):
    """Where to, and what is asked for."""

    to_id = municipality_choice(_l("Municipality"), validators=[NEEDED])


class AgreeForm(PartsForm):
    """What somebody agrees to for themselves."""


class RecordMoveForm(PartsForm):
    """What somebody agreed to on paper or orally."""

    giver = ListedField(_l("Who consents"), [NEEDED], choices=[])
    method = ListedField(_l("How it was given"), [NEEDED], choices=[])
    note = TextAreaField(
        _l("Note"),
        [at_most(2000)],
        description=_l("Needed for an oral consent: how it was given, and who was there."),
    )
    scan = FileField(
        _l("Scan of the signed form"),
        description=_l("Needed for a consent on paper. PDF, PNG or JPEG, at most 10 MB."),
    )


class NameForm(FlaskForm):
    """Who answers."""

    person_id = coordinator_choice(_l("Coordinator"), validators=[NEEDED])


class DeclineForm(FlaskForm):
    """Why not."""

    reason = TextField(
        _l("Reason"),
        [NEEDED, at_most(500)],
        description=_l(
            "The municipality that sent the plan reads it, and so does the owner. Write nothing"
            " about people here."
        ),
    )


class TakeForm(FlaskForm):
    """Who the owner is here, and where the plan belongs."""

    person_id = person_choice(
        _l("The person, if registered here"),
        description=_l("Search first, so that nobody is registered twice."),
    )
    is_new: Any = BooleanField(_l("Nobody here is this person. Register a new one."))
    registered_reason = WhyAnywayField(
        _l("Why you register a new person"),
        description=_l("Whoever looks through possible duplicates will read this."),
    )
    unit_id = unit_choice(
        _l("Unit that has the responsibility"),
        description=_l("Decides which local administrator has the plan in the overview."),
    )
