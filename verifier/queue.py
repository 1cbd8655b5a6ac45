"""Submits rollouts as RQ jobs and waits for their answers, whatever happens to the workers."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, cast

import redis
import structlog
from redis import asyncio as aioredis
from redis.exceptions import RedisError
from rq import Queue as RQQueue
from rq import Retry
from rq.job import Job
from rq.serializers import JSONSerializer

from verifier import wire
from verifier.chunks import Pending, SentJob, chunked
from verifier.errors import QueueUnavailable
from verifier.model import Outcome, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from verifier.model import Priority
    from verifier.settings import Settings
    from verifier.spec import CompiledSpec

_log = structlog.get_logger(__name__)

_SWEEP_SECONDS = 0.5
_QUIET_SECONDS = 1.0
"""A job unanswered for so long is looked after."""
_MAX_SUBMISSIONS = 6
_SUBMIT_SECONDS = 5.0
"""How long an unreachable Redis is tried before the caller is told."""
_JOBS_PER_TRANSACTION = 16
_SENDERS = 16
_LEAST_SECONDS = 0.005
"""Less typical work is not worth a job of its own."""
_TTL_SLACK_SECONDS = 30
_FAILURE_TTL_SECONDS = 600
_RESULT_TTL_SECONDS = 10
_RETRIES = 4


class JobLost(Exception):
    """A job was submitted again and again, and no worker could finish it."""


@dataclass
class _Batch:
    """Rollouts of one spec and priority that will leave together."""

    spec: CompiledSpec
    priority: Priority
    units: list[Pending] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None


class _Recorder:
    """Stands in for a Redis pipeline: notes what RQ sends, so that it leaves in one round trip."""

    explicit_transaction = True

    def __init__(self) -> None:
        self.commands: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., _Recorder]:
        def record(*args: Any, **kwargs: Any) -> _Recorder:  # noqa: ANN401 - whatever RQ passes
            self.commands.append((name, args, kwargs))
            return self

        return record


class Queue:
    """One API process's side of the queue. Use as an async context manager."""

    def __init__(self, settings: Settings, redis_url: str) -> None:
        self._settings = settings
        self._url = redis_url
        self._reply = wire.reply_key(uuid.uuid4().hex)
        self._batches: dict[tuple[str, str], _Batch] = {}
        self._in_flight: dict[tuple[str, str, bytes], Pending] = {}
        self._jobs: dict[str, SentJob] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._workers: dict[str, int] = {}
        self._senders = asyncio.Semaphore(_SENDERS)
        self._rq: dict[str, RQQueue] = {}
        self.on_answer: Callable[[wire.Answer, float], None] = lambda _answer, _sent_at: None
        self.on_shared: Callable[[], None] = lambda: None

    async def __aenter__(self) -> Self:
        self.redis = aioredis.Redis.from_url(self._url, socket_timeout=5, max_connections=512)
        self._reader = aioredis.Redis.from_url(self._url, socket_timeout=15)
        # RQ builds its jobs with a synchronous client; it is asked for nothing but its version.
        self._sync = redis.Redis.from_url(self._url, socket_timeout=5)
        self._spawn(self._read_answers())
        self._spawn(self._sweep())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        running = set(self._tasks)
        while running:  # redis-py swallows a cancellation that meets it while it connects
            for task in running:
                task.cancel()
            _done, running = await asyncio.wait(running, timeout=0.1)
        with contextlib.suppress(RedisError):
            await self.redis.unlink(self._reply)
        await self.redis.aclose()
        await self._reader.aclose()
        self._sync.close()

    @property
    def rollouts_in_flight(self) -> int:
        """Distinct rollouts submitted and not yet answered."""
        return len(self._in_flight)

    async def hosts(self) -> list[wire.Host]:
        """What the live supervisors report."""
        reports = await self._reports(wire.host_key)
        return [wire.host_decoder.decode(report) for report in reports]

    async def sandboxes(self) -> list[wire.SandboxReport]:
        """What live hosts say of their sandboxes."""
        reports = await self._reports(wire.sandbox_key)
        return [wire.sandbox_decoder.decode(report) for report in reports]

    async def _reports(self, key: Callable[[str], str]) -> list[bytes]:
        since = time.time() - wire.HOST_SECONDS
        names = cast("list[bytes]", await self.redis.zrangebyscore(wire.HOSTS_KEY, since, "+inf"))
        keys = [key(name.decode()) for name in names]
        reports = cast("list[bytes | None]", await self.redis.mget(keys) if keys else [])
        return [report for report in reports if report is not None]

    def submit(
        self,
        rollouts: Iterable[bytes],
        spec: CompiledSpec,
        priority: Priority,
        deadline: float,
    ) -> list[Pending]:
        """Put rollouts (JSON without id and group) on their way; identical ones share a place.

        Args:
            rollouts: what to judge.
            spec: the spec to judge by.
            priority: the class of workers to use.
            deadline: Unix time in seconds after which the work is dropped.
        """
        loop = asyncio.get_running_loop()
        found, fresh = [], []
        for rollout in rollouts:
            key = (spec.canonical, str(priority), rollout)
            pending = self._in_flight.get(key)
            if pending is not None and pending.waiters > 0:
                pending.waiters += 1
                pending.until = max(pending.until, deadline)
                self.on_shared()
            else:
                unit = wire.Unit(deadline, rollout)
                pending = Pending(key, unit, spec.cost_seconds, loop.create_future(), deadline)
                self._in_flight[key] = pending
                fresh.append(pending)
            found.append(pending)
        if fresh:
            self._put_up(fresh, spec, priority)
        return found

    def _put_up(self, units: Iterable[Pending], spec: CompiledSpec, priority: Priority) -> None:
        """Let units leave, now or with others in a moment."""
        batch = self._batches.setdefault((spec.canonical, priority), _Batch(spec, priority))
        batch.units += units
        if batch.timer is None:
            # Company is worth waiting for only while others are about.
            delay = self._settings.coalesce_seconds if self._jobs else 0.0
            batch.timer = asyncio.get_running_loop().call_later(delay, self._flush, batch)
        if len(batch.units) >= self._settings.chunk_rollouts:
            batch.timer.cancel()
            self._flush(batch)

    def release(self, pending: Iterable[Pending]) -> None:
        """Say that a caller waits no more; work that nobody waits for is dropped unstarted."""
        unanswered = set()
        for one in pending:
            one.waiters -= 1
            if one.waiters <= 0 and not one.future.done():
                if one.job is not None:
                    unanswered.add(one.job)
                elif self._in_flight.get(one.key) is one:
                    del self._in_flight[one.key]
        idle = [job for job in unanswered if all(unit.waiters <= 0 for unit in job.units)]
        for job in idle:
            self._forget(job)
        if idle:
            self._spawn(self._drop([job.id for job in idle]))

    # -- sending ---------------------------------------------------------------------------

    def _flush(self, batch: _Batch) -> None:
        batch.timer = None
        self._batches.pop((batch.spec.canonical, batch.priority), None)
        units = [unit for unit in batch.units if unit.waiters > 0]
        workers = self._workers.get(wire.queue_name(batch.spec.kind, batch.priority), 1)
        share = max(
            math.ceil(len(units) / max(workers, 1)),
            math.ceil(_LEAST_SECONDS / batch.spec.cost_seconds),
        )
        jobs = [self._job(batch, chunk) for chunk in chunked(units, self._settings, share)]
        for start in range(0, len(jobs), _JOBS_PER_TRANSACTION):
            self._spawn(self._send(jobs[start : start + _JOBS_PER_TRANSACTION]))

    def _job(self, batch: _Batch, units: list[Pending]) -> SentJob:
        for one in units:
            one.unit = wire.Unit(one.until, one.unit.rollout)
        payload = wire.encode(wire.Chunk(batch.spec.canonical, [p.unit for p in units]))
        job = SentJob(uuid.uuid4().hex, batch.spec, batch.priority, units, payload)
        self._jobs[job.id] = job
        for one in units:
            one.job = job
        return job

    async def _send(self, jobs: Sequence[SentJob]) -> None:
        """Submit jobs whole or not at all, trying a while where Redis is away."""
        give_up = min(time.time() + _SUBMIT_SECONDS, max(job.deadline for job in jobs))
        pause = 0.05
        while True:
            try:
                async with self._senders:
                    await self._transact(jobs)
            except (RedisError, OSError) as error:
                if time.time() + pause >= give_up:
                    self._fail(jobs, QueueUnavailable(f"Redis: {error}", retry_after_seconds=2))
                    return
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)
            else:
                return

    async def _transact(self, jobs: Sequence[SentJob]) -> None:
        recorder = _Recorder()
        async with self.redis.pipeline(transaction=True) as pipe:
            for job in jobs:
                ttl = math.ceil(max(job.deadline - time.time(), 0)) + _TTL_SLACK_SECONDS
                pipe.set(wire.payload_key(job.id), job.payload, ex=ttl)
                (await self._queue(job.queue)).enqueue_call(
                    wire.JOB_FUNCTION,
                    args=(job.id, self._reply, ttl),
                    timeout=ttl + 60,
                    ttl=ttl,
                    result_ttl=_RESULT_TTL_SECONDS,
                    failure_ttl=_FAILURE_TTL_SECONDS,
                    description=f"{len(job.units)} rollouts",
                    job_id=job.id,
                    retry=Retry(max=_RETRIES),
                    pipeline=recorder,
                )
                job.sent_at = time.monotonic()
            for name, args, kwargs in recorder.commands:
                getattr(pipe, name)(*args, **kwargs)
            await pipe.execute()
        for job in jobs:  # an attempt that Redis never saw is none
            job.submissions += 1

    async def _queue(self, name: str) -> RQQueue:
        if name not in self._rq:
            info = await self.redis.info("server")
            queue = RQQueue(name, connection=self._sync, serializer=JSONSerializer)
            major, minor, patch = (int(part) for part in info["redis_version"].split(".")[:3])
            queue.redis_server_version = (major, minor, patch)
            self._rq[name] = queue
        return self._rq[name]

    # -- hearing ---------------------------------------------------------------------------

    async def _read_answers(self) -> None:
        # A cancelled blocking read may surface as a Redis error, so being cancelled is not enough.
        while not self._closing:
            try:
                popped = await self._reader.blmpop(5, 1, self._reply, direction="LEFT", count=64)
            except (RedisError, OSError):
                await asyncio.sleep(0.2)
                continue
            for raw in popped[1] if popped else ():
                self._deliver(cast("bytes", raw))

    def _deliver(self, raw: bytes) -> None:
        answer = wire.answer_decoder.decode(raw)
        job = self._jobs.get(answer.job)
        if job is None:  # a second answer, or one that nobody waits for
            return
        self._forget(job)
        self.on_answer(answer, job.sent_at)
        again = []
        for pending, scored in zip(job.units, answer.scored, strict=True):
            if pending.future.done():
                continue
            more_time = pending.until > max(pending.unit.deadline, time.time())
            if pending.waiters > 0 and more_time and _too_late(scored):
                # Too late for those who asked first; others joined them who have more time.
                pending.job = None
                self._in_flight[pending.key] = pending
                again.append(pending)
            else:
                pending.future.set_result(scored)
        if again:
            self._put_up(again, job.spec, job.priority)

    async def _sweep(self) -> None:
        """The safety net: finds jobs whose answer was lost and jobs that Redis has forgotten."""
        while not self._closing:
            await asyncio.sleep(_SWEEP_SECONDS)
            with contextlib.suppress(RedisError, OSError):
                self._workers = wire.live_workers(await self.hosts())
            quiet = time.monotonic() - _QUIET_SECONDS
            jobs = [job for job in self._jobs.values() if 0 < job.sent_at < quiet]
            if jobs:
                with contextlib.suppress(RedisError, OSError):
                    await self._look_after(jobs)

    async def _look_after(self, jobs: Sequence[SentJob]) -> None:
        async with self.redis.pipeline(transaction=False) as pipe:
            for job in jobs:
                pipe.hget(Job.key_for(job.id), "status")
            found = await pipe.execute()
        lost = []
        for job, status in zip(jobs, found, strict=True):
            if job.deadline < time.time() or job.id not in self._jobs:
                continue
            if status in (None, b"failed", b"stopped", b"canceled"):
                lost.append(job)
            elif status == b"finished":
                # Its answer may still be on its way; at the second sight it has been lost.
                if job.seen_finished:
                    lost.append(job)
                job.seen_finished = not job.seen_finished
        hopeless = [job for job in lost if job.submissions >= _MAX_SUBMISSIONS]
        if hopeless:
            self._fail(hopeless, JobLost("no worker could finish this work"))
        again = [job for job in lost if job.submissions < _MAX_SUBMISSIONS and job.id in self._jobs]
        if again:
            _log.warning("queue.resubmitted", jobs=len(again))
            await self._transact(again)

    # -- forgetting ------------------------------------------------------------------------

    def _forget(self, job: SentJob) -> None:
        self._jobs.pop(job.id, None)
        for pending in job.units:
            if self._in_flight.get(pending.key) is pending:
                del self._in_flight[pending.key]

    def _fail(self, jobs: Sequence[SentJob], error: Exception) -> None:
        for job in jobs:
            self._forget(job)
            for pending in job.units:
                if not pending.future.done():
                    pending.future.set_exception(error)
                    pending.future.exception()  # read here, so that asyncio does not complain

    async def _drop(self, jobs: Sequence[str]) -> None:
        with contextlib.suppress(RedisError, OSError):
            await self.redis.unlink(*(wire.payload_key(job) for job in jobs))

    def _spawn(self, work: Any) -> None:  # noqa: ANN401 - a coroutine
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _too_late(scored: wire.Scored) -> bool:
    return scored.status == Status.UNSCORED and any(
        outcome == Outcome.DEADLINE for _, outcome in scored.outcomes
    )
