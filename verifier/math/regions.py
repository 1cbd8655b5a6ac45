r"""Pure: inequalities as intervals, so that `x>2` can be compared with `(2,\infty)`."""

# ruff: noqa: PLR0911 - every rule returns where it decides
# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

import re

from verifier.math.answers import Answer, Brackets, Expression, Inequality, Several, Union
from verifier.math.sets import unequal, without

_SYMBOL = re.compile(r"(?:[A-Za-z]|\\(?!pi\b|infty\b)[a-z]+)(?:_\{\w+\})?")
_MIRROR = {"<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le", "\\ne": "\\ne"}
_LEAST = Expression("-\\infty")
_MOST = Expression("\\infty")
_CHAIN = 3


def region(answer: Answer) -> tuple[str, Brackets | Union] | None:
    """The variable and the interval (or union) that an inequality describes, where it is one."""
    if isinstance(answer, Several) and answer.elements:
        return _either(answer) if answer.joined_by_or else _excluded(answer)
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


def _excluded(several: Several) -> tuple[str, Union] | None:
    r"""`x \ne 1, x \ne 2` as the real line without these points."""
    points = [unequal(element) for element in several.elements]
    found = [region(element) for element in several.elements]
    if None in points or len({part[0] for part in found if part}) != 1 or None in found:
        return None
    union = without(several.latex, [point for point in points if point is not None])
    return (found[0][0], union) if union and found[0] else None


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
