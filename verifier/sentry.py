"""Looks after the sandbox of one host from a process of its own, and tells how it is."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import structlog
from redis import Redis
from redis.exceptions import RedisError

from sandbox.types import Unavailable
from verifier import wire
from verifier.sandboxes import open_backend

if TYPE_CHECKING:
    from sandbox.backends.base import Backend
    from verifier.settings import Settings

_log = structlog.get_logger(__name__)

_LOOK_SECONDS = 1.0
_TIMEOUT_SECONDS = 3
"""With a look's pause shorter than a report is kept, so that a hanging engine is told of."""


def watch_sandbox(settings: Settings, redis_url: str, host: str) -> None:
    """Report every second whether programs could run on this host; never returns.

    A backend that was found once is the host's from then on: where it fails, the host is not
    ready. One that was configured by name is expected from the beginning.
    """
    redis = Redis.from_url(redis_url, socket_timeout=2)
    backend: Backend | None = None
    named = settings.sandbox in ("docker", "local")
    expected: str | None = settings.sandbox if named else None
    last: str | None = ""
    _tell(redis, host, wire.SandboxReport(expected, "it has not been looked at yet"))
    while True:
        problem = None
        try:
            if backend is None:
                backend = open_backend(settings, _TIMEOUT_SECONDS)
                expected = backend.name
            else:
                backend.check()
        except Unavailable as error:
            problem = str(error)
        if problem != last:
            _log.log(30 if problem else 20, "sandbox.looked", backend=expected, problem=problem)
            last = problem
        _tell(redis, host, wire.SandboxReport(expected, problem))
        time.sleep(_LOOK_SECONDS)


def _tell(redis: Redis, host: str, report: wire.SandboxReport) -> None:
    with contextlib.suppress(RedisError):
        redis.set(wire.sandbox_key(host), wire.encode(report), ex=wire.HOST_SECONDS)
