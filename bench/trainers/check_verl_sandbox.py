# /// script
# [tool.rollout-verifier]
# like = "trl"
# work = "rules,code"
# ///
"""verl's own SandboxFusion client, given nothing but `reward.sandbox_fusion.url`."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time

import numpy as np
import verl
from check_verl import Characters, batch
from omegaconf import OmegaConf
from outage import front, nowhere
from verl.trainer.ppo.reward import load_reward_manager
from verl.utils.reward_score.sandbox_fusion import utils

URL = f"{os.environ['VERIFIER_URL']}/run_code"
SUMS = json.dumps({"inputs": ["1 2\n", "3 4\n"], "outputs": ["3\n", "7\n"]})
SUM = "print(sum(map(int, input().split())))"


def fenced(program: str) -> str:
    """A completion."""
    return f"```python\n{program}\n```"


async def rewards(url: str, tests: str, *programs: str) -> list[float]:
    """What the manager `naive` makes of completions whose data source is `codecontests`."""
    config = OmegaConf.create(
        {
            "reward": {
                "sandbox_fusion": {"url": url, "max_concurrent": 8, "memory_limit_mb": 256},
                "reward_manager": {"source": "register", "name": "naive"},
            }
        }
    )
    manager = load_reward_manager(config, Characters())
    found = []
    for program in programs:
        sample = batch(fenced(program))
        sample.non_tensor_batch["data_source"] = np.array(["codecontests"], dtype=object)
        sample.non_tensor_batch["reward_model"][0] = {"ground_truth": tests}
        found.append((await manager.run_single(sample))["reward_score"])
    return found


def reward(program: str, tests: str = SUMS, url: str = URL) -> float:
    """What the manager makes of one."""
    return asyncio.run(rewards(url, tests, program))[0]


def cases(program: str, *, language: str = "python", seconds: int = 10, **tests: object) -> list:
    """What the client believes of each case: True, False, or the number of an error."""
    tests = tests or json.loads(SUMS)
    found, _ = utils.check_correctness(
        URL, tests, program, timeout=seconds, memory_limit_mb=256, language=language
    )
    return found


def main() -> None:
    """Programs of every kind, then failures of the service."""
    logging.disable(logging.ERROR)
    assert [reward(program) for program in (SUM, "print(3)", "print(0)", "def f(:", "1 / 0")] == [
        *(1.0, 0.5, 0.0, 0.0, 0.0)
    ]
    doubles = json.dumps({"inputs": ["1", "2"], "outputs": ["2", "4"], "fn_name": "double"})
    assert reward("def double(n):\n    return 2 * n", doubles) == 1.0
    assert reward("class Solution:\n    def double(self, n):\n        return n", doubles) == 0.0
    asserts = json.dumps({"assert_case": ["assert f(1) == 2", "assert f(2) == 5"]})
    assert [reward("def f(n):\n    return n + 1", asserts)] == [0.5]
    assert reward(SUM, "no tests") == 0.0, "a gold that verl cannot read is 0, without a request"

    assert cases("print(0)") == [False, False]
    assert cases("1 / 0") == [-2, -2]
    assert cases("def f(:") == [-2, -2], "Python's is an error at run time, as SandboxFusion's"
    assert cases("while True: pass", seconds=1) == [-3, -3]
    assert cases("import time\ntime.sleep(60)", seconds=1) == [-3, -3]
    assert cases("x = 'x' * (1 << 30)") == [-2, -2]
    assert cases("int main() { return }", language="cpp") == [-4, -4]
    cpp = "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }"
    assert cases(cpp, language="cpp") == [True, True]
    assert cases(SUM, language="swift") == [-1, -1], "a language that is not here"
    many = {"inputs": [str(n) for n in range(16)], "outputs": ["0"] * 16}
    late, _ = utils.check_correctness(
        f"{URL}?within=1", many, "while True: pass", timeout=10, memory_limit_mb=256
    )
    assert -1 in late, f"no deadline passed: {late}"
    assert set(late) <= {-1, -3}, late

    assert reward(SUM, url=f"{nowhere()}/run_code") == 0.0
    tries = {}
    for status in (503, 429, 504):
        with front(status) as ill:
            assert reward(SUM, url=f"{ill.url}/run_code") == 0.0
            tries[status] = len(ill.posts)
    assert tries == {503: 2, 429: 2, 504: 6}, tries
    with front(504, ill=4) as ill:
        assert reward(SUM, url=f"{ill.url}/run_code") == 1.0, "the third try of two cases"
    with front() as silent:
        began = time.monotonic()
        response, error = utils.call_sandbox_api(
            f"{silent.url}/run_code", SUM, "1 2", 1, 1, 256, "python"
        )
        waited = time.monotonic() - began
        assert response is None, response
        assert "timed out" in error, error
        assert len(silent.posts) == 1, silent.posts
        assert 11 < waited < 14, waited  # noqa: PLR2004 - both timeouts and ten seconds
    print(
        f"verl {verl.__version__}: sandbox_fusion by load_reward_manager, naive, codecontests; "
        "down, 503, 429, silence: one try, 0; 504: three tries, 0; nothing tells it from wrong"
    )


if __name__ == "__main__":  # its semaphore is a process of its own
    main()
