# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "torch==2.13.0", "transformers==5.24.0", "numpy", "ray", "datasets", "pillow", "requests",
#   "hydra-core", "wandb", "rich",
# ]
# [tool.rollout-verifier]
# checkout = "NVIDIA-NeMo/RL"
# commit = "7ea279a"
# ///
"""NeMo-RL makes the Ray actor by its name; its rollouts and its evaluation step it."""

from __future__ import annotations

import io
import math
import os
import sys
import time
import typing
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from types import SimpleNamespace

import ray
import torch
import typing_extensions
from outage import BAD_GOLD, RIGHT, UNFORMED, WRONG, down, front
from stand_in import stand_in

sys.path.insert(0, os.environ["CHECKOUT"])
# Ray's processes import NeMo-RL too.
os.environ["PYTHONPATH"] = os.pathsep.join([os.environ["CHECKOUT"], os.environ["PYTHONPATH"]])
# It is for Python 3.13; before 3.12 pydantic refuses the other TypedDict.
typing.TypedDict = typing_extensions.TypedDict
# What generates and logs needs vLLM, and is not what asks for rewards.
stand_in("nemo_rl.utils.logger", "nemo_rl.data.datasets")
stand_in("nemo_rl.models.generation", "nemo_rl.models.policy")
stand_in("nemo_rl.models.generation.interfaces", GenerationConfig=dict)
stand_in("nemo_rl.models.policy", TokenizerConfig=dict)
stand_in("nemo_rl.environments.math_environment", MathEnvConfig=dict)
stand_in("nemo_rl.environments.vlm_environment", VLMEnvConfig=dict)

from nemo_rl import __version__  # noqa: E402 - its path is set above
from nemo_rl.distributed.batched_data_dict import BatchedDataDict  # noqa: E402
from nemo_rl.distributed.ray_actor_environment_registry import (  # noqa: E402
    ACTOR_ENVIRONMENT_REGISTRY,
)
from nemo_rl.distributed.virtual_cluster import PY_EXECUTABLES  # noqa: E402
from nemo_rl.environments.utils import create_env, register_env  # noqa: E402
from nemo_rl.evals import eval as evaluation  # noqa: E402
from nemo_rl.experience.rollouts import (  # noqa: E402
    calculate_rewards,
    run_multi_turn_rollout,
)

from verifier.errors import InvalidReference, Unscored  # noqa: E402
from verifier.trainers.nemo_rl import environment  # noqa: E402

VerifierEnvironment = ray.remote(max_concurrency=1000)(environment())
NAME = f"{__name__}.VerifierEnvironment"


class Characters:
    """A tokenizer whose tokens are characters."""

    pad_token_id = 0

    def __call__(self, text: str, **_: object) -> SimpleNamespace:
        """The tokens."""
        return SimpleNamespace(input_ids=torch.tensor([[ord(c) for c in text]]))

    def batch_decode(self, rows: list[torch.Tensor], **_: object) -> list[str]:
        """The texts."""
        return ["".join(chr(i) for i in row.tolist() if i) for row in rows]


class Policy:
    """Says what it is told."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts

    def generate(self, data: BatchedDataDict, *, greedy: bool) -> dict[str, torch.Tensor]:
        """The prompts' tokens and the completions'."""
        prompts = [row[:n].tolist() for row, n in zip(*map(data.get, _TOKENS), strict=True)]
        whole = [p + list(map(ord, text)) for p, text in zip(prompts, self.texts, strict=True)]
        longest = max(map(len, whole))
        return {
            "output_ids": torch.tensor([row + [0] * (longest - len(row)) for row in whole]),
            "generation_lengths": torch.tensor([len(text) for text in self.texts]),
            "unpadded_sequence_lengths": torch.tensor([len(row) for row in whole]),
        }

    def generate_text(self, inputs: BatchedDataDict) -> dict[str, list[str]]:
        """The completions."""
        assert len(inputs["prompts"]) == len(self.texts)
        return {"texts": list(self.texts)}

    def shutdown(self) -> None:
        """Nothing."""


_TOKENS = ("input_ids", "input_lengths")


def batch(*texts: str, gold: str = "4") -> BatchedDataDict:
    """Prompts, with the completions that are given."""
    prompt = "What is 2 + 2?"
    asked = {"role": "user", "content": prompt, "token_ids": torch.tensor(list(map(ord, prompt)))}
    return BatchedDataDict(
        {
            "message_log": [
                [dict(asked), *([{"role": "assistant", "content": text}] if text else [])]
                for text in texts
            ],
            "task_name": ["verifier"] * len(texts),
            "extra_env_info": [{"ground_truth": gold} for _ in texts],
        }
    )


def make(**scoring: object) -> dict[str, object]:
    """The environment, made as its data sets make it; its actor has our variables of now."""
    return {"verifier": create_env("verifier", {"scoring": scoring} if scoring else {})}


def rewards(env: dict[str, object], *texts: str, gold: str = "4") -> list[float]:
    """The rewards of a turn."""
    return calculate_rewards(batch(*texts, gold=gold), env).rewards.tolist()


def raised(env: dict[str, object], *texts: str, gold: str = "4") -> object:
    """What ends the step, or the rewards where nothing does."""
    try:
        return rewards(env, *texts, gold=gold)
    except ray.exceptions.RayTaskError as error:  # it comes from the actor
        return next(one for one in (InvalidReference, Unscored) if isinstance(error, one))


def register() -> None:
    """A name alone is not enough: NeMo-RL asks which Python its actor runs in."""
    register_env("verifier", NAME)
    try:
        make()
    except ValueError as error:
        assert "No actor environment registered" in str(error)  # noqa: PT017 - no pytest here
    else:
        raise AssertionError("the registry of environments is enough by now")
    ACTOR_ENVIRONMENT_REGISTRY[NAME] = PY_EXECUTABLES.SYSTEM


def judge() -> None:
    """A rollout to its end, a gold that cannot be read, and an evaluation."""
    env = make()
    ended, metrics = run_multi_turn_rollout(
        Policy(RIGHT, WRONG), batch("", ""), Characters(), env, max_seq_len=1000
    )
    assert ended["total_reward"].tolist() == [1.0, 0.0], ended
    assert ended["message_log"][1][-1]["role"] == "environment", ended
    assert (metrics["total_turns"], metrics["natural_termination_rate"]) == (2, 1.0), metrics
    assert raised(env, RIGHT, gold=BAD_GOLD) is InvalidReference

    config = SimpleNamespace(
        generation={"model_name": "", "vllm_cfg": {"max_model_len": 1}, "temperature": 0.0}
        | {"top_p": 1.0, "top_k": -1},
        eval={"metric": "pass@k", "num_tests_per_prompt": 2, "k_value": 1, "seed": 0},
        data={"dataset_name": ""},
    )
    loader = type("Loader", (list,), {"dataset": [0]})([batch("")])
    printed = io.StringIO()
    with redirect_stdout(printed):
        evaluation.run_env_eval(Policy(RIGHT, WRONG), loader, env["verifier"], config)
    assert "score=0.5000" in printed.getvalue(), printed.getvalue()


def fail() -> None:
    """What a failure becomes, where nothing is set."""
    with front(503) as ill:
        with down(url=ill.url, deadline_seconds="3"):
            env = make()
        for ill.status in (503, 429):
            ill.posts.clear()
            assert raised(env, RIGHT) is Unscored
            assert len(ill.posts) > 1, "tried again until the deadline"
        ill.posts.clear()
        ill.ill = 1
        assert rewards(env, RIGHT) == [1.0], "the second try"
    assert raised(env, RIGHT, WRONG) is Unscored, "nobody listens any more"


def set_apart() -> float:
    """By the settings of its configuration; the seconds of sixteen turns that end one by one."""
    with front(ill=0) as silent, ThreadPoolExecutor(16) as pool:
        settings = {"spec": "r1", "on_unscored": -1, "on_invalid": -2, "deadline_seconds": 2}
        env = make(**settings, url=silent.url)
        assert rewards(env, RIGHT, UNFORMED, WRONG) == [1.0, 0.5, 0.5]
        assert rewards(env, RIGHT, gold=BAD_GOLD) == [-2.0]
        silent.ill = math.inf
        started = time.monotonic()
        found = list(pool.map(lambda _: rewards(env, RIGHT), range(16)))
        assert found == [[-1.0]] * 16, found
        return time.monotonic() - started


if __name__ == "__main__":
    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    try:
        register()
        judge()
        fail()
        seconds = set_apart()
        assert seconds < 8, f"{seconds} s: one after the other"  # noqa: PLR2004
    finally:
        ray.shutdown()
    print(
        f"NeMo-RL {__version__}, 7ea279a: register_env, a rollout, an evaluation; down, 429, 503, "
        "gold unreadable: the actor raises and ends the step, or -1"
    )
