"""A client with a key, and the smallest request that means something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest

from tests.conftest import API_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.bench.served import Served


@pytest.fixture(scope="session")
def http(service: Served) -> Iterator[httpx2.Client]:
    """An HTTP client that sends a key."""
    headers = {"Authorization": f"Bearer {API_KEY}"}
    with httpx2.Client(base_url=service.url, headers=headers, timeout=60) as client:
        yield client
