"""NeMo-RL: an environment whose rewards come from the service.

    VerifierEnvironment = ray.remote(max_concurrency=1000)(environment())

`environment()` makes the class of the Ray actor; NeMo-RL is imported then, and not before. A null
reward raises, or becomes a number of your choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.errors import CallerError
from verifier.trainers.base import Scoring

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verifier.calls import Judged


def judge(
    logs: Sequence[Sequence[Mapping[str, object]]],
    metadata: Sequence[Mapping[str, object]],
    settings: Mapping[str, object] | None = None,
) -> tuple[list[float], list[Judged]]:
    """The reward of each conversation's assistant, and how it came about.

    Args:
        logs: conversations; what the assistant says is judged.
        metadata: rows with the reference as `ground_truth`.
        settings: win over the environment.
    """
    plan = Scoring.read(settings, on_unscored="raise").refusing_none("NeMo-RL")
    if any("ground_truth" not in row for row in metadata):
        raise CallerError("a row's metadata has no `ground_truth`")
    judged = plan.judge_waiting(
        [[dict(message) for message in log] for log in logs],
        [row["ground_truth"] for row in metadata],
    )
    return [plan.settle_to_number(one) for one in judged], judged


def environment() -> type:
    """The class to put behind `ray.remote` and `register_env`."""
    import torch
    from nemo_rl.environments.interfaces import (
        EnvironmentInterface,
        EnvironmentReturn,
    )

    class VerifierEnvironment(EnvironmentInterface):  # type: ignore[misc]  # not there where we are checked
        """One turn, judged by the service."""

        def __init__(self, config: Mapping[str, object] | None = None) -> None:
            own = (config or {}).get("scoring")
            self._settings = dict(own) if isinstance(own, dict) else {}

        def step(
            self,
            message_log_batch: Sequence[Sequence[Mapping[str, object]]],
            metadata: Sequence[Mapping[str, object]],
            return_extracted_answer: bool = False,  # noqa: ARG002, FBT001, FBT002 - evaluation passes it by place
        ) -> EnvironmentReturn:
            """Rewards of the batch; every episode is over, and no answers are handed out."""
            rewards, judged = judge(message_log_batch, metadata, self._settings)
            return EnvironmentReturn(
                observations=[{"role": "environment", "content": one.reason} for one in judged],
                metadata=list(metadata),
                next_stop_strings=[None] * len(rewards),
                rewards=torch.tensor(rewards, dtype=torch.float32),
                terminateds=torch.ones(len(rewards)),
                answers=None,
            )

        def global_post_process_and_metrics(
            self, batch: Mapping[str, torch.Tensor]
        ) -> tuple[Mapping[str, torch.Tensor], dict[str, float]]:
            """The batch as it is, and its mean reward."""
            return batch, {"accuracy": float(batch["rewards"].mean().item())}

        def shutdown(self) -> None:
            """Nothing to end; evaluation and training call it when they are done."""

    return VerifierEnvironment
