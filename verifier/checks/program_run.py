"""The check `program_run`: the completion is a program that ends well; what it prints is kept.

The drop-in endpoints that run programs are made of it, so the program meets the queue, the
sandbox and the limits of every other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import TYPE_CHECKING, Literal, cast

from pydantic import Field, ValidationError, field_validator

from sandbox import types
from sandbox.languages import languages, named
from sandbox.types import MEBIBYTE, Abandoned, Case, Execution, Limits, Program, SandboxFault
from verifier.checks import base
from verifier.checks.base import Check, Judgement, Subject, Tools, abstain, policy_fault
from verifier.code.comparison import Checker, difference
from verifier.code.leasing import in_slot
from verifier.code.source import MAX_SOURCE_BYTES
from verifier.errors import describe
from verifier.model import Boundary, Outcome

if TYPE_CHECKING:
    from pydantic import JsonValue

    from sandbox.types import Slot
    from verifier.model import Reference

MAX_FILES = 64
_MAX_NAME_BYTES = 255
_OUTCOMES = {
    types.Outcome.RUNTIME_ERROR: Outcome.RUNTIME_ERROR,
    types.Outcome.TIME_LIMIT: Outcome.TIME_LIMIT,
    types.Outcome.MEMORY_LIMIT: Outcome.MEMORY_LIMIT,
    types.Outcome.OUTPUT_LIMIT: Outcome.OUTPUT_LIMIT,
    types.Outcome.COMPILE_ERROR: Outcome.COMPILE_ERROR,
}


class Params(base.Params):
    """The program's language, and what it may use."""

    language: str = "python"
    cpu_seconds: float = Field(default=4.0, gt=0, le=60)
    wall_seconds: float = Field(default=20.0, gt=0, le=120)
    """Ends a program that sleeps; waiting for a core does not count."""
    memory_bytes: int = Field(default=512 * MEBIBYTE, ge=16 * MEBIBYTE, le=4096 * MEBIBYTE)
    output_bytes: int = Field(default=MEBIBYTE, ge=1, le=4 * MEBIBYTE)
    """What it may print; so much is kept."""

    @field_validator("language")
    @classmethod
    def _one_of_ours(cls, tag: str) -> str:
        language = named(tag)
        if language is None:
            raise ValueError(f"no such language; there are {', '.join(languages())}")
        return language.name


class Run(Boundary):
    """What a reference's `tests` say: the program's input, and perhaps what it should print."""

    kind: Literal["run"] = "run"
    stdin: str = ""
    args: tuple[str, ...] = Field(default=(), max_length=1024)
    files: dict[str, str] = Field(default_factory=dict, max_length=MAX_FILES)
    """Files beside the program: plain names, and their content in base64."""
    expected: str | None = None
    """What it should print; blanks at the ends of lines and blank lines at the end do not count."""

    @field_validator("args")
    @classmethod
    def _no_nul(cls, arguments: tuple[str, ...]) -> tuple[str, ...]:
        if any("\0" in argument for argument in arguments):
            raise ValueError("an argument of a program holds no NUL")
        return arguments

    @field_validator("files")
    @classmethod
    def _plain_names(cls, files: dict[str, str]) -> dict[str, str]:
        for name in files:
            size = len(name.encode("utf-8", "replace"))
            if not 0 < size <= _MAX_NAME_BYTES or name in {".", ".."} or {"/", "\0"} & set(name):
                raise ValueError("a file beside a program has a plain name, without folders")
        return files

    @property
    def contents(self) -> dict[str, bytes]:
        """The files.

        Raises:
            ValueError: one is not base64.
        """
        try:
            return {n: base64.b64decode(text, validate=True) for n, text in self.files.items()}
        except binascii.Error as error:
            raise ValueError(f"the content of a file is not base64 ({error})") from error


def judge(subject: Subject, params: base.Params, tools: Tools) -> Judgement:
    """Run the completion, all of it, once."""
    own = cast("Params", params)
    if subject.reference is None:
        reason = 'this check needs an input: {"tests": {"kind": "run", "stdin": "…"}}'
        return abstain(Outcome.REFERENCE_MISSING, reason)
    try:
        run = _run(subject.reference)
        files = run.contents
    except ValidationError as error:
        row = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in row["loc"])
        return abstain(Outcome.REFERENCE_INVALID, f"the input cannot be used: {place} {row['msg']}")
    except ValueError as error:
        return abstain(Outcome.REFERENCE_INVALID, f"the input cannot be used: {error}")
    text = subject.completion.text
    if len(text.encode("utf-8", "replace")) > MAX_SOURCE_BYTES:
        reason = f"the program has more than {MAX_SOURCE_BYTES} bytes"
        return policy_fault(Outcome.TOO_COMPLEX, reason)
    program = Program(text, own.language, files)

    def found() -> Judgement:
        return _executed(program, run, own, tools)

    return tools.recall(_digest(text, run, own), found)


def _run(reference: Reference) -> Run:
    """The input of the program.

    Raises:
        ValueError: it is of another shape.
    """
    tests = reference.tests
    if tests is None:
        raise ValueError('write {"tests": {"kind": "run", "stdin": "…"}}')
    return Run.model_validate_json(tests if isinstance(tests, str) else json.dumps(tests))


def _digest(text: str, run: Run, params: Params) -> str:
    decisive = ["run", text, run.model_dump(mode="json"), params.model_dump(mode="json")]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def _executed(program: Program, run: Run, params: Params, tools: Tools) -> Judgement:
    limits = Limits(
        cpu_seconds=params.cpu_seconds,
        wall_seconds=params.wall_seconds,
        memory_bytes=params.memory_bytes,
        output_bytes=params.output_bytes,
    )
    case = Case(run.stdin.encode("utf-8", "replace"), run.args)

    def work(slot: Slot) -> tuple[str, Execution]:
        loaded = slot.load(program, limits)
        if loaded.outcome is not types.Outcome.OK:
            return "compile", loaded
        return "run", slot.run(case, limits)

    try:
        stage, execution = in_slot(tools.lease, program.language, work)
    except types.Unavailable as error:
        return abstain(Outcome.UNAVAILABLE, f"no sandbox could run the program: {error}")
    except Abandoned as error:
        return abstain(Outcome.DEADLINE, str(error))
    except SandboxFault as error:
        return abstain(Outcome.CRASHED, f"two sandboxes failed: {describe(error)}")
    return _judgement(stage, execution, run.expected)


def _judgement(stage: str, execution: Execution, expected: str | None) -> Judgement:
    evidence: dict[str, JsonValue] = {
        "stage": stage,
        "stdout": execution.stdout.decode("utf-8", "replace"),
        "stderr": execution.stderr.decode("utf-8", "replace"),
        "exit_code": execution.exit_code,
        "signal": execution.signal,
        "cpu_seconds": round(execution.cpu_seconds, 6),
        "wall_seconds": round(execution.wall_seconds, 6),
        "memory_bytes": execution.memory_bytes,
    }
    outcome = _OUTCOMES.get(execution.outcome)
    if outcome is not None:
        reason = f"the program did not end well: {outcome}"
        return Judgement(outcome, 0.0, reason, evidence)
    if expected is not None:
        wanted = expected.encode("utf-8", "replace")
        if difference(wanted, execution.stdout, Checker()) is not None:
            return Judgement(Outcome.INCORRECT, 0.0, "it printed something else", evidence)
    return Judgement(Outcome.CORRECT, 1.0, "the program ended well", evidence)


CHECK = Check(
    name="program_run",
    summary="The whole completion is a program that ends well; what it prints is in the evidence.",
    params=Params,
    judge=judge,
    needs_reference=True,
    cost_seconds=0.01,
    kind="code",
)
