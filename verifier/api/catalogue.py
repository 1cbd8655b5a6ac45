"""What the service knows: checks, specs, limits."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, JsonValue

from verifier import errors
from verifier.api.problems import documented
from verifier.api.routing import StateOf, body_schema, decode, let_in, read_body
from verifier.checks import registry
from verifier.model import MAX_ID_CHARS
from verifier.spec import (
    MAX_CHECKS,
    MAX_SPEC_CHARS,
    CompiledSpec,
    compile_spec,
    read_yaml,
    versions,
)

router = APIRouter(tags=["catalogue"], dependencies=[Depends(let_in)])

_MAX_SPEC_BODY_BYTES = 1 << 20


class CheckInfo(BaseModel):
    """A check and the JSON Schema of its params."""

    name: str
    summary: str
    needs_reference: bool
    params: dict[str, Any]


class SpecInfo(BaseModel):
    """A reward spec with every default written out."""

    name: str
    description: str
    fingerprint: str
    versions: dict[str, str]
    spec: dict[str, JsonValue]


class SpecSource(BaseModel):
    """A spec to validate: as an object, or as YAML text."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    spec: dict[str, JsonValue] | None = None
    yaml: str | None = None


class Limits(BaseModel):
    """Every limit of this server; see docs/limits.md for what happens past each."""

    body_bytes: int
    rollouts: int
    completion_chars: int
    reference_chars: int
    tests_bytes: int
    id_chars: int
    spec_chars: int
    spec_checks: int
    queued_rollouts: int
    default_deadline_seconds: float
    max_deadline_seconds: float
    wait_seconds: float
    ticket_ttl_seconds: int
    waiting_clients: int


@router.get("/v1/checks", operation_id="checks", responses=documented(errors.Unauthorized))
async def list_checks() -> list[CheckInfo]:
    """Every check that a spec may use."""
    return [
        CheckInfo(
            name=check.name,
            summary=check.summary,
            needs_reference=check.needs_reference,
            params=check.params.model_json_schema(),
        )
        for check in registry().values()
    ]


@router.get("/v1/specs", operation_id="specs", responses=documented(errors.Unauthorized))
async def list_specs(state: StateOf) -> list[SpecInfo]:
    """Every spec that a request may name."""
    return [_info(compiled) for compiled in state.service.specs.specs.values()]


@router.get(
    "/v1/specs/{name}",
    operation_id="spec",
    responses=documented(errors.Unauthorized, errors.NotFound, errors.InvalidRequest),
)
async def read_spec(name: Annotated[str, Path(max_length=64)], state: StateOf) -> SpecInfo:
    """One spec by its name."""
    return _info(state.service.specs.find(name))


@router.post(
    "/v1/specs/validate",
    operation_id="validateSpec",
    responses=documented(
        errors.MalformedBody,
        errors.Unauthorized,
        errors.BodyTooLarge,
        errors.UnsupportedMediaType,
        errors.InvalidRequest,
        errors.InvalidSpec,
    ),
    openapi_extra=body_schema(SpecSource),
)
async def validate_spec(request: Request) -> SpecInfo:
    """The spec as the service understands it, or what is wrong with it."""
    source = decode(SpecSource, await read_body(request, _MAX_SPEC_BODY_BYTES))
    if (source.spec is None) == (source.yaml is None):
        raise errors.InvalidRequest("send either `spec` (an object) or `yaml` (text)")
    if source.yaml is not None:
        # A hostile text takes PyYAML a second; other requests should not wait for it.
        return _info(await asyncio.to_thread(read_yaml, source.yaml))
    return _info(compile_spec(json.dumps(source.spec, ensure_ascii=False)))


@router.get("/v1/limits", operation_id="limits", responses=documented(errors.Unauthorized))
async def read_limits(state: StateOf) -> Limits:
    """The limits of this server."""
    settings = state.settings
    return Limits(
        body_bytes=settings.max_body_bytes,
        rollouts=settings.max_rollouts,
        completion_chars=settings.max_completion_chars,
        reference_chars=settings.max_reference_chars,
        tests_bytes=settings.max_tests_bytes,
        id_chars=MAX_ID_CHARS,
        spec_chars=MAX_SPEC_CHARS,
        spec_checks=MAX_CHECKS,
        queued_rollouts=settings.max_queued_rollouts,
        default_deadline_seconds=settings.default_deadline_seconds,
        max_deadline_seconds=settings.max_deadline_seconds,
        wait_seconds=settings.max_wait_seconds,
        ticket_ttl_seconds=settings.ticket_ttl_seconds,
        waiting_clients=settings.max_streams,
    )


def _info(compiled: CompiledSpec) -> SpecInfo:
    return SpecInfo(
        name=compiled.spec.name,
        description=compiled.spec.description,
        fingerprint=compiled.fingerprint,
        versions=versions(),
        spec=json.loads(compiled.canonical),
    )
