"""Executions in namespaces of their own: needs no root and no second uid."""

from __future__ import annotations

import json
import os
import resource
import signal
from typing import TYPE_CHECKING, Any, NoReturn

from sandbox.runner import kernel
from sandbox.runner.processes import measured

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from sandbox.runner.execution import Running
    from sandbox.runner.people import Reaped

ROOT = "/store"
"""The supervisor's folder; covered in every execution, but for what is its own."""
UID = 1000
_ADDRESS_SPACE_SPARE_BYTES = 4 << 30
"""For threads: each reserves a stack and an arena that it hardly uses."""
_NAMESPACES = kernel.NEWUSER | kernel.NEWPID | kernel.NEWNS | kernel.NEWIPC


class Rooms:
    """Every execution has its own users, processes, mounts and IPC; a `Separation`.

    Its init is a fork of ours that waits: with it everything ends that the program started.
    """

    root = ROOT
    places = (f"{ROOT}/work",)
    spare_processes = 1

    def __init__(self, config: dict[str, Any], blobs: Sequence[bytes]) -> None:
        self._scratch = config["scratch"]
        self._filter = kernel.Filter(blobs[0])
        kernel.control(kernel.PR_SET_DUMPABLE, 0)

    def newcomer(self) -> dict[str, Any]:
        """See `Separation`."""
        return {}

    def give(self, where: str | int, order: dict[str, Any]) -> None:
        """See `Separation`; it has the only uid that there is."""

    def usage(self, run: Running) -> tuple[float, int, float]:
        """See `Separation`."""
        if not run.init:
            return 0.0, 0, 0.0
        # Its own /proc, as its init mounted it: its processes and no others.
        folder = "/".join(("/proc", str(run.init), "root", "proc"))  # its own view of /proc
        cpu = waited = 0.0
        memory = largest = 0
        try:
            names = [name for name in os.listdir(folder) if name.isdigit()]
        except OSError:
            return 0.0, 0, 0.0
        for name in names:
            try:
                found = measured(f"{folder}/{name}")
            except OSError:
                continue
            cpu += found.cpu_seconds
            if name != "1":
                memory += found.resident_bytes
                largest = max(largest, found.virtual_bytes)
                waited = max(waited, found.waited_seconds)
        processes = [f"{folder}/{name}" for name in names if name != "1"]
        if memory > run.limits["memory_bytes"]:
            memory = _own_bytes(processes)
        elif largest > run.limits["memory_bytes"]:
            memory += _shared_bytes(processes)
        return cpu, memory, waited

    def cpu_seconds(self) -> float | None:
        """See `Separation`: a user's processes have no account of their own."""
        return None

    def kill_all(self, run: Running) -> None:
        """See `Separation`."""
        if run.init:
            try:
                os.kill(run.init, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def end_all(self, run: Running, reaped: Reaped) -> None:
        """See `Separation`; its init has ended, so the kernel has done it."""

    def fork(self) -> int:
        """See `Separation`: the pid of the init."""
        pid = kernel.clone(_NAMESPACES)
        if not pid:
            kernel.control(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        return pid

    def settle_in(self, order: dict[str, Any], fds: Sequence[int], requests: socket.socket) -> None:
        """See `Separation`; its init stays behind, and ends the process with the program."""
        try:
            self._furnish(order, requests)
            # From inside, an init gets the signals that it handles, and no others.
            handler = signal.signal(signal.SIGINT, signal.SIG_DFL)
            program = os.fork()
            if not program:
                signal.signal(signal.SIGINT, handler)
        except BaseException as error:
            os.write(fds[-1], f"F{error}".encode())
            os._exit(1)
        if program:
            _wait(program, requests)

    def _furnish(self, order: dict[str, Any], requests: socket.socket) -> None:
        """Make the room, as its init."""
        pid = int(os.readlink("/proc/self"))
        # Only a process that may be dumped owns its files in /proc.
        kernel.control(kernel.PR_SET_DUMPABLE, 1)
        for name, content in (
            ("oom_score_adj", "1000"),
            ("setgroups", "deny"),
            ("uid_map", f"{UID} 0 1"),
            ("gid_map", f"{UID} 0 1"),
        ):
            _write(f"/proc/self/{name}", content)
        kernel.control(kernel.PR_SET_DUMPABLE, 0)
        restricted = kernel.MS_NOSUID | kernel.MS_NODEV
        kernel.mount("proc", "/proc", "proc", restricted | kernel.MS_NOEXEC)
        kernel.mount("tmpfs", "/tmp", "tmpfs", restricted, f"mode=1777,{self._scratch}")
        kernel.mount(
            "tmpfs",
            "/dev/shm",
            "tmpfs",
            restricted | kernel.MS_NOEXEC,
            f"mode=1777,{self._scratch}",
        )
        build = "/program/build"
        kernel.mount(f"{ROOT}{order['folder']}", order["folder"], flags=kernel.MS_BIND)
        if order["folder"] != build:
            kernel.mount(ROOT + build, build, flags=kernel.MS_BIND)
            kernel.restrict(build, kernel.MS_RDONLY)
        kernel.mount("tmpfs", ROOT, "tmpfs", restricted | kernel.MS_RDONLY, "mode=555,nr_inodes=1")
        requests.send(json.dumps({"init": pid}).encode())

    def give_up_rights(self, order: dict[str, Any]) -> None:
        """See `Separation`."""
        if order["mode"] != "exec":
            most = order["stack_bytes"] + _ADDRESS_SPACE_SPARE_BYTES
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
        kernel.drop_capabilities()
        self._filter.install()


def _own_bytes(processes: Sequence[str]) -> int:
    """What processes hold together; the same page in several of them is one page."""
    found = 0
    for process in processes:
        try:
            with open(f"{process}/smaps_rollup", "rb") as file:
                line = next(line for line in file if line.startswith(b"Pss:"))
            found += int(line.split()[1]) << 10
        except (OSError, StopIteration):
            continue
    return found


def _shared_bytes(processes: Sequence[str]) -> int:
    """Size of the memory that they have mapped shared: whoever touched it may be gone by now."""
    found = {}
    for process in processes:
        try:
            with open(f"{process}/maps", "rb") as file:
                for line in file:
                    addresses, rights, _, device, inode, *name = line.split()
                    if rights.endswith(b"s") and name[:1] == [b"/dev/zero"]:
                        first, _, last = addresses.partition(b"-")
                        found[device, inode] = int(last, 16) - int(first, 16)
        except (OSError, ValueError):
            continue
    return sum(found.values())


def _wait(program: int, requests: socket.socket) -> NoReturn:
    """Be the init: reap until the program has ended, then end with all that is left of it."""
    kept = requests.fileno()
    os.closerange(0, kept)
    os.closerange(kept + 1, 1024)
    while True:
        pid, status = os.wait()
        if pid == program:
            requests.send(json.dumps({"status": status}).encode())
            os._exit(0)


def _write(path: str, content: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, content.encode())
    finally:
        os.close(fd)
