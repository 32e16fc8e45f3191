"""What Flask-AppBuilder has in the places where we have something of our own instead.

``python -m tests.framework`` keeps the present state, after somebody has read what changed.
"""

import hashlib
import importlib
import inspect
import json
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import flask_appbuilder

import app
from config import ROOT

KEPT = Path(__file__).with_name("framework.json")
OPTIONAL = {
    f"app.duplicates.{name}" for name in ("linkage_duckdb", "linkage_postgresql", "nationwide")
}
"""Modules that need an extra which is not installed with the rest."""

THEIRS = Path(flask_appbuilder.__file__).parent


def our_classes() -> Iterator[type]:
    """Every class of ours that inherits from one of Flask-AppBuilder's."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name not in OPTIONAL:
            importlib.import_module(module.name)
    for name, module in sorted(sys.modules.items()):
        if name == "app" or name.startswith("app."):
            for _name, found in sorted(inspect.getmembers(module, inspect.isclass)):
                if found.__module__ == name and any(map(is_theirs, found.__mro__)):
                    yield found


def is_theirs(found: type) -> bool:
    """Whether the class comes from Flask-AppBuilder."""
    return found.__module__.startswith("flask_appbuilder.")


def replaced_methods() -> Iterator[tuple[str, str]]:
    """Name and source of each method of theirs that a class of ours has in its place."""
    for ours in our_classes():
        for name, member in vars(ours).items():
            if not inspect.isroutine(member) and not isinstance(member, property):
                continue
            for base in filter(is_theirs, ours.__mro__):
                original = vars(base).get(name)
                if original is not None:
                    yield f"{base.__module__}.{base.__qualname__}.{name}", _source(original)
                    break


def _source(member: object) -> str:
    code = member.fget if isinstance(member, property) else inspect.unwrap(member)  # type: ignore[arg-type]
    try:
        return inspect.getsource(code)  # type: ignore[arg-type]
    except TypeError:
        return repr(type(member))


def replaced_templates() -> Iterator[tuple[str, str]]:
    """Name and text of each template of theirs that a file of ours stands before."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        name = path.relative_to(ROOT / "templates").as_posix()
        original = THEIRS / "templates" / name
        if original.exists():
            yield name, original.read_text("utf-8")


def originals() -> dict[str, str]:
    """The first digits of the hash of each original, by its name."""
    found = {**dict(replaced_methods()), **dict(replaced_templates())}
    return {name: hashlib.sha256(found[name].encode()).hexdigest()[:16] for name in sorted(found)}


def kept() -> dict[str, str]:
    """The hashes that somebody has read the originals of."""
    found: dict[str, str] = json.loads(KEPT.read_text("utf-8"))
    return found


if __name__ == "__main__":
    KEPT.write_text(json.dumps(originals(), indent=2) + "\n", "utf-8")
