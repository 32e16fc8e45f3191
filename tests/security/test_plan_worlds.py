"""``decide``, ``visible`` and a slow model of the rules say the same of plans, in worlds drawn at
random: who takes part, what is granted and agreed to, ages, guardians, states, roles and time."""

from collections import Counter
from dataclasses import dataclass
from random import Random

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.enums import Section
from app.models import Consent, Participant, Plan, PlanEntry
from app.plans.consent_states import ConsentState
from app.security import policy, scope, tenancy
from app.security.actor import Actor, find_actor
from app.security.plan_rights import LEVEL_OF
from app.security.roles import Action
from app.side_tables import Handover
from tests.conftest import with_world
from tests.drills import size, tell
from tests.plans.loading import whole
from tests.security import plan_rules as rules
from tests.security import plan_signs
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
    """D15."""
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


def test_signs_of_plans_are_the_same_in_sql_and_in_memory(context, world):
    told, random = Counter(), Random(0)

    with Session(db.engine) as session:
        town = plan_signs.plant(session, world, random, PIVOTS[0])
        for at in instants(random, PIVOTS[0])[:2]:
            with tenancy.applied(session, tenancy.Scope(town.id)):
                told += plan_signs.compared(session, day_of(at))
        session.rollback()

    assert set(told) >= {*ConsentState} - {ConsentState.NONE}
    assert set(told) >= {"login", "no login", "can", "can't"}


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
        for asked in self.asked():
            asked.check(self.session)
            self.told["answers"] += len(asked.rows)
            self.told["answers yes"] += len(asked.expected)
        return self.told

    def asked(self):
        """Everything that is asked, with what the slow model answers."""
        rows = {model: [*self._rows(model)] for model in (Plan, *QUESTIONS)}
        for account in self.accounts:
            for at in self.instants:
                who = Asker(account.id, self.here.id, at, self.random.random() < 0.9)
                self.told["cases"] += len(rows[Plan])
                yield from self._asked_by(who, rows)
                for plan in self.facts.tables["plan"]:
                    self.told.update({name for name, _ in rules.relations(self.facts, who, plan)})

    def _rows(self, model):
        """All rows of both municipalities, with all that belongs to them, out of any session."""
        for town in (self.there, self.here):
            with tenancy.applied(self.session, tenancy.Scope(town.id)):
                yield from self.session.scalars(select(model).options(*whole(model)))

    def _asked_by(self, who, rows):
        actor = find_actor(
            self.session, who.account_id, who.municipality_id, who.at, may_write=who.may_write
        )
        for action, section in self.questions:
            yield self._answered(who, actor, rows[Plan], rules.may, action, section)
        for model, question in QUESTIONS.items():
            action = self.random.choice(ON_ROWS[model])
            yield self._answered(who, actor, rows[model], question, action)

    def _answered(self, who, actor, rows, question, action, section=None):
        facts = self.facts.register(rows[0].__tablename__, "id")
        said = {} if section is None else {"section": section}
        expected = {
            row.id for row in rows if question(self.facts, who, action, facts[row.id][0], **said)
        }
        return Asked(actor, rows, action, section, expected, self.here.id)

    def _plan_questions(self):
        for action in self.random.sample(OF_PLANS, ASKED // 2):
            yield action, None
        for action in self.random.choices(list(LEVEL_OF), k=ASKED // 2):
            yield action, self.random.choice([*Section, Section.GOALS, Section.COMMENTS])


@dataclass
class Asked:
    """One question about all rows of a kind, and the ids for which the slow model says yes."""

    actor: Actor
    rows: list
    action: Action
    section: Section | None
    expected: set
    here: int

    def check(self, session):
        """Ask ``decide`` row by row and ``visible`` once."""
        self.check_decide()
        self.check_visible(session)

    def check_decide(self):
        """Ask ``decide`` about every row."""
        decided = {
            row.id
            for row in self.rows
            if policy.decide(self.actor, self.action, row, section=self.section)
        }
        assert decided == self.expected, ("decide", str(self), sorted(decided ^ self.expected))

    def check_visible(self, session):
        """Ask the database for all rows that are ``visible``."""
        model = type(self.rows[0])
        condition = scope.visible(self.actor, model, self.action, section=self.section)
        with tenancy.applied(session, tenancy.Scope(self.here)):
            listed = set(session.scalars(select(model.id).where(condition)))
        assert listed == self.expected, ("visible", str(self), sorted(listed ^ self.expected))

    def __str__(self):
        about = f"{type(self.rows[0]).__name__} {self.action} {self.section}"
        return f"{about} by {self.actor} at {self.actor.at}"


ON_ROWS = {
    Participant: [Action.LIST, Action.SHOW, Action.STEER_ACCESS, Action.STOP_ACCESS, Action.SEE_AS],
    Consent: [Action.LIST, Action.SHOW, Action.WITHDRAW_CONSENT, Action.RECORD_WITHDRAWAL],
    PlanEntry: [
        *(Action.LIST, Action.SHOW) * 2,
        Action.EDIT,
        Action.MOVE,
        Action.RETIRE,
        Action.RESTORE,
    ],
    Handover: [Action.LIST, Action.SHOW, Action.ANSWER],
}
