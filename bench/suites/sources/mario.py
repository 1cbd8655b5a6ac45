"""MARIO_EVAL: `is_equiv(gold, answer)`, and LaTeX with the SymPy expression that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Sides, Source, claimed
from suites.printed import listed, printed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Called
    from suites.loading import Found

NAME = "MARIO_EVAL"
_GRADERS = frozenset({"is_equiv", "_test_is_equiv", "_test_is_not_equiv", "are_equal_under_sympy"})


def sides(called: Called) -> Sides:
    """Gold and answer."""
    if called.name not in _GRADERS:
        return None
    return called.arguments[0], called.arguments[1]


def load(root: Path) -> Iterator[Found]:
    """The pairs of its tests and of its LaTeX reader's."""
    for path in sorted((root / "math_evaluation/tests").glob("test_*.py")):
        yield from claimed(NAME, path, root, sides, "answer")
    for path in sorted((root / "latex2sympy/tests").glob("*_test.py")):
        yield from printed(NAME, path, root)
        yield from listed(NAME, path, root, "GOOD_PAIRS")


SOURCE = Source(NAME, "MARIO-Math-Reasoning+MARIO_EVAL", tuned=False, load=load, opened=True)
