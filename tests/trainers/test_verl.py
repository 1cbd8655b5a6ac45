"""verl: called as its reward managers call, one sample or a batch."""

from __future__ import annotations

import asyncio
import math
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, UNFORMED, WRONG, requests_to
from verifier.errors import CallerError, InvalidReference, Unscored
from verifier.trainers.verl import (
    compute_number,
    compute_score,
    compute_score_batch,
    compute_score_sync,
)

if TYPE_CHECKING:
    from verifier.bench.served import Served

pytestmark = pytest.mark.service


async def score(text: str, gold: object = "4", **more: object) -> dict[str, float]:
    """As NaiveRewardManager.run_single calls."""
    return await compute_score(
        data_source="openai/gsm8k",
        solution_str=text,
        ground_truth=gold,
        extra_info={"num_turns": 2, "rollout_reward_scores": {}},
        reward_router_address="127.0.0.1:1",
        reward_model_tokenizer=None,
        **more,  # type: ignore[arg-type]
    )


async def test_a_right_answer_scores() -> None:
    assert (await score(RIGHT))["score"] == 1.0


async def test_a_wrong_answer_does_not() -> None:
    assert (await score(WRONG))["score"] == 0.0


async def test_reward_kwargs_win_over_the_environment() -> None:
    assert (await score(UNFORMED, scoring={"spec": "r1"}))["score"] == 0.5


async def test_a_reward_kwarg_that_is_not_there_is_named() -> None:
    with pytest.raises(CallerError, match="spek"):
        await score(RIGHT, scoring={"spek": "r1"})


async def test_components_are_reported() -> None:
    found = await score(UNFORMED, scoring={"spec": "r1"}, components=["accuracy", "format"])
    assert (found["accuracy"], found["format"]) == (1.0, 0.0)


async def test_every_sample_has_the_same_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_INVALID", "0")
    rows = [
        await score(text, gold, components=["accuracy"])
        for text, gold in ((RIGHT, "4"), (WRONG, "4"), ("", "4"), (RIGHT, BAD_REFERENCE))
    ]
    assert len({tuple(row) for row in rows}) == 1


async def test_a_component_that_is_not_known_is_nan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_INVALID", "0")
    found = await score(RIGHT, BAD_REFERENCE, components=["accuracy"])
    assert math.isnan(found["accuracy"])


async def test_a_bad_reference_raises() -> None:
    with pytest.raises(InvalidReference):
        await score(RIGHT, BAD_REFERENCE)


@pytest.mark.usefixtures("down")
async def test_a_service_that_is_down_raises() -> None:
    with pytest.raises(Unscored):
        await score(RIGHT)


@pytest.mark.usefixtures("down")
async def test_a_service_that_is_down_can_be_a_number_that_says_so() -> None:
    found = await score(RIGHT, scoring={"on_unscored": 0})
    assert (found["score"], found["unscored"]) == (0.0, 1.0)


async def test_none_is_refused() -> None:
    with pytest.raises(CallerError, match="verl"):
        await score(RIGHT, scoring={"on_unscored": "none"})


def test_prime_calls_by_position_and_reads_a_number() -> None:
    assert compute_number("openai/gsm8k", RIGHT, "4", None) == 1.0


def test_a_batch_is_scored_in_order() -> None:
    found = compute_score_batch(["a"] * 3, [RIGHT, WRONG, RIGHT], ["4"] * 3, [None] * 3)
    assert [row["score"] for row in found] == [1.0, 0.0, 1.0]


@pytest.mark.parametrize(
    "function", [compute_number, compute_score, compute_score_sync, compute_score_batch]
)
def test_it_can_be_pickled(function: object) -> None:
    assert pickle.loads(pickle.dumps(function)) is function  # noqa: S301 - our own bytes


async def test_samples_of_a_reward_loop_share_requests(service: Served) -> None:
    before = requests_to(service)
    rows = await asyncio.gather(*(score(RIGHT) for _ in range(512)))
    assert {row["score"] for row in rows} == {1.0}
    assert requests_to(service) - before <= 128


def test_samples_of_a_thread_pool_share_requests(service: Served) -> None:
    before = requests_to(service)
    with ThreadPoolExecutor(32) as threads:
        rows = list(threads.map(lambda _: compute_score_sync("a", RIGHT, "4"), range(128)))
    assert {row["score"] for row in rows} == {1.0}
    assert requests_to(service) - before <= 64
