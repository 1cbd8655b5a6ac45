"""Judge0: `/submissions`, waited for or not, alone or in a batch."""

from __future__ import annotations

import base64
import json
import re
import time
import uuid
from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query, Request
from pydantic import BaseModel, Field, FiniteFloat

from sandbox.languages import languages
from sandbox.types import MEBIBYTE
from verifier import errors
from verifier.api.dialects.base import DIALECT_ERRORS, Body, Dialect, Within, client_router
from verifier.api.problems import documented
from verifier.api.programs import Executed, Wanted, execute
from verifier.api.routing import JSON, StateOf, body_schema, decode, read_body
from verifier.model import Outcome, Reward, ScoreRequest, TicketStatus

if TYPE_CHECKING:
    from verifier.api.routing import State

router = client_router("Judge0")

_SECONDS = 27.0
_MAX_BATCH = 20
"""As many as Judge0 takes."""
_TOKEN = r"^[0-9a-f]{32}-[0-9]{1,2}$"  # noqa: S105 - a pattern of public tokens
_KIBIBYTE = 1024
_LANGUAGES = {
    "bash": (46,),
    "c": (48, 49, 50, 75),
    "cpp": (52, 53, 54, 76),
    "go": (60, 95),
    "java": (62, 91),
    "javascript": (63, 93),
    "lua": (64,),
    "ocaml": (65,),
    "pascal": (67,),
    "perl": (85,),
    "php": (68,),
    "python": (71, 92),
    "ruby": (72,),
    "rust": (73,),
    "typescript": (74, 94),
}
"""Judge0's numbers for each of our languages; the last is told. The version is the image's."""
_BY_NUMBER = {number: name for name, numbers in _LANGUAGES.items() for number in numbers}
_STATUSES = {
    1: "In Queue",
    3: "Accepted",
    4: "Wrong Answer",
    5: "Time Limit Exceeded",
    6: "Compilation Error",
    7: "Runtime Error (SIGSEGV)",
    8: "Runtime Error (SIGXFSZ)",
    9: "Runtime Error (SIGFPE)",
    10: "Runtime Error (SIGABRT)",
    11: "Runtime Error (NZEC)",
    12: "Runtime Error (Other)",
    13: "Internal Error",
}
_QUEUED, _INTERNAL, _OTHER, _NZEC = 1, 13, 12, 11
_BY_OUTCOME = {
    Outcome.CORRECT: 3,
    Outcome.INCORRECT: 4,
    Outcome.TIME_LIMIT: 5,
    Outcome.COMPILE_ERROR: 6,
    Outcome.OUTPUT_LIMIT: 8,
    Outcome.MEMORY_LIMIT: _OTHER,
    Outcome.TOO_COMPLEX: _OTHER,
}
_BY_SIGNAL = {11: 7, 25: 8, 8: 9, 6: 10}


class Submission(Body):
    """A program, its input, and what it should print."""

    source_code: str
    language_id: int
    stdin: str | None = None
    expected_output: str | None = None
    """Unset: whatever it prints is accepted."""
    cpu_time_limit: Annotated[FiniteFloat, Field(gt=0)] | None = None
    """In seconds."""
    memory_limit: FiniteFloat | None = None
    """In kibibytes."""
    command_line_arguments: str | None = None


class Batch(Body):
    """Several of them."""

    submissions: Annotated[tuple[Submission, ...], Field(min_length=1, max_length=_MAX_BATCH)]


class SubmissionStatus(BaseModel):
    """How it ended."""

    id: int
    description: str


class Submitted(BaseModel):
    """What the program did."""

    token: str
    status: SubmissionStatus
    stdout: str | None = None
    stderr: str | None = None
    compile_output: str | None = None
    message: str | None = None
    time: str | None = None
    memory: int | None = None
    exit_code: int | None = None
    exit_signal: int | None = None


class Token(BaseModel):
    """Names a submission."""

    token: str


class SubmittedBatch(BaseModel):
    """Several of them."""

    submissions: list[Submitted]


class Judge0Language(BaseModel):
    """A language that programs may be in."""

    id: int
    name: str


_Base64 = Annotated[
    bool, Query(description="Texts are in base64, those of the request and of the answer")
]
_ERRORS = documented(*DIALECT_ERRORS)


@router.get("/languages", operation_id="judge0Languages", responses=documented(errors.Unauthorized))
async def list_languages() -> list[Judge0Language]:
    """Every language, by Judge0's number."""
    return [
        Judge0Language(id=numbers[-1], name=languages()[name].name)
        for name, numbers in _LANGUAGES.items()
    ]


@router.post(
    "/submissions",
    operation_id="judge0Submit",
    status_code=201,
    response_class=JSON,
    responses={201: {"model": Submitted, "description": "What it did, or its token"}, **_ERRORS},
    openapi_extra=body_schema(Submission),
)
@router.post(
    "/submissions/",
    operation_id="judge0SubmitSlash",
    status_code=201,
    response_class=JSON,
    responses={201: {"model": Submitted, "description": "What it did, or its token"}, **_ERRORS},
    openapi_extra=body_schema(Submission),
)
async def submit(
    request: Request,
    state: StateOf,
    wait: Annotated[bool, Query(description="Answer when it has ended")] = False,  # noqa: FBT002 - a query parameter
    base64_encoded: _Base64 = False,  # noqa: FBT002 - a query parameter
    within: Within = _SECONDS,
) -> JSON:
    """Run one program. With `wait`, what is not its fault is no 201; else it is status 13."""
    body = decode(Submission, await read_body(request, state.settings.max_body_bytes))
    wanted = _wanted(body, encoded=base64_encoded)
    if not wait:
        (token,) = await _opened(state, [wanted], within)
        return JSON(Token(token=token).model_dump_json(), 201)
    (found,) = await execute(request, state, [wanted], within)
    answer = _submitted(f"{uuid.uuid4().hex}-0", found, encoded=base64_encoded)
    return JSON(answer.model_dump_json(), 201)


@router.post(
    "/submissions/batch",
    operation_id="judge0SubmitBatch",
    status_code=201,
    response_class=JSON,
    responses={201: {"model": list[Token], "description": "Their tokens"}, **_ERRORS},
    openapi_extra=body_schema(Batch),
)
async def submit_batch(
    request: Request,
    state: StateOf,
    base64_encoded: _Base64 = False,  # noqa: FBT002 - a query parameter
    within: Within = _SECONDS,
) -> JSON:
    """Run several programs in the background."""
    body = decode(Batch, await read_body(request, state.settings.max_body_bytes))
    wanted = [_wanted(one, encoded=base64_encoded) for one in body.submissions]
    tokens = await _opened(state, wanted, within)
    return JSON(json.dumps([{"token": token} for token in tokens]), 201)


@router.get(
    "/submissions/batch",
    operation_id="judge0Batch",
    response_class=JSON,
    responses={200: {"model": SubmittedBatch}, **_ERRORS},
)
async def read_batch(
    state: StateOf,
    tokens: Annotated[str, Query(max_length=2_000, description="Separated by commas")],
    base64_encoded: _Base64 = False,  # noqa: FBT002 - a query parameter
) -> JSON:
    """What several programs did; those that have not ended are in the queue."""
    asked = tokens.split(",")
    if len(asked) > _MAX_BATCH or not all(re.fullmatch(_TOKEN, one) for one in asked):
        raise errors.InvalidRequest(f"`tokens` are up to {_MAX_BATCH} tokens with commas between")
    found = [await _read(state, token, encoded=base64_encoded) for token in asked]
    return JSON(SubmittedBatch(submissions=found).model_dump_json())


@router.get(
    "/submissions/{token}",
    operation_id="judge0Submission",
    response_class=JSON,
    responses={200: {"model": Submitted}, **_ERRORS},
)
async def read_submission(
    state: StateOf,
    token: Annotated[str, Path(pattern=_TOKEN)],
    base64_encoded: _Base64 = False,  # noqa: FBT002 - a query parameter
) -> JSON:
    """What a program did; one that has not ended is in the queue."""
    return JSON((await _read(state, token, encoded=base64_encoded)).model_dump_json())


async def _opened(state: State, wanted: list[Wanted], within: float) -> list[str]:
    most = state.settings.sandbox_memory_bytes
    seconds = min(within, state.settings.max_deadline_seconds)
    rollouts = tuple(one.rollout(most, within) for one in wanted)
    order = state.service.order(ScoreRequest(rollouts=rollouts, deadline_seconds=seconds))
    ticket = await state.tickets.open(order, b"", None)
    return [f"{ticket}-{position}" for position in range(len(wanted))]


async def _read(state: State, token: str, *, encoded: bool) -> Submitted:
    ticket, _, position = token.partition("-")
    progress = await state.tickets.read(ticket, time.time())
    if int(position) >= progress.total:
        raise errors.NotFound(f"there is no submission {token!r}")
    reward = progress.rewards.get(int(position))
    if reward is None:
        status = _QUEUED if progress.status is TicketStatus.PENDING else _INTERNAL
        return Submitted(token=token, status=_status(status))
    try:
        found = Executed.of(Reward.model_validate_json(reward))
    except errors.VerifierError as error:
        message = _told(error.detail, encoded=encoded)
        return Submitted(token=token, status=_status(_INTERNAL), message=message)
    return _submitted(token, found, encoded=encoded)


def _wanted(body: Submission, *, encoded: bool) -> Wanted:
    language = _BY_NUMBER.get(body.language_id)
    if language is None:
        raise errors.InvalidRequest(
            f"there is no language {body.language_id}; GET /languages names those that there are"
        )
    if body.command_line_arguments:
        raise errors.InvalidRequest("`command_line_arguments` are not passed on here")
    expected = body.expected_output
    return Wanted(
        _heard(body.source_code, encoded=encoded),
        language,
        stdin=_heard(body.stdin or "", encoded=encoded),
        expected=None if expected is None else _heard(expected, encoded=encoded),
        seconds=body.cpu_time_limit or 5.0,
        memory_bytes=int(body.memory_limit * _KIBIBYTE) if body.memory_limit else None,
        output_bytes=MEBIBYTE,
    )


def _heard(text: str, *, encoded: bool) -> str:
    if not encoded:
        return text
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except ValueError as error:
        raise errors.InvalidRequest("a text is not base64, as the URL says") from error


def _told(text: str, *, encoded: bool) -> str | None:
    if not text:
        return None
    return base64.b64encode(text.encode()).decode() if encoded else text


def _status(number: int) -> SubmissionStatus:
    return SubmissionStatus(id=number, description=_STATUSES[number])


def _submitted(token: str, found: Executed, *, encoded: bool) -> Submitted:
    number = _BY_OUTCOME.get(found.outcome)
    if number is None:
        number = _NZEC if found.signal is None else _BY_SIGNAL.get(found.signal, _OTHER)
    compiled = found.stage == "compile"
    return Submitted(
        token=token,
        status=_status(number),
        stdout=_told(found.stdout, encoded=encoded),
        stderr=None if compiled else _told(found.stderr, encoded=encoded),
        compile_output=_told(found.stderr, encoded=encoded) if compiled else None,
        message=None if found.ran else _told(found.reason, encoded=encoded),
        time=f"{found.cpu_seconds:.3f}",
        memory=found.memory_bytes // _KIBIBYTE,
        exit_code=found.exit_code,
        exit_signal=found.signal,
    )


DIALECT = Dialect(
    name="judge0",
    summary="Judge0: /submissions",
    router=router,
    bodies=(Submission, Batch),
)
