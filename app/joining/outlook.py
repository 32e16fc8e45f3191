"""What was found out about joining two municipalities: plain data, no question and no decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.enums import PlanKind


class Settled(StrEnum):
    """What collides or has to change, and is settled by rule."""

    SAME_LOGIN = "same_login"
    SAME_NATIONAL_ID = "same_national_id"
    TWO_OPEN_PLANS = "two_open_plans"
    EXTERNAL_IDS = "external_ids"
    ADMINISTRATORS_LIMITED = "administrators_limited"
    PLANS_PLACED = "plans_placed"
    KINDS_KEPT = "kinds_kept"
    CONSENT_TEXTS = "consent_texts"
    ROLES_RETIRED = "roles_retired"
    TEMPLATES_RETIRED = "templates_retired"
    PLANS_WAITING = "plans_waiting"
    REQUESTS_ENDED = "requests_ended"
    TOKENS_ENDED = "tokens_ended"
    VIEWS_RENAMED = "views_renamed"


class Stop(StrEnum):
    """What people have to see to first."""

    NOT_IN_USE = "not_in_use"
    WORK_UNFINISHED = "work_unfinished"
    PLANS_ON_THE_WAY = "plans_on_the_way"
    UNITS_ON_THE_WAY = "units_on_the_way"
    AGES_DIFFER = "ages_differ"
    PARTS_LACK = "parts_lack"
    LOGIN_OF_TWO = "login_of_two"
    TOO_DEEP = "too_deep"


@dataclass
class Top:
    """Where the units come to stand: under ``above``, whose path is ``path``.

    ``only`` is the one top that they have; without one, a new unit is made for them. ``roots`` are
    all that stand at the top, with their paths.
    """

    above: str | None = None
    path: str = "/"
    only: str | None = None
    roots: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Findings:
    """What the settling needs to know: ids and keys."""

    same_logins: list[tuple[str, str]] = field(default_factory=list)
    """Rows of persons who have one login in both: the one that goes, the one there."""

    requests: list[str] = field(default_factory=list)
    prefixes_external_ids: bool = False
    roles: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    text_shifts: dict[PlanKind, int] = field(default_factory=dict)
    kinds_kept: set[PlanKind] = field(default_factory=set)
    ages_kept: set[PlanKind] = field(default_factory=set)
    views: list[str] = field(default_factory=list)
    top: Top = field(default_factory=Top)


@dataclass(frozen=True)
class Outlook:
    """What joining would do: rows by table, how often what is settled, what stops it how often."""

    rows: Mapping[str, int]
    settled: Mapping[Settled, int]
    stops: Mapping[Stop, int]
    findings: Findings

    @property
    def total(self) -> int:
        """How many rows move."""
        return sum(self.rows.values())
