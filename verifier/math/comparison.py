"""Pure: a ladder of proofs, cheapest first, that two typed answers are equal or are not."""

# ruff: noqa: PLR0911 - every rule returns where it decides

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.math.answers import (
    Answer,
    Brackets,
    Choice,
    Equation,
    Expression,
    Inequality,
    Matrix,
    Number,
    Several,
    Text,
    Union,
)
from verifier.math.conversions import (
    described,
    is_product,
    labels,
    rename_argument,
    spread,
    vector,
    writable,
)
from verifier.math.families import family, recounted, together, undeclared
from verifier.math.identity import Proof
from verifier.math.matching import Equal, every, pair_off
from verifier.math.measuring import percents, quantities, ratios
from verifier.math.naming import named
from verifier.math.policy import Finding, Policy, by_structure
from verifier.math.regions import is_region, region, same_region

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN_LETTER = re.compile(r"[A-Za-z]")
_NOTHING = frozenset(
    (
        "empty set",
        "no solution",
        "no solutions",
        "no real solution",
        "no real solutions",
        "none",
        "the empty set",
        "无解",
        "空集",
        "无实数解",
        "没有解",
        "不存在解",
    )
)
_INFINITE = frozenset(("\\infty", "-\\infty"))
_SET_ALGEBRA = ("\\begin", "\\cup", "\\cap", "\\setminus", "\\mathbb")


def undecided(_gold: str, _answer: str) -> Proof:
    """The oracle of the cheap ladder: it knows nothing."""
    return Proof(None)


def compare(
    gold: Answer, answer: Answer, policy: Policy, oracle: Callable[[str, str], Proof] = undecided
) -> Finding:
    """Whether the answer equals the gold; expressions are left to the oracle."""
    if gold.latex == answer.latex and gold.latex:
        return Finding(equal=True, step="normalised_string")
    # A set of one is its element, but only as a whole answer: `{1},{2}` is not `{1,2}`.
    if isinstance(gold, Several) != isinstance(answer, Several):
        gold, answer = _only(gold), _only(answer)
    return _families(gold, answer, _Ladder(policy, oracle))


def _families(gold: Answer, answer: Answer, ladder: _Ladder) -> Finding:
    """Families by their members, whatever the parameter is called."""
    wanted, given = family(gold), family(answer)
    if wanted is None and given is None:
        return ladder.compare(gold, answer)
    wanted, given = wanted or undeclared(gold), given or undeclared(answer)
    if wanted is None or given is None:
        return ladder.compare(gold, answer)
    if len({wanted.domain, given.domain} - {""}) > 1:
        return by_structure(equal=False)
    found = by_structure(equal=False)
    for members in recounted(given, wanted):
        found = ladder.compare(together(wanted.elements), members)
        if found.equal:
            break
    return found


def _only(answer: Answer) -> Answer:
    alone = isinstance(answer, Several) and len(answer.elements) == 1
    return answer.elements[0] if isinstance(answer, Several) and alone else answer


def _is_set(equation: Equation) -> bool:
    r"""`x \in \{2,3\}`, which is all of its elements."""
    return any(isinstance(side, Several) for side in equation.sides)


class _Ladder:
    """One comparison: the policy, the oracle, and a rule for each pair of kinds."""

    def __init__(self, policy: Policy, oracle: Callable[[str, str], Proof]) -> None:
        self._policy = policy
        self._oracle = oracle

    def compare(self, gold: Answer, answer: Answer) -> Finding:
        """The first rule that knows the two kinds decides."""
        if gold.latex == answer.latex and gold.latex:
            return Finding(equal=True, step="normalised_string")
        for rule in (
            self._choices,
            self._named,
            self._texts,
            self._equations,
            self._regions,
            self._severals,
            self._brackets,
            self._measures,
        ):
            found = rule(gold, answer)
            if found is not None:
                return found
        return self._leaves(gold, answer)

    def _equal(self, gold: Answer, answer: Answer) -> Equal:
        return self.compare(gold, answer).equal

    def _ask(self, gold: str, answer: str) -> Finding:
        proof = self._oracle(gold, answer)
        return Finding(proof.equal, proof.step)

    def _choices(self, gold: Answer, answer: Answer) -> Finding | None:
        if not isinstance(gold, Choice | Expression) or not isinstance(answer, Choice | Expression):
            return None
        if not isinstance(gold, Choice) and not isinstance(answer, Choice):
            return None
        letters = [
            side.letter if isinstance(side, Choice) else side.latex for side in (gold, answer)
        ]
        if len(letters[0]) == len(letters[1]) == 1:
            return Finding(letters[0] == letters[1], "choice")
        # A single letter may still be a variable: `A` and `\sqrt{A^2}`; algebra is for expressions.
        return Finding(equal=False, step="choice")

    def _named(self, gold: Answer, answer: Answer) -> Finding | None:
        return named(gold, answer, self._policy, self.compare)

    def _texts(self, gold: Answer, answer: Answer) -> Finding | None:
        if isinstance(gold, Text) and isinstance(answer, Text):
            if not self._policy.ignore_case:
                return Finding(bool(gold.exact) and gold.exact == answer.exact, "text")
            return Finding(bool(gold.words) and gold.words == answer.words, "text")
        if not isinstance(gold, Text) and not isinstance(answer, Text):
            return None
        text, other = (gold, answer) if isinstance(gold, Text) else (answer, gold)
        if isinstance(other, Equation):
            return None
        if isinstance(text, Text) and isinstance(other, Several) and not other.elements:
            return Finding(text.words in _NOTHING, "text")
        if isinstance(text, Text) and isinstance(other, Expression) and is_product(text, other):
            return self._expressions(gold, answer)
        return Finding(equal=False, step="text")

    def _equations(self, gold: Answer, answer: Answer) -> Finding | None:
        if isinstance(gold, Equation) and isinstance(answer, Equation):
            return self._two_equations(gold, answer)
        sides = described(gold), described(answer)
        if sides != (gold, answer):
            return self.compare(*sides)
        if isinstance(gold, Equation) and (_is_set(gold) or not isinstance(answer, Several)):
            # `1=2` is no way to write 2: every side has to be the other's value.
            return by_structure(every([self._equal(side, answer) for side in gold.sides]))
        if isinstance(answer, Equation) and (_is_set(answer) or not isinstance(gold, Several)):
            return by_structure(every([self._equal(gold, side) for side in answer.sides]))
        return None

    def _two_equations(self, gold: Equation, answer: Equation) -> Finding:
        renamed = rename_argument(answer, gold.label)
        if gold.label and renamed.label == gold.label:
            outcomes = [self._equal(g, a) for g in gold.sides for a in renamed.sides]
            return by_structure(every(outcomes))
        if any(
            e.label and not isinstance(e.sides[-1], Expression | Choice) for e in (gold, answer)
        ):
            # `2x=14` follows from `x=7`, but it does not say what x is.
            return by_structure(equal=False)
        symbols = [e.label for e in (gold, answer) if e.label]
        simple = all(_PLAIN_LETTER.fullmatch(symbol) for symbol in symbols)
        values = any(isinstance(e.sides[-1], Expression | Choice) for e in (gold, answer)) or len(
            symbols
        ) != len((gold, answer))
        if not simple or not values or gold.latex.count("=") != 1 or answer.latex.count("=") != 1:
            return by_structure(equal=False)
        return self._ask(gold.latex, answer.latex)

    def _regions(self, gold: Answer, answer: Answer) -> Finding | None:
        """By their form where that is enough, else as sets of real numbers."""
        found = self._forms(gold, answer)
        if not is_region(gold) and not is_region(answer):
            return found
        if isinstance(gold, Brackets | Union) and isinstance(answer, Brackets | Union):
            found = self._brackets(gold, answer)
        if found and found.equal:
            return found
        same = same_region(gold, answer)
        return found if same is None else Finding(same, "cells")

    def _forms(self, gold: Answer, answer: Answer) -> Finding | None:
        left, right = region(gold), region(answer)
        if left and right:
            same = left[0] == right[0]
            return by_structure(self._equal(left[1], right[1]) if same else False)
        if left and isinstance(answer, Brackets | Union):
            return by_structure(self._equal(left[1], answer))
        if right and isinstance(gold, Brackets | Union):
            return by_structure(self._equal(gold, right[1]))
        if isinstance(gold, Inequality) and isinstance(answer, Inequality):
            return self._ask(gold.latex, answer.latex)
        if isinstance(gold, Inequality) or isinstance(answer, Inequality):
            several = isinstance(gold, Several) or isinstance(answer, Several)
            return None if several else by_structure(equal=False)
        return None

    def _severals(self, gold: Answer, answer: Answer) -> Finding | None:
        gold, answer = spread(gold, answer), spread(answer, gold)
        if isinstance(gold, Several) and isinstance(answer, Several):
            if bool(labels(gold)) != bool(labels(answer)):
                return self._in_order(gold.elements, answer.elements)
            bare = not (gold.braced or answer.braced or gold.joined_by_or or answer.joined_by_or)
            if bare and self._policy.order_matters and not labels(gold):
                return self._in_order(gold.elements, answer.elements)
            return self._bags(gold.elements, answer.elements)
        if not isinstance(gold, Several) and not isinstance(answer, Several):
            return None
        several, other = (gold, answer) if isinstance(gold, Several) else (answer, gold)
        elements = several.elements if isinstance(several, Several) else ()
        if isinstance(several, Several) and isinstance(other, Brackets):
            # `x=1 or x=2` are two solutions and no point; `0,1` are two numbers and not `(0,1]`.
            if several.braced or several.joined_by_or or other.kind == "interval":
                return by_structure(equal=False)
            if labels(several):
                elements = tuple(sorted(elements, key=lambda e: getattr(e, "label", "")))
            pairs = (elements, other.elements)
            return self._in_order(*(pairs if several is gold else pairs[::-1]))
        if isinstance(other, Expression) and any(sign in other.latex for sign in _SET_ALGEBRA):
            return self._ask(gold.latex, answer.latex)
        return by_structure(equal=False)

    def _bags(self, gold: tuple[Answer, ...], answer: tuple[Answer, ...]) -> Finding:
        def equal(row: int, column: int) -> Equal:
            return self._equal(gold[row], answer[column])

        return by_structure(pair_off(len(gold), len(answer), equal))

    def _in_order(self, gold: tuple[Answer, ...], answer: tuple[Answer, ...]) -> Finding:
        if len(gold) != len(answer):
            return by_structure(equal=False)
        return by_structure(every([self._equal(g, a) for g, a in zip(gold, answer, strict=True)]))

    def _brackets(self, gold: Answer, answer: Answer) -> Finding | None:
        gold, answer = vector(gold, answer), vector(answer, gold)
        if isinstance(gold, Matrix) and isinstance(answer, Matrix):
            return self._matrices(gold, answer)
        if isinstance(gold, Brackets) and isinstance(answer, Brackets):
            if (gold.left, gold.right) != (answer.left, answer.right):
                return by_structure(equal=False)
            return self._in_order(gold.elements, answer.elements)
        if isinstance(gold, Union) and isinstance(answer, Union):
            return self._bags(gold.parts, answer.parts)
        composite = Brackets | Union | Matrix
        if isinstance(gold, composite) or isinstance(answer, composite):
            other = answer if isinstance(gold, composite) else gold
            if isinstance(other, Expression) and any(sign in other.latex for sign in _SET_ALGEBRA):
                return self._ask(gold.latex, answer.latex)
            return by_structure(equal=False)
        return None

    def _matrices(self, gold: Matrix, answer: Matrix) -> Finding:
        if gold.shape != answer.shape or [len(r) for r in gold.rows] != [
            len(r) for r in answer.rows
        ]:
            return by_structure(equal=False)
        if gold.shape == "cases":
            return self._bags(
                *(tuple(Brackets("", "(", ")", row) for row in m.rows) for m in (gold, answer))
            )
        flat = [tuple(cell for row in m.rows for cell in row) for m in (gold, answer)]
        return self._in_order(flat[0], flat[1])

    def _measures(self, gold: Answer, answer: Answer) -> Finding | None:
        """Ratios, percentages and quantities."""
        for rule in (ratios, percents, quantities):
            found = rule(gold, answer, self._policy, self.compare)
            if found is not None:
                return found
        return None

    def _leaves(self, gold: Answer, answer: Answer) -> Finding:
        """Numbers exactly, expressions by the oracle."""
        if isinstance(gold, Number) and isinstance(answer, Number):
            if gold.value == answer.value:
                return Finding(equal=True, step="exact_rational")
            if self._rounds(gold, answer.value, answer) or self._rounds(answer, gold.value, gold):
                return Finding(equal=True, step="rounded_decimal")
            return Finding(equal=False, step="exact_rational")
        if isinstance(gold, Number | Expression) and isinstance(answer, Number | Expression):
            return self._expressions(gold, answer)
        return by_structure(equal=False)

    def _rounds(self, shown: Number, exact: Fraction, other: Answer) -> bool:
        """Whether a decimal is the other's value rounded; two decimals have to be equal."""
        written = other.decimal if isinstance(other, Number) else None
        decimal = shown.decimal
        return bool(
            self._policy.rounded_decimals
            and decimal
            and not written
            and decimal.shows(shown.value, exact)
        )

    def _expressions(self, gold: Answer, answer: Answer) -> Finding:
        first, second = writable(gold), writable(answer)
        if first == second:
            return Finding(equal=True, step="normalised_string")
        letters = _PLAIN_LETTER.fullmatch(first) and _PLAIN_LETTER.fullmatch(second)
        if letters or _INFINITE & {first, second}:
            return Finding(equal=False, step="normalised_string")
        proof = self._oracle(first, second)
        for shown, value, other in (
            (gold, proof.answer_value, answer),
            (answer, proof.gold_value, gold),
        ):
            if proof.equal is not False or not isinstance(shown, Number) or not value:
                continue
            if self._rounds(shown, Fraction(value), other):
                return Finding(equal=True, step="rounded_decimal")
        return Finding(proof.equal, proof.step)
