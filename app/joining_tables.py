"""What goes from municipality to municipality as a whole: all of one, or a unit of it.

A joining belongs to the installation, since both are asked. The move of a unit is a row on each
side of the border, as the move of a plan is. Nothing of a person is in any of them.
"""

from datetime import datetime
from enum import StrEnum

from flask_appbuilder import Model
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Instant, TenantOwned, Versioned, inside_municipality, new_id, one_of


class JoiningState(StrEnum):
    """How it is with the joining of two municipalities."""

    PROPOSED = "proposed"
    DONE = "done"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


class MunicipalityJoining(Versioned, Model):
    """One municipality that is to go into another: proposed by a central administrator, approved
    by a local administrator of the one that takes over, carried out by the job ``job_id``.

    ``outcome`` holds numbers: what moved, and how often something was settled.
    """

    __tablename__ = "municipality_joining"
    __table_args__ = (
        CheckConstraint("from_id <> into_id", name="ck_municipality_joining_two"),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> proposed_by_id",
            name="ck_municipality_joining_by_two",
        ),
        CheckConstraint(
            "(ended_at IS NULL) = (state = 'proposed')", name="ck_municipality_joining_ended"
        ),
        Index(
            "uq_municipality_joining_open",
            "from_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
        Index("ix_municipality_joining_into", "into_id"),
    )

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True, default=new_id)
    from_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    into_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    state: Mapped[JoiningState] = mapped_column(
        one_of(JoiningState, "municipality_joining_state"), default=JoiningState.PROPOSED
    )
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    job_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    outcome: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class UnitMoveState(StrEnum):
    """How it is with the move of a unit to another municipality, on both sides of the border."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DONE = "done"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


class UnitMove(Versioned, TenantOwned):
    """A unit with all below it on its way to another municipality, as the one it leaves knows it.

    ``offered`` is what the other was shown: id, name, kind and what it is part of, of each unit in
    use. ``unit_ids`` are all of them, the retired ones too. The ``IncomingUnits`` over there has
    the same id: no key of the database leads across the border.
    """

    __tablename__ = "unit_move"
    __table_args__ = (
        inside_municipality("unit", "unit_id", "fk_unit_move_unit"),
        inside_municipality("job", "job_id", "fk_unit_move_job"),
        # Both may be one since: a move that has ended goes along when municipalities are joined.
        CheckConstraint(
            "to_municipality_id <> municipality_id OR ended_at IS NOT NULL",
            name="ck_unit_move_leaves",
        ),
        CheckConstraint(
            "(ended_at IS NULL) = (state IN ('proposed', 'accepted'))", name="ck_unit_move_ended"
        ),
        Index(
            "uq_unit_move_open",
            "municipality_id",
            "unit_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
        Index("ix_unit_move_job", "municipality_id", "job_id"),
    )

    unit_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    to_municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    state: Mapped[UnitMoveState] = mapped_column(one_of(UnitMoveState, "unit_move_state"))
    offered: Mapped[list[dict[str, str | None]]] = mapped_column(JSON, default=list)
    unit_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    job_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    reason: Mapped[str] = mapped_column(String(500), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class IncomingUnits(Versioned, TenantOwned):
    """Units that another municipality wants to send here, and the answer.

    ``offered`` is as in ``UnitMove``. ``open_plans`` is the least of the step of five in which the
    number of plans lay. ``made`` says which unit here stands for which over there.
    """

    __tablename__ = "incoming_units"
    __table_args__ = (
        CheckConstraint(
            "from_municipality_id <> municipality_id OR ended_at IS NOT NULL",
            name="ck_incoming_units_arrive",
        ),
        CheckConstraint(
            "(ended_at IS NULL) = (state IN ('proposed', 'accepted'))",
            name="ck_incoming_units_ended",
        ),
        CheckConstraint("open_plans % 5 = 0", name="ck_incoming_units_plans_in_steps"),
        Index("ix_incoming_units_open", "municipality_id", "ended_at"),
    )

    from_municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    state: Mapped[UnitMoveState] = mapped_column(one_of(UnitMoveState, "incoming_units_state"))
    offered: Mapped[list[dict[str, str | None]]] = mapped_column(JSON, default=list)
    open_plans: Mapped[int]
    made: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(500), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


UNIT_MOVES: tuple[type[TenantOwned], ...] = (UnitMove, IncomingUnits)
