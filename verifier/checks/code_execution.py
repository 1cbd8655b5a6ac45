"""The check `code_execution`: the program in the completion passes the reference's tests."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, cast

from pydantic import Field, field_validator

from sandbox.languages import languages, named
from sandbox.types import Limits
from verifier.checks import base
from verifier.checks.base import Check, Judgement, Subject, Tools, abstain, policy_fault
from verifier.code.comparison import Checker
from verifier.code.formats import read_tests
from verifier.code.judgement import Judged, Rules
from verifier.code.judging import PYTHON_ONLY
from verifier.code.judging import judge as judge_program
from verifier.code.source import AUTO, MAX_SOURCE_BYTES, Source, find_source
from verifier.code.tally import Policy
from verifier.code.tests import MAX_CASES, BadTests, Tests
from verifier.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

MEBIBYTE = 1 << 20
MAX_EVIDENCE_BYTES = 4096


class Params(base.Params):
    """Where the program is, what it may use, and how its cases are paid."""

    language: str = "python"
    """The language that counts, or `auto`: what the code fence says, Python where it says
    nothing. Tests that call functions are always in Python."""
    source: Literal["last_block", "answer", "whole", "raw"] = "last_block"
    """The last fenced code block after the thinking; the last one in the answer tag, or all of
    that where it has none; everything after the thinking; or the completion as it is, where that
    is a program and not a model's words."""
    allow_unclosed: bool = False
    """Take a last block that is never closed too, though it may have been cut off."""
    score: Policy = "all"
    """`all`: 1 where every case passes, else 0. `fraction`: the share of the cases, by weight.
    `groups`: the share of the groups of which every case passes, by weight."""
    run_all: bool = False
    """Run every case, also those that cannot change the score any more."""
    max_cases: int = Field(default=MAX_CASES, ge=1, le=MAX_CASES)
    """Where there are more, so many are run, spread evenly from the first to the last."""
    checker: Checker = Checker()
    """How outputs are compared where the tests do not say it."""
    refuse_tamperable: bool = False
    """Abstain where the tests could only run in the program's own process."""
    cpu_seconds: float = Field(default=4.0, gt=0, le=60)
    """CPU time for one case."""
    wall_seconds: float = Field(default=20.0, gt=0, le=120)
    """Ends a case that sleeps; waiting for a core does not count."""
    memory_bytes: int = Field(default=512 * MEBIBYTE, ge=16 * MEBIBYTE, le=4096 * MEBIBYTE)
    """Peak memory of one case."""
    output_bytes: int = Field(default=4 * MEBIBYTE, ge=1, le=64 * MEBIBYTE)
    """What one case may print."""

    @field_validator("language")
    @classmethod
    def _one_of_ours(cls, tag: str) -> str:
        if tag == AUTO:
            return tag
        language = named(tag)
        if language is None:
            raise ValueError(f"no such language; there are {AUTO}, {', '.join(languages())}")
        return language.name

    @property
    def rules(self) -> Rules:
        """The same as judging goes by."""
        limits = Limits(
            cpu_seconds=self.cpu_seconds,
            wall_seconds=self.wall_seconds,
            memory_bytes=self.memory_bytes,
            output_bytes=self.output_bytes,
        )
        return Rules(
            limits,
            self.score,
            run_all=self.run_all,
            max_cases=self.max_cases,
            checker=self.checker,
            refuse_tamperable=self.refuse_tamperable,
        )


def judge(subject: Subject, params: base.Params, tools: Tools) -> Judgement:
    """Run the program of the completion against the tests of the reference."""
    own = cast("Params", params)
    tests = _tests(subject)
    if isinstance(tests, Judgement):
        return tests
    language = "python" if own.language == AUTO and isinstance(tests, PYTHON_ONLY) else own.language
    found = find_source(subject.completion, own.source, language, allow_unclosed=own.allow_unclosed)
    if not isinstance(found, Source):
        return policy_fault(Outcome.NO_CODE, found)
    evidence: dict[str, JsonValue] = {
        "language": found.language,
        "span": [found.start, found.end],
    }
    if len(found.text.encode()) > MAX_SOURCE_BYTES:
        reason = f"the program has more than {MAX_SOURCE_BYTES} bytes"
        return policy_fault(Outcome.TOO_COMPLEX, reason, **evidence)

    def run() -> Judgement:
        judged = judge_program(tools.lease, found, tests, own.rules)
        return Judgement(judged.outcome, judged.score, judged.reason, _evidence(judged))

    # Completions of a group often differ in their words and not in their program.
    judgement = tools.recall(_digest(found, tests, own), run)
    return replace(judgement, evidence=evidence | judgement.evidence)


def _digest(source: Source, tests: Tests, params: Params) -> str:
    """Of all that decides what running the program finds."""
    rules = params.model_dump(mode="json", exclude={"source", "allow_unclosed", "language"})
    decisive = [source.language, source.text, tests.model_dump(mode="json"), rules]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def _tests(subject: Subject) -> Tests | Judgement:
    """The tests, also where a data set has them as the text of its answer."""
    reference = subject.reference
    given: JsonValue = None
    if reference is not None:
        given = reference.value.strip() or None if reference.tests is None else reference.tests
    if given is None:
        reason = "this check needs tests; give them as `tests` of the reference"
        return abstain(Outcome.REFERENCE_MISSING, reason)
    try:
        return read_tests(given)
    except BadTests as error:
        return abstain(Outcome.REFERENCE_INVALID, str(error))


def _evidence(judged: Judged) -> dict[str, JsonValue]:
    """What it takes to believe the judgement, in a few kilobytes."""
    if not judged.rows:
        return {"method": judged.method} if judged.method else {}
    found: dict[str, JsonValue] = {
        "method": judged.method,
        "checker": judged.checker,
        "passed": judged.passed,
        "ran": len(judged.rows),
        "total": judged.total,
        "cpu_seconds": round(sum(row.cpu_seconds for row in judged.rows), 3),
        "memory_bytes": max(row.memory_bytes for row in judged.rows),
        "tamperable": judged.tamperable,
    }
    failure = judged.first_failure
    if failure is not None:
        first: dict[str, JsonValue] = {"case": failure.case, "outcome": str(failure.outcome)}
        found["first_failure"] = _within(first, failure.detail)
    return found


def _within(first: dict[str, JsonValue], detail: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    room = MAX_EVIDENCE_BYTES // 2
    for key, value in detail.items():
        size = len(json.dumps(value))
        if size <= room:
            first[key] = value
            room -= size
    return first


CHECK = Check(
    name="code_execution",
    summary="The program passes the reference's tests in a sandbox.",
    params=Params,
    judge=judge,
    needs_reference=True,
    cost_seconds=0.01,
    kind="code",
)
