# /// script
# requires-python = ">=3.12"
# dependencies = ["requests", "pyyaml", "numpy", "datasets"]
# [tool.rollout-verifier]
# alone = ["axolotl==0.19.0"]
# ///
"""axolotl's plugin for NeMo Gym finds the service, and its rewards come from it.

The plugin, its data set, its reward functions and the loader of reward functions are the wheel's
files; what they import for training on GPUs is not there, and none of it is called.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import sys
import tempfile
from importlib.metadata import distribution, version
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import requests
from outage import RIGHT, WRONG, down

from verifier.trainers.trl import reward as trl_reward

UNREADABLE = "\\frac{"
GRPO = "axolotl.core.trainers.grpo"
EMPTY = {
    "trl": (),
    "trl.trainer": (),
    "trl.trainer.grpo_trainer": ("RewardFunc",),
    "axolotl.integrations.base": ("BasePlugin",),
    "axolotl.utils": (),
    "axolotl.utils.dict": ("DictDefault",),
    "axolotl.utils.schemas": (),
    "axolotl.utils.schemas.trl": ("TRLConfig",),
    "axolotl.utils.schemas.vllm": ("VllmConfig",),
    f"{GRPO}.args": ("AxolotlAsyncGRPOConfig", "AxolotlGRPOConfig"),
    f"{GRPO}.trainer": (
        *("AxolotlAsyncGRPOTrainer", "AxolotlGRPOSequenceParallelTrainer"),
        "AxolotlGRPOTrainer",
    ),
}
FOLDERS = ("axolotl", "axolotl.integrations", "axolotl.core", "axolotl.core.trainers")


def prepare() -> None:
    """Let the wheel's files be imported without the packages around them."""
    for name in FOLDERS:
        module = sys.modules[name] = ModuleType(name)
        module.__path__ = [str(distribution("axolotl").locate_file(name.replace(".", "/")))]
    for name, classes in EMPTY.items():
        module = sys.modules[name] = ModuleType(name)
        vars(module).update({one: type(one, (), {}) for one in classes})
    log = sys.modules["axolotl.utils.logging"] = ModuleType("axolotl.utils.logging")
    log.get_logger = logging.getLogger


def plugin(url: str, folder: str) -> Any:
    """The plugin, registered with a configuration that names the service's port."""
    found = importlib.import_module("axolotl.integrations.nemo_gym.plugin").NemoGymPlugin()
    settings = {
        "nemo_gym_enabled": True,
        "nemo_gym_auto_start": False,
        "nemo_gym_dir": folder,
        "nemo_gym_head_port": urlsplit(url).port,
    }
    found.register(settings)
    return found


def columns(folder: str) -> dict[str, list[Any]]:
    """What TRL passes of axolotl's data set: a good row and one whose gold is bad."""
    golds = {"What is 2 + 2?": "4", "What is 3 + 1?": UNREADABLE}
    rows = [
        {"responses_create_params": {"input": [{"role": "user", "content": q}]}, **label}
        for q, gold in golds.items()
        for label in ({"expected_answer": gold},)
    ]
    (Path(folder) / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    load = importlib.import_module("axolotl.integrations.nemo_gym.dataset").load_nemo_gym_datasets
    found = load(folder, [{"path": "rows.jsonl", "server_name": "math"}])
    ordered = sorted(found, key=lambda row: row["prompt"][0]["content"])
    return {
        "prompts": [row["prompt"] for row in ordered],
        "resources_server_ref": [row["resources_server_ref"] for row in ordered],
        "verify_extra": [row["verify_extra"] for row in ordered],
    }


def rewards(function: Any, columns: dict[str, list[Any]], row: int, *texts: str) -> list[float]:
    """Of completions of that row."""
    completions = [[{"role": "assistant", "content": text}] for text in texts]
    repeated = {name: [column[row]] * len(texts) for name, column in columns.items()}
    return [float(one) for one in function(completions, **repeated)]


def named(function: Any, columns: dict[str, list[Any]]) -> tuple[list[str], list[float]]:
    """What the reward function that a configuration can name asks, and what it gives."""
    asked: list[str] = []

    def get(url: str, **_: object) -> None:
        asked.append(url)
        raise requests.ConnectionError

    real, requests.get = requests.get, get
    try:
        return asked, rewards(function, columns, 0, RIGHT)
    finally:
        requests.get = real


def main() -> None:
    """Right, wrong, an unreadable gold, a service that is down; and TRL's function by its path."""
    prepare()
    logging.disable()
    url = os.environ["VERIFIER_URL"]
    verify = importlib.import_module("axolotl.integrations.nemo_gym.rewards")
    with tempfile.TemporaryDirectory() as folder:
        rows = columns(folder)
        found = plugin(url, folder)
        trainer = SimpleNamespace(reward_funcs=[], reward_func_names=[])
        trainer.reward_processing_classes = []
        found._wire_single_turn(trainer, "model", 30)  # noqa: SLF001 - as its own hook does
        (judge,) = trainer.reward_funcs
        assert rewards(judge, rows, 0, RIGHT, WRONG) == [1.0, 0.0]
        assert rewards(judge, rows, 1, RIGHT) == [0.0]
        with down():
            away = verify.create_nemo_gym_reward_fn({}, {"math": os.environ["VERIFIER_URL"]})
            assert rewards(away, rows, 0, RIGHT) == [0.0]
            try:
                plugin(os.environ["VERIFIER_URL"], folder)
                start = "goes on"
            except RuntimeError:
                start = "stops"
        assert start == "stops"

    asked, given = named(verify.reward_nemo_gym_verify, rows)
    assert asked == ["http://127.0.0.1:11000/global_config_dict_yaml"]
    assert given == [0.0]
    assert rewards(verify.reward_env, rows, 0, RIGHT) == [0.0]
    verify._get_verify_urls(urlsplit(url).port)  # noqa: SLF001 - no setting leads there
    assert rewards(verify.reward_nemo_gym_verify, rows, 0, RIGHT, WRONG) == [1.0, 0.0]

    load = importlib.import_module(GRPO).GRPOStrategy.get_reward_func
    loaded = load("verifier.trainers.trl.reward")
    assert loaded is trl_reward
    with down():
        assert asyncio.run(loaded(completions=[RIGHT], prompts=["?"], reference=["4"])) == [None]
    assert asyncio.run(
        loaded(completions=[RIGHT, WRONG], prompts=["?"] * 2, reference=["4"] * 2)
    ) == [1.0, 0.0]
    print(
        f"axolotl {version('axolotl')}: NeMo Gym plugin, get_reward_func; gold unreadable or "
        f"service down: 0, at the start it {start}; TRL's function: None"
    )


if __name__ == "__main__":
    main()
