"""Keep templates, versions of templates and standard roles, and what is national of both

Plans keep the version of the template that they are made from, participants the number of their
standard role, and a grant may be for one's own activities only.

Safe while the old code runs: it knows none of the new tables, and every new column may be empty or
has a default. What the new code writes of new kinds (forms, notices, jobs) the old shows only as an
error, so move all web workers before templates are used.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

PLAN_KINDS = ("individual_plan", "education_plan", "development_plan", "relay_log", "family_plan")
ENTRIES = (
    "about",
    "mapping",
    "goal",
    "activity",
    "evaluation",
    "comment",
    "sub_plan",
    "meeting",
    "document",
)
NOTICES = (
    "consent_wanted",
    "consent_given",
    "consent_withdrawn",
    "consent_ends",
    "handover_offered",
    "handover_answered",
    "access_stopped",
    "change_wanted",
    "emergency_access",
    "age_reached",
    "plan_closed",
    "plan_reopened",
    "move_consent_wanted",
    "move_consent_given",
    "move_sent",
    "move_stopped",
    "plan_moved",
)
CHECKS = (
    ("job", "job_kind", ("person_import",), ("role_publishing", "template_publishing")),
    ("plan_entry", "plan_entry_kind", ENTRIES, ("form",)),
    ("notice", "notice_kind", NOTICES, ("role_proposed", "template_proposed")),
)


def one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    """A closed vocabulary, checked by the database."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _allow(name: str, check: str, words: tuple[str, ...]) -> None:
    """Let the kind of a table's rows be one of ``words``."""
    with op.batch_alter_table(name) as table:
        table.drop_constraint(check, type_="check")
        table.create_check_constraint(check, sa.column("kind").in_(words))


def upgrade() -> None:
    op.create_table(
        "national_piece",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "what", one_of(("standard_role", "template"), "national_piece_what"), nullable=False
        ),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("what", "key", name="uq_national_piece_key"),
    )
    op.create_table(
        "national_version",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("piece_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["piece_id"],
            ["national_piece.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("piece_id", "number", name="uq_national_version_number"),
    )
    op.create_index(
        "uq_national_version_draft",
        "national_version",
        ["piece_id"],
        unique=True,
        postgresql_where=sa.text("published_at IS NULL"),
        sqlite_where=sa.text("published_at IS NULL"),
    )

    op.create_table(
        "template",
        sa.Column("kind", one_of(PLAN_KINDS, "template_kind"), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("national_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("national_number", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.ForeignKeyConstraint(
            ["national_id"],
            ["national_piece.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "id", name="uq_template_tenant"),
        sa.UniqueConstraint("municipality_id", "key", name="uq_template_key"),
    )
    op.create_index(
        "ix_template_kind", "template", ["municipality_id", "kind", "position"], unique=False
    )

    op.create_table(
        "standard_role_version",
        sa.Column("role_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column(
            "reach",
            one_of(("new_only", "all_existing"), "standard_role_version_reach"),
            nullable=True,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "role_id"],
            ["standard_role.municipality_id", "standard_role.id"],
            name="fk_standard_role_version_role",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "municipality_id", "role_id", "number", name="uq_standard_role_version_number"
        ),
    )
    op.create_index(
        "uq_standard_role_version_draft",
        "standard_role_version",
        ["municipality_id", "role_id"],
        unique=True,
        postgresql_where=sa.text("published_at IS NULL"),
        sqlite_where=sa.text("published_at IS NULL"),
    )

    op.create_table(
        "template_version",
        sa.Column("template_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "template_id"],
            ["template.municipality_id", "template.id"],
            name="fk_template_version_template",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "id", name="uq_template_version_tenant"),
        sa.UniqueConstraint(
            "municipality_id", "template_id", "number", name="uq_template_version_number"
        ),
    )
    op.create_index(
        "uq_template_version_draft",
        "template_version",
        ["municipality_id", "template_id"],
        unique=True,
        postgresql_where=sa.text("published_at IS NULL"),
        sqlite_where=sa.text("published_at IS NULL"),
    )

    op.create_table(
        "role_proposal",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("participant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("role_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (accepted IS NULL)", name="ck_role_proposal_answer"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "participant_id"],
            ["participant.municipality_id", "participant.id"],
            name="fk_role_proposal_participant",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_role_proposal_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "role_id"],
            ["standard_role.municipality_id", "standard_role.id"],
            name="fk_role_proposal_role",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_role_proposal_plan", "role_proposal", ["municipality_id", "plan_id"], unique=False
    )
    op.create_index(
        "uq_role_proposal_open",
        "role_proposal",
        ["municipality_id", "participant_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
        sqlite_where=sa.text("answered_at IS NULL"),
    )

    with op.batch_alter_table("participant") as table:
        table.add_column(sa.Column("standard_role_number", sa.Integer(), nullable=True))
        table.create_index(
            "ix_participant_standard_role", ["municipality_id", "standard_role_id"], unique=False
        )

    with op.batch_alter_table("plan") as table:
        table.add_column(sa.Column("template_version_id", sa.Uuid(as_uuid=False), nullable=True))
        table.create_index(
            "ix_plan_template_version", ["municipality_id", "template_version_id"], unique=False
        )
        table.create_foreign_key(
            "fk_plan_template_version",
            "template_version",
            ["municipality_id", "template_version_id"],
            ["municipality_id", "id"],
        )

    with op.batch_alter_table("plan_grant") as table:
        table.add_column(
            sa.Column("own_only", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("plan_type") as table:
        table.add_column(sa.Column("own_consent", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("standard_role") as table:
        table.add_column(sa.Column("key", sa.String(length=60), nullable=True))
        table.add_column(sa.Column("capabilities", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("given_by", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("number", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("national_id", sa.Uuid(as_uuid=False), nullable=True))
        table.add_column(sa.Column("national_number", sa.Integer(), nullable=True))
        table.create_unique_constraint("uq_standard_role_key", ["municipality_id", "key"])
        table.create_foreign_key(
            "fk_standard_role_national", "national_piece", ["national_id"], ["id"]
        )
    for name, check, words, more in CHECKS:
        _allow(name, check, (*words, *more))


def downgrade() -> None:
    for name, check, words, more in CHECKS:
        table = sa.table(name, sa.column("kind"))
        op.execute(table.delete().where(table.c.kind.in_(more)))
        _allow(name, check, words)
    with op.batch_alter_table("standard_role") as table:
        table.drop_constraint("fk_standard_role_national", type_="foreignkey")
        table.drop_constraint("uq_standard_role_key", type_="unique")
        for column in (
            "national_number",
            "national_id",
            "number",
            "given_by",
            "capabilities",
            "key",
        ):
            table.drop_column(column)
    with op.batch_alter_table("plan_type") as table:
        table.drop_column("own_consent")
    with op.batch_alter_table("plan_grant") as table:
        table.drop_column("own_only")
    with op.batch_alter_table("plan") as table:
        table.drop_constraint("fk_plan_template_version", type_="foreignkey")
        table.drop_index("ix_plan_template_version")
        table.drop_column("template_version_id")
    with op.batch_alter_table("participant") as table:
        table.drop_index("ix_participant_standard_role")
        table.drop_column("standard_role_number")
    for name in (
        "role_proposal",
        "template_version",
        "standard_role_version",
        "template",
        "national_version",
        "national_piece",
    ):
        op.drop_table(name)
