"""Bounds that the kernel keeps for the calling process and all that it starts."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a confined process may use."""

    memory_bytes: int
    """Address space; an allocation past it raises MemoryError."""
    file_bytes: int = 0
    """Largest file it may write; 0 means that it writes none."""


def confine(bounds: Bounds) -> None:
    """Put the calling process under the bounds for good, and let it leave no core dump.

    Raises:
        OSError: the kernel refuses; the process must not go on unconfined.
    """
    for limit, value in (
        (resource.RLIMIT_AS, bounds.memory_bytes),
        (resource.RLIMIT_FSIZE, bounds.file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        kept = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (kept, kept))
    # Where memory runs out all the same, the kernel should choose this process first.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123 - before any import of ours
        file.write("500")


def die_with_parent(parent: int, by: signal.Signals = signal.SIGKILL) -> None:
    """Send the calling process a signal when its parent dies; at once if it is dead already.

    Linux only: elsewhere an orphan ends when it next reads from its closed socket.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:
        os.kill(os.getpid(), by)
