"""Pure: whether what a function returned is what it should, as plain data and by its exact kind."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Annotated, Literal, cast

from pydantic import Field, FiniteFloat

from sandbox.values import Iterated, Opaque
from verifier.model import Boundary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sandbox.values import Value

_MAX_DEPTH = 110
_MAX_KEY_BITS = 128
_NUMBERS = (bool, int, float)
_SEQUENCES = (list, tuple)


class Comparison(Boundary):
    """How a returned value is compared to the expected one."""

    kind: Literal["lenient", "python"] = "lenient"
    """`lenient`: a list equals a tuple, a float an int or a bool of the same value, and an int key
    of a dict its decimal digits, because JSON has only such keys. `python`: every part is of
    exactly the expected type."""
    order: Literal["exact", "outer", "any"] = "exact"
    """Whether the parts of lists may come in any order: nowhere, in the outermost list only, or in
    all of them."""
    abs_tolerance: Annotated[FiniteFloat, Field(ge=0)] = 0.0
    """The largest difference where a float is expected."""
    rel_tolerance: Annotated[FiniteFloat, Field(ge=0, le=1)] = 0.0
    """The same as a share of the expected number; the larger of both decides."""


def equal(expected: Value, got: Value, comparison: Comparison, depth: int = 0) -> bool:  # noqa: PLR0911 - one for each kind
    """Whether both are the same; NaN equals NaN, and what is no data equals nothing."""
    if depth > _MAX_DEPTH or isinstance(expected, Opaque | Iterated):
        return False
    lenient = comparison.kind == "lenient"
    kind, other = type(expected), type(got)
    if kind in _NUMBERS:
        alike = other in _NUMBERS if lenient else other is kind
        return alike and _equal_numbers(cast("float", expected), cast("float", got), comparison)
    if kind is not other and not (lenient and kind in _SEQUENCES and other in _SEQUENCES):
        return False
    if kind in (*_SEQUENCES, deque, set, frozenset):
        parts = cast("tuple[Value, ...]", expected), cast("tuple[Value, ...]", got)
        return _equal_parts(*parts, comparison, depth)
    if kind is dict:
        dicts = cast("dict[Value, Value]", expected), cast("dict[Value, Value]", got)
        return _equal_dicts(*dicts, comparison, depth)
    try:
        return bool(expected == got)
    except ArithmeticError:  # a signalling NaN of Decimal
        return False


def _equal_parts(
    expected: Collection[Value], got: Collection[Value], comparison: Comparison, depth: int
) -> bool:
    if len(expected) != len(got):
        return False
    anyhow = comparison.order == "any" or (comparison.order == "outer" and depth == 0)
    if anyhow or isinstance(expected, set | frozenset):
        expected, got = (
            sorted(side, key=lambda part: _rank(part, comparison)) for side in (expected, got)
        )
    pairs = zip(expected, got, strict=True)
    return all(equal(one, two, comparison, depth + 1) for one, two in pairs)


def _equal_numbers(expected: float, got: float, comparison: Comparison) -> bool:
    if expected == got:
        return True
    if type(expected) is not float:
        return False
    if math.isnan(expected):
        return type(got) is float and math.isnan(got)
    try:
        gap = abs(float(got) - expected)
    except OverflowError:
        return False
    tolerance = max(comparison.abs_tolerance, comparison.rel_tolerance * abs(expected))
    return math.isfinite(expected) and gap <= tolerance


def _equal_dicts(
    expected: dict[Value, Value], got: dict[Value, Value], comparison: Comparison, depth: int
) -> bool:
    lenient = comparison.kind == "lenient"
    wanted, given = ({_key(k, lenient=lenient): v for k, v in d.items()} for d in (expected, got))
    return wanted.keys() == given.keys() and all(
        equal(value, given[key], comparison, depth + 1) for key, value in wanted.items()
    )


def _key(key: Value, *, lenient: bool) -> object:
    """A key that equals only those that count as the same."""
    if lenient:
        return str(key) if type(key) is int and key.bit_length() <= _MAX_KEY_BITS else key
    return type(key), key


def _rank(value: Value, comparison: Comparison, depth: int = 0) -> tuple[int, object]:
    """Sorts values of any kinds, so that those which count as the same stand side by side."""
    if isinstance(value, _NUMBERS):
        return (0, 0) if value != value else (1, value)  # noqa: PLR0124 - NaN has no place in an order
    if isinstance(value, str):
        return 2, value
    if depth > _MAX_DEPTH or isinstance(value, Opaque | Iterated):
        return 3, ""
    if isinstance(value, dict):
        return 4, tuple(sorted(_ranks((p for i in value.items() for p in i), comparison, depth)))
    if isinstance(value, list | tuple | deque | set | frozenset):
        ranks = _ranks(value, comparison, depth)
        ordered = isinstance(value, list | tuple | deque) and comparison.order != "any"
        return 5, tuple(ranks if ordered else sorted(ranks))
    return 6, repr(value)[:200]


def _ranks(parts: Iterable[Value], comparison: Comparison, depth: int) -> list[tuple[int, object]]:
    return [_rank(part, comparison, depth + 1) for part in parts]
