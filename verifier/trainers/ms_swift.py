"""ms-swift: a reward function to register in an external plugin.

    # plugin.py, for --external_plugins plugin.py --reward_funcs verifier
    from verifier.trainers.ms_swift import register
    register()

A null reward is None, which ms-swift reads as NaN and leaves out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.trainers.base import Scoring

if TYPE_CHECKING:
    from collections.abc import Sequence


class Reward:
    """One reward for each completion of the batch, None where there is none."""

    def __init__(self, args: object = None, **_: object) -> None:
        self.args = args

    async def __call__(
        self, completions: Sequence[object], **columns: object
    ) -> list[float | None]:
        """Judge a batch; one of the columns holds the references."""
        scoring = Scoring.read(on_unscored="none")
        judged = await scoring.judge(completions, scoring.column(columns))
        return [scoring.settle(one) for one in judged]


class RewardSync:
    """As `Reward`, for versions that do not await."""

    def __init__(self, args: object = None, **_: object) -> None:
        self.args = args

    def __call__(self, completions: Sequence[object], **columns: object) -> list[float | None]:
        """Judge a batch; one of the columns holds the references."""
        scoring = Scoring.read(on_unscored="none")
        judged = scoring.judge_waiting(completions, scoring.column(columns))
        return [scoring.settle(one) for one in judged]


def register(name: str = "verifier") -> None:
    """Offer `Reward` to `--reward_funcs` by that name."""
    from swift.rewards import orms

    orms[name] = Reward
