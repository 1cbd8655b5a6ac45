# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy", "requests"]
# [tool.rollout-verifier]
# checkout = "allenai/open-instruct"
# commit = "e6c3044"
# work = "rules,code"
# ///
"""open-instruct's `CodeVerifier` with asserts and with inputs, given nothing but our URL."""

from __future__ import annotations

import asyncio
import base64
import importlib
import json
import logging
import os
import pickle
import sys
import time
import zlib

from outage import front, nowhere
from stand_in import stand_in

sys.path.insert(0, os.environ["CHECKOUT"])
stand_in(
    *("open_instruct.context_window_checker", "open_instruct.if_functions"),
    *("open_instruct.IFEvalG", "open_instruct.judge_utils", "open_instruct.rubrics"),
    *("open_instruct.utils", "open_instruct.math_utils"),
)
stand_in("open_instruct.logger_utils", setup_logger=logging.getLogger)
truth = importlib.import_module("open_instruct.ground_truth_utils")

URL = f"{os.environ['VERIFIER_URL']}/test_program"
DOUBLE = "```python\ndef double(n):\n    return 2 * n\n```"
HALF = "```python\ndef double(n):\n    return 2\n```"
SUM = "```python\nprint(sum(map(int, input().split())))\n```"
SPIN = "```python\nwhile True: pass\n```"
ASSERTS = ["assert double(1) == 2", "assert double(2) == 4"]
STDIO = [{"input": "1 2\n", "output": "3\n"}, {"input": "3 4\n", "output": "7\n"}]


def score(
    text: str, tests: object, *, url: str = URL, stdio: bool = False, **more: object
) -> float:
    """The score of one sample, by the verifier of `code` or of `code_stdio`."""
    given = {
        "code_api_url": url.replace("/test_program", "/test_program_stdio") if stdio else url,
        "code_max_execution_time": 1.0,
        "code_pass_rate_reward_threshold": 0.0,
        "code_apply_perf_penalty": False,
    }
    verifier = truth.CodeVerifier(truth.CodeVerifierConfig(**given | more))
    return asyncio.run(verifier.async_call([], text, tests, "?")).score


def packed(tests: object) -> str:
    """As its data sets have them."""
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(tests)))).decode()


for tests in (ASSERTS, json.dumps(ASSERTS), packed(ASSERTS)):
    found = [score(text, tests) for text in (DOUBLE, HALF, "```python\n1 / 0\n```", SPIN)]
    assert found == [1.0, 0.5, 0.0, 0.0], (tests, found)
assert score(HALF, ASSERTS, code_pass_rate_reward_threshold=0.9) == 0.0
assert 0.5 < score(DOUBLE, ASSERTS, code_apply_perf_penalty=True) < 1.0  # noqa: PLR2004 - of the time
for tests in (STDIO, json.dumps(STDIO), packed(STDIO)):
    found = [score(text, tests, stdio=True) for text in (SUM, "```python\nprint(3)\n```", DOUBLE)]
    assert found == [1.0, 0.5, 0.0], (tests, found)

with front(ill=0) as service:
    for gold in ("no tests", [], ["double(1)"]):
        assert score(DOUBLE, gold, url=f"{service.url}/test_program") == 0.0
    assert service.statuses == [422, 422, 422], service.statuses
with front(ill=0) as service:
    late = f"{service.url}/test_program?within=1"
    unknown = SPIN.replace("pass", f"{time.time_ns()}")
    assert score(unknown, ASSERTS, url=late, code_max_execution_time=20.0) == 0.0
    assert service.statuses == [503], service.statuses
assert score(DOUBLE, ASSERTS, url=f"{nowhere()}/test_program") == 0.0
for status in (503, 429):
    with front(status) as ill:
        assert score(DOUBLE, ASSERTS, url=f"{ill.url}/test_program") == 0.0
        assert len(ill.posts) == 1, ill.posts
with front() as silent:
    began = time.monotonic()
    assert score(DOUBLE, ASSERTS, url=f"{silent.url}/test_program") == 0.0
    assert 29 < time.monotonic() - began < 35  # noqa: PLR2004 - the client waits for 30 s
    assert len(silent.posts) == 1, silent.posts
print(
    "open-instruct e6c3044: CodeVerifier, asserts and stdio, packed and plain; 422, 429, 503, a "
    "deadline, silence: one try, then 0 and a warning in its log, as when down"
)
