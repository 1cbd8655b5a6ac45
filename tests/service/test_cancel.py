"""Work that nobody waits for makes room for work that somebody does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx2
import pytest

from tests.conftest import API_KEY
from verifier.client import Client
from verifier.model import Reference, Rollout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.bench.served import Served

# Refused by no bound, and worth its two seconds of CPU time to the symbolic step each.
SLOW = r"\sum_{k=1}^{%d} \frac{1}{k^{3}+k}"


@pytest.fixture
def http(service: Served) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {API_KEY}"}
    with httpx2.Client(base_url=service.url, headers=headers, timeout=60) as client:
        yield client


def slow_request(deadline_seconds: float) -> dict[str, object]:
    """Minutes of work for every worker."""
    rollouts = [
        {"completion": f"\\boxed{{{SLOW % n}}}", "reference": SLOW % (n + 1)}
        for n in range(2000, 2200)
    ]
    return {"rollouts": rollouts, "deadline_seconds": deadline_seconds}


def judge_something(service: Served) -> float:
    """Seconds until a simple rollout is judged."""
    started = time.monotonic()
    rollout = Rollout(completion="\\boxed{4}", reference=Reference(value="4"))
    with Client(service.url, API_KEY) as client:
        assert client.score([rollout], deadline_seconds=30).rewards[0].reward == 1.0
    return time.monotonic() - started


def test_a_cancelled_ticket_frees_its_workers(service: Served, http: httpx2.Client) -> None:
    ticket = http.post("/v1/tickets", json=slow_request(40)).json()["id"]
    time.sleep(1)
    http.delete(f"/v1/tickets/{ticket}")
    assert judge_something(service) < 10


def test_a_client_that_went_away_frees_its_workers(service: Served, http: httpx2.Client) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        http.post("/v1/score", json=slow_request(40), timeout=1)
    assert judge_something(service) < 10
