"""Texts of set-up content, by language, and the keys that tell its parts apart."""

import re
from typing import Annotated

from flask_babel import get_locale
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from app.enums import Language

LONGEST_NAME, LONGEST_HELP, LONGEST_CONSENT = 200, 4000, 8000
NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")
TURNS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
"""Letters that are written from right to left."""
MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of a text and can't be seen themselves."""
LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "é": "e", "ö": "o", "ä": "a"})

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
"""What tells a section, a field or a choice from the others, in every version."""


class Content(BaseModel):
    """Base of set-up content: it never changes, and what is unknown in it is told."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=LONGEST_CONSENT)


class Text(Content):
    """A text in the languages of the panel; bokmål stands in for those that are missing."""

    nb: str = ""
    nn: str = ""
    en: str = ""

    @property
    def here(self) -> str:
        """The text in the user's language."""
        locale = get_locale()
        return self.get(locale.language if locale is not None else str(Language.NB))

    @property
    def in_sentence(self) -> str:
        """The text in the user's language, fit to stand within a sentence of the panel."""
        return isolated(self.here)

    def get(self, language: str) -> str:
        """The text in a language, or in bokmål, as it is shown."""
        return literal(getattr(self, language, "") or self.nb)

    @property
    def by_language(self) -> dict[str, str]:
        """The texts that are written, by language."""
        return {code: text for code, text in self.model_dump().items() if text}


def literal(text: str) -> str:
    """A text in which marks of direction are seen, as ``[U+202E]``, and not obeyed."""
    return MARKS.sub(lambda mark: f"[U+{ord(mark[0]):04X}]", text)


def isolated(text: str) -> str:
    """A text that turns no other text around, in whatever direction it is written itself."""
    shown = literal(text)
    return f"\u2068{shown}\u2069" if TURNS.search(shown) else shown


def _no_longer_than(most: int) -> AfterValidator:
    def check(text: Text) -> Text:
        if max(len(text.nb), len(text.nn), len(text.en)) > most:
            raise PydanticCustomError("text_too_long", "at most {most} characters", {"most": most})
        return text

    return AfterValidator(check)


def _named(text: Text) -> Text:
    if not text.nb.strip():
        raise PydanticCustomError("name_needed", "a name in bokmål is needed")
    return text


Name = Annotated[Text, AfterValidator(_named), _no_longer_than(LONGEST_NAME)]
Help = Annotated[Text, _no_longer_than(LONGEST_HELP)]
NO_TEXT = Text()


def key_of(name: str, taken: set[str] | frozenset[str] = frozenset()) -> str:
    """A key made of a name, unlike those that are taken."""
    words = NOT_IN_KEYS.sub("_", name.lower().translate(LETTERS)).strip("_")[:50]
    first = words if words[:1].isalpha() else f"x_{words}".rstrip("_")
    key, number = first, 2
    while key in taken:
        key, number = f"{first}_{number}", number + 1
    return key
