"""Gives abandoned work to another worker within seconds; stock RQ takes 90 s to 11 minutes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

import structlog
from redis.exceptions import RedisError
from rq.intermediate_queue import IntermediateQueue
from rq.job import Job
from rq.queue import Queue
from rq.registry import StartedJobRegistry

from verifier import wire

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redis import Redis

_log = structlog.get_logger(__name__)

LOCK_KEY = f"{wire.PREFIX}:reaper"
LOCK_MILLISECONDS = 900
POP_SECONDS = 2.0
"""A job that was popped this long ago and never started has lost its worker."""

_RETURN = """
local removed
if ARGV[3] == 'list' then removed = redis.call('LREM', KEYS[1], 1, ARGV[1])
else removed = redis.call('ZREM', KEYS[1], ARGV[1]) end
if removed == 0 or redis.call('EXISTS', KEYS[3]) == 0 then return 0 end
redis.call('HSET', KEYS[3], 'status', 'queued')
redis.call('LPUSH', KEYS[2], ARGV[2])
return 1
"""


class Reaper:
    """Sweeps the queues it is given; of all reapers on one Redis, one sweeps at a time."""

    def __init__(self, connection: Redis, queues: Iterable[str]) -> None:
        self._redis = connection
        self._queues = [Queue(name, connection=connection) for name in queues]
        self._popped: dict[tuple[str, str], float] = {}
        self._return = connection.register_script(_RETURN)

    def sweep(self) -> int:
        """Return abandoned jobs to the front of their queues; how many there were.

        A job is abandoned when the lease of its execution is over, or when it was popped and
        not started for `POP_SECONDS`. Redis being away is no error: the next sweep finds them.
        """
        try:
            if not self._redis.set(LOCK_KEY, 1, nx=True, px=LOCK_MILLISECONDS):
                return 0
            returned = sum(self._sweep_started(q) + self._sweep_popped(q) for q in self._queues)
        except RedisError as error:
            _log.warning("reaper.redis", error=str(error))
            return 0
        if returned:
            _log.warning("reaper.returned", jobs=returned)
        return returned

    def _sweep_started(self, queue: Queue) -> int:
        registry = StartedJobRegistry(queue=queue)
        expired = cast("list[bytes]", self._redis.zrangebyscore(registry.key, "-inf", time.time()))
        return sum(self._give_back(registry.key, queue, member, "zset") for member in expired)

    def _sweep_popped(self, queue: Queue) -> int:
        key = IntermediateQueue.get_intermediate_queue_key(queue.key)
        members = cast("list[bytes]", self._redis.lrange(key, 0, -1))
        now = time.monotonic()
        seen = {(key, m.decode()): self._popped.get((key, m.decode()), now) for m in members}
        self._popped = {k: at for k, at in self._popped.items() if k[0] != key} | seen
        lost = [member for (_, member), at in seen.items() if now - at >= POP_SECONDS]
        return sum(self._give_back(key, queue, member.encode(), "list") for member in lost)

    def _give_back(self, source: str, queue: Queue, member: bytes, shape: str) -> int:
        job = member.decode().split(":", 1)[0]
        keys = [source, queue.key, Job.key_for(job)]
        return int(self._return(keys=keys, args=[member, job, shape]))
