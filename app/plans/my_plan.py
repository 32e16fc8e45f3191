"""What a plan is to one person: plain values that may leave the scope of its municipality."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.enums import AuthorityKind, NoticeKind, PlanKind, PlanState
from app.security.plan_rights import OPEN


class Part(StrEnum):
    """What somebody is in a plan."""

    OWNER = "owner"
    COORDINATOR = "coordinator"
    STAND_IN = "stand_in"
    AUTHORITY = "authority"
    PARTICIPANT = "participant"


class Turn(StrEnum):
    """Something in a plan that waits for somebody."""

    CONSENT = "consent"
    CONSENT_RAN_OUT = "consent_ran_out"
    PASSED = "passed"
    SOON = "soon"
    EVALUATION = "evaluation"


@dataclass(frozen=True)
class MyPart:
    """What I am in a plan; for an authority by what right, for a participant as what."""

    part: Part
    authority: AuthorityKind | None = None
    function: str = ""


@dataclass(frozen=True)
class Waiting:
    """What waits for me in a plan: since or until when, and how many."""

    turn: Turn
    on: date | None = None
    count: int = 1


@dataclass(frozen=True)
class Told:
    """A notice that I have not seen to."""

    id: str
    kind: NoticeKind
    text: str
    at: datetime


@dataclass(frozen=True)
class Offer:
    """A coordinator's role that I am asked to take over; it shows no more than kind and owner."""

    id: str
    plan_id: str
    kind_names: dict[str, str]
    owner_name: str
    offered_at: datetime


@dataclass(frozen=True)
class Arrival:
    """A plan from another municipality that I answer, or name a coordinator for."""

    id: str
    kind: PlanKind
    is_mine_to_answer: bool
    sent_at: datetime


@dataclass(frozen=True)
class MyPlan:
    """One plan, as it concerns me. ``new`` is None until I have been there."""

    id: str
    kind: PlanKind
    kind_names: dict[str, str]
    coordinator_names: dict[str, str]
    owner_name: str
    state: PlanState
    parts: tuple[MyPart, ...]
    waiting: tuple[Waiting, ...]
    told: tuple[Told, ...]
    new: int | None
    consent_until: date | None
    last_activity_at: datetime

    @property
    def is_mine(self) -> bool:
        """Whether the plan is about me."""
        return any(one.part is Part.OWNER for one in self.parts)

    @property
    def only_takes_part(self) -> bool:
        """Whether I am in it as a participant and as nothing else."""
        return all(one.part is Part.PARTICIPANT for one in self.parts)

    @property
    def is_open(self) -> bool:
        """Whether the plan is not closed."""
        return self.state in OPEN

    @property
    def waits(self) -> bool:
        """Whether anything in it waits for me."""
        return bool(self.waiting or self.told)


@dataclass(frozen=True)
class MyPlace:
    """My plans in one municipality. ``told`` is about plans that are not open to me any more."""

    number: str
    name: str
    is_here: bool
    plans: tuple[MyPlan, ...] = ()
    offers: tuple[Offer, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    told: tuple[Told, ...] = ()
