r"""Pure: sets of reals in other words: French brackets, `\mathbb{R}`, all but some numbers."""

# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from verifier.math.answers import Answer, Brackets, Expression, Number, Several, Union
from verifier.math.lexemes import is_word, join, word_of
from verifier.math.tokens import split, trim

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from verifier.math.tokens import Tokens

_LEAST, _MOST = Expression("-\\infty"), Expression("\\infty")
REALS = Brackets("(-\\infty,\\infty)", "(", ")", (_LEAST, _MOST))
_REALS_SIGN = ("\\mathbb", "{", "R", "}")
_REALS_LATEX = ("(-\\infty,\\infty)", "(-\\infty,+\\infty)")
_REAL_WORDS = frozenset(
    ("all real numbers", "all reals", "any real number", "every real number", "all real values",
     "the real numbers", "the set of all real numbers", "全体实数", "实数集", "一切实数",
     "任意实数", "所有实数")
)  # fmt: skip
_EXCEPT = frozenset(("except", "but", "besides", "excluding"))
_OPENING = {"]": "(", "[": "[", "(": "("}
_CLOSING = {"[": ")", "]": "]", ")": ")"}


def standard_brackets(tokens: Tokens) -> Tokens:
    r"""French intervals (`]1,2[`) in the other notation; all else as it is."""
    if ("[" not in tokens and "]" not in tokens) or "\\sqrt" in tokens or _balanced(tokens):
        return tokens
    out: list[str] = []
    depth = -1
    for lexeme in tokens:
        if depth < 0 and lexeme in _OPENING:
            out.append(_OPENING[lexeme])
            depth = 0
        elif depth == 0 and lexeme in _CLOSING:
            out.append(_CLOSING[lexeme])
            depth = -1
        else:
            depth += (lexeme == "(") - (lexeme == ")")
            out.append(lexeme)
    return tuple(out) if depth == -1 and _balanced(out) else tokens


def _balanced(tokens: Sequence[str]) -> bool:
    depth = 0
    for lexeme in tokens:
        depth += (lexeme in "([") - (lexeme in ")]")
        if depth < 0:
            return False
    return depth == 0


def real_line(tokens: Tokens) -> Brackets | None:
    r"""`\mathbb{R}` and its names in words."""
    if tokens == _REALS_SIGN:
        return REALS
    if not is_word(tokens[0]) or not all(is_word(t) or t == " " for t in tokens):
        return None
    words = " ".join(word_of(t).lower() for t in tokens if is_word(t))
    return REALS if words in _REAL_WORDS else None


def all_but(tokens: Tokens, read: Callable[[Tokens], Answer]) -> Union | None:
    r"""`\mathbb{R}\setminus\{0\}`, `all real numbers except 0`."""
    pieces, _ = split(tokens, ("\\setminus",))
    if len(pieces) == 1 and "\\{" in tokens and tokens[tokens.index("\\{") - 1] == "-":
        at = tokens.index("\\{")
        pieces = [trim(tokens[: at - 1]), tokens[at:]]
    if len(pieces) == 1 and is_word(tokens[0]):
        at = next((i for i, t in enumerate(tokens) if word_of(t).lower() in _EXCEPT), 0)
        rest = tokens[at + 1 :]
        rest = rest[2:] if rest[1:2] and word_of(rest[1]).lower() == "for" else rest
        pieces = [trim(tokens[:at]), trim(rest)] if at else pieces
    if len(pieces) != 2 or not all(pieces):
        return None
    if "\\cup" in tokens or not (real_line(pieces[0]) or join(pieces[0]) in _REALS_LATEX):
        return None
    less = read(pieces[1])
    points = less.elements if isinstance(less, Several) else (less,)
    return without(join(tokens), points)


def without(latex: str, points: Sequence[Answer]) -> Union | None:
    """The real line without some points, which have to be numbers where there are several."""
    numbers = [point for point in points if isinstance(point, Number)]
    if len(numbers) == len(points):
        ends: tuple[Answer, ...] = (
            _LEAST,
            *sorted(numbers, key=lambda number: number.value),
            _MOST,
        )
    elif len(points) == 1 and isinstance(points[0], Expression):
        ends = (_LEAST, points[0], _MOST)
    else:
        return None
    return Union(
        latex,
        tuple(
            Brackets(f"({low.latex},{high.latex})", "(", ")", (low, high))
            for low, high in pairwise(ends)
        ),
    )
