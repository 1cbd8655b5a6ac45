# /// script
# requires-python = ">=3.11"
# dependencies = ["skyrl-gym==0.4.0"]
# ///
"""skyrl-gym registers the environment and makes episodes of it."""

from __future__ import annotations

from importlib.metadata import version

import skyrl_gym
from outage import RIGHT, WRONG, down
from skyrl_gym.envs import register
from skyrl_gym.envs.base_text_env import BaseTextEnv

from verifier.errors import Unscored

register(id="verifier", entry_point="verifier.trainers.skyrl_gym:make")


def step(text: str) -> dict[str, object]:
    """One episode."""
    extras = {"reward_spec": {"method": "rule", "ground_truth": "4"}}
    env = skyrl_gym.make("verifier", env_config={}, extras=extras)
    assert isinstance(getattr(env, "unwrapped", env), BaseTextEnv)
    env.init([{"role": "user", "content": "What is 2 + 2?"}])
    return env.step(text)


assert [step(text)["reward"] for text in (RIGHT, WRONG)] == [1.0, 0.0]
with down():
    try:
        step(RIGHT)
        OUTCOME = "does not raise"
    except Unscored:
        OUTCOME = "raises"
assert OUTCOME == "raises"
print(f"skyrl-gym {version('skyrl-gym')}: register, make, step; service down {OUTCOME}")
