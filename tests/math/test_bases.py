r"""A numeral in another base has its value and its base."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verifier.math.answers import Based, Number
from verifier.math.reading import read


@pytest.mark.parametrize(
    ("text", "value", "base"),
    [
        ("31_8", 25, 8),
        ("(1011)_2", 11, 2),
        (r"1011_{\text{two}}", 11, 2),
        (r"\text{1A}_{16}", 26, 16),
        ("FF_{16}", 255, 16),
        ("0xFF", 255, 16),
        ("0b101", 5, 2),
        ("31 base 8", 25, 8),
        ("-31_8", -25, 8),
        ("0.1_2", Fraction(1, 2), 2),
    ],
)
def test_a_numeral_is_read(text: str, value: Fraction, base: int) -> None:
    found = read(text)
    assert isinstance(found, Based)
    assert (found.value, found.base) == (value, base)


def test_base_ten_is_a_plain_number() -> None:
    assert isinstance(read("31_{10}"), Number)


@pytest.mark.parametrize("text", ["x_2", "A_1", "F_{16}", "38_8", "2_1", "a_{10}", "1_{99}"])
def test_an_index_is_no_base(text: str) -> None:
    assert read(text).kind not in ("base", "number")
