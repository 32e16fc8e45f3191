"""Who sees plans and so may be told of what is done with them: the same queries that let them in.

Whoever does not see a plan now is not told of it, and who is out of the register is not either.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select

from app.db import db
from app.models import Person
from app.plans.plan_troubles import working_coordinators
from app.security.consent_scope import PLAN
from app.security.plan_relations import (
    Question,
    Related,
    as_coordinator,
    as_owner,
    as_participant,
    by_authority,
)
from app.security.roles import Action
from app.security.tenancy import current_scope, here

ASKED_AT_ONCE = 500

Seen = Mapping[str, frozenset[str]]
"""Ids of persons by ids of plans."""


def who_sees(plan_ids: Collection[str], on: date) -> Seen:
    """Who sees each plan on this day: owners, those who act for them, participants, coordinators
    at work and their stand-ins. A local administrator's overview does not count."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    ids = sorted(plan_ids)
    asked = Question(Action.SHOW)
    taking_part = (*as_owner(asked, on), *by_authority(asked, on), *as_participant(asked, on))
    at_work = frozenset(db.session.scalars(working_coordinators(on)))
    for start in range(0, len(ids), ASKED_AT_ONCE):
        some = ids[start : start + ASKED_AT_ONCE]
        for related in taking_part:
            for plan_id, person_id in _pairs(related, some):
                found[plan_id].add(person_id)
        for related in as_coordinator(asked, on):
            for plan_id, person_id in _pairs(related, some):
                if person_id in at_work:
                    found[plan_id].add(person_id)
    gone = _gone({person_id for persons in found.values() for person_id in persons})
    return {plan_id: frozenset(persons - gone) for plan_id, persons in found.items()}


def _pairs(related: Related, plan_ids: Collection[str]) -> Collection[tuple[str, str]]:
    asked = related.query.with_only_columns(PLAN.id, related.person_id).where(
        PLAN.municipality_id == current_scope().municipality_id, PLAN.id.in_(plan_ids)
    )
    return [(plan_id, person_id) for plan_id, person_id in db.session.execute(asked)]


def _gone(person_ids: Collection[str]) -> set[str]:
    """Those of them who are out of the register."""
    if not person_ids:
        return set()
    retired = select(Person.id).where(here(Person), Person.retired_at.is_not(None))
    return set(db.session.scalars(retired)) & set(person_ids)
