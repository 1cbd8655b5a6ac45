"""Rollouts are cut into jobs, share places, and leave when nobody waits."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from redis import Redis
from rq.job import Job

from verifier import wire
from verifier.chunks import Pending, chunked
from verifier.embedded import private_redis
from verifier.errors import QueueUnavailable
from verifier.model import Priority
from verifier.queue import Queue
from verifier.settings import Settings
from verifier.spec import load_specs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

MATH = load_specs().find("math")
R1 = load_specs().find("r1")
TRAIN = "rq:queue:verifier-rules-train"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with private_redis(64 << 20) as url:
        yield url


@pytest.fixture
def connection(server: str) -> Iterator[Redis]:
    client = Redis.from_url(server)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
async def queue(server: str, connection: Redis) -> AsyncIterator[Queue]:
    async with Queue(_settings(coalesce_seconds=0.1), server) as opened:
        yield opened


def _settings(**changes: Any) -> Settings:  # noqa: ANN401 - whatever is set
    return Settings(**changes)


def _unit(size: int = 10, cost_seconds: float = 0.0) -> Pending:
    unit = wire.Unit(0.0, b"x" * size)
    future: Any = None
    return Pending(("spec", "train", b"x"), unit, cost_seconds, future, 0.0)


def _sizes(units: list[Pending], settings: Settings, share: int = 1024) -> list[int]:
    return [len(chunk) for chunk in chunked(units, settings, share)]


def _submit(queue: Queue, *rollouts: bytes, seconds: float = 30.0) -> list[Pending]:
    return queue.submit(rollouts, MATH, Priority.TRAIN, time.time() + seconds)


async def _until(true: Callable[[], object], seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:  # noqa: ASYNC110 - Redis sends no event
        await asyncio.sleep(0.01)


def _first(connection: Redis) -> str:
    """The id of the first job in the queue."""
    found = connection.lrange(TRAIN, 0, 0)[0]
    assert isinstance(found, bytes)
    return found.decode()


def _chunk(connection: Redis, job: str) -> wire.Chunk:
    raw = connection.get(wire.payload_key(job))
    assert isinstance(raw, bytes)
    return wire.chunk_decoder.decode(raw)


def _answer(
    connection: Redis,
    job: str,
    *,
    twice: bool = False,
    status: str = "scored",
    outcome: str = "correct",
) -> None:
    """Do what a worker does."""
    units = _chunk(connection, job).units
    scored = [wire.Scored(status, None, [("check", outcome)], unit.rollout) for unit in units]
    answer = wire.encode(wire.Answer(job, scored, time.time(), 0.0))
    for _ in range(2 if twice else 1):
        connection.rpush(_reply(connection, job), answer)


def _reply(connection: Redis, job: str) -> str:
    data: Any = connection.hget(f"rq:job:{job}", "data")
    name: str = json.loads(zlib.decompress(data))[2][1]
    return name


def test_a_chunk_holds_so_many_rollouts_and_no_more() -> None:
    assert _sizes([_unit() for _ in range(9)], _settings(chunk_rollouts=4)) == [4, 4, 1]


def test_a_chunk_is_no_larger_than_the_share_of_one_worker() -> None:
    assert _sizes([_unit() for _ in range(9)], _settings(chunk_rollouts=64), share=4) == [4, 4, 1]


def test_a_chunk_holds_so_many_bytes_and_no_more() -> None:
    units = [_unit(40) for _ in range(5)]
    assert _sizes(units, _settings(chunk_bytes=80)) == [2, 2, 1]


def test_a_chunk_holds_so_many_seconds_and_no_more() -> None:
    units = [_unit(cost_seconds=0.25) for _ in range(5)]
    assert _sizes(units, _settings(chunk_seconds=0.5)) == [2, 2, 1]


def test_a_rollout_larger_than_a_chunk_travels_alone() -> None:
    units = [_unit(10), _unit(1000), _unit(10), _unit(10)]
    assert _sizes(units, _settings(chunk_bytes=100)) == [1, 1, 2]


def test_a_rollout_dearer_than_a_chunk_travels_alone() -> None:
    units = [_unit(cost_seconds=9), _unit(cost_seconds=9)]
    assert _sizes(units, _settings(chunk_seconds=1)) == [1, 1]


def test_chunks_keep_the_order() -> None:
    units = [_unit(size) for size in range(20)]
    chunks = chunked(units, _settings(chunk_rollouts=3), 1024)
    assert [unit for chunk in chunks for unit in chunk] == units


def test_nothing_makes_no_chunk() -> None:
    assert _sizes([], _settings()) == []


async def test_identical_rollouts_of_one_request_share_a_place(queue: Queue) -> None:
    first, second = _submit(queue, b"a", b"a")
    assert first is second


async def test_identical_rollouts_of_two_requests_share_a_place(queue: Queue) -> None:
    (first,) = _submit(queue, b"a", seconds=30)
    (second,) = _submit(queue, b"a", seconds=20)
    assert first is second


async def test_a_rollout_with_a_later_deadline_shares_the_place_too(queue: Queue) -> None:
    (first,) = _submit(queue, b"a", seconds=20)
    (second,) = _submit(queue, b"a", seconds=30)
    assert first is second


async def test_what_leaves_has_the_latest_deadline_of_those_who_wait(
    queue: Queue, connection: Redis
) -> None:
    _submit(queue, b"a", seconds=20)
    (pending,) = _submit(queue, b"a", seconds=30)
    await _until(lambda: connection.llen(TRAIN))
    (unit,) = _chunk(connection, _first(connection)).units
    assert unit.deadline == pending.until > time.time() + 21


async def test_what_was_too_late_for_the_first_is_tried_for_the_second(
    queue: Queue, connection: Redis
) -> None:
    (pending,) = _submit(queue, b"a", seconds=0.5)
    await _until(lambda: connection.llen(TRAIN))
    _submit(queue, b"a", seconds=30)
    job = _first(connection)
    _answer(connection, job, status="unscored", outcome="deadline")
    await _until(lambda: connection.llen(TRAIN) == 2)
    connection.lpop(TRAIN)
    again = _first(connection)
    _answer(connection, again)
    found = await asyncio.wait_for(pending.future, 5)
    assert (found.status, again != job) == ("scored", True)


async def test_what_was_too_late_is_not_tried_for_somebody_who_has_gone(
    queue: Queue, connection: Redis
) -> None:
    _submit(queue, b"a", b"b", seconds=0.5)
    await _until(lambda: connection.llen(TRAIN))
    patient = _submit(queue, b"a", seconds=30)
    queue.release(patient * 2)  # the first who asked has gone, too
    _answer(connection, _first(connection), status="unscored", outcome="deadline")
    await _until(lambda: not queue._jobs)
    assert queue.rollouts_in_flight == 0


async def test_what_was_too_late_for_all_is_told_to_all(queue: Queue, connection: Redis) -> None:
    (pending,) = _submit(queue, b"a", seconds=0.5)
    _submit(queue, b"a", seconds=0.4)
    await _until(lambda: connection.llen(TRAIN))
    _answer(connection, _first(connection), status="unscored", outcome="deadline")
    found = await asyncio.wait_for(pending.future, 5)
    assert found.status == "unscored"


async def test_sharing_a_place_is_told(queue: Queue) -> None:
    told = list[None]()
    queue.on_shared = lambda: told.append(None)
    _submit(queue, b"a", b"b", b"a")
    assert len(told) == 1


async def test_the_same_rollout_under_another_spec_has_a_place_of_its_own(queue: Queue) -> None:
    (first,) = _submit(queue, b"a")
    (second,) = queue.submit([b"a"], R1, Priority.TRAIN, time.time() + 20)
    assert first is not second


async def test_the_same_rollout_of_another_priority_has_a_place_of_its_own(queue: Queue) -> None:
    (first,) = _submit(queue, b"a")
    (second,) = queue.submit([b"a"], MATH, Priority.EVAL, time.time() + 20)
    assert first is not second


async def test_the_first_request_does_not_wait_for_company(queue: Queue) -> None:
    _submit(queue, b"a")
    await asyncio.sleep(0.01)  # less than `coalesce_seconds`
    assert queue._jobs


async def test_small_requests_in_flight_together_travel_together(
    queue: Queue, connection: Redis
) -> None:
    _submit(queue, b"first")
    await _until(lambda: connection.llen(TRAIN))
    for number in range(5):
        _submit(queue, b"%d" % number)
    await asyncio.sleep(0.2)
    assert connection.llen(TRAIN) == 2


async def test_requests_of_two_specs_do_not_travel_together(
    queue: Queue, connection: Redis
) -> None:
    _submit(queue, b"a")
    queue.submit([b"a"], R1, Priority.TRAIN, time.time() + 30)
    await asyncio.sleep(0.2)
    assert connection.llen(TRAIN) == 2


async def test_each_priority_has_its_own_queue(queue: Queue, connection: Redis) -> None:
    queue.submit([b"a"], MATH, Priority.BATCH, time.time() + 30)
    await _until(lambda: connection.llen("rq:queue:verifier-rules-batch"))
    assert connection.llen("rq:queue:verifier-rules-batch") == 1


async def test_work_that_nobody_waits_for_is_dropped(queue: Queue, connection: Redis) -> None:
    pending = _submit(queue, b"a")
    await _until(lambda: connection.llen(TRAIN))
    queue.release(pending)
    await _until(lambda: not connection.keys("verifier:payload:*"))
    assert not connection.keys("verifier:payload:*")


async def test_work_released_before_it_left_never_leaves(queue: Queue, connection: Redis) -> None:
    queue.release(_submit(queue, b"a"))
    await asyncio.sleep(0.2)
    assert connection.llen(TRAIN) == 0


async def test_work_that_another_waits_for_is_kept(queue: Queue, connection: Redis) -> None:
    first = _submit(queue, b"a", seconds=30)
    _submit(queue, b"a", seconds=20)
    await _until(lambda: connection.llen(TRAIN))
    queue.release(first)
    await asyncio.sleep(0.1)
    assert len(connection.keys("verifier:payload:*")) == 1


async def test_work_whose_chunk_another_waits_for_is_kept(queue: Queue, connection: Redis) -> None:
    pending = _submit(queue, b"a", b"b")
    await _until(lambda: connection.llen(TRAIN))
    queue.release(pending[:1])
    await asyncio.sleep(0.1)
    assert len(connection.keys("verifier:payload:*")) == 1


async def test_a_released_rollout_is_submitted_anew(queue: Queue, connection: Redis) -> None:
    pending = _submit(queue, b"a")
    await _until(lambda: connection.llen(TRAIN))
    queue.release(pending)
    (again,) = _submit(queue, b"a")
    await _until(lambda: connection.llen(TRAIN) == 2)
    assert again is not pending[0]


async def test_releasing_forgets(queue: Queue, connection: Redis) -> None:
    pending = _submit(queue, b"a", b"b")
    await _until(lambda: connection.llen(TRAIN))
    queue.release(pending)
    assert (queue.rollouts_in_flight, queue._jobs) == (0, {})


async def test_an_answer_reaches_everyone_who_waits(queue: Queue, connection: Redis) -> None:
    pending = [*_submit(queue, b"a", seconds=30), *_submit(queue, b"a", b"b", seconds=20)]
    await _until(lambda: connection.llen(TRAIN))
    while connection.llen(TRAIN):
        _answer(connection, _first(connection))
        connection.lpop(TRAIN)
    found = await asyncio.wait_for(asyncio.gather(*(p.future for p in pending)), 5)
    assert [scored.body for scored in found] == [b"a", b"a", b"b"]


async def test_a_second_answer_is_ignored(queue: Queue, connection: Redis) -> None:
    (pending,) = _submit(queue, b"a")
    await _until(lambda: connection.llen(TRAIN))
    heard = list[wire.Answer]()
    queue.on_answer = lambda answer, _sent_at: heard.append(answer)
    _answer(connection, _first(connection), twice=True)
    await asyncio.wait_for(pending.future, 5)
    await asyncio.sleep(0.1)
    assert len(heard) == 1


async def test_work_whose_answer_was_lost_is_submitted_again(
    queue: Queue, connection: Redis
) -> None:
    _submit(queue, b"a")
    await _until(lambda: connection.llen(TRAIN))
    job = _first(connection)
    connection.delete(TRAIN)
    connection.hset(Job.key_for(job), "status", "finished")
    await _until(lambda: connection.llen(TRAIN))
    assert _first(connection) == job


async def test_work_that_redis_forgot_is_submitted_again(queue: Queue, connection: Redis) -> None:
    _submit(queue, b"a")
    await _until(lambda: connection.llen(TRAIN))
    connection.flushall()
    await _until(lambda: connection.llen(TRAIN))
    assert connection.llen(TRAIN) == 1


async def test_work_submitted_again_keeps_its_payload(queue: Queue, connection: Redis) -> None:
    _submit(queue, b"a")
    await _until(lambda: connection.llen(TRAIN))
    connection.flushall()
    await _until(lambda: connection.llen(TRAIN))
    assert [u.rollout for u in _chunk(connection, _first(connection)).units] == [b"a"]


async def test_an_unreachable_redis_is_said_by_the_deadline() -> None:
    async with Queue(_settings(), "unix:///nonexistent/redis.sock") as away:
        (pending,) = _submit(away, b"a", seconds=0.3)
        with pytest.raises(QueueUnavailable):
            await asyncio.wait_for(pending.future, 2)


async def test_leaving_takes_the_reply_list_along(server: str, connection: Redis) -> None:
    async with Queue(_settings(), server) as opened:
        name = opened._reply
        # Nobody hears this list before the queue has left.
        opened._closing = True
        connection.rpush(name, b"")
    assert connection.exists(name) == 0


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 8, 12])
async def test_leaving_while_redis_is_being_connected_takes_no_time(
    server: str, connection: Redis, steps: int
) -> None:
    async with Queue(_settings(), server) as opened:
        _submit(opened, b"a")
        for _ in range(steps):
            await asyncio.sleep(0)
        started = time.monotonic()
    assert time.monotonic() - started < 2


async def test_an_attempt_that_redis_never_saw_is_not_counted() -> None:
    async with Queue(_settings(), "unix:///nonexistent/redis.sock") as away:
        _submit(away, b"a")
        await asyncio.sleep(0.3)
        assert [job.submissions for job in away._jobs.values()] == [0]
