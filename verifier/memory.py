"""Judgements of programs, remembered in Redis, so that identical work is done once."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, cast

import msgspec
from redis.exceptions import RedisError

from verifier import wire
from verifier.checks.base import Judgement
from verifier.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue
    from redis import Redis

_CLAIM_SECONDS = 10
"""Who does a piece of work says so for this long; the others wait for it."""
_LOOK_SECONDS = 0.01
_MAX_BYTES = 64 << 10
"""More evidence than this (what a program printed) is worth less than its place in Redis."""


class _Remembered(msgspec.Struct, frozen=True, array_like=True):
    outcome: str
    score: float
    reason: str
    evidence: dict[str, object]


_decoder = msgspec.msgpack.Decoder(_Remembered)


class Memory:
    """Remembers for a while. A judgement without a score, or of much evidence, never is.

    Args:
        redis: where; while it is away nothing is remembered, and that is all.
        seconds: for how long; 0 turns it off.
    """

    def __init__(self, redis: Redis, seconds: int) -> None:
        self._redis = redis
        self._seconds = seconds

    def recall(
        self, digest: str, judge: Callable[[], Judgement], still_wanted: Callable[[], bool]
    ) -> Judgement:
        """The judgement under a digest of all that it depends on, from memory or from `judge`."""
        if not self._seconds:
            return judge()
        key = wire.judged_key(digest)
        claim = f"{key}:claim"
        until = time.monotonic() + _CLAIM_SECONDS
        with contextlib.suppress(RedisError):
            while True:
                found = self._redis.get(key)
                if found is not None:
                    return _judgement(found)
                if self._redis.set(claim, 1, nx=True, ex=_CLAIM_SECONDS):
                    # Whoever had the claim before may have finished between the two questions.
                    found = self._redis.get(key)
                    if found is None:
                        break
                    self._redis.unlink(claim)
                    return _judgement(found)
                if time.monotonic() > until or not still_wanted():
                    break
                time.sleep(_LOOK_SECONDS)
        try:
            judgement = judge()
            if judgement.score is not None:
                packed = _packed(judgement, judgement.score)
                if len(packed) <= _MAX_BYTES:
                    with contextlib.suppress(RedisError):
                        self._redis.set(key, packed, ex=self._seconds)
        finally:
            with contextlib.suppress(RedisError):
                self._redis.unlink(claim)
        return judgement


def _packed(judgement: Judgement, score: float) -> bytes:
    told = _Remembered(str(judgement.outcome), score, judgement.reason, {**judgement.evidence})
    return msgspec.msgpack.encode(told)


def _judgement(packed: object) -> Judgement:
    told = _decoder.decode(packed)  # type: ignore[arg-type]  # redis-py promises bytes or a coroutine
    evidence = cast("dict[str, JsonValue]", told.evidence)
    return Judgement(Outcome(told.outcome), told.score, told.reason, evidence)
