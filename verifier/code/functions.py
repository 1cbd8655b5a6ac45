"""Pure: the functions, methods and constants that test expressions may use on plain data."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, cast

from verifier.code.operations import (
    MAX_BITS,
    MAX_PARTS,
    Lazy,
    RefusedError,
    hashable,
    iterate,
    size,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Function = Callable[..., object]

_MAX_DIGITS = 400
_NUMBERS = (bool, int, float, complex)


def _number(value: object) -> float:
    """A real number that is cheap to compute with."""
    if not isinstance(value, int | float):
        raise TypeError(f"{type(value).__name__} is no number")
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise RefusedError("a number is too large")
    return value


def _abs(value: object) -> object:
    if not isinstance(value, _NUMBERS):
        raise TypeError(f"no abs of {type(value).__name__}")
    return abs(value)


def _len(value: object) -> int:
    if isinstance(value, Lazy):
        raise TypeError("an iterator has no length")
    iterate(value)
    return len(cast("list[object]", value))


def _list(value: object = ()) -> list[object]:
    return list(iterate(value))


def _tuple(value: object = ()) -> tuple[object, ...]:
    return tuple(iterate(value))


def _set(value: object = ()) -> set[object]:
    return set(hashable(iterate(value)))


def _frozenset(value: object = ()) -> frozenset[object]:
    return frozenset(hashable(iterate(value)))


def _dict(value: object = (), **more: object) -> dict[object, object]:
    if isinstance(value, dict):
        return {**value, **cast("dict[object, object]", more)}
    pairs = [tuple(iterate(pair)) for pair in iterate(value)]
    hashable(pair[0] for pair in pairs)
    made = dict(cast("list[tuple[object, object]]", pairs))
    return {**made, **cast("dict[object, object]", more)}


def _sorted(value: object, *, reverse: object = False) -> object:
    return sorted(cast("list[str]", _list(value)), reverse=bool(reverse))


def _reversed(value: object) -> Lazy:
    if not isinstance(value, str | list | tuple | range | deque):
        raise TypeError(f"{type(value).__name__} cannot be reversed")
    return Lazy(_list(value)[::-1])


def _range(*bounds: object) -> range:
    return range(*cast("tuple[int]", bounds))


def _enumerate(value: object, start: object = 0) -> Lazy:
    return Lazy(enumerate(iterate(value), cast("int", start)))


def _zip(*several: object) -> Lazy:
    return Lazy(zip(*(iterate(one) for one in several), strict=False))


def _sum(value: object, start: object = 0) -> object:
    total: complex = _checked(start)
    for part in iterate(value):
        total += _checked(part)
    return total


def _checked(value: object) -> complex:
    return value if isinstance(value, complex) else _number(value)


def _min(*several: object) -> object:
    return min(cast("list[int]", _list(*several) if len(several) == 1 else several))


def _max(*several: object) -> object:
    return max(cast("list[int]", _list(*several) if len(several) == 1 else several))


def _any(value: object) -> bool:
    return any(iterate(value))


def _all(value: object) -> bool:
    return all(iterate(value))


def _round(value: object, digits: object = None) -> object:
    if digits is None:
        return round(_number(value))
    if not isinstance(digits, int) or abs(digits) > _MAX_DIGITS:
        raise RefusedError("round with so many digits")
    return round(_number(value), digits)


def _int(value: object = 0, base: object = None) -> int:
    if base is not None:
        return int(cast("str", value), cast("int", base))
    return int(value if isinstance(value, str) else _number(value))


def _float(value: object = 0.0) -> float:
    return float(value if isinstance(value, str) else _number(value))


def _str(value: object = "") -> str:
    size(value, MAX_PARTS // 8)
    if isinstance(value, Lazy):
        raise RefusedError("the text of an iterator")
    return str(value)


def _bool(value: object = False) -> bool:  # noqa: FBT002 - bool's own signature
    return bool(value)


def _ord(value: object) -> int:
    return ord(cast("str", value))


def _chr(value: object) -> str:
    return chr(cast("int", value))


FUNCTIONS: Mapping[str, Function] = {
    "abs": _abs,
    "all": _all,
    "any": _any,
    "bool": _bool,
    "chr": _chr,
    "dict": _dict,
    "enumerate": _enumerate,
    "float": _float,
    "frozenset": _frozenset,
    "int": _int,
    "len": _len,
    "list": _list,
    "max": _max,
    "min": _min,
    "ord": _ord,
    "range": _range,
    "reversed": _reversed,
    "round": _round,
    "set": _set,
    "sorted": _sorted,
    "str": _str,
    "sum": _sum,
    "tuple": _tuple,
    "zip": _zip,
}

TYPES: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (bool, bytes, complex, dict, float, frozenset, int, list, set, str, tuple)
}
"""What `isinstance` may ask for."""


def _real(function: Function) -> Function:
    return lambda *several, **named: function(
        *(_number(one) for one in several), **{k: _number(v) for k, v in named.items()}
    )


MATH: Mapping[str, object] = {
    **{name: getattr(math, name) for name in ("pi", "e", "tau", "inf", "nan")},
    **{
        name: _real(getattr(math, name))
        for name in (
            *("ceil", "cos", "degrees", "exp", "fabs", "floor", "fmod", "gcd", "hypot", "isclose"),
            *("isfinite", "isinf", "isnan", "log", "log10", "log2", "pow", "radians", "sin"),
            *("sqrt", "tan", "trunc"),
        )
    },
}
"""What may be used of the module `math`."""

METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset(
        {
            *("count", "endswith", "find", "index", "isalnum", "isalpha", "isdigit", "islower"),
            *("isspace", "isupper", "join", "lower", "lstrip", "rstrip", "split", "splitlines"),
            *("startswith", "strip", "upper"),
        }
    ),
    list: frozenset({"copy", "count", "index"}),
    tuple: frozenset({"count", "index"}),
    dict: frozenset({"copy", "get", "items", "keys", "values"}),
    set: frozenset({"copy", "difference", "intersection", "isdisjoint", "issubset", "issuperset"}),
}
"""The methods that may be called, by the type of the value; none changes it."""
METHOD_NAMES = frozenset().union(*METHODS.values())


def call_method(value: object, name: str, arguments: list[object]) -> object:
    """`value.name(*arguments)`.

    Raises:
        RefusedError: the type has no such method here.
    """
    if name not in METHODS.get(type(value), ()):
        raise RefusedError(f"{type(value).__name__}.{name} is not supported")
    if name == "join":
        arguments = [_list(*arguments)]
        separator = len(cast("str", value))
        parts = cast("list[str]", arguments[0])
        if sum(len(part) + separator for part in parts) > MAX_PARTS:
            raise RefusedError("a text is too long")
    elif isinstance(value, set):
        arguments = [_list(argument) for argument in arguments]
    found = getattr(value, name)(*arguments)
    return Lazy(found) if name in ("items", "keys", "values") else cast("object", found)
