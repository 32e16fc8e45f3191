"""``decide``, ``visible`` and a slow model of the rules say the same of plans, in worlds drawn at
random: who takes part, what is granted and agreed to, ages, guardians, states, roles and time."""

from collections import Counter
from functools import partial
from random import Random

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.columns import new_id
from app.db import db
from app.enums import Section
from app.models import Consent, Participant, Plan, PlanEntry
from app.security import policy, scope, tenancy
from app.security.actor import find_actor
from app.security.plan_rights import LEVEL_OF
from app.security.roles import Action
from app.side_tables import Handover
from tests.conftest import with_world
from tests.drills import size, tell
from tests.plans.loading import whole
from tests.security import plan_rules as rules
from tests.security.plan_rules import Asker
from tests.security.plan_worlds import ACCOUNTS, PIVOTS, Planter, Town, instants

ROUNDS = size(3, 100)
PLANS, FOREIGN_PLANS = 30, 8
ASKED = 12
LEAST_CASES = size(3_000, 100_000)
OF_PLANS = [a for a in Action if a not in LEVEL_OF]
QUESTIONS = {
    Participant: rules.may_participant,
    Consent: rules.may_consent_row,
    PlanEntry: rules.may_entry,
    Handover: rules.may_handover,
}
"""Rows that belong to a plan, and what the slow model calls the question about them."""


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own, so that ages and texts are those of the round alone."""
    return with_world(make_app(database_name))


@pytest.mark.drill
def test_plans_are_open_to_those_and_only_those_whom_the_rules_let_in(context, world, capsys):
    told = Counter()

    for number in range(ROUNDS):
        random = Random(number)
        with Session(db.engine) as session:
            told += Round(session, world, random, PIVOTS[number % len(PIVOTS)]).run()
            session.rollback()

    tell(capsys, f"plans: {dict(told)}")
    assert told["cases"] >= LEAST_CASES
    assert told["answers yes"] > told["answers"] / 25
    for basis in ("owner", "authority", "participant", "coordinator", "emergency"):
        assert told[basis] >= ROUNDS


class Round:
    """One planting, looked at by everybody at each of its instants."""

    def __init__(self, session, world, random, pivot):
        self.session, self.random, self.told = session, random, Counter()
        self.accounts = [self._account() for _ in range(ACCOUNTS)]
        session.flush()
        ids = [account.id for account in self.accounts]
        self.here, self.there = Town(world.strandvik.id, ids), Town(world.fjellby.id, ids)
        planter = Planter(session, random, pivot)
        planter.town(self.there, FOREIGN_PLANS)
        planter.town(self.here, PLANS)
        self.facts = planter.plain_facts(self.accounts)
        self.questions = [*self._plan_questions()]
        self.instants = instants(random, pivot)

    def _account(self):
        name = f"a{new_id()}"
        row = User(
            username=name,
            first_name="",
            last_name="",
            email=f"{name}@account.invalid",
            active=self.random.random() < 0.93,
            password="",
        )
        self.session.add(row)
        return row

    def run(self):
        """Ask everything; what was asked and answered."""
        rows = {model: [*self._rows(model)] for model in (Plan, *QUESTIONS)}
        for account in self.accounts:
            for at in self.instants:
                who = Asker(account.id, self.here.id, at, self.random.random() < 0.9)
                self.told["cases"] += len(rows[Plan])
                self._ask(who, rows)
        return self.told

    def _rows(self, model):
        """All rows of both municipalities, with all that belongs to them, out of any session."""
        for town in (self.there, self.here):
            with tenancy.applied(self.session, tenancy.Scope(town.id)):
                yield from self.session.scalars(select(model).options(*whole(model)))

    def _ask(self, who, rows):
        actor = find_actor(
            self.session, who.account_id, who.municipality_id, who.at, may_write=who.may_write
        )
        with tenancy.applied(self.session, tenancy.Scope(self.here.id)):
            for action, section in self.questions:
                question = partial(rules.may, section=section)
                self._compare(who, actor, rows[Plan], question, action, section)
            for model, question in QUESTIONS.items():
                action = self.random.choice(ON_ROWS[model])
                self._compare(who, actor, rows[model], question, action)
        for plan in self.facts.tables["plan"]:
            self.told.update({name for name, _ in rules.relations(self.facts, who, plan)})

    def _plan_questions(self):
        for action in self.random.sample(OF_PLANS, ASKED // 2):
            yield action, None
        for action in self.random.choices(list(LEVEL_OF), k=ASKED // 2):
            yield action, self.random.choice([*Section, Section.GOALS, Section.COMMENTS])

    def _compare(self, who, actor, rows, question, action, section=None):
        model = type(rows[0])
        facts = self.facts.register(model.__tablename__, "id")
        expected = {row.id for row in rows if question(self.facts, who, action, facts[row.id][0])}
        decided = {row.id for row in rows if policy.decide(actor, action, row, section=section)}
        condition = scope.visible(actor, model, action, section=section)
        listed = set(self.session.scalars(select(model.id).where(condition)))
        self.told["answers"] += len(rows)
        self.told["answers yes"] += len(expected)
        asked = (model.__name__, str(action), section, actor)
        assert decided == expected, ("decide", asked, sorted(decided ^ expected))
        assert listed == expected, ("visible", asked, sorted(listed ^ expected))


ON_ROWS = {
    Participant: [Action.LIST, Action.SHOW, Action.STEER_ACCESS, Action.STOP_ACCESS, Action.SEE_AS],
    Consent: [Action.LIST, Action.SHOW, Action.WITHDRAW_CONSENT],
    PlanEntry: [
        *(Action.LIST, Action.SHOW) * 2,
        Action.EDIT,
        Action.MOVE,
        Action.RETIRE,
        Action.RESTORE,
    ],
    Handover: [Action.LIST, Action.SHOW, Action.ANSWER],
}
