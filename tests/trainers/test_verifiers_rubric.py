"""verifiers: called as a legacy Rubric calls, and as a task of version 1 does."""

from __future__ import annotations

import asyncio
import pickle
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, WRONG, requests_to
from verifier.errors import CallerError, InvalidReference, Unscored
from verifier.trainers.verifiers_rubric import reward, task_reward

if TYPE_CHECKING:
    from verifier.bench.served import Served

pytestmark = pytest.mark.service


async def score(text: str, answer: object = "4", state: dict[str, object] | None = None) -> float:
    """As `Rubric._call_individual_reward_func` calls a function with `**kwargs`."""
    completion = [{"role": "assistant", "content": text}]
    return await reward(
        prompt=[{"role": "user", "content": "What is 2 + 2?"}],
        completion=completion,
        answer=answer,
        state={} if state is None else state,
        info={},
        task="default",
    )


async def test_a_right_answer_scores() -> None:
    assert await score(RIGHT) == 1.0


async def test_a_wrong_answer_does_not() -> None:
    assert await score(WRONG) == 0.0


def trace(text: str) -> SimpleNamespace:
    """A rollout of version 1, as far as it plays a part."""
    return SimpleNamespace(last_reply=text)


async def test_rollouts_of_version_1_are_told_apart() -> None:
    task = SimpleNamespace(answer="4")
    assert [await task_reward(task, trace(text)) for text in (RIGHT, WRONG)] == [1.0, 0.0]


async def test_a_task_without_a_reference_is_the_callers_error() -> None:
    with pytest.raises(CallerError, match="VERIFIER_REFERENCE"):
        await task_reward(SimpleNamespace(solution="4"), trace(RIGHT))


async def test_a_right_answer_leaves_no_error() -> None:
    state: dict[str, object] = {}
    await score(RIGHT, state=state)
    assert state == {}


async def test_a_bad_reference_raises_and_marks_the_rollout() -> None:
    state: dict[str, object] = {}
    with pytest.raises(InvalidReference):
        await score(RIGHT, BAD_REFERENCE, state)
    assert isinstance(state["error"], Exception)


@pytest.mark.usefixtures("down")
async def test_a_service_that_is_down_raises_and_marks_the_rollout() -> None:
    state: dict[str, object] = {}
    with pytest.raises(Unscored):
        await score(RIGHT, state=state)
    assert isinstance(state["error"], Exception)


@pytest.mark.usefixtures("down")
async def test_a_service_that_is_down_raises_in_version_1() -> None:
    with pytest.raises(Unscored):
        await task_reward(SimpleNamespace(answer="4"), trace(RIGHT))


@pytest.mark.usefixtures("down")
async def test_a_service_that_is_down_can_be_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "-1")
    assert await score(RIGHT) == -1.0


async def test_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "none")
    with pytest.raises(CallerError, match="verifiers"):
        await score(RIGHT)


@pytest.mark.parametrize("function", [reward, task_reward])
def test_it_can_be_pickled(function: object) -> None:
    assert pickle.loads(pickle.dumps(function)) is function  # noqa: S301 - our own bytes


async def test_rollouts_share_requests(service: Served) -> None:
    before = requests_to(service)
    found = await asyncio.gather(*(score(RIGHT) for _ in range(128)))
    assert found == [1.0] * 128
    assert requests_to(service) - before <= 32
