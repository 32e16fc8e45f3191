"""Fill in whose plan versions are of that do not tell it yet

On PostgreSQL 0014 filled in none where an owner of the tables ran it whom row level security holds
back, and code of before 0014 left the column empty while an upgrade went on. Safe while the old
code runs. Going down leaves what is filled in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Fill the empty ones from the entries."""
    version = sa.table("plan_entry_version", sa.column("entry_id"), sa.column("plan_id"))
    entry = sa.table("plan_entry", sa.column("id"), sa.column("plan_id"))
    of_entry = sa.select(entry.c.plan_id).where(entry.c.id == version.c.entry_id)
    empty = version.update().where(version.c.plan_id.is_(None))
    op.execute(empty.values(plan_id=of_entry.scalar_subquery()))


def downgrade() -> None:
    """Nothing is to be taken away."""
