r"""Every piece between two bends is visited."""

from __future__ import annotations

from fractions import Fraction

from verifier.math.bends import around_bends, bends
from verifier.math.grammar import parse

PLACE = {"x": Fraction(1), "y": Fraction(2)}


def visited(latex: str, name: str) -> list[Fraction]:
    """The values of one variable that are visited because of an expression."""
    return [p[name] for p in around_bends((parse(latex),), PLACE) if p[name] != PLACE[name]]


def test_both_sides_of_a_far_zero_are_visited() -> None:
    assert visited("|x-1000|", "x") == [999, 1001]


def test_the_gap_between_two_bends_is_visited() -> None:
    assert visited("|x-10|+|x-11|", "x") == [9, Fraction(21, 2), 12]


def test_a_tie_of_maxima_is_a_bend() -> None:
    assert visited(r"\max(x,5)", "x") == [4, 6]


def test_what_is_smooth_has_no_bends() -> None:
    assert not bends(parse(r"\sin x"))
    assert bends(parse(r"\lfloor x\rfloor"))
    assert visited(r"\sin x", "x") == []
