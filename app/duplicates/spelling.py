"""Names as they sound and as they are mistyped: folded so that spellings of one name meet.

This is looser than ``app.people.names``: *Håkon*, *Haakon* and *Hakon* are one here. What comes
out is compared, never shown.
"""

import re
import unicodedata
from functools import lru_cache

# What UTF-8 becomes in a system that reads it as Latin-1.
_MANGLED = {"Ã¥": "å", "Ã…": "å", "Ã¸": "ø", "Ã˜": "ø", "Ã¦": "æ", "Ã†": "æ", "Ã©": "é"}
_LETTERS = str.maketrans(
    {
        "æ": "e", "ä": "e", "ø": "o", "ö": "o", "å": "a", "đ": "d", "ð": "d", "ŋ": "n",
        "ŧ": "t", "þ": "t", "ł": "l", "ħ": "h", "ı": "i", "œ": "o", "ß": "s",
    }
)  # fmt: skip
_PAIRS = (("aa", "a"), ("oe", "o"), ("ae", "e"))
# What a scanner makes of letters.
_DIGITS = str.maketrans("01358", "olesb")
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´ʹ′")
_NOT_LETTERS = re.compile(r"[\W_]+")
_DOUBLED = re.compile(r"(.)\1+")

# From the longest on; what a Norwegian ear takes for the same.
_SOUNDS = (
    ("sch", "s"), ("skj", "s"), ("kj", "k"), ("sj", "s"), ("tj", "k"), ("hj", "j"), ("gj", "j"),
    ("hv", "v"), ("ch", "k"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("dt", "t"), ("gh", "g"),
    ("ld", "l"), ("nd", "n"), ("c", "k"), ("q", "k"), ("w", "v"), ("z", "s"), ("x", "ks"),
    ("y", "i"), ("ei", "e"), ("eg", "e"),
)  # fmt: skip
_VOWELS = re.compile(r"[aeiouj]")


@lru_cache(maxsize=1 << 15)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name, folded; a hyphen parts words, an apostrophe does not."""
    if "Ã" in name:
        for wrong, right in _MANGLED.items():
            name = name.replace(wrong, right)
    text = unicodedata.normalize("NFKC", name).casefold().translate(_APOSTROPHES)
    words = _NOT_LETTERS.sub(" ", _plain(text)).split()
    return tuple(_word(word) for word in words)


def _plain(text: str) -> str:
    """Small letters without marks; those of Norwegian that are letters of their own become one."""
    text = text.translate(_LETTERS)
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _word(word: str) -> str:
    if not (word.isalpha() or word.isdigit()):
        word = word.translate(_DIGITS)
    return folded(word)


def folded(word: str) -> str:
    """A word without marks, with two letters that stand for one made one."""
    for pair, letter in _PAIRS:
        word = word.replace(pair, letter)
    return word


@lru_cache(maxsize=1 << 15)
def sound(token: str) -> str:
    """A short code of how a folded word sounds: its first letter and the consonants after."""
    code = token
    for letters, sounds_like in _SOUNDS:
        code = code.replace(letters, sounds_like)
    rest = _VOWELS.sub("", code[1:].replace("h", ""))
    return _DOUBLED.sub(r"\1", code[:1] + rest)[:8]


# What is one name to whoever hears it, vowels and all.
_SPELLINGS = (
    ("ch", "k"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("dt", "t"), ("gh", "g"), ("hj", "j"),
    ("c", "k"), ("q", "k"), ("w", "v"), ("z", "s"), ("x", "ks"), ("y", "i"),
)  # fmt: skip


@lru_cache(maxsize=1 << 15)
def spelled(token: str) -> str:
    """A folded word in one of its spellings: *Monica* and *Monika* have the same."""
    for letters, other in _SPELLINGS:
        token = token.replace(letters, other)
    return _DOUBLED.sub(r"\1", token)
