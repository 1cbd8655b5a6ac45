r"""Sets of reals in other notations are the intervals that they are."""

from __future__ import annotations

import pytest

from verifier.math.lexemes import join
from verifier.math.reading import read
from verifier.math.sets import standard_brackets
from verifier.math.spelling import spell


@pytest.mark.parametrize(
    ("french", "standard"),
    [
        ("]1,2[", "(1,2)"),
        ("[1,2[", "[1,2)"),
        ("]1;2]", "(1;2]"),
        (r"]-\infty,1[\cup]2,3]", r"(-\infty,1)\cup(2,3]"),
        ("](1+2),4[", "((1+2),4)"),
    ],
)
def test_french_brackets_are_turned(french: str, standard: str) -> None:
    assert join(standard_brackets(spell(french))) == join(spell(standard))


@pytest.mark.parametrize("text", ["[1,2]", "(1,2]", "[1,2)", r"\sqrt[3]{2}", "]", "[1", "x[1]"])
def test_other_brackets_stay(text: str) -> None:
    assert standard_brackets(spell(text)) == spell(text)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (r"\mathbb{R}\setminus\{0\}", ["0"]),
        (r"\mathbb{R}\setminus\{3,-1\}", ["-1", "3"]),
        (r"\mathbb{R}-\{2\}", ["2"]),
        (r"(-\infty,\infty)\setminus\{2\}", ["2"]),
        ("all real numbers except 0", ["0"]),
    ],
)
def test_all_but_some_numbers_are_intervals_between_them(text: str, ends: list[str]) -> None:
    union = read(text)
    assert union.kind == "interval"
    parts = getattr(union, "parts", ())
    assert [part.elements[1].latex for part in parts[:-1]] == ends
