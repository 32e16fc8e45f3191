"""The words for closed vocabularies and shared fields, in the user's language."""

from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.enums import (
    AuthorityKind,
    Capability,
    ConsentCapacity,
    ConsentKind,
    ConsentMethod,
    DecisionKind,
    EntryKind,
    EntryStatus,
    EvaluationAnswer,
    FieldKind,
    Giver,
    JobKind,
    JobState,
    Language,
    LanguageForm,
    Level,
    MatchBand,
    MoveState,
    NoticeKind,
    Outcome,
    PairState,
    PlanKind,
    PlanState,
    ProtectionGrade,
    PulseAnswer,
    Reach,
    Role,
    Section,
    SetUpKind,
    TidyAct,
    TidyRule,
    TidyState,
    UnitKind,
)
from app.joining_tables import JoiningState, UnitMoveState
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
    JobKind.ROLE_PUBLISHING: _l("Publishing of a standard role"),
    JobKind.TEMPLATE_PUBLISHING: _l("Telling of a newer version of a template"),
    JobKind.DUPLICATE_SCAN: _l("Search for duplicates"),
    JobState.WAITING: _l("Waiting"),
    JobState.RUNNING: _l("Running"),
    JobState.READY: _l("Ready for your decision"),
    JobState.DONE: _l("Done"),
    JobState.FAILED: _l("Failed"),
    JobState.CANCELLED: _l("Cancelled"),
    Outcome.DONE: _l("Done"),
    Outcome.REFUSED: _l("Refused"),
    PlanKind.INDIVIDUAL_PLAN: _l("Individual plan (IP)"),
    PlanKind.EDUCATION_PLAN: _l("Individual education plan (IOP)"),
    PlanKind.DEVELOPMENT_PLAN: _l("Individual development plan (IUP)"),
    PlanKind.RELAY_LOG: _l("Relay log"),
    PlanKind.FAMILY_PLAN: _l("The child coordinator's family plan"),
    PlanState.DRAFT: _l("Draft"),
    PlanState.AWAITING_CONSENT: _l("Waits for consent"),
    PlanState.ACTIVE: _l("Active"),
    PlanState.PAUSED: _l("Paused"),
    PlanState.CLOSED: _l("Closed"),
    PlanState.ARCHIVED: _l("Archived"),
    Section.ABOUT_ME: _l("About me"),
    Section.MAPPING: _l("Mapping"),
    Section.GOALS: _l("Goals"),
    Section.ACTIVITIES: _l("Activities"),
    Section.COMMENTS: _l("Comments"),
    Section.SUB_PLANS: _l("Sub-plans"),
    Section.DOCUMENTS: _l("Documents"),
    Section.MEETINGS: _l("Meetings"),
    Section.CALENDAR: _l("Calendar"),
    Section.MESSAGES: _l("Messages"),
    Section.PARTICIPANTS: _l("Participants in the plan"),
    Section.CONSENTS: _l("Consents"),
    Section.PRINT_EXPORT: _l("Print and export"),
    Section.EVENT_LOG: _l("What has happened"),
    Section.ACCESS_LOG: _l("Who has looked"),
    Level.NONE: _l("No access"),
    Level.READ: _l("Read"),
    Level.COMMENT: _l("Read and comment"),
    Level.WRITE: _l("Read and write"),
    Level.MANAGE: _l("Manage"),
    AuthorityKind.PARENTAL_RESPONSIBILITY: _l("Parental responsibility"),
    AuthorityKind.LEGAL_GUARDIAN: _l("Legal guardian (verge)"),
    AuthorityKind.POWER_OF_ATTORNEY: _l("Power of attorney"),
    ConsentKind.PLAN_IS_MADE: _l("That the plan is made"),
    ConsentKind.INFORMATION_IS_SHARED: _l("That information in the plan is shared"),
    ConsentMethod.DIGITAL: _l("Digitally"),
    ConsentMethod.PAPER: _l("On paper"),
    ConsentMethod.ORAL: _l("Orally"),
    ConsentCapacity.OWNER: _l("Plan owner"),
    ConsentCapacity.GUARDIAN: _l("Guardian"),
    ConsentCapacity.REPRESENTATIVE: _l("Representative"),
    EntryStatus.PLANNED: _l("Planned"),
    EntryStatus.ONGOING: _l("Under way"),
    EntryStatus.REACHED: _l("Reached"),
    EntryStatus.STOPPED: _l("Stopped"),
    EvaluationAnswer.YES: _l("Yes"),
    EvaluationAnswer.PARTLY: _l("Partly"),
    EvaluationAnswer.NO: _l("No"),
    EvaluationAnswer.TOO_EARLY: _l("Too early to say"),
    DecisionKind.INDIVIDUAL_DECISION: _l("Individual decision (enkeltvedtak)"),
    DecisionKind.RIGHT_OF_COMPLAINT: _l("Decision with right of complaint"),
    DecisionKind.NO_DECISION: _l("Not a decision in the law"),
    SetUpKind.STANDARD_ROLE: _l("Standard role"),
    SetUpKind.TEMPLATE: _l("Template"),
    Reach.NEW_ONLY: _l("New participants only"),
    Reach.ALL_EXISTING: _l("Those who have the role, too"),
    FieldKind.SHORT_TEXT: _l("Short text"),
    FieldKind.LONG_TEXT: _l("Long text"),
    FieldKind.CHOICE: _l("Choice"),
    FieldKind.DATE: _l("Date"),
    FieldKind.NUMBER: _l("Numbers"),
    FieldKind.PERSON: _l("Person"),
    FieldKind.TABLE: _l("Table"),
    NoticeKind.CONSENT_WANTED: _l("Your consent is asked for"),
    NoticeKind.CONSENT_GIVEN: _l("Consent is given"),
    NoticeKind.CONSENT_WITHDRAWN: _l("Consent is withdrawn"),
    NoticeKind.CONSENT_ENDS: _l("A consent ends soon"),
    NoticeKind.HANDOVER_OFFERED: _l("You are asked to take over as coordinator"),
    NoticeKind.HANDOVER_ANSWERED: _l("The question of taking over is answered"),
    NoticeKind.ACCESS_STOPPED: _l("An access is stopped"),
    NoticeKind.CHANGE_WANTED: _l("About who takes part and sees what"),
    NoticeKind.EMERGENCY_ACCESS: _l("The plan was opened in an emergency"),
    NoticeKind.AGE_REACHED: _l("The plan owner reaches the age of own consent"),
    NoticeKind.PLAN_CLOSED: _l("The plan is closed"),
    NoticeKind.PLAN_REOPENED: _l("The plan is opened again"),
    NoticeKind.MOVE_CONSENT_WANTED: _l("Your consent to moving the plan is asked for"),
    NoticeKind.MOVE_CONSENT_GIVEN: _l("There is consent to moving the plan"),
    NoticeKind.MOVE_SENT: _l("The plan is sent to another municipality, which has not answered"),
    NoticeKind.MOVE_STOPPED: _l("The move of the plan is stopped"),
    NoticeKind.PLAN_MOVED: _l("The plan is moved to another municipality"),
    MoveState.ASKED: _l("Waits for consent, or to be sent"),
    MoveState.SENT: _l("Waits for an answer"),
    MoveState.ACCEPTED: _l("Accepted"),
    MoveState.DECLINED: _l("Declined"),
    MoveState.TAKEN_BACK: _l("Taken back"),
    MoveState.CONSENT_REFUSED: _l("Consent refused or taken back"),
    MoveState.EXPIRED: _l("Not answered in time"),
    NoticeKind.ROLE_PROPOSED: _l(
        "More access is proposed, and the coordinator has not answered yet"
    ),
    NoticeKind.TEMPLATE_PROPOSED: _l("There is a newer version of the template"),
    NoticeKind.PARTICIPANT_TWICE: _l("Somebody may take part in the plan twice"),
    NoticeKind.PLAN_TWICE: _l("The plan may be registered twice"),
    MatchBand.CERTAIN: _l("Certain"),
    MatchBand.PROBABLE: _l("Probable"),
    MatchBand.POSSIBLE: _l("Possible"),
    PairState.OPEN: _l("Not answered"),
    PairState.LATER: _l("Put off"),
    PairState.NOT_SAME: _l("Not the same person"),
    PairState.MERGED: _l("Merged"),
    PairState.FADED: _l("No longer alike"),
    TidyRule.NO_ACTIVITY: _l("No activity for 12 months"),
    TidyRule.CONSENT_EXPIRED: _l("Consent expired over 60 days ago"),
    TidyRule.OWNER_GONE: _l("Plan owner is dead or has moved"),
    TidyRule.COORDINATOR_WITHOUT_LOGIN: _l("Coordinator without role or login"),
    TidyRule.COORDINATOR_LEAVES: _l("Coordinator leaves"),
    TidyRule.EVALUATION_OVERDUE: _l("Evaluation overdue"),
    TidyRule.LONG_CLOSED: _l("Closed over 12 months ago"),
    TidyAct.REMIND: _l("Remind the coordinator"),
    TidyAct.RENEW_CONSENT: _l("Ask for a renewed consent"),
    TidyAct.REASSIGN: _l("Give another coordinator"),
    TidyAct.PAUSE: _l("Pause"),
    TidyAct.CLOSE: _l("Close"),
    TidyAct.ARCHIVE: _l("Archive"),
    TidyState.WAITING: _l("Waiting"),
    TidyState.DONE: _l("Done"),
    TidyState.SKIPPED: _l("Skipped"),
    TidyState.UNDONE: _l("Brought back as it was"),
    TidyState.LEFT: _l("Left as it is now"),
    PulseAnswer.GOOD: _l("Yes"),
    PulseAnswer.SO_SO: _l("Partly"),
    PulseAnswer.BAD: _l("No"),
    NoticeKind.EVALUATION_WANTED: _l("Evaluation is due"),
    NoticeKind.CONSENT_TO_RENEW: _l("Consent needs to be renewed"),
    NoticeKind.COORDINATOR_CHANGED: _l("New coordinator"),
    NoticeKind.PLAN_PAUSED: _l("Plan paused"),
    NoticeKind.TIDYING_UNDONE: _l("Plan is as it was before"),
    NoticeKind.PULSE_WANTED: _l("Three short questions"),
    JobKind.CLEAN_UP: _l("Clean-up of plans"),
    JobKind.CLEAN_UP_UNDO: _l("Undoing a clean-up of plans"),
    JobKind.MUNICIPALITY_JOINING: _l("Joining two municipalities"),
    JobKind.UNIT_MOVE: _l("Telling coordinators that a unit moves"),
    NoticeKind.UNIT_MOVES: _l("The service responsible for the plan moves to another municipality"),
    Shown.IN_USE: _l("In use"),
    Shown.RETIRED: _l("Retired"),
    Shown.ALL: _l("All"),
}


KINDS_OF_ENTRIES: dict[EntryKind, Any] = {
    EntryKind.ABOUT: _l("About me"),
    EntryKind.MAPPING: _l("Mapping"),
    EntryKind.GOAL: _l("Goal"),
    EntryKind.ACTIVITY: _l("Activity"),
    EntryKind.EVALUATION: _l("Evaluation"),
    EntryKind.COMMENT: _l("Comment"),
    EntryKind.SUB_PLAN: _l("Sub-plan"),
    EntryKind.MEETING: _l("Meeting"),
    EntryKind.DOCUMENT: _l("Document"),
    EntryKind.FORM: _l("Form of the template"),
}
"""Apart from the others, since a kind and a level are both called ``comment``."""

OF_STANDARD_ROLES: dict[Capability | Giver, Any] = {
    Capability.INVITE: _l("Propose participants"),
    Capability.PRINT_EXPORT: _l("Print and save a copy"),
    Capability.SEE_ACCESS_LOG: _l("See who has looked"),
    Capability.OWN_ACTIVITIES_ONLY: _l("Own activities only"),
    Giver.COORDINATOR: _l("Coordinator"),
    Giver.STAND_IN: _l("Stand-in"),
    Giver.PARTICIPANT: _l("A participant who may add others"),
}
"""Apart from the others, since a part of the plan and a role in the panel are called the same."""


OF_JOININGS: dict[JoiningState, Any] = {
    JoiningState.PROPOSED: _l("Waits for an answer"),
    JoiningState.DONE: _l("Joined"),
    JoiningState.DECLINED: _l("Declined"),
    JoiningState.TAKEN_BACK: _l("Taken back"),
}
"""Apart from the others, since a joining that is done is called otherwise than a job."""


OF_UNIT_MOVES: dict[UnitMoveState, Any] = {
    UnitMoveState.PROPOSED: _l("Waits for an answer"),
    UnitMoveState.ACCEPTED: _l("Is going on"),
    UnitMoveState.DONE: _l("Moved"),
    UnitMoveState.DECLINED: _l("Declined"),
    UnitMoveState.TAKEN_BACK: _l("Taken back"),
}


def words(value: StrEnum | None) -> Any:
    """What users call a value; empty for None."""
    if value is None:
        return ""
    if isinstance(value, EntryKind):
        return KINDS_OF_ENTRIES[value]
    if isinstance(value, Capability | Giver):
        return OF_STANDARD_ROLES[value]
    if isinstance(value, JoiningState):
        return OF_JOININGS[value]
    if isinstance(value, UnitMoveState):
        return OF_UNIT_MOVES[value]
    return WORDS[value]


def level_words(section: Section, level: Level) -> Any:
    """What users call a level in a part of the plan: who takes part is not commented on."""
    if section is Section.PARTICIPANTS and level is Level.COMMENT:
        return _l("Read and propose")
    return words(level)


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
