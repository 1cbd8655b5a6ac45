"""A resources server of NeMo Gym: `/seed_session`, `/verify`, `/aggregate_metrics`."""

from __future__ import annotations

import json
import statistics
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from verifier import errors
from verifier.api.dialects.base import (
    DIALECT_ERRORS,
    Body,
    Dialect,
    Wishes,
    client_router,
    wishes_within,
)
from verifier.api.judging import judge
from verifier.api.labels import Format, read_label
from verifier.api.problems import documented
from verifier.api.routing import JSON, StateOf, body_schema, decode, read_body
from verifier.model import MAX_ID_CHARS, Rollout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.api.routing import State

router = client_router("NeMo Gym")

_SECONDS = 27.0
"""axolotl gives up after 30 s, verifiers after 60."""
_wishes = wishes_within(_SECONDS)
_Responses = dict[int | str, dict[str, Any]]
_FIELD = "expected_answer"
_TESTS_FIELD = "verifier_metadata.unit_tests"
_TASK = "_ng_task_index"
_FAILED = "_ng_failure_class"
_BASE = "/gym/{spec}/{reference}/{field}"
"""For clients that only know a base URL."""

_Field = Annotated[
    str, Query(max_length=MAX_ID_CHARS, description="Where the row has its label; dots lead inside")
]
_Mask = Annotated[
    bool,
    Query(description="A null reward is 0 with NeMo Gym's marks of a failure, and no error"),
]


class Row(BaseModel):
    """A row of the data set, which comes back whole."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow", allow_inf_nan=False)
    __pydantic_extra__: dict[str, JsonValue] = Field(init=False)

    responses_create_params: dict[str, JsonValue] = Field(default_factory=dict)


class VerifyRequest(Row):
    """A row with the model's response."""

    response: dict[str, JsonValue]
    """As OpenAI's Responses API has it."""


class VerifyAnswer(VerifyRequest):
    """The request, and its reward."""

    reward: float


class AggregateRequest(Body):
    """Rewards with the task that each belongs to."""

    verify_responses: list[dict[str, JsonValue]]


class AggregateAnswer(BaseModel):
    """Statistics of the rewards."""

    group_level_metrics: list[dict[str, int | float]] = []
    agent_metrics: dict[str, float] = {}
    key_metrics: dict[str, float] = {}


async def _place(
    spec: Annotated[str, Path(max_length=MAX_ID_CHARS, description="A spec's name")],
    reference: Annotated[Format, Path(description="As the query's `reference`")],
    field: Annotated[str, Path(max_length=MAX_ID_CHARS, description="As the query's `field`")],
) -> tuple[Wishes, str]:
    return Wishes(spec, reference, _SECONDS, None), field


_Place = Annotated[tuple[Wishes, str], Depends(_place)]

_VERIFIED: _Responses = {
    200: {"model": VerifyAnswer, "description": "The request with its reward"},
    **documented(*DIALECT_ERRORS),
}
_SEEDED: _Responses = {
    200: {"description": "An empty object", "content": {"application/json": {"schema": {}}}},
    **documented(*DIALECT_ERRORS),
}
_AGGREGATED: _Responses = {200: {"model": AggregateAnswer}, **documented(*DIALECT_ERRORS)}


@router.post(
    "/verify",
    operation_id="verifyResponse",
    response_class=JSON,
    responses=_VERIFIED,
    openapi_extra=body_schema(VerifyRequest),
)
async def verify(
    request: Request,
    state: StateOf,
    wishes: Annotated[Wishes, Depends(_wishes)],
    field: _Field = _FIELD,
    mask: _Mask = False,  # noqa: FBT002 - a query parameter
) -> JSON:
    """Judge a response by the row's label, and send the whole row back."""
    return await _verified(request, state, wishes, field, mask=mask)


@router.post(
    f"{_BASE}/verify",
    operation_id="verifyResponseBySpec",
    response_class=JSON,
    responses=_VERIFIED,
    openapi_extra=body_schema(VerifyRequest),
)
async def verify_by_path(
    place: _Place,
    request: Request,
    state: StateOf,
    mask: _Mask = False,  # noqa: FBT002 - a query parameter
) -> JSON:
    """The same with spec, format and field in the path."""
    wishes, field = place
    return await _verified(request, state, wishes, field, mask=mask)


@router.post(
    "/seed_session",
    operation_id="seedSession",
    response_class=JSON,
    responses=_SEEDED,
    openapi_extra=body_schema(Row),
)
async def seed(request: Request, state: StateOf) -> JSON:
    """Nothing to do: there is no state before a response."""
    decode(Row, await read_body(request, state.settings.max_body_bytes))
    return JSON("{}")


@router.post(
    f"{_BASE}/seed_session",
    operation_id="seedSessionBySpec",
    response_class=JSON,
    responses=_SEEDED,
    openapi_extra=body_schema(Row),
)
async def seed_by_path(place: _Place, request: Request, state: StateOf) -> JSON:
    """The same; a spec that is not there is told at once."""
    wishes, _ = place
    state.service.specs.find(wishes.spec or "")
    return await seed(request, state)


@router.post(
    "/aggregate_metrics",
    operation_id="aggregateMetrics",
    response_class=JSON,
    responses=_AGGREGATED,
    openapi_extra=body_schema(AggregateRequest),
)
async def aggregate(request: Request, state: StateOf) -> JSON:
    """Statistics of rewards, for each task and of all; of rows that were judged."""
    body = decode(AggregateRequest, await read_body(request, state.settings.max_body_bytes))
    tasks: dict[int, list[float]] = {}
    for one in body.verify_responses:
        task, reward = one.get(_TASK, 0), one.get("reward")
        if not isinstance(task, int):
            raise errors.InvalidRequest(f"`{_TASK}` is a whole number")
        # The 0 of a row that says that it could not be judged is no reward.
        if isinstance(reward, int | float) and one.get(_FAILED) is None:
            tasks.setdefault(task, []).append(float(reward))
    overall = _statistics([reward for rewards in tasks.values() for reward in rewards])
    answer = AggregateAnswer(
        group_level_metrics=[
            _statistics(rewards) | {_TASK: task} for task, rewards in sorted(tasks.items())
        ],
        agent_metrics=overall,
        key_metrics={name: value for name, value in overall.items() if name.startswith("mean/")},
    )
    return JSON(answer.model_dump_json())


@router.post(
    f"{_BASE}/aggregate_metrics",
    operation_id="aggregateMetricsBySpec",
    response_class=JSON,
    responses=_AGGREGATED,
    openapi_extra=body_schema(AggregateRequest),
)
async def aggregate_by_path(_place: _Place, request: Request, state: StateOf) -> JSON:
    """The same."""
    return await aggregate(request, state)


@router.get(
    "/global_config_dict_yaml",
    operation_id="globalConfig",
    responses=documented(errors.Unauthorized),
)
async def discover(request: Request, state: StateOf) -> str:
    """A resources server for each spec, as NeMo Gym's head server lists them: YAML in JSON.

    The port has the path behind it, because clients put host, port and `/verify` together.
    """
    host = request.url.hostname or state.settings.host
    host = f"[{host}]" if ":" in host else host
    port = request.url.port or state.settings.port
    config = {}
    for name, compiled in state.service.specs.specs.items():
        labels = f"tests/{_TESTS_FIELD}" if compiled.kind == "code" else f"answer/{_FIELD}"
        server = {"host": host, "port": f"{port}/gym/{name}/{labels}"}
        config[name] = {"resources_servers": {name: server}}
    return json.dumps(config)  # JSON is YAML, too


async def _verified(
    request: Request, state: State, wishes: Wishes, field: str, *, mask: bool
) -> JSON:
    body = decode(VerifyRequest, await read_body(request, state.settings.max_body_bytes))
    asked = _rollout(body, wishes, field)
    (found,) = await judge(request, state, [asked], wishes.spec, wishes.within)
    marks: dict[str, JsonValue] = {}
    if found.reward is None and mask:
        marks = {
            "reward": 0.0,
            _FAILED: "judge_failed",
            "mask_sample": True,
            "failure_reason": found.reason,
            "instance_config": {"mask_sample": True},
        }
    else:
        marks = {"reward": wishes.value(found)}
    return JSON(json.dumps(body.model_dump(mode="json") | marks, ensure_ascii=False))


def _rollout(body: VerifyRequest, wishes: Wishes, field: str) -> Rollout | errors.InvalidReference:
    label: JsonValue = body.__pydantic_extra__
    for name in field.split("."):
        label = label.get(name) if isinstance(label, dict) else None
    try:
        return Rollout(completion=_text(body), reference=read_label(label, wishes.reference))
    except errors.InvalidReference as error:
        return error


def _text(body: VerifyRequest) -> str:
    """What the model wrote, without the reasoning that the API has apart."""
    texts: list[str] = []
    output = body.response.get("output")
    if not isinstance(output, list):
        raise errors.InvalidRequest("`response.output` is a list")
    for message in output:
        if not isinstance(message, dict) or message.get("type") != "message":
            continue
        content = message.get("content")
        texts += [
            str(part.get("text", ""))
            for part in (content if isinstance(content, list) else ())
            if isinstance(part, dict) and part.get("type") == "output_text"
        ]
    return "".join(texts)


def _statistics(rewards: Sequence[float]) -> dict[str, float]:
    if not rewards:
        return {}
    return {
        "mean/reward": statistics.fmean(rewards),
        "max/reward": max(rewards),
        "min/reward": min(rewards),
        "median/reward": statistics.median(rewards),
        "std/reward": statistics.stdev(rewards) if len(rewards) > 1 else 0.0,
    }


DIALECT = Dialect(
    name="nemo_gym",
    summary="A resources server of NeMo Gym (verifiers, prime-rl, axolotl, NeMo-RL)",
    router=router,
    bodies=(Row, VerifyRequest, AggregateRequest),
)
