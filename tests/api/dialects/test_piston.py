"""What clients of Piston send, and what they then believe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import verifier
from sandbox.languages import languages

if TYPE_CHECKING:
    import httpx2

pytestmark = pytest.mark.service

# As captured from open-r1 1416fa0, with an input.
CPP: dict[str, Any] = {
    "files": [
        {
            "name": "main.cpp",
            "content": "#include <iostream>\nint main() { int a; std::cin >> a; std::cout << 42; }",
        }
    ],
    "run_timeout": 2000,
    "language": "c++17",
    "version": "*",
    "stdin": "41",
}
PYTHON: dict[str, Any] = {
    "language": "python",
    "version": "*",
    "files": [{"content": "print(int(input()) + 1)"}],
    "stdin": "41",
}


def python(source: str, **fields: object) -> dict[str, Any]:
    return PYTHON | {"files": [{"content": source}]} | fields


def ran(http: httpx2.Client, body: dict[str, Any]) -> dict[str, Any]:
    answer = http.post("/api/v2/execute", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_captured_body_is_run(client: httpx2.Client) -> None:
    told = ran(client, CPP)
    assert (told["language"], told["version"]) == ("cpp", verifier.__version__)
    assert (told["compile"]["code"], told["run"]["code"]) == (0, 0)
    assert (told["run"]["stdout"], told["run"]["output"]) == ("42", "42")


def test_a_compiler_is_told_from_the_program(client: httpx2.Client) -> None:
    told = ran(client, CPP | {"files": [{"content": "int main() {"}]})
    assert told["compile"]["code"] == 1
    assert "error" in told["compile"]["stderr"]


@pytest.mark.parametrize(
    ("source", "code", "signal", "status"),
    [
        ("raise ValueError", 1, None, "RE"),
        ("print(", 1, None, "RE"),
        ("import sys\nsys.exit(3)", 3, None, "RE"),
        ("import os\nos.kill(os.getpid(), 11)", None, "SIGSEGV", "SG"),
        ("while True: pass", None, "SIGKILL", "TO"),
        ("while True: print('x' * 65536)", None, "SIGKILL", "OL"),
    ],
)
def test_a_programs_own_fault_is_told(
    client: httpx2.Client, source: str, code: int | None, signal: str | None, status: str
) -> None:
    run = ran(client, python(source, run_timeout=1000))["run"]
    assert (run["code"], run["signal"], run["status"]) == (code, signal, status)


def test_arguments_and_files_are_there(client: httpx2.Client) -> None:
    files = [
        {"content": "import sys\nprint(sys.argv[1], open('a.txt').read())"},
        {"name": "a.txt", "content": "aGk=", "encoding": "base64"},
    ]
    assert ran(client, PYTHON | {"files": files, "args": ["x"]})["run"]["stdout"] == "x hi\n"


def test_the_runtimes_are_named_as_they_are_asked_for(client: httpx2.Client) -> None:
    told = client.get("/api/v2/runtimes").json()
    assert {one["language"] for one in told} == set(languages())
    (cpp,) = (one for one in told if one["language"] == "cpp")
    assert "c++17" in cpp["aliases"]
    assert ran(client, PYTHON | {"version": cpp["version"]})["run"]["code"] == 0


def test_without_a_sandbox_it_is_no_200(without_sandbox: httpx2.Client) -> None:
    """Which open-r1 tries again six times."""
    answer = without_sandbox.post("/api/v2/execute", json=PYTHON, params={"within": 1})
    assert answer.status_code == 503


def test_a_full_queue_is_held_and_then_refused(overloaded: httpx2.Client) -> None:
    answer = overloaded.post("/api/v2/execute", json=PYTHON, params={"within": 1})
    assert answer.status_code == 429


def test_a_full_queue_that_empties_in_time_costs_nothing(overloaded: httpx2.Client) -> None:
    assert ran(overloaded, PYTHON)["run"]["stdout"] == "42\n"


def test_a_deadline_that_passes_is_no_200(busy: httpx2.Client) -> None:
    body = PYTHON | {"stdin": "1000"}
    assert busy.post("/api/v2/execute", json=body, params={"within": 1}).status_code == 503


@pytest.mark.parametrize(
    "fields",
    [
        {"language": "cms_ioi"},
        {"version": "3.10.0"},
        {"files": []},
        {"files": [{"content": "?", "encoding": "base64"}]},
        {"files": [{"content": "0", "encoding": "hex"}]},
        {"files": [{"content": ""}, {"name": "../a", "content": ""}]},
        {"files": [{"content": ""}, {"name": "a", "content": ""}, {"name": "a", "content": ""}]},
        {"files": [{"content": "print(1)"}, {"name": "grader_config", "content": ""}]},
        {"args": ["\0"]},
        {"run_timeout": 0},
    ],
    ids=str,
)
def test_what_cannot_be_run_is_the_callers_fault(
    client: httpx2.Client, fields: dict[str, Any]
) -> None:
    assert client.post("/api/v2/execute", json=PYTHON | fields).status_code == 422
