"""What an access to own activities alone lets through, asked of plain values.

That the database says the same is held by the worlds (``test_plan_worlds``).
"""

from types import SimpleNamespace as Row

import pytest

from app.enums import Section
from app.security.own_activities import is_held_to_own, is_let_through

ME, OTHER = "me", "other"


def entry(section, *, by=None, named=None, parent=None):
    responsible = None if named is None else Row(person_id=named)
    return Row(section=section, author_id=by, responsible=responsible, parent=parent)


def activity(**values):
    return entry(Section.ACTIVITIES, **values)


@pytest.mark.parametrize(
    ("one", "is_seen"),
    [
        (entry(Section.GOALS, by=OTHER), True),
        (activity(by=ME, named=OTHER), True),
        (activity(by=OTHER, named=ME), True),
        (activity(by=OTHER, named=OTHER), False),
        (activity(), False),
        (activity(by=OTHER, parent=entry(Section.GOALS, by=ME, named=ME)), False),
        (activity(by=OTHER, parent=activity(named=ME)), True),
        (activity(by=OTHER, parent=activity(by=OTHER)), False),
        (entry(Section.COMMENTS, by=OTHER), True),
        (entry(Section.COMMENTS, by=OTHER, parent=entry(Section.GOALS)), True),
        (entry(Section.COMMENTS, by=OTHER, parent=activity(named=ME)), True),
        (entry(Section.COMMENTS, by=OTHER, parent=activity(named=OTHER)), False),
        (entry(Section.COMMENTS, by=ME, parent=activity(named=OTHER)), True),
    ],
)
def test_own_activities_are_let_through_with_what_belongs_to_them(one, is_seen):
    assert is_let_through(ME, one) is is_seen


def test_nobody_in_particular_owns_what_nobody_wrote():
    assert not is_let_through(None, activity())


def grant(*, own, over=False, section=Section.ACTIVITIES):
    return Row(section=section, own_only=own, ended_at="then" if over else None)


@pytest.mark.parametrize(
    ("grants", "is_held"),
    [
        ([], False),
        ([grant(own=True)], True),
        ([grant(own=False)], False),
        ([grant(own=True, section=Section.GOALS)], False),
        ([grant(own=True, over=True)], True),
        ([grant(own=False, over=True)], False),
        ([grant(own=True, over=True), grant(own=False)], False),
        ([grant(own=False, over=True), grant(own=True)], True),
        ([grant(own=True), grant(own=False, section=Section.GOALS)], True),
    ],
)
def test_who_was_given_own_activities_is_held_to_them_until_given_more(grants, is_held):
    assert is_held_to_own(Row(grants=grants)) is is_held
