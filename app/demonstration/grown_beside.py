"""What stands beside the plans of a municipality that is grown: visits, handovers, decisions,
introductions, what owners answered, and what people are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from app.columns import TenantOwned
from app.demonstration.grown_logins import KeyRoles
from app.demonstration.grown_people import Population
from app.demonstration.grown_shapes import Shape
from app.demonstration.plan_words import WORDS
from app.enums import DecisionKind, NoticeKind, PlanState, PulseAnswer
from app.models import Introduction, Plan, Pulse, StandIn
from app.plans.decisions import LEGAL_GROUNDS, complaint_limit
from app.side_tables import Handover, Notice, PlanDecision, PlanVisit

ANSWERS = (PulseAnswer.GOOD,) * 5 + (PulseAnswer.SO_SO,) * 3 + (PulseAnswer.BAD,) * 2
DECISIONS = (DecisionKind.INDIVIDUAL_DECISION,) * 3 + tuple(DecisionKind)


@dataclass
class Seen:
    """Whether somebody has a login, and how many days ago they were in the panel; None never."""

    has_login: bool
    days: int | None


class Beside:
    """Adds to ``rows`` what stands beside each plan."""

    def __init__(
        self, population: Population, roles: KeyRoles, draw: Random, rows: list[TenantOwned]
    ) -> None:
        self.moment, self.draw, self.rows = population.moment, draw, rows
        self.language = population.place.language
        self.words = WORDS[self.language]
        self.coordinators = [one.id for one in roles.coordinators]
        self.key = roles.ids
        self.seen: dict[str, Seen] = {}

    def add(
        self,
        plan: Plan,
        shape: Shape,
        givers: Sequence[str],
        people: Sequence[tuple[str, str]],
    ) -> None:
        """All that stands beside one plan."""
        sides = list(dict.fromkeys((plan.owner_id, *givers)))
        everybody = list(dict.fromkeys((*sides, *(person_id for _id, person_id in people))))
        if plan.state is not PlanState.DRAFT:
            self._visits(plan, shape, everybody)
            self._introductions(plan, shape, everybody)
            self._pulses(plan, shape, sides)
            self._decision(plan, shape)
        self._handover(plan, shape)
        self._notices(plan, givers)

    def _visits(self, plan: Plan, shape: Shape, people: Sequence[str]) -> None:
        """Coordinators are in all theirs; of the others, those who have been in the panel."""
        self._visit(plan, plan.coordinator_id, shape.quiet)
        for person_id in people:
            if person_id in self.key:
                continue
            one = self.seen.setdefault(person_id, self._drawn(shape))
            if one.days is not None and self.draw.random() < 0.8:
                self._visit(plan, person_id, max(one.days, shape.quiet))

    def _drawn(self, shape: Shape) -> Seen:
        has_login = self.draw.random() < 0.7
        is_new = self.draw.random() < 0.2
        days = shape.quiet + self.draw.randint(0, max(0, min(400, shape.alive)))
        return Seen(has_login, days if has_login and not is_new else None)

    def _visit(self, plan: Plan, person_id: str, days: int) -> None:
        self.rows.append(
            PlanVisit(plan_id=plan.id, person_id=person_id, seen_at=self.moment.before(days))
        )

    def _introductions(self, plan: Plan, shape: Shape, people: Sequence[str]) -> None:
        for person_id in people:
            if self.draw.random() < 0.45:
                days = max(shape.started - self.draw.randint(1, 60), 0)
                self.rows.append(
                    Introduction(
                        plan_id=plan.id,
                        person_id=person_id,
                        given_on=self.moment.day(-days),
                        recorded_at=self.moment.before(days),
                    )
                )

    def _pulses(self, plan: Plan, shape: Shape, sides: Sequence[str]) -> None:
        """Asked after an evaluation, answered by half; the newest may be open."""
        if shape.alive < 150 or self.draw.random() < 0.45:
            return
        for number, days in enumerate(range(shape.quiet + 5, shape.started - 120, 200)):
            person_id, is_answered = self.draw.choice(sides), self.draw.random() < 0.55
            if number and not is_answered:
                continue
            row = Pulse(plan_id=plan.id, person_id=person_id, asked_at=self.moment.before(days))
            if is_answered:
                row.useful, row.heard, row.knows_who = self.draw.choices(ANSWERS, k=3)
                row.answered_at = self.moment.before(max(days - 4, 0))
            self.rows.append(row)

    def _decision(self, plan: Plan, shape: Shape) -> None:
        if self.draw.random() < 0.4:
            return
        kind = self.draw.choice(DECISIONS)
        days = max(shape.started - self.draw.randint(0, 90), 0)
        decided, grounds = self.moment.day(-days), LEGAL_GROUNDS[plan.kind]
        self.rows.append(
            PlanDecision(
                plan_id=plan.id,
                kind=kind,
                what=self.words.decided,
                legal_ground=grounds.get(str(self.language), grounds.get("nb", "")),
                decided_on=decided,
                complaint_until=complaint_limit(kind, decided),
                recorded_at=self.moment.before(days),
            )
        )

    def _handover(self, plan: Plan, shape: Shape) -> None:
        """Some changed hands once, some are offered, and for some somebody stands in."""
        other, what = self.draw.choice(self.coordinators), self.draw.random()
        if other == plan.coordinator_id:
            return
        if what < 0.12 and shape.alive > 40:
            days = self.draw.randint(shape.quiet, shape.started)
            self._offer(plan, other, plan.coordinator_id, days, accepted=True)
        elif what < 0.13 and plan.state is PlanState.ACTIVE:
            self._offer(plan, plan.coordinator_id, other, 4, accepted=None)
        elif what < 0.14 and plan.state is PlanState.ACTIVE:
            self.rows.append(
                StandIn(
                    plan_id=plan.id,
                    person_id=other,
                    starts_on=self.moment.day(-5),
                    ends_on=self.moment.day(20),
                    made_at=self.moment.before(5),
                )
            )

    def _offer(
        self, plan: Plan, from_id: str, to_id: str, days: int, *, accepted: bool | None
    ) -> None:
        self.rows.append(
            Handover(
                plan_id=plan.id,
                from_id=from_id,
                to_id=to_id,
                note=self.words.handed_over,
                offered_at=self.moment.before(days),
                answered_at=None if accepted is None else self.moment.before(max(days - 2, 0)),
                accepted=accepted,
            )
        )

    def _notices(self, plan: Plan, givers: Sequence[str]) -> None:
        if plan.state is PlanState.AWAITING_CONSENT:
            for person_id in givers:
                self._tell(plan, person_id, NoticeKind.CONSENT_WANTED, 5)
        if plan.state is PlanState.ACTIVE and self.draw.random() < 0.05:
            self._tell(plan, plan.coordinator_id, NoticeKind.CONSENT_ENDS, 10)

    def _tell(self, plan: Plan, person_id: str, kind: NoticeKind, days: int) -> None:
        self.rows.append(
            Notice(plan_id=plan.id, person_id=person_id, kind=kind, at=self.moment.before(days))
        )
