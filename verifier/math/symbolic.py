r"""Algebra: the only module that imports SymPy and Math-Verify; it runs in a killable child.

Expressions are read by Math-Verify's own LaTeX parser (`latex2sympy`), called below `parse` because
`parse` cuts answers out of prose, drops unit letters (`2t` reads as 2) and folds case (`R-r` reads
as 0). Equality of expressions is agreement in 60 digits at fixed probe points, which neither calls
two values below 1e-15 equal nor misses `e^{i\pi}=-1`; what has no value at a point (sets, set
algebra) goes to `math_verify.verify`, in both directions because it is not symmetric.
"""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import sympy
from latex2sympy2_extended import latex2sympy
from latex2sympy2_extended.latex2sympy2 import ConversionConfig
from math_verify import verify
from sympy.core.function import AppliedUndef

from verifier.math import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import JsonValue

_Value: TypeAlias = sympy.Basic

# Math-Verify warns on every start that its own alarm is off; here the parent process is the alarm.
logging.getLogger("math_verify.grader").setLevel(logging.ERROR)

_DIGITS = 60
_TOLERANCE = sympy.Rational(1, 10**45)
_HUGE = sympy.Integer(10) ** 20
_MIN_POINTS = 3
_READ_CHARS = 200
_SIDES_OF_ONE_SIGN = 2
_CONFIG = ConversionConfig(lowercase_symbols=False)
# All positive, then mixed signs, so that |x| is not x; none is special to any function.
_POINTS = (
    (1.3717, 0.6123, 2.7391, 0.2719, 1.9173, 3.1171),
    (0.4159, 2.2361, 0.7853, 1.6449, 0.3303, 1.2021),
    (2.1213, 3.3019, 1.1447, 0.9159, 2.6651, 0.5831),
    (7.3891, 0.1353, 4.6692, 5.4366, 0.7321, 6.2543),
    (-0.7937, 1.2599, -1.8171, 2.0801, -2.2239, 0.4343),
    (1.1547, -0.8409, 2.4495, -1.5157, 0.6931, -3.6427),
    (-2.5029, -0.3679, -1.0472, -4.2361, -1.6180, -0.5772),
)
_MIRROR = {">": "<", "\\ge": "\\le"}
_RELATIONS = {
    "<": sympy.Lt,
    "\\le": sympy.Le,
    ">": sympy.Gt,
    "\\ge": sympy.Ge,
    "\\ne": sympy.Ne,
    "=": sympy.Eq,
}
_COMMAND = re.compile(r"\\[a-zA-Z]+")
_READABLE_NAMES = """
    frac sqrt cdot pi infty binom sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh
    ln log exp int sum prod lim to mathbb cup cap setminus begin end lfloor rfloor lceil rceil
    max min gcd lcm mod overline vec alpha beta gamma delta epsilon zeta eta theta kappa lambda
    mu nu xi rho sigma tau phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega
    le ge ne
"""
_READABLE = frozenset(f"\\{name}" for name in _READABLE_NAMES.split())
_GROUPED = re.compile(r"(?<=\d),(?=\d{3})")
_SCIENTIFIC = re.compile(r"(\d+(?:\.\d+)?|\.\d+)[eE]([+-]?\d+)(?!\w)")
_DECIMAL = re.compile(r"(\d*)\.(\d+)")
_DEGREES = re.compile(r"(\\frac\{\d+\}\{\d+\}|\d+)\\degree")


class _UnreadableError(ValueError):
    """The engine's grammar does not cover the text."""


@dataclass(frozen=True)
class _Chain:
    """Sides joined by signs; a plain expression has one side and no sign."""

    sides: tuple[_Value, ...]
    signs: tuple[str, ...]


def prove(gold: str, answer: str, announce: Callable[[str], None]) -> dict[str, JsonValue]:
    """Whether two expressions, equations or inequalities are equal.

    Both are LaTeX as `verifier.math.reading` writes it. `equal` is None where a side could not be
    read (`why` is `gold` or `answer`) or where nothing could be proved (`compare`). Announces each
    phase, so that a kill can be blamed on a side.
    """
    started = time.process_time()
    found: dict[str, JsonValue] = {"equal": None, "gold_read": "", "answer_read": "", "why": ""}
    chains: list[_Chain] = []
    for phase, latex in (("gold", gold), ("answer", answer)):
        announce(phase)
        try:
            chain = _read(latex)
            found[f"{phase}_read"] = _show(chain)
            chains.append(_evaluated(chain))
        except (MemoryError, RecursionError):
            raise
        except Exception:  # noqa: BLE001 - the grammar's errors are bare Exceptions
            return found | {"why": phase}
    announce("compare")
    is_complex = any(side.has(sympy.I) for chain in chains for side in chain.sides)
    try:
        equal = _equal(chains[0], chains[1], is_complex=is_complex)
        found |= {"gold_value": _constant(chains[0]), "answer_value": _constant(chains[1])}
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 - SymPy raises whatever its algorithms meet
        return found | {"why": "compare"}
    found["cpu_seconds"] = time.process_time() - started
    return found | {"equal": equal, "why": "compare" if equal is None else "values"}


def warm() -> None:
    """Fills the caches of ANTLR and SymPy, so that a forked child starts fast."""
    for gold, answer in (
        (r"(x+1)^{2}", r"x^{2}+2x+1"),
        (r"\frac{\sqrt{3}}{2}", r"\sin\frac{\pi}{3}"),
        (r"\log_{2}8", r"e^{\ln 3}"),
        (r"2x+3y=6", r"y=2-\frac{2x}{3}"),
        (r"x^{2}<4", r"-2<x<2"),
        (r"\int_{0}^{1} x dx", r"\binom{5}{2}-\frac{19}{2}"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"|x-1|+n!"),
    ):
        prove(gold, answer, lambda _phase: None)


def _read(latex: str) -> _Chain:
    unknown = set(_COMMAND.findall(latex.replace("\\degree", ""))) - _READABLE
    if unknown or "'" in latex or "\\ldots" in latex:
        raise _UnreadableError
    plain = _SCIENTIFIC.sub(r"(\1\\cdot10^{\2})", _GROUPED.sub("", latex))
    plain = _DECIMAL.sub(lambda m: f"\\frac{{{int(m[1] + m[2])}}}{{1{'0' * len(m[2])}}}", plain)
    plain = _DEGREES.sub(r"(\1\\cdot\\frac{\\pi}{180})", plain)
    if "\\degree" in plain:
        raise _UnreadableError
    written = identity.chain(plain)
    return _Chain(tuple(_expression(side) for side in written.sides), written.signs)


def _evaluated(chain: _Chain) -> _Chain:
    """Integrals, sums and limits worked out and one value taken.

    This is the expensive part of a comparison, and it has to happen in the phase of its own side,
    so that a heavy gold is not blamed on the answer.
    """
    sides = []
    for side in chain.sides:
        done = side.doit() if isinstance(side, sympy.Expr | sympy.MatrixBase) else side
        if isinstance(done, sympy.MatrixExpr):
            # Left as a product, it would be evaluated without end.
            done = done.as_explicit()
        if isinstance(done, sympy.Expr):
            list(_probe(done, sympy.Integer(0), is_complex=True, rows=1))
        sides.append(done)
    return _Chain(tuple(sides), chain.signs)


def _expression(latex: str) -> _Value:
    read = latex2sympy(
        latex,
        is_real=True,
        convert_degrees=False,
        normalization_config=None,
        conversion_config=_CONFIG,
    )
    if not isinstance(read, sympy.Basic | sympy.MatrixBase):
        raise _UnreadableError
    # A free `i` is the imaginary unit; the index of a sum is not free.
    return read.xreplace({symbol: sympy.I for symbol in read.free_symbols if symbol.name == "i"})


def _show(chain: _Chain) -> str:
    try:
        texts = [str(side) for side in chain.sides]
    except ValueError:
        # Python refuses to print integers beyond 4,300 digits.
        return "a number of thousands of digits"
    parts = [texts[0]]
    for sign, text in zip(chain.signs, texts[1:], strict=True):
        parts += [sign.replace("\\le", "<=").replace("\\ge", ">=").replace("\\ne", "!="), text]
    return " ".join(parts)[:_READ_CHARS]


def _equal(gold: _Chain, answer: _Chain, *, is_complex: bool) -> bool | None:
    if not gold.signs and not answer.signs:
        return _equal_values(gold.sides[0], answer.sides[0], is_complex=is_complex)
    if len(gold.sides) == len(answer.sides) == _SIDES_OF_ONE_SIGN:
        first, second = _oriented(gold), _oriented(answer)
        if first[0] == second[0] and _proportional(
            first[1], second[1], directed=first[0] in ("<", "\\le")
        ):
            return True
        if "=" in (first[0], second[0]):
            return False
    return _equal_regions(gold, answer)


def _oriented(chain: _Chain) -> tuple[str, _Value]:
    """One sign, pointing to the greater side, and the difference of the sides."""
    left, right = chain.sides
    sign = chain.signs[0]
    if sign in _MIRROR:
        return _MIRROR[sign], right - left
    return sign, left - right


def _equal_regions(gold: _Chain, answer: _Chain) -> bool | None:
    """Inequalities in one variable as sets of real numbers."""
    regions = []
    names = set()
    for chain in (gold, answer):
        if not chain.signs:
            return None
        pairs = zip(chain.signs, chain.sides[:-1], chain.sides[1:], strict=True)
        relation = sympy.And(*(_RELATIONS[sign](a, b) for sign, a, b in pairs))
        names |= relation.free_symbols
        regions.append(relation)
    if len(names) != 1:
        return None
    first, second = (relation.as_set() for relation in regions)
    return bool(first == second or (first.is_subset(second) and second.is_subset(first)))


def _equal_values(gold: _Value, answer: _Value, *, is_complex: bool) -> bool | None:
    if gold == answer:
        return True
    if isinstance(gold, sympy.MatrixBase) and isinstance(answer, sympy.MatrixBase):
        if gold.shape != answer.shape:
            return False
        cells = [
            _equal_values(g, a, is_complex=is_complex)
            for g, a in zip(gold.flat(), answer.flat(), strict=True)
        ]
        return None if None in cells and False not in cells else all(cells)
    if isinstance(gold, sympy.Expr) and isinstance(answer, sympy.Expr):
        agreed = 0
        for g, a in _probe(gold, answer, is_complex=is_complex):
            if not _close(g, a):
                return _differ_by_constant(gold, answer)
            agreed += 1
        if agreed >= _MIN_POINTS or (agreed and not gold.free_symbols | answer.free_symbols):
            return _cancel(gold, answer)
    # Sets, infinities, undefined functions, sequences over the integers.
    return bool(_verified(gold, answer) and _verified(answer, gold))


def _verified(gold: _Value, answer: _Value) -> bool:
    return bool(
        verify(
            gold,
            answer,
            strict=True,
            float_rounding=15,
            numeric_precision=_DIGITS,
            timeout_seconds=None,
        )
    )


def _probe(
    gold: sympy.Expr, answer: sympy.Expr, *, is_complex: bool, rows: int = len(_POINTS)
) -> Iterator[tuple[sympy.Expr, sympy.Expr]]:
    """Both values at each point where both have one (and, without `i`, where both are real)."""
    functions = {
        f: sympy.Dummy(str(f)) for f in gold.atoms(AppliedUndef) | answer.atoms(AppliedUndef)
    }
    gold, answer = gold.xreplace(functions), answer.xreplace(functions)
    symbols = sorted(gold.free_symbols | answer.free_symbols, key=str)
    for row, point in enumerate(_POINTS[: rows if symbols else 1]):
        # Symbols beyond the table get values of their own: no two may coincide.
        place = {
            symbol: sympy.Rational(str(point[i % len(point)]))
            + sympy.Rational(i // len(point), 3 + row)
            for i, symbol in enumerate(symbols)
        }
        first, second = (
            _value(side, tuple((s, place[s]) for s in symbols if s in side.free_symbols))
            for side in (gold, answer)
        )
        if first is None or second is None:
            continue
        if not symbols or is_complex or (_is_real(first) and _is_real(second)):
            yield first, second


@lru_cache(maxsize=256)
def _value(
    expression: sympy.Expr, place: tuple[tuple[sympy.Symbol, sympy.Rational], ...]
) -> sympy.Expr | None:
    """The value in 60 digits, None where there is none; pure cancellation noise is 0."""
    value = expression.evalf(_DIGITS, subs=dict(place) or None)
    if not value.is_number or not value.is_finite:
        return None
    real, imaginary = value.as_real_imag()
    parts = [sympy.Integer(0) if getattr(p, "_prec", 2) == 1 else p for p in (real, imaginary)]
    if not all(isinstance(part, sympy.Number) for part in parts):
        return None
    return parts[0] + sympy.I * parts[1]


def _is_real(value: sympy.Expr) -> bool:
    real, imaginary = value.as_real_imag()
    return bool(abs(imaginary) <= abs(real) * _TOLERANCE)


def _close(first: sympy.Expr, second: sympy.Expr) -> bool:
    """Equal to 45 digits relative to the greater one, however small both are."""
    return bool(abs(first - second) <= _TOLERANCE * max(abs(first), abs(second)))


def _cancel(gold: sympy.Expr, answer: sympy.Expr) -> bool:
    """Whether nothing is left of the difference: huge values agree in 45 digits and yet differ."""
    if gold.is_Rational and answer.is_Rational:
        return bool(gold == answer)
    rest = next(_probe(gold - answer, sympy.Integer(0), is_complex=True, rows=1), None)
    scale = next(_probe(gold, answer, is_complex=True, rows=1), None)
    if rest is None or scale is None or abs(scale[0]) < _HUGE:
        return True
    return bool(rest[0] == 0)


def _differ_by_constant(gold: sympy.Expr, answer: sympy.Expr) -> bool:
    """Antiderivatives: with `+C` on both sides any other constant is part of it."""
    constant = next(
        (s for s in gold.free_symbols & answer.free_symbols if s.name in ("C", "c")), None
    )
    if constant is None or gold.free_symbols == {constant}:
        return False
    if gold.diff(constant) != 1 or answer.diff(constant) != 1:
        return False
    pairs = list(_probe(gold - constant, answer - constant, is_complex=False))
    gaps = [g - a for g, a in pairs]
    scale = max((abs(g) for g, _ in pairs), default=0)
    return len(gaps) >= _MIN_POINTS and all(
        abs(gap - gaps[0]) <= _TOLERANCE * scale for gap in gaps
    )


def _proportional(first: _Value, second: _Value, *, directed: bool) -> bool:
    """Whether one difference is a constant times the other, a positive one where directed."""
    if not isinstance(first, sympy.Expr) or not isinstance(second, sympy.Expr):
        return False
    if not first.free_symbols or first.free_symbols != second.free_symbols:
        return False
    ratios = [g / a for g, a in _probe(first, second, is_complex=False) if a != 0]
    if len(ratios) < _MIN_POINTS or ratios[0] == 0 or (directed and not ratios[0] > 0):
        return False
    return all(_close(ratio, ratios[0]) for ratio in ratios)


def _constant(chain: _Chain) -> str:
    """The value in 40 digits where the side is one real number, else an empty string."""
    side = chain.sides[0]
    if chain.signs or not isinstance(side, sympy.Expr) or side.free_symbols:
        return ""
    value = _value(side, ())
    return str(value.evalf(40)) if value is not None and value.is_real else ""
