"""verl: `custom_reward_function`, one sample a call, or a batch.

    reward.custom_reward_function.path=pkg://verifier.trainers.verl
    reward.custom_reward_function.name=compute_score

verl has no way to leave a sample out, so a null reward raises, or becomes a number of your choice.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from verifier.model import Status
from verifier.trainers.base import Scoring

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verifier.calls import Judged


async def compute_score(
    data_source: object,
    solution_str: str,
    ground_truth: object,
    extra_info: object = None,
    *,
    scoring: Mapping[str, object] | None = None,
    components: Sequence[str] = (),
    **_: object,
) -> dict[str, float]:
    """The reward of one sample, with the same keys in every sample.

    Args:
        data_source: not used; the spec decides what is checked.
        solution_str: the completion.
        ground_truth: the reference.
        extra_info: not used.
        scoring: settings that win over the environment, from `reward_kwargs`.
        components: ids of checks whose scores are reported too; NaN where there is none.
    """
    plan = _plan(scoring)
    [judged] = await plan.judge([solution_str], [ground_truth])
    return _row(plan, judged, components)


def compute_score_sync(
    data_source: object,
    solution_str: str,
    ground_truth: object,
    extra_info: object = None,
    *,
    scoring: Mapping[str, object] | None = None,
    components: Sequence[str] = (),
    **_: object,
) -> dict[str, float]:
    """As `compute_score`, for managers that do not await: `remote`, and `naive` of old."""
    plan = _plan(scoring)
    [judged] = plan.judge_waiting([solution_str], [ground_truth])
    return _row(plan, judged, components)


def compute_number(
    data_source: object,
    solution_str: str,
    ground_truth: object,
    extra_info: object = None,
    *,
    scoring: Mapping[str, object] | None = None,
    **_: object,
) -> float:
    """As `compute_score`, but the score alone: `prime` makes 0 of every dict."""
    return compute_score_sync(data_source, solution_str, ground_truth, scoring=scoring)["score"]


def compute_score_batch(
    data_sources: Sequence[object],
    solution_strs: Sequence[str],
    ground_truths: Sequence[object],
    extra_infos: Sequence[object] | None = None,
    *,
    scoring: Mapping[str, object] | None = None,
    components: Sequence[str] = (),
    **_: object,
) -> list[dict[str, float]]:
    """As `compute_score`, for the manager `batch`."""
    plan = _plan(scoring)
    found = plan.judge_waiting(solution_strs, list(ground_truths))
    return [_row(plan, judged, components) for judged in found]


def _plan(scoring: Mapping[str, object] | None) -> Scoring:
    return Scoring.read(dict(scoring or {}), on_unscored="raise").refusing_none("verl")


def _row(plan: Scoring, judged: Judged, components: Sequence[str]) -> dict[str, float]:
    row = {
        "score": plan.settle_to_number(judged),
        "unscored": float(judged.status is Status.UNSCORED),
        "invalid": float(judged.status is Status.INVALID),
    }
    for check in components:
        score = judged.scores.get(check)
        row[check] = math.nan if score is None else score
    return row
