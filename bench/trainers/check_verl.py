# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "torch==2.13.0", "transformers==5.24.0", "trl==1.16.0", "peft", "datasets", "numpy", "ray",
#   "tensordict", "omegaconf", "hydra-core", "codetiming", "cachetools", "orjson", "pyvers",
#   "pylatexenc", "modelscope", "addict", "simplejson", "json_repair", "dacite", "pillow",
#   "aiohttp", "requests",
# ]
# [tool.rollout-verifier]
# alone = ["verl==0.9.1", "openrlhf==0.11.2", "ms-swift==4.6.0"]
# ///
"""verl's own loader finds the function by its path, and its reward managers call it."""

from __future__ import annotations

import asyncio

import numpy as np
import torch
import verl
from omegaconf import OmegaConf
from outage import RIGHT, WRONG, down
from tensordict import TensorDict
from verl import DataProto
from verl.trainer.ppo.reward import load_reward_manager

from verifier.trainers.base import Unscored


class Characters:
    """A tokenizer whose tokens are characters."""

    pad_token_id = 0

    def decode(self, ids: torch.Tensor, *, skip_special_tokens: bool = True) -> str:
        """The text."""
        return "".join(chr(i) for i in ids.tolist())


def sample(text: str) -> DataProto:
    """A sample as the reward loop gets it."""
    ids = torch.tensor([[ord(c) for c in text]])
    batch = TensorDict({"responses": ids, "attention_mask": torch.ones_like(ids)}, batch_size=1)
    return DataProto(
        batch=batch,
        non_tensor_batch={
            name: as_objects(value)
            for name, value in {
                "data_source": "openai/gsm8k",
                "reward_model": {"ground_truth": "4"},
                "extra_info": {},
            }.items()
        },
    )


def as_objects(value: object) -> object:
    """A numpy array of one object."""
    array = np.empty(1, dtype=object)
    array[0] = value
    return array


async def scores(manager_name: str, function: str) -> list[dict[str, object]]:
    """What a manager makes of a right and a wrong sample."""
    config = OmegaConf.create(
        {
            "reward": {
                "custom_reward_function": {
                    "path": "pkg://verifier.trainers.verl",
                    "name": function,
                    "reward_kwargs": {"scoring": {"spec": "r1"}, "components": ["accuracy"]},
                },
                "reward_manager": {"source": "register", "name": manager_name},
                "max_concurrent": 8,
            }
        }
    )
    manager = load_reward_manager(config, Characters())
    return list(await asyncio.gather(*(manager.run_single(sample(t)) for t in (RIGHT, WRONG))))


for function in ("compute_score", "compute_score_sync"):
    found = asyncio.run(scores("naive", function))
    assert [row["reward_score"] for row in found] == [1.0, 0.5], found
    assert [row["reward_extra_info"]["accuracy"] for row in found] == [1.0, 0.0], found
with down():
    try:
        asyncio.run(scores("naive", "compute_score"))
    except Unscored:
        outcome = "raises"
with down(on_unscored="-1"):
    found = asyncio.run(scores("naive", "compute_score"))
    assert [row["reward_extra_info"]["unscored"] for row in found] == [1.0, 1.0], found
print(
    f"verl {verl.__version__}: load_reward_manager, naive, async and sync; service down {outcome}"
)
