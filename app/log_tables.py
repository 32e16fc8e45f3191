"""What links the events of the log in chains: one for each municipality, one for the installation.

``app.models`` has the events themselves.
"""

from flask_appbuilder import Model
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

OWN_CHAIN = text("municipality_id IS NULL")


class AuditLink(Model):
    """One link: an event's id, its number in the chain, and a keyed hash of it and of the link
    before. Links are added, never changed; they say nothing of anybody.

    No key leads to the event: a removed one must leave a link that tells of it.
    """

    __tablename__ = "audit_link"
    __table_args__ = (
        UniqueConstraint("municipality_id", "number", name="uq_audit_link_number"),
        CheckConstraint("number > 0", name="ck_audit_link_number"),
        Index(
            "uq_audit_link_own_number",
            "number",
            unique=True,
            postgresql_where=OWN_CHAIN,
            sqlite_where=OWN_CHAIN,
        ),
    )

    event_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
