"""Every limit of /v1/limits: what stands at it is served, one past it is refused."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from tests.api.test_score import JSON, RIGHT, TEXT, slow
from verifier.bench.served import served

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def limits(http: httpx2.Client) -> dict[str, Any]:
    """What /v1/limits says."""
    found: dict[str, Any] = http.get("/v1/limits").json()
    return found


def padded(size: int) -> bytes:
    """A request of so many bytes, most of them blanks."""
    body = json.dumps({"rollouts": [RIGHT]}).encode()
    return body + b" " * (size - len(body))


def answer_of(chars: int) -> str:
    """A completion of so many characters with the answer 4."""
    return "\\boxed{4}".rjust(chars)


def spec_of(chars: int) -> dict[str, Any]:
    """A spec that takes so many characters as JSON."""
    spec = {**TEXT, "description": ""}
    return {**spec, "description": "d" * (chars - len(json.dumps(spec)))}


def test_the_limits_are_those_that_were_set(limits: dict[str, Any]) -> None:
    names = ("body_bytes", "rollouts", "completion_chars", "reference_chars", "wait_seconds")
    assert [limits[name] for name in names] == [8 << 20, 512, 400_000, 10_000, 30]


def test_a_body_at_the_limit_is_served(http: httpx2.Client, limits: dict[str, Any]) -> None:
    answer = http.post("/v1/score", content=padded(limits["body_bytes"]), headers=JSON)
    assert answer.status_code == 200


def test_a_body_past_the_limit_is_413(http: httpx2.Client, limits: dict[str, Any]) -> None:
    answer = http.post("/v1/score", content=padded(limits["body_bytes"] + 1), headers=JSON)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")


def test_a_body_that_does_not_say_its_length_is_served_at_the_limit(
    http: httpx2.Client, limits: dict[str, Any]
) -> None:
    answer = http.post("/v1/score", content=chunks(padded(limits["body_bytes"])), headers=JSON)
    assert answer.status_code == 200


def test_a_body_that_does_not_say_its_length_is_413_past_the_limit(
    http: httpx2.Client, limits: dict[str, Any]
) -> None:
    answer = http.post("/v1/score", content=chunks(padded(limits["body_bytes"] + 1)), headers=JSON)
    assert answer.status_code == 413


def chunks(body: bytes) -> Iterator[bytes]:
    """A body in parts, which is sent without a Content-Length."""
    for start in range(0, len(body), 1 << 18):
        yield body[start : start + (1 << 18)]


def test_a_ticket_has_the_same_limit_of_bytes(http: httpx2.Client, limits: dict[str, Any]) -> None:
    answer = http.post("/v1/tickets", content=padded(limits["body_bytes"] + 1), headers=JSON)
    assert answer.status_code == 413


def test_a_spec_to_validate_may_have_a_mebibyte(http: httpx2.Client) -> None:
    body = json.dumps({"spec": TEXT}).encode().ljust((1 << 20) + 1)
    statuses = [
        http.post("/v1/specs/validate", content=content, headers=JSON).status_code
        for content in (body[:-1], body)
    ]
    assert statuses == [200, 413]


def test_rollouts_at_the_limit_are_scored(http: httpx2.Client, limits: dict[str, Any]) -> None:
    answer = http.post("/v1/score", json={"rollouts": [RIGHT] * limits["rollouts"]})
    assert answer.json()["counts"]["scored"] == limits["rollouts"]


def test_rollouts_past_the_limit_are_422(http: httpx2.Client, limits: dict[str, Any]) -> None:
    answer = http.post("/v1/score", json={"rollouts": [RIGHT] * (limits["rollouts"] + 1)})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")


def test_a_completion_at_the_limit_is_scored(http: httpx2.Client, limits: dict[str, Any]) -> None:
    rollout = {**RIGHT, "completion": answer_of(limits["completion_chars"])}
    assert http.post("/v1/score", json={"rollouts": [rollout]}).json()["rewards"][0]["reward"] == 1


def test_a_completion_past_the_limit_is_invalid_and_its_neighbours_are_scored(
    http: httpx2.Client, limits: dict[str, Any]
) -> None:
    long = {**RIGHT, "completion": answer_of(limits["completion_chars"] + 1)}
    rewards = http.post("/v1/score", json={"rollouts": [RIGHT, long, RIGHT]}).json()["rewards"]
    found = [(r["status"], r["reward"]) for r in rewards]
    assert found == [("scored", 1.0), ("invalid", None), ("scored", 1.0)]


def test_a_completion_past_the_limit_is_told_the_limit(
    http: httpx2.Client, limits: dict[str, Any]
) -> None:
    long = {**RIGHT, "completion": answer_of(limits["completion_chars"] + 1)}
    reward = http.post("/v1/score", json={"rollouts": [long]}).json()["rewards"][0]
    assert str(limits["completion_chars"]) in reward["reason"]


def test_characters_are_counted_and_not_bytes(http: httpx2.Client, limits: dict[str, Any]) -> None:
    wide = "😀" * (limits["completion_chars"] - 9) + "\\boxed{4}"
    answer = http.post("/v1/score", json={"rollouts": [{**RIGHT, "completion": wide}]})
    assert answer.json()["rewards"][0]["status"] == "scored"


def test_the_prefix_counts_with_the_completion(http: httpx2.Client, limits: dict[str, Any]) -> None:
    rollout = {"completion": answer_of(limits["completion_chars"]), "prefix": "<", "reference": 4}
    reward = http.post("/v1/score", json={"rollouts": [rollout]}).json()["rewards"][0]
    assert reward["status"] == "invalid"


@pytest.mark.parametrize(("surplus", "status"), [(0, "scored"), (1, "invalid")])
def test_a_reference_past_the_limit_is_invalid(
    http: httpx2.Client, limits: dict[str, Any], surplus: int, status: str
) -> None:
    rollout = {"completion": "x", "reference": "r" * (limits["reference_chars"] + surplus)}
    answer = http.post("/v1/score", json={"rollouts": [rollout, RIGHT], "spec": TEXT}).json()
    assert [r["status"] for r in answer["rewards"]] == [status, "scored"]


@pytest.mark.parametrize("field", ["id", "group"])
@pytest.mark.parametrize(("surplus", "status"), [(0, 200), (1, 422)])
def test_ids_and_groups_past_the_limit_are_422(
    http: httpx2.Client, limits: dict[str, Any], field: str, surplus: int, status: int
) -> None:
    rollout = {**RIGHT, field: "i" * (limits["id_chars"] + surplus)}
    assert http.post("/v1/score", json={"rollouts": [rollout]}).status_code == status


@pytest.mark.parametrize(("surplus", "status"), [(0, 200), (1, 422)])
def test_a_spec_past_the_limit_of_characters_is_422(
    http: httpx2.Client, limits: dict[str, Any], surplus: int, status: int
) -> None:
    spec = spec_of(limits["spec_chars"] + surplus)
    assert http.post("/v1/score", json={"rollouts": [RIGHT], "spec": spec}).status_code == status


@pytest.mark.parametrize(("surplus", "status"), [(0, 200), (1, 422)])
def test_yaml_past_the_limit_of_characters_is_422(
    http: httpx2.Client, limits: dict[str, Any], surplus: int, status: int
) -> None:
    text = "name: y\nchecks: [{id: a, check: exact_match}]\n"
    text += "#" * (limits["spec_chars"] + surplus - len(text))
    assert http.post("/v1/specs/validate", json={"yaml": text}).status_code == status


@pytest.mark.parametrize(("surplus", "status"), [(0, 200), (1, 422)])
def test_a_spec_past_the_limit_of_checks_is_422(
    http: httpx2.Client, limits: dict[str, Any], surplus: int, status: int
) -> None:
    checks = [
        {"id": f"c{n}", "check": "exact_match"} for n in range(limits["spec_checks"] + surplus)
    ]
    answer = http.post("/v1/specs/validate", json={"spec": {"name": "many", "checks": checks}})
    assert answer.status_code == status


@pytest.mark.parametrize(("surplus", "status"), [(0, 200), (0.5, 422)])
def test_a_deadline_past_the_limit_is_422(
    http: httpx2.Client, limits: dict[str, Any], surplus: float, status: int
) -> None:
    seconds = limits["max_deadline_seconds"] + surplus
    answer = http.post("/v1/score", json={"rollouts": [RIGHT], "deadline_seconds": seconds})
    assert answer.status_code == status


@pytest.mark.parametrize("seconds", ["0", "-1", "NaN", "1e999", '"1"'])
def test_a_deadline_that_is_no_time_is_422(http: httpx2.Client, seconds: str) -> None:
    body = f'{{"rollouts":[{json.dumps(RIGHT)}],"deadline_seconds":{seconds}}}'
    assert http.post("/v1/score", content=body, headers=JSON).status_code == 422


def test_a_wait_past_the_limit_is_served_like_the_limit(http: httpx2.Client) -> None:
    location = http.post("/v1/tickets", json={"rollouts": [RIGHT]}).headers["location"]
    assert http.get(location, params={"wait": "1e300"}).json()["status"] == "done"


def test_a_wait_is_cut_to_the_limit() -> None:
    with served(VERIFIER_MAX_WAIT_SECONDS="0", VERIFIER_TRAIN_WORKERS="1") as patient:
        location = httpx2.post(f"{patient.url}/v1/tickets", json={"rollouts": slow()}).headers[
            "location"
        ]
        started = time.monotonic()
        status = httpx2.get(patient.url + location, params={"wait": 5}).json()["status"]
    assert (status, time.monotonic() - started < 5) == ("pending", True)


@pytest.mark.parametrize(("chars", "status"), [(256, 200), (257, 422)])
def test_an_idempotency_key_past_the_limit_is_422(
    http: httpx2.Client, chars: int, status: int
) -> None:
    headers = {"Idempotency-Key": "k" * chars}
    answer = http.post("/v1/score", json={"rollouts": [RIGHT]}, headers=headers)
    assert answer.status_code == status


def test_an_empty_idempotency_key_is_422(http: httpx2.Client) -> None:
    headers = {"Idempotency-Key": ""}
    answer = http.post("/v1/score", json={"rollouts": [RIGHT]}, headers=headers)
    assert answer.status_code == 422
