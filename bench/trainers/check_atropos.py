# /// script
# requires-python = ">=3.11"
# dependencies = []
# [tool.rollout-verifier]
# alone = ["atroposlib==0.4.0"]
# ///
"""Atropos's registry takes the reward function, and a combined reward calls it.

The combined reward turns an exception into 0, which is why the page warns of it.
"""

from __future__ import annotations

import logging
from importlib.metadata import version

from atroposlib.envs.reward_fns.combined_reward import CombinedReward
from atroposlib.envs.reward_fns.registry import registry
from outage import RIGHT, UNFORMED, WRONG, down

from verifier.errors import Unscored
from verifier.trainers.atropos import Reward

registry.register_function("verifier", Reward)


def rewards(*texts: str) -> list[float]:
    """Of a combined reward that holds ours alone."""
    combined = CombinedReward(rewards=[{"type": "verifier", "spec": "r1"}])
    return combined.compute(list(texts), solution="4")


assert rewards(RIGHT, WRONG, UNFORMED) == [1.0, 0.5, 0.5]
OUTCOME = "does not raise"
with down():
    try:
        registry.create("verifier", spec="r1")([RIGHT], solution="4")
    except Unscored:
        OUTCOME = "raises"
    assert OUTCOME == "raises"
    logging.disable()
    assert rewards(RIGHT) == [0.0]
print(
    f"Atropos {version('atroposlib')}: registry, CombinedReward; service down {OUTCOME}; combined 0"
)
