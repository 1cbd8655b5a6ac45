r"""Powers with variable exponents, sines, cosines and logarithms as generators.

`b^{u+v}` is a product with one generator for each kind of term in the exponent; sines and cosines
are exponentials; `e^{i\pi t}` is algebraic; the logarithm of a number is a sum of logarithms of
primes, and that of a product of variables a sum as well, which is right wherever both are real.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.math.polynomials import (
    ONE,
    ZERO,
    BeyondError,
    Quotient,
    constant,
    factored,
    fraction,
    number,
    primitive,
)
from verifier.math.radicals import Radicals

if TYPE_CHECKING:
    from collections.abc import Hashable

    from flint import fmpq_mpoly

_PARTS = 12
"""Exponents are counted in twelfths, so that halves and thirds are powers of one generator."""
_TWELFTHS = 24
_HALF = Fraction(1, 2)


class Exponentials(Radicals):
    """Adds exponentials and logarithms."""

    def number_power(self, base: Fraction, exponent: Quotient) -> Quotient:
        """A positive rational number to any power, by its primes."""
        parts = []
        for whole, sign in ((base.numerator, 1), (base.denominator, -1)):
            for prime, times in factored(whole):
                scaled = Quotient(exponent.top * (sign * times), exponent.bottom)
                parts.append(self.power(("prime", prime), None, scaled))
        return self.product(parts)

    def natural_power(self, exponent: Quotient) -> Quotient:
        """Euler's number to any power."""
        return self.power("e", None, exponent)

    def power(self, name: Hashable, base: Quotient | None, exponent: Quotient) -> Quotient:
        """A base to any power.

        Args:
            name: of the base: `e`, a prime, or its key.
            base: its value, where it is neither e nor a prime.
            exponent: the power.
        """
        exponent = self.lowest(exponent)
        if not exponent.bottom.is_constant():
            return Quotient(self.generator(("power", name, self.key(exponent))))
        scale = fraction(exponent.bottom.leading_coefficient())
        return self.product(
            self._term(name, base, monomial, fraction(coefficient) / scale)
            for monomial, coefficient in exponent.top.to_dict().items()
        )

    def _term(
        self, name: Hashable, base: Quotient | None, monomial: tuple[int, ...], times: Fraction
    ) -> Quotient:
        """The base to `times` the monomial."""
        powers = self.powers(monomial)
        if not powers:
            found = self._constant_power(name, base, times)
            if found is not None:
                return found
        if name == "e" and powers:
            if dict(powers) == {"i": 1, "pi": self.index}:
                return self.on_circle(times)
            undone = self._undone(powers, times)
            if undone is not None:
                return undone
        parts = _PARTS if _PARTS % times.denominator == 0 else times.denominator
        generator = Quotient(self.generator(("power", name, monomial, parts)))
        return self.raised(generator, int(times * parts))

    def _constant_power(
        self, name: Hashable, base: Quotient | None, times: Fraction
    ) -> Quotient | None:
        if name == "e" and self.index % times.denominator == 0:
            whole = int(times * self.index)
            return self.raised(Quotient(self.generator("e")), whole)
        match name:
            case ("prime", int(prime)):
                root = self.number_root(Fraction(prime), times.denominator)
                return self.raised(root, times.numerator)
            case _ if base is not None and times.denominator == 1:
                return self.raised(base, times.numerator)
            case _:
                return None

    def _undone(self, powers: list[tuple[Hashable, int]], times: Fraction) -> Quotient | None:
        r"""`e^{t\ln x}` is `x^t`."""
        match powers:
            case [(("ln", int(prime)), 1)]:
                return self._constant_power(("prime", prime), None, times)
            case [(("ln", ("symbol", _) as name), 1)] if self.index % times.denominator == 0:
                whole = int(times * self.index)
                return self.raised(Quotient(self.generator(name)), whole)
            case _:
                return None

    def on_circle(self, turns: Fraction) -> Quotient:
        r"""`e^{i\pi t}`: with the roots of 2 and 3 where they suffice, else a root of unity."""
        turns %= 2
        if _PARTS % turns.denominator or self.index % 2:
            unity = self.related(("unity", turns.denominator), turns.denominator, constant(-1))
            return self.raised(Quotient(unity), turns.numerator)
        # 12 t = 3 a + 4 b, so that it is the a-th power of an eighth and the b-th of a sixth.
        twelfths = int(turns * _PARTS)
        thirds = twelfths % 3
        quarters = ((twelfths - 4 * thirds) // 3) % (_TWELFTHS // 3)
        i = self.imaginary()
        two = self.prime_root(2) ** (self.index // 2)
        eighth = Quotient((two + self.times(two, i)) / 2)
        three = self.prime_root(3) ** (self.index // 2)
        sixth = Quotient((ONE + self.times(three, i)) / 2)
        return self.product((self.raised(eighth, quarters), self.raised(sixth, thirds)))

    def trigonometric(self, name: str, angle: Quotient) -> Quotient:
        """sin, cos, tan, cot, sec or csc by exponentials."""
        i = self.imaginary()
        forward = self.natural_power(Quotient(self.times(angle.top, i), angle.bottom))
        backward = self.inverse(forward)
        cosine = self.product((self.add(forward, backward), number(_HALF)))
        sine = self.product((self.add(forward, backward.negative), Quotient(-i / 2)))
        one = Quotient(ONE)
        top, bottom = {
            "sin": (sine, one), "cos": (cosine, one), "tan": (sine, cosine),
            "cot": (cosine, sine), "sec": (one, cosine), "csc": (one, sine),
        }[name]  # fmt: skip
        return top if bottom is one else self.product((top, self.inverse(bottom)))

    def hyperbolic(self, name: str, argument: Quotient) -> Quotient:
        """sinh, cosh, tanh, coth, sech or csch by exponentials."""
        forward = self.natural_power(argument)
        backward = self.inverse(forward)
        twice_cosh, twice_sinh = self.add(forward, backward), self.add(forward, backward.negative)
        two = number(Fraction(2))
        top, bottom = {
            "sinh": (twice_sinh, two), "cosh": (twice_cosh, two), "tanh": (twice_sinh, twice_cosh),
            "coth": (twice_cosh, twice_sinh), "sech": (two, twice_cosh), "csch": (two, twice_sinh),
        }[name]  # fmt: skip
        return self.product((top, self.inverse(bottom)))

    def logarithm(self, argument: Quotient) -> Quotient:
        """The natural logarithm."""
        bottom = self._logarithm_of(argument.bottom)
        return self.add(self._logarithm_of(argument.top), bottom.negative)

    def _logarithm_of(self, polynomial: fmpq_mpoly) -> Quotient:
        if polynomial.is_zero():
            raise BeyondError("the logarithm of zero")
        content, rest = primitive(polynomial)
        total = Quotient(ZERO)
        for whole, sign in ((content.numerator, 1), (content.denominator, -1)):
            for prime, times in factored(whole):
                total = self.add(total, self._share("ln", prime, Fraction(sign * times)))
        if rest.is_one():
            return total
        if len(rest) > 1 or rest.leading_coefficient() != 1:
            return self.add(total, Quotient(self.generator(("ln", str(rest)))))
        for name, exponent in self.powers(rest.monoms()[0]):
            total = self.add(total, self._logarithm_of_generator(name, exponent))
        return total

    def _logarithm_of_generator(self, name: Hashable, exponent: int) -> Quotient:
        match name:
            case "e":
                return number(Fraction(exponent, self.index))
            case ("prime", int(prime)):
                return self._share("ln", prime, Fraction(exponent, self.index))
            case ("symbol", _) | "pi":
                return self._share("ln", name, Fraction(exponent, self.index))
            case ("root", int(index), _):
                # The logarithm of a root: a share of that of what stands below it.
                _, inside = self._relations[self._names[name]]
                whole = self._logarithm_of(inside)
                return self.product((whole, number(Fraction(exponent, index))))
            case _:
                return self._share("ln", name, Fraction(exponent))

    def _share(self, function: str, of: Hashable, times: Fraction) -> Quotient:
        return self.product((Quotient(self.generator((function, of))), number(times)))
