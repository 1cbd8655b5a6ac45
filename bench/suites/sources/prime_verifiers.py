"""PrimeIntellect's verifiers: the cases of `MathRubric`, right or wrong by the test's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.claims import cases
from suites.loading import Source
from suites.pairs import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "verifiers"
_LABELS = {"test_score_valid_answers": True, "test_score_invalid_answers": False}


def load(root: Path) -> Iterator[Found]:
    """The cases of both tests."""
    for origin, names in cases(root / "tests/test_math_rubric.py", root):
        case = names.get("test_case")
        label = next((equal for test, equal in _LABELS.items() if f".{test}:" in origin), None)
        if isinstance(case, dict) and label is not None:
            yield Pair(NAME, case["answer"], case["completion"], label, origin, "completion")


SOURCE = Source(NAME, "PrimeIntellect-ai+verifiers", tuned=False, load=load)
