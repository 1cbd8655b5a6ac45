"""AReaL: called as AsyncRewardWrapper calls, in a process pool with a time limit."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, WRONG
from verifier.errors import CallerError, InvalidReference, Unscored
from verifier.trainers.areal import reward

pytestmark = pytest.mark.service


def score(text: str, gold: object = "4") -> float:
    """As the workflow calls."""
    return reward("What is 2 + 2?", text, [1], [2], reference=gold, question="What is 2 + 2?")


def test_a_right_answer_scores() -> None:
    assert score(RIGHT) == 1.0


def test_a_wrong_answer_does_not() -> None:
    assert score(WRONG) == 0.0


def test_it_can_be_called_in_a_process_pool() -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(score, [RIGHT, WRONG])) == [1.0, 0.0]


def test_a_bad_reference_raises() -> None:
    with pytest.raises(InvalidReference):
        score(RIGHT, BAD_REFERENCE)


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_raises() -> None:
    with pytest.raises(Unscored):
        score(RIGHT)


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_can_be_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "-1")
    assert score(RIGHT) == -1.0


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_takes_the_deadline_and_no_more() -> None:
    started = time.monotonic()
    with pytest.raises(Unscored):
        score(RIGHT)
    assert time.monotonic() - started < 1


def test_a_deadline_past_areals_own_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_DEADLINE_SECONDS", "30")
    with pytest.raises(CallerError, match="15 s"):
        score(RIGHT)


def test_a_row_without_a_reference_is_the_callers_error() -> None:
    with pytest.raises(CallerError, match="answer"):
        reward("?", RIGHT, [], [], answer="4")
