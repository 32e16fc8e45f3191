"""Forms made of a section of a template: what is asked, what is kept, and how it is drawn."""

from pathlib import Path
from time import process_time

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel
from jinja2 import FileSystemLoader
from werkzeug.datastructures import MultiDict

from app.templating.answers import answer
from app.templating.generated_forms import as_values, filled, form_class
from app.templating.template_content import TemplateField, TemplateSection

ROOT = Path(__file__).parents[2]
PEOPLE = [("owner", "Ola Nes"), ("p-1", "Kari Nes, lærer")]
DRAW = "{% import 'templating/_generated.html' as made with context %}{{ made.fields(form) }}"


def field(kind, key="x", **more):
    """A field of a kind."""
    return TemplateField.model_validate({"key": key, "names": {"nb": "Navn"}, "kind": kind} | more)


SCHOOL = [
    {"key": "a", "names": {"nb": "Nesset", "nn": "Neset"}},
    {"key": "b", "names": {"nb": "Å"}},
]
COLUMNS = [
    {"key": "what", "names": {"nb": "Hva"}},
    {"key": "data", "names": {"nb": "Når"}, "kind": "date"},
    {"key": "much", "names": {"nb": "Timer"}, "kind": "number"},
]
FIELDS = (
    field("short_text", "line"),
    field("long_text", "text"),
    field("choice", "school", choices=SCHOOL),
    field("date", "day"),
    field("number", "hours"),
    field("person", "who"),
    field("table", "rows", columns=COLUMNS),
    field("short_text", "data"),
)
SECTION = TemplateSection.model_validate(
    {"key": "s", "names": {"nb": "Skjema"}, "part": "mapping", "fields": FIELDS}
)
VALUES = {
    "line": "En  linje".replace("  ", " "),
    "text": "To\nlinjer",
    "school": "b",
    "day": "2026-05-17",
    "hours": "-1250.50",
    "who": {"who": "p-1"},
    "rows": [{"what": "Lese", "data": "2026-01-02", "much": "0"}, {"what": "Regne"}],
    "data": "0",
}


@pytest.fixture(scope="module")
def forms_app():
    """Just enough of an application to draw a form in."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="x" * 32, WTF_CSRF_ENABLED=False)
    app.jinja_loader = FileSystemLoader(ROOT / "templates")
    app.jinja_env.globals.update(said=lambda text: text, here=lambda: None)
    Babel(app, default_locale="nb")
    return app


@pytest.fixture
def page(forms_app):
    """A request in which forms can be made."""
    with forms_app.test_request_context("/"):
        yield


def sent(section, **typed):
    """The form with what was typed in it."""
    form = form_class(section)(formdata=MultiDict(typed))
    form.offer(PEOPLE)
    return form


def typed_again(form):
    """What a browser sends back of a form as it is drawn."""
    found = {}
    for one in form:
        if one.type == "TableField":
            found |= {cell.name: cell._value() for row in one.entries for cell in row.form}
        elif one.type == "PersonField":
            found |= {one.name: one.who, one.name_of_name: one.typed_name}
        elif one.type == "ListedField":
            found[one.name] = next(c[0] for c in one.iter_choices() if c[2])
        else:
            found[one.name] = one._value()
    return found


def test_what_is_filled_in_comes_back_as_it_was(page):
    form = form_class(SECTION)(formdata=None, data=filled(SECTION, VALUES))
    again = sent(SECTION, **typed_again(form))
    assert again.validate(), again.errors
    assert as_values(again) == VALUES


def test_an_empty_form_keeps_nothing(page):
    form = sent(SECTION, **typed_again(form_class(SECTION)(formdata=None)))
    assert form.validate()
    assert as_values(form) == {}


@pytest.mark.parametrize("kind", ["short_text", "long_text", "choice", "date", "number", "person"])
def test_a_required_field_must_be_filled_in_and_nought_is_an_answer(page, kind):
    more = {"choices": [{"key": "k0", "names": {"nb": "Null"}}]} if kind == "choice" else {}
    section = SECTION.model_copy(update={"fields": (field(kind, is_required=True, **more),)})
    assert not sent(section, f_x="  ").validate()
    typed = {"choice": "k0", "date": "1.2.2026", "person": "owner"}.get(kind, "0")
    assert sent(section, f_x=typed).validate()


def test_a_required_table_needs_a_row_with_something_in_it(page):
    section = SECTION.model_copy(
        update={"fields": (field("table", is_required=True, columns=COLUMNS),)}
    )
    assert not sent(section, **{"f_x-0-c_what": " "}).validate()
    assert sent(section, **{"f_x-0-c_what": "Lese"}).validate()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12,5", "12.5"),
        ("1 250", "1250"),
        ("1\u00a0250,50", "1250.50"),
        ("\u22123", "-3"),
        ("+4", "4"),
        ("1.5", "1.5"),
    ],
)
def test_numbers_are_read_as_they_are_written_here(page, typed, kept):
    form = sent(SECTION, f_hours=typed)
    assert form.validate()
    assert as_values(form) == {"hours": kept}


@pytest.mark.parametrize("typed", ["1.250", "tolv", "1 2", "=1+1", "1e9", "NaN", "\u0661"])
def test_what_is_no_number_or_may_mean_two_is_refused_and_kept_in_the_form(page, typed):
    form = sent(SECTION, f_hours=typed)
    assert not form.validate()
    assert form["f_hours"]._value() == typed


def test_somebody_outside_the_plan_and_an_unknown_answer_are_refused(page):
    assert not sent(SECTION, f_who="p-2").validate()
    assert not sent(SECTION, f_school="c").validate()
    assert not sent(SECTION, f_who="owner", **{"f_who-name": "Per"}).validate()
    assert as_values(sent(SECTION, **{"f_who-name": " Per  Ås "})) == {"who": {"name": "Per Ås"}}


def test_who_has_left_the_plan_can_stay_where_they_were_named(page):
    left = form_class(SECTION)(
        formdata=MultiDict({"f_who": "p-9"}), data=filled(SECTION, {"who": {"who": "p-9"}})
    )
    assert left.validate()


def test_rows_are_added_and_removed_by_buttons_and_keep_what_was_typed(page):
    typed = {"f_rows-0-c_what": "Lese", "f_rows-1-c_what": "Regne"}
    added = sent(SECTION, **typed, row="add:f_rows")
    assert [row.form["c_what"]._value() for row in added["f_rows"].entries] == ["Lese", "Regne", ""]
    removed = sent(SECTION, **typed, row="remove:f_rows-0")
    assert [row.form["c_what"]._value() for row in removed["f_rows"].entries] == ["Regne"]
    assert removed["f_rows"].entries[0].form["c_what"].name == "f_rows-0-c_what"


def test_wrong_cells_are_told_with_their_row_and_column(page):
    form = sent(SECTION, **{"f_rows-0-c_what": "Lese", "f_rows-0-c_much": "mye"})
    assert not form.validate()
    assert "Timer" in form["f_rows"].errors[0]
    assert not sent(SECTION, **{f"f_rows-{n}-c_what": "x" for n in range(201)}).validate()


def test_a_table_takes_no_rows_of_another_whose_name_begins_alike(page):
    fields = (field("table", "a", columns=COLUMNS), field("table", "ab1", columns=COLUMNS))
    section = SECTION.model_copy(update={"fields": fields})
    form = sent(section, **{"f_ab1-3-c_what": "Lese"})
    assert as_values(form) == {"ab1": [{"what": "Lese"}]}


HOSTILE = ("{{7*7}}", "<script>alert(1)</script>", "=1+1", "\u202eabc", "%(name)s", "{0}")


def test_texts_of_a_template_are_shown_as_they_are_written(page):
    fields = [
        field(
            kind,
            f"x{number}",
            names={"nb": text},
            helps={"nb": text},
            choices=[{"key": "k", "names": {"nb": text}}] if kind == "choice" else [],
            columns=[{"key": "k", "names": {"nb": text}}] if kind == "table" else [],
        )
        for number, (kind, text) in enumerate(
            (kind, text)
            for kind in ("short_text", "choice", "person", "table", "date", "number", "long_text")
            for text in HOSTILE
        )
    ]
    section = SECTION.model_copy(update={"fields": tuple(fields)})
    shown = render_template_string(DRAW, form=form_class(section)(formdata=None))
    assert "49" not in shown
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") >= 7
    assert shown.count("{{7*7}}") >= 7


def test_what_was_filled_in_reads_in_words(page):
    people = dict(PEOPLE)
    said = {one.key: answer(one, VALUES[one.key], people) for one in SECTION.fields}
    assert said["school"].text == "Å"
    assert said["day"].text == "17.05.2026"
    assert said["hours"].text == "-1\u00a0250,50"
    assert said["who"].text == "Kari Nes, lærer"
    assert said["rows"].rows == (("Lese", "02.01.2026", "0"), ("Regne", "", ""))
    assert said["rows"].in_one == "Lese; 02.01.2026; 0\nRegne; ; "


def test_four_hundred_fields_are_made_in_time(page):
    def made(number):
        """How long ten sections of forty fields take, none of them made before."""
        fields = tuple(
            one.model_copy(update={"key": f"{one.key}{copy}"})
            for copy in range(5)
            for one in FIELDS
        )
        sections = [
            SECTION.model_copy(update={"key": f"s{number}_{place}", "fields": fields})
            for place in range(10)
        ]
        began = process_time()
        forms = [form_class(one)(formdata=None) for one in sections]
        assert sum(len(one.section.fields) for one in forms) == 400
        return process_time() - began

    assert min(made(number) for number in range(3)) < 0.1
