"""The weights in use in a municipality: learned from its own persons, or the shipped ones."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import select

from app.db import db
from app.duplicates.weights import SHIPPED, Weights
from app.models import MatchModel


def weights_of(municipality_id: int) -> Weights:
    """The weights in use. They are read when they have changed; else what was read stands."""
    return _kept(municipality_id) or SHIPPED


def _kept(municipality_id: int) -> Weights | None:
    """What was learned, unless from weights that a later version of the program has replaced."""
    row = db.session.execute(
        select(MatchModel.id, MatchModel.version).where(
            MatchModel.municipality_id == municipality_id
        )
    ).first()
    found = _weights(row.id, row.version) if row is not None else None
    return found if found is not None and found.edition == SHIPPED.edition else None


@lru_cache(maxsize=16)
def _weights(model_id: str, _version: int) -> Weights:
    found = db.session.scalars(select(MatchModel.content).where(MatchModel.id == model_id)).one()
    return Weights.from_json(found)


def keep(municipality_id: int, weights: Weights, *, persons: int, at: datetime) -> None:
    """Use weights that were learned from so many persons, from now on."""
    row = db.session.scalar(select(MatchModel).where(MatchModel.municipality_id == municipality_id))
    if row is None:
        row = MatchModel(municipality_id=municipality_id)
        db.session.add(row)
    row.content, row.persons, row.learned_at = weights.as_json(), persons, at


def persons_behind(municipality_id: int) -> int:
    """How many persons the weights were learned from; none for the shipped ones."""
    if _kept(municipality_id) is None:
        return 0
    found = select(MatchModel.persons).where(MatchModel.municipality_id == municipality_id)
    return db.session.scalar(found) or 0
