"""What people call municipalities."""

from collections.abc import Iterable

from sqlalchemy import select

from app.db import db
from app.models import Municipality


def place_names(ids: Iterable[int]) -> dict[int, str]:
    """The names of municipalities, by their ids."""
    found = db.session.scalars(select(Municipality).where(Municipality.id.in_(set(ids))))
    return {one.id: one.display_name for one in found.unique()}
