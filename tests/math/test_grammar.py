r"""The grammar reads what mathematicians mean, and leaves what it does not cover."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.math.test_reading import LATEX
from verifier.math.answers import UnreadableError
from verifier.math.grammar import function_letters, parse
from verifier.math.lexemes import join
from verifier.math.limits import MAX_DEPTH, TooComplexError
from verifier.math.proofs import compare_values
from verifier.math.spelling import spell

SAME = [
    ("1/2x", r"\frac{x}{2}"),
    ("1/2(x+1)", r"\frac{x+1}{2}"),
    ("a/bc", r"\frac{a}{bc}"),
    ("a/b\\cdot c", r"\frac{ac}{b}"),
    ("-x^{2}", "0-x^{2}"),
    ("2^{3^{2}}", "512"),
    ("xy^{2}", r"x\cdot y\cdot y"),
    (r"\sin2x\cos x", r"\sin(2x)\cos(x)"),
    (r"\sin(x)^{2}", r"\sin^{2}x"),
    (r"\sin^{-1}x", r"\arcsin x"),
    (r"\sin\pi/6", r"\frac{1}{2}"),
    (r"\sin30\degree", r"\frac{1}{2}"),
    (r"\ln2/2", r"\frac{\ln2}{2}"),
    (r"\log_{2}8", "3"),
    (r"\log100", "2"),
    (r"\log\sin x", r"\log(\sin(x))"),
    (r"\sqrt[3]{-8}", "-2"),
    (r"2\frac{1}{3}", r"\frac{7}{3}"),
    (r"0.1\overline{6}", r"\frac{1}{6}"),
    (r"x!", r"x\cdot(x-1)!"),
    ("|x-1|", "|1-x|"),
    ("2|x|y", "2y|x|"),
    ("||x|-1|", "|1-|x||"),
    (r"\lfloor2.5\rfloor+\lceil2.5\rceil", "5"),
    (r"\binom{5}{2}", "10"),
    (r"\max(2,3)\cdot\gcd(12,18)", "18"),
    (r"x_{1}+x_{2}", r"x_{2}+x_{1}"),
    ("[x+1]^{2}", "(x+1)^{2}"),
    (r"\frac{dy}{dx}+1", r"1+\frac{dy}{dx}"),
    (r"\vec{a}+\vec{b}", r"\vec{b}+\vec{a}"),
    ("e^{i\\pi}", "-1"),
]
DIFFERENT = [
    ("x_{1}", "x_{2}"),
    (r"\vec{a}", "a"),
    (r"\frac{dy}{dx}", r"\frac{y}{x}"),
    (r"\sin x\cos x", r"\sin(x\cos x)"),
    ("x'", "x"),
    (r"\log x", r"\ln x"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_two_ways_to_write_it_have_one_value(first: str, second: str) -> None:
    assert compare_values(parse(first), parse(second)).equal is True


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_what_looks_alike_is_told_apart(first: str, second: str) -> None:
    assert compare_values(parse(first), parse(second)).equal is False


@pytest.mark.parametrize(
    "latex",
    [
        *(r"\int_{0}^{1}xdx", r"\sum_{k=1}^{n}k", r"\lim_{x\to0}x", r"\mathbb{R}", r"\infty"),
        *(
            "(1,2)",
            "x+",
            "|x",
            "(x",
            r"\sqrt[0.5]{x}",
            "5!!",
            "2x=3",
            r"\ln^{-1}x",
            r"3\frac{5}{2}",
        ),
    ],
)
def test_what_is_not_covered_is_unreadable(latex: str) -> None:
    with pytest.raises(UnreadableError):
        parse(latex)


def test_a_letter_is_a_function_where_all_sides_use_it_as_one() -> None:
    assert function_letters("f(x)+1", "1+f(x)") == {"f"}


def test_a_height_is_no_function() -> None:
    assert function_letters("h(a+b)", "ah+bh") == frozenset()


def test_a_function_of_something_is_not_a_product() -> None:
    letters = frozenset("f")
    product = compare_values(parse("f(x+1)", letters), parse("f(x)+f(1)", letters))
    assert product.equal is False


def test_nesting_is_read_up_to_the_limit() -> None:
    inside = MAX_DEPTH - 1
    assert parse("(" * inside + "x" + ")" * inside) == parse("x")


def test_nesting_beyond_the_limit_is_too_complex() -> None:
    with pytest.raises(TooComplexError):
        parse("(" * (MAX_DEPTH + 1) + "x" + ")" * (MAX_DEPTH + 1))


@settings(deadline=None, max_examples=300)
@given(st.one_of(LATEX, st.text(max_size=60)))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(UnreadableError, TooComplexError):
        parse(join(spell(text)))
