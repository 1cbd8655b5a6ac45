"""MaxText: `verify_math_worker(golds, completions)`, of which those with one of each are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Sides, Source, claimed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Called
    from suites.loading import Found

NAME = "MaxText"


def sides(called: Called) -> Sides:
    """The only gold and the only completion."""
    if called.name != "verify_math_worker":
        return None
    golds, completions = called.arguments[:2]
    if isinstance(golds, list) and isinstance(completions, list) and len(golds) == 1:
        return golds[0], completions[0]
    return None, None


def load(root: Path) -> Iterator[Found]:
    """The pairs of its grader's test."""
    path = root / "tests/post_training/unit/math_verify_pool_test.py"
    yield from claimed(NAME, path, root, sides, "completion")


SOURCE = Source(NAME, "AI-Hypercomputer+maxtext", tuned=False, load=load)
