"""What tests share: a running service, and what to do where the machine lacks something."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.backends.docker import DockerBackend, DockerOptions
from sandbox.types import Unavailable
from verifier.bench.served import Served, served
from verifier.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
API_KEY = "a-key-for-tests"


def lacking(what: str) -> None:
    """Skip loudly on a laptop, fail where CI has to have it."""
    if os.environ.get("CI"):
        pytest.fail(f"this machine lacks {what}, which CI has to have")
    pytest.skip(f"this machine lacks {what}")


@pytest.fixture(scope="session")
def redis_server() -> str:
    """The path of a Redis server of the distribution, beside the embedded Valkey."""
    found = shutil.which("redis-server")
    if found is None:
        lacking("redis-server")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def docker_engine() -> str:
    """The image for programs, on an engine that answers."""
    image = Settings().sandbox_image
    try:
        with contextlib.closing(DockerBackend(DockerOptions(image=image))) as backend:
            backend.check()
    except Unavailable as error:
        lacking(f"a sandbox ({error})")
    return image


@pytest.fixture(scope="session")
def service() -> Iterator[Served]:
    """`verifier serve` on its embedded server, with small limits that tests can reach."""
    with served(
        VERIFIER_API_KEYS=f"another-key,{API_KEY}",
        VERIFIER_MAX_BODY_BYTES=str(8 << 20),
        VERIFIER_MAX_ROLLOUTS="512",
        VERIFIER_MAX_COMPLETION_CHARS="400000",
        VERIFIER_MAX_REFERENCE_CHARS="10000",
        VERIFIER_MAX_DEADLINE_SECONDS="60",
        VERIFIER_MAX_WAIT_SECONDS="30",
    ) as running:
        yield running
