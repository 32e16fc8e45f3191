"""The forms in which the pieces of a template are edited, one for each kind of piece."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectMultipleField
from wtforms.validators import NumberRange, Optional

from app.enums import FieldKind, PlanKind, Section
from app.screens import forms
from app.screens.fields import NEEDED, ListedField, OneOfField
from app.screens.words import words
from app.templating import pieces
from app.templating.generated_fields import Answered
from app.templating.legal_points import TITLES
from app.templating.pieces import Facts
from app.templating.template_content import MOST_CHOICES, MOST_COLUMNS, PARTS
from app.templating.template_fields import ROWS, Row, RowsField, TextsField
from app.templating.texts import LONGEST_CONSENT, LONGEST_HELP, LONGEST_NAME, Content, key_of

COLUMN_KINDS = (FieldKind.SHORT_TEXT, FieldKind.DATE, FieldKind.NUMBER)


class NameForm(FlaskForm):
    """A new template: for which kind of plan, and what it is called."""

    kind = OneOfField(_l("Kind of plan"), PlanKind, validators=[NEEDED])
    names = TextsField(_l("Name"), [Answered()], longest=LONGEST_NAME)


class PieceForm(FlaskForm):
    """Base of the forms for pieces. Its fields are called what the facts of the piece are."""

    @property
    def facts(self) -> Facts:
        """What was written, of a form that is valid, as plain values."""
        return {name: _plain(self[name].data) for name in self.fact_names}

    @property
    def fact_names(self) -> list[str]:
        """The names of the fields that hold facts, in order."""
        return [name for name in self._fields if name != "csrf_token"]

    def fit(self, piece: Content | None) -> None:
        """Make the form ready for a piece that is changed, or for a new one."""


class AboutForm(PieceForm):
    """What the template says besides its pieces."""

    names = TextsField(_l("Name"), [Answered()], longest=LONGEST_NAME)
    descriptions = TextsField(
        _l("Description"),
        longest=LONGEST_HELP,
        is_long=True,
        description=_l("Whom the template is for. Coordinators read it when they choose one."),
    )
    agenda = TextsField(
        _l("Agenda of meetings"),
        longest=LONGEST_HELP,
        is_long=True,
        description=_l("A new meeting in the plan begins with this agenda."),
    )
    consent_text = TextsField(
        _l("Consent text"),
        longest=LONGEST_CONSENT,
        is_long=True,
        description=_l("Read before consenting, beside the text of the kind of plan."),
    )
    review_weeks = IntegerField(
        _l("Weeks between evaluations"),
        [Optional(), NumberRange(1, 104, _l("Choose from 1 to 104 weeks."))],
        description=_l("The first evaluation of a new plan is planned so many weeks ahead."),
    )


class SectionForm(PieceForm):
    """The heading of a section."""

    names = TextsField(_l("Heading"), [Answered()], longest=LONGEST_NAME)
    helps = TextsField(
        _l("Help"),
        longest=LONGEST_HELP,
        is_long=True,
        description=_l("Stands under the heading, for who fills in the plan."),
    )
    part = ListedField(
        _l("Part of the plan"),
        [NEEDED],
        choices=lambda: [("", ""), *((str(one), words(one)) for one in PARTS)],
        description=_l("Who may read and write in this part, may in the section."),
    )

    def offer_parts(self, offered: Sequence[Section]) -> None:
        """Let only parts be chosen that plans of the kind have, and the one that is chosen."""
        self.part.choices = [
            (value, text)
            for value, text in self.part.choices
            if not value or value in offered or value == self.part.data
        ]


class FieldForm(PieceForm):
    """Something to fill in."""

    names = TextsField(_l("Name"), [Answered()], longest=LONGEST_NAME)
    kind = OneOfField(_l("Kind of field"), FieldKind, validators=[NEEDED])
    helps = TextsField(_l("Help"), longest=LONGEST_HELP, is_long=True)
    is_required = BooleanField(_l("Must be filled in"))
    choices = RowsField(
        _l("Answers to choose from"),
        longest=LONGEST_NAME,
        most=MOST_CHOICES,
        description=_l("For a field of the kind choice. Empty an answer to take it away."),
    )
    columns = RowsField(
        _l("Columns"),
        longest=LONGEST_NAME,
        most=MOST_COLUMNS,
        kinds=COLUMN_KINDS,
        description=_l("For a field of the kind table. Empty a column to take it away."),
    )
    legal_points = SelectMultipleField(
        _l("Points of the law that it answers"),
        coerce=int,
        choices=lambda: [(number, str(title)) for number, title in enumerate(TITLES, start=1)],
        description=_l(
            "A point is answered when every field that is marked with it is filled in. Mark only"
            " fields without which something would be missing."
        ),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """A choice has something to choose, and a table has columns."""
        is_valid = bool(super().validate(extra_validators))
        if self.kind.data is FieldKind.CHOICE and not self.choices.data:
            self.choices.errors = [_("Write the answers to choose from.")]
            is_valid = False
        if self.kind.data is FieldKind.TABLE and not self.columns.data:
            self.columns.errors = [_("Write what the columns are called.")]
            is_valid = False
        return is_valid

    def fit(self, piece: Content | None) -> None:
        """Answers and columns keep the keys that they have, and no others are believed."""
        self.kept = {
            name: [one.key for one in getattr(piece, name, ())] for name in ("choices", "columns")
        }

    @property
    def facts(self) -> Facts:
        """What was written; a field has answers or columns only where its kind has."""
        found = super().facts
        kind = self.kind.data
        found["choices"] = self._keyed("choices") if kind is FieldKind.CHOICE else []
        found["columns"] = self._keyed("columns") if kind is FieldKind.TABLE else []
        return found

    def _keyed(self, name: str) -> list[Facts]:
        rows: list[Row] = self[name].data
        kept, taken = self.kept[name], set(self.kept[name])
        used: set[str] = set()
        found = []
        for row in rows:
            is_known = row.key in kept and row.key not in used
            key = row.key if is_known else key_of(row.names.nb, taken | used)
            used.add(key)
            one: Facts = {"key": key, "names": row.names.model_dump()}
            if name == "columns":
                one["kind"] = row.kind or str(FieldKind.SHORT_TEXT)
            found.append(one)
        return found


class GoalForm(PieceForm):
    """A goal that a new plan begins with."""

    names = TextsField(_l("Goal"), [Answered()], longest=LONGEST_NAME)
    texts = TextsField(
        _l("What shows that the goal is reached"), longest=LONGEST_HELP, is_long=True
    )


class ActivityForm(PieceForm):
    """An activity that a new plan begins with."""

    names = TextsField(_l("Activity"), [Answered()], longest=LONGEST_NAME)
    texts = TextsField(_l("How it is done"), longest=LONGEST_HELP, is_long=True)
    scopes = TextsField(_l("How much"), longest=LONGEST_HELP)


class ParticipantForm(PieceForm):
    """Somebody who usually takes part."""

    functions = TextsField(
        _l("Function"),
        [Answered()],
        longest=LONGEST_NAME,
        description=_l("For example contact teacher or physiotherapist. No names of persons."),
    )
    role = ListedField(_l("Standard role"), [NEEDED], choices=[])

    def offer_roles(self, roles: Sequence[tuple[str, str]]) -> None:
        """Say which standard roles can be chosen: (key, name); the one that is chosen stays."""
        known = {key for key, _name in roles}
        chosen = self.role.data
        gone = [(chosen, chosen)] if chosen and self.role.object_data == chosen else []
        self.role.choices = [("", ""), *roles, *(one for one in gone if one[0] not in known)]


FORMS: dict[str, type[PieceForm]] = {
    "": AboutForm,
    pieces.SECTIONS: SectionForm,
    pieces.FIELDS: FieldForm,
    pieces.GOALS: GoalForm,
    pieces.ACTIVITIES: ActivityForm,
    pieces.PARTICIPANTS: ParticipantForm,
}


def of_piece(piece: Content | None, list_name: str, *, sent: bool) -> PieceForm:
    """The form of a piece, with what was sent or else with what is saved."""
    data = {} if piece is None else _shown(piece)
    form = FORMS[list_name](data=data) if sent else FORMS[list_name](formdata=None, data=data)
    form.fit(piece)
    return form


def differences(form: PieceForm, piece: Content, list_name: str) -> list[forms.Difference]:
    """What was typed and what somebody else has saved, where they are not the same."""
    saved = of_piece(piece, list_name, sent=False)
    found = []
    for name in form.fact_names:
        mine, theirs = form[name], saved[name]
        if _plain(mine.data) != _plain(theirs.data):
            found.append(
                forms.Difference(name, mine.label.text, _in_words(theirs), _in_words(mine))
            )
    return found


def is_reshaped(sent: Any) -> bool:
    """Whether a button that moves or adds a row was pressed: nothing is to be saved."""
    return ROWS in sent


def _in_words(field: Any) -> str:
    if isinstance(field, SelectMultipleField):
        return "; ".join(str(choice[1]) for choice in field.iter_choices() if choice[2])
    return forms.as_text(field)


def _shown(piece: Content) -> Facts:
    """The facts of a piece as the fields of its form take them."""
    found = {name: getattr(piece, name) for name in type(piece).model_fields}
    for name in ("choices", "columns"):
        if name in found:
            found[name] = [Row(one.key, one.names, getattr(one, "kind", "")) for one in found[name]]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Content):
        return value.model_dump()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
