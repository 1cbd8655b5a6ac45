"""Watching executions from outside: their output as they run, CPU time, memory, the wall clock."""

from __future__ import annotations

import fcntl
import os
import select
import time
from typing import TYPE_CHECKING, Any

from sandbox.runner.people import Reaped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.runner.separation import Separation
    from sandbox.runner.zygote import Zygote

_LOOK_SECONDS = 0.025
_SOON_SECONDS = 0.004
"""So long a program may have to wait once it has filled its pipe."""
_READ_BYTES = 1 << 18
_PIPE_BYTES = 1 << 18
_STDERR_HALF = 32 << 10
_BUSY_FACTOR = 10
"""So many times the wall limit, waiting for a core included, is a fault of the machine."""


class Sink:
    """What came out of a pipe, as far as it is kept."""

    def __init__(self, most: int, *, strict: bool) -> None:
        self._most = most
        self._strict = strict
        self._head = bytearray()
        self._size = 0
        self._tail = b""

    @property
    def overflowed(self) -> bool:
        """Whether more came than is allowed."""
        return self._strict and self._size > self._most

    def take(self, part: bytes) -> None:
        """Keep a part: all of it up to the limit; past it, where that is no fault, the end."""
        room = max(0, self._most - self._size)
        self._size += len(part)
        if room:
            self._head += part[:room]
        if not self._strict:
            self._tail = (self._tail + part[room:])[-self._most :]

    def content(self) -> bytes:
        """What was kept, with a note where something is missing."""
        whole = bytes(self._head)
        missing = self._size - len(whole) - len(self._tail)
        note = b"\n[... %d bytes left out ...]\n" % missing if missing > 0 else b""
        return whole + note + self._tail if not self._strict else whole


class Running:
    """One execution: its order, its pipes, and how it ended."""

    def __init__(
        self,
        zygote: Zygote,
        separation: Separation,
        order: dict[str, Any],
        limits: dict[str, Any],
        role: str = "",
    ) -> None:
        self.zygote = zygote
        self.separation = separation
        self.order = order
        self.limits = limits
        self.role = role
        self.fds: list[int] = []
        self.sinks: dict[int, Sink] = {}
        self.stdout = Sink(limits["output_bytes"], strict=True)
        self.stderr = Sink(_STDERR_HALF, strict=False)
        self.results = Sink(limits["output_bytes"], strict=True)
        self.report: dict[str, Any] | None = None
        self.init = 0
        """The pid of its own init, where it has one and that has said so."""
        self._news: dict[str, Any] = {}
        self.verdict = ""
        self.peak_bytes = 0
        self.hidden_seconds = 0.0
        self._control = self.pipe_out(None)

    def pipe_out(self, sink: Sink | None) -> int:
        """A pipe that the program writes to; returns our end."""
        ours, theirs = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        fcntl.fcntl(theirs, fcntl.F_SETFL, 0)
        if sink is not None:
            # Room to write on while we look after another; /dev/stdout can be opened by its owner.
            fcntl.fcntl(ours, 1031, _PIPE_BYTES)  # F_SETPIPE_SZ
            self.separation.give(theirs, self.order)
            self.sinks[ours] = sink
            self.fds.append(theirs)
        else:
            self._control_theirs = theirs
        return ours

    def file_in(self, content: bytes) -> None:
        """A file that the program reads, on the next file descriptor."""
        fd = os.memfd_create("stdin", os.MFD_CLOEXEC)
        view = memoryview(content)
        while view:
            view = view[os.write(fd, view) :]
        os.lseek(fd, 0, os.SEEK_SET)
        self.fds.append(fd)

    def start(self) -> None:
        """Fork; our copies of the program's ends are closed."""
        fds = [*self.fds, self._control_theirs]
        self.zygote.fork(self.order, fds)
        for fd in fds:
            os.close(fd)

    def end(self, verdict: str = "") -> None:
        """Kill it for this reason, unless it has ended."""
        if self.report is None:
            self.separation.kill_all(self)
        if self.report is None or verdict == "output_limit":
            self.verdict = self.verdict or verdict

    def hear(self) -> bool:
        """Take what its zygote says; whether it has ended, which sets `report`.

        Raises:
            OSError: the zygote is gone.
        """
        news = self.zygote.news()
        self._news = {**news, **self._news}
        self.init = self._news.get("init", 0)
        if "cpu_seconds" in news:
            self.report = self._news
        elif self.verdict:
            self.separation.kill_all(self)  # we knew not whom to kill before
        return self.report is not None

    def control(self) -> bytes:
        """What the fork said before it became the program."""
        try:
            return os.read(self._control, 4096)
        except BlockingIOError:
            return b""
        finally:
            os.close(self._control)


class Fault(Exception):
    """The sandbox failed, not the program."""


def conduct(runs: Sequence[Running], oom_kills: Callable[[], int]) -> list[dict[str, Any]]:
    """Run executions side by side to their ends; nothing of them is left running.

    Raises:
        Fault: the machine or the sandbox failed.
        OSError: likewise.
    """
    oom_before = oom_kills()
    reaped = Reaped()
    started = time.monotonic()
    for run in runs:
        run.start()
    if len(runs) == 1:
        _await_end(runs[0])
    _watch(runs, started, reaped)
    wall = time.monotonic() - started
    out_of_memory = oom_kills() > oom_before
    return [_outcome(run, reaped, wall, out_of_memory=out_of_memory) for run in runs]


def _watch(runs: Sequence[Running], started: float, reaped: Reaped) -> None:
    poller = select.poll()
    readers: dict[int, tuple[Running, Sink]] = {}
    for run in runs:
        poller.register(run.zygote.fileno(), select.POLLIN)
        for fd, sink in run.sinks.items():
            readers[fd] = (run, sink)
            poller.register(fd, select.POLLIN)
    zygotes = {run.zygote.fileno(): run for run in runs}
    account = _Account(runs[0].separation)
    look_at = started + _LOOK_SECONDS
    waiting = len(runs)
    while waiting:
        timeout = max(0.0, look_at - time.monotonic())
        for fd, _ in poller.poll(timeout * 1000 + 0.5):
            if fd in readers:
                if not _read(fd, *readers[fd]):
                    poller.unregister(fd)
                    del readers[fd]
                    os.close(fd)
            elif zygotes[fd].hear():
                poller.unregister(fd)
                waiting -= 1
                _end(zygotes[fd], runs, reaped)
        if time.monotonic() >= look_at:
            look_at = time.monotonic() + _LOOK_SECONDS
            reaped.reap()
            _look(runs, time.monotonic() - started, reaped, account)
    if account.begun:
        # Once more, since a look between an end and its report has counted that twice.
        reports = sum(run.report["cpu_seconds"] for run in runs if run.report is not None)
        runs[0].hidden_seconds = account.hidden(reports + reaped.cpu_seconds)
    _drain(readers)


def _await_end(run: Running) -> None:
    """Most programs print little and end soon: to wait for that alone is to wake up once."""
    poller = select.poll()
    poller.register(run.zygote.fileno(), select.POLLIN)
    poller.poll(_SOON_SECONDS * 1000)


def _drain(readers: dict[int, tuple[Running, Sink]]) -> None:
    """Take what the ended have left in their pipes."""
    for fd, (run, sink) in readers.items():
        while _read(fd, run, sink):
            continue
        os.close(fd)


def _end(ended: Running, runs: Sequence[Running], reaped: Reaped) -> None:
    """See to it that nothing is left of an execution, nor of one whose referee it was."""
    ended.separation.end_all(ended, reaped)
    if ended.role == "referee":
        for other in runs:
            other.end("referee")


def _read(fd: int, run: Running, sink: Sink) -> bool:
    """Take what is there; False at the end, or where no more will be read."""
    try:
        part = os.read(fd, _READ_BYTES)
    except BlockingIOError:
        return run.report is None
    sink.take(part)
    if sink.overflowed:
        run.end("output_limit")
        return False
    return bool(part)


class _Account:
    """CPU time that no process shows: the kernel forgets that of children who were not waited for.

    It is the program's, never the referee's.
    """

    def __init__(self, separation: Separation) -> None:
        self._separation = separation
        self._at_first: float | None = None

    @property
    def begun(self) -> bool:
        """Whether it was asked before."""
        return self._at_first is not None

    def hidden(self, shown_seconds: float) -> float:
        """How much it was since the first time that this was asked."""
        all_seconds = self._separation.cpu_seconds()
        if all_seconds is None:
            return 0.0
        seconds = all_seconds - time.process_time() - shown_seconds
        if self._at_first is None:
            self._at_first = seconds
        return max(0.0, seconds - self._at_first)


def _look(runs: Sequence[Running], wall: float, reaped: Reaped, account: _Account) -> None:
    found = [(run, *run.separation.usage(run)) for run in runs if run.report is None]
    ended = sum(run.report["cpu_seconds"] for run in runs if run.report is not None)
    hidden = account.hidden(ended + reaped.cpu_seconds + sum(cpu for _, cpu, _, _ in found))
    # What is hidden at two looks is; at one look it may be of a process that just ends.
    certain, runs[0].hidden_seconds = min(hidden, runs[0].hidden_seconds), hidden
    # One that waits for the other waits for a core with it.
    idle = wall - max((waited for _, _, _, waited in found), default=0.0)
    for run, cpu, memory, _ in found:
        run.peak_bytes = max(run.peak_bytes, memory)
        worked = cpu + reaped.cpu_seconds + (certain if run is runs[0] else 0.0)
        if memory > run.limits["memory_bytes"]:
            run.end("memory_limit")
        elif worked > run.limits["cpu_seconds"] or idle > run.limits["wall_seconds"]:
            run.end("time_limit")
        elif wall > _BUSY_FACTOR * run.limits["wall_seconds"]:
            run.end("busy")


def _outcome(run: Running, reaped: Reaped, wall: float, *, out_of_memory: bool) -> dict[str, Any]:
    report = run.report
    assert report is not None
    said = run.control()
    if said.startswith(b"F"):
        raise Fault(said[1:].decode("utf-8", "replace"))
    if run.verdict == "busy":
        raise Fault("the machine is too busy: the program waited for a core too long")
    status = report["status"]
    killed_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    code = None if killed_by else os.WEXITSTATUS(status)
    cpu = report["cpu_seconds"] + reaped.cpu_seconds + run.hidden_seconds
    memory = max(report["memory_bytes"], run.peak_bytes, reaped.memory_bytes)
    stderr = run.stderr.content()
    if run.verdict == "output_limit":
        outcome = "output_limit"
    elif run.verdict == "memory_limit" or out_of_memory or memory > run.limits["memory_bytes"]:
        outcome = "memory_limit"
    elif run.verdict == "time_limit" or cpu > run.limits["cpu_seconds"]:
        outcome = "time_limit"
    elif said.startswith(b"C"):
        outcome = "compile_error"
    elif run.verdict == "referee":
        outcome = "ok"  # it was not done, but nobody listened any more
    elif code != 0:
        outcome = "memory_limit" if _says_out_of_memory(stderr) else "runtime_error"
    else:
        outcome = "ok"
    return {
        "outcome": outcome,
        "exit_code": code,
        "signal": killed_by,
        "cpu_seconds": cpu,
        "wall_seconds": wall,
        "memory_bytes": memory,
        "stdout": run.stdout.content(),
        "stderr": stderr,
        "results": run.results.content(),
    }


def _says_out_of_memory(stderr: bytes) -> bool:
    """An allocation was refused before the memory was touched; only the program can tell."""
    last = stderr.rstrip().rpartition(b"\n")[2]
    return last.startswith((b"MemoryError", b"numpy.core._exceptions._ArrayMemoryError")) or any(
        sign in stderr
        for sign in (b"std::bad_alloc", b"OutOfMemoryError: Java heap", b"heap out of memory")
    )
