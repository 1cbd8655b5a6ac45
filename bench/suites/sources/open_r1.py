"""open-r1: `accuracy_reward(completions, solutions)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Source, claimed, of_rewards

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "open-r1"


def load(root: Path) -> Iterator[Found]:
    """The rewards of its tests that are right or wrong."""
    yield from claimed(
        NAME, root / "tests/test_rewards.py", root, of_rewards("accuracy_reward"), "completion"
    )


SOURCE = Source(NAME, "huggingface+open-r1", tuned=False, load=load)
