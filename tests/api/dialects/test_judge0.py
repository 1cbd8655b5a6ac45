"""What clients of Judge0 send, and what they then believe."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx2

pytestmark = pytest.mark.service

# As the example plugin of ms-swift 4.6.0 writes it.
BODY: dict[str, Any] = {
    "source_code": "print(int(input()) + 1)",
    "language_id": 71,
    "stdin": "41",
    "expected_output": "42",
}
CPP = {"language_id": 54, "expected_output": "42"}
CPP_SOURCE = "#include <iostream>\nint main() { int a; std::cin >> a; std::cout << a + 1; }"


def waited(http: httpx2.Client, path: str = "/submissions/", **fields: object) -> dict[str, Any]:
    answer = http.post(path, json=BODY | fields, params={"wait": "true"})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def swift(http: httpx2.Client, body: dict[str, Any], **query: Any) -> float:  # noqa: ANN401 - JSON
    """It makes 0 of everything that is not accepted."""
    answer = http.post("/submissions/", json=body, params={"wait": "true", **query})
    accepted = answer.is_success and answer.json()["status"]["description"] == "Accepted"
    return float(accepted)


@pytest.mark.parametrize("path", ["/submissions", "/submissions/"])
def test_a_right_program_is_accepted(client: httpx2.Client, path: str) -> None:
    told = waited(client, path)
    assert told["status"] == {"id": 3, "description": "Accepted"}
    assert (told["stdout"], told["stderr"], told["exit_code"]) == ("42\n", None, 0)
    assert float(told["time"]) >= 0


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"expected_output": "43"}, 4),
        ({"expected_output": None}, 3),
        ({"expected_output": "42  \n\n"}, 3),
        ({"source_code": "raise ValueError"}, 11),
        ({"source_code": "while True: pass", "cpu_time_limit": 1}, 5),
        ({"source_code": "while True: print('x' * 65536)"}, 8),
        ({"source_code": "import os\nos.kill(os.getpid(), 11)"}, 7),
        ({"source_code": "import os\nos.abort()"}, 10),
        ({"source_code": CPP_SOURCE, **CPP}, 3),
        ({"source_code": "int main() {", **CPP}, 6),
        ({"source_code": "#" * 300_000}, 12),
    ],
    ids=lambda one: str(one)[:60],
)
def test_a_program_is_told_how_it_ended(
    client: httpx2.Client, fields: dict[str, Any], status: int
) -> None:
    assert waited(client, **fields)["status"]["id"] == status


def test_texts_may_be_base64(client: httpx2.Client) -> None:
    texts = ("source_code", "stdin", "expected_output")
    encoded = {name: base64.b64encode(BODY[name].encode()).decode() for name in texts}
    query: dict[str, Any] = {"wait": "true", "base64_encoded": "true"}
    told = client.post("/submissions", json=BODY | encoded, params=query).json()
    assert (told["status"]["id"], base64.b64decode(told["stdout"])) == (3, b"42\n")


def test_a_token_is_asked_until_it_has_ended(client: httpx2.Client) -> None:
    token = client.post("/submissions", json=BODY).json()["token"]
    assert ended(client, f"/submissions/{token}")["status"]["id"] == 3


def ended(http: httpx2.Client, path: str) -> dict[str, Any]:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        told: dict[str, Any] = http.get(path).json()
        rows = told.get("submissions", [told])
        if all(one["status"]["id"] > 2 for one in rows):
            return told
        time.sleep(0.1)
    raise AssertionError(told)


def test_a_batch_keeps_its_order(client: httpx2.Client) -> None:
    submissions = [BODY, BODY | {"expected_output": "1"}, BODY | {"source_code": "1/0"}]
    answer = client.post("/submissions/batch", json={"submissions": submissions})
    tokens = ",".join(one["token"] for one in answer.json())
    told = ended(client, f"/submissions/batch?tokens={tokens}")
    assert [one["status"]["id"] for one in told["submissions"]] == [3, 4, 11]
    assert answer.status_code == 201


def test_without_a_sandbox_a_client_that_waits_is_refused(without_sandbox: httpx2.Client) -> None:
    query: dict[str, Any] = {"wait": "true", "within": 1}
    assert without_sandbox.post("/submissions", json=BODY, params=query).status_code == 503
    assert swift(without_sandbox, BODY, within=1) == 0.0


def test_without_a_sandbox_a_token_ends_in_an_internal_error(
    without_sandbox: httpx2.Client,
) -> None:
    token = without_sandbox.post("/submissions", json=BODY).json()["token"]
    told = ended(without_sandbox, f"/submissions/{token}")
    assert told["status"] == {"id": 13, "description": "Internal Error"}
    assert "VERIFIER_SANDBOX" in told["message"]


def test_a_full_queue_is_held_and_then_refused(overloaded: httpx2.Client) -> None:
    query: dict[str, Any] = {"wait": "true", "within": 1}
    assert overloaded.post("/submissions", json=BODY, params=query).status_code == 429


def test_a_full_queue_that_empties_in_time_costs_nothing(overloaded: httpx2.Client) -> None:
    assert swift(overloaded, BODY) == 1.0


def test_a_deadline_that_passes_is_refused(busy: httpx2.Client) -> None:
    query: dict[str, Any] = {"wait": "true", "within": 1}
    body = BODY | {"stdin": "12345"}
    assert busy.post("/submissions", json=body, params=query).status_code == 503


def test_languages_have_judge0s_numbers(client: httpx2.Client) -> None:
    told = {one["name"]: one["id"] for one in client.get("/languages").json()}
    assert (told["python"], told["bash"]) == (92, 46)


@pytest.mark.parametrize(
    "fields",
    [
        {"language_id": 70},
        {"language_id": "71"},
        {"command_line_arguments": "-v"},
        {"cpu_time_limit": 0},
        {"source_code": None},
    ],
    ids=str,
)
def test_what_cannot_be_run_is_the_callers_fault(
    client: httpx2.Client, fields: dict[str, Any]
) -> None:
    assert client.post("/submissions?wait=true", json=BODY | fields).status_code == 422


@pytest.mark.parametrize("number", [0, 21])
def test_a_batch_has_1_to_20(client: httpx2.Client, number: int) -> None:
    body = {"submissions": [BODY] * number}
    assert client.post("/submissions/batch", json=body).status_code == 422


@pytest.mark.parametrize(
    ("token", "status"),
    [("f" * 32 + "-0", 404), ("f" * 32, 422), ("x", 422)],
)
def test_a_token_that_is_none_is_told(client: httpx2.Client, token: str, status: int) -> None:
    answers = [
        client.get(f"/submissions/{token}").status_code,
        client.get("/submissions/batch", params={"tokens": token}).status_code,
    ]
    assert answers == [status, status]
