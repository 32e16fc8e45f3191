"""Finding texts that stand on a page in another language than the page's own."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from babel.messages.pofile import read_po

from config import ROOT

LANGUAGES = ("nb", "nn", "en")
PLACEHOLDER = re.compile(r"%\([^)]*\)[a-zA-Z]|%%")
FEWEST_LETTERS = 4
EDGES = " :.,–()↑↓"


@cache
def _pairs(language: str) -> tuple[tuple[str, str], ...]:
    """Each English text of the catalogue, and what it is in the language."""
    path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        entries = [entry for entry in read_po(file, locale=language) if entry.id]
    found: list[tuple[str, str]] = []
    for entry in entries:
        if isinstance(entry.id, str):
            found.append((entry.id, str(entry.string)))
        else:
            found += zip(entry.id, entry.string, strict=True)
    return tuple(found)


@cache
def texts_in(language: str) -> frozenset[str]:
    """Every text of the panel in a language."""
    if language == "en":
        return frozenset(english for english, _translated in _pairs("nb"))
    return frozenset(translated for _english, translated in _pairs(language))


def _pattern(text: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in PLACEHOLDER.split(" ".join(text.split()).strip(EDGES))]
    return re.compile("(.+?)".join(parts))


def _says_enough(text: str) -> bool:
    """Whether there are words left when the placeholders are taken out."""
    return sum(map(str.isalpha, PLACEHOLDER.sub("", text))) >= FEWEST_LETTERS


@cache
def _plain(language: str) -> frozenset[str]:
    return frozenset(
        " ".join(text.split()).strip(EDGES)
        for text in texts_in(language)
        if not PLACEHOLDER.search(text)
    )


@cache
def _filled(language: str) -> tuple[re.Pattern[str], ...]:
    return tuple(
        _pattern(text)
        for text in sorted(texts_in(language))
        if PLACEHOLDER.search(text) and _says_enough(text)
    )


def foreign(texts: Iterable[str], language: str) -> list[str]:
    """Those of ``texts`` that the catalogues know in another language, but not in this one."""
    return sorted(set(_foreign(texts, language)))


def _foreign(texts: Iterable[str], language: str) -> Iterator[str]:
    others = [other for other in LANGUAGES if other != language]
    for text in {text.strip(EDGES) for text in texts}:
        if text in _plain(language) or not text:
            continue
        if any(text in _plain(other) for other in others):
            yield text
        elif _is_filled(text, language):
            continue
        elif any(_is_filled(text, other) for other in others):
            yield text


def _is_filled(text: str, language: str) -> bool:
    """Whether it is a text with placeholders of the language, filled in."""
    return any(pattern.fullmatch(text) for pattern in _filled(language))
