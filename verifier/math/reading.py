"""Pure: from the text of an answer to a typed answer, in linear time and with bounded depth."""

# ruff: noqa: PLR0911 - every rule returns where it decides
# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from verifier.math import measures, words
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
    UnreadableError,
)
from verifier.math.bombs import refuse_bombs
from verifier.math.exact import decimal_form, evaluate, literal
from verifier.math.limits import MAX_DEPTH, TooComplexError
from verifier.math.spelling import is_number, is_word, join, spell, word_of
from verifier.math.tokens import Tokens, enclosed, split, spread_groups, trim

if TYPE_CHECKING:
    from fractions import Fraction

    from verifier.model import AnswerType

_JOINERS = frozenset(
    [
        ",",
        ";",
        *(form for w in ("or", "and", "Or", "And", "OR", "AND") for form in (w, f"\\text{{{w}}}")),
    ]
)
_LOGICAL = frozenset(("\\land", "\\lor"))
_OR = frozenset(form for w in ("or", "Or", "OR") for form in (w, f"\\text{{{w}}}"))
_EQUALS = frozenset(("=", "\\approx"))
_ORDER = frozenset(("<", ">", "\\le", "\\ge", "\\ne"))
_RELATIONS = _EQUALS | _ORDER | {"\\in"}
# Which sign belongs into a gap may be the question; a minus or a dot is what an empty cell holds.
_LONE_SIGNS = frozenset(("<", ">", "=", "+", "/"))
_OPAQUE = frozenset(
    (
        "\\equiv",
        "\\pmod",
        "\\to",
        "\\angle",
        "\\triangle",
        "\\parallel",
        "\\perp",
        "\\cong",
        "\\sim",
        "\\neg",
        "\\implies",
        "\\iff",
    )
)
_ENVIRONMENTS = frozenset(
    f"\\begin{{{n}}}" for n in ("matrix", "pmatrix", "bmatrix", "Bmatrix", "array", "smallmatrix")
)
_COMPATIBLE: dict[str, frozenset[str]] = {
    "number": frozenset(("number", "expression", "percent", "quantity", "ratio")),
    "percent": frozenset(("percent", "number", "expression")),
    "quantity": frozenset(("quantity", "number", "expression", "ratio")),
    "expression": frozenset(("expression", "number", "percent", "quantity", "matrix")),
    "equation": frozenset(("equation", "list")),
    "inequality": frozenset(("inequality", "list")),
    "set": frozenset(("set", "list", "inequality", "interval")),
    "list": frozenset(("list", "set", "tuple", "interval", "number", "expression")),
    "tuple": frozenset(("tuple", "interval", "matrix", "equation")),
    "interval": frozenset(("interval", "tuple", "inequality", "set", "list", "expression")),
    "matrix": frozenset(("matrix", "tuple", "interval", "expression")),
    "ratio": frozenset(("ratio", "number", "expression")),
}


@lru_cache(maxsize=4096)
def read(text: str, expected: AnswerType = "auto") -> Answer:
    """The typed answer; raises `UnreadableError` (nothing there) or `TooComplexError` (a limit)."""
    tokens = spell(text)
    if not any(is_word(t) or is_number(t) or t[0] in "\\{[(" for t in tokens):
        if not any(t in _LONE_SIGNS or unicodedata.category(t[0]) == "So" for t in tokens):
            raise UnreadableError("there is nothing to compare in it")
        return Text(join(tokens), join(tokens))
    if [word_of(t).lower() for t in tokens if is_word(t)] == ["nan"] and len(tokens) <= 2:
        raise UnreadableError("NaN is not an answer")
    refuse_bombs(tokens)
    labelled = tokens[0] == "(" and tokens[1:2] and tokens[1].startswith("\\text{")
    if expected == "auto" and labelled and words.choice_letter(tokens):
        # `\\textbf{(C)} 12`, the way contests write a choice with its value.
        expected = "choice"
    if expected == "text":
        return words.text_of(tokens)
    if expected == "choice":
        letter = words.choice_letter(tokens)
        return Choice(join(tokens), letter) if letter else words.text_of(tokens)
    found = _read(tokens, 0)
    return found if expected == "auto" else _conform(found, expected)


def read_choice(text: str) -> Choice | None:
    """The letter that an answer to a multiple-choice question names, as in `(B) Paris`."""
    tokens = spell(text)
    letter = words.choice_letter(tokens)
    return Choice(join(tokens), letter) if letter else None


def _conform(found: Answer, expected: AnswerType) -> Answer:
    """The reading as the declared type, where it can be one."""
    if isinstance(found, Choice):
        found = Expression(found.letter)
    if expected == "list" and isinstance(found, Number) and found.groups:
        return Several(found.latex, tuple(Number(str(g), g) for g in found.groups), braced=False)
    if found.kind not in _COMPATIBLE[expected]:
        raise UnreadableError(f"it is declared as {expected} but reads as {found.kind}")
    return found


def _read(tokens: Tokens, depth: int) -> Answer:
    """The reading of a part; every rule either decides or passes on."""
    if depth > MAX_DEPTH:
        raise TooComplexError(f"nested deeper than {MAX_DEPTH}")
    tokens = trim(tokens)
    if not tokens:
        return Text("", "")
    if tokens == ("+", "\\infty"):
        tokens = tokens[1:]
    value = evaluate(tokens)
    if value is not None:
        return Number(join(tokens), value, decimal_form(tokens), _groups(tokens))
    letter = words.lone_letter(tokens)
    if letter:
        return letter
    if words.is_prose(tokens):
        return words.text_of(tokens)
    return (
        _joined(tokens, depth)
        or _related(tokens, depth)
        or _union(tokens, depth)
        or _bracketed(tokens, depth)
        or measures.ratio(tokens)
        or measures.measured(tokens, lambda part: _read(part, depth + 1))
        or _signs(tokens, depth)
        or _leaf(tokens)
    )


def _groups(tokens: Tokens) -> tuple[Fraction, ...]:
    if len(tokens) != 1 or "," not in tokens[0] or "." in tokens[0]:
        return ()
    parts = tokens[0].split(",")
    return () if any(part.startswith("0") for part in parts) else tuple(map(literal, parts))


def _joined(tokens: Tokens, depth: int) -> Answer | None:
    """`1, 2 or 3`: elements in any order."""
    pieces, joiners = split(tokens, _JOINERS | _LOGICAL)
    if not joiners:
        return None
    elements = [_read(piece, depth + 1) for piece in pieces if piece]
    if len(elements) == 1:
        return elements[0]
    if _LOGICAL & set(joiners) and not any(isinstance(e, Equation | Inequality) for e in elements):
        # `p \\lor q` is a formula; only `x=1 \\lor x=2` lists solutions.
        return Text(join(tokens), join(tokens))
    flat: list[Answer] = []
    for element in elements:
        unbraced = isinstance(element, Several) and not element.braced
        flat.extend(element.elements if isinstance(element, Several) and unbraced else [element])
    joined_by_or = all(joiner in _OR or joiner == "\\lor" for joiner in joiners)
    return Several(join(tokens), tuple(flat), braced=False, joined_by_or=joined_by_or)


def _related(tokens: Tokens, depth: int) -> Answer | None:
    r"""Equations, inequalities and `x \\in S`."""
    pieces, signs = split(tokens, _RELATIONS)
    if not signs or _OPAQUE & set(tokens) - {"\\angle", "\\triangle"}:
        return None
    if not pieces[0]:
        return _read(tokens[1:], depth + 1) if signs[0] in _EQUALS else None
    if not all(pieces):
        return None
    latex = join(tokens)
    if signs == ["\\in"] or set(signs) <= _EQUALS:
        label = words.label(pieces[0])
        if not label and len(pieces) == 2 and signs != ["\\in"]:
            label = words.label(pieces[1])
            pieces = pieces[::-1] if label else pieces
        sides = [_read(piece, depth + 1) for piece in (pieces[1:] if label else pieces)]
        only = sides[0]
        if label and len(sides) == 1 and isinstance(only, Several) and not only.braced:
            each = tuple(Equation(f"{label}={e.latex}", label, (e,)) for e in only.elements)
            return Several(latex, each, braced=False, joined_by_or=True)
        return Equation(latex, label, tuple(sides))
    if set(signs) <= _ORDER:
        return Inequality(latex, tuple(_read(piece, depth + 1) for piece in pieces), tuple(signs))
    return None


def _union(tokens: Tokens, depth: int) -> Answer | None:
    pieces, signs = split(tokens, ("\\cup",))
    if not signs or not all(pieces):
        return None
    parts = tuple(_read(piece, depth + 1) for piece in pieces)
    return (
        Union(join(tokens), parts)
        if any(isinstance(p, Brackets | Several) for p in parts)
        else None
    )


def _bracketed(tokens: Tokens, depth: int) -> Answer | None:
    """Sets, tuples, intervals, matrices, and parentheses that only group."""
    if tokens == ("\\emptyset",):
        return Several(join(tokens), (), braced=True)
    if not enclosed(tokens):
        return None
    left, right = tokens[0], tokens[-1]
    if left in _ENVIRONMENTS or left == "\\begin{cases}":
        return _matrix(tokens, depth)
    inner = spread_groups(tokens[1:-1])
    if left == "\\{" and right == "\\}":
        return _set(tokens, inner, depth)
    if left not in ("(", "[", "\\langle") or right not in (")", "]", "\\rangle"):
        return None
    pieces, commas = split(inner, (",", ";"))
    if not commas:
        content = _read(inner, depth + 1)
        if left != "[" or isinstance(content, Matrix):
            return content
        return Brackets(join(tokens), left, right, (content,)) if right == "]" else None
    left, right = left.replace("\\langle", "("), right.replace("\\rangle", ")")
    return Brackets(join(tokens), left, right, tuple(_read(piece, depth + 1) for piece in pieces))


def _set(tokens: Tokens, inner: Tokens, depth: int) -> Answer:
    latex = join(tokens)
    if not trim(inner):
        return Several(latex, (), braced=True)
    pieces, bars = split(inner, ("\\mid", "|", ":"))
    if len(bars) == 1:
        condition = _read(pieces[1], depth + 1)
        return condition if isinstance(condition, Inequality) else Text(latex, latex)
    pieces, _ = split(inner, (",", ";"))
    return Several(latex, tuple(_read(piece, depth + 1) for piece in pieces), braced=True)


def _matrix(tokens: Tokens, depth: int) -> Matrix:
    lines, _ = split(tokens[1:-1], ("\\\\",))
    if lines and not lines[-1]:
        lines.pop()
    rows = tuple(tuple(_read(cell, depth + 1) for cell in split(line, ("&",))[0]) for line in lines)
    return Matrix(join(tokens), rows, "cases" if "cases" in tokens[0] else "matrix")


def _signs(tokens: Tokens, depth: int) -> Answer | None:
    r"""`a \\pm b` is both values."""
    if not {"\\pm", "\\mp"} & set(tokens):
        return None
    upper = {"\\pm": "+", "\\mp": "-"}
    lower = {"\\pm": "-", "\\mp": "+"}
    # A leading plus is no part of the value.
    both = [tuple(table.get(lexeme, lexeme) for lexeme in tokens) for table in (upper, lower)]
    values = tuple(_read(v[1:] if v[0] == "+" else v, depth + 1) for v in both)
    return Several(join(tokens), values, braced=False, joined_by_or=True)


def _leaf(tokens: Tokens) -> Answer:
    """What is left is algebra, unless it holds words."""
    if _OPAQUE & set(tokens) or _has_gap(tokens):
        return Text(join(tokens), join(tokens))
    long = any(
        is_word(t) and len(word_of(t)) > (1 if t[0] == "\\" else words.MAX_PRODUCT) for t in tokens
    )
    if long:
        return words.text_of(tokens)
    plain = tuple(word_of(t) if is_word(t) else t for t in tokens if t != " ")
    return Expression(join(plain))


def _has_gap(tokens: Tokens) -> bool:
    """Whether two numbers stand side by side (`1 2`) or one has an index (`31_8`, a base)."""
    indexed = any(b == "_" and is_number(a) for a, b in pairwise(tokens))
    return (
        indexed
        or any(
            lexeme == " " and is_number(tokens[i]) and is_number(tokens[i + 2])
            for i, lexeme in enumerate(tokens[1:-1])
        )
        or any(is_number(a) and is_number(b) for a, b in pairwise(tokens))
    )
