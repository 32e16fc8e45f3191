"""Small mistakes, one at a time, in a Python file: what a careless edit could do to a rule."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
RENAMED = {
    "and_": "or_",
    "or_": "and_",
    "any": "all",
    "all": "any",
    "min": "max",
    "max": "min",
    "true": "false",
    "false": "true",
    "is_": "is_not",
    "is_not": "is_",
    "startswith": "endswith",
}
NEXT = {
    "NONE": "READ",
    "READ": "COMMENT",
    "COMMENT": "WRITE",
    "WRITE": "MANAGE",
    "MANAGE": "WRITE",
}
MANY = {"and_", "or_", "where", "some", "frozenset"}
"""Calls whose arguments are conditions, any of which may be forgotten."""


@dataclass(frozen=True)
class Mutant:
    """A file with one mistake in it."""

    path: Path
    line: int
    what: str
    source: str

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}: {self.what}"


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mistake that is known here, each in a copy of its own."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spared = _annotations(tree)
    for place, node in enumerate(ast.walk(tree)):
        if node in spared or not hasattr(node, "lineno"):
            continue
        for number, what in enumerate(_mistakes(node)):
            changed = copy.deepcopy(tree)
            target = list(ast.walk(changed))[place]
            _make(target, number)
            yield Mutant(path, node.lineno, what, ast.unparse(ast.fix_missing_locations(changed)))


def _annotations(tree: ast.AST) -> set[ast.AST]:
    """All that only tells a type."""
    found: list[ast.AST | None] = []
    for node in ast.walk(tree):
        found += [getattr(node, "annotation", None), getattr(node, "returns", None)]
    return {part for one in found if one is not None for part in ast.walk(one)}


def _mistakes(node: ast.AST) -> list[str]:
    """What can go wrong at a node, in words; the place in the list is the mistake's number."""
    return [what for what, _change in _changes(node)]


def _make(node: ast.AST, number: int) -> None:
    list(_changes(node))[number][1]()


def _changes(node: ast.AST) -> Iterator[tuple[str, object]]:
    known = {
        ast.Compare: _of_compare,
        ast.BoolOp: _of_bool_op,
        ast.Constant: _of_constant,
        ast.Call: _of_call,
        ast.Attribute: _of_attribute,
        ast.Set: _of_many,
        ast.If: _of_if,
        ast.IfExp: _of_if,
        ast.BinOp: _of_bin_op,
        ast.GeneratorExp: _of_generators,
        ast.ListComp: _of_generators,
        ast.SetComp: _of_generators,
        ast.DictComp: _of_generators,
    }
    found = known.get(type(node))
    if found is not None:
        yield from found(node)


def _of_compare(node):
    for place, operator in enumerate(node.ops):
        turned = TURNED[type(operator)]
        yield (
            f"{ast.unparse(node)} with {turned.__name__}",
            lambda p=place, t=turned: node.ops.__setitem__(p, t()),
        )


def _of_bool_op(node):
    other = ast.Or if isinstance(node.op, ast.And) else ast.And
    yield f"{ast.unparse(node)} with {other.__name__}", lambda: setattr(node, "op", other())
    yield from _without_one(node, node.values)


def _of_many(node):
    yield from _without_one(node, node.elts)


def _without_one(node, parts):
    for place, part in enumerate(parts if len(parts) > 1 else ()):
        yield f"without {ast.unparse(part)}", lambda p=place: parts.pop(p)


def _of_constant(node):
    value = node.value
    if isinstance(value, bool):
        yield f"{value} turned", lambda: setattr(node, "value", not value)
    elif isinstance(value, int):
        yield f"{value} + 1", lambda: setattr(node, "value", value + 1)


def _of_call(node):
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if name in RENAMED:
        attribute = "id" if isinstance(node.func, ast.Name) else "attr"
        other = RENAMED[name]
        yield f"{name} as {other}", lambda: setattr(node.func, attribute, other)
    if name == "not_":
        yield f"{ast.unparse(node)} without not_", lambda: setattr(node.func, "id", "and_")
    if name in MANY:
        yield from _without_one(node, node.args)


def _of_attribute(node):
    if isinstance(node.value, ast.Name) and node.value.id == "Level" and node.attr in NEXT:
        yield f"Level.{node.attr} + 1", lambda: setattr(node, "attr", NEXT[node.attr])


def _of_if(node):
    def turn():
        node.test = ast.UnaryOp(ast.Not(), node.test)

    yield f"if not ({ast.unparse(node.test)})", turn


def _of_bin_op(node):
    turned = {ast.BitOr: ast.BitAnd, ast.Sub: ast.Add, ast.Add: ast.Sub}.get(type(node.op))
    if turned is not None:
        yield f"{ast.unparse(node)} with {turned.__name__}", lambda: setattr(node, "op", turned())


def _of_generators(node):
    for each in node.generators:
        for place, one in enumerate(each.ifs):
            yield f"without if {ast.unparse(one)}", lambda e=each, p=place: e.ifs.pop(p)
