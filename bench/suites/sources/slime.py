"""Slime: its graders of answers and of completions, in the tests of its reward models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Sides, Source, claimed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Called
    from suites.loading import Found

NAME = "slime"
_OF_ANSWERS = frozenset({"grade_answer_mathd", "grade_answer_sympy"})
_OF_COMPLETIONS = {
    "grade_answer_verl": (),
    "get_deepscaler_rule_based_reward": (),
    "is_correct_minerva": (0,),
    "verify": (0,),
}


def of_answers(called: Called) -> Sides:
    """Gold and answer."""
    if called.name not in _OF_ANSWERS:
        return None
    return called.arguments[1], called.arguments[0]


def of_completions(called: Called) -> Sides:
    """Gold and completion."""
    if _OF_COMPLETIONS.get(called.name) != called.part:
        return None
    return called.arguments[1], called.arguments[0]


def load(root: Path) -> Iterator[Found]:
    """The pairs of the tests of all three graders."""
    for name in ("math", "math_dapo", "deepscaler"):
        path = root / f"tests/test_rm_{name}.py"
        yield from claimed(NAME, path, root, of_answers, "answer")
        yield from claimed(NAME, path, root, of_completions, "completion")


SOURCE = Source(NAME, "THUDM+slime", tuned=False, load=load)
