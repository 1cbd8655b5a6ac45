r"""Expressions, equations and inequalities are proved here; what is not covered is left."""

from __future__ import annotations

import pytest

from verifier.math.identity import Chain, chain, prove

PROVED = [
    ("y=2x+1", "2x-y+1=0", True),
    ("2x+3y=6", r"y=2-\frac{2x}{3}", True),
    ("x^{2}+y^{2}=1", "y^{2}=1-x^{2}", True),
    (r"y=\frac{1}{x}", "xy=1", True),
    ("y=2x+1", "y=2x+2", False),
    ("x+y=1", "x+z=1", False),
    ("1=2", "2=3", False),
    ("2x<4", "x<2", True),
    ("2x<4", "-x>-2", True),
    (r"x+1\ne0", r"2x\ne-2", True),
    ("x=2", "x<2", False),
    (r"\frac{x^{2}}{2}+C", r"\frac{x^{2}+2}{2}+C", True),
    ("x^{2}+C", "x^{2}+c", True),
    (r"\ln|2x|+C", r"\ln|x|+C", True),
    (r"\ln|x|+C", r"\ln x+C", False),
    ("x^{2}+C", "x^{3}+C", False),
    ("x^{2}+C", "x^{2}+2C", False),
    ("x^{2}+C", "x^{2}", False),
    ("C+1", "C", False),
    ("h(a+b)", "ah+bh", True),
]


@pytest.mark.parametrize(("gold", "answer", "equal"), PROVED)
def test_it_is_proved_here(gold: str, answer: str, *, equal: bool) -> None:
    found = prove(gold, answer)
    assert found is not None
    assert found.equal is equal


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        (r"\int_{0}^{1}xdx", r"\frac{1}{2}"),
        ("x^{2}<4", "-2<x<2"),
        ("2x<4", "x>2"),
        ("1<2", "2<3"),
    ],
)
def test_the_rest_is_left_to_the_symbolic_engine(gold: str, answer: str) -> None:
    assert prove(gold, answer) is None


def test_unequal_constants_bring_their_values() -> None:
    found = prove(r"\sqrt{3}", "1.73")
    assert found is not None
    assert (found.gold_value[:6], found.answer_value[:4]) == ("1.7320", "1.73")


def test_signs_inside_brackets_do_not_split() -> None:
    assert chain("f(x=1)<2") == Chain(("f(x=1)", "2"), ("<",))
