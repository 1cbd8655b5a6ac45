r"""Pure: inequalities as intervals, so that `x>2` can be compared with `(2,\infty)`."""

from __future__ import annotations

import re

from verifier.math.answers import Answer, Brackets, Expression, Inequality, Several, Union

_SYMBOL = re.compile(r"(?:[A-Za-z]|\\(?!pi\b|infty\b)[a-z]+)(?:_\{\w+\})?")
_MIRROR = {"<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le", "\\ne": "\\ne"}
_LEAST = Expression("-\\infty")
_MOST = Expression("\\infty")
_CHAIN = 3


def region(answer: Answer) -> tuple[str, Brackets | Union] | None:
    """The variable and the interval (or union) that an inequality describes, where it is one."""
    if isinstance(answer, Several) and answer.joined_by_or and answer.elements:
        parts = [region(element) for element in answer.elements]
        found = [part for part in parts if part is not None]
        if len(found) != len(parts) or len({name for name, _ in found}) != 1:
            return None
        return found[0][0], Union(answer.latex, tuple(part for _, part in found))
    if not isinstance(answer, Inequality):
        return None
    sides, signs = answer.sides, answer.signs
    if signs[0] in (">", "\\ge"):
        sides, signs = sides[::-1], tuple(_MIRROR[sign] for sign in signs[::-1])
    if len(sides) == _CHAIN:
        name = _symbol(sides[1])
        if not name or not set(signs) <= {"<", "\\le"}:
            return None
        return name, _between(sides[0], signs[0] == "<", sides[2], signs[1] == "<")
    if len(sides) != 2:  # noqa: PLR2004 - one sign has two sides
        return None
    left, right = _symbol(sides[0]), _symbol(sides[1])
    if bool(left) == bool(right):
        return None
    name, bound = (left, sides[1]) if left else (right, sides[0])
    below, above = _between(_LEAST, True, bound, signs[0] != "\\le"), _between(  # noqa: FBT003
        bound, signs[0] != "\\le", _MOST, True  # noqa: FBT003
    )
    if signs[0] == "\\ne":
        return name, Union(answer.latex, (below, above))
    return name, below if left else above


def _symbol(answer: Answer) -> str:
    """The variable's name, empty where the side is anything else."""
    if isinstance(answer, Expression) and _SYMBOL.fullmatch(answer.latex):
        return answer.latex
    letter = getattr(answer, "letter", "")
    return letter if isinstance(letter, str) else ""


def _between(low: Answer, low_open: bool, high: Answer, high_open: bool) -> Brackets:  # noqa: FBT001
    left, right = "(" if low_open else "[", ")" if high_open else "]"
    return Brackets(f"{left}{low.latex},{high.latex}{right}", left, right, (low, high))
