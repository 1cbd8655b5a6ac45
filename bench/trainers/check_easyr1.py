# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "torch==2.13.0", "transformers==5.24.0", "numpy", "ray", "tensordict", "omegaconf", "pillow",
#   "codetiming", "packaging",
# ]
# [tool.rollout-verifier]
# checkout = "hiyouga/EasyR1"
# commit = "b44b311"
# ///
"""EasyR1's reward manager loads the file by its path and hands it batches."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

import numpy as np
import torch
from outage import BAD_GOLD, RIGHT, UNFORMED, WRONG, down, front

# Its package is called verl too.
sys.path.insert(0, os.environ["CHECKOUT"])
easyr1 = importlib.import_module("verl.workers.reward")
protocol = importlib.import_module("verl.protocol")
version = importlib.import_module("verl").__version__

FILE = subprocess.run(
    [sys.executable, "-m", "verifier.trainers.easyr1"], capture_output=True, text=True, check=True
).stdout.strip()


class Characters:
    """A tokenizer whose tokens are characters."""

    def decode(self, ids: torch.Tensor, *, skip_special_tokens: bool) -> str:
        """The text."""
        return "".join(chr(i) for i in ids.tolist())


def rewards(*texts: str, gold: str = "4", **settings: object) -> tuple[list[float], dict]:
    """The rewards of a batch, and what is logged of each sample."""
    config = easyr1.RewardConfig(
        reward_function=f"{FILE}:compute_score", reward_function_kwargs=settings
    )
    config.post_init()
    manager = easyr1.AutoRewardManager(config, Characters())
    longest = max(map(len, texts))
    ids = torch.tensor([[ord(c) for c in text] + [0] * (longest - len(text)) for text in texts])
    data = protocol.DataProto.from_dict(
        tensors={"responses": ids, "response_mask": (ids != 0).long()},
        non_tensors={"ground_truth": np.array([gold] * len(texts), dtype=object)},
    )
    tensor, logged = manager.compute_reward(data)
    return tensor.sum(-1).tolist(), dict(logged)


def raised(*texts: str, **more: object) -> str:
    """The class of what ends the step: of the file's own copy of our package's errors."""
    try:
        found = rewards(*texts, **more)
    except Exception as error:  # noqa: BLE001 - any of them ends the step
        return type(error).__name__
    return f"{found}"


found, logged = rewards(RIGHT, UNFORMED, WRONG, spec="r1")
assert found == [1.0, 0.5, 0.5], found
assert logged["accuracy"] == [1.0, 1.0, 0.0], logged
assert logged["overall"] == found, logged
assert raised(RIGHT, gold=BAD_GOLD) == "InvalidReference"
found, logged = rewards(RIGHT, WRONG, gold=BAD_GOLD, on_invalid=-1)
assert (found, logged["invalid"]) == ([-1.0, -1.0], [1.0, 1.0]), logged
with down():
    assert raised(RIGHT) == "Unscored"
    found, logged = rewards(RIGHT, WRONG, on_unscored=-1)
    assert (found, logged["unscored"]) == ([-1.0, -1.0], [1.0, 1.0]), logged
for status in (503, 429):
    with front(status) as ill, down(url=ill.url, deadline_seconds="2"):
        assert raised(RIGHT) == "Unscored"
        assert len(ill.posts) > 1, "tried again until the deadline"
with front(503, ill=1) as ill, down(url=ill.url, deadline_seconds="20"):
    assert rewards(RIGHT)[0] == [1.0], "the second try"
print(
    f"EasyR1 {version}, b44b311: AutoRewardManager, batch; down, 429, 503: tried until the "
    "deadline, then it raises, or -1"
)
