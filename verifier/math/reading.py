"""Pure: from the text of an answer to a typed answer, in linear time and with bounded depth."""

# ruff: noqa: PLR0911 - every rule returns where it decides
# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from verifier.math import measures, structures, words
from verifier.math.answers import (
    Answer,
    Choice,
    Equation,
    Expression,
    Inequality,
    Number,
    Quantity,
    Several,
    Text,
    UnreadableError,
)
from verifier.math.bases import numeral
from verifier.math.bombs import refuse_bombs
from verifier.math.conversions import labels
from verifier.math.dates import date_in_digits, date_in_words
from verifier.math.exact import decimal_form, evaluate, literal
from verifier.math.figures import figure
from verifier.math.kinds import conform
from verifier.math.lexemes import is_number, is_word, join, word_of
from verifier.math.limits import MAX_DEPTH, MAX_DIGITS, TooComplexError
from verifier.math.sets import real_line, standard_brackets
from verifier.math.spelling import spell
from verifier.math.spoken import numerals
from verifier.math.tokens import Tokens, split, trim

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
_CHINESE_AND = frozenset(
    form for w in (*_CHINESE_OR, "和", "与", "及", "以及", "且") for form in (w, f"\\text{{{w}}}")
)
_JOINERS |= _CHINESE_AND
_OPTION = frozenset(("option", "choice", "选", "选项", "故选", "应选"))
_BASE = frozenset(("base", "\\text{base}"))
_LOGICAL = frozenset(("\\land", "\\lor"))
_OR = frozenset(form for w in ("or", "Or", "OR", *_CHINESE_OR) for form in (w, f"\\text{{{w}}}"))
_EQUALS = frozenset(("=", "\\approx"))
_ORDER = frozenset(("<", ">", "\\le", "\\ge", "\\ne"))
_RELATIONS = _EQUALS | _ORDER | {"\\in"}
# Not three digits after the comma, which is a thousand.
_DECIMAL_COMMA = re.compile(r"[\s$]*([+-]?\d+),((?!\d{3}[\s$]*$)\d+)[\s$]*")
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
    labelled = labelled or word_of(tokens[0]).lower() in _OPTION
    if expected == "auto" and labelled and words.choice_letter(tokens):
        # `\\textbf{(C)} 12`, the way contests write a choice with its value.
        expected = "choice"
    if expected == "text":
        return words.text_of(tokens)
    if expected == "choice":
        letter = words.choice_letter(tokens)
        return Choice(join(tokens), letter) if letter else words.text_of(tokens)
    found = _read(standard_brackets(tokens), 0)
    if expected == "auto":
        return found
    return (read_decimal_comma(text) if expected == "number" else None) or conform(found, expected)


def read_decimal_comma(text: str) -> Number | None:
    """`3,14` as a decimal, for where a decimal is what it is compared with."""
    match = _DECIMAL_COMMA.fullmatch(text)
    if match is None or len(match[2]) > MAX_DIGITS:
        return None
    tokens = spell(f"{match[1]}.{match[2]}")
    value = evaluate(tokens)
    return None if value is None else Number(join(tokens), value, decimal_form(tokens))


def read_choice(text: str) -> Choice | None:
    """The letter that an answer to a multiple-choice question names, as in `(B) Paris`."""
    tokens = spell(text)
    letter = words.choice_letter(tokens)
    return Choice(join(tokens), letter) if letter else None


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

    def inside(part: Tokens) -> Answer:
        return _read(part, depth + 1)

    return (
        _named(tokens)
        or _joined(tokens, depth)
        or _related(tokens, depth)
        or structures.structured(tokens, inside)
        or measures.ratio(tokens)
        or measures.measured(tokens, inside)
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
    found: Answer | None = None
    if "_" in tokens or tokens[0] in ("0", "-") or _BASE & set(tokens):
        found = numeral(tokens)
    if found or "\\overline" in tokens or "\\angle" in tokens or "\\triangle" in tokens:
        return found or figure(tokens)
    lexemes = [t for t in tokens if is_word(t) or t == "\\min"]
    if not lexemes or (len(lexemes) == 1 and len(lexemes[0]) == 1 and lexemes[0].isascii()):
        return None
    if not any(map(is_number, tokens)):
        return figure(tokens)
    starts = is_number(tokens[0]) or tokens[0] == "\\frac"
    return date_in_words(tokens) or (measures.compound(tokens) if starts else None)


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
    outer = {joiner for joiner in joiners if joiner == ";" or joiner in _OR}
    if outer and len(outer) < len(set(joiners)):
        # `x=1, y=2 or x=3, y=4`: solutions of several parts each.
        pieces, _ = split(tokens, outer)
    elements = [_read(piece, depth + 1) for piece in pieces if piece]
    if len(elements) <= 1:
        return elements[0] if elements else Text("", "")
    if _CHINESE_AND & set(joiners) and any(isinstance(element, Text) for element in elements):
        # A sentence.
        return words.text_of(tokens)
    solutions = all(isinstance(element, Several) and labels(element) for element in elements)
    # `(x>1 and x<2) or x>3`: what is joined inside stays together.
    conditions = any(
        isinstance(element, Several) and _is_condition(element) for element in elements
    )
    if (";" in outer and len(pieces) <= len(joiners)) or solutions or conditions:
        if conditions and not outer:
            return Several(join(tokens), tuple(elements), braced=False)
        return Several(join(tokens), tuple(elements), braced=False, joined_by_or=";" not in outer)
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


def _is_condition(several: Several) -> bool:
    return not several.braced and any(isinstance(e, Inequality) for e in several.elements)


def _shared(elements: list[Answer]) -> tuple[Answer, ...]:
    r"""The elements of `x=1,2` and `x\\ne1,2` with what only the first one says; else nothing."""
    first = elements[0]
    label = first.label if isinstance(first, Equation) and len(first.sides) == 1 else ""
    rest = [
        e.sides[0] if label and isinstance(e, Equation) and e.label == label else e
        for e in elements[1:]
    ]
    if not all(isinstance(element, Number | Expression | Quantity) for element in rest):
        return ()
    if label:
        return (first, *(Equation(f"{label}={e.latex}", label, (e,)) for e in rest))
    if isinstance(first, Inequality) and first.signs == ("\\ne",):
        left = first.sides[0]
        return (first, *_all_unequal(left, tuple(rest)))
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
    if signs == ["\\ne"]:
        left, right = _read(pieces[0], depth + 1), _read(pieces[1], depth + 1)
        if isinstance(right, Several) and not right.braced:
            return Several(latex, _all_unequal(left, right.elements), braced=False)
        return Inequality(latex, (left, right), ("\\ne",))
    if set(signs) <= _ORDER:
        return Inequality(latex, tuple(_read(piece, depth + 1) for piece in pieces), tuple(signs))
    return None


def _all_unequal(left: Answer, points: tuple[Answer, ...]) -> tuple[Answer, ...]:
    return tuple(Inequality(f"{left.latex}\\ne{e.latex}", (left, e), ("\\ne",)) for e in points)


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
        is_word(t)
        and (len(word_of(t)) > (1 if t[0] == "\\" else words.MAX_PRODUCT) or words.is_chinese(t))
        for t in tokens
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
