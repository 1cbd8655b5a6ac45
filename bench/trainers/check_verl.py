# /// script
# [tool.rollout-verifier]
# like = "trl"
# ///
"""verl's own loader finds the function by its path, and its reward managers call it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch
import verl
from omegaconf import OmegaConf
from outage import RIGHT, WRONG, down, front
from tensordict import TensorDict
from verl import DataProto
from verl.trainer.ppo.reward import load_reward_manager
from verl.workers.reward_manager import get_reward_manager_cls

from verifier.errors import Unscored
from verifier.trainers.verl import compute_number, compute_score_batch, compute_score_sync

if TYPE_CHECKING:
    from collections.abc import Callable

AWAITING = ("naive", "dapo", "gdpo", "rate_limited")
SCORING = {"spec": "r1"}


class Characters:
    """A tokenizer whose tokens are characters."""

    pad_token_id = 0

    def decode(self, ids: torch.Tensor, *, skip_special_tokens: bool = True) -> str:
        """The text."""
        return "".join(chr(i) for i in ids.tolist() if i)

    def batch_decode(self, rows: torch.Tensor, *, skip_special_tokens: bool = True) -> list[str]:
        """The texts."""
        return [self.decode(row) for row in rows]


def batch(*texts: str) -> DataProto:
    """Samples as the reward loop gets them."""
    longest = max(map(len, texts))
    ids = torch.tensor([[ord(c) for c in t] + [0] * (longest - len(t)) for t in texts])
    prompts = torch.full((len(texts), 1), ord("?"))
    mask = torch.cat([prompts, ids], dim=1) != 0
    return DataProto(
        batch=TensorDict(
            {"prompts": prompts, "responses": ids, "attention_mask": mask.long()},
            batch_size=len(texts),
        ),
        non_tensor_batch={
            "data_source": as_objects("openai/gsm8k" for _ in texts),
            "reward_model": as_objects({"ground_truth": "4"} for _ in texts),
            "extra_info": as_objects({} for _ in texts),
        },
    )


def as_objects(values: object) -> np.ndarray:
    """A numpy array of objects."""
    rows = list(values)
    array = np.empty(len(rows), dtype=object)
    array[:] = rows
    return array


async def scores(manager_name: str, function: str, *texts: str, **more: object) -> list[dict]:
    """What a manager makes of samples."""
    config = OmegaConf.create(
        {
            "trainer": {"experiment_name": "check"},
            "reward": {
                "custom_reward_function": {
                    "path": "pkg://verifier.trainers.verl",
                    "name": function,
                    "reward_kwargs": {"scoring": SCORING, "components": ["accuracy"]},
                },
                "reward_manager": {"source": "register", "name": manager_name},
                "max_concurrent": 8,
                **more,
            },
        }
    )
    manager = load_reward_manager(config, Characters())
    return list(await asyncio.gather(*(manager.run_single(batch(text)) for text in texts)))


def scores_of_old(manager_name: str, function: Callable[..., object]) -> list[float]:
    """What a manager of the registry of old makes of a right and a wrong sample."""
    manager = get_reward_manager_cls(manager_name)(
        tokenizer=Characters(), num_examine=0, compute_score=partial(function, scoring=SCORING)
    )
    return manager(batch(RIGHT, WRONG)).sum(-1).tolist()


def raises(call: Callable[[], object]) -> bool:
    """Whether it ends in `Unscored`."""
    try:
        call()
    except Unscored:
        return True
    return False


def main() -> None:
    """Every manager; what an outage becomes."""
    for name in AWAITING:
        for function in ("compute_score", "compute_score_sync"):
            found = asyncio.run(scores(name, function, RIGHT, WRONG))
            assert [row["reward_score"] for row in found] == [1.0, 0.5], (name, found)
            assert [row["reward_extra_info"]["accuracy"] for row in found] == [1.0, 0.0], found
    for name in ("batch", "prime"):
        try:
            asyncio.run(scores(name, "compute_score", RIGHT))
        except ValueError:
            continue
        raise AssertionError(f"{name} can be configured again")
    assert scores_of_old("batch", compute_score_batch) == [1.0, 0.5]
    assert scores_of_old("prime", compute_number) == [1.0, 0.5]
    assert scores_of_old("prime", compute_score_sync) == [0.0, 0.0], "prime reads dicts now"

    with down():
        for name in ("naive", "dapo", "gdpo"):
            assert raises(lambda name=name: asyncio.run(scores(name, "compute_score", RIGHT))), name
        [row] = asyncio.run(scores("rate_limited", "compute_score", RIGHT))
        assert row["reward_score"] == 0.0, row
        assert set(row["reward_extra_info"]) == {"error", "acc"}, row
        assert raises(lambda: scores_of_old("batch", compute_score_batch))
        assert scores_of_old("prime", compute_number) == [0.0, 0.0]
    with down(on_unscored="-1"):
        for name in AWAITING:
            found = asyncio.run(scores(name, "compute_score", RIGHT, WRONG))
            assert [row["reward_score"] for row in found] == [-1.0, -1.0], (name, found)
            assert [row["reward_extra_info"]["unscored"] for row in found] == [1.0, 1.0], found
        assert scores_of_old("batch", compute_score_batch) == [-1.0, -1.0]
        assert scores_of_old("prime", compute_number) == [-1.0, -1.0]
    with front() as silent, down(url=silent.url, deadline_seconds="30"):
        [row] = asyncio.run(scores("rate_limited", "compute_score", RIGHT, timeout=1))
        assert row["reward_score"] == 0.0, row
        assert row["reward_extra_info"]["timeout"], row
    print(
        f"verl {verl.__version__}: naive, dapo, gdpo, rate_limited by its loader, batch and prime "
        "by hand; service down: raises, but 0 by rate_limited and prime, or -1 by all"
    )


if __name__ == "__main__":  # prime makes processes
    main()
