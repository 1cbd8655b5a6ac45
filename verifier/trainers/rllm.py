"""rLLM: a reward function `(task_info, action) -> RewardOutput`, and an evaluator.

rLLM has no way to leave a sample out, so a null reward raises, or becomes a number of your choice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.errors import CallerError
from verifier.trainers.base import Scoring

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True, kw_only=True)
class RewardOutput:
    """The fields that rLLM reads of its own class of this name."""

    reward: float
    metadata: dict[str, object] = field(default_factory=dict)
    is_correct: bool | None = None


def reward(task_info: Mapping[str, object], action: object) -> RewardOutput:
    """The reward of one action.

    Args:
        task_info: the row; the reference is its `ground_truth`, or what VERIFIER_REFERENCE names.
        action: the completion, or something with one in its `action`.
    """
    plan = Scoring.read(on_unscored="raise", reference="ground_truth").refusing_none("rLLM")
    if plan.reference not in task_info:
        raise CallerError(
            f"the row has no {plan.reference!r}; set VERIFIER_REFERENCE to one of "
            f"{sorted(task_info)}"
        )
    text = getattr(action, "action", action)
    [judged] = plan.judge_waiting([text], [task_info[plan.reference]])
    return RewardOutput(
        reward=plan.settle_to_number(judged),
        metadata={**judged.scores, "verifier_status": str(judged.status)},
        is_correct=None if judged.reward is None else judged.reward >= 1,
    )
