"""Work that a worker left behind goes to the front of its queue, and nothing else moves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from redis import Redis
from rq.intermediate_queue import IntermediateQueue
from rq.queue import Queue
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer

from verifier import reaper, wire
from verifier.embedded import private_redis
from verifier.reaper import LOCK_KEY, POP_SECONDS, Reaper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rq.job import Job

NAME = "verifier-rules-train"


@pytest.fixture(scope="module")
def server() -> Iterator[Redis]:
    with private_redis(64 << 20) as url:
        client = Redis.from_url(url)
        yield client
        client.close()


@pytest.fixture
def connection(server: Redis) -> Redis:
    server.flushall()
    return server


@pytest.fixture
def queue(connection: Redis) -> Queue:
    return Queue(NAME, connection=connection, serializer=JSONSerializer)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The reaper's monotonic clock, which stands still until a test moves it."""
    now = [1000.0]
    monkeypatch.setattr("verifier.reaper.time.monotonic", lambda: now[0])
    return now


def _enqueue(queue: Queue) -> Job:
    return queue.enqueue_call(wire.JOB_FUNCTION, args=("a", "b", 1), timeout=60)


def _popped(queue: Queue) -> Job:
    """A job that a worker took from the queue and has not started."""
    job = _enqueue(queue)
    key = IntermediateQueue.get_intermediate_queue_key(queue.key)
    queue.connection.lmove(queue.key, key, "LEFT", "RIGHT")
    return job


def _started(queue: Queue, lease_seconds: float) -> Job:
    """A job whose lease ends so many seconds from now."""
    job = _enqueue(queue)
    queue.connection.lrem(queue.key, 1, job.id)
    queue.connection.hset(job.key, "status", "started")
    member = f"{job.id}:execution"
    registry = StartedJobRegistry(queue=queue)
    queue.connection.zadd(registry.key, {member: time.time() + lease_seconds})
    return job


def _sweep(connection: Redis) -> int:
    return Reaper(connection, [NAME]).sweep()


def test_a_started_job_whose_lease_is_over_is_returned(queue: Queue) -> None:
    job = _started(queue, -1)
    assert (_sweep(queue.connection), queue.job_ids) == (1, [job.id])


def test_a_returned_job_stands_in_front_of_the_queue(queue: Queue) -> None:
    waiting = _enqueue(queue)
    job = _started(queue, -1)
    _sweep(queue.connection)
    assert queue.job_ids == [job.id, waiting.id]


def test_a_returned_job_is_queued_again(queue: Queue) -> None:
    job = _started(queue, -1)
    _sweep(queue.connection)
    assert queue.connection.hget(job.key, "status") == b"queued"


def test_a_returned_job_leaves_the_registry(queue: Queue) -> None:
    _started(queue, -1)
    _sweep(queue.connection)
    assert queue.connection.zcard(StartedJobRegistry(queue=queue).key) == 0


def test_a_job_is_returned_once(queue: Queue) -> None:
    job = _started(queue, -1)
    one = Reaper(queue.connection, [NAME])
    one.sweep()
    queue.connection.delete(LOCK_KEY)
    assert (one.sweep(), queue.job_ids) == (0, [job.id])


def test_a_live_lease_is_left_alone(queue: Queue) -> None:
    _started(queue, 30)
    assert (_sweep(queue.connection), queue.job_ids) == (0, [])


def test_a_popped_job_is_left_alone_at_first(queue: Queue, clock: list[float]) -> None:
    _popped(queue)
    assert (_sweep(queue.connection), queue.job_ids) == (0, [])


def test_a_job_popped_and_never_started_is_returned(queue: Queue, clock: list[float]) -> None:
    job = _popped(queue)
    one = Reaper(queue.connection, [NAME])
    one.sweep()
    queue.connection.delete(LOCK_KEY)
    clock[0] += POP_SECONDS
    assert (one.sweep(), queue.job_ids) == (1, [job.id])


def test_a_popped_job_is_left_alone_until_its_time_is_over(
    queue: Queue, clock: list[float]
) -> None:
    _popped(queue)
    one = Reaper(queue.connection, [NAME])
    one.sweep()
    queue.connection.delete(LOCK_KEY)
    clock[0] += POP_SECONDS - 0.1
    assert one.sweep() == 0


def test_a_job_popped_a_second_time_has_its_whole_time_again(
    queue: Queue, clock: list[float]
) -> None:
    job = _popped(queue)
    key = IntermediateQueue.get_intermediate_queue_key(queue.key)
    one = Reaper(queue.connection, [NAME])
    one.sweep()
    queue.connection.lrem(key, 1, job.id)  # its worker started it
    queue.connection.delete(LOCK_KEY)
    one.sweep()
    queue.connection.rpush(key, job.id)  # it was returned and popped once more
    queue.connection.delete(LOCK_KEY)
    clock[0] += POP_SECONDS
    assert one.sweep() == 0


def test_a_job_whose_hash_is_gone_is_dropped(queue: Queue) -> None:
    job = _started(queue, -1)
    queue.connection.delete(job.key)
    found = _sweep(queue.connection), queue.job_ids
    left = queue.connection.zcard(StartedJobRegistry(queue=queue).key)
    assert (found, left) == ((0, []), 0)


def test_the_queues_of_others_are_left_alone(connection: Redis) -> None:
    other = Queue("somebody-else", connection=connection, serializer=JSONSerializer)
    _started(other, -1)
    assert (_sweep(connection), other.job_ids) == (0, [])


def test_one_reaper_sweeps_at_a_time(queue: Queue) -> None:
    first, second = (Reaper(queue.connection, [NAME]) for _ in range(2))
    first.sweep()
    _started(queue, -1)
    assert second.sweep() == 0


def test_another_reaper_takes_over_when_one_died(queue: Queue) -> None:
    first, second = (Reaper(queue.connection, [NAME]) for _ in range(2))
    first.sweep()
    _started(queue, -1)
    time.sleep(reaper.LOCK_MILLISECONDS / 1000 + 0.05)
    assert second.sweep() == 1


def test_redis_being_away_is_no_error() -> None:
    away = Redis.from_url("unix:///nonexistent/redis.sock")
    assert Reaper(away, [NAME]).sweep() == 0
