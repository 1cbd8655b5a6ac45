"""Quotients of polynomials over the rationals, whose generators may be bound by relations."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import fmpq, fmpq_mpoly_ctx, fmpz

from verifier.math.limits import MAX_EXPONENT

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from flint import fmpq_mpoly

MAX_GENERATORS = 24
MAX_TERMS = 1_500
MAX_WORK = 60_000
"""Products of the numbers of terms, added up over one comparison."""
_MAX_FACTORED = 10**15
_SURE_TO_BE_MANY = 200
_CONTEXT = fmpq_mpoly_ctx.get([f"g{i}" for i in range(MAX_GENERATORS)], "lex")
_GENERATORS = _CONTEXT.gens()
ONE = _CONTEXT.constant(1)
ZERO = _CONTEXT.constant(0)


class BeyondError(ValueError):
    """The proof would need more generators, terms or rules than there are."""


class Quotient:
    """A numerator over a denominator, not in lowest terms."""

    __slots__ = ("bottom", "top")

    def __init__(self, top: fmpq_mpoly, bottom: fmpq_mpoly = ONE) -> None:
        self.top = top
        self.bottom = bottom

    @property
    def negative(self) -> Quotient:
        """The same with its sign turned."""
        return Quotient(-self.top, self.bottom)


class Ring:
    """Arithmetic within one budget, and the generators that have been named so far."""

    def __init__(self) -> None:
        self._names: dict[Hashable, int] = {}
        self._relations: dict[int, tuple[int, fmpq_mpoly]] = {}
        self._work = 0

    def times(self, first: fmpq_mpoly, second: fmpq_mpoly) -> fmpq_mpoly:
        """The product, reduced by the relations."""
        if first.is_one():
            return second
        if second.is_one():
            return first
        self._spend(len(first) * len(second))
        return self.reduced(first * second)

    def add(self, first: Quotient, second: Quotient) -> Quotient:
        """The sum."""
        if first.bottom == second.bottom:
            return Quotient(first.top + second.top, first.bottom)
        top = self.times(first.top, second.bottom) + self.times(second.top, first.bottom)
        return Quotient(top, self.times(first.bottom, second.bottom))

    def product(self, quotients: Iterable[Quotient]) -> Quotient:
        """The product of all of them."""
        top, bottom = ONE, ONE
        for quotient in quotients:
            top, bottom = self.times(top, quotient.top), self.times(bottom, quotient.bottom)
        return Quotient(top, bottom)

    def raised(self, base: Quotient, exponent: int) -> Quotient:
        """An integer power; raises `BeyondError` for one over zero."""
        if abs(exponent) > MAX_EXPONENT:
            raise BeyondError("a huge exponent")
        if exponent < 0:
            if base.top.is_zero():
                raise BeyondError("a division by zero")
            base = Quotient(base.bottom, base.top)
        times = abs(exponent)
        return Quotient(self._multiplied(base.top, times), self._multiplied(base.bottom, times))

    def inverse(self, quotient: Quotient) -> Quotient:
        """One over it."""
        return self.raised(quotient, -1)

    def _multiplied(self, base: fmpq_mpoly, exponent: int) -> fmpq_mpoly:
        if base.is_one() or exponent == 1:
            return base
        terms = len(base)
        if terms > 1:
            grown = math.comb(min(exponent, _SURE_TO_BE_MANY) + terms - 1, terms - 1)
            if grown > MAX_TERMS:
                raise BeyondError("too many terms")
            self._spend(terms * grown)
        return self.reduced(base**exponent)

    def _spend(self, work: int) -> None:
        self._work += work
        if self._work > MAX_WORK:
            raise BeyondError("too much work")

    def reduced(self, polynomial: fmpq_mpoly) -> fmpq_mpoly:
        """Without powers of a generator that its relation explains, the newest generators first."""
        if len(polynomial) > MAX_TERMS:
            raise BeyondError("too many terms")
        for index in sorted(self._relations, reverse=True):
            degree, replacement = self._relations[index]
            while polynomial.degrees()[index] >= degree:
                kept, lowered = {}, {}
                for monomial, coefficient in polynomial.to_dict().items():
                    if monomial[index] < degree:
                        kept[monomial] = coefficient
                    else:
                        rest = list(monomial)
                        rest[index] -= degree
                        lowered[tuple(rest)] = coefficient
                self._spend(len(lowered) * len(replacement) + len(kept))
                explained = _CONTEXT.from_dict(lowered) * replacement
                polynomial = _CONTEXT.from_dict(kept) + explained
        return polynomial

    def generator(self, name: Hashable) -> fmpq_mpoly:
        """The generator of this name, a new one where the name is new."""
        index = self._names.get(name)
        if index is None:
            index = len(self._names)
            if index == MAX_GENERATORS:
                raise BeyondError("too many generators")
            self._names[name] = index
        return _GENERATORS[index]

    def related(self, name: Hashable, degree: int, replacement: fmpq_mpoly) -> fmpq_mpoly:
        """The generator of this name, whose power of `degree` is the replacement."""
        generator = self.generator(name)
        self._relations.setdefault(self._names[name], (degree, replacement))
        return generator

    def powers(self, monomial: Iterable[int]) -> list[tuple[Hashable, int]]:
        """The generators of a monomial by name, with their exponents."""
        names = list(self._names)
        return [(names[index], int(e)) for index, e in enumerate(monomial) if e]

    def is_root(self, name: Hashable) -> bool:
        """Whether the generator has a relation."""
        return self._names[name] in self._relations

    def lowest(self, quotient: Quotient) -> Quotient:
        """The same in lowest terms, as far as that goes without the relations."""
        if quotient.bottom.is_one():
            return quotient
        divisor = quotient.top.gcd(quotient.bottom) * quotient.bottom.leading_coefficient()
        bottom = quotient.bottom / divisor
        lead = bottom.leading_coefficient()
        return Quotient(quotient.top / divisor / lead, bottom / lead)

    def key(self, quotient: Quotient) -> tuple[str, str]:
        """Text that is the same for equal quotients, as far as the relations allow."""
        lowest = self.lowest(quotient)
        return str(lowest.top), str(lowest.bottom)


def constant(value: int) -> fmpq_mpoly:
    """A number as a polynomial."""
    return _CONTEXT.constant(value)


def number(value: Fraction) -> Quotient:
    """A rational number as a quotient."""
    return Quotient(_CONTEXT.constant(fmpq(value.numerator, value.denominator)))


def fraction(value: fmpq) -> Fraction:
    """A coefficient as a fraction."""
    return Fraction(int(value.p), int(value.q))


def primitive(polynomial: fmpq_mpoly) -> tuple[Fraction, fmpq_mpoly]:
    """The positive content, and integers without a common divisor that are left without it."""
    coefficients = [fraction(value) for value in polynomial.coeffs()]
    top = math.gcd(*(value.numerator for value in coefficients))
    content = Fraction(top, math.lcm(*(value.denominator for value in coefficients)))
    return content, polynomial / fmpq(content.numerator, content.denominator)


def factored(whole: int) -> list[tuple[int, int]]:
    """Primes and exponents of a positive number; raises `BeyondError` for one that is too large."""
    if whole > _MAX_FACTORED:
        raise BeyondError("a number that is not factored")
    return [(int(prime), int(times)) for prime, times in fmpz(whole).factor()]
