"""The words for closed vocabularies and shared fields, in the user's language."""

from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.enums import (
    JobKind,
    JobState,
    Language,
    LanguageForm,
    Outcome,
    ProtectionGrade,
    Role,
    UnitKind,
)
from app.screens.listing import Shown

WORDS: dict[StrEnum, Any] = {
    UnitKind.MUNICIPALITY: _l("Municipality"),
    UnitKind.DEPARTMENT: _l("Department"),
    UnitKind.SCHOOL: _l("School"),
    UnitKind.KINDERGARTEN: _l("Kindergarten"),
    UnitKind.PPT: _l("Educational psychology service (PPT)"),
    UnitKind.HEALTH_CENTRE: _l("Health centre"),
    UnitKind.GP_OFFICE: _l("GP office"),
    UnitKind.HABILITATION: _l("Habilitation and rehabilitation"),
    UnitKind.COORDINATING_UNIT: _l("Coordinating unit"),
    UnitKind.CHILD_WELFARE: _l("Child welfare service"),
    UnitKind.MENTAL_HEALTH: _l("Mental health and addiction service"),
    UnitKind.HOME_CARE: _l("Home care"),
    UnitKind.RESPITE_CARE: _l("Respite care"),
    UnitKind.NAV: _l("NAV"),
    UnitKind.HOSPITAL: _l("Hospital"),
    UnitKind.BUP: _l("Child and adolescent psychiatry (BUP)"),
    UnitKind.OTHER: _l("Other"),
    Role.CENTRAL_ADMINISTRATOR: _l("Central administrator"),
    Role.LOCAL_ADMINISTRATOR: _l("Local administrator"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.PARTICIPANT: _l("Participant"),
    ProtectionGrade.CONFIDENTIAL: _l("Confidential address"),
    ProtectionGrade.STRICTLY_CONFIDENTIAL: _l("Strictly confidential address"),
    LanguageForm.BOKMAL: _l("Bokmål"),
    LanguageForm.NYNORSK: _l("Nynorsk"),
    LanguageForm.NEUTRAL: _l("Neutral"),
    Language.NB: _l("Bokmål"),
    Language.NN: _l("Nynorsk"),
    Language.EN: _l("English"),
    Language.SE: _l("North Sámi"),
    JobKind.PERSON_IMPORT: _l("Import of persons"),
    JobState.WAITING: _l("Waiting"),
    JobState.RUNNING: _l("Running"),
    JobState.READY: _l("Ready for your decision"),
    JobState.DONE: _l("Done"),
    JobState.FAILED: _l("Failed"),
    JobState.CANCELLED: _l("Cancelled"),
    Outcome.DONE: _l("Done"),
    Outcome.REFUSED: _l("Refused"),
    Shown.IN_USE: _l("In use"),
    Shown.RETIRED: _l("Retired"),
    Shown.ALL: _l("All"),
}


def words(value: StrEnum | None) -> Any:
    """What users call a value; empty for None."""
    return "" if value is None else WORDS[value]


def options(vocabulary: type[StrEnum]) -> list[tuple[str, Any]]:
    """(value, words) pairs of a vocabulary, in its order."""
    return [(member.value, words(member)) for member in vocabulary]


def say_count(count: int, *, is_whole: bool = True) -> str:
    """How many hits there are; where there may be more, that one should write more."""
    if not count:
        return _("No hits.")
    if is_whole:
        return ngettext("%(num)s hit", "%(num)s hits", count)
    return _(
        "The first %(count)s hits are shown. Write more of the name to see fewer.", count=count
    )
