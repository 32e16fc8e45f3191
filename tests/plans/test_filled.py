"""What is filled in stays, whatever becomes of the fields of the form."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.enums import FieldKind, Section
from app.plans.filled import arranged, fits
from app.templating.template_content import TemplateField, TemplateSection
from app.templating.texts import Text

KEYS = ("a", "b")
KINDS = [*FieldKind, FieldKind.TABLE, FieldKind.TABLE, FieldKind.CHOICE]
ANSWERS, COLUMNS = ("x", "y", "z"), ("m", "n", "o")
NAME = Text(nb="Navn")


@st.composite
def fields(draw: Any, key: str) -> TemplateField:
    """A field with a key, of any kind."""
    kind = draw(st.sampled_from(KINDS))
    some = st.lists(st.sampled_from(ANSWERS), min_size=1, unique=True)
    columns = st.lists(st.sampled_from(COLUMNS), min_size=1, unique=True)
    more: dict[str, Any] = {}
    if kind is FieldKind.CHOICE:
        more["choices"] = [{"key": one, "names": NAME} for one in draw(some)]
    if kind is FieldKind.TABLE:
        kinds = st.sampled_from(["short_text", "date", "number"])
        more["columns"] = [
            {"key": one, "names": NAME, "kind": draw(kinds)} for one in draw(columns)
        ]
    return TemplateField(key=key, names=NAME, kind=kind, **more)


@st.composite
def sections(draw: Any) -> TemplateSection | None:
    """A section as one version has it; None where it has none."""
    if draw(st.integers(0, 7)) == 7:
        return None
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, unique=True))
    made = tuple(draw(fields(key)) for key in keys)
    return TemplateSection(key="s", names=NAME, part=Section.MAPPING, fields=made)


def cell(column: Any, number: int) -> str:
    """What stands in a column of a row, and in no other."""
    place = number * 10 + COLUMNS.index(column.key)
    texts = {"short_text": f"celle {place}", "date": f"{1000 + place}-02-02", "number": f"{place}"}
    return texts[column.kind]


def value(field: TemplateField, number: int) -> Any:
    """A value for a field, that no other is like as far as it can be."""
    day = f"{2000 + number}-01-01"
    return {
        FieldKind.CHOICE: field.choices[0].key if field.choices else "",
        FieldKind.DATE: day,
        FieldKind.NUMBER: f"{number}.5",
        FieldKind.PERSON: {"name": f"Kari {number}"},
        FieldKind.TABLE: [{one.key: cell(one, number) for one in field.columns}],
        FieldKind.LONG_TEXT: f"linje\n{number}",
    }.get(field.kind, f"tekst {number}")


def leaves(kept: Any) -> list[str]:
    """Every text that is in a value."""
    if isinstance(kept, dict):
        return [text for one in kept.values() for text in leaves(one)]
    if isinstance(kept, list):
        return [text for one in kept for text in leaves(one)]
    return [kept]


def seen(filled: Any) -> list[str]:
    """Every text that whoever opens the form sees."""
    return leaves([*filled.values.values(), *(one.value for one in filled.earlier)])


def saved(filled: Any, values: dict[str, Any], version: int) -> dict[str, Any]:
    """The details of an entry whose form is saved with these values."""
    earlier = [one.as_json for one in filled.earlier]
    return {"section": "s", "version": version, "values": values, "earlier": earlier}


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(sections(), min_size=2, max_size=4), st.data())
def test_no_text_is_lost_by_moving_on_and_back_filling_in_and_clearing(versions, data):
    details: dict[str, Any] = {"section": "s", "version": 0, "values": {}}
    written: list[str] = []
    for number in range(1, 7):
        now = data.draw(st.integers(0, len(versions) - 1))
        then = versions[details["version"]]
        filled = arranged(versions[now], then, Section.MAPPING, details)
        assert set(written) <= set(seen(filled))
        assert all(
            fits(one, filled.values[one.key])
            for one in filled.section.fields
            if one.key in filled.values
        )
        step = data.draw(st.sampled_from(["fill", "clear", "save", "look"]))
        if step == "look" or not filled.section.fields:
            continue
        chosen = data.draw(st.sampled_from(filled.section.fields))
        values = dict(filled.values)
        gone = leaves(values.get(chosen.key, []))
        if step == "fill":
            values[chosen.key] = value(chosen, number)
        if step == "clear":
            values.pop(chosen.key, None)
        # A form that the plan's version has no more is saved under the version it was filled in by.
        version = now if filled.is_current else details["version"]
        details = saved(filled, values, version)
        still = leaves([*values.values(), *(one.value for one in filled.earlier)])
        kept = set(still)
        # What one replaces or clears oneself is kept in the history of the entry, not in the form.
        written = [text for text in (*written, *still) if text in kept or text not in gone]


def test_what_no_version_knows_is_shown_by_its_key():
    details = {
        "section": "s",
        "names": {"nb": "Skole"},
        "version": "gone",
        "values": {"a": "tekst", "t": [{"m": "celle"}], "p": {"name": "Kari"}},
    }
    filled = arranged(None, None, Section.MAPPING, details)
    assert filled.section.names.nb == "Skole"
    assert not filled.is_current
    assert {one.field.key: one.value for one in filled.earlier} == details["values"]
