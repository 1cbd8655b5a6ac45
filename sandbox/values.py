"""Python values as data: what crosses between a program and its judge, never with behaviour.

JSON, and for what JSON cannot say a one-key object `{"$kind": ...}`. Encoding takes exact types
only: an instance of a subclass, which may lie about itself, is `Opaque`. Shared by both sides.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, Union

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DEPTH = 100
MAX_NODES = 1_000_000
MAX_DIGITS = 4300
"""Of the parts of a fraction, and of an integer that is written in decimal: Python's own limit."""
_MAX_EQUAL_HASHES = 256
"""Numbers can be chosen to have the same hash; a set of so many more takes quadratic time."""


class Opaque(NamedTuple):
    """A value that is no data; equal to nothing that a test can write down."""

    type: str


class Iterated(NamedTuple):
    """What an iterator or a view yielded."""

    items: tuple[Any, ...]


Value = Union[
    None, bool, int, float, complex, str, bytes, range, Fraction, Decimal, Opaque, Iterated,
    list[Any], tuple[Any, ...], set[Any], frozenset[Any], dict[Any, Any], "deque[Any]",
]  # fmt: skip


class TooLarge(ValueError):
    """The value is nested too deeply or has too many parts."""


def encode(value: object) -> str:
    """A value as JSON text.

    Raises:
        TooLarge: it is nested more than `MAX_DEPTH` deep or has more than `MAX_NODES` parts.
    """
    return json.dumps(_Encoder().encode(value, 0), ensure_ascii=True, separators=(",", ":"))


def decode(text: str | bytes) -> Value:
    """The value that `encode` wrote.

    Raises:
        ValueError: the text is not what `encode` writes.
    """
    try:
        value: Value = _decode(json.loads(text, parse_int=_integer), 0)
    except (TypeError, LookupError, ArithmeticError, RecursionError, AttributeError) as error:
        raise ValueError("not an encoded value") from error
    return value


def _integer(digits: str) -> int:
    # Not int(): past so many digits Python refuses, where its limit was not set to another.
    if len(digits) > MAX_DIGITS:
        raise ValueError("an integer is written in hexadecimal past 4300 digits")
    return int(digits)


class _Encoder:
    def __init__(self) -> None:
        self._nodes = 0

    def encode(self, value: Any, depth: int) -> Any:  # noqa: C901, PLR0911 - a case a kind
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise TooLarge("the value is too deep or too large")
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            return value if -(1 << 62) < value < 1 << 62 else {"$int": hex(value)}
        if kind is float:
            return value if isfinite(value) else {"$float": repr(value)}
        inner = depth + 1
        if kind is list:
            return [self.encode(v, inner) for v in value]
        if kind is tuple:
            return {"$tuple": [self.encode(v, inner) for v in value]}
        if kind is dict:
            if all(type(k) is str and not k.startswith("$") for k in value):
                return {k: self.encode(v, inner) for k, v in value.items()}
            pairs = [[self.encode(k, inner), self.encode(v, inner)] for k, v in value.items()]
            return {"$dict": pairs}
        if kind is set or kind is frozenset:
            parts = [self.encode(v, inner) for v in value]
            parts.sort(key=lambda part: json.dumps(part, sort_keys=True))
            return {"$set" if kind is set else "$frozenset": parts}
        if kind is bytes or kind is bytearray:
            return {"$bytes": bytes(value).hex()}
        if kind is complex:
            return {"$complex": [repr(value.real), repr(value.imag)]}
        return self._foreign(value, kind, depth)

    def _foreign(self, value: Any, kind: type, depth: int) -> Any:  # noqa: PLR0911 - likewise
        """Values of well-known libraries as the data that they hold."""
        module, name = str(kind.__module__), str(kind.__name__)
        inner = depth + 1
        if tuple in kind.__mro__ and hasattr(kind, "_fields"):
            # A named tuple is what it holds; its own methods are not asked.
            return {"$tuple": [self.encode(v, inner) for v in tuple.__iter__(value)]}
        if module == "numpy" or module.startswith("numpy."):
            convert = getattr(kind, "tolist", None)
            plain = convert(value) if convert is not None else value
            if type(plain) is not kind:
                return self.encode(plain, inner)
        elif module == "builtins" and name == "range":
            return {
                "$range": [self.encode(v, inner) for v in (value.start, value.stop, value.step)]
            }
        elif module == "collections" and name in ("defaultdict", "Counter", "OrderedDict"):
            return self.encode(dict(value), inner)
        elif module == "collections" and name == "deque":
            return {"$deque": [self.encode(v, inner) for v in value]}
        elif module == "fractions" and name == "Fraction":
            return {"$fraction": [hex(value.numerator), hex(value.denominator)]}
        elif module in ("decimal", "_decimal") and name == "Decimal":
            return {"$decimal": str(value)}
        elif module in ("builtins", "itertools") and hasattr(kind, "__iter__"):
            # Generators, views, map, zip ...: what they yield, as far as the limit on parts goes.
            return {"$iterated": [self.encode(v, inner) for v in value]}
        return {"$opaque": name[:100]}


def _decode(value: Any, depth: int) -> Any:
    if depth > 2 * MAX_DEPTH + 2:
        raise ValueError("nested too deeply")
    kind = type(value)
    if kind is list:
        return [_decode(v, depth + 1) for v in value]
    if kind is not dict:
        return value
    if len(value) == 1:
        ((key, inner),) = value.items()
        if key.startswith("$"):
            return _decode_tagged(key, inner, depth + 1)
    return {k: _decode(v, depth + 1) for k, v in value.items()}


def _decode_tagged(tag: str, inner: Any, depth: int) -> Any:  # noqa: C901, PLR0911 - a case a tag
    if tag == "$int":
        return int(inner, 16)
    if tag == "$float":
        return {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}[inner]
    if tag == "$complex":
        return complex(float(inner[0]), float(inner[1]))
    if tag == "$bytes":
        return bytes.fromhex(inner)
    if tag == "$opaque":
        return Opaque(str(inner))
    if tag == "$range":
        return range(*(_decode(v, depth) for v in inner))
    if tag == "$fraction":
        if len(inner[0]) > MAX_DIGITS or len(inner[1]) > MAX_DIGITS:
            raise ValueError("a fraction is too long to be reduced")
        return Fraction(int(inner[0], 16), int(inner[1], 16))
    if tag == "$decimal":
        return Decimal(inner)
    if tag == "$iterated":
        return Iterated(tuple(_decode(v, depth) for v in inner))
    if tag == "$dict":
        pairs = [(_decode(k, depth), _decode(v, depth)) for k, v in inner]
        _check_hashes(k for k, _ in pairs)
        return dict(pairs)
    makers: dict[str, Any] = {
        "$tuple": tuple,
        "$set": set,
        "$frozenset": frozenset,
        "$deque": deque,
    }
    parts = [_decode(v, depth) for v in inner]
    if tag in ("$set", "$frozenset"):
        _check_hashes(parts)
    return makers[tag](parts)


def _check_hashes(parts: Iterable[Any]) -> None:
    """Refuse parts that a hash table would be slow with."""
    counts = Counter(map(hash, parts))
    if counts and max(counts.values()) > _MAX_EQUAL_HASHES:
        raise ValueError("too many parts have the same hash")
