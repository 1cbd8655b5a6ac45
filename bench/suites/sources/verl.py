"""verl: `default_compute_score(data_source, completion, ground_truth)` of its math graders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.claims import claims
from suites.loading import Source, pair

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "verl"


def load(root: Path) -> Iterator[Found]:
    """The math cases among the tests of its rewards; the rest of them run code."""
    for path in sorted((root / "tests/utils/reward_score").rglob("test_*.py")):
        for claim in claims(path, root):
            if claim.called.name == "default_compute_score" and "math" in claim.origin:
                _, answer, gold = claim.called.arguments[:3]
                yield pair(NAME, claim, (gold, answer), "answer")


SOURCE = Source(NAME, "volcengine+verl", tuned=True, load=load)
