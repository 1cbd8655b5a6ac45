"""rLLM: called as a RewardFunction and as an Evaluator."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, WRONG
from verifier.errors import CallerError, InvalidReference, Unscored
from verifier.trainers.rllm import EvalOutput, Evaluator, RewardOutput, Signal, reward

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


def evaluate(*said: str, output: object = None, gold: object = "4", **artifacts: str) -> EvalOutput:
    """As an engine calls, with an episode of one trajectory and as many steps as are said."""
    steps = [SimpleNamespace(output=None, model_response=text) for text in said]
    trajectory = SimpleNamespace(output=output, steps=steps)
    episode = SimpleNamespace(artifacts=artifacts, trajectories=[trajectory])
    return Evaluator().evaluate(SimpleNamespace(metadata={"ground_truth": gold}), episode)


def test_an_episode_is_judged_by_its_last_words() -> None:
    assert [evaluate(WRONG, RIGHT).reward, evaluate(RIGHT, WRONG).reward] == [1.0, 0.0]


def test_a_last_step_without_words_is_passed_over() -> None:
    assert evaluate(RIGHT, "").is_correct


def test_the_output_of_a_trajectory_goes_before_its_steps() -> None:
    assert evaluate(WRONG, output=RIGHT).reward == 1.0


def test_the_answer_that_a_flow_sets_goes_before_its_trajectories() -> None:
    assert evaluate(WRONG, output=WRONG, answer=RIGHT).reward == 1.0


def test_an_episode_without_trajectories_has_no_answer() -> None:
    episode = SimpleNamespace(artifacts={}, trajectories=[])
    found = Evaluator().evaluate(SimpleNamespace(metadata={"ground_truth": "4"}), episode)
    assert (found.reward, found.is_correct) == (0.0, False)


def test_every_checks_score_is_a_signal() -> None:
    assert evaluate(RIGHT).signals == [Signal(name="accuracy", value=1.0)]


def test_an_evaluator_raises_for_a_bad_reference() -> None:
    with pytest.raises(InvalidReference):
        evaluate(RIGHT, gold=BAD_REFERENCE)


@pytest.mark.usefixtures("down")
def test_an_evaluator_marks_the_number_of_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "1")
    found = evaluate(RIGHT)
    assert (found.reward, found.is_correct) == (1.0, False)
    assert found.metadata == {"verifier_null": 1.0}
