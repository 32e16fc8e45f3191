"""Plans and what is in them, for the matrix: seen from every side by somebody of the demo logins.

planeier owns ``ip``, foresatt is a parent of ``relay_log``'s owner, larer takes part in both with
limited sections, koordinator.* coordinates them, and ``offered`` is offered to koordinator.*.
``relay_log`` is asked to be moved, and another municipality has sent a plan for koordinator.*.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask_appbuilder import Model
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db
from app.enums import MoveState, NoticeKind, PlanKind, Section
from app.models import (
    Consent,
    Introduction,
    Municipality,
    Participant,
    Plan,
    PlanEntry,
    Pulse,
)
from app.plans import packing
from app.plans.packing import Contents, Owner
from app.security.roles import Resource
from app.side_tables import Handover, IncomingPlan, Notice, PlanMove
from tests.plans import garden as gardens
from tests.plans.garden import Bed, Garden
from tests.world import CANARY, Place, World

IN_BIN = "in the bin"
PLANS = {"9901": ("ip", "relay_log", "closed"), "9902": ("ip",)}
ENTRIES = {
    "9901": (
        ("ip", Section.GOALS),
        ("ip", Section.ABOUT_ME),
        ("ip", Section.COMMENTS),
        ("relay_log", Section.ACTIVITIES),
    ),
    "9902": (("ip", Section.GOALS),),
}


@dataclass(frozen=True)
class Spot:
    """A row of a plan: what it is called, its kind, where it is, and how to make one like it."""

    name: str
    model: type[Model]
    municipality_id: int
    row_id: str
    again: Callable[[], Model]


def garden_of(world: World) -> Garden:
    """The garden of a world, planted when it is first asked for."""
    if world.garden is None:
        world.garden = gardens.build(world)
        for bed in (world.garden.strandvik, world.garden.fjellby):
            with gardens.planting(bed.place):
                bed.handovers["offered"] = _offered(bed).id
                _into_bin(bed)
                bed.packages["arrived"] = _arrived(bed).id
                _method(bed)
        _ask_to_move(world.garden.strandvik, world.fjellby)
    return world.garden


def spots(resource: Resource, world: World) -> list[Spot]:
    """The rows of a kind that the matrix is about, in both municipalities."""
    garden = garden_of(world)
    return [spot for number in CANARY for spot in MAKERS[resource](garden.bed(number))]


def _again(place: Place, name: str) -> Bed:
    """A plan of its own like the one of this name, for what changes it."""
    bed = Bed(place)
    kind = gardens.SEEDS[name].kind
    if kind is PlanKind.INDIVIDUAL_PLAN:
        kind = PlanKind.EDUCATION_PLAN
    gardens.grow(bed, name, kind=kind)
    return bed


def _plans(bed: Bed) -> list[Spot]:
    def again(name: str) -> Plan:
        return db.session.get_one(Plan, _again(bed.place, name).plans[name])

    return [
        _spot(bed, name, Plan, bed.plans[name], again, name) for name in PLANS[bed.place.number]
    ]


def _participants(bed: Bed) -> list[Spot]:
    def again(name: str) -> Participant:
        fresh = _again(bed.place, name)
        return db.session.get_one(Participant, fresh.participants[name, "larer"])

    found = [name for name in PLANS[bed.place.number] if (name, "larer") in bed.participants]
    return [
        _spot(bed, name, Participant, bed.participants[name, "larer"], again, name)
        for name in found
    ]


def _consents(bed: Bed) -> list[Spot]:
    def again(name: str) -> Consent:
        fresh = _again(bed.place, name)
        return db.session.get_one(Consent, fresh.consents[name, "larer"])

    return [
        _spot(bed, name, Consent, bed.consents[name, "larer"], again, name)
        for name in PLANS[bed.place.number]
    ]


def _entries(bed: Bed) -> list[Spot]:
    def again(key: tuple[str, Section]) -> PlanEntry:
        fresh = _again(bed.place, key[0])
        return db.session.get_one(PlanEntry, fresh.entries[key])

    def binned(key: tuple[str, Section]) -> PlanEntry:
        row = again(key)
        row.deleted_at = utc_now()
        return row

    spots = [
        _spot(bed, " ".join(key), PlanEntry, bed.entries[key], again, key)
        for key in ENTRIES[bed.place.number]
    ]
    key = ("ip", Section.ACTIVITIES)
    spots.append(_spot(bed, f"ip activity {IN_BIN}", PlanEntry, bed.entries[IN_BIN], binned, key))
    return spots


def _handovers(bed: Bed) -> list[Spot]:
    def made(_name: str) -> Handover:
        fresh = _again(bed.place, "ip")
        gardens.offer(fresh, "ip", bed.place.persons["other"])
        return db.session.get_one(Handover, fresh.handovers["ip"])

    return [
        _spot(bed, "ip", Handover, bed.handovers["ip"], made, "ip"),
        _spot(bed, "offered", Handover, bed.handovers["offered"], lambda _: _offered(bed), ""),
    ]


def _incoming(bed: Bed) -> list[Spot]:
    row_id = bed.packages["arrived"]
    return [_spot(bed, "arrived", IncomingPlan, row_id, lambda _: _arrived(bed), "")]


def _notices(bed: Bed) -> list[Spot]:
    def again(_name: str) -> Notice:
        plan = db.session.get_one(Plan, bed.plans["ip"])
        text = CANARY[bed.place.number]
        return gardens.notice(plan, bed.place.persons["larer"], NoticeKind.CHANGE_WANTED, text=text)

    return [_spot(bed, "ip", Notice, bed.notices["ip"], again, "ip")]


def _introductions(bed: Bed) -> list[Spot]:
    def made(name: str) -> Introduction:
        fresh = _again(bed.place, name)
        return _introduced(bed.place, fresh.plans[name])

    return [
        _spot(bed, name, Introduction, bed.introductions[name], made, name)
        for name in PLANS[bed.place.number]
    ]


def _introduced(place: Place, plan_id: str) -> Introduction:
    """larer was told how a plan works."""
    row = Introduction(
        plan_id=plan_id, person_id=place.persons["larer"], given_on=today(), recorded_at=utc_now()
    )
    db.session.add(row)
    db.session.flush()
    return row


def _pulses(bed: Bed) -> list[Spot]:
    def made(_name: str) -> Pulse:
        return _asked(db.session.get_one(Plan, _again(bed.place, "ip").plans["ip"]))

    return [_spot(bed, "ip", Pulse, bed.pulses["ip"], made, "ip")]


def _asked(plan: Plan) -> Pulse:
    """The owner is asked three questions."""
    row = Pulse(plan_id=plan.id, person_id=plan.owner_id, asked_at=utc_now())
    db.session.add(row)
    db.session.flush()
    return row


def _method(bed: Bed) -> None:
    """What the method keeps of the plans: introductions of larer, and questions to an owner."""
    for name in PLANS[bed.place.number]:
        bed.introductions[name] = _introduced(bed.place, bed.plans[name]).id
    bed.pulses["ip"] = _asked(db.session.get_one(Plan, bed.plans["ip"])).id


def _spot(
    bed: Bed, name: str, model: type[Model], row_id: str, again: Callable, key: object
) -> Spot:
    name = f"{bed.place.number} {name}"
    return Spot(name, model, bed.place.id, row_id, lambda: again(key))


def _offered(bed: Bed) -> Handover:
    """A plan that somebody else coordinates, offered to the municipality's coordinator."""
    persons = bed.place.persons
    coordinator = next(key for key in persons if key.startswith("koordinator"))
    plan = gardens.make_plan(persons["young"], persons["other"], kind=PlanKind.FAMILY_PLAN)
    return gardens.handover(plan, persons[coordinator], note=CANARY[bed.place.number])


def _arrived(bed: Bed) -> IncomingPlan:
    """A plan that the other municipality has sent, for the coordinator to answer."""
    persons, number = bed.place.persons, bed.place.number
    coordinator = next(key for key in persons if key.startswith("koordinator"))
    row = IncomingPlan(
        municipality_id=bed.place.id,
        from_municipality_id=another_place(bed.place.id),
        state=MoveState.SENT,
        kind=PlanKind.EDUCATION_PLAN,
        sections=[Section.GOALS],
        contact=CANARY[number],
        sealed_owner=packing.seal_owner(Owner("Kari", CANARY[number], None)),
        sealed_content=packing.seal_contents(Contents()),
        coordinator_id=persons[coordinator],
        sent_at=utc_now(),
        expires_at=utc_now() + timedelta(days=30),
    )
    db.session.add(row)
    db.session.flush()
    return row


def another_place(municipality_id: int) -> int:
    """The id of a municipality that is not this one."""
    found = select(Municipality.id).where(Municipality.id != municipality_id)
    return int(db.session.scalars(found.order_by(Municipality.id).limit(1)).one())


def _ask_to_move(bed: Bed, to: Place) -> None:
    """A move that waits for the parent's consent."""
    with gardens.planting(bed.place):
        row = PlanMove(
            plan_id=bed.plans["relay_log"],
            to_municipality_id=to.id,
            state=MoveState.ASKED,
            sections=[Section.GOALS],
            asked_at=utc_now(),
        )
        db.session.add(row)


def _into_bin(bed: Bed) -> None:
    plan = db.session.get_one(Plan, bed.plans["ip"])
    text = gardens.canary(bed.place.number, Section.ACTIVITIES)
    row = gardens.entry(plan, Section.ACTIVITIES, text, deleted_at=utc_now())
    bed.entries[IN_BIN] = row.id


MAKERS: dict[Resource, Callable[[Bed], list[Spot]]] = {
    Resource.PLAN: _plans,
    Resource.PARTICIPANT_IN_PLAN: _participants,
    Resource.CONSENT: _consents,
    Resource.PLAN_ENTRY: _entries,
    Resource.HANDOVER: _handovers,
    Resource.NOTICE: _notices,
    Resource.INCOMING_PLAN: _incoming,
    Resource.INTRODUCTION: _introductions,
    Resource.PULSE: _pulses,
}
