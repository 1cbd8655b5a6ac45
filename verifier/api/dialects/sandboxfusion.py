"""SandboxFusion's `/run_code` and `/submit`, as verl, ROLL and SkyRL call them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Annotated, Literal

import structlog
from fastapi import Query, Request
from pydantic import BaseModel, Field, FiniteFloat, JsonValue, ValidationError

from sandbox.languages import languages
from sandbox.types import MEBIBYTE
from verifier import errors
from verifier.api.dialects.base import DIALECT_ERRORS, Body, Dialect, client_router
from verifier.api.problems import documented
from verifier.api.programs import MAX_RUNS, Executed, Wanted, execute, known_language
from verifier.api.routing import JSON, StateOf, body_schema, decode, read_body
from verifier.code.source import Source, find_source
from verifier.completion import parse
from verifier.model import Outcome

if TYPE_CHECKING:
    from verifier.api.routing import State

_log = structlog.get_logger(__name__)

router = client_router("SandboxFusion")

_SLACK_SECONDS = 8.0
"""verl waits for both timeouts and ten seconds more."""
_ROLL_SECONDS = 27.0
"""ROLL gives up after 30 s of silence; its bodies are those that have `expected_stdout`."""
_PLAIN_SECONDS = 30.0
"""SkyRL gives up after 32 s of silence; it is one of those that say nothing of the compiler."""
_PYTEST = "pytest"
_PYTEST_FILE = "test_solution.py"
_PYTEST_DRIVER = """\
import sys
import pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "test_solution.py"]))
"""

Seconds = Annotated[FiniteFloat, Field(gt=0)]
_Within = Annotated[
    float | None,
    Query(
        ge=1,
        le=3600,
        description="Seconds in which the client has to have its answer; else by its timeouts",
    ),
]


class RunCodeRequest(Body):
    """One program and its input."""

    code: str
    language: str
    stdin: str | None = None
    compile_timeout: Seconds = 10.0
    run_timeout: Seconds = 10.0
    memory_limit_MB: int = -1  # noqa: N815 - the name on the wire
    """Less than 1 is as much as a program gets here."""
    files: dict[str, str | None] = Field(default_factory=dict)
    """Files beside the program: plain names, and their content in base64."""
    fetch_files: tuple[str, ...] = ()
    """Files to be sent back, which is not done here: it has to be empty."""
    expected_stdout: str | None = None
    """ROLL sends it and compares by itself."""


class CommandRunResult(BaseModel):
    """How the compiler or the program ended."""

    status: Literal["Finished", "Error", "TimeLimitExceeded"]
    execution_time: float | None
    return_code: int | None
    stdout: str | None
    stderr: str | None


class RunCodeResponse(BaseModel):
    """What the program did."""

    status: Literal["Success", "Failed", "SandboxError"]
    """The last is not the program's fault; only ROLL is told so, others get 504."""
    message: str
    compile_result: CommandRunResult | None
    run_result: CommandRunResult | None
    executor_pod_name: None = None
    files: dict[str, str] = {}


class StdioCase(Body):
    """One case; of the streams only stdin and stdout are known here."""

    input: dict[str, str] = Field(default_factory=dict)
    output: dict[str, str]


class Provided(Body):
    """The row of the data set."""

    test: Annotated[tuple[StdioCase, ...], Field(max_length=MAX_RUNS)] | str
    """The cases, or JSON of them."""


class SubmitConfig(Body):
    """How to run."""

    language: str
    provided_data: Provided
    compile_timeout: Seconds | None = None
    run_timeout: Seconds | None = None
    custom_extract_logic: str | None = None


class SubmitRequest(Body):
    """A completion, and the cases that the program in it has to pass."""

    dataset: str = ""
    id: int | str = 0
    completion: str
    config: SubmitConfig


class EvaluatedCase(BaseModel):
    """One case."""

    passed: bool
    exec_info: RunCodeResponse
    test_info: dict[str, JsonValue] | None = None


class SubmitResponse(BaseModel):
    """Whether all cases pass, and each."""

    id: int | str
    accepted: bool
    extracted_code: str
    full_code: str | None = None
    test_code: str | None = None
    tests: list[EvaluatedCase]
    extracted_type: str | None = None
    extra: dict[str, JsonValue] | None = None


_ERRORS = documented(*DIALECT_ERRORS, errors.GatewayTimeout)


@router.post(
    "/run_code",
    operation_id="runCode",
    response_class=JSON,
    responses={200: {"model": RunCodeResponse, "description": "What it did"}, **_ERRORS},
    openapi_extra=body_schema(RunCodeRequest),
)
async def run_code(request: Request, state: StateOf, within: _Within = None) -> JSON:
    """Run one program; what is not its fault is 504, which verl tries again."""
    body = decode(RunCodeRequest, await read_body(request, state.settings.max_body_bytes))
    if body.fetch_files:
        raise errors.InvalidRequest("no files are sent back here; leave `fetch_files` empty")
    try:
        (found,) = await _executed(request, state, [_wanted(body)], within or patience(body))
    except errors.GatewayTimeout as error:
        if not _is_rolls(body):
            raise
        # ROLL leaves out a case that it gets no 200 for, and pays for those that are left: a
        # program could pass by making us late where it would fail.
        _log.warning("run_code.sandbox_error", detail=error.detail)
        answer = RunCodeResponse(
            status="SandboxError", message=error.detail, compile_result=None, run_result=None
        )
        return JSON(answer.model_dump_json())
    return JSON(_response(found, body.language).model_dump_json())


@router.post(
    "/submit",
    operation_id="submitCompletion",
    response_class=JSON,
    responses={200: {"model": SubmitResponse, "description": "What passes"}, **_ERRORS},
    openapi_extra=body_schema(SubmitRequest),
)
async def submit(request: Request, state: StateOf, within: _Within = None) -> JSON:
    """Run the last code block of a completion on cases that the request provides (CommonOJ)."""
    body = decode(SubmitRequest, await read_body(request, state.settings.max_body_bytes))
    config = body.config
    if config.custom_extract_logic:
        raise errors.InvalidRequest("`custom_extract_logic` is code, which is not run here")
    language = known_language(config.language)
    cases = _cases(config.provided_data.test)
    seconds = config.run_timeout or 10.0
    if within is None:
        within = (config.compile_timeout or 10.0) + seconds + _SLACK_SECONDS
    source = find_source(parse(body.completion), "last_block", language, allow_unclosed=True)
    if not isinstance(source, Source):
        return _evaluated(body, "", [])
    wanted = [
        Wanted(
            source.text,
            language,
            stdin=case.input.get("stdin", ""),
            expected=case.output["stdout"],
            seconds=seconds,
            output_bytes=MEBIBYTE,
        )
        for case in cases
    ]
    found = await _executed(request, state, wanted, within)
    evaluated = [
        EvaluatedCase(
            passed=one.outcome is Outcome.CORRECT,
            exec_info=_response(one, language),
            test_info=case.model_dump(mode="json"),
        )
        for one, case in zip(found, cases, strict=True)
    ]
    return _evaluated(body, source.text, evaluated)


def patience(body: RunCodeRequest) -> float:
    """Seconds in which the client that writes such bodies has to have its answer."""
    asked = body.compile_timeout + body.run_timeout + _SLACK_SECONDS
    if _is_rolls(body):
        return min(asked, _ROLL_SECONDS)
    if "compile_timeout" not in body.model_fields_set:
        return min(asked, _PLAIN_SECONDS)
    return asked


def _is_rolls(body: RunCodeRequest) -> bool:
    return "expected_stdout" in body.model_fields_set


async def _executed(
    request: Request, state: State, wanted: list[Wanted], within: float
) -> list[Executed]:
    try:
        return await execute(request, state, wanted, within)
    except errors.ServiceError as error:
        raise errors.GatewayTimeout(error.detail, retry_after_seconds=1) from error


def _wanted(body: RunCodeRequest) -> Wanted:
    megabytes = body.memory_limit_MB
    source, language = body.code, body.language
    files = {name: content or "" for name, content in body.files.items()}
    if language == _PYTEST:
        files[_PYTEST_FILE] = base64.b64encode(source.encode("utf-8", "replace")).decode()
        source, language = _PYTEST_DRIVER, "python"
    return Wanted(
        source,
        known_language(language),
        stdin=body.stdin or "",
        files=files,
        seconds=body.run_timeout,
        memory_bytes=megabytes * MEBIBYTE if megabytes > 0 else None,
    )


def _cases(given: tuple[StdioCase, ...] | str) -> tuple[StdioCase, ...]:
    if isinstance(given, str):
        try:
            rows = Provided.model_validate_json(json.dumps({"test": json.loads(given)})).test
        except (ValueError, RecursionError, ValidationError) as error:
            raise errors.InvalidReference("`provided_data.test` is no JSON of cases") from error
        given = () if isinstance(rows, str) else rows
    for case in given:
        if "stdout" not in case.output or {*case.input} - {"stdin"} or {*case.output} - {"stdout"}:
            raise errors.InvalidReference(
                "a case has `input` with `stdin` and `output` with `stdout`, and no files"
            )
    if not given:
        raise errors.InvalidReference("there are no cases in `provided_data.test`")
    return given


def _evaluated(body: SubmitRequest, source: str, evaluated: list[EvaluatedCase]) -> JSON:
    accepted = bool(evaluated) and all(case.passed for case in evaluated)
    answer = SubmitResponse(id=body.id, accepted=accepted, extracted_code=source, tests=evaluated)
    return JSON(answer.model_dump_json())


def _response(found: Executed, language: str) -> RunCodeResponse:
    """As SandboxFusion says it: an interpreter's syntax error is the program's end."""
    command = _command(found)
    compiler = found.stage == "compile" and _compiles(language)
    return RunCodeResponse(
        status="Success" if found.ran else "Failed",
        message="" if found.ran else found.reason,
        compile_result=command if compiler else None,
        run_result=None if compiler else command,
    )


def _compiles(language: str) -> bool:
    return language != _PYTEST and bool(languages()[known_language(language)].compile)


def _command(found: Executed) -> CommandRunResult:
    status: Literal["Finished", "Error", "TimeLimitExceeded"] = "Finished"
    code = found.exit_code if found.signal is None else -found.signal
    if found.outcome is Outcome.TIME_LIMIT:
        status, code = "TimeLimitExceeded", None
    elif found.outcome in (Outcome.OUTPUT_LIMIT, Outcome.TOO_COMPLEX):
        status, code = "Error", None
    elif found.ran:
        code = 0
    elif not code:
        code = 1
    return CommandRunResult(
        status=status,
        execution_time=found.wall_seconds,
        return_code=code,
        stdout=found.stdout,
        stderr=found.stderr or ("" if found.ran else found.reason),
    )


DIALECT = Dialect(
    name="sandboxfusion",
    summary="SandboxFusion: /run_code and /submit (verl, ROLL, SkyRL)",
    router=router,
    bodies=(RunCodeRequest, SubmitRequest),
)
