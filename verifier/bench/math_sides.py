"""The two sides that are compared, each in a process of its own that keeps to one core."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from verifier.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.bench.math_workloads import Workload

TRL_VARIABLE = "BENCH_TRL_PYTHON"
"""The interpreter that has `trl`; without it this one is asked for Math-Verify."""
_PEER = Path(__file__).with_name("math_peer.py")
_HEAD_START_SECONDS = 0.5
_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Judged:
    """What a side made of one rollout; only ours tells what decided, and the answer it found."""

    reward: float | None
    seconds: float
    decided: str = ""
    answer: str = ""


class _Reply(msgspec.Struct, frozen=True):
    name: str = ""
    problem: str = "it did not start"
    rewards: list[float | None] | None = None
    seconds: list[float] = []
    decided: list[str] = []
    answers: list[str] = []
    began: float = 0.0
    ended: float = 0.0

    def judged(self) -> list[Judged]:
        rewards = self.rewards or []
        blank = [""] * len(rewards)
        rows = zip(rewards, self.seconds, self.decided or blank, self.answers or blank, strict=True)
        return [Judged(*row) for row in rows]


class Side:
    """A process that judges rollouts and says how long each took it.

    Raises:
        InvalidRequest: it has not what it needs; the message says what to do.
    """

    def __init__(self, command: Sequence[str], *, in_dollars: bool) -> None:
        self._in_dollars = in_dollars
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # Math-Verify repeats there whatever takes it too long
            text=True,
            encoding="utf-8",
        )
        hello = self._hear()
        if not hello.name:
            self.close()
            raise InvalidRequest(
                f"there is nothing to compare with ({hello.problem}): "
                f"name an interpreter that has trl or math-verify in {TRL_VARIABLE}"
            )
        self.name = hello.name

    def judge(self, workload: Workload) -> list[Judged]:
        """Its judgement of each rollout, in order."""
        self._order(workload)
        return self._answer().judged()

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            self._process.communicate(timeout=_STOP_SECONDS)
        self._process.kill()
        self._process.wait()

    def _order(self, workload: Workload, begin_at: float | None = None) -> None:
        order = {
            "completions": [given.completion for given in workload],
            "references": [g.in_dollars if self._in_dollars else g.reference for g in workload],
            "begin_at": begin_at,
        }
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()

    def _answer(self) -> _Reply:
        reply = self._hear()
        if reply.rewards is None:
            raise RuntimeError(f"{self.name} ended before it had judged")
        return reply

    def _hear(self) -> _Reply:
        line = self._process.stdout.readline() if self._process.stdout else ""
        return msgspec.json.decode(line or "{}", type=_Reply)


def ours(core: int) -> Side:
    """A process that scores as a worker does."""
    return Side([sys.executable, "-m", "verifier.bench.math_ours", str(core)], in_dollars=False)


def peer(core: int) -> Side:
    """TRL, or Math-Verify as TRL calls it; golds come in `$..$`, else it skips most of them."""
    python = os.environ.get(TRL_VARIABLE) or sys.executable
    # Isolated, so that modules beside the script do not stand in for those of the library.
    return Side([python, "-I", str(_PEER), str(core)], in_dollars=True)


def together(sides: Sequence[Side], shares: Sequence[Workload]) -> float:
    """Seconds from the moment at which all sides begin until the last one ends; ours only."""
    begin_at = time.monotonic() + _HEAD_START_SECONDS
    for side, share in zip(sides, shares, strict=True):
        side._order(share, begin_at)  # noqa: SLF001 - the same module
    replies = [side._answer() for side in sides]  # noqa: SLF001 - the same module
    return max(reply.ended for reply in replies) - min(reply.began for reply in replies)
