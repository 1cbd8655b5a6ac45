"""A trainer that sends each test case by itself and twice, as ROLL does, 512 at the same time."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from verifier.bench import Figure
from verifier.bench.raw import RawConnection
from verifier.bench.served import served

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME = "fanout"

_PROMPTS = 64
_GROUP = 8
"""Completions of a prompt."""
_CASES = 8
_SENDS = 2
"""ROLL sends every test twice."""
_IN_FLIGHT = 512
"""verl: 8 reward workers with 64 requests each."""
_CLIENT_SECONDS = 30.0
"""Within which these clients have to have their answers."""
_BODIES = {
    "right": "print(a * {k} + b)",
    "wrong": "print(a * {k} - b)",
    "right, another way": "print(sum([b] + [a] * {k}))",
    "crashes": "print(a // (b - b))",
    "no answer": "pass",
}
_SHARES = (6, 4, 2, 2, 1)


@dataclass(frozen=True, slots=True)
class _Case:
    """One request, and what the client has to find in the answer."""

    body: bytes
    status: str
    stdout: str


def measure() -> Iterator[Figure]:
    """Requests per second, latency, and how much of the work was not done again."""
    cases = _cases()
    distinct = len({case.body for case in cases})
    with served() as service:
        seconds, took, failures = asyncio.run(_send(service.url, cases))
        counted = _counted(service.url)
    yield Figure("requests", len(cases), "requests")
    yield Figure("distinct", distinct, "requests")
    yield Figure("failed or wrong", failures, "requests", at_most=0)
    yield Figure("rate", len(cases) / seconds, "requests/s")
    yield Figure("p50", statistics.median(took), "s")
    yield Figure("p99", statistics.quantiles(took, n=100)[98], "s")
    yield Figure("slowest", max(took), "s", at_most=_CLIENT_SECONDS)
    shared = counted["verifier_rollouts_shared_total", ""]
    remembered = counted["verifier_programs_total", "remembered"]
    run = counted["verifier_programs_total", "run"]
    yield Figure("shared a place in the queue", shared / len(cases), "of requests")
    yield Figure("remembered", remembered / len(cases), "of requests")
    yield Figure("programs run", run, "programs", at_most=distinct)
    yield Figure("rate of programs", run / seconds, "programs/s")


def _cases() -> list[_Case]:
    """The requests of a step, in the order in which completions end: by chance."""
    source = random.Random(0)  # noqa: S311 - a sample, no secret
    cases = []
    for prompt in range(_PROMPTS):
        inputs = [(source.randrange(1000), source.randrange(1, 1000)) for _ in range(_CASES)]
        for kind in source.choices(list(_BODIES), _SHARES, k=_GROUP):
            code = f"a, b = map(int, input().split())\n{_BODIES[kind].format(k=prompt + 2)}\n"
            cases += [_case(kind, code, a, b, prompt + 2) for a, b in inputs for _ in range(_SENDS)]
    source.shuffle(cases)
    return cases


def _case(kind: str, code: str, a: int, b: int, k: int) -> _Case:
    body = {
        "code": code,
        "stdin": f"{a} {b}\n",
        "language": "python",
        "compile_timeout": 10,
        "run_timeout": 10,
        "memory_limit_MB": 512,
        "files": {},
        "fetch_files": [],
    }
    stdout = {"wrong": f"{a * k - b}\n", "crashes": "", "no answer": ""}.get(kind, f"{a * k + b}\n")
    status = "Failed" if kind == "crashes" else "Success"
    return _Case(json.dumps(body).encode(), status, stdout)


async def _send(url: str, cases: Sequence[_Case]) -> tuple[float, list[float], int]:
    """Seconds for all, seconds for each, and how many were not as they should be."""
    took: list[float] = []
    failures = 0
    waiting = iter(cases)

    async def sender() -> None:
        nonlocal failures
        async with RawConnection(url, "/run_code") as connection:
            for case in waiting:
                started = time.perf_counter()
                status, answer = await connection.post(case.body)
                took.append(time.perf_counter() - started)
                failures += not _as_wanted(status, answer, case)

    started = time.perf_counter()
    await asyncio.gather(*(sender() for _ in range(_IN_FLIGHT)))
    return time.perf_counter() - started, took, failures


def _as_wanted(status: int, answer: bytes, case: _Case) -> bool:
    if status != httpx2.codes.OK:
        return False
    found = json.loads(answer)
    run = found["run_result"]
    return found["status"] == case.status and run is not None and run["stdout"] == case.stdout


def _counted(url: str) -> dict[tuple[str, str], float]:
    """The counters by name and `source`."""
    text = httpx2.get(f"{url}/metrics").raise_for_status().text
    return {
        (sample.name, sample.labels.get("source", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
