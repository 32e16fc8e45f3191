"""Which plans the demonstration has: kind, whose, how far, and what became of the consent."""

from dataclasses import dataclass, replace
from enum import StrEnum

from app.demonstration import plan_texts as nb
from app.demonstration import plan_texts_nynorsk as nn
from app.demonstration.plan_texts import Theme
from app.enums import PlanKind, PlanState, UnitKind

IP, IOP, IUP = PlanKind.INDIVIDUAL_PLAN, PlanKind.EDUCATION_PLAN, PlanKind.DEVELOPMENT_PLAN
LOG, FAMILY = PlanKind.RELAY_LOG, PlanKind.FAMILY_PLAN


class Given(StrEnum):
    """What became of the consent."""

    VALID = "valid"
    ENDING = "ending"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RESET = "reset"
    HALF = "half"
    PAPER = "paper"
    ORAL = "oral"
    NONE = "none"


class Age(StrEnum):
    """About how old the owner is."""

    SMALL = "small"
    CHILD = "child"
    YOUNG = "young"
    ADULT = "adult"
    OLD = "old"


YEARS = {
    Age.SMALL: (1, 5),
    Age.CHILD: (6, 12),
    Age.YOUNG: (13, 17),
    Age.ADULT: (18, 66),
    Age.OLD: (67, 120),
}


class Mark(StrEnum):
    """Something that only this plan shows."""

    ENDED_PART = "ended_part"
    WITHDRAWN_PART = "withdrawn_part"
    TEACHER = "teacher"
    STAND_IN = "stand_in"
    PAST_STAND_IN = "past_stand_in"
    OFFERED = "offered"
    PAST_HANDOVER = "past_handover"
    EMERGENCY = "emergency"
    DECISION = "decision"
    VERGE = "verge"
    ATTORNEY = "attorney"
    TO_SERVICES = "to_services"


@dataclass(frozen=True)
class Recipe:
    """One plan. ``owner`` is a full name, else somebody of the ``age``; ``holder`` the number of
    the coordinator, 0 being the one with a login."""

    kind: PlanKind
    theme: Theme
    age: Age
    given: Given = Given.VALID
    state: PlanState = PlanState.ACTIVE
    level: int | None = None
    holder: int = 0
    owner: str | None = None
    partners: tuple[UnitKind, ...] = ()
    marks: frozenset[Mark] = frozenset()


HEALTH, SCHOOL, PPT = UnitKind.HEALTH_CENTRE, UnitKind.SCHOOL, UnitKind.PPT
AWAITS, DRAFT = PlanState.AWAITING_CONSENT, PlanState.DRAFT
PAUSED, CLOSED, ARCHIVED = PlanState.PAUSED, PlanState.CLOSED, PlanState.ARCHIVED

STROKE = Recipe(IP, nb.AFTER_STROKE, Age.OLD, partners=(UnitKind.HOME_CARE, UnitKind.GP_OFFICE))
STEADY = Recipe(IP, nb.STEADY_HOME, Age.ADULT, partners=(UnitKind.MENTAL_HEALTH, UnitKind.NAV))
GROWING = Recipe(IP, nb.GROWING_UP, Age.YOUNG, partners=(HEALTH, SCHOOL))
READ = Recipe(IOP, nb.READING, Age.CHILD, partners=(SCHOOL, PPT))
PLAY = Recipe(IUP, nb.PLAY_AND_WORDS, Age.SMALL, partners=(UnitKind.KINDERGARTEN, PPT))
ABSENCE = Recipe(LOG, nb.BACK_TO_SCHOOL, Age.CHILD, level=1, partners=(SCHOOL, HEALTH))
RESPITE = Recipe(
    FAMILY, nb.FAMILY, Age.CHILD, partners=(UnitKind.RESPITE_CARE, UnitKind.HABILITATION)
)


def _marked(recipe: Recipe, *marks: Mark, **values: object) -> Recipe:
    return replace(recipe, marks=frozenset(marks), **values)  # type: ignore[arg-type]


OF_THE_CAST = (
    _marked(
        GROWING,
        Mark.TEACHER,
        Mark.ENDED_PART,
        Mark.DECISION,
        owner="Ida Sofie Solberg Nes",
        partners=(HEALTH,),
    ),
    _marked(ABSENCE, Mark.TEACHER, owner="Selma Havnes", level=2, partners=(HEALTH,)),
    replace(READ, owner="Selma Havnes", given=Given.HALF, state=AWAITS),
    _marked(STEADY, Mark.WITHDRAWN_PART, Mark.DECISION),
    _marked(STROKE, Mark.EMERGENCY, Mark.DECISION),
    _marked(ABSENCE, Mark.OFFERED, holder=1),
    _marked(STEADY, Mark.STAND_IN, holder=1),
    _marked(ABSENCE, Mark.PAST_HANDOVER, level=3),
    _marked(STROKE, Mark.VERGE),
    _marked(STROKE, Mark.ATTORNEY, given=Given.PAPER),
    _marked(RESPITE, Mark.TO_SERVICES),
    _marked(GROWING, Mark.PAST_STAND_IN, holder=1, given=Given.ENDING),
)
OF_OTHERS = (
    replace(STROKE, given=Given.ENDING),
    replace(STROKE, given=Given.EXPIRED, holder=1),
    replace(STROKE, given=Given.ORAL, holder=2),
    replace(STROKE, state=CLOSED),
    replace(STEADY, given=Given.WITHDRAWN, state=AWAITS),
    replace(STEADY, given=Given.RESET, state=AWAITS, holder=1),
    replace(STEADY, given=Given.EXPIRED, state=ARCHIVED, holder=2),
    replace(STEADY, state=PAUSED, holder=2),
    replace(GROWING, given=Given.NONE, state=DRAFT),
    replace(GROWING, given=Given.PAPER, holder=2),
    _marked(READ, Mark.DECISION, given=Given.PAPER),
    replace(READ, holder=1),
    replace(READ, given=Given.ENDING, holder=2),
    replace(READ, given=Given.EXPIRED),
    replace(READ, state=CLOSED, holder=1),
    replace(READ, given=Given.NONE, state=AWAITS, holder=2),
    replace(PLAY, given=Given.ORAL),
    replace(PLAY, holder=1),
    replace(PLAY, given=Given.HALF, state=AWAITS, holder=2),
    replace(PLAY, state=CLOSED),
    replace(PLAY, given=Given.WITHDRAWN, state=AWAITS, holder=1),
    replace(ABSENCE, level=0, given=Given.NONE, state=DRAFT, holder=2),
    replace(ABSENCE, level=0, given=Given.ORAL),
    replace(ABSENCE, given=Given.EXPIRED, state=CLOSED, holder=1),
    replace(ABSENCE, level=2, state=PAUSED),
    replace(ABSENCE, level=3, given=Given.RESET, state=AWAITS, holder=2),
    replace(RESPITE, given=Given.PAPER, holder=1),
    replace(RESPITE, given=Given.ENDING, holder=2),
)
HOME = Recipe(IP, nn.LIVING_AT_HOME, Age.OLD, partners=(UnitKind.HOME_CARE, UnitKind.NAV))
READ_NN = Recipe(IOP, nn.READING, Age.CHILD, partners=(SCHOOL, PPT))
PLAY_NN = Recipe(IUP, nn.PLAY_AND_WORDS, Age.SMALL, partners=(UnitKind.KINDERGARTEN, PPT))
ABSENCE_NN = Recipe(LOG, nn.BACK_TO_SCHOOL, Age.CHILD, level=1, partners=(SCHOOL, HEALTH))
RESPITE_NN = Recipe(FAMILY, nn.FAMILY, Age.CHILD, partners=(HEALTH, PPT))
IN_FJELLBY = (
    _marked(READ_NN, Mark.TEACHER, Mark.DECISION, owner="Áile Márjá Hætta", partners=(PPT,)),
    _marked(HOME, Mark.DECISION),
    _marked(HOME, Mark.STAND_IN, holder=1),
    replace(HOME, given=Given.PAPER),
    replace(HOME, given=Given.ORAL, holder=1),
    replace(HOME, given=Given.EXPIRED),
    replace(HOME, given=Given.WITHDRAWN, state=AWAITS),
    replace(HOME, state=CLOSED, holder=1),
    replace(HOME, given=Given.NONE, state=DRAFT),
    replace(READ_NN, given=Given.ENDING),
    replace(READ_NN, given=Given.HALF, state=AWAITS, holder=1),
    replace(READ_NN, given=Given.EXPIRED, state=ARCHIVED),
    PLAY_NN,
    replace(PLAY_NN, given=Given.RESET, state=AWAITS, holder=1),
    replace(ABSENCE_NN, level=2),
    _marked(ABSENCE_NN, Mark.OFFERED, holder=1),
    replace(ABSENCE_NN, given=Given.NONE, state=AWAITS),
    replace(ABSENCE_NN, state=CLOSED),
    RESPITE_NN,
    replace(RESPITE_NN, given=Given.PAPER, state=PAUSED, holder=1),
)
RECIPES = {"9901": (*OF_THE_CAST, *OF_OTHERS), "9902": IN_FJELLBY}
