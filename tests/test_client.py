"""The clients: what they send, when they try again, and what they raise."""

from __future__ import annotations

import json
import socket
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.conftest import API_KEY
from verifier import client as client_module
from verifier.client import AsyncClient, Client
from verifier.errors import CallerError, QueueUnavailable, Unauthorized
from verifier.model import Reference, Rollout, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.bench.served import Served

RIGHT = Rollout(completion="so \\boxed{4}", reference=Reference(value="4"))
WRONG = Rollout(completion="so \\boxed{5}", reference=Reference(value="4"))
EMPTY = {"rewards": [], "counts": {"scored": 0, "invalid": 0, "unscored": 0}}
REFUSED = {"detail": "two rollouts have the id 'a'", "errors": [{"field": "f", "message": "m"}]}


class Stub(ThreadingHTTPServer):
    """A server that answers with given statuses in turn, the last one for ever."""

    def __init__(self, *answers: tuple[int, object], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Answer)
        self.answers = list(answers)
        self.seen: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.retry_after = ""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        stub = self.server
        assert isinstance(stub, Stub)
        stub.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        stub.seen.append({name.lower(): value for name, value in self.headers.items()})
        status, answer = stub.answers.pop(0) if len(stub.answers) > 1 else stub.answers[0]
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        if stub.retry_after:
            self.send_header("Retry-After", stub.retry_after)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def stub(*answers: tuple[int, object], port: int = 0) -> Iterator[Stub]:
    """A stub server while it is needed."""
    with Stub(*answers, port=port) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def _without_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline is the end of trying, so that tests are short."""
    monkeypatch.setattr(client_module, "_WALL_SLACK_SECONDS", 0.5)
    monkeypatch.setattr(client_module, "_FIRST_PAUSE_SECONDS", 0.02)


@pytest.fixture
def nowhere() -> str:
    """The address of nobody."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_rewards_come_in_order(service: Served) -> None:
    with Client(service.url, API_KEY) as client:
        found = client.score([RIGHT, WRONG, RIGHT])
    assert [reward.reward for reward in found.rewards] == [1.0, 0.0, 1.0]


async def test_rewards_come_in_order_asynchronously(service: Served) -> None:
    async with AsyncClient(service.url, API_KEY) as client:
        found = await client.score([RIGHT, WRONG, RIGHT])
    assert [reward.reward for reward in found.rewards] == [1.0, 0.0, 1.0]


def test_a_client_passes_on_the_spec(service: Served) -> None:
    with Client(service.url, API_KEY) as client:
        assert client.score([RIGHT], spec="r1").rewards[0].reward == 0.5


def test_a_client_scores_the_same_rollouts_again(service: Served) -> None:
    with Client(service.url, API_KEY) as client:
        assert client.score([RIGHT]).counts == client.score([RIGHT]).counts


def test_a_null_reward_is_no_exception(service: Served) -> None:
    with Client(service.url, API_KEY) as client:
        assert client.score([Rollout(completion="x")]).rewards[0].status is Status.INVALID


@pytest.mark.parametrize("key", [None, "wrong"])
def test_a_wrong_key_is_unauthorized(service: Served, key: str | None) -> None:
    with Client(service.url, key) as client, pytest.raises(Unauthorized):
        client.score([RIGHT])


async def test_a_wrong_key_is_unauthorized_asynchronously(service: Served) -> None:
    async with AsyncClient(service.url, "wrong") as client:
        with pytest.raises(Unauthorized):
            await client.score([RIGHT])


def test_a_spec_that_is_not_there_is_the_callers_error(service: Served) -> None:
    with Client(service.url, API_KEY) as client, pytest.raises(CallerError, match="nobodys"):
        client.score([RIGHT], spec="nobodys")


def test_nobody_there_is_told_by_the_deadline(nowhere: str) -> None:
    started = time.monotonic()
    with Client(nowhere) as client, pytest.raises(QueueUnavailable):
        client.score([RIGHT], deadline_seconds=0.5)
    assert time.monotonic() - started < 0.5 + 0.5 + 0.2


async def test_nobody_there_is_told_by_the_deadline_asynchronously(nowhere: str) -> None:
    started = time.monotonic()
    async with AsyncClient(nowhere) as client:
        with pytest.raises(QueueUnavailable):
            await client.score([RIGHT], deadline_seconds=0.5)
    assert time.monotonic() - started < 0.5 + 0.5 + 0.2


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_service_that_could_not_is_asked_again(status: int) -> None:
    answers: list[tuple[int, object]] = [(status, {}), (status, b"<html>"), (200, EMPTY)]
    with stub(*answers) as server, Client(server.url) as client:
        client.score([RIGHT], deadline_seconds=2)
    assert len(server.seen) == 3


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_could_not_is_asked_again_asynchronously(status: int) -> None:
    with stub((status, {}), (status, {}), (200, EMPTY)) as server:
        async with AsyncClient(server.url) as client:
            await client.score([RIGHT], deadline_seconds=2)
    assert len(server.seen) == 3


def test_every_try_has_the_same_body() -> None:
    with stub((503, {}), (429, {}), (200, EMPTY)) as server, Client(server.url) as client:
        client.score([RIGHT], deadline_seconds=2)
    assert len(set(server.bodies)) == 1


def test_a_client_waits_as_long_as_it_is_asked_to() -> None:
    with stub((429, {}), (200, EMPTY)) as server, Client(server.url) as client:
        server.retry_after = "1"
        started = time.monotonic()
        client.score([RIGHT], deadline_seconds=3)
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_an_address_without_a_scheme_is_refused_at_once(kind: type[Client | AsyncClient]) -> None:
    with pytest.raises(CallerError, match="http://host:port"):
        kind("localhost:8080")


def test_a_service_that_never_can_is_unavailable() -> None:
    with (
        stub((503, {})) as server,
        Client(server.url) as client,
        pytest.raises(QueueUnavailable, match="HTTP 503"),
    ):
        client.score([RIGHT], deadline_seconds=0.3)


@pytest.mark.parametrize("status", [400, 404, 413, 415, 422])
def test_a_wrong_request_is_not_tried_again(status: int) -> None:
    with (
        stub((status, REFUSED)) as server,
        Client(server.url) as client,
        pytest.raises(CallerError, match="two rollouts have the id"),
    ):
        client.score([RIGHT])
    assert len(server.seen) == 1


def test_a_wrong_request_names_the_fields() -> None:
    with (
        stub((422, REFUSED)) as server,
        Client(server.url) as client,
        pytest.raises(CallerError) as raised,
    ):
        client.score([RIGHT])
    assert raised.value.errors == [{"field": "f", "message": "m"}]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"text"'])
def test_an_error_of_another_server_is_told_too(body: bytes) -> None:
    with stub((404, body)) as server, Client(server.url) as client, pytest.raises(CallerError):
        client.score([RIGHT])


def test_the_key_is_sent_as_a_bearer() -> None:
    with stub((200, EMPTY)) as server, Client(server.url, "a-key") as client:
        client.score([RIGHT])
    assert server.seen[0]["authorization"] == "Bearer a-key"
