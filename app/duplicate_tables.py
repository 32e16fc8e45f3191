"""Possible duplicates: what persons are found by, what was found, and what was merged.

``app.models`` lists these tables among the municipality's own, so the walls stand round them too.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_appbuilder import Model
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import Instant, TenantOwned, Versioned, inside_municipality, one_of
from app.enums import DuplicateKind, MatchBand, MergeState, PairState

if TYPE_CHECKING:
    from app.models import Person


class MatchKey(Model):
    """A key that a person shares with those who may be the same: a keyed hash of a name with a
    year, a phone, a number. Many rows, so a narrow table; what a key was made of is not kept."""

    __tablename__ = "match_key"
    __table_args__ = (
        inside_municipality("person", "person_id", "fk_match_key_person"),
        {"sqlite_with_rowid": False},
    )

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), primary_key=True)
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)


class MatchState(Model):
    """Which facts of a person the keys stand for, and which of them were scanned last.

    ``digest`` is a keyed hash of all that is compared; ``keys`` are the person's own, eight bytes
    each, so that they can be replaced without looking for them.
    """

    __tablename__ = "match_state"
    __table_args__ = (
        inside_municipality("person", "person_id", "fk_match_state_person"),
        Index(
            "ix_match_state_unscanned",
            "municipality_id",
            "person_id",
            postgresql_where=text("scanned_digest IS NULL OR scanned_digest <> digest"),
            sqlite_where=text("scanned_digest IS NULL OR scanned_digest <> digest"),
        ),
    )

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    keys: Mapped[bytes] = mapped_column(LargeBinary)
    scanned_digest: Mapped[bytes | None] = mapped_column(LargeBinary(16))


class MatchModel(Versioned, TenantOwned):
    """Weights that were learned from a municipality's own persons; without a row, the shipped."""

    __tablename__ = "match_model"
    __table_args__ = (UniqueConstraint("municipality_id", name="uq_match_model"),)

    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    persons: Mapped[int]
    learned_at: Mapped[datetime] = mapped_column(Instant)


class DuplicatePair(Versioned, TenantOwned):
    """Two persons who may be one, and what was answered about them.

    ``score`` is in bits; ``findings`` says why, as ``[field, level, bits]``. ``facts`` is a keyed
    hash of what both were when it was last answered: an answer holds until the facts change.
    ``registered_reason`` is what somebody wrote who registered the second though the first was
    shown.
    """

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        UniqueConstraint("municipality_id", "first_id", "second_id", name="uq_duplicate_pair"),
        inside_municipality("person", "first_id", "fk_duplicate_pair_first"),
        inside_municipality("person", "second_id", "fk_duplicate_pair_second"),
        CheckConstraint("first_id < second_id", name="ck_duplicate_pair_order"),
        Index("ix_duplicate_pair_queue", "municipality_id", "state", "score", "id"),
        Index("ix_duplicate_pair_second", "municipality_id", "second_id"),
    )

    first_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    second_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    score: Mapped[float]
    band: Mapped[MatchBand] = mapped_column(one_of(MatchBand, "duplicate_pair_band"))
    findings: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    state: Mapped[PairState] = mapped_column(
        one_of(PairState, "duplicate_pair_state"), default=PairState.OPEN
    )
    facts: Mapped[bytes] = mapped_column(LargeBinary(16))
    found_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    note: Mapped[str | None] = mapped_column(String(500))
    registered_reason: Mapped[str | None] = mapped_column(String(500))
    registered_at: Mapped[datetime | None] = mapped_column(Instant)

    first: Mapped["Person"] = relationship(
        primaryjoin="foreign(DuplicatePair.first_id) == Person.id", viewonly=True
    )
    second: Mapped["Person"] = relationship(
        primaryjoin="foreign(DuplicatePair.second_id) == Person.id", viewonly=True
    )


class NotTheSame(TenantOwned):
    """The answer that two logins, participants, plans or units are not one, until it is taken back.

    Those are found anew each time they are looked for; what was answered about persons is with the
    pair.
    """

    __tablename__ = "not_the_same"
    __table_args__ = (
        UniqueConstraint(
            "municipality_id", "what", "first_id", "second_id", name="uq_not_the_same"
        ),
        CheckConstraint("first_id < second_id", name="ck_not_the_same_order"),
    )

    what: Mapped[DuplicateKind] = mapped_column(one_of(DuplicateKind, "not_the_same_what"))
    first_id: Mapped[str] = mapped_column(String(40))
    second_id: Mapped[str] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(500))
    answered_at: Mapped[datetime] = mapped_column(Instant)
    answered_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class PersonMerge(Versioned, TenantOwned):
    """Two persons made one: which stays, what was chosen, what moved, and how it was before.

    ``choices`` says per field whose value was kept. ``moved`` lists rows that changed as
    ``[table, id, column, before, after]``, with ids and states only; ``before`` holds both
    persons' own facts, sealed. ``look_at`` lists what needs a look after an undo.
    """

    __tablename__ = "person_merge"
    __table_args__ = (
        inside_municipality("person", "kept_id", "fk_person_merge_kept"),
        inside_municipality("person", "gone_id", "fk_person_merge_gone"),
        CheckConstraint("kept_id <> gone_id", name="ck_person_merge_two"),
        Index("ix_person_merge_kept", "municipality_id", "kept_id"),
        Index("ix_person_merge_state", "municipality_id", "state", "id"),
        Index(
            "uq_person_merge_gone",
            "municipality_id",
            "gone_id",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'done')"),
            sqlite_where=text("state IN ('waiting', 'done')"),
        ),
    )

    kept_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    gone_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    state: Mapped[MergeState] = mapped_column(one_of(MergeState, "person_merge_state"))
    choices: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    moved: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    before: Mapped[bytes | None] = mapped_column(LargeBinary)
    look_at: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    note: Mapped[str | None] = mapped_column(String(500))
    wanted_at: Mapped[datetime] = mapped_column(Instant)
    wanted_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    merged_at: Mapped[datetime | None] = mapped_column(Instant)
    merged_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))

    kept: Mapped["Person"] = relationship(
        primaryjoin="foreign(PersonMerge.kept_id) == Person.id", viewonly=True
    )
    gone: Mapped["Person"] = relationship(
        primaryjoin="foreign(PersonMerge.gone_id) == Person.id", viewonly=True
    )
