"""Tunix: `grade_answer_special_handling(answer, gold)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Sides, Source, claimed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Called
    from suites.loading import Found

NAME = "tunix"


def sides(called: Called) -> Sides:
    """Gold and answer."""
    if called.name != "grade_answer_special_handling":
        return None
    return called.arguments[1], called.arguments[0]


def load(root: Path) -> Iterator[Found]:
    """The pairs of its tests."""
    yield from claimed(NAME, root / "tests/utils/math_utils_test.py", root, sides, "answer")


SOURCE = Source(NAME, "google+tunix", tuned=False, load=load)
