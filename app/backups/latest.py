"""When the panel was last backed up, as its log tells."""

from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.models import AuditEvent
from app.security import tenancy

TAKEN = "backup:taken"


def last_taken() -> datetime | None:
    """When the last backup that the panel knows of was taken (UTC); None if none was.

    A time and nothing else, so that those who ask need not read the installation's log.
    """
    newest = (
        select(AuditEvent.at)
        .where(AuditEvent.municipality_id.is_(None), AuditEvent.action == TAKEN)
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    with tenancy.asking(tenancy.Scope(is_central=True)):
        return db.session.scalar(newest)
