"""Pure: which names of the program test code uses."""

from __future__ import annotations

import ast
import builtins
from enum import Enum

_BUILTINS = frozenset(dir(builtins))


def entries_of(tree: ast.Module) -> tuple[str, ...]:
    """The functions of the program that test code calls, where nobody says it: those not defined.

    A program may have a function of a builtin's name, so without others the first call counts.
    """
    called = [_called(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    free = free_names(tree)
    own = tuple(dict.fromkeys(name for name in called if name in free))
    if own:
        return own
    first = (_first_call(node.test) for node in ast.walk(tree) if isinstance(node, ast.Assert))
    return tuple(dict.fromkeys(name for name in first if name))[:1]


def free_names(tree: ast.Module) -> tuple[str, ...]:
    """The names that are used and neither defined there nor builtin, in order of appearance."""
    bound = _bound_names(tree)
    used = dict.fromkeys(
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )
    return tuple(name for name in used if name not in bound and name not in _BUILTINS)


def _bound_names(tree: ast.Module) -> set[str]:
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return bound


def imported_names(tree: ast.Module) -> tuple[str, ...]:
    """What test code imports from the module `solution`."""
    found = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "solution"
        for alias in node.names
    ]
    attributes = [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "solution"
    ]
    return tuple(dict.fromkeys([*found, *attributes]))


# What these give is data, or is called by the test code only.
_DATA_MODULES = frozenset(
    {
        *("collections", "copy", "functools", "itertools", "json", "math", "operator", "random"),
        *("re", "solution", "statistics", "string", "typing", "pytest", "__future__"),
    }
)


class Need(Enum):
    """Whether test code may hand the program what is more than data, as far as can be seen.

    Decided by the tests alone: a program must not be able to choose how it is judged.
    """

    NO = "no"
    PERHAPS = "perhaps"
    YES = "yes"


def need_of_objects(tree: ast.Module, names: tuple[str, ...]) -> Need:
    """Whether test code uses objects of the program, or could pass it objects of its own."""
    own = set(names)
    if any(name[:1].isupper() for name in names):
        return Need.YES
    need = Need.NO
    objects = own.union(_BUILTINS) - _bound_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _root(node.value) in own:
            return Need.YES
        if _may_be_an_object(node, own, objects):
            need = Need.PERHAPS
    return need


def _may_be_an_object(node: ast.AST, own: set[str], objects: set[str]) -> bool:
    if isinstance(node, ast.FunctionDef):
        return node.name != "check" and not node.name.startswith("test")
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] not in _DATA_MODULES for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] not in _DATA_MODULES
    if isinstance(node, ast.Call):
        passed = [*node.args, *(keyword.value for keyword in node.keywords)]
        named = {one.id for one in passed if isinstance(one, ast.Name)}
        return _root(node) in own and bool(named & objects)
    return isinstance(node, ast.Lambda | ast.ClassDef | ast.AsyncFunctionDef)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _first_call(node: ast.expr) -> str:
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
    return _called(min(calls, key=lambda call: (call.lineno, call.col_offset))) if calls else ""
