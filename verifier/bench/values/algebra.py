r"""What only algebra can compare, and equations."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from verifier.bench.values.base import Sample, led, nonzero, plus

if TYPE_CHECKING:
    from random import Random

    from verifier.bench.values.base import Maker


def _polynomial(rng: Random) -> Sample:
    p, q, k = nonzero(rng, 9), nonzero(rng, 9), rng.randint(1, 5)
    b, c = k * (p + q), k * p * q
    lead = "" if k == 1 else str(k)
    square = f"{lead}x^2"
    spellings: tuple[str, ...] = (
        f"{square}{plus(b, unit='x')}{plus(c)}",
        f"{lead}x^{{2}} {plus(b, unit='x')} {plus(c)}",
        f"{led(plus(c))}{plus(b, unit='x')}+{square}",
        f"{lead}(x{plus(p)})(x{plus(q)})",
        f"{lead}\\left(x{plus(q)}\\right)\\left(x{plus(p)}\\right)",
        f"x({led(plus(k, unit='x'))}{plus(b)}){plus(c)}",
        f"{lead}x²{plus(b, unit='x')}{plus(c)}",
        f"{lead or 1}*x^2{'-' if b < 0 else '+'}{abs(b)}*x{plus(c)}",
        f"{lead}x**2{plus(b, unit='x')}{plus(c)}",
        f"({lead}x{plus(k * p)})(x{plus(q)})",
        f"{lead}(x{plus(q)})\\cdot(x{plus(p)})",
    )
    others = (
        f"{square}{plus(b, unit='x')}{plus(c + 1)}",
        f"{square}{plus(b + 1, unit='x')}{plus(c)}",
        f"{lead}(x{plus(p)})(x{plus(q + 1)})",
        f"{lead}x^3{plus(b, unit='x')}{plus(c)}",
    )
    return Sample(spellings, others)


def _radical(rng: Random) -> Sample:
    a, b = rng.randint(2, 20), rng.choice((2, 3, 5, 6, 7, 10, 11, 13, 14, 15, 17, 19))
    spellings: tuple[str, ...] = (
        f"{a}\\sqrt{{{b}}}",
        f"{a}√{b}",
        f"\\sqrt{{{a * a * b}}}",
        f"{a}\\cdot\\sqrt{{{b}}}",
        f"\\frac{{{a * b}}}{{\\sqrt{{{b}}}}}",
        f"{a}\\cdot {b}^{{1/2}}",
        f"{a}sqrt({b})",
        f"{a}\\sqrt {b}",
        f"{a}*sqrt({b})",
        f"\\sqrt{{{b}}}\\cdot{a}",
        f"{a}\\times\\sqrt{{{b}}}",
        f"{a}\\sqrt[2]{{{b}}}",
    )
    return Sample(
        spellings,
        (
            f"{a + 1}\\sqrt{{{b}}}",
            f"-{a}\\sqrt{{{b}}}",
            f"\\sqrt{{{a * b}}}",
            f"{a}\\sqrt[3]{{{b}}}",
        ),
    )


def _surds(rng: Random) -> Sample:
    a, b = nonzero(rng, 12), rng.choice((2, 3, 5, 6, 7, 10, 11))
    spellings: tuple[str, ...] = (
        f"{a}\\pm\\sqrt{{{b}}}",
        f"{a}+\\sqrt{{{b}}}, {a}-\\sqrt{{{b}}}",
        f"{a}-\\sqrt{{{b}}}\\text{{ and }}{a}+\\sqrt{{{b}}}",
        f"x={a}\\pm\\sqrt{{{b}}}",
        f"{a}±√{b}",
        f"\\{{{a}-\\sqrt{{{b}}}, {a}+\\sqrt{{{b}}}\\}}",
        f"x={a}+\\sqrt{{{b}}}\\text{{ or }}x={a}-\\sqrt{{{b}}}",
    )
    others = (
        f"{a}+\\sqrt{{{b}}}",
        f"{a + 1}\\pm\\sqrt{{{b}}}",
        f"{a}\\pm\\sqrt{{{b + 2}}}",
        str(a),
    )
    return Sample(spellings, others)


def _constant(rng: Random) -> Sample:
    a, b = rng.randint(2, 60), rng.randint(2, 12)
    while math.gcd(a, b) > 1:
        b += 1
    spellings: tuple[str, ...] = (
        f"\\frac{{{a}\\pi}}{{{b}}}",
        f"\\frac{{{a}}}{{{b}}}\\pi",
        f"{a}\\pi/{b}",
        f"{a}π/{b}",
        f"\\pi\\cdot\\frac{{{a}}}{{{b}}}",
        f"\\dfrac{{{2 * a}\\pi}}{{{2 * b}}}",
        f"{a}pi/{b}",
        f"\\frac{{{a}}}{{{b}}}\\cdot\\pi",
        f"\\frac{{\\pi\\cdot{a}}}{{{b}}}",
        f"({a}/{b})\\pi",
    )
    others = (f"\\frac{{{a}}}{{{b}}}", f"\\frac{{{a + 1}\\pi}}{{{b}}}", f"-{spellings[0]}")
    return Sample(spellings, (*others, f"\\frac{{{a}e}}{{{b}}}"))


def _logarithm(rng: Random) -> Sample:
    base, n = rng.randint(2, 9), rng.choice((11, 13, 17, 19, 23))
    spellings: tuple[str, ...] = (
        f"\\log_{{{base}}} {n}",
        f"\\log_{base} {n}",
        f"\\frac{{\\ln {n}}}{{\\ln {base}}}",
    )
    spellings += (
        f"\\log_{{{base}}}({n})",
        f"\\frac{{\\log {n}}}{{\\log {base}}}",
        f"\\log_{{{base}}}{{{n}}}",
    )
    spellings += (f"\\ln({n})/\\ln({base})", f"\\frac{{1}}{{\\log_{{{n}}} {base}}}")
    others = (
        f"\\log_{{{n}}} {base}",
        f"\\log_{{{base}}} {n + 1}",
        f"\\ln {n}",
        f"\\ln {n}-\\ln {base}",
    )
    return Sample(spellings, others)


def _function(rng: Random) -> Sample:
    m, b = nonzero(rng, 9), nonzero(rng, 9)
    rule, other = f"{led(plus(m, unit='x'))}{plus(b)}", f"{led(plus(m, unit='t'))}{plus(b)}"
    spellings: tuple[str, ...] = (
        f"f(x)={rule}",
        rule,
        f"f(t)={other}",
        f"f(x)={led(plus(b))}{plus(m, unit='x')}",
    )
    spellings += (f"f(x) = {rule}", f"$f(x)={rule}$")
    return Sample(
        spellings[:1] + spellings[2:], (f"f(x)={rule}+1", f"g(x)={rule}+2", f"f(x)=-({rule})")
    )


def _line(rng: Random) -> Sample:
    m, b = nonzero(rng, 9), nonzero(rng, 20)
    spellings: tuple[str, ...] = (
        f"y={led(plus(m, unit='x'))}{plus(b)}",
        f"y = {led(plus(b))}{plus(m, unit='x')}",
        f"{led(plus(m, unit='x'))}-y{plus(b)}=0",
        f"y{plus(-b)}={led(plus(m, unit='x'))}",
        f"2y={2 * m}x{plus(2 * b)}",
        f"{led(plus(m, unit='x'))}{plus(b)}=y",
        f"y{plus(-m, unit='x')}{plus(-b)}=0",
        f"0={led(plus(m, unit='x'))}-y{plus(b)}",
        f"$y={led(plus(m, unit='x'))}{plus(b)}$",
    )
    others = (
        f"y={led(plus(m, unit='x'))}{plus(b + 1)}",
        f"y={led(plus(-m, unit='x'))}{plus(b)}",
        f"{led(plus(m, unit='x'))}+y{plus(b)}=0",
    )
    return Sample(spellings, others)


def _circle(rng: Random) -> Sample:
    a, b, r = nonzero(rng, 9), nonzero(rng, 9), rng.randint(1, 9)
    left = f"(x{plus(-a)})^2+(y{plus(-b)})^2"
    constant = a * a + b * b - r * r
    spellings: tuple[str, ...] = (
        f"{left}={r * r}",
        f"(y{plus(-b)})^2+(x{plus(-a)})^2={r * r}",
        f"{left}={r}^2",
        f"{left}-{r * r}=0",
        f"x^2+y^2{plus(-2 * a, unit='x')}{plus(-2 * b, unit='y')}{plus(constant)}=0",
    )
    others = (f"{left}={r * r + 1}", f"(x{plus(a)})^2+(y{plus(-b)})^2={r * r}", f"{left}={r}.5")
    return Sample(spellings, others)


def _labelled(rng: Random) -> Sample:
    n, name = nonzero(rng, 99), rng.choice(("x", "n", "f(2)", "a_1", "P(A)", "\\theta"))
    return Sample(
        (f"{name}={n}", f"{name} = {n}", f"{name}={n}.0", str(n), f"${name}={n}$"),
        (f"{name}={n + 1}", str(-n), f"{name}>{n}", f"{n}={n + 1}", f"2{name}={n}"),
    )


MAKERS: dict[str, Maker] = {
    "polynomial": _polynomial,
    "radical": _radical,
    "pair of surds": _surds,
    "multiple of pi": _constant,
    "logarithm": _logarithm,
    "function": _function,
    "line": _line,
    "circle": _circle,
    "labelled value": _labelled,
}
