"""What a test file claims, read from its syntax: nothing of it is imported or run.

A test is walked statement by statement with the literals that its names stand for; a call is kept
as what was called with which literals, and an assertion on it as a claim.
"""

from __future__ import annotations

import ast
import contextlib
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from suites.literals import Called, UnknownError, literal, partial, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Literal, Names

_MAX_TURNS = 2_000
_TESTED = (ast.FunctionDef, ast.AsyncFunctionDef)
Test = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Claim:
    """An assertion that a call returns what is expected."""

    origin: str
    called: Called
    expected: Literal
    names: Names


def claims(path: Path, root: Path) -> Iterator[Claim]:
    """Every claim of a test file on a call, in order."""
    tree = parse(path)
    module = _assigned(tree.body, {})
    for owner, test, fixtures in _tests(tree):
        for bound in _bindings(test, module):
            names = {**module, **fixtures, **bound}
            for node, called, expected, known in _walk(test.body, names):
                name = f"{owner}.{test.name}" if owner else test.name
                origin = f"{path.relative_to(root)}::{name}:{node.lineno}"
                yield Claim(origin, called, expected, known)


def claims_of(text: str, place: str) -> Iterator[Claim]:
    """The same of statements that stand in no test, at a place; none where they are no Python."""
    with contextlib.suppress(SyntaxError):
        for node, called, expected, known in _walk(ast.parse(text).body, {}):
            yield Claim(f"{place}:{node.lineno}", called, expected, known)


def cases(path: Path, root: Path) -> Iterator[tuple[str, Names]]:
    """Where every test of a file is, with the names of each of its cases."""
    tree = parse(path)
    module = _assigned(tree.body, {})
    for owner, test, fixtures in _tests(tree):
        for bound in _bindings(test, module):
            name = f"{owner}.{test.name}" if owner else test.name
            origin = f"{path.relative_to(root)}::{name}:{test.lineno}"
            yield origin, {**module, **fixtures, **bound}


def parse(path: Path) -> ast.Module:
    """The syntax of a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return ast.parse(path.read_text(encoding="utf-8"))


def _tests(tree: ast.Module) -> Iterator[tuple[str, Test, Names]]:
    for node in tree.body:
        if isinstance(node, _TESTED):
            yield "", node, {}
        elif isinstance(node, ast.ClassDef):
            fixtures = _assigned(node.body, {})
            for member in node.body:
                if isinstance(member, _TESTED):
                    yield node.name, member, fixtures


def _assigned(body: list[ast.stmt], names: Names) -> Names:
    found = dict(names)
    for node in body:
        with contextlib.suppress(UnknownError):
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                _bind(node.targets[0], literal(node.value, found), found)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                _bind(node.target, literal(node.value, found), found)
    return found


def _bindings(test: Test, names: Names) -> list[Names]:
    """What the parameters of a test are, for each of its cases."""
    bindings: list[Names] = [{}]
    for decorator in test.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        called = ast.unparse(decorator.func)
        with contextlib.suppress(UnknownError):
            if called.endswith("mark.parametrize"):
                rows = _cases(decorator, names)
                bindings = [{**one, **row} for one in bindings for row in rows]
            elif called.endswith("parameterized.expand"):
                parameters = [argument.arg for argument in test.args.args if argument.arg != "self"]
                rows = _rows(literal(decorator.args[0], names), parameters)
                bindings = [{**one, **row} for one in bindings for row in rows]
            elif called.endswith("parameterized.named_parameters"):
                named = [literal(argument, names) for argument in decorator.args]
                rows = [row for row in named if isinstance(row, dict)]
                bindings = [{**one, **row} for one in bindings for row in rows]
    return bindings


def _cases(decorator: ast.Call, names: Names) -> list[Names]:
    spelled = literal(decorator.args[0], names)
    parameters = (
        [name.strip() for name in spelled.split(",")]
        if isinstance(spelled, str)
        else [str(name) for name in sequence(spelled)]
    )
    listed = decorator.args[1]
    if not isinstance(listed, ast.List | ast.Tuple):
        return _rows(literal(listed, names), parameters)
    found = []
    for element in listed.elts:
        # A case that cannot be read does not hide the others.
        with contextlib.suppress(UnknownError):
            found += _rows([_case(element, names)], parameters)
    return found


def _case(node: ast.expr, names: Names) -> Literal:
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("param"):
        values = [partial(argument, names) for argument in node.args]
        return values[0] if len(values) == 1 else tuple(values)
    if isinstance(node, ast.Tuple):
        return tuple(partial(element, names) for element in node.elts)
    return literal(node, names)


def _rows(cases: Literal, parameters: list[str]) -> list[Names]:
    if len(parameters) == 1:
        return [{parameters[0]: case} for case in sequence(cases)]
    return [dict(zip(parameters, sequence(case), strict=False)) for case in sequence(cases)]


def _walk(body: list[ast.stmt], names: Names) -> Iterator[tuple[ast.stmt, Called, Literal, Names]]:
    for node in body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                _assign(target, node.value, names)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            _assign(node.target, node.value, names)
        elif isinstance(node, ast.With | ast.AsyncWith):
            yield from _walk(node.body, names)
        elif isinstance(node, ast.Try):
            yield from _walk([*node.body, *node.finalbody], names)
        elif isinstance(node, ast.For):
            yield from _turns(node, names)
        else:
            with contextlib.suppress(UnknownError):
                found = _asserted(node, names)
                if found is not None:
                    yield node, *found, dict(names)


def _turns(node: ast.For, names: Names) -> Iterator[tuple[ast.stmt, Called, Literal, Names]]:
    try:
        turns = sequence(literal(node.iter, names))[:_MAX_TURNS]
    except UnknownError:
        return
    for turn in turns:
        with contextlib.suppress(UnknownError):
            _bind(node.target, turn, names)
            yield from _walk(node.body, names)


def _assign(target: ast.expr, value: ast.expr, names: Names) -> None:
    try:
        _bind(target, literal(value, names), names)
    except UnknownError:
        for name in ast.walk(target):
            if isinstance(name, ast.Name):
                names.pop(name.id, None)


def _bind(target: ast.expr, value: Literal, names: Names) -> None:
    if isinstance(target, ast.Name):
        names[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        if isinstance(value, Called):
            for index, element in enumerate(target.elts):
                _bind(element, value[index], names)
            return
        for element, one in zip(target.elts, sequence(value), strict=False):
            _bind(element, one, names)


def _asserted(node: ast.stmt, names: Names) -> tuple[Called, Literal] | None:
    """The call that a statement makes a claim on, and what it claims."""
    if isinstance(node, ast.Assert):
        return _truth(node.test, names, wanted=True)
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return None
    called = node.value
    name = called.func.attr if isinstance(called.func, ast.Attribute) else ""
    if name in {"assertTrue", "assertFalse"}:
        return _truth(called.args[0], names, wanted=name == "assertTrue")
    name = name or ast.unparse(called.func)
    if name in {"assertEqual", "test_eq"}:
        return _compared(called.args[0], called.args[1], names)
    # A call that asserts by itself, such as `assert_equal(a, b)`.
    found = literal(called, names)
    return (found, None) if isinstance(found, Called) else None


def _truth(node: ast.expr, names: Names, *, wanted: bool) -> tuple[Called, Literal] | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _truth(node.operand, names, wanted=not wanted)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        if not isinstance(node.ops[0], ast.Eq | ast.Is):
            return None
        found = _compared(node.left, node.comparators[0], names)
        return found if wanted or found is None else (found[0], not found[1])
    value = literal(node, names)
    return (value, wanted) if isinstance(value, Called) else None


def _compared(left: ast.expr, right: ast.expr, names: Names) -> tuple[Called, Literal] | None:
    values = partial(left, names), partial(right, names)
    if isinstance(values[0], Called):
        return values[0], values[1]
    return (values[1], values[0]) if isinstance(values[1], Called) else None
