"""What is kept of a pair when it is found, found again, answered, and found no more."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import utc_now
from app.db import db, transaction
from app.duplicates import index, pairs
from app.duplicates.pairs import Found
from app.enums import MatchBand, PairState
from app.models import DuplicatePair
from tests.duplicates.conftest import registered

OLD, NEW = b"o" * 16, b"n" * 16


@pytest.fixture
def two(here):
    persons = [registered(here, "Tor", "Par"), registered(here, "Thor", "Par")]
    return sorted(person.id for person in persons)


def keep(here, two, *, facts=OLD, score=9.0, found=True, compared=None, settled=()):
    one = Found(*two, score, MatchBand.PROBABLE, [["birth_date", "birth_same", 9.0]], facts)
    with transaction():
        return pairs.keep(
            here.municipality_id,
            [one] if found else [],
            compared=two if compared is None else compared,
            is_settled=lambda person: person in settled,
            at=utc_now(),
        )


def the_pair(two):
    db.session.expire_all()
    found = select(DuplicatePair).where(DuplicatePair.first_id == two[0])
    return db.session.scalars(found).one()


def answer(two, state):
    with transaction():
        pair = the_pair(two)
        pair.state, pair.answered_at = state, utc_now() - timedelta(days=1)


def test_what_is_found_anew_waits_for_an_answer(here, two):
    kept = keep(here, two)

    pair = the_pair(two)
    assert (kept.new, kept.reopened, kept.faded) == (1, 0, 0)
    assert (pair.state, pair.band, pair.score) == (PairState.OPEN, MatchBand.PROBABLE, 9.0)
    assert (pair.second_id, pair.facts) == (two[1], OLD)
    assert pair.findings == [["birth_date", "birth_same", 9.0]]


@pytest.mark.parametrize(
    ("state", "facts", "after", "score"),
    [
        (PairState.OPEN, OLD, PairState.OPEN, 12.0),
        (PairState.OPEN, NEW, PairState.OPEN, 12.0),
        (PairState.LATER, OLD, PairState.LATER, 12.0),
        (PairState.LATER, NEW, PairState.LATER, 12.0),
        (PairState.NOT_SAME, OLD, PairState.NOT_SAME, 9.0),
        (PairState.NOT_SAME, NEW, PairState.OPEN, 12.0),
        (PairState.FADED, OLD, PairState.OPEN, 12.0),
        (PairState.MERGED, OLD, PairState.MERGED, 9.0),
        (PairState.MERGED, NEW, PairState.MERGED, 9.0),
    ],
)
def test_what_is_found_again_is_opened_only_when_it_faded_or_the_facts_of_a_no_changed(
    here, two, state, facts, after, score
):
    keep(here, two)
    answer(two, state)

    kept = keep(here, two, facts=facts, score=12.0)

    pair = the_pair(two)
    assert (pair.state, pair.score) == (after, score)
    assert kept.new == 0
    assert kept.reopened == (after is PairState.OPEN and state is not PairState.OPEN)


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (PairState.OPEN, PairState.FADED),
        (PairState.LATER, PairState.FADED),
        (PairState.NOT_SAME, PairState.NOT_SAME),
        (PairState.MERGED, PairState.MERGED),
        (PairState.FADED, PairState.FADED),
    ],
)
def test_what_is_not_found_again_fades_unless_it_was_answered(here, two, state, after):
    keep(here, two)
    answer(two, state)

    kept = keep(here, two, found=False)

    assert the_pair(two).state is after
    assert kept.faded == (after is PairState.FADED and state is not PairState.FADED)


def test_what_one_of_the_persons_was_compared_for_alone_fades_too(here, two):
    keep(here, two)

    keep(here, two, found=False, compared=two[1:])

    assert the_pair(two).state is PairState.FADED


def test_pairs_of_others_and_those_that_were_settled_before_do_not_fade(here, two):
    keep(here, two)
    other = registered(here, "Helt", "Annen").id

    keep(here, two, found=False, compared=[other])
    keep(here, two, found=False, compared=two[1:], settled=two[:1])

    assert the_pair(two).state is PairState.OPEN


def test_answers_outlive_a_new_scheme_of_keys(here, monkeypatch):
    first, second = (registered(here, name, "Skjemasen") for name in ("Ada", "Adda"))
    before = pairs.facts_of_both(first, second)

    monkeypatch.setattr(index, "SCHEME", index.SCHEME + 1)

    assert pairs.facts_of_both(first, second) == before


def test_the_facts_of_both_are_the_same_from_both_sides_and_change_with_either(here):
    first, second = registered(here, "Ene", "Side"), registered(here, "Andre", "Side")
    before = pairs.facts_of_both(first, second)

    with transaction():
        second.given_name = "Annen"

    assert pairs.facts_of_both(first, second) == pairs.facts_of_both(second, first) != before
