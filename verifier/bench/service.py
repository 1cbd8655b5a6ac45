"""What the way through HTTP and RQ costs beside scoring in process, and how much it carries."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import http.client
import json
import random
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2
import psutil

from verifier.bench import Figure
from verifier.bench.raw import RawConnection
from verifier.bench.served import Served, served
from verifier.model import Reference, Rollout, ScoreRequest
from verifier.scoring import score
from verifier.spec import compile_spec
from verifier.watchdog import Watchdog
from verifier.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

NAME = "service"

_FREE: dict[str, JsonValue] = {"name": "free", "checks": [{"id": "free", "check": "exact_match"}]}
_BATCH = 64
_COMPLETION_CHARS = 2000
_ROUNDS = 330
_WARM_UP = 30
_KEYED, _KEYED_ROUNDS = 1024, 12
_CLIENTS = 64
_REQUESTS = 6_000
_BURST = 8192
_GROUP = 16
_SAMPLE = Path("examples/rollouts.jsonl")


def measure() -> Iterator[Figure]:
    """Overhead, requests per second, and R1's burst of 8,192 rollouts with real math."""
    with served(VERIFIER_WORK="rules") as service:
        yield from _overhead(service)
        yield from _keys(service)
        yield from _small_requests(service)
        yield from _burst(service)


def _overhead(service: Served) -> Iterator[Figure]:
    """HTTP and in process by turns, so that noise falls on both alike; then HTTP alone."""
    compiled = compile_spec(json.dumps(_FREE))
    tools = Workbench(Watchdog(Path("/nonexistent")))  # a free check calls no child
    inside, through = [], []
    gc.disable()  # a collection of ours is no cost of the service's
    with contextlib.closing(_Connection(service.url)) as connection:
        for number in range(_ROUNDS):
            rollouts = [_rollout(f"{number}-{i}") for i in range(_BATCH)]
            answer, seconds = connection.score(rollouts)
            through.append(seconds)
            started = time.perf_counter()
            rewards = [score(rollout, compiled, tools) for rollout in rollouts]
            inside.append(time.perf_counter() - started)
            found = [reward["reward"] for reward in json.loads(answer)["rewards"]]
            if found != [reward.reward for reward in rewards]:
                raise AssertionError("the service and the scorer disagree")
        batches = [[_rollout(f"alone-{n}-{i}") for i in range(_BATCH)] for n in range(_ROUNDS)]
        alone = [connection.score(rollouts)[1] for rollouts in batches]
    gc.enable()
    through, inside, alone = through[_WARM_UP:], inside[_WARM_UP:], alone[_WARM_UP:]
    over = statistics.median(a - b for a, b in zip(through, inside, strict=True))
    yield Figure("in process, 64 rollouts, p50", _ms(statistics.median(inside)), "ms")
    yield Figure("HTTP + RQ, 64 rollouts, p50", _ms(statistics.median(through)), "ms")
    yield Figure("HTTP + RQ, 64 rollouts, p99", _ms(statistics.quantiles(through, n=100)[98]), "ms")
    yield Figure("overhead p50", _ms(over), "ms", at_most=5)
    yield Figure("overhead per rollout", _ms(over) / _BATCH, "ms", at_most=0.1)
    yield Figure("HTTP + RQ, one request upon the other, p50", _ms(statistics.median(alone)), "ms")


def _keys(service: Served) -> Iterator[Figure]:
    """What an Idempotency-Key costs, by turns with requests that have none."""
    with contextlib.closing(_Connection(service.url)) as connection:
        for size in (1, _KEYED):
            over = []
            for number in range(_KEYED_ROUNDS):
                plain, keyed = (
                    [_rollout(f"{kind}-{size}-{number}-{i}") for i in range(size)]
                    for kind in ("plain", "keyed")
                )
                without = connection.score(plain)[1]
                over.append(connection.score(keyed, key=f"{size}-{number}")[1] - without)
            cost = _ms(statistics.median(over[1:]))
            yield Figure(f"an Idempotency-Key for {size:,} rollouts adds", cost, "ms")


class _Connection:
    """A kept connection that is nothing but fast."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._http = http.client.HTTPConnection(address.hostname or "", address.port)

    def score(self, rollouts: list[Rollout], key: str | None = None) -> tuple[bytes, float]:
        """The answer, and the seconds from the first byte sent to the last one read."""
        body = ScoreRequest(rollouts=tuple(rollouts), spec=_FREE).model_dump_json().encode()
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        started = time.perf_counter()
        self._http.request("POST", "/v1/score", body, headers)
        answer = self._http.getresponse().read()
        return answer, time.perf_counter() - started

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()


def _small_requests(service: Served) -> Iterator[Figure]:
    seconds = asyncio.run(_one_rollout_requests(service.url))
    yield Figure(f"{_CLIENTS} clients x 1 rollout", _REQUESTS / seconds, "requests/s", at_least=500)


async def _one_rollout_requests(url: str) -> float:
    """Seconds for all requests."""

    async def client(share: range) -> None:
        async with RawConnection(url, "/v1/score") as connection:
            for number in share:
                request = ScoreRequest(rollouts=(_rollout(f"small-{number}"),), spec=_FREE)
                status, answer = await connection.post(request.model_dump_json().encode())
                if status != httpx2.codes.OK:
                    raise AssertionError(answer.decode())

    started = time.perf_counter()
    await asyncio.gather(*(client(range(i, _REQUESTS, _CLIENTS)) for i in range(_CLIENTS)))
    return time.perf_counter() - started


def _burst(service: Served) -> Iterator[Figure]:
    """R1's rollout: 512 prompts x 16, here from real completions, each group with duplicates."""
    if not _SAMPLE.exists():
        return
    rollouts = _burst_rollouts()
    body = (
        ScoreRequest(rollouts=rollouts, spec="r1", deadline_seconds=300).model_dump_json().encode()
    )
    distinct = len({(r.completion, r.reference.value if r.reference else "") for r in rollouts})
    peaks: dict[str, int] = {}
    started = time.perf_counter()
    with httpx2.Client(timeout=310) as client:
        answer = client.post(
            f"{service.url}/v1/score", content=body, headers={"Content-Type": "application/json"}
        )
    seconds = time.perf_counter() - started
    counts = answer.raise_for_status().json()["counts"]
    for pid, role in service.processes().items():
        with contextlib.suppress(OSError, psutil.Error):
            peaks[role] = max(peaks.get(role, 0), _peak_bytes(pid))
    yield Figure("burst of 8,192, distinct rollouts", distinct, "rollouts")
    yield Figure("burst of 8,192, scored", counts["scored"], "rollouts", at_least=_BURST)
    yield Figure("burst of 8,192", _BURST / seconds, "rollouts/s")
    for role, peak in sorted(peaks.items()):
        yield Figure(f"peak memory, {role}", peak / 2**20, "MiB")


def _burst_rollouts() -> tuple[Rollout, ...]:
    sample = [json.loads(line) for line in _SAMPLE.read_text(encoding="utf-8").splitlines()]
    groups: dict[str, list[dict[str, str]]] = {}
    for row in sample:
        groups.setdefault(row["group"], []).append(row)
    source = random.Random(0)  # noqa: S311 - a sample, no secret
    names = sorted(groups)
    rollouts = []
    for prompt in range(_BURST // _GROUP):
        members = groups[names[prompt % len(names)]]
        for place in range(_GROUP):
            row = source.choice(members)
            # The same text in another group is another rollout, as it would be in training.
            text = row["completion"].replace("<think>", f"<think> ({prompt})", 1)
            rollouts.append(
                Rollout(
                    id=f"{prompt}-{place}",
                    group=str(prompt),
                    completion=text,
                    reference=Reference(value=row["reference"]),
                )
            )
    return tuple(rollouts)


def _peak_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return int(psutil.Process(pid).memory_info().rss)


def _rollout(mark: str) -> Rollout:
    filler = (f"step {mark} " * _COMPLETION_CHARS)[: _COMPLETION_CHARS - 40]
    completion = f"<think>{filler}</think><answer>{mark}</answer>"
    return Rollout(completion=completion, reference=Reference(value=mark))


def _ms(seconds: float) -> float:
    return seconds * 1000
