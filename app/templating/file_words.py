"""What is wrong in a file, in words."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.enums import Level, Section
from app.screens.words import words
from app.templating.file_content import FORMS
from app.templating.file_reading import LARGEST, Problem
from app.templating.json_lines import Path

TEXTS: dict[str, Any] = {
    "not_utf8": _l("The file is not text in UTF-8."),
    "not_json": _l("The file is not JSON: something is wrong at column %(column)s."),
    "not_json_values": _l("The file is not JSON that can be read."),
    "too_deep": _l("Things lie inside each other too many times."),
    "control_character": _l("The text has characters that can't be shown or kept."),
    "string_unicode": _l("The text has characters that can't be shown or kept."),
    "name_twice": _l("The same name stands twice in one place."),
    "missing": _l("This is missing."),
    "extra_forbidden": _l("There is no such thing here. Is it misspelt?"),
    "enum": _l("Must be one of: %(expected)s"),
    "literal_error": _l("Must be one of: %(expected)s"),
    "string_type": _l("Must be a text."),
    "string_too_long": _l("At most %(max_length)s characters."),
    "text_too_long": _l("At most %(most)s characters."),
    "string_pattern_mismatch": _l(
        "Must begin with a small letter from a to z, and hold small letters, figures and _ only; at"
        " most 60 of them."
    ),
    "name_needed": _l("A name in bokmål is needed."),
    "key_twice": _l("Two have the key %(key)s."),
    "no_such_part": _l("Must be one of: %(parts)s"),
    "choices_misplaced": _l(
        "Choices belong to a field of the kind choice, and such a field needs some."
    ),
    "columns_misplaced": _l(
        "Columns belong to a field of the kind table, and such a field needs some."
    ),
    "int_type": _l("Must be a whole number."),
    "int_parsing": _l("Must be a whole number."),
    "int_parsing_size": _l("Must be a whole number."),
    "int_from_float": _l("Must be a whole number."),
    "greater_than_equal": _l("Must be at least %(ge)s."),
    "less_than_equal": _l("Must be at most %(le)s."),
    "bool_type": _l("Must be true or false."),
    "bool_parsing": _l("Must be true or false."),
    "too_short": _l("At least %(min_length)s is needed."),
    "too_long": _l("At most %(max_length)s have room here."),
    "tuple_type": _l("Must be a list, in [ ]."),
    "dict_type": _l("Must be names and values, in { }."),
    "model_type": _l("Must be names and values, in { }."),
    "model_attributes_type": _l("Must be names and values, in { }."),
}


def said(problem: Problem) -> str:
    """What is wrong."""
    if problem.what == "too_large":
        return _("The file is larger than %(most)s MB.", most=LARGEST // (1024 * 1024))
    if problem.what == "no_form":
        return _("The file doesn't say what it is. It must be one of: %(forms)s", forms=_forms())
    if problem.what == "level_too_high":
        section, most = Section(problem.facts["section"]), Level(problem.facts["most"])
        return _(
            "%(part)s: at most “%(level)s” can be given.", part=words(section), level=words(most)
        )
    text = TEXTS.get(problem.what)
    if text is None:
        return _("This can't stand here.")
    facts = problem.facts
    if "expected" in facts:
        facts = facts | {"expected": facts["expected"].replace(" or ", ", ")}
    return str(text) % facts if facts else str(text)


def where(path: Path) -> str:
    """A path as programmers write it: ``sections[2].names.nb``."""
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return written.removeprefix(".").encode("utf-8", "replace").decode()[:300]


def _forms() -> str:
    return ", ".join(FORMS)
