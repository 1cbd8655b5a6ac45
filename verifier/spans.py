"""Pure: pieces of a completion and where they stand in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a completion: `completion.text[start:end] == text`."""

    text: str
    start: int
    end: int

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Span:
        """The piece of `text` from `start` to `end`."""
        return cls(text[start:end], start, end)


@dataclass(frozen=True, slots=True)
class Part(Span):
    """A piece between delimiters, which reach from `outer_start` to `outer_end`."""

    outer_start: int
    outer_end: int
    visible: bool
    """It stands after the thinking has ended."""
