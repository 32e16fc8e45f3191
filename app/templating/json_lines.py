"""Which line of a JSON text a value stands on, and which keys stand there twice. Pure.

Only for telling what is wrong in a file that was read already: what is not JSON is not found here.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]|[^\s{}\[\],:"]+')


@dataclass
class Places:
    """The lines of the values that were asked for, and of keys that an object has twice."""

    lines: dict[Path, int] = field(default_factory=dict)
    twice: dict[Path, int] = field(default_factory=dict)


@dataclass
class _Within:
    """An object or a list that is being read: its path, and where in it one is."""

    path: Path
    is_list: bool = False
    step: Any = ""
    seen: set[str] = field(default_factory=set)
    awaits_key: bool = False

    @property
    def here(self) -> Path:
        return (*self.path, self.step)


def places(text: str, wanted: Collection[Path]) -> Places:
    """Where the values of ``wanted`` begin, counting lines from 1.

    A path whose last steps are missing in the text gets the line of what it would stand in.
    """
    found = Places({(): 1})
    _read(text, {path[:end] for path in wanted for end in range(len(path) + 1)}, found)
    for path in wanted:
        known = next(path[:end] for end in range(len(path), -1, -1) if path[:end] in found.lines)
        found.lines[path] = found.lines[known]
    return found


def _read(text: str, wanted: set[Path], found: Places) -> None:
    line, within = 1, [_Within(())]
    for token in TOKEN.finditer(text):
        said, inner = token[0], within[-1]
        if said == "\n":
            line += 1
        elif said in "{[":
            path = inner.here if len(within) > 1 else ()
            _note(found, wanted, path, line)
            within.append(_Within(path, said == "[", 0 if said == "[" else "", awaits_key=True))
        elif said in "}]":
            within.pop()
        elif said in ",:":
            _go_on(inner, said)
        elif inner.awaits_key and not inner.is_list:
            _name(inner, json.loads(said), line, found)
        elif len(within) > 1:
            _note(found, wanted, inner.here, line)


def _go_on(inner: _Within, said: str) -> None:
    inner.awaits_key = said == ","
    if said == "," and inner.is_list:
        inner.step += 1


def _name(inner: _Within, key: str, line: int, found: Places) -> None:
    inner.step = key
    if key in inner.seen:
        found.twice[inner.here] = line
    inner.seen.add(key)


def _note(found: Places, wanted: set[Path], path: Path, line: int) -> None:
    if path in wanted:
        found.lines[path] = line
