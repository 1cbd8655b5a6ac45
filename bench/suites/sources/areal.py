"""AReaL: `gsm8k_reward_fn(completions=…, answer=…)` and its worker's `verify(answer, gold)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Sides, Source, argument, claimed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Called
    from suites.loading import Found

NAME = "AReaL"


def sides(called: Called) -> Sides:
    """Gold and completion; its reward for geometry reads answers in brackets, as none here does."""
    if called.name == "gsm8k_reward_fn":
        return argument(called, 4, "answer"), argument(called, 1, "completions")
    if called.name == "verify":
        return argument(called, 1, "ground_truth"), argument(called, 0, "response")
    return None


def load(root: Path) -> Iterator[Found]:
    """The rewards of its tests."""
    yield from claimed(NAME, root / "tests/test_math_verify_reward.py", root, sides)


SOURCE = Source(NAME, "inclusionAI+AReaL", tuned=False, load=load)
