"""EasyR1: `worker.reward.reward_function=FILE:compute_score`, a batch a call.

    worker.reward.reward_function=$(python -m verifier.trainers.easyr1):compute_score

EasyR1 has no way to leave a sample out, so a null reward raises, or becomes a number of your
choice.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

from verifier.model import Status
from verifier.trainers.base import Scoring

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REWARD_NAME = "verifier"
REWARD_TYPE = "batch"


def compute_score(
    reward_inputs: Sequence[Mapping[str, object]], **settings: object
) -> list[dict[str, float]]:
    """The reward of each sample as `overall`, with every check's score.

    Args:
        reward_inputs: `response` and `ground_truth` of each sample.
        settings: win over the environment; from `worker.reward.reward_function_kwargs`.
    """
    plan = Scoring.read(settings, on_unscored="raise").refusing_none("EasyR1")
    found = plan.judge_waiting(
        [row["response"] for row in reward_inputs], [row["ground_truth"] for row in reward_inputs]
    )
    checks = sorted({check for judged in found for check in judged.scores})
    rows = []
    for judged in found:
        scores = {check: judged.scores.get(check) for check in checks}
        rows.append(
            {
                **{check: math.nan if s is None else s for check, s in scores.items()},
                "unscored": float(judged.status is Status.UNSCORED),
                "invalid": float(judged.status is Status.INVALID),
                "overall": plan.settle_to_number(judged),
            }
        )
    return rows


if __name__ == "__main__":
    sys.stdout.write(__file__ + "\n")
