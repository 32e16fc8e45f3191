"""Reminders before consents run out, and reviews at the owner's birthdays: notices, safe to repeat.

Each occasion is a day from which somebody is told once; whoever has a notice from that day on is
not told again, however often this runs.

Source: ``domain.md`` 3.3 (birthday jobs) and ``ux.md`` 4, pattern 3 (60, 30 and 7 days).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import OSLO, day_of
from app.consent.terms import add_months
from app.db import transaction
from app.enums import NoticeKind
from app.models import Consent, Municipality, Person, Plan
from app.notifications import notices
from app.security.actor import acting_as, operator
from app.security.plan_access import own_consent_age, valid_consents
from app.security.plan_rights import OPEN
from app.side_tables import Notice

BEFORE_END = (60, 30, 7)
BEFORE_BIRTHDAY = timedelta(days=30)
FULL_AGE = 18
YOUNGEST = 12
CATCH_UP = timedelta(days=60)
"""For how long an occasion that was missed is still told of."""


def run(session: Session, municipality_id: int, at: datetime) -> int:
    """Tell everyone in the municipality whom an occasion concerns; how many plans had one."""
    with acting_as(session, operator(municipality_id)), transaction():
        # Held, so that two runs at once tell everyone once.
        held = select(Municipality.id).where(Municipality.id == municipality_id)
        session.scalars(held.with_for_update()).one()
        ending = [_remind(session, plan, at) for plan in _plans_with_ending(session, day_of(at))]
        growing = [_review(session, plan, at) for plan in _plans_of_young(session, day_of(at))]
    return sum(ending) + sum(growing)


# --- consents that run out -----------------------------------------------------------------------


def _plans_with_ending(session: Session, on: date) -> Iterable[Plan]:
    ending = select(Consent.plan_id).where(
        Consent.active(on), Consent.ends_on <= on + timedelta(days=max(BEFORE_END))
    )
    found = select(Plan).where(Plan.state.in_(OPEN), Plan.id.in_(ending)).order_by(Plan.id)
    return session.scalars(found).all()


def _remind(session: Session, plan: Plan, at: datetime) -> bool:
    """Tell the givers, each of their own, and the coordinator of the first to run out."""
    on = day_of(at)
    ends: dict[str, list[date]] = defaultdict(list)
    for kind in {one.kind for one in plan.consents}:
        for consent in valid_consents(plan, kind, on):
            ends[consent.giver_id].append(consent.ends_on)
            ends[plan.coordinator_id].append(consent.ends_on)
    told = False
    for person_id, days in ends.items():
        end = min(days)
        since = _stage(end, on)
        if since is not None:
            last_day = f"{end - timedelta(days=1):%d.%m.%Y}"
            told |= _tell(session, plan, person_id, NoticeKind.CONSENT_ENDS, since, at, last_day)
    return told


def _stage(end: date, on: date) -> date | None:
    """Since when the reminder that is due has been; None when none is due yet."""
    reached = [end - timedelta(days=days) for days in BEFORE_END]
    return max((day for day in reached if day <= on), default=None)


# --- birthdays -----------------------------------------------------------------------------------


def _plans_of_young(session: Session, on: date) -> Iterable[Plan]:
    oldest = add_months(on - CATCH_UP, -12 * FULL_AGE)
    youngest = add_months(on + BEFORE_BIRTHDAY, -12 * YOUNGEST)
    found = (
        select(Plan)
        .join(Person, Person.id == Plan.owner_id)
        .where(Plan.state.in_(OPEN), Person.birth_date.between(oldest, youngest))
    )
    return session.scalars(found.order_by(Plan.id)).all()


def _review(session: Session, plan: Plan, at: datetime) -> bool:
    """Tell owner and coordinator that who consents is another soon, or from today on."""
    born, on = plan.owner.birth_date, day_of(at)
    if born is None:
        return False
    own_age = _birthday(born, own_consent_age(plan.age_rules, on))
    occasions = (own_age - BEFORE_BIRTHDAY, own_age, _birthday(born, FULL_AGE))
    due = [day for day in occasions if day <= on < day + CATCH_UP]
    if not due:
        return False
    told = [
        _tell(session, plan, person_id, NoticeKind.AGE_REACHED, max(due), at)
        for person_id in (plan.coordinator_id, plan.owner_id)
    ]
    return any(told)


def _birthday(born: date, age: int) -> date:
    """The day on which somebody becomes so old; 1 March for who is born on 29 February."""
    year = born.year + age
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


# --- telling once --------------------------------------------------------------------------------


def _tell(
    session: Session,
    plan: Plan,
    person_id: str,
    kind: NoticeKind,
    since: date,
    at: datetime,
    text: str = "",
) -> bool:
    """Tell somebody of an occasion, unless they were told since it began; whether they were."""
    began = datetime.combine(since, time(), tzinfo=OSLO)
    has_been = select(Notice.id).where(
        Notice.plan_id == plan.id,
        Notice.person_id == person_id,
        Notice.kind == kind,
        Notice.at >= began,
    )
    if session.scalar(has_been) is not None:
        return False
    notices.settle(plan.id, kind, at=at, person_id=person_id)
    session.flush()
    notices.tell(plan, [person_id], kind, at=at, text=text)
    session.flush()
    return True
