r"""Pure: inequalities as intervals, and all sets of real numbers as conditions.

`x>2` is `(2,\infty)` by its form alone; whether `|x-3|<2` is `(1,5)` is for `verifier.math.cells`.
"""

# ruff: noqa: PLR0911 - every rule returns where it decides
# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

import re

from verifier.math.answers import (
    Answer,
    Brackets,
    Equation,
    Expression,
    Inequality,
    Several,
    Union,
    UnreadableError,
)
from verifier.math.cells import Condition, Every, Predicate, Sign, Some, same_set
from verifier.math.conversions import writable
from verifier.math.grammar import negated, parse
from verifier.math.limits import TooComplexError
from verifier.math.tree import Node, Sum, Symbol, substituted, symbols

_SYMBOL = re.compile(r"(?:[A-Za-z]|\\(?!pi\b|infty\b)[a-z]+)(?:_\{\w+\})?(?:\([A-Za-z]\))?")
_MIRROR = {"<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le", "\\ne": "\\ne"}
_LEAST = Expression("-\\infty")
_MOST = Expression("\\infty")
_CHAIN = 3
_VARIABLE = "the variable"
_SIGNS: dict[str, Sign] = {"<": "<", "\\le": "<=", "\\ne": "!="}
_NOTHING = Some(())


def same_region(gold: Answer, answer: Answer) -> bool | None:
    """Whether two answers are the same set of real numbers; None where they are no such sets."""
    try:
        first, second = _Reader(), _Reader()
        left, right = first.predicate(gold), second.predicate(answer)
        if len(first.names | second.names) > 1:
            return None
        return same_set(left, right, _VARIABLE)
    except (UnreadableError, TooComplexError):
        return None


def is_region(answer: Answer) -> bool:
    """Whether it is clearly meant as a set of real numbers, as a point or a list is not."""
    match answer:
        case Inequality() | Union():
            return True
        case Brackets():
            return answer.kind == "interval"
        case Several(elements=elements, braced=False):
            return any(isinstance(element, Inequality) for element in elements)
        case _:
            return False


class _Reader:
    """Conditions from answers; `names` are the variables that were met."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def predicate(self, answer: Answer, *, inside: bool = False) -> Predicate:
        """What holds for the members of the set; raises `UnreadableError` where it is none.

        Args:
            answer: the set.
            inside: it is a part of another condition.
        """
        match answer:
            case Inequality():
                return self._inequality(answer)
            case Equation(label=label, sides=(Brackets() | Union() | Several() as side,)) if label:
                self.names.add(label)
                return self.predicate(side)
            case Brackets(elements=(low, high)):
                return self._interval(answer, low, high)
            case Union(parts=parts):
                return Some(tuple(map(self.predicate, parts)))
            case Several(elements=elements, braced=True):
                return Some(tuple(Condition(self._beyond(e), "=") for e in elements))
            case Several(elements=elements, joined_by_or=joined_by_or):
                found = tuple(self.predicate(element, inside=True) for element in elements)
                if joined_by_or or not found:
                    return Some(found)
                return Every(found) if inside else self._all_or_any(found)
            case _:
                raise UnreadableError("it is no set of real numbers")

    def _inequality(self, answer: Inequality) -> Predicate:
        nodes = [parse(writable(side)) for side in answer.sides]
        names = frozenset[str]().union(*map(symbols, nodes))
        if len(names) != 1:
            raise UnreadableError("it is about more than one variable, or about none")
        (name,) = names
        self.names.add(name)
        nodes = [substituted(node, name, Symbol(_VARIABLE)) for node in nodes]
        conditions = []
        for sign, left, right in zip(answer.signs, nodes[:-1], nodes[1:], strict=True):
            turned = sign in (">", "\\ge")
            less, more = (right, left) if turned else (left, right)
            kind = _SIGNS[_MIRROR[sign] if turned else sign]
            conditions.append(Condition(Sum((less, negated(more))), kind))
        return Every(tuple(conditions))

    def _interval(self, answer: Brackets, low: Answer, high: Answer) -> Predicate:
        conditions = []
        if low.latex != _LEAST.latex:
            sign: Sign = "<=" if answer.left == "[" else "<"
            conditions.append(Condition(negated(self._beyond(low)), sign))
        if high.latex != _MOST.latex:
            sign = "<=" if answer.right == "]" else "<"
            conditions.append(Condition(self._beyond(high), sign))
        inside = Every(tuple(conditions))
        if same_set(inside, _NOTHING, _VARIABLE):
            raise UnreadableError("it ends before it begins, so it is a list or a point")
        return inside

    def _beyond(self, end: Answer) -> Node:
        """How far the variable is beyond an end of an interval."""
        return Sum((Symbol(_VARIABLE), negated(parse(writable(end)))))

    def _all_or_any(self, parts: tuple[Predicate, ...]) -> Predicate:
        """Joined by a comma or `and`: all of them, unless nothing is left then."""
        both = Every(parts)
        return Some(parts) if same_set(both, _NOTHING, _VARIABLE) else both


def region(answer: Answer) -> tuple[str, Brackets | Union] | None:
    """The variable and the interval (or union) that an inequality describes, where it is one."""
    if isinstance(answer, Several) and answer.joined_by_or and answer.elements:
        return _either(answer)
    if not isinstance(answer, Inequality):
        return None
    sides, signs = answer.sides, answer.signs
    if signs[0] in (">", "\\ge"):
        sides, signs = sides[::-1], tuple(_MIRROR[sign] for sign in signs[::-1])
    if len(sides) == _CHAIN:
        name = _symbol(sides[1])
        if not name or not set(signs) <= {"<", "\\le"}:
            return None
        return name, _between(sides[0], signs[0], sides[2], signs[1])
    if len(sides) != 2:
        return None
    left, right = _symbol(sides[0]), _symbol(sides[1])
    if bool(left) == bool(right):
        return None
    name, bound = (left, sides[1]) if left else (right, sides[0])
    below, above = _between(_LEAST, "<", bound, signs[0]), _between(bound, signs[0], _MOST, "<")
    if signs[0] == "\\ne":
        return name, Union(answer.latex, (below, above))
    return name, below if left else above


def _either(several: Several) -> tuple[str, Union] | None:
    """`x<1 or x>2` as a union."""
    parts = [region(element) for element in several.elements]
    found = [part for part in parts if part is not None]
    if len(found) != len(parts) or len({name for name, _ in found}) != 1:
        return None
    return found[0][0], Union(several.latex, tuple(part for _, part in found))


def _symbol(answer: Answer) -> str:
    """The variable's name, empty where the side is anything else."""
    if isinstance(answer, Expression) and _SYMBOL.fullmatch(answer.latex):
        return answer.latex
    letter = getattr(answer, "letter", "")
    return letter if isinstance(letter, str) else ""


def _between(low: Answer, low_sign: str, high: Answer, high_sign: str) -> Brackets:
    """The interval between two ends, each closed where its sign allows equality."""
    left, right = "[" if low_sign == "\\le" else "(", "]" if high_sign == "\\le" else ")"
    return Brackets(f"{left}{low.latex},{high.latex}{right}", left, right, (low, high))
