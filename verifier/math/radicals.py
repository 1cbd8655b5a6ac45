r"""Roots of numbers and polynomials as generators with relations.

`\sqrt{2}` is g with g^2=2, `\sqrt{x+1}` is h with h^2=x+1. Roots of a prime are powers of one
generator, whose index is common to a comparison, and so are roots of a variable: x is then a power
itself. `\sqrt{x^2}` is not x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.math.polynomials import (
    ONE,
    BeyondError,
    Quotient,
    Ring,
    constant,
    factored,
    fraction,
    number,
    primitive,
)

if TYPE_CHECKING:
    from collections.abc import Hashable
    from fractions import Fraction

    from flint import fmpq_mpoly

_SQUARE = 2
_POSITIVE = ("e", "pi")


class Radicals(Ring):
    """Adds roots.

    Args:
        index: a multiple of the index of every root that will be asked for.
    """

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index

    def imaginary(self) -> fmpq_mpoly:
        """The square root of -1."""
        return self.related("i", _SQUARE, constant(-1))

    def variable(self, name: Hashable) -> Quotient:
        """A variable or transcendental constant, as a power of its root."""
        return Quotient(self.generator(name) ** self.index)

    def prime_root(self, prime: int) -> fmpq_mpoly:
        """The root of a prime number, of the common index."""
        return self.related(("prime", prime), self.index, constant(prime))

    def root(self, radicand: Quotient, index: int) -> Quotient:
        """The root of a quotient, where it is real: the quotient of the roots."""
        top, bottom = self._root_of(radicand.top, index), self._root_of(radicand.bottom, index)
        return self.product((top, self.inverse(bottom)))

    def _root_of(self, radicand: fmpq_mpoly, index: int) -> Quotient:
        if radicand.is_zero() or radicand.is_one():
            return Quotient(radicand)
        if radicand.is_constant():
            return self.number_root(fraction(radicand.leading_coefficient()), index)
        content, inside = primitive(radicand)
        outside = self.number_root(content, index)
        if len(inside) == 1 and inside.leading_coefficient() == 1:
            found = self._monomial_root(inside.monoms()[0], index)
            if found is not None:
                return self.product((outside, Quotient(found)))
        generator = self.related(("root", index, str(inside)), index, inside)
        return self.product((outside, Quotient(generator)))

    def _monomial_root(self, monomial: tuple[int, ...], index: int) -> fmpq_mpoly | None:
        """The root generator by generator, where that is right for every sign they may have."""
        powers = self.powers(monomial)
        unsure = 0
        found = ONE
        for name, exponent in powers:
            positive = name in _POSITIVE or (isinstance(name, tuple) and name[0] == "prime")
            if exponent % index or (self.is_root(name) and not positive):
                return None
            whole = exponent // self.index if exponent % self.index == 0 else 0
            # The square root of x^3 is real for positive x only, that of x^2 is |x|.
            if not positive and index % 2 == 0 and whole % (2 * index):
                unsure += 1
                if whole % 2 == 0:
                    return None
            found = found * self.generator(name) ** (exponent // index)
        return found if unsure <= 1 else None

    def number_root(self, radicand: Fraction, index: int) -> Quotient:
        """The root of a rational number by those of its primes."""
        if radicand < 0:
            positive = self.number_root(-radicand, index)
            if index % 2:
                return positive.negative
            if index != _SQUARE:
                raise BeyondError("an even root of a negative number")
            return self.product((Quotient(self.imaginary()), positive))
        if index == 1 or radicand == 0:
            return number(radicand)
        if self.index % index:
            raise BeyondError("a root of a rare index")
        sides = []
        for whole in (radicand.numerator, radicand.denominator):
            side = ONE
            for prime, times in factored(whole):
                exponent = times * self.index // index
                side = self.times(side, self.reduced(self.prime_root(prime) ** exponent))
            sides.append(side)
        return Quotient(*sides)
