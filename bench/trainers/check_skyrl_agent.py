# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy", "requests", "pydantic"]
# [tool.rollout-verifier]
# checkout = "NovaSky-AI/SkyRL"
# commit = "a956457"
# work = "rules,code"
# ///
"""SkyRL-agent's `coder1` runs its programs at `/run_code` of a host, port 8080."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path

from outage import front

VERIFIERS = Path(os.environ["CHECKOUT"]) / "skyrl-agent/skyrl_agent/tasks/verifiers"
SUMS = {"inputs": ["1 2\n", "3 4\n"], "outputs": ["3\n", "7\n"]}
SUM = "print(sum(map(int, input().split())))"

# Without its package, which imports torch and all of its tasks.
sys.path.insert(0, str(VERIFIERS))
os.environ["CODER1_EXEC"] = "sandboxfusion"
coder1 = importlib.import_module("coder1")


HERE, THERE = "127.0.0.2", "127.0.0.3"
PORT = 8080


def score(program: str, tests: object = SUMS, hosts: str = HERE) -> float:
    """What SkyRL makes of a completion."""
    os.environ["SANDBOX_FUSION_SERVERS"] = hosts
    completion = f"<think>?</think>\n```python\n{program}\n```"
    return coder1.compute_score(completion, json.dumps(tests), extra_info={})["score"]


with front(ill=0, address=(HERE, PORT)) as service:
    found = [score(program) for program in (SUM, "print(3)", "print(0)", "def f(:", "1 / 0")]
    assert found == [1.0, 0.0, 0.0, 0.0, 0.0], found
    functional = {"functional": "assert double(2) == 4"}
    assert score("def double(n):\n    return 2 * n", functional) == 1.0
    assert score("def double(n):\n    return n", functional) == 0.0
    assert set(service.statuses) == {200}, service.statuses
    assert score(SUM, {"inputs": [1], "outputs": ["3"]}) == 0.0
    assert service.statuses[-1] == 422, "a gold that cannot be read"  # noqa: PLR2004
    with front(503, address=(THERE, PORT)) as ill:
        assert score(SUM, hosts=f"{THERE},{HERE}") == 1.0, "the next host is asked"
        assert len(ill.posts) == len(SUMS["inputs"]), ill.posts
assert score(SUM) == 0.0, "down"
for status in (504, 503, 429):
    with front(status, address=(HERE, PORT)) as ill:
        assert score(SUM) == 0.0
        assert len(ill.posts) == len(SUMS["inputs"]), ill.posts
with front(address=(HERE, PORT)) as silent:
    began = time.monotonic()
    assert score(SUM) == 0.0
    assert 31 < time.monotonic() - began < 36  # noqa: PLR2004 - it waits for 32 s
print(
    "SkyRL a956457: coder1.compute_score; 422, 429, 503, 504, down, silence of 32 s: the next "
    "host, then 0"
)
