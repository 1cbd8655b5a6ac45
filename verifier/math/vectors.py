r"""Pure: vectors as sums of unit vectors: `2\mathbf{i}+3\mathbf{j}`, `\hat{i}-\hat{k}`."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from verifier.math.answers import Answer, Expression, Number
from verifier.math.exact import evaluate
from verifier.math.lexemes import join
from verifier.math.spelling import spell

_AXES = "ijk"
_HATS = ("\\hat", "\\vec", "\\overline")
_HAT_LENGTH = 4


@lru_cache(maxsize=256)
def components(latex: str, least: int) -> tuple[Answer, ...]:
    """The components along i, j and k, at least `least` of them; nothing where it is no vector.

    A lone `i` is the imaginary unit.
    """
    tokens = list(_without_hats(spell(latex)))
    letters = {letter for t in tokens if t.isalpha() for letter in t}
    if not letters & {"j", "k"}:
        return ()
    found: dict[str, Answer] = {}
    for sign, term in _terms(tokens):
        axis = term[-1][-1] if term else ""
        before = [*term[:-1], term[-1][:-1]] if term and len(term[-1]) > 1 else term[:-1]
        if axis not in _AXES or axis in found or any(c in _AXES for t in before for c in t):
            return ()
        found[axis] = _coefficient(sign, [t for t in before if t not in ("", "\\cdot")])
    size = max(least if least in (2, 3) else 2, 1 + _AXES.index(max(found)))
    if size > len(_AXES) or (least and size != least):
        return ()
    return tuple(found.get(axis, Number("0", Fraction(0))) for axis in _AXES[:size])


def _without_hats(tokens: tuple[str, ...]) -> tuple[str, ...]:
    out: list[str] = []
    index = 0
    while index < len(tokens):
        piece = tokens[index : index + _HAT_LENGTH]
        if piece[0] in _HATS and piece[1:2] == ("{",) and piece[-1] == "}" and piece[2] in _AXES:
            out.append(piece[2])
            index += _HAT_LENGTH
        else:
            out.append(tokens[index])
            index += 1
    return tuple(t for t in out if t != " ")


def _terms(tokens: list[str]) -> list[tuple[str, list[str]]]:
    """The terms of a sum with their signs."""
    terms: list[tuple[str, list[str]]] = []
    depth, sign, term = 0, "", list[str]()
    for lexeme in tokens:
        depth += (lexeme in "([{") - (lexeme in ")]}")
        if depth == 0 and lexeme in "+-":
            if term:
                terms.append((sign, term))
            sign, term = lexeme, []
        else:
            term.append(lexeme)
    return [*terms, (sign, term)]


def _coefficient(sign: str, tokens: list[str]) -> Answer:
    minus = ["-"] if sign == "-" else []
    value = evaluate((*minus, *tokens)) if tokens else Fraction(-1 if minus else 1)
    latex = join([*minus, *(tokens or ["1"])])
    return Expression(latex) if value is None else Number(latex, value)
