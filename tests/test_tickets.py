"""What a ticket knows is neither lost nor late where Redis stumbles."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisGone

from verifier import wire
from verifier.embedded import private_redis
from verifier.model import Rollout, ScoreRequest, TicketStatus
from verifier.queue import Queue
from verifier.service import Finished, Order, Service
from verifier.settings import Settings
from verifier.spec import load_specs
from verifier.tickets import Tickets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

pytestmark = pytest.mark.service

TOTAL = 3
BODY = b"the body"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with private_redis(64 << 20) as found:
        yield found


@pytest.fixture
async def redis(url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(url)
    await client.flushdb()
    yield client
    await client.aclose()


class Judged(Service):
    """A service that knows every reward at once."""

    async def stream(self, order: Order, emit: Callable[[list[Finished]], Awaitable[None]]) -> None:
        """Tell them all."""
        scored = wire.Scored("scored", 1.0, [], b'{"reward":1.0}')
        await emit([Finished(p, scored, b'{"p":%d}' % p) for p in range(len(order.specs))])


class Stumbling(Tickets):
    """Cannot write the first time."""

    stumbled = False

    async def _append(self, ticket: str, finished: list[Finished], ttl: int) -> None:
        if not self.stumbled:
            self.stumbled = True
            raise RedisGone("away")
        await super()._append(ticket, finished, ttl)


def service(url: str) -> Judged:
    settings = Settings()
    return Judged(settings, load_specs(), Queue(settings, url))


def order(judged: Service) -> Order:
    rollouts = tuple(Rollout(completion=str(i)) for i in range(TOTAL))
    return judged.order(ScoreRequest(rollouts=rollouts, deadline_seconds=20))


async def test_a_ticket_is_complete_though_it_cannot_be_written(url: str, redis: Redis) -> None:
    judged = service(url)
    async with Stumbling(judged, redis) as tickets:
        ticket = await tickets.open(order(judged), BODY, "key")
        found = await tickets.complete(ticket, time.time() + 5)
    assert (found.status, len(found.rewards)) == (TicketStatus.DONE, TOTAL)


async def test_what_could_not_be_written_is_written_at_the_end(url: str, redis: Redis) -> None:
    judged = service(url)
    async with Stumbling(judged, redis) as tickets:
        ticket = await tickets.open(order(judged), BODY, "key")
        found = await tickets.read(ticket, time.time() + 5)
    assert found.rewards == {p: b'{"p":%d}' % p for p in range(TOTAL)}


async def test_a_ticket_of_another_process_is_read_where_it_is_written(
    url: str, redis: Redis
) -> None:
    judged = service(url)
    async with Tickets(judged, redis) as mine, Tickets(judged, redis) as other:
        ticket = await mine.open(order(judged), BODY, "key")
        found = await other.complete(ticket, time.time() + 5)
    assert (found.status, len(found.rewards)) == (TicketStatus.DONE, TOTAL)
