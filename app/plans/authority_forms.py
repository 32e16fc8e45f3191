"""The forms about who acts for a plan's owner. Nothing is chosen beforehand."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField

from app.enums import AuthorityKind, Section
from app.screens.fields import (
    NEEDED,
    ListedField,
    NorwegianDateField,
    OneOfField,
    TextField,
    at_most,
    person_choice,
)

YES, NO = "yes", "no"
ANSWERS = [("", ""), (YES, _l("Yes, the person may consent")), (NO, _l("No, only see"))]


class StatementForm(FlaskForm):
    """By what right somebody acts for the owner."""

    holder_id = person_choice(_l("Who acts for the owner?"), validators=[NEEDED])
    kind = OneOfField(_l("By what right?"), AuthorityKind, validators=[NEEDED])
    may_consent = ListedField(
        _l("Does the right reach as far as consenting to a plan?"),
        [NEEDED],
        choices=lambda: ANSWERS,
    )
    ground = TextField(
        _l("How do you know?"),
        [NEEDED, at_most(500)],
        description=_l("For example: The National Population Register, seen 12.03.2026."),
    )
    starts_on = NorwegianDateField(_l("First day"), [NEEDED])
    last_day = NorwegianDateField(
        _l("Last day"), description=_l("For a mandate that has an end. Otherwise leave it empty.")
    )
    confirmed = BooleanField(
        _l(
            "I have checked that this person has this right, and I know that the plan is opened"
            " to them."
        ),
        [NEEDED],
    )


class WithholdForm(FlaskForm):
    """What is kept from somebody who acts for the owner, and why."""

    section = OneOfField(_l("Part of the plan"), Section, validators=[NEEDED])
    reason = TextField(
        _l("Why it is kept from the person"),
        [NEEDED, at_most(500)],
        description=_l(
            "For example: outside the mandate, or the child's own wish. The person is not shown"
            " the reason."
        ),
    )
