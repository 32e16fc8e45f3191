"""A short start and a small process: what the panel's libraries load and the panel never uses.

Flask-AppBuilder loads a rate limiter that is off here (the throttle of logins counts in the
database), and one column type with the hundred modules around it; structlog loads a painter of
tracebacks for terminals. Leaving them out saves a fifth of the start and of the memory. Nothing
stays changed: whoever imports one of them later gets the whole of it.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType

# Packages of which one module is wanted, without what the package itself would load.
ONE_MODULE_OF = ("sqlalchemy_utils", "sqlalchemy_utils.types")
# Loaded when something in them is first used.
LATER = ("jsonschema", "yaml")
# Optional to the one that asks for it.
ABSENT = ("rich",)
LIMITER = "flask_limiter"


class Unused:
    """Stands for a class that is named in annotations only."""


class Later(ModuleType):
    """Stands for a module that is loaded when something in it is first used."""

    def __getattr__(self, name: str) -> object:
        """The attribute of the real module."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


@contextmanager
def start() -> Iterator[None]:
    """Load the panel within; nothing is looked through for garbage, before or ever after."""
    gc.disable()
    before = set(sys.modules)
    _put_in_place()
    try:
        yield
    finally:
        for name in set(sys.modules) - before:
            if name.partition(".")[0] in (*ONE_MODULE_OF, *LATER, *ABSENT, LIMITER):
                del sys.modules[name]
        # What is loaded now stays: the collector need not go through it, nor write to it, which
        # would give each worker a copy of its own of the pages that they share.
        gc.freeze()
        gc.enable()


def _put_in_place() -> None:
    for name in ONE_MODULE_OF:
        if name not in sys.modules:
            sys.modules[name] = _unloaded(name)
    for name in LATER:
        if name not in sys.modules:
            sys.modules[name] = Later(name)
    for name in ABSENT:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # As Python's own mark says.
    if LIMITER not in sys.modules:
        sys.modules[LIMITER] = _module(LIMITER, "Limiter", "RequestLimit")
        sys.modules[f"{LIMITER}.util"] = _module(f"{LIMITER}.util", "get_remote_address")


def _unloaded(name: str) -> ModuleType:
    """A package whose modules can be imported, before any of its own code has run."""
    spec = find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(name=name)
    return module_from_spec(spec)


def _module(name: str, *classes: str) -> ModuleType:
    module = ModuleType(name)
    for one in classes:
        setattr(module, one, Unused)
    return module
