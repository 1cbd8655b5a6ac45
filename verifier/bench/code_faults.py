"""What a trainer sees while sandboxes are killed and the engine goes away, hangs and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from verifier.bench import Figure
from verifier.bench.engine import Door, engine_pid, left_behind, restart, sandboxes
from verifier.bench.samples import docker
from verifier.bench.served import Served, served
from verifier.model import Reference, Rollout, ScoreRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from pydantic import JsonValue

    from verifier.bench.engine import State

NAME = "code_faults"

_PROGRAMS = 2_000
_GROUP = 16
_REQUESTS_PER_SECOND = 2.0
_KILL_SECONDS = 2.0
_RESTART_AFTER_SECONDS = 20.0
_DEADLINE_SECONDS = 60.0
_HASTY_SECONDS = 8.0
_RECOVERY_SECONDS = 60.0
_LEFT = "sandboxes left after the service"
_SETTINGS = {
    "VERIFIER_WORK": "code",
    "VERIFIER_SANDBOX": "docker",
    "VERIFIER_TRAIN_WORKERS": "2",
    "VERIFIER_EVAL_WORKERS": "0",
    "VERIFIER_BATCH_WORKERS": "0",
    "VERIFIER_CODE_CACHE_SECONDS": "0",
}
_JSON = {"Content-Type": "application/json"}


def measure() -> Iterator[Figure]:
    """Killed sandboxes and a restarted engine; then an engine that is away, and one that hangs."""
    with tempfile.TemporaryDirectory(prefix="verifier-drill-") as folder:
        door = Door(Path(folder) / "docker.sock")
        with served(**_SETTINGS, DOCKER_HOST=door.url) as service:
            seen, owners = asyncio.run(_drill(service, door))
            yield from _told(seen)
        yield Figure(_LEFT, left_behind(owners), "containers", at_most=0)
        with served(**_SETTINGS, DOCKER_HOST=door.url) as service:
            owners = _owners(service)
            yield from asyncio.run(_gone(service, door, "shut", "engine away"))
            yield from asyncio.run(_gone(service, door, "silent", "engine hangs"))
            owners |= _owners(service)
        yield Figure(_LEFT, left_behind(owners), "containers", at_most=0)


@dataclass
class _Seen:
    """What the client saw."""

    answered: int = 0
    lost: int = 0
    false: int = 0
    unscored: int = 0
    killed: int = 0
    restarts: int = 0
    seconds: list[float] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)


def _told(seen: _Seen) -> Iterator[Figure]:
    yield Figure("sandboxes killed", seen.killed, "kills", at_least=10)
    how = "restarted" if engine_pid() else "away with all sandboxes, and back"
    yield Figure(f"engine {how}", seen.restarts, "restarts", at_least=1)
    yield Figure("programs answered", seen.answered, "programs", at_least=_PROGRAMS)
    yield Figure("programs lost", seen.lost, "programs", at_most=0)
    yield Figure("false verdicts", seen.false, "programs", at_most=0)
    yield Figure("programs unscored", seen.unscored, "programs")
    yield Figure("reasons of these, different ones", len(seen.reasons), "reasons")
    yield Figure("answer p50", statistics.median(seen.seconds) * 1000, "ms")
    yield Figure("slowest answer", max(seen.seconds), "s", at_most=_DEADLINE_SECONDS + 5)


async def _drill(service: Served, door: Door) -> tuple[_Seen, set[str]]:
    """Groups of programs at a steady pace while sandboxes die; all owners of sandboxes too."""
    seen, owners = _Seen(), _owners(service)

    async def strike() -> None:
        async for _ in _kills(service, owners):
            seen.killed += 1

    async def go_away() -> None:
        await asyncio.sleep(_RESTART_AFTER_SECONDS)
        await asyncio.to_thread(restart, door, owners)
        seen.restarts += 1

    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(
        base_url=service.url, timeout=_DEADLINE_SECONDS + 20, limits=limits
    ) as client:
        faults = [asyncio.create_task(strike()), asyncio.create_task(go_away())]
        sent = []
        for first in range(0, _PROGRAMS, _GROUP):
            sent.append(asyncio.create_task(_group(client, first, seen)))
            await asyncio.sleep(1 / _REQUESTS_PER_SECOND)
        await asyncio.gather(*sent)
        faults[0].cancel()
        await asyncio.gather(*faults, return_exceptions=True)
    return seen, owners


async def _group(client: httpx2.AsyncClient, first: int, seen: _Seen) -> None:
    known = [_program(number) for number in range(first, first + _GROUP)]
    rollouts = tuple(rollout for rollout, _ in known)
    began = time.perf_counter()
    try:
        rewards = await _score(client, rollouts, _DEADLINE_SECONDS)
    except httpx2.HTTPError:
        seen.lost += _GROUP
        return
    finally:
        seen.seconds.append(time.perf_counter() - began)
    seen.lost += _GROUP - len(rewards)
    for reward, (_, right) in zip(rewards, known, strict=False):
        seen.answered += 1
        if reward["reward"] is None:
            seen.unscored += 1
            seen.reasons.add(str(reward["reason"]))
        seen.false += _is_false(reward, right)


async def _score(
    client: httpx2.AsyncClient, rollouts: tuple[Rollout, ...], deadline_seconds: float
) -> list[dict[str, JsonValue]]:
    request = ScoreRequest(rollouts=rollouts, spec="code", deadline_seconds=deadline_seconds)
    answer = await client.post("/v1/score", content=request.model_dump_json(), headers=_JSON)
    rewards: list[dict[str, JsonValue]] = answer.raise_for_status().json()["rewards"]
    return rewards


def _is_false(reward: dict[str, JsonValue], right: float) -> bool:
    """Whether a reward says something about a program that is not so."""
    return reward["status"] == "invalid" or reward["reward"] not in (None, right)


def _program(number: int) -> tuple[Rollout, float]:
    """A program that nobody sent before, which works for a while, and what it earns."""
    right = sum(i * i for i in range(number % 97)) + number
    ends = (
        ("print(total + {n})", 1.0),
        ("print(total + {n} + 1)", 0.0),
        ("print(total + {n})", 1.0),
        ("raise ValueError(total)", 0.0),
        ("import os\nos.write(1, b'%d\\n' % (total + {n}))\nos._exit(0)", 1.0),
        ("print(total + {n}, end='.5')", 0.0),
    )
    end, reward = ends[number % len(ends)]
    source = f"""\
total = sum(i * i for i in range({number % 97}))
for _ in range(300_000):
    pass
{end.format(n=number)}
"""
    tests: JsonValue = {"kind": "stdio", "cases": [{"stdin": "", "stdout": f"{right}\n"}]}
    completion = f"<think>so</think>\n```python\n{source}```\n"
    return Rollout(completion=completion, reference=Reference(tests=tests)), reward


def _owners(service: Served) -> set[str]:
    """How the service's processes mark their sandboxes."""
    return {f"{os.uname().nodename}:{pid}" for pid in service.processes()}


async def _kills(service: Served, owners: set[str]) -> AsyncIterator[None]:
    source = random.Random(0)  # noqa: S311 - a drill, no secret
    while True:
        await asyncio.sleep(_KILL_SECONDS)
        owners |= _owners(service)
        with contextlib.suppress(subprocess.SubprocessError, IndexError):
            found = await asyncio.to_thread(sandboxes, owners)
            await asyncio.to_thread(docker, "kill", source.choice(found))
            yield


async def _gone(service: Served, door: Door, state: State, name: str) -> list[Figure]:
    """The engine goes away under a service that has worked; then it comes back."""
    known = [_program(number) for number in range(_GROUP)]
    rollouts = tuple(rollout for rollout, _ in known)
    async with httpx2.AsyncClient(base_url=service.url, timeout=_DEADLINE_SECONDS) as client:
        before = await _score(client, rollouts, _DEADLINE_SECONDS)
        restarts = (await client.get("/readyz")).json()["worker_restarts"]
        began = time.perf_counter()
        door.put(state)
        noticing = asyncio.create_task(_until_ready(client, began, ready=False))
        during = await _score(client, rollouts, _HASTY_SECONDS)
        answered = time.perf_counter() - began
        noticed = await noticing
        door.put("open")
        began = time.perf_counter()
        ready = await _until_ready(client, began, ready=True)
        after = await _score(client, rollouts, _DEADLINE_SECONDS)
        scored = time.perf_counter() - began
        replaced = (await client.get("/readyz")).json()["worker_restarts"] - restarts
    null = [one for one in during if one["reward"] is None]
    false = sum(_is_false(one, right) for one, (_, right) in zip(during, known, strict=True))
    missed = sum(
        one["reward"] != right
        for rewards in (before, after)
        for one, (_, right) in zip(rewards, known, strict=True)
    )
    return [
        Figure(f"{name}: null", len(null), "programs", at_least=_GROUP),
        Figure(
            f"{name}: null without a reason",
            sum(not one["reason"] for one in null),
            "programs",
            at_most=0,
        ),
        Figure(f"{name}: false verdicts", false, "programs", at_most=0),
        Figure(f"{name}: answered after", answered, "s", at_most=_HASTY_SECONDS + 5),
        Figure(f"{name}: /readyz says 503 after", noticed, "s", at_most=15),
        Figure(f"{name}: ready again after", ready, "s", at_most=_RECOVERY_SECONDS),
        Figure(f"{name}: scores again after", scored, "s", at_most=_RECOVERY_SECONDS),
        Figure(f"{name}: not scored rightly before or after", missed, "programs", at_most=0),
        Figure(f"{name}: workers replaced", replaced, "workers"),
    ]


async def _until_ready(client: httpx2.AsyncClient, began: float, *, ready: bool) -> float:
    """Seconds since it began until /readyz says so; infinite where it does not in time."""
    while time.perf_counter() - began < _RECOVERY_SECONDS:
        answer = await client.get("/readyz")
        if (answer.status_code == httpx2.codes.OK) is ready:
            return time.perf_counter() - began
        await asyncio.sleep(0.05)
    return float("inf")
