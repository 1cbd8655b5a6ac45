"""open-instruct: the cases of its verifier for GSM8K."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.claims import cases
from suites.loading import Source, label
from suites.pairs import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "open-instruct"


def load(root: Path) -> Iterator[Found]:
    """Those whose answer is numbers in running text, which is how that verifier reads."""
    for origin, names in cases(root / "open_instruct/test_ground_truth_utils.py", root):
        if "TestGSM8KVerifier." not in origin:
            continue
        answer, gold = names.get("prediction"), names.get("label")
        equal = label(names.get("expected_score"))
        if isinstance(answer, str) and isinstance(gold, str) and equal is not None:
            yield Pair(NAME, gold, answer, equal, origin, "prose")


SOURCE = Source(NAME, "allenai+open-instruct", tuned=False, load=load)
