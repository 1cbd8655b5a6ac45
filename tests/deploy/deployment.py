"""The deployment under a name, a port and credentials of its own, and ways to look into it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import httpx2

from tests.conftest import ROOT, lacking

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")

SERVICES = ("redis", "rules", "code", "api")
BASES = ("python:3.12-slim-bookworm", "valkey/valkey:9-alpine", "debian:bookworm-slim")
SANDBOX_LABEL = "rollout-verifier.sandbox"
_SOCKET = Path("/var/run/docker.sock")
_OURS = ("VERIFIER_", "COMPOSE_", "REDIS_", "MAKE", "MFLAGS")
_OURS_TOO = {"COMPOSE", "ENV_FILE", "PUBLISH", "SANDBOX", "DOCKER_GID", "DOCKER_SOCKET"}
# Packages are installed while the images are built: where only this machine reaches their
# source, its network is the builder's too.
_PROXIES = [made for n in ("http_proxy", "https_proxy", "no_proxy") for made in (n, n.upper())]
_BUILD = {"network": "host", "args": [name for name in _PROXIES if name in os.environ]}
_OVERRIDE = {"services": {"api": {"build": _BUILD}, "sandbox": {"build": _BUILD}}}


def compose() -> str:
    """The command of Docker Compose here, of either version."""
    asked = os.environ.get("COMPOSE")
    if asked:
        return asked
    if shutil.which("docker") and _quiet("docker", "compose", "version"):
        return "docker compose"
    if shutil.which("docker-compose") is None:
        lacking("Docker Compose")
    return "docker-compose"


def require_engine() -> None:
    """Go on only where an engine answers on the usual socket and has the base images."""
    if not _SOCKET.is_socket() or not _quiet("docker", "info"):
        lacking("a Docker Engine (.ci/engine starts one)")
    for image in BASES:
        if not _quiet("docker", "image", "inspect", image):
            lacking(f"the image {image} (see .ci/engine deploy-bases)")


def _quiet(*argv: str) -> bool:
    return subprocess.run(argv, capture_output=True, timeout=60, check=False).returncode == 0


def docker(*argv: str) -> str:
    """What a docker command prints, standard error included."""
    command = ["docker", *argv]
    ended = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, (argv, ended.stdout)
    return ended.stdout


def until(look: Callable[[], Value | None], seconds: float = 60.0) -> Value:
    """What `look` finds, once it finds anything."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"still {found!r} after {seconds} s"
        time.sleep(0.2)


def free_port() -> int:
    """A port of loopback that nobody has at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Deployment:
    """One project of Compose; nothing of it is written into the repository.

    Args:
        folder: where its settings are written.
        without: a variable that is left out of them.
    """

    def __init__(self, folder: Path, without: str = "") -> None:
        self.project = f"verifier-test-{secrets.token_hex(4)}"
        self.password = secrets.token_hex(32)
        self.key = secrets.token_hex(32)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._compose = compose()
        values = {
            "REDIS_PASSWORD": self.password,
            "VERIFIER_API_KEYS": self.key,
            "DOCKER_GID": _SOCKET.stat().st_gid,
            "PUBLISH": f"127.0.0.1:{self.port}",
            "VERIFIER_TRAIN_WORKERS": 2,
            "VERIFIER_EVAL_WORKERS": 0,
            "VERIFIER_BATCH_WORKERS": 0,
        }
        lines = [f"{name}={value}\n" for name, value in values.items() if name != without]
        (folder / "settings.env").write_text("".join(lines), encoding="utf-8")
        (folder / "override.yaml").write_text(json.dumps(_OVERRIDE), encoding="utf-8")

    def make(self, target: str, env_file: str = "settings.env") -> subprocess.CompletedProcess[str]:
        """Run `make up` or `make down` as a person would, but under this project's name."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_OURS) and name not in _OURS_TOO
        }
        env_path = self._folder / env_file
        command = ["make", target, f"COMPOSE={self._compose}", f"ENV_FILE={env_path}"]
        return subprocess.run(
            command,
            cwd=ROOT,
            env={
                **environment,
                "COMPOSE_PROJECT_NAME": self.project,
                "COMPOSE_FILE": f"deploy/compose.yaml:{self._folder / 'override.yaml'}",
                # The one builder that both a bare client and an old engine have.
                "DOCKER_BUILDKIT": "0",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=1200,
            check=False,
        )

    def left(self) -> dict[str, list[str]]:
        """What there is of it, by kind."""
        ours = f"label=com.docker.compose.project={self.project}"
        return {
            "containers": docker("ps", "--all", "--quiet", "--filter", ours).split(),
            "networks": docker("network", "ls", "--quiet", "--filter", ours).split(),
            "volumes": docker("volume", "ls", "--quiet", "--filter", ours).split(),
        }

    def container(self, service: str) -> str:
        """The container of a service."""
        labels = {"project": self.project, "service": service}
        filters = [f"--filter=label=com.docker.compose.{k}={v}" for k, v in labels.items()]
        (found,) = docker("ps", "--all", "--quiet", *filters).split()
        return found

    def inspect(self, service: str) -> dict[str, Any]:
        """What the engine says of the container of a service."""
        return inspect(self.container(service))

    def inside(self, service: str, *argv: str) -> str:
        """What a command prints in the container of a service."""
        return docker("exec", self.container(service), *argv)

    def sandboxes(self) -> list[str]:
        """The containers that the code worker made."""
        return sandboxes_of(self.container("code"))

    def get(self, path: str) -> httpx2.Response:
        """An answer of the published port."""
        return httpx2.get(f"{self.url}{path}", headers=self._headers(self.key), timeout=70)

    def post(self, path: str, body: dict[str, Any], key: str | None = None) -> httpx2.Response:
        """An answer of the published port; `key` is the right one, or what is sent instead."""
        headers = self._headers(self.key if key is None else key)
        return httpx2.post(f"{self.url}{path}", json=body, headers=headers, timeout=70)

    def rewards(self, spec: str, rollouts: list[dict[str, Any]]) -> list[float | None]:
        """The rewards of a batch."""
        body = {"spec": spec, "rollouts": rollouts, "deadline_seconds": 60}
        answer = self.post("/v1/score", body)
        assert answer.status_code == httpx2.codes.OK, answer.text
        return [reward["reward"] for reward in answer.json()["rewards"]]

    def ready(self) -> bool:
        """Whether the service says so, with a place where programs run."""
        try:
            answer = self.get("/readyz")
        except httpx2.TransportError:
            return False
        return answer.status_code == httpx2.codes.OK and bool(answer.json()["sandboxes"])

    @staticmethod
    def _headers(key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"} if key else {}


def inspect(container: str) -> dict[str, Any]:
    """What the engine says of a container."""
    (found,) = json.loads(docker("inspect", container))
    return dict(found)


def sandboxes_of(host: str) -> list[str]:
    """The sandboxes that a process on `host`, a container, made."""
    template = f'{{{{.ID}}}} {{{{.Label "{SANDBOX_LABEL}"}}}}'
    listed = docker("ps", "--all", "--filter", f"label={SANDBOX_LABEL}", "--format", template)
    rows = [line.split() for line in listed.splitlines()]
    return [row[0] for row in rows if row[1:] and row[1].startswith(f"{host}:")]
