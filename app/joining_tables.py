"""What stands beside the register of municipalities: the joining of two of them.

It belongs to the installation, since both are asked; nothing of a person is in it.
"""

from datetime import datetime
from enum import StrEnum

from flask_appbuilder import Model
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Instant, Versioned, new_id, one_of


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
