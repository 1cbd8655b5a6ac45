"""A separation bound is there for algebraic numbers, and it is below what they can be."""

from __future__ import annotations

import pytest

from verifier.math.balls import value
from verifier.math.grammar import parse
from verifier.math.separation import zero_bits


@pytest.mark.parametrize(
    "latex",
    [
        r"\sqrt{2}-1.41421356",
        r"\sqrt{2}+\sqrt{3}-3.146264369941972",
        r"\sqrt[3]{2}-\frac{63}{50}",
        r"\cos\frac{\pi}{7}-0.900968867",
        r"\tan20\degree-0.3639702342662",
        r"\frac{1}{\sqrt{2}-\frac{7}{5}}-70.35533905",
        r"2^{\frac{3}{2}}-2.828427",
        r"|1-\sqrt{2}|-0.41421356",
    ],
)
def test_what_is_not_zero_is_not_closer_to_it_than_the_bound(latex: str) -> None:
    node = parse(latex)
    bits = zero_bits(node)
    assert bits is not None
    ball = value(node, {}, 2_000, over_complex=False)
    assert abs(float(ball.real.mid())) > 2**-bits


@pytest.mark.parametrize(
    "latex", [r"\pi-3", "e", r"\ln2", "x", r"\sin1", r"\sqrt{2}^{\sqrt{2}}", r"2^{1000}"]
)
def test_what_is_not_visibly_algebraic_has_no_bound(latex: str) -> None:
    assert zero_bits(parse(latex)) is None


def test_a_tower_of_roots_has_no_bound() -> None:
    assert zero_bits(parse("+".join(rf"\sqrt[7]{{{n}}}" for n in (2, 3, 5)))) is None
