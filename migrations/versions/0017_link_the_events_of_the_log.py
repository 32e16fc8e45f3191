"""Link the events of the log in chains, so that what is changed in it afterwards is found

Safe while the old code runs: it knows nothing of the new table, and the events that it writes are
linked like all others. The first sealing links what there is, some ten thousand events a second.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

OWN_CHAIN = sa.text("municipality_id IS NULL")


def upgrade() -> None:
    """Make the table of links."""
    op.create_table(
        "audit_link",
        sa.Column("event_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("number > 0", name="ck_audit_link_number"),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_audit_link_municipality_id_municipality"),
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("municipality_id", "number", name="uq_audit_link_number"),
    )
    op.create_index(
        "uq_audit_link_own_number",
        "audit_link",
        ["number"],
        unique=True,
        postgresql_where=OWN_CHAIN,
        sqlite_where=OWN_CHAIN,
    )


def downgrade() -> None:
    """Forget the links."""
    op.drop_table("audit_link")
