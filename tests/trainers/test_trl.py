"""TRL: called as GRPOTrainer calls, with a batch, its columns and its two loggers."""

from __future__ import annotations

import asyncio
import functools
import inspect
import pickle
from typing import TYPE_CHECKING

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, UNFORMED, WRONG, requests_to
from verifier.errors import CallerError, InvalidReference, Unauthorized, Unscored
from verifier.trainers.base import Scoring
from verifier.trainers.trl import reward, reward_sync

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.bench.served import Served

pytestmark = pytest.mark.service

COMPLETIONS = [RIGHT, WRONG, UNFORMED]


def call(completions: list[object], reference: list[object], **more: object) -> dict[str, object]:
    """The keywords of TRL's call."""
    return {
        "prompts": ["What is 2 + 2?"] * len(completions),
        "completions": completions,
        "completion_ids": [[1, 2]] * len(completions),
        "reference": reference,
        "trainer_state": object(),
        **more,
    }


async def rewards(completions: list[object], **more: object) -> list[float | None]:
    """The rewards by a right reference."""
    return await reward(**call(completions, ["4"] * len(completions), **more))  # type: ignore[arg-type]


async def test_right_and_wrong_are_told_apart() -> None:
    assert await rewards([*COMPLETIONS]) == [1.0, 0.0, 1.0]


async def test_messages_are_judged_by_what_the_assistant_says() -> None:
    assert await rewards([[{"role": "assistant", "content": RIGHT}]]) == [1.0]


def test_it_can_be_called_without_a_loop() -> None:
    found = reward_sync(**call([RIGHT, WRONG], ["4", "4"]))  # type: ignore[arg-type]
    assert found == [1.0, 0.0]


async def test_the_environment_names_the_spec(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_SPEC", "r1")
    assert await rewards([*COMPLETIONS]) == [1.0, 0.5, 0.5]


async def test_the_environment_names_the_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_REFERENCE", "solution")
    assert await reward(completions=[RIGHT], prompts=["?"], solution=["4"]) == [1.0]


async def test_a_column_that_is_not_there_is_the_callers_error() -> None:
    with pytest.raises(CallerError, match="answer"):
        await reward(completions=[RIGHT], prompts=["?"], answer=["4"])


async def test_a_bad_reference_is_none_and_spoils_no_neighbour() -> None:
    found = await reward(**call([RIGHT, RIGHT], [BAD_REFERENCE, "4"]))  # type: ignore[arg-type]
    assert found == [None, 1.0]


@pytest.mark.usefixtures("down")
async def test_a_service_that_is_down_is_none() -> None:
    assert await rewards([RIGHT, WRONG]) == [None, None]


@pytest.mark.usefixtures("down")
async def test_a_service_that_is_down_can_be_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "-1")
    assert await rewards([RIGHT]) == [-1.0]


@pytest.mark.usefixtures("down")
async def test_a_service_that_is_down_can_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "raise")
    with pytest.raises(Unscored):
        await rewards([RIGHT])


async def test_a_bad_reference_can_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_INVALID", "raise")
    with pytest.raises(InvalidReference):
        await reward(**call([RIGHT], [BAD_REFERENCE]))  # type: ignore[arg-type]


async def test_a_wrong_key_always_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_API_KEY", "wrong")
    with pytest.raises(Unauthorized):
        await rewards([RIGHT])


async def test_every_checks_scores_are_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_SPEC", "r1")
    table: dict[str, list[object]] = {}
    await rewards([*COMPLETIONS], log_extra=table.__setitem__)
    assert (table["accuracy"], table["format"]) == ([1.0, 0.0, 1.0], [1.0, 1.0, 0.0])


async def test_every_checks_mean_is_logged() -> None:
    metrics: dict[str, float] = {}
    await rewards([RIGHT, WRONG], log_metric=metrics.__setitem__)
    assert (metrics["verifier/accuracy"], metrics["verifier/null"]) == (0.5, 0.0)


@pytest.mark.usefixtures("down")
async def test_the_share_of_null_rewards_is_logged() -> None:
    metrics: dict[str, float] = {}
    await rewards([RIGHT, WRONG], log_metric=metrics.__setitem__)
    assert metrics["verifier/null"] == 1.0


@pytest.mark.usefixtures("down")
async def test_why_a_reward_is_null_is_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_DEADLINE_SECONDS", "1.5")
    table: dict[str, list[object]] = {}
    await rewards([RIGHT], log_extra=table.__setitem__)
    assert "Connect" in str(table["verifier_reason"])


@pytest.mark.parametrize("function", [reward, reward_sync])
def test_it_can_be_pickled_with_its_settings(function: Callable[..., object]) -> None:
    given = functools.partial(function, scoring=Scoring(spec="r1"))
    found = pickle.loads(pickle.dumps(given))  # noqa: S301 - our own bytes
    assert (found.func, found.keywords) == (given.func, given.keywords)


def test_trl_can_see_that_it_has_to_await() -> None:
    assert inspect.iscoroutinefunction(reward)


async def test_batches_of_several_ranks_in_one_process_share_requests(service: Served) -> None:
    before = requests_to(service)
    found = await asyncio.gather(*(rewards([RIGHT, WRONG]) for _ in range(64)))
    assert found == [[1.0, 0.0]] * 64
    assert requests_to(service) - before <= 16
