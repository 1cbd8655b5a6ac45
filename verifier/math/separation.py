"""How close to zero an algebraic number can be without being zero.

The bound BFMSS of C. Burnikel, S. Funke, K. Mehlhorn, S. Schirra and S. Schmitt, "A Separation
Bound for Real Algebraic Expressions", Algorithmica 55 (2009): an expression E over integers with
sums, products, quotients and roots, of degree at most D, with u(E) and l(E) as below, is zero or at
least (u^(D-1) l)^-1 in absolute value. Sines and cosines of rational multiples of pi and the
imaginary unit are leaves: twice their value is an algebraic integer whose conjugates are at most 2,
and together they are of the degree of one cyclotomic field.
"""

# ruff: noqa: PLR0911 - every kind of node returns where it is measured

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from flint import fmpz

from verifier.math.balls import rational_value
from verifier.math.tree import (
    TRIGONOMETRIC,
    Call,
    Constant,
    Node,
    Power,
    Product,
    Rational,
    Root,
    Sum,
    walk,
)

_MAX_DEGREE = 256
_MAX_EXPONENT = 512
_MAX_DENOMINATOR = 360
_MAX_ORDER = 720


@dataclass(frozen=True, slots=True)
class _Size:
    """Logarithms to base 2 of the bounds u and l."""

    upper: float
    lower: float


class _NotAlgebraicError(ValueError):
    """The number is not, or not visibly, algebraic."""


def zero_bits(node: Node) -> float | None:
    """Bits b such that |node| < 2^-b proves it zero; None where there is no such bound."""
    try:
        degree = _degree(node)
        size = _size(node)
    except (_NotAlgebraicError, OverflowError):
        return None
    return (degree - 1) * max(size.upper, 0.0) + max(size.lower, 0.0) + 1


def _degree(node: Node) -> int:
    """A bound on the degree: that of a cyclotomic field times the index of every other root."""
    order, degree = 1, 1
    for one in set(walk(node)):
        match one:
            case Root(_, index):
                degree *= index
            case Constant("i"):
                order = math.lcm(order, 4)
            case Power(_, exponent):
                exact = rational_value(exponent)
                degree *= exact.denominator if exact is not None else 1
            case Call(name, (angle,)) if name in TRIGONOMETRIC:
                # The sine brings i along.
                order = math.lcm(order, 4, 2 * turns(angle).denominator)
            case _:
                pass
        if degree > _MAX_DEGREE or order > _MAX_ORDER:
            raise _NotAlgebraicError
    return degree * int(fmpz(order).euler_phi())


def turns(angle: Node) -> Fraction:
    """The angle as a rational multiple of pi."""
    match angle:
        case Constant("pi"):
            return Fraction(1)
        case Product(factors):
            rest = [f for f in factors if rational_value(f) is None]
            if len(rest) == 1:
                exact = math.prod(v for v in map(rational_value, factors) if v is not None) * turns(
                    rest[0]
                )
                if exact.denominator <= _MAX_DENOMINATOR:
                    return exact
        case Sum(terms):
            return sum(map(turns, terms), Fraction(0))
        case _:
            if rational_value(angle) == 0:
                return Fraction(0)
    raise _NotAlgebraicError


def _size(node: Node) -> _Size:
    match node:
        case Rational(value):
            return _Size(_log2(abs(value.numerator)), _log2(value.denominator))
        case Constant("i"):
            return _Size(0.0, 0.0)
        case Sum(terms):
            return reduce(_added, map(_size, terms))
        case Product(factors):
            sizes = [_size(factor) for factor in factors]
            return _Size(sum(s.upper for s in sizes), sum(s.lower for s in sizes))
        case Root(radicand, index):
            return _rooted(_size(radicand), index)
        case Power(base, exponent):
            return _raised(base, exponent)
        case Call("sin" | "cos" | "sec" | "csc", (angle,)):
            turns(angle)
            return _Size(1.0, 1.0)
        case Call("tan" | "cot", (angle,)):
            turns(angle)
            return _Size(2.0, 2.0)
        case Call("abs", (argument,)):
            return _size(argument)
        case _:
            raise _NotAlgebraicError


def _log2(whole: int) -> float:
    return math.log2(whole) if whole else 0.0


def _added(first: _Size, second: _Size) -> _Size:
    one, other = first.upper + second.lower, first.lower + second.upper
    more, less = max(one, other), min(one, other)
    return _Size(more + math.log2(1 + 2 ** max(less - more, -60.0)), first.lower + second.lower)


def _rooted(size: _Size, index: int) -> _Size:
    if size.upper >= size.lower:
        return _Size((size.upper + (index - 1) * size.lower) / index, size.lower)
    return _Size(size.upper, ((index - 1) * size.upper + size.lower) / index)


def _raised(base: Node, exponent: Node) -> _Size:
    exact = rational_value(exponent)
    if exact is None or abs(exact.numerator) > _MAX_EXPONENT:
        raise _NotAlgebraicError
    size = _size(base)
    if exact.denominator != 1:
        size = _rooted(size, exact.denominator)
    times = abs(exact.numerator)
    upper, lower = size.upper * times, size.lower * times
    return _Size(upper, lower) if exact >= 0 else _Size(lower, upper)
