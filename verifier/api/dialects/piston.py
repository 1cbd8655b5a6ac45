"""Piston: `/api/v2/execute` and `/api/v2/runtimes`."""

from __future__ import annotations

import base64
from typing import Annotated, Literal

from fastapi import Request  # noqa: TC002 - FastAPI reads annotations
from pydantic import BaseModel, Field, FiniteFloat

import verifier
from sandbox.languages import languages
from verifier import errors
from verifier.api.dialects.base import DIALECT_ERRORS, Body, Dialect, Within, client_router
from verifier.api.problems import documented
from verifier.api.programs import Executed, Wanted, execute, known_language
from verifier.api.routing import JSON, StateOf, body_schema, decode, read_body
from verifier.checks.program_run import MAX_FILES
from verifier.model import Outcome

router = client_router("Piston")

_SECONDS = 27.0
"""The client of open-r1 gives up after 30 s of silence."""
_ANY = "*"
_GRADERS_FILE = "grader_config"
"""For open-r1's packages of graders. Without them what the program prints would be its score."""
_SIGNALS = {6: "SIGABRT", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM"}


class PistonFile(Body):
    """A file; the first is the program."""

    name: str | None = None
    content: str
    encoding: Literal["utf8", "base64", "hex"] = "utf8"


class ExecuteRequest(Body):
    """A program, its input and its limits, in milliseconds and bytes."""

    language: str
    version: str = _ANY
    files: Annotated[tuple[PistonFile, ...], Field(min_length=1, max_length=MAX_FILES)]
    stdin: str | None = None
    args: tuple[str, ...] = ()
    run_timeout: Annotated[FiniteFloat, Field(gt=0)] = 3000
    run_memory_limit: int = -1
    """Less than 1 is as much as a program gets here."""


class PistonStage(BaseModel):
    """How the compiler or the program ended."""

    stdout: str
    stderr: str
    output: str
    code: int | None
    signal: str | None
    message: str | None = None
    status: str | None = None
    """As Piston abbreviates: TO for time, RE for an exit code, SG for a signal, OL for output."""
    cpu_time: float | None = None
    """In milliseconds, like the next."""
    wall_time: float | None = None
    memory: int | None = None


class ExecuteAnswer(BaseModel):
    """What the compiler and the program did."""

    language: str
    version: str
    run: PistonStage
    compile: PistonStage | None = None


class Runtime(BaseModel):
    """A language that programs may be in."""

    language: str
    version: str
    aliases: list[str]


@router.get(
    "/api/v2/runtimes", operation_id="pistonRuntimes", responses=documented(errors.Unauthorized)
)
async def runtimes() -> list[Runtime]:
    """Every language; the version is this service's, since images differ in their compilers'."""
    return [
        Runtime(language=one.name, version=verifier.__version__, aliases=list(one.aliases))
        for one in languages().values()
    ]


@router.post(
    "/api/v2/execute",
    operation_id="pistonExecute",
    response_class=JSON,
    responses={
        200: {"model": ExecuteAnswer, "description": "What it did"},
        **documented(*DIALECT_ERRORS),
    },
    openapi_extra=body_schema(ExecuteRequest),
)
async def run_files(request: Request, state: StateOf, within: Within = _SECONDS) -> JSON:
    """Run one program. What is not its fault is no 200, which clients try again."""
    body = decode(ExecuteRequest, await read_body(request, state.settings.max_body_bytes))
    if body.version not in (_ANY, verifier.__version__):
        raise errors.InvalidRequest(f"the version is {_ANY!r} or one that /api/v2/runtimes names")
    wanted = _wanted(body)
    (found,) = await execute(request, state, [wanted], within)
    answer = ExecuteAnswer(
        language=wanted.language,
        version=verifier.__version__,
        run=_stage(found),
        compile=_compiler(found, wanted.language),
    )
    return JSON(answer.model_dump_json())


def _wanted(body: ExecuteRequest) -> Wanted:
    source, *others = body.files
    if any(one.name == _GRADERS_FILE for one in body.files):
        raise errors.InvalidRequest(
            f"`{_GRADERS_FILE}` is for a package of graders, which is not here; give such problems "
            "to POST /v1/score with a checker"
        )
    files = {}
    for position, one in enumerate(others, 1):
        name = one.name or f"file{position}.code"
        if name in files:
            raise errors.InvalidRequest("two files have the same name")
        files[name] = base64.b64encode(_content(one)).decode()
    return Wanted(
        _content(source).decode("utf-8", "replace"),
        known_language(body.language),
        stdin=body.stdin or "",
        args=body.args,
        files=files,
        seconds=body.run_timeout / 1000,
        memory_bytes=body.run_memory_limit if body.run_memory_limit > 0 else None,
    )


def _content(file: PistonFile) -> bytes:
    try:
        if file.encoding == "base64":
            return base64.b64decode(file.content, validate=True)
        if file.encoding == "hex":
            return bytes.fromhex(file.content)
    except ValueError as error:
        raise errors.InvalidRequest(f"a file is not {file.encoding}, as it says") from error
    return file.content.encode("utf-8", "replace")


def _stage(found: Executed) -> PistonStage:
    signal = None if found.signal is None else _SIGNALS.get(found.signal, f"SIG{found.signal}")
    code, status = found.exit_code, None
    if found.ran:
        code = 0
    elif found.outcome is Outcome.TIME_LIMIT:
        code, signal, status = None, "SIGKILL", "TO"
    elif found.outcome in (Outcome.MEMORY_LIMIT, Outcome.OUTPUT_LIMIT):
        code, signal = None, "SIGKILL"
        status = "OL" if found.outcome is Outcome.OUTPUT_LIMIT else "SG"
    elif signal is not None:
        code, status = None, "SG"
    else:
        code, status = code or 1, "RE"
    stderr = found.stderr or ("" if found.ran else found.reason)
    return PistonStage(
        stdout=found.stdout,
        stderr=stderr,
        output=found.stdout + stderr,
        code=code,
        signal=signal,
        message=None if found.ran else found.reason,
        status=status,
        cpu_time=round(found.cpu_seconds * 1000, 3),
        wall_time=round(found.wall_seconds * 1000, 3),
        memory=found.memory_bytes,
    )


def _compiler(found: Executed, language: str) -> PistonStage | None:
    """An interpreter's syntax error is the program's end, and nobody has compiled."""
    if not languages()[language].compile:
        return None
    if found.stage == "compile":
        return _stage(found)
    return PistonStage(stdout="", stderr="", output="", code=0, signal=None)


DIALECT = Dialect(
    name="piston",
    summary="Piston: /api/v2/execute and /api/v2/runtimes",
    router=router,
    bodies=(ExecuteRequest,),
)
