"""Pure: where a list of tokens splits, with brackets respected."""

# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.math.bombs import CLOSERS, OPENERS
from verifier.math.lexemes import is_number, is_word, word_of
from verifier.math.limits import MAX_ELEMENTS, TooComplexError

if TYPE_CHECKING:
    from collections.abc import Container

Tokens = tuple[str, ...]


def _step(lexeme: str) -> int:
    if lexeme in OPENERS or lexeme.startswith("\\begin"):
        return 1
    return -1 if lexeme in CLOSERS or lexeme.startswith("\\end") else 0


def split(tokens: Tokens, separators: Container[str]) -> tuple[list[Tokens], list[str]]:
    """The pieces between the separators outside all brackets, and those separators."""
    pieces: list[Tokens] = []
    found: list[str] = []
    depth = start = 0
    for index, lexeme in enumerate(tokens):
        depth += _step(lexeme)
        if depth <= 0 and lexeme in separators:
            pieces.append(trim(tokens[start:index]))
            found.append(lexeme)
            start = index + 1
    if len(pieces) >= MAX_ELEMENTS:
        raise TooComplexError(f"more than {MAX_ELEMENTS} elements")
    return [*pieces, trim(tokens[start:])], found


def trim(tokens: Tokens) -> Tokens:
    """Without spaces at either end."""
    start, end = 0, len(tokens)
    while start < end and tokens[start] == " ":
        start += 1
    while end > start and tokens[end - 1] == " ":
        end -= 1
    return tokens[start:end]


def enclosed(tokens: Tokens) -> bool:
    """Whether the first lexeme opens a bracket that the last one closes."""
    if len(tokens) < 2 or _step(tokens[0]) != 1 or _step(tokens[-1]) != -1:
        return False
    depth = 0
    for lexeme in tokens[:-1]:
        depth += _step(lexeme)
        if depth <= 0:
            return False
    return True


def spread_groups(tokens: Tokens) -> Tokens:
    """`1,234` inside brackets is two elements, unless a group starts with 0 as in `1,000`."""
    out: list[str] = []
    depth = 0
    for lexeme in tokens:
        depth += _step(lexeme)
        groups = lexeme.split(",") if depth == 0 and is_number(lexeme) else []
        if len(groups) > 1 and not any(group.startswith("0") for group in groups):
            for group in groups:
                out.extend((group, ","))
            out.pop()
        else:
            out.append(lexeme)
    return tuple(out)


def words(tokens: Tokens) -> list[str]:
    """The words among the tokens, as letters."""
    return [word_of(lexeme) for lexeme in tokens if is_word(lexeme)]
