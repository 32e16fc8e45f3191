"""Tell of each version of plan content whose plan it is, so that counting writers reads no content

Safe while the old code runs: it leaves the column empty, which may be. What it saves meanwhile is
not counted among what is written in the plan until somebody saves there again, so move the web
workers soon. On SQLite the table of versions is written anew, which takes some seconds for a
million.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

INDEX = "ix_plan_entry_version_writers"
PLAN = "fk_plan_entry_version_plan"


def upgrade() -> None:
    """Add the column, fill it from the entries, and put an index on it."""
    with op.batch_alter_table("plan_entry_version") as table:
        table.add_column(sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=True))
        table.create_foreign_key(
            PLAN, "plan", ["municipality_id", "plan_id"], ["municipality_id", "id"]
        )
    _fill()
    op.create_index(INDEX, "plan_entry_version", ["municipality_id", "plan_id", "author_id", "at"])


def _fill() -> None:
    version = sa.table("plan_entry_version", sa.column("entry_id"), sa.column("plan_id"))
    entry = sa.table("plan_entry", sa.column("id"), sa.column("plan_id"))
    of_entry = sa.select(entry.c.plan_id).where(entry.c.id == version.c.entry_id)
    op.execute(version.update().values(plan_id=of_entry.scalar_subquery()))


def downgrade() -> None:
    """Take the column away."""
    op.drop_index(INDEX, "plan_entry_version")
    with op.batch_alter_table("plan_entry_version") as table:
        table.drop_constraint(PLAN, type_="foreignkey")
        table.drop_column("plan_id")
