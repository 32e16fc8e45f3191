"""Closed vocabularies. The words that users see are in ``app.screens.words``."""

from enum import StrEnum


class LanguageForm(StrEnum):
    """Which written Norwegian a municipality has chosen (mållova, forskrift om målvedtak)."""

    BOKMAL = "bokmal"
    NYNORSK = "nynorsk"
    NEUTRAL = "neutral"


class Language(StrEnum):
    """Interface languages."""

    NB = "nb"
    NN = "nn"
    EN = "en"
    SE = "se"


class UnitKind(StrEnum):
    """What a unit (*virksomhet*) is."""

    MUNICIPALITY = "municipality"
    DEPARTMENT = "department"
    SCHOOL = "school"
    KINDERGARTEN = "kindergarten"
    PPT = "ppt"
    HEALTH_CENTRE = "health_centre"
    GP_OFFICE = "gp_office"
    HABILITATION = "habilitation"
    COORDINATING_UNIT = "coordinating_unit"
    CHILD_WELFARE = "child_welfare"
    MENTAL_HEALTH = "mental_health"
    HOME_CARE = "home_care"
    RESPITE_CARE = "respite_care"
    NAV = "nav"
    HOSPITAL = "hospital"
    BUP = "bup"
    OTHER = "other"


class Role(StrEnum):
    """Key roles. The central administrator's belongs to the installation, the others to one
    municipality."""

    CENTRAL_ADMINISTRATOR = "central_administrator"
    LOCAL_ADMINISTRATOR = "local_administrator"
    COORDINATOR = "coordinator"
    PARTICIPANT = "participant"


class ProtectionGrade(StrEnum):
    """Address protection (*adressesperre*), folkeregisterloven § 10-4."""

    CONFIDENTIAL = "confidential"
    STRICTLY_CONFIDENTIAL = "strictly_confidential"


class JobState(StrEnum):
    """The life of a long piece of work."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobKind(StrEnum):
    """What a job does."""

    PERSON_IMPORT = "person_import"


class TokenPurpose(StrEnum):
    """What a one-time link opens."""

    FIRST_CENTRAL_ADMINISTRATOR = "first_central_administrator"
    SET_PASSWORD = "set_password"


class Outcome(StrEnum):
    """How an audited attempt ended."""

    DONE = "done"
    REFUSED = "refused"
