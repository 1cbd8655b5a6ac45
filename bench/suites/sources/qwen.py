"""Qwen2.5-Math: the cases of `_test_math_equal`, most of them in comments.

It prints its verdicts and asserts none, so the labels are ours: one for each case, in order. None
is for the two where a gold rounded to two or three digits meets an exact answer.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from suites.loading import Source
from suites.pairs import Pair, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "Qwen2.5-Math"
_PATH = "evaluation/grader.py"
_STRING = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CALL = re.compile(rf"math_equal\({_STRING}, ?{_STRING}")
_SIDE = re.compile(rf"\b(pred|gt) *= *{_STRING}")
_SAME = (True,) * 8
_LABELS = (*_SAME, None, None, True, False, False, False, False, True, False)


def load(root: Path) -> Iterator[Found]:
    """Its cases with our labels; none where their number is not what we labelled."""
    cases = list(_cases((root / _PATH).read_text(encoding="utf-8")))
    if len(cases) != len(_LABELS):
        yield Skipped(_PATH, f"{len(cases)} cases, of which {len(_LABELS)} are labelled")
        return
    for (line, gold, answer), equal in zip(cases, _LABELS, strict=True):
        origin = f"{_PATH}::_test_math_equal:{line}"
        if equal is None:
            yield Skipped(origin, "no label")
        else:
            yield Pair(NAME, gold, answer, equal, origin)


def _cases(text: str) -> Iterator[tuple[int, str, str]]:
    begin = text.index("def _test_math_equal")
    first = text.count("\n", 0, begin) + 1
    held: dict[str, str] = {}
    for number, line in enumerate(text[begin:].splitlines(), first):
        called = _CALL.search(line)
        if called:
            answer, gold = (ast.literal_eval(side) for side in called.groups())
            yield number, gold, answer
        for name, spelled in _SIDE.findall(line):
            held[name] = ast.literal_eval(spelled)
        if len(held) == len({"pred", "gt"}):
            yield number, held["gt"], held["pred"]
            held = {}


SOURCE = Source(NAME, "QwenLM+Qwen2.5-Math", tuned=True, load=load)
