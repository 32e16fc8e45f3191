"""Every table, in domain order.

1. Municipalities   County, Municipality, MunicipalityCode
2. Units            Unit
3. Persons          Person, ProtectedAddress
4. Accounts         Membership, AccountLinkRequest, CentralAppointment, AccountProfile,
                    AccountIdentifier, OneTimeLink, LoginSession, LoginThrottle, ApiToken,
                    SubmittedForm
5. Audit            AuditEvent
6. Plan set-up      PlanType, AgeRule, ConsentText, StandardRole; others in ``app.set_up_tables``
7. Plans            Plan, Authority, WithheldSection, StandIn, EmergencyAccess
8. Access           Participant, Grant, Consent, ConsentCover
9. Plan content     PlanEntry

Tables that none of these points at: ``app.side_tables``, ``duplicate_tables``, ``desk_tables`` for
jobs and the desk, ``log_tables``, and ``joining_tables`` for what goes to another municipality.

Columns, constraints and properties of a row alone: queries are in each package, access in
``app.security``. The account itself is Flask-AppBuilder's ``ab_user``, without the person's data.
"""

from datetime import date, datetime, timedelta
from typing import Any

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    and_,
    false,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import (
    Instant,
    OfMunicipality,
    Period,
    Searchable,
    TenantOwned,
    Versioned,
    inside_municipality,
    new_id,
    of_plan,
    one_of,
)
from app.desk_tables import (
    Course,
    CourseAttendance,
    Gathering,
    GatheringAction,
    GatheringAttendance,
    Introduction,
    Job,
    Pulse,
    Routine,
    RoutineRead,
    TidiedPlan,
)
from app.duplicate_tables import (
    DuplicatePair,
    MatchKey,
    MatchModel,
    MatchState,
    NotTheSame,
    PersonMerge,
)
from app.enums import (
    AuthorityKind,
    ConsentCapacity,
    ConsentKind,
    ConsentMethod,
    EntryKind,
    EntryStatus,
    Language,
    LanguageForm,
    Level,
    Outcome,
    PlanKind,
    PlanState,
    ProtectionGrade,
    Role,
    Section,
    TokenPurpose,
    UnitKind,
)
from app.joining_tables import UNIT_MOVES
from app.set_up_tables import RoleProposal, StandardRoleVersion, Template, TemplateVersion
from app.side_tables import (
    BulkChange,
    EntryDraft,
    Handover,
    IncomingPlan,
    MoveConsent,
    Notice,
    PlanDecision,
    PlanEntryVersion,
    PlanMove,
    PlanVisit,
    SavedView,
)

# --- 1. Municipalities ---------------------------------------------------------------------------


class County(Model):
    """A county (*fylke*) of the national register (SSB KLASS 104)."""

    __tablename__ = "county"

    number: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    official_names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    def __repr__(self) -> str:
        return f"<County {self.number}>"


class Municipality(Versioned, Model):
    """A municipality (SSB KLASS 131): the tenant, controller of its own data. Its number may
    change, its id not. One that was joined into another keeps its log, which is read there."""

    __tablename__ = "municipality"
    __table_args__ = (
        UniqueConstraint("number", name="uq_municipality_number"),
        CheckConstraint("joined_into_id IS NULL OR NOT is_in_use", name="ck_municipality_joined"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(100))
    search_name: Mapped[str] = mapped_column(Searchable, index=True)
    official_names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    language_form: Mapped[LanguageForm] = mapped_column(one_of(LanguageForm, "language_form"))
    county_number: Mapped[str] = mapped_column(ForeignKey("county.number"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    is_in_use: Mapped[bool] = mapped_column(default=False)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    has_namesake: Mapped[bool] = mapped_column(default=False)
    joined_into_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)

    county: Mapped[County] = relationship(lazy="joined")

    @property
    def display_name(self) -> str:
        """The name, with the county where two municipalities share it."""
        return f"{self.name} ({self.county.name})" if self.has_namesake else self.name

    def __repr__(self) -> str:
        return f"<Municipality {self.number}>"


class MunicipalityCode(Model):
    """A number and name that a municipality has had, and when."""

    __tablename__ = "municipality_code"
    __table_args__ = (
        UniqueConstraint("municipality_id", "number", "valid_from", name="uq_municipality_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    number: Mapped[str] = mapped_column(String(4), index=True)
    name: Mapped[str] = mapped_column(String(100))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


# --- 2. Units ------------------------------------------------------------------------------------


class Unit(Versioned, TenantOwned):
    """A unit (*virksomhet*) of a municipality, or an outside body that it works with.

    ``path`` holds the ids from the root down to this unit, each followed by ``/``; it makes
    "this unit and all below" one index range.
    """

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_unit_tenant"),
        inside_municipality("unit", "parent_id", "fk_unit_parent"),
        inside_municipality("unit", "merged_into_id", "fk_unit_merged_into"),
        inside_municipality("person", "leader_id", "fk_unit_leader", use_alter=True),
        CheckConstraint(
            "merged_into_id IS NULL OR retired_at IS NOT NULL", name="ck_unit_merged_is_retired"
        ),
        Index("ix_unit_name", "municipality_id", "search_name", "id"),
        Index("ix_unit_path", "municipality_id", "path"),
        Index("ix_unit_parent", "municipality_id", "parent_id"),
        Index("ix_unit_leader", "municipality_id", "leader_id"),
    )

    name: Mapped[str] = mapped_column(String(200))
    search_name: Mapped[str] = mapped_column(Searchable)
    kind: Mapped[UnitKind] = mapped_column(one_of(UnitKind, "unit_kind"))
    is_outside: Mapped[bool] = mapped_column(default=False)
    parent_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    path: Mapped[str] = mapped_column(Searchable)
    leader_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    email: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(200))
    postcode: Mapped[str | None] = mapped_column(String(4))
    created_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    merged_into_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))

    parent: Mapped["Unit | None"] = relationship(
        primaryjoin="foreign(Unit.parent_id) == remote(Unit.id)", viewonly=True
    )
    leader: Mapped["Person | None"] = relationship(
        primaryjoin="foreign(Unit.leader_id) == Person.id", viewonly=True
    )
    merged_into: Mapped["Unit | None"] = relationship(
        primaryjoin="foreign(Unit.merged_into_id) == remote(Unit.id)", viewonly=True
    )

    @property
    def depth(self) -> int:
        """How many units stand above this one."""
        return self.path.count("/") - 2


# --- 3. Persons ----------------------------------------------------------------------------------


class Person(Versioned, TenantOwned):
    """Anyone a municipality has registered. The same human elsewhere is another row there.

    The national id is kept encrypted, with a keyed hash to find it by; one that an import claims
    though another has it is only compared by. A shielded address is in ``ProtectedAddress``
    and the unit in no list. Who was merged stays, out of use, so that old ids and links lead on.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_person_tenant"),
        inside_municipality("unit", "unit_id", "fk_person_unit"),
        CheckConstraint(
            "is_shielded = false OR (address IS NULL AND postcode IS NULL)",
            name="ck_person_shielded_has_no_open_address",
        ),
        inside_municipality("person", "merged_into_id", "fk_person_merged_into"),
        CheckConstraint(
            "merged_into_id IS NULL OR (merged_into_id <> id AND retired_at IS NOT NULL)",
            name="ck_person_merged_is_retired",
        ),
        CheckConstraint(
            "(national_id_hash IS NULL) = (national_id_cipher IS NULL)",
            name="ck_person_national_id_whole",
        ),
        Index("ix_person_family", "municipality_id", "search_family", "id"),
        Index("ix_person_given", "municipality_id", "search_given", "id"),
        Index("ix_person_birth", "municipality_id", "birth_date", "id"),
        Index("ix_person_unit", "municipality_id", "unit_id"),
        Index("ix_person_email", "municipality_id", "email"),
        Index("ix_person_phone", "municipality_id", "phone"),
        Index("ix_person_external_id", "municipality_id", "external_id"),
        Index(
            "ix_person_merged_into",
            "municipality_id",
            "merged_into_id",
            postgresql_where=text("merged_into_id IS NOT NULL"),
            sqlite_where=text("merged_into_id IS NOT NULL"),
        ),
        Index(
            "uq_person_national_id",
            "municipality_id",
            "national_id_hash",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
            sqlite_where=text("retired_at IS NULL"),
        ),
        Index(
            "uq_person_external_id",
            "municipality_id",
            "external_id",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
            sqlite_where=text("retired_at IS NULL"),
        ),
    )

    given_name: Mapped[str] = mapped_column(String(100))
    family_name: Mapped[str] = mapped_column(String(100))
    search_family: Mapped[str] = mapped_column(Searchable)
    search_given: Mapped[str] = mapped_column(Searchable)
    birth_date: Mapped[date | None]
    national_id_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    national_id_hash: Mapped[str | None] = mapped_column(String(64))
    national_id_is_doubtful: Mapped[bool] = mapped_column(default=False)
    claimed_id_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    external_id: Mapped[str | None] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(200))
    postcode: Mapped[str | None] = mapped_column(String(4))
    language: Mapped[Language | None] = mapped_column(one_of(Language, "person_language"))
    unit_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    is_shielded: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    retired_reason: Mapped[str | None] = mapped_column(String(500))
    merged_into_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))

    unit: Mapped[Unit | None] = relationship(
        primaryjoin="foreign(Person.unit_id) == Unit.id", viewonly=True
    )

    @property
    def full_name(self) -> str:
        """Given and family name, as written."""
        return f"{self.given_name} {self.family_name}"


class ProtectedAddress(Versioned, TenantOwned):
    """The address protection of a person; a strictly confidential address is never stored.

    One row a person: when the protection is lifted it is emptied, and taken up again if the
    person is protected anew.
    """

    __tablename__ = "protected_address"
    __table_args__ = (
        UniqueConstraint("municipality_id", "person_id", name="uq_protected_address_person"),
        inside_municipality("person", "person_id", "fk_protected_address_person"),
        CheckConstraint(
            "grade <> 'strictly_confidential' OR (address IS NULL AND postcode IS NULL)",
            name="ck_protected_address_strict_is_empty",
        ),
        CheckConstraint(
            "lifted_at IS NULL OR (address IS NULL AND postcode IS NULL)",
            name="ck_protected_address_lifted_is_empty",
        ),
    )

    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    grade: Mapped[ProtectionGrade] = mapped_column(one_of(ProtectionGrade, "protection_grade"))
    address: Mapped[str | None] = mapped_column(String(200))
    postcode: Mapped[str | None] = mapped_column(String(4))
    since: Mapped[date]
    renew_by: Mapped[date | None]
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)

    person: Mapped[Person] = relationship(
        primaryjoin="foreign(ProtectedAddress.person_id) == Person.id", viewonly=True
    )


# --- 4. Accounts ---------------------------------------------------------------------------------


class Membership(Versioned, Period, OfMunicipality):
    """A role that an account holds in a municipality, as which person, where, and when.

    ``ends_on`` is the first day without the role. ``unit_id`` limits the role to that unit and
    all below it.
    """

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_membership_tenant"),
        inside_municipality("person", "person_id", "fk_membership_person"),
        inside_municipality("unit", "unit_id", "fk_membership_unit"),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="ck_membership_period"),
        CheckConstraint(
            "role IN ('local_administrator', 'coordinator', 'participant')",
            name="ck_membership_role_is_municipal",
        ),
        Index("ix_membership_account", "account_id"),
        Index("ix_membership_person", "municipality_id", "person_id"),
        Index("ix_membership_role", "municipality_id", "role", "id"),
        Index("ix_membership_unit", "municipality_id", "unit_id"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    role: Mapped[Role] = mapped_column(one_of(Role, "membership_role"))
    unit_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    created_at: Mapped[datetime] = mapped_column(Instant)

    person: Mapped[Person] = relationship(
        primaryjoin="foreign(Membership.person_id) == Person.id", viewonly=True
    )
    unit: Mapped[Unit | None] = relationship(
        primaryjoin="foreign(Membership.unit_id) == Unit.id", viewonly=True
    )

    def is_over(self, on: date) -> bool:
        """Whether the role was ended, or its last day is before this day in Norway."""
        return self.ended_at is not None or (self.ends_on is not None and self.ends_on <= on)


class AccountLinkRequest(OfMunicipality):
    """A question to an account's holder: may this municipality give this account a role?

    The municipality learns no more than that it was asked, and the answer. The role is given when
    the holder says yes with the code that was handed over, if whoever asked may still give it. A
    request without a code is void: it can be asked anew, or declined.
    """

    __tablename__ = "account_link_request"
    __table_args__ = (
        inside_municipality("person", "person_id", "fk_account_link_request_person"),
        inside_municipality("unit", "unit_id", "fk_account_link_request_unit"),
        CheckConstraint(
            "(answered_at IS NULL) = (accepted IS NULL)", name="ck_account_link_request_answer"
        ),
        CheckConstraint(
            "role IN ('local_administrator', 'coordinator', 'participant')",
            name="ck_account_link_request_role_is_municipal",
        ),
        CheckConstraint(
            "code_hash IS NULL OR wrong_codes < 5", name="ck_account_link_request_tries"
        ),
        Index("ix_account_link_request_account", "account_id"),
        Index("ix_account_link_request_person", "municipality_id", "person_id"),
        Index(
            "uq_account_link_request_open",
            "municipality_id",
            "person_id",
            "account_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
            sqlite_where=text("answered_at IS NULL"),
        ),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    role: Mapped[Role] = mapped_column(one_of(Role, "account_link_request_role"))
    unit_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    accepted: Mapped[bool | None]
    code_hash: Mapped[str | None] = mapped_column(String(64))
    wrong_codes: Mapped[int] = mapped_column(default=0, server_default="0")

    person: Mapped[Person] = relationship(
        primaryjoin="foreign(AccountLinkRequest.person_id) == Person.id", viewonly=True
    )
    unit: Mapped[Unit | None] = relationship(
        primaryjoin="foreign(AccountLinkRequest.unit_id) == Unit.id", viewonly=True
    )


class CentralAppointment(Model):
    """A central administrator: proposed by one, approved by another."""

    __tablename__ = "central_appointment"
    __table_args__ = (
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> account_id",
            name="ck_central_appointment_not_by_self",
        ),
        Index(
            "uq_central_appointment_open",
            "account_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True, default=new_id)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class AccountProfile(Model):
    """What an account keeps across municipalities, beside the login itself."""

    __tablename__ = "account_profile"

    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), primary_key=True)
    language: Mapped[Language | None] = mapped_column(one_of(Language, "account_language"))
    last_municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    last_login_at: Mapped[datetime | None] = mapped_column(Instant)
    password_changed_at: Mapped[datetime | None] = mapped_column(Instant)
    first_steps_hidden_at: Mapped[datetime | None] = mapped_column(Instant)


class AccountIdentifier(Model):
    """A keyed hash by which an existing account is found: national id, verified e-mail or phone."""

    __tablename__ = "account_identifier"
    __table_args__ = (UniqueConstraint("kind", "hash", name="uq_account_identifier"),)

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True, default=new_id)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    hash: Mapped[str] = mapped_column(String(64))


class OneTimeLink(Model):
    """A link that opens one thing once. Only the hash of its secret is kept."""

    __tablename__ = "one_time_link"

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[TokenPurpose] = mapped_column(one_of(TokenPurpose, "token_purpose"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class LoginSession(Model):
    """A signed-in session, kept here so that it can be ended here."""

    __tablename__ = "login_session"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    data: Mapped[str] = mapped_column(Text, default="{}")
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class LoginThrottle(Model):
    """How many times a login has been tried lately, shared by all workers."""

    __tablename__ = "login_throttle"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_ends_at: Mapped[datetime] = mapped_column(Instant)
    tries: Mapped[int]


class ApiToken(Model):
    """A bearer token that a user made, for one municipality. Only its hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True, default=new_id)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    name: Mapped[str] = mapped_column(String(100))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    may_write: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_on: Mapped[date | None]


class SubmittedForm(Model):
    """A form that was accepted, so that sending it twice makes one row."""

    __tablename__ = "submitted_form"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    location: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(Instant, index=True)


# --- 5. Audit ------------------------------------------------------------------------------------


class AuditEvent(Model):
    """Something that was done or refused. Rows are added, never changed; values are not copied.

    ``municipality_id`` is empty for what belongs to the installation. The last three columns stay
    empty: what links the events is in ``audit_link``, so that no event is ever changed.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_time", "municipality_id", "id"),
        Index("ix_audit_event_object", "municipality_id", "object_id"),
        Index("ix_audit_event_account", "municipality_id", "account_id", "id"),
        Index("ix_audit_event_person", "municipality_id", "person_id", "id"),
        Index("ix_audit_event_action", "municipality_id", "action", "id"),
        Index("ix_audit_event_plan", "municipality_id", "plan_id", "id"),
    )

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True, default=new_id)
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    person_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    role: Mapped[str | None] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome, "audit_outcome"))
    object_type: Mapped[str | None] = mapped_column(String(40))
    object_id: Mapped[str | None] = mapped_column(String(40))
    plan_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    section: Mapped[str | None] = mapped_column(String(40))
    basis: Mapped[str | None] = mapped_column(String(200))
    fields: Mapped[list[str]] = mapped_column(JSON, default=list)
    request_id: Mapped[str | None] = mapped_column(String(40))
    chain_number: Mapped[int | None] = mapped_column(BigInteger)
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))


# --- 6. Plan set-up ------------------------------------------------------------------------------


class PlanType(Versioned, TenantOwned):
    """What a kind of plan is in a municipality: sections in order, words, usual consent."""

    __tablename__ = "plan_type"
    __table_args__ = (UniqueConstraint("municipality_id", "kind", name="uq_plan_type_kind"),)

    kind: Mapped[PlanKind] = mapped_column(one_of(PlanKind, "plan_type_kind"))
    is_offered: Mapped[bool] = mapped_column(default=True)
    sections: Mapped[list[str]] = mapped_column(JSON, default=list)
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    coordinator_names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    consent_months: Mapped[int] = mapped_column(default=12)
    own_consent: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """Sections that are consented to by themselves, never along with others."""


class AgeRule(TenantOwned):
    """From which age an owner alone consents to a kind of plan, and from when the rule holds."""

    __tablename__ = "age_rule"
    __table_args__ = (
        UniqueConstraint("municipality_id", "kind", "valid_from", name="uq_age_rule_from"),
        CheckConstraint("own_consent_age BETWEEN 12 AND 18", name="ck_age_rule_age"),
    )

    kind: Mapped[PlanKind] = mapped_column(one_of(PlanKind, "age_rule_kind"))
    own_consent_age: Mapped[int]
    valid_from: Mapped[date]


class ConsentText(TenantOwned):
    """What is read before consenting. A text that was used never changes: a new number is made.

    It is for all plans of a kind, or for those of one version of a template.
    """

    __tablename__ = "consent_text"
    __table_args__ = (
        inside_municipality(
            "template_version", "template_version_id", "fk_consent_text_template_version"
        ),
        UniqueConstraint("municipality_id", "id", name="uq_consent_text_tenant"),
        UniqueConstraint("municipality_id", "kind", "number", name="uq_consent_text_number"),
    )

    kind: Mapped[PlanKind] = mapped_column(one_of(PlanKind, "consent_text_kind"))
    number: Mapped[int]
    texts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    template_version_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    published_at: Mapped[datetime] = mapped_column(Instant)


class StandardRole(Versioned, TenantOwned):
    """A named bundle of levels, offered when a participant is added.

    It holds what is in use, which is its version ``number``; all its versions and its draft are
    ``StandardRoleVersion``. ``national_id`` and ``national_number`` tell what it was copied from.
    """

    __tablename__ = "standard_role"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_standard_role_tenant"),
        UniqueConstraint("municipality_id", "key", name="uq_standard_role_key"),
    )

    key: Mapped[str | None] = mapped_column(String(60))
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    matrix: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    capabilities: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    given_by: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    months: Mapped[int | None]
    number: Mapped[int] = mapped_column(default=0, server_default="0")
    national_id: Mapped[str | None] = mapped_column(
        ForeignKey("national_piece.id", name="fk_standard_role_national")
    )
    national_number: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)


# --- 7. Plans ------------------------------------------------------------------------------------


class Plan(Versioned, TenantOwned):
    """The shared workspace about one owner. It always has a coordinator (or *stafettholder*)."""

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_plan_tenant"),
        inside_municipality("person", "owner_id", "fk_plan_owner"),
        inside_municipality("person", "coordinator_id", "fk_plan_coordinator"),
        inside_municipality("unit", "unit_id", "fk_plan_unit"),
        inside_municipality("plan", "continues_id", "fk_plan_continues"),
        inside_municipality("template_version", "template_version_id", "fk_plan_template_version"),
        CheckConstraint(
            "(kind = 'relay_log') = (level IS NOT NULL)"
            " AND (level IS NULL OR level BETWEEN 0 AND 3)",
            name="ck_plan_level",
        ),
        CheckConstraint(
            "(closed_at IS NOT NULL) = (state IN ('closed', 'archived'))", name="ck_plan_closed"
        ),
        CheckConstraint("period_to IS NULL OR period_to > period_from", name="ck_plan_period"),
        Index(
            "uq_plan_one_open_individual_plan",
            "municipality_id",
            "owner_id",
            unique=True,
            postgresql_where=text("kind = 'individual_plan' AND closed_at IS NULL"),
            sqlite_where=text("kind = 'individual_plan' AND closed_at IS NULL"),
        ),
        Index("ix_plan_owner", "municipality_id", "owner_id"),
        Index("ix_plan_coordinator", "municipality_id", "coordinator_id", "id"),
        Index("ix_plan_unit", "municipality_id", "unit_id"),
        Index("ix_plan_activity", "municipality_id", "last_activity_at", "id"),
        Index("ix_plan_template_version", "municipality_id", "template_version_id"),
    )

    kind: Mapped[PlanKind] = mapped_column(one_of(PlanKind, "plan_kind"))
    state: Mapped[PlanState] = mapped_column(one_of(PlanState, "plan_state"))
    level: Mapped[int | None]
    owner_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    coordinator_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    unit_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    continues_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    template_version_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    next_evaluation_on: Mapped[date | None]
    needs: Mapped[str] = mapped_column(Text, default="")
    resources: Mapped[str] = mapped_column(Text, default="")
    cooperation: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime] = mapped_column(Instant)
    last_activity_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_reason: Mapped[str | None] = mapped_column(String(500))

    owner: Mapped[Person] = relationship(
        primaryjoin="foreign(Plan.owner_id) == Person.id", viewonly=True
    )
    coordinator: Mapped[Person] = relationship(
        primaryjoin="foreign(Plan.coordinator_id) == Person.id", viewonly=True
    )
    unit: Mapped[Unit | None] = relationship(
        primaryjoin="foreign(Plan.unit_id) == Unit.id", viewonly=True
    )
    type: Mapped[PlanType] = relationship(
        primaryjoin="and_(foreign(Plan.municipality_id) == PlanType.municipality_id,"
        " foreign(Plan.kind) == PlanType.kind)",
        viewonly=True,
    )
    template_version: Mapped[TemplateVersion | None] = relationship(
        primaryjoin="foreign(Plan.template_version_id) == TemplateVersion.id", viewonly=True
    )
    authorities: Mapped[list["Authority"]] = relationship(
        primaryjoin="Plan.owner_id == foreign(Authority.owner_id)",
        order_by="Authority.id",
        viewonly=True,
    )
    age_rules: Mapped[list[AgeRule]] = relationship(
        primaryjoin="and_(Plan.municipality_id == foreign(AgeRule.municipality_id),"
        " Plan.kind == foreign(AgeRule.kind))",
        order_by="AgeRule.valid_from",
        viewonly=True,
    )
    participants: Mapped[list["Participant"]] = relationship(
        primaryjoin="Plan.id == foreign(Participant.plan_id)",
        order_by="Participant.id",
        viewonly=True,
    )
    consents: Mapped[list["Consent"]] = relationship(
        primaryjoin="Plan.id == foreign(Consent.plan_id)", order_by="Consent.id", viewonly=True
    )
    stand_ins: Mapped[list["StandIn"]] = relationship(
        primaryjoin="Plan.id == foreign(StandIn.plan_id)", order_by="StandIn.id", viewonly=True
    )
    handovers: Mapped[list[Handover]] = relationship(
        primaryjoin="Plan.id == foreign(Handover.plan_id)", order_by="Handover.id", viewonly=True
    )
    emergencies: Mapped[list["EmergencyAccess"]] = relationship(
        primaryjoin="Plan.id == foreign(EmergencyAccess.plan_id)",
        order_by="EmergencyAccess.id",
        viewonly=True,
    )


class Authority(Versioned, Period, TenantOwned):
    """The right of somebody to act for an owner. Always stated by a human, never inferred.

    ``may_consent`` says whether it reaches as far as consenting.
    """

    __tablename__ = "authority"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_authority_tenant"),
        inside_municipality("person", "owner_id", "fk_authority_owner"),
        inside_municipality("person", "holder_id", "fk_authority_holder"),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="ck_authority_period"),
        CheckConstraint("owner_id <> holder_id", name="ck_authority_not_own"),
        Index("ix_authority_owner", "municipality_id", "owner_id"),
        Index("ix_authority_holder", "municipality_id", "holder_id"),
    )

    owner_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    holder_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    kind: Mapped[AuthorityKind] = mapped_column(one_of(AuthorityKind, "authority_kind"))
    may_consent: Mapped[bool] = mapped_column(default=True)
    ground: Mapped[str] = mapped_column(String(500))
    stated_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    stated_at: Mapped[datetime] = mapped_column(Instant)

    holder: Mapped[Person] = relationship(
        primaryjoin="foreign(Authority.holder_id) == Person.id", viewonly=True
    )
    withheld: Mapped[list["WithheldSection"]] = relationship(
        primaryjoin="Authority.id == foreign(WithheldSection.authority_id)", viewonly=True
    )


class WithheldSection(TenantOwned):
    """A section that an authority does not reach: outside the mandate, or by the child's wish."""

    __tablename__ = "withheld_section"
    __table_args__ = (
        inside_municipality("authority", "authority_id", "fk_withheld_section_authority"),
        Index("ix_withheld_section_authority", "municipality_id", "authority_id"),
    )

    authority_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    section: Mapped[Section] = mapped_column(one_of(Section, "withheld_section_section"))
    reason: Mapped[str] = mapped_column(String(500))
    since: Mapped[datetime] = mapped_column(Instant)
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)


class StandIn(Period, TenantOwned):
    """Somebody who stands in for the coordinator, for at most 30 days."""

    __tablename__ = "stand_in"
    __table_args__ = (
        *of_plan("stand_in"),
        inside_municipality("person", "person_id", "fk_stand_in_person"),
        CheckConstraint("ends_on IS NOT NULL AND ends_on > starts_on", name="ck_stand_in_period"),
        Index("ix_stand_in_person", "municipality_id", "person_id"),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    made_at: Mapped[datetime] = mapped_column(Instant)

    person: Mapped[Person] = relationship(
        primaryjoin="foreign(StandIn.person_id) == Person.id", viewonly=True
    )


class EmergencyAccess(TenantOwned):
    """A local administrator reads a plan for some hours, for a reason that owner and coordinator
    are told."""

    __tablename__ = "emergency_access"
    __table_args__ = (
        *of_plan("emergency_access"),
        inside_municipality("person", "person_id", "fk_emergency_access_person"),
        CheckConstraint("ends_at > starts_at", name="ck_emergency_access_period"),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    reason: Mapped[str] = mapped_column(String(500))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    person: Mapped[Person] = relationship(
        primaryjoin="foreign(EmergencyAccess.person_id) == Person.id", viewonly=True
    )


# --- 8. Access ----------------------------------------------------------------------------------


class Participant(Versioned, Period, TenantOwned):
    """Somebody who takes part in a plan: as what, for which service, from when until when.

    ``not_after_on`` is an end that the owner's side has set: a later one takes a new participation.
    """

    __tablename__ = "participant"
    __table_args__ = (
        *of_plan("participant"),
        UniqueConstraint("municipality_id", "id", name="uq_participant_tenant"),
        inside_municipality("person", "person_id", "fk_participant_person"),
        inside_municipality("unit", "unit_id", "fk_participant_unit"),
        inside_municipality("standard_role", "standard_role_id", "fk_participant_standard_role"),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="ck_participant_period"),
        Index(
            "uq_participant_open",
            "municipality_id",
            "plan_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
        Index("ix_participant_person", "municipality_id", "person_id"),
        Index("ix_participant_standard_role", "municipality_id", "standard_role_id"),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    unit_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    standard_role_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    standard_role_number: Mapped[int | None]
    function: Mapped[str] = mapped_column(String(100))
    contribution: Mapped[str] = mapped_column(String(500), default="")
    added_at: Mapped[datetime] = mapped_column(Instant)
    ended_reason: Mapped[str | None] = mapped_column(String(500))
    not_after_on: Mapped[date | None]

    plan: Mapped[Plan] = relationship(
        primaryjoin="foreign(Participant.plan_id) == Plan.id", viewonly=True
    )
    person: Mapped[Person] = relationship(
        primaryjoin="foreign(Participant.person_id) == Person.id", viewonly=True
    )
    unit: Mapped[Unit | None] = relationship(
        primaryjoin="foreign(Participant.unit_id) == Unit.id", viewonly=True
    )
    standard_role: Mapped[StandardRole | None] = relationship(
        primaryjoin="foreign(Participant.standard_role_id) == StandardRole.id", viewonly=True
    )
    grants: Mapped[list["Grant"]] = relationship(
        primaryjoin="Participant.id == foreign(Grant.participant_id)",
        order_by="Grant.id",
        viewonly=True,
    )


class Grant(Period, TenantOwned):
    """One section given to a participant; it opens nothing without a consent that covers it.

    ``own_only`` lets the participant into no activities but their own.
    """

    __tablename__ = "plan_grant"
    __table_args__ = (
        *of_plan("plan_grant"),
        inside_municipality("participant", "participant_id", "fk_plan_grant_participant"),
        CheckConstraint("level <> 'none'", name="ck_plan_grant_gives"),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="ck_plan_grant_period"),
        Index(
            "uq_plan_grant_open",
            "municipality_id",
            "participant_id",
            "section",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    participant_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    section: Mapped[Section] = mapped_column(one_of(Section, "plan_grant_section"))
    level: Mapped[Level] = mapped_column(one_of(Level, "plan_grant_level"))
    own_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    given_by_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    given_at: Mapped[datetime] = mapped_column(Instant)


class Consent(Versioned, TenantOwned):
    """What somebody agreed to, in what capacity, to which text, how, and from when until when."""

    __tablename__ = "consent"
    __table_args__ = (
        *of_plan("consent"),
        UniqueConstraint("municipality_id", "id", name="uq_consent_tenant"),
        inside_municipality("person", "giver_id", "fk_consent_giver"),
        inside_municipality("authority", "authority_id", "fk_consent_authority"),
        inside_municipality("consent_text", "text_id", "fk_consent_text"),
        CheckConstraint("ends_on > starts_on", name="ck_consent_period"),
        CheckConstraint(
            "(capacity = 'owner') = (authority_id IS NULL)", name="ck_consent_capacity"
        ),
        CheckConstraint(
            "withdrawn_at IS NULL OR withdrawn_at >= given_at", name="ck_consent_withdrawn_after"
        ),
        Index("ix_consent_giver", "municipality_id", "giver_id"),
        Index("ix_consent_ends", "municipality_id", "ends_on"),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    kind: Mapped[ConsentKind] = mapped_column(one_of(ConsentKind, "consent_kind"))
    giver_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    capacity: Mapped[ConsentCapacity] = mapped_column(one_of(ConsentCapacity, "consent_capacity"))
    authority_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    text_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    method: Mapped[ConsentMethod] = mapped_column(one_of(ConsentMethod, "consent_method"))
    note: Mapped[str] = mapped_column(Text, default="")
    scan_key: Mapped[str | None] = mapped_column(String(40))
    scan_type: Mapped[str | None] = mapped_column(String(100))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    given_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_reason: Mapped[str | None] = mapped_column(String(500))

    plan: Mapped[Plan] = relationship(
        primaryjoin="foreign(Consent.plan_id) == Plan.id", viewonly=True
    )
    giver: Mapped[Person] = relationship(
        primaryjoin="foreign(Consent.giver_id) == Person.id", viewonly=True
    )
    authority: Mapped[Authority | None] = relationship(
        primaryjoin="foreign(Consent.authority_id) == Authority.id", viewonly=True
    )
    consent_text: Mapped[ConsentText] = relationship(
        primaryjoin="foreign(Consent.text_id) == ConsentText.id", viewonly=True
    )
    # Whoever decides by a consent asks for what it covers, so all come in one question.
    covers: Mapped[list["ConsentCover"]] = relationship(
        primaryjoin="Consent.id == foreign(ConsentCover.consent_id)", lazy="selectin", viewonly=True
    )

    def is_active(self, on: date) -> bool:
        """Whether it holds on this day in Norway; its end is exclusive."""
        return self.withdrawn_at is None and self.starts_on <= on < self.ends_on

    @classmethod
    def active(cls, on: date | ColumnElement[date]) -> ColumnElement[bool]:
        """``is_active`` as a condition."""
        return and_(cls.withdrawn_at.is_(None), cls.starts_on <= on, cls.ends_on > on)

    @property
    def last_day(self) -> date:
        """The last day it holds, as people write it."""
        return self.ends_on - timedelta(days=1)


class ConsentCover(TenantOwned):
    """One section that a consent lets one participant, or whoever acts for one service, see."""

    __tablename__ = "consent_cover"
    __table_args__ = (
        *of_plan("consent_cover"),
        inside_municipality("consent", "consent_id", "fk_consent_cover_consent"),
        inside_municipality("participant", "participant_id", "fk_consent_cover_participant"),
        inside_municipality("unit", "unit_id", "fk_consent_cover_unit"),
        CheckConstraint(
            "(participant_id IS NULL) <> (unit_id IS NULL)", name="ck_consent_cover_one"
        ),
        Index("ix_consent_cover_consent", "municipality_id", "consent_id"),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    consent_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    participant_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    unit_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    section: Mapped[Section] = mapped_column(one_of(Section, "consent_cover_section"))
    level: Mapped[Level] = mapped_column(one_of(Level, "consent_cover_level"))


# --- 9. Plan content -----------------------------------------------------------------------------


class PlanEntry(Versioned, TenantOwned):
    """A piece of plan content: a goal, an activity, a comment, a meeting, a document ...

    ``details`` holds the fields of its kind. What is deleted lies in the bin until it is brought
    back; every version is kept in ``PlanEntryVersion``.
    """

    __tablename__ = "plan_entry"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_plan_entry_tenant"),
        inside_municipality("plan", "plan_id", "fk_plan_entry_plan"),
        inside_municipality("plan_entry", "parent_id", "fk_plan_entry_parent"),
        inside_municipality("participant", "responsible_id", "fk_plan_entry_responsible"),
        inside_municipality("person", "author_id", "fk_plan_entry_author"),
        Index("ix_plan_entry_section", "municipality_id", "plan_id", "section", "position"),
        Index("ix_plan_entry_parent", "municipality_id", "parent_id"),
        Index("ix_plan_entry_changed", "municipality_id", "plan_id", "changed_at"),
    )

    plan_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    section: Mapped[Section] = mapped_column(one_of(Section, "plan_entry_section"))
    kind: Mapped[EntryKind] = mapped_column(one_of(EntryKind, "plan_entry_kind"))
    parent_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    status: Mapped[EntryStatus | None] = mapped_column(one_of(EntryStatus, "plan_entry_status"))
    deadline_on: Mapped[date | None]
    responsible_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    author_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)

    plan: Mapped[Plan] = relationship(
        primaryjoin="foreign(PlanEntry.plan_id) == Plan.id", viewonly=True
    )
    author: Mapped[Person | None] = relationship(
        primaryjoin="foreign(PlanEntry.author_id) == Person.id", viewonly=True
    )
    responsible: Mapped[Participant | None] = relationship(
        primaryjoin="foreign(PlanEntry.responsible_id) == Participant.id", viewonly=True
    )
    parent: Mapped["PlanEntry | None"] = relationship(
        primaryjoin="foreign(PlanEntry.parent_id) == remote(PlanEntry.id)", viewonly=True
    )


PLAN_TABLES: tuple[type[TenantOwned], ...] = (
    PlanType,
    AgeRule,
    ConsentText,
    StandardRole,
    StandardRoleVersion,
    Template,
    TemplateVersion,
    RoleProposal,
    Plan,
    Authority,
    WithheldSection,
    StandIn,
    Handover,
    EmergencyAccess,
    PlanDecision,
    Notice,
    PlanVisit,
    Participant,
    Grant,
    Consent,
    ConsentCover,
    PlanEntry,
    PlanEntryVersion,
    EntryDraft,
    PlanMove,
    MoveConsent,
    IncomingPlan,
    TidiedPlan,
    Introduction,
    Pulse,
)

TENANT_MODELS: tuple[type[Model], ...] = (
    Unit,
    Person,
    ProtectedAddress,
    Membership,
    AccountLinkRequest,
    AuditEvent,
    Job,
    SavedView,
    BulkChange,
    MatchKey,
    MatchState,
    MatchModel,
    DuplicatePair,
    NotTheSame,
    PersonMerge,
    Course,
    CourseAttendance,
    Routine,
    RoutineRead,
    Gathering,
    GatheringAttendance,
    GatheringAction,
    *UNIT_MOVES,
    *PLAN_TABLES,
)
