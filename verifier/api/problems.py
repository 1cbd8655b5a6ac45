"""Every error as application/problem+json (RFC 9457), with a stable type and what to do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import structlog
from fastapi import APIRouter, Path
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import Response

from verifier import errors

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

_log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One field that is wrong."""

    field: str
    message: str


class Problem(BaseModel):
    """An error, RFC 9457, with `advice`, `request_id` and the wrong fields as extensions."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    detail: str
    advice: str
    request_id: str
    errors: list[FieldError] = []


class ProblemType(BaseModel):
    """What a problem type means."""

    type: str
    title: str
    status: int
    meaning: str
    advice: str


def problem_types() -> dict[str, type[errors.VerifierError]]:
    """Every concrete error by its slug."""
    found: dict[str, type[errors.VerifierError]] = {}
    todo: list[type[errors.VerifierError]] = [errors.VerifierError]
    while todo:
        kind = todo.pop()
        todo.extend(kind.__subclasses__())
        found[kind.slug] = kind
    return found


def documented(*kinds: type[errors.VerifierError]) -> dict[int | str, dict[str, object]]:
    """The `responses` of an operation that may answer with these problems."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    titles: dict[int | str, list[str]] = {}
    all_kinds: tuple[type[errors.VerifierError], ...] = (*kinds, errors.InternalError)
    for kind in all_kinds:
        titles.setdefault(kind.status, []).append(kind.title)
    return {
        status: {"description": "; ".join(names), "content": content}
        for status, names in titles.items()
    }


def install(app: FastAPI) -> None:
    """Answer every error of the app with a problem."""
    app.add_exception_handler(errors.VerifierError, _on_verifier_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)


def respond(request: Request, error: errors.VerifierError) -> Response:
    """The problem document of an error."""
    problem = Problem(
        type=f"/problems/{error.slug}",
        title=error.title,
        status=error.status,
        detail=error.detail,
        advice=error.advice,
        request_id=request.scope.get("request_id", ""),
        errors=[FieldError(**row) for row in error.errors],
    )
    headers = {}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after_seconds))
    if isinstance(error, errors.Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    return Response(problem.model_dump_json(), error.status, headers, MEDIA_TYPE)


async def _on_verifier_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.VerifierError)  # noqa: S101 - how Starlette calls handlers
    return respond(request, error)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - how Starlette calls handlers
    if error.status_code == errors.NotFound.status:
        return respond(request, errors.NotFound(f"there is no path {request.url.path}"))
    if error.status_code == errors.MethodNotAllowed.status:
        answer = respond(
            request, errors.MethodNotAllowed(f"{request.method} does not work on this path")
        )
        answer.headers.update(error.headers or {})
        # Starlette knows the methods of one route, and a path may have several.
        paths: dict[str, dict[str, object]] = request.app.openapi()["paths"]
        template = getattr(request.scope.get("route"), "path", "")
        if declared := paths.get(request.url.path) or paths.get(template):
            answer.headers["Allow"] = ", ".join(sorted(method.upper() for method in declared))
        return answer
    return respond(request, errors.InternalError(str(error.detail)))


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - how Starlette calls handlers
    rows = [
        {"field": ".".join(str(part) for part in row["loc"]), "message": row["msg"]}
        for row in error.errors()
    ]
    return respond(request, errors.InvalidRequest("a parameter is wrong", errors=rows))


def bug(request: Request, error: Exception) -> Response:
    """The answer to an error that nobody foresaw, which is logged."""
    _log.error(
        "request.failed", path=request.url.path, error=errors.describe(error), exc_info=error
    )
    return respond(request, errors.InternalError("an unexpected error; it is in the server's log"))


router = APIRouter(tags=["service"])


@router.get(
    "/problems/{slug}",
    operation_id="problem",
    responses=documented(errors.NotFound, errors.InvalidRequest),
)
async def explain_problem(slug: Annotated[str, Path(max_length=64)]) -> ProblemType:
    """What a problem type means and what to do about it."""
    kind = problem_types().get(slug)
    if kind is None:
        raise errors.NotFound(f"there is no problem type {slug!r}")
    return ProblemType(
        type=f"/problems/{slug}",
        title=kind.title,
        status=kind.status,
        meaning=(kind.__doc__ or "").strip(),
        advice=kind.advice,
    )
