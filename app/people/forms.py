"""The forms of the pages about one person."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField

from app.enums import ProtectionGrade
from app.people.operations import LONGEST_REASON, PersonFacts
from app.people.registering import REASON, Anyway
from app.screens.fields import (
    NEEDED,
    NorwegianDateField,
    OneOfField,
    PostcodeField,
    TextField,
    at_most,
    unit_choice,
)

NOT_DRAWN = "HiddenField"


class ConfirmField(BooleanField):
    """A box to tick after a warning: it is on the page only when there is something to confirm."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = NOT_DRAWN

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A box that was ticked stays on the page."""
        super().process_formdata(valuelist)
        if self.data:
            self.ask()

    def ask(self) -> None:
        """Put the box on the page."""
        self.type = "BooleanField"


class WhyAnywayField(TextField):
    """Why somebody is registered though others resemble them; drawn beside those others."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, [at_most(LONGEST_REASON)], **kwargs)
        self.type = NOT_DRAWN


def person_facts(form: Any) -> PersonFacts:
    """The facts that a person form holds."""
    return PersonFacts(**{name: form[name].data for name in PersonFacts.__dataclass_fields__})


def facts_so_far(form: Any) -> PersonFacts:
    """The facts of a form that is being filled in, without what can't be read yet."""
    form.validate()
    read = {
        name: None if form[name].errors else form[name].data
        for name in PersonFacts.__dataclass_fields__
    }
    names = {name: form[name].data or "" for name in ("given_name", "family_name")}
    return PersonFacts(**read | names)


def anyway_of(form: Any) -> Anyway:
    """Why to register all the same, and who was shown when that was written."""
    return Anyway(form[REASON].data or "", frozenset(request.form.getlist("seen")))


class FindForm(FlaskForm):
    """Search by national id: sent in the body, never in an address."""

    national_id = TextField(_l("National id"), [NEEDED, at_most(20)])


class RetireForm(FlaskForm):
    """Why a person is taken out of use."""

    reason = TextField(
        _l("Why the person is retired"),
        [NEEDED, at_most(500)],
        description=_l("For example: moved to another municipality, died, registered by mistake."),
    )


class ProtectionForm(FlaskForm):
    """A decision on address protection."""

    grade = OneOfField(_l("Protection"), ProtectionGrade, validators=[NEEDED])
    since = NorwegianDateField(_l("Since"), [NEEDED])
    renew_by = NorwegianDateField(
        _l("Must be renewed by"),
        description=_l("For a child it is one year after the first day, unless you write another."),
    )
    address = TextField(
        _l("Address"),
        [at_most(200)],
        description=_l(
            "Leave empty to keep the address that is registered. A strictly confidential address"
            " is never stored."
        ),
    )
    postcode = PostcodeField(_l("Postcode"))
    unit_id = unit_choice(_l("Unit"), description=_l("Is shown to nobody in lists and files."))


class LiftForm(FlaskForm):
    """The end of a protection."""

    keep_address = BooleanField(
        _l("Register the protected address as an ordinary address, open to those who see persons")
    )
