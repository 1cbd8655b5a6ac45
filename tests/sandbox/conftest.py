"""What tests of the sandbox share: every backend that this machine has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.pool import Pool
from sandbox.selfcheck import Ground
from sandbox.types import Unavailable
from tests.conftest import lacking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.backends.base import Backend

IMAGES = ("rollout-verifier-sandbox:full", "rollout-verifier-sandbox:slim")
BACKENDS = (pytest.param("docker", marks=pytest.mark.engine), "local")


def docker_backend() -> Backend:
    """Docker with the largest image that is there."""
    from sandbox.backends.docker import DockerBackend, DockerOptions  # noqa: PLC0415 - one backend

    complaint = ""
    for image in IMAGES:
        try:
            backend = DockerBackend(DockerOptions(image=image, owner="tests"))
        except Unavailable as error:
            complaint = str(error)
            break
        try:
            backend.check()
        except Unavailable as error:
            complaint = str(error)
            backend.close()
        else:
            return backend
    lacking(f"a Docker Engine with an image of the sandbox: {complaint}")
    raise AssertionError


def local_backend() -> Backend:
    """Namespaces of the kernel."""
    from sandbox.backends.local import LocalBackend  # noqa: PLC0415 - one backend

    backend = LocalBackend()
    try:
        backend.check()
    except Unavailable as error:
        lacking(f"user namespaces for all: {error}")
    return backend


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    """Each backend in turn."""
    found = docker_backend() if request.param == "docker" else local_backend()
    yield found
    found.close()


@pytest.fixture(scope="session")
def sandbox_pool(backend: Backend) -> Iterator[Pool]:
    """One slot of the backend, which serves all tests one after the other."""
    with Pool(backend) as pool:
        yield pool


@pytest.fixture(scope="session")
def ground(backend: Backend) -> Iterator[Ground]:
    """A sandbox of the backend to ask about its promises."""
    with Ground(backend) as found:
        yield found


@pytest.fixture(autouse=True)
def _language(request: pytest.FixtureRequest) -> None:
    """A program of the corpus is only run where its language is offered."""
    params = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    if "entry" not in params or "sandbox_pool" not in request.fixturenames:
        return
    pool = request.getfixturevalue("sandbox_pool")
    try:
        with pool.lease(params["entry"].language):
            pass
    except Unavailable as error:
        if params["backend"] == "local":
            pytest.skip(f"not on this host: {error}")
        lacking(f"the full image: {error}")
