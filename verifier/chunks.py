"""Rollouts on their way through the queue, cut into the chunks that become jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier import wire

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable, Sequence

    from verifier.model import Priority
    from verifier.settings import Settings
    from verifier.spec import CompiledSpec


@dataclass(eq=False)
class Pending:
    """One rollout on its way; identical rollouts in flight share one."""

    key: tuple[str, str, bytes]
    unit: wire.Unit
    cost_seconds: float
    future: asyncio.Future[wire.Scored]
    until: float
    """The latest deadline of those who wait; the unit, if it has left, may have an earlier one."""
    waiters: int = 1
    job: SentJob | None = None


@dataclass(eq=False)
class SentJob:
    """A chunk that was submitted as an RQ job, and what it takes to submit it again."""

    id: str
    spec: CompiledSpec
    priority: Priority
    units: list[Pending]
    payload: bytes
    sent_at: float = 0.0
    submissions: int = 0
    seen_finished: bool = False

    @property
    def queue(self) -> str:
        """The queue that it belongs to."""
        return wire.queue_name(self.spec.kind, self.priority)

    @property
    def deadline(self) -> float:
        """Unix time in seconds after which nobody waits for any of it."""
        return max(unit.until for unit in self.units)


def chunked(units: Sequence[Pending], settings: Settings, share: int) -> Iterable[list[Pending]]:
    """Cut units into chunks bounded in number, bytes and typical seconds; none is empty.

    Args:
        units: what to cut.
        settings: the bounds.
        share: what one worker should get of these units, where that is less.
    """
    chunk: list[Pending] = []
    size, seconds = 0, 0.0
    for unit in units:
        full = (
            len(chunk) >= min(settings.chunk_rollouts, share)
            or size + len(unit.unit.rollout) > settings.chunk_bytes
            or seconds + unit.cost_seconds > settings.chunk_seconds
        )
        if chunk and full:
            yield chunk
            chunk, size, seconds = [], 0, 0.0
        chunk.append(unit)
        size += len(unit.unit.rollout)
        seconds += unit.cost_seconds
    if chunk:
        yield chunk
