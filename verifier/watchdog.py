"""Runs a pure function in a warm child process that can really be killed."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

import psutil

from verifier import frames

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydantic import JsonValue

Ended = Literal["done", "failed", "too_slow", "too_big", "stalled", "crashed"]

_LOOK_SECONDS = 0.02
_WALL_FACTOR = 10.0
_WALL_SLACK_SECONDS = 2.0
_CONNECT_SECONDS = 20.0
_RECYCLE_CALLS = 2_000


@dataclass(frozen=True, slots=True)
class Reply:
    """How a call ended.

    `done`: `value` is what the function returned. `failed`: it raised, `value` says what.
    `too_slow`: it used up its CPU seconds. `too_big`: it used up its memory. `stalled`: the wall
    clock ran out first, which is the machine's fault. `crashed`: the child died, twice.
    """

    ended: Ended
    phase: str = ""
    value: JsonValue = None


def start_zygote(path: Path, memory_bytes: int) -> subprocess.Popen[bytes]:
    """Start the preloaded process; its socket appears at `path` after a second or two."""
    arguments = [str(path), str(memory_bytes), str(os.getpid())]
    return subprocess.Popen(
        [sys.executable, "-m", "verifier.zygote", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


class Watchdog:
    """One child of the zygote at a time, replaced whenever it had to be killed.

    Args:
        path: the zygote's socket.
        still_wanted: asked every few hundredths of a second while a call runs; where it says no,
            the call is given up as `stalled`.
    """

    def __init__(self, path: Path, still_wanted: Callable[[], bool] = lambda: True) -> None:
        self._path = path
        self.still_wanted = still_wanted
        self._child: _Child | None = None
        self.deadline: float | None = None
        """Unix time at which a running call is given up as `stalled`."""

    def call(self, function: str, arguments: dict[str, JsonValue], *, cpu_seconds: float) -> Reply:
        """Run `function` of `verifier.zygote.FUNCTIONS`; never raises for what the child does.

        CPU time decides, so that a busy machine cannot turn an answer into a wrong one; the wall
        clock only guards against a child that sleeps. A crash is tried once more.
        """
        give_up = time.monotonic() + cpu_seconds * _WALL_FACTOR + _WALL_SLACK_SECONDS
        if self.deadline is not None:
            give_up = min(give_up, time.monotonic() + self.deadline - time.time())
        reply = self._attempt(function, arguments, cpu_seconds, give_up)
        if reply.ended == "crashed":
            reply = self._attempt(function, arguments, cpu_seconds, give_up)
        return reply

    def close(self) -> None:
        """Kill the child, if there is one."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _attempt(
        self, function: str, arguments: dict[str, JsonValue], cpu_seconds: float, give_up: float
    ) -> Reply:
        child = self._connected(give_up)
        if child is None:
            return Reply("stalled", "start")
        try:
            reply = child.run(function, arguments, cpu_seconds, give_up, self.still_wanted)
        except (EOFError, OSError):
            self.close()
            return Reply("crashed", child.phase)
        except BaseException:
            self.close()  # its answer would be taken for the next call's
            raise
        if reply.ended not in ("done", "failed") or child.calls >= _RECYCLE_CALLS:
            self.close()
        return reply

    def _connected(self, give_up: float) -> _Child | None:
        give_up = min(give_up, time.monotonic() + _CONNECT_SECONDS)
        while self._child is None:
            try:
                self._child = _Child(self._path)
            except (OSError, EOFError):
                if time.monotonic() >= give_up or not self.still_wanted():
                    return None
                time.sleep(_LOOK_SECONDS)
        return self._child


class _Child:
    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.settimeout(5)
            self._socket.connect(str(path))
            self._process = psutil.Process(cast("int", frames.receive(self._socket)))
        except (OSError, EOFError, psutil.Error) as error:
            self._socket.close()
            raise EOFError from error
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)
        self.phase = ""
        self.calls = 0

    def run(
        self,
        function: str,
        arguments: dict[str, JsonValue],
        cpu_seconds: float,
        give_up: float,
        still_wanted: Callable[[], bool],
    ) -> Reply:
        self.phase = ""
        self.calls += 1
        frames.send(self._socket, [function, cast("JsonValue", arguments), cpu_seconds])
        used_before: float | None = None
        while True:
            if not self._poll.poll(_LOOK_SECONDS * 1000):
                used = self._cpu_seconds()
                used_before = used if used_before is None else used_before
                if used - used_before >= cpu_seconds:
                    return Reply("too_slow", self.phase)
                if time.monotonic() >= give_up or not still_wanted():
                    return Reply("stalled", self.phase)
                continue
            kind, value = cast("tuple[str, JsonValue]", frames.receive(self._socket))
            if kind != "phase":
                return Reply(cast("Ended", kind), self.phase, value)
            self.phase = cast("str", value)

    def kill(self) -> None:
        # psutil refuses where the pid has been given to another process since.
        with contextlib.suppress(psutil.Error):
            self._process.send_signal(signal.SIGKILL)
        self._socket.close()

    def _cpu_seconds(self) -> float:
        try:
            times = self._process.cpu_times()
        except psutil.Error as error:
            raise EOFError from error
        return float(times.user + times.system)
