"""Sets of real numbers that are given by conditions on one variable, compared cell by cell.

The places where a condition can change cut the line into points and open intervals, and on each of
these every condition holds throughout or nowhere; two sets are equal where they agree on each.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from flint import arb, ctx, fmpq, fmpq_poly

from verifier.math.balls import UndefinedError, certain_sign, middle, value
from verifier.math.grammar import divided, negated
from verifier.math.proofs import compare_values
from verifier.math.tree import (
    Call,
    Node,
    Power,
    Product,
    Rational,
    Sum,
    Symbol,
    replaced,
    substituted,
    symbols,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flint import acb

_BITS = 320
_MAX_ABSOLUTES = 3
_MAX_DEGREE = 24
_ZERO = Rational(Fraction(0))
_ONE = Rational(Fraction(1))
_X = fmpq_poly([0, 1])
Sign: TypeAlias = Literal["<", "<=", "=", "!="]


@dataclass(frozen=True, slots=True)
class Condition:
    """What holds of the sign of a tree: below zero, at most zero, zero, or not zero."""

    node: Node
    sign: Sign


@dataclass(frozen=True, slots=True)
class Every:
    """All of them hold; without any, everything is in."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one holds; without any, nothing is in."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Outside:
    """What is not in the set."""

    part: Predicate


Predicate: TypeAlias = Condition | Every | Some | Outside


@dataclass(frozen=True, slots=True)
class _Cut:
    """A point of the line: a constant tree, or the root of an irreducible polynomial in a ball."""

    ball: arb
    node: Node | None
    factor: fmpq_poly | None = None


class _UnsureError(ValueError):
    """It cannot be told."""


def same_set(first: Predicate, second: Predicate, name: str) -> bool | None:
    """Whether the same values of the variable `name` fulfil both; None where that is not known."""
    try:
        with ctx.workprec(_BITS):
            return _same(first, second, name)
    except _UnsureError:
        return None


def _same(first: Predicate, second: Predicate, name: str) -> bool:
    conditions = {*_conditions(first), *_conditions(second)}
    if any(symbols(condition.node) - {name} for condition in conditions):
        raise _UnsureError
    found = [cut for condition in conditions for cut in _cuts(condition.node, name)]
    cuts = _sorted(found)
    gaps = [_between(*ends) for ends in itertools.pairwise([None, *cuts, None])]
    return all(_holds(first, cell, name) == _holds(second, cell, name) for cell in (*cuts, *gaps))


def _conditions(predicate: Predicate) -> Iterable[Condition]:
    match predicate:
        case Condition():
            yield predicate
        case Every(parts) | Some(parts):
            for part in parts:
                yield from _conditions(part)
        case Outside(part):
            yield from _conditions(part)


def _holds(predicate: Predicate, cell: _Cut, name: str) -> bool:
    match predicate:
        case Every(parts):
            return all(_holds(part, cell, name) for part in parts)
        case Some(parts):
            return any(_holds(part, cell, name) for part in parts)
        case Outside(part):
            return not _holds(part, cell, name)
        case Condition(node, sign):
            found = _sign(node, cell, name)
            if found is None:
                return False
            return {"<": found < 0, "<=": found <= 0, "=": found == 0, "!=": found != 0}[sign]


def _sign(node: Node, cell: _Cut, name: str) -> int | None:
    """The sign of a tree at a point, None where it has no value there."""
    try:
        ball = value(node, {name: cell.ball}, _BITS, over_complex=False)
    except UndefinedError:
        return None
    found = certain_sign(ball)
    if found:
        return found
    if cell.node is not None:
        zero = compare_values(substituted(node, name, cell.node), _ZERO).equal
    else:
        factor = cell.factor or _X
        zero = any((top % factor).degree() < 0 for top, _ in _rational_forms(node, name))
    if not zero:
        raise _UnsureError
    return 0


# Where a condition can change.


def _cuts(node: Node, name: str) -> list[_Cut]:
    if name not in symbols(node):
        return []
    try:
        forms = _rational_forms(node, name)
    except _UnsureError:
        return [_linear_cut(node, name)]
    polynomials = [side for form in forms for side in form if side.degree() > 0]
    return [cut for polynomial in polynomials for cut in _roots(polynomial)]


def _roots(polynomial: fmpq_poly) -> list[_Cut]:
    if polynomial.degree() > _MAX_DEGREE:
        raise _UnsureError
    cuts = []
    for factor, _ in polynomial.factor()[1]:
        if factor.degree() == 1:
            zero = -factor[0] / factor[1]
            exact = Fraction(int(zero.p), int(zero.q))
            cuts.append(_Cut(arb(zero), Rational(exact)))
            continue
        # The type stubs leave the multiplicities out.
        for root, _ in cast("list[tuple[acb, int]]", factor.complex_roots()):
            if root.imag.is_zero():
                cuts.append(_Cut(root.real, None, fmpq_poly(factor)))
    return cuts


def _linear_cut(node: Node, name: str) -> _Cut:
    r"""The zero of something like `\sqrt{2}x-\pi`."""
    at_zero = substituted(node, name, _ZERO)
    slope = Sum((substituted(node, name, _ONE), negated(at_zero)))
    line = Sum((Product((slope, Symbol(name))), at_zero))
    if not compare_values(node, line).equal or compare_values(slope, _ZERO).equal is not False:
        raise _UnsureError
    zero = negated(divided(at_zero, slope))
    try:
        ball = value(zero, {}, _BITS, over_complex=False)
    except UndefinedError as error:
        raise _UnsureError from error
    return _Cut(arb(ball.real), zero)


def _rational_forms(node: Node, name: str) -> list[tuple[fmpq_poly, fmpq_poly]]:
    """The tree as quotients of polynomials, one for each choice of signs of absolute values."""
    absolutes = {one for one in walk(node) if isinstance(one, Call) and one.name == "abs"}
    if len(absolutes) > _MAX_ABSOLUTES:
        raise _UnsureError
    forms = []
    for signs in itertools.product((False, True), repeat=len(absolutes)):
        chosen = dict(zip(sorted(absolutes, key=repr), signs, strict=True))

        def without_bars(one: Node, chosen: dict[Call, bool] = chosen) -> Node | None:
            if not isinstance(one, Call) or one.name != "abs":
                return None
            inside = one.arguments[0]
            return negated(inside) if chosen.get(one) else inside

        forms.append(_quotient(replaced(node, without_bars), name))
    return forms


def _quotient(node: Node, name: str) -> tuple[fmpq_poly, fmpq_poly]:
    """A tree without absolute values as a quotient of polynomials."""
    top, bottom = fmpq_poly([1]), fmpq_poly([1])
    match node:
        case Rational(exact):
            top = fmpq_poly([fmpq(exact.numerator, exact.denominator)])
        case Symbol(found) if found == name:
            top = _X
        case Sum(terms):
            top = fmpq_poly([0])
            for over, under in (_quotient(term, name) for term in terms):
                top, bottom = _small(top * under + over * bottom), _small(bottom * under)
        case Product(factors):
            for over, under in (_quotient(factor, name) for factor in factors):
                top, bottom = _small(top * over), _small(bottom * under)
        case Power(base, Rational(exponent)) if exponent.denominator == 1:
            over, under = _quotient(base, name)
            if abs(exponent) > _MAX_DEGREE:
                raise _UnsureError
            times = abs(int(exponent))
            top, bottom = (over, under) if exponent > 0 else (under, over)
            top, bottom = _small(top**times), _small(bottom**times)
        case _:
            raise _UnsureError
    if bottom.degree() < 0:
        raise _UnsureError
    return top, bottom


def _small(polynomial: fmpq_poly) -> fmpq_poly:
    if polynomial.degree() > _MAX_DEGREE:
        raise _UnsureError
    return polynomial


# Points in their order.


def _sorted(cuts: Sequence[_Cut]) -> list[_Cut]:
    """From left to right, each once."""
    kept: list[_Cut] = []
    for cut in sorted(cuts, key=lambda cut: middle(cut.ball)):
        if not kept or not kept[-1].ball.overlaps(cut.ball):
            kept.append(cut)
            continue
        last = kept.pop()
        if not _same_point(last, cut):
            raise _UnsureError
        kept.append(_Cut(last.ball, last.node or cut.node, last.factor or cut.factor))
    return kept


def _same_point(first: _Cut, second: _Cut) -> bool:
    if first.factor is not None and second.factor is not None:
        return bool(first.factor == second.factor)
    if first.node is not None and second.node is not None:
        return compare_values(first.node, second.node).equal is True
    node, factor = first.node or second.node, first.factor or second.factor
    if node is None or factor is None:
        return False
    terms = [
        Product((Rational(Fraction(int(c.p), int(c.q))), Power(node, Rational(Fraction(n)))))
        for n, c in enumerate(factor.coeffs())
        if n
    ]
    constant = Fraction(int(factor[0].p), int(factor[0].q))
    return compare_values(Sum((Rational(constant), *terms)), _ZERO).equal is True


def _between(left: _Cut | None, right: _Cut | None) -> _Cut:
    """A rational point inside the open interval between two cuts."""
    if left is None and right is None:
        inside = Fraction(0)
    elif left is None and right is not None:
        inside = middle(right.ball) - 1
    elif right is None and left is not None:
        inside = middle(left.ball) + 1
    elif left is not None and right is not None:
        inside = (middle(left.ball) + middle(right.ball)) / 2
    return _Cut(arb(fmpq(inside.numerator, inside.denominator)), Rational(inside))
