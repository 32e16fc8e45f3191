"""Keep why a participation ended, and the last day that the owner's side has set for it

Without the day, a coordinator could prolong what the owner has shortened.

Safe while the old code runs: both columns may be empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("participant", sa.Column("ended_reason", sa.String(500)))
    op.add_column("participant", sa.Column("not_after_on", sa.Date()))


def downgrade() -> None:
    op.drop_column("participant", "not_after_on")
    op.drop_column("participant", "ended_reason")
