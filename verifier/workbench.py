"""The effects that checks have, put together: a child for symbolic math, sandboxes for programs."""

from __future__ import annotations

import contextlib
import hashlib
import time
from typing import TYPE_CHECKING

import verifier
from sandbox.types import Abandoned, Unavailable
from verifier.sandboxes import open_pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import JsonValue

    from sandbox.pool import Pool
    from sandbox.types import Slot
    from verifier.checks.base import Judgement
    from verifier.memory import Memory
    from verifier.settings import Settings
    from verifier.watchdog import Reply, Watchdog

_REOPEN_SECONDS = 2.0


class Workbench:
    """Implements `verifier.checks.base.Tools` for one worker process.

    Args:
        watchdog: runs pure functions in a killable child.
        settings: say where programs run; None means that this worker runs none.
        still_wanted: asked about twice a second while a program runs; where it says no, the
            program is ended.
    """

    def __init__(
        self,
        watchdog: Watchdog,
        settings: Settings | None = None,
        still_wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        self._watchdog = watchdog
        self._settings = settings
        self.still_wanted = still_wanted
        self.memory: Memory | None = None
        """Where judgements of programs are remembered, if anywhere."""
        self.deadline: float | None = None
        """Unix time at which whatever runs is given up."""
        self._pool: Pool | None = None
        self._problem = "this worker runs no programs"
        self._tried_at = float("-inf")

    def call(self, function: str, arguments: dict[str, JsonValue], *, cpu_seconds: float) -> Reply:
        """See `Watchdog.call`."""
        self._watchdog.deadline = self.deadline
        self._watchdog.still_wanted = self.still_wanted
        return self._watchdog.call(function, arguments, cpu_seconds=cpu_seconds)

    @contextlib.contextmanager
    def lease(self, language: str) -> Iterator[Slot]:
        """A sandbox for one program; see `sandbox.pool.Pool.lease`."""
        with self._opened().lease(language, self._tick) as slot:
            yield slot

    def recall(self, digest: str, judge: Callable[[], Judgement]) -> Judgement:
        """See `Tools.recall`; what another backend or version found is another judgement."""
        if self.memory is None:
            return judge()
        try:
            identity = self._opened().identity
        except Unavailable:
            return judge()
        decisive = f"{verifier.__version__} {identity} {digest}"
        digest = hashlib.sha256(decisive.encode()).hexdigest()
        return self.memory.recall(digest, judge, self.still_wanted)

    def close(self) -> None:
        """End the child and all sandboxes."""
        self._watchdog.close()
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def _tick(self) -> None:
        if not self.still_wanted():
            raise Abandoned("nobody waits for this program any more")
        if self.deadline is not None and time.time() > self.deadline:
            raise Abandoned("the deadline passed while the program ran")

    def _opened(self) -> Pool:
        """The pool, opened when the first program comes; again a while after that failed."""
        if self._pool is None:
            if self._settings is None or time.monotonic() - self._tried_at < _REOPEN_SECONDS:
                raise Unavailable(self._problem)
            self._tried_at = time.monotonic()
            try:
                self._pool = open_pool(self._settings)
            except Unavailable as error:
                self._problem = str(error)
                raise
        return self._pool
