"""Which column of an uploaded table holds what about a person.

Knows the header names that other systems write in bokmål, nynorsk and English, and binds a
chosen mapping to the table. What the cells may hold is ``import_rows``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from app.people.names import search_form

COLUMNS = (
    "external_id",
    "given_name",
    "family_name",
    "birth_date",
    "national_id",
    "email",
    "phone",
    "address",
    "postcode",
    "employer_unit",
)
REQUIRED_COLUMNS = ("given_name", "family_name")

# Separated by commas; case, spaces, hyphens, points and underscores do not matter.
HEADER_NAMES = {
    "external_id": "external id, ekstern id, id, person id, ansattnummer, ansattnr, tilsettnummer,"
    "elevnummer, brukernummer, referanse, reference",
    "given_name": "given name, first name, fornavn, førenamn, fornamn",
    "family_name": "family name, last name, surname, etternavn, etternamn, familienavn,"
    "slektsnavn, slektsnamn",
    "birth_date": "birth date, date of birth, dob, fødselsdato, foedselsdato, fødselsdag, fødd,"
    "født, f.dato, fdato",
    "national_id": "national id, national identity number, ssn, fødselsnummer, foedselsnummer,"
    "fødselsnr, personnummer, personnr, fnr, pnr, d-nummer, dnr, identitetsnummer,"
    "fødsels- og personnummer, fødselsnummer (11 siffer), fødselsnummer/d-nummer",
    "email": "email, email address, mail, epost, epostadresse, mailadresse",
    "phone": "phone, phone number, mobile, mobile phone, telephone, cell, telefon, telefonnummer,"
    "telefonnr, mobil, mobilnummer, mobilnr, mobiltelefon, tlf, tlfnr",
    "address": "address, street, street address, adresse, gateadresse, postadresse,"
    "bostedsadresse, bustadadresse",
    "postcode": "postcode, postal code, zip, zip code, postnummer, postnr",
    "employer_unit": "employer unit, employer, unit, workplace, organisation, department, school,"
    "enhet, eining, virksomhet, verksemd, arbeidssted, arbeidsstad, arbeidsgiver,"
    "arbeidsgjevar, skole, skule, barnehage, avdeling",
}


class MappingProblem(Enum):
    """Why a choice of columns can't be used with a table."""

    UNKNOWN_COLUMN = "unknown_column"
    MISSING_REQUIRED = "missing_required"
    NOT_IN_HEADER = "not_in_header"
    REPEATED_IN_HEADER = "repeated_in_header"
    USED_TWICE = "used_twice"


class MappingError(ValueError):
    """The mapping can't be used; ``column`` is the canonical column it concerns."""

    def __init__(self, problem: MappingProblem, column: str) -> None:
        super().__init__(f"{problem.value}: {column}" if column in COLUMNS else problem.value)
        self.problem = problem
        self.column = column


@dataclass(frozen=True)
class Columns:
    """Where in a row each canonical column stands, and how many cells a row has."""

    positions: Mapping[str, int]
    width: int


def suggest_mapping(header: Sequence[str]) -> dict[str, str | None]:
    """For each canonical column the header name that seems to hold it, or None.

    Every header name is used at most once; the first that fits wins.
    """
    suggestion: dict[str, str | None] = dict.fromkeys(COLUMNS)
    for name in header:
        column = _COLUMN_OF.get(_key(name))
        if column is not None and suggestion[column] is None:
            suggestion[column] = name
    return suggestion


def bind(header: Sequence[str], mapping: Mapping[str, str | None]) -> Columns:
    """The mapping (canonical column to header name) as positions in the rows of this table.

    Raises:
        MappingError: it names a column or a header name that isn't there, one header name
            for two columns, a name that the header holds twice, or lacks a name column.
    """
    chosen = {column: name for column, name in mapping.items() if name is not None}
    for column in REQUIRED_COLUMNS:
        if column not in chosen:
            raise MappingError(MappingProblem.MISSING_REQUIRED, column)
    positions: dict[str, int] = {}
    for column, name in chosen.items():
        position = _position(header, column, name)
        if position in positions.values():
            raise MappingError(MappingProblem.USED_TWICE, column)
        positions[column] = position
    return Columns(positions, len(header))


def _position(header: Sequence[str], column: str, name: str) -> int:
    if column not in COLUMNS:
        raise MappingError(MappingProblem.UNKNOWN_COLUMN, column)
    found = [position for position, candidate in enumerate(header) if candidate == name]
    if not found:
        raise MappingError(MappingProblem.NOT_IN_HEADER, column)
    if len(found) > 1:
        raise MappingError(MappingProblem.REPEATED_IN_HEADER, column)
    return found[0]


def _key(name: str) -> str:
    return search_form(name).replace(" ", "")


_COLUMN_OF = {
    _key(name): column for column, names in HEADER_NAMES.items() for name in names.split(",")
}
