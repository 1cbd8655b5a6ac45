"""Bytes to and from one runner, with deadlines, whatever carries them."""

from __future__ import annotations

import select
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from sandbox.types import SandboxFault

if TYPE_CHECKING:
    from collections.abc import Callable

_TICK_SECONDS = 0.5


class Stream(ABC):
    """A connection to a runner."""

    def __init__(self) -> None:
        self._tick: Callable[[], None] = _nothing

    def watch(self, tick: Callable[[], None]) -> None:
        """Have `tick` called about twice a second while an answer is waited for.

        What it raises ends the waiting; the sandbox has to be destroyed then.
        """
        self._tick = tick

    @abstractmethod
    def write(self, content: bytes, until: float) -> None:
        """Send all of it.

        Raises:
            SandboxFault: the runner is gone, or does not take it until then (monotonic seconds).
        """

    @abstractmethod
    def read_exactly(self, size: int, until: float) -> bytes:
        """Receive so many bytes; raises as `write` does."""

    @abstractmethod
    def close(self) -> None:
        """Hang up, upon which the runner ends."""

    def _wait(self, fd: int, event: int, until: float) -> None:
        """Return once the file descriptor is ready for a poll event.

        Raises:
            SandboxFault: it is not until then (monotonic seconds).
        """
        poller = select.poll()
        poller.register(fd, event)
        while (left := until - time.monotonic()) > 0:
            if poller.poll(min(left, _TICK_SECONDS) * 1000):
                return
            self._tick()
        raise SandboxFault("the sandbox does not answer in time")


def _nothing() -> None:
    """The default tick."""
