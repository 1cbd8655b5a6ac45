r"""Equality is proved, or agreed upon in more digits than either side could hide."""

from __future__ import annotations

import pytest

from verifier.math.grammar import parse
from verifier.math.proofs import compare_values, constancy, decimal_value, same_equation, sign

STEPS = [
    ("(x+1)^{2}", "x^{2}+2x+1", True, "algebra"),
    ("(x+1)^{2}", "x^{2}+2x+2", False, "interval"),
    (r"\sqrt{5+2\sqrt{6}}", r"\sqrt{2}+\sqrt{3}", True, "separation"),
    (r"\cos\frac{\pi}{5}", r"\frac{1+\sqrt{5}}{4}", True, "separation"),
    (r"\cos20\degree\cos40\degree\cos80\degree", r"\frac{1}{8}", True, "separation"),
    (r"\sqrt[3]{2+\sqrt{5}}+\sqrt[3]{2-\sqrt{5}}", "1", True, "separation"),
    (r"4\arctan\frac{1}{5}-\arctan\frac{1}{239}", r"\frac{\pi}{4}", True, "agreement"),
    (r"\sin(\arccos x)", r"\sqrt{1-x^{2}}", True, "agreement"),
    (r"\sqrt{x}\sqrt{y}", r"\sqrt{xy}", True, "agreement"),
    ("n!", "n(n-1)!", True, "agreement"),
    (r"(-1)^{n}", r"\cos(n\pi)", True, "agreement"),
    (r"\sqrt{x^{2}}", "x", False, "interval"),
    (r"\ln|x|", r"\ln x", False, "interval"),
    ("|x+1001|-1001", "|x+1000|-1000", False, "interval"),
    (r"\max(x,y+500)", "y+500", False, "interval"),
    ("|x-500|+|x-501|", "|2x-1001|", False, "interval"),
    (r"(-\cos x)^{n}", r"(-1)^{n}\cos^{n}x", True, "agreement"),
    (r"(-1)^{x}", r"\cos(\pi x)", False, "interval"),
    (r"e^{\pi\sqrt{163}}", "262537412640768744", False, "interval"),
    ("1+10^{-300}", "1", False, "interval"),
    (r"e^{x}+e^{-1000}", "e^{x}", False, "interval"),
    ("2^{-60}", "2^{-61}", False, "interval"),
    (r"\frac{1}{0}", "1", None, ""),
    ("2+e^{-9000}\\cdot e^{-9000}", "2", None, ""),
]


@pytest.mark.parametrize(("first", "second", "equal", "step"), STEPS)
def test_the_first_step_that_can_decide_decides(
    first: str, second: str, step: str, *, equal: bool | None
) -> None:
    found = compare_values(parse(first), parse(second))
    assert (found.equal, found.name) == (equal, step)


@pytest.mark.parametrize(("first", "second", "equal", "step"), STEPS)
def test_the_order_of_the_sides_does_not_matter(
    first: str, second: str, step: str, *, equal: bool | None
) -> None:
    found = compare_values(parse(second), parse(first))
    assert (found.equal, found.name) == (equal, step)


@pytest.mark.parametrize(
    ("latex", "constant"),
    [(r"\sin^{2}x+\cos^{2}x", True), ("x", False), (r"\frac{2x+2}{x+1}", True)],
)
def test_a_tree_is_constant_or_not(latex: str, *, constant: bool) -> None:
    assert constancy(parse(latex)).equal is constant


def test_equations_are_equal_where_one_is_a_multiple() -> None:
    assert same_equation(parse("2x+2y-4"), parse("2-x-y")).equal is True
    assert same_equation(parse("2x+2y-4"), parse("2-x+y")).equal is False


@pytest.mark.parametrize(("latex", "expected"), [("3", 1), ("-3", -1), (r"\ln(-1)", 0)])
def test_a_constant_has_a_sign(latex: str, expected: int) -> None:
    assert sign(parse(latex)) == expected


@pytest.mark.parametrize(
    ("latex", "digits"), [(r"\sqrt{2}", "1.4142135623730950488"), ("x", ""), ("i", "")]
)
def test_a_real_constant_has_a_decimal_value(latex: str, digits: str) -> None:
    found = decimal_value(parse(latex))
    assert found[: len(digits)] == digits
    assert bool(found) is bool(digits)
