# /// script
# requires-python = ">=3.11"
# dependencies = ["aiohttp", "aiofiles", "async_lru", "pandas"]
# [tool.rollout-verifier]
# checkout = "huggingface/open-r1"
# commit = "1416fa0"
# work = "rules,code"
# ///
"""open-r1's `PistonClient`, given nothing but our URL, with languages that are no packages."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import io
import os
import sys
import tempfile
import time
from pathlib import Path

from outage import front, nowhere
from stand_in import stand_in

sys.path.insert(0, str(Path(os.environ["CHECKOUT"]) / "src"))
stand_in(
    "datasets", "dotenv", *(f"open_r1.utils.{n}" for n in ("data", "import_utils", "model_utils"))
)
stand_in("open_r1.utils.import_utils", is_morph_available=lambda: False)
piston = importlib.import_module("open_r1.utils.competitive_programming.piston_client")
codeforces = importlib.import_module("open_r1.utils.competitive_programming.cf_scoring")

URL = f"{os.environ['VERIFIER_URL']}/api/v2"
SUM = "print(sum(map(int, input().split())))"
PROBLEM = {
    "id": "1/A",
    "official_tests": [{"input": "1 2\n", "output": "3\n"}],
    "time_limit": 1.0,
    "memory_limit": 256.0,
    "input_mode": "stdio",
    "generated_checker": None,
}
CPP = "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }"


def client_of(url: str) -> object:
    """A client as open-r1 makes it."""
    os.environ["PISTON_ENDPOINTS"] = url
    piston.get_piston_client_from_env.cache_clear()
    return piston.get_piston_client_from_env()


async def run(
    program: str, *, url: str = URL, language: str = "python", tries: int = 2, **more: object
) -> dict | None:
    """What the client makes of one program's run."""
    client = client_of(url)
    body = {"files": [{"name": "main", "content": program}], "stdin": "1 2\n", "run_timeout": 2000}
    try:
        return await client.send_execute(body | more, language=language, max_retries=tries - 1)
    finally:
        await client.session.close()


def ended(program: str, **more: object) -> tuple[object, ...]:
    """How it ended: exit code, signal, and what it printed."""
    run_of_it = asyncio.run(run(program, **more))["run"]
    return run_of_it["code"], run_of_it["signal"], run_of_it["stdout"]


def lost(**more: object) -> bool:
    """Whether the client has no output of a right program."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        found = asyncio.run(run(SUM, **more))
    assert "Retrying in" in said.getvalue(), said.getvalue()
    return found is None


assert ended(SUM) == (0, None, "3\n")
assert ended(CPP, language="c++17") == (0, None, "3")
assert ended("raise SystemExit(3)") == (3, None, "")
assert ended("1 / 0") == (1, None, "")
assert ended("while True: pass") == (None, "SIGKILL", "")
refused = asyncio.run(run("int main() { return }", language="c++"))
assert refused["compile"]["code"] == 1, refused
client_default = inspect.signature(piston.PistonClient.send_execute).parameters["max_retries"]
assert client_default.default == 5, "six tries"  # noqa: PLR2004
for language in ("cms_ioi", "cf_python3"):
    assert lost(language=language), "its graders' packages are no languages here"
with front(ill=0) as service:
    assert lost(url=f"{service.url}/api/v2", args=7)
    assert service.statuses == [422, 422], service.statuses
late = f"while True: {time.time_ns()}"  # new in every run: a verdict is remembered
assert ended(late) == (None, "SIGKILL", "")
for status in (503, 429):
    with front(status) as ill:
        assert lost(url=f"{ill.url}/api/v2")
        assert len(ill.posts) == 2, ill.posts  # noqa: PLR2004 - as many as we let it
with front(503, ill=2) as ill, contextlib.redirect_stdout(io.StringIO()):
    found = asyncio.run(run(SUM, url=f"{ill.url}/api/v2", tries=6))
    assert found["run"]["stdout"] == "3\n", "the third try"


async def score(program: str) -> float:
    """What its Codeforces reward makes of a program in C++."""
    with front(ill=0) as service, tempfile.TemporaryDirectory() as folder:
        os.environ["CF_TESTS_FOLDER"] = folder
        client = client_of(f"{service.url}/api/v2")
        try:
            return await codeforces.score_submission(client, PROBLEM, program)
        finally:
            await client.session.close()
            assert service.statuses == [422] * 6, service.statuses


async def when_down() -> None:
    """The first program raises, and the next waits for ever: its place was not given back."""
    client = client_of(f"{nowhere()}/api/v2")
    body = {"files": [{"name": "main", "content": SUM}]}
    try:
        await client.send_execute(body, language="python")
    except piston.PistonError:
        first = "raised"
    else:
        first = "made an output"
    assert first == "raised", first
    try:
        await asyncio.wait_for(client.send_execute(body, language="python"), 20)
    except TimeoutError:
        assert client.endpoint_tokens.empty(), "it does not wait for a place"
    else:
        raise AssertionError("a service that is down made an output")
    finally:
        await client.session.close()


with contextlib.redirect_stdout(io.StringIO()):
    assert asyncio.run(score('int main() { __builtin_puts("1"); }')) == 0.0, "it prints its score"
    asyncio.run(when_down())
print(
    "open-r1 1416fa0: PistonClient; 422, 429, 503: six tries, then no output; down: "
    "an error, then it waits for ever"
)
