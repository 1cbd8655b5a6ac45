"""NeMo-Skills: `math_equal(gold, answer)`, each pair in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Sides, Source, claimed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Called
    from suites.loading import Found

NAME = "NeMo-Skills"


def sides(called: Called) -> Sides:
    """Gold and answer."""
    if called.name != "math_equal":
        return None
    return called.arguments[0], called.arguments[1]


def load(root: Path) -> Iterator[Found]:
    """The pairs of its grader's test."""
    yield from claimed(NAME, root / "tests/test_math_equal.py", root, sides, "answer")


SOURCE = Source(NAME, "NVIDIA+NeMo-Skills", tuned=True, load=load)
