"""What tests of adapters share: a running service in the environment, and one that is down."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import httpx2
import pytest

from tests.conftest import API_KEY
from verifier import calls
from verifier.trainers.base import ENVIRONMENT

if TYPE_CHECKING:
    from verifier.bench.served import Served

RIGHT = "<think>2 + 2</think><answer>\\boxed{4}</answer>"
WRONG = "<think>2 + 2</think><answer>\\boxed{5}</answer>"
UNFORMED = "\\boxed{4}"
BAD_REFERENCE: dict[str, str] = {"nothing": "known"}


@pytest.fixture(autouse=True)
def _environment(service: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names the running service and nothing else."""
    for variable in ENVIRONMENT.values():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("VERIFIER_URL", service.url)
    monkeypatch.setenv("VERIFIER_API_KEY", API_KEY)


@pytest.fixture
def down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers, and the deadline is short."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{listener.getsockname()[1]}"
    monkeypatch.setenv("VERIFIER_URL", nowhere)
    monkeypatch.setenv("VERIFIER_DEADLINE_SECONDS", "0.5")
    monkeypatch.setattr(calls, "GRACE_SECONDS", 0.3)


def requests_to(service: Served) -> int:
    """How many requests for scores the service has had."""
    lines = httpx2.get(f"{service.url}/metrics").text.splitlines()
    counted = (
        line
        for line in lines
        if line.startswith("verifier_http_requests_total{") and "score" in line
    )
    return int(sum(float(line.rsplit(" ", 1)[1]) for line in counted))
