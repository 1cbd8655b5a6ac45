r"""Algebra proves identities, and nothing that is none."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verifier.math.algebra import Field
from verifier.math.grammar import parse
from verifier.math.polynomials import BeyondError, Ring, constant, factored, number, primitive
from verifier.math.radicals import Radicals

IDENTITIES = [
    ("(x+1)^{2}", "x^{2}+2x+1"),
    (r"\frac{1}{x+1}+\frac{1}{x-1}", r"\frac{2x}{x^{2}-1}"),
    (r"\frac{x^{2}-1}{x-1}", "x+1"),
    (r"\sqrt{12}", r"2\sqrt{3}"),
    (r"\frac{1}{1+\sqrt{2}}", r"\sqrt{2}-1"),
    (r"\sqrt[3]{16}", r"2\sqrt[3]{2}"),
    (r"2^{\frac{1}{3}}\cdot2^{\frac{1}{2}}", r"2^{\frac{5}{6}}"),
    (r"\sqrt{\sqrt{2}}", r"\sqrt[4]{2}"),
    (r"\sqrt{2x}", r"\sqrt{2}\sqrt{x}"),
    (r"\frac{\sqrt{8x^{3}}}{2}", r"x\sqrt{2x}"),
    (r"\sqrt{\frac{1}{n}}", r"\frac{1}{\sqrt{n}}"),
    (r"\sqrt{x^{2}+2x+1}", "|x+1|"),
    (r"|x|^{2}", "x^{2}"),
    (r"\sqrt[3]{-2}", r"-\sqrt[3]{2}"),
    (r"\frac{1}{1+i}", r"\frac{1-i}{2}"),
    (r"\sqrt{-4}", "2i"),
    (r"\sin^{2}x+\cos^{2}x", "1"),
    (r"\sin(x+\frac{\pi}{2})", r"\cos x"),
    (r"\tan x\cot x", "1"),
    (r"\sec x", r"\frac{\csc x}{\cot x}"),
    (r"\sin\frac{\pi}{3}", r"\frac{\sqrt{3}}{2}"),
    (r"\sin75\degree", r"\frac{\sqrt{6}+\sqrt{2}}{4}"),
    (r"\cosh^{2}x-\sinh^{2}x", "1"),
    (r"\tanh x", r"\frac{e^{2x}-1}{e^{2x}+1}"),
    ("e^{i\\pi}", "-1"),
    ("2^{n+1}", r"2\cdot2^{n}"),
    ("6^{n}", r"2^{n}\cdot3^{n}"),
    (r"x^{n}\cdot x", "x^{n+1}"),
    (r"e^{\frac{x}{2}}\cdot e^{\frac{x}{2}}", "e^{x}"),
    (r"e^{\ln3}", "3"),
    (r"e^{2\ln x}", "x^{2}"),
    (r"\ln8", r"3\ln2"),
    (r"\ln\frac{x}{2}", r"\ln x-\ln2"),
    (r"\ln\sqrt{x+1}", r"\frac{\ln(x+1)}{2}"),
    (r"\ln\sqrt{2}", r"\frac{\ln2}{2}"),
    (r"\ln e^{2}", "2"),
    (r"\log_{2}3\cdot\log_{3}4", "2"),
    (r"\exp(x)", "e^{x}"),
    (r"\binom{5}{2}", "2\\cdot5"),
    (r"\arctan(x+x)", r"\arctan(2x)"),
]
NO_IDENTITIES = [
    ("x+1", "x+2"),
    (r"\sqrt{x^{2}}", "x"),
    (r"\sqrt{xy}", r"\sqrt{x}\cdot y"),
    (r"\sqrt{2}", r"\sqrt{3}"),
    (r"\ln(x+y)", r"\ln x+\ln y"),
    (r"\sin x", r"\cos x"),
    ("2^{n}", "n^{2}"),
]


@pytest.mark.parametrize(("first", "second"), IDENTITIES)
def test_an_identity_is_proved(first: str, second: str) -> None:
    left, right = parse(first), parse(second)
    assert Field(left, right).equal(left, right)


@pytest.mark.parametrize(("first", "second"), NO_IDENTITIES)
def test_what_is_no_identity_is_not_proved(first: str, second: str) -> None:
    left, right = parse(first), parse(second)
    assert not Field(left, right).equal(left, right)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (r"y-\frac{1}{x}", "2xy-2", True),
        ("x-1", "1-x", True),
        ("x-1", "(x-1)^{2}", False),
        ("x-x", "0", False),
    ],
)
def test_equations_have_the_same_zeros_where_one_is_a_multiple(
    first: str, second: str, *, same: bool
) -> None:
    left, right = parse(first), parse(second)
    assert Field(left, right).same_zeros(left, right) is same


@pytest.mark.parametrize(
    ("latex", "free"), [(r"\ln2+\sqrt{3}\pi", True), ("x-x+1", True), ("x", False)]
)
def test_a_constant_is_free_of_variables(latex: str, *, free: bool) -> None:
    node = parse(latex)
    assert Field(node).is_constant(node) is free


@pytest.mark.parametrize(
    "latex",
    [
        "(a+b+c+d+x+y+z)^{40}",
        r"\frac{1}{x-x}",
        r"\sqrt[23]{2}\cdot\sqrt[19]{3}",
        r"\sqrt{1000000000000000003}",
        "+".join(rf"\ln({n}+x_{{{n}}})" for n in range(30)),
        r"\sqrt[4]{-2}",
    ],
)
def test_what_would_take_too_much_is_beyond_it(latex: str) -> None:
    node = parse(latex)
    with pytest.raises(BeyondError):
        Field(node).quotient(node)


def test_a_ring_reduces_by_its_relations() -> None:
    ring = Ring()
    root = ring.related("r", 2, constant(2))
    assert ring.times(root, root) == constant(2)


def test_equal_quotients_have_equal_keys() -> None:
    ring = Ring()
    x = ring.generator("x")
    one, other = number(Fraction(1)), number(Fraction(2))
    one.top, other.top = x * (x + 1), 2 * x * (x + 1)
    one.bottom, other.bottom = x, 2 * x
    assert ring.key(one) == ring.key(other)


def test_the_content_is_positive() -> None:
    x = Ring().generator("x")
    content, rest = primitive(-4 * x + 6)
    assert (content, rest == -2 * x + 3) == (Fraction(2), True)


def test_a_number_is_factored() -> None:
    assert factored(360) == [(2, 3), (3, 2), (5, 1)]


def test_the_root_of_a_fraction_is_a_fraction_of_roots() -> None:
    field = Radicals(2)
    root = field.number_root(Fraction(4, 9), 2)
    assert field.key(root) == field.key(number(Fraction(2, 3)))
