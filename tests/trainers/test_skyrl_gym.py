"""SkyRL: an episode of one turn."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, WRONG
from verifier.errors import CallerError, InvalidReference, Unscored
from verifier.trainers.skyrl_gym import Episode, make

pytestmark = pytest.mark.service


def extras(gold: object = "4") -> dict[str, object]:
    """The fields of a row that skyrl-gym passes on."""
    return {"reward_spec": {"method": "rule", "ground_truth": gold}, "max_turns": 1}


def test_a_right_answer_scores() -> None:
    assert Episode(extras()).step(RIGHT)["reward"] == 1.0


def test_a_wrong_answer_does_not() -> None:
    assert Episode(extras()).step(WRONG)["reward"] == 0.0


def test_the_episode_is_over() -> None:
    assert Episode(extras()).step(WRONG)["done"] is True


def test_every_checks_score_is_in_the_metadata() -> None:
    found = Episode(extras()).step(RIGHT)
    assert found["metadata"] == {"accuracy": 1.0, "verifier_status": "scored"}


def test_a_bad_reference_raises() -> None:
    with pytest.raises(InvalidReference):
        Episode(extras(BAD_REFERENCE)).step(RIGHT)


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_raises() -> None:
    with pytest.raises(Unscored):
        Episode(extras()).step(RIGHT)


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_can_be_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "-1")
    assert Episode(extras()).step(RIGHT)["reward"] == -1.0


def test_a_row_without_a_reference_is_the_callers_error() -> None:
    with pytest.raises(CallerError, match="ground_truth"):
        Episode({"reward_spec": {}})


def test_it_is_an_environment_of_skyrl_gyms_own_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    base = ModuleType("skyrl_gym.envs.base_text_env")
    base.BaseTextEnv = type("BaseTextEnv", (), {})  # type: ignore[attr-defined]  # a stand-in
    for name in ("skyrl_gym", "skyrl_gym.envs"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, base.__name__, base)
    made = make(env_config=None, extras=extras())
    assert isinstance(made, base.BaseTextEnv)
    assert made.step(RIGHT)["reward"] == 1.0
