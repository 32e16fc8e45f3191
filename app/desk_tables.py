"""What the desk keeps: jobs, clean-ups of plans, and what makes the method succeed.

1. Jobs         Job, RoundRun
2. Clean-up     TidiedPlan
3. The method   Course, CourseAttendance, Routine, RoutineRead, Gathering, GatheringAttendance,
                GatheringAction, Introduction, Pulse

``app.models`` lists those of a municipality among its own, so the walls stand round them too.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask_appbuilder import Model
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import Instant, TenantOwned, Versioned, inside_municipality, of_plan, one_of
from app.enums import JobKind, JobState, PulseAnswer, TidyRule, TidyState

if TYPE_CHECKING:
    from app.models import Person, Plan

# --- 1. Jobs -------------------------------------------------------------------------------------


class Job(Versioned, TenantOwned):
    """A long piece of work: who asked, how far it is, and what came of it.

    ``run_id`` names the run that works on it, which no earlier one can write over; ``seen_at`` is
    that run's last sign of life.
    """

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_job_tenant"),
        Index("ix_job_time", "municipality_id", "created_at"),
    )

    kind: Mapped[JobKind] = mapped_column(one_of(JobKind, "job_kind"))
    state: Mapped[JobState] = mapped_column(one_of(JobState, "job_state"))
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    title: Mapped[str] = mapped_column(String(200))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    run_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    seen_at: Mapped[datetime | None] = mapped_column(Instant)


class RoundRun(Model):
    """When something was last done by the clock, everywhere: numbers, nobody's data.

    ``counts`` holds what was counted by the id of the municipality, None where it failed: nobody
    reads another's.
    """

    __tablename__ = "round_run"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    counted: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int | None]] = mapped_column(JSON, default=dict)


# --- 2. Clean-up ---------------------------------------------------------------------------------


class TidiedPlan(Versioned, TenantOwned):
    """What a clean-up is to do, or did, with one plan.

    ``before`` holds what undoing needs, ids and dates only; it is emptied when the time for undoing
    is over. ``coordinator_id`` is who is to have the plan, when it changes hands. ``left_because``
    is a code that says why nothing was done, or was not undone.
    """

    __tablename__ = "tidied_plan"
    __table_args__ = (
        *of_plan("tidied_plan"),
        inside_municipality("job", "job_id", "fk_tidied_plan_job"),
        inside_municipality("person", "coordinator_id", "fk_tidied_plan_coordinator"),
        UniqueConstraint("municipality_id", "job_id", "plan_id", name="uq_tidied_plan"),
    )

    job_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    rule: Mapped[TidyRule | None] = mapped_column(one_of(TidyRule, "tidied_plan_rule"))
    coordinator_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    state: Mapped[TidyState] = mapped_column(one_of(TidyState, "tidied_plan_state"))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    left_because: Mapped[str | None] = mapped_column(String(40))
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)

    plan: Mapped["Plan"] = relationship(
        primaryjoin="foreign(TidiedPlan.plan_id) == Plan.id", viewonly=True
    )
    coordinator: Mapped["Person | None"] = relationship(
        primaryjoin="foreign(TidiedPlan.coordinator_id) == Person.id", viewonly=True
    )


# --- 3. The method -------------------------------------------------------------------------------


class Course(Versioned, TenantOwned):
    """A day of the coordinator school, held or to be held."""

    __tablename__ = "course"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_course_tenant"),
        CheckConstraint("hours IS NULL OR hours BETWEEN 1 AND 200", name="ck_course_hours"),
        Index("ix_course_day", "municipality_id", "held_on"),
    )

    title: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date]
    hours: Mapped[int | None]
    place: Mapped[str] = mapped_column(String(200), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)

    attendances: Mapped[list["CourseAttendance"]] = relationship(
        primaryjoin="Course.id == foreign(CourseAttendance.course_id)",
        order_by="CourseAttendance.id",
        viewonly=True,
    )


class CourseAttendance(Versioned, TenantOwned):
    """Somebody who is signed up for a course; with a certificate, who has taken it."""

    __tablename__ = "course_attendance"
    __table_args__ = (
        inside_municipality("course", "course_id", "fk_course_attendance_course"),
        inside_municipality("person", "person_id", "fk_course_attendance_person"),
        Index(
            "uq_course_attendance",
            "municipality_id",
            "course_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
        Index("ix_course_attendance_person", "municipality_id", "person_id"),
    )

    course_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    certified_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    course: Mapped[Course] = relationship(
        primaryjoin="foreign(CourseAttendance.course_id) == Course.id", viewonly=True
    )
    person: Mapped["Person"] = relationship(
        primaryjoin="foreign(CourseAttendance.person_id) == Person.id", viewonly=True
    )


class Routine(Versioned, TenantOwned):
    """A routine of the municipality: who keeps it, when it is looked over, where it stands.

    ``number`` rises when its text is new, so that those who read an older one are asked again.
    """

    __tablename__ = "routine"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_routine_tenant"),
        inside_municipality("person", "keeper_id", "fk_routine_keeper"),
        Index("ix_routine_review", "municipality_id", "review_on"),
    )

    title: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(Text, default="")
    kept_at: Mapped[str] = mapped_column(String(500), default="")
    keeper_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    review_on: Mapped[date]
    number: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)

    keeper: Mapped["Person | None"] = relationship(
        primaryjoin="foreign(Routine.keeper_id) == Person.id", viewonly=True
    )


class RoutineRead(TenantOwned):
    """Somebody has said that they have read a routine, and which text of it."""

    __tablename__ = "routine_read"
    __table_args__ = (
        inside_municipality("routine", "routine_id", "fk_routine_read_routine"),
        inside_municipality("person", "person_id", "fk_routine_read_person"),
        UniqueConstraint(
            "municipality_id", "routine_id", "person_id", "number", name="uq_routine_read"
        ),
    )

    routine_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    number: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(Instant)


class Gathering(Versioned, TenantOwned):
    """Where those who coordinate look at the method and the tool together, twice a year."""

    __tablename__ = "gathering"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_gathering_tenant"),
        Index("ix_gathering_day", "municipality_id", "held_on"),
    )

    title: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200), default="")
    programme: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)

    attendances: Mapped[list["GatheringAttendance"]] = relationship(
        primaryjoin="Gathering.id == foreign(GatheringAttendance.gathering_id)",
        order_by="GatheringAttendance.id",
        viewonly=True,
    )
    actions: Mapped[list["GatheringAction"]] = relationship(
        primaryjoin="Gathering.id == foreign(GatheringAction.gathering_id)",
        order_by="GatheringAction.id",
        viewonly=True,
    )


class GatheringAttendance(Versioned, TenantOwned):
    """Somebody who is asked to a gathering, and whether they were there; None before it is told."""

    __tablename__ = "gathering_attendance"
    __table_args__ = (
        inside_municipality("gathering", "gathering_id", "fk_gathering_attendance_gathering"),
        inside_municipality("person", "person_id", "fk_gathering_attendance_person"),
        Index(
            "uq_gathering_attendance",
            "municipality_id",
            "gathering_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    gathering_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    was_there: Mapped[bool | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    person: Mapped["Person"] = relationship(
        primaryjoin="foreign(GatheringAttendance.person_id) == Person.id", viewonly=True
    )


class GatheringAction(Versioned, TenantOwned):
    """What was agreed on at a gathering: who does it, until when, and when it was done."""

    __tablename__ = "gathering_action"
    __table_args__ = (
        inside_municipality("gathering", "gathering_id", "fk_gathering_action_gathering"),
        inside_municipality("person", "responsible_id", "fk_gathering_action_responsible"),
        Index("ix_gathering_action", "municipality_id", "gathering_id"),
    )

    gathering_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    what: Mapped[str] = mapped_column(String(300))
    responsible_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    responsible: Mapped["Person | None"] = relationship(
        primaryjoin="foreign(GatheringAction.responsible_id) == Person.id", viewonly=True
    )


class Introduction(TenantOwned):
    """Somebody was told how to use the panel, and what the plan is: in a plan, on a day."""

    __tablename__ = "introduction"
    __table_args__ = (
        *of_plan("introduction"),
        inside_municipality("person", "person_id", "fk_introduction_person"),
        Index(
            "uq_introduction",
            "municipality_id",
            "plan_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    given_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    plan: Mapped["Plan"] = relationship(
        primaryjoin="foreign(Introduction.plan_id) == Plan.id", viewonly=True
    )


class Pulse(TenantOwned):
    """Three questions to the owner's side after an evaluation: is the plan of use, am I heard, do I
    know who does what. Nobody reads single answers; sums are told from five answers on."""

    __tablename__ = "pulse"
    __table_args__ = (
        *of_plan("pulse"),
        inside_municipality("person", "person_id", "fk_pulse_person"),
        CheckConstraint(
            "(answered_at IS NULL) = (useful IS NULL)"
            " AND (useful IS NULL) = (heard IS NULL)"
            " AND (useful IS NULL) = (knows_who IS NULL)",
            name="ck_pulse_answered_whole",
        ),
        Index(
            "uq_pulse_open",
            "municipality_id",
            "plan_id",
            "person_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL AND ended_at IS NULL"),
            sqlite_where=text("answered_at IS NULL AND ended_at IS NULL"),
        ),
        Index("ix_pulse_answered", "municipality_id", "answered_at"),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    useful: Mapped[PulseAnswer | None] = mapped_column(one_of(PulseAnswer, "pulse_useful"))
    heard: Mapped[PulseAnswer | None] = mapped_column(one_of(PulseAnswer, "pulse_heard"))
    knows_who: Mapped[PulseAnswer | None] = mapped_column(one_of(PulseAnswer, "pulse_knows_who"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    plan: Mapped["Plan"] = relationship(
        primaryjoin="foreign(Pulse.plan_id) == Plan.id", viewonly=True
    )
