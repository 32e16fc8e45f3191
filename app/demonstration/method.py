"""What the demonstration municipalities have done to make the method succeed: courses, routines,
gatherings, introductions, and answers of owners. Read by the pages of ``app.method`` and by the
success factors, which are not empty because of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.columns import new_id
from app.enums import Language, NoticeKind, PulseAnswer, UnitKind
from app.models import (
    Course,
    CourseAttendance,
    Gathering,
    GatheringAction,
    GatheringAttendance,
    Introduction,
    Participant,
    Person,
    Plan,
    Pulse,
    Routine,
    RoutineRead,
    Unit,
)
from app.security.plan_rights import OPEN
from app.side_tables import Notice

GOOD, SO_SO, BAD = PulseAnswer.GOOD, PulseAnswer.SO_SO, PulseAnswer.BAD


@dataclass(frozen=True)
class Words:
    """Texts in the language of a municipality."""

    courses: tuple[str, ...]
    about: str
    place: str
    routines: tuple[str, ...]
    kept_at: str
    gatherings: tuple[str, ...]
    programme: str
    actions: tuple[str, ...]


NB = Words(
    courses=(
        "Rollen som koordinator",
        "Å lede gode møter",
        "Loven om individuell plan",
        "Medvirkning i praksis",
    ),
    about="Hva en koordinator gjør, hva loven sier, og hvordan planen holdes levende.",
    place="Kommunestyresalen",
    routines=(
        "Slik starter vi en individuell plan",
        "Samtykke og taushetsplikt",
        "Når koordinator slutter",
        "Overgang fra barnehage til skole",
    ),
    kept_at="Kvalitetssystemet, mappe Individuell plan",
    gatherings=("Vårsamling", "Høstsamling", "Fjorårets samling", "Neste samling"),
    programme="09.00 Hvordan går det med planene?\n10.30 Verktøyet: nytt siden sist\n13.00 Avtaler",
    actions=("Rydde i planer uten aktivitet", "Lage en side om koordinatorskolen", "Be inn NAV"),
)
NN = Words(
    courses=(
        "Rolla som koordinator",
        "Å leie gode møte",
        "Lova om individuell plan",
        "Medverknad i praksis",
    ),
    about="Kva ein koordinator gjer, kva lova seier, og korleis planen blir halden levande.",
    place="Kommunestyresalen",
    routines=(
        "Slik startar vi ein individuell plan",
        "Samtykke og teieplikt",
        "Når koordinatoren sluttar",
        "Overgang frå barnehage til skule",
    ),
    kept_at="Kvalitetssystemet, mappe Individuell plan",
    gatherings=("Vårsamling", "Haustsamling", "Samlinga i fjor", "Neste samling"),
    programme="09.00 Korleis går det med planane?\n10.30 Verktøyet: nytt sidan sist\n13.00 Avtalar",
    actions=("Rydde i planar utan aktivitet", "Lage ei side om koordinatorskulen", "Be inn NAV"),
)
WORDS = {Language.NB: NB, Language.NN: NN}

HELD_BEFORE = (650, 320, 90, -40)
"""How many days ago each course was held; the last one is to come."""
GATHERED_BEFORE = (210, 35, 420, -60)
REVIEWED_IN = (200, 90, -20, 365)
SAID = (
    (GOOD, GOOD, GOOD),
    (GOOD, SO_SO, GOOD),
    (GOOD, GOOD, SO_SO),
    (SO_SO, GOOD, GOOD),
    (GOOD, BAD, GOOD),
)


@dataclass(frozen=True)
class Setting:
    """Where and when, and who coordinates; the one with a login first."""

    session: Session
    language: Language
    coordinators: Sequence[Person]
    at: datetime

    @property
    def words(self) -> Words:
        """The texts of the place."""
        return WORDS[self.language]

    def before(self, days: int) -> datetime:
        """The instant so many days earlier."""
        return self.at - timedelta(days=days)


def plant(setting: Setting) -> None:
    """Add everything in the caller's transaction and scope, once the plans are there."""
    courses = list(_courses(setting))
    routines = list(_routines(setting))
    gatherings = list(_gatherings(setting))
    _add(setting, [*courses, *routines, *gatherings])
    _add(setting, _certificates(setting, courses))
    _add(setting, _readings(setting, routines))
    for number, gathering in enumerate(gatherings):
        _add(setting, _gathered(setting, gathering, number))
    plans = list(setting.session.scalars(select(Plan).order_by(Plan.id)))
    _add(setting, _introductions(setting, plans))
    _add(setting, _pulses(setting, plans))
    _reach_coordinating_unit(setting)


def _add(setting: Setting, rows: Sequence[object] | Iterator[object]) -> None:
    setting.session.add_all(list(rows))
    setting.session.flush()


def _courses(setting: Setting) -> Iterator[Course]:
    for title, days in zip(setting.words.courses, HELD_BEFORE, strict=True):
        yield Course(
            id=new_id(),
            title=title,
            held_on=setting.before(days).date(),
            hours=6,
            place=setting.words.place,
            about=setting.words.about,
            created_at=setting.before(700),
        )


def _certificates(setting: Setting, courses: Sequence[Course]) -> Iterator[CourseAttendance]:
    """The one with a login takes the newest; of the others some an older one, and some none."""
    for number, person in enumerate(setting.coordinators):
        course = courses[(2, 1, 0)[number % 3]]
        if number % 4 == 3:
            course = courses[-1]
        yield CourseAttendance(
            course_id=course.id,
            person_id=person.id,
            certified_on=course.held_on if course is not courses[-1] else None,
            recorded_at=setting.at,
        )


def _routines(setting: Setting) -> Iterator[Routine]:
    for title, days in zip(setting.words.routines, REVIEWED_IN, strict=True):
        yield Routine(
            id=new_id(),
            title=title,
            kept_at=setting.words.kept_at,
            keeper_id=setting.coordinators[-1].id,
            review_on=(setting.at + timedelta(days=days)).date(),
            number=1,
            created_at=setting.before(400),
        )


def _readings(setting: Setting, routines: Sequence[Routine]) -> Iterator[RoutineRead]:
    for number, routine in enumerate(routines):
        for person in setting.coordinators[number:]:
            yield RoutineRead(
                routine_id=routine.id,
                person_id=person.id,
                number=routine.number,
                read_at=setting.before(30),
            )


def _gatherings(setting: Setting) -> Iterator[Gathering]:
    for title, days in zip(setting.words.gatherings, GATHERED_BEFORE, strict=True):
        yield Gathering(
            id=new_id(),
            title=title,
            held_on=setting.before(days).date(),
            place=setting.words.place,
            programme=setting.words.programme,
            created_at=setting.before(500),
        )


def _gathered(
    setting: Setting, gathering: Gathering, number: int
) -> Iterator[GatheringAttendance | GatheringAction]:
    is_held = gathering.held_on <= setting.at.date()
    for place, person in enumerate(setting.coordinators):
        yield GatheringAttendance(
            gathering_id=gathering.id,
            person_id=person.id,
            was_there=(place + number) % 4 != 3 if is_held else None,
        )
    if is_held and number < len(setting.words.actions):
        yield GatheringAction(
            gathering_id=gathering.id,
            what=setting.words.actions[number],
            responsible_id=setting.coordinators[0].id,
            due_on=gathering.held_on + timedelta(days=30),
            done_on=gathering.held_on + timedelta(days=20) if number != 1 else None,
        )


def _introductions(setting: Setting, plans: Sequence[Plan]) -> Iterator[Introduction]:
    """Most of those who take part have got one, and every other owner."""
    known = {plan.id: plan for plan in plans}
    pairs = {(plan.id, plan.owner_id) for plan in plans[::2]}
    rows = setting.session.scalars(select(Participant).order_by(Participant.id)).all()
    pairs |= {(one.plan_id, one.person_id) for number, one in enumerate(rows) if number % 4}
    for plan_id, person_id in sorted(pairs):
        began = known[plan_id].started_at
        yield Introduction(
            plan_id=plan_id, person_id=person_id, given_on=began.date(), recorded_at=began
        )


def _pulses(setting: Setting, plans: Sequence[Plan]) -> Iterator[Pulse | Notice]:
    """Answers of most owners through the last year, and questions that wait for one with a login
    who is shown how it looks: the owner of the first open plan."""
    for number, plan in enumerate(plans[1:]):
        useful, heard, knows_who = SAID[number % len(SAID)]
        asked_at = setting.before(330 - 330 * number // max(1, len(plans)))
        yield Pulse(
            plan_id=plan.id,
            person_id=plan.owner_id,
            asked_at=asked_at,
            answered_at=asked_at + timedelta(days=1),
            useful=useful,
            heard=heard,
            knows_who=knows_who,
        )
    waiting = next((plan for plan in plans[:1] if plan.state in OPEN), None)
    if waiting is not None:
        who = {"plan_id": waiting.id, "person_id": waiting.owner_id}
        yield Pulse(asked_at=setting.before(1), **who)
        yield Notice(kind=NoticeKind.PULSE_WANTED, at=setting.before(1), text="", **who)


def _reach_coordinating_unit(setting: Setting) -> None:
    """One of the two places can be reached, so that both states are seen."""
    if setting.language is not Language.NB:
        return
    found = select(Unit).where(Unit.kind == UnitKind.COORDINATING_UNIT)
    for unit in setting.session.scalars(found):
        unit.email, unit.phone = "koordinerende.enhet@strandvik.example", "+4755500100"
