"""OpenRLHF's /get_reward: what its agent sends, and what it then believes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from verifier.api.dialects.openrlhf import response_start, without_last_tokens

if TYPE_CHECKING:
    import httpx2

# As captured from OpenRLHF 0.11.2, with a box.
BODY = {"query": ["Q: 6*7? A: \\boxed{42}"], "prompts": ["Q: 6*7?"], "labels": ["42"]}
PROMPT = "<|im_start|>user\nBox it: \\boxed{42}<|im_end|>\n<|im_start|>assistant\n"
TESTS = '{"inputs": ["2"], "outputs": ["4"]}'
CODE = "```python\nprint(2 * int(input()))\n```"


def ask(
    http: httpx2.Client,
    response: str,
    label: object = "42",
    prompt: str = PROMPT,
    **query: Any,  # noqa: ANN401 - JSON
) -> httpx2.Response:
    body = {"query": [prompt + response], "prompts": [prompt], "labels": [label]}
    return http.post("/get_reward", json=body, params=query)


def believed(http: httpx2.Client, body: dict[str, Any], **query: Any) -> float | None:  # noqa: ANN401 - JSON
    """The reward of the one sample; None where its client fails after five tries."""
    for _ in range(5):
        answer = http.post("/get_reward", json=body, params=query)
        if answer.is_success:
            (reward,) = answer.json()["rewards"]
            return float(reward)
    return None


pytestmark = pytest.mark.service


def test_a_captured_body_is_answered(client: httpx2.Client) -> None:
    told = client.post("/get_reward", json=BODY).json()
    assert told == {"rewards": [1.0], "scores": [1.0]}


def test_a_wrong_answer_is_believed_to_be_0(client: httpx2.Client) -> None:
    assert believed(client, BODY | {"labels": ["43"]}) == 0.0


def test_an_answer_in_the_prompt_counts_for_nothing(client: httpx2.Client) -> None:
    assert ask(client, "I do not know<|im_end|>").json()["rewards"] == [0.0]


def test_end_tokens_are_no_part_of_the_answer(client: httpx2.Client) -> None:
    answer = ask(client, "It is\n42<|im_end|><|endoftext|>", prompt="<s>Q</s>", spec="line")
    assert answer.status_code == 404  # a spec has to be there
    assert ask(client, "\\boxed{42}<|im_end|><|endoftext|>").json()["rewards"] == [1.0]


def test_empty_lists_are_answered_with_empty_lists(client: httpx2.Client) -> None:
    """A second URL gets them for each sample."""
    told = client.post("/get_reward", json={"query": [], "prompts": [], "labels": []}).json()
    assert told == {"rewards": [], "scores": []}


def test_a_batch_keeps_its_order(client: httpx2.Client) -> None:
    body = {
        "query": [f"Q\\boxed{{{n}}}" for n in range(20)],
        "prompts": ["Q"] * 20,
        "labels": ["7"] * 20,
    }
    rewards = client.post("/get_reward", json=body).json()["rewards"]
    assert rewards == [float(n == 7) for n in range(20)]


def test_the_spec_is_that_of_the_url(client: httpx2.Client) -> None:
    response = "<think>a</think><answer>\\boxed{42}</answer><|im_end|>"
    assert ask(client, response, spec="r1").json()["rewards"] == [1.0]


def test_a_completion_continues_the_thinking_that_the_prompt_began(client: httpx2.Client) -> None:
    response = "a</think><answer>\\boxed{42}</answer><|im_end|>"
    found = [
        ask(client, response, prompt=prompt, spec="r1").json()["rewards"][0]
        for prompt in (PROMPT + "<think>\n", PROMPT)
    ]
    assert found == [1.0, 0.5]


def test_logs_are_numbers_with_the_same_keys_for_every_sample(client: httpx2.Client) -> None:
    told = ask(client, "\\boxed{42}", extra_logs=1).json()
    assert told["extra_logs"] == {
        "accuracy": [1.0],
        "verifier_abstained": [0.0],
        "verifier_unscored": [0.0],
    }


def test_labels_may_be_tests(client: httpx2.Client) -> None:
    found = [
        ask(client, code, TESTS, spec="code", reference="tests").json()["rewards"][0]
        for code in (CODE, CODE.replace("2 *", "3 *"))
    ]
    assert found == [1.0, 0.0]


def test_a_gold_that_cannot_be_read_is_never_believed(client: httpx2.Client) -> None:
    query, prompts = [PROMPT + CODE], [PROMPT]
    body = {"query": query, "prompts": prompts, "labels": ['{"kind": "stdio"}']}
    assert believed(client, body, spec="code", reference="tests") is None


def test_a_label_of_null_is_the_callers_fault(client: httpx2.Client) -> None:
    answer = ask(client, "\\boxed{42}", None)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-reference")


def test_a_query_that_is_not_its_prompts_is_the_callers_fault(client: httpx2.Client) -> None:
    body = {"query": ["other \\boxed{42}"], "prompts": ["Q"], "labels": ["42"]}
    assert client.post("/get_reward", json=body).status_code == 422


def test_without_a_sandbox_no_reward_is_believed(without_sandbox: httpx2.Client) -> None:
    body = {"query": [PROMPT + CODE], "prompts": [PROMPT], "labels": [TESTS]}
    assert believed(without_sandbox, body, spec="code", reference="tests", within=1) is None


def test_a_number_may_stand_for_what_is_not_scored(without_sandbox: httpx2.Client) -> None:
    wishes: dict[str, Any] = {"spec": "code", "reference": "tests", "within": 1}
    answer = ask(without_sandbox, CODE, TESTS, on_unscored=-0.5, extra_logs=1, **wishes).json()
    assert (answer["rewards"], answer["scores"]) == ([-0.5], [0.0])
    assert answer["extra_logs"]["verifier_unscored"] == [1.0]


def test_a_full_queue_is_held_and_then_refused(overloaded: httpx2.Client) -> None:
    assert ask(overloaded, "\\boxed{42}", within=1).status_code == 429


def test_a_full_queue_that_empties_in_time_costs_nothing(overloaded: httpx2.Client) -> None:
    assert ask(overloaded, "\\boxed{42}").json()["rewards"] == [1.0]


def test_a_deadline_that_passes_is_no_reward(busy: httpx2.Client) -> None:
    answer = ask(busy, CODE + "\n", TESTS, spec="code", reference="tests", within=1)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unscored")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"query": ["a"], "prompts": [], "labels": []},
        {"query": "a", "prompts": "a", "labels": "a"},
        {"query": [1], "prompts": [""], "labels": ["1"]},
    ],
    ids=str,
)
def test_a_wrong_body_is_a_problem(client: httpx2.Client, body: object) -> None:
    answer = client.post("/get_reward", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    "query", [{"on_unscored": "nan"}, {"on_unscored": "none"}, {"within": 0}, {"reference": "?"}]
)
def test_a_wish_that_is_none_is_a_problem(client: httpx2.Client, query: dict[str, Any]) -> None:
    assert client.post("/get_reward", json=BODY, params=query).status_code == 422


@pytest.mark.parametrize(
    ("query", "prompt", "response"),
    [
        ("Q: A", "Q:", " A"),
        ("<s> Q: A", "Q:", " A"),
        ("<s>Q A", "<s> Q", " A"),
        ("<|begin|>user\nQ<|end|>A", "user\nQ", "<|end|>A"),
        ("Q A", "<s>Q", " A"),
        ("Q", "Q ", ""),
        ("A", "", "A"),
        ("<｜begin▁of▁sentence｜>QA", "Q", "A"),  # noqa: RUF001 - DeepSeek's tokens have these bars
    ],
)
def test_the_response_begins_where_the_prompt_ends(query: str, prompt: str, response: str) -> None:
    start = response_start(query, prompt)
    assert start is not None
    assert query[start:] == response


@pytest.mark.parametrize(("query", "prompt"), [("Q", "R"), ("", "Q"), ("Q", "QR"), ("QA", "Q<|")])
def test_another_prompt_is_told(query: str, prompt: str) -> None:
    assert response_start(query, prompt) is None


@pytest.mark.parametrize(
    ("response", "found"),
    [
        ("a<|im_end|>", "a"),
        ("a</s></s>\n<pad><pad>", "a"),
        ("a\n<|eot_id|>\n", "a\n"),
        ("a<｜end▁of▁sentence｜>", "a"),  # noqa: RUF001 - DeepSeek's tokens have these bars
        ("a </think>", "a </think>"),
        ("<|im_end|> a", "<|im_end|> a"),
        ("", ""),
        ("</s>" * 100_000, ""),
    ],
    ids=lambda one: one[:20],
)
def test_last_tokens_go(response: str, found: str) -> None:
    assert without_last_tokens(response) == found
