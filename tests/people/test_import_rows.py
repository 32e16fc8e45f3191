from dataclasses import replace
from datetime import date

import pytest

from app.people import import_columns
from app.people.import_columns import MappingError, MappingProblem, bind, suggest_mapping
from app.people.import_rows import (
    ImportProblem,
    PersonRow,
    RowProblem,
    check_row,
    find_repeats,
)
from app.people.names import search_form
from app.people.national_id import Problem, synthetic
from app.people.table import Row, RowFault
from app.people.tabular import read_table

TODAY = date(2026, 11, 1)
BORN = date(2010, 1, 2)
NUMBER = synthetic(BORN, 0)
UNITS = {search_form("Solbakken skole"): "17"}
COLUMNS = bind(import_columns.COLUMNS, {name: name for name in import_columns.COLUMNS})
GOOD = {
    "external_id": "A1",
    "given_name": "Kåre",
    "family_name": "Bjørk-Hansen",
    "birth_date": "02.01.2010",
    "national_id": NUMBER,
    "email": "kare@strandvik.example",
    "phone": "912 34 567",
    "address": "Storgata 1",
    "postcode": "0301",
    "employer_unit": "SOLBAKKEN  Skole",
}


def row(**changes: str) -> Row:
    return Row(2, tuple({**GOOD, **changes}[name] for name in import_columns.COLUMNS))


def check(the_row: Row, **options):
    defaults = {"today": TODAY, "synthetic_allowed": True, "units": UNITS}
    return check_row(the_row, COLUMNS, **{**defaults, **options})


def codes(outcome) -> list[tuple[str | None, ImportProblem]]:
    assert isinstance(outcome, tuple), "the row was accepted"
    return [(problem.column, problem.code) for problem in outcome]


def test_a_good_row_becomes_a_person_with_every_cell_made_uniform():
    assert check(row()) == PersonRow(
        line=2,
        external_id="A1",
        given_name="Kåre",
        family_name="Bjørk-Hansen",
        birth_date=BORN,
        national_id=NUMBER,
        national_id_doubts=(),
        email="kare@strandvik.example",
        phone="+4791234567",
        address="Storgata 1",
        postcode="0301",
        unit="17",
    )


def test_only_the_names_are_required():
    person = check(row(**dict.fromkeys(set(GOOD) - {"given_name", "family_name"}, " ")))

    assert isinstance(person, PersonRow)
    assert {person.external_id, person.birth_date, person.national_id, person.unit} == {None}
    assert {person.email, person.phone, person.address, person.postcode} == {None}


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("external_id", "x" * 101, ImportProblem.TOO_LONG),
        ("given_name", "", ImportProblem.MISSING),
        ("given_name", "\u202e \u00a0", ImportProblem.MISSING),
        ("family_name", " ", ImportProblem.MISSING),
        ("given_name", "x" * 101, ImportProblem.TOO_LONG),
        ("birth_date", "31.02.2010", ImportProblem.NOT_A_DATE),
        ("birth_date", "2.1.10", ImportProblem.TWO_DIGIT_YEAR),
        ("birth_date", "01.01.1700", ImportProblem.YEAR_OUT_OF_RANGE),
        ("birth_date", "02.11.2026", ImportProblem.BIRTH_IN_FUTURE),
        ("national_id", NUMBER[:10], ImportProblem.NATIONAL_ID_LENGTH),
        ("national_id", NUMBER[:10] + "x", ImportProblem.NATIONAL_ID_NOT_DIGITS),
        ("email", "kare@", ImportProblem.BAD_EMAIL),
        ("phone", "123", ImportProblem.BAD_PHONE),
        ("address", "x" * 201, ImportProblem.TOO_LONG),
        ("postcode", "301", ImportProblem.BAD_POSTCODE),
        ("postcode", "N-0301", ImportProblem.BAD_POSTCODE),
        ("employer_unit", "Solbakken barnehage", ImportProblem.UNKNOWN_UNIT),
    ],
)
def test_a_bad_cell_is_told_with_its_column(column, value, code):
    assert codes(check(row(**{column: value}))) == [(column, code)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("external_id", "x" * 100),
        ("given_name", "x" * 100),
        ("birth_date", "01.11.2026"),
        ("national_id", f"{NUMBER[:6]} {NUMBER[6:]}"),
        ("employer_unit", "solbakken-skole"),
    ],
)
def test_the_cells_nearest_to_the_limits_are_accepted(column, value):
    assert isinstance(check(row(**{column: value})), PersonRow)


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_columns():
    outcome = check(row(given_name="", national_id="1", postcode="x"))

    assert [problem.column for problem in outcome] == ["given_name", "national_id", "postcode"]


@pytest.mark.parametrize("cells", [(), ("x",) * 9, ("x",) * 11])
def test_a_row_of_another_length_is_one_problem_of_the_whole_row(cells):
    assert check(Row(7, cells)) == (RowProblem(7, None, ImportProblem.WRONG_COLUMN_COUNT),)


@pytest.mark.parametrize("fault", list(RowFault))
def test_a_row_that_could_not_be_read_is_one_problem_of_the_whole_row(fault):
    outcome = check(Row(7, row().cells, fault))

    assert outcome == (RowProblem(7, None, ImportProblem(fault.value)),)


def test_a_synthetic_number_is_welcome_only_in_demonstration():
    refused = [("national_id", ImportProblem.NATIONAL_ID_SYNTHETIC)]

    assert isinstance(check(row(), synthetic_allowed=True), PersonRow)
    assert codes(check(row(), synthetic_allowed=False)) == refused
    assert codes(check(row(), synthetic_allowed=False, accept_doubtful_ids=True)) == refused


@pytest.mark.parametrize(
    ("number", "doubt"),
    [
        ("01812090069", Problem.CHECK_DIGITS),
        (NUMBER[:10], Problem.WRONG_LENGTH),
        (synthetic(date(2027, 5, 17), 0), Problem.FUTURE_BIRTH),
    ],
)
def test_a_doubtful_number_is_accepted_on_the_users_word_only(number, doubt):
    accepted = check(row(national_id=number), accept_doubtful_ids=True)

    assert len(codes(check(row(national_id=number)))) == 1
    assert isinstance(accepted, PersonRow)
    assert accepted.national_id == number
    assert accepted.national_id_doubts == (doubt,)


def test_even_on_the_users_word_a_number_is_not_endless():
    outcome = check(row(national_id="1" * 21), accept_doubtful_ids=True)

    assert codes(outcome) == [("national_id", ImportProblem.NATIONAL_ID_LENGTH)]


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("postcode", "N-0301", "N-0301"),
        ("phone", "123", "123"),
        ("employer_unit", "u" * 70, "u" * 59 + "…"),
        ("national_id", "01812090069", None),
        ("national_id", "Kari Moe", None),
        ("postcode", NUMBER, None),
        ("birth_date", f"{NUMBER[:6]} {NUMBER[6:]}", None),
        ("employer_unit", f"nr {NUMBER[:10]}", None),
        ("phone", f"nr {NUMBER}", None),
        ("phone", "+47 123 45 678 901 2", "+47 123 45 678 901 2"),
    ],
)
def test_what_is_shown_of_a_cell_is_never_an_identity_number(column, value, shown):
    outcome = check(row(**{column: value}))

    assert {problem.value_shown for problem in outcome} == {shown}


def test_repr_of_a_person_row_tells_the_line_alone():
    assert repr(check(row())) == "PersonRow(line=2)"
    assert "Bjørk" not in repr(row())


def person(line: int, external_id: str, national_id: str) -> PersonRow:
    outcome = check(Row(line, row(external_id=external_id, national_id=national_id).cells))
    assert isinstance(outcome, PersonRow)
    return outcome


def test_a_repeated_id_is_told_with_the_first_line_and_without_the_number():
    other = synthetic(BORN, 1)
    rows = [
        person(2, "A", NUMBER),
        person(3, "B", other),
        person(4, "A", ""),
        person(5, "", NUMBER),
    ]

    assert find_repeats(rows) == (
        RowProblem(4, "external_id", ImportProblem.DUPLICATE_LINE, "A", 2),
        RowProblem(5, "national_id", ImportProblem.DUPLICATE_LINE, None, 2),
    )


def test_rows_without_ids_are_repeats_when_they_say_the_same():
    first, again = person(2, "", ""), person(3, "", "")

    assert find_repeats([first, again]) == (
        RowProblem(3, None, ImportProblem.DUPLICATE_LINE, None, first_line=2),
    )
    assert find_repeats([first, replace(again, given_name="Kari")]) == ()


def test_a_line_that_stands_in_the_file_twice_is_a_repeat_however_little_it_says():
    first = PersonRow(2, None, "Kari", "Moe", *[None] * 2, (), *[None] * 5)
    again, other = replace(first, line=3), replace(first, line=4, phone="+4791234567")

    assert find_repeats([first, again, other]) == (
        RowProblem(3, None, ImportProblem.DUPLICATE_LINE, None, first_line=2),
    )


def test_a_unit_name_that_several_units_have_is_told_apart_from_an_unknown_one():
    known = {search_form("Solbakken skole"): None}

    assert codes(check(row(), units=known)) == [("employer_unit", ImportProblem.AMBIGUOUS_UNIT)]


@pytest.mark.parametrize(
    "header",
    [
        import_columns.COLUMNS,
        ("Ekstern id", "Fornavn", "Etternavn", "Fødselsdato", "Personnummer", "E-post", "Mobil",
         "Adresse", "Postnr.", "Virksomhet"),
        ("ekstern-ID", "Førenamn", "Etternamn", "FØDD", "Fødselsnummer", "Epost", "Tlf.",
         "Bustadadresse", "postnummer", "Eining"),
        ("ID", "First name", "Surname", "Date of birth", "National ID", "E-mail", "Phone number",
         "Street", "Zip code", "Workplace"),
    ],
    ids=["ours", "bokmål", "nynorsk", "English"],
)  # fmt: skip
def test_usual_headers_are_recognised(header):
    assert suggest_mapping(header) == dict(zip(import_columns.COLUMNS, header, strict=True))


def test_an_unknown_header_is_left_alone_and_the_first_of_two_wins():
    suggestion = suggest_mapping(("Mobil", "Telefon", "Skostørrelse"))

    assert {name: value for name, value in suggestion.items() if value} == {"phone": "Mobil"}


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ({"given_name": "a"}, MappingProblem.MISSING_REQUIRED),
        ({"given_name": "a", "family_name": None}, MappingProblem.MISSING_REQUIRED),
        ({"given_name": "a", "family_name": "x"}, MappingProblem.NOT_IN_HEADER),
        ({"given_name": "a", "family_name": "c"}, MappingProblem.REPEATED_IN_HEADER),
        ({"given_name": "a", "family_name": "a"}, MappingProblem.USED_TWICE),
        ({"given_name": "a", "family_name": "b", "role": "c"}, MappingProblem.UNKNOWN_COLUMN),
    ],
)
def test_a_mapping_that_does_not_fit_the_table_is_refused(mapping, problem):
    with pytest.raises(MappingError) as raised:
        bind(("a", "b", "c", "c"), mapping)

    assert raised.value.problem is problem


def test_columns_may_stand_anywhere_and_others_are_ignored():
    columns = bind(("x", "b", "a"), {"given_name": "a", "family_name": "b", "email": None})

    found = check_row(
        Row(2, ("?", "Moe", "Eli")), columns, today=TODAY, synthetic_allowed=False, units={}
    )

    assert isinstance(found, PersonRow)
    assert (found.given_name, found.family_name, found.email) == ("Eli", "Moe", None)


def test_ten_thousand_rows_give_a_report_of_exactly_the_bad_ones():
    lines = [",".join(import_columns.COLUMNS).encode()]
    for n in range(10_000):
        number = synthetic(date(1950 + n % 60, 1 + n // 60 % 12, 1 + n // 720), n % 7)
        lines.append(f"X{n},Kåre,Moe,01.01.1990,{number},,912{n:05},Å {n},0301,".encode())
    lines[100] = b"X99,K\xe5re,Moe,01.01.1990,,,,,,"
    lines[200] = b"X199;Kari;Moe;01.01.1990;;;;;;"
    lines[300] = b'X299,"Kari,Moe,01.01.1990,,,,,,'
    lines[400] = b"X399,Kari,Moe,31.02.1990,,,,,,Ukjent skule"
    lines[500] = b"X2,Kari,Moe,01.01.1990,,,,,,"

    table = read_table(b"\n".join(lines), "people.csv")
    columns = bind(table.header, suggest_mapping(table.header))
    outcomes = [
        check_row(line, columns, today=TODAY, synthetic_allowed=True, units=UNITS)
        for line in table.rows
    ]

    people = [outcome for outcome in outcomes if isinstance(outcome, PersonRow)]
    problems = [one for outcome in outcomes if isinstance(outcome, tuple) for one in outcome]
    assert [(problem.line, problem.code) for problem in [*problems, *find_repeats(people)]] == [
        (101, ImportProblem.WRONG_ENCODING),
        (201, ImportProblem.WRONG_COLUMN_COUNT),
        (301, ImportProblem.UNCLOSED_QUOTE),
        (401, ImportProblem.NOT_A_DATE),
        (401, ImportProblem.UNKNOWN_UNIT),
        (501, ImportProblem.DUPLICATE_LINE),
    ]
    assert len(people) == 9_996
