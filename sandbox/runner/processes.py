"""What the kernel says of a process in /proc."""

from __future__ import annotations

import os
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Measured(NamedTuple):
    """One process at one moment."""

    cpu_seconds: float
    """Its own and that of children which it has waited for."""
    resident_bytes: int
    virtual_bytes: int
    waited_seconds: float
    """For a core, of the thread that has waited longest."""


def measured(folder: str) -> Measured:
    """What a folder of /proc says.

    Raises:
        OSError: the process has ended.
    """
    fields = read(f"{folder}/stat").rpartition(b") ")[2].split()
    if not fields:
        raise ProcessLookupError(folder)
    # In proc(5): utime, stime, cutime and cstime are fields 14 to 17, num_threads is 20, vsize 23
    # and rss 24.
    threads = [folder]
    if int(fields[17]) > 1:
        threads = [f"{folder}/task/{name}" for name in os.listdir(f"{folder}/task")]
    return Measured(
        cpu_seconds=sum(int(field) for field in fields[11:15]) / _TICKS,
        resident_bytes=int(fields[21]) * _PAGE_BYTES,
        virtual_bytes=int(fields[20]),
        waited_seconds=max(map(_waited, threads), default=0.0),
    )


def _waited(folder: str) -> float:
    try:
        return int(read(f"{folder}/schedstat").split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0  # a thread that has ended, or a kernel that does not count it


def read(path: str, most: int = 4096) -> bytes:
    """The beginning of a file."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, most)
    finally:
        os.close(fd)
