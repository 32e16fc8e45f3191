"""What a version of a standard role says: the same in the database, in a file and on the screen."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.enums import Capability, Giver, Level, PlanKind, Section
from app.security.plan_rights import MOST_GIVEN
from app.templating.texts import Content, Name

LONGEST_MONTHS = 60

Matrix = dict[Section, Level]


def _possible(matrix: Matrix) -> Matrix:
    """No section more than any participant can be given, and none that gives nothing."""
    for section, level in matrix.items():
        if level.rank > MOST_GIVEN[section].rank:
            most = {"section": str(section), "most": str(MOST_GIVEN[section])}
            raise PydanticCustomError(
                "level_too_high", "{section}: at most {most} can be given", most
            )
    return {section: level for section, level in matrix.items() if level is not Level.NONE}


class RoleContent(Content):
    """A standard role: its names, for which kinds of plans, the levels by section, what it lets
    one do besides, who may give it, and its usual length in months (None: no end)."""

    form: Literal["samvev-standard-role/1"] = "samvev-standard-role/1"
    names: Name
    kinds: tuple[PlanKind, ...] = Field(min_length=1)
    matrix: Annotated[Matrix, AfterValidator(_possible)] = Field(default_factory=dict)
    capabilities: tuple[Capability, ...] = ()
    given_by: tuple[Giver, ...] = Field((Giver.COORDINATOR, Giver.STAND_IN), min_length=1)
    months: int | None = Field(12, ge=1, le=LONGEST_MONTHS)

    def level(self, section: Section) -> Level:
        """The level that it gives in a section."""
        return self.matrix.get(section, Level.NONE)
