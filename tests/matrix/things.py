"""Rows for the matrix: one of each kind, in each municipality, in use and retired."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.clock import today, utc_now
from app.columns import new_id
from app.db import db, transaction
from app.duplicate_tables import DuplicatePair
from app.enums import (
    JobKind,
    JobState,
    LanguageForm,
    Level,
    MatchBand,
    Outcome,
    PlanKind,
    ProtectionGrade,
    Role,
    Section,
    SetUpKind,
    UnitKind,
)
from app.joining_tables import (
    IncomingUnits,
    JoiningState,
    MunicipalityJoining,
    UnitMove,
    UnitMoveState,
)
from app.models import (
    ApiToken,
    AuditEvent,
    CentralAppointment,
    Course,
    CourseAttendance,
    Gathering,
    GatheringAction,
    GatheringAttendance,
    Job,
    Membership,
    Municipality,
    Person,
    PlanType,
    ProtectedAddress,
    Routine,
    StandardRole,
    Unit,
)
from app.people.names import search_form
from app.security import tenancy
from app.security.roles import Resource
from app.set_up_tables import NationalPiece, Template
from app.side_tables import BulkChange, SavedView
from app.templating import heads, setup, versions
from app.templating.role_content import RoleContent
from app.templating.template_content import TemplateContent
from app.templating.texts import Text, key_of
from tests.matrix import plan_things
from tests.plans.garden import planting
from tests.plans.loading import whole
from tests.world import CANARY, Place, World, password_hash

MISSING = "00000000-0000-7000-8000-000000000000"
MALFORMED = "0"
numbers = count(1)


@dataclass(frozen=True)
class Thing:
    """What stands in an address, and how to find the row behind it (None: there is none)."""

    name: str
    key: str
    model: type | None = None
    municipality_id: int | None = None
    row_id: object = None
    again: Callable[[], Model] | None = field(default=None, compare=False)

    def load(self) -> object | None:
        """The row as it is now, found in its own municipality's scope."""
        if self.model is None:
            return None
        scope = tenancy.Scope(self.municipality_id, None, self.municipality_id is None)
        session = db.session()
        session.rollback()
        with tenancy.applied(session, scope):
            row = session.get(self.model, self.row_id, options=whole(self.model))
            if row is not None:
                _ = getattr(row, "unit", None)
                session.expunge_all()
        return row


NOTHING = (Thing("missing", MISSING), Thing("malformed", MALFORMED))


def things(resource: Resource, world: World) -> list[Thing]:
    """One of each: in both municipalities, in use and retired, and two that are not."""
    makers = {
        Resource.UNIT: _units,
        Resource.PERSON: _persons,
        Resource.MEMBERSHIP: _memberships,
        Resource.MUNICIPALITY: _municipalities,
    }
    if resource in plan_things.MAKERS:
        return [*map(_of_plan, plan_things.spots(resource, world)), *NOTHING]
    maker = makers.get(resource)
    if maker is None:
        return [*(fresh(resource, place) for place in (world.strandvik, world.fjellby)), *NOTHING]
    return [*maker(world), *NOTHING]


def _of_plan(spot: plan_things.Spot) -> Thing:
    municipality_id = spot.municipality_id
    return Thing(spot.name, spot.row_id, spot.model, municipality_id, spot.row_id, spot.again)


def another(thing: Thing, place: Place) -> Thing:
    """A row of its own like one that belongs to a plan."""
    assert thing.again is not None
    with planting(place):
        row = thing.again()
        db.session.flush()
        return Thing(thing.name, row.id, type(row), place.id, row.id)


def _units(world: World) -> list[Thing]:
    return [
        Thing(f"{p.number} {key}", p.units[key], Unit, p.id, p.units[key])
        for p in (world.strandvik, world.fjellby)
        for key in ("nav", "old")
    ]


def _persons(world: World) -> list[Thing]:
    return [
        Thing(f"{p.number} {key}", p.persons[key], Person, p.id, p.persons[key])
        for p in (world.strandvik, world.fjellby)
        for key in ("other", "retired")
    ]


def _memberships(world: World) -> list[Thing]:
    return [
        Thing(f"{p.number} larer", p.memberships["larer"], Membership, p.id, p.memberships["larer"])
        for p in (world.strandvik, world.fjellby)
    ]


def _municipalities(world: World) -> list[Thing]:
    return [
        Thing(p.number, p.number, Municipality, None, p.id)
        for p in (world.strandvik, world.fjellby)
    ]


def fresh(resource: Resource, place: Place, *, retired: bool = False) -> Thing:
    """A row of its own, for a request that changes what it hits."""
    session = db.session()
    session.rollback()
    with tenancy.applied(session, tenancy.Scope(place.id, None, True)), transaction():
        row = _make(resource, place, retired)
        session.add(row)
        session.flush()
        owner = getattr(row, "municipality_id", None)
        found = Thing(f"{place.number} fresh {resource}", str(row.id), type(row), owner, row.id)
    if resource is Resource.MUNICIPALITY:
        return Thing(place.number, place.number, Municipality, None, place.id)
    if resource is Resource.PROTECTED_ADDRESS:
        return Thing(f"{place.number} shielded", row.person_id, Person, place.id, row.person_id)
    return found


def _make(resource: Resource, place: Place, retired: bool) -> object:
    makers = {
        Resource.UNIT: _unit,
        Resource.PERSON: _person,
        Resource.PROTECTED_ADDRESS: _protected_address,
        Resource.MEMBERSHIP: _membership,
        Resource.JOB: _job,
        Resource.AUDIT_EVENT: _audit_event,
        Resource.CENTRAL_APPOINTMENT: _central_appointment,
        Resource.API_TOKEN: _api_token,
        Resource.SAVED_VIEW: _saved_view,
        Resource.BULK_CHANGE: _bulk_change,
        Resource.PLAN_TYPE: _plan_type,
        Resource.STANDARD_ROLE: _standard_role,
        Resource.NATIONAL_PIECE: _national_piece,
        Resource.DUPLICATE: _duplicate,
        Resource.TEMPLATE: _template,
        Resource.COURSE: _course,
        Resource.ROUTINE: _routine,
        Resource.GATHERING: _gathering,
        Resource.MUNICIPALITY_JOINING: _joining,
        Resource.UNIT_MOVE: _unit_move,
        Resource.INCOMING_UNITS: _incoming_units,
        Resource.MUNICIPALITY: lambda place: db.session.get_one(Municipality, place.id),
    }
    row = makers[resource](place)
    if retired and hasattr(row, "retired_at"):
        row.retired_at = utc_now()
    return row


def _unit(place: Place) -> Unit:
    top = db.session.get_one(Unit, place.units["top"])
    unit = Unit(
        id=new_id(),
        municipality_id=place.id,
        name=f"{CANARY[place.number]} {next(numbers)}",
        search_name="x",
        kind=UnitKind.OTHER,
        parent_id=top.id,
        created_at=utc_now(),
    )
    unit.path = f"{top.path}{unit.id}/"
    return unit


def _person(place: Place) -> Person:
    name = f"{CANARY[place.number]} {next(numbers)}"
    return Person(
        id=new_id(),
        municipality_id=place.id,
        given_name="Fersk",
        family_name=name,
        search_family=search_form(name, "Fersk"),
        search_given=search_form("Fersk", name),
        unit_id=place.units["school"],
        created_at=utc_now(),
    )


def _duplicate(place: Place) -> DuplicatePair:
    """Two of one name who may be one."""
    first, second = _person(place), _person(place)
    db.session.add_all((first, second))
    db.session.flush()
    return DuplicatePair(
        first_id=min(first.id, second.id),
        second_id=max(first.id, second.id),
        score=20.0,
        band=MatchBand.CERTAIN,
        findings=[["given_name", "given_same", 5.0]],
        facts=b"0" * 16,
        found_at=utc_now(),
        note=f"{CANARY[place.number]} notat",
    )


def _course(place: Place) -> Course:
    """A course that is held, with somebody signed up."""
    title = f"{CANARY[place.number]} kurs {next(numbers)}"
    row = Course(id=new_id(), title=title, held_on=today(), created_at=utc_now())
    db.session.add(row)
    db.session.flush()
    db.session.add(
        CourseAttendance(course_id=row.id, person_id=place.persons["other"], recorded_at=utc_now())
    )
    return row


def _routine(place: Place) -> Routine:
    title = f"{CANARY[place.number]} rutine {next(numbers)}"
    return Routine(id=new_id(), title=title, review_on=today(), number=1, created_at=utc_now())


def _gathering(place: Place) -> Gathering:
    """A gathering to which somebody is asked, and where something was agreed on."""
    title = f"{CANARY[place.number]} samling {next(numbers)}"
    row = Gathering(id=new_id(), title=title, held_on=today(), created_at=utc_now())
    db.session.add(row)
    db.session.flush()
    db.session.add_all(
        (
            GatheringAttendance(gathering_id=row.id, person_id=place.persons["other"]),
            GatheringAction(gathering_id=row.id, what=f"{CANARY[place.number]} rydding"),
        )
    )
    return row


def _protected_address(place: Place) -> ProtectedAddress:
    person = _person(place)
    person.is_shielded = True
    db.session.add(person)
    db.session.flush()
    return ProtectedAddress(
        person_id=person.id,
        grade=ProtectionGrade.CONFIDENTIAL,
        address=f"{CANARY[place.number]} vei 1",
        since=today(),
    )


def _account(active: bool = True) -> int:
    name = f"fersk{next(numbers)}"
    account = User(
        username=name,
        first_name="",
        last_name="",
        email=f"{name}@account.invalid",
        active=active,
        password=password_hash(),
    )
    db.session.add(account)
    db.session.flush()
    return int(account.id)


def _membership(place: Place) -> Membership:
    person = _person(place)
    db.session.add(person)
    db.session.flush()
    return Membership(
        account_id=_account(),
        person_id=person.id,
        role=Role.PARTICIPANT,
        starts_on=today(),
        created_at=utc_now(),
    )


def _job(place: Place) -> Job:
    return Job(
        kind=JobKind.PERSON_IMPORT,
        state=JobState.DONE,
        account_id=_account(),
        title=f"{CANARY[place.number]} import",
        parameters={"ending": ".csv", "step": "columns"},
        created_at=utc_now(),
    )


def _audit_event(place: Place) -> AuditEvent:
    return AuditEvent(
        municipality_id=place.id,
        at=utc_now(),
        action="person:added",
        outcome=Outcome.DONE,
        object_id=place.persons["own"],
        fields=[],
    )


def _central_appointment(_place: Place) -> CentralAppointment:
    return CentralAppointment(account_id=_account(), proposed_at=utc_now())


def _unit_move(place: Place) -> UnitMove:
    """A unit of the place that another municipality was asked to take over."""
    unit, other = _unit(place), _another_municipality()
    db.session.add(unit)
    db.session.flush()
    return UnitMove(
        unit_id=unit.id,
        to_municipality_id=other.id,
        state=UnitMoveState.PROPOSED,
        offered=[{"id": unit.id, "name": unit.name, "kind": unit.kind.value, "parent": None}],
        unit_ids=[unit.id],
        proposed_by_id=_account(),
        proposed_at=utc_now(),
    )


def _incoming_units(place: Place) -> IncomingUnits:
    """A unit that the place was asked to take over."""
    name = f"{CANARY[place.number]} enhet {next(numbers)}"
    return IncomingUnits(
        from_municipality_id=_another_municipality().id,
        state=UnitMoveState.PROPOSED,
        offered=[{"id": new_id(), "name": name, "kind": UnitKind.OTHER.value, "parent": None}],
        open_plans=0,
        made={},
        proposed_at=utc_now(),
    )


def _joining(place: Place) -> MunicipalityJoining:
    """One that is to go into the place, proposed by somebody else."""
    return MunicipalityJoining(
        from_id=_another_municipality().id,
        into_id=place.id,
        state=JoiningState.PROPOSED,
        proposed_by_id=_account(),
        proposed_at=utc_now(),
    )


def _another_municipality() -> Municipality:
    """One in use that nobody of the matrix works in."""
    taken = set(db.session.scalars(select(Municipality.number)))
    number = next(one for one in map(str, range(6000, 9900)) if one not in taken)
    going = Municipality(
        number=number,
        name=f"Ringvik {number}",
        search_name=f"ringvik {number}",
        official_names={},
        language_form=LanguageForm.BOKMAL,
        county_number="99",
        valid_from=today(),
        is_in_use=True,
        is_demonstration=True,
    )
    db.session.add(going)
    db.session.flush()
    return going


def _api_token(place: Place) -> ApiToken:
    return ApiToken(
        account_id=_account(),
        municipality_id=place.id,
        name="fersk",
        secret_hash=new_id(),
        made_at=utc_now(),
        expires_at=utc_now() + timedelta(days=1),
    )


def _local_administrator() -> int:
    """The account of the first local administrator where the row is made."""
    held = select(Membership.account_id).where(Membership.role == Role.LOCAL_ADMINISTRATOR)
    return int(db.session.scalars(held.order_by(Membership.id).limit(1)).one())


def _saved_view(place: Place) -> SavedView:
    """The local administrator's; nobody else may see it."""
    return SavedView(
        account_id=_local_administrator(),
        list_name="person",
        name=f"{CANARY[place.number]} visning {next(numbers)}",
        parameters={"q": CANARY[place.number]},
        created_at=utc_now(),
    )


def _bulk_change(place: Place) -> BulkChange:
    """Somebody's; nobody of the matrix may undo it."""
    return BulkChange(
        account_id=_account(),
        list_name="person",
        action="retire",
        rows=[{"id": place.persons["other"], "before": None}],
        count=1,
        made_at=utc_now(),
    )


def _plan_type(place: Place) -> PlanType:
    """A kind of plan that the matrix has no plan of, so that changing it changes nothing else."""
    setup.ensure(db.session(), place.id, at=utc_now())
    return setup.plan_type(db.session(), PlanKind.DEVELOPMENT_PLAN)


def _standard_role(place: Place) -> StandardRole:
    """A role in use that is not among the shipped ones."""
    content = RoleContent(
        names=Text(nb=f"{CANARY[place.number]} rolle {next(numbers)}"),
        kinds=(PlanKind.DEVELOPMENT_PLAN,),
        matrix={Section.GOALS: Level.READ},
    )
    role = StandardRole(id=new_id(), position=99)
    heads.put_role(role, content)
    db.session.add(role)
    db.session.flush()
    versions.add_published(role, heads.as_json(content), at=utc_now())
    return role


def _template(place: Place) -> Template:
    """A template with a published version and a draft, each with something of every kind."""
    setup.ensure(db.session(), place.id, at=utc_now())
    name = f"{CANARY[place.number]} mal {next(numbers)}"
    content = TemplateContent.model_validate(_template_facts(name))
    row = Template(
        id=new_id(),
        kind=content.kind,
        key=key_of(name),
        names=content.names.by_language,
        position=next(numbers),
    )
    db.session.add(row)
    db.session.flush()
    versions.add_published(row, heads.as_json(content), at=utc_now())
    db.session.flush()
    versions.begin(row)
    return row


def _national_piece(place: Place) -> NationalPiece:
    """A national template with a draft: published in the first place, and never in the other."""
    name = f"Nasjonal {next(numbers)}"
    content = TemplateContent.model_validate(_template_facts(name))
    row = NationalPiece(
        id=new_id(), what=SetUpKind.TEMPLATE, key=key_of(name), names={"nb": name}, position=99
    )
    db.session.add(row)
    db.session.flush()
    if place.number == "9901":
        versions.add_published(row, heads.as_json(content), at=utc_now())
        db.session.flush()
    versions.begin(row, heads.as_json(content))
    return row


def _template_facts(name: str) -> dict[str, object]:
    named = {"names": {"nb": name, "nn": name}}
    fields = [
        {"key": kind, "kind": kind, **named, **of_kind}
        for kind, of_kind in (
            ("short_text", {}),
            ("choice", {"choices": [{"key": "yes", **named}, {"key": "no", **named}]}),
            ("table", {"columns": [{"key": "day", "kind": "date", **named}]}),
        )
    ]
    return {
        **named,
        "kind": "family_plan",
        "sections": [{"key": "home", "part": "mapping", "fields": fields, **named}],
        "goals": [{**named, "activities": [named]}],
        "participants": [{"functions": named["names"], "role": "laerer"}],
    }
