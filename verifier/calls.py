"""What a caller asks of the service through `coalescing`, and what it gets."""

from __future__ import annotations

import asyncio
import contextlib
import time
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.model import Priority, Reward, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.model import Rollout

GRACE_SECONDS = 1.0
"""The service answers at the deadline; this is its time to say so."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where rollouts are scored, and how; calls by the same route may share a request."""

    url: str
    api_key: str | None = field(default=None, repr=False)
    spec: str | None = None
    priority: Priority = Priority.TRAIN


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one completion: a number, or none and the reason."""

    reward: float | None
    status: Status
    reason: str = ""
    scores: dict[str, float | None] = field(default_factory=dict)
    """Every check's own score, by its id in the spec."""

    @classmethod
    def of(cls, reward: Reward) -> Judged:
        """A reward of the service, less its evidence."""
        scores = {verdict.check: verdict.score for verdict in reward.verdicts}
        return cls(reward.reward, reward.status, reward.reason or "", scores)

    @classmethod
    def unscored(cls, reason: str) -> Judged:
        """No answer came in time."""
        return cls(None, Status.UNSCORED, reason)


class Call:
    """What one caller waits for; it ends at its deadline, whatever happens."""

    def __init__(self, rollouts: Sequence[Rollout], seconds: float) -> None:
        self.rollouts = rollouts
        self.until = time.monotonic() + seconds
        self.reason = "there was no answer by the deadline"
        """Why nothing better is known of what is not judged yet."""
        self.future: Future[list[Judged]] = Future()
        self._judged: dict[int, Judged] = {}
        self._alarm: asyncio.TimerHandle | None = None

    def watch(self) -> None:
        """Set the alarm; called in the loop."""
        seconds = max(self.until - time.monotonic(), 0) + GRACE_SECONDS
        self._alarm = asyncio.get_running_loop().call_later(seconds, self._expire)

    def settle(self, position: int, judged: Judged) -> None:
        """One of its rollouts is judged; with the last one the caller goes on."""
        self._judged[position] = judged
        if len(self._judged) == len(self.rollouts):
            self._finish()

    def fail(self, error: Exception) -> None:
        """The caller gets an exception."""
        self._silence()
        with contextlib.suppress(InvalidStateError):
            self.future.set_exception(error)

    def _expire(self) -> None:
        for position in range(len(self.rollouts)):
            self._judged.setdefault(position, Judged.unscored(self.reason))
        self._finish()

    def _finish(self) -> None:
        self._silence()
        # The caller may have gone in this very moment.
        with contextlib.suppress(InvalidStateError):
            self.future.set_result([self._judged[p] for p in range(len(self.rollouts))])

    def _silence(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
