"""Move plans to another municipality: the move, who agreed to what, and what came from elsewhere

Safe while the old code runs: it knows none of the new tables, and writes none of the new kinds of
notices. It shows a notice of a new kind only as an error, so move the web workers before anybody
moves a plan.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

PLAN_KINDS = ("individual_plan", "education_plan", "development_plan", "relay_log", "family_plan")
STATES = (
    "asked",
    "sent",
    "accepted",
    "declined",
    "taken_back",
    "consent_refused",
    "expired",
)
OLD_NOTICES = (
    "consent_wanted",
    "consent_given",
    "consent_withdrawn",
    "consent_ends",
    "handover_offered",
    "handover_answered",
    "access_stopped",
    "change_wanted",
    "emergency_access",
    "age_reached",
    "plan_closed",
    "plan_reopened",
)
NEW_NOTICES = (
    "move_consent_wanted",
    "move_consent_given",
    "move_sent",
    "move_stopped",
    "plan_moved",
)


def one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    """A closed vocabulary, checked by the database."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def instant() -> sa.DateTime:
    """A point in time, with its zone."""
    return sa.DateTime(timezone=True)


def row() -> tuple[sa.schema.SchemaItem, ...]:
    """What every row of a municipality has."""
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def inside(table: str, column: str, name: str) -> sa.ForeignKeyConstraint:
    """A reference that is accepted within one municipality only."""
    return sa.ForeignKeyConstraint(
        ["municipality_id", column], [f"{table}.municipality_id", f"{table}.id"], name=name
    )


def _allow(words: Sequence[str]) -> None:
    """Let notices be of the kinds ``words``."""
    with op.batch_alter_table("notice") as table:
        table.drop_constraint("notice_kind", type_="check")
        table.create_check_constraint("notice_kind", sa.column("kind").in_(words))


def upgrade() -> None:
    _create_moves()
    _create_consents()
    _create_incoming()
    _allow(OLD_NOTICES + NEW_NOTICES)


def _create_moves() -> None:
    op.create_table(
        "plan_move",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("to_municipality_id", sa.Integer(), nullable=False),
        sa.Column("state", one_of(STATES, "plan_move_state"), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("sent_sections", sa.JSON(), nullable=False),
        sa.Column("package_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("asked_at", instant(), nullable=False),
        sa.Column("sent_at", instant(), nullable=True),
        sa.Column("expires_at", instant(), nullable=True),
        sa.Column("ended_at", instant(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        *row(),
        sa.ForeignKeyConstraint(["to_municipality_id"], ["municipality.id"]),
        inside("plan", "plan_id", "fk_plan_move_plan"),
        sa.UniqueConstraint("municipality_id", "id", name="uq_plan_move_tenant"),
        sa.UniqueConstraint("package_id", name="uq_plan_move_package"),
        sa.CheckConstraint("to_municipality_id <> municipality_id", name="ck_plan_move_leaves"),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state IN ('asked', 'sent'))", name="ck_plan_move_ended"
        ),
        sa.CheckConstraint("(sent_at IS NULL) = (package_id IS NULL)", name="ck_plan_move_sent"),
    )
    op.create_index("ix_plan_move_plan", "plan_move", ["municipality_id", "plan_id"])
    op.create_index(
        "uq_plan_move_open",
        "plan_move",
        ["municipality_id", "plan_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )


def _create_consents() -> None:
    op.create_table(
        "move_consent",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("move_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("giver_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "capacity",
            one_of(("owner", "guardian", "representative"), "move_consent_capacity"),
            nullable=False,
        ),
        sa.Column("authority_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("text_number", sa.Integer(), nullable=False),
        sa.Column(
            "method", one_of(("digital", "paper", "oral"), "move_consent_method"), nullable=False
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("scan_key", sa.String(40), nullable=True),
        sa.Column("scan_type", sa.String(100), nullable=True),
        sa.Column("given_at", instant(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", instant(), nullable=True),
        *row(),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["ab_user.id"]),
        inside("plan", "plan_id", "fk_move_consent_plan"),
        inside("plan_move", "move_id", "fk_move_consent_move"),
        inside("person", "giver_id", "fk_move_consent_giver"),
        inside("authority", "authority_id", "fk_move_consent_authority"),
        sa.CheckConstraint(
            "(capacity = 'owner') = (authority_id IS NULL)", name="ck_move_consent_capacity"
        ),
    )
    op.create_index("ix_move_consent_plan", "move_consent", ["municipality_id", "plan_id"])
    op.create_index("ix_move_consent_move", "move_consent", ["municipality_id", "move_id"])


def _create_incoming() -> None:
    op.create_table(
        "incoming_plan",
        sa.Column("from_municipality_id", sa.Integer(), nullable=False),
        sa.Column("state", one_of(STATES, "incoming_plan_state"), nullable=False),
        sa.Column("kind", one_of(PLAN_KINDS, "incoming_plan_kind"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("contact", sa.String(201), nullable=False),
        sa.Column("sealed_owner", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=True),
        sa.Column("coordinator_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("sent_at", instant(), nullable=False),
        sa.Column("expires_at", instant(), nullable=False),
        sa.Column("ended_at", instant(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=True),
        *row(),
        sa.ForeignKeyConstraint(["from_municipality_id"], ["municipality.id"]),
        inside("person", "coordinator_id", "fk_incoming_plan_coordinator"),
        inside("plan", "plan_id", "fk_incoming_plan_plan"),
        sa.CheckConstraint(
            "from_municipality_id <> municipality_id", name="ck_incoming_plan_arrives"
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (state = 'sent')", name="ck_incoming_plan_ended"),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (sealed_owner IS NOT NULL)"
            " AND (ended_at IS NULL) = (sealed_content IS NOT NULL)",
            name="ck_incoming_plan_gone_with_the_answer",
        ),
        sa.CheckConstraint(
            "(plan_id IS NOT NULL) = (state = 'accepted')", name="ck_incoming_plan_accepted"
        ),
    )
    op.create_index("ix_incoming_plan_open", "incoming_plan", ["municipality_id", "ended_at"])
    op.create_index("ix_incoming_plan_plan", "incoming_plan", ["municipality_id", "plan_id"])


def downgrade() -> None:
    notice = sa.table("notice", sa.column("kind"))
    op.execute(notice.delete().where(notice.c.kind.in_(NEW_NOTICES)))
    _allow(OLD_NOTICES)
    for table in ("incoming_plan", "move_consent", "plan_move"):
        op.drop_table(table)
