"""Age, authority and consent as conditions for SQL: the twin of that part of ``plan_access``.

The conditions are about ``PLAN``, ``PARTICIPANT`` and ``GRANT``, which a query around them names.
These stand for their tables in every query: making an alias anew costs more than the database's
answer. None of them may stand in a query inside another that names it too.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    extract,
    false,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.enums import AuthorityKind, ConsentCapacity, ConsentKind, Level
from app.models import (
    AgeRule,
    Authority,
    Consent,
    ConsentCover,
    Grant,
    Participant,
    Person,
    Plan,
)
from app.security.plan_rights import USUAL_OWN_CONSENT_AGE

PLAN: Any = aliased(Plan)
PARTICIPANT: Any = aliased(Participant)
GRANT: Any = aliased(Grant)
AUTHORITY: Any = aliased(Authority)

_OWNER: Any = aliased(Person)
_RULE: Any = aliased(AgeRule)
_CONSENT: Any = aliased(Consent)
_COVER: Any = aliased(ConsentCover)
_PARENT: Any = aliased(Authority)
_REPRESENTATIVE: Any = aliased(Authority)

Conditions = Iterable[ColumnElement[bool]]


def some(rows: tuple[Any, ...], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there are ``rows`` that meet the conditions, which may name rows of any query around.

    Left to itself, SQLAlchemy ties a condition to the nearest query only, and looks through all
    plans for what it names of one further out.
    """
    return exists().where(*conditions).correlate_except(*rows)


def active(row: Any, on: date) -> ColumnElement[bool]:
    """The twin of ``Period.is_active``."""
    return and_(
        row.ended_at.is_(None),
        row.starts_on <= on,
        or_(row.ends_on.is_(None), row.ends_on > on),
    )


def is_of_age(on: date) -> ColumnElement[bool]:
    """Whether the owner of ``PLAN`` alone consents; NULL while the birth date is unknown."""
    number = (
        extract("year", _OWNER.birth_date) * 10_000
        + extract("month", _OWNER.birth_date) * 100
        + extract("day", _OWNER.birth_date)
    )
    birth = select(number).where(_OWNER.id == PLAN.owner_id).scalar_subquery()
    age = (
        select(_RULE.own_consent_age)
        .where(
            _RULE.municipality_id == PLAN.municipality_id,
            _RULE.kind == PLAN.kind,
            _RULE.valid_from <= on,
        )
        .order_by(_RULE.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    today = on.year * 10_000 + on.month * 100 + on.day
    return literal(today) - birth >= func.coalesce(age, USUAL_OWN_CONSENT_AGE) * 10_000


def is_reached_by(authority: Any, on: date) -> ColumnElement[bool]:
    """The twin of ``reaches``, for an authority over the owner of ``PLAN``."""
    return and_(
        active(authority, on),
        or_(
            authority.kind != AuthorityKind.PARENTAL_RESPONSIBILITY,
            not_(is_of_age(on)),
        ),
    )


def is_consented(levels: tuple[Level, ...], on: date) -> ColumnElement[bool]:
    """The twin of ``consented_level``: whether it reaches one of ``levels`` in ``GRANT``'s section.

    The owner of age or a representative has agreed, or for a young owner every parent has; where
    there is none, a representative.
    """
    of_age, agreed = is_of_age(on), _agreed(levels, on)
    is_young = not_(of_age)
    must = _must_agree(on)
    has_parent = some((_PARENT,), *must)
    is_missing = some((_PARENT,), *must, not_(some((_CONSENT, _COVER), *agreed, _is_parents())))
    own = some(
        (_CONSENT, _COVER),
        *agreed,
        _CONSENT.capacity == ConsentCapacity.OWNER,
        _CONSENT.giver_id == PLAN.owner_id,
    )
    return or_(
        and_(of_age, own),
        and_(is_young, has_parent, not_(is_missing)),
        and_(not_(and_(func.coalesce(is_young, false()), has_parent)), _is_represented(agreed, on)),
    )


def _must_agree(on: date) -> Conditions:
    """The parents of a young owner, who all have to agree."""
    return (
        _PARENT.owner_id == PLAN.owner_id,
        _PARENT.kind == AuthorityKind.PARENTAL_RESPONSIBILITY,
        _PARENT.may_consent.is_(True),
        active(_PARENT, on),
    )


def _agreed(levels: tuple[Level, ...], on: date) -> Conditions:
    """A consent to share that covers the section for the participant, or for their service."""
    return (
        _CONSENT.plan_id == PLAN.id,
        _CONSENT.kind == ConsentKind.INFORMATION_IS_SHARED,
        _CONSENT.withdrawn_at.is_(None),
        _CONSENT.starts_on <= on,
        _CONSENT.ends_on > on,
        _COVER.consent_id == _CONSENT.id,
        _COVER.section == GRANT.section,
        _COVER.level.in_(levels),
        or_(_COVER.participant_id == PARTICIPANT.id, _COVER.unit_id == PARTICIPANT.unit_id),
    )


def _is_parents() -> ColumnElement[bool]:
    return and_(
        _CONSENT.authority_id == _PARENT.id,
        _CONSENT.giver_id == _PARENT.holder_id,
        _CONSENT.capacity == ConsentCapacity.GUARDIAN,
    )


def _is_represented(agreed: Conditions, on: date) -> ColumnElement[bool]:
    """Whether a representative whose authority holds has agreed."""
    by = _REPRESENTATIVE
    return some(
        (_CONSENT, _COVER, by),
        *agreed,
        _CONSENT.capacity == ConsentCapacity.REPRESENTATIVE,
        by.id == _CONSENT.authority_id,
        by.holder_id == _CONSENT.giver_id,
        by.owner_id == PLAN.owner_id,
        by.kind != AuthorityKind.PARENTAL_RESPONSIBILITY,
        by.may_consent.is_(True),
        active(by, on),
    )
