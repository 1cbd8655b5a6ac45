"""OpenRLHF: called as its executor calls a file's `reward_func`, a sample in a thread."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.trainers.conftest import BAD_REFERENCE, RIGHT, WRONG, requests_to
from verifier.errors import CallerError, InvalidReference, Unscored
from verifier.trainers import openrlhf
from verifier.trainers.openrlhf import reward_func, split

if TYPE_CHECKING:
    from verifier.bench.served import Served

pytestmark = pytest.mark.service

PROMPT = "<|im_start|>user\nWhat is 2 + 2?<|im_end|>\n<|im_start|>assistant\n"


def score(text: str, label: object = "4") -> dict[str, Any]:
    """As the executor calls: one sample, special tokens kept."""
    return reward_func([f"{PROMPT}{text}<|im_end|>"], [PROMPT], [label])


def test_a_right_answer_scores() -> None:
    assert score(RIGHT)["rewards"] == 1.0


def test_a_wrong_answer_does_not() -> None:
    assert score(WRONG)["rewards"] == 0.0


def test_the_score_for_filtering_is_the_reward() -> None:
    assert score(RIGHT)["scores"] == 1.0


def test_every_checks_score_is_an_extra_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_SPEC", "r1")
    logs = score(WRONG)["extra_logs"]
    assert logs == {"accuracy": 0.0, "format": 1.0, "verifier_null": 0.0}


def test_special_tokens_do_not_spoil_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_SPEC", "r1")
    assert score(RIGHT)["rewards"] == 1.0


def test_a_batch_is_scored_in_order() -> None:
    queries = [PROMPT + text for text in (RIGHT, WRONG)]
    assert reward_func(queries, [PROMPT] * 2, ["4"] * 2)["rewards"] == [1.0, 0.0]


def test_nothing_asked_is_nothing_rewarded() -> None:
    assert reward_func([], [], [])["rewards"] == []


@pytest.mark.parametrize(
    "end",
    [
        "<|im_end|>",
        "</s>",
        "<eos>\n",
        "<\uff5cend\u2581of\u2581sentence\uff5c>",
        "<|eot_id|></s>",
        "\n[PAD]",
    ],
)
def test_what_the_tokenizer_puts_behind_is_not_the_completion(end: str) -> None:
    assert split(f"{PROMPT}{RIGHT}{end}", PROMPT) == RIGHT


@pytest.mark.parametrize("text", ["a</think>", "b</answer>", "x < 3", "|a|", "[1, 2]"])
def test_what_the_policy_wrote_stays(text: str) -> None:
    assert split(PROMPT + text, PROMPT) == text


def test_a_prompt_whose_beginning_was_decoded_otherwise_is_still_found() -> None:
    assert split(f"<s> {PROMPT}{RIGHT}", PROMPT) == RIGHT


def test_a_query_without_its_prompt_is_no_completion() -> None:
    assert split(RIGHT, PROMPT) is None


def test_a_query_without_its_prompt_raises() -> None:
    with pytest.raises(InvalidReference, match="prompt"):
        reward_func([RIGHT], [PROMPT], ["4"])


def test_a_bad_reference_raises() -> None:
    with pytest.raises(InvalidReference):
        score(RIGHT, BAD_REFERENCE)


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_raises() -> None:
    with pytest.raises(Unscored):
        score(RIGHT)


@pytest.mark.usefixtures("down")
def test_a_service_that_is_down_can_be_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "-0.5")
    found = score(RIGHT)
    assert (found["rewards"], found["extra_logs"]) == (-0.5, {"verifier_null": 1.0})


def test_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "none")
    with pytest.raises(CallerError, match="OpenRLHF"):
        score(RIGHT)


def test_the_file_can_be_loaded_by_its_path() -> None:
    path = Path(openrlhf.__file__)
    spec = importlib.util.spec_from_file_location("reward_func", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.reward_func([PROMPT + RIGHT], [PROMPT], ["4"])["rewards"] == 1.0


async def test_samples_in_threads_share_requests(service: Served) -> None:
    before = requests_to(service)
    found = await asyncio.gather(*(asyncio.to_thread(score, RIGHT) for _ in range(64)))
    assert [row["rewards"] for row in found] == [1.0] * 64
    assert requests_to(service) - before < 64
