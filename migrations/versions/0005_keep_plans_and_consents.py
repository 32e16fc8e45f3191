"""Keep plans, who takes part in them, consents, and what is written

An audit event says which plan it is about, so that an owner can be shown what was done.

Safe while the old code runs: it knows none of the new tables, and the new column may be empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

PLAN_KINDS = ("individual_plan", "education_plan", "development_plan", "relay_log", "family_plan")
SECTIONS = (
    "about_me",
    "mapping",
    "goals",
    "activities",
    "comments",
    "sub_plans",
    "documents",
    "meetings",
    "calendar",
    "messages",
    "participants",
    "consents",
    "print_export",
    "event_log",
    "access_log",
)
LEVELS = ("none", "read", "comment", "write", "manage")
TABLES = (
    "plan_entry_version",
    "plan_grant",
    "plan_entry",
    "consent_cover",
    "withheld_section",
    "stand_in",
    "plan_visit",
    "plan_decision",
    "participant",
    "notice",
    "handover",
    "emergency_access",
    "consent",
    "plan",
    "authority",
    "standard_role",
    "plan_type",
    "entry_draft",
    "consent_text",
    "age_rule",
)


def one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    """A closed vocabulary, checked by the database."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "age_rule",
        sa.Column("kind", one_of(PLAN_KINDS, "age_rule_kind"), nullable=False),
        sa.Column("own_consent_age", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("own_consent_age BETWEEN 12 AND 18", name="ck_age_rule_age"),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "kind", "valid_from", name="uq_age_rule_from"),
    )
    op.create_table(
        "consent_text",
        sa.Column("kind", one_of(PLAN_KINDS, "consent_text_kind"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "id", name="uq_consent_text_tenant"),
        sa.UniqueConstraint("municipality_id", "kind", "number", name="uq_consent_text_number"),
    )
    op.create_table(
        "entry_draft",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "account_id", "place", name="uq_entry_draft_place"),
    )
    op.create_table(
        "plan_type",
        sa.Column("kind", one_of(PLAN_KINDS, "plan_type_kind"), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("coordinator_names", sa.JSON(), nullable=False),
        sa.Column("consent_months", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "kind", name="uq_plan_type_kind"),
    )
    op.create_table(
        "standard_role",
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("matrix", sa.JSON(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "id", name="uq_standard_role_tenant"),
    )
    op.create_table(
        "authority",
        sa.Column("owner_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("holder_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "kind",
            one_of(
                ("parental_responsibility", "legal_guardian", "power_of_attorney"), "authority_kind"
            ),
            nullable=False,
        ),
        sa.Column("may_consent", sa.Boolean(), nullable=False),
        sa.Column("ground", sa.String(length=500), nullable=False),
        sa.Column("stated_by_id", sa.Integer(), nullable=True),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="ck_authority_period"),
        sa.CheckConstraint("owner_id <> holder_id", name="ck_authority_not_own"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "holder_id"],
            ["person.municipality_id", "person.id"],
            name="fk_authority_holder",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "owner_id"],
            ["person.municipality_id", "person.id"],
            name="fk_authority_owner",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.ForeignKeyConstraint(
            ["stated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "id", name="uq_authority_tenant"),
    )
    op.create_index(
        "ix_authority_holder", "authority", ["municipality_id", "holder_id"], unique=False
    )
    op.create_index(
        "ix_authority_owner", "authority", ["municipality_id", "owner_id"], unique=False
    )

    op.create_table(
        "plan",
        sa.Column("kind", one_of(PLAN_KINDS, "plan_kind"), nullable=False),
        sa.Column(
            "state",
            one_of(
                ("draft", "awaiting_consent", "active", "paused", "closed", "archived"),
                "plan_state",
            ),
            nullable=False,
        ),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("coordinator_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("unit_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("continues_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("next_evaluation_on", sa.Date(), nullable=True),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("resources", sa.Text(), nullable=False),
        sa.Column("cooperation", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_activity_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NOT NULL) = (state IN ('closed', 'archived'))", name="ck_plan_closed"
        ),
        sa.CheckConstraint(
            "(kind = 'relay_log') = (level IS NOT NULL)"
            " AND (level IS NULL OR level BETWEEN 0 AND 3)",
            name="ck_plan_level",
        ),
        sa.CheckConstraint("period_to IS NULL OR period_to > period_from", name="ck_plan_period"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "continues_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_plan_continues",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "coordinator_id"],
            ["person.municipality_id", "person.id"],
            name="fk_plan_coordinator",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "owner_id"],
            ["person.municipality_id", "person.id"],
            name="fk_plan_owner",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "unit_id"], ["unit.municipality_id", "unit.id"], name="fk_plan_unit"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "id", name="uq_plan_tenant"),
    )
    op.create_index(
        "ix_plan_activity", "plan", ["municipality_id", "last_activity_at", "id"], unique=False
    )
    op.create_index(
        "ix_plan_coordinator", "plan", ["municipality_id", "coordinator_id", "id"], unique=False
    )
    op.create_index("ix_plan_owner", "plan", ["municipality_id", "owner_id"], unique=False)
    op.create_index("ix_plan_unit", "plan", ["municipality_id", "unit_id"], unique=False)
    op.create_index(
        "uq_plan_one_open_individual_plan",
        "plan",
        ["municipality_id", "owner_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'individual_plan' AND closed_at IS NULL"),
        sqlite_where=sa.text("kind = 'individual_plan' AND closed_at IS NULL"),
    )

    op.create_table(
        "consent",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "kind",
            one_of(("plan_is_made", "information_is_shared"), "consent_kind"),
            nullable=False,
        ),
        sa.Column("giver_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "capacity",
            one_of(("owner", "guardian", "representative"), "consent_capacity"),
            nullable=False,
        ),
        sa.Column("authority_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("text_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("method", one_of(("digital", "paper", "oral"), "consent_method"), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("scan_key", sa.String(length=40), nullable=True),
        sa.Column("scan_type", sa.String(length=100), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(capacity = 'owner') = (authority_id IS NULL)", name="ck_consent_capacity"
        ),
        sa.CheckConstraint("ends_on > starts_on", name="ck_consent_period"),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR withdrawn_at >= given_at", name="ck_consent_withdrawn_after"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "authority_id"],
            ["authority.municipality_id", "authority.id"],
            name="fk_consent_authority",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "giver_id"],
            ["person.municipality_id", "person.id"],
            name="fk_consent_giver",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_consent_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "text_id"],
            ["consent_text.municipality_id", "consent_text.id"],
            name="fk_consent_text",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "id", name="uq_consent_tenant"),
    )
    op.create_index("ix_consent_ends", "consent", ["municipality_id", "ends_on"], unique=False)
    op.create_index("ix_consent_giver", "consent", ["municipality_id", "giver_id"], unique=False)
    op.create_index("ix_consent_plan", "consent", ["municipality_id", "plan_id"], unique=False)

    op.create_table(
        "emergency_access",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name="ck_emergency_access_period"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name="fk_emergency_access_person",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_emergency_access_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_emergency_access_plan", "emergency_access", ["municipality_id", "plan_id"], unique=False
    )

    op.create_table(
        "handover",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("from_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("to_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(answered_at IS NULL) = (accepted IS NULL)", name="ck_handover_answer"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "from_id"],
            ["person.municipality_id", "person.id"],
            name="fk_handover_from",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_handover_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "to_id"],
            ["person.municipality_id", "person.id"],
            name="fk_handover_to",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_handover_plan", "handover", ["municipality_id", "plan_id"], unique=False)
    op.create_index("ix_handover_to", "handover", ["municipality_id", "to_id"], unique=False)
    op.create_index(
        "uq_handover_open",
        "handover",
        ["municipality_id", "plan_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
        sqlite_where=sa.text("answered_at IS NULL"),
    )

    op.create_table(
        "notice",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "kind",
            one_of(
                (
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
                ),
                "notice_kind",
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name="fk_notice_person",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_notice_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_notice_person", "notice", ["municipality_id", "person_id", "settled_at"], unique=False
    )
    op.create_index("ix_notice_plan", "notice", ["municipality_id", "plan_id"], unique=False)

    op.create_table(
        "participant",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("unit_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("standard_role_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("function", sa.String(length=100), nullable=False),
        sa.Column("contribution", sa.String(length=500), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="ck_participant_period"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name="fk_participant_person",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_participant_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "standard_role_id"],
            ["standard_role.municipality_id", "standard_role.id"],
            name="fk_participant_standard_role",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "unit_id"],
            ["unit.municipality_id", "unit.id"],
            name="fk_participant_unit",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "id", name="uq_participant_tenant"),
    )
    op.create_index(
        "ix_participant_person", "participant", ["municipality_id", "person_id"], unique=False
    )
    op.create_index(
        "ix_participant_plan", "participant", ["municipality_id", "plan_id"], unique=False
    )
    op.create_index(
        "uq_participant_open",
        "participant",
        ["municipality_id", "plan_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "plan_decision",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "kind",
            one_of(
                ("individual_decision", "right_of_complaint", "no_decision"), "plan_decision_kind"
            ),
            nullable=False,
        ),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("legal_ground", sa.String(length=300), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("complaint_until", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_plan_decision_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_plan_decision_plan", "plan_decision", ["municipality_id", "plan_id"], unique=False
    )

    op.create_table(
        "plan_visit",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name="fk_plan_visit_person",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_plan_visit_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "plan_id", "person_id", name="uq_plan_visit"),
    )
    op.create_index(
        "ix_plan_visit_plan", "plan_visit", ["municipality_id", "plan_id"], unique=False
    )

    op.create_table(
        "stand_in",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NOT NULL AND ends_on > starts_on", name="ck_stand_in_period"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name="fk_stand_in_person",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_stand_in_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_stand_in_person", "stand_in", ["municipality_id", "person_id"], unique=False
    )
    op.create_index("ix_stand_in_plan", "stand_in", ["municipality_id", "plan_id"], unique=False)

    op.create_table(
        "withheld_section",
        sa.Column("authority_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("section", one_of(SECTIONS, "withheld_section_section"), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "authority_id"],
            ["authority.municipality_id", "authority.id"],
            name="fk_withheld_section_authority",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_withheld_section_authority",
        "withheld_section",
        ["municipality_id", "authority_id"],
        unique=False,
    )

    op.create_table(
        "consent_cover",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("consent_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("participant_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("unit_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("section", one_of(SECTIONS, "consent_cover_section"), nullable=False),
        sa.Column("level", one_of(LEVELS, "consent_cover_level"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(participant_id IS NULL) <> (unit_id IS NULL)", name="ck_consent_cover_one"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "consent_id"],
            ["consent.municipality_id", "consent.id"],
            name="fk_consent_cover_consent",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "participant_id"],
            ["participant.municipality_id", "participant.id"],
            name="fk_consent_cover_participant",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_consent_cover_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "unit_id"],
            ["unit.municipality_id", "unit.id"],
            name="fk_consent_cover_unit",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_consent_cover_consent", "consent_cover", ["municipality_id", "consent_id"], unique=False
    )
    op.create_index(
        "ix_consent_cover_plan", "consent_cover", ["municipality_id", "plan_id"], unique=False
    )

    op.create_table(
        "plan_entry",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("section", one_of(SECTIONS, "plan_entry_section"), nullable=False),
        sa.Column(
            "kind",
            one_of(
                (
                    "about",
                    "mapping",
                    "goal",
                    "activity",
                    "evaluation",
                    "comment",
                    "sub_plan",
                    "meeting",
                    "document",
                ),
                "plan_entry_kind",
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column(
            "status",
            one_of(("planned", "ongoing", "reached", "stopped"), "plan_entry_status"),
            nullable=True,
        ),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("responsible_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("author_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "author_id"],
            ["person.municipality_id", "person.id"],
            name="fk_plan_entry_author",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "parent_id"],
            ["plan_entry.municipality_id", "plan_entry.id"],
            name="fk_plan_entry_parent",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_plan_entry_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "responsible_id"],
            ["participant.municipality_id", "participant.id"],
            name="fk_plan_entry_responsible",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "id", name="uq_plan_entry_tenant"),
    )
    op.create_index(
        "ix_plan_entry_changed",
        "plan_entry",
        ["municipality_id", "plan_id", "changed_at"],
        unique=False,
    )
    op.create_index(
        "ix_plan_entry_parent", "plan_entry", ["municipality_id", "parent_id"], unique=False
    )
    op.create_index(
        "ix_plan_entry_section",
        "plan_entry",
        ["municipality_id", "plan_id", "section", "position"],
        unique=False,
    )

    op.create_table(
        "plan_grant",
        sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("participant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("section", one_of(SECTIONS, "plan_grant_section"), nullable=False),
        sa.Column("level", one_of(LEVELS, "plan_grant_level"), nullable=False),
        sa.Column("given_by_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("level <> 'none'", name="ck_plan_grant_gives"),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="ck_plan_grant_period"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "participant_id"],
            ["participant.municipality_id", "participant.id"],
            name="fk_plan_grant_participant",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "plan_id"],
            ["plan.municipality_id", "plan.id"],
            name="fk_plan_grant_plan",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_plan_grant_plan", "plan_grant", ["municipality_id", "plan_id"], unique=False
    )
    op.create_index(
        "uq_plan_grant_open",
        "plan_grant",
        ["municipality_id", "participant_id", "section"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "plan_entry_version",
        sa.Column("entry_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "author_id"],
            ["person.municipality_id", "person.id"],
            name="fk_plan_entry_version_author",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "entry_id"],
            ["plan_entry.municipality_id", "plan_entry.id"],
            name="fk_plan_entry_version_entry",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "municipality_id", "entry_id", "number", name="uq_plan_entry_version_number"
        ),
    )
    op.add_column("audit_event", sa.Column("plan_id", sa.Uuid(as_uuid=False), nullable=True))
    op.create_index(
        "ix_audit_event_plan", "audit_event", ["municipality_id", "plan_id", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_audit_event_plan", table_name="audit_event")
    op.drop_column("audit_event", "plan_id")
    for table in TABLES:
        op.drop_table(table)
