"""Verdicts on pairs: ours through HTTP, a peer's from a process that can be killed, remembered."""

from __future__ import annotations

import hashlib
import json
import os
import re
import select
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sandbox import die_with_parent
from suites.peers import ELSEWHERE
from verifier.bench.served import served
from verifier.client import Client
from verifier.model import Reference, Rollout

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from pydantic import JsonValue

    from suites.pairs import Pair
    from verifier.model import Reward

Verdict = bool | None
"""Whether an answer is right; None where a grader abstains, fails or hangs."""

_AT_ONCE = 32
_DEADLINE_SECONDS = 300.0
_PROSE: dict[str, JsonValue] = {
    "name": "prose",
    "extract": {"sources": ["boxed", "answer_tag", "final_answer", "hashes", "last_math"]},
    "checks": [{"id": "accuracy", "check": "math_equivalence"}],
}
_START_SECONDS = 60.0
_KNOWN_AFTER = 50


def ours(pairs: Sequence[Pair]) -> Iterator[Reward]:
    """Our rewards for the pairs, in order, from a service of our own.

    The spec is `math`; running text, which announces no answer, is looked through for the last
    formula or number, as its tests expect of the graders.
    """
    with served() as service, Client(service.url) as client:
        for begin in range(0, len(pairs), _AT_ONCE):
            chunk = pairs[begin : begin + _AT_ONCE]
            rewards: dict[int, Reward] = {}
            for prose in (False, True):
                chosen = [n for n, pair in enumerate(chunk) if (pair.form == "prose") is prose]
                rollouts = [
                    Rollout(
                        completion=chunk[n].completion, reference=Reference(value=chunk[n].gold)
                    )
                    for n in chosen
                ]
                if rollouts:
                    spec = _PROSE if prose else "math"
                    found = client.score(rollouts, spec=spec, deadline_seconds=_DEADLINE_SECONDS)
                    rewards |= dict(zip(chosen, found.rewards, strict=True))
            yield from (rewards[n] for n in range(len(chunk)))


@dataclass
class Peer:
    """A peer in a process of its own, started again after a pair on which it hangs."""

    name: str
    checkouts: Path
    elsewhere: str
    cap_seconds: float
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._stop()

    def grade(self, pair: Pair) -> Verdict:
        """Its verdict; None also where it does not answer in time."""
        fresh = self._process is None
        process = self._process or self._start()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the peer was started without pipes")
        asked = json.dumps({"gold": pair.gold, "completion": pair.completion}) + "\n"
        try:
            process.stdin.write(asked.encode())
            process.stdin.flush()
        except BrokenPipeError as error:
            raise RuntimeError(f"{self.name} cannot be run by {self._interpreter}") from error
        seconds = self.cap_seconds + (_START_SECONDS if fresh else 0)
        ready, _, _ = select.select([process.stdout], [], [], seconds)
        line = process.stdout.readline() if ready else b""
        if not line:
            if fresh and process.poll() is not None:
                raise RuntimeError(f"{self.name} cannot be run by {self._interpreter}")
            self._stop()
            return None
        verdict = json.loads(line)["verdict"]
        return verdict if isinstance(verdict, bool) else None

    @property
    def _interpreter(self) -> str:
        return self.elsewhere if self.name in ELSEWHERE else sys.executable

    def _start(self) -> subprocess.Popen[bytes]:
        parent = os.getpid()
        script = Path(__file__).with_name("peers.py")
        self._process = subprocess.Popen(
            [self._interpreter, "-W", "ignore", str(script), self.name, str(self.checkouts)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
            preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509 - a system call and nothing else
        )
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


class Memory:
    """Verdicts of one peer, kept in a file of a folder; without a folder nothing is kept."""

    def __init__(self, folder: Path | None, peer: str) -> None:
        name = re.sub(r"\W", "_", peer.replace("$", "dollars"))
        self._path = folder / f"{name}.json" if folder else None
        self._known: dict[str, Verdict] = {}
        self._new = 0
        if self._path is not None and self._path.exists():
            self._known = json.loads(self._path.read_text(encoding="utf-8"))

    def verdict(self, pair: Pair, peer: Peer) -> Verdict:
        """What the peer said of the pair, once it has been asked."""
        key = hashlib.sha256(pair.key.encode()).hexdigest()
        if key not in self._known:
            self._known[key] = peer.grade(pair)
            self._new += 1
            if self._new % _KNOWN_AFTER == 0:
                self.keep()
        return self._known[key]

    def keep(self) -> None:
        """Write what is known."""
        if self._path is not None and self._new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self._known), encoding="utf-8")
