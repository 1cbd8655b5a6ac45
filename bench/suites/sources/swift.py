"""ms-swift: `MathAccuracy()(completions, solutions)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Source, claimed, of_rewards

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "ms-swift"


def load(root: Path) -> Iterator[Found]:
    """The rewards of its tests that are right or wrong."""
    yield from claimed(
        NAME, root / "tests/utils/test_rewards.py", root, of_rewards("math_accuracy"), "completion"
    )


SOURCE = Source(NAME, "modelscope+ms-swift", tuned=False, load=load)
