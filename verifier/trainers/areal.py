"""AReaL: `reward_fn="verifier.trainers.areal.reward"` of an RLVRWorkflow.

AReaL gives a reward 15 seconds and then asks again while the first call still occupies its worker;
after four times it takes 0. So the deadline here is 10 seconds, tries included. AReaL has no way to
leave a sample out: a null reward raises, or becomes a number of your choice.
"""

from __future__ import annotations

from verifier.errors import CallerError
from verifier.trainers.base import Scoring

LONGEST_SECONDS = 13.0
"""With the second in which an answer still may come, under AReaL's 15."""


def reward(
    prompt: str,
    completions: str,
    prompt_ids: object = None,
    completion_ids: object = None,
    **columns: object,
) -> float:
    """The reward of one sample.

    Args:
        prompt: not used.
        completions: the completion, one in spite of its name.
        prompt_ids: not used.
        completion_ids: not used.
        columns: the row of the dataset; one of them holds the reference.
    """
    plan = Scoring.read(on_unscored="raise", deadline_seconds=10.0).refusing_none("AReaL")
    if plan.deadline_seconds > LONGEST_SECONDS:
        raise CallerError(
            f"AReaL takes 0 after 15 s; a deadline of {plan.deadline_seconds:g} s is over "
            f"{LONGEST_SECONDS:g}"
        )
    if plan.reference not in columns:
        raise CallerError(
            f"there is no column {plan.reference!r}; set VERIFIER_REFERENCE to one of "
            f"{sorted(columns)}"
        )
    [judged] = plan.judge_waiting([completions], [columns[plan.reference]])
    return plan.settle_to_number(judged)
