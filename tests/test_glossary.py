"""The catalogues call things what ``docs/ordliste.md`` calls them."""

import re
from dataclasses import dataclass

import pytest

from config import ROOT
from tests.test_translations import entries

GLOSSARY = ROOT / "docs" / "ordliste.md"
COLUMNS = ["Navn i koden", "Bokmål", "Nynorsk", "Engelsk", "Betydning"]


@dataclass(frozen=True)
class Term:
    """One line of the glossary."""

    identifier: str
    words: dict[str, str]
    english: str


def rows() -> list[list[str]]:
    """The cells of every line of every table."""
    lines = GLOSSARY.read_text("utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:1] == "|"
    ]
    return [row for row in cells if not set(row[0]) <= {"-"}]


def terms() -> list[Term]:
    """The terms, by the word that we use ourselves where several are said."""
    found = []
    for row in rows():
        if row == COLUMNS:
            continue
        nb, nn = (cell.split(" / ")[0] for cell in row[1:3])
        found.append(Term(row[0], {"nb": nb, "nn": nn}, row[3]))
    return found


def test_the_glossary_is_whole():
    assert len(terms()) > 70
    assert all(len(row) == len(COLUMNS) for row in rows())
    assert all(re.fullmatch(r"[a-z_]+", term.identifier) for term in terms())
    assert all(term.english and all(term.words.values()) for term in terms())


def test_no_term_stands_twice():
    for names in ([term.identifier for term in terms()], [term.english for term in terms()]):
        assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_the_catalogues_use_the_words_of_the_glossary(language: str):
    said = {entry.id: entry.string for entry in entries(language) if isinstance(entry.id, str)}
    used = [term for term in terms() if term.english in said]
    otherwise = {
        term.english: said[term.english]
        for term in used
        if said[term.english].casefold() != term.words[language]
    }

    assert len(used) > 30
    assert otherwise == {}


@pytest.mark.parametrize(
    ("language", "avoided"),
    [
        ("nb", ["foreldre med ansvar", "login", "record", "ung person"]),
        (
            "nn",
            ["virksomhet", "bruker konto", "hvilke", "ikke ", "foresatt", "skole", "noen", "hva "],
        ),
    ],
)
def test_no_text_uses_a_word_that_is_not_ours(language: str, avoided: list[str]):
    texts = [
        text
        for entry in entries(language)
        for text in ([entry.string] if isinstance(entry.string, str) else entry.string)
    ]

    assert [text for text in texts for word in avoided if word in text.casefold()] == []
