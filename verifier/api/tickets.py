"""Submit a batch, get a ticket, and fetch its rewards as they come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse

from verifier import errors
from verifier.api.problems import documented
from verifier.api.routing import JSON, StateOf, body_schema, decode, let_in, read_body
from verifier.api.score import BODY_ERRORS, IdempotencyKey
from verifier.model import ScoreRequest, Ticket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from verifier.tickets import Event

router = APIRouter(tags=["tickets"], dependencies=[Depends(let_in)])

TicketId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="From the ticket's `id`")]
_TICKET_ERRORS = (
    errors.Unauthorized,
    errors.NotFound,
    errors.InvalidRequest,
    errors.Overloaded,
    errors.QueueUnavailable,
)
_EVENT_SCHEMA = {
    "type": "object",
    "required": ["event", "data", "id"],
    "properties": {
        "event": {"enum": ["reward", "end"]},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "description": 'A Reward, and at the end {"status": a TicketStatus}',
        },
        "id": {"type": "string", "description": "For Last-Event-ID"},
    },
}


@router.post(
    "/v1/tickets",
    operation_id="submit",
    status_code=202,
    response_class=JSON,
    responses={
        202: {
            "model": Ticket,
            "description": "Accepted",
            "headers": {"Location": {"description": "The ticket", "schema": {"type": "string"}}},
        },
        **documented(*BODY_ERRORS, errors.IdempotencyKeyReused),
    },
    openapi_extra=body_schema(ScoreRequest),
)
async def submit(request: Request, state: StateOf, idempotency_key: IdempotencyKey = None) -> JSON:
    """Accept a batch and score it in the background, so that rewards overlap with rollouts."""
    body = await read_body(request, state.settings.max_body_bytes)
    order = state.service.order(decode(ScoreRequest, body))
    ticket = await state.tickets.open(order, body, idempotency_key)
    progress = await state.tickets.read(ticket, time.time())
    return JSON(progress.json(), 202, {"Location": f"/v1/tickets/{ticket}"})


@router.get(
    "/v1/tickets/{ticket}",
    operation_id="ticket",
    response_class=JSON,
    responses={200: {"model": Ticket}, **documented(*_TICKET_ERRORS)},
)
async def read_ticket(
    ticket: TicketId,
    state: StateOf,
    wait: Annotated[float, Query(ge=0, description="Seconds to wait for the end")] = 0,
) -> JSON:
    """The rewards so far; with `wait`, as soon as the ticket has ended or the time is over."""
    seconds = min(wait, state.settings.max_wait_seconds)
    progress = await state.tickets.read(ticket, time.time() + seconds)
    return JSON(progress.json())


@router.get(
    "/v1/tickets/{ticket}/events",
    operation_id="ticketEvents",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A `reward` event per finished rollout, then one `end` event",
            "content": {"text/event-stream": {"itemSchema": _EVENT_SCHEMA}},
        },
        **documented(*_TICKET_ERRORS),
    },
)
async def follow_ticket(
    ticket: TicketId,
    state: StateOf,
    last_event_id: Annotated[
        str | None,
        Header(pattern=r"^[0-9]{1,19}-[0-9]{1,19}$", description="Resume after this event"),
    ] = None,
) -> StreamingResponse:
    """Server-sent events: every reward the moment it is there."""
    until = time.time() + state.settings.max_deadline_seconds
    events = state.tickets.follow(ticket, last_event_id or "0-0", until)
    first = await anext(events, None)  # an unknown ticket is a 404, not a broken stream
    return StreamingResponse(
        _lines(first, events),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


@router.delete(
    "/v1/tickets/{ticket}",
    operation_id="cancelTicket",
    response_class=JSON,
    responses={200: {"model": Ticket}, **documented(*_TICKET_ERRORS)},
)
async def cancel_ticket(ticket: TicketId, state: StateOf) -> JSON:
    """Stop the work; what is not judged yet becomes `unscored`. The ticket as it ended."""
    await state.tickets.cancel(ticket)
    progress = await state.tickets.read(ticket, time.time() + 2)
    return JSON(progress.json())


async def _lines(first: Event | None, events: AsyncIterator[Event | None]) -> AsyncIterator[bytes]:
    yield _line(first)
    async for event in events:
        yield _line(event)


def _line(event: Event | None) -> bytes:
    if event is None:  # a comment keeps proxies from closing the connection
        return format_sse_event(comment="waiting")
    if event.reward is not None:
        return format_sse_event(data_str=event.reward.decode(), event="reward", id=event.id)
    return format_sse_event(data_str=f'{{"status":"{event.status}"}}', event="end", id=event.id)
