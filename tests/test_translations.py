"""The catalogues say everything the code says, in both written languages, and nothing more."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale, gettext, ngettext

from config import ROOT

TRANSLATED = ("nb", "nn")
SOURCES = {"app": ("**.py", "python"), "templates": ("**.html", "jinja2")}
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None}
PLACEHOLDER = re.compile(r"%\([^)]*\)[a-zA-Z]|%(?![ (])|\{[^}]*\}")
END = re.compile(r"[.:?!]?$")

pytestmark = pytest.mark.parametrize("language", TRANSLATED)

# A single text, or the text for one and the text for many.
Msgid = str | tuple[str, ...]


@cache
def said() -> frozenset[Msgid]:
    """Every text that the code and the templates say."""
    found: set[Msgid] = set()
    for folder, mapping in SOURCES.items():
        for _file, _line, text, _comments, _context in extract_from_dir(
            ROOT / folder, method_map=[mapping], keywords=KEYWORDS
        ):
            found.add(text if isinstance(text, str) else tuple(text))
    return frozenset(found)


@cache
def catalogue(language: str) -> Catalog:
    """The catalogue of a language, as it is kept in the repository."""
    path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def entries(language: str) -> list[Message]:
    """The entries of a catalogue, without its header."""
    return [entry for entry in catalogue(language) if entry.id]


def pairs(entry: Message) -> Iterator[tuple[str, str]]:
    """Each English text of an entry beside what it is translated to."""
    if isinstance(entry.id, str):
        yield entry.id, str(entry.string or "")
    else:
        yield from zip(entry.id, entry.string, strict=True)


def texts_where(language: str, *, differ: re.Pattern[str]) -> list[tuple[str, str]]:
    """The pairs whose two sides do not hold the same of what ``differ`` finds."""
    return [
        (english, translated)
        for entry in entries(language)
        for english, translated in pairs(entry)
        if sorted(differ.findall(english)) != sorted(differ.findall(translated))
    ]


def test_there_are_texts_to_look_at(language: str):
    assert len(said()) > 300
    assert len(entries(language)) > 300


def test_every_text_of_the_code_is_in_the_catalogue(language: str):
    known = {entry.id for entry in entries(language)}

    assert sorted(map(str, said() - known)) == []


def test_no_text_is_in_the_catalogue_that_the_code_no_longer_has(language: str):
    known = {entry.id for entry in entries(language)}

    assert sorted(map(str, known - said())) == []
    assert list(catalogue(language).obsolete) == []


def test_every_text_is_translated(language: str):
    empty = [
        english
        for entry in entries(language)
        for english, translated in pairs(entry)
        if not translated.strip()
    ]

    assert empty == []


def test_no_translation_is_a_guess(language: str):
    assert not catalogue(language).fuzzy
    assert [entry.id for entry in entries(language) if entry.fuzzy] == []


def test_a_text_and_its_translation_have_the_same_placeholders(language: str):
    assert texts_where(language, differ=PLACEHOLDER) == []


def test_a_text_and_its_translation_end_alike(language: str):
    assert texts_where(language, differ=END) == []


def test_the_catalogue_names_its_language_and_has_two_plural_forms(language: str):
    header: dict[str, Any] = dict(catalogue(language).mime_headers)

    assert header["Language"] == language
    assert header["Plural-Forms"].startswith("nplurals=2;")


def test_the_panel_speaks_the_language(app: Flask, language: str):
    expected = {entry.id: entry.string for entry in entries(language)}
    many = ("%(num)s person", "%(num)s persons")

    with app.test_request_context(), force_locale(language):
        one, two = ngettext(*many, 1), ngettext(*many, 2)
        assert gettext("Sign in") == expected["Sign in"] != "Sign in"
        assert one == expected[many][0] % {"num": 1}
        assert two == expected[many][1] % {"num": 2}
