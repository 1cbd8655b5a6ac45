"""slime: called as `async_rm` and `batched_async_rm` call a custom path."""

from __future__ import annotations

import asyncio
import statistics
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, WRONG, requests_to
from verifier.errors import CallerError, InvalidReference, Unscored
from verifier.trainers.slime import reward

if TYPE_CHECKING:
    from verifier.bench.served import Served

pytestmark = pytest.mark.service

ARGS = SimpleNamespace(reward_key=None)


@dataclass
class Sample:
    """The fields of slime's own that play a part."""

    response: str = RIGHT
    label: object = "4"
    remove_sample: bool = False


async def test_a_right_answer_scores() -> None:
    assert await reward(ARGS, Sample()) == 1.0


async def test_a_wrong_answer_does_not() -> None:
    assert await reward(ARGS, Sample(WRONG)) == 0.0


async def test_a_group_is_scored_in_order() -> None:
    assert await reward(ARGS, [Sample(), Sample(WRONG), Sample()]) == [1.0, 0.0, 1.0]


async def test_a_reward_key_gets_a_dict_with_every_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_SPEC", "r1")
    found = await reward(SimpleNamespace(reward_key="score"), Sample(WRONG))
    assert found == {"score": 0.5, "accuracy": 0.0, "format": 1.0}


async def test_a_label_may_be_json_text() -> None:
    assert await reward(ARGS, Sample(label='{"value": "4", "type": "number"}')) == 1.0


async def test_a_bad_reference_raises() -> None:
    with pytest.raises(InvalidReference):
        await reward(ARGS, Sample(label=BAD_REFERENCE))


@pytest.mark.usefixtures("down")
async def test_a_service_that_is_down_raises() -> None:
    with pytest.raises(Unscored):
        await reward(ARGS, Sample())


@pytest.mark.usefixtures("down")
async def test_a_service_that_is_down_can_be_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "-1")
    assert await reward(ARGS, Sample()) == -1.0


async def test_none_is_refused_for_a_sample_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "none")
    with pytest.raises(CallerError, match="group-rm"):
        await reward(ARGS, Sample())


async def test_none_removes_a_sample_of_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "none")
    group = [Sample(), Sample(label=BAD_REFERENCE), Sample(WRONG)]
    await reward(ARGS, group)
    assert [one.remove_sample for one in group] == [False, True, False]


async def test_a_removed_sample_leaves_the_mean_where_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "none")
    group = [Sample(), Sample(label=BAD_REFERENCE), Sample(WRONG), Sample()]
    found = await reward(ARGS, group)
    assert isinstance(found, list)
    assert statistics.mean(value for value in found if isinstance(value, float)) == 2 / 3


@pytest.mark.usefixtures("down")
async def test_a_group_without_any_reward_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "none")
    group = [Sample(), Sample()]
    assert await reward(ARGS, group) == [0.0, 0.0]
    assert all(one.remove_sample for one in group)


async def test_samples_share_requests(service: Served) -> None:
    before = requests_to(service)
    found = await asyncio.gather(*(reward(ARGS, Sample()) for _ in range(256)))
    assert found == [1.0] * 256
    assert requests_to(service) - before <= 64
