"""Pure: a ladder of proofs, cheapest first, that two typed answers are equal or are not."""

# ruff: noqa: PLR0911 - every rule returns where it decides

from __future__ import annotations

import re
from dataclasses import dataclass
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
    Percent,
    Quantity,
    Ratio,
    Several,
    Text,
    Union,
)
from verifier.math.conversions import (
    hundredths,
    in_base_unit,
    is_product,
    labels,
    rename_argument,
    spread,
    vector,
    writable,
)
from verifier.math.matching import Equal, every, pair_off
from verifier.math.measures import in_radians
from verifier.math.regions import region

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN_LETTER = re.compile(r"[A-Za-z]")
_NUMBERS_IN_WORDS = """
    zero one two three four five six seven eight nine ten eleven twelve
"""
_NUMBER_WORDS = {word: Fraction(value) for value, word in enumerate(_NUMBERS_IN_WORDS.split())}
_NOTHING = frozenset(
    ("empty set", "no solution", "no solutions", "no real solution", "no real solutions", "none")
)
_INFINITE = frozenset(("\\infty", "-\\infty"))
_SET_ALGEBRA = ("\\begin", "\\cup", "\\cap", "\\setminus", "\\mathbb")


@dataclass(frozen=True, slots=True)
class Policy:
    """Where people disagree about equality; the check's parameters of the same names explain."""

    percent_as_fraction: bool = True
    ignore_missing_unit: bool = True
    rounded_decimals: bool = True


@dataclass(frozen=True, slots=True)
class Proof:
    """What the symbolic engine says of two expressions, and their values where they are numbers."""

    equal: Equal
    gold_value: str = ""
    answer_value: str = ""
    gold_read: str = ""
    answer_read: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Equal, not equal or undecided (None), and the step of the ladder that decided."""

    equal: Equal
    step: str


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
    return _Ladder(policy, oracle).compare(gold, answer)


def _only(answer: Answer) -> Answer:
    alone = isinstance(answer, Several) and len(answer.elements) == 1
    return answer.elements[0] if isinstance(answer, Several) and alone else answer


def _is_set(equation: Equation) -> bool:
    r"""`x \in \{2,3\}`, which is all of its elements."""
    return any(isinstance(side, Several) for side in equation.sides)


def _structure(equal: Equal) -> Finding:
    return Finding(equal, "typed_structure")


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
            self._texts,
            self._equations,
            self._regions,
            self._severals,
            self._brackets,
            self._ratios,
            self._percents,
            self._quantities,
        ):
            found = rule(gold, answer)
            if found is not None:
                return found
        return self._leaves(gold, answer)

    def _equal(self, gold: Answer, answer: Answer) -> Equal:
        return self.compare(gold, answer).equal

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

    def _texts(self, gold: Answer, answer: Answer) -> Finding | None:
        if isinstance(gold, Text) and isinstance(answer, Text):
            return Finding(bool(gold.words) and gold.words == answer.words, "text")
        if not isinstance(gold, Text) and not isinstance(answer, Text):
            return None
        text, other = (gold, answer) if isinstance(gold, Text) else (answer, gold)
        if isinstance(other, Equation):
            return None
        if isinstance(text, Text) and isinstance(other, Number):
            return Finding(_NUMBER_WORDS.get(text.words) == other.value, "text")
        if isinstance(text, Text) and isinstance(other, Several) and not other.elements:
            return Finding(text.words in _NOTHING, "text")
        if isinstance(text, Text) and isinstance(other, Expression) and is_product(text, other):
            return self._expressions(gold, answer)
        return Finding(equal=False, step="text")

    def _equations(self, gold: Answer, answer: Answer) -> Finding | None:
        if isinstance(gold, Equation) and isinstance(answer, Equation):
            return self._two_equations(gold, answer)
        if isinstance(gold, Equation) and (_is_set(gold) or not isinstance(answer, Several)):
            # `1=2` is no way to write 2: every side has to be the other's value.
            return _structure(every([self._equal(side, answer) for side in gold.sides]))
        if isinstance(answer, Equation) and (_is_set(answer) or not isinstance(gold, Several)):
            return _structure(every([self._equal(gold, side) for side in answer.sides]))
        return None

    def _two_equations(self, gold: Equation, answer: Equation) -> Finding:
        renamed = rename_argument(answer, gold.label)
        if gold.label and renamed.label == gold.label:
            outcomes = [self._equal(g, a) for g in gold.sides for a in renamed.sides]
            return _structure(every(outcomes))
        if any(
            e.label and not isinstance(e.sides[-1], Expression | Choice) for e in (gold, answer)
        ):
            # `2x=14` follows from `x=7`, but it does not say what x is.
            return _structure(equal=False)
        symbols = [e.label for e in (gold, answer) if e.label]
        simple = all(_PLAIN_LETTER.fullmatch(symbol) for symbol in symbols)
        values = any(isinstance(e.sides[-1], Expression | Choice) for e in (gold, answer)) or len(
            symbols
        ) != len((gold, answer))
        if not simple or not values or gold.latex.count("=") != 1 or answer.latex.count("=") != 1:
            return _structure(equal=False)
        return Finding(self._oracle(gold.latex, answer.latex).equal, "symbolic")

    def _regions(self, gold: Answer, answer: Answer) -> Finding | None:
        left, right = region(gold), region(answer)
        if left and right:
            same = left[0] == right[0]
            return _structure(self._equal(left[1], right[1]) if same else False)
        if left and isinstance(answer, Brackets | Union):
            return _structure(self._equal(left[1], answer))
        if right and isinstance(gold, Brackets | Union):
            return _structure(self._equal(gold, right[1]))
        if isinstance(gold, Inequality) and isinstance(answer, Inequality):
            return Finding(self._oracle(gold.latex, answer.latex).equal, "symbolic")
        if isinstance(gold, Inequality) or isinstance(answer, Inequality):
            several = isinstance(gold, Several) or isinstance(answer, Several)
            return None if several else _structure(equal=False)
        return None

    def _severals(self, gold: Answer, answer: Answer) -> Finding | None:
        gold, answer = spread(gold, answer), spread(answer, gold)
        if isinstance(gold, Several) and isinstance(answer, Several):
            if bool(labels(gold)) != bool(labels(answer)):
                return self._in_order(gold.elements, answer.elements)
            return self._bags(gold.elements, answer.elements)
        if not isinstance(gold, Several) and not isinstance(answer, Several):
            return None
        several, other = (gold, answer) if isinstance(gold, Several) else (answer, gold)
        elements = several.elements if isinstance(several, Several) else ()
        if isinstance(several, Several) and isinstance(other, Brackets):
            # `x=1 or x=2` are two solutions and no point; `0,1` are two numbers and not `(0,1]`.
            if several.braced or several.joined_by_or or other.kind == "interval":
                return _structure(equal=False)
            if labels(several):
                elements = tuple(sorted(elements, key=lambda e: getattr(e, "label", "")))
            pairs = (elements, other.elements)
            return self._in_order(*(pairs if several is gold else pairs[::-1]))
        if isinstance(other, Expression) and any(sign in other.latex for sign in _SET_ALGEBRA):
            return Finding(self._oracle(gold.latex, answer.latex).equal, "symbolic")
        return _structure(equal=False)

    def _bags(self, gold: tuple[Answer, ...], answer: tuple[Answer, ...]) -> Finding:
        def equal(row: int, column: int) -> Equal:
            return self._equal(gold[row], answer[column])

        return _structure(pair_off(len(gold), len(answer), equal))

    def _in_order(self, gold: tuple[Answer, ...], answer: tuple[Answer, ...]) -> Finding:
        if len(gold) != len(answer):
            return _structure(equal=False)
        return _structure(every([self._equal(g, a) for g, a in zip(gold, answer, strict=True)]))

    def _brackets(self, gold: Answer, answer: Answer) -> Finding | None:
        if isinstance(gold, Matrix) and isinstance(answer, Matrix):
            return self._matrices(gold, answer)
        gold = vector(gold, answer)
        # A reference in square brackets is an interval, so a column of its two ends is not equal.
        answer = answer if getattr(gold, "kind", "") == "interval" else vector(answer, gold)
        if isinstance(gold, Brackets) and isinstance(answer, Brackets):
            if (gold.left, gold.right) != (answer.left, answer.right):
                return _structure(equal=False)
            return self._in_order(gold.elements, answer.elements)
        if isinstance(gold, Union) and isinstance(answer, Union):
            return self._bags(gold.parts, answer.parts)
        composite = Brackets | Union | Matrix
        if isinstance(gold, composite) or isinstance(answer, composite):
            other = answer if isinstance(gold, composite) else gold
            if isinstance(other, Expression) and any(sign in other.latex for sign in _SET_ALGEBRA):
                return Finding(self._oracle(gold.latex, answer.latex).equal, "symbolic")
            return _structure(equal=False)
        return None

    def _matrices(self, gold: Matrix, answer: Matrix) -> Finding:
        if gold.shape != answer.shape or [len(r) for r in gold.rows] != [
            len(r) for r in answer.rows
        ]:
            return _structure(equal=False)
        if gold.shape == "cases":
            return self._bags(
                *(tuple(Brackets("", "(", ")", row) for row in m.rows) for m in (gold, answer))
            )
        flat = [tuple(cell for row in m.rows for cell in row) for m in (gold, answer)]
        return self._in_order(flat[0], flat[1])

    def _ratios(self, gold: Answer, answer: Answer) -> Finding | None:
        if not isinstance(gold, Ratio) or not isinstance(answer, Ratio):
            ratio = isinstance(gold, Ratio) or isinstance(answer, Ratio)
            return _structure(equal=False) if ratio else None
        if gold.half != answer.half and not (
            self._policy.ignore_missing_unit and "" in (gold.half, answer.half)
        ):
            return _structure(equal=False)
        if gold.clock or answer.clock or len(gold.parts) != len(answer.parts):
            return _structure(gold.parts == answer.parts)
        first, second = gold.parts, answer.parts
        return _structure(
            all(a * second[0] == b * first[0] for a, b in zip(first, second, strict=True))
        )

    def _percents(self, gold: Answer, answer: Answer) -> Finding | None:
        if isinstance(gold, Percent) and isinstance(answer, Percent):
            return self.compare(gold.amount, answer.amount)
        if not isinstance(gold, Percent) and not isinstance(answer, Percent):
            return None
        if not self._policy.percent_as_fraction or isinstance(gold, Quantity):
            return _structure(equal=False)
        if isinstance(answer, Quantity):
            return _structure(equal=False)
        return self.compare(hundredths(gold), hundredths(answer))

    def _quantities(self, gold: Answer, answer: Answer) -> Finding | None:
        if isinstance(gold, Quantity) and isinstance(answer, Quantity):
            if gold.unit.name == answer.unit.name:
                return self.compare(gold.amount, answer.amount)
            if gold.unit.dimension != answer.unit.dimension:
                return _structure(equal=False)
            both = [in_base_unit(quantity) for quantity in (gold, answer)]
            return self.compare(both[0], both[1])
        if not isinstance(gold, Quantity) and not isinstance(answer, Quantity):
            return None
        quantity, other = (gold, answer) if isinstance(gold, Quantity) else (answer, gold)
        if not isinstance(quantity, Quantity):
            return None
        for reading in self._without_unit(quantity, other):
            found = self.compare(*((reading, other) if quantity is gold else (other, reading)))
            if found.equal is not False:
                return found
        return _structure(equal=False)

    def _without_unit(self, quantity: Quantity, other: Answer) -> list[Answer]:
        """What a quantity may mean beside an answer that has no unit."""
        readings: list[Answer] = []
        if isinstance(other, Expression) and not quantity.certain:
            readings.append(Expression(quantity.latex.replace(" ", "")))
        turned = quantity.unit.name == "degree" and "\\pi" in other.latex
        if turned and isinstance(quantity.amount, Number):
            readings.append(in_radians(quantity.amount))
        elif quantity.unit.dimension == "money" or self._policy.ignore_missing_unit:
            readings.append(quantity.amount)
        return readings

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
        return _structure(equal=False)

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
        return Finding(proof.equal, "symbolic")
