"""Move a unit to another municipality: the move on both sides, and where its plans belong there

Safe while the old code runs: it knows none of the new tables. Jobs and notices of the new kinds it
shows only as an error, so move all web workers before anybody moves a unit. On SQLite the tables of
jobs, notices and incoming plans are written anew, which takes a moment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

STATES = ("proposed", "accepted", "done", "declined", "taken_back")
JOBS = (
    "person_import",
    "role_publishing",
    "template_publishing",
    "duplicate_scan",
    "clean_up",
    "clean_up_undo",
    "municipality_joining",
)
NEW_JOB = "unit_move"
NOTICES = (
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
    "move_consent_wanted",
    "move_consent_given",
    "move_sent",
    "move_stopped",
    "plan_moved",
    "role_proposed",
    "template_proposed",
    "participant_twice",
    "plan_twice",
    "evaluation_wanted",
    "consent_to_renew",
    "coordinator_changed",
    "plan_paused",
    "tidying_undone",
    "pulse_wanted",
)
NEW_NOTICE = "unit_moves"
IS_OPEN = "(ended_at IS NULL) = (state IN ('proposed', 'accepted'))"


def one_of(name: str) -> sa.Enum:
    """The states, checked by the database."""
    return sa.Enum(*STATES, name=name, native_enum=False, create_constraint=True, length=40)


def instant() -> sa.DateTime:
    """A point in time, with its zone."""
    return sa.DateTime(timezone=True)


def inside(table: str, column: str, name: str) -> sa.ForeignKeyConstraint:
    """A reference that is accepted within one municipality only."""
    return sa.ForeignKeyConstraint(
        ["municipality_id", column], [f"{table}.municipality_id", f"{table}.id"], name=name
    )


def row() -> tuple[sa.schema.SchemaItem, ...]:
    """What every row of a municipality has."""
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def _allow(name: str, *kinds: str) -> None:
    """Let the kind of a table's rows be one of ``kinds``."""
    with op.batch_alter_table(name) as table:
        table.drop_constraint(f"{name}_kind", type_="check")
        table.create_check_constraint(f"{name}_kind", sa.column("kind").in_(kinds))


def upgrade() -> None:
    """Make the tables, and the column for where a plan belongs."""
    _allow("job", *JOBS, NEW_JOB)
    _allow("notice", *NOTICES, NEW_NOTICE)
    _make_outgoing()
    _make_incoming()
    with op.batch_alter_table("incoming_plan") as table:
        table.add_column(sa.Column("unit_id", sa.Uuid(as_uuid=False), nullable=True))
        table.create_foreign_key(
            "fk_incoming_plan_unit",
            "unit",
            ["municipality_id", "unit_id"],
            ["municipality_id", "id"],
        )
        table.create_index("ix_incoming_plan_unit", ["municipality_id", "unit_id"])


def _make_outgoing() -> None:
    op.create_table(
        "unit_move",
        sa.Column("unit_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("to_municipality_id", sa.Integer(), nullable=False),
        sa.Column("state", one_of("unit_move_state"), nullable=False),
        sa.Column("offered", sa.JSON(), nullable=False),
        sa.Column("unit_ids", sa.JSON(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", instant(), nullable=False),
        sa.Column("answered_at", instant(), nullable=True),
        sa.Column("job_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("ended_at", instant(), nullable=True),
        *row(),
        sa.ForeignKeyConstraint(["to_municipality_id"], ["municipality.id"]),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["ab_user.id"]),
        inside("unit", "unit_id", "fk_unit_move_unit"),
        inside("job", "job_id", "fk_unit_move_job"),
        sa.CheckConstraint(
            "to_municipality_id <> municipality_id OR ended_at IS NOT NULL",
            name="ck_unit_move_leaves",
        ),
        sa.CheckConstraint(IS_OPEN, name="ck_unit_move_ended"),
    )
    with op.batch_alter_table("unit_move") as table:
        table.create_index("ix_unit_move_job", ["municipality_id", "job_id"])
        table.create_index(
            "uq_unit_move_open",
            ["municipality_id", "unit_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )


def _make_incoming() -> None:
    op.create_table(
        "incoming_units",
        sa.Column("from_municipality_id", sa.Integer(), nullable=False),
        sa.Column("state", one_of("incoming_units_state"), nullable=False),
        sa.Column("offered", sa.JSON(), nullable=False),
        sa.Column("open_plans", sa.Integer(), nullable=False),
        sa.Column("made", sa.JSON(), nullable=False),
        sa.Column("proposed_at", instant(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", instant(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("ended_at", instant(), nullable=True),
        *row(),
        sa.ForeignKeyConstraint(["from_municipality_id"], ["municipality.id"]),
        sa.ForeignKeyConstraint(["answered_by_id"], ["ab_user.id"]),
        sa.CheckConstraint(
            "from_municipality_id <> municipality_id OR ended_at IS NOT NULL",
            name="ck_incoming_units_arrive",
        ),
        sa.CheckConstraint(IS_OPEN, name="ck_incoming_units_ended"),
        sa.CheckConstraint("open_plans % 5 = 0", name="ck_incoming_units_plans_in_steps"),
    )
    with op.batch_alter_table("incoming_units") as table:
        table.create_index("ix_incoming_units_open", ["municipality_id", "ended_at"])


def downgrade() -> None:
    """Take the tables and the column away, and what only they explain."""
    with op.batch_alter_table("incoming_plan") as table:
        table.drop_index("ix_incoming_plan_unit")
        table.drop_constraint("fk_incoming_plan_unit", type_="foreignkey")
        table.drop_column("unit_id")
    op.drop_table("incoming_units")
    op.drop_table("unit_move")
    job = sa.table("job", sa.column("kind"))
    op.execute(job.delete().where(job.c.kind == NEW_JOB))
    _allow("job", *JOBS)
    notice = sa.table("notice", sa.column("kind"))
    op.execute(notice.delete().where(notice.c.kind == NEW_NOTICE))
    _allow("notice", *NOTICES)
