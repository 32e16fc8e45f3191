"""The forms about who takes part in a plan and for how long."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from app.models import Participant, Person, Plan, StandardRole
from app.screens.fields import (
    NEEDED,
    ListedField,
    NorwegianDateField,
    TextField,
    at_most,
    person_choice,
    unit_choice,
)
from app.templating.setup import in_own_words


class ChooseForm(FlaskForm):
    """The first step of adding a participant: who, and with which standard role."""

    person_id = person_choice(
        _l("Who is to take part?"),
        validators=[NEEDED],
        description=_l("Search first: most people are registered already."),
    )
    standard_role_id = ListedField(
        _l("Standard role"),
        [NEEDED],
        description=_l("Suggests how much the person sees. You can change it for each part later."),
    )

    def offer(self, roles: list[StandardRole]) -> None:
        """Put the standard roles of the plan's kind in the list; none is chosen beforehand."""
        named = [(one.id, in_own_words(one.names)) for one in roles]
        self.standard_role_id.choices = [("", ""), *named]


class TermsForm(FlaskForm):
    """As what somebody takes part, and for which service."""

    function = TextField(
        _l("Function"),
        [NEEDED, at_most(100)],
        description=_l("As the owner would say it, for example “Kari's teacher”."),
    )
    unit_id = unit_choice(_l("Which service the person acts for"))
    contribution = TextAreaField(
        _l("What the person contributes with"),
        [at_most(500)],
        description=_l("One sentence that everyone in the plan can read."),
    )

    def fit(self, plan: Plan) -> None:
        """Ask for no place where the owner's address is protected."""
        if plan.owner.is_shielded:
            self.function.description = _("Write no name of a school, a town or another place.")
            self.unit_id.is_open = lambda _unit: False


class AddForm(ChooseForm, TermsForm):
    """The second step: all that is saved, with what was chosen in the first."""

    starts_on = NorwegianDateField(_l("First day"), [NEEDED])
    last_day = NorwegianDateField(
        _l("Last day"), description=_l("Empty: until you end it. Access never outlasts consent.")
    )

    def suggest(self, plan: Plan, person: Person) -> None:
        """Say beside the field that the service is only a suggestion."""
        self.fit(plan)
        if self.unit_id.data and self.unit_id.data == person.unit_id:
            self.unit_id.description = _(
                "Suggested from where %(name)s is registered. Change it if it is another.",
                name=person.full_name,
            )


class LastDayForm(FlaskForm):
    """A new last day."""

    last_day = NorwegianDateField(_l("New last day"), [NEEDED])


class ReasonForm(FlaskForm):
    """Why something ends."""

    reason = TextField(
        _l("Reason"),
        [NEEDED, at_most(500)],
        description=_l("Short and factual. The owner can read it."),
    )


class WishForm(FlaskForm):
    """What somebody wants changed."""

    text = TextAreaField(
        _l("What do you want changed?"),
        [NEEDED, at_most(400)],
        description=_l("For example: I want my teacher to see goals, but not the mapping."),
    )


def suggested_unit(plan: Plan, person: Person) -> Any:
    """The service that a person is registered in; none where it would tell a protected place."""
    if plan.owner.is_shielded or person.is_shielded or person.unit is None:
        return None
    return person.unit_id if person.unit.retired_at is None else None


def is_place_hidden(participant: Participant) -> bool:
    """Whether the service would tell where a shielded person is."""
    return participant.plan.owner.is_shielded or participant.person.is_shielded


def last_day_of(first: date, months: int | None) -> date | None:
    """The last day of so many months from ``first`` on; None without a usual length."""
    if months is None:
        return None
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    same_day = min(first.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, same_day) - timedelta(days=1)
