"""SandboxFusion: what verl, ROLL and SkyRL send, and what they then believe."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from typing import Any

import httpx2
import psutil
import pytest

from verifier.api.dialects.sandboxfusion import RunCodeRequest, patience
from verifier.bench.served import served

pytestmark = pytest.mark.service

MULTIPLY = "\na,b=map(int,input().split())\nprint(a*b)\n\n\n"
# As captured from verl 0.9.1.
VERL = {
    "compile_timeout": 10,
    "run_timeout": 10,
    "code": MULTIPLY,
    "stdin": "6 7\n",
    "memory_limit_MB": 512,
    "language": "python",
    "files": {},
    "fetch_files": [],
}
# As captured from ROLL 8eb27cc.
ROLL = {
    "compile_timeout": 30,
    "run_timeout": 30,
    "code": "from math import inf\na,b=map(int,input().split());print(a*b)",
    "language": "python",
    "stdin": "1 1",
    "expected_stdout": "1",
}
# As read from SkyRL a956457.
SKYRL = {"code": MULTIPLY, "language": "python", "stdin": "6 7", "run_timeout": 30}
CPP = "#include <iostream>\nint main() { int a; std::cin >> a; std::cout << a * 2; }\n"
SUBMITTED = {
    "dataset": "mine",
    "id": 7,
    "completion": f"So:\n```python\n{MULTIPLY}```\n",
    "config": {
        "language": "python",
        "dataset_type": "CommonOJDataset",
        "provided_data": {
            "test": [
                {"input": {"stdin": "6 7"}, "output": {"stdout": "42"}},
                {"input": {"stdin": "2 2"}, "output": {"stdout": "4"}},
            ]
        },
    },
}


@pytest.mark.parametrize(
    ("body", "client_waits"),
    [(VERL, 30), (ROLL, 30), (SKYRL, 32), (SKYRL | {"run_timeout": 5}, 32)],
    ids=["verl", "ROLL", "SkyRL", "SkyRL, less time"],
)
def test_the_answer_comes_before_the_client_has_gone(
    body: dict[str, object], client_waits: float
) -> None:
    assert 0 < patience(RunCodeRequest.model_validate_json(json.dumps(body))) <= client_waits - 2


def verl(http: httpx2.Client, expected: str, **fields: object) -> bool | int | str:
    """What verl concludes: True, False, -1 to -4, or that it tries again."""
    answer = http.post("/run_code", json=VERL | fields)
    if answer.status_code == 504:
        return "again"
    if not answer.is_success:
        return -1
    told = answer.json()
    compiled, run = told["compile_result"], told["run_result"]
    if told["status"] == "Failed":
        if compiled and (compiled["status"] != "Finished" or compiled["return_code"] != 0):
            return -4
        return -3 if run["status"] == "TimeLimitExceeded" else -2
    assert (told["status"], run["status"]) == ("Success", "Finished")
    return bool(run["stdout"].rstrip("\n") == expected.rstrip("\n"))


def test_verl_believes_a_right_program(client: httpx2.Client) -> None:
    assert verl(client, "42\n") is True


def test_verl_disbelieves_a_wrong_one(client: httpx2.Client) -> None:
    assert verl(client, "42\n", code="print(41)") is False


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("raise ValueError", -2),
        ("print(", -2),
        ("import os\nos.kill(os.getpid(), 9)", -2),
        ("while True: pass", -3),
        ("while True: print('x' * 65536)", -2),
        ("x = bytearray(1 << 30)\nfor i in range(0, len(x), 4096): x[i] = 1", -2),
        ("#" * 300_000, -2),
    ],
    ids=["raises", "syntax", "killed", "endless", "prints", "memory", "long"],
)
def test_verl_is_told_how_a_program_failed(client: httpx2.Client, code: str, found: int) -> None:
    assert verl(client, "42", code=code, run_timeout=1) == found


def test_verl_is_told_of_a_compiler(client: httpx2.Client) -> None:
    found = [verl(client, "42", code=c, language="cpp", stdin="21") for c in (CPP, CPP + "?")]
    assert found == [True, -4]


def test_an_input_of_null_is_none(client: httpx2.Client) -> None:
    assert verl(client, "ok", code="import sys\nprint(sys.stdin.read() or 'ok')", stdin=None)


def test_files_stand_beside_the_program(client: httpx2.Client) -> None:
    assert verl(client, "hi", code="print(open('a.txt').read())", files={"a.txt": "aGk="})


def test_what_the_program_says_is_in_the_schema_of_sandboxfusion(client: httpx2.Client) -> None:
    told = client.post("/run_code", json=VERL).json()
    run = told.pop("run_result")
    assert run.pop("execution_time") > 0
    assert run == {"status": "Finished", "return_code": 0, "stdout": "42\n", "stderr": ""}
    assert told == {
        "status": "Success",
        "message": "",
        "compile_result": None,
        "executor_pod_name": None,
        "files": {},
    }


def test_roll_is_answered(client: httpx2.Client) -> None:
    told = client.post("/run_code", json=ROLL).json()
    assert (told["status"], told["run_result"]["stdout"]) == ("Success", "1\n")


def test_pytest_files_run(client: httpx2.Client) -> None:
    code = "def test_a():\n    assert {}\n"
    found = [
        client.post(
            "/run_code", json={"language": "pytest", "code": code.format(one), "run_timeout": 10}
        ).json()
        for one in ("True", "False")
    ]
    if "No module named" in found[0]["run_result"]["stderr"]:
        pytest.skip("this host has no pytest for programs")
    assert [one["status"] for one in found] == ["Success", "Failed"]


def test_the_same_program_and_input_run_once(client: httpx2.Client) -> None:
    """ROLL sends every case twice."""
    body = ROLL | {"code": "import time\ntime.sleep(1.5)\nprint(1)"}
    client.post("/run_code", json=body)
    started = time.monotonic()
    client.post("/run_code", json=body)
    assert time.monotonic() - started < 1


def test_without_a_sandbox_verl_tries_again(without_sandbox: httpx2.Client) -> None:
    answer = without_sandbox.post("/run_code", json=VERL, params={"within": 1})
    assert (answer.status_code, answer.json()["type"]) == (504, "/problems/gateway-timeout")


def test_without_a_sandbox_roll_leaves_no_case_out(without_sandbox: httpx2.Client) -> None:
    """It pays for the cases that it has an answer of status 200 for."""
    answer = without_sandbox.post("/run_code", json=ROLL, params={"within": 1})
    assert (answer.status_code, answer.json()["status"]) == (200, "SandboxError")
    assert "VERIFIER_SANDBOX" in answer.json()["message"]


def test_roll_leaves_no_case_out_that_came_too_late(busy: httpx2.Client) -> None:
    answer = busy.post("/run_code", json=ROLL | {"stdin": "7 7"}, params={"within": 1})
    assert (answer.status_code, answer.json()["status"]) == (200, "SandboxError")


def test_a_full_queue_is_held_and_then_tried_again(overloaded: httpx2.Client) -> None:
    started = time.monotonic()
    answer = overloaded.post("/run_code", json=VERL, params={"within": 1})
    assert (answer.status_code, time.monotonic() - started > 0.9) == (504, True)


def test_a_full_queue_that_empties_in_time_costs_nothing(overloaded: httpx2.Client) -> None:
    assert verl(overloaded, "42") is True


def test_a_program_that_waits_too_long_for_a_worker_is_tried_again(busy: httpx2.Client) -> None:
    body = VERL | {"stdin": "3 5"}
    assert busy.post("/run_code", json=body, params={"within": 1}).status_code == 504


def test_a_programs_time_begins_when_it_starts(busy: httpx2.Client) -> None:
    """It waits in the queue for longer than it may run."""
    assert verl(busy, "20", stdin="4 5", run_timeout=1) is True


@pytest.mark.usefixtures("_namespaces")
def test_a_worker_that_is_killed_under_a_program_costs_it_nothing() -> None:
    environment = {"VERIFIER_TRAIN_WORKERS": "1", "VERIFIER_EVAL_WORKERS": "0"}
    code = f"import time\ntime.sleep(2)\n{MULTIPLY}"
    found: list[object] = []
    with (
        served(VERIFIER_SANDBOX="local", **environment) as running,
        httpx2.Client(base_url=running.url, timeout=60) as http,
    ):
        assert verl(http, "42") is True  # the worker has its sandbox
        thread = threading.Thread(target=lambda: found.append(verl(http, "42", code=code)))
        thread.start()
        time.sleep(1)
        for pid, role in running.processes().items():
            if role == "worker":
                with contextlib.suppress(psutil.Error):
                    psutil.Process(pid).kill()
        thread.join()
    assert found == [True]


@pytest.mark.parametrize(
    "fields",
    [
        {"language": "cobol"},
        {"code": 1},
        {"run_timeout": 0},
        {"run_timeout": -1},
        {"fetch_files": ["a"]},
        {"files": {"../a": ""}},
        {"files": {"a": "?"}},
    ],
    ids=str,
)
def test_what_cannot_be_run_is_the_callers_fault(
    client: httpx2.Client, fields: dict[str, Any]
) -> None:
    answer = client.post("/run_code", json=VERL | fields)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def submit(http: httpx2.Client, test: object = None, **fields: object) -> dict[str, Any]:
    config: dict[str, Any] = dict(SUBMITTED["config"])  # type: ignore[call-overload]  # an object
    if test is not None:
        config["provided_data"] = {"test": test}
    answer = http.post("/submit", json=SUBMITTED | {"config": config} | fields)
    told: dict[str, Any] = answer.json()
    return told | {"http": answer.status_code}


def test_a_completion_that_passes_is_accepted(client: httpx2.Client) -> None:
    told = submit(client)
    assert (told["id"], told["accepted"], told["extracted_code"]) == (7, True, MULTIPLY)


def test_each_case_is_told(client: httpx2.Client) -> None:
    test = [
        {"input": {"stdin": "1 1"}, "output": {"stdout": "1"}},
        {"input": {"stdin": "1 2"}, "output": {"stdout": "3"}},
    ]
    told = submit(client, test)
    assert (told["accepted"], [one["passed"] for one in told["tests"]]) == (False, [True, False])


def test_cases_may_be_json_text(client: httpx2.Client) -> None:
    assert submit(client, '[{"input": {"stdin": "2 3"}, "output": {"stdout": "6"}}]')["accepted"]


def test_a_completion_without_a_program_is_not_accepted(client: httpx2.Client) -> None:
    told = submit(client, completion="I do not know")
    assert (told["http"], told["accepted"], told["tests"]) == (200, False, [])


@pytest.mark.parametrize("test", [[], "[", '"a"', [{"output": {}}], [{"output": {"f": ""}}]])
def test_cases_that_cannot_be_used_are_the_callers_fault(
    client: httpx2.Client, test: object
) -> None:
    assert submit(client, test)["http"] == 422


def test_a_submission_without_a_sandbox_is_no_verdict(without_sandbox: httpx2.Client) -> None:
    answer = without_sandbox.post("/submit", json=SUBMITTED, params={"within": 1})
    assert answer.status_code == 504
