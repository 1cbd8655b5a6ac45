"""xVerify: completions of models that people judged, with golds that are math or a choice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from suites.loading import Source
from suites.pairs import Pair, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "xVerify"
_PATH = "src/xVerify/examples/eval_examples.json"
_TYPES = frozenset({"math", "alphabet_option"})


def load(root: Path) -> Iterator[Found]:
    """The examples of its repository; its whole set is not in it."""
    for number, row in enumerate(json.loads((root / _PATH).read_text(encoding="utf-8"))):
        origin = f"{_PATH}::{number}"
        if row["key_answer_type"] not in _TYPES:
            yield Skipped(origin, "neither math nor a choice")
            continue
        equal = row["human_judgment_result"] == "Correct"
        yield Pair(NAME, row["correct_answer"], row["llm_output"], equal, origin, "completion")


SOURCE = Source(NAME, "IAAR-Shanghai+xVerify", tuned=False, load=load)
