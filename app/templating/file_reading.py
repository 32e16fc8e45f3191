"""Reading a file that is imported: what it holds, or everything that is wrong with it.

Whatever the bytes are, the answer is one of the two. A line and a path tell where to mend.
"""

import base64
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from app.templating.file_content import FORMS, File
from app.templating.json_lines import Path, places

LARGEST = 5 * 1024 * 1024
LARGEST_PACKED = 900 * 1024
"""A file travels with the page that asks what to do with it, in a form field of at most 1 MB."""
MOST_PROBLEMS = 100
DEEPEST = 40
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Problem:
    """Something wrong in a file: what, with which facts, where."""

    what: str
    facts: dict[str, Any] = field(default_factory=dict)
    path: Path = ()
    line: int | None = None


class BadFile(Exception):
    """The file can't be used; ``problems`` is everything that was found, in the file's order."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def read(data: bytes) -> File:
    """What stands in a file.

    Raises:
        BadFile
    """
    if len(data) > LARGEST:
        raise BadFile(Problem("too_large"))
    text = _text(data)
    said = _json(text)
    form = said.get("form") if isinstance(said, dict) else None
    model = FORMS.get(form) if isinstance(form, str) else None
    found = list(_unreadable(said))
    if model is None:
        found.append(Problem("no_form", path=("form",)))
    elif not found:
        try:
            file = model.model_validate(said)
        except ValidationError as error:
            found = [_problem(one) for one in error.errors(include_url=False, include_input=False)]
        else:
            found = list(_twice(file))
    problems = _placed(text, found)
    if problems:
        raise BadFile(*problems)
    return file


def pack(data: bytes) -> str:
    """A file that was read, as a form field.

    Raises:
        BadFile: it is too large for one, since it can't be pressed together.
    """
    packed = base64.b64encode(zlib.compress(data)).decode()
    if len(packed) > LARGEST_PACKED:
        raise BadFile(Problem("too_large"))
    return packed


def unpack(packed: str) -> bytes:
    """The file in a form field; it is read anew, for whoever sends the field may write it.

    Raises:
        BadFile
    """
    try:
        pressed = base64.b64decode(packed, validate=True)
        return zlib.decompressobj().decompress(pressed, LARGEST + 1)
    except (ValueError, zlib.error):
        raise BadFile(Problem("not_json_values")) from None


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadFile(Problem("not_utf8", line=line)) from None


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refused)
    except json.JSONDecodeError as error:
        raise BadFile(Problem("not_json", {"column": error.colno}, line=error.lineno)) from None
    except (RecursionError, ValueError):
        raise BadFile(Problem("not_json_values")) from None


def _refused(name: str) -> Any:
    raise ValueError(name)


def _unreadable(said: Any) -> Iterator[Problem]:
    """Characters that no text of the panel may hold, and what lies too deep to be one of ours."""
    waiting: list[tuple[Path, Any]] = [((), said)]
    while waiting:
        path, value = waiting.pop()
        if len(path) > DEEPEST:
            yield Problem("too_deep", path=path)
            return
        if isinstance(value, dict):
            waiting += [((*path, key), one) for key, one in value.items()]
            waiting += [((*path, key), key) for key in value if _is_unfit(key)]
        elif isinstance(value, list):
            waiting += [((*path, place), one) for place, one in enumerate(value)]
        elif isinstance(value, str) and _is_unfit(value):
            yield Problem("control_character", path=path)


def _is_unfit(text: str) -> bool:
    """Whether a text has control characters, or halves of characters."""
    return bool(CONTROL.search(text)) or any("\ud800" <= one <= "\udfff" for one in text)


def _problem(error: Any) -> Problem:
    path = tuple(step for step in error["loc"] if step != "[key]")
    return Problem(error["type"], dict(error.get("ctx", {})), path)


def _twice(file: File) -> Iterator[Problem]:
    """Pieces of a set that can't be told apart."""
    for name in ("roles", "templates"):
        seen: set[str] = set()
        for place, one in enumerate(getattr(file, name, ())):
            if one.key in seen:
                yield Problem("key_twice", {"key": one.key}, (name, place, "key"))
            seen.add(one.key)


def _placed(text: str, found: list[Problem]) -> list[Problem]:
    """The problems, and keys that stand twice, with their lines and in the order of the file."""
    where = places(text, [one.path for one in found])
    problems = [Problem(p.what, p.facts, p.path, where.lines[p.path]) for p in found]
    problems += [Problem("name_twice", {}, path, line) for path, line in where.twice.items()]
    problems.sort(key=lambda one: one.line or 0)
    return problems[:MOST_PROBLEMS]
