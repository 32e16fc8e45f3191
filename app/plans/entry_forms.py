"""The forms in which plan content is written: one a kind, with good defaults and nothing to learn.

A form declares its fields; which of them are columns and which details of the kind is said by
``COLUMNS``. What may be chosen as responsible is given to the form by the page.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError

from app.enums import EntryKind, EntryStatus, EvaluationAnswer
from app.plans.entry_facts import FILE, RESPONSIBLE, EntryFacts
from app.screens import forms
from app.screens.fields import (
    NEEDED,
    LineField,
    ListedField,
    LongTextField,
    NorwegianDateField,
    OneOfField,
    at_most,
)
from app.templating.generated_forms import GeneratedForm

LONGEST_TEXT = 20_000
COLUMNS = ("title", "body", "status", "deadline_on", RESPONSIBLE)
TIME = re.compile(r"([01]?\d|2[0-3])[.:]?([0-5]\d)")
Choices = Sequence[tuple[str, str]]


class TimeField(LineField):
    """A time of day, as 14.30 or 14:30."""

    def pre_validate(self, form: Any) -> None:
        """Hours and minutes."""
        if not self.data:
            return
        found = TIME.fullmatch(self.data)
        if found is None:
            raise ValidationError(_("Write the time as hours and minutes, for example 14.30."))
        self.data = f"{int(found[1]):02d}.{found[2]}"


class EntryForm(FlaskForm):
    """Base of the forms for plan content."""

    kind: ClassVar[EntryKind]

    @property
    def names(self) -> list[str]:
        """The names of the fields that hold content, in order."""
        return [name for name in self._fields if name not in ("csrf_token", FILE)]

    @property
    def facts(self) -> EntryFacts:
        """What was written, of a form that is valid."""
        data = {name: self[name].data for name in self.names}
        details = {name: _plain(one) for name, one in data.items() if name not in COLUMNS}
        return EntryFacts(
            title=data.get("title") or "",
            body=data.get("body") or "",
            details=details,
            status=data.get("status"),
            deadline_on=data.get("deadline_on"),
            responsible=data.get(RESPONSIBLE) or None,
        )

    @property
    def written(self) -> dict[str, str]:
        """What is in the fields as it was typed, for a draft; empty when nothing is."""
        found = {name: _typed(self[name]) for name in self.names}
        return found if any(found.values()) else {}

    @classmethod
    def filling(cls, facts: EntryFacts | None) -> dict[str, Any]:
        """What the form is made with, to show what is kept."""
        if facts is None:
            return {}
        details = {name: one for name, one in facts.details.items() if name != FILE}
        if details.get("date"):
            details["date"] = date.fromisoformat(details["date"])
        return {
            "obj": SimpleNamespace(
                **details,
                title=facts.title,
                body=facts.body,
                status=facts.status,
                deadline_on=facts.deadline_on,
                responsible=facts.responsible or "",
            )
        }


class HeadedForm(EntryForm):
    """A text under a heading."""

    title = LineField(_l("Heading"), [NEEDED, at_most(300)])
    body = LongTextField(_l("Text"), [at_most(LONGEST_TEXT)], rows=10)


class AboutForm(HeadedForm):
    """What the owner wants others to know."""

    kind = EntryKind.ABOUT
    title = LineField(
        _l("Heading"),
        [NEEDED, at_most(300)],
        description=_l("For example: What I like, What helps me, How I want us to talk together."),
    )


class MappingForm(HeadedForm):
    """One subject of the mapping."""

    kind = EntryKind.MAPPING
    title = LineField(
        _l("Heading"),
        [NEEDED, at_most(300)],
        description=_l("For example: Home, School, Health, Leisure, Network."),
    )


class GoalForm(EntryForm):
    """A goal or a part of one."""

    kind = EntryKind.GOAL
    title = LineField(
        _l("Goal"),
        [NEEDED, at_most(300)],
        description=_l("Short, and in the plan owner's own words where you can."),
    )
    body = LongTextField(_l("What shows that the goal is reached"), [at_most(LONGEST_TEXT)], rows=5)
    status = OneOfField(_l("Status"), EntryStatus, default=EntryStatus.PLANNED)
    deadline_on = NorwegianDateField(_l("Deadline"))


class ActivityForm(EntryForm):
    """What is done to reach a goal."""

    kind = EntryKind.ACTIVITY
    title = LineField(_l("Activity"), [NEEDED, at_most(300)])
    body = LongTextField(_l("How it is done"), [at_most(LONGEST_TEXT)], rows=5)
    scope = LineField(
        _l("How much"),
        [at_most(300)],
        description=_l("For example: one hour a week until Christmas."),
    )
    responsible = ListedField(_l("Responsible"), choices=[], default="")
    deadline_on = NorwegianDateField(_l("Deadline"))
    status = OneOfField(_l("Status"), EntryStatus, default=EntryStatus.PLANNED)


class EvaluationForm(EntryForm):
    """How it went."""

    kind = EntryKind.EVALUATION
    date = NorwegianDateField(_l("Date"), [NEEDED])
    done = OneOfField(_l("Was it done?"), EvaluationAnswer, validators=[NEEDED])
    helped = OneOfField(_l("Did it help?"), EvaluationAnswer, validators=[NEEDED])
    body = LongTextField(_l("In words"), [at_most(LONGEST_TEXT)], rows=5)


class CommentForm(EntryForm):
    """A comment on the plan, or on something in it."""

    kind = EntryKind.COMMENT
    body = LongTextField(_l("Comment"), [NEEDED, at_most(5000)])


class SubPlanForm(EntryForm):
    """Another plan that a service keeps."""

    kind = EntryKind.SUB_PLAN
    title = LineField(_l("Name of the sub-plan"), [NEEDED, at_most(300)])
    service = LineField(_l("Who keeps it"), [at_most(200)])
    body = LongTextField(_l("What it is about"), [at_most(LONGEST_TEXT)], rows=6)


class MeetingForm(EntryForm):
    """A meeting: called, held, and written up."""

    kind = EntryKind.MEETING
    title = LineField(_l("Name of the meeting"), [NEEDED, at_most(300)])
    date = NorwegianDateField(_l("Date"), [NEEDED])
    time = TimeField(_l("Time"), [at_most(10)], description=_l("For example 14.30."))
    place = LineField(_l("Place"), [at_most(200)])
    agenda = LongTextField(_l("Agenda"), [at_most(LONGEST_TEXT)], rows=6)
    present = LongTextField(_l("Present"), [at_most(2000)], rows=3)
    body = LongTextField(_l("Minutes"), [at_most(LONGEST_TEXT)], rows=10)


class DocumentForm(EntryForm):
    """A document; when it is changed, another file can take the place of the one that is kept."""

    kind = EntryKind.DOCUMENT
    title = LineField(_l("Name of the document"), [NEEDED, at_most(300)])
    body = LongTextField(_l("What it is"), [at_most(2000)], rows=3)
    file = FileField(
        _l("File"),
        description=_l(
            "PDF, picture (PNG, JPEG or WebP), Word, Excel, ODT, ODS or plain text, at most 10 MB."
            " Where and when a picture was taken is removed from it."
        ),
    )


FORMS: dict[EntryKind, type[EntryForm]] = {
    one.kind: one
    for one in (
        AboutForm,
        MappingForm,
        GoalForm,
        ActivityForm,
        EvaluationForm,
        CommentForm,
        SubPlanForm,
        MeetingForm,
        DocumentForm,
    )
}


def sent(made: type[EntryForm], choices: Choices, facts: EntryFacts | None = None) -> EntryForm:
    """The form with what the request sent; on a GET with ``facts``, if any."""
    return _with(made(**made.filling(facts)), choices)


def shown(made: type[EntryForm], choices: Choices, facts: EntryFacts) -> EntryForm:
    """The form with what is kept, whatever the request sent."""
    return _with(made(formdata=None, **made.filling(facts)), choices)


def taken_up(made: type[EntryForm], choices: Choices, draft: Mapping[str, str]) -> EntryForm:
    """The form with what a draft kept, as it was typed."""
    return _with(made(formdata=MultiDict(draft)), choices)


def differences(mine: EntryForm, theirs: EntryForm) -> list[forms.Difference]:
    """The fields whose value differs between what was typed and what is kept."""
    pairs = [(mine[name], theirs[name]) for name in mine.names if name in theirs]
    return [
        forms.Difference(one.name, one.label.text, forms.as_text(other), forms.as_text(one))
        for one, other in pairs
        if forms.as_text(one) != forms.as_text(other)
    ]


def in_words(form: EntryForm) -> Iterable[tuple[Any, str]]:
    """(label, value in words) of every field."""
    return [(form[name].label.text, forms.as_text(form[name])) for name in form.names]


def _with(form: EntryForm, choices: Choices) -> EntryForm:
    if RESPONSIBLE in form:
        form[RESPONSIBLE].choices = [("", ""), *choices]
    if isinstance(form, GeneratedForm):
        form.offer(choices)
    return form


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(field: Any) -> str:
    raw = field.raw_data
    return str(raw[0]) if raw else ""
