"""Warm sandboxes: lease one, and it is verifiably clean afterwards or destroyed."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Literal, Self

from sandbox import echo
from sandbox.languages import named
from sandbox.types import SandboxFault, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.backends.base import Backend, Sandbox
    from sandbox.types import Slot

Isolation = Literal["slot", "container"]

_RETRY_SECONDS = 1.0
_RECYCLE_LEASES = 2_000


def _nothing() -> None:
    """The default tick."""


class _Line:
    """Sandboxes that are ready, and those who wait for one, served in the order they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready: deque[tuple[Sandbox, int]] = deque()
        self._waiting: deque[queue.SimpleQueue[tuple[Sandbox, int]]] = deque()

    def empty(self) -> bool:
        """Whether none is ready."""
        return not self._ready

    def put(self, one: tuple[Sandbox, int]) -> None:
        """Give one to who has waited longest, or keep it."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().put(one)
            else:
                self._ready.append(one)

    def get(self, timeout: float) -> tuple[Sandbox, int]:
        """One that is ready, after those who came before.

        Raises:
            queue.Empty: there was none in time.
        """
        with self._lock:
            if self._ready:
                return self._ready.popleft()
            mine: queue.SimpleQueue[tuple[Sandbox, int]] = queue.SimpleQueue()
            self._waiting.append(mine)
        try:
            return mine.get(timeout=timeout)
        except queue.Empty:
            with self._lock:
                if mine in self._waiting:
                    self._waiting.remove(mine)
                    raise
            return mine.get_nowait()  # it was given just now

    def get_nowait(self) -> tuple[Sandbox, int]:
        """One that is ready; raises `queue.Empty` where none is."""
        with self._lock:
            if not self._ready:
                raise queue.Empty
            return self._ready.popleft()


class Pool:
    """So many sandboxes ready to be leased; a thread replaces those that were destroyed.

    Args:
        backend: where sandboxes come from; closed with the pool.
        slots: how many there are.
        isolation: `slot` uses a sandbox again once its runner has shown that it is clean;
            `container` uses each one once.
        wait_seconds: how long a lease waits for a sandbox before it is `Unavailable`.
    """

    def __init__(
        self,
        backend: Backend,
        slots: int = 1,
        isolation: Isolation = "slot",
        wait_seconds: float = 30.0,
    ) -> None:
        self._backend = backend
        self._isolation = isolation
        self._wait_seconds = wait_seconds
        self._ready = _Line()
        self._missing = threading.Semaphore(0)
        self._closing = threading.Event()
        self._problem = "no sandbox was ready in time"
        self._works: dict[str, bool] = {}
        self.destroyed = 0
        """Sandboxes that were destroyed since the pool began."""
        self._makers = [
            threading.Thread(target=self._make, name="sandboxes", daemon=True)
            for _ in range(min(slots, 4))
        ]
        for maker in self._makers:
            maker.start()
        for _ in range(slots):
            self._missing.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def identity(self) -> str:
        """What programs meet in here; see `Backend.identity`."""
        return self._backend.identity

    @property
    def problem(self) -> str | None:
        """Why there is no sandbox right now, or None."""
        return self._problem if self._ready.empty() else None

    @contextlib.contextmanager
    def lease(
        self, language: str = "python", tick: Callable[[], None] = _nothing
    ) -> Iterator[Slot]:
        """A sandbox for one tenant's program.

        Args:
            language: of the program; tried first where it is the pool's first in it.
            tick: called about twice a second while the sandbox works; what it raises ends that.

        Raises:
            Unavailable: there was none in time, or the language does not work in it; the message
                says why.
            SandboxFault: it failed, and is destroyed.
        """
        if not self._works.get(language):
            self._try(language)
        with self._leased(tick) as slot:
            yield slot

    def _try(self, name: str) -> None:
        language = named(name)
        if language is None:
            raise Unavailable(f"there is no language {name!r}")
        with self._leased(_nothing) as slot:
            complaint = echo.complaint(slot, language)
        if complaint:
            raise Unavailable(complaint)
        self._works[name] = True

    @contextlib.contextmanager
    def _leased(self, tick: Callable[[], None]) -> Iterator[Slot]:
        sandbox, leases = self._take()
        sandbox.channel.watch(tick)
        whole = False
        try:
            yield sandbox.channel
            if self._isolation == "slot" and leases < _RECYCLE_LEASES:
                sandbox.channel.clear()
                whole = True
        finally:
            if whole:
                self._ready.put((sandbox, leases + 1))
            else:
                self._discard(sandbox)

    def _take(self) -> tuple[Sandbox, int]:
        until = time.monotonic() + self._wait_seconds
        while True:
            try:
                sandbox, leases = self._ready.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise Unavailable(self._problem) from None
            try:
                sandbox.channel.settle()
            except SandboxFault:
                # It broke between two leases, or could not be cleaned: nobody's program saw that.
                self._discard(sandbox)
            else:
                return sandbox, leases

    def _discard(self, sandbox: Sandbox) -> None:
        self.destroyed += 1
        self._missing.release()
        threading.Thread(target=sandbox.destroy, daemon=True).start()

    def _make(self) -> None:
        while True:
            self._missing.acquire()
            while not self._closing.is_set():
                try:
                    sandbox = self._backend.create()
                except SandboxFault as error:
                    self._problem = str(error)
                    self._closing.wait(_RETRY_SECONDS)
                else:
                    self._ready.put((sandbox, 0))
                    break
            if self._closing.is_set():
                return

    def close(self) -> None:
        """Destroy all sandboxes that are not leased, and make no more."""
        self._closing.set()
        for _ in self._makers:
            self._missing.release()
        for maker in self._makers:
            maker.join()
        with contextlib.suppress(queue.Empty):
            while True:
                self._ready.get_nowait()[0].destroy()
        self._backend.close()
