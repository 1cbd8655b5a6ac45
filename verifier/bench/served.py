"""A service of our own to measure or to test against, in processes of its own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import httpx2
import psutil

from sandbox import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_SECONDS = 60.0
_STOP_SECONDS = 40.0
_LOG_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Served:
    """Where a running service is, and its processes."""

    url: str
    pid: int

    def processes(self) -> dict[int, str]:
        """Every process of the service: pid -> what it is."""
        root = psutil.Process(self.pid)
        found = {}
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                found[process.pid] = self._role(process)
        return found

    def _role(self, process: psutil.Process) -> str:
        if process.pid == self.pid:
            return "api"
        command = " ".join(process.cmdline())
        if "server" in process.name():
            return "redis"
        parent = process.parent()
        forked = parent is not None and parent.cmdline() == process.cmdline()
        if "verifier.zygote" in command:
            return "math child" if forked else "zygote"
        return "worker" if forked else "supervisor"


@contextmanager
def served(*arguments: str, wait_for: str = "/readyz", **environment: str) -> Iterator[Served]:
    """Start `verifier serve` on a free port, wait until it is ready, and stop it at the end.

    Raises:
        RuntimeError: it does not get ready.
    """
    parent = os.getpid()
    # The log goes to a file: a pipe that nobody reads would stop the service once it is full.
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "verifier", "serve", "--port", "0", *arguments],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stderr=log,
            preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509 - single-threaded here
        )
        try:
            yield Served(_await_ready(process, log, wait_for), process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await_ready(process: subprocess.Popen[bytes], log: IO[bytes], path: str) -> str:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        # pread leaves the place alone at which the service goes on writing.
        seen = os.pread(log.fileno(), _LOG_BYTES, 0).decode(errors="replace")
        address = re.search(r"listens on (http://\S+) ", seen)
        with contextlib.suppress(httpx2.TransportError):
            url = address.group(1) if address else ""
            if url and httpx2.get(f"{url}{path}", timeout=5).status_code == httpx2.codes.OK:
                return url
        time.sleep(0.02)
    seen = os.pread(log.fileno(), _LOG_BYTES, 0).decode(errors="replace")
    raise RuntimeError(f"the service did not get ready: {seen}")
