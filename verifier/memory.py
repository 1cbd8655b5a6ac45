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
_CLAIM = b"claimed"
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
        self._judged = self._recalled = 0

    def recall(
        self, digest: str, judge: Callable[[], Judgement], still_wanted: Callable[[], bool]
    ) -> Judgement:
        """The judgement under a digest of all that it depends on, from memory or from `judge`."""
        key = wire.judged_key(digest)
        known, claimed = self._known(key, still_wanted)
        if known is not None:
            self._recalled += 1
            return known
        self._judged += 1
        packed = None
        try:
            judgement = judge()
            packed = _packed(judgement) if self._seconds else None
        finally:
            with contextlib.suppress(RedisError):
                if packed is not None:
                    self._redis.set(key, packed, ex=self._seconds)
                elif claimed:
                    self._redis.unlink(key)
        return judgement

    def take_counts(self) -> tuple[int, int]:
        """Judgements that were made, and those that were known, since this was asked last."""
        counts = self._judged, self._recalled
        self._judged = self._recalled = 0
        return counts

    def _known(self, key: str, still_wanted: Callable[[], bool]) -> tuple[Judgement | None, bool]:
        """The judgement; or else whether the claim on making it is ours."""
        until = time.monotonic() + _CLAIM_SECONDS
        with contextlib.suppress(RedisError):
            while self._seconds:
                # Asks and claims at once, so that nobody can finish in between.
                found = self._redis.set(key, _CLAIM, nx=True, get=True, ex=_CLAIM_SECONDS)
                if found is None:
                    return None, True
                if found != _CLAIM:
                    return _judgement(found), False
                if time.monotonic() > until or not still_wanted():
                    break
                time.sleep(_LOOK_SECONDS)
        return None, False


def _packed(judgement: Judgement) -> bytes | None:
    """What is kept of a judgement; None where it is not."""
    if judgement.score is None:
        return None
    told = _Remembered(
        str(judgement.outcome), judgement.score, judgement.reason, {**judgement.evidence}
    )
    packed = msgspec.msgpack.encode(told)
    return packed if len(packed) <= _MAX_BYTES else None


def _judgement(packed: object) -> Judgement:
    told = _decoder.decode(packed)  # type: ignore[arg-type]  # redis-py promises bytes or a coroutine
    evidence = cast("dict[str, JsonValue]", told.evidence)
    return Judgement(Outcome(told.outcome), told.score, told.reason, evidence)
