"""The example rollouts: the rewards agree with the labels that people gave them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import API_KEY, ROOT
from verifier.client import Client
from verifier.model import Reward, Rollout, Status

if TYPE_CHECKING:
    from verifier.bench.served import Served

pytestmark = pytest.mark.service

ROWS = [
    json.loads(line)
    for line in (ROOT / "examples" / "rollouts.jsonl").read_text(encoding="utf-8").splitlines()
]
LEAST_AGREEMENT = 0.97
DEBATABLE = {
    # Labelled right, though a strict reader may say no:
    "q00-1": "a first box holds 7 + 5, the last one 12, and there are no tags",
    "q09-4": "no box: the value stands in a sentence",
    "q11-7": "no box: the value stands in a sentence",
    "q14-0": "no box, and the value has the unit of the question",
    "q14-1": "the box holds the unit of the question beside the value",
    "q14-5": "the box holds the unit of the question beside the value",
    "q30-6": "0.75 where the % sign was asked for",
    "q44-3": "the value of the gold, but not expanded as was asked for",
    "q45-4": "the value of the gold, but not simplified as was asked for",
    "q46-2": "the box holds pi without its backslash, and more stands behind it",
    # Labelled wrong, though a lenient reader may say yes:
    "q17-4": "the box says 20, the tagged answer ends with 10",
    "q19-3": "the box repeats the equation of the question, whose solution is the gold",
    "q36-1": "the coordinates are right but not written as an ordered pair",
    "q37-4": "the box holds the right numbers without brackets, and more stands behind it",
    "q38-0": "the right pair in an answer tag that is never closed",
    "q38-4": "the right pair in an answer tag that is never closed",
    "q42-6": "one side of the boxed equation has the value of the gold",
    "q43-5": "no box and no tags; one side of the last equation is worth the gold",
    "q46-3": "no box and no tags; the last sentence ends with the gold",
    "q46-4": "the box holds the gold, and the sentence goes on to another value",
    "q46-6": "one side of the boxed equation has the value of the gold",
}


@pytest.fixture(scope="module")
def rewards(service: Served) -> list[Reward]:
    """The rewards of the example rollouts by the spec `r1`."""
    fields = ("id", "group", "prompt", "completion", "reference")
    rollouts = [Rollout.model_validate({name: row[name] for name in fields}) for row in ROWS]
    with Client(service.url, API_KEY) as client:
        return list(client.score(rollouts, spec="r1", deadline_seconds=60).rewards)


def agreeing(rewards: list[Reward], check: int, label: str) -> dict[str, bool]:
    """Whether a verdict and a label say the same, by rollout."""
    pairs: list[tuple[dict[str, Any], Reward]] = list(zip(ROWS, rewards, strict=True))
    return {
        row["id"]: (reward.verdicts[check].score == 1) == row["label"][label]
        for row, reward in pairs
    }


def test_every_rollout_is_scored_in_order(rewards: list[Reward]) -> None:
    assert [reward.id for reward in rewards] == [row["id"] for row in ROWS]
    assert {reward.status for reward in rewards} == {Status.SCORED}


def test_the_spec_pays_half_for_each_check(rewards: list[Reward]) -> None:
    halves = [sum((v.score or 0) / 2 for v in reward.verdicts) for reward in rewards]
    assert [reward.reward for reward in rewards] == halves


def test_format_agrees_with_every_label(rewards: list[Reward]) -> None:
    found = agreeing(rewards, 1, "well_formed")
    assert [name for name, agrees in found.items() if not agrees] == []


def test_accuracy_agrees_with_nearly_every_label(rewards: list[Reward]) -> None:
    found = agreeing(rewards, 0, "correct")
    assert sum(found.values()) / len(found) >= LEAST_AGREEMENT


def test_accuracy_disagrees_only_where_people_may(rewards: list[Reward]) -> None:
    found = agreeing(rewards, 0, "correct")
    assert {name for name, agrees in found.items() if not agrees} <= set(DEBATABLE)


def test_every_debatable_rollout_is_an_example() -> None:
    assert set(DEBATABLE) <= {row["id"] for row in ROWS}


def test_every_debatable_rollout_has_its_reason() -> None:
    assert all(DEBATABLE.values())
