"""Sandboxes in Linux namespaces, for hosts without a container engine: needs no root.

The kernel keeps programs apart as in a container, but bounds only one by one what they use: memory
is watched every few milliseconds, and what the kernel holds for them (sockets, pipes) is not
counted. There is no CPU quota either.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import select
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cached_property
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import seccomp
from sandbox.channel import Channel
from sandbox.shipping import BY_NAMESPACE, LAUNCHER, OPTIONS, shipment
from sandbox.stream import Stream
from sandbox.types import MEBIBYTE, SandboxFault, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_OLDEST_LINUX = (5, 14)
"""Since when RLIMIT_NPROC counts each user namespace by itself."""
_OLDEST_PYTHON = (3, 9)
_SYSTEM_PYTHON = "/usr/bin/python3"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
_SETTINGS = (
    *("alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "python3*", "java-*-openjdk"),
    *("fpc*.cfg", "perl"),
)
"""What toolchains read in /etc."""
_ENVIRONMENT = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
_UNCOUNTED = ("memfd_create",)
"""System calls that take memory which no process is charged for."""
_LAUNCH_SECONDS = 30.0
_END_SECONDS = 10.0
_REFUSALS = ("unshare", "mount", "clone", "the sandbox failed: clone")
"""How the launcher and the runner begin what the kernel does not let them do."""
_WHAT_ELSE = "; or have a Docker Engine run the sandboxes"


@dataclass(frozen=True, slots=True)
class LocalOptions:
    """How the sandboxes are made."""

    interpreter: str | None = None
    """The Python that programs meet; None is the system's, or else the one that runs this. It is
    seen by programs with the folder that it is installed in."""
    memory_bytes: int = 1024 * MEBIBYTE
    """The most that one program is granted, whatever it asks for."""
    disk_bytes: int = 64 * MEBIBYTE
    """Of each writable folder; they are in memory."""
    inodes: int = 4096


@dataclass(frozen=True, slots=True)
class _Interpreter:
    path: str
    version: str
    folders: tuple[str, ...]


class LocalBackend:
    """Makes sandboxes that end when this process does: the launcher ends when its stdin closes."""

    name = "local"

    def __init__(self, options: LocalOptions = LocalOptions()) -> None:
        self._options = options

    @cached_property
    def identity(self) -> str:
        """See `Backend`."""
        with contextlib.suppress(OSError, KeyError):
            system = platform.freedesktop_os_release()["PRETTY_NAME"]
            return f"local {system}, Python {self._interpreter.version}"
        return f"local Python {self._interpreter.version}"

    @cached_property
    def _interpreter(self) -> _Interpreter:
        ours = str(getattr(sys, "_base_executable", sys.executable))
        wanted = self._options.interpreter
        for path in (wanted,) if wanted else (_SYSTEM_PYTHON, ours):
            found = _inspected(path)
            if found is not None:
                return found
        raise Unavailable(
            f"there is no Python of {'.'.join(map(str, _OLDEST_PYTHON))} or later at "
            f"{wanted or _SYSTEM_PYTHON}: install it{_WHAT_ELSE}"
        )

    @cached_property
    def _filter(self) -> bytes:
        return seccomp.compiled(seccomp.profile(), platform.machine(), _UNCOUNTED)

    def check(self) -> None:
        """See `Backend.check`."""
        self._look_at_machine()
        # All but the runner: namespaces, mounts, and the interpreter in there.
        process = self._launched([self._interpreter.path, "-I", "-S", "-c", "print(end='.')"])
        try:
            process.read_exactly(1, time.monotonic() + _LAUNCH_SECONDS)
        except SandboxFault as error:
            raise _unavailable(error) from error
        finally:
            process.end()

    def remarks(self) -> Iterator[str]:
        """See `Backend.remarks`."""
        yield "programs share this host's kernel: dedicate the host, or use Docker with gVisor"
        yield "no cgroup bounds memory and CPU: a container that the worker runs in should"
        if os.geteuid() == 0:
            yield "the worker is root: the sandboxes are not, but the worker need not be either"

    def create(self) -> LocalSandbox:
        """See `Backend.create`."""
        self._look_at_machine()
        options = self._options
        scratch = f"size={options.disk_bytes},nr_inodes={options.inodes}"
        process = self._launched([self._interpreter.path, *OPTIONS, BY_NAMESPACE])
        setup = {"scratch": scratch}
        try:
            channel = Channel(process, options.memory_bytes, setup, self._filter)
        except SandboxFault as error:
            process.end()
            raise _unavailable(error) from error
        return LocalSandbox(channel, process)

    def _look_at_machine(self) -> None:
        release = tuple(int(part) for part in re.findall(r"\d+", platform.release())[:2])
        if sys.platform != "linux" or release < _OLDEST_LINUX:
            wanted = ".".join(map(str, _OLDEST_LINUX))
            raise Unavailable(f"sandboxes of this kind need Linux {wanted} or later{_WHAT_ELSE}")
        try:
            _ = self._filter
        except ValueError as error:
            raise Unavailable(f"{error}{_WHAT_ELSE}") from error

    def _launched(self, argv: Sequence[str]) -> _Process:
        options = self._options
        binds, links = _system(self._interpreter.folders)
        size = f"nr_inodes={options.inodes},size="
        config = {
            "argv": argv,
            "environment": _ENVIRONMENT,
            "binds": binds,
            "links": links,
            "stores": {
                "work": f"{size}{options.disk_bytes}",
                "program": f"{size}{4 * options.disk_bytes}",
            },
        }
        process = _Process(self._interpreter.path, json.dumps(config))
        try:
            process.write(shipment(), time.monotonic() + _LAUNCH_SECONDS)
        except SandboxFault as error:
            process.end()
            raise _unavailable(error) from error
        return process

    def close(self) -> None:
        """See `Backend.close`."""


class LocalSandbox:
    """One set of namespaces."""

    def __init__(self, channel: Channel, process: _Process) -> None:
        self.channel = channel
        self._process = process

    def destroy(self) -> None:
        """See `Sandbox.destroy`."""
        self._process.end()


class _Process(Stream):
    """The launcher, and through the same socket what it has launched."""

    def __init__(self, interpreter: str, config: str) -> None:
        super().__init__()
        self._socket, theirs = socket.socketpair()
        self._socket.setblocking(False)  # noqa: FBT003 - socket takes no keyword
        self._complaints, complaints = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        with theirs:
            try:
                self._launcher = subprocess.Popen(
                    [interpreter, "-I", "-B", "-c", LAUNCHER, config],
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=complaints,
                    cwd="/",
                    env=_ENVIRONMENT,
                    start_new_session=True,
                )
            except OSError as error:
                self.close()
                os.close(self._complaints)
                raise Unavailable(f"{interpreter} does not start: {error}") from error
            finally:
                os.close(complaints)

    def write(self, content: bytes, until: float) -> None:
        """See `Stream.write`."""
        view = memoryview(content)
        while view:
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                self._wait(self._socket.fileno(), select.POLLOUT, until)
            except OSError as error:
                raise SandboxFault(self._complaint() or f"it is gone: {error}") from error

    def read_exactly(self, size: int, until: float) -> bytes:
        """See `Stream.read_exactly`."""
        parts = []
        while size:
            try:
                part = self._socket.recv(min(size, 1 << 18))
            except BlockingIOError:
                self._wait(self._socket.fileno(), select.POLLIN, until)
                continue
            except OSError as error:
                raise SandboxFault(self._complaint() or f"it is gone: {error}") from error
            if not part:
                raise SandboxFault(self._complaint() or "it is gone")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _complaint(self) -> str:
        try:
            said = os.read(self._complaints, 1 << 16)
        except OSError:
            return ""
        return said.decode("utf-8", "replace").strip()[-1000:]

    def close(self) -> None:
        """See `Stream.close`."""
        # Other copies of it may be in processes that were forked from this one.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def end(self) -> None:
        """Hang up, and wait until nothing is left."""
        if self._launcher.returncode is not None:
            return
        self.close()
        try:
            self._launcher.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._launcher.kill()
            self._launcher.wait()
        os.close(self._complaints)


def _inspected(path: str) -> _Interpreter | None:
    """The interpreter at a path; None where there is none, or one that is too old."""
    asked = (
        "import sys; print(*sys.version_info[:3]); print(sys.prefix, sys.exec_prefix, sep='\\n')"
    )
    try:
        said = subprocess.run(
            [path, "-I", "-S", "-c", asked], capture_output=True, text=True, timeout=30, check=True
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return None
    version = said[0].split()
    if tuple(map(int, version[:2])) < _OLDEST_PYTHON:
        return None
    return _Interpreter(str(Path(path).resolve()), ".".join(version), tuple(sorted(set(said[1:]))))


def _system(folders: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """What of the host is there to read: paths, and symbolic links with their targets."""
    links = {path: str(Path(path).readlink()) for path in _SYSTEM if Path(path).is_symlink()}
    whole = [path for path in _SYSTEM if path not in links and Path(path).is_dir()]
    whole += [path for path in folders if not any(Path(path).is_relative_to(one) for one in whole)]
    settings = [path for name in _SETTINGS for path in glob(f"/etc/{name}")]  # noqa: PTH207 - as strings
    return [*whole, *sorted(settings)], links


def _unavailable(error: SandboxFault) -> Unavailable:
    """What an operator can do where the kernel refuses."""
    advice = _advice() if str(error).startswith(_REFUSALS) else _WHAT_ELSE
    return Unavailable(f"no sandbox can be made here: {error}{advice}")


def _advice() -> str:
    for path, refusing, advice in (
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "set it to 0, or add a profile"),
        ("kernel/unprivileged_userns_clone", "0", "set it to 1"),
        ("user/max_user_namespaces", "0", "raise it"),
    ):
        with contextlib.suppress(OSError):
            if Path("/proc/sys", path).read_text().strip() == refusing:
                return f" (sysctl {path.replace('/', '.')} is {refusing}: {advice}{_WHAT_ELSE})"
    return (
        " (it takes unprivileged user namespaces; in a container, a seccomp profile that allows "
        f"them and an unmasked /proc{_WHAT_ELSE})"
    )
