"""Tell which national version a draft says, and keep what was done in a national draft for undoing

A draft that says a national version is an answer to it only when it is published, so the number
stands with the draft until then. Safe while the old code runs: it leaves the columns empty, which
may be; a copy whose versions tell of none comes from the version that it tells of itself.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

OF_MUNICIPALITIES = ("standard_role_version", "template_version")


def upgrade() -> None:
    """Add the columns."""
    for table in OF_MUNICIPALITIES:
        op.add_column(table, sa.Column("national_number", sa.Integer(), nullable=True))
    op.add_column("national_version", sa.Column("changes", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take the columns away."""
    for table in OF_MUNICIPALITIES:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("national_number")
    with op.batch_alter_table("national_version") as batch:
        batch.drop_column("changes")
