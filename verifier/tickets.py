"""Tickets: orders scored in the background, their state in Redis, so that any API process answers.

The process that accepted a ticket scores it and appends each reward to a stream; readers follow
the stream. Should that process die, its heartbeat goes, and the ticket is `lost`.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self, cast

import structlog
from redis.exceptions import RedisError

from verifier import wire
from verifier.errors import IdempotencyKeyReused, NotFound, Overloaded, QueueUnavailable, describe
from verifier.model import Outcome, TicketStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

    from verifier.service import Finished, Order, Service

_log = structlog.get_logger(__name__)

_OWNER_TTL_SECONDS = 5
_TICK_SECONDS = 0.5
_BLOCK_MILLISECONDS = 1000
_ENDED = "end"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a ticket's stream: a reward, or the end (`reward` None)."""

    id: str
    position: int
    reward: bytes | None
    status: TicketStatus


@dataclass
class Progress:
    """What is known of a ticket: its rewards as JSON by position."""

    id: str
    status: TicketStatus
    total: int
    rewards: dict[int, bytes] = field(default_factory=dict)

    def json(self) -> bytes:
        """As the API's `Ticket`."""
        rewards = b",".join(self.rewards[p] for p in sorted(self.rewards))
        head = (
            f'{{"id":"{self.id}","status":"{self.status}","total":{self.total},'
            f'"finished":{len(self.rewards)},"rewards":['
        )
        return head.encode() + rewards + b"]}"


@dataclass
class _Held:
    """A ticket that this process scores: what it has, whether or not that is written down yet."""

    progress: Progress
    complete: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    ending: bool = False
    """Whether it writes down how it ended, which must not be interrupted."""


class Tickets:
    """The tickets that this process holds, and a view of everybody's. An async context manager."""

    def __init__(self, service: Service, redis: Redis) -> None:
        self._service = service
        self._redis = redis
        self._ttl = service.settings.ticket_ttl_seconds
        self._owner = f"{wire.PREFIX}:owner:{uuid.uuid4().hex}"
        self._running: dict[str, _Held] = {}
        self._watchers = 0
        self._tick: asyncio.Task[None] | None = None
        self._closing = False

    async def __aenter__(self) -> Self:
        self._tick = asyncio.create_task(self._tend())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        tasks = [held.task for held in self._running.values() if held.task is not None]
        if self._tick is not None:
            self._tick.cancel()
            tasks.append(self._tick)
        for ticket in self._running:
            self._stop(ticket)
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(RedisError):
            await self._redis.unlink(self._owner)

    @property
    def running(self) -> int:
        """Tickets that this process is scoring."""
        return len(self._running)

    async def open(self, order: Order, body: bytes, key: str | None) -> str:
        """Accept an order and score it in the background; the ticket's id.

        With an idempotency key, the ticket that the key and body already have is returned, unless
        a service fault spoilt it: then it is scored anew.

        Raises:
            IdempotencyKeyReused: the key came with another body.
            Overloaded: the queue is full.
            QueueUnavailable: Redis cannot be reached.
        """
        digest = hashlib.sha256(body).hexdigest()
        ticket = hashlib.sha256(key.encode()).hexdigest()[:32] if key else uuid.uuid4().hex
        admission = self._service.admission
        full = admission.admitted + len(order.specs) > admission.capacity
        try:
            if full and not await self._redis.exists(wire.ticket_key(ticket)):
                raise Overloaded("the queue is full", retry_after_seconds=1)
            fresh = await self._claim(ticket, digest, order)
        except (RedisError, OSError) as error:
            raise QueueUnavailable(f"Redis: {error}", retry_after_seconds=2) from error
        if fresh:
            held = _Held(Progress(ticket, TicketStatus.PENDING, len(order.specs)))
            self._running[ticket] = held
            held.task = asyncio.create_task(self._run(held, order))
            held.task.add_done_callback(lambda _: self._running.pop(ticket, None))
        return ticket

    async def follow(self, ticket: str, last_id: str, until: float) -> AsyncIterator[Event | None]:
        """Rewards after `last_id`, as they come, up to the end or the Unix time `until`.

        Where nothing comes for a second it yields None, so that a reader can show it is there.

        Raises:
            NotFound: there is no such ticket, or no longer.
            Overloaded: too many clients wait already.
        """
        if self._watchers >= self._service.settings.max_streams:
            raise Overloaded("too many clients wait on tickets", retry_after_seconds=1)
        self._watchers += 1
        try:
            status = await self._status(ticket)
            while True:
                left = int((until - time.time()) * 1000)
                patient = left > 0 and status is TicketStatus.PENDING
                block = min(left, _BLOCK_MILLISECONDS) if patient else None
                found = await self._read(ticket, last_id, block)
                for entry, fields in found:
                    last_id = entry.decode()
                    if b"r" in fields:
                        yield Event(last_id, int(fields[b"i"]), fields[b"r"], TicketStatus.PENDING)
                    else:
                        status = TicketStatus(fields[_ENDED.encode()].decode())
                        yield Event(last_id, -1, None, status)
                        return
                if found:
                    continue
                if status is not TicketStatus.PENDING:  # it had ended before that last look
                    yield Event(last_id, -1, None, status)
                    return
                status = await self._status(ticket)
                if left <= 0 and status is TicketStatus.PENDING:
                    return
                yield None
        finally:
            self._watchers -= 1

    async def read(self, ticket: str, until: float) -> Progress:
        """Everything known of a ticket, once it has ended or at the Unix time `until`."""
        total = await self._get(ticket, "total")
        progress = Progress(ticket, TicketStatus.PENDING, int(total))
        async for event in self.follow(ticket, "0-0", until):
            if event is None:
                continue
            progress.status = event.status
            if event.reward is not None:
                progress.rewards.setdefault(event.position, event.reward)
        return progress

    async def complete(self, ticket: str, until: float) -> Progress:
        """As `read`; of a ticket of this process as soon as all is known, written down or not."""
        held = self._running.get(ticket)
        if held is None:
            return await self.read(ticket, until)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(until - time.time(), 0)):
                await held.complete.wait()
        return replace(held.progress, rewards=dict(held.progress.rewards))

    async def cancel(self, ticket: str) -> None:
        """Stop a ticket; what is not judged yet becomes `unscored`. Ending twice does no harm."""
        status = await self._status(ticket)
        if status is not TicketStatus.PENDING:
            return
        try:
            await self._redis.hset(wire.ticket_key(ticket), "cancel", "1")
        except (RedisError, OSError) as error:
            raise QueueUnavailable(f"Redis: {error}", retry_after_seconds=2) from error
        self._stop(ticket)

    # -- the owner's side ------------------------------------------------------------------

    async def _claim(self, ticket: str, digest: str, order: Order) -> bool:
        key, ttl = wire.ticket_key(ticket), self._lifetime(order)
        for _ in range(2):
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hsetnx(key, "digest", digest)
                pipe.hsetnx(key, "total", len(order.specs))
                pipe.hsetnx(key, "owner", self._owner)
                pipe.expire(key, ttl)
                pipe.expire(wire.events_key(ticket), ttl)
                pipe.hmget(key, "digest", "unscored")
                pipe.set(self._owner, 1, ex=_OWNER_TTL_SECONDS)
                created, *_, (known, unscored), _ = await pipe.execute()
            if created:
                return True
            if known.decode() != digest:
                raise IdempotencyKeyReused("this Idempotency-Key came before with another body")
            spoilt = int(unscored or 0) > 0 or await self._status(ticket) is TicketStatus.LOST
            if not spoilt:
                return False
            await self._redis.unlink(key, wire.events_key(ticket))
        return False

    def _stop(self, ticket: str) -> None:
        """Cancel its work, but never interrupt it while it writes down how it ended."""
        held = self._running.get(ticket)
        if held is not None and held.task is not None and not held.ending:
            held.task.cancel()

    async def _run(self, held: _Held, order: Order) -> None:
        ticket, progress = held.progress.id, held.progress
        unscored = 0
        unwritten: dict[int, Finished] = {}
        writing: asyncio.Task[None] | None = None

        def note(finished: list[Finished]) -> None:
            nonlocal unscored
            unwritten.update((one.position, one) for one in finished)
            progress.rewards.update((one.position, one.json) for one in finished)
            unscored += sum(one.scored.status == "unscored" for one in finished)

        async def write(finished: list[Finished]) -> None:
            await self._append(ticket, finished, self._lifetime(order))
            for one in finished:
                del unwritten[one.position]

        async def emit(finished: list[Finished]) -> None:
            nonlocal writing
            note(finished)
            if len(progress.rewards) == progress.total:
                progress.status = TicketStatus.DONE
                held.complete.set()
            writing = asyncio.create_task(write(finished))
            await asyncio.shield(writing)  # cancelled half-way, a reward would be lost or doubled

        status, fault = TicketStatus.DONE, ""
        try:
            await self._service.stream(order, emit)
        except asyncio.CancelledError:
            status, fault = TicketStatus.CANCELLED, "the ticket was cancelled"
        except Exception as error:  # noqa: BLE001 - whatever it is, the ticket has to end
            _log.error("ticket.failed", ticket=ticket, error=describe(error), exc_info=True)
            fault = f"{describe(error)}; submit again"
        held.ending = True
        if writing is not None:
            await asyncio.wait({writing})
        outcome = Outcome.CANCELLED if status is TicketStatus.CANCELLED else Outcome.UNAVAILABLE
        waiting = [p for p in range(progress.total) if p not in progress.rewards]
        rest = [self._service.unscored(order, p, outcome, fault) for p in waiting]
        self._service.on_finished(rest)
        note(rest)
        progress.status = status
        held.complete.set()
        with contextlib.suppress(RedisError, OSError):
            await write(list(unwritten.values()))
            await self._end(ticket, status, unscored)

    async def _append(self, ticket: str, finished: list[Finished], ttl: int) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for one in finished:
                pipe.xadd(wire.events_key(ticket), {"i": one.position, "r": one.json})
            pipe.expire(wire.events_key(ticket), ttl)
            await pipe.execute()

    async def _end(self, ticket: str, status: TicketStatus, unscored: int) -> None:
        key, events = wire.ticket_key(ticket), wire.events_key(ticket)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, mapping={"status": str(status), "unscored": unscored})
            pipe.xadd(events, {_ENDED: str(status)})
            pipe.expire(key, self._ttl)
            pipe.expire(events, self._ttl)
            await pipe.execute()

    async def _tend(self) -> None:
        """Show that this process lives, and hear of cancellations that others accepted."""
        while not self._closing:
            with contextlib.suppress(RedisError, OSError):
                await self._redis.set(self._owner, 1, ex=_OWNER_TTL_SECONDS)
                for ticket in list(self._running):
                    if await self._redis.hget(wire.ticket_key(ticket), "cancel"):
                        self._stop(ticket)
            await asyncio.sleep(_TICK_SECONDS)

    def _lifetime(self, order: Order) -> int:
        return int(max(order.deadline - time.time(), 0)) + self._ttl

    # -- the readers' side -----------------------------------------------------------------

    async def _status(self, ticket: str) -> TicketStatus:
        key = wire.ticket_key(ticket)
        try:
            status, owner = cast(
                "list[bytes | None]", await self._redis.hmget(key, "status", "owner")
            )
            if owner is None:
                raise NotFound(f"there is no ticket {ticket!r}, or it has expired")
            if status is not None:
                return TicketStatus(status.decode())
            alive = await self._redis.exists(owner.decode())
        except (RedisError, OSError) as error:
            raise QueueUnavailable(f"Redis: {error}", retry_after_seconds=2) from error
        return TicketStatus.PENDING if alive else TicketStatus.LOST

    async def _get(self, ticket: str, name: str) -> bytes:
        try:
            value = cast("bytes | None", await self._redis.hget(wire.ticket_key(ticket), name))
        except (RedisError, OSError) as error:
            raise QueueUnavailable(f"Redis: {error}", retry_after_seconds=2) from error
        if value is None:
            raise NotFound(f"there is no ticket {ticket!r}, or it has expired")
        return value

    async def _read(
        self, ticket: str, last_id: str, block: int | None
    ) -> list[tuple[bytes, dict[bytes, bytes]]]:
        try:
            found = await self._redis.xread(
                {wire.events_key(ticket): last_id}, count=1000, block=block
            )
        except (RedisError, OSError) as error:
            raise QueueUnavailable(f"Redis: {error}", retry_after_seconds=2) from error
        # One stream was asked for, so there is one row: its key and its entries.
        streams = cast("list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]", found)
        return streams[0][1] if streams else []
