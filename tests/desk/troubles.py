"""A small municipality with one of each kind of trouble, and for each a twin without it."""

from datetime import timedelta

from flask_appbuilder.security.sqla.models import User

from app.clock import today, utc_now
from app.columns import new_id
from app.db import db, transaction
from app.duplicate_tables import DuplicatePair, PersonMerge
from app.enums import (
    AuthorityKind,
    JobKind,
    JobState,
    MatchBand,
    MergeState,
    MoveState,
    PairState,
    PlanKind,
    Role,
    Section,
    SetUpKind,
)
from app.models import (
    AccountLinkRequest,
    AccountProfile,
    Course,
    CourseAttendance,
    Job,
    Membership,
    Plan,
    PlanEntry,
    Routine,
    StandardRole,
)
from app.plans.liveliness import Sign
from app.set_up_tables import NationalPiece, NationalVersion
from app.side_tables import IncomingPlan, PlanEntryVersion, PlanVisit
from tests.plans import garden
from tests.plans.garden import planting
from tests.world import World, password_hash

DAY = timedelta(days=1)
LIMITED = "lokal.nav"


def plant(world: World) -> dict[str, str]:
    """Plant all of it in Strandvik; ids of plans by name. Call within an application context."""
    garden.build(world)
    with transaction():
        piece_id = _piece()
    with planting(world.strandvik):
        place = world.strandvik
        ids = _plans(place, world.accounts)
        _lively(place, ids)
        _people(place, world.accounts)
        _work(place, world.fjellby.id, world.accounts["lokal.strandvik"])
        _copied(piece_id)
    with planting(world.fjellby):
        _taught(world.fjellby.persons["koordinator.fjellby"])
        _sign_in(world.accounts["larer"])
        row = db.session.get(Plan, _only_plan())
        row.next_evaluation_on = today()
        attorney = {"kind": AuthorityKind.POWER_OF_ATTORNEY}
        garden.authority(row.owner_id, world.fjellby.persons["larer"], **attorney)
    return ids


def _only_plan() -> str:
    return db.session.query(Plan.id).scalar()


# --- plans ---------------------------------------------------------------------------------------


def _plans(place, accounts):
    persons, made = place.persons, {}
    lead = persons["koordinator.strandvik"]
    garden.person(place, "alone", "Ensom", garden.born(30))
    garden.person(place, "going", "Reisende", garden.born(40))
    account = _account("reisende")
    _role(account, persons["going"], Role.COORDINATOR, ends_on=today() + 10 * DAY)
    kinds = iter((PlanKind.EDUCATION_PLAN, PlanKind.FAMILY_PLAN) * 9)

    def plan(name, owner="planeier", coordinator=lead, **values):
        row = garden.make_plan(persons[owner], coordinator, kind=next(kinds), **values)
        made[name] = row.id
        garden.consent(row)
        return row

    expired = garden.make_plan(persons["planeier"], lead, kind=next(kinds))
    garden.consent(expired, starts_on=today() - 400 * DAY, ends_on=today() - 3 * DAY)
    made["expired"] = expired.id
    plan("nobody_there", owner="alone")
    plan("without", coordinator=persons["other"])
    plan("leaves", coordinator=persons["going"])
    plan("overdue", next_evaluation_on=today() - 5 * DAY)
    plan("due_today", next_evaluation_on=today())
    plan("quiet", last_activity_at=utc_now() - 400 * DAY)
    plan("of_nav", unit_id=place.units["nav"], next_evaluation_on=today() - DAY)
    _role(_account(LIMITED), persons["own"], Role.LOCAL_ADMINISTRATOR, unit_id=place.units["nav"])
    return made


def _lively(place, made):
    """An active plan with every sign of life, and one without each of them."""
    for left_out in (None, *Sign):
        row = garden.make_plan(
            place.persons["planeier"],
            place.persons["koordinator.strandvik"],
            kind=PlanKind.EDUCATION_PLAN,
            next_evaluation_on=None if left_out is Sign.EVALUATION else today(),
        )
        made["lively" if left_out is None else f"no {left_out}"] = row.id
        if left_out is not Sign.CONSENT:
            garden.consent(row)
        if left_out is not Sign.OWNER:
            seen_at = utc_now() - 89 * DAY
            visit = PlanVisit(plan_id=row.id, person_id=row.owner_id, seen_at=seen_at)
            db.session.add(visit)
        days = 200 if left_out is Sign.MEETING else 20
        meeting = garden.entry(row, Section.MEETINGS, "Møte")
        meeting.details = {"date": (today() - days * DAY).isoformat()}
        _write(meeting, row.coordinator_id, 1)
        _write(meeting, row.coordinator_id if left_out is Sign.WRITERS else row.owner_id, 2)


def _write(entry: PlanEntry, author_id: str, number: int) -> None:
    of = {"plan_id": entry.plan_id, "entry_id": entry.id, "number": number}
    db.session.add(PlanEntryVersion(**of, author_id=author_id, at=utc_now()))
    db.session.flush()


# --- people --------------------------------------------------------------------------------------


def _account(name: str) -> int:
    row = User(
        username=name,
        first_name="",
        last_name="",
        email=f"{name}@account.invalid",
        active=True,
        password=password_hash(),
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def _role(account_id, person_id, role, **values):
    usual = {"starts_on": today() - 30 * DAY, "created_at": utc_now()}
    row = Membership(account_id=account_id, person_id=person_id, role=role, **(usual | values))
    db.session.add(row)
    db.session.flush()


def _sign_in(account_id: int) -> None:
    profile = db.session.get(AccountProfile, account_id) or AccountProfile(account_id=account_id)
    profile.last_login_at = utc_now()
    db.session.add(profile)
    db.session.flush()


def _people(place, accounts):
    persons = place.persons
    for name in ("larer", "planeier"):
        _sign_in(accounts[name])  # foresatt never did.
    ids = sorted((persons["own"], persons["other"], persons["young"]))
    for band, (first, second) in (
        (MatchBand.CERTAIN, ids[:2]),
        (MatchBand.PROBABLE, ids[1:]),
        (MatchBand.POSSIBLE, (ids[0], ids[2])),
    ):
        pair = DuplicatePair(
            first_id=first,
            second_id=second,
            score=20.0,
            band=band,
            state=PairState.OPEN,
            findings=[],
            facts=b"0" * 16,
            found_at=utc_now() - 4 * DAY,
        )
        db.session.add(pair)
    for gone, state in ((ids[0], MergeState.WAITING), (ids[1], MergeState.DECLINED)):
        merge = PersonMerge(
            kept_id=ids[2],
            gone_id=gone,
            state=state,
            wanted_at=utc_now(),
            wanted_by=accounts["lokal.strandvik"],
        )
        db.session.add(merge)
    for person, answered in (("child", None), ("young", utc_now())):
        request = AccountLinkRequest(
            id=new_id(),
            person_id=persons[person],
            account_id=accounts["koordinator.fjellby"],
            role=Role.PARTICIPANT,
            starts_on=today(),
            requested_by_id=accounts["lokal.strandvik"],
            at=utc_now(),
            answered_at=answered,
            accepted=None if answered is None else False,
        )
        db.session.add(request)
    db.session.flush()


# --- what waits ----------------------------------------------------------------------------------


def _work(place, other_id, account_id):
    for state, ended in ((MoveState.SENT, None), (MoveState.DECLINED, utc_now())):
        package = IncomingPlan(
            from_municipality_id=other_id,
            state=state,
            kind=PlanKind.INDIVIDUAL_PLAN,
            sections=[str(Section.GOALS)],
            contact="Kari",
            sealed_owner=None if ended else b"x",
            sealed_content=None if ended else b"x",
            sent_at=utc_now(),
            expires_at=utc_now() + 30 * DAY,
            ended_at=ended,
        )
        db.session.add(package)
    for state, days in ((JobState.FAILED, 1), (JobState.FAILED, 40), (JobState.DONE, 1)):
        job = Job(
            kind=JobKind.PERSON_IMPORT,
            state=state,
            account_id=account_id,
            title="import",
            parameters={"ending": ".csv", "step": "columns"},
            created_at=utc_now() - days * DAY,
        )
        db.session.add(job)
    for days in (-3, 3):
        review_on = today() + days * DAY
        routine = Routine(title=f"Rutine {days}", review_on=review_on, created_at=utc_now())
        db.session.add(routine)


def _taught(person_id: str) -> None:
    """Somebody with a certificate from last month."""
    course = Course(title="Kurs", held_on=today() - 30 * DAY, created_at=utc_now())
    db.session.add(course)
    db.session.flush()
    row = CourseAttendance(
        course_id=course.id,
        person_id=person_id,
        certified_on=course.held_on,
        recorded_at=utc_now(),
    )
    db.session.add(row)


def _piece() -> str:
    """A national standard role whose second version is in use."""
    piece = NationalPiece(what=SetUpKind.STANDARD_ROLE, key=f"k{new_id()}", number=2)
    db.session.add(piece)
    db.session.flush()
    version = NationalVersion(piece_id=piece.id, number=2, published_at=utc_now() - 2 * DAY)
    db.session.add(version)
    return piece.id


def _copied(piece_id: str) -> None:
    """A standard role that comes from the first version, and one that follows."""
    first, second, *_ = db.session.query(StandardRole).order_by(StandardRole.position)
    first.national_id, first.national_number = piece_id, 1
    second.national_id, second.national_number = piece_id, 2
    db.session.flush()
