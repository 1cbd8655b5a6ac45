"""NeMo-RL: what its environment does, without torch."""

from __future__ import annotations

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, UNFORMED, WRONG
from verifier.errors import CallerError, InvalidReference, Unscored
from verifier.trainers.nemo_rl import judge

pytestmark = pytest.mark.service


def log(text: str) -> list[dict[str, object]]:
    """A conversation as NeMo-RL keeps it, less its tensors."""
    return [
        {"role": "user", "content": "What is 2 + 2?"},
        {"role": "assistant", "content": text, "token_ids": object()},
    ]


def rewards(*texts: str, gold: object = "4", **settings: object) -> list[float]:
    """The rewards of a batch."""
    return judge([log(text) for text in texts], [{"ground_truth": gold}] * len(texts), settings)[0]


def test_right_and_wrong_are_told_apart() -> None:
    assert rewards(RIGHT, WRONG) == [1.0, 0.0]


def test_its_own_settings_win_over_the_environment() -> None:
    assert rewards(UNFORMED, spec="r1") == [0.5]


def test_a_bad_reference_raises() -> None:
    with pytest.raises(InvalidReference):
        rewards(RIGHT, gold=BAD_REFERENCE)


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_raises() -> None:
    with pytest.raises(Unscored):
        rewards(RIGHT)


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_can_be_a_number() -> None:
    assert rewards(RIGHT, on_unscored=-1) == [-1.0]


def test_a_row_without_a_reference_is_the_callers_error() -> None:
    with pytest.raises(CallerError, match="ground_truth"):
        judge([log(RIGHT)], [{}])
