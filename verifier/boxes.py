r"""Pure: the boxed answers, `\boxed{..}` and `\fbox{..}`, of a piece of text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.spans import Part

# Every alternative is bounded or possessive, so the scan is linear on any input. A doubled
# backslash before `boxed` is what is left of text that was escaped once too often.
_TOKEN = re.compile(
    r"""
      \\{1,2}(?:boxed|fbox)(?![A-Za-z])[ \t]*+
        (?: (?:\n[ \t]*+)?+(?P<brace>\{) | (?P<bare>[+-]?\.?[0-9][0-9.,/^%+-]*+) )?+
    | \\.
    | [{}]
    | (?P<blank>\n[ \t\r]*+\n)
    """,
    re.VERBOSE | re.DOTALL,
)

# Most boxes hold no brace, and need no counting of them.
_SIMPLE = re.compile(r"\\{1,2}(?:boxed|fbox)[ \t]*+\{([^{}\\]*+)\}")

_COMMANDS = ("\\boxed", "\\fbox")


@dataclass(slots=True)
class _Opening:
    outer_start: int
    start: int
    boxed: bool


class _Scan:
    """Keeps only boxes that are not inside another; braces outside of all boxes change nothing."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[tuple[int, int, int, int]] = []
        self.unclosed = False
        self.last_unclosed = -1
        self._stack: list[_Opening] = []
        self._open_boxes = 0
        self._last_blank = -1

    def read_box(self, start: int, stop: int) -> int:
        """Read from a command for a box to the end of that box; returns where that is."""
        simple = _SIMPLE.match(self.text, start, stop)
        if simple is not None:
            self.found.append((start, simple.end(), *simple.span(1)))
            return simple.end()
        for token in _TOKEN.finditer(self.text, start, stop):
            self._read(token)
            if not self._open_boxes:
                return token.end()
        self.unclosed = True
        self.last_unclosed = max(one.outer_start for one in self._stack if one.boxed)
        return stop

    def _read(self, token: re.Match[str]) -> None:
        kind = token.lastgroup
        if kind is None:
            sign = token[0]
            if sign == "{":
                self._stack.append(_Opening(token.start(), token.end(), boxed=False))
            elif sign == "}" and self._stack:
                opening = self._stack.pop()
                if opening.boxed:
                    self._open_boxes -= 1
                    self._close(opening, token.start())
        elif kind == "brace":
            self._open_boxes += 1
            self._stack.append(_Opening(token.start(), token.end(), boxed=True))
        elif kind == "bare":
            start = token.start("bare")
            end = start + len(token["bare"].rstrip(".,/^+-"))
            self.found.append((token.start(), end, start, end))
        else:
            self._last_blank = token.start()

    def _close(self, opening: _Opening, end: int) -> None:
        holds_boxes = bool(self.found) and self.found[-1][0] > opening.outer_start
        if holds_boxes and self._last_blank > opening.outer_start:
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


def box_commands(text: str) -> tuple[str, ...]:
    """Which commands for boxes the text holds; without any it has no box."""
    # Boxes stand at the end, so looking from there finds most of them at once.
    return tuple(command for command in _COMMANDS if text.rfind(command) >= 0)


@dataclass(frozen=True, slots=True)
class Boxes:
    """The outermost boxes of a piece of text, in order."""

    parts: list[Part]
    unclosed: bool = False
    """Whether one is opened and never closed."""
    last_unclosed: int = -1
    """Where the last one begins that is open at the end of the text; -1 where none is."""


def boxes(
    text: str, begin: int, stop: int, *, visible: bool, commands: tuple[str, ...] = _COMMANDS
) -> Boxes:
    """The outermost boxes of `text[begin:stop]`."""
    scan = _Scan(text)
    at = begin
    places = [(text.find(command, begin, stop), command) for command in commands]
    while places := [
        (there, command)
        for place, command in places
        if (there := place if place >= at else text.find(command, at, stop)) >= 0
    ]:
        at = scan.read_box(_command_start(text, min(places)[0], at), stop)
    parts = [
        Part(text[start:end], start, end, outer_start, outer_end, visible)
        for outer_start, outer_end, start, end in scan.found
    ]
    return Boxes(parts, scan.unclosed, scan.last_unclosed)


def _command_start(text: str, place: int, least: int) -> int:
    """One before the command where it is written with a doubled backslash of its own."""
    first = place
    while first > least and text[first - 1] == "\\":
        first -= 1
    return place - (place - first) % 2
