r"""Sets of real numbers are equal where they agree on every point and every gap."""

from __future__ import annotations

import pytest

from verifier.math.cells import Condition, Every, Outside, Predicate, Some, same_set
from verifier.math.grammar import parse


def below(latex: str) -> Condition:
    """That the expression is negative."""
    return Condition(parse(latex), "<")


def up_to(latex: str) -> Condition:
    """That it is at most zero."""
    return Condition(parse(latex), "<=")


SAME = [
    (below("x^{2}-4"), Every((below("-2-x"), below("x-2")))),
    (up_to("|x-3|-2"), Every((up_to("1-x"), up_to("x-5")))),
    (below("x^{2}-2"), Every((below(r"-\sqrt{2}-x"), below(r"x-\sqrt{2}")))),
    (below("x^{3}-2"), below(r"x-\sqrt[3]{2}")),
    (
        up_to("x^{2}-x-1"),
        Every((up_to(r"\frac{1-\sqrt{5}}{2}-x"), up_to(r"x-\frac{1+\sqrt{5}}{2}"))),
    ),
    (up_to(r"\frac{x-1}{x+2}"), Every((below("-2-x"), up_to("x-1")))),
    (Condition(parse("x"), "!="), Some((below("x"), below("-x")))),
    (Outside(Condition(parse("x"), "=")), Condition(parse("x"), "!=")),
    (up_to("|x-1|+|x+2|-5"), Every((up_to("-3-x"), up_to("x-2")))),
    (below(r"x-\pi"), below(r"2x-2\pi")),
    (below("-1-x^{2}"), Every(())),
    (below("x^{2}"), Some(())),
]
DIFFERENT = [
    (below("x^{2}-4"), Every((below("-2-x"), up_to("x-2")))),
    (below("x"), below("x-1")),
    (up_to("x^{2}"), Some(())),
    (up_to(r"\frac{x-1}{x+2}"), Every((up_to("-2-x"), up_to("x-1")))),
    (below(r"x-3.14"), below(r"x-\pi")),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_conditions_that_hold_in_the_same_places_are_one_set(
    first: Predicate, second: Predicate
) -> None:
    assert same_set(first, second, "x") is True
    assert same_set(second, first, "x") is True


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_one_point_makes_another_set(first: Predicate, second: Predicate) -> None:
    assert same_set(first, second, "x") is False


@pytest.mark.parametrize(
    "unsure", [below("x-a"), below(r"\ln x"), below("x^{25}-1"), below("|x|+|x-1|+|x-2|+|x-3|")]
)
def test_what_cannot_be_cut_is_not_told(unsure: Predicate) -> None:
    assert same_set(unsure, below("x"), "x") is None
