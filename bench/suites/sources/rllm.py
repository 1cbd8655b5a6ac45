"""rLLM: `reward(task, response)`, where the task has the gold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Sides, Source, claimed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Called
    from suites.loading import Found

NAME = "rLLM"


def sides(called: Called) -> Sides:
    """Gold and completion; whether the answer is right is its `is_correct`."""
    if called.name != "reward" or called.part != ("is_correct",):
        return None
    task, response = called.arguments[:2]
    if "</think>" not in str(response):
        # Wrong for its format, whatever its answer.
        return None
    return (task.get("ground_truth") if isinstance(task, dict) else None), response


def load(root: Path) -> Iterator[Found]:
    """The rewards of its tests."""
    path = root / "tests/rewards/test_math_reward.py"
    yield from claimed(NAME, path, root, sides, "completion")


SOURCE = Source(NAME, "rllm-org+rllm", tuned=False, load=load)
