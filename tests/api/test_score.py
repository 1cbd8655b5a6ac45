"""POST /v1/score: one reward for each rollout, whatever is in them."""

from __future__ import annotations

import json
import time
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx2

JSON = {"Content-Type": "application/json"}
RIGHT = {"completion": "so \\boxed{4}", "reference": "4"}
WRONG = {"completion": "so \\boxed{5}", "reference": "4"}
THINKING = {"name": "thinking", "checks": [{"id": "format", "check": "think_format"}]}
TEXT = {"name": "text", "checks": [{"id": "same", "check": "exact_match"}]}
# Each answer takes algebra the third of a second that this spec grants.
SLOWLY = {
    "name": "slowly",
    "checks": [{"id": "a", "check": "math_equivalence", "params": {"cpu_seconds": 0.3}}],
}
_fresh = count(3)


def score(http: httpx2.Client, *rollouts: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
    """The rewards of a request that is accepted."""
    answer = http.post("/v1/score", json={"rollouts": rollouts, **fields})
    assert answer.status_code == 200, answer.text
    rewards: list[dict[str, Any]] = answer.json()["rewards"]
    return rewards


def slow(number: int = 4) -> list[dict[str, Any]]:
    """Rollouts that take seconds, and that nobody has asked about before."""
    integrals = (
        f"\\int_0^1 \\frac{{\\sin(x^3)}}{{1+x^{{{next(_fresh)}}}}} dx" for _ in range(number)
    )
    return [
        {"completion": f"\\boxed{{{i}}}", "reference": i + "+1", "spec": SLOWLY} for i in integrals
    ]


def test_a_right_answer_earns_1(http: httpx2.Client) -> None:
    assert score(http, RIGHT)[0]["reward"] == 1.0


def test_a_wrong_answer_earns_0(http: httpx2.Client) -> None:
    assert score(http, WRONG)[0]["reward"] == 0.0


def test_rewards_keep_the_order_of_the_request(http: httpx2.Client) -> None:
    rollouts = [
        {"id": f"r{n}", "completion": f"{n}: \\boxed{{{n % 3}}}", "reference": "2"}
        for n in range(100)
    ]
    found = [(r["id"], r["reward"]) for r in score(http, *rollouts)]
    assert found == [(f"r{n}", float(n % 3 == 2)) for n in range(100)]


def test_the_order_is_kept_across_specs(http: httpx2.Client) -> None:
    specs: list[Any] = ["math", "r1", TEXT]
    rollouts = [{**RIGHT, "id": f"r{n}", "spec": specs[n % 3]} for n in range(30)]
    found = [(r["id"], r["spec"]) for r in score(http, *rollouts)]
    assert found == [(f"r{n}", ("math", "r1", "text")[n % 3]) for n in range(30)]


def test_an_id_that_is_not_given_is_the_position(http: httpx2.Client) -> None:
    assert [r["id"] for r in score(http, RIGHT, {**RIGHT, "id": "mine"}, WRONG)] == [
        "0",
        "mine",
        "2",
    ]


def test_the_group_comes_back(http: httpx2.Client) -> None:
    assert score(http, {**RIGHT, "group": 'a "prompt"'})[0]["group"] == 'a "prompt"'


def test_an_id_comes_back_as_it_was(http: httpx2.Client) -> None:
    name = 'π "\\\n\u202e\u0000'
    assert score(http, {**RIGHT, "id": name})[0]["id"] == name


@pytest.mark.parametrize("ids", [("a", "a"), ("1", "")])
def test_two_rollouts_with_one_id_are_refused(http: httpx2.Client, ids: tuple[str, str]) -> None:
    rollouts = [{**RIGHT, "id": name} for name in ids]
    answer = http.post("/v1/score", json={"rollouts": rollouts})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")


def test_a_repeated_id_is_named(http: httpx2.Client) -> None:
    rollouts = [*({**RIGHT, "id": f"r{n}"} for n in range(500)), {**RIGHT, "id": "r321"}]
    assert "'r321'" in http.post("/v1/score", json={"rollouts": rollouts}).json()["detail"]


def test_equal_rollouts_earn_the_same_each_with_its_own_id(http: httpx2.Client) -> None:
    found = score(http, *({**RIGHT, "id": f"copy {n}", "group": str(n % 2)} for n in range(16)))
    assert [(r["id"], r["group"], r["reward"]) for r in found] == [
        (f"copy {n}", str(n % 2), 1.0) for n in range(16)
    ]


def test_no_rollouts_are_refused(http: httpx2.Client) -> None:
    assert http.post("/v1/score", json={"rollouts": []}).status_code == 422


def test_a_key_that_nobody_knows_is_refused(http: httpx2.Client) -> None:
    answer = http.post("/v1/score", json={"rollouts": [{**RIGHT, "anwser": "4"}]})
    assert answer.json()["errors"][0]["field"] == "rollouts.0.anwser"


@pytest.mark.parametrize("escape", ["\\ud800", "\\udc00", "\\udc00\\ud800", "\\uDBFFx"])
def test_a_lone_surrogate_does_not_cost_the_batch(http: httpx2.Client, escape: str) -> None:
    body = (
        f'{{"rollouts":[{{"completion":"{escape} so \\\\boxed{{4}}","reference":"4"}},'
        f'{{"completion":"so \\\\boxed{{4}}","reference":"4"}}]}}'
    )
    answer = http.post("/v1/score", content=body, headers=JSON)
    assert [r["reward"] for r in answer.json()["rewards"]] == [1.0, 1.0]


def test_a_lone_surrogate_at_the_end_is_read_as_the_replacement_character(
    http: httpx2.Client,
) -> None:
    body = (
        '{"rollouts":[{"completion":"<answer>a\\ud83d</answer>","reference":"a\\ufffd"}],"spec":'
        + json.dumps(TEXT)
        + "}"
    )
    answer = http.post("/v1/score", content=body, headers=JSON)
    assert answer.json()["rewards"][0]["reward"] == 1.0


def test_a_surrogate_pair_stays_one_character(http: httpx2.Client) -> None:
    body = (
        '{"rollouts":[{"completion":"\\ud800<answer>\\ud83d\\ude00</answer>","reference":"😀"}],'
        '"spec":' + json.dumps(TEXT) + "}"
    )
    answer = http.post("/v1/score", content=body.encode(), headers=JSON)
    assert answer.json()["rewards"][0]["reward"] == 1.0


@pytest.mark.parametrize(
    "noise",
    [
        "\u0000",
        "\u202e\u2066",
        "\ufeff",
        "\ufffd\uffff",
        "\U0010ffff",
        "e\u0301" * 99,
        "\r\n\u2028",
    ],
    ids=["NUL", "bidi", "BOM", "noncharacters", "last code point", "combining", "line breaks"],
)
def test_odd_characters_around_an_answer_do_not_matter(http: httpx2.Client, noise: str) -> None:
    rollout = {"completion": f"{noise} so \\boxed{{4}} {noise}", "reference": "4"}
    assert score(http, rollout)[0]["reward"] == 1.0


def test_an_empty_completion_has_no_answer(http: httpx2.Client) -> None:
    found = score(http, {"completion": "", "reference": "4"})[0]
    assert (found["reward"], found["verdicts"][0]["outcome"]) == (0.0, "no_answer")


@pytest.mark.parametrize("reference", [4, 4.0])
def test_a_reference_may_be_a_number(http: httpx2.Client, reference: float) -> None:
    assert score(http, {**RIGHT, "reference": reference})[0]["reward"] == 1.0


def test_a_reference_may_say_its_type(http: httpx2.Client) -> None:
    reference = {"value": "4", "type": "number"}
    assert score(http, {**RIGHT, "reference": reference})[0]["reward"] == 1.0


def test_true_is_no_reference(http: httpx2.Client) -> None:
    assert http.post("/v1/score", json={"rollouts": [{**RIGHT, "reference": True}]}).is_error


def test_an_infinite_reference_is_the_callers_fault_and_no_zero(http: httpx2.Client) -> None:
    body = '{"rollouts":[{"completion":"\\\\boxed{4}","reference":1e999}]}'
    answer = http.post("/v1/score", content=body, headers=JSON)
    assert answer.is_error or answer.json()["rewards"][0]["status"] == "invalid"


def test_a_missing_reference_is_the_callers_fault_and_no_zero(http: httpx2.Client) -> None:
    found = score(http, {"completion": "\\boxed{4}"}, RIGHT)
    assert [(r["reward"], r["status"]) for r in found] == [(None, "invalid"), (1.0, "scored")]


def test_of_messages_the_assistants_are_judged(http: httpx2.Client) -> None:
    messages = [
        {"role": "assistant", "content": "so \\boxed{4}", "name": "R1"},
        {"role": "user", "content": "no, \\boxed{5}"},
    ]
    assert score(http, {"completion": messages, "reference": "4"})[0]["reward"] == 1.0


def test_a_prefix_of_the_template_counts_as_completion(http: httpx2.Client) -> None:
    bare = "step</think><answer>4</answer>"
    found = score(http, {"completion": bare, "prefix": "<think>"}, {"completion": bare},
                  spec=THINKING)  # fmt: skip
    assert [r["reward"] for r in found] == [1.0, 0.0]


def test_the_request_names_the_spec_of_all(http: httpx2.Client) -> None:
    assert {r["spec"] for r in score(http, RIGHT, WRONG, spec="r1")} == {"r1"}


def test_a_request_without_a_spec_gets_the_servers(http: httpx2.Client) -> None:
    assert score(http, RIGHT)[0]["spec"] == "math"


def test_a_rollout_may_name_a_spec_of_its_own(http: httpx2.Client) -> None:
    found = score(http, {**RIGHT, "spec": "math"}, RIGHT, spec="r1")
    assert [r["reward"] for r in found] == [1.0, 0.5]


def test_a_rollout_may_write_out_a_spec_of_its_own(http: httpx2.Client) -> None:
    worth_7 = {"name": "seven", "checks": [{"id": "a", "check": "math_equivalence", "high": 7}]}
    found = score(http, {**RIGHT, "spec": worth_7}, RIGHT)
    assert [r["reward"] for r in found] == [7.0, 1.0]


def test_a_spec_written_out_may_be_the_requests(http: httpx2.Client) -> None:
    assert score(http, RIGHT, spec=TEXT)[0]["spec"] == "text"


@pytest.mark.parametrize("name", ["nobodys", ""])
def test_a_spec_that_is_not_there_is_not_found(http: httpx2.Client, name: str) -> None:
    answer = http.post("/v1/score", json={"rollouts": [RIGHT], "spec": name})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize("spec", [{}, {"name": "x", "checks": []}, {**TEXT, "weigth": 1}])
def test_a_spec_that_cannot_be_used_is_refused(http: httpx2.Client, spec: dict[str, Any]) -> None:
    answer = http.post("/v1/score", json={"rollouts": [RIGHT], "spec": spec})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-spec")


def test_one_rollouts_unusable_spec_is_refused_before_anything_is_scored(
    http: httpx2.Client,
) -> None:
    answer = http.post("/v1/score", json={"rollouts": [RIGHT, {**RIGHT, "spec": {}}]})
    assert answer.status_code == 422


def test_a_reward_names_the_fingerprint_of_its_spec(http: httpx2.Client) -> None:
    spec = http.get("/v1/specs/math").json()
    assert score(http, RIGHT)[0]["fingerprint"] == spec["fingerprint"]


def test_a_reward_names_the_versions_that_decided(http: httpx2.Client) -> None:
    assert score(http, RIGHT)[0]["versions"] == http.get("/version").json()["versions"]


def test_a_null_reward_names_fingerprint_and_versions_too(http: httpx2.Client) -> None:
    null = score(http, {"completion": "\\boxed{4}"})[0]
    assert (null["fingerprint"], null["versions"]) == (
        score(http, RIGHT)[0]["fingerprint"],
        http.get("/version").json()["versions"],
    )


def test_counts_add_up(http: httpx2.Client) -> None:
    rollouts = [RIGHT, WRONG, {"completion": "\\boxed{4}"}]
    answer = http.post("/v1/score", json={"rollouts": rollouts}).json()
    assert answer["counts"] == {"scored": 2, "invalid": 1, "unscored": 0}


def test_what_the_deadline_leaves_unjudged_is_null_and_never_0(http: httpx2.Client) -> None:
    found = score(http, *slow(), deadline_seconds=0.05)
    unjudged = [r for r in found if r["status"] == "unscored"]
    assert unjudged
    assert {r["reward"] for r in unjudged} == {None}


def test_an_unscored_reward_says_why_and_what_to_do(http: httpx2.Client) -> None:
    found = score(http, *slow(), deadline_seconds=0.05)
    assert any("deadline" in r["reason"] for r in found if r["status"] == "unscored")


def test_a_request_is_answered_by_its_deadline_and_half_a_second(http: httpx2.Client) -> None:
    rollouts = slow()
    started = time.monotonic()
    score(http, *rollouts, deadline_seconds=0.2)
    assert time.monotonic() - started < 0.2 + 0.5


@pytest.mark.parametrize("priority", ["train", "eval", "batch"])
def test_every_priority_is_worked_on(http: httpx2.Client, priority: str) -> None:
    rollout = {"completion": f"{priority}: \\boxed{{4}}", "reference": "4"}
    assert score(http, rollout, priority=priority)[0]["reward"] == 1.0


def test_the_same_key_and_body_get_the_same_answer(http: httpx2.Client) -> None:
    body = json.dumps({"rollouts": [RIGHT, WRONG, {"completion": "x"}]})
    headers = {**JSON, "Idempotency-Key": "score: the same again"}
    first, second = (http.post("/v1/score", content=body, headers=headers) for _ in range(2))
    assert first.content == second.content


def test_an_answer_with_a_key_is_in_order_and_counted(http: httpx2.Client) -> None:
    rollouts = [{**RIGHT, "completion": f"{n} \\boxed{{{n % 2}}}"} for n in range(80)]
    headers = {"Idempotency-Key": "score: in order"}
    answer = http.post("/v1/score", json={"rollouts": rollouts}, headers=headers).json()
    assert [r["id"] for r in answer["rewards"]] == [str(n) for n in range(80)]
    assert answer["counts"] == {"scored": 80, "invalid": 0, "unscored": 0}


def test_the_same_key_with_another_body_is_refused(http: httpx2.Client) -> None:
    headers = {"Idempotency-Key": "score: another body"}
    http.post("/v1/score", json={"rollouts": [RIGHT]}, headers=headers)
    answer = http.post("/v1/score", json={"rollouts": [WRONG]}, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-key-reused")
