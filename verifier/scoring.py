"""The only caller of checks: one rollout and a spec in, one reward out; never raises."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog

from verifier.checks.base import Judgement, Subject, abstain
from verifier.completion import parse
from verifier.errors import describe
from verifier.model import Outcome, Reward, Rollout, Verdict
from verifier.reward import combine

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.checks.base import Tools
    from verifier.spec import CompiledSpec

_log = structlog.get_logger(__name__)


def score(
    rollout: Rollout,
    compiled: CompiledSpec,
    tools: Tools,
    *,
    deadline: float | None = None,
    clock: Callable[[], float] = time.time,
) -> Reward:
    """Judge one rollout by every check of the spec, in order.

    Args:
        rollout: what to judge.
        compiled: the spec to judge by.
        tools: the effects that checks may have.
        deadline: Unix time in seconds; a check that would start later abstains.
        clock: tells Unix time in seconds.
    """
    subject = Subject(parse(rollout.text, rollout.prefix), rollout.reference, compiled.spec.extract)
    verdicts = []
    for row, check, params in compiled.steps:
        started = time.perf_counter()
        if deadline is not None and clock() >= deadline:
            found = abstain(Outcome.DEADLINE, "the deadline passed before this check began")
        elif check.needs_reference and rollout.reference is None:
            found = abstain(
                Outcome.REFERENCE_MISSING, "this check needs a reference and the rollout has none"
            )
        else:
            try:
                found = check.judge(subject, params, tools)
            except Exception as error:  # noqa: BLE001 - a bug of ours must become null, never a score
                _log.error("check.failed", check=check.name, error=describe(error), exc_info=True)
                found = abstain(Outcome.CRASHED, f"the check failed: {describe(error)}")
        verdicts.append(_verdict(row.id, found, time.perf_counter() - started))
    return combine(rollout, compiled, verdicts)


def _verdict(check_id: str, found: Judgement, seconds: float) -> Verdict:
    return Verdict(
        check=check_id,
        outcome=found.outcome,
        score=found.score,
        reason=found.reason,
        evidence=found.evidence,
        seconds=round(seconds, 6),
    )
