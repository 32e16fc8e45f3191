"""A mutant put in place of what a loaded module does, so that everybody who uses it gets it.

Only the statement with the mistake is run anew, in a copy of the module's names. Functions keep who
they are and change what they do; a constant is bound anew wherever it was imported. What another
module made of a constant when it was loaded stays as it was, so such a mutant may live too long.
"""

import ast
import sys
from functools import _lru_cache_wrapper
from types import FunctionType

from config import ROOT
from tests.mutants.mutations import Mutant

VISITS = "_visits"
HOUSES = ("app.", "tests.")
KEPT = {"__dict__", "__weakref__", "__module__", "__doc__", "__setattr__", "__delattr__"}
"""Of a class: what belongs to the class object itself."""


def place_of(path, line):
    """The function (or ``Class.method``) around a line; None outside of all."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        for inner, name in _functions(node):
            if _holds(inner, line):
                return name
    return None


def _functions(node):
    if isinstance(node, ast.FunctionDef):
        yield node, node.name
    if isinstance(node, ast.ClassDef):
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef):
                yield inner, f"{node.name}.{inner.name}"


def note_visits(path):
    """Let each function of a file note when somebody comes by; the set in which the names stand."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        for inner, name in _functions(node):
            inner.body[:0] = ast.parse(f"{VISITS}.add({name!r})").body
    visits = vars(_module(path))[VISITS] = set()
    put_in_place(Mutant(path, 0, "notes who comes by", ast.unparse(tree)))
    return visits


def put_in_place(mutant):
    """Make the mistake in the running process."""
    module = _module(mutant.path)
    names = dict(vars(module))
    changed: set[str] = set()
    for statement in _to_run(mutant, changed):
        part = ast.Module([statement], [])
        exec(compile(part, str(mutant.path), "exec"), names)  # noqa: S102  # That is the mutant.
    for name in changed:
        _move(module, name, names[name])
    forget_what_was_made()


def forget_what_was_made():
    """Conditions are kept once they are made, also by those who only use what has the mistake."""
    for name, module in list(sys.modules.items()):
        if name.startswith(HOUSES):
            for value in vars(module).values():
                if isinstance(value, _lru_cache_wrapper):
                    value.cache_clear()


def _module(path):
    return sys.modules[".".join(path.relative_to(ROOT).with_suffix("").parts)]


def _to_run(mutant, changed):
    """The statement with the mistake, and the later ones that are made from what it makes:
    constants, and functions by what they take when nothing is given."""
    before = ast.parse(mutant.path.read_text(encoding="utf-8")).body
    after = ast.parse(mutant.source).body
    constants: set[str] = set()
    for old, new in zip(before, after, strict=True):
        is_changed = _holds(old, mutant.line) and ast.dump(old) != ast.dump(new)
        if is_changed or _made_from(new) & constants:
            changed |= _makes(new)
            constants |= _makes(new) if _is_constant(new) else set()
            yield new


def _holds(statement, line):
    """Whether a line is of a statement; line 0 is of all."""
    return not line or _first_line(statement) <= line <= statement.end_lineno


def _first_line(statement):
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])


def _made_from(statement):
    """What is looked up when the statement is run, not later, as far as it is made anew."""
    if isinstance(statement, ast.FunctionDef):
        arguments = statement.args
        defaults = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
        return {name for one in defaults for name in _uses(one)}
    return _uses(statement) if _is_constant(statement) else set()


def _is_constant(statement):
    return isinstance(statement, ast.Assign | ast.AnnAssign)


def _uses(statement):
    return {one.id for one in ast.walk(statement) if isinstance(one, ast.Name)}


def _makes(statement):
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {one.id for one in targets}


def _move(module, name, new):
    old = vars(module)[name]
    if isinstance(old, type):
        _move_class(old, new)
    elif not _move_function(old, new):
        for other in [one for key, one in sys.modules.items() if key.startswith(HOUSES)]:
            if vars(other).get(name) is old:
                setattr(other, name, new)


def _move_class(old, new):
    for name in {*vars(old)} - {*vars(new)} - KEPT | {*vars(old)} & {"__setattr__"} - {*vars(new)}:
        delattr(old, name)
    for name in {*vars(new)} - KEPT:
        was, now = vars(old).get(name), vars(new)[name]
        if not _move_function(was, now):
            setattr(old, name, now)


def _move_function(old, new):
    """Let a function do what another does; False where it is none, or made by a decorator."""
    old, new = _inner(old), _inner(new)
    if not isinstance(old, FunctionType) or old.__code__.co_filename == "<string>":
        return False
    if len(old.__closure__ or ()) != len(new.__closure__ or ()):
        return False
    old.__code__, old.__defaults__ = new.__code__, new.__defaults__
    old.__kwdefaults__ = new.__kwdefaults__
    return True


def _inner(value):
    """The function inside a property, a method or a decorator's wrapping."""
    for name in ("fget", "__func__", "__wrapped__"):
        if hasattr(value, name):
            return _inner(getattr(value, name))
    return value
