"""ms-swift: called as `compute_rewards_per_func` calls, by `asyncio.run` for every batch."""

from __future__ import annotations

import asyncio
import inspect
import sys
from types import ModuleType

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, WRONG
from verifier.errors import CallerError, Unscored
from verifier.trainers.ms_swift import Reward, RewardSync, register

pytestmark = pytest.mark.service


def rewards(completions: list[str], reference: list[object]) -> list[float | None]:
    """A batch, in an event loop of its own."""
    return asyncio.run(
        Reward(args=object())(completions, trainer_state=object(), reference=reference)
    )


def test_right_and_wrong_are_told_apart() -> None:
    assert rewards([RIGHT, WRONG], ["4", "4"]) == [1.0, 0.0]


def test_one_batch_after_the_other_is_scored() -> None:
    assert [rewards([RIGHT], ["4"]) for _ in range(3)] == [[1.0]] * 3


def test_it_can_be_called_without_a_loop() -> None:
    assert RewardSync()([RIGHT, WRONG], reference=["4", "4"]) == [1.0, 0.0]


def test_ms_swift_can_see_that_it_has_to_await() -> None:
    assert inspect.iscoroutinefunction(Reward().__call__)


def test_a_bad_reference_is_none_and_spoils_no_neighbour() -> None:
    assert rewards([RIGHT, RIGHT], [BAD_REFERENCE, "4"]) == [None, 1.0]


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_is_none() -> None:
    assert rewards([RIGHT, WRONG], ["4", "4"]) == [None, None]


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_can_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "raise")
    with pytest.raises(Unscored):
        rewards([RIGHT], ["4"])


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_can_be_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "0")
    assert rewards([RIGHT], ["4"]) == [0.0]


def test_a_column_that_is_not_there_is_the_callers_error() -> None:
    with pytest.raises(CallerError, match="VERIFIER_REFERENCE"):
        asyncio.run(Reward()([RIGHT], solution=["4"]))


def test_it_registers_itself_where_ms_swift_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    swift, rewards_of_swift = ModuleType("swift"), ModuleType("swift.rewards")
    rewards_of_swift.orms = {}  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "swift", swift)
    monkeypatch.setitem(sys.modules, "swift.rewards", rewards_of_swift)
    register("checked")
    assert rewards_of_swift.orms == {"checked": Reward}
