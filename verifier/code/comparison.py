"""Pure: whether a program printed what it should; on bytes, in linear time and bounded memory."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, FiniteFloat

from verifier.model import Boundary
from verifier.plaintext import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import JsonValue

EXCERPT_CHARS = 200
_BEFORE_DIFFERENCE = 80

# ASCII only: a no-break space or a line separator of Unicode is something that was printed.
_BLANK = rb" \t\r\v\f"
_TRAILING = re.compile(rb"(?<![%b])[%b]++(?=\n|\Z)" % (_BLANK, _BLANK))
_TOKEN = re.compile(rb"[^%b\n]++" % _BLANK)
_FLOAT = re.compile(rb"[+-]?+(?:\d++\.\d*+|\.\d++|\d++(?=[eE]))(?:[eE][+-]?+\d{1,6}+)?+")
_NUMBER = re.compile(rb"[+-]?+(?:\d++\.?+\d*+|\.\d++)(?:[eE][+-]?+\d{1,6}+)?+")
_MAX_NUMBER_BYTES = 400


class Checker(Boundary):
    """How the output of a program is compared to the expected one."""

    kind: Literal["exact", "whitespace", "tokens", "lines_unordered", "tokens_unordered"] = (
        "whitespace"
    )
    """`exact`: byte by byte. `whitespace`: line by line, but blanks at the end of lines, blank
    lines at the end and CRLF do not count. `tokens`: word by word, however they are laid out.
    `lines_unordered`, `tokens_unordered`: the same lines or words in any order."""
    ignore_case: bool = False
    """Whether ASCII letters may be of either case."""
    abs_tolerance: Annotated[FiniteFloat, Field(ge=0)] | None = None
    """`tokens` only: the largest difference where the expected token has a point or exponent."""
    rel_tolerance: Annotated[FiniteFloat, Field(ge=0, le=1)] | None = None
    """`tokens` only: the same as a share of the expected number; the larger of both decides."""


class CheckerProgram(Boundary):
    """A program that decides.

    It runs in a sandbox of its own, with the files `input`, `output` (what was printed) and
    `answer` (what was expected) beside it and their names as arguments. It accepts by exit code 0
    and refuses by 1; anything else means that it is broken.
    """

    kind: Literal["program"]
    language: str
    source: str


@dataclass(frozen=True, slots=True)
class Difference:
    """The first difference: its line in the output, counted from 1, and both sides there."""

    line: int
    expected: str
    got: str

    @property
    def evidence(self) -> dict[str, JsonValue]:
        """As a verdict tells it."""
        return {"line": self.line, "expected": self.expected, "got": self.got}


def difference(expected: bytes, got: bytes, checker: Checker) -> Difference | None:
    """The first difference that counts, or None where the output is right."""
    if expected == got:
        return None
    if checker.ignore_case:
        expected, got = expected.lower(), got.lower()
    return _DIFFERENCES[checker.kind](expected, got, checker)


def _exact(expected: bytes, got: bytes, _checker: Checker) -> Difference | None:
    return _first_difference(expected, got)


def _whitespace(expected: bytes, got: bytes, _checker: Checker) -> Difference | None:
    return _first_difference(_trimmed(expected), _trimmed(got))


def _trimmed(text: bytes) -> bytes:
    return _TRAILING.sub(b"", text).rstrip(b"\n")


def _tokens(expected: bytes, got: bytes, checker: Checker) -> Difference | None:
    tolerant = checker.abs_tolerance is not None or checker.rel_tolerance is not None
    pairs = zip_longest(_TOKEN.finditer(expected), _TOKEN.finditer(got))
    for wanted, given in pairs:
        one, other = wanted and wanted[0], given and given[0]
        if one != other and not (
            tolerant and one is not None and other is not None and _close(one, other, checker)
        ):
            place = given.start() if given else len(got)
            return Difference(got.count(b"\n", 0, place) + 1, _excerpt(one), _excerpt(other))
    return None


def _close(expected: bytes, got: bytes, checker: Checker) -> bool:
    """Whether a number is near enough to one that is written as a float."""
    if max(len(expected), len(got)) > _MAX_NUMBER_BYTES:
        return False
    if not (_FLOAT.fullmatch(expected) and _NUMBER.fullmatch(got)):
        return False
    one, other = float(expected), float(got)
    tolerance = max(checker.abs_tolerance or 0.0, (checker.rel_tolerance or 0.0) * abs(one))
    return math.isfinite(one) and abs(one - other) <= tolerance


def _lines_unordered(expected: bytes, got: bytes, _checker: Checker) -> Difference | None:
    return _as_multisets(_trimmed(expected), _trimmed(got), _lines)


def _tokens_unordered(expected: bytes, got: bytes, _checker: Checker) -> Difference | None:
    return _as_multisets(expected, got, _words)


def _lines(text: bytes) -> Iterator[tuple[int, bytes]]:
    start = 0
    while start <= len(text):
        end = text.find(b"\n", start)
        end = len(text) if end < 0 else end
        yield start, text[start:end]
        start = end + 1


def _words(text: bytes) -> Iterator[tuple[int, bytes]]:
    return ((found.start(), found[0]) for found in _TOKEN.finditer(text))


def _as_multisets(
    expected: bytes, got: bytes, parts: Callable[[bytes], Iterator[tuple[int, bytes]]]
) -> Difference | None:
    missing = Counter(part for _, part in parts(expected))
    for start, part in parts(got):
        if missing[part] == 0:
            return Difference(got.count(b"\n", 0, start) + 1, "", _excerpt(part))
        missing[part] -= 1
    left = next((part for part, number in missing.items() if number), None)
    return None if left is None else Difference(got.count(b"\n") + 1, _excerpt(left), "")


def _first_difference(expected: bytes, got: bytes) -> Difference | None:
    if expected == got:
        return None
    place = _common_bytes(expected, got)
    longer = max(expected, got, key=len)
    if place in (len(expected), len(got)) and longer[place : place + 1] == b"\n":
        place += 1  # the line is the same, and the next one is missing
    start = longer.rfind(b"\n", 0, place) + 1
    # Both sides are the same up to the place, so the line begins at the same index in both.
    begin = max(start, place - _BEFORE_DIFFERENCE)
    sides = []
    for text in (expected, got):
        end = text.find(b"\n", place)
        piece = text[begin : len(text) if end < 0 else end]
        sides.append(("\u2026" if begin > start else "") + _excerpt(piece))
    return Difference(longer.count(b"\n", 0, start) + 1, *sides)


def _common_bytes(one: bytes, other: bytes) -> int:
    """How many bytes at the beginning are the same, in linear time without a loop over bytes."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _excerpt(piece: bytes | None) -> str:
    if piece is None:
        return ""
    text = piece[: 4 * EXCERPT_CHARS].decode("utf-8", "backslashreplace")
    printable = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[:EXCERPT_CHARS])
    return shown(printable, EXCERPT_CHARS)


_DIFFERENCES: dict[str, Callable[[bytes, bytes, Checker], Difference | None]] = {
    "exact": _exact,
    "whitespace": _whitespace,
    "tokens": _tokens,
    "lines_unordered": _lines_unordered,
    "tokens_unordered": _tokens_unordered,
}
