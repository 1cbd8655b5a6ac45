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
"""OpenRLHF's executor loads the file and makes experience of its rewards."""

from __future__ import annotations

import asyncio
import copy
from importlib.metadata import version
from types import SimpleNamespace

import torch
from openrlhf.utils.agent import SingleTurnAgentExecutor
from outage import RIGHT, WRONG, down

from verifier.trainers import openrlhf

PROMPT = "<|im_start|>user\nWhat is 2 + 2?<|im_end|>\n<|im_start|>assistant\n"


class Characters:
    """A tokenizer whose tokens are characters."""

    def __call__(self, text: str, **_: object) -> dict[str, torch.Tensor]:
        """The tokens."""
        return {"input_ids": torch.tensor([[ord(c) for c in text]])}

    def decode(self, ids: list[int], **_: object) -> str:
        """The text."""
        return "".join(chr(i) for i in ids)


class Engine:
    """An engine that always says the same."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def generate(self, *_: object, **__: object) -> SimpleNamespace:
        """One completion with its end token."""
        ids = [ord(c) for c in f"{self.text}<|im_end|>"]
        return SimpleNamespace(
            outputs=[SimpleNamespace(token_ids=ids, finish_reason="stop", logprobs=None)]
        )


async def rewards(*texts: str) -> list[object]:
    """What the executor makes of completions."""
    executor = SingleTurnAgentExecutor(openrlhf.__file__)
    parameters = SimpleNamespace(max_tokens=200, logprobs=None)
    found = await asyncio.gather(
        *(
            executor.execute(PROMPT, "4", copy.copy(parameters), 1000, Characters(), Engine(text))
            for text in texts
        )
    )
    return [one["reward"] for one in found]


assert asyncio.run(rewards(RIGHT, WRONG)) == [1.0, 0.0]
with down():
    assert asyncio.run(rewards(RIGHT)) == [None]
with down(on_unscored="-1"):
    assert asyncio.run(rewards(RIGHT)) == [-1.0]
print(f"OpenRLHF {version('openrlhf')}: SingleTurnAgentExecutor; service down: reward None, or -1")
