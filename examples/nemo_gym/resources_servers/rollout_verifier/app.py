"""A resources server for NeMo Gym that passes `/verify` on to a rollout verifier.

Copy this folder into `resources_servers/` of a checkout of NeMo Gym, or of the folder that you
start it in; it is started like NeMo Gym's own. `url` in its configuration says where the verifier
is and how it shall judge.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
from fastapi import Request  # noqa: TC002 - FastAPI reads annotations
from nemo_gym.base_resources_server import (
    AggregateMetrics,
    AggregateMetricsRequest,
    BaseResourcesServerConfig,
    SimpleResourcesServer,
)

SECONDS = 60
TRIES = 3
PAUSE_SECONDS = 1
REFUSED = set(range(400, 500)) - {408, 429}
"""A wrong key or an unknown spec stays wrong, and is not a row's fault."""


class RolloutVerifierConfig(BaseResourcesServerConfig):
    """One verifier; an entry of the configuration for each spec is fine."""

    url: str

    @property
    def masks(self) -> bool:
        """Whether a row that cannot be judged is to be marked as one."""
        return parse_qs(urlsplit(self.url).query).get("mask") in (["1"], ["true"])


class RolloutVerifierServer(SimpleResourcesServer):
    """Holds nothing; every row is judged by the verifier behind the URL."""

    config: RolloutVerifierConfig

    async def verify(self, request: Request) -> dict[str, Any]:
        """The verifier's answer, which is the row with its reward, or with marks that it has none.

        Raises:
            aiohttp.ClientError: the verifier refuses the request, or it does not answer and the
                URL does not ask for marks.
        """
        for attempt in range(TRIES):
            try:
                return await self._judged(await request.body())
            except (aiohttp.ClientError, TimeoutError) as error:
                if isinstance(error, aiohttp.ClientResponseError) and error.status in REFUSED:
                    raise
                if attempt == TRIES - 1:
                    if not self.config.masks:
                        raise
                    return await request.json() | _marks(error)
            await asyncio.sleep(PAUSE_SECONDS)
        raise AssertionError

    async def aggregate_metrics(self, body: AggregateMetricsRequest) -> AggregateMetrics:
        """NeMo Gym's own of the rows that were judged, and the share of those that were not."""
        rows = body.verify_responses
        judged = [row for row in rows if row.get("_ng_failure_class") is None]
        found = await super().aggregate_metrics(
            body.model_copy(update={"verify_responses": judged})
        )
        share = {"mean/not_judged": (len(rows) - len(judged)) / len(rows)} if rows else {}
        return found.model_copy(
            update={
                "agent_metrics": found.agent_metrics | share,
                "key_metrics": found.key_metrics | share,
            }
        )

    async def _judged(self, row: bytes) -> dict[str, Any]:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as session,
            session.post(
                self.config.url, data=row, headers={"Content-Type": "application/json"}
            ) as answer,
        ):
            answer.raise_for_status()
            found: dict[str, Any] = await answer.json()
            return found


def _marks(error: Exception) -> dict[str, Any]:
    """What the verifier itself writes into a row that it cannot judge."""
    return {
        "reward": 0.0,
        "_ng_failure_class": "judge_failed",
        "mask_sample": True,
        "failure_reason": f"no answer of the verifier: {type(error).__name__} {error}",
        "instance_config": {"mask_sample": True},
    }


if __name__ == "__main__":
    RolloutVerifierServer.run_webserver()
