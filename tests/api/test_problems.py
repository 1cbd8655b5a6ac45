"""Every error is a problem that says what to do."""

from __future__ import annotations

import asyncio
import json

import httpx2
import pytest

from tests.api.test_score import JSON, RIGHT
from verifier import errors
from verifier.api import create_app
from verifier.api.problems import problem_types
from verifier.settings import Settings

SCORE = "/v1/score"
ROLLOUT = json.dumps(RIGHT)
DEEP_SPEC = f'{{"rollouts":[{ROLLOUT}],"spec":{{"a":' + "[" * 150 + "]" * 150 + "}}"
# What is wrong -> method, path, body, headers, and the status and slug of the answer.
CASES: dict[str, tuple[str, str, bytes, dict[str, str], int, str]] = {
    "no such path": ("GET", "/v2/score", b"", {}, 404, "not-found"),
    "no such ticket": ("GET", "/v1/tickets/" + "f" * 32, b"", {}, 404, "not-found"),
    "no such spec": ("GET", "/v1/specs/nobodys", b"", {}, 404, "not-found"),
    "no such problem": ("GET", "/problems/none", b"", {}, 404, "not-found"),
    "GET of score": ("GET", SCORE, b"", {}, 405, "method-not-allowed"),
    "PROPFIND": ("PROPFIND", "/livez", b"", {}, 405, "method-not-allowed"),
    "no body": ("POST", SCORE, b"", JSON, 400, "malformed-body"),
    "not JSON": ("POST", SCORE, b"{rollouts: []}", JSON, 400, "malformed-body"),
    "cut off": ("POST", SCORE, b'{"rollouts":[', JSON, 400, "malformed-body"),
    "trailing comma": ("POST", SCORE, b'{"rollouts":[],}', JSON, 400, "malformed-body"),
    "two values": ("POST", SCORE, b"{} {}", JSON, 400, "malformed-body"),
    "BOM": ("POST", SCORE, b"\xef\xbb\xbf{}", JSON, 400, "malformed-body"),
    "UTF-16": ("POST", SCORE, "{}".encode("utf-16"), JSON, 400, "malformed-body"),
    "deep": ("POST", SCORE, b"[" * 100_000, JSON, 400, "malformed-body"),
    "deep and whole": (
        *("POST", SCORE, b'{"spec":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        *(JSON, 400, "malformed-body"),
    ),
    "deep, with a surrogate": (
        *("POST", SCORE, b'{"spec":"\\ud800","rollouts":' + b"[" * 100_000),
        *(JSON, 400, "malformed-body"),
    ),
    "not UTF-8": ("POST", SCORE, b'{"rollouts":[{"completion":"\xff"}]}', JSON,
                  400, "malformed-body"),
    "surrogate as bytes": ("POST", SCORE, b'{"spec":"\xed\xa0\x80"}', JSON,
                           400, "malformed-body"),
    "long number": ("POST", SCORE, b'{"deadline_seconds":' + b"9" * 5000 + b"}", JSON,
                    400, "malformed-body"),
    "NaN": ("POST", SCORE, b"NaN", JSON, 422, "invalid-request"),
    "NaN as a deadline": (
        *("POST", SCORE, f'{{"rollouts":[{ROLLOUT}],"deadline_seconds":NaN}}'.encode()),
        *(JSON, 422, "invalid-request"),
    ),
    "a list": ("POST", SCORE, b"[]", JSON, 422, "invalid-request"),
    "null": ("POST", SCORE, b"null", JSON, 422, "invalid-request"),
    "no rollouts": ("POST", SCORE, b"{}", JSON, 422, "invalid-request"),
    "deep spec": (
        *("POST", SCORE, DEEP_SPEC.encode()),
        *(JSON, 422, "invalid-spec"),
    ),
    "no content type": ("POST", SCORE, b"{}", {}, 415, "unsupported-media-type"),
    "a form": ("POST", SCORE, b"a=b", {"Content-Type": "application/x-www-form-urlencoded"},
               415, "unsupported-media-type"),
    "text": ("POST", "/v1/tickets", b"{}", {"Content-Type": "text/plain"},
             415, "unsupported-media-type"),
    "not quite JSON": ("POST", SCORE, b"{}", {"Content-Type": "application/jsonp"},
                       415, "unsupported-media-type"),
    "a body past the limit": ("POST", SCORE, b" " * ((8 << 20) + 1), JSON, 413, "body-too-large"),
    "a wrong parameter": ("GET", "/v1/tickets/x", b"", {}, 422, "invalid-request"),
    "a wrong spec": ("POST", "/v1/specs/validate", b'{"spec":{}}', JSON, 422, "invalid-spec"),
}  # fmt: skip


def send(http: httpx2.Client, name: str) -> httpx2.Response:
    """The answer to a case."""
    method, path, content, headers, _, _ = CASES[name]
    return http.request(method, path, content=content or None, headers=headers)


@pytest.mark.parametrize("name", CASES)
def test_an_error_has_its_status_and_type(http: httpx2.Client, name: str) -> None:
    answer = send(http, name)
    *_, status, slug = CASES[name]
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")


@pytest.mark.parametrize("name", CASES)
def test_an_error_is_problem_json(http: httpx2.Client, name: str) -> None:
    assert send(http, name).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", CASES)
def test_an_error_carries_the_request_id_of_its_header(http: httpx2.Client, name: str) -> None:
    answer = send(http, name)
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("name", CASES)
def test_an_error_repeats_its_status(http: httpx2.Client, name: str) -> None:
    answer = send(http, name)
    assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize("name", CASES)
def test_an_error_says_what_happened_and_what_to_do(http: httpx2.Client, name: str) -> None:
    problem = send(http, name).json()
    assert problem["title"] and problem["detail"] and problem["advice"]  # noqa: PT018 - one fact


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/score", "POST"),
        ("PUT", "/v1/tickets", "POST"),
        ("POST", "/v1/tickets/" + "0" * 32, "DELETE, GET"),
        ("HEAD", "/v1/limits", "GET"),
        ("PUT", "/v1/specs/validate", "POST"),
        ("OPTIONS", "/metrics", "GET"),
        ("POST", "/problems/not-found", "GET"),
    ],
)
def test_a_method_that_is_not_allowed_is_told_those_that_are(
    http: httpx2.Client, method: str, path: str, allowed: str
) -> None:
    assert http.request(method, path).headers["allow"] == allowed


def test_wrong_fields_are_named(http: httpx2.Client) -> None:
    body = {"rollouts": [RIGHT, {"completion": 1}], "priority": "soon"}
    fields = {row["field"] for row in http.post(SCORE, json=body).json()["errors"]}
    assert {"rollouts.1.completion.str", "priority"} <= fields


def test_a_problem_does_not_repeat_what_was_sent(http: httpx2.Client) -> None:
    body = {"rollouts": [{"completion": ["a-secret-of-the-caller"]}]}
    assert "a-secret-of-the-caller" not in http.post(SCORE, json=body).text


def test_few_fields_are_named_of_many_that_are_wrong(http: httpx2.Client) -> None:
    answer = http.post(SCORE, json={"rollouts": [{"wrong": 1}] * 500})
    assert len(answer.json()["errors"]) == 20


def test_the_callers_request_id_comes_back(http: httpx2.Client) -> None:
    answer = http.get("/v2", headers={"X-Request-Id": "step-17.rank_3"})
    assert answer.json()["request_id"] == "step-17.rank_3"


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "a\tb", '"'])
def test_a_request_id_that_could_break_a_log_is_replaced(http: httpx2.Client, given: str) -> None:
    answer = http.get("/livez", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] not in ("", given)


@pytest.mark.parametrize("slug", sorted(problem_types()))
def test_every_problem_type_is_explained(http: httpx2.Client, slug: str) -> None:
    kind = problem_types()[slug]
    found = http.get(f"/problems/{slug}").json()
    assert (found["title"], found["status"], found["advice"]) == (
        kind.title,
        kind.status,
        kind.advice,
    )


def test_every_error_of_the_tree_has_a_slug_of_its_own() -> None:
    kinds = [
        kind
        for base in (errors.CallerError, errors.ServiceError)
        for kind in base.__subclasses__()
        if kind.__module__ == errors.__name__  # what adapters raise is never an HTTP answer
    ]
    assert {problem_types()[kind.slug] for kind in kinds} == set(kinds)


@pytest.fixture(scope="module")
def bug() -> httpx2.Response:
    """The answer of an app that was not started, whose every handler fails."""
    app = create_app(Settings(), "redis://127.0.0.1:1")

    async def ask() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get("/v1/limits")

    return asyncio.run(ask())


def test_a_bug_is_a_problem(bug: httpx2.Response) -> None:
    assert (bug.status_code, bug.json()["type"]) == (500, "/problems/internal-error")


def test_a_bug_has_its_request_id(bug: httpx2.Response) -> None:
    assert bug.json()["request_id"] == bug.headers["x-request-id"]


def test_a_bug_tells_the_caller_nothing_of_the_code(bug: httpx2.Response) -> None:
    assert bug.json()["detail"] == "an unexpected error; it is in the server's log"


def test_after_an_error_the_connection_goes_on(http: httpx2.Client) -> None:
    send(http, "not JSON")
    assert http.get("/livez").status_code == 200
