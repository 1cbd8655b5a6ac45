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
"""TRL's GRPOTrainer takes steps on a CPU: awaited, not awaited, and with no reward at all."""

from __future__ import annotations

import functools
import math
import string
import tempfile
from typing import TYPE_CHECKING

import torch
import trl
from datasets import Dataset
from outage import down
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM
from trl import GRPOConfig, GRPOTrainer

from verifier.trainers.base import Scoring
from verifier.trainers.trl import reward, reward_sync

if TYPE_CHECKING:
    from collections.abc import Callable

torch.set_num_threads(1)


def steps(
    function: Callable[..., object], prepare: Callable[[Qwen2ForCausalLM], None] | None = None
) -> list[dict[str, float]]:
    """The metrics of two steps of a tiny model that writes at random."""
    words = ["<pad>", "<eos>", *string.printable]
    characters = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, "<pad>"))
    characters.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=characters, pad_token="<pad>", eos_token="<eos>", padding_side="left"
    )
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(words),
            hidden_size=32,
            intermediate_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=2,
        )
    )
    if prepare:
        prepare(model)
    rows = [{"prompt": f"What is {n} + 1?", "reference": str(n + 1)} for n in range(8)]
    with tempfile.TemporaryDirectory() as folder:
        trainer = GRPOTrainer(
            model=model,
            processing_class=tokenizer,
            reward_funcs=function,
            train_dataset=Dataset.from_list(rows),
            args=GRPOConfig(
                output_dir=folder,
                max_steps=2,
                per_device_train_batch_size=8,
                num_generations=4,
                max_completion_length=8,
                logging_steps=1,
                save_strategy="no",
                report_to=[],
                use_cpu=True,
                optim="adamw_torch",
                bf16=False,
                disable_tqdm=True,
            ),
        )
        trainer.train()
    return [row for row in trainer.state.log_history if "reward" in row]


def learn(prepare: Callable[[Qwen2ForCausalLM], None] | None = None) -> None:
    """Every way to call, and a service that is down."""
    for function in (
        reward,
        reward_sync,
        functools.partial(reward, scoring=Scoring.read({"spec": "r1"})),
    ):
        found = steps(function, prepare)
        assert [row["verifier/null"] for row in found] == [0, 0], found
        assert all(math.isfinite(row["reward"]) for row in found), found
    with down():
        found = steps(reward, prepare)
        assert [row["verifier/null"] for row in found] == [1, 1], found
        assert all(math.isfinite(row["loss"]) for row in found), found


if __name__ == "__main__":
    learn()
    print(
        f"TRL {trl.__version__}: GRPOTrainer, 2 steps each: async, sync, partial, all rewards None"
    )
