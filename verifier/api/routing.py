"""What every resource shares: the state behind a request, its body, and JSON out."""

from __future__ import annotations

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
    from verifier.metrics import Metrics
    from verifier.service import Service
    from verifier.settings import Settings
    from verifier.tickets import Tickets

_Model = TypeVar("_Model", bound=BaseModel)


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
    keys = [key.get_secret_value().encode() for key in state.settings.api_keys]
    if not keys:
        return
    given = credentials.credentials.encode() if credentials else b""
    # Every key is compared, so that the time does not tell which one nearly fits.
    if not sum(hmac.compare_digest(given, key) for key in keys):
        raise errors.Unauthorized("the bearer key is missing or wrong")


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
