"""Emptying what programs can write to, whatever they left there."""

from __future__ import annotations

import os
import socket
import stat
import time

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_SETTLE_SECONDS = 5.0


class Place:
    """A directory that programs can write to, empty at first; it is the root of a mount.

    Nothing in it is ever followed: every name is resolved relative to an open directory, one
    component at a time, and deep trees are flattened instead of descended into.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._fd = os.open(path, _DIRECTORY)
        self._mode = stat.S_IMODE(os.fstat(self._fd).st_mode)
        self._inodes = self._used()

    def _used(self) -> int:
        counts = os.fstatvfs(self._fd)
        return counts.f_files - counts.f_ffree

    def clean(self) -> None:
        """Empty it; costs one system call where nothing was left.

        Raises:
            OSError: something cannot be removed, or is still held open somewhere.
        """
        if self._counted and self._used() == self._inodes:
            return
        if not empty(self._fd) and not self._counted:
            return
        os.fchmod(self._fd, self._mode)
        os.fchown(self._fd, 0, 0)
        until = time.monotonic() + _SETTLE_SECONDS
        while self._counted and self._used() != self._inodes:
            # Sockets that were sent through each other keep the files that were sent with them,
            # until the kernel looks for such cycles: after a socket was closed.
            for end in socket.socketpair():
                end.close()
            if time.monotonic() > until:
                raise OSError(f"{self.path} holds files that no directory lists")
            time.sleep(0.002)

    @property
    def _counted(self) -> bool:
        """Whether the file system counts its inodes (tmpfs does where it limits them)."""
        return self._inodes > 0


def remove(path: str) -> None:
    """Remove a directory that a program may have written to, whatever is in it."""
    fd = os.open(path, _DIRECTORY)
    try:
        empty(fd)
    finally:
        os.close(fd)
    os.rmdir(path)


def empty(directory: int) -> bool:
    """Remove what is in an open directory, deep trees flattened into it first; whether it had any.

    Raises:
        OSError: something cannot be removed.
    """
    found = False
    while names := os.listdir(directory):
        found = True
        for name in names:
            _remove(name, directory)
    return found


def _remove(name: str, directory: int) -> None:
    if not stat.S_ISDIR(os.lstat(name, dir_fd=directory).st_mode):
        os.unlink(name, dir_fd=directory)
        return
    inner = os.open(name, _DIRECTORY, dir_fd=directory)
    try:
        for entry in os.listdir(inner):
            if stat.S_ISDIR(os.lstat(entry, dir_fd=inner).st_mode):
                # A name that no program can have taken before.
                fresh = f".{os.urandom(12).hex()}"
                os.rename(entry, fresh, src_dir_fd=inner, dst_dir_fd=directory)
            else:
                os.unlink(entry, dir_fd=inner)
    finally:
        os.close(inner)
    os.rmdir(name, dir_fd=directory)
