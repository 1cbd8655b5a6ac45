"""Services with a sandbox, without one, and with room for one rollout only."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from sandbox.backends.local import LocalBackend
from sandbox.types import Unavailable
from tests.conftest import lacking
from verifier.bench.served import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.bench.served import Served

_ONE_WORKER = {"VERIFIER_TRAIN_WORKERS": "1", "VERIFIER_EVAL_WORKERS": "0"}
_SLEEPY = {"code": "import time\ntime.sleep(4)\n", "language": "python"}


@pytest.fixture(scope="session")
def _namespaces() -> None:
    """The sandbox that needs no engine."""
    backend = LocalBackend()
    try:
        backend.check()
    except Unavailable as error:
        lacking(f"user namespaces for all: {error}")
    finally:
        backend.close()


def _client(service: Served) -> httpx2.Client:
    return httpx2.Client(base_url=service.url, timeout=60)


@pytest.fixture(scope="session")
def client(_namespaces: None) -> Iterator[httpx2.Client]:
    """A trainer's machine: no key, and a service that runs programs."""
    with served(VERIFIER_SANDBOX="local", **_ONE_WORKER) as running, _client(running) as http:
        yield http


@pytest.fixture(scope="session")
def without_sandbox() -> Iterator[httpx2.Client]:
    """A service that can run no program."""
    with served(VERIFIER_SANDBOX="none", **_ONE_WORKER) as running, _client(running) as http:
        yield http


@pytest.fixture(scope="session")
def _narrow(_namespaces: None) -> Iterator[Served]:
    with served(
        VERIFIER_SANDBOX="local", VERIFIER_MAX_QUEUED_ROLLOUTS="1", **_ONE_WORKER
    ) as running:
        yield running


@pytest.fixture
def overloaded(_narrow: Served) -> Iterator[httpx2.Client]:
    """A service whose queue is full, for the next seconds."""
    with occupied(_narrow.url), _client(_narrow) as http:
        yield http


@pytest.fixture
def busy(client: httpx2.Client) -> Iterator[httpx2.Client]:
    """A service whose only worker has something else to do, for the next seconds."""
    with occupied(str(client.base_url)):
        yield client


@contextlib.contextmanager
def occupied(url: str) -> Iterator[None]:
    """A program that sleeps for seconds is running there."""
    sent = threading.Event()

    def occupy() -> None:
        with httpx2.Client(base_url=url, timeout=60) as http:
            # Told apart from what others have run, so that nothing is remembered.
            body = _SLEEPY | {"stdin": str(id(sent))}
            sent.set()
            http.post("/run_code", json=body)

    thread = threading.Thread(target=occupy)
    thread.start()
    sent.wait()
    thread.join(0.7)
    yield
    thread.join()


def sent(http: httpx2.Client, path: str, body: object, **query: Any) -> httpx2.Response:  # noqa: ANN401 - JSON
    """The answer to a body."""
    return http.post(path, json=body, params=query)
