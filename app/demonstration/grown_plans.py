"""Fills a municipality that is grown with plans: owners, those who help, consents, what is written.

The plans themselves are drawn in ``grown_shapes``. Rows are kept some plans at a time, so that
thousands need no more memory than a few.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.columns import TenantOwned, new_id
from app.demonstration.crowd import SEED
from app.demonstration.grown_beside import Beside, Seen
from app.demonstration.grown_consents import Giver, years_of_consents
from app.demonstration.grown_content import Writing
from app.demonstration.grown_logins import KeyRoles
from app.demonstration.grown_people import Known, Population
from app.demonstration.grown_shapes import Shape, shapes
from app.demonstration.plan_consents import Helper, Setting
from app.demonstration.plan_forms import version_for, versions_in_use
from app.demonstration.plan_recipes import YEARS, Age
from app.demonstration.plan_words import WORDS, Work
from app.demonstration.plans import keep
from app.enums import AuthorityKind, Level, PlanKind, PlanState, Section, UnitKind
from app.models import Authority, Grant, Participant, Plan, PlanType, StandardRole
from app.security.plan_rights import USUAL_OWN_CONSENT_AGE
from app.templating import setup

PLANS_AT_ONCE = 40
AGAIN, WITH_GUARDIAN, FROM_ELSEWHERE, ENDED, FORMER = 0.08, 0.06, 0.05, 0.15, 0.04
Shared = tuple[Participant, list[Grant]]


@dataclass(frozen=True)
class SetUp:
    """How the municipality has set up its plans, as plain values."""

    sections: dict[PlanKind, list[str]]
    roles: dict[str, tuple[str, int, dict[str, str]]]
    texts: dict[PlanKind, str]


def set_up(session: Session, municipality_id: int, population: Population) -> SetUp:
    """Set up kinds of plans, roles and templates where they are not, and read them."""
    setup.ensure(session, municipality_id, at=population.moment.before(1_400))
    return SetUp(
        {one.kind: list(one.sections) for one in session.scalars(select(PlanType))},
        {
            one.names["nb"]: (one.id, one.number, dict(one.matrix))
            for one in session.scalars(select(StandardRole))
        },
        {kind: setup.consent_text(session, kind).id for kind in PlanKind},
    )


def plant(
    session: Session,
    population: Population,
    roles: KeyRoles,
    elsewhere: Sequence[Known],
    found: SetUp,
    count: int,
) -> dict[str, Seen]:
    """Add so many plans in the caller's scope; who was let in, and when they were there last."""
    planting = Planting(session, population, roles, elsewhere, found)
    wanted = shapes(planting.draw, population.place.language, count)
    for start in range(0, len(wanted), PLANS_AT_ONCE):
        for number, shape in enumerate(wanted[start : start + PLANS_AT_ONCE], start):
            planting.plant(number, shape)
        keep(session, planting.rows)
        planting.rows.clear()
        session.expunge_all()
    return planting.beside.seen


class Planting:
    """Makes plan after plan, and knows what is shared between them."""

    def __init__(
        self,
        session: Session,
        population: Population,
        roles: KeyRoles,
        elsewhere: Sequence[Known],
        found: SetUp,
    ) -> None:
        self.population, self.moment = population, population.moment
        self.set_up, self.elsewhere, self.roles = found, elsewhere, roles
        self.draw = Random(f"{SEED} plans {population.place.number}")
        self.words = WORDS[population.place.language]
        self.versions = versions_in_use(session)
        self.rows: list[TenantOwned] = []
        self.owners: dict[Age, list[Known]] = self._free_owners()
        self.authorities: dict[str, list[Helper]] = {}
        self.has_open: set[tuple[str, PlanKind]] = set()
        self.beside = Beside(population, roles, self.draw, self.rows)

    def _free_owners(self) -> dict[Age, list[Known]]:
        """Who may own a plan, by age, in a drawn order; a child with a parent at home."""
        taken = self.roles.ids
        found: defaultdict[Age, list[Known]] = defaultdict(list)
        for one in self.population.everybody:
            years = self.population.age(one)
            age = next((age for age, (low, high) in YEARS.items() if low <= years <= high), None)
            has_giver = years >= USUAL_OWN_CONSENT_AGE or self.population.parents(one)
            if age is not None and has_giver and one.id not in taken:
                found[age].append(one)
        for ones in found.values():
            self.draw.shuffle(ones)
        return found

    def plant(self, number: int, shape: Shape) -> None:
        """One plan, with all that belongs to it."""
        owner = self._owner(shape)
        plan = self._plan(number, shape, owner)
        helpers = self._authorities_of(owner)
        shared = self._participants(plan, shape, owner)
        setting = Setting(
            plan,
            shape.recipe,
            self.set_up.texts[plan.kind],
            self.words,
            self.roles.recorder_id,
            self.moment.at,
            self.moment.today,
        )
        givers: list[Giver] = [(one.person_id, one) for one in helpers] or [(owner.id, None)]
        self.rows.extend(years_of_consents(setting, shape, givers, shared))
        people = [(one.id, one.person_id) for one, _grants in shared]
        writing = Writing(plan, shape, people, self.moment, self.draw)
        self.rows.extend(writing.write(self.set_up.sections[plan.kind]))
        self.beside.add(plan, shape, [person_id for person_id, _helper in givers], people)

    # --- the plan --------------------------------------------------------------------------------

    def _owner(self, shape: Shape) -> Known:
        """Somebody of the age who has no plan; sometimes one who has one of another kind."""
        kind, pool = shape.recipe.kind, self.owners[shape.recipe.age]
        if self.draw.random() < AGAIN:
            for one in self.draw.sample(pool, min(5, len(pool))):
                if (one.id, kind) not in self.has_open and one.id in self.authorities:
                    self.has_open.add((one.id, kind))
                    return one
        owner = pool.pop(0)
        pool.append(owner)
        self.has_open.add((owner.id, kind))
        return owner

    def _plan(self, number: int, shape: Shape, owner: Known) -> Plan:
        moment, recipe, draw = self.moment, shape.recipe, self.draw
        is_draft = recipe.state is PlanState.DRAFT
        holder = self._holder()
        template = version_for(self.versions, recipe.kind, recipe.state, number)
        plan = Plan(
            id=new_id(),
            kind=recipe.kind,
            state=recipe.state,
            level=recipe.level,
            owner_id=owner.id,
            coordinator_id=holder.id,
            unit_id=None if owner.is_shielded else holder.unit_id,
            template_version_id=None if template is None else template.id,
            period_from=moment.day(-shape.started),
            period_to=None if is_draft else moment.day(365 + draw.randint(-90, 400)),
            next_evaluation_on=None if is_draft else moment.day(draw.randint(-60, 180)),
            needs="" if is_draft else recipe.theme.needs,
            resources="" if is_draft else recipe.theme.resources,
            cooperation=recipe.theme.cooperation if draw.random() < 0.6 else "",
            started_at=moment.before(shape.started),
            last_activity_at=moment.before(shape.quiet),
            closed_at=None if shape.closed is None else moment.before(shape.closed),
            closed_reason=None if shape.closed is None else self.words.closed,
        )
        self.rows.append(plan)
        return plan

    def _holder(self) -> Known:
        """A coordinator; some have three times as many plans as others, and some have left."""
        if self.roles.former and self.draw.random() < FORMER:
            return self.draw.choice(self.roles.former)
        many = self.roles.coordinators
        at = min(self.draw.randrange(len(many)), self.draw.randrange(len(many)))
        return many[at]

    # --- who has a part --------------------------------------------------------------------------

    def _authorities_of(self, owner: Known) -> list[Helper]:
        """The parents of a child, and a guardian for some grown-ups; stated once."""
        if owner.id in self.authorities:
            return self.authorities[owner.id]
        found: list[Helper] = []
        if self.population.age(owner) < USUAL_OWN_CONSENT_AGE:
            kind = AuthorityKind.PARENTAL_RESPONSIBILITY
            found = [self._authority(owner, one, kind) for one in self.population.parents(owner)]
        elif self.draw.random() < WITH_GUARDIAN:
            helper = self.draw.choice(self.population.at_work[UnitKind.SCHOOL])
            if helper.id != owner.id:
                found = [self._authority(owner, helper, AuthorityKind.LEGAL_GUARDIAN)]
        self.authorities[owner.id] = found
        return found

    def _authority(self, owner: Known, holder: Known, kind: AuthorityKind) -> Helper:
        row = Authority(
            id=new_id(),
            owner_id=owner.id,
            holder_id=holder.id,
            kind=kind,
            may_consent=True,
            ground=self.words.grounds[kind],
            starts_on=self.moment.day(-1_150),
            stated_at=self.moment.before(1_150),
        )
        self.rows.append(row)
        return Helper(row.id, holder.id, kind)

    def _participants(self, plan: Plan, shape: Shape, owner: Known) -> list[Shared]:
        """Those of the recipe, some others, and now and then somebody from elsewhere."""
        kinds = [*shape.recipe.partners]
        kinds += self.draw.sample(sorted(self.words.works), self.draw.randint(0, 2))
        taken, found = {plan.coordinator_id, owner.id}, []
        for kind in kinds:
            works = self.words.works[kind]
            able: Sequence[Known] = self.population.at_work.get(kind, ())
            if self.elsewhere and self.draw.random() < FROM_ELSEWHERE:
                able = self.elsewhere
            helper = self.draw.choice(able) if able else None
            if helper is None or helper.id in taken:
                continue
            taken.add(helper.id)
            found.append(self._participant(plan, shape, helper, works))
        return found

    def _participant(self, plan: Plan, shape: Shape, helper: Known, work: Work) -> Shared:
        role_id, number, matrix = self.set_up.roles[work.role]
        began = self.draw.randint(shape.quiet, shape.started)
        row = Participant(
            id=new_id(),
            plan_id=plan.id,
            person_id=helper.id,
            unit_id=helper.unit_id,
            standard_role_id=role_id,
            standard_role_number=number,
            function=work.function,
            contribution=work.contribution,
            starts_on=self.moment.day(-began),
            added_at=self.moment.before(began),
        )
        if self.draw.random() < ENDED and began > 60:
            row.ends_on = self.moment.day(self.draw.randint(-began + 30, 90))
            if row.ends_on <= self.moment.today and self.draw.random() < 0.5:
                row.ended_at = self.moment.before((self.moment.today - row.ends_on).days)
        self.rows.append(row)
        return row, self._grants(plan, row, matrix)

    def _grants(self, plan: Plan, row: Participant, matrix: dict[str, str]) -> list[Grant]:
        found = [
            Grant(
                plan_id=plan.id,
                participant_id=row.id,
                section=Section(section),
                level=Level(matrix[section]),
                given_by_id=plan.coordinator_id,
                given_at=row.added_at,
                starts_on=row.starts_on,
            )
            for section in self.set_up.sections[plan.kind]
            if section in matrix
        ]
        self.rows.extend(found)
        return found
