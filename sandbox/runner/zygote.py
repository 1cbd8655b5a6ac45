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
import struct
from typing import TYPE_CHECKING, Any

from sandbox.runner import child

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.runner.separation import Separation

_NEWS_BYTES = 4096
_SEND_BYTES = 512 << 10
_REQUESTS = 100
_REPORT = struct.Struct("<qdq")


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
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BYTES)
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
        socket.send_fds(self._socket, [child.told(order)], list(fds))

    def news(self) -> dict[str, Any]:
        """What is new about the execution; the last has CPU seconds, peak memory, a wait status.

        Where it has an init, that says its own pid before, and then the program's wait status.

        Raises:
            OSError: the zygote is gone.
        """
        message = self._socket.recv(_NEWS_BYTES)
        if not message:
            raise OSError("the zygote is gone")
        if len(message) == _REPORT.size:
            status, cpu_seconds, memory_bytes = _REPORT.unpack(message)
            return {"status": status, "cpu_seconds": cpu_seconds, "memory_bytes": memory_bytes}
        if not message.startswith(b"{"):
            raise OSError("a fork cannot read its order")
        news: dict[str, Any] = json.loads(message)
        return news


def serve(
    requests: socket.socket,
    modules: Sequence[str],
    environment: dict[str, str],
    separation: Separation,
) -> None:
    """Fork an execution per request until the supervisor is gone."""
    # What comes with an order has to come above 2 and in order, see `child.become`.
    fd = os.dup2(requests.detach(), _REQUESTS, inheritable=False)
    os.closerange(3, fd)
    os.closerange(fd + 1, 1024)
    requests = socket.socket(fileno=fd)
    hooks = _imported(("random", "threading", *modules))

    def after(hooks: Sequence[Callable[[], object]] = hooks) -> None:
        for hook in hooks:
            hook()

    # Whatever is the same for every program is done here, once: each page that a fork writes to
    # costs it a fault.
    child.prepare(environment)
    gc.collect()
    gc.freeze()
    child.furnish()
    while True:
        # Forked before there is anything to run: the program does not wait for that, and what it
        # is told goes to the fork and to nobody else.
        pid = separation.fork()
        if pid == 0:
            os.register_at_fork(after_in_child=after)
            try:
                order, fds = child.receive(requests)
            except BaseException:
                requests.send(b"?")  # no program did that
                raise
            separation.settle_in(order, fds, requests)
            child.become(order, fds, separation)
        _, status, usage = os.wait4(pid, 0)
        cpu_seconds = usage.ru_utime + usage.ru_stime
        requests.send(_REPORT.pack(status, cpu_seconds, usage.ru_maxrss * 1024))


def _imported(modules: Sequence[str]) -> list[Callable[[], object]]:
    """Import what there is of them; what they want to be done when a process forks.

    None of that is needed in our forks, and it would cost each of them more than all the rest.
    They hand it on to the forks of the program.
    """
    hooks: list[Callable[[], object]] = []

    def keep(
        before: Callable[[], object] | None = None,
        after_in_parent: Callable[[], object] | None = None,
        after_in_child: Callable[[], object] | None = None,
    ) -> None:
        if after_in_child is not None:
            hooks.append(after_in_child)
        if before is not None or after_in_parent is not None:
            register(before=before, after_in_parent=after_in_parent)

    register, os.register_at_fork = os.register_at_fork, keep
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError:
            continue
    os.register_at_fork = register
    return hooks
