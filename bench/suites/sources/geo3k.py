"""NeMo-RL: `geo3k_reward(gold, response)`, of whose two values the second is the label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Sides, Source, claimed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Called
    from suites.loading import Found

NAME = "NeMo-RL"
_GRADERS = frozenset({"geo3k_reward"})


def sides(called: Called) -> Sides:
    """Gold and answer."""
    if called.name not in _GRADERS:
        return None
    return called.arguments[0], called.arguments[1]


def load(root: Path) -> Iterator[Found]:
    """The pairs of its tests."""
    yield from claimed(
        NAME, root / "tests/unit/rewards/test_geo3k_reward.py", root, sides, "completion"
    )


SOURCE = Source(NAME, "NVIDIA-NeMo+RL", tuned=False, load=load)
