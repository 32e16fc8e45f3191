"""Names: tidied as people write them, and folded into a form that can be sorted and searched.

The search form stands in its own indexed column. Plain byte order of that column (SQLite's
BINARY, PostgreSQL's COLLATE "C") is Norwegian alphabetical order, so both databases sort and
search by range alike, without extensions. Whether two names may be one person's (å and aa,
nicknames) is not decided here.

How letters are folded:

* ``æ ä``, ``ø ö``, ``å`` become ``{a``, ``{b``, ``{c``. The byte of ``{`` follows that of ``z``,
  so they sort last and in this order, and nothing else becomes ``{``.
* Other letters lose their marks: ``é`` is ``e``, ``ü`` is ``u``. Sámi ``á č đ ŋ š ŧ ž`` fold into
  their base letter, so they stand beside it and are found without a Sámi keyboard.
* Apostrophes vanish; hyphens and all other signs become one space, which sorts first.
* ``aa`` stays two letters and sorts under ``a``: it is found while it is typed, and *Isaac* is no
  *Isåc*. Names that are written with ``aa`` for ``å`` therefore stand apart from those with ``å``.
* Letters of other alphabets are kept and sort after ``å``.
"""

import unicodedata
from functools import lru_cache

# Letters that Unicode does not take apart into a base letter and marks.
_LETTERS = {
    "æ": "{a",
    "ä": "{a",
    "ø": "{b",
    "ö": "{b",
    "å": "{c",
    "đ": "d",
    "ð": "d",
    "ŋ": "n",
    "ŧ": "t",
    "þ": "th",
    "ł": "l",
    "ħ": "h",
    "ı": "i",
    "œ": "oe",
}
_APOSTROPHES = frozenset("'’‘ʼ`´ʹ′")
# One letter may unfold into eighteen; an index of PostgreSQL takes 2,700 bytes, four to a letter.
LONGEST_FORM = 600
# No search form holds this character, so it closes the range of a prefix.
_AFTER_EVERYTHING = "\U0010ffff"


def tidy(name: str) -> str:
    """``name`` in NFC with single spaces and without control and direction characters.

    Letters, hyphens, apostrophes and capitals stay as written. Tidying twice changes nothing.
    """
    if not name.isprintable():
        name = "".join(c for c in name if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(unicodedata.normalize("NFC", name).split())


def search_form(*parts: str) -> str:
    """The parts of a name as one sortable, range-searchable key, parts separated by a space.

    The form of a beginning (cut between whole letters) is a beginning of the form. Text
    without letters or digits gives an empty form.
    """
    letters = map(_fold, unicodedata.normalize("NFC", " ".join(parts)))
    return " ".join("".join(letters).split())[:LONGEST_FORM]


def prefix_range(text: str) -> tuple[str, str]:
    """The half-open range ``[low, high)`` of the search forms that begin as ``text`` does.

    An empty text gives the range of everything.
    """
    low = search_form(text)
    return low, low + _AFTER_EVERYTHING


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    """One character of an NFC text as it stands in the search form."""
    if character in _APOSTROPHES:
        return ""
    whole = unicodedata.normalize("NFKC", character).casefold()
    return "".join(map(_fold_letter, _without_marks(whole)))


def _without_marks(text: str) -> str:
    """``text`` without accents; the ring of ``å`` and dots of ``ä`` and ``ö`` are no accents."""
    kept: list[str] = []
    for character in unicodedata.normalize("NFKD", text):
        if not unicodedata.combining(character):
            kept.append(character)
        elif kept and (letter := unicodedata.normalize("NFC", kept[-1] + character)) in "åäö":
            kept[-1] = letter
    return "".join(kept)


def _fold_letter(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    if letter.isalnum():
        return letter
    return "" if unicodedata.category(letter)[0] in "CM" and not letter.isspace() else " "
