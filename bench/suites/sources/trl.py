"""TRL: `accuracy_reward(completions, solutions)` and its variant for reasoning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Source, claimed, of_rewards

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "TRL"


def load(root: Path) -> Iterator[Found]:
    """The rewards of its tests that are right or wrong."""
    path = root / "tests/test_rewards.py"
    for reward in ("accuracy_reward", "reasoning_accuracy_reward"):
        yield from claimed(NAME, path, root, of_rewards(reward), "completion")


SOURCE = Source(NAME, "huggingface+trl", tuned=True, load=load)
