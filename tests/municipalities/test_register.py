"""The register that ships: complete, right, and the traps in it."""

import hashlib
from collections import Counter
from datetime import date

import pytest

from app.enums import LanguageForm
from app.municipalities.register import (
    MunicipalityFact,
    Register,
    display_name,
    full_name,
    load_register,
)

# Of the sorted lines "number;name;language form;county number", computed from another list.
FINGERPRINT = "f376f83f9b189661ffe51876fe985a75b46f8e85140f4856aa72ef6a5b09632c"


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register()


@pytest.fixture(scope="module")
def by_number(register: Register) -> dict[str, MunicipalityFact]:
    return {fact.number: fact for fact in register.municipalities}


def test_there_are_357_municipalities_in_15_counties(register: Register) -> None:
    assert len({fact.number for fact in register.municipalities}) == 357
    assert len(register.municipalities) == 357
    assert len({county.number for county in register.counties}) == 15
    assert len(register.counties) == 15


def test_the_language_forms_are_counted_right(register: Register) -> None:
    forms = Counter(fact.language_form for fact in register.municipalities)

    assert forms == {
        LanguageForm.NEUTRAL: 150,
        LanguageForm.BOKMAL: 119,
        LanguageForm.NYNORSK: 88,
    }


def test_every_number_name_form_and_county_is_as_in_the_independent_list(
    register: Register,
) -> None:
    lines = sorted(
        f"{fact.number};{fact.name};{fact.language_form.value};{fact.county_number}"
        for fact in register.municipalities
    )

    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == FINGERPRINT


def test_every_municipality_lies_in_the_county_its_number_begins_with(register: Register) -> None:
    counties = {county.number for county in register.counties}

    for fact in register.municipalities:
        assert fact.county_number in counties
        assert fact.number[:2] == fact.county_number
        assert len(fact.number) == 4


def test_no_number_is_older_than_its_county_or_ended(register: Register) -> None:
    for fact in register.municipalities:
        assert fact.valid_from >= register.county_by_number[fact.county_number].valid_from
        assert fact.valid_to is None


@pytest.mark.parametrize(
    ("number", "since"),
    [
        ("5601", date(2024, 1, 1)),
        ("1508", date(2024, 1, 1)),
        ("1580", date(2024, 1, 1)),
        ("4601", date(2020, 1, 1)),
        ("1108", date(2020, 1, 1)),
        ("5061", date(2019, 1, 1)),
        ("5001", date(2018, 1, 1)),
        ("5006", date(2020, 1, 1)),
        ("1505", date(2008, 1, 1)),
        ("1160", date(2006, 1, 1)),
        ("0301", date(1977, 1, 1)),
    ],
)
def test_a_number_holds_from_the_day_it_took_effect(
    by_number: dict[str, MunicipalityFact], number: str, since: date
) -> None:
    assert by_number[number].valid_from == since


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("1515", "Herøy (Møre og Romsdal)"),
        ("1818", "Herøy (Nordland)"),
        ("3114", "Våler (Østfold)"),
        ("3419", "Våler (Innlandet)"),
        ("0301", "Oslo"),
        ("1508", "Ålesund"),
        ("1580", "Haram"),
        ("5612", "Kautokeino"),
    ],
)
def test_only_a_shared_name_is_shown_with_its_county(
    register: Register, by_number: dict[str, MunicipalityFact], number: str, shown: str
) -> None:
    assert display_name(by_number[number], register) == shown


def test_all_names_shown_to_users_differ(register: Register) -> None:
    everyone = register.municipalities + register.demonstration_municipalities

    assert len({display_name(fact, register) for fact in everyone}) == 359


@pytest.mark.parametrize(
    ("number", "written", "official"),
    [
        ("5612", "Guovdageaidnu - Kautokeino", (("se", "Guovdageaidnu"),)),
        ("1826", "Aarborte - Hattfjelldal", (("sma", "Aarborte"),)),
        ("1875", "Hábmer - Hamarøy", (("smj", "Hábmer"),)),
        ("1853", "Evenes - Evenášši", (("se", "Evenášši"),)),
        (
            "5622",
            "Porsanger - Porsáŋgu - Porsanki",
            (("se", "Porsáŋgu"), ("fkv", "Porsanki")),
        ),
        (
            "5540",
            "Gáivuotna - Kåfjord - Kaivuono",
            (("se", "Gáivuotna"), ("fkv", "Kaivuono")),
        ),
        ("4601", "Bergen", ()),
        ("3226", "Aurskog-Høland", ()),
    ],
)
def test_official_names_stand_in_official_order(
    by_number: dict[str, MunicipalityFact],
    number: str,
    written: str,
    official: tuple[tuple[str, str], ...],
) -> None:
    assert full_name(by_number[number]) == written
    assert by_number[number].official_names == official


def test_29_municipalities_have_a_sami_name_and_12_of_them_first(register: Register) -> None:
    several = [fact for fact in register.municipalities if fact.official_names]

    assert len(several) == 29
    assert sum(not fact.norwegian_first for fact in several) == 12


def test_five_counties_have_a_sami_name(register: Register) -> None:
    named = {county.name: county.official_names for county in register.counties}

    assert named["Troms"] == (("se", "Romsa"), ("fkv", "Tromssa"))
    assert named["Finnmark"] == (("se", "Finnmárku"), ("fkv", "Finmarkku"))
    assert named["Trøndelag"] == (("sma", "Trööndelage"),)
    assert named["Nordland"] == (("smj", "Nordlánnda"),)
    assert sum(bool(names) for names in named.values()) == 5


def test_made_up_municipalities_are_never_among_the_real_ones(register: Register) -> None:
    made_up = {fact.number: fact.name for fact in register.demonstration_municipalities}

    assert made_up == {"9901": "Strandvik", "9902": "Fjellby"}
    assert [county.name for county in register.demonstration_counties] == ["Demonstrasjonsfylket"]
    assert not any(fact.number.startswith("99") for fact in register.municipalities)
    assert not any(county.number == "99" for county in register.counties)
    assert not {fact.name for fact in register.municipalities} & set(made_up.values())
