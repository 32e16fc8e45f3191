import csv
import io
import tracemalloc
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from app.screens import export
from app.screens.export import LONGEST_XLSX_TEXT, TooManyRows, csv_stream, write_xlsx

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A",
    " =1+1", "\u00a0=1", "\u3000＝1", "\ufeff=1", "\u200b=1", "\x00=1", "=cmd|' /C calc'!A0",
    "+47=1", "-", "−1",
]  # fmt: skip
AN_INSTANT = datetime.fromisoformat("2026-01-02T03:04:05.000006")
HARMLESS = ["Kari", "Åse-Marit", "'=1", '"=1', "1=1", "", " ", "a\tb", "Moe; =1", "#=1", "5-1"]


def as_csv(header, rows) -> list[list[str]]:
    data = b"".join(csv_stream(header, rows))
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def as_xlsx(header, rows) -> bytes:
    stream = io.BytesIO()
    write_xlsx(stream, header, rows)
    return stream.getvalue()


def cells(data: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_csv_has_the_form_that_norwegian_excel_opens():
    data = b"".join(csv_stream(["Navn", "Født"], [["Åse; Moe", date(2010, 1, 2)], [None, 7]]))

    assert data == '\ufeffNavn;Født\r\n"Åse; Moe";2010-01-02\r\n;7\r\n'.encode()


def test_a_csv_without_rows_has_its_header():
    assert b"".join(csv_stream(["a"], [])) == b"\xef\xbb\xbfa\r\n"


@pytest.mark.parametrize("text", FORMULAS)
def test_what_could_be_a_formula_gets_an_apostrophe_in_csv(text):
    assert as_csv([text], [[text]]) == [[f"'{text}"], [f"'{text}"]]


@pytest.mark.parametrize("text", [text for text in HARMLESS if text])
def test_other_text_stands_unchanged_in_csv(text):
    assert as_csv(["a"], [[text, "x"]])[1] == [text, "x"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_guarded_among_many_rows_with_none(formula):
    rows = [["Moe; Kari", "+47 912 34 567", None, date(2010, 1, 2), 7] for _ in range(1500)]
    rows[1200] = ["Moe", formula, None, "Hei\r\n=1", 7]

    shown = as_csv(["a"], rows)[1:]

    assert shown[1200] == ["Moe", f"'{formula}", "", "Hei\r\n=1", "7"]
    del shown[1200]
    assert all(row == ["Moe; Kari", "+47 912 34 567", "", "2010-01-02", "7"] for row in shown)


@given(
    st.lists(
        st.lists(st.none() | st.integers() | st.text('a1;"\r\n=+ -Å\u200b', max_size=4), min_size=2)
    )
)
def test_one_look_at_many_rows_guards_as_a_look_at_each_cell(rows):
    at_once = b"".join(csv_stream(["a"], rows))

    # An instant has a form of its own, so that these rows are looked at cell by cell.
    one_by_one = b"".join(csv_stream(["a"], [*rows, [AN_INSTANT]]))

    assert one_by_one == at_once + b"2026-01-02 03:04:05\r\n"


def test_telephone_numbers_and_numbers_pass_unchanged():
    values = ["+4791234567", "+47 912 34 567", -5, -1.5, 0, AN_INSTANT]

    shown = ["+4791234567", "+47 912 34 567", "-5", "-1.5", "0", "2026-01-02 03:04:05"]
    assert as_csv(["a"], [values])[1] == shown


@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2), max_size=5)
)
def test_csv_reads_back_as_written_but_for_the_apostrophe(rows):
    found = as_csv(["a", "b"], rows)[1:]

    assert [[text.removeprefix("'") for text in row] for row in found] == [
        [text.removeprefix("'") for text in row] for row in rows
    ]


@given(st.text(max_size=10))
def test_no_cell_of_a_csv_begins_as_a_formula(text):
    [_, [cell, _]] = as_csv(["a"], [[text, "x"]])

    assert cell.strip(" \u00a0\ufeff\u200b\x00\t\r\n")[:1] not in tuple("=-@＝＋－＠")


def test_csv_comes_in_pieces_while_rows_are_still_being_made():
    made = []
    rows = ([made.append(n), n] for n in range(10_000))

    first = next(iter(csv_stream(["a", "b"], rows)))

    assert first
    assert len(made) == export.ROWS_PER_CHUNK


def test_memory_stays_flat_however_long_the_csv_is():
    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in csv_stream(["a"], ([f"name {n}", n] for n in range(count))):
            pass
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(10)

    assert peak(40_000) < 2 * peak(4_000)


def test_memory_stays_flat_however_long_the_workbook_is(tmp_path):
    def peak(count: int) -> int:
        tracemalloc.start()
        write_xlsx(str(tmp_path / "a.xlsx"), ["a"], ([f"name {n}", n] for n in range(count)))
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(10)

    assert peak(8_000) < 2 * peak(800)


@pytest.mark.parametrize("text", [*FORMULAS, *HARMLESS, "http://strandvik.example", "007", "1e5"])
def test_every_cell_of_a_workbook_is_the_text_itself(text):
    data = as_xlsx([text or "a"], [["x", text]])

    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"<hyperlink" not in sheet
    assert b"<v>" not in sheet
    if "\x00" not in text and text != "\r=1":
        assert cells(data)[1] == (["x", text] if text else ["x", ""][: len(cells(data)[1])])


def test_values_in_a_workbook_are_texts():
    rows = [[date(2010, 1, 2), 5, None, "+4791234567", AN_INSTANT]]

    found = cells(as_xlsx(["a", "b", "c", "d", "e"], rows))

    assert found[1] == ["2010-01-02", "5", "", "+4791234567", "2026-01-02 03:04:05"]


def test_half_characters_stop_no_export():
    assert as_csv(["a"], [["No\ud800ra"]])[1] == ["No?ra"]
    assert cells(as_xlsx(["a"], [["No\ud800ra"]]))[1] == ["No?ra"]


def test_text_that_no_cell_can_hold_is_cut_visibly():
    fits, longer = "x" * LONGEST_XLSX_TEXT, "x" * (LONGEST_XLSX_TEXT + 1)

    assert cells(as_xlsx(["a"], [[fits], [longer]]))[1:] == [[fits], [fits[:-1] + "…"]]


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(export, "MAX_XLSX_ROWS", 3)

    assert len(cells(as_xlsx(["a"], [["1"], ["2"]]))) == 3
    with pytest.raises(TooManyRows):
        as_xlsx(["a"], [["1"], ["2"], ["3"]])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1))
def test_a_workbook_reads_back_as_written(row):
    assert cells(as_xlsx(["a"] * len(row), [row]))[1] == row


def test_a_list_too_long_for_a_sheet_says_so_and_comes_as_csv(monkeypatch, client_as):
    client = client_as("lokal.strandvik")
    monkeypatch.setattr(export, "MAX_XLSX_ROWS", 3)

    assert client.get("/person/export?format=xlsx").status_code == 422
    assert client.get("/person/export?format=csv").status_code == 200
