"""What is said of two persons: the hard cases, the weights, and the quality on many persons."""

import json
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from app.duplicates import estimation
from app.duplicates.levels import FIELD_OF, Field, Level
from app.duplicates.record import Facts, record_of
from app.duplicates.scoring import NO_CANDIDATE, Comparison, Finding, compare, explained
from app.duplicates.weights import SHIPPED, Weights
from app.duplicates.words import SENTENCES, reasons, speaks_for
from app.enums import MatchBand
from app.people.national_id import synthetic
from benchmarks import registers
from benchmarks.duplicates import Persons, best, candidates, persons_of, with_thirds
from benchmarks.persons import VARIATIONS, rows
from benchmarks.towns import MIXES

BORN = date(1980, 3, 14)
KARI = Facts(
    "Kari Anne", "Ødegård", BORN, None, "kari.odegard@x.no", "91234567", "Storveien 4", "0150"
)


def compared(**changes: object) -> Comparison:
    facts = {name: getattr(KARI, name) for name in Facts.__slots__} | changes
    return compare(record_of(KARI), record_of(Facts(**facts)))


def levels(found: Comparison) -> set[Level]:
    return {finding.level for finding in found.findings}


def test_who_is_the_same_in_all_is_certain():
    assert compared().band is MatchBand.CERTAIN


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"given_name": "Kari", "family_name": "Odegaard"}, id="other letters"),
        pytest.param({"family_name": "Vik", "address": "Lia 2"}, id="married and moved"),
        pytest.param({"birth_date": date(1980, 3, 15), "phone": None}, id="one digit of the date"),
        pytest.param({"given_name": "Ødegård", "family_name": "Kari Anne"}, id="swapped names"),
        pytest.param({"birth_date": None, "address": None}, id="little known"),
    ],
)
def test_one_person_registered_otherwise_is_at_least_probable(changes: dict[str, object]):
    assert compared(**changes).band in (MatchBand.CERTAIN, MatchBand.PROBABLE)


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        pytest.param(
            {"given_name": "Silje", "email": None, "phone": "48111213"}, Level.TWINS, id="twins"
        ),
        pytest.param(
            {"birth_date": date(1951, 8, 2), "email": None}, Level.GENERATIONS, id="mother, child"
        ),
        pytest.param(
            {"birth_date": date(1950, 3, 14), "email": None},
            Level.GENERATIONS,
            id="of one birthday",
        ),
        pytest.param(
            {"given_name": "Ola", "birth_date": date(1978, 11, 2), "email": None},
            Level.FAMILY_HOUSEHOLD,
            id="spouses on one phone",
        ),
        pytest.param(
            {"given_name": "Ola", "birth_date": date(1978, 11, 2), "email": None, "phone": None},
            Level.FAMILY_HOUSEHOLD,
            id="siblings at one address",
        ),
    ],
)
def test_people_of_one_household_are_told_apart(changes: dict[str, object], level: Level):
    found = compared(**changes)

    assert found.band in (None, MatchBand.POSSIBLE)
    assert found.band is None or level in levels(found)


def test_two_valid_numbers_that_differ_speak_louder_than_all_else():
    mine, other = (
        record_of(Facts("Kari", "Vik", BORN, synthetic(BORN, serial), phone="91234567"))
        for serial in (0, 1)
    )

    assert compare(mine, other).band in (None, MatchBand.POSSIBLE)
    assert compare(mine, mine).band is MatchBand.CERTAIN


def test_two_of_a_rare_name_say_more_than_two_of_a_common_one():
    common, rare = Facts("Anne", "Hansen", BORN), Facts("Ragnvald", "Ødegaard", BORN)

    common_score = compare(record_of(common), record_of(common)).score

    assert compare(record_of(rare), record_of(rare)).score > common_score + 1


def test_who_shares_only_a_name_is_no_candidate():
    other = record_of(Facts("Kari Anne", "Ødegård", date(1955, 7, 2)))

    assert compare(record_of(KARI), other) is NO_CANDIDATE


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"birth_date": None}, id="one date"),
        pytest.param({"birth_date": None, "email": None}, id="a phone and an address"),
    ],
)
def test_who_has_no_date_to_compare_is_never_certain(changes: dict[str, object]):
    found = compared(**changes)

    assert found.band is MatchBand.PROBABLE
    assert Level.UNDATED in levels(found)


def test_a_day_that_nobody_knew_a_name_and_an_address_make_nobody_certain():
    arrived = Facts("Kari Anne", "Ødegård", date(1980, 1, 1), address="Mottaket 1", postcode="0150")
    reached = replace(arrived, phone="91234567")

    alike, told = (compare(record_of(one), record_of(one)) for one in (arrived, reached))

    assert (alike.band, told.band) == (MatchBand.PROBABLE, MatchBand.CERTAIN)


# --- weights -------------------------------------------------------------------------------------


def test_weights_come_back_from_json_as_they_went():
    read = Weights.from_json(json.loads(json.dumps(SHIPPED.as_json())))

    assert read.as_json() == SHIPPED.as_json()


def test_every_level_has_a_weight_and_a_sentence():
    assert SHIPPED.bits.keys() == set(Level) == SENTENCES.keys()


def test_what_is_the_same_speaks_for_and_what_differs_against():
    for level, bits in SHIPPED.bits.items():
        if level.endswith("_same"):
            assert bits > 0, level
        if level.endswith(("_differs", "_generation")):
            assert bits < 0, level


def test_in_a_larger_population_the_same_findings_say_less():
    both, named = record_of(KARI), record_of(Facts("Tiril", "Ytrebø"))

    small, large = (SHIPPED.sized(count) for count in (100_000, 800_000))
    lost, lost_by_name = (
        explained(one, one, small).score - explained(one, one, large).score for one in (both, named)
    )

    assert lost == pytest.approx(0.9, abs=0.02)
    assert lost_by_name == pytest.approx(2.7, abs=0.02)


def test_reasons_for_come_first_and_the_weightiest_of_them():
    findings = [
        Finding(Field.PHONE, Level.PHONE_DIFFERS, -2),
        Finding(Field.BIRTH_DATE, Level.BIRTH_SAME, 4),
        Finding(Field.NATIONAL_ID, Level.ID_SAME, 14),
    ]

    said = [str(sentence) for sentence in reasons(findings)]

    assert said == ["Same national id", "Same birth date", "Phone numbers differ"]
    assert [speaks_for(finding) for finding in findings] == [False, True, True]


# --- quality -------------------------------------------------------------------------------------


@cache
def world(variation: str) -> tuple[Persons, list[tuple[int, int]]]:
    if variation in MIXES:
        persons = persons_of(registers.rows(4_000, seed=99, mix=MIXES[variation]))
    else:
        persons = persons_of(rows(6_000, seed=99, rates=VARIATIONS[variation]))
    return persons, candidates(persons.records)


def scored(variation: str, weights: Weights) -> list[tuple[float, int, int]]:
    persons, pairs = world(variation)
    return [
        (compare(persons.records[a], persons.records[b], weights).score, a, b) for a, b in pairs
    ]


@pytest.mark.parametrize(
    ("variation", "reached", "f1", "f1_from_probable", "certain"),
    [
        ("usual", 0.98, 0.95, 0.95, 0.995),
        ("tidy", 0.99, 0.97, 0.97, 0.995),
        ("many twins", 0.98, 0.92, 0.87, 0.99),
        ("mid", 0.97, 0.94, 0.93, 0.99),
        ("alike", 0.98, 0.93, 0.92, 0.99),
    ],
)
def test_most_persons_kept_twice_are_found_and_few_others(
    variation: str, reached: float, f1: float, f1_from_probable: float, certain: float
):
    persons, pairs = world(variation)
    weights = SHIPPED.sized(len(persons.records))
    found = with_thirds(persons.records, scored(variation, weights), weights)

    _, right, count = best(persons, found)
    probable = [persons.is_one((a, b)) for score, a, b in found if score >= weights.probable]
    sure = [persons.is_one((a, b)) for score, a, b in found if score >= weights.certain]

    assert sum(map(persons.is_one, pairs)) / persons.pairs >= reached
    assert len(pairs) <= len(persons.records) * 1.2
    assert 2 * right / (count + persons.pairs) >= f1
    assert 2 * sum(probable) / (len(probable) + persons.pairs) >= f1_from_probable
    assert sum(sure) / len(sure) >= certain


def test_weights_are_learned_where_there_are_persons_enough(monkeypatch: pytest.MonkeyPatch):
    persons, pairs = world("usual")
    both = [(persons.records[a], persons.records[b]) for a, b in pairs]
    count = len(persons.records)
    few = estimation.learn(persons.records, both, count=count)
    monkeypatch.setattr(estimation, "FEWEST_PERSONS", count)
    monkeypatch.setattr(estimation, "RANDOM_PAIRS", 20_000)

    learned = estimation.learn(iter(persons.records), iter(both), count=count)

    assert few.as_json() == SHIPPED.sized(count).as_json()
    assert 0.004 < learned.given_shares["anne"] < 0.03
    moved = {level for level in Level if learned.bits[level] != few.bits[level]}
    assert moved
    assert not [level for level in moved if FIELD_OF[level] is Field.TOGETHER]
    right = best(persons, scored("usual", learned))
    assert 2 * right[1] / (right[2] + persons.pairs) >= 0.93
