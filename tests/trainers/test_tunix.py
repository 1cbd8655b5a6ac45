"""Tunix: called as its reward manager calls, columns as arrays."""

from __future__ import annotations

import inspect

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, WRONG
from verifier.errors import CallerError, InvalidReference, Unscored
from verifier.trainers import tunix
from verifier.trainers.tunix import verifier_reward

pytestmark = pytest.mark.service


class Column:
    """What is used of a numpy array."""

    def __init__(self, *values: object) -> None:
        self.values = values

    def tolist(self) -> list[object]:
        """Its values."""
        return list(self.values)


def rewards(texts: list[str], reference: object) -> list[float]:
    """A batch."""
    return verifier_reward(prompts=["?"] * len(texts), completions=texts, reference=reference)


def test_right_and_wrong_are_told_apart() -> None:
    assert rewards([RIGHT, WRONG], ["4", "4"]) == [1.0, 0.0]


def test_a_column_may_be_an_array() -> None:
    assert rewards([RIGHT, WRONG], Column("4", "4")) == [1.0, 0.0]


def test_the_module_has_one_function_that_tunix_takes_for_a_reward() -> None:
    own = [
        name
        for name, member in inspect.getmembers(tunix, inspect.isfunction)
        if member.__module__ == tunix.__name__ and not name.startswith("_")
    ]
    assert own == ["verifier_reward"]


def test_a_bad_reference_raises() -> None:
    with pytest.raises(InvalidReference):
        rewards([RIGHT], [BAD_REFERENCE])


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_raises() -> None:
    with pytest.raises(Unscored):
        rewards([RIGHT], ["4"])


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_can_be_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "-1")
    assert rewards([RIGHT], ["4"]) == [-1.0]


def test_a_column_that_is_not_there_is_the_callers_error() -> None:
    with pytest.raises(CallerError, match="VERIFIER_REFERENCE"):
        verifier_reward(["?"], [RIGHT], answer=["4"])
