"""What each relation to a plan opens is what the tables of the field say, cell by cell."""

import pytest

from app.enums import Capability, Giver, Level, PlanState, Section
from app.security import plan_rights as rights
from app.security.plan_rights import Basis
from app.security.roles import Action
from tests.security.plan_rules import ABOUT_SECTIONS, LETTER, MAY, OPENS, SECTIONS, STATES

MOST_GIVEN = "wwmmwwwmmwrrr--"
"""What somebody who takes part can be given at most, in the order of ``SECTIONS``."""


def in_letters(levels):
    return "".join(LETTER[levels.get(Section(one), Level.NONE)] for one in SECTIONS)


@pytest.mark.parametrize("basis", [one for one in Basis if one is not Basis.PARTICIPANT])
def test_a_relation_opens_the_sections_of_the_table(basis):
    assert in_letters(rights.LEVELS.get(basis, {})) == OPENS[basis]


@pytest.mark.parametrize("basis", Basis)
def test_a_relation_lets_do_what_the_table_says(basis):
    assert {str(one) for one in rights.ACTIONS[basis]} == {*MAY[basis].split()}


@pytest.mark.parametrize("action", Action)
def test_a_thing_is_done_in_the_states_of_the_table(action):
    states = rights.IN_STATES.get(action, rights.UNDER_WAY if action in MORE_THAN_READ else None)

    assert (states and {*states}) == (STATES.get(action) and {*STATES[action].split()})


MORE_THAN_READ = {Action.COMMENT, Action.WRITE, Action.MANAGE}


def test_a_plan_is_open_until_it_is_closed_and_shared_once_it_is_in_use():
    assert {*rights.OPEN} == {*STATES["close"].split()}
    assert {*PlanState} - rights.SHARED == {PlanState.DRAFT, PlanState.AWAITING_CONSENT}


def test_nobody_is_given_more_than_the_table_of_the_most():
    assert in_letters(rights.MOST_GIVEN) == MOST_GIVEN
    assert rights.MOST_BY_CAPABILITY == {
        Section.PRINT_EXPORT: Level.READ,
        Section.ACCESS_LOG: Level.READ,
        Section.PARTICIPANTS: Level.COMMENT,
    }
    assert {*rights.BY_CAPABILITY} == {*Capability} - {Capability.OWN_ACTIVITIES_ONLY}
    assert {*rights.BY_CAPABILITY.values()} == {*rights.MOST_BY_CAPABILITY}


def test_what_is_done_in_a_section_needs_the_level_of_its_name():
    assert {one: LETTER[at] for one, at in rights.LEVEL_OF.items()} == ABOUT_SECTIONS


def test_who_steers_gives_roles_and_the_owners_side_decides_who_sees():
    assert {Giver.COORDINATOR, Giver.STAND_IN} == rights.USUAL_GIVERS
    assert {Basis.OWNER, Basis.OWNER_UNDER_AGE, Basis.AUTHORITY} == rights.OWNERS_SIDE
    assert {Action.LIST, Action.SHOW} == rights.SEE
    assert rights.USUAL_OWN_CONSENT_AGE == 16
