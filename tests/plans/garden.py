"""Ready-made plans in the small test world, and how to make more.

The texts of a plan hold a word for their section and their municipality, which must be seen by
nobody who may not read that section there. Rows are made as they stand, without the operations:
a test chooses what is true. Every function but ``build`` is called inside a municipality's scope
and a transaction (``with planting(place):``).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import (
    AuthorityKind,
    ConsentCapacity,
    ConsentKind,
    ConsentMethod,
    EntryKind,
    EntryStatus,
    Level,
    NoticeKind,
    PlanKind,
    PlanState,
    Section,
)
from app.models import (
    Authority,
    Consent,
    ConsentCover,
    EmergencyAccess,
    Grant,
    Participant,
    Person,
    Plan,
    PlanEntry,
    StandIn,
    Unit,
    WithheldSection,
)
from app.people.names import search_form
from app.security.actor import acting_as, operator
from app.side_tables import Handover, Notice
from app.templating import setup
from tests.world import CANARY, Place, World

WORDS: dict[Section, str] = {
    Section.ABOUT_ME: "Solsikke",
    Section.MAPPING: "Kløverblad",
    Section.GOALS: "Furukongle",
    Section.ACTIVITIES: "Blåveis",
    Section.COMMENTS: "Tyttebær",
    Section.SUB_PLANS: "Einerkvist",
    Section.DOCUMENTS: "Lønneblad",
    Section.MEETINGS: "Hestehov",
}
"""What the texts of a section hold, joined to the word of the municipality."""

KINDS: dict[Section, EntryKind] = {
    Section.ABOUT_ME: EntryKind.ABOUT,
    Section.MAPPING: EntryKind.MAPPING,
    Section.GOALS: EntryKind.GOAL,
    Section.ACTIVITIES: EntryKind.ACTIVITY,
    Section.COMMENTS: EntryKind.COMMENT,
    Section.SUB_PLANS: EntryKind.SUB_PLAN,
    Section.DOCUMENTS: EntryKind.DOCUMENT,
    Section.MEETINGS: EntryKind.MEETING,
}
TEACHERS: dict[Section, Level] = {
    Section.GOALS: Level.READ,
    Section.ACTIVITIES: Level.WRITE,
    Section.COMMENTS: Level.WRITE,
}
"""What larer is given in each plan; every other section stays closed."""


def canary(number: str, section: Section) -> str:
    """The word that the texts of a section hold in the municipality of this number."""
    return f"{WORDS[section]}-{CANARY[number]}"


@dataclass
class Bed:
    """What grows in one municipality: ids by name.

    An entry is named by its plan and section (``entries["ip", Section.GOALS]``), a participant
    and a consent by the plan and the person (``participants["ip", "larer"]``).
    """

    place: Place
    plans: dict[str, str] = field(default_factory=dict)
    participants: dict[tuple[str, str], str] = field(default_factory=dict)
    consents: dict[tuple[str, str], str] = field(default_factory=dict)
    entries: dict[tuple[str, Section], str] = field(default_factory=dict)
    authorities: dict[str, str] = field(default_factory=dict)
    handovers: dict[str, str] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    introductions: dict[str, str] = field(default_factory=dict)
    pulses: dict[str, str] = field(default_factory=dict)


@dataclass
class Garden:
    """The plans of both municipalities.

    Strandvik: ``ip`` (active, of planeier, 16), ``relay_log`` (active, of foresatt's child, 9),
    ``draft`` and ``closed`` (of Kari, 17). Fjellby: ``ip`` (active, of Kari, 17). larer takes part
    in all but the draft, with ``TEACHERS``.
    """

    strandvik: Bed
    fjellby: Bed

    def bed(self, number: str) -> Bed:
        """The plans of the municipality of this number."""
        return self.strandvik if number == self.strandvik.place.number else self.fjellby


def build(world: World) -> Garden:
    """Plant the plans; call within an application context."""
    with planting(world.strandvik):
        strandvik = _strandvik(world.strandvik)
    with planting(world.fjellby):
        fjellby = _fjellby(world.fjellby)
    return Garden(strandvik, fjellby)


@contextmanager
def planting(place: Place) -> Iterator[None]:
    """A transaction in a municipality's scope, with its set-up for plans in place."""
    with acting_as(db.session(), operator(place.id)), transaction() as session:
        setup.ensure(session, place.id, at=utc_now())
        yield


def born(years: int) -> date:
    """A birth date that makes somebody this old all through the present year."""
    return date(today().year - years, 1, 1)


# --- rows ----------------------------------------------------------------------------------------


def _kept(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def person(place: Place, key: str, given: str, birth_date: date | None) -> Person:
    """A person with the municipality's word as family name, found as ``place.persons[key]``."""
    family = f"{CANARY[place.number]}dal"
    row: Person = _kept(
        Person(
            given_name=given,
            family_name=family,
            search_family=search_form(family, given),
            search_given=search_form(given, family),
            birth_date=birth_date,
            unit_id=place.units["school"],
            created_at=utc_now(),
        )
    )
    place.persons[key] = row.id
    return row


def make_plan(owner_id: str, coordinator_id: str, **values: Any) -> Plan:
    """An active individual plan, or what ``values`` say instead."""
    at: datetime = values.get("started_at", utc_now())
    kind = values.get("kind", PlanKind.INDIVIDUAL_PLAN)
    state = values.get("state", PlanState.ACTIVE)
    usual = {
        "kind": kind,
        "state": state,
        "level": 1 if kind is PlanKind.RELAY_LOG else None,
        "period_from": today(),
        "started_at": at,
        "last_activity_at": at,
        "closed_at": at if state in (PlanState.CLOSED, PlanState.ARCHIVED) else None,
    }
    row: Plan = _kept(Plan(owner_id=owner_id, coordinator_id=coordinator_id, **(usual | values)))
    return row


def add_participant(plan: Plan, person_id: str, **values: Any) -> Participant:
    """Somebody who takes part since yesterday, without any grant yet."""
    usual = {"function": "lærer", "starts_on": yesterday(), "added_at": utc_now()}
    row: Participant = _kept(Participant(plan_id=plan.id, person_id=person_id, **(usual | values)))
    return row


def grant(participant: Participant, section: Section, level: Level, **values: Any) -> Grant:
    """A section given to a participant since yesterday."""
    usual = {"starts_on": yesterday(), "given_at": utc_now()}
    row: Grant = _kept(
        Grant(
            plan_id=participant.plan_id,
            participant_id=participant.id,
            section=section,
            level=level,
            **(usual | values),
        )
    )
    return row


def authority(owner_id: str, holder_id: str, **values: Any) -> Authority:
    """Parental responsibility that reaches as far as consenting, or what ``values`` say."""
    usual = {
        "kind": AuthorityKind.PARENTAL_RESPONSIBILITY,
        "may_consent": True,
        "ground": "sagt og vist i møte",
        "starts_on": yesterday(),
        "stated_at": utc_now(),
    }
    row: Authority = _kept(Authority(owner_id=owner_id, holder_id=holder_id, **(usual | values)))
    return row


def withhold(by: Authority, section: Section, **values: Any) -> WithheldSection:
    """A section that an authority does not reach."""
    usual = {"reason": "barnets ønske", "since": utc_now()}
    row: WithheldSection = _kept(
        WithheldSection(authority_id=by.id, section=section, **(usual | values))
    )
    return row


Covered = tuple[Participant | Unit, Section, Level]


def consent(
    plan: Plan, by: Authority | None = None, covers: Iterable[Covered] = (), **values: Any
) -> Consent:
    """A digital consent for a year from yesterday, by the owner, or ``by`` an authority.

    It lets information be shared as far as ``covers`` say; without any that the plan is made.
    """
    covers = list(covers)
    kind = ConsentKind.INFORMATION_IS_SHARED if covers else ConsentKind.PLAN_IS_MADE
    usual = {
        "kind": kind,
        "giver_id": plan.owner_id if by is None else by.holder_id,
        "capacity": _capacity(by),
        "authority_id": None if by is None else by.id,
        "text_id": setup.consent_text(db.session(), plan.kind).id,
        "method": ConsentMethod.DIGITAL,
        "starts_on": yesterday(),
        "ends_on": today() + timedelta(days=365),
        "given_at": utc_now() - timedelta(days=1),
    }
    row: Consent = _kept(Consent(plan_id=plan.id, **(usual | values)))
    for who, section, level in covers:
        cover(row, who, section, level)
    return row


def _capacity(by: Authority | None) -> ConsentCapacity:
    if by is None:
        return ConsentCapacity.OWNER
    is_parent = by.kind is AuthorityKind.PARENTAL_RESPONSIBILITY
    return ConsentCapacity.GUARDIAN if is_parent else ConsentCapacity.REPRESENTATIVE


def cover(given: Consent, who: Participant | Unit, section: Section, level: Level) -> ConsentCover:
    """One section that a consent lets a participant, or whoever acts for a service, see."""
    row: ConsentCover = _kept(
        ConsentCover(
            plan_id=given.plan_id,
            consent_id=given.id,
            participant_id=who.id if isinstance(who, Participant) else None,
            unit_id=who.id if isinstance(who, Unit) else None,
            section=section,
            level=level,
        )
    )
    return row


def entry(plan: Plan, section: Section, body: str, **values: Any) -> PlanEntry:
    """A piece of content of the section's usual kind."""
    at = utc_now()
    has_status = section in (Section.GOALS, Section.ACTIVITIES)
    usual = {
        "kind": KINDS[section],
        "title": body,
        "status": EntryStatus.ONGOING if has_status else None,
        "created_at": at,
        "changed_at": at,
    }
    row: PlanEntry = _kept(
        PlanEntry(plan_id=plan.id, section=section, body=body, **(usual | values))
    )
    return row


def handover(plan: Plan, to_id: str, **values: Any) -> Handover:
    """The coordinator's role offered to somebody who has not answered."""
    usual = {"from_id": plan.coordinator_id, "offered_at": utc_now()}
    row: Handover = _kept(Handover(plan_id=plan.id, to_id=to_id, **(usual | values)))
    return row


def notice(plan: Plan, person_id: str, kind: NoticeKind, **values: Any) -> Notice:
    """What somebody is told about a plan and has not seen to."""
    row: Notice = _kept(
        Notice(plan_id=plan.id, person_id=person_id, kind=kind, **({"at": utc_now()} | values))
    )
    return row


def stand_in(plan: Plan, person_id: str, **values: Any) -> StandIn:
    """Somebody who stands in for the coordinator, from yesterday and a fortnight on."""
    usual = {
        "starts_on": yesterday(),
        "ends_on": today() + timedelta(days=14),
        "made_at": utc_now(),
    }
    row: StandIn = _kept(StandIn(plan_id=plan.id, person_id=person_id, **(usual | values)))
    return row


def emergency(plan: Plan, person_id: str, **values: Any) -> EmergencyAccess:
    """A local administrator's access to a plan, begun a minute ago, for four hours."""
    begun = utc_now() - timedelta(minutes=1)
    usual = {"reason": "fare for liv", "starts_at": begun, "ends_at": begun + timedelta(hours=4)}
    row: EmergencyAccess = _kept(
        EmergencyAccess(plan_id=plan.id, person_id=person_id, **(usual | values))
    )
    return row


def yesterday() -> date:
    """The day from which what the garden holds has been true."""
    return today() - timedelta(days=1)


# --- the garden ----------------------------------------------------------------------------------


def teach(bed: Bed, name: str, plan: Plan, by: Iterable[Authority] = ()) -> Participant:
    """Let larer take part with ``TEACHERS``, agreed to by the owner or by all of ``by``."""
    unit_id = bed.place.units["school"]
    row = add_participant(plan, bed.place.persons["larer"], unit_id=unit_id)
    bed.participants[name, "larer"] = row.id
    for section, level in TEACHERS.items():
        grant(row, section, level)
    covers = [(row, section, level) for section, level in TEACHERS.items()]
    for one in list(by) or [None]:
        consent(plan, one)
        bed.consents[name, "larer"] = consent(plan, one, covers).id
    return row


def fill(bed: Bed, name: str, plan: Plan) -> None:
    """An entry in each section that holds content, with the section's word in it."""
    bed.plans[name] = plan.id
    for section in KINDS:
        if plan.kind is PlanKind.RELAY_LOG and section is Section.SUB_PLANS:
            continue
        row = entry(plan, section, canary(bed.place.number, section), author_id=plan.coordinator_id)
        bed.entries[name, section] = row.id


@dataclass(frozen=True)
class Seed:
    """What a plan of the garden grows from: whose it is, and what else is special."""

    owner: str
    kind: PlanKind = PlanKind.INDIVIDUAL_PLAN
    values: dict[str, Any] = field(default_factory=dict)


SEEDS = {
    "ip": Seed("planeier"),
    "relay_log": Seed("child", PlanKind.RELAY_LOG),
    "draft": Seed("young", PlanKind.DEVELOPMENT_PLAN, {"state": PlanState.DRAFT}),
    "closed": Seed("young", values={"state": PlanState.CLOSED, "closed_reason": "målet er nådd"}),
}
FJELLBY_SEEDS = {"ip": Seed("young")}


def grow(bed: Bed, name: str, **values: Any) -> Plan:
    """A plan like the one of this name, with all that belongs to it; ``bed`` gets the ids.

    An owner has one open individual plan, so one more needs another ``kind``.
    """
    place = bed.place
    seeds, coordinator = (
        (SEEDS, "koordinator.strandvik")
        if place.number == "9901"
        else (FJELLBY_SEEDS, "koordinator.fjellby")
    )
    seed = seeds[name]
    usual = {"kind": seed.kind, "unit_id": place.units["school"], **seed.values}
    owner_id = place.persons[seed.owner]
    plan = make_plan(owner_id, place.persons[coordinator], **(usual | values))
    fill(bed, name, plan)
    if name != "draft":
        teach(bed, name, plan, plan.authorities if seed.owner == "child" else ())
    return plan


def _strandvik(place: Place) -> Bed:
    bed, persons = Bed(place), place.persons
    db.session.get_one(Person, persons["planeier"]).birth_date = born(16)
    person(place, "child", "Lillegutt", born(9))
    person(place, "young", "Kari", born(17))
    bed.authorities["foresatt"] = authority(persons["child"], persons["foresatt"]).id
    for name in SEEDS:
        grow(bed, name)
    offer(bed, "ip", persons["other"])
    return bed


def _fjellby(place: Place) -> Bed:
    bed = Bed(place)
    person(place, "young", "Kari", born(17))
    for name in FJELLBY_SEEDS:
        grow(bed, name)
    offer(bed, "ip", place.persons["other"])
    return bed


def offer(bed: Bed, name: str, to_id: str) -> None:
    """An open offer of the coordinator's role, and a notice to larer."""
    plan = db.session.get_one(Plan, bed.plans[name])
    bed.handovers[name] = handover(plan, to_id, note=CANARY[bed.place.number]).id
    row = notice(
        plan,
        bed.place.persons["larer"],
        NoticeKind.CHANGE_WANTED,
        text=CANARY[bed.place.number],
    )
    bed.notices[name] = row.id
