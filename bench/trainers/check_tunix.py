# /// script
# requires-python = ">=3.12"
# dependencies = ["google-tunix==0.1.7"]
# ///
"""Tunix loads the function by the name in its YAML and calls it in its reward managers."""

from __future__ import annotations

import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from outage import BAD_GOLD, RIGHT, UNFORMED, WRONG, down, front
from tunix.cli.config import HyperParameters
from tunix.rl.algorithm_config import AlgorithmConfig
from tunix.rl.function_registry import get_reward_manager

from verifier.errors import InvalidReference, Unscored

if TYPE_CHECKING:
    from tunix.rl.reward_manager import AbstractRewardManager


def loaded(*, verl_compatible: bool = False) -> list:
    """The reward functions of a configuration."""
    lines = ["reward_functions: [verifier.trainers.tunix]", f"verl_compatible: {verl_compatible}"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grpo.yaml"
        path.write_text("\n".join(lines))
        # Its whole configuration asks for a model and a mesh; the loader reads these two keys.
        config = object.__new__(HyperParameters)
        config.config = config._load_config_from_yaml(str(path))
    return config.obtain_reward_fn()


def manager(name: str = "sequence-level", functions: object = None) -> AbstractRewardManager:
    """One of Tunix's, with what the configuration loads."""
    return get_reward_manager(name)(reward_fns=functions or loaded(), algo_config=AlgorithmConfig())


def nan(prompts: list[str], completions: list[str]) -> list[float]:
    """A reward function that does not know."""
    return [np.nan for _ in zip(prompts, completions, strict=True)]


def call(*texts: str, gold: str = "4", **more: object) -> dict[str, object]:
    """As its learner calls: columns are arrays, and the mode is one of them."""
    name = "agentic-sequence-level" if "trajectory_rewards" in more else "sequence-level"
    return manager(name)(
        prompts=["What is 2 + 2?"] * len(texts),
        completions=list(texts),
        reference=np.array([gold] * len(texts)),
        mode="train",
        **more,
    )


def rewards(*texts: str, **more: object) -> list[float]:
    """What the advantages are made of."""
    return call(*texts, **more)["rewards"].tolist()


def raised(*texts: str, **more: object) -> type[Exception] | list[float]:
    """What ends the step, or the rewards where nothing does."""
    try:
        return rewards(*texts, **more)
    except (InvalidReference, Unscored) as error:
        return type(error)


[function] = loaded()
assert function.__name__ == "verifier_reward", function
found = call(RIGHT, WRONG)
assert found["rewards"].tolist() == [1.0, 0.0], found
assert found["log_metrics"]["rewards/verifier_reward"][0].tolist() == [1.0, 0.0], found
assert rewards(RIGHT, WRONG, trajectory_rewards=[0.25, 0.25]) == [1.25, 0.25]
os.environ["VERIFIER_SPEC"] = "r1"
assert rewards(RIGHT, UNFORMED, WRONG) == [1.0, 0.5, 0.5]
del os.environ["VERIFIER_SPEC"]

assert raised(RIGHT, gold=BAD_GOLD) is InvalidReference
os.environ["VERIFIER_ON_INVALID"] = "-1"
assert rewards(RIGHT, gold=BAD_GOLD) == [-1.0]
del os.environ["VERIFIER_ON_INVALID"]
with down():
    assert raised(RIGHT, WRONG) is Unscored
with down(on_unscored="-1"):
    assert rewards(RIGHT, WRONG) == [-1.0, -1.0]
for status in (503, 429):
    with front(status) as ill, down(url=ill.url, deadline_seconds="2"):
        assert raised(RIGHT) is Unscored
        assert len(ill.posts) > 1, "tried again until the deadline"
with front(503, ill=1) as ill, down(url=ill.url, deadline_seconds="20"):
    assert rewards(RIGHT) == [1.0], "the second try"

# Why a null reward is no NaN there: Tunix adds it up as 0, which is a verdict.
assert manager(functions=nan)(prompts=["?"], completions=[RIGHT])["rewards"].tolist() == [0.0]
[verl] = loaded(verl_compatible=True)
try:
    verl([], [RIGHT], {"ground_truth": ["4"]})
except AttributeError as error:
    assert "compute_score" in str(error)  # noqa: PT017 - no pytest here
else:
    raise AssertionError("verl_compatible needs no compute_score any more")
print(
    f"Tunix {version('google-tunix')}: its loader, two reward managers; down, 429, 503, gold "
    "unreadable: it raises, or -1"
)
