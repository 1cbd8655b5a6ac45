"""Programs through HTTP and the queue, on a real sandbox."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

import httpx2
import psutil
import pytest

from verifier.bench.served import Served, served

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.service, pytest.mark.engine]

ADD = "a, b = map(int, input().split())\nprint(a + b)\n"
TESTS = {
    "kind": "stdio",
    "cases": [{"stdin": "1 2\n", "stdout": "3\n"}, {"stdin": "20 30\n", "stdout": "50\n"}],
}


def fenced(source: str, words: str = "Here it is:", tag: str = "python") -> str:
    return f"<think>so</think>{words}\n```{tag}\n{source}\n```\n"


def rollout(source: str, tests: object = TESTS, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"completion": fenced(source), "reference": {"tests": tests}, **fields}


def post(service: Served, *rollouts: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON
    body = {"spec": "code", "rollouts": rollouts, "deadline_seconds": 60, **fields}
    answer = httpx2.post(f"{service.url}/v1/score", json=body, timeout=90)
    rewards: list[dict[str, Any]] = answer.raise_for_status().json()["rewards"]
    return rewards


def verdict(reward: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = reward["verdicts"][0]
    return found


@pytest.fixture(scope="module")
def service(docker_engine: str) -> Iterator[Served]:
    with served(VERIFIER_SANDBOX="docker", VERIFIER_TRAIN_WORKERS="2") as running:
        yield running


def test_a_right_program_is_paid_and_a_wrong_one_is_not(service: Served) -> None:
    right, wrong = post(service, rollout(ADD), rollout(ADD.replace("+", "-")))
    assert (right["reward"], verdict(right)["outcome"]) == (1.0, "correct")
    assert (wrong["reward"], verdict(wrong)["outcome"]) == (0.0, "incorrect")


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("print(", "compile_error"),
        ("raise ValueError", "runtime_error"),
        ("while True: pass", "time_limit"),
        ("x = bytearray(1 << 30)\nfor i in range(0, len(x), 4096): x[i] = 1", "memory_limit"),
        ("while True: print('x' * 65536)", "output_limit"),
    ],
)
def test_a_programs_own_fault_scores_zero(service: Served, source: str, outcome: str) -> None:
    spec = {
        "name": "quick",
        "checks": [{"id": "c", "check": "code_execution", "params": {"cpu_seconds": 1.0}}],
    }
    (found,) = post(service, rollout(source), spec=spec)
    assert (found["reward"], verdict(found)["outcome"]) == (0.0, outcome)


def test_tests_that_cannot_be_read_are_the_callers_fault(service: Served) -> None:
    bad, good = post(service, rollout(ADD, {"kind": "stdio", "cases": []}), rollout(ADD))
    assert (bad["reward"], bad["status"]) == (None, "invalid")
    assert good["reward"] == 1.0


def test_code_and_math_in_one_request_go_to_workers_of_their_own(service: Served) -> None:
    math = {"completion": r"\boxed{4}", "reference": "4", "spec": "math"}
    assert [r["reward"] for r in post(service, rollout(ADD), math)] == [1.0, 1.0]


def test_programs_that_differ_in_words_only_run_once(service: Served) -> None:
    """Each run takes half a second, so sixteen of them would show."""
    slow = f"import time\ntime.sleep(0.5)\n{ADD}"
    post(service, rollout(ADD))  # the sandboxes are warm
    rollouts = [
        {"completion": fenced(slow, f"Try {i}"), "reference": {"tests": TESTS}} for i in range(16)
    ]
    started = time.monotonic()
    rewards = post(service, *rollouts)
    assert [r["reward"] for r in rewards] == [1.0] * 16
    assert time.monotonic() - started < 5
    evidence = [verdict(r)["evidence"] | {"span": None} for r in rewards]
    assert all(one == evidence[0] for one in evidence)


def test_readiness_names_the_sandbox(service: Served) -> None:
    told = httpx2.get(f"{service.url}/readyz").json()
    assert told["sandboxes"] == ["docker"]
    assert told["sandbox_problems"] == []


def test_a_killed_worker_leaves_no_container_and_no_answer_out(
    service: Served, docker_engine: str
) -> None:
    pids = [pid for pid, role in service.processes().items() if role == "worker"]
    slow = [rollout(f"import time\ntime.sleep(1)\n{ADD}#{i}") for i in range(2)]
    for pid in pids[:2]:
        with contextlib.suppress(psutil.Error):
            psutil.Process(pid).kill()
    assert [r["reward"] for r in post(service, *slow)] == [1.0, 1.0]


def test_without_an_engine_the_reward_is_null_and_says_why() -> None:
    environment = {
        "VERIFIER_SANDBOX": "docker",
        "VERIFIER_WORK": "rules,code",
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",
    }
    with served_unready(**environment) as running:
        started = time.monotonic()
        (found,) = post(running, rollout(ADD))
        assert (found["reward"], found["status"]) == (None, "unscored")
        assert "Docker Engine" in found["reason"]
        assert time.monotonic() - started < 15
        until = time.monotonic() + 10
        while httpx2.get(f"{running.url}/readyz").status_code == httpx2.codes.OK:
            assert time.monotonic() < until, "readiness does not tell of the sandbox"
            time.sleep(0.1)


@contextlib.contextmanager
def served_unready(**environment: str) -> Iterator[Served]:
    """A service that gets ready before it has looked for its sandbox, or just about."""
    with served(wait_for="/livez", **environment) as running:
        yield running


def test_a_host_told_to_have_no_sandbox_is_ready_and_abstains() -> None:
    with served(VERIFIER_SANDBOX="none", VERIFIER_TRAIN_WORKERS="1") as running:
        (found,) = post(running, rollout(ADD))
        assert (found["reward"], found["status"]) == (None, "unscored")
        assert "VERIFIER_SANDBOX" in found["reason"]
