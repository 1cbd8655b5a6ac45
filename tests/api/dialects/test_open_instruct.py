"""What open-instruct sends, and what it then believes."""

from __future__ import annotations

import base64
import json
import pickle
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from verifier.api.dialects.open_instruct import read_tests
from verifier.errors import InvalidReference

if TYPE_CHECKING:
    import httpx2

pytestmark = pytest.mark.service

# As captured from open-instruct e6c3044.
ASSERTS = {
    "program": "def f(a,b): return a*b",
    "tests": ["assert f(6,7)==42", "assert f(1,1)==2"],
    "max_execution_time": 1.0,
}
STDIO = {
    "program": "a,b=map(int,input().split());print(a*b)",
    "tests": '[{"input":"6 7","output":"42"}]',
    "max_execution_time": 1.0,
}
CASES = [{"input": "6 7", "output": "42"}, {"input": "1 1", "output": "2"}]


def packed(value: object) -> str:
    """As data sets store tests."""
    return base64.b64encode(zlib.compress(pickle.dumps(value))).decode()


def score(http: httpx2.Client, path: str, body: dict[str, Any], **query: Any) -> float:  # noqa: ANN401 - JSON
    """What the client makes of the answer: the share that passes, and 0 of any error."""
    answer = http.post(path, json=body, params=query)
    if not answer.is_success:
        return 0.0
    told = answer.json()
    assert len(told["results"]) == len(told["runtimes"])
    return float(sum(told["results"]) / len(told["results"]))


def test_captured_asserts_are_judged_one_by_one(client: httpx2.Client) -> None:
    told = client.post("/test_program", json=ASSERTS).json()
    assert told["results"] == [1, 0]
    assert all(0 <= seconds < 1 for seconds in told["runtimes"])


def test_captured_inputs_are_judged(client: httpx2.Client) -> None:
    assert client.post("/test_program_stdio", json=STDIO).json()["results"] == [1]


@pytest.mark.parametrize(
    "tests", [CASES, json.dumps(CASES), packed(CASES), packed(json.dumps(CASES))]
)
def test_tests_come_in_four_forms(client: httpx2.Client, tests: object) -> None:
    assert score(client, "/test_program_stdio", STDIO | {"tests": tests}) == 0.5


def test_a_program_that_is_cut_off_by_no_tag(client: httpx2.Client) -> None:
    program = "def f(a, b):\n    '</think>'\n    return a * b\n"
    assert score(client, "/test_program", ASSERTS | {"program": program}) == 0.5


def test_a_program_that_fails_is_believed_to_be_0(client: httpx2.Client) -> None:
    assert score(client, "/test_program", ASSERTS | {"program": "def f(a, b:"}) == 0.0


def test_a_program_that_never_ends_is_given_up_after_three_tests(client: httpx2.Client) -> None:
    body = ASSERTS | {
        "program": "def f(a, b):\n    while True: pass",
        "tests": [f"assert f({n}, 1) == {n}" for n in range(40)],
    }
    started = time.monotonic()
    told = client.post("/test_program", json=body).json()
    assert (told["results"], told["runtimes"][3:]) == ([0] * 40, [-1.0] * 37)
    assert time.monotonic() - started < 15


@pytest.mark.parametrize(
    ("path", "tests"),
    [
        ("/test_program", []),
        ("/test_program", "{"),
        ("/test_program", "{}"),
        ("/test_program", [1]),
        ("/test_program", ["x = 1"]),
        ("/test_program", ["assert f("]),
        ("/test_program", ["assert f(1, 1)"] * 1025),
        ("/test_program_stdio", [{"input": "1"}]),
        ("/test_program_stdio", [{"input": 1, "output": "1"}]),
        ("/test_program_stdio", packed({"a": 1})),
        ("/test_program_stdio", packed(print)),
    ],
    ids=lambda one: str(one)[:30],
)
def test_tests_that_cannot_be_used_are_an_error_in_its_log(
    client: httpx2.Client, path: str, tests: object
) -> None:
    answer = client.post(path, json=ASSERTS | {"tests": tests})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-reference")


def test_without_a_sandbox_it_is_told_by_an_error(without_sandbox: httpx2.Client) -> None:
    """It believes 0 all the same: there is nothing that it would not."""
    for path, body in (("/test_program", ASSERTS), ("/test_program_stdio", STDIO)):
        assert without_sandbox.post(path, json=body, params={"within": 1}).status_code == 503


def test_a_full_queue_is_held(overloaded: httpx2.Client) -> None:
    body = ASSERTS | {"tests": ASSERTS["tests"][:1]}  # type: ignore[index]  # a list
    assert score(overloaded, "/test_program", body) == 1.0


def test_a_deadline_that_passes_is_told_by_an_error(busy: httpx2.Client) -> None:
    body = STDIO | {"tests": [{"input": "8 8", "output": "64"}]}
    answer = busy.post("/test_program_stdio", json=body, params={"within": 1})
    assert answer.status_code == 503


def test_what_unpacks_to_much_is_refused() -> None:
    bomb = base64.b64encode(zlib.compress(b"x" * (64 << 20))).decode()
    with pytest.raises(InvalidReference, match="over"):
        read_tests(bomb, 1 << 20)


@pytest.mark.parametrize("text", ["", "eJ", "####", packed(b"x"), packed("["), "[" * 100_000, "1"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(InvalidReference):
        read_tests(text, 1 << 20)
