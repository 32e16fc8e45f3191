"""No text reaches a user but through the catalogues, and none of them is left in English."""

import ast
import re
from functools import cache
from pathlib import Path

import flask_wtf
import pytest
import wtforms
from babel.messages.pofile import read_po
from flask import Flask
from flask_wtf import FlaskForm
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, Length

from app.screens import form_texts
from app.screens.language import CODES, LANGUAGES, NOTES, STANDS_IN
from config import ROOT
from tests.test_translations import PLACEHOLDER, catalogue, entries, pairs, said

# Texts that are the same word in English and in Norwegian, or a name.
ALIKE = {
    language: {
        *("Bokmål", "bokmål", "Nynorsk", "nynorsk", "Person", "%(num)s person"),
        *("Plan", "%(num)s plan", "Status", "Median", "Under %(goal)s %%"),
    }
    for language in ("nb", "nn")
}
# Errors of whoever writes the code, which no user can cause.
FOR_PROGRAMMERS = {"Choices cannot be None.", "Invalid field name '%s'."}

JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.S)
TAG = re.compile(r"<[^>]*>", re.S)
SPOKEN_ATTRIBUTE = re.compile(r'\b(?:aria-label|title|placeholder|alt)="([^"]*)"')
WRITTEN_ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')
WORD = re.compile(r"[^\W\d_]{2,}")
NAMES = {"Samvev", "doctype", "html"}


def bare_words(template: str) -> list[str]:
    """The words of a template that are not asked for in the catalogues."""
    plain = JINJA.sub(" ", template)
    spoken = [WRITTEN_ATTRIBUTE.sub(" ", TAG.sub(" ", plain)), *SPOKEN_ATTRIBUTE.findall(plain)]
    return [word for text in spoken for word in WORD.findall(text) if word not in NAMES]


def test_the_scan_of_templates_sees_words_and_lets_code_pass():
    assert bare_words("<p>Hello {{ name }}</p>") == ["Hello"]
    assert bare_words('<a aria-label="Hello there">{{ _("Hi") }}</a>') == ["Hello", "there"]
    assert bare_words('{# note #}<b class="x">{% if y %}{{ _("Hi") }}{% endif %}</b>') == []


def test_no_template_says_anything_that_is_not_in_the_catalogues():
    pages = sorted((ROOT / "templates").rglob("*.html"))
    found = {page.name: bare_words(page.read_text("utf-8")) for page in pages}

    assert len(pages) > 25
    assert {name: words for name, words in found.items() if words} == {}


# What is said to a user by these calls comes first, or by these names.
SAYING = re.compile(r"(^|\.)(flash|ValidationError|\w*(Field|Filter|Order))$|^Step$")
SAYING_NAMES = {
    "list_title", "add_title", "edit_title", "intro", "add_intro", "edit_intro", "show_intro",
    "add_label", "empty_text", "message", "description",
}  # fmt: skip


def bare_texts(path: Path) -> list[str]:
    """Where a module says something to users in a text that is not asked for in the catalogues."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        said_here: list[ast.expr] = []
        if isinstance(node, ast.Call) and SAYING.search(ast.unparse(node.func)):
            said_here = node.args[:1]
            said_here += [word.value for word in node.keywords if word.arg in SAYING_NAMES]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(one, ast.Name) and one.id in SAYING_NAMES for one in targets):
                said_here = [node.value] if node.value is not None else []
        found += [
            f"{path.name}:{one.lineno}"
            for one in said_here
            if isinstance(one, ast.JoinedStr)
            or (isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value)
        ]
    return found


def test_no_module_says_anything_that_is_not_in_the_catalogues():
    # Columns of a database and fields of a REST body are named, not said.
    modules = [
        path
        for path in sorted((ROOT / "app").rglob("*.py"))
        if path.parent.name != "api" and path.name != "models.py"
    ]

    assert len(modules) > 60
    assert [place for path in modules for place in bare_texts(path)] == []


@pytest.mark.parametrize("language", ALIKE)
def test_nothing_is_left_in_english(language: str):
    same = {
        english
        for entry in entries(language)
        for english, translated in pairs(entry)
        if english == translated and WORD.search(PLACEHOLDER.sub("", english))
    }

    assert same <= ALIKE[language], "translate, or add to the words that are alike"


def texts_of_wtforms() -> set[str | tuple[str, ...]]:
    """Every text that WTForms and Flask-WTF ask a catalogue for."""
    found: set[str | tuple[str, ...]] = set()
    for package in (wtforms, flask_wtf):
        for path in Path(str(package.__file__)).parent.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in ("gettext", "ngettext")
                ):
                    texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
                    if texts:
                        found.add(texts[0] if len(texts) == 1 else tuple(texts))
    return found - FOR_PROGRAMMERS


def test_every_text_of_wtforms_is_in_our_catalogues():
    ours = {*form_texts.SINGLE, *form_texts.COUNTED}

    assert len(texts_of_wtforms()) > 30
    assert texts_of_wtforms() == ours
    assert ours <= said()


class PlainForm(FlaskForm):
    """Fields that speak with WTForms' own words."""

    name = StringField("name", [DataRequired()])
    short = StringField("short", [Length(max=3)])
    day = DateField("day")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nb", ["Dette må fylles ut.", "Feltet kan ikke ha mer enn 3 tegn."]),
        ("nn", ["Dette må fyllast ut.", "Feltet kan ikkje ha meir enn 3 teikn."]),
        ("se", ["Dette må fylles ut.", "Feltet kan ikke ha mer enn 3 tegn."]),
        ("en", ["This field is required.", "Field cannot be longer than 3 characters."]),
    ],
)
def test_a_field_with_wtforms_own_words_speaks_the_language(
    app: Flask, language: str, expected: list[str]
):
    with app.test_request_context(
        "/",
        method="POST",
        data={"short": "lang", "day": "x"},
        headers={"Accept-Language": language},
    ):
        form = PlainForm(meta={"csrf": False})
        form.validate()
        said_here = [form.name.errors[0], form.short.errors[0], form.day.errors[0]]

    assert said_here[:2] == expected
    assert (said_here[2] == "Not a valid date value.") == (language == "en")


def test_every_page_is_answered_by_our_own_code(app: Flask):
    """So that no text of Flask-AppBuilder's, which has no Norwegian, can be shown."""
    others = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if not str(getattr(view, "__module__", "")).startswith("app.")
    }

    assert others <= {"static"}


@cache
def partly(language: str):
    """The catalogue of a language that is translated in part."""
    path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", STANDS_IN)
def test_a_partial_catalogue_holds_known_texts_whole_and_sure(language: str):
    found = [entry for entry in partly(language) if entry.id]

    assert len(found) > 40
    assert {entry.id for entry in found} <= said()
    assert not [entry.id for entry in found if entry.fuzzy or not entry.string]
    assert not [
        entry.id
        for entry in found
        if sorted(PLACEHOLDER.findall(entry.id)) != sorted(PLACEHOLDER.findall(entry.string))
    ]


def test_every_language_has_a_catalogue_and_a_partial_one_a_note():
    folders = {path.parent.parent.name for path in ROOT.glob("translations/*/LC_MESSAGES/*.po")}

    assert folders | {"en"} == CODES == {language.value for language in LANGUAGES}
    assert set(NOTES) == set(STANDS_IN)
    assert len(catalogue("nb")) == len(catalogue("nn"))
