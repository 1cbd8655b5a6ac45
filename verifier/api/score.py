"""Score a batch and wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Header, Request

from verifier import errors
from verifier.api.problems import documented
from verifier.api.routing import (
    JSON,
    StateOf,
    body_schema,
    decode,
    let_in,
    read_body,
    unless_disconnected,
)
from verifier.model import ScoreRequest, ScoreResponse, TicketStatus
from verifier.service import counts

if TYPE_CHECKING:
    from verifier.api.routing import State
    from verifier.service import Order

router = APIRouter(tags=["score"], dependencies=[Depends(let_in)])

IdempotencyKey = Annotated[
    str | None,
    Header(
        description="Any text; the same key and body are scored once while the ticket is kept.",
        min_length=1,
        max_length=256,
    ),
]

BODY_ERRORS = (
    errors.MalformedBody,
    errors.Unauthorized,
    errors.NotFound,
    errors.BodyTooLarge,
    errors.UnsupportedMediaType,
    errors.InvalidRequest,
    errors.InvalidSpec,
    errors.Overloaded,
    errors.QueueUnavailable,
)


@router.post(
    "/v1/score",
    operation_id="score",
    response_class=JSON,
    responses={
        200: {"model": ScoreResponse, "description": "One reward per rollout, in order"},
        **documented(*BODY_ERRORS, errors.IdempotencyKeyReused),
    },
    openapi_extra=body_schema(ScoreRequest),
)
async def score(request: Request, state: StateOf, idempotency_key: IdempotencyKey = None) -> JSON:
    """Judge every rollout and answer by the deadline.

    The batch never fails for one rollout: a reward is a number (`scored`), or null with a reason
    (`invalid`: the reference or spec is at fault; `unscored`: the service is, try again).
    """
    body = await read_body(request, state.settings.max_body_bytes)
    order = state.service.order(decode(ScoreRequest, body))
    if idempotency_key is not None:
        return await _score_once(state, order, body, idempotency_key)
    finished = await unless_disconnected(request, state.service.score(order))
    rewards = b",".join(one.json for one in finished)
    return _answer(rewards, counts(finished))


async def _score_once(state: State, order: Order, body: bytes, key: str) -> JSON:
    ticket = await state.tickets.open(order, body, key)
    progress = await state.tickets.complete(ticket, order.deadline + 1)
    if progress.status in (TicketStatus.LOST, TicketStatus.PENDING):
        raise errors.QueueUnavailable(
            "the ticket behind this key did not end in time", retry_after_seconds=1
        )
    rewards = [progress.rewards[p] for p in sorted(progress.rewards)]
    found = {"scored": 0, "invalid": 0, "unscored": 0}
    for reward in rewards:
        for status in found:
            found[status] += f'"status":"{status}"'.encode() in reward
    return _answer(b",".join(rewards), found)


def _answer(rewards: bytes, found: dict[str, int]) -> JSON:
    tally = ",".join(f'"{name}":{number}' for name, number in found.items())
    return JSON(b'{"rewards":[' + rewards + b'],"counts":{' + tally.encode() + b"}}")
