"""The engine under a service that is measured: a door to it that can be shut, and its sandboxes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from verifier.bench.samples import docker

if TYPE_CHECKING:
    from collections.abc import Collection

_LABEL = "rollout-verifier.sandbox"
_SOCKET = "/var/run/docker.sock"
_PID_VARIABLE = "BENCH_ENGINE_PID"
"""Root may name a dockerd that was started by hand; that one is then really restarted."""
_AWAY_SECONDS = 2.0
_GONE_SECONDS = 10.0
State = Literal["open", "shut", "silent"]


class Door:
    """A socket that leads to the engine while it is open.

    Shut, it hangs up on everybody, as an engine does that ends. Silent, it takes what is said and
    answers nothing, as an engine does that hangs.
    """

    def __init__(self, path: Path) -> None:
        self.url = f"unix://{path}"
        host = os.environ.get("DOCKER_HOST") or f"unix://{_SOCKET}"
        if not host.startswith("unix://"):
            raise RuntimeError("this drill stands between the service and an engine's unix socket")
        self._engine = host.removeprefix("unix://")
        self._path = path
        self._state: State = "open"
        self._loop = asyncio.new_event_loop()
        self._speaking = asyncio.Event()
        self._speaking.set()
        self._writers: set[asyncio.StreamWriter] = set()
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        ready.wait()

    def put(self, state: State) -> None:
        """Open it, or not."""
        asyncio.run_coroutine_threadsafe(self._put(state), self._loop).result()

    def _run(self, ready: threading.Event) -> None:
        self._loop.run_until_complete(asyncio.start_unix_server(self._let_in, self._path))
        self._loop.call_soon(ready.set)
        self._loop.run_forever()

    async def _put(self, state: State) -> None:
        self._state = state
        if state == "silent":
            self._speaking.clear()
            return
        self._speaking.set()
        if state == "shut":
            for writer in self._writers:
                writer.close()

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._speaking.wait()
        if self._state == "shut":
            writer.close()
            return
        with contextlib.suppress(OSError):
            theirs, to_them = await asyncio.open_unix_connection(self._engine)
            self._writers |= {writer, to_them}
            await asyncio.gather(self._pass(reader, to_them), self._pass(theirs, writer))
            self._writers -= {writer, to_them}
            writer.close()
            to_them.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while part := await reader.read(1 << 16):
                await self._speaking.wait()
                writer.write(part)
                await writer.drain()
            writer.write_eof()


def sandboxes(owners: Collection[str]) -> list[str]:
    """The containers of these owners: the engine may serve others."""
    shown = f'{{{{.ID}}}} {{{{.Label "{_LABEL}"}}}}'
    told = docker("ps", "--all", "--filter", f"label={_LABEL}", "--format", shown)
    rows = [row.split(" ", 1) for row in told.splitlines()]
    return [row[0] for row in rows if row[-1] in owners]


def left_behind(owners: Collection[str]) -> int:
    """How many there still are, a moment after their owners ended."""
    until = time.monotonic() + _GONE_SECONDS
    while (found := len(sandboxes(owners))) and time.monotonic() < until:
        time.sleep(0.2)
    return found


def restart(door: Door, owners: Collection[str]) -> None:
    """Restart the engine that the operator offers; else do what service and sandboxes see of it."""
    if pid := engine_pid():
        _restart_process(pid)
        return
    door.put("shut")
    for name in sandboxes(owners):
        with contextlib.suppress(subprocess.SubprocessError):
            docker("kill", name)
    time.sleep(_AWAY_SECONDS)
    door.put("open")


def engine_pid() -> int:
    """Of the engine that may be restarted; 0 where none may."""
    return int(os.environ.get(_PID_VARIABLE, "0")) if os.geteuid() == 0 else 0


def _restart_process(pid: int) -> None:
    """End a process, and start it again with its own command line and output."""
    here = Path("/proc") / str(pid)
    command = (here / "cmdline").read_bytes().split(b"\0")[:-1]
    folder = (here / "cwd").readlink()
    with (here / "fd" / "1").open("ab") as output:
        os.kill(pid, signal.SIGTERM)
        while here.exists():
            time.sleep(0.05)
        time.sleep(_AWAY_SECONDS)
        subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
