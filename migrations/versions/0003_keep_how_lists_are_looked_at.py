"""Keep how lists are looked at, what can be undone, and indexes to search by

Each account keeps its columns and saved views of a list, and what it did to many rows at once.
Persons are found by e-mail, phone and id in another system, the retired ones too.

Safe while old code runs: it knows none of the new tables and needs nothing of the new indexes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

OPEN = sa.text("ended_at IS NULL")
SEARCHED = ("email", "phone", "external_id")


def upgrade() -> None:
    for column in SEARCHED:
        op.create_index(f"ix_person_{column}", "person", ["municipality_id", column])
    op.create_table(
        "list_setting",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("list_name", sa.String(length=40), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "list_name", name="uq_list_setting"),
    )
    op.create_table(
        "saved_view",
        *_of_a_municipality(),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("list_name", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ended_at IS NULL OR name = ''", name="ck_saved_view_removed_is_empty"),
        *_keys(),
    )
    op.create_index(
        "uq_saved_view_name",
        "saved_view",
        ["municipality_id", "account_id", "list_name", "name"],
        unique=True,
        postgresql_where=OPEN,
        sqlite_where=OPEN,
    )
    op.create_table(
        "bulk_change",
        *_of_a_municipality(),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("list_name", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        *_keys(),
    )
    op.create_index(
        "ix_bulk_change_account", "bulk_change", ["municipality_id", "account_id", "list_name"]
    )


def _of_a_municipality() -> tuple[sa.Column, ...]:
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
    )


def _keys() -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(["account_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("bulk_change")
    op.drop_table("saved_view")
    op.drop_table("list_setting")
    for column in SEARCHED:
        op.drop_index(f"ix_person_{column}", "person")
