"""Ask for a code with the answer to a link request

Whoever wrote somebody's national id on a login of their own could say yes in that person's name.
Now a yes takes a code that is handed over in person; its keyed hash is kept here, and how many
wrong ones were written. No code can be made for requests from before: they must be sent anew.

Safe while old code runs: it leaves both columns as they come. What it asks has no code, and must be
sent anew; what is answered through it needs none, so move all web workers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TRIES = "ck_account_link_request_tries"


def upgrade() -> None:
    with op.batch_alter_table("account_link_request") as table:
        table.add_column(sa.Column("code_hash", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("wrong_codes", sa.Integer(), server_default="0", nullable=False))
        table.create_check_constraint(TRIES, "code_hash IS NULL OR wrong_codes < 5")


def downgrade() -> None:
    with op.batch_alter_table("account_link_request") as table:
        table.drop_constraint(TRIES, type_="check")
        table.drop_column("wrong_codes")
        table.drop_column("code_hash")
