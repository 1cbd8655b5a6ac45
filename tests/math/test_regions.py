r"""Inequalities, intervals, unions and their like are sets of real numbers."""

from __future__ import annotations

import pytest

from verifier.math.reading import read
from verifier.math.regions import is_region, same_region

SAME = [
    ("|x|>2", r"(-\infty,-2)\cup(2,\infty)"),
    ("|x|>2", r"x<-2\text{ or }x>2"),
    (r"x\ge1\text{ and }x\le5", "[1,5]"),
    (r"x\ge1,x\le5", "[1,5]"),
    (r"x<-2\text{ and }x>2", r"(-\infty,-2)\cup(2,\infty)"),
    (r"(0,1)\cup[1,2)", "(0,2)"),
    (r"x\in[1,5]", r"1\le x\le5"),
    (r"\mathbb{R}\setminus\{0\}", r"x\ne0"),
    ("x^{2}+1>0", r"\mathbb{R}"),
    ("x^{2}<0", r"\emptyset"),
    (r"(x-1)(x-2)(x-3)\ge0", r"[1,2]\cup[3,\infty)"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_two_ways_to_write_a_set_are_one(first: str, second: str) -> None:
    assert same_region(read(first), read(second)) is True
    assert same_region(read(second), read(first)) is True


@pytest.mark.parametrize(("first", "second"), [("|x|>2", "x>2"), ("[1,5]", "(1,5)")])
def test_other_sets_are_not(first: str, second: str) -> None:
    assert same_region(read(first), read(second)) is False


@pytest.mark.parametrize(
    ("first", "second"),
    [("[2,1]", "[3,1]"), ("[2,1]", r"\emptyset"), ("x>a", "x>1"), ("x>1", "y>1"), ("5", "x>5")],
)
def test_what_is_no_such_set_is_not_compared_as_one(first: str, second: str) -> None:
    assert same_region(read(first), read(second)) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [("x>1", True), ("[1,2]", True), ("(1,2)", False), ("1,2", False), (r"\mathbb{R}", True)],
)
def test_a_point_or_a_list_is_not_clearly_a_region(text: str, *, meant: bool) -> None:
    assert is_region(read(text)) is meant
