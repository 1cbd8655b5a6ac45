# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.13.0", "numpy", "aiohttp"]
# [tool.rollout-verifier]
# checkout = "alibaba/ROLL"
# commit = "8eb27cc"
# work = "rules,code"
# ///
"""ROLL's `CodeSandboxRewardWorker`, given nothing but our URL, makes rewards of a batch."""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import time
from types import SimpleNamespace

import torch
from outage import front, nowhere
from stand_in import stand_in

sys.path.insert(0, os.environ["CHECKOUT"])
URL = f"{os.environ['VERIFIER_URL']}/run_code"
CASES = [
    {"stdin": "1 2\n", "expected_stdout": "3\n"},
    {"stdin": "3 4\n", "expected_stdout": "7\n"},
]
SUM = "print(sum(map(int, input().split())))"


class Worker:
    """What a worker has of the framework."""

    def __init__(self, worker_config: object) -> None:
        self.rank_info = SimpleNamespace(rank=0, world_size=1)
        self.logger = logging.getLogger("roll")


class Characters:
    """A tokenizer whose tokens are characters."""

    def batch_decode(self, rows: torch.Tensor, *, skip_special_tokens: bool) -> list[str]:
        """The texts."""
        return ["".join(chr(i) for i in row.tolist() if i) for row in rows]


stand_in("ray", "roll.configs", "roll.models", "roll.utils", "roll.distributed")
stand_in("roll.pipeline.rlvr.rlvr_config", "roll.pipeline.base_worker")
stand_in("roll.utils.logging", get_logger=lambda: logging.getLogger("roll"))
stand_in("roll.distributed.executor.worker", Worker=Worker)
stand_in("roll.models.model_providers", default_tokenizer_provider=lambda model_args: Characters())
stand_in(
    "roll.distributed.scheduler.decorator",
    register=lambda **_: lambda function: function,
    Dispatch=SimpleNamespace(ONE_TO_ALL=0, DP_MP_COMPUTE=1),
)
stand_in(
    "roll.distributed.scheduler.protocol",
    DataProto=SimpleNamespace(from_dict=lambda tensors: tensors),
)
others = ("crossthinkqa_rule", "general_val_rule", "ifeval_rule", "llm_judge", "math_rule")
stand_in(
    "roll.pipeline.rlvr.rewards.remote_reward_system_worker",
    *(f"roll.pipeline.rlvr.rewards.{name}_reward_worker" for name in others),
)
roll = importlib.import_module("roll.pipeline.rlvr.rewards.code_sandbox_reward_worker")


def rewards(
    url: str, *programs: str, kind: str = "input", tests: object = CASES, language: str = "python"
) -> list[float]:
    """What the worker makes of completions."""
    texts = [f"<think>?</think>\n```{language}\n{program}\n```" for program in programs]
    longest = max(map(len, texts))
    ids = torch.tensor([[ord(c) for c in text] + [0] * (longest - len(text)) for text in texts])
    columns = {"id": "1", "case_type": kind, "test_cases": json.dumps(tests), "tag": "mine"}
    data = SimpleNamespace(
        meta_info={},
        batch={"prompts": torch.full((len(texts), 1), ord("?")), "responses": ids},
        non_tensor_batch={name: [value] * len(texts) for name, value in columns.items()}
        | {"test_case_function": [None] * len(texts)},
    )
    worker = roll.CodeSandboxRewardWorker(
        SimpleNamespace(model_args=None, use_local=False, code_url=url)
    )
    return worker.compute_rewards(data)["response_level_rewards"].tolist()


def judged() -> None:
    """What programs are worth."""
    found = rewards(URL, SUM, "print(3)", "print(0)", "def f(:", "1 / 0")
    assert found == [1.0, -1.0, -1.0, -1.0, -1.0], found
    cpp = "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }"
    assert rewards(URL, cpp, "int main() { return }", language="cpp") == [1.0, -1.0]
    doubles = [{"assert_code": "assert double(2) == 4"}]
    right, wrong = "def double(n):\n    return 2 * n", "def double(n):\n    return n"
    assert rewards(URL, right, wrong, kind="assert", tests=doubles) == [1.0, -1.0]
    assert rewards(f"{URL}?within=9", "while True: pass", tests=CASES[:1]) == [-1.0]
    with front(ill=0) as service:
        assert rewards(f"{service.url}/run_code", SUM) == [1.0]
        assert service.statuses == [200] * 4, "each of two cases twice"
    with front(ill=0) as service:
        assert rewards(f"{service.url}/run_code", SUM, tests=[]) == [-1.0]
        assert not service.posts, "a row without tests is -1 without a request"
        unusable = [{"stdin": 1, "expected_stdout": "3"}]
        assert rewards(f"{service.url}/run_code", SUM, tests=unusable) == [-1.0]
        assert set(service.statuses) == {422}, service.statuses
        assert len(service.statuses) == 6, "three tries, twice"  # noqa: PLR2004
    half = [*unusable, CASES[0]]
    assert rewards(URL, SUM, tests=half) == [1.0], "a case without an answer of 200 is left out"


def failed() -> None:
    """What failures are worth."""
    assert rewards(f"{nowhere()}/run_code", SUM) == [-1.0]
    for status in (503, 429):
        with front(status) as ill:
            assert rewards(f"{ill.url}/run_code", SUM, tests=CASES[:1]) == [-1.0]
            assert len(ill.posts) == 6, "three tries, twice"  # noqa: PLR2004
    with front(503, ill=2) as ill:
        assert rewards(f"{ill.url}/run_code", SUM, tests=CASES[:1]) == [1.0], "the third try"
    late = f"{URL}?within=1"
    spin = f"while True: {time.time_ns()}"  # new in every run: a verdict is remembered
    assert rewards(late, spin, tests=CASES[:1]) == [0.0], "all its cases are SandboxError"


judged()
failed()
print(
    "ROLL 8eb27cc: CodeSandboxRewardWorker.compute_rewards; each case twice; down, 422, 429, 503: "
    "three tries, then -1, as wrong; SandboxError: three tries, then 0, which no verdict is"
)
