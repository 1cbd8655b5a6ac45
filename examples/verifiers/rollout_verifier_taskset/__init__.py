"""A taskset of verifiers whose rows are judged by a rollout verifier.

Install this folder's parent beside verifiers, and give it rows of your own:

    pip install examples/verifiers
    vf-eval rollout-verifier-taskset --env.taskset.dataset rows.jsonl
"""

from __future__ import annotations

from pathlib import Path

from verifiers.v1.mcp import Toolset  # noqa: TC002 - verifiers reads annotations
from verifiers.v1.taskset import Taskset
from verifiers.v1.tasksets.nemo_gym import (
    NeMoGymConfig,
    NeMoGymTask,
    NeMoGymTaskConfig,
    NeMoGymTaskset,
)

__all__ = ["RolloutVerifierTaskset"]

URL = "http://127.0.0.1:8080/gym/math/answer/expected_answer"


class RolloutVerifierConfig(NeMoGymConfig):
    """Defaults for what NeMo Gym's own taskset leaves open, without which it does not start."""

    dataset: Path = Path(__file__).with_name("rows.jsonl")
    task: NeMoGymTaskConfig = NeMoGymTaskConfig(resources_url=URL)


class RolloutVerifierTaskset(NeMoGymTaskset, Taskset[NeMoGymTask, RolloutVerifierConfig]):
    """One task for each row."""

    @classmethod
    def toolsets(cls, config: NeMoGymConfig) -> list[Toolset]:  # noqa: ARG003 - the base passes it
        """None: a server of tools would be reached through a tunnel of Prime Intellect's."""
        return []
