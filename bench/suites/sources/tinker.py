"""tinker-cookbook: `grade_answer(given, gold)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Sides, Source, claimed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Called
    from suites.loading import Found

NAME = "tinker-cookbook"
_GRADERS = frozenset({"grade_answer"})


def sides(called: Called) -> Sides:
    """Gold and answer."""
    if called.name not in _GRADERS:
        return None
    return called.arguments[1], called.arguments[0]


def load(root: Path) -> Iterator[Found]:
    """The pairs of its tests."""
    yield from claimed(
        NAME, root / "tinker_cookbook/recipes/math_rl/math_env_test.py", root, sides, "answer"
    )


SOURCE = Source(NAME, "thinking-machines-lab+tinker-cookbook", tuned=False, load=load)
