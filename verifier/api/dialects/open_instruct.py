"""open-instruct's code verifier: `/test_program` and `/test_program_stdio`."""

from __future__ import annotations

import asyncio
import base64
import json
import zlib
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Query, Request
from pydantic import BaseModel, Field, FiniteFloat, JsonValue

from sandbox.types import MEBIBYTE
from verifier import errors
from verifier.api.dialects.base import DIALECT_ERRORS, Body, Dialect, client_router
from verifier.api.judging import fault, judge
from verifier.api.problems import documented
from verifier.api.programs import MAX_RUNS, Wanted, attempt
from verifier.api.routing import JSON, StateOf, body_schema, decode, read_body
from verifier.code.judgement import MAX_STRIKES
from verifier.code.pickles import NotPlain, read_pickle
from verifier.model import Outcome, Reference, Rollout

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from verifier.api.routing import State
    from verifier.model import Reward

router = client_router("open-instruct")

_SLACK_SECONDS = 3.0
_LEAST_WAIT, _MOST_WAIT, _WAIT_FACTOR = 30.0, 300.0, 10.0
"""The client waits for ten times the limit of a case, and between these."""
_NOT_RUN = -1.0
_MOST_SECONDS = 60.0
_LIMITS = frozenset({Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT, Outcome.OUTPUT_LIMIT})

_Found = tuple[Outcome, float]
_Within = Annotated[
    float | None,
    Query(
        ge=1, le=3600, description="Seconds in which the client has to have its answer; else by its"
    ),
]


class ProgramRequest(Body):
    """A program and its tests."""

    program: str
    tests: list[JsonValue] | str
    """A list, JSON of one, or base64 of a compressed pickle of either."""
    max_execution_time: Annotated[FiniteFloat, Field(gt=0)] = 1.0
    """For each test; CPU time."""


class ProgramAnswer(BaseModel):
    """One for each test."""

    results: list[int]
    """1 where it passed, else 0."""
    runtimes: list[float]
    """CPU time in seconds; -1 where it was not run."""


_RESPONSES = {
    200: {"model": ProgramAnswer, "description": "Which tests pass"},
    **documented(*DIALECT_ERRORS),
}


@router.post(
    "/test_program",
    operation_id="testProgram",
    response_class=JSON,
    responses=_RESPONSES,
    openapi_extra=body_schema(ProgramRequest),
)
async def run_asserts(request: Request, state: StateOf, within: _Within = None) -> JSON:
    """Judge a program by Python statements that assert, each by itself."""
    body, tests = await _read(request, state)
    until = within or _patience(body)

    async def judged(some: Sequence[JsonValue]) -> list[_Found]:
        rollouts = [_asserting(body, test) for test in some]
        return [_verdict(one) for one in await judge(request, state, rollouts, None, until)]

    return await _answer(tests, judged)


@router.post(
    "/test_program_stdio",
    operation_id="testProgramStdio",
    response_class=JSON,
    responses=_RESPONSES,
    openapi_extra=body_schema(ProgramRequest),
)
async def run_stdio(request: Request, state: StateOf, within: _Within = None) -> JSON:
    """Judge a program by what it prints for each input."""
    body, tests = await _read(request, state)
    until = within or _patience(body)

    async def judged(some: Sequence[JsonValue]) -> list[_Found]:
        wanted = [_printing(body, test) for test in some]
        found = await attempt(request, state, wanted, until)
        for one in found:
            if isinstance(one, errors.VerifierError):
                raise one
        return [
            (one.outcome, one.cpu_seconds)
            for one in found
            if not isinstance(one, errors.VerifierError)
        ]

    return await _answer(tests, judged)


async def _read(request: Request, state: State) -> tuple[ProgramRequest, list[JsonValue]]:
    body = decode(ProgramRequest, await read_body(request, state.settings.max_body_bytes))
    most = state.settings.max_tests_bytes
    tests = body.tests
    if isinstance(tests, str):
        tests = await asyncio.to_thread(read_tests, tests, most)
    if not 0 < len(tests) <= MAX_RUNS:
        raise errors.InvalidReference(f"{len(tests)} tests; there have to be 1 to {MAX_RUNS}")
    return body, tests


def _patience(body: ProgramRequest) -> float:
    wait = min(_MOST_WAIT, _WAIT_FACTOR * body.max_execution_time)
    return max(_LEAST_WAIT, wait) - _SLACK_SECONDS


async def _answer(
    tests: Sequence[JsonValue], judged: Callable[[Sequence[JsonValue]], Awaitable[list[_Found]]]
) -> JSON:
    """The first few tests tell whether the program runs into its limits each time."""
    found = await judged(tests[:MAX_STRIKES])
    if any(outcome not in _LIMITS for outcome, _ in found) and len(found) < len(tests):
        found += await judged(tests[len(found) :])
    left = len(tests) - len(found)
    answer = ProgramAnswer(
        results=[int(outcome is Outcome.CORRECT) for outcome, _ in found] + [0] * left,
        runtimes=[seconds for _, seconds in found] + [_NOT_RUN] * left,
    )
    return JSON(answer.model_dump_json())


def _seconds(body: ProgramRequest) -> float:
    return min(body.max_execution_time, _MOST_SECONDS)


def _asserting(body: ProgramRequest, test: JsonValue) -> Rollout:
    if not isinstance(test, str):
        raise errors.InvalidReference("a test of /test_program is a statement, as text")
    seconds = _seconds(body)
    params: JsonValue = {"source": "raw", "cpu_seconds": seconds, "wall_seconds": seconds}
    check: JsonValue = {"id": "tests", "check": "code_execution", "params": params}
    return Rollout(
        completion=body.program,
        reference=Reference(tests={"kind": "asserts", "code": test}),
        spec={"name": "asserts", "checks": [check]},
    )


def _printing(body: ProgramRequest, test: JsonValue) -> Wanted:
    if not isinstance(test, dict) or not {"input", "output"} <= test.keys():
        raise errors.InvalidReference("a test of /test_program_stdio has `input` and `output`")
    return Wanted(
        body.program,
        "python",
        stdin=_text(test["input"]),
        expected=_text(test["output"]),
        seconds=_seconds(body),
        output_bytes=MEBIBYTE,
    )


def _text(value: JsonValue) -> str:
    if isinstance(value, list) and all(isinstance(line, str | int | float) for line in value):
        return "\n".join(str(line) for line in value)
    if not isinstance(value, str):
        raise errors.InvalidReference("`input` and `output` are text, or lists of lines")
    return value


def _verdict(reward: Reward) -> _Found:
    if reward.reward is None:
        raise fault(reward)
    (verdict,) = reward.verdicts
    seconds = verdict.evidence.get("cpu_seconds", _NOT_RUN)
    return verdict.outcome, float(cast("float", seconds))


def read_tests(text: str, most_bytes: int) -> list[JsonValue]:
    """The tests: JSON, or base64 of a compressed pickle, of a list or of JSON text.

    Raises:
        InvalidReference: they are neither, or too much.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = _unpacked(text, most_bytes)
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except (ValueError, RecursionError) as error:
            raise errors.InvalidReference("the pickle holds text that is no JSON") from error
    if not isinstance(found, list):
        raise errors.InvalidReference("the tests are no list")
    return cast("list[JsonValue]", found)


def _unpacked(text: str, most_bytes: int) -> JsonValue:
    try:
        packed = base64.b64decode(text, validate=True)
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(packed, most_bytes)
        whole = unpacker.eof
    except (ValueError, zlib.error) as error:
        raise errors.InvalidReference(
            "the tests are neither JSON nor base64 of something compressed"
        ) from error
    if not whole:
        raise errors.InvalidReference(f"the tests are cut off, or over {most_bytes} bytes")
    try:
        return read_pickle(content, most_bytes)
    except NotPlain as error:
        raise errors.InvalidReference(f"the tests cannot be used: {error}") from error


DIALECT = Dialect(
    name="open_instruct",
    summary="open-instruct's code verifier: /test_program and /test_program_stdio",
    router=router,
    bodies=(ProgramRequest,),
)
