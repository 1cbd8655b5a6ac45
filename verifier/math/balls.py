"""Numbers with error bounds: what a tree is worth at a point, by the ball arithmetic of FLINT/Arb.

A ball is a midpoint and a radius that certainly holds the value, so two balls that do not overlap
prove that two values differ. See F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius
interval arithmetic", IEEE Transactions on Computers 66 (2017).
"""

# ruff: noqa: PLR0911 - every rule returns where it decides

from __future__ import annotations

import math
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

from flint import acb, arb, ctx, fmpq

from verifier.math.limits import MAX_BITS, MAX_EXPONENT, MAX_FACTORIAL
from verifier.math.tree import (
    Call,
    Constant,
    Node,
    Power,
    Product,
    Rational,
    Root,
    Sum,
    Symbol,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Ball: TypeAlias = arb | acb
Place: TypeAlias = "Mapping[str, Fraction | arb]"
"""A value for every variable."""

_HUGE = arb(2) ** MAX_BITS
_LOOK_BITS = 64
_EXACT_BITS = 4_096
_SLOW_BITS = 1_024
"""The gamma function becomes slow beyond this precision."""


class UndefinedError(ValueError):
    """There is no value here: outside the domain, a pole, or no ball small enough."""


def value(node: Node, place: Place, bits: int, *, over_complex: bool) -> Ball:
    """A ball that holds the value of `node`.

    Args:
        node: the tree.
        place: a value for every variable in it.
        bits: the precision to compute with.
        over_complex: whether an even root of a negative number has a value.

    Raises:
        UndefinedError: there is none.
    """
    with ctx.workprec(bits):
        try:
            return _Evaluation(place, bits, over_complex=over_complex).value(node)
        except OverflowError as error:
            raise UndefinedError from error


class _Evaluation:
    """One point and one precision."""

    def __init__(self, place: Place, bits: int, *, over_complex: bool) -> None:
        self._place = place
        self._bits = bits
        self._complex = over_complex
        # By identity: a node's hash walks all that is below it.
        self.known: dict[int, Ball] = {}

    def value(self, node: Node) -> Ball:
        """The finite ball of a node."""
        found = self.known.get(id(node))
        if found is None:
            found = self.known[id(node)] = _finite(self._compute(node))
        return found

    def _compute(self, node: Node) -> Ball:
        match node:
            case Rational(value):
                return self._exact(value)
            case Symbol(name):
                found = self._place[name]
                return found if isinstance(found, arb) else self._exact(found)
            case Constant(name):
                return self._constant(name)
            case Sum(terms):
                return sum(map(self.value, terms[1:]), self.value(terms[0]))
            case Product(factors):
                return math.prod(map(self.value, factors[1:]), start=self.value(factors[0]))
            case Power(base, exponent):
                return self._power(base, exponent)
            case Root(radicand, index):
                return self._root(self.value(radicand), index)
            case Call("gcd" | "lcm" | "mod" as name, arguments):
                return self._divided(name, arguments)
            case Call(name, arguments):
                return self._call(name, [self.value(argument) for argument in arguments])

    def _exact(self, exact: Fraction) -> Ball:
        ball = arb(fmpq(exact.numerator, exact.denominator))
        return acb(ball) if self._complex else ball

    def _constant(self, name: str) -> Ball:
        if name == "i":
            return acb(0, 1)
        ball = arb.pi() if name == "pi" else arb.const_e()
        return acb(ball) if self._complex else ball

    def _power(self, base: Node, exponent: Node) -> Ball:
        bottom = self.value(base)
        exact = rational_value(exponent)
        if exact is None:
            top = self.value(exponent)
            whole = _whole(top)
            if whole is not None:
                return _integer_power(bottom, whole)
            if isinstance(bottom, arb) and not bottom > 0:
                raise UndefinedError
            return (top * bottom.log()).exp()
        if exact.denominator == 1:
            return _integer_power(bottom, exact.numerator)
        if max(abs(exact.numerator), exact.denominator) > MAX_EXPONENT:
            if isinstance(bottom, arb) and not bottom > 0:
                raise UndefinedError
            return (self._exact(exact) * bottom.log()).exp()
        return _integer_power(self._root(bottom, exact.denominator), exact.numerator)

    def _root(self, radicand: Ball, index: int) -> Ball:
        real = _real(radicand)
        if real is not None and real < 0 and index % 2:
            return -self._root(-radicand, index)
        if isinstance(radicand, acb):
            return radicand.root(index)
        if radicand.contains(0) and not radicand.is_zero():
            # A radius that reaches below zero has no real root; the value may be exactly zero.
            if radicand < 0:
                raise UndefinedError
            upper = arb(radicand.abs_upper()).root(index)
            return arb(0, upper.abs_upper())
        if radicand < 0:
            raise UndefinedError
        return radicand.root(index)

    def _call(self, name: str, arguments: list[Ball]) -> Ball:
        if name in _PLAIN and len(arguments) == 1:
            return _PLAIN[name](arguments[0])
        if name in ("ln", "log"):
            logarithms = [self._logarithm(argument) for argument in arguments]
            return logarithms[0] if name == "ln" else logarithms[1] / logarithms[0]
        if name in _OF_INVERSE:
            return self._call(_OF_INVERSE[name], [1 / arguments[0]])
        if name in ("arcsin", "arccos"):
            return self._inverse(name, arguments[0])
        if name == "arcosh":
            return arguments[0].acosh()
        if name in ("factorial", "binom"):
            return self._gamma(name, arguments)
        reals = [_needed_real(argument) for argument in arguments]
        if name in ("floor", "ceil") and len(reals) == 1:
            return _rounded(name, reals[0])
        if name in ("max", "min"):
            choose: Callable[[arb, arb], arb] = arb.max if name == "max" else arb.min
            return reduce(choose, reals)
        raise UndefinedError

    def _divided(self, name: str, arguments: tuple[Node, ...]) -> Ball:
        return self._divisor(name, arguments) if name != "mod" else self._remainder(*arguments)

    def _remainder(self, whole: Node, part: Node) -> Ball:
        first, second = rational_value(whole), rational_value(part)
        if first is not None and second:
            return self._exact(first % second)
        reals = [_needed_real(self.value(node)) for node in (whole, part)]
        return reals[0] - reals[1] * _rounded("floor", reals[0] / reals[1])

    def _divisor(self, name: str, arguments: tuple[Node, ...]) -> Ball:
        """The greatest common divisor or least common multiple of rational numbers."""
        exact = [rational_value(argument) for argument in arguments]
        known = [value for value in exact if value is not None]
        if len(known) != len(exact):
            wholes = [_whole(self.value(argument)) for argument in arguments]
            known = [Fraction(whole) for whole in wholes if whole is not None]
            if len(known) != len(wholes):
                raise UndefinedError
        common = math.lcm(*(value.denominator for value in known))
        tops = [int(value * common) for value in known]
        return self._exact(Fraction((math.gcd if name == "gcd" else math.lcm)(*tops), common))

    def _logarithm(self, argument: Ball) -> Ball:
        if isinstance(argument, arb) and not argument > 0:
            raise UndefinedError
        return argument.log()

    def _inverse(self, name: str, argument: Ball) -> Ball:
        if isinstance(argument, arb) and not abs(argument) <= 1:
            raise UndefinedError
        return argument.asin() if name == "arcsin" else argument.acos()

    def _gamma(self, name: str, arguments: list[Ball]) -> Ball:
        wholes = [_whole(argument) for argument in arguments]
        if any(abs(argument) > MAX_FACTORIAL for argument in arguments):
            raise UndefinedError
        if name == "factorial" and wholes[0] is not None and wholes[0] >= 0:
            return arb(math.factorial(wholes[0]))
        if name == "binom" and all(whole is not None and whole >= 0 for whole in wholes):
            return arb(math.comb(*(whole for whole in wholes if whole is not None)))
        if self._bits > _SLOW_BITS:
            raise UndefinedError
        if name == "factorial":
            return (arguments[0] + 1).gamma()
        n, k = arguments
        return (n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma()


_OF_INVERSE = {
    "arccot": "arctan", "arcsec": "arccos", "arccsc": "arcsin",
    "arcoth": "artanh", "arsech": "arcosh", "arcsch": "arsinh",
}  # fmt: skip
"""What is another function of one over its argument."""
_PLAIN: dict[str, Callable[[Ball], Ball]] = {
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tan": lambda x: x.tan(),
    "cot": lambda x: x.cot(),
    "sec": lambda x: x.sec(),
    "csc": lambda x: x.csc(),
    "sinh": lambda x: x.sinh(),
    "cosh": lambda x: x.cosh(),
    "tanh": lambda x: x.tanh(),
    "coth": lambda x: x.coth(),
    "sech": lambda x: x.sech(),
    "csch": lambda x: x.csch(),
    "arctan": lambda x: x.atan(),
    "arsinh": lambda x: x.asinh(),
    "artanh": lambda x: x.atanh(),
    "exp": lambda x: x.exp(),
    "abs": abs,
}


def rational_value(node: Node) -> Fraction | None:
    """The exact value where only sums, products and quotients of numbers are in the way."""
    match node:
        case Rational(value):
            return value
        case Sum(terms):
            parts = [rational_value(term) for term in terms]
            known = [part for part in parts if part is not None]
            return sum(known, Fraction(0)) if len(known) == len(parts) else None
        case Product(factors):
            parts = [rational_value(factor) for factor in factors]
            known = [part for part in parts if part is not None]
            return math.prod(known, start=Fraction(1)) if len(known) == len(parts) else None
        case Power(base, Rational(exponent)) if exponent.denominator == 1:
            bottom = rational_value(base)
            return _small_power(bottom, int(exponent)) if bottom else None
        case _:
            return None


def widest_bits(node: Node, place: Place, *, over_complex: bool) -> int:
    """How far the powers of two in it reach from one, `e^{-100}` being 145 bits away.

    Raises:
        UndefinedError: it has no value there.
    """
    with ctx.workprec(_LOOK_BITS):
        evaluation = _Evaluation(place, _LOOK_BITS, over_complex=over_complex)
        evaluation.value(node)
        sizes = [abs(ball).mid() for ball in evaluation.known.values()]
        widest = max(int(abs(float(size.log_base(2)))) for size in (*sizes, arb(1)) if size > 0)
    # Exact exponents are no balls, and `2^{1/n}` is as near to one as n is large.
    exact = [rational_value(one.exponent) for one in walk(node) if isinstance(one, Power)]
    lengths = [max(map(int.bit_length, found.as_integer_ratio())) for found in exact if found]
    return max(widest, *lengths, 0)


def overlap(first: Ball, second: Ball) -> bool:
    """Whether the two may hold the same number."""
    return acb(first).overlaps(acb(second))


def _small_power(base: Fraction, exponent: int) -> Fraction | None:
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    return base**exponent if bits * abs(exponent) <= _EXACT_BITS else None


def middle(ball: Ball) -> Fraction:
    """The midpoint of the real part."""
    mantissa, exponent = ball.real.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def certain_sign(ball: Ball) -> int:
    """1 or -1 where the ball is real and certainly on one side of zero, else 0."""
    real = _real(ball)
    if real is None or real.contains(0):
        return 0
    return 1 if real > 0 else -1


def _finite(ball: Ball) -> Ball:
    if not ball.is_finite() or abs(ball) > _HUGE:
        raise UndefinedError
    return ball


def _integer_power(base: Ball, exponent: int) -> Ball:
    if abs(exponent) > MAX_EXPONENT or (exponent <= 0 and base.contains(0)):
        raise UndefinedError
    return base**exponent


def _real(ball: Ball) -> arb | None:
    """The real part of what is certainly real."""
    if isinstance(ball, arb):
        return ball
    return ball.real if ball.imag.is_zero() else None


def _needed_real(ball: Ball) -> arb:
    real = _real(ball)
    if real is None:
        raise UndefinedError
    return real


def _whole(ball: Ball) -> int | None:
    """The integer that the ball is, where it is exactly one."""
    real = _real(ball)
    if real is None or not real.is_exact() or not real.is_integer():
        return None
    whole = real.unique_fmpz() if abs(real) < _HUGE else None
    return None if whole is None else int(whole)


def _rounded(name: str, real: arb) -> arb:
    rounded = real.floor() if name == "floor" else real.ceil()
    if not rounded.is_exact():
        raise UndefinedError
    return rounded
