"""What every resource shares: the state behind a request, its body, and JSON out."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ValidationError
from starlette.responses import JSONResponse

from verifier import errors
from verifier.spec import validation_errors

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from verifier.metrics import Metrics
    from verifier.service import Service
    from verifier.settings import Settings
    from verifier.tickets import Tickets

_Model = TypeVar("_Model", bound=BaseModel)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class State:
    """What the handlers work with; stands on `app.state.verifier` while the app runs."""

    settings: Settings
    service: Service
    tickets: Tickets
    metrics: Metrics


class JSON(JSONResponse):
    """A body that is JSON text already; a JSONResponse, so that FastAPI documents it as JSON."""

    def render(self, content: bytes | str) -> bytes:
        """The content as it is."""
        return content if isinstance(content, bytes) else content.encode()


async def state_of(request: Request) -> State:
    """The app's state. A coroutine, because FastAPI sends plain functions through a thread."""
    state: State = request.app.state.verifier
    return state


StateOf = Annotated[State, Depends(state_of)]

_bearer = HTTPBearer(
    auto_error=False, description="One of VERIFIER_API_KEYS; not asked for where none is set."
)


async def let_in(
    state: StateOf, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    """Refuse a request without a valid key, in constant time.

    Raises:
        Unauthorized: no key, or a wrong one.
    """
    _compare(state, credentials.credentials.encode() if credentials else b"")


async def let_in_client(
    request: Request,
    state: StateOf,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """As `let_in`; the key may be the password of a URL too, for clients that know only a URL.

    HTTP clients send `http://any:KEY@host/` as basic authentication.

    Raises:
        Unauthorized: no key, or a wrong one.
    """
    given = credentials.credentials.encode() if credentials else _password(request)
    _compare(state, given)


def _compare(state: State, given: bytes) -> None:
    keys = [key.get_secret_value().encode() for key in state.settings.api_keys]
    # Every key is compared, so that the time does not tell which one nearly fits.
    if keys and not sum(hmac.compare_digest(given, key) for key in keys):
        raise errors.Unauthorized("the bearer key is missing or wrong")


def _password(request: Request) -> bytes:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(encoded).partition(b":")[2]
    except binascii.Error:
        return b""


async def read_body(request: Request, limit_bytes: int) -> bytes:
    """The whole body.

    Raises:
        UnsupportedMediaType: it is not declared as JSON.
        BodyTooLarge: it is over the limit; no more than that was read.
    """
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != "application/json":
        raise errors.UnsupportedMediaType(f"the Content-Type is {media_type or 'not given'}")
    too_large = errors.BodyTooLarge(f"the body has more than {limit_bytes} bytes")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit_bytes:
        raise too_large
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit_bytes:
            raise too_large
        parts.append(part)
    return b"".join(parts)


async def unless_disconnected(request: Request, work: Coroutine[None, None, _Value]) -> _Value:
    """What `work` gives; where the client goes away first, it is cancelled.

    Raises:
        Overloaded: the client went away, and nobody reads this.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            working.cancel()
            raise errors.Overloaded("the client went away")
        return working.result()
    finally:
        leaving.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def decode(model: type[_Model], body: bytes) -> _Model:
    """The body as a model.

    A completion may hold a lone surrogate, which a policy can provoke and JSON parsers refuse;
    it is read as U+FFFD, so that it costs nobody else the batch.

    Raises:
        MalformedBody: it is not JSON.
        InvalidRequest: it has the wrong shape.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        rows = error.errors(include_url=False, include_context=False, include_input=False)
        if rows[0]["type"] != "json_invalid":
            raise errors.InvalidRequest(
                "the body has wrong fields", errors=validation_errors(error)
            ) from error
        mended = _without_surrogates(body) if "hex escape" in rows[0]["msg"] else None
        if mended is None:
            raise errors.MalformedBody(rows[0]["msg"]) from error
    return decode(model, mended)


def _without_surrogates(body: bytes) -> bytes | None:
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def body_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The `openapi_extra` of an operation that reads its body by `decode`."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
