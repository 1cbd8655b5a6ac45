r"""Every physical unit converts as pint says, exactly."""

from __future__ import annotations

from fractions import Fraction

import pint
import pytest

from verifier.math.unit_table import (
    CHINESE,
    PHYSICAL_NAMES,
    PREFIX_NAMES,
    PREFIX_SYMBOLS,
    Row,
)
from verifier.math.units import known

REGISTRY: pint.UnitRegistry[Fraction] = pint.UnitRegistry(non_int_type=Fraction)
BASES = {
    "[length]": "m", "[mass]": "kg", "[time]": "s", "[current]": "A", "[temperature]": "K",
    "[substance]": "mol", "[luminosity]": "cd",
}  # fmt: skip
# Since 2023 a foot is a foot in the United States too; pint's acre is made of survey feet.
EXCEPT = {"acre"}
ROWS = {row[0]: row for row in PHYSICAL_NAMES.values() if row[0] not in EXCEPT}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_is_what_pint_says(row: Row) -> None:
    name, dimension, factor, _ = row
    unit = REGISTRY.parse_units(name)
    if dimension == (("bit", 1),):
        assert REGISTRY.Quantity(Fraction(1), unit).to("bit").magnitude == factor
        return
    powers = {BASES[base]: int(str(power)) for base, power in unit.dimensionality.items()}
    assert dict(dimension) == powers
    base = {"kg": "kilogram", "m": "meter", "s": "second", "A": "ampere", "K": "kelvin",
            "mol": "mole", "cd": "candela"}  # fmt: skip
    wanted = REGISTRY.Quantity(Fraction(1), unit)
    for symbol, power in powers.items():
        wanted /= REGISTRY.Quantity(Fraction(1), base[symbol]) ** power
    assert Fraction(wanted.to_base_units().magnitude) == factor


def test_an_acre_is_43560_square_feet() -> None:
    assert PHYSICAL_NAMES["acre"][2] == 43560 * PHYSICAL_NAMES["foot"][2] ** 2


@pytest.mark.parametrize("prefix", PREFIX_NAMES)
def test_a_prefix_is_the_power_of_ten_that_pint_says(prefix: str) -> None:
    found = REGISTRY.Quantity(Fraction(1), f"{prefix}meter").to("meter").magnitude
    assert found == Fraction(10) ** PREFIX_NAMES[prefix]


@pytest.mark.parametrize("symbol", PREFIX_SYMBOLS)
def test_a_symbol_of_a_prefix_is_a_prefix(symbol: str) -> None:
    unit = known(f"{symbol}m")
    assert unit is None or unit.factor == Fraction(10) ** PREFIX_SYMBOLS[symbol]


@pytest.mark.parametrize(("chinese", "unit"), CHINESE.items())
def test_a_chinese_unit_is_one_that_is_known(chinese: str, unit: str) -> None:
    assert known(chinese) == known(unit) != None  # noqa: E711 - a chain of equalities
