import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from app.people import csv_rows, tabular, workbook
from app.people.table import RowFault, TableError, TableProblem
from app.people.tabular import read_table


def read(text: str | bytes, filename: str = "people.csv"):
    data = text.encode() if isinstance(text, str) else text
    table = read_table(data, filename)
    return table.header, [(row.line, row.cells, row.fault) for row in table.rows]


def problem_of(data: bytes, filename: str = "people.csv") -> TableProblem:
    with pytest.raises(TableError) as raised:
        list(read_table(data, filename).rows)
    return raised.value.problem


def xlsx(rows, *, hidden_first: bool = False) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        if hidden_first:
            hidden = book.add_worksheet()
            hidden.write(0, 0, "hidden")
        sheet = book.add_worksheet()
        if hidden_first:
            sheet.activate()
            sheet.set_first_sheet()
            hidden.hide()
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                is_date = isinstance(value, date)
                sheet.write(line, column, value, *([day] if is_date else []))
    return stream.getvalue()


def with_part(data: bytes, name: str, change) -> bytes:
    """The archive with one part changed by ``change``, the rest as it was."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
PARTS = (SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml")
PLAIN = [["Fornavn", "Etternavn"], ["Åse", "Bjørk"]]
DAMAGEABLE = xlsx([*PLAIN, ["Ola", date(2010, 1, 2)]])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_csv_of_any_usual_program_is_read(encoding, delimiter, newline):
    text = newline.join(delimiter.join(row) for row in PLAIN)

    header, rows = read(text.encode(encoding))

    assert header == ("Fornavn", "Etternavn")
    assert rows == [(2, ("Åse", "Bjørk"), None)]


def test_utf16_is_read_in_both_byte_orders():
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert read(mark + "a;b\nÅ;Ŋ".encode(encoding))[1] == [(2, ("Å", "Ŋ"), None)]


def test_lines_are_counted_where_records_begin_and_empty_rows_are_left_out():
    header, rows = read('a;b\n"1\n1";2\n\n;\n3;"say ""hi"";"\n')

    assert header == ("a", "b")
    assert rows == [(2, ("1\n1", "2"), None), (6, ("3", 'say "hi";'), None)]


def test_a_line_in_another_encoding_is_the_only_one_at_fault():
    lines = [b"fornavn;etternavn", "Åse;Bjørk".encode(), b"\xc5se;Bj\xf8rk", b"Ola;Moe"]

    _, rows = read(b"\n".join([*lines, "Pål;Ås".encode()]))

    assert [row[2] for row in rows] == [None, RowFault.WRONG_ENCODING, None, None]
    assert rows[1][1] == ("Åse", "Bjørk")


def test_in_a_windows_file_the_utf8_line_is_at_fault():
    western = [name.encode("cp1252") for name in ("a;b", "Åse;Ø", "Bjørk;Æ", "Pål;Ås")]

    _, rows = read(b"\n".join([*western, "Kåre;Ø".encode()]))

    assert [row[2] for row in rows] == [None, None, None, RowFault.WRONG_ENCODING]


def test_a_broken_character_in_utf16_costs_its_line_only():
    data = b"\xff\xfe" + "a;b\n1;".encode("utf-16-le") + b"\x00\xd8" + "\n2;3".encode("utf-16-le")

    assert [row[2] for row in read(data)[1]] == [RowFault.WRONG_ENCODING, None]


def test_a_quote_that_never_closes_costs_its_row_only():
    body = "".join(f"{n};x\n" for n in range(200))

    _, rows = read(f'a;b\n"open;x\n{body}')

    assert rows[0] == (2, ('"open', "x"), RowFault.UNCLOSED_QUOTE)
    assert len(rows) == 201
    assert {row[2] for row in rows[1:]} == {None}


def test_an_endless_line_costs_its_row_only():
    _, rows = read("a;b\n" + "x" * (csv_rows.MAX_LINE + 1) + "\n1;2")

    assert rows == [(2, (), RowFault.LINE_TOO_LONG), (3, ("1", "2"), None)]


def test_empty_cells_beyond_the_header_are_cut_and_others_kept():
    header, rows = read("a;b;;\n1;2;;\n1;2;3;\n1\n")

    assert header == ("a", "b")
    assert [row[1] for row in rows] == [("1", "2"), ("1", "2", "3"), ("1",)]


def test_excels_line_that_names_the_delimiter_is_obeyed():
    assert read("sep=,\na,b;c\n1,2;3")[:2] == (("a", "b;c"), [(3, ("1", "2;3"), None)])


def test_delimiters_within_quotes_do_not_count():
    assert read('"a;b;c",d\n1,2')[0] == ("a;b;c", "d")


@pytest.mark.parametrize(
    ("data", "filename", "problem"),
    [
        (b"", "a.csv", TableProblem.EMPTY),
        (b"\xef\xbb\xbf", "a.csv", TableProblem.EMPTY),
        (b"\n;;\n  \n", "a.csv", TableProblem.EMPTY),
        (b"", "a.xlsx", TableProblem.EMPTY),
        (b"a;b", "a.pdf", TableProblem.UNSUPPORTED_TYPE),
        (b"a;b", "a.csv.exe", TableProblem.UNSUPPORTED_TYPE),
        (b"a;b", "a.xlsx", TableProblem.DAMAGED),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 9, "a.csv", TableProblem.NOT_A_TABLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "a.xlsx", TableProblem.PASSWORD_PROTECTED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "a.csv", TableProblem.UNSUPPORTED_TYPE),
        (b"PK\x03\x04 and then nothing", "a.xlsx", TableProblem.DAMAGED),
        (b"\xff\xfea", "a.csv", TableProblem.DAMAGED),
        (b";".join([b"x"] * 101), "a.csv", TableProblem.TOO_MANY_COLUMNS),
        (b"Fornavn;Etternavn\n", "a.csv", TableProblem.NO_ROWS),
        (b"Fornavn;Etternavn\n;\n\n", "a.csv", TableProblem.NO_ROWS),
        (b"x" * 30_000, "a.csv", TableProblem.NOT_A_TABLE),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_reason(data, filename, problem):
    assert problem_of(data, filename) is problem


def test_files_and_tables_have_a_largest_size(monkeypatch):
    monkeypatch.setattr(tabular, "MAX_ROWS", 3)

    assert len(read("a\n1\n2\n3\n")[1]) == 3
    assert problem_of(b"a\n1\n2\n3\n4\n") is TableProblem.TOO_MANY_ROWS

    monkeypatch.setattr(tabular, "MAX_BYTES", 5)
    assert problem_of(b"a\n1\n2\n") is TableProblem.TOO_LARGE


def test_a_file_of_line_breaks_is_refused_before_it_is_cut_into_lines(monkeypatch):
    monkeypatch.setattr(csv_rows, "MAX_LINES", 10)

    assert problem_of(b"a" + b"\n" * 21) is TableProblem.TOO_MANY_ROWS


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_table_error(data):
    try:
        rows = list(read_table(data, "people.csv").rows)
    except TableError:
        return
    assert all(row.line > 1 for row in rows)


def test_a_workbook_gives_texts_dates_and_whole_numbers():
    rows = [["Navn", "Født", "Nr", "x"], ["Åse", date(2010, 1, 2), 1812090026, 1.5], [], ["Per"]]

    header, read_rows = read(xlsx(rows), "PEOPLE.XLSX")

    assert header == ("Navn", "Født", "Nr", "x")
    assert read_rows == [
        (2, ("Åse", "2010-01-02", "1812090026", "1.5"), None),
        (4, ("Per", "", "", ""), None),
    ]


def test_an_instant_in_a_workbook_keeps_its_time():
    data = xlsx([["a"], [datetime.fromisoformat("2010-01-02T03:04")]])

    assert read(data, "a.xlsx")[1] == [(2, ("2010-01-02 03:04:00",), None)]


def test_the_first_visible_sheet_is_read():
    assert read(xlsx(PLAIN, hidden_first=True), "a.xlsx")[1] == [(2, ("Åse", "Bjørk"), None)]


def test_a_workbook_is_known_by_its_content_not_its_name():
    assert read(xlsx(PLAIN), "people.csv")[1] == [(2, ("Åse", "Bjørk"), None)]


def test_the_copy_that_is_read_says_the_same_as_the_file():
    data = xlsx([["a", "b"], *([f"n{n}", n] for n in range(500))])

    _, rows = read(data, "a.xlsx")

    assert rows[-1] == (501, ("n499", "499"), None)
    assert len(rows) == 500


@pytest.mark.parametrize(
    ("attack", "problem"),
    [
        (
            lambda xml: xml.replace(b'r="A2"', b'r="XFD2"'),
            TableProblem.TOO_MANY_COLUMNS,
        ),
        (
            lambda xml: xml.replace(b"A2", b"A1048576").replace(b'<row r="2"', b'<row r="1048576"'),
            TableProblem.TOO_MANY_ROWS,
        ),
        (
            lambda xml: xml.replace(b'<row r="2"', b'<row r="200002"').replace(b' r="A2"', b""),
            TableProblem.TOO_MANY_ROWS,
        ),
        (
            lambda xml: xml.replace(b'<c r="A1"', b"<c/>" * 101 + b'<c r="A1"'),
            TableProblem.TOO_MANY_COLUMNS,
        ),
        (lambda xml: xml.replace(b'r="A2"', b'r="2A"'), TableProblem.DAMAGED),
        (lambda xml: xml.replace(b'<row r="2"', b'<row r="-2"'), TableProblem.DAMAGED),
        (lambda xml: xml[:-20], TableProblem.DAMAGED),
        (
            lambda xml: xml.replace(b"UTF-8", b"cp037").replace(b'r="A2"', b'r="XFD2"'),
            TableProblem.TOO_MANY_COLUMNS,
        ),
        (
            lambda xml: xml.replace(b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "aa">]><worksheet'),
            TableProblem.DAMAGED,
        ),
    ],
    ids=[
        "cell far right", "cell far down", "row far down", "cells without a place",
        "odd reference", "odd row", "cut off", "feigned encoding", "entities",
    ],
)  # fmt: skip
def test_a_workbook_that_would_harm_its_reader_is_refused(attack, problem):
    data = with_part(xlsx(PLAIN), SHEET, attack)

    assert problem_of(data, "a.xlsx") is problem


def test_many_rows_of_many_columns_are_refused_where_each_alone_passes(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_CELLS", 6)

    assert len(read(xlsx([["a", "b"], [1, 2], [3, 4]]), "a.xlsx")[1]) == 2
    assert problem_of(xlsx([["a", "b"]] * 4), "a.xlsx") is TableProblem.TOO_MANY_ROWS


def test_an_archive_that_unpacks_to_much_more_is_refused():
    bomb = with_part(xlsx(PLAIN), SHEET, lambda xml: xml.replace(b"<sheetData>", b" " * 9_000_000))

    assert len(bomb) < 100_000
    assert problem_of(bomb, "a.xlsx") is TableProblem.EXPANDS_TOO_MUCH


def test_an_archive_that_unpacks_beyond_the_limit_is_refused(monkeypatch):
    data = xlsx(PLAIN)
    monkeypatch.setattr(workbook, "MAX_BYTES", 5_000)

    assert problem_of(data, "a.xlsx") is TableProblem.TOO_LARGE


def test_an_archive_that_lies_about_its_sizes_is_refused():
    data = with_part(xlsx(PLAIN), SHEET, lambda xml: xml.replace(b"<sheetData>", b" " * 9_000_000))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo(SHEET).file_size.to_bytes(4, "little")

    lying = data.replace(size, (1_000).to_bytes(4, "little"))

    assert lying != data
    assert problem_of(lying, "a.xlsx") is TableProblem.DAMAGED


def test_an_archive_that_is_no_workbook_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../../etc/passwd", "x")

    assert problem_of(stream.getvalue(), "a.xlsx") is TableProblem.UNSUPPORTED_TYPE


def test_a_workbook_with_a_part_twice_is_refused():
    data = xlsx(PLAIN)
    stream = io.BytesIO(data)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(SHEET, "<worksheet/>")

    assert problem_of(stream.getvalue(), "a.xlsx") is TableProblem.DAMAGED


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([None, *PARTS]))
def test_a_damaged_workbook_is_read_or_refused(chance, part):
    def damage(content: bytes) -> bytes:
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 5)):
            damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
        return bytes(damaged)

    data = with_part(DAMAGEABLE, part, damage) if part else damage(DAMAGEABLE)

    try:
        rows = list(read_table(data, "a.xlsx").rows)
    except TableError:
        return
    assert len(rows) <= 11
