"""rLLM: a reward function of its workflows, and an evaluator of its agent flows.

rLLM leaves a sample out only where an exception ended it, so a null reward raises, or becomes a
number of your choice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.errors import CallerError
from verifier.trainers.base import Scoring

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from verifier.calls import Judged

    class Step(Protocol):
        """What is read of rLLM's class of this name."""

        output: object
        model_response: str

    class Trajectory(Protocol):
        """What is read of rLLM's class of this name."""

        output: object
        steps: Sequence[Step]

    class Episode(Protocol):
        """What is read of rLLM's class of this name."""

        artifacts: Mapping[str, object]
        trajectories: Sequence[Trajectory]

    class Task(Protocol):
        """What is read of rLLM's class of this name."""

        metadata: Mapping[str, object]


@dataclass(slots=True, kw_only=True)
class RewardOutput:
    """The fields that rLLM reads of its own class of this name."""

    reward: float
    metadata: dict[str, object] = field(default_factory=dict)
    is_correct: bool | None = None


@dataclass(slots=True, kw_only=True)
class Signal:
    """The fields that rLLM reads of its own class of this name."""

    name: str
    value: float


@dataclass(slots=True, kw_only=True)
class EvalOutput:
    """The fields that rLLM reads of its own class of this name."""

    reward: float
    is_correct: bool
    signals: list[Signal]
    metadata: dict[str, float] = field(default_factory=dict)
    """rLLM logs the mean of each that is a number."""


def reward(task_info: Mapping[str, object], action: object) -> RewardOutput:
    """The reward of one action.

    Args:
        task_info: the row; the reference is its `ground_truth`, or what VERIFIER_REFERENCE names.
        action: the completion, or something with one in its `action`.
    """
    number, judged = _judge(task_info, getattr(action, "action", action))
    return RewardOutput(
        reward=number,
        metadata={**judged.scores, "verifier_status": str(judged.status)},
        is_correct=None if judged.reward is None else judged.reward >= 1,
    )


class Evaluator:
    """For `evaluator=`, `--evaluator` and `import_path`."""

    def evaluate(self, task: Task, episode: Episode) -> EvalOutput:
        """What the service says of the episode's last text; the reference is as in `reward`."""
        number, judged = _judge(task.metadata, _text_of(episode))
        null = judged.reward is None
        return EvalOutput(
            reward=number,
            is_correct=not null and number >= 1,
            signals=[
                Signal(name=name, value=score)
                for name, score in judged.scores.items()
                if score is not None
            ],
            metadata={"verifier_null": float(null)},
        )


def _judge(row: Mapping[str, object], text: object) -> tuple[float, Judged]:
    """The number for rLLM, and how it came about."""
    plan = Scoring.read(on_unscored="raise", reference="ground_truth").refusing_none("rLLM")
    if plan.reference not in row:
        raise CallerError(
            f"the row has no {plan.reference!r}; set VERIFIER_REFERENCE to one of {sorted(row)}"
        )
    [judged] = plan.judge_waiting([text], [row[plan.reference]])
    return plan.settle_to_number(judged), judged


def _text_of(episode: Episode) -> str:
    """Where rLLM's own evaluators look: the answer set by the flow, its output, its last words."""
    if "answer" in episode.artifacts:
        return str(episode.artifacts["answer"])
    if not episode.trajectories:
        return ""
    last = episode.trajectories[-1]
    said = [step.output or step.model_response for step in last.steps]
    return str(last.output or next(filter(None, reversed(said)), ""))
