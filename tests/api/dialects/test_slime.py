"""/rm: what slime and miles send, and what they then believe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx2

pytestmark = pytest.mark.service

# As captured from slime 624b824, with a box.
BODY = {
    "prompt": [{"role": "user", "content": "6*7?"}],
    "response": "it is \\boxed{42}",
    "label": "42",
}
TESTS = '{"tests": {"inputs": ["2"], "outputs": ["4"]}}'
CODE = {"response": "```python\nprint(2 * int(input()))\n```", "label": TESTS}
CODED = {"spec": "code", "reference": "json"}


def ask(http: httpx2.Client, fields: object = None, **query: Any) -> httpx2.Response:  # noqa: ANN401 - JSON
    body = BODY | (fields if isinstance(fields, dict) else {})
    return http.post("/rm", json=body, params=query)


def believed(http: httpx2.Client, fields: object = None, **query: Any) -> float | None:  # noqa: ANN401 - JSON
    """The sample's reward; None where slime raises after its ten tries."""
    answers = [ask(http, fields, **query) for _ in range(2)]
    rewards = [answer.json() for answer in answers if answer.is_success]
    if not rewards:
        return None
    assert isinstance(rewards[0], float)
    return rewards[0]


def test_a_captured_body_is_answered_with_a_number(client: httpx2.Client) -> None:
    answer = ask(client)
    assert (answer.text, answer.headers["content-type"]) == ("1.0", "application/json")


def test_a_wrong_answer_is_believed_to_be_0(client: httpx2.Client) -> None:
    assert believed(client, {"response": "\\boxed{41}"}) == 0.0


def test_a_reward_key_finds_a_number(client: httpx2.Client) -> None:
    told = ask(client, **{"as": "dict"}).json()
    assert told == {"score": 1.0, "unscored": 0.0, "checks": {"accuracy": 1.0}, "reason": None}


def test_a_label_may_be_a_typed_reference(client: httpx2.Client) -> None:
    label = '{"value": "B", "type": "choice"}'
    found = [
        believed(client, {"response": f"\\boxed{{{letter}}}", "label": label}, reference="json")
        for letter in "BA"
    ]
    assert found == [1.0, 0.0]


def test_a_label_may_hold_tests(client: httpx2.Client) -> None:
    assert believed(client, CODE, **CODED) == 1.0


def test_a_gold_that_cannot_be_read_is_never_believed(client: httpx2.Client) -> None:
    assert believed(client, {"label": "{"}, reference="json") is None


def test_a_sample_without_a_label_is_never_believed(client: httpx2.Client) -> None:
    assert believed(client, {"label": None}) is None


def test_without_a_sandbox_no_reward_is_believed(without_sandbox: httpx2.Client) -> None:
    assert believed(without_sandbox, CODE, within=1, **CODED) is None


def test_a_number_may_stand_for_what_is_not_scored(without_sandbox: httpx2.Client) -> None:
    query = {"as": "dict", "within": 1, "on_unscored": 0.25, **CODED}
    told = ask(without_sandbox, CODE, **query).json()
    assert (told["score"], told["unscored"]) == (0.25, 1.0)
    assert "VERIFIER_SANDBOX" in told["reason"]


def test_a_full_queue_is_held_and_then_refused(overloaded: httpx2.Client) -> None:
    assert ask(overloaded, within=1).status_code == 429


def test_a_deadline_that_passes_is_no_reward(busy: httpx2.Client) -> None:
    fresh = CODE | {"response": "```python\nprint(4)\n```"}
    assert ask(busy, fresh, within=1, **CODED).status_code == 503


def test_a_templated_prompt_may_have_begun_the_thinking(client: httpx2.Client) -> None:
    response = {"response": "a</think><answer>\\boxed{42}</answer>"}
    found = [
        believed(client, response | {"prompt": prompt}, spec="r1")
        for prompt in ("<|assistant|><think>\n", "<|assistant|>")
    ]
    assert found == [1.0, 0.5]


@pytest.mark.parametrize("body", [{}, [], "x", {"response": None}], ids=str)
def test_a_wrong_body_is_a_problem(client: httpx2.Client, body: object) -> None:
    answer = client.post("/rm", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
