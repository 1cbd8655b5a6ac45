# /// script
# [tool.rollout-verifier]
# like = "trl"
# ///
"""verl's manager `remote` calls the function in a process of Ray's."""

from __future__ import annotations

import asyncio

import ray
import verl
from check_verl import Characters, batch
from omegaconf import OmegaConf
from outage import RIGHT, WRONG, nowhere
from verl.trainer.ppo.reward import load_reward_manager

from verifier.errors import Unscored


async def rewards(**scoring: object) -> list[object]:
    """What it makes of a right and a wrong sample."""
    config = OmegaConf.create(
        {
            "reward": {
                "custom_reward_function": {
                    "path": "pkg://verifier.trainers.verl",
                    "name": "compute_score_sync",
                    "reward_kwargs": {"scoring": scoring},
                },
                "reward_manager": {"source": "register", "name": "remote"},
                "num_workers": 1,
            }
        }
    )
    manager = load_reward_manager(config, Characters())
    calls = [manager.run_single(batch(text)) for text in (RIGHT, WRONG)]
    rows = await asyncio.gather(*calls, return_exceptions=True)
    return [row if isinstance(row, Exception) else row["reward_score"] for row in rows]


ray.init(num_cpus=1, include_dashboard=False, configure_logging=False)
assert asyncio.run(rewards(spec="r1")) == [1.0, 0.5]
lost = asyncio.run(rewards(spec="r1", url=nowhere(), deadline_seconds=1))
assert all(isinstance(row, Unscored) for row in lost), lost
ray.shutdown()
print(f"verl {verl.__version__}: load_reward_manager, remote, in a process of Ray; down: raises")
