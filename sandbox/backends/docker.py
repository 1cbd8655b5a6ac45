"""Sandboxes in hardened Docker containers: the only module that imports docker."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import struct
import uuid
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import docker
from docker.errors import APIError, DockerException, ImageNotFound
from docker.types import LogConfig, Ulimit
from docker.utils import kwargs_from_env

from sandbox.channel import Channel
from sandbox.shipping import BY_UID, OPTIONS
from sandbox.stream import Stream
from sandbox.types import MEBIBYTE, SandboxFault, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docker import APIClient

LABEL = "rollout-verifier.sandbox"
"""Its value names the owner, so that what an owner left behind can be found."""
CAPABILITIES = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID")
"""The runner's alone: SETUID and SETGID to become a fresh uid for every program and to end all of
its processes, CHOWN to give it its folder, DAC_OVERRIDE and FOWNER to clean up after it. A program
has none: changing its uid takes them away, and no_new_privs keeps them away."""
_SPARE_BYTES = 192 * MEBIBYTE
"""For the runner, its warm interpreters and the files of programs."""
_SPARE_PROCESSES = 64
_FIXED_RUNC = (1, 2, 8)
"""CVE-2025-31133, -52565 and -52881."""
_DEFAULT_HOST = "unix:///var/run/docker.sock"
_KNOCK_SECONDS = 5.0
_HEADER = struct.Struct(">BxxxL")
_STDOUT = 1


@dataclass(frozen=True, slots=True)
class DockerOptions:
    """How containers are made."""

    image: str = "rollout-verifier-sandbox:slim"
    runtime: str | None = None
    """`runc`, `runsc` (gVisor), a Kata runtime; None is the engine's default."""
    host: str | None = None
    """The engine's address; None means DOCKER_HOST or the usual socket."""
    memory_bytes: int = 1024 * MEBIBYTE
    """The most that one program may be granted."""
    processes: int = 128
    """The most processes and threads that one program may be granted."""
    cpus: float = 1.0
    disk_bytes: int = 64 * MEBIBYTE
    """Of each writable folder; they are in memory and count as such."""
    inodes: int = 4096
    owner: str = ""
    """Marks the containers as this process's."""
    timeout_seconds: int = 30
    """How long the engine may take to answer."""


class DockerBackend:
    """Makes containers that end when this process does: the runner stops when its stdin closes."""

    name = "docker"

    def __init__(self, options: DockerOptions = DockerOptions()) -> None:
        self._options = options
        self.identity = f"docker {options.image}"
        try:
            # DOCKER_HOST, and DOCKER_TLS_VERIFY with DOCKER_CERT_PATH for one over TLS.
            arguments = kwargs_from_env()
            if options.host is not None:
                arguments["base_url"] = options.host
            _knock(arguments.get("base_url") or _DEFAULT_HOST)
            self._client = docker.DockerClient(
                **arguments, version="auto", timeout=options.timeout_seconds
            )
        except (DockerException, OSError) as error:
            raise Unavailable(f"no Docker Engine answers: {error}") from error
        self._api: APIClient = self._client.api
        self._seccomp = resources.files("sandbox.image").joinpath("seccomp.json").read_text()

    def check(self) -> None:
        """See `Backend.check`."""
        try:
            found = self._api.inspect_image(self._options.image)  # type: ignore[no-untyped-call]
        except ImageNotFound as error:
            raise self._no_image() from error
        except (DockerException, OSError) as error:
            raise Unavailable(f"the Docker Engine does not answer: {_reason(error)}") from error
        self.identity = f"docker {self._options.image} {found['Id'][:19]}"

    def remarks(self) -> Iterator[str]:
        """See `Backend.remarks`."""
        info = self._api.info()
        options = " ".join(info.get("SecurityOptions") or [])
        if "seccomp" not in options:
            yield "this engine has no seccomp: programs meet fewer walls"
        if info.get("CgroupVersion", "1") == "1":
            yield "cgroup v1: works, but v2 accounts memory better"
        if not info.get("PidsLimit", True) or not info.get("MemoryLimit", True):
            yield "this kernel keeps no limit on processes or memory of containers"
        runc = (info.get("RuncCommit") or {}).get("ID", "")
        version = self._api.version().get("Components") or []
        found = next((c["Version"] for c in version if c["Name"] == "runc"), runc)
        parts = tuple(int(part) for part in re.findall(r"\d+", found)[:3])
        if self._options.runtime in (None, "runc") and parts < _FIXED_RUNC:
            yield (
                f"runc {found} is older than {'.'.join(map(str, _FIXED_RUNC))}, which mends known "
                "escapes (Debian mends older versions too)"
            )
        if self._options.runtime is None:
            yield "containers share this host's kernel: dedicate the host, or use gVisor or Kata"

    def _no_image(self) -> Unavailable:
        return Unavailable(
            f"there is no image {self._options.image}: build it with `docker build -t "
            f"{self._options.image} --target {self._options.image.rpartition(':')[2]} "
            "sandbox/image`"
        )

    def create(self) -> DockerSandbox:
        """See `Backend.create`."""
        name = f"rollout-verifier-{uuid.uuid4().hex[:12]}"
        options = self._options
        try:
            container = self._api.create_container(
                options.image,
                ["/usr/bin/python3", *OPTIONS, BY_UID],
                entrypoint=[],
                name=name,
                user="0:0",
                hostname="sandbox",
                environment={"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"},
                working_dir="/",
                stdin_open=True,
                network_disabled=True,
                labels={LABEL: options.owner},
                healthcheck={"Test": ["NONE"]},
                host_config=self._host_config(),
            )
            stream = _Attached(self._api, container["Id"])
            self._api.start(container["Id"])
        except ImageNotFound as error:
            raise self._no_image() from error
        except (DockerException, OSError) as error:
            self._remove(name)
            raise Unavailable(f"the engine does not start a container: {_reason(error)}") from error
        sandbox = DockerSandbox(self, container["Id"], stream)
        try:
            sandbox.channel = Channel(stream, self._options.memory_bytes)
        except SandboxFault as error:
            sandbox.destroy()
            raise Unavailable(f"the runner does not start: {error}") from error
        return sandbox

    def _host_config(self) -> dict[str, Any]:
        options = self._options
        memory = options.memory_bytes + _SPARE_BYTES
        scratch = f"size={options.disk_bytes},nr_inodes={options.inodes},nosuid,nodev"
        config: dict[str, Any] = self._api.create_host_config(
            network_mode="none",
            read_only=True,
            cap_drop=["ALL"],
            cap_add=list(CAPABILITIES),
            security_opt=["no-new-privileges:true", f"seccomp={self._seccomp}"],
            pids_limit=options.processes + _SPARE_PROCESSES,
            mem_limit=memory,
            memswap_limit=memory,
            nano_cpus=int(options.cpus * 1e9),
            ipc_mode="private",
            tmpfs={
                "/work": f"rw,exec,mode=0711,{scratch}",
                "/program": f"rw,exec,mode=0711,{scratch}".replace(
                    f"size={options.disk_bytes}", f"size={4 * options.disk_bytes}"
                ),
                "/tmp": f"rw,exec,mode=1777,{scratch}",  # noqa: S108 - the container's
                "/dev/shm": f"rw,noexec,mode=1777,{scratch}",  # noqa: S108 - the container's
            },
            ulimits=[
                # To 0 a crash handler of the machine would be started all the same, to 1 it is not.
                Ulimit(name="core", soft=1, hard=1),
                Ulimit(name="nofile", soft=1024, hard=1024),
                Ulimit(name="stack", soft=8 * MEBIBYTE, hard=-1),
                Ulimit(name="memlock", soft=0, hard=0),
                Ulimit(name="msgqueue", soft=0, hard=0),
            ],
            log_config=LogConfig(type="none"),
            auto_remove=True,
            runtime=options.runtime,
            oom_score_adj=500,
        )
        return config

    def remove_left_behind(self, owner: str) -> int:
        """Remove the containers of an owner that is gone; returns how many."""
        label = f"{LABEL}={owner}"
        found = self._api.containers(all=True, filters={"label": label})
        for container in found:
            self._remove(container["Id"])
        return len(found)

    def _remove(self, name: str) -> None:
        with contextlib.suppress(DockerException, OSError):
            self._api.remove_container(name, force=True, v=True)

    def close(self) -> None:
        """See `Backend.close`."""
        self._client.close()


class DockerSandbox:
    """One container."""

    channel: Channel

    def __init__(self, backend: DockerBackend, container: str, stream: _Attached) -> None:
        self._backend = backend
        self._container = container
        self._stream = stream

    def destroy(self) -> None:
        """See `Sandbox.destroy`."""
        self._stream.close()
        self._backend._remove(self._container)  # noqa: SLF001 - one module


def _knock(host: str) -> None:
    """Raise `OSError` where nobody listens on a local engine's socket.

    The library would leave its own socket open then, which is a warning, and an error in tests.
    """
    scheme, _, path = host.partition("://")
    if scheme in ("unix", "http+unix"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_KNOCK_SECONDS)
            probe.connect("/" + path.lstrip("/"))


class _Attached(Stream):
    """The stdin and stdout of a container's PID 1, through the engine's API."""

    def __init__(self, api: APIClient, container: str) -> None:
        super().__init__()
        self._attached = api.attach_socket(
            container, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        )
        self._socket: socket.socket = getattr(self._attached, "_sock", self._attached)
        self._socket.setblocking(False)  # noqa: FBT003 - socket takes no keyword
        self._raw = bytearray()
        self._ready = bytearray()
        self._complaint = b""

    def write(self, content: bytes, until: float) -> None:
        """See `Stream.write`."""
        view = memoryview(content)
        while view:
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                self._await(select.POLLOUT, until)
            except (OSError, ValueError) as error:  # ValueError: it was closed meanwhile
                raise SandboxFault(f"the container is gone: {error}") from error

    def read_exactly(self, size: int, until: float) -> bytes:
        """See `Stream.read_exactly`."""
        while len(self._ready) < size:
            try:
                part = self._socket.recv(1 << 18)
            except BlockingIOError:
                self._await(select.POLLIN, until)
                continue
            except (OSError, ValueError) as error:  # ValueError: it was closed meanwhile
                raise SandboxFault(f"the container is gone: {error}") from error
            if not part:
                raise SandboxFault(f"the container is gone {self._complaint.decode()}".strip())
            self._raw += part
            self._demultiplex()
        found = bytes(self._ready[:size])
        del self._ready[:size]
        return found

    def _demultiplex(self) -> None:
        start = 0
        while len(self._raw) - start >= _HEADER.size:
            kind, size = _HEADER.unpack_from(self._raw, start)
            begin = start + _HEADER.size
            if len(self._raw) - begin < size:
                break
            part = self._raw[begin : begin + size]
            if kind == _STDOUT:
                self._ready += part
            else:
                self._complaint = (self._complaint + bytes(part))[-2000:]
            start = begin + size
        del self._raw[:start]

    def _await(self, event: int, until: float) -> None:
        fd = self._socket.fileno()
        if fd < 0:
            raise SandboxFault("the container was destroyed")
        self._wait(fd, event, until)

    def close(self) -> None:
        """See `Stream.close`."""
        # A thread that waits for an answer would not notice a mere close, nor the container while
        # a process that was forked from this one has a copy.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self._socket.close()
            self._attached.close()


def _reason(error: Exception) -> str:
    return str(error.explanation if isinstance(error, APIError) else error)
