"""Pure: what one canonical token is, and tokens as text again."""

from __future__ import annotations


def is_word(lexeme: str) -> bool:
    """Whether the lexeme is a word, in text mode or not."""
    return lexeme[0].isalpha() or lexeme.startswith("\\text{")


def word_of(lexeme: str) -> str:
    """The letters of a word lexeme."""
    return lexeme[6:-1] if lexeme.startswith("\\text{") else lexeme


def is_number(lexeme: str) -> bool:
    """Whether the lexeme is a number as written."""
    return lexeme[0].isdecimal() or (lexeme[0] == "." and len(lexeme) > 1)


def join(tokens: tuple[str, ...] | list[str]) -> str:
    """The tokens as LaTeX, with spaces only where two tokens would run together."""
    parts: list[str] = []
    for lexeme in tokens:
        if parts and lexeme[0].isalpha() and parts[-1][-1].isalpha():
            parts.append(" ")
        parts.append(lexeme)
    return "".join(parts)
