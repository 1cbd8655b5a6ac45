"""SkyRL: an environment of one turn for skyrl-gym.

    register(id="verifier", entry_point="verifier.trainers.skyrl_gym:make")

SkyRL has no way to leave a sample out, so a null reward raises, or becomes a number of your choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from verifier.errors import CallerError
from verifier.trainers.base import Scoring

if TYPE_CHECKING:
    from collections.abc import Mapping


class Env(Protocol):
    """What is used of skyrl-gym's `BaseTextEnv`."""

    def step(self, action: str) -> dict[str, object]:
        """Judge an action."""


class Episode:
    """One completion, judged against `reward_spec.ground_truth`."""

    def __init__(self, extras: Mapping[str, object]) -> None:
        spec = extras.get("reward_spec")
        if not isinstance(spec, dict) or "ground_truth" not in spec:
            raise CallerError("the row has no `reward_spec` with a `ground_truth`")
        self._reference = spec["ground_truth"]

    def step(self, action: str) -> dict[str, object]:
        """The reward of the completion; the episode is over. Check scores are in the metadata."""
        plan = Scoring.read(on_unscored="raise").refusing_none("SkyRL")
        [judged] = plan.judge_waiting([action], [self._reference])
        return {
            "observations": [],
            "reward": plan.settle_to_number(judged),
            "done": True,
            "metadata": {**judged.scores, "verifier_status": str(judged.status)},
        }


def make(env_config: object = None, extras: Mapping[str, object] | None = None) -> Env:
    """An environment that skyrl-gym knows as its own."""
    from skyrl_gym.envs.base_text_env import (
        BaseTextEnv,
    )

    class VerifierEnv(BaseTextEnv):  # type: ignore[misc]  # untyped, and not there where we are checked
        """skyrl-gym's base around an episode."""

        def __init__(self) -> None:
            super().__init__()
            self._episode = Episode(extras or {})

        def step(self, action: str) -> dict[str, object]:
            """The reward of the completion; the episode is over."""
            return self._episode.step(action)

    env: Env = VerifierEnv()
    return env
