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
    ROLE_PUBLISHING = "role_publishing"
    TEMPLATE_PUBLISHING = "template_publishing"
    DUPLICATE_SCAN = "duplicate_scan"
    CLEAN_UP = "clean_up"
    CLEAN_UP_UNDO = "clean_up_undo"
    MUNICIPALITY_JOINING = "municipality_joining"
    UNIT_MOVE = "unit_move"


class TokenPurpose(StrEnum):
    """What a one-time link opens."""

    FIRST_CENTRAL_ADMINISTRATOR = "first_central_administrator"
    SET_PASSWORD = "set_password"


class Outcome(StrEnum):
    """How an audited attempt ended."""

    DONE = "done"
    REFUSED = "refused"


class PlanKind(StrEnum):
    """What kind of plan: one engine, told apart by data. At most one open IP an owner."""

    INDIVIDUAL_PLAN = "individual_plan"
    EDUCATION_PLAN = "education_plan"
    DEVELOPMENT_PLAN = "development_plan"
    RELAY_LOG = "relay_log"
    FAMILY_PLAN = "family_plan"


class PlanState(StrEnum):
    """The life of a plan."""

    DRAFT = "draft"
    AWAITING_CONSENT = "awaiting_consent"
    ACTIVE = "active"
    PAUSED = "paused"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Section(StrEnum):
    """A part of a plan that access is given to. The kind of plan decides which it has."""

    ABOUT_ME = "about_me"
    MAPPING = "mapping"
    GOALS = "goals"
    ACTIVITIES = "activities"
    COMMENTS = "comments"
    SUB_PLANS = "sub_plans"
    DOCUMENTS = "documents"
    MEETINGS = "meetings"
    CALENDAR = "calendar"
    MESSAGES = "messages"
    PARTICIPANTS = "participants"
    CONSENTS = "consents"
    PRINT_EXPORT = "print_export"
    EVENT_LOG = "event_log"
    ACCESS_LOG = "access_log"


class Level(StrEnum):
    """How far an access to a section goes; each holds those before it."""

    NONE = "none"
    READ = "read"
    COMMENT = "comment"
    WRITE = "write"
    MANAGE = "manage"

    @property
    def rank(self) -> int:
        """The place in the order, from 0."""
        return _RANKS[self]

    @property
    def and_above(self) -> tuple["Level", ...]:
        """This level and those that hold it."""
        return tuple(list(Level)[self.rank :])


# Asked thousands of times for a page, so counted once.
_RANKS = {level: number for number, level in enumerate(Level)}


class AuthorityKind(StrEnum):
    """By what right somebody acts for a plan owner."""

    PARENTAL_RESPONSIBILITY = "parental_responsibility"
    LEGAL_GUARDIAN = "legal_guardian"
    POWER_OF_ATTORNEY = "power_of_attorney"


class ConsentKind(StrEnum):
    """What is agreed to: that the plan is made, or that information in it is shared."""

    PLAN_IS_MADE = "plan_is_made"
    INFORMATION_IS_SHARED = "information_is_shared"


class ConsentMethod(StrEnum):
    """How a consent was given."""

    DIGITAL = "digital"
    PAPER = "paper"
    ORAL = "oral"


class ConsentCapacity(StrEnum):
    """In what capacity a consent was given."""

    OWNER = "owner"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"


class EntryKind(StrEnum):
    """What a piece of plan content is."""

    ABOUT = "about"
    MAPPING = "mapping"
    GOAL = "goal"
    ACTIVITY = "activity"
    EVALUATION = "evaluation"
    COMMENT = "comment"
    SUB_PLAN = "sub_plan"
    MEETING = "meeting"
    DOCUMENT = "document"
    FORM = "form"


class EntryStatus(StrEnum):
    """How far a goal or an activity has come."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    REACHED = "reached"
    STOPPED = "stopped"


class EvaluationAnswer(StrEnum):
    """What is answered when a goal or an activity is evaluated."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    TOO_EARLY = "too_early"


class DecisionKind(StrEnum):
    """What a decision about a plan is in the law; the municipality says which."""

    INDIVIDUAL_DECISION = "individual_decision"
    RIGHT_OF_COMPLAINT = "right_of_complaint"
    NO_DECISION = "no_decision"


class NoticeKind(StrEnum):
    """What a person is told about a plan, or is to do."""

    CONSENT_WANTED = "consent_wanted"
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_ENDS = "consent_ends"
    HANDOVER_OFFERED = "handover_offered"
    HANDOVER_ANSWERED = "handover_answered"
    ACCESS_STOPPED = "access_stopped"
    CHANGE_WANTED = "change_wanted"
    EMERGENCY_ACCESS = "emergency_access"
    AGE_REACHED = "age_reached"
    PLAN_CLOSED = "plan_closed"
    PLAN_REOPENED = "plan_reopened"
    MOVE_CONSENT_WANTED = "move_consent_wanted"
    MOVE_CONSENT_GIVEN = "move_consent_given"
    MOVE_SENT = "move_sent"
    MOVE_STOPPED = "move_stopped"
    PLAN_MOVED = "plan_moved"
    ROLE_PROPOSED = "role_proposed"
    TEMPLATE_PROPOSED = "template_proposed"
    PARTICIPANT_TWICE = "participant_twice"
    PLAN_TWICE = "plan_twice"
    EVALUATION_WANTED = "evaluation_wanted"
    CONSENT_TO_RENEW = "consent_to_renew"
    COORDINATOR_CHANGED = "coordinator_changed"
    PLAN_PAUSED = "plan_paused"
    TIDYING_UNDONE = "tidying_undone"
    PULSE_WANTED = "pulse_wanted"
    UNIT_MOVES = "unit_moves"


class MoveState(StrEnum):
    """How far the move of a plan to another municipality has come, on both sides of the border."""

    ASKED = "asked"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    CONSENT_REFUSED = "consent_refused"
    EXPIRED = "expired"


class SetUpKind(StrEnum):
    """What is set up nationally and used, copied and changed by municipalities."""

    STANDARD_ROLE = "standard_role"
    TEMPLATE = "template"


class Reach(StrEnum):
    """Whom a published version of a standard role is for."""

    NEW_ONLY = "new_only"
    ALL_EXISTING = "all_existing"


class Capability(StrEnum):
    """What a standard role lets a participant do besides what the levels say."""

    INVITE = "invite"
    PRINT_EXPORT = "print_export"
    SEE_ACCESS_LOG = "see_access_log"
    OWN_ACTIVITIES_ONLY = "own_activities_only"


class Giver(StrEnum):
    """Who may give a standard role to somebody."""

    COORDINATOR = "coordinator"
    STAND_IN = "stand_in"
    PARTICIPANT = "participant"


class FieldKind(StrEnum):
    """What is written in a field of a template."""

    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    DATE = "date"
    NUMBER = "number"
    PERSON = "person"
    TABLE = "table"


class DuplicateKind(StrEnum):
    """What may be kept twice. Persons have a queue and a merge, each of the others its own way."""

    PERSON = "person"
    ACCOUNT = "account"
    PARTICIPANT = "participant"
    PLAN = "plan"
    UNIT = "unit"


class MatchBand(StrEnum):
    """How sure it is that two records are of one human."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"


class PairState(StrEnum):
    """What was answered about a pair; ``FADED`` when the facts no longer make it a candidate."""

    OPEN = "open"
    LATER = "later"
    NOT_SAME = "not_same"
    MERGED = "merged"
    FADED = "faded"


class MergeState(StrEnum):
    """How far the merging of two persons has come."""

    WAITING = "waiting"
    DONE = "done"
    DECLINED = "declined"
    UNDONE = "undone"


class TidyRule(StrEnum):
    """Why a plan is suggested for cleaning up."""

    NO_ACTIVITY = "no_activity"
    CONSENT_EXPIRED = "consent_expired"
    OWNER_GONE = "owner_gone"
    COORDINATOR_WITHOUT_LOGIN = "coordinator_without_login"
    COORDINATOR_LEAVES = "coordinator_leaves"
    EVALUATION_OVERDUE = "evaluation_overdue"
    LONG_CLOSED = "long_closed"


class TidyAct(StrEnum):
    """What is done with the plans of a clean-up."""

    REMIND = "remind"
    RENEW_CONSENT = "renew_consent"
    REASSIGN = "reassign"
    PAUSE = "pause"
    CLOSE = "close"
    ARCHIVE = "archive"


class TidyState(StrEnum):
    """How far a clean-up has come with one plan."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    UNDONE = "undone"
    LEFT = "left"


class PulseAnswer(StrEnum):
    """What a plan owner answers to one of the three questions after an evaluation."""

    GOOD = "good"
    SO_SO = "so_so"
    BAD = "bad"
