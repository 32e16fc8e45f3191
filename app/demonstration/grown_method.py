"""What makes the method succeed, in a municipality that is grown: the coordinator school, routines
and who has read them, gatherings with those who were there and what was agreed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from app.columns import TenantOwned, new_id
from app.demonstration.grown_method_words import WORDS, MethodWords
from app.demonstration.plans import Moment
from app.enums import Language
from app.models import (
    Course,
    CourseAttendance,
    Gathering,
    GatheringAction,
    GatheringAttendance,
    Routine,
    RoutineRead,
)

COURSE_DAYS = (-920, -560, -210, -30, 25)
GATHERING_DAYS = (-820, -610, -440, -250, -75, 40)
REVIEW_DAYS = (200, -35, 90, 320, 15, -210)
ONE_IN_NEVER_TRAINED, READ, CAME, DONE = 6, 0.7, 0.75, 0.6


@dataclass(frozen=True)
class Method:
    """Writes the registers of one municipality. ``coordinators`` are persons' ids, the one who is
    to be trained first; ``keepers`` those who keep routines."""

    draw: Random
    moment: Moment
    language: Language
    coordinators: Sequence[str]
    keepers: Sequence[str]

    @property
    def words(self) -> MethodWords:
        """The texts, in the municipality's language."""
        return WORDS[self.language]

    def rows(self) -> Iterator[TenantOwned]:
        """All registers, to be kept table by table."""
        yield from self._courses()
        yield from self._routines()
        yield from self._gatherings()

    def _courses(self) -> Iterator[TenantOwned]:
        """Each coordinator was at one or two of them; some long ago, some at none."""
        for place, days in enumerate(COURSE_DAYS):
            course = Course(
                id=new_id(),
                title=self.words.courses[place],
                held_on=self.moment.day(days),
                hours=6,
                place=self.words.hall,
                about=self.words.about_course,
                created_at=self.moment.before(max(60 - days, 10)),
            )
            yield course
            for number, person_id in enumerate(self.coordinators):
                is_next = days > 0 and number % ONE_IN_NEVER_TRAINED == ONE_IN_NEVER_TRAINED - 1
                if is_next or self._is_theirs(number, place, days):
                    yield CourseAttendance(
                        course_id=course.id,
                        person_id=person_id,
                        certified_on=self.moment.day(days) if days < 0 else None,
                        recorded_at=self.moment.before(max(-days, 10)),
                    )

    def _is_theirs(self, number: int, place: int, days: int) -> bool:
        is_trained = number % ONE_IN_NEVER_TRAINED != ONE_IN_NEVER_TRAINED - 1
        return days < 0 and is_trained and number % (len(COURSE_DAYS) - 1) == place

    def _routines(self) -> Iterator[TenantOwned]:
        for place, title in enumerate(self.words.routines):
            routine = Routine(
                id=new_id(),
                title=title,
                about=self.words.about_routine,
                keeper_id=self.keepers[place % len(self.keepers)],
                review_on=self.moment.day(REVIEW_DAYS[place]),
                number=1 + place % 2,
                created_at=self.moment.before(700),
            )
            yield routine
            for person_id in self.coordinators:
                if self.draw.random() < READ:
                    yield RoutineRead(
                        routine_id=routine.id,
                        person_id=person_id,
                        number=routine.number,
                        read_at=self.moment.before(self.draw.randint(5, 300)),
                    )

    def _gatherings(self) -> Iterator[TenantOwned]:
        for place, days in enumerate(GATHERING_DAYS):
            gathering = Gathering(
                id=new_id(),
                title=self.words.gatherings[place % len(self.words.gatherings)],
                held_on=self.moment.day(days),
                place=self.words.hall,
                programme=self.words.programme,
                created_at=self.moment.before(max(45 - days, 5)),
            )
            yield gathering
            for person_id in self.coordinators:
                yield GatheringAttendance(
                    gathering_id=gathering.id,
                    person_id=person_id,
                    was_there=self.draw.random() < CAME if days < 0 else None,
                )
            if days < 0:
                yield from self._actions(gathering.id, days)

    def _actions(self, gathering_id: str, days: int) -> Iterator[TenantOwned]:
        for what in self.words.actions:
            due = days + 60
            is_done = self.draw.random() < DONE
            yield GatheringAction(
                gathering_id=gathering_id,
                what=what,
                responsible_id=self.draw.choice(self.keepers),
                due_on=self.moment.day(due),
                done_on=self.moment.day(min(due, -1)) if is_done else None,
            )
