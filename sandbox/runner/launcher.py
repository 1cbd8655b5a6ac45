"""Makes a sandbox out of a process on the host: new namespaces, a small root, and a runner in it.

It has read nothing of a program, and needs no rights: where it is root, it gives that up first.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import socket
import sys
from typing import Any

from sandbox.runner import kernel
from sandbox.runner.rooms import ROOT

_BASE = "/tmp"
"""A folder that every machine has; the new root is put together on top of it."""
_STRANGERS = (1_987_654_321, 65_533)
"""Who to be instead of root: an id that owns nothing, the second where ids end at 65535."""
_NAMESPACES = (
    kernel.NEWUSER
    | kernel.NEWNS
    | kernel.NEWPID
    | kernel.NEWNET
    | kernel.NEWIPC
    | kernel.NEWUTS
    | kernel.NEWCGROUP
)
_RESTRICTED = kernel.MS_NOSUID | kernel.MS_NODEV
_DEVICES = ("null", "zero", "full", "random", "urandom")
_LINKS = {
    "/dev/fd": "/proc/self/fd",
    "/dev/stdin": "/proc/self/fd/0",
    "/dev/stdout": "/proc/self/fd/1",
    "/dev/stderr": "/proc/self/fd/2",
}
_FILES = {
    "/etc/passwd": "root:x:0:0::/:/bin/false\nsandbox:x:1000:1000::/work/box:/bin/sh\n",
    "/etc/group": "root:x:0:\nsandbox:x:1000:\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "/etc/hosts": "127.0.0.1 localhost\n",
}
_FOLDERS = ("/proc", "/tmp", "/dev/shm", "/program/build", "/work/box", "/work/referee")


def main() -> None:
    """Launch what `sys.argv[1]` says, and end when it does or the host hangs up.

    Every error ends up on stderr, in one line.
    """
    config = json.loads(sys.argv[1])
    try:
        _become_nobody()
        uid, gid = os.geteuid(), os.getegid()
        kernel.unshare(_NAMESPACES)
        for name, content in (
            ("setgroups", "deny"),
            ("uid_map", f"0 {uid} 1"),
            ("gid_map", f"0 {gid} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(content)
        pid = os.fork()
    except OSError as error:
        sys.exit(f"{error.strerror or error}")
    if pid:
        sys.exit(_attend(pid))
    try:
        kernel.control(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        _make_root(config)
        _limit()
        os.execve(config["argv"][0], config["argv"], config["environment"])  # noqa: S606 - no shell
    except OSError as error:
        sys.exit(f"{error.strerror or error}")


def _become_nobody() -> None:
    """Where this is root, become a stranger, who can read what everybody can."""
    if os.geteuid() != 0:
        return
    for stranger in _STRANGERS:
        try:
            os.setgroups([])
            os.setresgid(stranger, stranger, stranger)
            os.setresuid(stranger, stranger, stranger)
        except OSError:
            continue
        # Changing ids has made our files in /proc root's.
        kernel.control(kernel.PR_SET_DUMPABLE, 1)
        return
    raise OSError("root cannot become another user here")


def _attend(pid: int) -> int:
    """Wait for the end of the sandbox or of the host's end of our stdin; the exit status."""
    poller = select.poll()
    poller.register(0, 0)  # tells of hanging up only
    poller.register(os.pidfd_open(pid), select.POLLIN)
    poller.poll()
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    _, status = os.waitpid(pid, 0)  # returns when nothing in it is left
    return 1 if status else 0


def _make_root(config: dict[str, Any]) -> None:
    kernel.mount("", "/", flags=kernel.MS_SLAVE | kernel.MS_REC)
    # Found before anything can be mounted on top of them.
    binds = [(path, os.open(path, os.O_PATH)) for path in config["binds"]]
    devices = [(path, os.open(path, os.O_PATH)) for path in (f"/dev/{n}" for n in _DEVICES)]
    kernel.mount("tmpfs", _BASE, "tmpfs", _RESTRICTED, "mode=755")
    os.chdir(_BASE)
    for link, target in config["links"].items():
        os.symlink(target, f".{link}")
    for path, fd in binds:
        _bind(fd, path, _RESTRICTED | kernel.MS_RDONLY)
    for path, fd in devices:
        # Writing to a device is no writing to its file system.
        _bind(fd, path, kernel.MS_NOSUID | kernel.MS_NOEXEC | kernel.MS_RDONLY)
    for folder in (*_FOLDERS, ROOT):
        os.makedirs(f".{folder}", exist_ok=True)
    for link, target in _LINKS.items():
        os.symlink(target, f".{link}")
    for path, content in _FILES.items():
        os.makedirs(os.path.dirname(f".{path}"), exist_ok=True)
        with open(f".{path}", "w") as file:
            file.write(content)
    kernel.mount("proc", f"{_BASE}/proc", "proc", _RESTRICTED | kernel.MS_NOEXEC)
    for name, options in config["stores"].items():
        os.mkdir(f".{ROOT}/{name}")
        kernel.mount("tmpfs", f"{_BASE}{ROOT}/{name}", "tmpfs", _RESTRICTED, f"mode=755,{options}")
    kernel.enter_root(_BASE)
    kernel.restrict("/", _RESTRICTED | kernel.MS_RDONLY)


def _bind(fd: int, path: str, flags: int) -> None:
    target = f"{_BASE}{path}"
    if os.path.isdir(f"/proc/self/fd/{fd}"):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "x"):
            pass
    kernel.mount(f"/proc/self/fd/{fd}", target, flags=kernel.MS_BIND | kernel.MS_REC)
    kernel.restrict(target, flags, recursive=True)


def _limit() -> None:
    socket.sethostname("sandbox")
    kernel.control(kernel.PR_SET_NO_NEW_PRIVS, 1)
    # To 0 a crash handler of the machine would be started all the same, to 1 it is not.
    for limit, most in (
        (resource.RLIMIT_CORE, 1),
        (resource.RLIMIT_NOFILE, 1024),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        kept = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (kept, kept))
    os.closerange(3, 1024)
