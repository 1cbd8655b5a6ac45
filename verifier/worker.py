"""The worker: an RQ worker that runs one allow-listed function on one queue."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import now
from rq.worker import WorkerStatus

from verifier import wire
from verifier.logs import OneLine
from verifier.memory import Memory
from verifier.model import Outcome, Rollout, Status
from verifier.reward import null_reward
from verifier.scoring import score
from verifier.spec import CompiledSpec, compile_spec
from verifier.watchdog import Watchdog
from verifier.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from redis.client import Pipeline
    from rq.queue import Queue

    from verifier.settings import Settings

_log = structlog.get_logger(__name__)

WORKER_TTL_SECONDS = 30
_ALONE_SECONDS = 5.0
_LOOK_SECONDS = 1.0
MAX_CRASHES = 2
"""A rollout that was begun so often without an end is the one that kills workers."""


class AllowedJob(Job):  # type: ignore[misc]  # rq is not typed
    """A job that can name no function but those registered here, and no callback at all.

    RQ would import whatever dotted path stands in Redis; so a forged job would run anything.
    """

    functions: ClassVar[dict[str, Callable[[str, str, int], dict[str, int]]]] = {}

    @property
    def func(self) -> Callable[[str, str, int], dict[str, int]]:
        """The registered function.

        Raises:
            ValueError: the job names another, or an object to call it on.
        """
        name = self.func_name
        if name not in self.functions or self.instance is not None:
            raise ValueError(f"a job may not run {name!r}")
        return self.functions[name]

    @property
    def success_callback(self) -> None:
        """None."""

    @property
    def failure_callback(self) -> None:
        """None."""

    @property
    def stopped_callback(self) -> None:
        """None."""

    def send_webhooks(self, *_: object, **__: object) -> None:
        """Send none: a forged job must not make requests."""


class RolloutWorker(SimpleWorker):  # type: ignore[misc]  # rq is not typed
    """RQ's in-process worker with a short lease, and without its redundant writes.

    Same keys, registries and retries as RQ's own, so `rq info` tells the truth.
    """

    job_class = AllowedJob

    def __init__(self, queue: str, connection: Redis, lease_seconds: int, name: str) -> None:
        super().__init__(
            [queue],
            name=name,
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL_SECONDS,
            maintenance_interval=60,
            log_job_description=False,
        )
        self._lease_seconds = lease_seconds
        self._running: tuple[Job, Execution] | None = None
        self._last_alone = 0.0
        self._last_suspension_check = 0.0

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:  # noqa: ARG002 - RQ's signature
        """The lease of a started job in seconds; RQ's own is its timeout plus a minute."""
        return self._lease_seconds

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run a job in this process, which itself runs no untrusted code and no symbolic math."""
        execution = self.prepare_execution(job)
        self._running = (job, execution)
        self.perform_job(job, queue, execution)
        self._running = None
        self.set_state(WorkerStatus.IDLE)

    def prepare_execution(self, job: Job) -> Execution:
        """Register the execution and mark the job started, in one round trip instead of two."""
        with self.connection.pipeline() as pipeline:
            execution = Execution.create(job, self._lease_seconds, pipeline, self.name)
            self.executions[execution.id] = execution
            self.set_state(WorkerStatus.BUSY, pipeline)
            self.heartbeat(pipeline=pipeline)
            job.prepare_for_execution(self.name, pipeline=pipeline)
            pipeline.persist(job.key)
            pipeline.lrem(self.queues[0].intermediate_queue_key, 1, job.id)
            pipeline.execute()
        return execution

    def prepare_job_execution(self, *_: object) -> None:
        """Nothing: `prepare_execution` has done it."""

    def beat(self) -> None:
        """Renew the lease of the running job."""
        if self._running is not None:
            self.maintain_heartbeats(*self._running)

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:  # noqa: ARG002 - RQ's signature
        """Tell that the worker lives; outside a pipeline, which is free, seldom."""
        if pipeline is None and time.monotonic() - self._last_alone < _ALONE_SECONDS:
            return
        self._last_alone = time.monotonic()
        super().heartbeat(WORKER_TTL_SECONDS + 60, pipeline)

    def set_state(self, state: str, pipeline: Pipeline | None = None) -> None:
        """Write the state when it changes, but idleness only where it lasts."""
        if pipeline is not None or state != WorkerStatus.IDLE:
            super().set_state(state, pipeline)
        else:
            self._state = state

    def check_for_suspension(self, burst: bool) -> None:  # noqa: FBT001 - RQ's signature
        """Obey `rq suspend` within a second."""
        if time.monotonic() - self._last_suspension_check >= 1.0:
            self._last_suspension_check = time.monotonic()
            super().check_for_suspension(burst)

    def handle_execution_ended(self, job: Job, queue: Queue, heartbeat_ttl: int) -> None:  # noqa: ARG002 - RQ's signature
        """Note the end; the bookkeeping that follows writes it."""
        job.ended_at = now()


class ChunkScorer:
    """Scores the chunk of a job and replies; doing it twice does no harm."""

    def __init__(self, connection: Redis, tools: Workbench, beat: Callable[[], None]) -> None:
        self._redis = connection
        self._tools = tools
        self._beat = beat
        self._job = ""
        self._asked_at = 0.0
        self._still_wanted = True
        tools.still_wanted = self._wanted

    def run(self, job: str, reply: str, ttl_seconds: int) -> dict[str, int]:
        """Score the chunk of job `job` and put the answer on the list `reply`."""
        started_at, clock = time.time(), time.perf_counter()
        pipe = self._redis.pipeline(transaction=False)
        pipe.get(wire.payload_key(job))
        pipe.hincrby(wire.progress_key(job), "starts", 1)
        pipe.expire(wire.progress_key(job), ttl_seconds)
        payload, starts, _ = pipe.execute()
        if payload is None:  # cancelled, answered by another worker, or nobody waits any more
            self._redis.unlink(wire.progress_key(job))
            return {"scored": 0}
        self._job, self._asked_at, self._still_wanted = job, time.monotonic(), True
        chunk = wire.chunk_decoder.decode(payload)
        compiled = compile_spec(chunk.spec)
        if starts == 1:
            judge = partial(self._score, compiled)
        else:
            judge = partial(self._score_carefully, compiled, self._progress(job))
        scored: list[wire.Scored] = []
        for position, unit in enumerate(chunk.units):
            scored.append(judge(position, unit))
            if not self._wanted():
                self._redis.unlink(wire.progress_key(job))
                return {"scored": len(scored)}
        counts = self._tools.memory.take_counts() if self._tools.memory else (0, 0)
        seconds = time.perf_counter() - clock
        answer = wire.encode(wire.Answer(job, scored, started_at, seconds, *counts))
        pipe = self._redis.pipeline(transaction=False)
        pipe.rpush(reply, answer)
        pipe.expire(reply, ttl_seconds)
        pipe.unlink(wire.payload_key(job), wire.progress_key(job))
        pipe.execute()
        return {"scored": len(scored)}

    def _score(self, compiled: CompiledSpec, _position: int, unit: wire.Unit) -> wire.Scored:
        self._tools.deadline = unit.deadline
        rollout = Rollout.model_validate_json(unit.rollout)
        reward = score(rollout, compiled, self._tools, deadline=unit.deadline)
        return wire.to_scored(reward, compiled)

    def _score_carefully(
        self, compiled: CompiledSpec, done: dict[bytes, bytes], position: int, unit: wire.Unit
    ) -> wire.Scored:
        """Score a rollout of a chunk whose last worker died, noting that it begins and ends.

        So a rollout that kills workers is found and set aside, and its neighbours are scored.
        """
        kept = done.get(b"scored:%d" % position)
        if kept is not None:
            return wire.scored_decoder.decode(kept)
        key = wire.progress_key(self._job)
        begun = int(done.get(b"begun:%d" % position, 0))
        if begun >= MAX_CRASHES:
            _log.error("rollout.poison", job=self._job, position=position)
            rollout = Rollout.model_validate_json(unit.rollout)
            reason = f"the worker died {begun} times while judging this rollout"
            null = null_reward(rollout, compiled, Status.UNSCORED, reason)
            scored = wire.to_scored(null, compiled, Outcome.CRASHED)
        else:
            self._redis.hincrby(key, f"begun:{position}", 1)
            scored = self._score(compiled, position, unit)
        self._redis.hset(key, f"scored:{position}", wire.encode(scored))
        return scored

    def _progress(self, job: str) -> dict[bytes, bytes]:
        return cast("dict[bytes, bytes]", self._redis.hgetall(wire.progress_key(job)))

    def _wanted(self) -> bool:
        """Once a second, renew the lease and look whether anybody still waits for the job.

        Redis being away says nothing about that, so the work goes on.
        """
        if time.monotonic() - self._asked_at >= _LOOK_SECONDS:
            self._asked_at = time.monotonic()
            with contextlib.suppress(RedisError):
                self._beat()
                self._still_wanted = bool(self._redis.exists(wire.payload_key(self._job)))
        return self._still_wanted


def run_worker(
    queue: str, redis_url: str, zygote: Path, settings: Settings, *, programs: bool
) -> None:
    """Work on one queue in this process until SIGTERM.

    Args:
        queue: its name.
        redis_url: where it is.
        zygote: the socket of the process that forks children for symbolic math.
        settings: the lease, and the sandbox.
        programs: whether this worker runs programs.
    """
    for logger in ("rq.worker", "rq.job"):
        logging.getLogger(logger).addHandler(OneLine())
    connection = Redis.from_url(redis_url)
    name = f"{queue}-{os.uname().nodename}-{os.getpid()}"
    worker = RolloutWorker(queue, connection, settings.lease_seconds, name)
    tools = Workbench(Watchdog(zygote), settings if programs else None)
    tools.memory = Memory(connection, settings.code_cache_seconds)
    scorer = ChunkScorer(connection, tools, worker.beat)
    AllowedJob.functions = {wire.JOB_FUNCTION: scorer.run}
    try:
        worker.work(logging_level="WARNING")
    finally:
        tools.close()
