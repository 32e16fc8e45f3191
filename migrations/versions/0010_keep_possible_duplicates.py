"""Keep possible duplicates of persons, what was answered about them, and what was merged

Persons get a pointer to the person they were merged into.

Safe while the old code runs: it knows none of the new tables and leaves the pointer empty. Jobs and
notices of the new kinds it shows only as an error, so move all web workers before a scan is started
or a coordinator is asked about a duplicate. On SQLite the table of persons is written anew, which
takes some seconds for a million.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

JOBS = ("person_import", "role_publishing", "template_publishing")
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
    "role_proposed",
    "template_proposed",
)
TWICE = ("participant_twice", "plan_twice")
MERGED_IS_RETIRED = "merged_into_id IS NULL OR (merged_into_id <> id AND retired_at IS NOT NULL)"


def one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    """A closed vocabulary, checked by the database."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _allow(name: str, *kinds: str) -> None:
    """Let the kind of a table's rows be one of ``kinds``."""
    with op.batch_alter_table(name) as table:
        table.drop_constraint(f"{name}_kind", type_="check")
        table.create_check_constraint(f"{name}_kind", sa.column("kind").in_(kinds))


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "match_model",
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", name="uq_match_model"),
    )
    op.create_table(
        "not_the_same",
        sa.Column(
            "what",
            one_of(("person", "account", "participant", "plan", "unit"), "not_the_same_what"),
            nullable=False,
        ),
        sa.Column("first_id", sa.String(length=40), nullable=False),
        sa.Column("second_id", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name="ck_not_the_same_order"),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "municipality_id", "what", "first_id", "second_id", name="uq_not_the_same"
        ),
    )
    op.create_table(
        "duplicate_pair",
        sa.Column("first_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("second_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column(
            "band",
            one_of(("certain", "probable", "possible"), "duplicate_pair_band"),
            nullable=False,
        ),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            one_of(("open", "later", "not_same", "merged", "faded"), "duplicate_pair_state"),
            nullable=False,
        ),
        sa.Column("facts", sa.LargeBinary(16), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("registered_reason", sa.String(length=500), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name="ck_duplicate_pair_order"),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "first_id"],
            ["person.municipality_id", "person.id"],
            name="fk_duplicate_pair_first",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "second_id"],
            ["person.municipality_id", "person.id"],
            name="fk_duplicate_pair_second",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "first_id", "second_id", name="uq_duplicate_pair"),
    )
    with op.batch_alter_table("duplicate_pair") as table:
        table.create_index(
            "ix_duplicate_pair_queue", ["municipality_id", "state", "score", "id"], unique=False
        )
        table.create_index(
            "ix_duplicate_pair_second", ["municipality_id", "second_id"], unique=False
        )

    op.create_table(
        "match_key",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name="fk_match_key_person",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "key", "person_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "match_state",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.Column("scanned_digest", sa.LargeBinary(16), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name="fk_match_state_person",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "person_id"),
    )
    with op.batch_alter_table("match_state") as table:
        table.create_index(
            "ix_match_state_unscanned",
            ["municipality_id", "person_id"],
            unique=False,
            postgresql_where=sa.text("scanned_digest IS NULL OR scanned_digest <> digest"),
            sqlite_where=sa.text("scanned_digest IS NULL OR scanned_digest <> digest"),
        )

    op.create_table(
        "person_merge",
        sa.Column("kept_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("gone_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "state",
            one_of(("waiting", "done", "declined", "undone"), "person_merge_state"),
            nullable=False,
        ),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("look_at", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wanted_by", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kept_id <> gone_id", name="ck_person_merge_two"),
        sa.ForeignKeyConstraint(
            ["merged_by"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "gone_id"],
            ["person.municipality_id", "person.id"],
            name="fk_person_merge_gone",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "kept_id"],
            ["person.municipality_id", "person.id"],
            name="fk_person_merge_kept",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["wanted_by"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("person_merge") as table:
        table.create_index("ix_person_merge_kept", ["municipality_id", "kept_id"], unique=False)
        table.create_index(
            "ix_person_merge_state", ["municipality_id", "state", "id"], unique=False
        )
        table.create_index(
            "uq_person_merge_gone",
            ["municipality_id", "gone_id"],
            unique=True,
            postgresql_where=sa.text("state IN ('waiting', 'done')"),
            sqlite_where=sa.text("state IN ('waiting', 'done')"),
        )

    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("merged_into_id", sa.Uuid(as_uuid=False), nullable=True))
        table.add_column(sa.Column("claimed_id_cipher", sa.LargeBinary(), nullable=True))
        table.create_index(
            "ix_person_merged_into",
            ["municipality_id", "merged_into_id"],
            unique=False,
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        )
        table.create_foreign_key(
            "fk_person_merged_into",
            "person",
            ["municipality_id", "merged_into_id"],
            ["municipality_id", "id"],
        )
        table.create_check_constraint("ck_person_merged_is_retired", MERGED_IS_RETIRED)
    _allow("job", *JOBS, "duplicate_scan")
    _allow("notice", *NOTICES, *TWICE)


def downgrade() -> None:
    """Take the tables away. Persons who were merged stay out of use."""
    job = sa.table("job", sa.column("kind"))
    op.execute(job.delete().where(job.c.kind == "duplicate_scan"))
    _allow("job", *JOBS)
    notice = sa.table("notice", sa.column("kind"))
    op.execute(notice.delete().where(notice.c.kind.in_(TWICE)))
    _allow("notice", *NOTICES)
    with op.batch_alter_table("person") as table:
        table.drop_constraint("ck_person_merged_is_retired", type_="check")
        table.drop_constraint("fk_person_merged_into", type_="foreignkey")
        table.drop_index(
            "ix_person_merged_into",
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        )
        table.drop_column("claimed_id_cipher")
        table.drop_column("merged_into_id")

    op.drop_table("person_merge")
    op.drop_table("match_state")
    op.drop_table("match_key")
    op.drop_table("duplicate_pair")
    op.drop_table("not_the_same")
    op.drop_table("match_model")
