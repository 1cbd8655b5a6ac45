"""Atropos: scores inside an environment, which then pushes them to the trainer.

    rewards = await verifier.trainers.atropos.score(completions, reference)

A null reward is None, and the environment leaves that completion out of its group. As a reward
function of Atropos's registry it raises instead, where Atropos's own would give 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.trainers.base import Scoring

if TYPE_CHECKING:
    from collections.abc import Sequence


async def score(completions: Sequence[object], reference: object) -> list[float | None]:
    """The reward of each completion of a group, None where there is none."""
    scoring = Scoring.read(on_unscored="none")
    judged = await scoring.judge(completions, [reference] * len(completions))
    return [scoring.settle(one) for one in judged]


class Reward:
    """A reward function for Atropos's registry, by the same calls as its own.

    It is no subclass of Atropos's base class, which turns every exception into zeros. Its
    `CombinedReward` does so too; nothing here can keep it from that.
    """

    def __init__(self, weight: float = 1.0, **settings: object) -> None:
        self.weight = weight
        self.name = "verifier"
        self._plan = Scoring.read(settings, on_unscored="raise").refusing_none("Atropos's registry")

    def compute(
        self, completions: Sequence[object], *, solution: object, **_: object
    ) -> list[float]:
        """The rewards of completions; the solution is one for all, or a list."""
        each = solution if isinstance(solution, list) else [solution] * len(completions)
        judged = self._plan.judge_waiting(completions, each)
        return [self._plan.settle_to_number(one) for one in judged]

    def set_wandb_logger(self, logger: object) -> None:
        """Not used: the service keeps its own metrics."""

    def __call__(self, completions: Sequence[object], **columns: object) -> list[float]:
        """As `compute`, with the weight."""
        found = self.compute(completions, **columns)
        return [value * self.weight for value in found]
