"""rLLM: called as a RewardFunction."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, WRONG
from verifier.errors import CallerError, InvalidReference, Unscored
from verifier.trainers.rllm import RewardOutput, reward

pytestmark = pytest.mark.service


def score(text: object, gold: object = "4") -> RewardOutput:
    """As an environment calls."""
    return reward({"question": "What is 2 + 2?", "ground_truth": gold}, text)


def test_a_right_answer_scores() -> None:
    found = score(RIGHT)
    assert (found.reward, found.is_correct) == (1.0, True)


def test_a_wrong_answer_does_not() -> None:
    found = score(WRONG)
    assert (found.reward, found.is_correct) == (0.0, False)


def test_an_action_may_wrap_the_completion() -> None:
    assert score(SimpleNamespace(action=RIGHT)).reward == 1.0


def test_every_checks_score_is_in_the_metadata() -> None:
    assert score(RIGHT).metadata == {"accuracy": 1.0, "verifier_status": "scored"}


def test_a_bad_reference_raises() -> None:
    with pytest.raises(InvalidReference):
        score(RIGHT, BAD_REFERENCE)


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_raises() -> None:
    with pytest.raises(Unscored):
        score(RIGHT)


@pytest.mark.usefixtures("down")
def test_a_number_for_an_outage_says_nothing_of_right_or_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "-1")
    found = score(RIGHT)
    assert (found.reward, found.is_correct) == (-1.0, None)


def test_a_row_without_a_reference_is_the_callers_error() -> None:
    with pytest.raises(CallerError, match="VERIFIER_REFERENCE"):
        reward({"answer": "4"}, RIGHT)
