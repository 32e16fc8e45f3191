"""Files from KLASS are read however they were saved, and refused with a reason and a line."""

from datetime import date

import pytest

from app.municipalities.klass import (
    CodeChange,
    KlassFact,
    KlassFileError,
    KlassProblem,
    read_changes,
    read_codes,
)

HEADING = "code;parentCode;level;name;shortName;presentationName;validFrom;validTo"
AS_SAVED = """\
"code";"parentCode";"level";"name";"shortName";"presentationName";"validFrom";"validTo";"notes"
"0301";;"1";"Oslo";"";"";;;""
"1818";;"1";"Herøy (Nordland)";"";"";;;""
"3226";;"1";"Aurskog-Høland";"";"";;;""
"5540";;"1";"Gáivuotna - Kåfjord - Kaivuono";"";"";;;""
"9999";;"1";"Uoppgitt";"";"";;;""
"""
NAMES = {
    "0301": ("Oslo",),
    "1818": ("Herøy",),
    "3226": ("Aurskog-Høland",),
    "5540": ("Gáivuotna", "Kåfjord", "Kaivuono"),
}


def codes(*lines: str) -> bytes:
    return "\n".join((HEADING, *lines)).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("quote", ['"', ""])
def test_a_code_list_is_read_whatever_its_encoding_separator_line_ends_and_quotes(
    encoding: str, separator: str, line_end: str, quote: str
) -> None:
    text = AS_SAVED.replace(";", separator).replace("\n", line_end).replace('"', quote)

    facts = read_codes(text.encode(encoding))

    assert {fact.number: fact.names for fact in facts} == NAMES


def test_letters_outside_iso_8859_1_survive_in_utf_8() -> None:
    content = codes(
        "5622;;1;Porsanger - Porsáŋgu - Porsanki;;;;", "5610;;1;Kárášjohka - Karasjok;;;;"
    )

    karasjok, porsanger = read_codes(content)

    assert karasjok.full_name == "Kárášjohka - Karasjok"
    assert porsanger.names == ("Porsanger", "Porsáŋgu", "Porsanki")
    assert not porsanger.has_lost_letters


def test_letters_lost_when_the_file_was_saved_are_seen() -> None:
    content = codes("5610;;1;Kárá?johka - Karasjok;;;;").decode().encode("iso-8859-1")

    (karasjok,) = read_codes(content)

    assert karasjok.has_lost_letters


def test_windows_letters_are_read() -> None:
    # Alone, the bytes of Evenášši are also right UTF-8 for another word; among others they are not.
    lines = codes("1804;;1;Bodø;;;;", "1853;;1;Evenes - Evenášši;;;;")

    _, evenes = read_codes(lines.decode().encode("cp1252"))

    assert evenes.names == ("Evenes", "Evenášši")


@pytest.mark.parametrize("dash", [" - ", " – ", "\u00a0-\u00a0"])
def test_names_are_parted_by_any_dash_with_space_around_it(dash: str) -> None:
    (kautokeino,) = read_codes(codes(f"5612;;1;Guovdageaidnu{dash}Kautokeino;;;;"))

    assert kautokeino.names == ("Guovdageaidnu", "Kautokeino")


def test_dates_are_read_and_absent_ones_are_none() -> None:
    facts = read_codes(codes("1507;;1;Ålesund;;;2020-01-01;2024-01-01", "1508;;1;Ålesund;;;;"))

    assert facts == [
        KlassFact("1507", ("Ålesund",), date(2020, 1, 1), date(2024, 1, 1)),
        KlassFact("1508", ("Ålesund",)),
    ]


def test_a_list_over_a_period_gives_the_last_name_and_ends_only_what_ended() -> None:
    content = "\n".join(
        [
            "code,name,validFrom,validTo,validFromInRequestedRange,validToInRequestedRange",
            "0301,Oslo,,,2020-01-01,2026-01-01",
            "0301,Oslo - Oslove,,,2026-01-01,2026-06-01",
            "1507,Ålesund,,,2020-01-01,2024-01-01",
        ]
    ).encode()

    oslo, alesund = read_codes(content)

    assert oslo == KlassFact("0301", ("Oslo", "Oslove"), date(2026, 1, 1), None)
    assert alesund.valid_to == date(2024, 1, 1)


def test_a_first_zero_that_a_spreadsheet_took_is_put_back() -> None:
    (oslo,) = read_codes(codes("301;;1;Oslo;;;;"))

    assert oslo.number == "0301"
    assert oslo.county_number == "03"


def test_codes_that_are_no_municipality_are_left_out() -> None:
    lines = ["2111;;1;Spitsbergen;;;;", "0301;;1;Oslo;;;;", "9999;;1;Uoppgitt;;;;"]

    assert [fact.number for fact in read_codes(codes(*lines))] == ["0301"]


def test_blank_lines_and_line_breaks_in_notes_do_not_shift_the_line_told() -> None:
    content = b'code;name;notes\n0301;Oslo;"one\ntwo"\n\nx;Moss;\n'

    with pytest.raises(KlassFileError) as caught:
        read_codes(content)

    assert (caught.value.problem, caught.value.line) == (KlassProblem.BAD_NUMBER, 5)


@pytest.mark.parametrize(
    ("content", "problem", "line"),
    [
        (b"", KlassProblem.EMPTY, 1),
        (b"\xef\xbb\xbf", KlassProblem.EMPTY, 1),
        (b"\n\n", KlassProblem.EMPTY, 1),
        (codes(), KlassProblem.EMPTY, 1),
        (codes("9999;;1;Uoppgitt;;;;"), KlassProblem.EMPTY, 1),
        (b"PK\x03\x04\x00\x00", KlassProblem.NOT_TEXT, 1),
        ("code;name\n0301;Oslo".encode("utf-16"), KlassProblem.NOT_TEXT, 1),
        (b"kommunenr;navn\n0301;Oslo", KlassProblem.COLUMNS_MISSING, 1),
        (b"<html><body>Not found</body></html>", KlassProblem.COLUMNS_MISSING, 1),
        (b'code;name\n0301;"Oslo', KlassProblem.BAD_QUOTES, 2),
        (b'code;name\n0301;"Os"lo', KlassProblem.BAD_QUOTES, 2),
        (b"code;name;level\n0301;Oslo;1\n1103;Stavanger", KlassProblem.WRONG_COLUMN_COUNT, 3),
        (b"code;name\n0301;Oslo;1", KlassProblem.WRONG_COLUMN_COUNT, 2),
        (codes("0301;;1;Oslo;;;;", "03;;1;Oslo;;;;"), KlassProblem.BAD_NUMBER, 3),
        (codes("0301;;1;Oslo;;;;", "03O1;;1;Oslo;;;;"), KlassProblem.BAD_NUMBER, 3),
        (codes("٠٣٠١;;1;Oslo;;;;"), KlassProblem.BAD_NUMBER, 2),
        (codes("0301;;1; ;;;;"), KlassProblem.NAME_MISSING, 2),
        (codes("0301;;1;Oslo;;;01.01.2024;"), KlassProblem.BAD_DATE, 2),
        (codes("0301;;1;Oslo;;;2024-02-30;"), KlassProblem.BAD_DATE, 2),
        (codes("0301;;1;Oslo;;;2024-01-01;2024-01-01"), KlassProblem.ENDS_BEFORE_START, 2),
        (codes("0301;;1;Oslo;;;;", "0301;;1;Oslo;;;;"), KlassProblem.DUPLICATE_NUMBER, 3),
    ],
)
def test_a_bad_code_list_is_refused_with_a_reason_and_a_line(
    content: bytes, problem: KlassProblem, line: int
) -> None:
    with pytest.raises(KlassFileError) as caught:
        read_codes(content)

    assert (caught.value.problem, caught.value.line) == (problem, line)


def test_a_trailing_separator_is_no_error() -> None:
    assert read_codes(b"code;name\n0301;Oslo;\n") == [KlassFact("0301", ("Oslo",))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1"])
@pytest.mark.parametrize("separator", [";", ","])
def test_a_change_table_is_read(encoding: str, separator: str) -> None:
    text = (
        '"oldCode";"oldName";"oldShortName";"newCode";"newName";"newShortName";"changeOccurred"\n'
        '"1507";"Ålesund";"";"1508";"Ålesund";"";"2024-01-01"\n'
        '"1507";"Ålesund";"";"1580";"Haram";"";"2024-01-01"\n'
    )

    changes = read_changes(text.replace(";", separator).encode(encoding))

    assert changes == [
        CodeChange("1507", "1508", date(2024, 1, 1)),
        CodeChange("1507", "1580", date(2024, 1, 1)),
    ]


def test_a_change_table_without_rows_says_that_nothing_changed() -> None:
    assert read_changes(b"oldCode;oldName;newCode;newName;changeOccurred\n") == []


def test_rows_that_only_begin_or_end_a_number_are_left_out() -> None:
    content = (
        b"oldCode;oldName;newCode;newName;changeOccurred\n"
        b";;1580;Haram;2024-01-01\n1507;Ales;;;2024-01-01\n"
    )

    assert read_changes(content) == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (b"1507;Ales;1508;Ales;", KlassProblem.BAD_DATE),
        (b"1507;Ales;1508;Ales;2024", KlassProblem.BAD_DATE),
        (b"15;Ales;1508;Ales;2024-01-01", KlassProblem.BAD_NUMBER),
        (b"1507;Ales;15080;Ales;2024-01-01", KlassProblem.BAD_NUMBER),
        (b"1507;Ales;1508", KlassProblem.WRONG_COLUMN_COUNT),
    ],
)
def test_a_bad_row_of_a_change_table_is_refused(row: bytes, problem: KlassProblem) -> None:
    with pytest.raises(KlassFileError) as caught:
        read_changes(b"oldCode;oldName;newCode;newName;changeOccurred\n" + row)

    assert (caught.value.problem, caught.value.line) == (problem, 2)


def test_a_code_list_is_no_change_table() -> None:
    with pytest.raises(KlassFileError) as caught:
        read_changes(codes("0301;;1;Oslo;;;;"))

    assert caught.value.problem == KlassProblem.COLUMNS_MISSING
