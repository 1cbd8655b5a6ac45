"""Places on every side of what bends: of the zeros of absolute values, of ties between maxima.

Without these, two functions that differ between far-away bends would look alike.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from verifier.math.balls import UndefinedError, middle, value
from verifier.math.tree import MINUS_ONE, Call, Node, Product, Sum, symbols, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BENT = frozenset(("floor", "ceil", "max", "min", "abs", "mod"))
_BITS = 96
_MAX_BENDS = 12


def bends(node: Node) -> bool:
    """Whether there is a function in it that is not smooth."""
    return any(isinstance(one, Call) and one.name in BENT for one in walk(node))


def around_bends(
    nodes: tuple[Node, ...], place: Mapping[str, Fraction]
) -> Iterator[dict[str, Fraction]]:
    """From one place, along each variable, a place between any two neighbouring bends.

    What bends is taken to be linear along the way; where it is not, these are only more places.
    """
    turning = [zero for node in nodes for zero in _turning(node)][:_MAX_BENDS]
    for name in place:
        found = {_zero(node, name, place) for node in turning if name in symbols(node)}
        zeros = sorted(zero for zero in found if zero is not None)
        if not zeros:
            continue
        ends = [zeros[0] - 2, *zeros, zeros[-1] + 2]
        for low, high in pairwise(ends):
            yield {**place, name: (low + high) / 2}


def _turning(node: Node) -> Iterator[Node]:
    """What is zero where the node bends."""
    for one in walk(node):
        match one:
            case Call("abs", (argument,)):
                yield argument
            case Call("max" | "min", arguments):
                for first, second in combinations(arguments, 2):
                    yield Sum((first, Product((MINUS_ONE, second))))
            case _:
                pass


def _zero(node: Node, name: str, place: Mapping[str, Fraction]) -> Fraction | None:
    """Where it would be zero along one variable, were it linear."""
    try:
        at_zero, at_one = (
            middle(value(node, {**place, name: Fraction(at)}, _BITS, over_complex=False))
            for at in (0, 1)
        )
    except UndefinedError:
        return None
    slope = at_one - at_zero
    return (-at_zero / slope).limit_denominator(10**6) if slope else None
