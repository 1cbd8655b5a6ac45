"""A ball holds the value, and there is none where there is no value."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import arb

from verifier.math.balls import (
    UndefinedError,
    certain_sign,
    overlap,
    rational_value,
    value,
    widest_bits,
)
from verifier.math.grammar import parse

PLACE = {"x": Fraction(3, 7), "n": Fraction(5)}

VALUES = [
    ("x^{2}+1", 9 / 49 + 1),
    (r"\sqrt[3]{-8}", -2),
    (r"(-8)^{\frac{1}{3}}", -2),
    (r"(-8)^{\frac{2}{3}}", 4),
    (r"\sin x", math.sin(3 / 7)),
    (r"\arccos x", math.acos(3 / 7)),
    (r"\ln x", math.log(3 / 7)),
    (r"\log_{2}n", math.log2(5)),
    ("n!", 120),
    (r"\binom{n}{2}", 10),
    (r"x!", math.gamma(10 / 7)),
    (r"\lfloor-2.5\rfloor", -3),
    (r"\lceil\pi\rceil", 4),
    (r"\min(x,n)", 3 / 7),
    (r"\lcm(4,6)".replace("\\lcm", "\\lcm"), 12),
    ("(-1)^{n}", -1),
    ("|x-1|", 4 / 7),
    ("x^{x}", (3 / 7) ** (3 / 7)),
]
NOTHING = [
    *("\\sqrt{-2}", "\\ln(-1)", "\\arcsin2", "\\frac{1}{0}", "0^{0}", "(-2)^{x}", "\\ln0"),
    *("\\tan\\frac{\\pi}{2}", "e^{e^{20}}", "2^{99999}", "\\gcd(x,2)", "(-1)!"),
]


@pytest.mark.parametrize(("latex", "expected"), VALUES)
def test_the_ball_holds_the_value(latex: str, expected: float) -> None:
    ball = value(parse(latex), PLACE, 96, over_complex=False)
    assert abs(float(ball.real.mid()) - expected) < 1e-12


@pytest.mark.parametrize("latex", NOTHING)
def test_there_is_no_ball_where_there_is_no_value(latex: str) -> None:
    with pytest.raises(UndefinedError):
        value(parse(latex), PLACE, 96, over_complex=False)


def test_over_the_complex_numbers_an_even_root_of_a_negative_number_has_a_value() -> None:
    ball = value(parse(r"\sqrt{-4}"), {}, 96, over_complex=True)
    assert overlap(ball, value(parse("2i"), {}, 96, over_complex=True))


def test_balls_of_different_values_do_not_overlap() -> None:
    first, second = (value(parse(f"2^{{-{n}}}"), {}, 96, over_complex=False) for n in (60, 61))
    assert not overlap(first, second)


def test_only_what_is_certain_has_a_sign() -> None:
    assert [certain_sign(ball) for ball in (arb(2), arb(-2), arb(0, 1))] == [1, -1, 0]


def test_the_smallest_power_is_seen() -> None:
    assert 140 <= widest_bits(parse("1+e^{-100}"), {}, over_complex=False) <= 150


@pytest.mark.parametrize(
    ("latex", "expected"),
    [(r"\frac{1}{2}+\frac{1}{3}", Fraction(5, 6)), ("-2\\cdot3", Fraction(-6)), ("x", None)],
)
def test_a_rational_value_is_exact(latex: str, expected: Fraction | None) -> None:
    assert rational_value(parse(latex)) == expected
