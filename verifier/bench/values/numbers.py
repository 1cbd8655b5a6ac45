r"""Numbers, from integers to complex ones."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.bench.values.base import SUPERSCRIPTS, Sample, frac, led, nonzero, plus, reduced

if TYPE_CHECKING:
    from random import Random

    from verifier.bench.values.base import Maker


def _integer(rng: Random) -> Sample:
    n = nonzero(rng, 10 ** rng.randint(1, 9))
    spellings = [
        str(n),
        f"{n}.0",
        f"${n}$",
        f"\\frac{{{2 * n}}}{{2}}",
        str(n).replace("-", "\u2212"),
    ]
    spellings += [f"{n:,}", f"{n:,}".replace(",", "{,}")] if abs(n) > 999 else []  # noqa: PLR2004 - one group
    spellings += [f"+{n}"] if n > 0 else [f"-\\,{-n}", f"- {-n}", f"(-{-n})"]
    spellings += [f"{n}.", f"\\text{{{n}}}", f"\\mathbf{{{n}}}", f"**{n}**", f"\\({n}\\)"]
    return Sample(tuple(spellings), (str(n + 1), str(-n), str(10 * n), f"{n}.5", f"{n}7"))


def _decimal(rng: Random) -> Sample:
    places = rng.randint(1, 6)
    n = nonzero(rng, 10 ** (places + 2))
    n += n % 10 == 0
    value = Fraction(n, 10**places)
    digits = f"{abs(n):0{places + 1}d}"
    sign = "-" if n < 0 else ""
    plain = f"{sign}{digits[:-places]}.{digits[-places:]}"
    spellings = [plain, f"{plain}0", f"${plain}$", f"{n}\\cdot 10^{{-{places}}}", f"{n}e-{places}"]
    spellings += [frac(value)] if value.denominator > 1 else []
    spellings += [f"{n}\\times10^{{-{places}}}", f"\\text{{{plain}}}", f"{n}/{10**places}"]
    spellings += [plain.replace("0.", ".")] if digits[:-places] == "0" else []
    more = f"{sign}{abs(n) + 1:0{places + 1}d}"
    return Sample(
        tuple(spellings),
        (f"{more[:-places]}.{more[-places:]}", f"{n}", plain[1:] if n < 0 else f"-{plain}"),
    )


def _fraction(rng: Random) -> Sample:
    value = reduced(rng, 60) * rng.choice((1, 1, -1))
    top, bottom, k = value.numerator, value.denominator, rng.randint(2, 9)
    spellings = [
        frac(value),
        frac(value, "dfrac"),
        f"{top}/{bottom}",
        f"\\frac{{{top}}}{{{bottom}}}",
    ]
    spellings += [
        f"\\frac{{{k * top}}}{{{k * bottom}}}",
        f"{top} \\div {bottom}",
        f"{top}÷{bottom}",
    ]
    spellings += [f"\\left({top}\\right)/{bottom}", f"{top}\\cdot\\frac{{1}}{{{bottom}}}"]
    spellings += [f"{top}\u2044{bottom}", f"\\frac{{{top}.0}}{{{bottom}}}"]
    spellings += ["½"] if value == Fraction(1, 2) else []
    spellings += [f"\\frac{top}{bottom}"] if 0 < top < 10 and bottom < 10 else []  # noqa: PLR2004 - one digit each
    others = [
        frac(value + 1),
        frac(-value),
        f"{top}{bottom}",
        frac(value + Fraction(1, bottom * 7)),
    ]
    others += [frac(1 / value)] if abs(top) > 1 else []
    return Sample(tuple(spellings), tuple(others))


def _mixed(rng: Random) -> Sample:
    whole, bottom = rng.randint(1, 30), rng.randint(2, 12)
    top = rng.randint(1, bottom - 1)
    value = whole + Fraction(top, bottom)
    spellings: tuple[str, ...] = (
        f"{whole}\\frac{{{top}}}{{{bottom}}}",
        f"{whole} \\dfrac{{{top}}}{{{bottom}}}",
        f"{whole} {top}/{bottom}",
        f"{whole}+\\frac{{{top}}}{{{bottom}}}",
        f"{whole}\\,\\frac{{{top}}}{{{bottom}}}",
        f"{whole}\\tfrac{{{top}}}{{{bottom}}}",
        f"{whole}\\text{{ }}\\frac{{{top}}}{{{bottom}}}",
        f"{whole}-{top}/{bottom}".replace("-", " "),
        f"\\frac{{{whole * bottom + top}}}{{{bottom}}}",
    )
    product = whole * Fraction(top, bottom)
    others = [f"{whole + 1}\\frac{{{top}}}{{{bottom}}}", f"-{spellings[0]}"]
    others += [f"{whole}\\cdot\\frac{{{top}}}{{{bottom}}}"] if product != value else []
    return Sample(spellings, tuple(others))


def _percent(rng: Random) -> Sample:
    n = rng.randint(1, 400)
    spellings: tuple[str, ...] = (
        f"{n}\\%",
        f"{n}%",
        f"{n} percent",
        f"{n}\\text{{ percent}}",
        f"${n}\\%$",
    )
    spellings += (f"\\frac{{{n}}}{{100}}", f"{n / 100:.2f}", f"{n}.0\\%", f"{n} \\%", f"{n}\uff05")
    return Sample(spellings, (str(n), f"{n + 1}\\%", f"{n / 1000:.3f}", f"-{n}\\%"))


def _scientific(rng: Random) -> Sample:
    n, power = rng.randint(11, 99), rng.choice((1, -1)) * rng.randint(4, 12)
    n += n % 10 == 0
    mantissa = f"{n // 10}.{n % 10}"
    value = Fraction(n, 10) * Fraction(10) ** power
    places = 1 - power
    long = f"{float(value):.{places}f}" if power < 0 else str(value)
    spellings: tuple[str, ...] = (
        f"{mantissa} \\times 10^{{{power}}}",
        f"{mantissa}\\cdot10^{{{power}}}",
        f"{mantissa}e{power}",
        f"{mantissa}\u00d710{str(power).translate(SUPERSCRIPTS)}",
        f"{n}\\times 10^{{{power - 1}}}",
        f"{mantissa}E{power}",
        f"{mantissa}*10^{power}" if power > 0 else f"{mantissa}*10^({power})",
        f"{mantissa}\\times{{10}}^{{{power}}}",
        f"{mantissa}0\\times 10^{{{power}}}",
        f"10^{{{power}}}\\cdot {mantissa}",
        long,
    )
    others = (f"{mantissa} \\times 10^{{{power + 1}}}", f"{mantissa} \\times 10^{{{-power}}}")
    return Sample(
        spellings,
        (*others, f"{mantissa}1 \\times 10^{{{power}}}", mantissa),
        (f"{mantissa} x 10^{{{power}}}",),
    )


def _repeating(rng: Random) -> Sample:
    digits = rng.choice(("3", "6", "1", "12", "45", "142857", "81"))
    whole = rng.randint(0, 9)
    value = whole + Fraction(int(digits), 10 ** len(digits) - 1)
    spellings: tuple[str, ...] = (
        f"{whole}.\\overline{{{digits}}}",
        frac(value),
        f"{value.numerator}/{value.denominator}",
    )
    spellings += (f"{whole}.{digits}\\overline{{{digits}}}",)
    unread = (f"{whole}.\\bar{{{digits}}}", f"{whole}.{(digits * 8)[:12]}\\ldots")
    others = (
        f"{whole}.{digits}9",
        f"{whole + 1}.\\overline{{{digits}}}",
        f"{whole}.0\\overline{{{digits}}}",
    )
    return Sample(spellings, others, unread)


def _power(rng: Random) -> Sample:
    base, exponent = rng.randint(2, 9), rng.randint(3, 9)
    value = base**exponent
    spellings: tuple[str, ...] = (
        f"{base}^{{{exponent}}}",
        f"{base}^{exponent}",
        str(value),
        f"{base}**{exponent}",
    )
    spellings += (
        f"{base}\\cdot {base}^{{{exponent - 1}}}",
        f"{value:,}",
        f"({base})^{{{exponent}}}",
    )
    spellings += (
        f"{base}{str(exponent).translate(SUPERSCRIPTS)}",
        f"\\frac{{{base}^{{{exponent + 1}}}}}{{{base}}}",
    )
    others = (f"{base}^{{{exponent + 1}}}", f"{base * exponent}", f"-{value}", f"{base}{exponent}0")
    return Sample(spellings, others)


def _complex(rng: Random) -> Sample:
    a, b = nonzero(rng, 40), nonzero(rng, 40)
    while abs(a) == abs(b):
        b = nonzero(rng, 40)
    one = "" if abs(b) == 1 else str(abs(b))
    sign = "+" if b > 0 else "-"
    spellings: tuple[str, ...] = (
        f"{a}{sign}{one}i",
        f"{a} {sign} {one}i",
        f"{led(plus(b, unit='i'))}{plus(a)}",
        f"{a}{sign}{abs(b)}\\cdot i",
        f"{a}{sign}i{one}" if not one else f"{a}{sign}i\\cdot {one}",
        f"{a}{sign}{one}\\mathrm{{i}}",
        f"{a}{sign}{one}\\text{{i}}",
        f"({a}){sign}{one}i",
        f"{a}{sign}{one}*i" if one else f"{a}{sign}1i",
    )
    other = "-" if b > 0 else "+"
    return Sample(
        spellings, (f"{a}{other}{one}i", f"{-a}{sign}{one}i", f"{b}{plus(a, unit='i')}", str(a))
    )


def _value(rng: Random) -> Sample:
    """Something to work out whose value is a whole number."""
    n, k = rng.randint(3, 7), rng.randint(2, 9)
    value = math.factorial(n) + math.comb(n, 2) * k
    spellings: tuple[str, ...] = (
        str(value),
        f"{n}!+{k}\\binom{{{n}}}{{2}}",
        f"{math.factorial(n)}+{k}\\cdot{math.comb(n, 2)}",
        f"{k}\\cdot\\frac{{{n}({n}-1)}}{{2}}+{n}!",
        f"\\sqrt{{{value * value}}}",
        f"{value - 1} + \\sin 90^\\circ",
    )
    return Sample(spellings, (str(value + 1), f"{n}!-{k}\\binom{{{n}}}{{2}}", f"-{value}", f"{n}!"))


MAKERS: dict[str, Maker] = {
    "integer": _integer,
    "decimal": _decimal,
    "fraction": _fraction,
    "mixed number": _mixed,
    "percent": _percent,
    "scientific": _scientific,
    "repeating decimal": _repeating,
    "power": _power,
    "complex": _complex,
    "value": _value,
}
