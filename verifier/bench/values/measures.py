r"""Amounts with something attached to them."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.bench.values.base import Sample

if TYPE_CHECKING:
    from random import Random

    from verifier.bench.values.base import Maker

_UNITS = {"cm": ("m", 100), "mm": ("cm", 10), "m": ("km", 1000), "g": ("kg", 1000)}
_LONG = {"cm": "centimeters", "mm": "millimeters", "m": "meters", "g": "grams"}


def _money(rng: Random) -> Sample:
    n = rng.randint(1, 99_999)
    spellings: tuple[str, ...] = (
        f"\\${n}",
        f"${n}",
        f"{n}\\text{{ dollars}}",
        f"{n} dollars",
        f"\\${n}.00",
    )
    spellings += (f"\\${n:,}", f"\\text{{\\$}}{n}", f"\\$ {n}", f"{n}\\$", f"{n} USD")
    spellings += (f"\\$\\,{n}", f"$\\${n}$", f"\\${n:,}".replace(",", "{,}"))
    return Sample(
        spellings,
        (f"\\${n + 1}", f"{n} cents", f"\\${n}.50", f"{n}\\%", f"-\\${n}"),
        (f"US\\${n}",),
    )


def _quantity(rng: Random) -> Sample:
    n, unit = rng.randint(2, 5000), rng.choice(list(_UNITS))
    larger, factor = _UNITS[unit]
    spellings: tuple[str, ...] = (
        f"{n}\\text{{ {unit}}}",
        f"{n} {unit}",
        f"{n}\\,\\mathrm{{{unit}}}",
        f"{n} {_LONG[unit]}",
        f"{n}\\ \\text{{{_LONG[unit]}}}",
        f"{n}\\text{{{unit}}}",
        f"{n}~\\mathrm{{{unit}}}",
        f"${n}$ {unit}",
        f"{n}\\operatorname{{{unit}}}",
        f"\\frac{{{n}}}{{{factor}}}\\text{{ {larger}}}",
    )
    others = (f"{n + 1} {unit}", f"{n} {larger}", f"{n} s", f"{n} \\text{{ {unit}}}^2")
    return Sample(spellings, others, (f"{n} \\textrm{{ {unit}.}}",))


def _area(rng: Random) -> Sample:
    n = rng.randint(2, 9999)
    spellings: tuple[str, ...] = (
        f"{n}\\text{{ cm}}^2",
        f"{n} cm^2",
        f"{n} cm²",
        f"{n}\\,\\mathrm{{cm}}^{{2}}",
        f"{n}\\text{{ square centimeters}}",
        f"{n} square centimeters",
        f"{n}\\text{{ sq cm}}",
        f"{n}\\ \\text{{cm}}^2",
        f"{n}\\text{{ cm}}^{{2}}.",
        f"{n} \\text{{ cm}} ^ 2",
        f"{n}\\mathrm{{~cm}}^2",
        f"{n} \\text{{ cm}}²",
    )
    others = (
        f"{n + 1}\\text{{ cm}}^2",
        f"{n}\\text{{ m}}^2",
        f"{n}\\text{{ cm}}",
        f"{n}\\text{{ cm}}^3",
    )
    return Sample(spellings, others)


def _speed(rng: Random) -> Sample:
    n = rng.randint(2, 999)
    spellings: tuple[str, ...] = (
        f"{n}\\text{{ km/h}}",
        f"{n} km/h",
        f"{n}\\ \\mathrm{{km/h}}",
        f"{n}\\text{{ kilometers per hour}}",
        f"{n} kilometers per hour",
        f"{n}\\text{{ km per hour}}",
        f"{n}\\text{{ km}}/\\text{{h}}",
        f"{n} km/hr",
    )
    others = (f"{n + 1}\\text{{ km/h}}", f"{n}\\text{{ m/s}}", f"{n}\\text{{ km}}", f"{n} km/s")
    return Sample(spellings, others, (f"{n}\\ \\frac{{\\text{{km}}}}{{\\text{{h}}}}",))


def _angle(rng: Random) -> Sample:
    n = rng.randint(1, 360)
    turn = Fraction(n, 180)
    top = "\\pi" if turn.numerator == 1 else f"{turn.numerator}\\pi"
    radians = top if turn.denominator == 1 else f"\\frac{{{top}}}{{{turn.denominator}}}"
    spellings: tuple[str, ...] = (
        f"{n}^\\circ",
        f"{n}°",
        f"{n}^{{\\circ}}",
        f"{n}\\text{{ degrees}}",
        f"{n} degrees",
    )
    spellings += (f"{n}\\degree", f"{n}^{{\\circ}} ", f"{n}.0^\\circ", f"{n}\\,^\\circ", f"{n} deg")
    others = (f"{n + 1}^\\circ", f"-{n}^\\circ", f"{radians}+1", f"{n}\\pi")
    return Sample((*spellings, radians), others)


def _ratio(rng: Random) -> Sample:
    a, b, k = rng.randint(1, 9), rng.randint(1, 9), rng.randint(100, 300)
    while math.gcd(a, b) > 1 or a == b:
        b = rng.randint(1, 9)
    spellings: tuple[str, ...] = (
        f"{a}:{b}",
        f"{a} : {b}",
        f"${a}:{b}$",
        f"{k * a}:{k * b}",
        f"{a}\\colon {b}",
    )
    spellings += (f"{a}\uff1a{b}", f"{a} \\text{{:}} {b}")
    return Sample(
        spellings, (f"{b}:{a}", f"{a + 1}:{b}", str(a)), (f"{a} to {b}", f"{a}\\text{{ to }}{b}")
    )


def _clock(rng: Random) -> Sample:
    hour, minute = rng.randint(1, 12), rng.randint(1, 59)
    time = f"{hour}:{minute:02d}"
    spellings: tuple[str, ...] = (
        f"{time} p.m.",
        f"{time} pm",
        f"{time}\\text{{ p.m.}}",
        f"{time} PM",
        f"\\text{{{time} pm}}",
    )
    return Sample(
        spellings,
        (f"{time} am", f"{hour}:{(minute + 1) % 60:02d} pm", f"{hour % 12 + 1}:{minute:02d} pm"),
    )


MAKERS: dict[str, Maker] = {
    "money": _money,
    "quantity": _quantity,
    "area": _area,
    "speed": _speed,
    "angle": _angle,
    "ratio": _ratio,
    "time of day": _clock,
}
