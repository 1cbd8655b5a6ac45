"""Rollouts judged in a client's time, and what to say where its format has no null."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from verifier import errors
from verifier.api.routing import unless_disconnected
from verifier.model import Outcome, Reward, Rollout, ScoreRequest, Status
from verifier.reward import null_reward

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import Request
    from pydantic import JsonValue

    from verifier.api.routing import State

_PATIENCE_SECONDS = 10.0
"""How long a sandbox that is away is waited for; longer than it takes to replace one."""
_PAUSE_SECONDS = 1.0


def fault(reward: Reward) -> errors.VerifierError:
    """The error that says why a reward is null."""
    reason = reward.reason or "there is no reward"
    if reward.status is Status.INVALID:
        return errors.InvalidReference(reason)
    return errors.Unscored(reason, retry_after_seconds=1)


async def judge(
    request: Request,
    state: State,
    asked: Sequence[Rollout | errors.InvalidReference],
    spec: str | dict[str, JsonValue] | None,
    within: float,
) -> list[Reward]:
    """One reward for each, in order and in time; what is no rollout is `invalid`.

    A sandbox that is away is waited for: most of these clients would train on its absence.

    Raises:
        Overloaded: the queue stayed full.
        QueueUnavailable: Redis is away.
        NotFound: there is no such spec.
    """
    rollouts = {i: one for i, one in enumerate(asked) if isinstance(one, Rollout)}
    work = _judge(state, rollouts, spec, time.monotonic() + within)
    found = await unless_disconnected(request, work) if rollouts else {}
    for position, one in enumerate(asked):
        if isinstance(one, errors.InvalidReference):
            named = state.settings.default_spec if spec is None else spec
            compiled = state.service.specs.find(named)
            empty = Rollout(id=str(position), completion="")
            found[position] = null_reward(empty, compiled, Status.INVALID, one.detail)
    return [found[position] for position in range(len(asked))]


async def _judge(
    state: State,
    rollouts: dict[int, Rollout],
    spec: str | dict[str, JsonValue] | None,
    until: float,
) -> dict[int, Reward]:
    waiting = list(rollouts)
    found: dict[int, Reward] = {}
    patient_until = min(until, time.monotonic() + _PATIENCE_SECONDS)
    while True:
        left = max(until - time.monotonic(), 0.01)
        order = state.service.order(
            ScoreRequest(
                rollouts=tuple(rollouts[position] for position in waiting),
                spec=spec,
                deadline_seconds=min(left, state.settings.max_deadline_seconds),
            )
        )
        finished = await state.service.score(order)
        for position, one in zip(waiting, finished, strict=True):
            found[position] = Reward.model_validate_json(one.json)
        waiting = [position for position in waiting if _without_sandbox(found[position])]
        if not waiting or time.monotonic() + _PAUSE_SECONDS >= patient_until:
            return found
        await asyncio.sleep(_PAUSE_SECONDS)


def _without_sandbox(reward: Reward) -> bool:
    outcomes = {verdict.outcome for verdict in reward.verdicts}
    return reward.status is Status.UNSCORED and Outcome.UNAVAILABLE in outcomes
