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
    Quantity,
    Several,
    Text,
    Union,
    UnreadableError,
)
from verifier.math.bases import numeral
from verifier.math.bombs import refuse_bombs
from verifier.math.conversions import labels
from verifier.math.dates import date_in_digits, date_in_words
from verifier.math.exact import decimal_form, evaluate, literal
from verifier.math.figures import figure
from verifier.math.limits import MAX_DEPTH, TooComplexError
from verifier.math.sets import REALS, all_but, real_line, standard_brackets
from verifier.math.spelling import is_number, is_word, join, spell, word_of
from verifier.math.spoken import numerals
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
_CHINESE_OR = ("或", "或者")
_JOINERS |= {
    form for w in (*_CHINESE_OR, "和", "与", "及", "以及", "且") for form in (w, f"\\text{{{w}}}")
}
_LOGICAL = frozenset(("\\land", "\\lor"))
_OR = frozenset(form for w in ("or", "Or", "OR", *_CHINESE_OR) for form in (w, f"\\text{{{w}}}"))
_IF = frozenset(("if", "when", "for", "where", "while", "当", "若", "如果"))
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
    "expression": frozenset(
        ("expression", "number", "percent", "quantity", "matrix", "interval", "base")
    ),
    "equation": frozenset(("equation", "list")),
    "inequality": frozenset(("inequality", "list")),
    "set": frozenset(("set", "list", "inequality", "interval")),
    "list": frozenset(("list", "set", "tuple", "interval", "number", "expression")),
    "tuple": frozenset(("tuple", "interval", "matrix", "equation")),
    "interval": frozenset(("interval", "tuple", "inequality", "set", "list", "expression")),
    "matrix": frozenset(("matrix", "tuple", "interval", "expression")),
    "ratio": frozenset(("ratio", "number", "expression")),
    "time": frozenset(("time", "ratio")),
    "date": frozenset(("date",)),
    "base": frozenset(("base", "number")),
    "figure": frozenset(("figure",)),
    "boolean": frozenset(("boolean",)),
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
    if is_word(tokens[0]) and expected != "text":
        tokens = words.uncarried(tokens) or tokens
    labelled = tokens[0] == "(" and tokens[1:2] and tokens[1].startswith("\\text{")
    if expected == "auto" and labelled and words.choice_letter(tokens):
        # `\\textbf{(C)} 12`, the way contests write a choice with its value.
        expected = "choice"
    if expected == "text":
        return words.text_of(tokens)
    if expected == "choice":
        letter = words.choice_letter(tokens)
        return Choice(join(tokens), letter) if letter else words.text_of(tokens)
    found = _read(standard_brackets(tokens), 0)
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
    date = date_in_digits(tokens) if len(tokens) == 5 else None
    if date:
        return date
    value = evaluate(tokens)
    if value is not None:
        return Number(join(tokens), value, decimal_form(tokens), _groups(tokens))
    letter = words.lone_letter(tokens)
    if letter:
        return letter
    if words.is_prose(tokens):
        return _prose(tokens, depth)
    return (
        _named(tokens)
        or _joined(tokens, depth)
        or _related(tokens, depth)
        or _set_of_reals(tokens, depth)
        or _union(tokens, depth)
        or _bracketed(tokens, depth)
        or _point(tokens, depth)
        or measures.ratio(tokens)
        or measures.measured(tokens, lambda part: _read(part, depth + 1))
        or _signs(tokens, depth)
        or _leaf(tokens)
    )


def _prose(tokens: Tokens, depth: int) -> Answer:
    """Words: a spoken number or quantity, the name of a figure, a truth value, or just words."""
    numeric = numerals(tokens)
    if numeric is not None:
        return _read(numeric, depth + 1)
    return real_line(tokens) or figure(tokens) or words.word_or_truth(tokens)


def _named(tokens: Tokens) -> Answer | None:
    """What is known by the words or signs in it: a date, a figure, a numeral, a sum of units."""
    if "_" in tokens or tokens[0] == "0" or is_number(tokens[-1]):
        found: Answer | None = numeral(tokens)
        if found:
            return found
    if any(is_word(t) for t in tokens):
        return (
            (date_in_words(tokens) or measures.compound(tokens))
            if (any(map(is_number, tokens)))
            else figure(tokens)
        )
    return None


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
    outer = [joiner for joiner in joiners if joiner == ";" or joiner in _OR]
    if outer and len(outer) < len(joiners):
        # `x=1, y=2 or x=3, y=4`: solutions of several parts each.
        parts = [_read(piece, depth + 1) for piece in split(tokens, _OR | {";"})[0] if piece]
        if ";" in outer or all(isinstance(part, Several) and labels(part) for part in parts):
            return Several(join(tokens), tuple(parts), braced=False, joined_by_or=";" not in outer)
    elements = [_read(piece, depth + 1) for piece in pieces if piece]
    if len(elements) <= 1:
        return elements[0] if elements else Text("", "")
    if _LOGICAL & set(joiners) and not any(isinstance(e, Equation | Inequality) for e in elements):
        # `p \\lor q` is a formula; only `x=1 \\lor x=2` lists solutions.
        return Text(join(tokens), join(tokens))
    flat: list[Answer] = []
    for element in elements:
        unbraced = isinstance(element, Several) and not element.braced
        flat.extend(element.elements if isinstance(element, Several) and unbraced else [element])
    joined_by_or = all(joiner in _OR or joiner == "\\lor" for joiner in joiners)
    shared = _shared(flat)
    if shared:
        return Several(
            join(tokens), shared, braced=False, joined_by_or=isinstance(shared[0], Equation)
        )
    return Several(join(tokens), tuple(flat), braced=False, joined_by_or=joined_by_or)


def _shared(elements: list[Answer]) -> tuple[Answer, ...]:
    r"""The elements of `x=1,2` and `x\\ne1,2` with what only the first one says; else nothing."""
    first, rest = elements[0], elements[1:]
    if not all(isinstance(element, Number | Expression | Quantity) for element in rest):
        return ()
    if isinstance(first, Equation) and first.label and len(first.sides) == 1:
        name = first.label
        return (first, *(Equation(f"{name}={e.latex}", name, (e,)) for e in rest))
    if isinstance(first, Inequality) and first.signs == ("\\ne",):
        left = first.sides[0]
        each = (Inequality(f"{left.latex}\\ne{e.latex}", (left, e), first.signs) for e in rest)
        return (first, *each)
    return ()


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


def _set_of_reals(tokens: Tokens, depth: int) -> Answer | None:
    if "\\mathbb" in tokens or "\\setminus" in tokens or is_word(tokens[0]):
        return real_line(tokens) or all_but(tokens, lambda part: _read(part, depth + 1))
    return None


def _point(tokens: Tokens, depth: int) -> Answer | None:
    """`A(1,2)`: a point with its name."""
    if len(tokens) < 6 or not tokens[0].isupper() or len(tokens[0]) > 1 or tokens[1] != "(":
        return None
    if not enclosed(tokens[1:]) or not any(map(is_number, tokens)):
        return None
    place = _read(tokens[1:], depth + 1)
    if not isinstance(place, Brackets):
        return None
    return Equation(join(tokens), tokens[0], (place,))


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
        condition = _condition(_read(pieces[1], depth + 1))
        return condition if isinstance(condition, Inequality) else Text(latex, latex)
    pieces, _ = split(inner, (",", ";"))
    return Several(latex, tuple(_read(piece, depth + 1) for piece in pieces), braced=True)


def _condition(answer: Answer) -> Answer:
    r"""A condition without the `x \in \mathbb{R}` beside it."""
    if not isinstance(answer, Several):
        return answer
    left = [e for e in answer.elements if not (isinstance(e, Equation) and e.sides == (REALS,))]
    return left[0] if len(left) == 1 else answer


def _matrix(tokens: Tokens, depth: int) -> Answer:
    lines, _ = split(tokens[1:-1], ("\\\\",))
    if lines and not lines[-1]:
        lines.pop()
    cases = "cases" in tokens[0]
    cells = [split(line, ("&",))[0] for line in lines]
    if cases:
        cells = [[_bare_case(cell) for cell in row] for row in cells]
    rows = tuple(tuple(_read(cell, depth + 1) for cell in row) for row in cells)
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
