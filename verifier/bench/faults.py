"""What a trainer sees while workers are killed every two seconds and Redis is restarted."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import statistics
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from sandbox import die_with_parent
from verifier.bench import Figure
from verifier.bench.served import Served, served
from verifier.embedded import server_binary, worker_processes
from verifier.model import Reference, Rollout, ScoreRequest
from verifier.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

NAME = "faults"

_REQUESTS = 1_000
_PER_SECOND = 35.0
_KILL_SECONDS = 2.0
_RESTARTS = 2
_RESTART_REQUESTS = 400
_DOWN_SECONDS = 1.0
_DEADLINE_SECONDS = 30.0
_GRACE_SECONDS = 0.5
_WORKERS = {
    "VERIFIER_WORK": "rules",
    "VERIFIER_EVAL_WORKERS": "0",
    "VERIFIER_BATCH_WORKERS": "0",
}


@dataclass
class _Seen:
    """What the client saw."""

    answered: int = 0
    lost: int = 0
    refused: int = 0
    wrong: int = 0
    unscored: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def late_seconds(self) -> float:
        """How far the slowest answer was beyond its deadline."""
        return max(0.0, max(self.seconds) - _DEADLINE_SECONDS)


def measure() -> Iterator[Figure]:
    """Both drills; an answer is wrong where a scored reward is not the known one."""
    yield from _killed_workers()
    yield from _restarted_redis()


def _killed_workers() -> Iterator[Figure]:
    with served(VERIFIER_TRAIN_WORKERS="2", **_WORKERS) as service:
        seen, kills = asyncio.run(_drill(service, _REQUESTS, _kill_workers(service)))
    yield Figure("workers killed", kills, "kills", at_least=10)
    yield Figure("requests answered", seen.answered, "requests", at_least=_REQUESTS)
    yield Figure("requests lost", seen.lost + seen.refused, "requests", at_most=0)
    yield Figure("wrong rewards", seen.wrong, "rewards", at_most=0)
    yield Figure("rewards unscored", seen.unscored, "rewards")
    yield Figure("slowest answer beyond its deadline", seen.late_seconds, "s", at_most=15)
    yield Figure("slowest answer", max(seen.seconds), "s")
    yield Figure("answer p50", statistics.median(seen.seconds) * 1000, "ms")
    yield Figure("answer p99", statistics.quantiles(seen.seconds, n=100)[98] * 1000, "ms")


def _restarted_redis() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="verifier-drill-") as folder:
        server = _Server(Path(folder))
        url = f"unix://{server.socket}"
        settings = Settings(work=("rules",), train_workers=2, eval_workers=0, batch_workers=0)
        with server.running(), worker_processes(settings, url), served(VERIFIER_REDIS_URL=url) as s:
            seen, restarts = asyncio.run(_drill(s, _RESTART_REQUESTS, _restart(server)))
    hanging = sum(one > _DEADLINE_SECONDS + _GRACE_SECONDS for one in seen.seconds)
    yield Figure("Redis restarted", restarts, "restarts", at_least=_RESTARTS)
    yield Figure("requests answered, Redis restarted", seen.answered, "requests")
    yield Figure("requests refused with 503, Redis restarted", seen.refused, "requests")
    yield Figure("requests lost, Redis restarted", seen.lost, "requests", at_most=0)
    yield Figure("requests hanging, Redis restarted", hanging, "requests", at_most=0)
    yield Figure("wrong rewards, Redis restarted", seen.wrong, "rewards", at_most=0)
    yield Figure("rewards unscored, Redis restarted", seen.unscored, "rewards")
    yield Figure("slowest answer, Redis restarted", max(seen.seconds), "s")


class _Server:
    """A Redis of our own that is killed and started again at the same place, keeping nothing."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        self.start()
        try:
            yield
        finally:
            self.kill()

    def start(self) -> None:
        parent = os.getpid()
        arguments = ["--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self._process = subprocess.Popen(
            [str(server_binary()), *arguments],
            stdout=subprocess.DEVNULL,
            cwd=self.socket.parent,
            preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509 - single-threaded here
        )
        while not self.socket.exists() and self._process.poll() is None:
            time.sleep(0.01)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self.socket.unlink(missing_ok=True)


async def _drill(service: Served, requests: int, fault: AsyncIterator[None]) -> tuple[_Seen, int]:
    """Send requests at a steady pace while a fault strikes; what was seen, and how many strikes."""
    seen, strikes = _Seen(), 0

    async def strike() -> None:
        nonlocal strikes
        async for _ in fault:
            strikes += 1

    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(timeout=_DEADLINE_SECONDS + 20, limits=limits) as client:
        striking = asyncio.create_task(strike())
        sent = []
        for number in range(requests):
            sent.append(asyncio.create_task(_request(client, service.url, number, seen)))
            await asyncio.sleep(1 / _PER_SECOND)
        await asyncio.gather(*sent)
        striking.cancel()
        await asyncio.gather(striking, return_exceptions=True)
    return seen, strikes


async def _kill_workers(service: Served) -> AsyncIterator[None]:
    source = random.Random(0)  # noqa: S311 - a drill, no secret
    while True:
        await asyncio.sleep(_KILL_SECONDS)
        workers = [pid for pid, role in service.processes().items() if role == "worker"]
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(source.choice(workers), signal.SIGKILL)
            yield


async def _restart(server: _Server) -> AsyncIterator[None]:
    for _ in range(_RESTARTS):
        await asyncio.sleep(_KILL_SECONDS * 1.5)
        server.kill()
        await asyncio.sleep(_DOWN_SECONDS)
        server.start()
        yield


async def _request(client: httpx2.AsyncClient, url: str, number: int, seen: _Seen) -> None:
    rollouts, expected = _rollouts(number)
    request = ScoreRequest(rollouts=rollouts, deadline_seconds=_DEADLINE_SECONDS)
    headers = {"Content-Type": "application/json"}
    started = time.perf_counter()
    try:
        answer = await client.post(
            f"{url}/v1/score", content=request.model_dump_json(), headers=headers
        )
    except httpx2.TransportError:
        seen.lost += 1
        return
    finally:
        seen.seconds.append(time.perf_counter() - started)
    if answer.status_code == httpx2.codes.SERVICE_UNAVAILABLE:
        seen.refused += 1
        return
    rewards = answer.raise_for_status().json()["rewards"]
    seen.answered += len(rewards) == len(expected)
    for reward, right in zip(rewards, expected, strict=True):
        seen.unscored += reward["status"] == "unscored"
        seen.wrong += reward["status"] == "invalid" or reward["reward"] not in (None, right)


def _rollouts(number: int) -> tuple[tuple[Rollout, ...], tuple[float, ...]]:
    """Four rollouts that nobody sent before, two for algebra, and what each of them earns."""
    product = f"(x+{number})^{{2}}"
    pairs = (
        (f"{number}.50", f"\\frac{{{2 * number + 1}}}{{2}}", 1.0),
        (f"{number}", f"{number + 1}", 0.0),
        (product, f"x^{{2}}+{2 * number}x+{number**2}", 1.0),
        (product, f"x^{{2}}+{2 * number}x+{number**2 + 1}", 0.0),
    )
    rollouts = tuple(
        Rollout(completion=f"<think>so</think>\\boxed{{{answer}}}", reference=Reference(value=gold))
        for gold, answer, _ in pairs
    )
    return rollouts, tuple(reward for _, _, reward in pairs)
