# /// script
# [tool.rollout-verifier]
# like = "trl"
# ///
"""OpenRLHF's executor asks the URL, or loads the file, and makes experience of the rewards."""

from __future__ import annotations

import asyncio
import copy
import os
from importlib.metadata import version
from types import SimpleNamespace

import requests
import torch
from openrlhf.utils.agent import SingleTurnAgentExecutor
from outage import BAD_GOLD, RIGHT, UNFORMED, WRONG, down, front, nowhere
from stand_in import stand_in

from verifier.trainers import openrlhf

stand_in("vllm")
from openrlhf.trainer.ppo_utils.samples_generator import SamplesGenerator  # noqa: E402 - needs it

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


async def responses(url: str | list[str], *texts: str, label: str = "4") -> list[dict]:
    """What the executor makes of completions."""
    executor = SingleTurnAgentExecutor(url)
    parameters = SimpleNamespace(max_tokens=200, logprobs=None)
    calls = (
        executor.execute(PROMPT, label, copy.copy(parameters), 1000, Characters(), Engine(text))
        for text in texts
    )
    return list(await asyncio.gather(*calls))


def experiences(url: str | list[str], *texts: str, label: str = "4") -> list[object]:
    """What the trainer makes of them."""
    found = asyncio.run(responses(url, *texts, label=label))
    return [SamplesGenerator._process_response_into_experience(None, one) for one in found]  # noqa: SLF001 - the trainer's own next step


def rewards(url: str | list[str], *texts: str, label: str = "4") -> list[float | None]:
    """The rewards that it learns from."""
    found = experiences(url, *texts, label=label)
    return [None if one.rewards is None else one.rewards.sum().item() for one in found]


def by_file() -> None:
    """The path of a file in place of a URL."""
    file = openrlhf.__file__
    assert rewards(file, RIGHT, WRONG) == [1.0, 0.0]
    assert rewards(file, RIGHT, label=BAD_GOLD) == [None]
    with down():
        assert rewards(file, RIGHT) == [None]
    with down(on_unscored="-1"):
        assert rewards(file, RIGHT) == [-1.0]


def by_url() -> None:
    """A URL, and every failure behind it."""
    url = f"{os.environ['VERIFIER_URL']}/get_reward"
    assert rewards(url, RIGHT, WRONG) == [1.0, 0.0]
    assert rewards(f"{url}?spec=r1", RIGHT, UNFORMED) == [1.0, 0.5]
    [one] = experiences(f"{url}?spec=r1&extra_logs=1", UNFORMED)
    logs = {name: one.info[name].sum().item() for name in ("accuracy", "format", "score")}
    assert logs == {"accuracy": 1.0, "format": 0.0, "score": 0.5}, one.info
    assert one.info["verifier_unscored"].sum().item() == 0.0

    empty = requests.post(url, json={"query": [], "prompts": [], "labels": []}, timeout=9).json()
    assert empty == {"rewards": [], "scores": []}, empty
    with front(ill=0) as first, front(ill=0) as second:
        both = [f"{first.url}/get_reward", f"{second.url}/get_reward"]
        assert rewards(both, RIGHT, WRONG, RIGHT, WRONG) == [1.0, 0.0, 1.0, 0.0]
        assert len(first.posts) == len(second.posts) == 2, "URLs take turns"  # noqa: PLR2004 - of four

    with front(ill=0) as service:
        assert rewards(f"{service.url}/get_reward", RIGHT, label=BAD_GOLD) == [None]
        assert service.statuses == [422] * 5, service.statuses
    assert rewards(f"{url}?on_unscored=-1", RIGHT, label=BAD_GOLD) == [-1.0]
    assert rewards(f"{nowhere()}/get_reward", RIGHT) == [None]
    for status in (503, 429):
        with front(status) as ill:
            assert rewards(f"{ill.url}/get_reward", RIGHT) == [None]
            assert len(ill.posts) == 5, ill.posts  # noqa: PLR2004 - its tries
    with front(503, ill=4) as ill:
        assert rewards(f"{ill.url}/get_reward", WRONG) == [0.0], "the fifth try"


by_url()
by_file()
print(
    f"OpenRLHF {version('openrlhf')}: SingleTurnAgentExecutor, SamplesGenerator, by URL and by "
    "file; down, 422, 429, 503: five tries, then reward None; or -1"
)
