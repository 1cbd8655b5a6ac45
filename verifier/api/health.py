"""Whether the service lives, is ready, what it is, and how it does. No key is asked for here."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from redis.exceptions import RedisError

from verifier import wire
from verifier.api.problems import documented
from verifier.api.routing import JSON, State, StateOf
from verifier.spec import versions

router = APIRouter(tags=["service"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """Whether work would be done, and on what that hangs."""

    status: Literal["ready", "not_ready"]
    redis: Literal["ok", "unreachable"]
    workers: dict[str, int]
    """Live workers by queue."""
    worker_restarts: int
    symbolic_math: bool
    """Whether a process for symbolic math is warm; workers wait for it."""
    sandboxes: list[str]
    """What programs run in, one for each host that can run them."""
    sandbox_problems: list[str]
    """Why a host that should run programs cannot; not ready while there is one."""


class Version(BaseModel):
    """The versions that decide verdicts."""

    versions: dict[str, str]


@router.get("/livez", operation_id="livez", responses=documented())
async def live() -> Alive:
    """The process answers."""
    return Alive()


@router.get(
    "/readyz",
    operation_id="readyz",
    response_class=JSON,
    responses={
        200: {"model": Readiness, "description": "Work would be done"},
        503: {"model": Readiness, "description": "Redis, workers or a sandbox are missing"},
        **documented(),
    },
)
async def ready(state: StateOf) -> JSON:
    """Redis answers, there is a worker, and sandboxes work where there should be; 503 otherwise."""
    readiness = await look(state)
    return JSON(readiness.model_dump_json(), 200 if readiness.status == "ready" else 503)


@router.get("/version", operation_id="version", responses=documented())
async def version() -> Version:
    """The versions that decide verdicts; they are part of every fingerprint."""
    return Version(versions=versions())


@router.get(
    "/metrics",
    operation_id="metrics",
    response_class=Response,
    responses={
        200: {
            "description": "Prometheus text format",
            "content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}},
        },
        **documented(),
    },
)
async def metrics(state: StateOf) -> Response:
    """Prometheus metrics of this API process, and the workers that are alive."""
    readiness = await look(state)
    state.metrics.workers.clear()
    for queue, number in readiness.workers.items():
        state.metrics.workers.labels(queue).set(number)
    return Response(generate_latest(state.metrics.registry), media_type=CONTENT_TYPE_LATEST)


async def look(state: State) -> Readiness:
    """Ask Redis which supervisors have reported within seconds."""
    try:
        hosts = await state.service.queue.hosts()
        sandboxes = await state.service.queue.sandboxes()
    except (RedisError, OSError):
        return Readiness(
            status="not_ready",
            redis="unreachable",
            workers={},
            worker_restarts=0,
            symbolic_math=False,
            sandboxes=[],
            sandbox_problems=[],
        )
    workers = wire.live_workers(hosts)
    warm = any(host.warm for host in hosts)
    # A host without any backend does other work well; one whose backend fails needs help.
    problems = [one.problem for one in sandboxes if one.backend and one.problem]
    ready = warm and any(workers.values()) and not problems
    status: Literal["ready", "not_ready"] = "ready" if ready else "not_ready"
    return Readiness(
        status=status,
        redis="ok",
        workers=workers,
        worker_restarts=sum(host.restarts for host in hosts),
        symbolic_math=warm,
        sandboxes=[one.backend for one in sandboxes if one.backend and not one.problem],
        sandbox_problems=problems,
    )
