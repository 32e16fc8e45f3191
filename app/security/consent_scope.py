"""Age, authority and consent as conditions for SQL: the twin of that part of ``plan_access``.

The conditions are about ``PLAN``, ``OWNER``, ``PARTICIPANT`` and ``GRANT``, which a query around
them names. These stand for their tables in every query: making an alias anew costs more than the
database's answer. None of them may stand in a query inside another that names it too.

Each question inside a question costs PostgreSQL about as much to plan as the whole answer, so each
is asked once.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    exists,
    extract,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.enums import AuthorityKind, ConsentCapacity, ConsentKind
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
OWNER: Any = aliased(Person)
PARTICIPANT: Any = aliased(Participant)
GRANT: Any = aliased(Grant)
AUTHORITY: Any = aliased(Authority)

_RULE: Any = aliased(AgeRule)
_CONSENT: Any = aliased(Consent)
_COVER: Any = aliased(ConsentCover)
_PARENT: Any = aliased(Authority)
_REPRESENTATIVE: Any = aliased(Authority)

Conditions = Iterable[ColumnElement[bool]]
Reached = Callable[[Any], ColumnElement[bool]]
"""What makes the condition that a column's level is high enough."""


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
    """Whether ``OWNER`` alone consents to ``PLAN``; NULL while the birth date is unknown."""
    born = (
        extract("year", OWNER.birth_date) * 10_000
        + extract("month", OWNER.birth_date) * 100
        + extract("day", OWNER.birth_date)
    )
    age = (
        select(_RULE.own_consent_age)
        .where(
            _RULE.municipality_id == PLAN.municipality_id,
            _RULE.kind == PLAN.kind,
            _RULE.valid_from <= on,
        )
        .order_by(_RULE.valid_from.desc())
        .limit(1)
        .correlate_except(_RULE)
        .scalar_subquery()
    )
    today = on.year * 10_000 + on.month * 100 + on.day
    return literal(today) - born >= func.coalesce(age, USUAL_OWN_CONSENT_AGE) * 10_000


def is_reached_by(authority: Any, on: date) -> ColumnElement[bool]:
    """The twin of ``reaches``, for an authority over the owner of ``PLAN``."""
    return and_(
        active(authority, on),
        or_(
            authority.kind != AuthorityKind.PARENTAL_RESPONSIBILITY,
            not_(is_of_age(on)),
        ),
    )


def is_consented(reached: Reached, on: date) -> ColumnElement[bool]:
    """The twin of ``consented_level``: whether consent to ``GRANT``'s section is high enough.

    Every parent of a young owner has agreed; where there is none, the owner of age or a
    representative has.
    """
    return _is_agreed(_agreed(reached, on), on)


def is_given(kind: ConsentKind, on: date) -> ColumnElement[bool]:
    """The twin of ``is_agreed``: whether everyone who has to has consented to this about ``PLAN``,
    of which ``OWNER`` is the owner."""
    holds = (_CONSENT.plan_id == PLAN.id, _CONSENT.kind == kind, *in_force(_CONSENT, on))
    return _is_agreed(holds, on)


def in_force(consent: Any, on: date) -> tuple[ColumnElement[bool], ...]:
    """``Consent.active`` for a question that is asked anew for each plan.

    Written so that it fits no index of days: SQLite would look through all that end later.
    """
    ends_on = func.coalesce(consent.ends_on, consent.ends_on)
    return (consent.withdrawn_at.is_(None), consent.starts_on <= on, ends_on > on)


def _is_agreed(agreed: Conditions, on: date) -> ColumnElement[bool]:
    """Whether such a consent was given by everyone who has to."""
    agreed, of_age = tuple(agreed), is_of_age(on)
    by_parents = case((not_(of_age), _agree_all_parents(agreed, on)))
    by_right = some(
        (_CONSENT, _COVER),
        *agreed,
        or_(
            and_(
                _CONSENT.capacity == ConsentCapacity.OWNER,
                _CONSENT.giver_id == PLAN.owner_id,
                of_age,
            ),
            and_(_CONSENT.capacity == ConsentCapacity.REPRESENTATIVE, _is_representative(on)),
        ),
    )
    return func.coalesce(by_parents, case((by_right, 1), else_=0)) == 1


def _agree_all_parents(agreed: Conditions, on: date) -> ColumnElement[int]:
    """1 when all parents who have to agree have, 0 when one has not; NULL without parents."""
    has_agreed = some((_CONSENT, _COVER), *agreed, _is_parents())
    return (
        select(func.min(case((has_agreed, 1), else_=0)))
        .where(
            _PARENT.owner_id == PLAN.owner_id,
            _PARENT.kind == AuthorityKind.PARENTAL_RESPONSIBILITY,
            _PARENT.may_consent.is_(True),
            active(_PARENT, on),
        )
        .correlate_except(_PARENT)
        .scalar_subquery()
    )


def _agreed(reached: Reached, on: date) -> Conditions:
    """A consent to share that covers the section for the participant, or for their service."""
    return (
        _CONSENT.plan_id == PLAN.id,
        _CONSENT.kind == ConsentKind.INFORMATION_IS_SHARED,
        _CONSENT.withdrawn_at.is_(None),
        _CONSENT.starts_on <= on,
        _CONSENT.ends_on > on,
        _COVER.consent_id == _CONSENT.id,
        _COVER.section == GRANT.section,
        reached(_COVER.level),
        or_(_COVER.participant_id == PARTICIPANT.id, _COVER.unit_id == PARTICIPANT.unit_id),
    )


def _is_parents() -> ColumnElement[bool]:
    return and_(
        _CONSENT.authority_id == _PARENT.id,
        _CONSENT.giver_id == _PARENT.holder_id,
        _CONSENT.capacity == ConsentCapacity.GUARDIAN,
    )


def _is_representative(on: date) -> ColumnElement[bool]:
    """Whether the consent was given by a representative whose authority holds."""
    by = _REPRESENTATIVE
    return some(
        (by,),
        by.id == _CONSENT.authority_id,
        by.holder_id == _CONSENT.giver_id,
        by.owner_id == PLAN.owner_id,
        by.kind != AuthorityKind.PARENTAL_RESPONSIBILITY,
        by.may_consent.is_(True),
        active(by, on),
    )
