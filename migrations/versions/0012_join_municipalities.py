"""Let two municipalities be joined: who took over which, and who decided it

Safe while the old code runs: it neither reads nor writes what is new, and the conditions that
change become wider. On SQLite three tables are written anew, which takes a moment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

MOVES = {
    "plan_move": ("ck_plan_move_leaves", "to_municipality_id <> municipality_id"),
    "incoming_plan": ("ck_incoming_plan_arrives", "from_municipality_id <> municipality_id"),
}


def upgrade() -> None:
    """Make the table, and let moves that have ended be within one municipality."""
    with op.batch_alter_table("municipality") as table:
        table.add_column(sa.Column("joined_into_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            "fk_municipality_joined_into", "municipality", ["joined_into_id"], ["id"]
        )
        table.create_check_constraint(
            "ck_municipality_joined", "joined_into_id IS NULL OR NOT is_in_use"
        )
        table.create_index("ix_municipality_joined_into_id", ["joined_into_id"], unique=False)
    for name, (constraint, condition) in MOVES.items():
        with op.batch_alter_table(name) as table:
            table.drop_constraint(constraint, type_="check")
            table.create_check_constraint(constraint, f"{condition} OR ended_at IS NOT NULL")
    op.create_table(
        "municipality_joining",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "done",
                "declined",
                "taken_back",
                name="municipality_joining_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_id <> into_id", name="ck_municipality_joining_two"),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> proposed_by_id",
            name="ck_municipality_joining_by_two",
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state = 'proposed')", name="ck_municipality_joining_ended"
        ),
        sa.ForeignKeyConstraint(["from_id"], ["municipality.id"]),
        sa.ForeignKeyConstraint(["into_id"], ["municipality.id"]),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["approved_by_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("municipality_joining") as table:
        table.create_index("ix_municipality_joining_into", ["into_id"], unique=False)
        table.create_index(
            "uq_municipality_joining_open",
            ["from_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )


def downgrade() -> None:
    """Drop the table. Moves within one municipality, which joining leaves behind, stand in the way
    of the narrower conditions: they are kept, and so are the wider ones.
    """
    if op.get_bind().dialect.name == "postgresql":
        # It reads the column; the wall is put up anew with what an older version knows.
        op.execute("DROP POLICY IF EXISTS joined ON audit_event")
    op.drop_table("municipality_joining")
    with op.batch_alter_table("municipality") as table:
        table.drop_index("ix_municipality_joined_into_id")
        table.drop_constraint("ck_municipality_joined", type_="check")
        table.drop_constraint("fk_municipality_joined_into", type_="foreignkey")
        table.drop_column("joined_into_id")
