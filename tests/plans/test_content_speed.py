"""A section is read in a handful of questions, however much stands in it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app.clock import utc_now
from app.db import db
from app.enums import Section
from app.models import Plan
from app.side_tables import PlanEntryVersion
from tests.plans import garden as gardens
from tests.plans.content_world import Plot, section_of

MOST = 30


@pytest.fixture
def plot(app, world):
    """The rows of Strandvik."""
    return Plot(app, world.strandvik)


@contextmanager
def counting(app) -> Iterator[list[str]]:
    """The statements of a block."""
    with app.app_context():
        engine = db.engine
    heard: list[str] = []

    def hear(_connection, _cursor, statement, *_rest) -> None:
        heard.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


def grow(plot, plan_id: str, goals: int) -> None:
    """Goals with three activities each, and ten versions of everything."""
    with plot.planting():
        plan = db.session.get_one(Plan, plan_id)
        who = [
            gardens.add_participant(plan, gardens.person(plot.place, f"p-{n}", "Per", None).id)
            for n in range(3)
        ]
        for number in range(goals):
            goal = gardens.entry(
                plan, Section.GOALS, f"Mål {number}", author_id=plan.coordinator_id
            )
            values = {"parent_id": goal.id, "author_id": plan.coordinator_id}
            rows = [goal] + [
                gardens.entry(
                    plan, Section.ACTIVITIES, f"Tiltak {number}", responsible_id=one.id, **values
                )
                for one in who
            ]
            for row in rows:
                row.changed_at = utc_now()
                for version in range(1, 11):
                    db.session.add(
                        PlanEntryVersion(
                            plan_id=row.plan_id,
                            entry_id=row.id,
                            number=version,
                            values={"title": row.title},
                            author_id=plan.coordinator_id,
                            at=row.changed_at,
                        )
                    )


@pytest.mark.parametrize("section", [Section.GOALS, Section.ACTIVITIES])
def test_two_hundred_goals_and_activities_cost_no_more_questions_than_one(
    section, app, plot, garden, client_as
):
    plan, client = garden.strandvik.plans["ip"], client_as("koordinator.strandvik")
    path = section_of(plan, section)
    client.get(path)
    with counting(app) as few:
        client.get(path)
    grow(plot, plan, 50)
    client.get(path)

    with counting(app) as many:
        page = client.get(path)

    assert page.text.count('class="entry"') >= 150
    assert len(many) <= min(len(few) + 3, MOST)
