"""Keeps the workers of one host alive, with the zygote that they share and the reaper."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
from redis import Redis
from redis.exceptions import RedisError

from sandbox import die_with_parent
from verifier import wire
from verifier.errors import describe
from verifier.folders import private_folder
from verifier.model import Priority
from verifier.reaper import Reaper
from verifier.sentry import watch_sandbox
from verifier.watchdog import start_zygote
from verifier.worker import run_worker

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

    from verifier.settings import Settings

_log = structlog.get_logger(__name__)

NICENESS = {Priority.TRAIN: 0, Priority.EVAL: 5, Priority.BATCH: 10}
"""Priority without a scheduler of ours: each class has its own workers, the kernel ranks them."""
_TICK_SECONDS = 0.1
_GRACE_SECONDS = 10.0
_MAX_BACKOFF_SECONDS = 5.0
_ZYGOTE_PAUSE_SECONDS = 1.0


@dataclass
class _Slot:
    """A place for one process: a worker of a queue, or the one that watches the sandbox."""

    queue: str | None
    niceness: int
    programs: bool = False
    pid: int | None = None
    started: float = 0.0
    backoff: float = 0.0
    not_before: float = 0.0
    restarts: int = field(default=-1)


def plan(settings: Settings) -> dict[Priority, int]:
    """How many workers each class of priority has on this host."""
    return {
        Priority.TRAIN: settings.train_workers,
        Priority.EVAL: settings.eval_workers,
        Priority.BATCH: settings.batch_workers,
    }


class Supervisor:
    """Runs in its own single-threaded process, because it forks."""

    def __init__(self, settings: Settings, redis_url: str, workers: Mapping[Priority, int]) -> None:
        self._settings = settings
        self._redis_url = redis_url
        self._slots = [
            _Slot(wire.queue_name(kind, priority), NICENESS[priority], kind == "code")
            for kind in settings.work
            for priority, count in workers.items()
            for _ in range(count)
        ]
        if any(slot.programs for slot in self._slots):
            self._slots.append(_Slot(None, 0))
        self._redis = Redis.from_url(redis_url, socket_timeout=2)
        queues = [wire.queue_name(kind, p) for kind in settings.work for p in Priority]
        self._reaper = Reaper(self._redis, queues)
        self._zygote: subprocess.Popen[bytes] | None = None
        self._zygote_started = float("-inf")
        self._stopping = False
        self._host = f"{os.uname().nodename}:{os.getpid()}"

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; leaves no process and no file behind."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        gc.freeze()  # what workers share with us is not theirs to look through
        with private_folder() as folder:
            socket_path = folder / "zygote"
            last_tick = 0.0
            try:
                while not self._stopping:
                    self._keep_zygote(socket_path)
                    for slot in self._slots:
                        self._keep(slot, socket_path)
                    if time.monotonic() - last_tick >= 1.0:
                        last_tick = time.monotonic()
                        self._reaper.sweep()
                        self._report(socket_path)
                    time.sleep(_TICK_SECONDS)
            finally:
                self._end()

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _keep_zygote(self, path: Path) -> None:
        if self._zygote is not None and self._zygote.poll() is None:
            return
        if time.monotonic() - self._zygote_started < _ZYGOTE_PAUSE_SECONDS:
            return
        if self._zygote is not None:
            _log.warning("zygote.died", code=self._zygote.returncode)
        self._zygote_started = time.monotonic()
        self._zygote = start_zygote(path, self._settings.child_memory_bytes)

    def _keep(self, slot: _Slot, path: Path) -> None:
        if slot.pid is not None:
            ended, code = os.waitpid(slot.pid, os.WNOHANG)
            if ended == 0:
                return
            lived = time.monotonic() - slot.started
            slot.backoff = 0.0 if lived > 1 else min(slot.backoff * 2 or 0.1, _MAX_BACKOFF_SECONDS)
            slot.not_before = time.monotonic() + slot.backoff
            slot.pid = None
            _log.warning("worker.died", queue=slot.queue, pid=ended, status=code)
        if time.monotonic() >= slot.not_before:
            slot.started = time.monotonic()
            slot.restarts += 1
            slot.pid = self._fork(slot, path)

    def _fork(self, slot: _Slot, path: Path) -> int:
        supervisor = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            die_with_parent(supervisor)
            os.setpgid(0, 0)  # Ctrl-C reaches the supervisor alone, which then stops us in order
            os.nice(slot.niceness)
            if slot.queue is None:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)  # RQ sets a handler, this does not
                watch_sandbox(self._settings, self._redis_url, self._host)
            else:
                settings, programs = self._settings, slot.programs
                run_worker(slot.queue, self._redis_url, path, settings, programs=programs)
            code = 0
        except RedisError as error:
            _log.error("worker.failed", queue=slot.queue, error=describe(error))
        except Exception:  # noqa: BLE001 - the fork must end here, whatever happened
            _log.exception("worker.failed", queue=slot.queue)
        finally:
            os._exit(code)

    def _report(self, path: Path) -> None:
        alive: dict[str, int] = {}
        for slot in self._slots:
            if slot.queue is not None:
                alive[slot.queue] = alive.get(slot.queue, 0) + (slot.pid is not None)
        restarts = sum(max(slot.restarts, 0) for slot in self._slots)
        report = wire.encode(wire.Host(alive, restarts, path.exists()))
        now = time.time()
        with contextlib.suppress(RedisError), self._redis.pipeline() as pipe:
            pipe.set(wire.host_key(self._host), report, ex=wire.HOST_SECONDS)
            pipe.zadd(wire.HOSTS_KEY, {self._host: now})
            pipe.zremrangebyscore(wire.HOSTS_KEY, "-inf", now - wire.HOST_SECONDS)
            pipe.expire(wire.HOSTS_KEY, wire.HOST_SECONDS)
            pipe.execute()

    def _end(self) -> None:
        for slot in self._slots:
            _signal(slot.pid, signal.SIGTERM)
        until = time.monotonic() + _GRACE_SECONDS
        for slot in self._slots:
            while slot.pid is not None and os.waitpid(slot.pid, os.WNOHANG)[0] == 0:
                if time.monotonic() > until:
                    _signal(slot.pid, signal.SIGKILL)
                    os.waitpid(slot.pid, 0)
                    break
                time.sleep(0.02)
        if self._zygote is not None:
            self._zygote.kill()
            self._zygote.wait()
        with contextlib.suppress(RedisError):
            self._redis.delete(wire.host_key(self._host), wire.sandbox_key(self._host))
        self._redis.close()


def _signal(pid: int | None, number: signal.Signals) -> None:
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
