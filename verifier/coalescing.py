"""The calls of one process, merged into few requests; whoever calls, from whatever thread or loop.

A trainer asks for one sample at a time, from many threads and short-lived event loops. Here one
thread with one event loop and one pool of connections serves them all: what is wanted within a few
milliseconds, or while requests are out, travels together.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import threading
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier import calls
from verifier.calls import Call, Judged, Route
from verifier.client import AsyncClient
from verifier.errors import CallerError, InternalError, ServiceError, describe
from verifier.model import Outcome, Reward, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from verifier.model import Rollout

_GATHER_SECONDS = 0.003
_MAX_REQUESTS = 32
"""Requests in flight to one service; what is wanted meanwhile gathers for the next."""
_MAX_ROLLOUTS = 512
_MAX_CHARS = 8 << 20
_LEAST_SECONDS = 0.05
_FIRST_PAUSE_SECONDS = 0.2
_MAX_PAUSE_SECONDS = 3.0
_STOP_SECONDS = 2.0

_FINAL = frozenset({Outcome.TIMEOUT, Outcome.CRASHED, Outcome.DEADLINE})
"""A check that did not survive a completion would not survive it a second time either."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """One rollout of a call."""

    call: Call
    position: int

    @property
    def rollout(self) -> Rollout:
        return self.call.rollouts[self.position]

    @property
    def waiting(self) -> bool:
        """Whether there is still somebody who wants it, and time to ask."""
        return not self.call.future.done() and self.call.until - time.monotonic() > _LEAST_SECONDS


class _Lane:
    """What is wanted by one route, and its requests. Lives in the loop of `_Hub`."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._client = AsyncClient(route.url, route.api_key)
        self._wanted: list[_Piece] = []
        self._sending: set[asyncio.Task[None]] = set()
        self._gathering = False

    def add(self, call: Call) -> None:
        """Send it soon, with whatever comes until then."""
        call.watch()
        self._wanted += [_Piece(call, position) for position in range(len(call.rollouts))]
        if not self._gathering:
            self._gathering = True
            asyncio.get_running_loop().call_later(_GATHER_SECONDS, self._flush)

    async def close(self) -> None:
        """Drop its requests and its connections."""
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        await self._client.__aexit__()

    def _flush(self) -> None:
        self._gathering = False
        while self._wanted and len(self._sending) < _MAX_REQUESTS:
            self._start(self._cut())

    def _start(self, pieces: list[_Piece]) -> None:
        task = asyncio.create_task(self._send(pieces))
        self._sending.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if self._wanted and not self._gathering:
            self._flush()

    def _cut(self) -> list[_Piece]:
        """The next request's pieces; at least one."""
        number, chars = 0, 0
        for piece in self._wanted[:_MAX_ROLLOUTS]:
            chars += _chars(piece.rollout)
            if number and chars > _MAX_CHARS:
                break
            number += 1
        pieces, self._wanted = self._wanted[:number], self._wanted[number:]
        return pieces

    async def _send(self, pieces: list[_Piece]) -> None:
        """Ask until every piece is judged or nobody waits for it any more."""
        pause = _FIRST_PAUSE_SECONDS
        try:
            while pieces := [piece for piece in pieces if piece.waiting]:
                pieces = await self._ask(pieces)
                if pieces:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _MAX_PAUSE_SECONDS)
        except CallerError as error:
            self._blame(pieces, error)
        except Exception as error:  # noqa: BLE001 - a caller must not wait for ever for our bug
            for call in {piece.call for piece in pieces}:
                call.fail(InternalError(describe(error)))

    async def _ask(self, pieces: list[_Piece]) -> list[_Piece]:
        """Settle what one request can; what is worth another one.

        Raises:
            CallerError: the request is wrong.
        """
        seconds = max(piece.call.until for piece in pieces) - time.monotonic()
        rollouts = [
            piece.rollout.model_copy(update={"id": str(number)})
            for number, piece in enumerate(pieces)
        ]
        try:
            async with asyncio.timeout(seconds + calls.GRACE_SECONDS):
                found = await self._client.score(
                    rollouts,
                    spec=self._route.spec,
                    priority=self._route.priority,
                    deadline_seconds=seconds,
                    idempotency_key=uuid.uuid4().hex,
                    wall_seconds=seconds + calls.GRACE_SECONDS * 0.8,
                )
        except (TimeoutError, ServiceError) as error:
            for piece in pieces:
                piece.call.reason = f"{self._route.url}: {describe(error)}"
            return pieces
        again = []
        for piece, reward in zip(pieces, found.rewards, strict=True):
            if _worth_another_try(reward):
                piece.call.reason = reward.reason or piece.call.reason
                again.append(piece)
            else:
                piece.call.settle(piece.position, Judged.of(reward))
        return again

    def _blame(self, pieces: list[_Piece], error: CallerError) -> None:
        """Find the call that is wrong; its neighbours in the request are not."""
        wrong = {piece.call for piece in pieces}
        if len(wrong) == 1:
            wrong.pop().fail(error)
            return
        for call in wrong:
            self._start([piece for piece in pieces if piece.call is call])


def _chars(rollout: Rollout) -> int:
    """About how much it adds to a request."""
    chars = len(rollout.text)
    if rollout.reference is not None:
        chars += len(rollout.reference.value)
        if rollout.reference.tests is not None:
            chars += len(str(rollout.reference.tests))
    return chars


def _worth_another_try(reward: Reward) -> bool:
    if reward.status is not Status.UNSCORED:
        return False
    return not any(verdict.outcome in _FINAL for verdict in reward.verdicts)


class _Hub:
    """The thread with the event loop; one for each process."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._lanes: dict[Route, _Lane] = {}
        self._thread = threading.Thread(target=self._run, name="verifier-client", daemon=True)
        self._thread.start()

    def submit(self, route: Route, call: Call) -> None:
        """Hand a call over to the loop."""
        self._loop.call_soon_threadsafe(self._add, route, call)

    def stop(self) -> None:
        """End the thread, so that the interpreter's end finds nothing half done."""
        closing = asyncio.run_coroutine_threadsafe(self._close(), self._loop)
        with contextlib.suppress(TimeoutError):
            closing.result(_STOP_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()

    async def _close(self) -> None:
        for lane in self._lanes.values():
            await lane.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _add(self, route: Route, call: Call) -> None:
        try:
            lane = self._lanes.get(route)
            if lane is None:
                lane = self._lanes[route] = _Lane(route)
        except CallerError as error:
            call.fail(error)
        else:
            lane.add(call)


class _Process:
    """This process's hub; a child that was forked starts its own."""

    def __init__(self) -> None:
        self._abandoned: list[_Hub] = []
        self._lock = threading.Lock()
        self._hub: _Hub | None = None

    def forget(self) -> None:
        """The hub of the parent is not ours; collecting it would touch what the two share."""
        if self._hub is not None:
            self._abandoned.append(self._hub)
        self._lock = threading.Lock()
        self._hub = None

    def hub(self) -> _Hub:
        """The hub, started when it is first needed."""
        with self._lock:
            if self._hub is None:
                self._hub = _Hub()
            return self._hub

    def stop(self) -> None:
        """End the hub, if there is one."""
        with self._lock:
            if self._hub is not None:
                self._hub.stop()
                self._hub = None


_process = _Process()
os.register_at_fork(after_in_child=_process.forget)
atexit.register(_process.stop)


def submit(
    route: Route, rollouts: Sequence[Rollout], deadline_seconds: float
) -> Future[list[Judged]]:
    """A future of one judgement for each rollout, in order, by the deadline and a second.

    It fails with CallerError where the request itself is wrong; whatever the service could not
    judge is `unscored`.
    """
    call = Call(rollouts, deadline_seconds)
    if rollouts:
        _process.hub().submit(route, call)
    else:
        call.future.set_result([])
    return call.future
