"""Tables that the core of ``app.models`` does not point at: what stands beside it.

1. Lists            ListSetting, SavedView, BulkChange
2. Plans            Handover, PlanDecision, Notice, PlanVisit, PlanEntryVersion, EntryDraft
3. Moving           PlanMove, MoveConsent, IncomingPlan

``app.models`` lists those of a municipality among its own, so the walls stand round them too.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask_appbuilder import Model
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import (
    Instant,
    TenantOwned,
    Versioned,
    inside_municipality,
    new_id,
    of_plan,
    one_of,
)
from app.enums import (
    ConsentCapacity,
    ConsentMethod,
    DecisionKind,
    MoveState,
    NoticeKind,
    PlanKind,
)

if TYPE_CHECKING:
    from app.models import Person, Plan, PlanEntry

# --- 1. Lists ------------------------------------------------------------------------------------


class ListSetting(Model):
    """How an account wants a list to look, wherever it works: nothing of what is in the list."""

    __tablename__ = "list_setting"
    __table_args__ = (UniqueConstraint("account_id", "list_name", name="uq_list_setting"),)

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True, default=new_id)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    list_name: Mapped[str] = mapped_column(String(40))
    columns: Mapped[list[str]] = mapped_column(JSON, default=list)
    size: Mapped[int | None]


class SavedView(Versioned, TenantOwned):
    """What an account asked of a list, under a name of its own; emptied when it is removed.

    The parameters may hold a name that was searched for, so nobody else reads them.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR name = ''", name="ck_saved_view_removed_is_empty"),
        Index(
            "uq_saved_view_name",
            "municipality_id",
            "account_id",
            "list_name",
            "name",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    list_name: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    parameters: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class BulkChange(Versioned, TenantOwned):
    """What somebody did to one row or many at once, so that the same account can undo it.

    ``rows`` holds the id of each row and what undoing needs; it is emptied once it is undone.
    """

    __tablename__ = "bulk_change"
    __table_args__ = (
        Index("ix_bulk_change_account", "municipality_id", "account_id", "list_name"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    list_name: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    count: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


# --- 2. Plans and what is written in them ---------------------------------------------------------


class Handover(Versioned, TenantOwned):
    """The coordinator's role offered to somebody, who answers. The holder stays until a yes."""

    __tablename__ = "handover"
    __table_args__ = (
        *of_plan("handover"),
        inside_municipality("person", "from_id", "fk_handover_from"),
        inside_municipality("person", "to_id", "fk_handover_to"),
        CheckConstraint("(answered_at IS NULL) = (accepted IS NULL)", name="ck_handover_answer"),
        Index(
            "uq_handover_open",
            "municipality_id",
            "plan_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
            sqlite_where=text("answered_at IS NULL"),
        ),
        Index("ix_handover_to", "municipality_id", "to_id"),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    from_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    to_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    note: Mapped[str] = mapped_column(String(500), default="")
    offered_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    accepted: Mapped[bool | None]

    plan: Mapped["Plan"] = relationship(
        primaryjoin="foreign(Handover.plan_id) == Plan.id", viewonly=True
    )
    to: Mapped["Person"] = relationship(
        primaryjoin="foreign(Handover.to_id) == Person.id", viewonly=True
    )


class PlanDecision(Versioned, TenantOwned):
    """What was decided about a plan, what the municipality holds it to be, and until when one
    may complain."""

    __tablename__ = "plan_decision"
    __table_args__ = (*of_plan("plan_decision"),)

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    kind: Mapped[DecisionKind] = mapped_column(one_of(DecisionKind, "plan_decision_kind"))
    what: Mapped[str] = mapped_column(String(300))
    legal_ground: Mapped[str] = mapped_column(String(300))
    decided_on: Mapped[date]
    complaint_until: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class Notice(TenantOwned):
    """What a person is told about a plan, or has to do; kept until it is seen to."""

    __tablename__ = "notice"
    __table_args__ = (
        *of_plan("notice"),
        inside_municipality("person", "person_id", "fk_notice_person"),
        Index("ix_notice_person", "municipality_id", "person_id", "settled_at"),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    kind: Mapped[NoticeKind] = mapped_column(one_of(NoticeKind, "notice_kind"))
    text: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)

    plan: Mapped["Plan"] = relationship(
        primaryjoin="foreign(Notice.plan_id) == Plan.id", viewonly=True
    )


class PlanVisit(TenantOwned):
    """When a person was last in a plan, to tell what is new."""

    __tablename__ = "plan_visit"
    __table_args__ = (
        *of_plan("plan_visit"),
        UniqueConstraint("municipality_id", "plan_id", "person_id", name="uq_plan_visit"),
        inside_municipality("person", "person_id", "fk_plan_visit_person"),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    seen_at: Mapped[datetime] = mapped_column(Instant)


class PlanEntryVersion(TenantOwned):
    """What an entry was after a save, and who saved it. Added, never changed.

    ``plan_id`` is the entry's, for counting who writes; empty where code before 0014 saved it.
    """

    __tablename__ = "plan_entry_version"
    __table_args__ = (
        inside_municipality("plan", "plan_id", "fk_plan_entry_version_plan"),
        inside_municipality("plan_entry", "entry_id", "fk_plan_entry_version_entry"),
        inside_municipality("person", "author_id", "fk_plan_entry_version_author"),
        UniqueConstraint(
            "municipality_id", "entry_id", "number", name="uq_plan_entry_version_number"
        ),
        Index("ix_plan_entry_version_writers", "municipality_id", "plan_id", "author_id", "at"),
    )

    plan_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    entry_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    number: Mapped[int]
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    author_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    at: Mapped[datetime] = mapped_column(Instant)

    entry: Mapped["PlanEntry"] = relationship(
        primaryjoin="foreign(PlanEntryVersion.entry_id) == PlanEntry.id", viewonly=True
    )
    author: Mapped["Person | None"] = relationship(
        primaryjoin="foreign(PlanEntryVersion.author_id) == Person.id", viewonly=True
    )


class EntryDraft(TenantOwned):
    """What somebody was writing, saved while typing; emptied when the form is saved.

    ``place`` names the form: a section's new entry, or an entry.
    """

    __tablename__ = "entry_draft"
    __table_args__ = (
        UniqueConstraint("municipality_id", "account_id", "place", name="uq_entry_draft_place"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    place: Mapped[str] = mapped_column(String(120))
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    saved_at: Mapped[datetime] = mapped_column(Instant)


# --- 3. Moving to another municipality ------------------------------------------------------------


class PlanMove(Versioned, TenantOwned):
    """A plan on its way to another municipality, as the one it leaves knows it.

    ``sections`` were offered to those who consent, ``sent_sections`` went along. ``package_id`` is
    the id of the ``IncomingPlan`` over there: no key of the database leads across the border.
    """

    __tablename__ = "plan_move"
    __table_args__ = (
        *of_plan("plan_move"),
        UniqueConstraint("municipality_id", "id", name="uq_plan_move_tenant"),
        UniqueConstraint("package_id", name="uq_plan_move_package"),
        # Both may be one since: a move that has ended goes along when municipalities are joined.
        CheckConstraint(
            "to_municipality_id <> municipality_id OR ended_at IS NOT NULL",
            name="ck_plan_move_leaves",
        ),
        CheckConstraint(
            "(ended_at IS NULL) = (state IN ('asked', 'sent'))", name="ck_plan_move_ended"
        ),
        CheckConstraint("(sent_at IS NULL) = (package_id IS NULL)", name="ck_plan_move_sent"),
        Index(
            "uq_plan_move_open",
            "municipality_id",
            "plan_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    to_municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    state: Mapped[MoveState] = mapped_column(one_of(MoveState, "plan_move_state"))
    sections: Mapped[list[str]] = mapped_column(JSON, default=list)
    sent_sections: Mapped[list[str]] = mapped_column(JSON, default=list)
    package_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(500), default="")

    plan: Mapped["Plan"] = relationship(
        primaryjoin="foreign(PlanMove.plan_id) == Plan.id", viewonly=True
    )
    consents: Mapped[list["MoveConsent"]] = relationship(
        primaryjoin="PlanMove.id == foreign(MoveConsent.move_id)",
        order_by="MoveConsent.id",
        viewonly=True,
    )


class MoveConsent(Versioned, TenantOwned):
    """What somebody agreed to let go along to another municipality, as what, and how.

    ``text_number`` says which wording it was given to.
    """

    __tablename__ = "move_consent"
    __table_args__ = (
        *of_plan("move_consent"),
        inside_municipality("plan_move", "move_id", "fk_move_consent_move"),
        inside_municipality("person", "giver_id", "fk_move_consent_giver"),
        inside_municipality("authority", "authority_id", "fk_move_consent_authority"),
        CheckConstraint(
            "(capacity = 'owner') = (authority_id IS NULL)", name="ck_move_consent_capacity"
        ),
        Index("ix_move_consent_move", "municipality_id", "move_id"),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    move_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    giver_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    capacity: Mapped[ConsentCapacity] = mapped_column(
        one_of(ConsentCapacity, "move_consent_capacity")
    )
    authority_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    sections: Mapped[list[str]] = mapped_column(JSON, default=list)
    text_number: Mapped[int]
    method: Mapped[ConsentMethod] = mapped_column(one_of(ConsentMethod, "move_consent_method"))
    note: Mapped[str] = mapped_column(Text, default="")
    scan_key: Mapped[str | None] = mapped_column(String(40))
    scan_type: Mapped[str | None] = mapped_column(String(100))
    given_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)

    giver: Mapped["Person"] = relationship(
        primaryjoin="foreign(MoveConsent.giver_id) == Person.id", viewonly=True
    )


class IncomingPlan(Versioned, TenantOwned):
    """A plan that another municipality has sent here, and the answer.

    Whom it is about and what is in it is sealed, and gone with the answer. ``plan_id`` is the plan
    that was made of it. ``unit_id`` is the unit here that stands for the plan's unit over there,
    where that one moves here too.
    """

    __tablename__ = "incoming_plan"
    __table_args__ = (
        inside_municipality("person", "coordinator_id", "fk_incoming_plan_coordinator"),
        inside_municipality("plan", "plan_id", "fk_incoming_plan_plan"),
        inside_municipality("unit", "unit_id", "fk_incoming_plan_unit"),
        CheckConstraint(
            "from_municipality_id <> municipality_id OR ended_at IS NOT NULL",
            name="ck_incoming_plan_arrives",
        ),
        CheckConstraint("(ended_at IS NULL) = (state = 'sent')", name="ck_incoming_plan_ended"),
        CheckConstraint(
            "(ended_at IS NULL) = (sealed_owner IS NOT NULL)"
            " AND (ended_at IS NULL) = (sealed_content IS NOT NULL)",
            name="ck_incoming_plan_gone_with_the_answer",
        ),
        CheckConstraint(
            "(plan_id IS NOT NULL) = (state = 'accepted')", name="ck_incoming_plan_accepted"
        ),
        Index("ix_incoming_plan_open", "municipality_id", "ended_at"),
        Index("ix_incoming_plan_plan", "municipality_id", "plan_id"),
        Index("ix_incoming_plan_unit", "municipality_id", "unit_id"),
    )

    from_municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    state: Mapped[MoveState] = mapped_column(one_of(MoveState, "incoming_plan_state"))
    kind: Mapped[PlanKind] = mapped_column(one_of(PlanKind, "incoming_plan_kind"))
    level: Mapped[int | None]
    sections: Mapped[list[str]] = mapped_column(JSON, default=list)
    contact: Mapped[str] = mapped_column(String(201))
    sealed_owner: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sealed_content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    coordinator_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    sent_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(500), default="")
    plan_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    unit_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))

    coordinator: Mapped["Person | None"] = relationship(
        primaryjoin="foreign(IncomingPlan.coordinator_id) == Person.id", viewonly=True
    )
