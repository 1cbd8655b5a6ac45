# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "torch==2.13.0", "transformers==5.24.0", "peft", "datasets", "numpy", "modelscope", "addict",
#   "simplejson", "json_repair", "dacite", "pillow", "aiohttp", "requests", "einops",
# ]
# [tool.rollout-verifier]
# alone = ["ms-swift==4.6.0"]
# checkout = "modelscope/ms-swift"
# commit = "3602360"
# work = "rules,code"
# ///
"""ms-swift loads its own example plugin, whose Judge0 reward is given nothing but our URL."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import torch
from outage import front, nowhere
from swift.rewards import orms
from swift.rl_core.grpo_algorithm import compute_rewards_per_func
from swift.utils.utils import import_external_file

if TYPE_CHECKING:
    from collections.abc import Sequence

URL = os.environ["VERIFIER_URL"]
CASES = ({"input": "1 2\n", "output": "3\n"}, {"input": "3 4\n", "output": "7\n"})
SUM = "print(sum(map(int, input().split())))"

PLUGIN = Path(os.environ["CHECKOUT"]) / "examples/train/grpo/plugin/plugin.py"


def rewards(
    url: str, *programs: str, language: str = "python", cases: Sequence[object] = CASES
) -> list[float]:
    """What ms-swift makes of completions."""

    def sample(program: str) -> SimpleNamespace:
        """The part of a GRPOSample that rewards are made of."""
        text = f"```{language}\n{program}\n```"
        return SimpleNamespace(
            messages=[{"role": "user", "content": "?"}, {"role": "assistant", "content": text}],
            to_reward_row=lambda: {
                "verification_info": {"language": language, "test_cases": list(cases)},
                "messages": [],
            },
        )

    os.environ["JUDGE0_ENDPOINT"] = url
    reward = orms["external_code_reward_by_judge0"](None)
    samples = [sample(program) for program in programs]
    found = compute_rewards_per_func(samples, [reward], None, torch.device("cpu"))
    return found.flatten().tolist()


import_external_file(str(PLUGIN))
assert rewards(URL, SUM, "print(3)", "print(0)", "def f(:", "1 / 0") == [1.0, 0.5, 0.0, 0.0, 0.0]
assert rewards(URL, "while True: pass", cases=CASES[:1]) == [0.0]
cpp = "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }"
assert rewards(URL, cpp, language="cpp") == [0.0], "it takes cpp for Python: its name is c++"
with front(ill=0) as service:
    assert rewards(service.url, SUM, cases=[{"input": 1, "output": "3"}, *CASES]) == [0.0]
    assert service.statuses == [422], "a gold that cannot be read; the other cases are not asked"
assert rewards(nowhere(), SUM) == [0.0]
for status in (503, 429):
    with front(status) as ill:
        assert rewards(ill.url, SUM, "print(0)") == [0.0, 0.0]
        assert len(ill.posts) == 2, "one try for each completion, whatever the cases"  # noqa: PLR2004
print(
    f"ms-swift {version('ms-swift')}: example plugin, compute_rewards_per_func, Judge0; down, 422, "
    "429, 503: one try, then 0"
)
