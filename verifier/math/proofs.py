r"""Pure: proofs that two expressions are equal or are not, cheapest first, all in this process.

| step | proves |
|---|---|
| `interval` | inequality: two balls at one place do not overlap |
| `algebra` | equality: the difference is zero as a quotient of polynomials |
| `separation` | equality of algebraic numbers: closer than two different ones can be |
| `agreement` | nothing, strictly: hundreds of digits agree, at every place where both are defined |

The digits of an agreement reach below the smallest power in either side, so that no term is too
small to be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flint import acb, arb

from verifier.math.algebra import Field
from verifier.math.balls import (
    Ball,
    UndefinedError,
    certain_sign,
    overlap,
    value,
    widest_bits,
)
from verifier.math.bends import around_bends, bends
from verifier.math.grammar import divided, negated
from verifier.math.points import kink_places, places, whole_places
from verifier.math.polynomials import BeyondError
from verifier.math.separation import zero_bits
from verifier.math.tree import Call, Node, Sum, is_complex, symbols, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from fractions import Fraction

_FIRST_BITS = 96
_MORE_BITS = 640
_SURE_BITS = 2_000
_MOST_BITS = 30_000
_SHOWN_BITS = 192
_SHOWN_DIGITS = 40
_LEAST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Step:
    """Equal, not equal or undecided (None), and what decided."""

    equal: bool | None
    name: str = ""


_UNDECIDED = Step(None)
_BENT_PLACES = 2
"""Places from which bends are looked for."""


def compare_values(first: Node, second: Node) -> Step:
    """Whether two trees have the same value wherever both have one."""
    if first == second:
        return Step(equal=True, name="algebra")
    names = symbols(first) | symbols(second)
    seed = "\0".join(sorted((repr(first), repr(second)))) if names else ""
    modes = (True,) if is_complex(first) or is_complex(second) else (False, True)
    for over_complex in modes:
        seen = _Sight(first, second, over_complex=over_complex)
        if not names:
            found = _constants(seen)
        else:
            where = places(names, seed)
            if bends(first) or bends(second):
                where = _with_bends((first, second), [*where, *kink_places(names, seed)])
            found = _functions(seen, where)
            if found is _UNDECIDED:
                found = _functions(seen, whole_places(names, seed))
        if found is not _UNDECIDED:
            return found
    return _UNDECIDED


class _Sight:
    """Two trees, looked at from places."""

    def __init__(self, first: Node, second: Node, *, over_complex: bool) -> None:
        self.first = first
        self.second = second
        self.over_complex = over_complex
        self.absolute = has_absolute(first) != has_absolute(second)
        """Whether one side alone has absolute values: then domains tell them apart."""

    def values(self, place: Mapping[str, Fraction], bits: int) -> list[Ball | None]:
        """What each side is worth there, None where it has no value."""
        found: list[Ball | None] = []
        for node in (self.first, self.second):
            try:
                found.append(value(node, place, bits, over_complex=self.over_complex))
            except UndefinedError:
                found.append(None)
        return found

    def differ(self, place: Mapping[str, Fraction], bits: int) -> bool | None:
        """Whether they are proved to differ there; None where one of them has no value."""
        first, second = self.values(place, bits)
        if first is None or second is None:
            return True if self.absolute and (first is None) != (second is None) else None
        return not overlap(first, second)

    def enough_bits(self, place: Mapping[str, Fraction], least: int) -> int:
        """Bits that show the smallest term there, and half as many to spare."""
        widest = [
            widest_bits(node, place, over_complex=self.over_complex)
            for node in (self.first, self.second)
        ]
        return max(least, 3 * max(widest))

    def proved(self) -> bool:
        """Whether algebra proves them equal."""
        try:
            return Field(self.first, self.second).equal(self.first, self.second)
        except BeyondError:
            return False


def _constants(seen: _Sight) -> Step:
    for bits in (_FIRST_BITS, _MORE_BITS):
        differ = seen.differ({}, bits)
        if differ is None:
            return _UNDECIDED
        if differ:
            return Step(equal=False, name="interval")
    if seen.proved():
        return Step(equal=True, name="algebra")
    difference = Sum((seen.first, negated(seen.second)))
    needed = zero_bits(difference)
    if needed is not None and needed <= _MOST_BITS:
        found = _near_zero(seen, difference, int(needed) + 1)
        if found is not _UNDECIDED:
            return found
    return _agreement(seen, [{}], _SURE_BITS, least=1)


def _near_zero(seen: _Sight, difference: Node, bits: int) -> Step:
    """Zero where it is smaller than anything else could be."""
    try:
        ball = value(difference, {}, 2 * bits + _FIRST_BITS, over_complex=seen.over_complex)
    except UndefinedError:
        return _UNDECIDED
    if not ball.contains(0):
        return Step(equal=False, name="interval")
    if abs(ball) < arb(2) ** -bits:
        return Step(equal=True, name="separation")
    return _UNDECIDED


def _functions(seen: _Sight, where: Iterable[Mapping[str, Fraction]]) -> Step:
    met = []
    for place in where:
        differ = seen.differ(place, _FIRST_BITS)
        if differ:
            return Step(equal=False, name="interval")
        if differ is not None:
            met.append(place)
    if not met:
        return _UNDECIDED
    if seen.proved():
        return Step(equal=True, name="algebra")
    return _agreement(seen, met, _MORE_BITS, least=_LEAST_PLACES)


def _agreement(
    seen: _Sight, where: Iterable[Mapping[str, Fraction]], bits: int, *, least: int
) -> Step:
    """Equal where both agree in nearly all digits that were asked for, at enough places."""
    agreed = 0
    for place in where:
        try:
            enough = seen.enough_bits(place, bits)
        except UndefinedError:
            continue
        if enough > _MOST_BITS:
            continue
        first, second = seen.values(place, enough)
        if first is None or second is None:
            continue
        if not overlap(first, second):
            return Step(equal=False, name="interval")
        if _sharp(first, enough) and _sharp(second, enough):
            agreed += 1
    return Step(equal=True, name="agreement") if agreed >= least else _UNDECIDED


def _sharp(ball: Ball, bits: int) -> bool:
    """Whether the radius is small beside the value, or beside one."""
    radius = (abs(ball.real.rad()) + abs(ball.imag.rad())) if isinstance(ball, acb) else ball.rad()
    return bool(radius <= (abs(ball.mid()) + 1) * arb(2) ** (-2 * bits // 3))


def constancy(node: Node) -> Step:
    """Whether a tree has the same value everywhere, such as the ratio of two equations."""
    names = symbols(node)
    over_complex = is_complex(node)
    first: Ball | None = None
    met = 0
    for place in places(names, repr(node)):
        try:
            bits = max(_MORE_BITS, 3 * widest_bits(node, place, over_complex=over_complex))
            ball = value(node, place, min(bits, _MOST_BITS), over_complex=over_complex)
        except UndefinedError:
            continue
        first = ball if first is None else first
        if not overlap(ball, first):
            return Step(equal=False, name="interval")
        met += _sharp(ball, bits)
    if first is None:
        return _UNDECIDED
    try:
        if Field(node).is_constant(node):
            return Step(equal=True, name="algebra")
    except BeyondError:
        pass
    return Step(equal=True, name="agreement") if met >= _LEAST_PLACES else _UNDECIDED


def same_equation(first: Node, second: Node) -> Step:
    """Whether two trees are zero in the same places, because one is a multiple of the other."""
    try:
        if Field(first, second).same_zeros(first, second):
            return Step(equal=True, name="algebra")
    except BeyondError:
        pass
    return constancy(divided(first, second))


def sign(node: Node) -> int:
    """The sign of what has one sign everywhere, 0 where that is not known."""
    for place in places(symbols(node), repr(node)):
        try:
            ball = value(node, place, _FIRST_BITS, over_complex=False)
        except UndefinedError:
            continue
        found = certain_sign(ball)
        if found:
            return found
    return 0


def _with_bends(
    nodes: tuple[Node, Node], where: list[dict[str, Fraction]]
) -> Iterator[dict[str, Fraction]]:
    yield from where
    for place in where[:_BENT_PLACES]:
        yield from around_bends(nodes, place)


def has_absolute(node: Node) -> bool:
    """Whether there are absolute values in it."""
    return any(isinstance(one, Call) and one.name == "abs" for one in walk(node))


def decimal_value(node: Node) -> str:
    """The value of a real constant in 40 digits, empty for anything else."""
    if symbols(node):
        return ""
    try:
        ball = value(node, {}, _SHOWN_BITS, over_complex=is_complex(node))
    except UndefinedError:
        return ""
    if isinstance(ball, acb):
        if not ball.imag.contains(0):
            return ""
        ball = ball.real
    return str(ball.mid().str(_SHOWN_DIGITS, radius=False))
