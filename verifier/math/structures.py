r"""Pure: sets, tuples, points, intervals, matrices and systems, from their brackets."""

# ruff: noqa: PLR0911 - every rule returns where it decides
# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from verifier.math.answers import (
    Answer,
    Brackets,
    Equation,
    Inequality,
    Matrix,
    Several,
    Text,
    Union,
)
from verifier.math.lexemes import is_number, is_word, join, word_of
from verifier.math.sets import REALS, all_but, real_line
from verifier.math.tokens import enclosed, split, spread_groups, trim

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.math.tokens import Tokens

    Reader: TypeAlias = Callable[[Tokens], Answer]

_IF = frozenset(("if", "when", "for", "where", "while", "当", "若", "如果"))
_ENVIRONMENTS = frozenset(
    f"\\begin{{{n}}}" for n in ("matrix", "pmatrix", "bmatrix", "Bmatrix", "array", "smallmatrix")
)


def structured(tokens: Tokens, read: Reader) -> Answer | None:
    """The structure that the tokens as a whole are; `read` reads its parts, each of them once."""
    return (
        _set_of_reals(tokens, read)
        or _union(tokens, read)
        or _bracketed(tokens, read)
        or _point(tokens, read)
        or _transposed(tokens, read)
    )


def _union(tokens: Tokens, read: Reader) -> Answer | None:
    pieces, signs = split(tokens, ("\\cup",))
    if not signs or not all(pieces):
        return None
    parts = tuple(read(piece) for piece in pieces)
    return (
        Union(join(tokens), parts)
        if any(isinstance(p, Brackets | Several) for p in parts)
        else None
    )


def _set_of_reals(tokens: Tokens, read: Reader) -> Answer | None:
    if "\\mathbb" in tokens or "\\setminus" in tokens or is_word(tokens[0]):
        return real_line(tokens) or all_but(tokens, read)
    return None


def _point(tokens: Tokens, read: Reader) -> Answer | None:
    """`A(1,2)`: a point with its name."""
    if len(tokens) < 6 or not tokens[0].isupper() or len(tokens[0]) > 1 or tokens[1] != "(":
        return None
    if not enclosed(tokens[1:]) or not any(map(is_number, tokens)):
        return None
    if not split(tokens[2:-1], (",", ";"))[1]:
        return None
    place = read(tokens[1:])
    if not isinstance(place, Brackets):
        return None
    return Equation(join(tokens), tokens[0], (place,))


def _bracketed(tokens: Tokens, read: Reader) -> Answer | None:
    """Sets, tuples, intervals, matrices, and parentheses that only group."""
    if tokens == ("\\emptyset",):
        return Several(join(tokens), (), braced=True)
    if not enclosed(tokens):
        return None
    left, right = tokens[0], tokens[-1]
    if left in _ENVIRONMENTS or left == "\\begin{cases}":
        return _matrix(tokens, read)
    inner = spread_groups(tokens[1:-1])
    if left == "\\{" and right == "\\}":
        return _set(tokens, inner, read)
    if left not in ("(", "[", "\\langle") or right not in (")", "]", "\\rangle"):
        return None
    pieces, commas = split(inner, (",", ";"))
    if not commas:
        content = read(inner)
        if left != "[" or isinstance(content, Matrix | Equation):
            return content
        return Brackets(join(tokens), left, right, (content,)) if right == "]" else None
    left, right = left.replace("\\langle", "("), right.replace("\\rangle", ")")
    elements = tuple(read(piece) for piece in pieces)
    if all(isinstance(element, Equation) and element.label for element in elements):
        # `[x=1, y=2]` says what every place is.
        return Several(join(tokens), elements, braced=False)
    return Brackets(join(tokens), left, right, elements)


def _set(tokens: Tokens, inner: Tokens, read: Reader) -> Answer:
    latex = join(tokens)
    if not trim(inner):
        return Several(latex, (), braced=True)
    pieces, bars = split(inner, ("\\mid", "|", ":"))
    if len(bars) == 1:
        condition = _condition(read(pieces[1]))
        return condition if isinstance(condition, Inequality) else Text(latex, latex)
    pieces, _ = split(inner, (",", ";"))
    return Several(latex, tuple(read(piece) for piece in pieces), braced=True)


def _condition(answer: Answer) -> Answer:
    r"""A condition without the `x \in \mathbb{R}` beside it."""
    if not isinstance(answer, Several):
        return answer
    left = [e for e in answer.elements if not (isinstance(e, Equation) and e.sides == (REALS,))]
    return left[0] if len(left) == 1 else answer


def _matrix(tokens: Tokens, read: Reader) -> Answer:
    lines, _ = split(tokens[1:-1], ("\\\\",))
    if lines and not lines[-1]:
        lines.pop()
    cases = "cases" in tokens[0]
    cells = [split(line, ("&",))[0] for line in lines]
    if cases:
        cells = [[_bare_case(cell) for cell in row] for row in cells]
    rows = tuple(tuple(read(cell) for cell in row) for row in cells)
    column = tuple(cell for row in rows for cell in row)
    if cases and all(isinstance(cell, Equation) for cell in column):
        # A system's solution, one equation a line.
        return Several(join(tokens), column, braced=False)
    return Matrix(join(tokens), rows, "cases" if cases else "matrix")


def _bare_case(cell: Tokens) -> Tokens:
    """A value without its comma, a condition without its "if"."""
    cell = trim(cell[:-1]) if cell[-1:] in ((",",), (";",), (".",)) else cell
    wordy = bool(cell) and is_word(cell[0]) and word_of(cell[0]).lower() in _IF
    return trim(cell[1:]) if wordy and len(cell) > 1 else cell


def _transposed(tokens: Tokens, read: Reader) -> Answer | None:
    """`(1,2)^T`: rows as columns; a tuple stays itself."""
    if tokens[-4:] not in (("^", "{", "T", "}"), ("^", "{", "\\top", "}")):
        return None
    if not enclosed(tokens[:-4]):
        return None
    answer = read(tokens[:-4])
    if isinstance(answer, Matrix) and answer.shape == "matrix" and answer.rows:
        widths = {len(row) for row in answer.rows}
        if len(widths) > 1:
            return None
        return Matrix(join(tokens), tuple(zip(*answer.rows, strict=True)), "matrix")
    return answer if isinstance(answer, Brackets) else None
