"""The probes answer without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from verifier.bench.served import Served


def test_readiness_names_the_workers(service: Served) -> None:
    found = httpx2.get(f"{service.url}/readyz").json()
    assert found["status"] == "ready"
    assert found["workers"]["verifier-rules-train"] >= 1
