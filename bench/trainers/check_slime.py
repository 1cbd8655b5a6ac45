# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "torch==2.13.0", "numpy", "ray", "aiohttp", "httpx", "sympy", "pylatexenc", "transformers",
#   "requests", "psutil", "pyyaml",
# ]
# [tool.rollout-verifier]
# checkout = "THUDM/slime"
# commit = "624b824"
# work = "rules,code"
# ///
"""slime's `async_rm` asks the URL of `remote_rm`, or calls our function by its path."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import os
import sys
import time
from types import SimpleNamespace

import aiohttp
from outage import BAD_GOLD, RIGHT, UNFORMED, WRONG, down, front, nowhere

from verifier.errors import InvalidReference, Unscored

sys.path.insert(0, os.environ["CHECKOUT"])
URL = f"{os.environ['VERIFIER_URL']}/rm"
TESTS = json.dumps({"kind": "stdio", "cases": [{"stdin": "1 2\n", "stdout": "3\n"}]})
SPIN = f"```python\nwhile True: {time.time_ns()}\n```"
"""New in every run: a verdict is remembered."""


class Trainer:
    """The reward hub of slime, or of a fork of it."""

    def __init__(self, name: str) -> None:
        self.hub = importlib.import_module(f"{name}.rollout.rm_hub")
        self.sample = importlib.import_module(f"{name}.utils.types").Sample
        self.run = asyncio.new_event_loop().run_until_complete
        """One loop for all: slime keeps its connections."""

    def arguments(self, url: str, **more: object) -> SimpleNamespace:
        """Of the command line."""
        given = {"rm_type": "remote_rm", "rm_url": url, "custom_rm_path": None, "reward_key": None}
        return SimpleNamespace(**given | more)

    def samples(self, texts: tuple[str, ...], label: str) -> list:
        """As a rollout leaves them."""
        return [self.sample(prompt="What is 2 + 2?", response=t, label=label) for t in texts]

    def rewards(self, url: str, *texts: str, label: str = "4", **more: object) -> list[float]:
        """What the trainer learns from, by whatever the arguments say."""
        arguments = self.arguments(url, **more)
        samples = self.samples(texts, label)
        found = self.run(self.hub.batched_async_rm(arguments, samples))
        for sample, reward in zip(samples, found, strict=True):
            sample.reward = reward
        return [sample.get_reward_value(arguments) for sample in samples]

    def status(self, url: str, text: str, label: str = "4", **more: object) -> int | None:
        """The status that ends the rollout; None where nobody answers."""
        [sample] = self.samples((text,), label)
        try:
            self.run(self.hub.remote_rm(self.arguments(url), sample, **more))
        except aiohttp.ClientResponseError as error:
            return error.status
        except aiohttp.ClientConnectionError:
            return None
        raise AssertionError(f"{url} made a reward")

    def raises(self, error: type[Exception], label: str = "4", **more: object) -> bool:
        """Whether our function raises that, called by its path."""
        path = "verifier.trainers.slime.reward"
        try:
            self.rewards("", RIGHT, label=label, custom_rm_path=path, **more)
        except error:
            return True
        return False


def judge(trainer: Trainer) -> None:
    """By URL: what is judged."""
    assert trainer.rewards(URL, RIGHT, WRONG) == [1.0, 0.0]
    as_dict = {"reward_key": "score"}
    assert trainer.rewards(f"{URL}?spec=r1&as=dict", RIGHT, UNFORMED, **as_dict) == [1.0, 0.5]
    program = "```python\nprint(sum(map(int, input().split())))\n```"
    code = f"{URL}?spec=code&reference=tests"
    assert trainer.rewards(code, program, "```python\nprint(4)\n```", label=TESTS) == [1.0, 0.0]
    assert trainer.rewards(f"{URL}?on_unscored=-1", RIGHT, label=BAD_GOLD) == [-1.0]


def call(trainer: Trainer) -> None:
    """By the path of our function."""
    path = {"custom_rm_path": "verifier.trainers.slime.reward"}
    assert trainer.rewards("", RIGHT, WRONG, **path) == [1.0, 0.0]
    [sample] = trainer.samples((RIGHT,), "4")
    arguments = trainer.arguments("", **path, reward_key="score")
    assert trainer.run(trainer.hub.async_rm(arguments, sample))["score"] == 1.0
    assert trainer.raises(InvalidReference, BAD_GOLD)
    with down():
        assert trainer.raises(Unscored)
    with down(on_unscored="none"):
        samples = trainer.samples((RIGHT, WRONG), "4")
        found = trainer.run(trainer.hub.batched_async_rm(trainer.arguments("", **path), samples))
        assert found == [0.0, 0.0], found
        assert all(sample.remove_sample for sample in samples)


def fail(trainer: Trainer) -> None:
    """By URL: what a failure becomes."""
    tries = inspect.signature(trainer.hub.remote_rm).parameters["max_retries"].default
    assert tries == 10, tries  # noqa: PLR2004 - as the page of slime says
    fewer = {"max_retries": 2}
    with front(ill=0) as service:
        assert trainer.status(f"{service.url}/rm", RIGHT, BAD_GOLD, **fewer) == 422  # noqa: PLR2004
        assert service.statuses == [422, 422], service.statuses
    late = f"{URL}?spec=code&reference=tests&within=1"
    assert trainer.status(late, SPIN, TESTS, **fewer) == 503  # noqa: PLR2004 - unscored
    assert trainer.status(f"{nowhere()}/rm", RIGHT, **fewer) is None
    for status in (503, 429):
        with front(status) as ill:
            assert trainer.status(f"{ill.url}/rm", RIGHT, **fewer) == status
            assert len(ill.posts) == fewer["max_retries"], ill.posts
    with front(503, ill=2) as ill:
        assert trainer.rewards(f"{ill.url}/rm", RIGHT) == [1.0], "the third try"


if __name__ == "__main__":
    slime = Trainer("slime")
    judge(slime)
    fail(slime)
    call(slime)
    print(
        "slime 624b824: batched_async_rm, remote_rm and our function; down, 422, 429, 503, a "
        "deadline: ten tries, then it raises"
    )
