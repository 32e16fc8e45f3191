"""The form with which a municipality sets up a kind of plan."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectMultipleField, TextAreaField
from wtforms.validators import NumberRange

from app.enums import Section
from app.screens.fields import NEEDED, NorwegianDateField, TextField, at_most
from app.screens.words import words

YOUNGEST, OLDEST = 12, 18
LONGEST_TEXT = 8000
CHOSEN = (
    Section.ABOUT_ME,
    Section.MAPPING,
    Section.GOALS,
    Section.ACTIVITIES,
    Section.COMMENTS,
    Section.SUB_PLANS,
    Section.DOCUMENTS,
    Section.MEETINGS,
)
"""Sections that a municipality may leave out; the others come with every plan."""


class KindForm(FlaskForm):
    """How a kind of plan is used here."""

    is_offered = BooleanField(_l("Coordinators can start plans of this kind"))
    sections = SelectMultipleField(
        _l("Parts of the plan"), choices=lambda: [(str(one), words(one)) for one in CHOSEN]
    )
    own_consent = SelectMultipleField(
        _l("Parts with a consent of their own"),
        choices=lambda: [(str(one), words(one)) for one in CHOSEN],
        description=_l(
            "They are consented to one by one, never along with the rest. For example what is"
            " written about health."
        ),
    )
    consent_months = IntegerField(
        _l("Usual length of a consent, in months"),
        [NEEDED, NumberRange(1, 60, _l("Choose from 1 to 60 months."))],
    )
    coordinator_nb = TextField(
        _l("What the coordinator is called in bokmål"), [NEEDED, at_most(60)]
    )
    coordinator_nn = TextField(
        _l("What the coordinator is called in nynorsk"), [NEEDED, at_most(60)]
    )
    coordinator_en = TextField(_l("What the coordinator is called in English"), [at_most(60)])


class AgeForm(FlaskForm):
    """A new age of own consent, and from when it holds."""

    own_consent_age = IntegerField(
        _l("From which age does the owner consent alone?"),
        [NEEDED, NumberRange(YOUNGEST, OLDEST, _l("Choose an age from 12 to 18 years."))],
    )
    valid_from = NorwegianDateField(
        _l("From which day?"),
        [NEEDED],
        description=_l("Today or later. Consents that parents gave end for owners of this age."),
    )


class TextForm(FlaskForm):
    """A new consent text. Those who have consented keep the one that they read."""

    nb = TextAreaField(_l("Text in bokmål"), [NEEDED, at_most(LONGEST_TEXT)])
    nn = TextAreaField(_l("Text in nynorsk"), [NEEDED, at_most(LONGEST_TEXT)])
    en = TextAreaField(_l("Text in English"), [at_most(LONGEST_TEXT)])


def languages(form: Any, prefix: str = "") -> dict[str, str]:
    """What was written in each language, those that are empty left out."""
    written = {code: form[f"{prefix}{code}"].data for code in ("nb", "nn", "en")}
    return {code: text for code, text in written.items() if text}
