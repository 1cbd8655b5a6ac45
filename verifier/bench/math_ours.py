"""Our side's process: one that scores as a worker does, with a killable child of its own.

It reads and answers lines as `verifier.bench.math_peer` does, and tells besides what decided. An
order may name the moment to `begin_at`, by the monotonic clock, so that two processes begin
together.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from verifier.model import Reference, Rollout
from verifier.scoring import score
from verifier.settings import Settings
from verifier.spec import load_specs
from verifier.watchdog import Watchdog, start_zygote
from verifier.workbench import Workbench

if TYPE_CHECKING:
    from pydantic import JsonValue

    from verifier.checks.base import Tools
    from verifier.model import Reward

_START_SECONDS = 60.0


class _Order(msgspec.Struct, frozen=True):
    completions: list[str]
    references: list[str]
    begin_at: float | None = None


def main(core: int) -> None:
    """Serve on one core, the child included, until the input ends."""
    os.sched_setaffinity(0, {core})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "zygote.sock"
        zygote = start_zygote(path, Settings().child_memory_bytes)
        tools = Workbench(Watchdog(path))
        try:
            until = time.monotonic() + _START_SECONDS
            while not path.exists():
                if zygote.poll() is not None or time.monotonic() > until:
                    raise RuntimeError("the process for symbolic math did not start")
                time.sleep(0.02)
            _tell({"name": "ours"})
            for line in sys.stdin:
                _tell(_scored(msgspec.json.decode(line, type=_Order), tools))
        finally:
            tools.close()
            zygote.kill()
            zygote.wait()


def _scored(order: _Order, tools: Tools) -> dict[str, JsonValue]:
    compiled = load_specs().find("math")
    rewards: list[Reward] = []
    seconds: list[JsonValue] = []
    if order.begin_at is not None:
        time.sleep(max(0.0, order.begin_at - time.monotonic()))
    began = time.monotonic()
    for completion, reference in zip(order.completions, order.references, strict=True):
        started = time.perf_counter()
        rollout = Rollout(completion=completion, reference=Reference(value=reference))
        rewards.append(score(rollout, compiled, tools))
        seconds.append(time.perf_counter() - started)
    ended = time.monotonic()
    return {
        "rewards": [reward.reward for reward in rewards],
        "seconds": seconds,
        "decided": [_decided(reward) for reward in rewards],
        "answers": [reward.verdicts[0].evidence.get("answer", "") for reward in rewards],
        "began": began,
        "ended": ended,
    }


def _decided(reward: Reward) -> str:
    """The step of the ladder, or the outcome where there was none to climb."""
    verdict = reward.verdicts[0]
    return str(verdict.evidence.get("step", verdict.outcome))


def _tell(answer: dict[str, JsonValue]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
