"""Programs in warm sandboxes beside a bare interpreter, `docker exec` and `docker run`."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import statistics
import time
from typing import TYPE_CHECKING

import httpx2

from sandbox.pool import Pool
from sandbox.types import Case, Limits, Program
from verifier.bench import Figure
from verifier.bench.samples import (
    LABEL,
    bare_python,
    ours,
    processes,
    runs,
    samples,
    warm_container,
)
from verifier.bench.served import served
from verifier.bench.turns import by_turns
from verifier.model import Reference, Rollout, ScoreRequest
from verifier.sandboxes import open_backend, open_pool
from verifier.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from sandbox.backends.base import Sandbox
    from verifier.bench.turns import Timed

NAME = "sandbox"

_SLOTS = 2
_CROWD = 32
_CROWD_SECONDS = 6.0
_MADE = 5
_BATCH = 64
_TIMEOUT_SECONDS = 120
_JSON = {"Content-Type": "application/json"}
_OURS = "ours"
_BARE = "python3 -c"
_HARDENED = (
    *("--network", "none", "--read-only", "--tmpfs", "/tmp", "--user", "65534:65534"),  # noqa: S108
    *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
    *("--pids-limit", "64", "--memory", "512m", "--memory-swap", "512m"),
)


def measure() -> Iterator[Figure]:
    """The ways by turns; then many clients, new sandboxes, and a sandbox for each program."""
    settings = Settings()
    with open_pool(settings, _SLOTS) as pool:
        for name, timed in _compared(pool, settings.sandbox_image):
            for way, one in timed.items():
                yield from one.figures(f"{name}, {way}")
            mine = timed.pop(_OURS)
            for way, other in timed.items():
                goal = 2.5 if (name, way) == ("print(1)", _BARE) else None
                yield Figure(f"{name}, ours / {way}", mine.times(other), "times", at_least=goal)
        yield from _crowded(pool)
        yield from _through_the_service(pool)
    yield from _made(settings)
    yield from _single_use(settings)


def _compared(pool: Pool, image: str) -> Iterator[tuple[str, dict[str, Timed]]]:
    """What each way did with each sample."""
    python = bare_python()
    with contextlib.ExitStack() as stack:
        commands: dict[str, list[str]] = {}
        if python is not None:
            commands[_BARE] = [python, "-c"]
            commands["python3 -I -c"] = [python, "-I", "-c"]
        if shutil.which("docker"):
            warm = stack.enter_context(warm_container(image))
            commands["docker exec"] = ["docker", "exec", "-i", warm, "python3", "-c"]
            run = ["docker", "run", "--rm", "-i", "--label", LABEL, *_HARDENED, image]
            commands["docker run, hardened"] = [*run, "python3", "-c"]
        for name, sample in samples().items():
            ways = {_OURS: ours(pool, sample)}
            for way, command in commands.items():
                if runs(command, sample.imports):
                    ways[way] = processes(command, sample)
            yield name, by_turns(ways, clients=_SLOTS)


def _crowded(pool: Pool) -> Iterator[Figure]:
    """Whether those who wait are served in their order."""
    work = ours(pool, samples()["print(1)"])
    timed = by_turns({_OURS: work}, clients=_CROWD, seconds=_CROWD_SECONDS, turns=1)[_OURS]
    name = f"print(1), {_CROWD} clients for {_SLOTS} slots"
    yield from timed.figures(name)
    yield Figure(f"{name}, p99 / p50", timed.p99 / timed.p50, "times", at_most=3)


def _through_the_service(pool: Pool) -> Iterator[Figure]:
    """Requests of 64 distinct programs through HTTP and RQ, beside the same programs in a pool."""
    numbers = itertools.count()

    def direct() -> int:
        for _ in range(_BATCH):
            number = next(numbers)
            with pool.lease() as slot:
                slot.load(Program(f"print({number})"), Limits())
                if slot.run(Case(), Limits()).stdout != b"%d\n" % number:
                    raise AssertionError(number)
        return _BATCH

    workers = {"VERIFIER_EVAL_WORKERS": "0", "VERIFIER_BATCH_WORKERS": "0"}
    with (
        served(
            VERIFIER_WORK="code",
            VERIFIER_TRAIN_WORKERS=str(_SLOTS),
            VERIFIER_CODE_CACHE_SECONDS="0",
            **workers,
        ) as service,
        httpx2.Client(base_url=service.url, timeout=_TIMEOUT_SECONDS) as client,
    ):

        def served_programs() -> int:
            rollouts = tuple(_rollout(next(numbers)) for _ in range(_BATCH))
            body = ScoreRequest(rollouts=rollouts, spec="code").model_dump_json()
            answer = client.post("/v1/score", content=body, headers=_JSON).raise_for_status()
            rewards = [one["reward"] for one in answer.json()["rewards"]]
            if rewards != [1.0] * _BATCH:
                raise AssertionError(answer.text)
            return _BATCH

        ways = {"direct": direct, "HTTP + RQ": served_programs}
        timed = by_turns(ways, clients=_SLOTS, seconds=4, turns=4)
    for way, one in timed.items():
        yield Figure(f"64 programs, {way}", one.rate, "executions/s")
        yield Figure(f"64 programs, {way}, p50", one.p50 * 1000, "ms")
    share = timed["HTTP + RQ"].times(timed["direct"])
    yield Figure("64 programs, HTTP + RQ, share of direct", share, "share", at_least=0.7)


def _rollout(number: int) -> Rollout:
    tests: JsonValue = {"kind": "stdio", "cases": [{"stdin": "", "stdout": f"{number}\n"}]}
    completion = f"<think>so</think>\n```python\nprint({number})\n```\n"
    return Rollout(completion=completion, reference=Reference(tests=tests))


def _made(settings: Settings) -> Iterator[Figure]:
    """How long it takes until a new sandbox takes programs, and until it is gone."""
    backend = open_backend(settings)
    made, ended = [], []
    sandbox: Sandbox | None = None
    try:
        for _ in range(_MADE):
            began = time.perf_counter()
            sandbox = backend.create()
            made.append(time.perf_counter() - began)
            began = time.perf_counter()
            sandbox.destroy()
            ended.append(time.perf_counter() - began)
    finally:
        if sandbox is not None:
            sandbox.destroy()
        backend.close()
    yield Figure("a new sandbox, p50", statistics.median(made) * 1000, "ms")
    yield Figure("the end of a sandbox, p50", statistics.median(ended) * 1000, "ms")


def _single_use(settings: Settings) -> Iterator[Figure]:
    with Pool(open_backend(settings), _SLOTS, "container") as pool:
        work = ours(pool, samples()["print(1)"])
        timed = by_turns({_OURS: work}, clients=_SLOTS, seconds=5, turns=1)[_OURS]
    yield from timed.figures("print(1), a sandbox for each program")
