"""verifiers (and prime-rl): reward functions for a Rubric, and for a task of version 1.

    --env.taskset.task.rewards.verifier.fn verifier.trainers.verifiers_rubric.task_reward
    vf.Rubric(funcs=[verifier.trainers.verifiers_rubric.reward])  # before version 0.4

A legacy Rubric turns every exception into 0, so a null reward also puts its exception into the
state's `error`, by which such a 0 can be told from an earned one. Version 1 records the exception
and no reward.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from verifier.errors import CallerError, ServiceError, VerifierError
from verifier.trainers.base import Scoring

if TYPE_CHECKING:
    from collections.abc import MutableMapping


async def reward(
    completion: object,
    answer: object,
    state: MutableMapping[str, object] | None = None,
    **_: object,
) -> float:
    """The reward of one rollout of a legacy environment.

    Args:
        completion: text or chat messages.
        answer: the reference.
        state: the rollout's; its `error` is set where there is no reward.
    """
    plan = Scoring.read(on_unscored="raise").refusing_none("verifiers")
    try:
        [judged] = await plan.judge([completion], [answer])
        return plan.settle_to_number(judged)
    except VerifierError as error:
        if state is None:
            raise
        state["error"] = _infrastructure_error(error)
        raise


class TaskTrace(Protocol):
    """What is used of the `Trace` of version 1."""

    @property
    def last_reply(self) -> str:
        """What the agent said last."""


async def task_reward(task: object, trace: TaskTrace) -> float:
    """The reward of one rollout of version 1; a null one raises, which that version records.

    Args:
        task: the task's data; the reference is its `answer`, or what VERIFIER_REFERENCE names.
        trace: the rollout's.
    """
    plan = Scoring.read(on_unscored="raise", reference="answer").refusing_none("verifiers")
    if not hasattr(task, plan.reference):
        raise CallerError(
            f"the task has no {plan.reference!r}; name its field in VERIFIER_REFERENCE"
        )
    [judged] = await plan.judge([trace.last_reply], [getattr(task, plan.reference)])
    return plan.settle_to_number(judged)


def _infrastructure_error(error: VerifierError) -> Exception:
    """A service's fault as verifiers' own kind of error, where there is that kind."""
    try:
        from verifiers import InfraError
    except ImportError:
        return error
    if not isinstance(error, ServiceError):
        return error
    found: Exception = InfraError(str(error))
    return found
