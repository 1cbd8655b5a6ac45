"""Pure: pieces of a completion and where they stand in it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKS = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff" + "".join(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
_UNSEEN = _MARKS + "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace())


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

    def stripped(self) -> Span:
        """Without what cannot be seen at either end: blanks, marks of width zero, direction."""
        start = self.start + len(self.text) - len(self.text.lstrip(_UNSEEN))
        text = self.text.strip(_UNSEEN)
        return Span(text, start, start + len(text))


@dataclass(frozen=True, slots=True)
class Part(Span):
    """A piece between delimiters, which reach from `outer_start` to `outer_end`."""

    outer_start: int
    outer_end: int
    visible: bool
    """It stands after the thinking has ended."""


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces that stand together: parts of one answer, or (`offered`) several to choose from."""

    text: str
    """What the pieces say together; empty where that is nothing."""
    pieces: tuple[Span, ...]
    offered: bool = False

    @classmethod
    def one(cls, piece: Span) -> Group:
        """A piece that stands alone."""
        return cls(piece.text, (piece,))


@dataclass(frozen=True, slots=True)
class Region:
    """Where in a completion to look for an answer."""

    text: str
    begin: int
    stop: int
    tags: Sequence[int] = ()
    """Where tags begin, in order; no answer reaches across one."""
    programs: Sequence[tuple[int, int]] = ()
    """Code that is not looked into, in order and without overlap."""

    def limit(self, at: int) -> int:
        """Where an answer that begins at `at` has to end at the latest."""
        following = bisect_right(self.tags, at - 1)
        return min([self.stop, *self.tags[following : following + 1]])

    def skips(self, at: int) -> bool:
        """Whether `at` is in code that is not looked into."""
        before = bisect_right(self.programs, at, key=lambda program: program[0])
        return before > 0 and at < self.programs[before - 1][1]
