"""Let people choose North Sámi, and remember who has put the first steps away

Safe while old code runs: it writes none but the languages it knows, and leaves the new column
empty. It shows a person or an account with North Sámi only as an error, so move the web workers
before people can choose the language.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

OLD = ("nb", "nn", "en")
NEW = (*OLD, "se")
CHECKS = {"account_profile": "account_language", "person": "person_language"}


def _allow(words: Sequence[str]) -> None:
    """Let people and accounts have the languages ``words``."""
    for name, check in CHECKS.items():
        with op.batch_alter_table(name) as table:
            table.drop_constraint(check, type_="check")
            table.create_check_constraint(check, sa.column("language").in_(words))


def upgrade() -> None:
    _allow(NEW)
    with op.batch_alter_table("account_profile") as table:
        table.add_column(
            sa.Column("first_steps_hidden_at", sa.DateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("account_profile") as table:
        table.drop_column("first_steps_hidden_at")
    for name in CHECKS:
        table = sa.table(name, sa.column("language"))
        op.execute(table.update().where(table.c.language == "se").values(language=None))
    _allow(OLD)
