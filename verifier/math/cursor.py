"""A place in a list of tokens, and what can be asked of it."""

from __future__ import annotations

import re

from verifier.math.answers import UnreadableError
from verifier.math.lexemes import is_number, is_word, word_of


class Cursor:
    """Stands before one of the tokens, or behind the last."""

    def __init__(self, tokens: tuple[str, ...]) -> None:
        self.tokens = tokens
        self.at = 0

    @property
    def finished(self) -> bool:
        """Whether every lexeme was used."""
        return self.at == len(self.tokens)

    def peek(self, ahead: int = 0) -> str:
        """The next lexeme, or one further on; empty behind the last."""
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else ""

    def take(self, *lexemes: str) -> bool:
        """Whether the next lexeme is one of these; then it is passed."""
        if self.peek() not in lexemes:
            return False
        self.at += 1
        return True

    def need(self, *lexemes: str) -> None:
        """Pass one of these; raises `UnreadableError` where none of them is next."""
        if not self.take(*lexemes):
            raise UnreadableError(f"{lexemes[-1]} is missing")

    def marks(self) -> str:
        """An index and primes, as they are written."""
        marks = ""
        while self.peek() in ("_", "'"):
            lexeme = self.peek()
            self.at += 1
            marks += lexeme + (self.verbatim() if lexeme == "_" else "")
        return marks

    def verbatim(self, left: str = "{", right: str = "}") -> str:
        """A group in brackets, unread."""
        start = self.at
        self.need(left)
        level = 1
        while level:
            lexeme = self.peek()
            if not lexeme:
                raise UnreadableError(f"{right} is missing")
            level += (lexeme == left) - (lexeme == right)
            self.at += 1
        return "".join(map(_bare, self.tokens[start : self.at]))

    def part_numbers(self) -> None:
        """`(109,120)` behind a function has two arguments, however it was spaced."""
        rest = [
            part
            for lexeme in self.tokens[self.at :]
            for part in (re.split("(,)", lexeme) if is_number(lexeme) else (lexeme,))
        ]
        self.tokens = (*self.tokens[: self.at], *rest)


def _bare(lexeme: str) -> str:
    return word_of(lexeme) if is_word(lexeme) else lexeme
