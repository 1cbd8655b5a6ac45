"""Trees tell what stands in them."""

from __future__ import annotations

from fractions import Fraction

from verifier.math.grammar import parse
from verifier.math.tree import Rational, is_complex, substituted, symbols, walk

EVERYTHING = r"\sqrt{x^{2}+y}\cdot\sin(z_{1})+\frac{\pi}{3}"


def test_its_variables_are_listed() -> None:
    assert symbols(parse(EVERYTHING)) == {"x", "y", "z_{1}"}


def test_constants_are_no_variables() -> None:
    assert symbols(parse(r"e^{i\pi}")) == frozenset()


def test_the_imaginary_unit_makes_it_complex() -> None:
    assert [is_complex(parse(latex)) for latex in ("2+3i", "2+3x")] == [True, False]


def test_every_node_is_walked_once() -> None:
    assert len(list(walk(parse("x+y+1")))) == 4


def test_a_variable_is_replaced_wherever_it_stands() -> None:
    two = Rational(Fraction(2))
    for latex in ("x", "x+1", "3x", "x^{x}", r"\sqrt{x}", r"\sin x"):
        assert symbols(substituted(parse(latex), "x", two)) == frozenset()
