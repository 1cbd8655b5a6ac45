"""The values of expressions, read from their syntax: literals, known names, and calls as such."""

from __future__ import annotations

import ast
import contextlib
import operator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Literal = object
Names = dict[str, Literal]

_MAX_REPEATED = 1_000


class UnknownError(ValueError):
    """The expression is no literal."""


@dataclass(frozen=True, slots=True)
class Called:
    """A call with literal arguments, or a part of what it returns."""

    name: str
    arguments: tuple[Literal, ...]
    node: ast.expr
    keywords: Mapping[str, Literal] = field(default_factory=dict)
    part: tuple[Literal, ...] = ()

    def __getitem__(self, key: object) -> Called:
        return replace(self, part=(*self.part, key))


@dataclass(frozen=True, slots=True)
class Unread:
    """An argument that is no literal; its source is kept."""

    node: ast.expr


_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def partial(node: ast.expr, names: Names) -> Literal:
    """The value of an expression, or the expression where it has none."""
    try:
        return literal(node, names)
    except UnknownError:
        return Unread(node)


def literal(node: ast.expr, names: Names) -> Literal:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of syntax
    """The value of an expression of literals, known names and calls.

    Raises:
        UnknownError: it is made of something else.
    """
    match node:
        case ast.Constant(value):
            return value
        case ast.Name(name) if name in names:
            return names[name]
        case ast.Tuple(elements):
            return tuple(literal(element, names) for element in elements)
        case ast.List(elements):
            return [literal(element, names) for element in elements]
        case ast.Dict(keys, values):
            return {
                str(literal(key, names)): partial(value, names)
                for key, value in zip(keys, values, strict=True)
                if key is not None
            }
        case ast.JoinedStr(pieces):
            return "".join(_piece(piece, names) for piece in pieces)
        case ast.UnaryOp(ast.USub(), operand):
            return -_number(literal(operand, names))
        case ast.BinOp(left, how, right):
            return _combined(literal(left, names), how, literal(right, names))
        case ast.Subscript(value, index):
            return _item(literal(value, names), literal(index, names))
        case ast.Attribute(value, name):
            owner = literal(value, names)
            if isinstance(owner, Called):
                return owner[name]
        case ast.Await(value):
            return literal(value, names)
        case ast.Call(function, arguments, keywords):
            return _called(function, arguments, keywords, names)
        case ast.IfExp():
            pass
    raise UnknownError(ast.unparse(node))


def _piece(node: ast.expr, names: Names) -> str:
    if isinstance(node, ast.FormattedValue):
        if node.format_spec is not None:
            raise UnknownError(ast.unparse(node))
        return str(literal(node.value, names))
    return str(literal(node, names))


def _combined(left: Literal, how: ast.operator, right: Literal) -> Literal:
    match left, how, right:
        case str(), ast.Add(), str():
            return left + right
        case list(), ast.Add(), list():
            return left + right
        case (str(), ast.Mult(), int()) | (list(), ast.Mult(), int()) if right <= _MAX_REPEATED:
            return left * right
    operation = _OPERATIONS.get(type(how))
    if operation is None:
        raise UnknownError(f"{left!r}, {right!r}")
    return operation(_number(left), _number(right))


def _number(value: Literal) -> float:
    if isinstance(value, int | float):
        return value
    raise UnknownError(repr(value))


def sequence(value: Literal) -> list[Literal]:
    """The members of a list or a tuple.

    Raises:
        UnknownError: it is neither.
    """
    if isinstance(value, list | tuple):
        return list(value)
    raise UnknownError(repr(value))


def _item(value: Literal, index: Literal) -> Literal:
    if isinstance(value, Called):
        return value[index]
    try:
        if isinstance(value, dict):
            return value[str(index)]
        if isinstance(value, list | tuple | str) and isinstance(index, int):
            return value[index]
    except LookupError as error:
        raise UnknownError(repr(index)) from error
    raise UnknownError(repr(value))


def _called(
    function: ast.expr, arguments: list[ast.expr], keywords: list[ast.keyword], names: Names
) -> Literal:
    name = function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
    if name == "zip":
        columns = [sequence(literal(argument, names)) for argument in arguments]
        return [tuple(row) for row in zip(*columns, strict=False)]
    if name == "dict" and not arguments:
        return {k.arg: partial(k.value, names) for k in keywords if k.arg}
    if name in {"str", "float", "int", "bool"} and len(arguments) == 1:
        value = literal(arguments[0], names)
        if isinstance(value, Called):
            return value
        raise UnknownError(name)
    if name == "format" and isinstance(function, ast.Attribute):
        template = literal(function.value, names)
        if isinstance(template, str):
            with contextlib.suppress(LookupError, ValueError):
                return template.format(
                    *(literal(argument, names) for argument in arguments),
                    **{k.arg: literal(k.value, names) for k in keywords if k.arg},
                )
        raise UnknownError(name)
    return Called(
        name,
        tuple(partial(argument, names) for argument in arguments),
        ast.Call(function, arguments, keywords),
        {k.arg: partial(k.value, names) for k in keywords if k.arg},
    )
