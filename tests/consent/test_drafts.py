"""What somebody has chosen so far: whether it is a choice yet, and how it is kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.consent import drafts
from app.consent.drafts import Draft, _as_json, _from_json
from app.consent.terms import Choice, latest_end
from app.db import db
from app.enums import Level, Section
from app.models import Plan
from app.side_tables import EntryDraft

ON = date(2026, 11, 25)
DAY = timedelta(days=1)
SHARED = {"a": {Section.GOALS: Level.READ}}


@pytest.mark.parametrize(
    "draft",
    [
        Draft(),
        Draft(months=6),
        Draft(last_day=ON),
        Draft(with_nobody=True),
        Draft("text", SHARED, {"a": "unit"}, months=12),
    ],
)
def test_a_draft_is_kept_as_it_is(draft):
    assert _from_json(_as_json(draft)) == draft
    assert draft.is_begun is (draft != Draft())
    assert not Draft().with_nobody
    assert _from_json({}) == Draft()


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (Draft(), None),
        (Draft(months=6), date(2027, 5, 25)),
        (Draft(last_day=ON), ON + DAY),
        (Draft(months=6, last_day=ON), date(2027, 5, 25)),
    ],
)
def test_it_ends_after_so_many_months_or_with_the_last_day(draft, expected):
    assert draft.ends_on(ON) == expected


@pytest.mark.parametrize(
    ("last_day", "is_choice"),
    [
        (None, False),
        (ON - DAY, False),
        (ON, True),
        (latest_end(ON) - DAY, True),
        (latest_end(ON), False),
    ],
)
def test_it_is_a_choice_with_an_end_from_today_to_three_years_on(last_day, is_choice):
    found = Draft(shared=SHARED, last_day=last_day).choice(ON)

    assert found == (Choice(last_day + DAY, SHARED) if is_choice else None)


@pytest.mark.parametrize(
    ("shared", "with_nobody", "is_choice"),
    [(SHARED, False, True), ({}, True, True), ({}, False, False), (SHARED, True, False)],
)
def test_it_is_a_choice_when_either_somebody_or_nobody_is_chosen(shared, with_nobody, is_choice):
    draft = Draft(shared=shared, with_nobody=with_nobody, months=6)

    assert (draft.choice(ON) is not None) is is_choice


def test_a_draft_is_of_one_account_and_one_plan_and_is_emptied(home):
    at = datetime(2026, 11, 25, 12, tzinfo=UTC)
    owner, mother = home.actor("planeier"), home.actor("foresatt")
    plan_ids = home.young_plan(), home.young_plan(kind="family_plan")

    with home.acting(owner):
        here, there = (db.session.get_one(Plan, one) for one in plan_ids)
        drafts.empty(owner, there, at=at)
        assert drafts.load(owner, here) == Draft()
        drafts.save(owner, here, Draft(months=6), at=at)
        drafts.save(mother, here, Draft(months=9), at=at)
        drafts.save(owner, there, Draft(months=12), at=at)
        drafts.save(owner, here, Draft(months=3), at=at + DAY)

        assert drafts.load(owner, here).months == 3
        assert drafts.load(mother, here).months == 9
        assert drafts.load(owner, there).months == 12
        drafts.empty(owner, here, at=at)
        assert not drafts.load(owner, here).is_begun
        assert drafts.load(mother, here).is_begun
        places = [f"consent:{one}" for one in plan_ids]
        kept = db.session.scalars(select(EntryDraft.values).where(EntryDraft.place.in_(places)))
        assert sorted(len(values) for values in kept) == [0, 7, 7]
