"""Pure: verdicts and a spec become one reward. The only place where fault becomes null."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from verifier.model import Fault, Reward, Rollout, Status, Verdict
from verifier.spec import versions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.spec import CheckSpec, CompiledSpec, RewardSpec


def combine(rollout: Rollout, compiled: CompiledSpec, verdicts: Sequence[Verdict]) -> Reward:
    """The reward of one rollout, given one verdict for each check of the spec, in its order.

    A required check that abstains makes the reward null: `invalid` where the spec or the
    reference is at fault (trying again will not help), else `unscored`.
    """
    checks = compiled.spec.checks
    abstained = [v for c, v in zip(checks, verdicts, strict=True) if c.required and v.score is None]
    by_caller = [v for v in abstained if v.outcome.fault is Fault.SPEC]
    blamed = by_caller or abstained
    if blamed:
        status = Status.INVALID if by_caller else Status.UNSCORED
        return null_reward(
            rollout, compiled, status, f"{blamed[0].check}: {blamed[0].reason}", tuple(verdicts)
        )
    value = _value(compiled.spec, verdicts)
    if value is None:
        return null_reward(
            rollout,
            compiled,
            Status.UNSCORED,
            "no check with a weight gave a score",
            tuple(verdicts),
        )
    return Reward(
        id=rollout.id,
        group=rollout.group,
        reward=value,
        status=Status.SCORED,
        verdicts=tuple(verdicts),
        spec=compiled.spec.name,
        fingerprint=compiled.fingerprint,
        versions=versions(),
    )


def null_reward(
    rollout: Rollout,
    compiled: CompiledSpec,
    status: Status,
    reason: str,
    verdicts: tuple[Verdict, ...] = (),
) -> Reward:
    """A reward that is null, with the reason why."""
    return Reward(
        id=rollout.id,
        group=rollout.group,
        reward=None,
        status=status,
        reason=reason,
        verdicts=verdicts,
        spec=compiled.spec.name,
        fingerprint=compiled.fingerprint,
        versions=versions(),
    )


def _value(spec: RewardSpec, verdicts: Sequence[Verdict]) -> float | None:
    paid = [
        (check, _worth(check, verdict.score))
        for check, verdict in zip(spec.checks, verdicts, strict=True)
        if check.weight != 0 and verdict.score is not None
    ]
    if not paid:
        return None
    if spec.combine == "product":
        value = math.prod(worth for _, worth in paid)
    elif spec.combine == "first_nonzero":
        value = next((worth for _, worth in paid if worth != 0), 0.0)
    elif spec.combine == "gated" and not _gates_pass(spec, verdicts):
        value = spec.gate_value
    else:
        # An optional check that abstains must not lower the sum beside its siblings, so the
        # weights that are there stand in for it.
        value = math.fsum(worth for _, worth in paid)
        if len(paid) < sum(check.weight != 0 for check in spec.checks):
            whole = math.fsum(abs(check.weight) for check in spec.checks)
            present = math.fsum(abs(check.weight) for check, _ in paid)
            value *= whole / present
    if spec.clip is not None:
        value = min(max(value, spec.clip[0]), spec.clip[1])
    if not math.isfinite(value):
        return None
    return value + 0.0  # -0.0 becomes 0.0


def _worth(check: CheckSpec, score: float) -> float:
    return check.weight * (check.low + score * (check.high - check.low))


def _gates_pass(spec: RewardSpec, verdicts: Sequence[Verdict]) -> bool:
    return all(
        verdict.score is not None and verdict.score >= check.gate
        for check, verdict in zip(spec.checks, verdicts, strict=True)
        if check.gate is not None
    )
