"""Plans of every kind and state, drawn by chance, the same each time."""

from datetime import datetime, timedelta
from random import Random

from app.clock import today, utc_now
from app.db import db
from app.enums import (
    DecisionKind,
    EntryKind,
    EntryStatus,
    MatchBand,
    Outcome,
    PairState,
    PlanKind,
    PlanState,
    Section,
    UnitKind,
)
from app.models import AuditEvent, DuplicatePair, Person, Unit
from app.security.actor import operator
from app.side_tables import PlanDecision, PlanEntryVersion, PlanVisit
from app.units import operations as units
from tests.plans import garden
from tests.world import Place

PLANS = 45
STATES = (*[PlanState.ACTIVE] * 4, PlanState.PAUSED, PlanState.DRAFT, PlanState.AWAITING_CONSENT)
YEARS = (3, 8, 14, 15, 17, 20, 40, 70)


def sow(place: Place) -> dict[str, str]:
    """Plans in three units, one of them below another; the ids of the units."""
    chance = Random(7)
    with garden.planting(place):
        belongs = {"north": _unit(place, "Nordskolen", "top"), "south": _unit(place, "Sør", "top")}
        belongs["below"] = _unit(place, "Nordskolen SFO", belongs["north"])
        coordinators = [
            garden.person(place, f"coordinator {number}", "Siri", None).id for number in range(9)
        ]
        for number in range(PLANS):
            _plan(place, chance, number, chance.choice(coordinators), belongs)
        _pairs(place, chance)
    return belongs


def _unit(place: Place, name: str, parent: str) -> str:
    unit = Unit(name=name, kind=UnitKind.SCHOOL, is_outside=False)
    above = db.session.get_one(Unit, place.units.get(parent, parent))
    units.add(operator(place.id), unit, above, at=utc_now())
    db.session.flush()
    return unit.id


def _plan(
    place: Place, chance: Random, number: int, coordinator_id: str, belongs: dict[str, str]
) -> None:
    born = garden.born(chance.choice(YEARS)) if chance.random() < 0.9 else None
    owner = garden.person(place, f"owner {number}", f"Eier{number}", born)
    owner.is_shielded = chance.random() < 0.1
    started_at = utc_now() - timedelta(days=chance.randrange(1, 900))
    closed_at = started_at + timedelta(days=30) if chance.random() < 0.25 else None
    plan = garden.make_plan(
        owner.id,
        coordinator_id,
        kind=chance.choice(list(PlanKind)),
        state=PlanState.CLOSED if closed_at else chance.choice(STATES),
        unit_id=chance.choice([None, place.units["school"], *belongs.values()]),
        started_at=started_at,
        closed_at=min(closed_at, utc_now()) if closed_at else None,
        next_evaluation_on=chance.choice([None, *(today() + timedelta(d) for d in (-9, 9, 99))]),
    )
    _consents(chance, plan, owner, started_at)
    _content(chance, plan, owner, coordinator_id)


def _consents(chance: Random, plan, owner: Person, started_at: datetime) -> None:
    ends = chance.choice([None, -5, 10, 45, 200, 200, 200])
    if ends is None:
        return
    given_at = started_at + timedelta(days=chance.randrange(40))
    starts_on = min(started_at.date(), today() - timedelta(days=6))
    given = garden.consent(
        plan, ends_on=today() + timedelta(days=ends), given_at=given_at, starts_on=starts_on
    )
    if chance.random() < 0.15:
        given.withdrawn_at = max(utc_now(), given_at)
        given.withdrawn_reason = "vil ikke lenger"
    if chance.random() < 0.8:
        db.session.add(
            AuditEvent(
                municipality_id=plan.municipality_id,
                at=given_at + timedelta(days=chance.randrange(9)),
                action="plan:activated",
                outcome=Outcome.DONE,
                plan_id=plan.id,
                fields=[],
            )
        )


def _content(chance: Random, plan, owner: Person, coordinator_id: str) -> None:
    for _ in range(chance.randrange(6)):
        day = today() - timedelta(days=chance.randrange(-20, 500))
        garden.entry(
            plan,
            Section.MEETINGS,
            "Møte",
            kind=EntryKind.MEETING,
            details={"date": day.isoformat()},
            deleted_at=utc_now() if chance.random() < 0.1 else None,
        )
    for _ in range(chance.randrange(3)):
        entry = garden.entry(
            plan,
            Section.ACTIVITIES,
            "Øve",
            deadline_on=chance.choice([None, garden.yesterday(), today() + timedelta(days=30)]),
            status=chance.choice(list(EntryStatus)),
        )
        for number in range(chance.randrange(1, 5)):
            author = coordinator_id if chance.random() < 0.7 else owner.id
            of = {"plan_id": plan.id, "entry_id": entry.id, "number": number}
            db.session.add(PlanEntryVersion(**of, author_id=author, at=utc_now()))
    if chance.random() < 0.6:
        seen_at = utc_now() - timedelta(days=chance.choice([5, 300]))
        who = chance.choice([owner.id, coordinator_id])
        db.session.add(PlanVisit(plan_id=plan.id, person_id=who, seen_at=seen_at))
    for _ in range(chance.randrange(3)):
        db.session.add(
            PlanDecision(
                plan_id=plan.id,
                kind=chance.choice(list(DecisionKind)),
                what="Rett til plan",
                legal_ground="pbrl § 2-5",
                decided_on=today() - timedelta(days=chance.randrange(400)),
                recorded_at=utc_now(),
            )
        )


def _pairs(place: Place, chance: Random) -> None:
    persons = sorted(place.persons[f"owner {number}"] for number in range(40))
    for first, second in zip(persons[::2], persons[1::2], strict=True):
        db.session.add(
            DuplicatePair(
                first_id=first,
                second_id=second,
                score=9.0,
                band=MatchBand.PROBABLE,
                state=chance.choice(list(PairState)),
                facts=b"",
                found_at=utc_now(),
            )
        )
