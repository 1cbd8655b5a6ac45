"""lighteval: `compare_strings(gold, pred, …) == expected` of the extractive match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Sides, Source, claimed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Called
    from suites.loading import Found

NAME = "lighteval"
_GRADERS = frozenset({"compare_strings"})


def sides(called: Called) -> Sides:
    """Gold and answer."""
    if called.name not in _GRADERS:
        return None
    return called.arguments[0], called.arguments[1]


def load(root: Path) -> Iterator[Found]:
    """The pairs of its tests."""
    yield from claimed(
        NAME, root / "tests/unit/metrics/test_extractive_match.py", root, sides, None
    )


SOURCE = Source(NAME, "huggingface+lighteval", tuned=False, load=load, opened=True)
