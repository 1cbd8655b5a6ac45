"""The remote reward model of slime and miles: `/rm`."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field, JsonValue

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
from verifier.api.labels import read_label, standing_prefix
from verifier.api.problems import documented
from verifier.api.routing import JSON, StateOf, body_schema, decode, read_body
from verifier.model import Rollout

router = client_router("slime")

_wishes = wishes_within(110)
"""The client gives up after 120 s."""


class RmRequest(Body):
    """One response."""

    prompt: JsonValue = None
    """Text as templated, or chat messages."""
    response: str
    label: JsonValue = None


class RmAnswer(BaseModel):
    """For `--reward-key`: each of these is a number."""

    score: float
    """The reward."""
    unscored: float
    """1 where the reward is the number of `on_unscored`."""
    checks: dict[str, float | None] = Field(default_factory=dict)
    """Each check's own score."""
    reason: str | None = None


@router.post(
    "/rm",
    operation_id="remoteRewardModel",
    response_class=JSON,
    responses={
        200: {
            "description": "The reward, or with `as=dict` an object",
            "content": {
                "application/json": {
                    "schema": {"anyOf": [{"type": "number"}, RmAnswer.model_json_schema()]}
                }
            },
        },
        **documented(*DIALECT_ERRORS),
    },
    openapi_extra=body_schema(RmRequest),
)
async def remote_rm(
    request: Request,
    state: StateOf,
    wishes: Annotated[Wishes, Depends(_wishes)],
    answer_as: Annotated[
        Literal["scalar", "dict"],
        Query(alias="as", description="`dict` is for `--reward-key score`"),
    ] = "scalar",
) -> JSON:
    """Judge one response. The answer is a number and never null: that would be an error."""
    body = decode(RmRequest, await read_body(request, state.settings.max_body_bytes))
    (found,) = await judge(request, state, [_rollout(body, wishes)], wishes.spec, wishes.within)
    answer = RmAnswer(
        score=wishes.value(found),
        unscored=float(found.reward is None),
        checks={verdict.check: verdict.score for verdict in found.verdicts},
        reason=found.reason,
    )
    if answer_as == "dict":
        return JSON(answer.model_dump_json())
    return JSON(repr(answer.score))


def _rollout(body: RmRequest, wishes: Wishes) -> Rollout | errors.InvalidReference:
    try:
        reference = read_label(body.label, wishes.reference)
    except errors.InvalidReference as error:
        return error
    prefix = standing_prefix(body.prompt) if isinstance(body.prompt, str) else ""
    return Rollout(completion=body.response, prefix=prefix, reference=reference)


DIALECT = Dialect(
    name="slime",
    summary="The remote reward model of slime and miles: /rm",
    router=router,
    bodies=(RmRequest,),
)
