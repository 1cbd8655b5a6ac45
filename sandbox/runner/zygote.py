"""A warm interpreter that forks once for every execution, so that no program pays for imports.

It never sees a program: the fork reads the source itself, after it has given up its rights. So
nothing of one tenant can stay in the memory that the next one's process is copied from.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import socket
from typing import TYPE_CHECKING, Any

from sandbox.runner import child

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.runner.separation import Separation

MAX_MESSAGE_BYTES = 256 << 10
_MAX_FDS = 8


class Zygote:
    """The supervisor's side: a process that forks on request, one execution at a time."""

    def __init__(
        self,
        modules: Sequence[str],
        environment: dict[str, str],
        separation: Separation,
    ) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self._socket, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * MAX_MESSAGE_BYTES)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self._socket.close()
                serve(theirs, modules, environment, separation)
            finally:
                os._exit(1)
        theirs.close()

    def fileno(self) -> int:
        """Readable when there is news of the execution, or the zygote has ended."""
        return self._socket.fileno()

    def fork(self, order: dict[str, Any], fds: Sequence[int]) -> None:
        """Start an execution with these file descriptors, see `child.become`."""
        socket.send_fds(self._socket, [json.dumps(order).encode()], list(fds))

    def news(self) -> dict[str, Any]:
        """What is new about the execution; the last has CPU seconds, peak memory, a wait status.

        Where it has an init, that says its own pid before, and then the program's wait status.

        Raises:
            OSError: the zygote is gone.
        """
        message = self._socket.recv(MAX_MESSAGE_BYTES)
        if not message:
            raise OSError("the zygote is gone")
        report: dict[str, Any] = json.loads(message)
        return report


def serve(
    requests: socket.socket,
    modules: Sequence[str],
    environment: dict[str, str],
    separation: Separation,
) -> None:
    """Fork an execution per request until the supervisor is gone."""
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError:
            continue
    # Whatever is the same for every program is done here, once: each page that a fork writes to
    # costs it a fault.
    child.prepare(environment)
    gc.collect()
    gc.freeze()
    buffer = bytearray(MAX_MESSAGE_BYTES)
    while True:
        size, ancillary, _, _ = requests.recvmsg_into([buffer], socket.CMSG_SPACE(4 * _MAX_FDS))
        if not size:
            os._exit(0)
        message = memoryview(buffer)[:size]
        fds = [fd for _, _, some in ancillary for fd in memoryview(some).cast("i")]
        pid = separation.fork(message, fds, requests)
        if pid == 0:
            child.become(json.loads(bytes(message)), fds, separation)
        # It is in none of our memory but here, and must not be in the next program's.
        message[:] = bytes(size)
        for fd in fds:
            os.close(fd)
        _, status, usage = os.wait4(pid, 0)
        report = {
            "status": status,
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "memory_bytes": usage.ru_maxrss * 1024,
        }
        requests.send(json.dumps(report).encode())
