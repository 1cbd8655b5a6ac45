"""Tunix: `reward_functions: [verifier.trainers.tunix]` in its YAML, or the function in Python.

Every public function of this module is a reward function to Tunix, so there is one. Tunix adds up
NaN as 0, so a null reward raises, or becomes a number of your choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.trainers.base import Scoring

if TYPE_CHECKING:
    from collections.abc import Sequence


def verifier_reward(
    prompts: Sequence[object], completions: Sequence[object], **columns: object
) -> list[float]:
    """One reward for each completion.

    Args:
        prompts: not used.
        completions: text.
        columns: the dataset's; one of them holds the references.
    """
    plan = Scoring.read(on_unscored="raise").refusing_none("Tunix")
    references = columns.get(plan.reference)
    columns = {**columns, plan.reference: _as_list(references)}
    judged = plan.judge_waiting(list(completions), plan.column(columns))
    return [plan.settle_to_number(one) for one in judged]


def _as_list(column: object) -> object:
    """Columns come as numpy arrays."""
    return column.tolist() if hasattr(column, "tolist") else column
