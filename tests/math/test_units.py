r"""Unit words are read as products of powers, and letters are no units by themselves."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verifier.math.spelling import spell
from verifier.math.units import is_plausible, known, read_unit


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("km", "kilometers"),
        ("KM", "km"),
        ("m/s", r"m s^{-1}"),
        ("m/s", r"\mathrm{m\,s^{-1}}"),
        ("m/s", "meters per second"),
        ("m/s", "米/秒"),
        ("m/s", "米每秒"),
        (r"\text{m/s}^2", "meters per second squared"),
        ("m/s/s", "m/s^2"),
        (r"kg\cdot m/s^2", "N"),
        ("N m", "J"),
        ("J/s", "watts"),
        ("V/A", r"\Omega"),
        ("kΩ", r"\text{k}\Omega"),
        ("kΩ", "千欧"),
        (r"\mu\text{m}", "micrometers"),
        ("μs", "us"),
        ("cm^2", "square centimeters"),
        ("cm²", "平方厘米"),
        ("cm2", "sq cm"),
        ("J/kg K", r"J/(kg\cdot K)"),
        ("miles per hour", "mph"),
        ("light years", "ly"),
        ("US dollars", "dollar"),
        ("°C", "degrees Celsius"),
        ("℃", r"^\circ C"),
        ("people", "person"),
        ("cubic feet", "ft^3"),
        ("fl", "fl"),
    ],
)
def test_two_ways_to_write_one_unit(text: str, same: str) -> None:
    one, other = read_unit(spell(text)), read_unit(spell(same))
    assert one is not None
    assert other is not None
    assert (one.dimension, one.factor) == (other.dimension, other.factor)


@pytest.mark.parametrize(
    ("text", "factor", "base"),
    [
        ("km", Fraction(1000), "m"),
        ("km/h", Fraction(5, 18), "m/s"),
        ("Mm", Fraction(10**6), "m"),
        ("mm", Fraction(1, 1000), "m"),
        ("qg", Fraction(1, 10**33), "kg"),
        ("Qm", Fraction(10**30), "m"),
        ("inch", Fraction(127, 5000), "m"),
        ("g/cm^3", Fraction(1000), "kg/m^3"),
        ("L", Fraction(1, 1000), "m^3"),
        ("years", Fraction(12), "month"),
        ("kWh", Fraction(3_600_000), "J"),
    ],
)
def test_a_unit_converts_exactly(text: str, factor: Fraction, base: str) -> None:
    one, other = read_unit(spell(text)), read_unit(spell(base))
    assert one is not None
    assert other is not None
    assert one.dimension == other.dimension
    assert one.factor / other.factor == factor


@pytest.mark.parametrize("text", ["x", "m/", "/s/", "m^{99}", "cm or m", "is", "n", "m^{x}", "am"])
def test_what_is_no_unit(text: str) -> None:
    assert read_unit(spell(text)) is None


def test_a_millimetre_is_no_megametre() -> None:
    assert known("mm") != known("Mm")


@pytest.mark.parametrize(
    ("text", "plausible"),
    [("m/s", True), ("g", True), ("m n", False), ("kg m", False), ("t", False), ("cm", True)],
)
def test_letters_in_a_row_are_variables(text: str, plausible: bool) -> None:  # noqa: FBT001 - the fact
    assert is_plausible(spell(text)) is plausible
