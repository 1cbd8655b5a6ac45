"""Where people disagree about equality, and what a comparison found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.math.matching import Equal


@dataclass(frozen=True, slots=True)
class Policy:
    """Switches of one comparison; the check's parameters of the same names explain them."""

    percent_as_fraction: bool = True
    percent_as_number: bool = False
    ratio_as_fraction: bool = False
    ignore_missing_unit: bool = True
    convert_units: bool = True
    convert_temperatures: bool = False
    rounded_decimals: bool = True
    base_conversion: bool = False
    order_matters: bool = False
    ignore_case: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """Equal, not equal or undecided (None), and the step of the ladder that decided."""

    equal: Equal
    step: str


def by_structure(equal: Equal) -> Finding:
    """What the types of both sides decided."""
    return Finding(equal, "typed_structure")
