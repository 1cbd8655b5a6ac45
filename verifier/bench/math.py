"""Rollouts per second of the check for math beside TRL's reward, and what decides how many.

Both sides judge the same completions on the same core by turns, a slice each, so that noise falls
on both alike; every round has fresh processes, so that no side repeats what it remembers.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from verifier.bench.math_figures import Seen, disagreements, otherwise, speed, verdicts
from verifier.bench.math_sides import ours, peer, together
from verifier.bench.math_workloads import GROUPS, WARM_UP, halves, slices, workloads
from verifier.bench.served import served
from verifier.model import Reference, Rollout, ScoreRequest
from verifier.settings import available_cores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.bench import Figure
    from verifier.bench.math_workloads import Workload

NAME = "math"

DISAGREEMENTS_VARIABLE = "BENCH_DISAGREEMENTS"
"""A file for the rollouts on which the two sides disagree, as JSON lines."""
_ROUNDS = 3
_SLICE = 40
_WORKERS = (1, 2)
_DEADLINE_SECONDS = 300.0


def measure() -> Iterator[Figure]:
    """Every workload in process; the groups also by two processes, and through HTTP and RQ."""
    seen = {title: Seen(workload) for title, workload in workloads().items()}
    name = ""
    for _ in range(_ROUNDS):
        name = _round(seen)
    for title, one in seen.items():
        yield from speed(title, name, one)
        yield from verdicts(title, name, one)
    if GROUPS in seen:
        yield from otherwise(GROUPS, name, seen[GROUPS])
    if path := os.environ.get(DISAGREEMENTS_VARIABLE):
        rows = [row for title, one in seen.items() for row in disagreements(title, one)]
        Path(path).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _round(seen: dict[str, Seen]) -> str:
    """Judge everything once more; returns the other side's name."""
    core = max(os.sched_getaffinity(0))
    with contextlib.closing(ours(core)) as mine, contextlib.closing(peer(core)) as other:
        for side in (mine, other):
            side.judge(WARM_UP)
        for one in seen.values():
            one.ours.append([])
            one.theirs.append([])
            for piece in slices(one.workload, _SLICE):
                one.ours[-1] += mine.judge(piece)
                one.theirs[-1] += other.judge(piece)
    if GROUPS in seen:
        groups = seen[GROUPS]
        if available_cores() > 1:
            groups.two_processes.append(_by_two_processes(groups.workload))
        for workers in _WORKERS:
            rates = groups.served.setdefault(workers, [])
            rates.append(_through_http(groups, workers))
    return other.name


def _by_two_processes(workload: Workload) -> float:
    """Rollouts per second of two processes on two cores, half of the groups each."""
    first, second = sorted(os.sched_getaffinity(0))[-2:]
    with contextlib.closing(ours(first)) as one, contextlib.closing(ours(second)) as two:
        for side in (one, two):
            side.judge(WARM_UP)
        return len(workload) / together((one, two), halves(workload))


def _through_http(seen: Seen, workers: int) -> float:
    """Rollouts per second of a service that is asked for all in one request, as by a training step.

    Raises:
        AssertionError: a reward is another than in process.
    """
    with (
        served(VERIFIER_WORK="rules", VERIFIER_TRAIN_WORKERS=str(workers)) as service,
        httpx2.Client(base_url=service.url, timeout=_DEADLINE_SECONDS + 10) as client,
    ):
        for _ in range(2 * workers):  # so that every worker has begun
            _post(client, WARM_UP)
        rewards, seconds = _post(client, seen.workload)
    if rewards != [judged.reward for judged in seen.ours[-1]]:
        raise AssertionError("the service and the process disagree")
    return len(rewards) / seconds


def _post(client: httpx2.Client, workload: Workload) -> tuple[list[float | None], float]:
    """The rewards, and the seconds from the first byte sent to the last one read."""
    rollouts = tuple(
        Rollout(
            group=given.group,
            completion=given.completion,
            reference=Reference(value=given.reference),
        )
        for given in workload
    )
    request = ScoreRequest(rollouts=rollouts, spec="math", deadline_seconds=_DEADLINE_SECONDS)
    body, headers = request.model_dump_json().encode(), {"Content-Type": "application/json"}
    started = time.perf_counter()
    answer = client.post("/v1/score", content=body, headers=headers)
    seconds = time.perf_counter() - started
    return [row["reward"] for row in answer.raise_for_status().json()["rewards"]], seconds
