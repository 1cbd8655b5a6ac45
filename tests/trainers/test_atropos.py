"""Atropos: scores of a group in an environment, and a reward function."""

from __future__ import annotations

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, UNFORMED, WRONG
from verifier.errors import CallerError, Unscored
from verifier.trainers.atropos import Reward, score

pytestmark = pytest.mark.service


async def test_right_and_wrong_are_told_apart() -> None:
    assert await score([RIGHT, WRONG], "4") == [1.0, 0.0]


async def test_a_bad_reference_is_none() -> None:
    assert await score([RIGHT], BAD_REFERENCE) == [None]


@pytest.mark.usefixtures("down")
async def test_a_service_that_is_down_is_none() -> None:
    assert await score([RIGHT, WRONG], "4") == [None, None]


@pytest.mark.usefixtures("down")
async def test_a_service_that_is_down_can_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "raise")
    with pytest.raises(Unscored):
        await score([RIGHT], "4")


def test_a_reward_function_takes_one_solution_for_all() -> None:
    assert Reward()([RIGHT, WRONG], solution="4") == [1.0, 0.0]


def test_a_reward_function_takes_a_solution_for_each() -> None:
    assert Reward()([RIGHT, RIGHT], solution=["4", "5"]) == [1.0, 0.0]


def test_a_reward_function_has_a_weight_and_settings() -> None:
    assert Reward(weight=2.0, spec="r1")([UNFORMED], solution="4") == [1.0]


@pytest.mark.usefixtures("down")
def test_a_reward_function_raises_where_the_service_is_down() -> None:
    with pytest.raises(Unscored):
        Reward()([RIGHT], solution="4")


@pytest.mark.usefixtures("down")
def test_a_reward_function_can_give_a_number_instead() -> None:
    assert Reward(on_unscored=-1)([RIGHT], solution="4") == [-1.0]


def test_none_is_refused_in_a_reward_function() -> None:
    with pytest.raises(CallerError, match="Atropos"):
        Reward(on_unscored="none")


def test_a_reward_function_can_be_told_of_a_logger() -> None:
    Reward().set_wandb_logger(object())
