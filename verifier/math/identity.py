"""Pure: what can be proved here of two expressions, equations or inequalities in LaTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from verifier.math.answers import UnreadableError
from verifier.math.grammar import divided, function_letters, negated, parse
from verifier.math.proofs import (
    Step,
    compare_values,
    constancy,
    decimal_value,
    has_absolute,
    same_equation,
    sign,
)
from verifier.math.tree import Node, Rational, Sum, Symbol, substituted, symbols

_SIGN = re.compile(r"\\(?:le|ge|ne)(?![a-zA-Z])|(?<!\\)[=<>]")
_MIRROR = {">": "<", "\\ge": "\\le"}
_TWO = 2
_INTEGRATION = re.compile(r"[CcK](?:_\{[0-9]\})?")
_ENGINE_SIGNS = (
    *("\\int", "\\sum", "\\prod", "\\lim", "\\mathbb", "\\cup", "\\cap", "\\setminus"),
    *("\\begin", "\\infty", "\\frac{d}", "\\{"),
)
_ZERO = Rational(Fraction(0))


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of two expressions: equal, not equal or neither (None), and what decided.

    The values are decimals of both, where they are unequal and real constants; `gold_read` and
    `answer_read` say how a symbolic engine read them, where one was asked.
    """

    equal: bool | None
    step: str = "symbolic"
    gold_value: str = ""
    answer_value: str = ""
    gold_read: str = ""
    answer_read: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """Sides joined by signs, as LaTeX; a plain expression has one side and no sign."""

    sides: tuple[str, ...]
    signs: tuple[str, ...]


def chain(latex: str) -> Chain:
    """The sides and signs outside all braces and parentheses."""
    sides: list[str] = []
    signs: list[str] = []
    start = 0
    for match in _SIGN.finditer(latex):
        before = latex[: match.start()]
        if any(before.count(left) > before.count(right) for left, right in ("{}", "()")):
            continue
        sides.append(latex[start : match.start()])
        signs.append(match[0])
        start = match.end()
    return Chain((*sides, latex[start:]), tuple(signs))


def readable(latex: str) -> bool:
    """Whether the grammar covers it."""
    try:
        for side in chain(latex).sides:
            parse(side, function_letters(latex))
    except UnreadableError:
        return False
    return True


def needs_engine(latex: str) -> bool:
    """Whether there is anything in it that a symbolic engine may read and the grammar does not."""
    return any(sign in latex for sign in _ENGINE_SIGNS)


def prove(gold: str, answer: str) -> Proof | None:
    """What can be proved here; None where that is a matter for the symbolic engine.

    Raises:
        TooComplexError: a side is beyond a limit.
    """
    found = _prove(gold, answer, base=10)
    both = gold + answer
    if found is not None and not found.equal and "\\log" in both and "\\ln" not in both:
        # A logarithm without a base may be natural, where there is no other name for that.
        natural = _prove(gold, answer, base=0)
        return natural if natural is not None and natural.equal else found
    return found


def _prove(gold: str, answer: str, *, base: int) -> Proof | None:
    first, second = chain(gold), chain(answer)
    letters = function_letters(gold, answer)
    try:
        left = [parse(side, letters, base) for side in first.sides]
        right = [parse(side, letters, base) for side in second.sides]
    except UnreadableError:
        return None
    if not first.signs and not second.signs:
        return _values(left[0], right[0])
    if len(left) != _TWO or len(right) != _TWO:
        return None
    found = _relations(first.signs[0], left, second.signs[0], right)
    return None if found is None else Proof(found.equal, found.name)


def _values(gold: Node, answer: Node) -> Proof:
    found = compare_values(gold, answer)
    if found.equal is False:
        same = _antiderivatives(gold, answer) or _renamed_constant(gold, answer)
        if same is not None:
            return Proof(same.equal, same.name)
        return Proof(
            equal=False,
            step=found.name,
            gold_value=decimal_value(gold),
            answer_value=decimal_value(answer),
        )
    return Proof(found.equal, found.name or "interval")


def _antiderivatives(gold: Node, answer: Node) -> Step | None:
    """With a constant of integration on both sides any other constant is part of it."""
    if has_absolute(gold) != has_absolute(answer):
        return None
    sides = []
    for node in (gold, answer):
        names = [name for name in symbols(node) if _INTEGRATION.fullmatch(name)]
        if len(names) != 1 or len(symbols(node)) == 1:
            return None
        rest = substituted(node, names[0], _ZERO)
        if compare_values(node, Sum((rest, Symbol(names[0])))).equal is not True:
            return None
        sides.append(rest)
    found = constancy(Sum((sides[0], negated(sides[1]))))
    return found if found.equal else None


def _renamed_constant(gold: Node, answer: Node) -> Step | None:
    """`ce^{x}` and `Ce^{x}`: where all else is the same, a constant may have any of its names."""
    ours, theirs = symbols(gold) - symbols(answer), symbols(answer) - symbols(gold)
    if len(ours) != 1 or len(theirs) != 1 or len(symbols(gold)) == 1:
        return None
    (name,), (other,) = ours, theirs
    if not _INTEGRATION.fullmatch(name) or not _INTEGRATION.fullmatch(other):
        return None
    found = compare_values(gold, substituted(answer, other, Symbol(name)))
    return found if found.equal else None


def _relations(
    first_sign: str, gold: list[Node], second_sign: str, answer: list[Node]
) -> Step | None:
    """Two equations or inequalities of one sign each: one is a multiple of the other."""
    sign_of_gold, left = _oriented(first_sign, gold)
    sign_of_answer, right = _oriented(second_sign, answer)
    if sign_of_gold != sign_of_answer:
        equation = "=" in (sign_of_gold, sign_of_answer)
        return Step(equal=False, name="typed_structure") if equation else None
    directed = sign_of_gold != "="
    names = symbols(left)
    if not names or names != symbols(right):
        return None if directed else Step(equal=False, name="typed_structure")
    if not directed:
        return same_equation(left, right)
    ratio = divided(left, right)
    found = constancy(ratio)
    # Inequalities may describe one region without being multiples of one another.
    unsigned = sign_of_gold == "\\ne"
    return found if found.equal and (unsigned or sign(ratio) == 1) else None


def _oriented(sign: str, sides: list[Node]) -> tuple[str, Node]:
    """The sign, pointing to the greater side, and the difference of the sides."""
    left, right = sides
    if sign in _MIRROR:
        return _MIRROR[sign], Sum((right, negated(left)))
    return sign, Sum((left, negated(right)))
