"""Rollouts on their way through the queue, cut into the chunks that become jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable, Sequence

    from verifier import wire
    from verifier.settings import Settings


@dataclass(eq=False)
class Pending:
    """One rollout on its way; identical rollouts in flight share one."""

    key: tuple[str, str, bytes]
    unit: wire.Unit
    cost_seconds: float
    future: asyncio.Future[wire.Scored]
    waiters: int = 1
    job: SentJob | None = None


@dataclass(eq=False)
class SentJob:
    """A chunk that was submitted as an RQ job, and what it takes to submit it again."""

    id: str
    queue: str
    deadline: float
    units: list[Pending]
    payload: bytes
    sent_at: float = 0.0
    submissions: int = 0
    seen_finished: bool = False


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
