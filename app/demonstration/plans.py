"""Fills a municipality of the demonstration with plans, as ``plan_recipes`` has them.

Rows are made as they would stand after months of work, which no operation makes at once; the same
plans come out every time, with dates relative to the day of loading.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_appbuilder import Model
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.columns import TenantOwned, new_id
from app.demonstration.plan_consents import Helper, Setting, add_consents
from app.demonstration.plan_content import Writing, first_versions
from app.demonstration.plan_forms import version_for, versions_in_use
from app.demonstration.plan_people import People, Registered, years
from app.demonstration.plan_recipes import RECIPES, Given, Mark, Recipe
from app.demonstration.plan_words import WORDS, Work
from app.enums import (
    AuthorityKind,
    DecisionKind,
    Level,
    NoticeKind,
    PlanKind,
    PlanState,
    Section,
    UnitKind,
)
from app.models import (
    Authority,
    EmergencyAccess,
    Grant,
    Participant,
    Person,
    Plan,
    PlanType,
    StandardRole,
    StandIn,
)
from app.plans.decisions import LEGAL_GROUNDS, complaint_limit
from app.security.plan_rights import USUAL_OWN_CONSENT_AGE
from app.side_tables import Handover, Notice, PlanDecision, PlanVisit
from app.templating import setup

TEACHERS = {
    Section.GOALS: Level.READ,
    Section.ACTIVITIES: Level.WRITE,
    Section.COMMENTS: Level.WRITE,
}
COLLEAGUES = {"9901": 2, "9902": 1}


@dataclass(frozen=True)
class Moment:
    """When the world is loaded."""

    at: datetime
    today: date

    def before(self, days: int) -> datetime:
        """The instant so many days earlier."""
        return self.at - timedelta(days=days)

    def day(self, days: int) -> date:
        """The day so many days later; earlier for a negative number."""
        return self.today + timedelta(days=days)


@dataclass(frozen=True)
class Holder:
    """Somebody who coordinates plans, with the account that does."""

    person: Person
    account_id: int


def plant(
    session: Session, people: People, holders: Sequence[Holder], moment: Moment, municipality: int
) -> int:
    """Add the plans of a place in the caller's transaction and scope; how many.

    ``holders`` are its coordinators, the one with a login first.
    """
    setup.ensure(session, municipality, at=moment.before(500))
    planting = _Planting(session, people, holders, moment)
    for number, recipe in enumerate(RECIPES[people.place.number]):
        planting.plant(number, recipe)
    keep(session, planting.rows)
    return len(RECIPES[people.place.number])


def keep(session: Session, rows: Iterable[TenantOwned]) -> None:
    """Add the rows table by table, what is referred to first: the relationships between them are
    for reading and tell the session no order."""
    by_table: defaultdict[str, list[TenantOwned]] = defaultdict(list)
    for row in rows:
        by_table[row.__tablename__].append(row)
    for table in Model.metadata.sorted_tables:
        if table.name in by_table:
            session.add_all(by_table[table.name])
            session.flush()


class _Planting:
    """Makes plan after plan, and knows what is shared between them."""

    def __init__(
        self, session: Session, people: People, holders: Sequence[Holder], moment: Moment
    ) -> None:
        self.people, self.moment = people, moment
        self.rows: list[TenantOwned] = []
        self.holders = [one.person for one in holders]
        self.recorder_id = holders[0].account_id
        self.authorities: dict[str, list[Helper]] = {}
        self.roles = {one.names["nb"]: one for one in session.scalars(select(StandardRole))}
        self.types = {one.kind: one for one in session.scalars(select(PlanType))}
        self.words = WORDS[people.place.language]
        self.versions = versions_in_use(session)
        self.texts = {kind: setup.consent_text(session, kind).id for kind in PlanKind}

    def plant(self, number: int, recipe: Recipe) -> None:
        """One plan, with all that belongs to it."""
        owner = self.people.owner(recipe, parents=2 if recipe.given is Given.HALF else 1)
        plan = self._plan(number, recipe, owner)
        helpers = self._authorities_of(owner, recipe)
        shared = self._participants(number, plan, recipe, owner[0])
        setting = Setting(
            plan,
            recipe,
            self.texts[plan.kind],
            self.words,
            self.recorder_id,
            self.moment.at,
            self.moment.today,
        )
        self.rows.extend(add_consents(setting, owner, helpers, shared))
        taking_part = [participant for participant, _grants in shared]
        sections = self.types[plan.kind].sections
        at, today = self.moment.at, self.moment.today
        template = version_for(self.versions, plan.kind, plan.state, number)
        if template is not None:
            plan.template_version_id = template.id
            # What the forms ask for stands there, and not in the frame too.
            plan.needs = plan.resources = plan.cooperation = ""
        writing = Writing(plan, taking_part, sections, at, today, number, template)
        rows = writing.write(recipe.theme)
        self.rows.extend([*rows, *first_versions(rows)])
        self._marks(number, plan, recipe)

    def _plan(self, number: int, recipe: Recipe, owner: Registered) -> Plan:
        started = 430 + number
        closed = {PlanState.CLOSED: 20 + number, PlanState.ARCHIVED: 300}.get(recipe.state)
        is_draft = recipe.state is PlanState.DRAFT
        theme, holder = recipe.theme, self.holders[recipe.holder % len(self.holders)]
        plan = Plan(
            id=new_id(),
            kind=recipe.kind,
            state=recipe.state,
            level=recipe.level,
            owner_id=owner[0].id,
            coordinator_id=holder.id,
            unit_id=None if owner[0].is_shielded else holder.unit_id,
            period_from=self.moment.day(-started + 10),
            period_to=None if is_draft else self.moment.day(200 + number),
            next_evaluation_on=None if is_draft else self.moment.day(number * 37 % 180 - 4),
            needs="" if is_draft else theme.needs,
            resources="" if is_draft else theme.resources,
            cooperation="" if number % 3 == 2 else theme.cooperation,
            started_at=self.moment.before(started),
            last_activity_at=self.moment.before(closed or number % 40 + 1),
            closed_at=None if closed is None else self.moment.before(closed),
            closed_reason=None if closed is None else self.words.closed,
        )
        self.rows.append(plan)
        return plan

    # --- who has a part --------------------------------------------------------------------------

    def _authorities_of(self, owner: Registered, recipe: Recipe) -> list[Helper]:
        """Parental responsibility for a child, stated once for all its plans; for a grown-up a
        guardian or an attorney where the recipe says so."""
        person, sketch = owner
        if person.id in self.authorities:
            return self.authorities[person.id]
        found: list[Helper] = []
        if years(sketch.born, self.moment.today) < USUAL_OWN_CONSENT_AGE:
            for parent in self.people.parents(owner):
                found.append(self._authority(person, parent, AuthorityKind.PARENTAL_RESPONSIBILITY))
        for mark, kind in (
            (Mark.VERGE, AuthorityKind.LEGAL_GUARDIAN),
            (Mark.ATTORNEY, AuthorityKind.POWER_OF_ATTORNEY),
        ):
            helper = self.people.professional(UnitKind.SCHOOL, len(mark), person)
            if mark in recipe.marks and helper is not None:
                found.append(self._authority(person, helper[0], kind))
        self.authorities[person.id] = found
        return found

    def _authority(self, owner: Person, holder: Person, kind: AuthorityKind) -> Helper:
        row = Authority(
            id=new_id(),
            owner_id=owner.id,
            holder_id=holder.id,
            kind=kind,
            may_consent=True,
            ground=self.words.grounds[kind],
            starts_on=self.moment.day(-500),
            stated_at=self.moment.before(500),
        )
        self.rows.append(row)
        return Helper(row.id, holder.id, kind)

    def _participants(
        self, number: int, plan: Plan, recipe: Recipe, owner: Person
    ) -> list[tuple[Participant, list[Grant]]]:
        """Professionals with the levels of their standard role, and the teacher with a login."""
        found: list[tuple[Participant, list[Grant]]] = []
        for kind in recipe.partners:
            helper = self.people.professional(kind, number, owner)
            if helper is None or helper[0].id == plan.coordinator_id:
                continue
            work = self.words.works[kind]
            row = self._participant(plan, helper[0], work)
            role = self.roles[work.role]
            row.standard_role_id, row.standard_role_number = role.id, role.number
            if number % 5 == 4:
                row.contribution = ""
            found.append((row, self._grants(row, plan, dict(self.roles[work.role].matrix))))
        if Mark.TEACHER in recipe.marks:
            row = self._participant(plan, self.people.with_login("larer"), self.words.teacher)
            matrix = {str(section): str(level) for section, level in TEACHERS.items()}
            found.append((row, self._grants(row, plan, matrix)))
        self._former(plan, recipe)
        return found

    def _former(self, plan: Plan, recipe: Recipe) -> None:
        """Those who took part once."""
        adviser = Work(self.words.adviser, "", "")
        nurse = self.words.works[UnitKind.HOME_CARE]
        for mark, username, work in (
            (Mark.ENDED_PART, "utgatt", adviser),
            (Mark.WITHDRAWN_PART, "sperret", nurse),
        ):
            if mark not in recipe.marks:
                continue
            row = self._participant(plan, self.people.with_login(username), work)
            row.ends_on = self.moment.day(-140)
            if mark is Mark.WITHDRAWN_PART:
                row.ended_at = self.moment.before(145)
            self._grants(row, plan, {str(Section.GOALS): str(Level.READ)})

    def _participant(self, plan: Plan, person: Person, work: Work) -> Participant:
        row = Participant(
            id=new_id(),
            plan_id=plan.id,
            person_id=person.id,
            unit_id=person.unit_id,
            function=work.function,
            contribution=work.contribution,
            starts_on=self.moment.day(-400),
            added_at=self.moment.before(400),
        )
        self.rows.append(row)
        return row

    def _grants(self, participant: Participant, plan: Plan, matrix: dict[str, str]) -> list[Grant]:
        rows = [
            Grant(
                plan_id=plan.id,
                participant_id=participant.id,
                section=Section(section),
                level=Level(matrix[section]),
                given_by_id=plan.coordinator_id,
                given_at=participant.added_at,
                starts_on=participant.starts_on,
            )
            for section in self.types[plan.kind].sections
            if section in matrix
        ]
        self.rows.extend(rows)
        return rows

    # --- what only some plans show ---------------------------------------------------------------

    def _marks(self, number: int, plan: Plan, recipe: Recipe) -> None:
        login = self.holders[0]
        for mark, mark_it in (
            (Mark.STAND_IN, lambda: self._stand_in(plan, login, -5, 20)),
            (Mark.PAST_STAND_IN, lambda: self._stand_in(plan, login, -200, -180)),
            (Mark.OFFERED, lambda: self._handover(plan, login.id, None)),
            (Mark.PAST_HANDOVER, lambda: self._handover(plan, login.id, True)),
            (Mark.EMERGENCY, lambda: self._emergency(plan)),
            (Mark.DECISION, lambda: self._decision(plan)),
            (Mark.TEACHER, lambda: self._visit(plan, self.people.with_login("larer"), 9)),
        ):
            if mark in recipe.marks:
                mark_it()
        if number % 2 == 0:
            self._visit(plan, login, 4)
        if recipe.given is Given.ENDING:
            self._tell(plan, plan.coordinator_id, NoticeKind.CONSENT_ENDS, 2)
        if recipe.given is Given.WITHDRAWN:
            self._tell(plan, plan.coordinator_id, NoticeKind.CONSENT_WITHDRAWN, 12)

    def _stand_in(self, plan: Plan, person: Person, begins: int, ends: int) -> None:
        self.rows.append(
            StandIn(
                plan_id=plan.id,
                person_id=person.id,
                starts_on=self.moment.day(begins),
                ends_on=self.moment.day(ends),
                made_at=self.moment.before(-begins),
            )
        )

    def _handover(self, plan: Plan, to_id: str, accepted: bool | None) -> None:
        """An offer that waits for its answer, or one that was accepted long ago."""
        is_open = accepted is None
        self.rows.append(
            Handover(
                plan_id=plan.id,
                from_id=plan.coordinator_id if is_open else self.holders[-1].id,
                to_id=to_id,
                note=self.words.handed_over,
                offered_at=self.moment.before(3 if is_open else 120),
                answered_at=None if is_open else self.moment.before(118),
                accepted=accepted,
            )
        )
        if is_open:
            self._tell(plan, to_id, NoticeKind.HANDOVER_OFFERED, 3)

    def _emergency(self, plan: Plan) -> None:
        """A local administrator read the plan for four hours, and owner and coordinator know."""
        begun = self.moment.before(10)
        username = "lokal.strandvik" if self.people.place.number == "9901" else "lokal.fjellby"
        self.rows.append(
            EmergencyAccess(
                plan_id=plan.id,
                person_id=self.people.with_login(username).id,
                reason=self.words.emergency,
                starts_at=begun,
                ends_at=begun + timedelta(hours=4),
                ended_at=begun + timedelta(hours=1),
            )
        )
        for person_id in (plan.owner_id, plan.coordinator_id):
            self._tell(plan, person_id, NoticeKind.EMERGENCY_ACCESS, 10)

    def _decision(self, plan: Plan) -> None:
        decided = self.moment.day(-15)
        words = LEGAL_GROUNDS[plan.kind]
        self.rows.append(
            PlanDecision(
                plan_id=plan.id,
                kind=DecisionKind.INDIVIDUAL_DECISION,
                what=self.words.decided,
                legal_ground=words.get(str(self.people.place.language), words["nb"]),
                decided_on=decided,
                complaint_until=complaint_limit(DecisionKind.INDIVIDUAL_DECISION, decided),
                recorded_at=self.moment.before(14),
            )
        )

    def _visit(self, plan: Plan, person: Person, days: int) -> None:
        self.rows.append(
            PlanVisit(plan_id=plan.id, person_id=person.id, seen_at=self.moment.before(days))
        )

    def _tell(self, plan: Plan, person_id: str, kind: NoticeKind, days: int) -> None:
        self.rows.append(
            Notice(plan_id=plan.id, person_id=person_id, kind=kind, at=self.moment.before(days))
        )
