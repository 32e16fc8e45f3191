"""Every table, in domain order.

1. Municipalities   County, Municipality, MunicipalityCode
2. Units            Unit
3. Persons          Person, ProtectedAddress
4. Accounts         Membership, AccountLinkRequest, CentralAppointment, AccountProfile,
                    AccountIdentifier, OneTimeLink, LoginSession, LoginThrottle, ApiToken,
                    SubmittedForm
5. Audit            AuditEvent
6. Jobs             Job
7. Lists            ListSetting, SavedView, BulkChange

Here are columns, constraints and properties of a row alone. Queries are in ``queries.py`` of each
package, decisions in ``operations.py``, access in ``app.security``. The account itself is
Flask-AppBuilder's ``ab_user``; it holds a user name, a password and nothing about the person.
"""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    and_,
    or_,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship
from sqlalchemy.types import TypeDecorator
from uuid_utils import uuid7

from app.enums import (
    JobKind,
    JobState,
    Language,
    LanguageForm,
    Outcome,
    ProtectionGrade,
    Role,
    TokenPurpose,
    UnitKind,
)


def new_id() -> str:
    """A new identifier: UUID version 7, so that keys sort by age and can't be guessed."""
    return str(uuid7())


class Instant(TypeDecorator[datetime]):
    """An instant in UTC, with its time zone on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Go in as UTC: SQLite keeps the clock's hands and forgets the zone."""
        return value.astimezone(UTC) if value is not None and value.tzinfo is not None else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back the zone that SQLite does not keep."""
        if value is not None and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value


Searchable = String(700).with_variant(String(700, collation="C"), "postgresql")
"""Text that is found by ranges, so it sorts by its bytes wherever the database was made."""


def one_of(values: type[StrEnum], name: str) -> Enum:
    """A column type for a closed vocabulary, kept as its words and checked by the database."""
    return Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


class TenantOwned(Model):
    """A row of one municipality. Composite keys make a link to another's row impossible."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True, default=new_id)

    @declared_attr
    def municipality_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("municipality.id"), nullable=False)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"


class Versioned:
    """A row that people edit: its version is checked at each save, so nobody overwrites unseen."""

    version: Mapped[int] = mapped_column(nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


def inside_municipality(table: str, column: str, name: str, **options: Any) -> ForeignKeyConstraint:
    """A reference that the database accepts within one municipality only."""
    return ForeignKeyConstraint(
        ["municipality_id", column],
        [f"{table}.municipality_id", f"{table}.id"],
        name=name,
        **options,
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
    """A municipality: the tenant, controller of its own data. Its number may change, its id not.

    Source: SSB KLASS 131.
    """

    __tablename__ = "municipality"
    __table_args__ = (UniqueConstraint("number", name="uq_municipality_number"),)

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

    The national id is kept encrypted, with a keyed hash to find it by. A shielded person's
    address is not here but in ``ProtectedAddress``, and the unit is shown to nobody in lists.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("municipality_id", "id", name="uq_person_tenant"),
        inside_municipality("unit", "unit_id", "fk_person_unit"),
        CheckConstraint(
            "is_shielded = false OR (address IS NULL AND postcode IS NULL)",
            name="ck_person_shielded_has_no_open_address",
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


class Membership(Versioned, TenantOwned):
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
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)

    person: Mapped[Person] = relationship(
        primaryjoin="foreign(Membership.person_id) == Person.id", viewonly=True
    )
    unit: Mapped[Unit | None] = relationship(
        primaryjoin="foreign(Membership.unit_id) == Unit.id", viewonly=True
    )

    def is_active(self, on: date) -> bool:
        """Whether the role is held on this day in Norway; its end is exclusive."""
        return (
            self.ended_at is None
            and self.starts_on <= on
            and (self.ends_on is None or on < self.ends_on)
        )

    @classmethod
    def active(cls, on: date | ColumnElement[date]) -> ColumnElement[bool]:
        """``is_active`` as a condition."""
        return and_(
            cls.ended_at.is_(None),
            cls.starts_on <= on,
            or_(cls.ends_on.is_(None), cls.ends_on > on),
        )

    def is_over(self, on: date) -> bool:
        """Whether the role was ended, or its last day is before this day in Norway."""
        return self.ended_at is not None or (self.ends_on is not None and self.ends_on <= on)

    @property
    def last_day(self) -> date | None:
        """The last day with the role, as people write it; None while no end is set."""
        return None if self.ends_on is None else self.ends_on - timedelta(days=1)


class AccountLinkRequest(TenantOwned):
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

    ``municipality_id`` is empty for what belongs to the installation. The chain columns are
    filled by the chain that links the events of one municipality.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_time", "municipality_id", "id"),
        Index("ix_audit_event_object", "municipality_id", "object_id"),
        Index("ix_audit_event_account", "municipality_id", "account_id", "id"),
        Index("ix_audit_event_person", "municipality_id", "person_id", "id"),
        Index("ix_audit_event_action", "municipality_id", "action", "id"),
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
    section: Mapped[str | None] = mapped_column(String(40))
    basis: Mapped[str | None] = mapped_column(String(200))
    fields: Mapped[list[str]] = mapped_column(JSON, default=list)
    request_id: Mapped[str | None] = mapped_column(String(40))
    chain_number: Mapped[int | None] = mapped_column(BigInteger)
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))


# --- 6. Jobs -------------------------------------------------------------------------------------


class Job(Versioned, TenantOwned):
    """A long piece of work: who asked, how far it is, and what came of it."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_time", "municipality_id", "created_at"),)

    kind: Mapped[JobKind] = mapped_column(one_of(JobKind, "job_kind"))
    state: Mapped[JobState] = mapped_column(one_of(JobState, "job_state"))
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    title: Mapped[str] = mapped_column(String(200))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


# --- 7. Lists ------------------------------------------------------------------------------------


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
)
