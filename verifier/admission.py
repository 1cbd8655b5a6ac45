"""A bounded queue in front of the queue: requests are held, first come first served, or refused."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from verifier.errors import Overloaded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Admission:
    """Lets in requests as long as their rollouts fit; the whole request or nothing of it."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.admitted = 0
        """Rollouts let in and not finished."""
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def held(self) -> int:
        """Requests that wait to be let in."""
        return len(self._waiting)

    @asynccontextmanager
    async def admit(self, rollouts: int, deadline: float) -> AsyncIterator[None]:
        """Hold the caller until its rollouts fit.

        Raises:
            Overloaded: they did not fit before `deadline` (Unix seconds), or never will.
        """
        if rollouts > self.capacity:
            raise Overloaded(
                f"{rollouts} rollouts are more than the queue's {self.capacity}; send fewer at once"
            )
        await self._enter(rollouts, deadline)
        try:
            yield
        finally:
            self.admitted -= rollouts
            self._let_in()

    async def _enter(self, rollouts: int, deadline: float) -> None:
        if not self._waiting and self.admitted + rollouts <= self.capacity:
            self.admitted += rollouts
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((rollouts, turn))
        try:
            async with asyncio.timeout(max(deadline - time.time(), 0)):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done() and not turn.cancelled():
                self.admitted -= rollouts  # let in at the very moment that the caller left
            self._waiting = deque(entry for entry in self._waiting if entry[1] is not turn)
            self._let_in()
            if isinstance(error, asyncio.CancelledError):
                raise
            raise Overloaded(
                f"{self.admitted} rollouts are in the queue and it holds {self.capacity}",
                retry_after_seconds=1,
            ) from None

    def _let_in(self) -> None:
        while self._waiting:
            rollouts, turn = self._waiting[0]
            if turn.cancelled():
                self._waiting.popleft()
                continue
            if self.admitted + rollouts > self.capacity:
                return
            self._waiting.popleft()
            self.admitted += rollouts
            turn.set_result(None)
