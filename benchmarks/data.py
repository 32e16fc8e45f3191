"""The people that every panel is filled with: invented, and the same in each run.

Holds the generator and the names that the probes search for; nothing here knows a panel.
"""

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

MUNICIPALITY = 1
UNITS = 200
EXPORTED_NAME = "Ingeborg"
EXPORT_SHARE = 10
SEARCHED_NAME = "Lund"
SEARCHED_PREFIX = "Haug"

PATRONYMICS = (
    "Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen "
    "Pettersen Eriksen Berg Haugen Hagen Johannessen Andreassen Jacobsen Halvorsen Dahl Lund"
)
FIRST_PARTS = (
    "Berg Bjørk Bakke Dal Ek Eng Fjell Furu Gran Hav Haug Hell Holm Høy Kvern Lang Lind Lyng Mo "
    "Myr Nord Nygård Ris Rød Rønning Sand Skog Sol Sten Strøm Sunn Sør Tor Vest Øst Åker"
)
LAST_PARTS = (
    "heim land berg bakken dal eng foss gård haug li lund mark moen mo nes rud seth set stad "
    "strand sund tveit vik vold ås"
)
SAMI_NAMES = "Čázesvárri Áhkká Bæivi Guttorm Gaup Utsi Sárá Njuorgam Buljo Hætta"
GIVEN_NAMES = (
    "Anne Inger Kari Marit Ingrid Liv Eva Berit Astrid Bjørg Hilde Anna Solveig Marianne Randi "
    "Ida Nina Maria Elisabeth Kristin Emma Nora Thea Sofie Åse Máret Elle Jan Per Bjørn Ole Lars "
    "Kjell Knut Svein Arne Thomas Hans Geir Tor Morten Terje Odd Erik Martin Andreas Jonas Emil "
    "Håkon Øystein Áilu Nils"
)
STREETS = ("Skolegata", "Kirkeveien", "Storgata", "Strandveien", "Fjordgata", "Ålesundveien")

FIRST_BIRTHDAY = date(1930, 1, 1)
BIRTHDAYS = (date(2020, 1, 1) - FIRST_BIRTHDAY).days
STRIDE = 7919  # Prime, so that neighbours in the register are not neighbours in age.

# Weights and remainders of the two control digits (Skatteetaten, the rule before 2032).
FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
ASCII = str.maketrans("æøåáč", "eoaac")


class Person(NamedTuple):
    """One invented person; ``birth_date`` is ISO text, which both databases read as a date."""

    id: int
    municipality_id: int
    given_name: str
    family_name: str
    birth_date: str
    national_id: str
    email: str
    phone: str
    address: str
    postcode: str
    unit_id: int


def slug(name: str) -> str:
    """The form of a name inside an e-mail address; the probes find rows by it."""
    return re.sub("[^a-z]", "", name.lower().translate(ASCII))


def units() -> list[tuple[int, int, str]]:
    """Every unit as (id, municipality, name)."""
    return [(number, MUNICIPALITY, f"Virksomhet {number:03}") for number in range(1, UNITS + 1)]


def people(count: int) -> Iterator[Person]:
    """``count`` persons, each time the same; every tenth and no other has ``EXPORTED_NAME``."""
    chance = random.Random(9901)
    family_names, weights = _family_names()
    given_names = GIVEN_NAMES.split()
    slugs = {name: slug(name) for name in (*family_names, *given_names, EXPORTED_NAME)}
    for number in range(1, count + 1):
        family_name = chance.choices(family_names, cum_weights=weights)[0]
        first = chance.choice(given_names)
        second = chance.choice(given_names) if number % 4 == 0 else ""
        if number % EXPORT_SHARE == 0:
            first, second = EXPORTED_NAME, ""
        born, national_id = _identity(number)
        yield Person(
            id=number,
            municipality_id=MUNICIPALITY,
            given_name=f"{first} {second}".rstrip(),
            family_name=family_name,
            birth_date=born,
            national_id=national_id,
            email=f"{slugs[first]}.{slugs[family_name]}.{number}@example.com",
            phone=f"+47400{number % 100_000:05}",
            address=f"{STREETS[number % len(STREETS)]} {number % 180 + 1}",
            postcode=f"{number % 9000 + 500:04}",
            unit_id=number % UNITS + 1,
        )


def _family_names() -> tuple[list[str], list[float]]:
    """Names and their cumulative weights: a few common ones, many rare, as in the country."""
    common, first_parts, last_parts = PATRONYMICS.split(), FIRST_PARTS.split(), LAST_PARTS.split()
    compounds = [first + last for first in first_parts for last in last_parts]
    rare = [*SAMI_NAMES.split(), *first_parts, *compounds]
    names, weights = [*common, *rare], [10.0] * len(common) + [1.0] * len(rare)
    return names, list(accumulate(weights))


def _identity(number: int) -> tuple[str, str]:
    """Birth date and a synthetic national id (month + 80), unique up to a million persons."""
    born = FIRST_BIRTHDAY + timedelta(days=number * STRIDE % BIRTHDAYS)
    start = (0 if born.year < 2000 else 500) + number // BIRTHDAYS * 13
    date_part = f"{born.day:02}{born.month + 80:02}{born.year % 100:02}"
    for individual in range(start, start + 13):
        national_id = _with_control_digits(f"{date_part}{individual:03}")
        if national_id is not None:
            return born.isoformat(), national_id
    raise ValueError("no valid national id in the range")


def _with_control_digits(nine: str) -> str | None:
    """The whole number, or None where a control digit would be ten."""
    digits = [ord(character) - 48 for character in nine]
    for weights in (FIRST_WEIGHTS, SECOND_WEIGHTS):
        control = -sum(map(int.__mul__, digits, weights)) % 11
        if control == 10:
            return None
        digits.append(control)
    return f"{nine}{digits[9]}{digits[10]}"
