"""The application: routes, errors, request ids, and the OpenAPI document."""

from __future__ import annotations

import re
import time
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi

import verifier
from verifier.api import catalogue, dialects, health, problems, score, tickets
from verifier.api.routing import State
from verifier.metrics import Metrics
from verifier.model import ScoreRequest
from verifier.queue import Queue
from verifier.service import Service
from verifier.spec import load_specs
from verifier.tickets import Tickets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pydantic import BaseModel
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from verifier.settings import Settings

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_BODIES: tuple[type[BaseModel], ...] = (ScoreRequest, catalogue.SpecSource, problems.Problem)


def create_app(settings: Settings, redis_url: str) -> FastAPI:
    """The API on a Redis that is there; specs are read here, so a wrong one stops the start.

    Raises:
        InvalidSpec: a file of `settings.spec_dir` cannot be used.
    """
    specs = load_specs(settings.spec_dir)
    specs.find(settings.default_spec)
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with Queue(settings, redis_url) as queue:
            service = Service(settings, specs, queue)
            metrics.watch(service)
            async with Tickets(service, queue.redis) as held:
                app.state.verifier = State(settings, service, held, metrics)
                yield

    app = FastAPI(
        title="Rollout verifier",
        summary="Rewards that a GRPO trainer can trust.",
        version=verifier.__version__,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=lifespan,
        redirect_slashes=False,
    )
    for module in (score, tickets, catalogue, health, problems):
        app.include_router(module.router)
    for dialect in dialects.registry().values():
        app.include_router(dialect.router)
    problems.install(app)
    app.add_middleware(_Observe, metrics=metrics)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]  # as FastAPI documents
    return app


class _Observe:
    """Gives every request an id, which comes back as X-Request-Id, and measures it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope["request_id"] = request_id
        started, status, begun = time.perf_counter(), 500, False

        async def send_with_id(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                status, begun = message["status"], True
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            if begun:
                raise
            # Answered here and not further out, so that the answer has its id and the connection
            # is not closed under the next request.
            await problems.bug(Request(scope), error)(scope, receive, send_with_id)
        finally:
            route = scope.get("route")
            path = getattr(route, "path", "other")
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            self._metrics.requests.labels(method, path, str(status)).inc()
            self._metrics.request_seconds.labels(path).observe(time.perf_counter() - started)


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the bodies that handlers read by themselves."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            license_info=app.license_info,
            routes=app.routes,
        )
        schemas = document["components"]["schemas"]
        foreign = [body for one in dialects.registry().values() for body in one.bodies]
        for model in (*_BODIES, *foreign):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= schema.pop("$defs", {})
            schemas[model.__name__] = schema
        app.openapi_schema = document
    return app.openapi_schema
