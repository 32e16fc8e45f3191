"""The municipalities and counties that ship with the program, as plain values.

The facts and where they come from are in ``register.toml`` beside this file. The two municipalities
made up for demonstration are kept apart, so that no list of the real ones can hold them.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from app.enums import LanguageForm

REGISTER_FILE = Path(__file__).with_name("register.toml")

# ISO 639 codes, as in a page's lang attribute: Northern, Southern and Lule Sámi, Kven.
OFFICIAL_LANGUAGES = ("se", "sma", "smj", "fkv")

OfficialNames = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class County:
    """A county (*fylke*). ``valid_to`` is the first day on which the number no longer holds."""

    number: str
    name: str
    name_nynorsk: str
    official_names: OfficialNames
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True)
class MunicipalityFact:
    """A municipality under one number. ``valid_to`` is the first day the number no longer holds.

    ``name`` is Norwegian; ``official_names`` are the others, as (language code, name), in official
    order. ``norwegian_first`` is False where one of them comes before the Norwegian name.
    """

    number: str
    name: str
    official_names: OfficialNames
    language_form: LanguageForm
    county_number: str
    valid_from: date
    valid_to: date | None = None
    norwegian_first: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """All official names in official order, such as Gáivuotna, Kåfjord, Kaivuono."""
        others = [name for _, name in self.official_names]
        others.insert(0 if self.norwegian_first else 1, self.name)
        return tuple(others)


@dataclass(frozen=True)
class Register:
    """The real counties and municipalities, and beside them the ones made up for demonstration."""

    counties: tuple[County, ...]
    municipalities: tuple[MunicipalityFact, ...]
    demonstration_counties: tuple[County, ...]
    demonstration_municipalities: tuple[MunicipalityFact, ...]

    @cached_property
    def county_by_number(self) -> Mapping[str, County]:
        """Every county, the made-up one too, by its number."""
        return {county.number: county for county in self.counties + self.demonstration_counties}

    @cached_property
    def shared_names(self) -> frozenset[str]:
        """Norwegian names that more than one real municipality has: Herøy and Våler."""
        counted = Counter(fact.name for fact in self.municipalities)
        return frozenset(name for name, times in counted.items() if times > 1)


def load_register(path: Path = REGISTER_FILE) -> Register:
    """Read the register. A broken file stops the start: KeyError, ValueError, TOMLDecodeError."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    real, made_up = tables["county"], tables["demonstration_county"]

    return Register(
        counties=tuple(_counties(real)),
        municipalities=tuple(_municipalities(real)),
        demonstration_counties=tuple(_counties(made_up)),
        demonstration_municipalities=tuple(_municipalities(made_up)),
    )


def display_name(fact: MunicipalityFact, register: Register) -> str:
    """The Norwegian name, with the county where two municipalities share it: Herøy (Nordland).

    Raises KeyError if the municipality's county is not in the register.
    """
    if fact.name not in register.shared_names:
        return fact.name
    return f"{fact.name} ({register.county_by_number[fact.county_number].name})"


def full_name(fact: MunicipalityFact) -> str:
    """All official names as SSB writes them: Guovdageaidnu - Kautokeino."""
    return " - ".join(fact.names)


def _counties(tables: Mapping[str, Any]) -> Iterator[County]:
    for number, table in tables.items():
        yield County(
            number=number,
            name=table["name"],
            name_nynorsk=table.get("name_nynorsk", table["name"]),
            official_names=_official_names(table),
            valid_from=table["valid_from"],
        )


def _municipalities(tables: Mapping[str, Any]) -> Iterator[MunicipalityFact]:
    for county_number, table in tables.items():
        for number, (name, form, *more) in table["municipalities"].items():
            details = more[0] if more else {}
            yield MunicipalityFact(
                number=number,
                name=name,
                official_names=_official_names(details),
                language_form=LanguageForm(form),
                county_number=county_number,
                valid_from=details.get("since", table["numbers_from"]),
                norwegian_first=details.get("norwegian_first", True),
            )


def _official_names(table: Mapping[str, Any]) -> OfficialNames:
    return tuple((key, value) for key, value in table.items() if key in OFFICIAL_LANGUAGES)
