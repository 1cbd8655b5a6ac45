"""Pure: what test expressions may do with plain data; nothing grows or runs without a bound."""

from __future__ import annotations

import ast
import operator
from collections import deque
from itertools import chain
from typing import TYPE_CHECKING, cast

from sandbox import values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MAX_BITS = 1 << 16
MAX_PARTS = 2_000_000
_MAX_LOOP = 200_000
_FEW = 1_000
_MAX_COLLISIONS = 50
_CHARS_A_PART = 8

_NUMBERS = (bool, int, float, complex)
_TEXTS = (str, bytes)
_INTS = {bool, int}
_REPEATED = {*_TEXTS, list, tuple}
_SETS = (set, frozenset)
_CONTAINERS = (list, tuple, set, frozenset, deque)
_ITERABLES = (*_CONTAINERS, *_TEXTS, dict, range)


class RefusedError(Exception):
    """An operation is not one of those allowed here, or would be too large."""


class Foreign:
    """A value that is no data: equal to itself only."""


class Lazy:
    """What an iterator yields; equal to itself only, as iterators are."""

    def __init__(self, parts: Iterable[object]) -> None:
        self.parts = list(parts)


def from_program(value: object) -> object:
    """A returned value, with the parts that are no data made equal to nothing."""
    if isinstance(value, values.Opaque):
        return Foreign()
    if isinstance(value, values.Iterated):
        return Lazy(from_program(part) for part in value.items)
    if isinstance(value, dict):
        return {from_program(k): from_program(v) for k, v in value.items()}
    if isinstance(value, _CONTAINERS):
        return type(value)(from_program(part) for part in value)
    return value


def size(value: object, limit: int = MAX_PARTS) -> int:
    """How many parts a value has; what stands there twice counts twice.

    Raises:
        RefusedError: there are more than `limit`.
    """
    count, rest = 0, [value]
    while rest:
        one = rest.pop()
        count += 1
        if isinstance(one, _TEXTS):
            count += len(one) // _CHARS_A_PART
        elif isinstance(one, dict):
            rest.extend(chain(one.keys(), one.values()))
        elif isinstance(one, Lazy):
            rest.extend(one.parts)
        elif isinstance(one, _CONTAINERS):
            rest.extend(one)
        if count + len(rest) > limit:
            raise RefusedError("a value has too many parts")
    return count


def iterate(value: object) -> Iterator[object]:
    """The parts of a value.

    Raises:
        TypeError: it has none.
    """
    if isinstance(value, Lazy):
        return iter(value.parts)
    if not isinstance(value, _ITERABLES):
        raise TypeError(f"{type(value).__name__} cannot be iterated")
    if isinstance(value, range) and len(value) > _MAX_LOOP:
        raise RefusedError("a loop is too long")
    return iter(value)


def binary(kind: type[ast.operator], one: object, two: object) -> object:
    """`one <operator> two`."""
    sides = (type(one), type(two))
    if all(side in _NUMBERS for side in sides):
        _check_numbers(kind, one, two)
    elif kind is ast.Mult and _INTS.intersection(sides) and _REPEATED.intersection(sides):
        text, number = (two, one) if isinstance(one, int) else (one, two)
        if len(cast("str", text)) * max(cast("int", number), 0) > MAX_PARTS:
            raise RefusedError("a value has too many parts")
    elif not (
        (kind is ast.Add and sides[0] is sides[1] and sides[0] in (*_TEXTS, list, tuple))
        or (kind in _SET_OPERATORS and all(side in _SETS for side in sides))
        or (kind is ast.BitOr and sides == (dict, dict))
    ):
        raise TypeError(f"no {kind.__name__} of {sides[0].__name__} and {sides[1].__name__}")
    return OPERATORS[kind](one, two)


def _check_numbers(kind: type[ast.operator], one: object, two: object) -> None:
    if not (isinstance(one, int) and isinstance(two, int)):
        return
    bits = max(one.bit_length(), two.bit_length())
    if kind is ast.Pow:
        bits = one.bit_length() * max(two, 1)
    elif kind is ast.LShift:
        bits += max(two, 0)
    if bits > MAX_BITS:
        raise RefusedError("a number is too large")


_SET_OPERATORS = (ast.BitOr, ast.BitAnd, ast.BitXor, ast.Sub)
OPERATORS: dict[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}


def unary(kind: type[ast.unaryop], one: object) -> object:
    """`<operator> one`."""
    if kind is ast.Not:
        return not one
    if type(one) not in _NUMBERS:
        raise TypeError(f"no {kind.__name__} of {type(one).__name__}")
    if kind is ast.Invert:
        return ~cast("int", one)
    return -cast("complex", one) if kind is ast.USub else one


def compare(kind: type[ast.cmpop], one: object, two: object) -> bool:
    """`one <operator> two`."""
    if kind in (ast.Is, ast.IsNot):
        return (one is two) is (kind is ast.Is)
    if kind in (ast.In, ast.NotIn):
        if isinstance(two, Lazy | range):
            two = list(iterate(two))
        elif not isinstance(two, _ITERABLES):
            raise TypeError(f"{type(two).__name__} cannot be searched")
        return (one in cast("list[object]", two)) is (kind is ast.In)
    if kind in (ast.Eq, ast.NotEq):
        return bool(one == two) is (kind is ast.Eq)
    small, large = cast("tuple[int, int]", (one, two))
    orders = {
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
    }
    return bool(orders[cast("type[ast.Lt]", kind)](small, large))


def hashable(parts: Iterable[object]) -> list[object]:
    """Parts for a set or a dict; refused where somebody made them collide."""
    listed = list(parts)
    if len(listed) > _FEW:
        seen: dict[int, list[object]] = {}
        for part in listed:
            same = seen.setdefault(hash(part), [])
            if part not in same:
                same.append(part)
            if len(same) > _MAX_COLLISIONS:
                raise RefusedError("too many parts have the same hash")
    return listed
