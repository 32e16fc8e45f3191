"""What a version of a template says: the same in the database, in a file and on the screen.

Nothing in it is ever evaluated: texts are shown as they are written.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.enums import FieldKind, PlanKind, Section
from app.templating.texts import NO_TEXT, Content, Help, Key, Name

PARTS = (
    Section.ABOUT_ME,
    Section.MAPPING,
    Section.GOALS,
    Section.ACTIVITIES,
    Section.SUB_PLANS,
    Section.MEETINGS,
)
"""The parts of a plan in which a template may have sections of its own."""

MOST_SECTIONS, MOST_FIELDS, MOST_CHOICES, MOST_COLUMNS = 100, 60, 60, 12
MOST_GOALS, MOST_PARTICIPANTS = 60, 40

LEGAL_POINTS = tuple(range(1, 10))
"""The nine points that an individual plan must contain (``domain.md`` 6.2)."""


def _unlike(parts: tuple["Keyed", ...]) -> tuple["Keyed", ...]:
    keys = [one.key for one in parts]
    if len(set(keys)) < len(keys):
        twice = next(one for one in keys if keys.count(one) > 1)
        raise PydanticCustomError("key_twice", "two have the key {key}", {"key": twice})
    return parts


def _part(section: Section) -> Section:
    if section not in PARTS:
        raise PydanticCustomError("no_such_part", "one of {parts}", {"parts": ", ".join(PARTS)})
    return section


class Keyed(Content):
    """A part that keeps its key from version to version, whatever it is called."""

    key: Key
    names: Name


class Choice(Keyed):
    """One of the answers to choose from."""


class Column(Keyed):
    """A column of a table: short text, a date or a number."""

    kind: Literal["short_text", "date", "number"] = "short_text"


class TemplateField(Keyed):
    """Something to fill in. ``legal_points`` are the points of the law that it answers."""

    kind: FieldKind
    helps: Help = NO_TEXT
    is_required: bool = False
    choices: Annotated[tuple[Choice, ...], AfterValidator(_unlike)] = Field(
        (), max_length=MOST_CHOICES
    )
    columns: Annotated[tuple[Column, ...], AfterValidator(_unlike)] = Field(
        (), max_length=MOST_COLUMNS
    )
    legal_points: tuple[Annotated[int, Field(ge=1, le=9)], ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.kind is FieldKind.CHOICE) != bool(self.choices):
            raise PydanticCustomError(
                "choices_misplaced",
                "only a field of the kind choice has choices, and needs some",
            )
        if (self.kind is FieldKind.TABLE) != bool(self.columns):
            raise PydanticCustomError(
                "columns_misplaced", "only a field of the kind table has columns, and needs some"
            )
        return self


class TemplateSection(Keyed):
    """A form in one part of the plan: heading, help, and fields in order."""

    part: Annotated[Section, AfterValidator(_part)]
    helps: Help = NO_TEXT
    fields: Annotated[tuple[TemplateField, ...], AfterValidator(_unlike)] = Field(
        (), max_length=MOST_FIELDS
    )


class ReadyActivity(Content):
    """An activity that a new plan begins with."""

    names: Name
    texts: Help = NO_TEXT
    scopes: Help = NO_TEXT


class ReadyGoal(Content):
    """A goal that a new plan begins with, and its activities."""

    names: Name
    texts: Help = NO_TEXT
    activities: tuple[ReadyActivity, ...] = Field((), max_length=MOST_GOALS)


class SuggestedParticipant(Content):
    """Somebody who usually takes part: as what, with which standard role (its key)."""

    functions: Name
    role: Key


class TemplateContent(Content):
    """A template: what plans of a kind are made from."""

    form: Literal["samvev-template/1"] = "samvev-template/1"
    kind: PlanKind
    names: Name
    descriptions: Help = NO_TEXT
    sections: Annotated[tuple[TemplateSection, ...], AfterValidator(_unlike)] = Field(
        (), max_length=MOST_SECTIONS
    )
    goals: tuple[ReadyGoal, ...] = Field((), max_length=MOST_GOALS)
    agenda: Help = NO_TEXT
    participants: tuple[SuggestedParticipant, ...] = Field((), max_length=MOST_PARTICIPANTS)
    consent_text: Help = NO_TEXT
    review_weeks: int | None = Field(26, ge=1, le=104)

    def section(self, key: str) -> TemplateSection | None:
        """The section with a key."""
        return next((one for one in self.sections if one.key == key), None)

    def in_part(self, part: Section) -> list[TemplateSection]:
        """The sections that stand in a part of the plan, in order."""
        return [one for one in self.sections if one.part is part]

    @property
    def fields(self) -> Iterator[tuple[TemplateSection, TemplateField]]:
        """Every field, with its section, in order."""
        return ((section, field) for section in self.sections for field in section.fields)


def legal_points(content: TemplateContent) -> Iterable[int]:
    """The points of the law that the fields of a template say they answer."""
    return {point for _section, field in content.fields for point in field.legal_points}
