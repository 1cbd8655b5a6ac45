"""EasyR1: called as its batch reward manager calls."""

from __future__ import annotations

import math

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, UNFORMED, WRONG
from verifier.errors import CallerError, Unscored
from verifier.trainers.easyr1 import REWARD_TYPE, compute_score

pytestmark = pytest.mark.service


def rows(*texts: str, gold: object = "4") -> list[dict[str, object]]:
    """A batch of EasyR1's inputs."""
    return [{"response": text, "response_length": 9, "ground_truth": gold} for text in texts]


def test_right_and_wrong_are_told_apart() -> None:
    assert [row["overall"] for row in compute_score(rows(RIGHT, WRONG))] == [1.0, 0.0]


def test_easyr1_hands_over_batches() -> None:
    assert REWARD_TYPE == "batch"


def test_every_checks_score_is_reported() -> None:
    [row] = compute_score(rows(UNFORMED), spec="r1")
    assert (row["accuracy"], row["format"], row["overall"]) == (1.0, 0.0, 0.5)


def test_every_sample_has_the_same_keys() -> None:
    batch = [*rows(RIGHT), *rows(RIGHT, gold=BAD_REFERENCE)]
    first, second = compute_score(batch, on_invalid=0)
    assert first.keys() == second.keys()
    assert math.isnan(second["accuracy"])


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_raises() -> None:
    with pytest.raises(Unscored):
        compute_score(rows(RIGHT))


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_can_be_a_number_that_says_so() -> None:
    [row] = compute_score(rows(RIGHT), on_unscored=-1)
    assert (row["overall"], row["unscored"]) == (-1.0, 1.0)


def test_none_is_refused() -> None:
    with pytest.raises(CallerError, match="EasyR1"):
        compute_score(rows(RIGHT), on_unscored="none")
