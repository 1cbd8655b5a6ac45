"""A resources server for NeMo Gym that passes `/verify` on to a rollout verifier.

Copy this folder into `resources_servers/` of a checkout of NeMo Gym, which starts it like its own.
REWARD_SERVICE_URL says where the verifier is and how it shall judge.
"""

from __future__ import annotations

import os
from typing import Any

import aiohttp
from fastapi import Request  # noqa: TC002 - FastAPI reads annotations
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer

URL = os.environ.get("REWARD_SERVICE_URL", "http://127.0.0.1:8080/verify?mask=1")
SECONDS = 60
TRIES = 3


class RolloutVerifierServer(SimpleResourcesServer):
    """Holds nothing; every row is judged by the verifier behind the URL."""

    config: BaseResourcesServerConfig

    async def verify(self, request: Request) -> dict[str, Any]:
        """The verifier's answer, which is the row with its reward.

        Raises:
            aiohttp.ClientError: the verifier did not answer, which is no reward.
        """
        body = await request.body()
        headers = {"Content-Type": "application/json"}
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        for attempt in range(TRIES):
            try:
                async with (
                    aiohttp.ClientSession(timeout=timeout) as session,
                    session.post(URL, data=body, headers=headers) as answer,
                ):
                    answer.raise_for_status()
                    found: dict[str, Any] = await answer.json()
                    return found
            except (aiohttp.ClientError, TimeoutError):
                if attempt == TRIES - 1:
                    raise
        raise AssertionError


if __name__ == "__main__":
    RolloutVerifierServer.run_webserver()
