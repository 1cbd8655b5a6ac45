"""STACK, of Moodle: pairs that teachers of mathematics labelled, for its `AlgEquiv`.

They are in Maxima's syntax; those that read the same as plain text are taken, with `%pi`, `%e` and
`%i` as models write them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from suites.loading import Source
from suites.pairs import Pair, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "STACK"
_PATH = "tests/fixtures/answertestfixtures.class.php"
_STRING = r"'((?:[^'\\]|\\.)*)'"
_ROW = re.compile(
    rf"\[\s*'AlgEquiv',\s*(?:{_STRING}|null),\s*{_STRING},\s*{_STRING},\s*(-?\d+)", re.DOTALL
)
_PLAIN = re.compile(r"[A-Za-z0-9_+\-*/^().,=<>{}| %]+")
_WORD = re.compile(r"%?[A-Za-z_]\w*")
_FUNCTION = re.compile(r"sqrt|sin|cos|tan|sec|csc|cot|exp|abs|pi|or|and|[A-Za-z]|[A-Za-z]_?\d")
_CONSTANT = re.compile(r"%(pi|e|i)\b")


def load(root: Path) -> Iterator[Found]:
    """The pairs of which both sides are plain text."""
    content = (root / _PATH).read_text(encoding="utf-8")
    for row in _ROW.finditer(content):
        options, answer, gold, score = row.groups()
        origin = f"{_PATH}:{content.count(chr(10), 0, row.start()) + 1}"
        if options or score not in {"0", "1"}:
            yield Skipped(origin, "has options or is about an error")
        elif not (_plain(answer) and _plain(gold)):
            yield Skipped(origin, "is Maxima, not plain text")
        elif score == "0" and any("." in side or "{" in side for side in (answer, gold)):
            yield Skipped(
                origin, "different for Maxima: its floats are inexact, its sets unsimplified"
            )
        else:
            sides = (_CONSTANT.sub(r"\1", side) for side in (gold, answer))
            yield Pair(NAME, *sides, equal=score == "1", origin=origin)


def _plain(side: str) -> bool:
    words = [word.lstrip("%") for word in _WORD.findall(side)]
    return bool(_PLAIN.fullmatch(side)) and all(_FUNCTION.fullmatch(word) for word in words)


SOURCE = Source(NAME, "maths+moodle-qtype_stack", tuned=False, load=load)
