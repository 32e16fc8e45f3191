"""G5, G6: two clerks merge the same persons at once; the server is killed in the middle."""

import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app.clock import utc_now
from app.db import db, transaction
from app.duplicates import merging
from app.enums import MergeState
from app.errors import DomainError
from app.models import Participant, Person, PersonMerge
from app.security.actor import acting_as
from tests.conftest import with_world
from tests.drills import size, tell
from tests.duplicates.merging import Merger
from tests.plans import garden

ROUNDS = size(20, 1_000)
KILLS = size(8, 100)
SLOWEST = 3 * size(3, 1)
"""In seconds; a loaded machine is slower than the three that users wait."""


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own."""
    return with_world(make_app(database_name))


@pytest.fixture
def town(app, world):
    """A local administrator of Strandvik."""
    return Merger(app, world)


def three(town):
    """Ids of three persons who may be one."""
    with town.at_work():
        return [town.person().id for _ in range(3)]


def merge(town, kept_id, gone_id, start=None):
    """Look over, wait for the other, and merge; what came of it, and how long it took."""
    with town.app.app_context(), acting_as(db.session(), town.clerk) as actor:
        choices = {"name": "kept"}
        kept, gone = db.session.get(Person, kept_id), db.session.get(Person, gone_id)
        mark = merging.preview(actor, kept, gone, choices, at=utc_now()).mark
        db.session.rollback()
        if start is not None:
            start.wait()
        begun = time.monotonic()
        try:
            with transaction():
                kept, gone = db.session.get(Person, kept_id), db.session.get(Person, gone_id)
                merging.merge(actor, kept, gone, choices, mark=mark, at=utc_now())
        except DomainError as refused:
            return f"{type(refused).__name__} {refused.status}", time.monotonic() - begun
        return "merged", time.monotonic() - begun


@pytest.mark.drill
def test_g5_of_two_merges_at_once_one_wins_and_the_other_is_told(town, database_name, capsys):
    told, slowest, wins = Counter(), 0.0, Counter()

    with ThreadPoolExecutor(2) as pool:
        for number in range(ROUNDS):
            first, second, third = three(town)
            pairs = [(second, first), (first, second) if number % 2 else (third, second)]
            start = Barrier(2)
            found = [
                one.result() for one in [pool.submit(merge, town, *pair, start) for pair in pairs]
            ]
            told.update(said for said, _took in found)
            wins[sum(said == "merged" for said, _took in found)] += 1
            slowest = max(slowest, *(took for _said, took in found))
            no_circle(town, (first, second, third))

    tell(capsys, f"merges at once, {database_name}: {dict(told)}, slowest {slowest:.2f} s")
    assert wins == {1: ROUNDS}
    assert all(said == "merged" or said.endswith("409") for said in told)
    assert slowest < SLOWEST


def no_circle(town, ids):
    """Whoever was merged leads to somebody in use, in one step."""
    with town.at_work():
        rows = {pk: db.session.get_one(Person, pk, populate_existing=True) for pk in ids}
        gone = [row for row in rows.values() if row.merged_into_id is not None]
        assert len(gone) == 1
        assert rows[gone[0].merged_into_id].merged_into_id is None


@pytest.mark.drill
def test_g6_killed_in_the_middle_of_merges_each_is_whole_or_not_at_all(town, database_name, capsys):
    choice, merged = random.Random(7), 0
    for _kill in range(KILLS):
        pairs = [taking_part(town) for _ in range(12)]
        child = start_child(town, pairs)
        time.sleep(choice.uniform(0.2, 1.2))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        merged += sum(is_whole(town, *pair) for pair in pairs)

    tell(capsys, f"kill -9 while merging, {database_name}: {KILLS} kills, {merged} merges")
    assert 0 < merged < KILLS * 12


def taking_part(town):
    """Two persons, the second with a participation."""
    with town.at_work():
        kept, gone, owner = town.person(), town.person(), town.person(40)
        plan = garden.make_plan(owner.id, town.place.persons["koordinator.strandvik"])
        return kept.id, gone.id, garden.add_participant(plan, gone.id).id


def start_child(town, pairs):
    """A process that merges one pair after another, on connections of its own."""
    child = os.fork()
    if child == 0:
        try:
            with town.app.app_context():
                db.session.remove()
                db.engine.dispose(close=False)
            for kept_id, gone_id, _participant in pairs:
                merge(town, kept_id, gone_id)
        finally:
            os._exit(0)
    return child


def is_whole(town, kept_id, gone_id, participant_id):
    """Whether the two were merged; nothing of it is done otherwise."""
    with town.at_work():
        gone = db.session.get_one(Person, gone_id)
        row = db.session.scalar(select(PersonMerge).where(PersonMerge.gone_id == gone_id))
        is_merged = gone.merged_into_id == kept_id
        assert (row is not None) is is_merged
        assert (gone.retired_at is not None) is is_merged
        if row is not None:
            assert row.state is MergeState.DONE
            assert row.moved
            assert row.before
        whose = db.session.get_one(Participant, participant_id).person_id
        assert whose == (kept_id if is_merged else gone_id)
        return is_merged
