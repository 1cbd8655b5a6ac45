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
        self.judged = 0
        """Judgements that were made, since this was."""
        self.recalled = 0
        """Judgements that were known already."""

    def recall(
        self, digest: str, judge: Callable[[], Judgement], still_wanted: Callable[[], bool]
    ) -> Judgement:
        """The judgement under a digest of all that it depends on, from memory or from `judge`."""
        known, claim = self._known(digest, still_wanted)
        if known is not None:
            self.recalled += 1
            return known
        self.judged += 1
        try:
            judgement = judge()
            self._keep(digest, judgement)
        finally:
            if claim is not None:
                with contextlib.suppress(RedisError):
                    self._redis.unlink(claim)
        return judgement

    def _known(
        self, digest: str, still_wanted: Callable[[], bool]
    ) -> tuple[Judgement | None, str | None]:
        """The judgement, or else the claim on making it, where nobody else holds it."""
        if not self._seconds:
            return None, None
        key = wire.judged_key(digest)
        claim = f"{key}:claim"
        until = time.monotonic() + _CLAIM_SECONDS
        with contextlib.suppress(RedisError):
            while True:
                found = self._redis.get(key)
                if found is not None:
                    return _judgement(found), None
                if self._redis.set(claim, 1, nx=True, ex=_CLAIM_SECONDS):
                    # Whoever had the claim before may have finished between the two questions.
                    found = self._redis.get(key)
                    if found is None:
                        return None, claim
                    self._redis.unlink(claim)
                    return _judgement(found), None
                if time.monotonic() > until or not still_wanted():
                    break
                time.sleep(_LOOK_SECONDS)
        return None, None

    def _keep(self, digest: str, judgement: Judgement) -> None:
        if judgement.score is None or not self._seconds:
            return
        packed = _packed(judgement, judgement.score)
        if len(packed) <= _MAX_BYTES:
            with contextlib.suppress(RedisError):
                self._redis.set(wire.judged_key(digest), packed, ex=self._seconds)


def _packed(judgement: Judgement, score: float) -> bytes:
    told = _Remembered(str(judgement.outcome), score, judgement.reason, {**judgement.evidence})
    return msgspec.msgpack.encode(told)


def _judgement(packed: object) -> Judgement:
    told = _decoder.decode(packed)  # type: ignore[arg-type]  # redis-py promises bytes or a coroutine
    evidence = cast("dict[str, JsonValue]", told.evidence)
    return Judgement(Outcome(told.outcome), told.score, told.reason, evidence)
