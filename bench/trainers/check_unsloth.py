# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "torch==2.13.0", "trl==1.15.0", "transformers==5.17.0", "peft", "datasets<5", "accelerate",
#   "tyro", "psutil", "protobuf", "sentencepiece", "hf_transfer", "packaging", "numpy", "tqdm",
#   "huggingface_hub", "nest-asyncio", "rich", "pyyaml", "typer", "structlog", "filelock",
#   "msgspec", "pillow", "regex",
# ]
# [tool.rollout-verifier]
# alone = ["unsloth==2026.10.9", "unsloth_zoo==2026.10.9"]
# ///
"""The GRPOTrainer that Unsloth writes over TRL's takes steps on a CPU; its one for Apple judges."""

from __future__ import annotations

import io
import os
import tempfile
from contextlib import redirect_stdout
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
from outage import RIGHT, WRONG, down
from stand_in import stand_in

if TYPE_CHECKING:
    from transformers import PreTrainedModel

FOLDER = tempfile.TemporaryDirectory()
# Where it writes the trainer; and the branches for CUDA, on a machine without.
os.environ |= {"UNSLOTH_COMPILE_LOCATION": FOLDER.name, "UNSLOTH_ALLOW_CPU": "1"}
os.environ["TORCHDYNAMO_DISABLE"] = "1"  # what is compiled gives the same, and needs a compiler
with redirect_stdout(io.StringIO()):
    import unsloth  # noqa: F401 - it wants to be the first of all
    from unsloth.models.rl import _patch_trl_rl_trainers

    # With a GPU the import does it; without one it leaves TRL's trainers alone.
    _patch_trl_rl_trainers("grpo_trainer")

import trl  # noqa: E402 - after Unsloth
from check_trl import learn  # noqa: E402

# Its trainer for Apple's chips: what asks for the rewards needs none of them.
stand_in("mlx", "unsloth_zoo.mlx.utils", "unsloth_zoo.mlx.generate", "unsloth_zoo.mlx.preference")
from unsloth_zoo.mlx.grpo import calculate_rewards, group_advantages  # noqa: E402

from verifier.errors import Unscored  # noqa: E402
from verifier.trainers.trl import reward, reward_sync  # noqa: E402


def prepare(model: PreTrainedModel) -> None:
    """What FastLanguageModel gives a model, and has no effect on a reward."""
    model.for_training = model.for_inference = lambda **_: model


def on_apple(function: object, *texts: str) -> np.ndarray:
    """The rewards of a group, as that trainer asks for them."""
    rows = [{"prompt": "What is 2 + 2?", "reference": "4"} for _ in texts]
    return calculate_rewards(
        [function],
        rows,
        prompts=["What is 2 + 2?"] * len(texts),
        completions=list(texts),
        completion_ids=[[1]] * len(texts),
        trainer_state=None,
    )


def judge_on_apple() -> None:
    """It does not await, and adds up None as 0."""
    assert on_apple(reward_sync, RIGHT, WRONG).tolist() == [[1.0], [0.0]]
    try:
        on_apple(reward, RIGHT)
    except TypeError as error:
        assert "coroutine" in str(error)  # noqa: PT017 - no pytest here
    else:
        raise AssertionError("it awaits by now")
    with down():
        found = on_apple(reward_sync, RIGHT, WRONG)
        assert np.isnan(found).all(), found
        _, logged = group_advantages(found, [1.0], 2, "group")
        assert logged["reward"] == 0.0, logged
    with down(on_unscored="raise"):
        try:
            on_apple(reward_sync, RIGHT)
        except Unscored:
            return
        raise AssertionError("it does not raise")


if __name__ == "__main__":
    assert trl.GRPOTrainer.__name__ == "UnslothGRPOTrainer", trl.GRPOTrainer
    with redirect_stdout(io.StringIO()):
        learn(prepare)
        judge_on_apple()
    print(
        f"Unsloth {version('unsloth')}, TRL {trl.__version__}: UnslothGRPOTrainer, 2 steps each: "
        "async, sync, partial, all rewards None: left out; on MLX not awaited, and None is 0"
    )
