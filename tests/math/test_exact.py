"""Arithmetic is one exact rational number or none."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.math.exact import Decimal, decimal_form, evaluate
from verifier.math.spelling import spell


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("07", Fraction(7)),
        (".5", Fraction(1, 2)),
        ("1,234.5", Fraction(2469, 2)),
        ("1 000", Fraction(1000)),
        (r"1\,000", Fraction(1000)),
        ("1e-3", Fraction(1, 1000)),
        (r"1.5\times10^{3}", Fraction(1500)),
        ("1 1/2", Fraction(3, 2)),
        (r"-1\frac12", Fraction(-3, 2)),
        (r"0.1\overline{6}", Fraction(1, 6)),
        ("-2^2", Fraction(-4)),
        ("(-2)^2", Fraction(4)),
        ("2^{-3}", Fraction(1, 8)),
        ("3!", Fraction(6)),
        (r"\binom52", Fraction(10)),
        (r"\sqrt{\frac{16}{9}}", Fraction(4, 3)),
        ("2(3+4)", Fraction(14)),
        ("1/2/2", Fraction(1, 4)),
    ],
)
def test_arithmetic_has_its_value(text: str, value: Fraction) -> None:
    assert evaluate(spell(text)) == value


@pytest.mark.parametrize(
    "text",
    ["x", "1/0", r"\sqrt2", "1 2", "3!!", "1/2(3)", r"\pi", "(-1)!", "2^{1/2}", "0^0", "1:2"],
)
def test_anything_else_has_none(text: str) -> None:
    assert evaluate(spell(text)) is None


def test_a_rounding_is_half_away_from_zero() -> None:
    assert Decimal(places=3, significant=3).shows(Fraction(-667, 1000), Fraction(-2, 3))


def test_a_rounding_shows_at_least_three_digits() -> None:
    assert not Decimal(places=2, significant=2).shows(Fraction(33, 100), Fraction(1, 3))


def test_leading_zeros_are_not_significant() -> None:
    assert decimal_form(spell("0.0330")) == Decimal(places=4, significant=3)


@given(st.fractions(max_denominator=10**6))
def test_a_fraction_survives_being_written(value: Fraction) -> None:
    written = rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
    assert evaluate(spell(written)) == value


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9
    )
)
def test_a_decimal_survives_being_written(value: object) -> None:
    assert evaluate(spell(f"{value:f}")) == Fraction(str(value))
