"""verifiers (and prime-rl): reward functions for a Rubric, and for a task of version 1.

    vf.Rubric(funcs=[verifier.trainers.verifiers_rubric.reward])

A legacy Rubric turns every exception into 0, so a null reward also puts its exception into the
state's `error`, by which such a 0 can be told from an earned one. Version 1 records the exception
and no reward.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.errors import ServiceError, VerifierError
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


async def judge(completion: object, answer: object) -> float:
    """The reward of one completion, for a `@reward` of version 1; a null one raises."""
    plan = Scoring.read(on_unscored="raise").refusing_none("verifiers")
    [judged] = await plan.judge([completion], [answer])
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
