"""Keep what the desk needs: clean-ups, courses, routines, gatherings, introductions and pulses

Safe while the old code runs: it knows none of the new tables. Jobs and notices of the new kinds it
shows only as an error, so move all web workers before a clean-up is started. On SQLite the tables
of jobs and notices are written anew, which takes a moment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

JOBS = ("person_import", "role_publishing", "template_publishing", "duplicate_scan")
NEW_JOBS = ("clean_up", "clean_up_undo", "municipality_joining")
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
    "participant_twice",
    "plan_twice",
)
NEW_NOTICES = (
    "evaluation_wanted",
    "consent_to_renew",
    "coordinator_changed",
    "plan_paused",
    "tidying_undone",
    "pulse_wanted",
)


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
    with op.batch_alter_table("job") as table:
        table.create_unique_constraint("uq_job_tenant", ["municipality_id", "id"])
        table.add_column(sa.Column("run_id", sa.Uuid(as_uuid=False), nullable=True))
        table.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "round_run",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "introduction",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name="fk_introduction_person",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_introduction_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("introduction") as table:
        table.create_index("ix_introduction_plan", ["municipality_id", "plan_id"], unique=False)
        table.create_index(
            "uq_introduction",
            ["municipality_id", "plan_id", "person_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "pulse",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "useful",
            one_of(
                (
                    "good",
                    "so_so",
                    "bad",
                ),
                "pulse_useful",
            ),
            nullable=True,
        ),
        sa.Column(
            "heard",
            one_of(
                (
                    "good",
                    "so_so",
                    "bad",
                ),
                "pulse_heard",
            ),
            nullable=True,
        ),
        sa.Column(
            "knows_who",
            one_of(
                (
                    "good",
                    "so_so",
                    "bad",
                ),
                "pulse_knows_who",
            ),
            nullable=True,
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (useful IS NULL)"
            " AND (useful IS NULL) = (heard IS NULL)"
            " AND (useful IS NULL) = (knows_who IS NULL)",
            name="ck_pulse_answered_whole",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name="fk_pulse_person",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_pulse_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("pulse") as table:
        table.create_index("ix_pulse_answered", ["municipality_id", "answered_at"], unique=False)
        table.create_index("ix_pulse_plan", ["municipality_id", "plan_id"], unique=False)
        table.create_index(
            "uq_pulse_open",
            ["municipality_id", "plan_id", "person_id"],
            unique=True,
            postgresql_where=sa.text("answered_at IS NULL AND ended_at IS NULL"),
            sqlite_where=sa.text("answered_at IS NULL AND ended_at IS NULL"),
        )

    op.create_table(
        "tidied_plan",
        sa.Column("job_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "rule",
            one_of(
                (
                    "no_activity",
                    "consent_expired",
                    "owner_gone",
                    "coordinator_without_login",
                    "coordinator_leaves",
                    "evaluation_overdue",
                    "long_closed",
                ),
                "tidied_plan_rule",
            ),
            nullable=True,
        ),
        sa.Column("coordinator_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column(
            "state",
            one_of(
                (
                    "waiting",
                    "done",
                    "skipped",
                    "undone",
                    "left",
                ),
                "tidied_plan_state",
            ),
            nullable=False,
        ),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("left_because", sa.String(length=40), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "coordinator_id"],
            ["person.municipality_id", "person.id"],
            name="fk_tidied_plan_coordinator",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "job_id"],
            ["job.municipality_id", "job.id"],
            name="fk_tidied_plan_job",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_tidied_plan_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "job_id", "plan_id", name="uq_tidied_plan"),
    )
    with op.batch_alter_table("tidied_plan") as table:
        table.create_index("ix_tidied_plan_plan", ["municipality_id", "plan_id"], unique=False)
    _make_the_methods_tables()
    _allow("job", *JOBS, *NEW_JOBS)
    _allow("notice", *NOTICES, *NEW_NOTICES)


def _make_the_methods_tables() -> None:
    """Make those of courses, routines and gatherings."""
    op.create_table(
        "course",
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours IS NULL OR hours BETWEEN 1 AND 200", name="ck_course_hours"),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "id", name="uq_course_tenant"),
    )
    with op.batch_alter_table("course") as table:
        table.create_index("ix_course_day", ["municipality_id", "held_on"], unique=False)

    op.create_table(
        "gathering",
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "id", name="uq_gathering_tenant"),
    )
    with op.batch_alter_table("gathering") as table:
        table.create_index("ix_gathering_day", ["municipality_id", "held_on"], unique=False)

    op.create_table(
        "course_attendance",
        sa.Column("course_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "course_id"],
            ["course.municipality_id", "course.id"],
            name="fk_course_attendance_course",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name="fk_course_attendance_person",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("course_attendance") as table:
        table.create_index(
            "ix_course_attendance_person", ["municipality_id", "person_id"], unique=False
        )
        table.create_index(
            "uq_course_attendance",
            ["municipality_id", "course_id", "person_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "gathering_action",
        sa.Column("gathering_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("responsible_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "gathering_id"],
            ["gathering.municipality_id", "gathering.id"],
            name="fk_gathering_action_gathering",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "responsible_id"],
            ["person.municipality_id", "person.id"],
            name="fk_gathering_action_responsible",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("gathering_action") as table:
        table.create_index("ix_gathering_action", ["municipality_id", "gathering_id"], unique=False)

    op.create_table(
        "gathering_attendance",
        sa.Column("gathering_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("was_there", sa.Boolean(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "gathering_id"],
            ["gathering.municipality_id", "gathering.id"],
            name="fk_gathering_attendance_gathering",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name="fk_gathering_attendance_person",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("gathering_attendance") as table:
        table.create_index(
            "uq_gathering_attendance",
            ["municipality_id", "gathering_id", "person_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "routine",
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.String(length=500), nullable=False),
        sa.Column("keeper_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "keeper_id"],
            ["person.municipality_id", "person.id"],
            name="fk_routine_keeper",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "id", name="uq_routine_tenant"),
    )
    with op.batch_alter_table("routine") as table:
        table.create_index("ix_routine_review", ["municipality_id", "review_on"], unique=False)

    op.create_table(
        "routine_read",
        sa.Column("routine_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name="fk_routine_read_person",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "routine_id"],
            ["routine.municipality_id", "routine.id"],
            name="fk_routine_read_routine",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "municipality_id", "routine_id", "person_id", "number", name="uq_routine_read"
        ),
    )


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("tidied_plan")
    op.drop_table("pulse")
    op.drop_table("introduction")
    op.drop_table("routine_read")
    op.drop_table("routine")
    op.drop_table("gathering_attendance")
    op.drop_table("gathering_action")
    op.drop_table("gathering")
    op.drop_table("course_attendance")
    op.drop_table("course")
    op.drop_table("round_run")
    job = sa.table("job", sa.column("kind"))
    op.execute(job.delete().where(job.c.kind.in_(NEW_JOBS)))
    _allow("job", *JOBS)
    with op.batch_alter_table("job") as table:
        table.drop_constraint("uq_job_tenant", type_="unique")
        table.drop_column("seen_at")
        table.drop_column("run_id")
    notice = sa.table("notice", sa.column("kind"))
    op.execute(notice.delete().where(notice.c.kind.in_(NEW_NOTICES)))
    _allow("notice", *NOTICES)
