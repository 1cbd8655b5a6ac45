"""How one execution is kept from everything else: by a uid of its own, or by namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from sandbox.runner.execution import Running
    from sandbox.runner.people import Reaped


class Separation(Protocol):
    """`people.People` where the supervisor is root, `rooms.Rooms` where it is not."""

    root: str
    """The supervisor has under this folder what an execution sees without it."""
    places: Sequence[str]
    """Mounts that an execution can write to and that outlive it."""
    spare_processes: int
    """What counts as a process of an execution, but is ours."""

    # In the supervisor.

    def newcomer(self) -> dict[str, Any]:
        """What an order for one more execution says besides."""

    def give(self, where: str | int, order: dict[str, Any]) -> None:
        """Make a path or an open file the execution's own."""

    def usage(self, run: Running) -> tuple[float, int, float]:
        """CPU seconds, resident bytes and seconds spent waiting for a core, of what runs now.

        Past the limit on memory, what processes share is counted once, where that can be known.
        """

    def cpu_seconds(self) -> float | None:
        """Of everything in the sandbox, ever; None where the kernel keeps no such account."""

    def kill_all(self, run: Running) -> None:
        """Kill all of its processes at once: none can fork again before the kernel has met it."""

    def end_all(self, run: Running, reaped: Reaped) -> None:
        """Kill all of its processes once its program has ended; return when none is left."""

    # In the zygote and in its fork.

    def fork(self) -> int:
        """The pid to wait for; or 0 in a process that an order is given to, sooner or later."""

    def settle_in(self, order: dict[str, Any], fds: Sequence[int], requests: socket.socket) -> None:
        """Do in it what depends on the order; returns in the process that becomes the program."""

    def give_up_rights(self, order: dict[str, Any]) -> None:
        """Become someone without any."""
