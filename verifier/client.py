"""A thin HTTP client, synchronous and asynchronous: pooled and retrying."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any, Self

import httpx2

from verifier.errors import CallerError, QueueUnavailable, Unauthorized
from verifier.model import Priority, Rollout, ScoreRequest, ScoreResponse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import JsonValue

_RETRIED = frozenset({429, 500, 502, 503, 504})
_WALL_SLACK_SECONDS = 10.0
_CONNECT_SECONDS = 5.0
_FIRST_PAUSE_SECONDS = 0.2
_MAX_PAUSE_SECONDS = 5.0


class _Call:
    """One request and when to try it again; shared by both clients, which only do the waiting.

    Scoring is a pure function of the request, so trying again is always safe.
    """

    def __init__(
        self,
        rollouts: Sequence[Rollout],
        spec: str | dict[str, JsonValue] | None,
        priority: Priority,
        deadline_seconds: float,
        *,
        idempotency_key: str | None,
        wall_seconds: float | None,
    ) -> None:
        request = ScoreRequest(
            rollouts=tuple(rollouts),
            spec=spec,
            priority=priority,
            deadline_seconds=deadline_seconds,
        )
        self.content = request.model_dump_json(exclude_defaults=True).encode()
        self.headers = {"Content-Type": "application/json"}
        if idempotency_key is not None:
            self.headers["Idempotency-Key"] = idempotency_key
        wall = deadline_seconds + _WALL_SLACK_SECONDS if wall_seconds is None else wall_seconds
        self.timeout = httpx2.Timeout(wall, connect=min(wall, _CONNECT_SECONDS))
        self.retry_after = 0.0
        """Seconds that the service asked to wait, in its last answer."""
        self._give_up = time.monotonic() + wall

    def pauses(self) -> Iterator[float]:
        """Seconds to wait before each further try, for as long as there is time."""
        pause = _FIRST_PAUSE_SECONDS
        while time.monotonic() + pause < self._give_up:
            yield pause
            pause = min(pause * 2, _MAX_PAUSE_SECONDS)

    def read(self, response: httpx2.Response) -> ScoreResponse | None:
        """The rewards; None where trying again may help.

        Raises:
            CallerError: the request is wrong.
        """
        if response.status_code == httpx2.codes.OK:
            return ScoreResponse.model_validate_json(response.content)
        if response.status_code in _RETRIED:
            asked = response.headers.get("Retry-After", "")
            self.retry_after = float(asked) if asked.isdigit() else 0.0
            return None
        problem = _problem(response)
        kind = Unauthorized if response.status_code == Unauthorized.status else CallerError
        raise kind(str(problem.get("detail", response.text[:300])), errors=problem.get("errors"))


class Client:
    """Scores rollouts over HTTP. Use as a context manager.

    Args:
        url: the service, for example http://127.0.0.1:8080.
        api_key: one of its VERIFIER_API_KEYS.

    Raises:
        CallerError: the URL has no scheme.
    """

    def __init__(self, url: str, api_key: str | None = None) -> None:
        self._http = httpx2.Client(base_url=_checked(url), headers=_credentials(api_key))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def score(
        self,
        rollouts: Sequence[Rollout],
        *,
        spec: str | dict[str, JsonValue] | None = None,
        priority: Priority = Priority.TRAIN,
        deadline_seconds: float = 30.0,
        idempotency_key: str | None = None,
        wall_seconds: float | None = None,
    ) -> ScoreResponse:
        """One reward for each rollout, in order; null where the service could not.

        With an idempotency key, a second try joins the work of the first instead of repeating it.

        Raises:
            CallerError: the request is wrong; trying again will not help.
            QueueUnavailable: no answer in `wall_seconds`, by default the deadline and ten more.
        """
        call = _Call(
            rollouts,
            spec,
            priority,
            deadline_seconds,
            idempotency_key=idempotency_key,
            wall_seconds=wall_seconds,
        )
        fault = "no answer"
        for pause in call.pauses():
            try:
                response = self._http.post(
                    "/v1/score", content=call.content, headers=call.headers, timeout=call.timeout
                )
                found = call.read(response)
            except httpx2.TransportError as error:
                found, fault = None, repr(error)
            else:
                fault = f"HTTP {response.status_code}"
            if found is not None:
                return found
            time.sleep(max(pause, call.retry_after))
        raise QueueUnavailable(f"the service did not answer: {fault}")


class AsyncClient:
    """As `Client`, for asyncio. Use as an async context manager."""

    def __init__(self, url: str, api_key: str | None = None) -> None:
        self._http = httpx2.AsyncClient(base_url=_checked(url), headers=_credentials(api_key))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def score(
        self,
        rollouts: Sequence[Rollout],
        *,
        spec: str | dict[str, JsonValue] | None = None,
        priority: Priority = Priority.TRAIN,
        deadline_seconds: float = 30.0,
        idempotency_key: str | None = None,
        wall_seconds: float | None = None,
    ) -> ScoreResponse:
        """One reward for each rollout, in order; null where the service could not.

        With an idempotency key, a second try joins the work of the first instead of repeating it.

        Raises:
            CallerError: the request is wrong; trying again will not help.
            QueueUnavailable: no answer in `wall_seconds`, by default the deadline and ten more.
        """
        call = _Call(
            rollouts,
            spec,
            priority,
            deadline_seconds,
            idempotency_key=idempotency_key,
            wall_seconds=wall_seconds,
        )
        fault = "no answer"
        for pause in call.pauses():
            try:
                response = await self._http.post(
                    "/v1/score", content=call.content, headers=call.headers, timeout=call.timeout
                )
                found = call.read(response)
            except httpx2.TransportError as error:
                found, fault = None, repr(error)
            else:
                fault = f"HTTP {response.status_code}"
            if found is not None:
                return found
            await asyncio.sleep(max(pause, call.retry_after))
        raise QueueUnavailable(f"the service did not answer: {fault}")


def _checked(url: str) -> str:
    """The URL, refused at once where no request could be made to it."""
    if not url.startswith(("http://", "https://")):
        raise CallerError(f"{url!r} is no address; write http://host:port")
    return url


def _credentials(api_key: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key}"} if api_key else {}


def _problem(response: httpx2.Response) -> dict[str, Any]:
    try:
        found = json.loads(response.content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
