"""Executions under uids of their own: needs root."""

from __future__ import annotations

import itertools
import os
import signal
import time
from typing import TYPE_CHECKING, Any

from sandbox.runner.processes import measured, read

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from sandbox.runner.execution import Running

FIRST_UID = 20_000
LAST_UID = 59_999
_GONE_SECONDS = 10.0
_OUR_BYTES = 96 << 20
"""More than the supervisor and the zygotes hold. So much more than its limit a program may hold
in memory that belongs to none of its processes: shared, or a file without a name."""
_FOLDERS = ("/work", "/program", "/tmp", "/dev/shm")


class Reaped:
    """CPU seconds and peak memory of orphans that came to us when their parents died."""

    def __init__(self) -> None:
        self.cpu_seconds = 0.0
        self.memory_bytes = 0

    def reap(self) -> None:
        """Wait for every child of ours that has ended."""
        while True:
            try:
                pid, _, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.cpu_seconds += usage.ru_utime + usage.ru_stime
            self.memory_bytes = max(self.memory_bytes, usage.ru_maxrss * 1024)


def any_left(uid: int) -> bool:
    """Whether any process runs under a uid, zombies included."""
    try:
        os.getpriority(os.PRIO_USER, uid)
    except ProcessLookupError:
        return False
    return True


def kill_all(uid: int) -> None:
    """Kill all processes of a uid at once: none can fork again before the kernel has met it.

    We take the uid on for that, but for the saved one, which brings us back; so nobody else is
    killed, and no capability to kill is needed. As PID 1 we cannot be killed from inside meanwhile.
    """
    os.setresuid(uid, uid, 0)
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass
    finally:
        os.setresuid(0, 0, 0)


def end_all(uid: int, reaped: Reaped) -> None:
    """Kill all processes of a uid, and return when none is left.

    Raises:
        OSError: some would not go.
    """
    until = time.monotonic() + _GONE_SECONDS
    while any_left(uid):
        kill_all(uid)
        reaped.reap()
        if time.monotonic() > until:
            raise OSError(f"processes of uid {uid} do not end")
        time.sleep(0.0002)
    reaped.reap()


def usage(uid: int) -> tuple[float, int, float]:
    """CPU seconds, resident bytes and seconds spent waiting for a core, of a uid's processes."""
    cpu = waited = 0.0
    memory = 0
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            if os.stat(f"/proc/{name}").st_uid != uid and _uid(name) != uid:
                continue
            found = measured(f"/proc/{name}")
        except OSError:
            continue
        cpu += found.cpu_seconds
        memory += found.resident_bytes
        waited = max(waited, found.waited_seconds)
    return cpu, memory, waited


def _uid(pid: str) -> int:
    # A process that may not be dumped belongs to root in /proc.
    for line in read(f"/proc/{pid}/status").splitlines():
        if line.startswith(b"Uid:"):
            return int(line.split()[1])
    return -1


def _held_bytes() -> int:
    """Memory of the whole cgroup but for files; 0 where there is no account of it."""
    for path, names in (
        ("/sys/fs/cgroup/memory.stat", (b"anon", b"shmem")),
        ("/sys/fs/cgroup/memory/memory.stat", (b"total_rss", b"total_shmem")),
    ):
        found = [_counted(path, name) or 0 for name in names]
        if found[0]:
            disks = [os.statvfs(folder) for folder in _FOLDERS]
            return sum(found) - sum((one.f_blocks - one.f_bfree) * one.f_frsize for one in disks)
    return 0


def _counted(path: str, name: bytes) -> int | None:
    """The number after a name in a file of counters; without a name, the only one in it."""
    try:
        for line in read(path).splitlines():
            *key, value = line.split()
            if key == ([name] if name else []):
                return int(value)
    except (OSError, ValueError):
        pass
    return None


class People:
    """Every execution has a fresh uid; a `Separation`."""

    root = ""
    spare_processes = 0

    def __init__(self, config: dict[str, Any], blobs: Sequence[bytes]) -> None:  # noqa: ARG002 - no options
        folders = ("/work", "/tmp", "/dev/shm", "/dev/mqueue")
        self.places = [path for path in folders if os.path.isdir(path)]
        uids = range(FIRST_UID, LAST_UID + 1)
        self._uids = itertools.cycle(uids)
        # Uids are the machine's, and so is what RLIMIT_NPROC counts: two sandboxes should not be
        # at the same one at the same time.
        skipped = int.from_bytes(os.urandom(4), "little") % len(uids)
        next(itertools.islice(self._uids, skipped, None))

    def newcomer(self) -> dict[str, Any]:
        """See `Separation`."""
        return {"uid": next(self._uids)}

    def give(self, where: str | int, order: dict[str, Any]) -> None:
        """See `Separation`."""
        os.chown(where, order["uid"], order["uid"])

    def usage(self, run: Running) -> tuple[float, int, float]:
        """See `Separation`."""
        cpu, memory, waited = usage(run.order["uid"])
        held = _held_bytes()
        if held and memory > run.limits["memory_bytes"]:
            memory = min(memory, held)
        elif held and run.role != "referee":
            memory = max(memory, held - _OUR_BYTES)
        return cpu, memory, waited

    def cpu_seconds(self) -> float | None:
        """See `Separation`: the cgroup's."""
        micro = _counted("/sys/fs/cgroup/cpu.stat", b"usage_usec")
        if micro is not None:
            return micro / 1e6
        nano = _counted("/sys/fs/cgroup/cpuacct/cpuacct.usage", b"")
        return None if nano is None else nano / 1e9

    def kill_all(self, run: Running) -> None:
        """See `Separation`."""
        kill_all(run.order["uid"])

    def end_all(self, run: Running, reaped: Reaped) -> None:
        """See `Separation`."""
        end_all(run.order["uid"], reaped)

    def fork(self) -> int:
        """See `Separation`."""
        return os.fork()

    def settle_in(self, order: dict[str, Any], fds: Sequence[int], requests: socket.socket) -> None:
        """See `Separation`; there is nothing to do."""

    def give_up_rights(self, order: dict[str, Any]) -> None:
        """See `Separation`."""
        fd = os.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
        os.write(fd, b"1000")
        os.close(fd)
        uid = order["uid"]
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
