"""The MATH data set: `is_equiv(gold, answer)` of its test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Sides, Source, claimed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Called
    from suites.loading import Found

NAME = "hendrycks/math"
_GRADERS = frozenset({"is_equiv"})


def sides(called: Called) -> Sides:
    """Gold and answer."""
    if called.name not in _GRADERS:
        return None
    return called.arguments[0], called.arguments[1]


def load(root: Path) -> Iterator[Found]:
    """The pairs of its tests."""
    yield from claimed(NAME, root / "modeling/math_equivalence_test.py", root, sides, "answer")


SOURCE = Source(NAME, "hendrycks+math", tuned=False, load=load)
