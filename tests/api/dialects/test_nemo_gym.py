"""What clients of a NeMo Gym resources server send, and what they then believe."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    import httpx2

pytestmark = pytest.mark.service

# As captured from axolotl 0.19.0 and verifiers 0.4.0, with a box.
ROW: dict[str, Any] = {
    "expected_answer": "42",
    "question": "6*7?",
    "responses_create_params": {"input": [{"role": "user", "content": "6*7?"}]},
    "response": {
        "id": "resp",
        "created_at": 0.0,
        "model": "axolotl",
        "object": "response",
        "output": [
            {
                "id": "msg",
                "role": "assistant",
                "type": "message",
                "status": "completed",
                "content": [
                    {"type": "output_text", "text": "answer \\boxed{42}", "annotations": []}
                ],
            }
        ],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    },
}
TESTS = {"inputs": ["2"], "outputs": ["4"]}
CODE = "```python\nprint(2 * int(input()))\n```"
BASE = "/gym/math/answer/expected_answer"
CODE_BASE = "/gym/code/tests/verifier_metadata.unit_tests"


def row(text: str | None = None, **fields: object) -> dict[str, Any]:
    found = copy.deepcopy(ROW) | fields
    if text is not None:
        found["response"]["output"][0]["content"][0]["text"] = text
    return found


def coded(text: str = CODE) -> dict[str, Any]:
    return row(text, verifier_metadata={"unit_tests": TESTS})


def axolotl(http: httpx2.Client, url: str, body: object) -> float:
    """It makes 0 of everything but an answer."""
    answer = http.post(url, json=body)
    return float(answer.json().get("reward", 0.0)) if answer.is_success else 0.0


def verifiers(http: httpx2.Client, url: str, body: object) -> float | None:
    """It takes the request out of the answer, and drops the rollout of an error."""
    answer = http.post(url, json=body)
    if not answer.is_success:
        return None
    told = answer.json()
    del told["responses_create_params"], told["response"]
    return float(told["reward"])


def test_a_captured_row_comes_back_whole_with_its_reward(client: httpx2.Client) -> None:
    assert client.post("/verify", json=ROW).json() == ROW | {"reward": 1.0}


def test_nothing_of_the_row_is_changed(client: httpx2.Client) -> None:
    odd = row(x=[1, 1.0, None, {"ä": "\u2028"}], big=10**30, reward="mine")
    odd["response"]["usage"] = {"tokens": 3}
    assert client.post("/verify", json=odd).json() == odd | {"reward": 1.0}


def test_a_wrong_answer_is_0(client: httpx2.Client) -> None:
    assert verifiers(client, "/verify", row("\\boxed{41}")) == 0.0


def test_the_path_says_how_to_judge(client: httpx2.Client) -> None:
    found = [
        verifiers(client, f"{BASE}/verify", ROW),
        verifiers(client, "/gym/math/answer/question/verify", ROW | {"question": "42"}),
        verifiers(client, f"{CODE_BASE}/verify", coded()),
        verifiers(client, f"{CODE_BASE}/verify", coded("```python\nprint(5)\n```")),
    ]
    assert found == [1.0, 1.0, 1.0, 0.0]


def test_the_query_says_it_as_well(client: httpx2.Client) -> None:
    query = "?spec=code&reference=tests&field=verifier_metadata.unit_tests"
    assert verifiers(client, f"/verify{query}", coded()) == 1.0


def test_reasoning_and_calls_are_no_text(client: httpx2.Client) -> None:
    body = row("\\boxed{42}")
    body["response"]["output"] += [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "\\boxed{1}"}]},
        {"type": "function_call", "arguments": "\\boxed{2}"},
    ]
    assert verifiers(client, "/verify", body) == 1.0


def test_seeding_a_session_changes_nothing(client: httpx2.Client) -> None:
    seeded = {key: value for key, value in ROW.items() if key != "response"}
    answers = [client.post(f"{base}/seed_session", json=seeded) for base in ("", BASE)]
    assert [(one.status_code, one.json()) for one in answers] == [(200, {})] * 2


def test_a_spec_that_is_not_there_is_told_at_the_start(client: httpx2.Client) -> None:
    answer = client.post("/gym/nobodys/answer/expected_answer/seed_session", json={})
    assert answer.status_code == 404


def test_a_gold_that_cannot_be_read_is_dropped(client: httpx2.Client) -> None:
    rows = [row(expected_answer=None), row(expected_answer=[1]), row(expected_answer={"a": 1})]
    assert [verifiers(client, "/verify", one) for one in rows] == [None] * 3


def test_without_a_sandbox_the_rollout_is_dropped(without_sandbox: httpx2.Client) -> None:
    query = "?spec=code&reference=tests&field=verifier_metadata.unit_tests&within=1"
    assert verifiers(without_sandbox, f"/verify{query}", coded()) is None
    assert axolotl(without_sandbox, f"/verify{query}", coded()) == 0.0


def test_nemo_gym_is_told_by_its_marks(without_sandbox: httpx2.Client) -> None:
    query = "?spec=code&reference=tests&field=verifier_metadata.unit_tests&within=1&mask=1"
    told = without_sandbox.post(f"/verify{query}", json=coded()).json()
    assert told["reward"] == 0.0
    assert told["_ng_failure_class"] == "judge_failed"
    assert (told["mask_sample"], told["instance_config"]) == (True, {"mask_sample": True})
    assert "VERIFIER_SANDBOX" in told["failure_reason"]


def test_a_full_queue_is_held_and_then_refused(overloaded: httpx2.Client) -> None:
    assert overloaded.post("/verify?within=1", json=ROW).status_code == 429


def test_a_full_queue_that_empties_in_time_costs_nothing(overloaded: httpx2.Client) -> None:
    assert verifiers(overloaded, "/verify", ROW) == 1.0


def test_a_deadline_that_passes_is_dropped(busy: httpx2.Client) -> None:
    query = "?spec=code&reference=tests&field=verifier_metadata.unit_tests&within=1"
    assert busy.post(f"/verify{query}", json=coded(CODE + " ")).status_code == 503


def test_axolotl_discovers_a_server_for_each_spec(client: httpx2.Client) -> None:
    config = yaml.safe_load(client.get("/global_config_dict_yaml").text)
    servers = {
        name: server
        for entry in yaml.safe_load(config).values()
        for name, server in entry["resources_servers"].items()
    }
    urls = {name: f"http://{s['host']}:{s['port']}/verify" for name, s in servers.items()}
    assert set(urls) == {"code", "math", "r1"}
    assert [axolotl(client, urls["math"], ROW), axolotl(client, urls["code"], coded())] == [1, 1]


def test_rewards_are_summed_up_by_task(client: httpx2.Client) -> None:
    rows = [(0, 1.0), (0, 0.0), (1, 1.0), (1, 1.0)]
    body = {"verify_responses": [{"_ng_task_index": t, "reward": r} for t, r in rows]}
    told = [client.post(f"{b}/aggregate_metrics", json=body).json() for b in ("", BASE)]
    assert told[0] == told[1]
    assert told[0]["key_metrics"] == {"mean/reward": 0.75}
    assert [one["mean/reward"] for one in told[0]["group_level_metrics"]] == [0.5, 1.0]
    tasks = [one["_ng_task_index"] for one in told[0]["group_level_metrics"]]
    assert json.dumps(tasks) == "[0, 1]"


def test_a_row_that_could_not_be_judged_is_in_no_mean(client: httpx2.Client) -> None:
    judged = client.post("/verify?mask=1", json=ROW | {"_ng_task_index": 0}).json()
    failed = client.post("/verify?mask=1", json=row(expected_answer=None, _ng_task_index=1)).json()
    assert (judged["reward"], failed["reward"]) == (1.0, 0.0)
    told = client.post("/aggregate_metrics", json={"verify_responses": [judged, failed]}).json()
    assert told["key_metrics"] == {"mean/reward": 1.0}
    assert [one["_ng_task_index"] for one in told["group_level_metrics"]] == [0]


def test_no_rewards_have_no_statistics(client: httpx2.Client) -> None:
    told = client.post("/aggregate_metrics", json={"verify_responses": []}).json()
    assert told == {"group_level_metrics": [], "agent_metrics": {}, "key_metrics": {}}


@pytest.mark.parametrize(
    "body",
    [{}, [], {"response": []}, {"response": {}}, {"response": {"output": "x"}}],
    ids=json.dumps,
)
def test_a_wrong_body_is_a_problem(client: httpx2.Client, body: object) -> None:
    answer = client.post("/verify", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
