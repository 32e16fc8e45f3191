"""Templates, versions of templates and standard roles, proposals, and what is national.

``app.models`` lists those of a municipality among its own, so the walls stand round them too.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_appbuilder import Model
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import (
    Instant,
    TenantOwned,
    Versioned,
    inside_municipality,
    new_id,
    of_plan,
    one_of,
)
from app.enums import PlanKind, Reach, SetUpKind

if TYPE_CHECKING:
    from app.models import Participant, Plan, StandardRole


class NationalPiece(Versioned, Model):
    """A standard role or a template that the central administrator publishes for every
    municipality; ``number`` is the version in use, None while the first is a draft."""

    __tablename__ = "national_piece"
    __table_args__ = (UniqueConstraint("what", "key", name="uq_national_piece_key"),)

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True, default=new_id)
    what: Mapped[SetUpKind] = mapped_column(one_of(SetUpKind, "national_piece_what"))
    key: Mapped[str] = mapped_column(String(60))
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    number: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)


class NationalVersion(Versioned, Model):
    """A version of a national standard role or template; the one that is not published is the
    draft. A published one never changes.

    ``changes`` are the last ones to the draft, each with what undoing it needs.
    """

    __tablename__ = "national_version"
    __table_args__ = (
        UniqueConstraint("piece_id", "number", name="uq_national_version_number"),
        Index(
            "uq_national_version_draft",
            "piece_id",
            unique=True,
            postgresql_where=text("published_at IS NULL"),
            sqlite_where=text("published_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True, default=new_id)
    piece_id: Mapped[str] = mapped_column(ForeignKey("national_piece.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    changes: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))

    piece: Mapped["NationalPiece"] = relationship(viewonly=True)


class StandardRoleVersion(Versioned, TenantOwned):
    """A version of a standard role; the one that is not published is its draft. A published one
    never changes. ``national_number`` is the national version that it was made of, where known."""

    __tablename__ = "standard_role_version"
    __table_args__ = (
        inside_municipality("standard_role", "role_id", "fk_standard_role_version_role"),
        UniqueConstraint(
            "municipality_id", "role_id", "number", name="uq_standard_role_version_number"
        ),
        Index(
            "uq_standard_role_version_draft",
            "municipality_id",
            "role_id",
            unique=True,
            postgresql_where=text("published_at IS NULL"),
            sqlite_where=text("published_at IS NULL"),
        ),
    )

    role_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reach: Mapped[Reach | None] = mapped_column(one_of(Reach, "standard_role_version_reach"))
    national_number: Mapped[int | None]
    published_at: Mapped[datetime | None] = mapped_column(Instant)

    role: Mapped["StandardRole"] = relationship(
        primaryjoin="foreign(StandardRoleVersion.role_id) == StandardRole.id", viewonly=True
    )


class Template(Versioned, TenantOwned):
    """What plans of a kind are made from. ``number`` is the version in use, None while the first
    is a draft; ``names`` are those of that version, or of the draft."""

    __tablename__ = "template"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_template_tenant"),
        UniqueConstraint("municipality_id", "key", name="uq_template_key"),
        Index("ix_template_kind", "municipality_id", "kind", "position"),
    )

    kind: Mapped[PlanKind] = mapped_column(one_of(PlanKind, "template_kind"))
    key: Mapped[str] = mapped_column(String(60))
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    number: Mapped[int | None]
    national_id: Mapped[str | None] = mapped_column(ForeignKey("national_piece.id"))
    national_number: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)


class TemplateVersion(Versioned, TenantOwned):
    """A version of a template; the one that is not published is its draft. A published one never
    changes: plans keep theirs. ``national_number`` is the national version that it was made of,
    where known."""

    __tablename__ = "template_version"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_template_version_tenant"),
        UniqueConstraint(
            "municipality_id", "template_id", "number", name="uq_template_version_number"
        ),
        inside_municipality("template", "template_id", "fk_template_version_template"),
        Index(
            "uq_template_version_draft",
            "municipality_id",
            "template_id",
            unique=True,
            postgresql_where=text("published_at IS NULL"),
            sqlite_where=text("published_at IS NULL"),
        ),
    )

    template_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    national_number: Mapped[int | None]
    published_at: Mapped[datetime | None] = mapped_column(Instant)

    template: Mapped[Template] = relationship(
        primaryjoin="foreign(TemplateVersion.template_id) == Template.id", viewonly=True
    )


class RoleProposal(Versioned, TenantOwned):
    """That a participant be given what a newer version of their standard role gives more. Nothing
    is given before the coordinator says yes, and nothing is seen before it is consented to."""

    __tablename__ = "role_proposal"
    __table_args__ = (
        *of_plan("role_proposal"),
        inside_municipality("participant", "participant_id", "fk_role_proposal_participant"),
        inside_municipality("standard_role", "role_id", "fk_role_proposal_role"),
        CheckConstraint(
            "(answered_at IS NULL) = (accepted IS NULL)", name="ck_role_proposal_answer"
        ),
        Index(
            "uq_role_proposal_open",
            "municipality_id",
            "participant_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
            sqlite_where=text("answered_at IS NULL"),
        ),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    participant_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    role_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    accepted: Mapped[bool | None]

    plan: Mapped["Plan"] = relationship(
        primaryjoin="foreign(RoleProposal.plan_id) == Plan.id", viewonly=True
    )
    participant: Mapped["Participant"] = relationship(
        primaryjoin="foreign(RoleProposal.participant_id) == Participant.id", viewonly=True
    )
    role: Mapped["StandardRole"] = relationship(
        primaryjoin="foreign(RoleProposal.role_id) == StandardRole.id", viewonly=True
    )
