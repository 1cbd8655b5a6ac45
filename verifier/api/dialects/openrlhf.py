"""OpenRLHF's remote reward model: `/get_reward`."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BaseModel, JsonValue

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
from verifier.model import Reward, Rollout

router = client_router("OpenRLHF")

_wishes = wishes_within(170)
"""The client gives up after 180 s."""
_SPECIAL = r"(?:<[|｜][^<>|｜\s]{1,60}[|｜]>|</?s>|<(?:pad|eos|bos|unk|end_of_turn)>|\[PAD\])"  # noqa: RUF001 - DeepSeek's tokens have these bars
_SPECIAL_HERE = re.compile(_SPECIAL)
_SPECIAL_LAST = re.compile(_SPECIAL + r"\s*\Z")
_LONGEST_TOKEN = 64


class RewardRequest(Body):
    """Prompts, each with what the model made of it."""

    query: tuple[str, ...]
    """Prompt and response in one, special tokens kept."""
    prompts: tuple[str, ...]
    labels: tuple[JsonValue, ...]
    """What the data set has as the label; null where the trainer was told of none."""


class RewardAnswer(BaseModel):
    """One number for each query."""

    rewards: list[float]
    scores: list[float]
    """The rewards, cut to 0..1: what the client filters prompts by."""
    extra_logs: dict[str, list[float]] | None = None


@router.post(
    "/get_reward",
    operation_id="getReward",
    response_class=JSON,
    responses={
        200: {"model": RewardAnswer, "description": "The rewards, in order"},
        **documented(*DIALECT_ERRORS),
    },
    openapi_extra=body_schema(RewardRequest),
)
async def get_reward(
    request: Request,
    state: StateOf,
    wishes: Annotated[Wishes, Depends(_wishes)],
    extra_logs: Annotated[  # noqa: FBT002 - a query parameter
        bool, Query(description="Tell each check's score too; clients before 0.11 crash on it")
    ] = False,
) -> JSON:
    """Judge responses. A null reward is an error, or the number of `on_unscored`."""
    body = decode(RewardRequest, await read_body(request, state.settings.max_body_bytes))
    if not len(body.query) == len(body.prompts) == len(body.labels):
        raise errors.InvalidRequest("`query`, `prompts` and `labels` have to be equally long")
    if len(body.query) > state.settings.max_rollouts:
        raise errors.InvalidRequest(f"one request holds {state.settings.max_rollouts} queries")
    asked = [
        _rollout(query, prompt, label, wishes)
        for query, prompt, label in zip(body.query, body.prompts, body.labels, strict=True)
    ]
    found = await judge(request, state, asked, wishes.spec, wishes.within)
    rewards = [wishes.value(one) for one in found]
    answer = RewardAnswer(
        rewards=rewards,
        scores=[min(max(reward, 0.0), 1.0) for reward in rewards],
        extra_logs=_logs(found) if extra_logs else None,
    )
    return JSON(answer.model_dump_json(exclude_none=True))


def _rollout(
    query: str, prompt: str, label: JsonValue, wishes: Wishes
) -> Rollout | errors.InvalidReference:
    start = response_start(query, prompt)
    if start is None:
        return errors.InvalidReference("the query does not begin with its prompt")
    try:
        reference = read_label(label, wishes.reference)
    except errors.InvalidReference as error:
        return error
    return Rollout(
        completion=without_last_tokens(query[start:]),
        prefix=standing_prefix(prompt),
        reference=reference,
    )


def response_start(query: str, prompt: str) -> int | None:
    """Where the response begins in a query, or None where that does not begin with the prompt.

    Decoding may have changed blanks, and a tokenizer may put its own token in front.
    """
    if query.startswith(prompt):
        return len(prompt)
    here, there = 0, 0
    while there < len(prompt):
        if prompt[there].isspace():
            there += 1
        elif here < len(query) and query[here].isspace():
            here += 1
        elif here < len(query) and query[here] == prompt[there]:
            here, there = here + 1, there + 1
        elif found := _SPECIAL_HERE.match(query, here):
            here = found.end()
        elif found := _SPECIAL_HERE.match(prompt, there):
            there = found.end()
        else:
            return None
    return here


def without_last_tokens(response: str) -> str:
    """The response without the end and padding tokens that it ends with."""
    end = len(response)
    while found := _SPECIAL_LAST.search(response, max(0, end - _LONGEST_TOKEN), end):
        end = found.start()
    return response[:end]


def _logs(found: list[Reward]) -> dict[str, list[float]]:
    """Each check's score, and what explains a 0 that is none: numbers, the same for every one."""
    names = sorted({verdict.check for reward in found for verdict in reward.verdicts})
    logs = {
        name: [
            next((v.score or 0.0 for v in reward.verdicts if v.check == name), 0.0)
            for reward in found
        ]
        for name in names
    }
    abstained = [float(sum(v.score is None for v in reward.verdicts)) for reward in found]
    return logs | {
        "verifier_abstained": abstained,
        "verifier_unscored": [float(reward.reward is None) for reward in found],
    }


DIALECT = Dialect(
    name="openrlhf",
    summary="OpenRLHF's remote reward model: /get_reward",
    router=router,
    bodies=(RewardRequest,),
)
