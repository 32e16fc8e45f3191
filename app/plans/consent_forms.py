"""The forms of consent: whom to share with and how long, and what a coordinator registers.

Nothing is chosen beforehand. Beside each participant the form says what it showed, so that a
change in the meantime is told instead of being agreed to.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired

from app.consent.drafts import Draft
from app.consent.ending import LONGEST_NOTE
from app.consent.terms import Offer, add_months, latest_end
from app.enums import ConsentMethod
from app.screens.fields import NEEDED, ListedField, NorwegianDateField, at_most, show_date
from app.screens.words import words

USUAL_MONTHS = {3, 6, 12}
UNTIL = "until"


class WhoForm(FlaskForm):
    """Whom to share with, and how long the consent holds."""

    chosen = SelectMultipleField(_l("Who may see what"), validate_choice=False, choices=[])
    service = SelectMultipleField(_l("Services"), validate_choice=False, choices=[])
    apart = SelectMultipleField(_l("Asked by itself"), validate_choice=False, choices=[])
    nobody = BooleanField(_l("Share with nobody for now"))
    length = RadioField(_l("How long the consent holds"), validate_choice=False, choices=[])
    until = NorwegianDateField(
        _l("Last day"), description=_l("Only if you choose the day yourself.")
    )


class RecordForm(WhoForm):
    """A consent that was given on paper or orally."""

    giver = ListedField(_l("Who consents"), [NEEDED], choices=[])
    method = ListedField(_l("How it was given"), [NEEDED], choices=[])
    given_on = NorwegianDateField(
        _l("Day it was given"),
        [NEEDED],
        description=_l("The date beside the signature, or the day of the talk."),
    )
    text_id = ListedField(_l("Text that was read"), [NEEDED], choices=[])
    note = TextAreaField(
        _l("Note"),
        [at_most(2000)],
        description=_l("Needed for an oral consent: how it was given, and who was there."),
    )
    scan = FileField(
        _l("Scan of the signed form"),
        description=_l("Needed for a consent on paper. PDF, PNG or JPEG, at most 10 MB."),
    )


class ReasonForm(FlaskForm):
    """Why consents are reset."""

    reason = TextAreaField(
        _l("Reason"), [DataRequired(_l("This must be filled in.")), at_most(500)]
    )


class ToldForm(FlaskForm):
    """A withdrawal that somebody told the coordinator of."""

    what = RadioField(_l("What is withdrawn"), validate_choice=False, choices=[])
    method = ListedField(_l("How it was told"), [NEEDED], choices=[])
    told_on = NorwegianDateField(
        _l("Day it was told"),
        [NEEDED],
        description=_l("The day of the talk, or the date of the letter."),
    )
    note = TextAreaField(
        _l("Note"),
        [DataRequired(_l("This must be filled in.")), at_most(LONGEST_NOTE)],
        description=_l("Who said or wrote it, to whom, and how you know that it was them."),
    )


def lengths(usual: int, on: date) -> list[tuple[str, str]]:
    """The lengths to choose among, each with its last day; the municipality's usual is marked."""
    found = []
    for months in sorted(USUAL_MONTHS | {usual}):
        last_day = show_date(add_months(on, months) - timedelta(days=1))
        text = ngettext("%(num)s month", "%(num)s months", months)
        said = _("%(length)s, until and with %(day)s", length=text, day=last_day)
        if months == usual:
            said = _("%(choice)s (the usual length)", choice=said)
        found.append((str(months), said))
    return [*found, (UNTIL, _("Until a day that you choose"))]


def ways_of_telling() -> list[tuple[str, Any]]:
    """How a withdrawal reaches the coordinator."""
    return [("", ""), (ConsentMethod.ORAL, _("Orally")), (ConsentMethod.PAPER, _("In writing"))]


def methods() -> list[tuple[str, Any]]:
    """How a consent is given that somebody else registers."""
    return [("", "")] + [(one, words(one)) for one in (ConsentMethod.PAPER, ConsentMethod.ORAL)]


def fill(form: WhoForm, draft: Draft) -> None:
    """Show what was chosen on an earlier visit."""
    form.chosen.data, form.service.data = list(draft.shared), list(draft.services)
    form.apart.data = _apart(draft)
    form.nobody.data, form.until.data = draft.with_nobody, draft.last_day
    if draft.months is not None:
        form.length.data = str(draft.months)
    elif draft.last_day is not None:
        form.length.data = UNTIL


def take(form: WhoForm, draft: Draft, offered: Sequence[Offer]) -> None:
    """Put into the draft what was chosen of what was shown; the rest is told on the form."""
    shown = dict(one.partition(":")[::2] for one in request.form.getlist("shown"))
    now = {one.participant.id: one for one in offered}
    wanted = form.chosen.data or []
    sure = [one for one in wanted if one in now and shown.get(one) == now[one].code]
    if len(sure) < len(set(wanted)):
        text = _("What somebody would see has changed since you read it. Read it, and choose anew.")
        add_error(form.chosen, text)
    apart = [one.partition(":")[::2] for one in form.apart.data or []]
    chosen = {one: now[one].chosen([s for who, s in apart if who == one]) for one in sure}
    if not all(chosen.values()):
        text = _("Choose also what the person may see: all of it is asked for by itself.")
        add_error(form.chosen, text)
    draft.shared = {one: levels for one, levels in chosen.items() if levels}
    draft.alone = {one: alone for one in draft.shared if (alone := now[one].alone)}
    draft.services = {
        one: unit_id
        for one in form.service.data or []
        if one in draft.shared and (unit_id := now[one].participant.unit_id) is not None
    }
    draft.with_nobody = bool(form.nobody.data)
    form.chosen.data, form.service.data = sure, list(draft.services)
    form.apart.data = _apart(draft)


def _apart(draft: Draft) -> list[str]:
    """The sections that were said yes to by themselves, as the form names them."""
    return [
        f"{one}:{section}"
        for one, levels in draft.shared.items()
        for section in levels
        if section in draft.alone.get(one, ())
    ]


def take_length(form: WhoForm, draft: Draft, usual: int) -> None:
    """Put the length into the draft."""
    allowed = {str(months) for months in USUAL_MONTHS | {usual}}
    draft.months = int(form.length.data) if form.length.data in allowed else None
    draft.last_day = form.until.data if form.length.data == UNTIL else None


def check(form: WhoForm, draft: Draft, on: date) -> bool:
    """Whether nothing is left to choose; what is, is told on the form."""
    if form.nobody.data and draft.shared:
        add_error(form.chosen, _("You have chosen both somebody and nobody."))
    elif not draft.shared and not draft.with_nobody and not form.chosen.errors:
        add_error(form.chosen, _("Choose whom to share with, or that it is nobody for now."))
    ends_on = draft.ends_on(on)
    if form.length.data == UNTIL and ends_on is None and not form.until.errors:
        add_error(form.until, _("Write the last day."))
    elif form.length.data != UNTIL and ends_on is None:
        add_error(form.length, _("Choose how long the consent holds."))
    elif ends_on is not None and not on < ends_on <= latest_end(on):
        text = _("The last day must be today or later, and at most three years ahead.")
        add_error(form.until, text)
    return not any(field.errors for field in form)


def add_error(field: Any, text: str) -> None:
    """Tell what is wrong beside a field."""
    field.errors = [*field.errors, text]
