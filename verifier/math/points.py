"""Pure: places to look at two expressions, the same ones every time for the same pair."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STEPS = 1 << 16
_BYTES = 2
# Ranges of absolute values, and whether signs are mixed: inside and outside the unit interval, on
# both sides of zero, and far out, so that every usual domain is met.
_ROWS = (
    (Fraction(1, 10), Fraction(1), False),
    (Fraction(1), Fraction(4), False),
    (Fraction(1), Fraction(4), True),
    (Fraction(1, 10), Fraction(1), True),
    (Fraction(5), Fraction(20), False),
    (Fraction(1, 10), Fraction(4), True),
    (Fraction(1, 100), Fraction(1, 4), False),
    (Fraction(20), Fraction(90), True),
    (Fraction(1, 10), Fraction(3), False),
    (Fraction(2), Fraction(9), True),
)
_WHOLE_ROWS = 6
_COUNTING = frozenset("jklmnpqrNM")


def places(names: Iterable[str], seed: str) -> Iterator[dict[str, Fraction]]:
    """Places with a rational value for each variable, no two alike."""
    ordered = sorted(names)
    for row, (least, most, mixed) in enumerate(_ROWS):
        place = {}
        for name in ordered:
            noise = _noise(f"{seed}\0{row}\0{name}")
            size = least + (most - least) * Fraction(noise >> 1, _STEPS // 2)
            place[name] = -size if mixed and noise % 2 else size
        yield place


def whole_places(names: Iterable[str], seed: str) -> Iterator[dict[str, Fraction]]:
    """Places for what is defined for natural numbers only, such as `(-1)^n x`.

    There are none where no variable is called like a natural number; the others are as ever.
    """
    counting = sorted(name for name in names if name[:1] in _COUNTING)
    if counting:
        for natural, place in zip(_natural(counting, seed), places(names, seed), strict=False):
            yield place | natural


def _natural(names: list[str], seed: str) -> Iterator[dict[str, Fraction]]:
    for row in range(_WHOLE_ROWS):
        start = 1 + row + _noise(f"{seed}\0{row}") % 3
        yield {name: Fraction(start + 2 * column) for column, name in enumerate(names)}


def kink_places(names: Iterable[str], seed: str) -> Iterator[dict[str, Fraction]]:
    """Places for what bends or jumps: natural numbers, and the other side of zero."""
    yield from _natural(sorted(names), seed)
    for place in places(names, seed):
        yield {name: -value for name, value in place.items()}


def _noise(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_BYTES).digest()
    return int.from_bytes(digest, "big")
