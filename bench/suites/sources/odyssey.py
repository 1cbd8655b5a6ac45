"""Odyssey-Math: the final answers of many models, each judged by a model."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from suites.loading import Source, text
from suites.pairs import Pair, Skipped, bare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "odyssey-math"
_LABELS = {"1": True, "0": False}
# Golds end with what the LaTeX of their document has after them.
_CHOICE = re.compile(r"\(?[A-Z]\)?")
_LEFT_OVER = re.compile(r"[\"\n]|\\\\|,$|[{\[]$")
_AFTER = re.compile(r"(?:\s|\\\\|\\noindent\b|\\newpage\b|\.$)+$")


def load(root: Path) -> Iterator[Found]:
    """Every judged answer."""
    for path in sorted((root / "jsonl/eval").glob("result-*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            origin = f"jsonl/eval/{path.name}:{number}"
            for case in json.loads(line).values():
                gold, answer = text(case["true"]), text(case["prediction"])
                equal = _LABELS.get(str(case["is_correct"]).strip())
                if gold is None or answer is None or equal is None:
                    yield Skipped(origin, "no text or no label")
                elif _CHOICE.fullmatch(bare(_AFTER.sub("", gold))):
                    yield Skipped(origin, "a choice, of which the answer may say the meaning")
                elif _LEFT_OVER.search(answer):
                    yield Skipped(origin, "an answer with rests of its JSON")
                else:
                    yield Pair(NAME, _AFTER.sub("", gold), answer, equal, origin)


SOURCE = Source(NAME, "protagolabs+odyssey-math", tuned=False, load=load, by_model=True)
