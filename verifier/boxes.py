r"""Pure: the boxed answers, `\boxed{..}` and `\fbox{..}`, of a piece of text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.spans import Part

# Every alternative is bounded or possessive, so the scan is linear on any input. A doubled
# backslash before `boxed` is what is left of text that was escaped once too often.
_TOKEN = re.compile(
    r"""
      (?P<command>\\{1,2}(?:boxed|fbox)(?![A-Za-z])[ \t]*+
        (?: (?:\n[ \t]*+)?+(?P<brace>\{) | (?P<bare>[+-]?\.?[0-9][0-9.,/^%+-]*+) )?+ )
    | \\.
    | [{}]
    | (?P<blank>\n[ \t\r]*+\n)
    """,
    re.VERBOSE | re.DOTALL,
)

_COMMANDS = ("\\boxed", "\\fbox")


@dataclass(frozen=True, slots=True)
class _Opening:
    outer_start: int
    start: int
    boxed: bool


class _Scan:
    """One pass over the braces; keeps only boxes that are not inside another."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[tuple[int, int, int, int]] = []
        self.unclosed = False
        self.stack: list[_Opening] = []
        self.last_blank = -1

    def read(self, token: re.Match[str]) -> None:
        """Take the next token."""
        at = token.start()
        if token["blank"] is not None:
            self.last_blank = at
        elif token["bare"] is not None:
            start = token.start("bare")
            end = start + len(token["bare"].rstrip(".,/^+-"))
            self.found.append((at, end, start, end))
        elif token["brace"] is not None or token[0] == "{":
            self.stack.append(_Opening(at, token.end(), token["brace"] is not None))
        elif token[0] == "}" and self.stack:
            opening = self.stack.pop()
            if opening.boxed:
                self._close(opening, at)

    def _close(self, opening: _Opening, end: int) -> None:
        holds_boxes = bool(self.found) and self.found[-1][0] > opening.outer_start
        if holds_boxes and self.last_blank > opening.outer_start:
            # Whole paragraphs with boxes of their own: a brace was left open long before.
            self.unclosed = True
            return
        start, outer_end, inside = opening.start, end + 1, []
        while self.found and self.found[-1][0] > opening.outer_start:
            inside.append(self.found.pop())
        if len(inside) == 1:
            inner_start, inner_end, *content = inside[0]
            around = self.text[start:inner_start], self.text[inner_end:end]
            if not any(piece.strip() for piece in around):
                # A box that holds only a box is one box.
                start, end = content
        self.found.append((opening.outer_start, outer_end, start, end))


def has_boxes(text: str) -> bool:
    """Whether the text may hold a box."""
    return any(command in text for command in _COMMANDS)


@dataclass(frozen=True, slots=True)
class Boxes:
    """The outermost boxes of a piece of text, in order."""

    parts: list[Part]
    unclosed: bool = False
    """Whether one is opened and never closed."""
    last_unclosed: int = -1
    """Where the last one begins that is open at the end of the text; -1 where none is."""


def boxes(text: str, begin: int, stop: int, *, visible: bool) -> Boxes:
    """The outermost boxes of `text[begin:stop]`."""
    at = [place for word in _COMMANDS if (place := text.find(word, begin, stop)) >= 0]
    if not at:
        return Boxes([])
    scan = _Scan(text)
    # What stands before the first command cannot close a box, so the slow scan begins there.
    for token in _TOKEN.finditer(text, max(begin, min(at) - 1), stop):
        scan.read(token)
    last = max((opening.outer_start for opening in scan.stack if opening.boxed), default=-1)
    found = [
        Part(text[start:end], start, end, outer_start, outer_end, visible)
        for outer_start, outer_end, start, end in scan.found
    ]
    return Boxes(found, scan.unclosed or last >= 0, last)
