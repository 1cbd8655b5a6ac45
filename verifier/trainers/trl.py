"""TRL's GRPOTrainer, and what takes its reward functions: Unsloth, axolotl.

    GRPOTrainer(reward_funcs=verifier.trainers.trl.reward, …)

A null reward is None, which TRL leaves out of the group.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from verifier.trainers.base import Scoring

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from verifier.calls import Judged


async def reward(
    completions: Sequence[object],
    *,
    scoring: Scoring | None = None,
    log_extra: Callable[[str, list[object]], None] | None = None,
    log_metric: Callable[[str, float], None] | None = None,
    **columns: object,
) -> list[float | None]:
    """One reward for each completion of the batch, None where there is none.

    Each check's scores go to the table of completions, their means to the metrics, beside
    the seconds that the service took and the share of null rewards.

    Args:
        completions: text, or chat messages of which the assistant's are judged.
        scoring: how; by default what the environment says.
        log_extra: TRL's, for the table.
        log_metric: TRL's, for the metrics.
        columns: the dataset's; one of them holds the references.
    """
    scoring, started = scoring or Scoring.read(on_unscored="none"), time.monotonic()
    judged = await scoring.judge(completions, scoring.column(columns))
    _log(judged, time.monotonic() - started, log_extra, log_metric)
    return [scoring.settle(one) for one in judged]


def reward_sync(
    completions: Sequence[object],
    *,
    scoring: Scoring | None = None,
    log_extra: Callable[[str, list[object]], None] | None = None,
    log_metric: Callable[[str, float], None] | None = None,
    **columns: object,
) -> list[float | None]:
    """As `reward`, for TRL before 0.27, which does not await."""
    scoring, started = scoring or Scoring.read(on_unscored="none"), time.monotonic()
    judged = scoring.judge_waiting(completions, scoring.column(columns))
    _log(judged, time.monotonic() - started, log_extra, log_metric)
    return [scoring.settle(one) for one in judged]


def _log(
    judged: Sequence[Judged],
    seconds: float,
    log_extra: Callable[[str, list[object]], None] | None,
    log_metric: Callable[[str, float], None] | None,
) -> None:
    checks = sorted({check for one in judged for check in one.scores})
    if log_extra is not None:
        for check in checks:
            log_extra(check, [one.scores.get(check) for one in judged])
        log_extra("verifier_reason", [one.reason for one in judged])
    if log_metric is not None and judged:
        for check in checks:
            scores = [score for one in judged if (score := one.scores.get(check)) is not None]
            if scores:
                log_metric(f"verifier/{check}", math.fsum(scores) / len(scores))
        log_metric("verifier/seconds", seconds)
        log_metric("verifier/null", sum(one.reward is None for one in judged) / len(judged))
