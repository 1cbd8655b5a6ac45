r"""Numbers in words are read as the numerals they stand for, and prose is left alone."""

from __future__ import annotations

import pytest

from verifier.math.lexemes import join
from verifier.math.spelling import spell
from verifier.math.spoken import numerals


@pytest.mark.parametrize(
    ("words", "latex"),
    [
        ("five", "5"),
        ("minus five", "-5"),
        ("twenty-one", "21"),
        ("one hundred and five", "105"),
        ("one thousand two hundred thirty-four", "1234"),
        ("one million two hundred thousand", "1200000"),
        ("nineteen hundred", "1900"),
        ("one and a half", r"\frac{3}{2}"),
        ("three halves", r"\frac{3}{2}"),
        ("two-thirds", r"\frac{2}{3}"),
        ("three over four", r"\frac{3}{4}"),
        ("negative three halves", r"-\frac{3}{2}"),
        ("three point one four", r"\frac{157}{50}"),
        ("half a dozen", "6"),
        ("a hundred", "100"),
        ("third", r"3\text{th}"),
        ("twenty-first", r"21\text{th}"),
        ("fifty percent", r"50 \text{percent}"),
        ("one or two", r"1 \text{or} 2"),
        ("百分之五十", "50%"),
        ("三分之二", r"\frac{2}{3}"),
        ("一又二分之一", r"\frac{3}{2}"),
        ("负五", "-5"),
        ("一百零五", "105"),
        ("两万三千", "23000"),
        ("三点一四", r"\frac{157}{50}"),
        ("一半", r"\frac{1}{2}"),
        ("第三", r"3\text{th}"),
        ("五厘米", r"5\text{厘米}"),
    ],
)
def test_words_are_numerals(words: str, latex: str) -> None:
    found = numerals(spell(words))
    assert found is not None
    assert join(found).replace(" ", "") == latex.replace(" ", "")


@pytest.mark.parametrize(
    "words",
    [
        "three apples",
        "five six",
        "a",
        "an apple",
        "minus",
        "listen",
        "one of them",
        "hundred",
        "三角形",
        "一百五",
        "两万五",
        "北京",
    ],
)
def test_prose_is_no_numeral(words: str) -> None:
    assert numerals(spell(words)) is None
