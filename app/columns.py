"""What the columns and keys of all tables share: ids, instants, periods, the municipality."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Uuid,
    and_,
    or_,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator
from uuid_utils import uuid7


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


class OfMunicipality(Model):
    """A row of one municipality. Composite keys make a link to another's row impossible."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True, default=new_id)

    @declared_attr
    def municipality_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("municipality.id"), nullable=False)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"


class TenantOwned(OfMunicipality):
    """A row that is seen in its own municipality alone: one condition of the second wall is for
    all of them at once."""

    __abstract__ = True

    @declared_attr
    def municipality_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("municipality.id"), nullable=False)


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


class Period:
    """Something that holds from a day until, and without, another; or is ended before."""

    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    def is_active(self, on: date) -> bool:
        """Whether it holds on this day in Norway; its end is exclusive."""
        has_begun = self.ended_at is None and self.starts_on <= on
        return has_begun and (self.ends_on is None or on < self.ends_on)

    @classmethod
    def active(cls, on: date | ColumnElement[date]) -> ColumnElement[bool]:
        """``is_active`` as a condition."""
        return and_(
            cls.ended_at.is_(None),
            cls.starts_on <= on,
            or_(cls.ends_on.is_(None), cls.ends_on > on),
        )

    @property
    def last_day(self) -> date | None:
        """The last day it holds, as people write it; None while no end is set."""
        return None if self.ends_on is None else self.ends_on - timedelta(days=1)


def of_plan(name: str) -> tuple[ForeignKeyConstraint, Index]:
    """A reference to the plan of the same municipality, and the index that it needs."""
    return (
        inside_municipality("plan", "plan_id", f"fk_{name}_plan"),
        Index(f"ix_{name}_plan", "municipality_id", "plan_id"),
    )
