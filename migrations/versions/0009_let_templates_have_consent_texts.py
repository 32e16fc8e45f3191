"""Let templates have consent texts of their own

A text belongs to a version of a template, or to the kind of plan as before.

Safe while the old code runs: the column may be empty, and the old code leaves it so. A text of a
template that the old code finds is shown as the newest of its kind, so move all web workers before
a template with a text is used.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

FOREIGN = "fk_consent_text_template_version"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("consent_text") as table:
        table.add_column(sa.Column("template_version_id", sa.Uuid(as_uuid=False)))
        table.create_foreign_key(
            FOREIGN,
            "template_version",
            ["municipality_id", "template_version_id"],
            ["municipality_id", "id"],
        )


def downgrade() -> None:
    """Take the column away. Texts of templates become texts of their kind, for consents that were
    given to them are tied to them."""
    with op.batch_alter_table("consent_text") as table:
        table.drop_constraint(FOREIGN, type_="foreignkey")
        table.drop_column("template_version_id")
