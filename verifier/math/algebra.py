r"""Exact proofs of equality: a tree as a quotient of polynomials over the rational numbers.

What is no rational operation becomes a generator, with the relation that makes it what it is. A
difference whose numerator reduces to zero is zero; one that does not proves nothing, because the
relations need not generate a prime ideal.

The identities hold wherever both sides have a real value (or, with `i`, wherever they have one):
`2\ln x` is `\ln x^2`, but `\sqrt{x^2}` is not x.
"""

# ruff: noqa: PLR0911, C901 - every kind of node returns where it is converted

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.math.balls import rational_value
from verifier.math.exponentials import Exponentials
from verifier.math.limits import MAX_FACTORIAL
from verifier.math.polynomials import BeyondError, Quotient, number
from verifier.math.tree import (
    HYPERBOLIC,
    TRIGONOMETRIC,
    Call,
    Constant,
    Node,
    Power,
    Product,
    Rational,
    Root,
    Sum,
    Symbol,
    children,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

    from flint import fmpq_mpoly

_MAX_INDEX = 24
_E = Constant("e")


class Field(Exponentials):
    """The field in which the sides of one comparison live.

    Args:
        nodes: the trees that will be asked about.

    Raises:
        BeyondError: here and from every method, where a proof is out of reach.
    """

    def __init__(self, *nodes: Node) -> None:
        super().__init__(math.lcm(*map(_index, nodes)))
        # By identity: a node's hash walks all that is below it, and `nodes` outlive the field.
        self._known: dict[int, Quotient] = {}

    def equal(self, first: Node, second: Node) -> bool:
        """Whether the two are proved equal."""
        return bool(self.difference(first, second).is_zero())

    def difference(self, first: Node, second: Node) -> fmpq_mpoly:
        """The numerator of the first minus the second."""
        left, right = self.quotient(first), self.quotient(second)
        return self.reduced(self.add(left, right.negative).top)

    def same_zeros(self, first: Node, second: Node) -> bool:
        """Whether one numerator is proved to be a multiple of the other, and neither is zero."""
        tops = [self.lowest(self.quotient(node)).top for node in (first, second)]
        if any(top.is_zero() or top.is_constant() for top in tops):
            return False
        monic = [top / top.leading_coefficient() for top in tops]
        return bool(monic[0] == monic[1])

    def is_constant(self, node: Node) -> bool:
        """Whether a node is proved to be free of variables."""
        lowest = self.lowest(self.quotient(node))
        names = [
            name
            for side in (lowest.top, lowest.bottom)
            for monomial in side.monoms()
            for name, _ in self.powers(monomial)
        ]
        return all(self._is_number(name) for name in names)

    @staticmethod
    def _is_number(name: Hashable) -> bool:
        match name:
            case "e" | "pi" | "i" | ("prime" | "unity", _) | ("ln", int()):
                return True
            case _:
                return False

    def quotient(self, node: Node) -> Quotient:
        """The node as a quotient of polynomials."""
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = self._convert(node)
        return found

    def _convert(self, node: Node) -> Quotient:
        match node:
            case Rational(value):
                return number(value)
            case Constant("i"):
                return Quotient(self.imaginary())
            case Constant(name):
                return self.variable(name)
            case Symbol(name):
                return self.variable(("symbol", name))
            case Sum(terms):
                total = self.quotient(terms[0])
                for term in terms[1:]:
                    total = self.add(total, self.quotient(term))
                return total
            case Product(factors):
                return self.product(map(self.quotient, factors))
            case Power(base, exponent):
                return self._power(base, exponent)
            case Root(radicand, index):
                return self.root(self.quotient(radicand), index)
            case Call(name, arguments):
                return self._call(name, arguments)

    def _power(self, base: Node, exponent: Node) -> Quotient:
        exact = rational_value(exponent)
        if exact is not None and base != _E:
            if exact.denominator == 1:
                return self.raised(self.quotient(base), exact.numerator)
            root = self.root(self.quotient(base), exact.denominator)
            return self.raised(root, exact.numerator)
        top = number(exact) if exact is not None else self.quotient(exponent)
        if base == _E:
            return self.natural_power(top)
        known = rational_value(base)
        if known is not None and known > 0:
            return self.number_power(known, top)
        bottom = self.quotient(base)
        return self.power(self.key(bottom), bottom, top)

    def _call(self, name: str, arguments: tuple[Node, ...]) -> Quotient:
        first = self.quotient(arguments[0])
        if name in TRIGONOMETRIC:
            return self.trigonometric(name, first)
        if name in HYPERBOLIC:
            return self.hyperbolic(name, first)
        if name == "exp":
            return self.natural_power(first)
        if name == "ln":
            return self.logarithm(first)
        if name == "log":
            base, argument = self.logarithm(first), self.logarithm(self.quotient(arguments[1]))
            return self.product((argument, self.inverse(base)))
        if name == "abs":
            return self.root(self.raised(first, 2), 2)
        wholes = [_whole(argument) for argument in arguments]
        known = [whole for whole in wholes if whole is not None]
        if name in ("factorial", "binom") and len(known) == len(wholes):
            function = math.factorial if name == "factorial" else math.comb
            return number(Fraction(function(*known)))
        keys = tuple(self.key(self.quotient(argument)) for argument in arguments)
        return Quotient(self.generator(("call", name, keys)))


def _whole(node: Node) -> int | None:
    """A natural number that has a factorial within the limits."""
    exact = rational_value(node)
    if exact is None or exact.denominator != 1 or not 0 <= exact <= MAX_FACTORIAL:
        return None
    return int(exact)


def _index(node: Node) -> int:
    """A common multiple of the indices of all roots, those inside one another multiplied."""
    index = math.lcm(1, *map(_index, children(node)))
    match node:
        case Root(_, own):
            index *= own
        case Power(_, exponent):
            exact = rational_value(exponent)
            index *= exact.denominator if exact is not None else 1
        case Call(name, _) if name in TRIGONOMETRIC or name == "abs":
            index *= 2
        case Constant("i"):
            index = 2
        case _:
            pass
    if index > _MAX_INDEX:
        raise BeyondError("roots of too many kinds")
    return index
