"""The whole completion is a program; what it prints is in the evidence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sandbox.types import Abandoned, Case, Program, SandboxFault, Unavailable
from sandbox.types import Outcome as Ended
from tests.slots import FakeSlot, FakeSlots, ended, prints
from verifier.checks.base import Judgement, Subject
from verifier.checks.program_run import CHECK, MAX_FILES, Params
from verifier.code.source import MAX_SOURCE_BYTES
from verifier.completion import parse
from verifier.extraction import ExtractionRules
from verifier.model import Outcome, Reference

if TYPE_CHECKING:
    from pydantic import JsonValue

# It would be cut by whoever takes it for words of a model.
SOURCE = "print('</think>')\r\n```\n"


def judged(slot: FakeSlot | Exception, source: str = SOURCE, **run: JsonValue) -> Judgement:
    subject = Subject(parse(source), Reference(tests={"kind": "run", **run}), ExtractionRules())
    return CHECK.judge(subject, Params(), FakeSlots([slot, slot]))


def test_the_program_is_the_completion_to_the_byte() -> None:
    slot = FakeSlot(on_run=lambda _case: prints(""))
    judged(slot)
    assert isinstance(slot.asked[0], Program)
    assert slot.asked[0].source == SOURCE


def test_what_it_prints_is_evidence() -> None:
    found = judged(FakeSlot(on_run=lambda case: prints(case.stdin.decode() * 2)), stdin="ä")
    assert (found.outcome, found.score, found.evidence["stdout"]) == (Outcome.CORRECT, 1.0, "ää")


def test_arguments_and_files_are_there() -> None:
    slot = FakeSlot(on_run=lambda _case: prints(""))
    judged(slot, args=["-v"], files={"a": "aGk="})
    assert slot.asked == [Program(SOURCE, "python", {"a": b"hi"}), Case(b"", ("-v",))]


@pytest.mark.parametrize(
    ("expected", "outcome"),
    [("42", Outcome.CORRECT), ("42 \n\n", Outcome.CORRECT), ("43", Outcome.INCORRECT)],
)
def test_what_is_expected_is_compared(expected: str, outcome: Outcome) -> None:
    assert judged(FakeSlot(on_run=lambda _case: prints("42\n")), expected=expected).outcome == (
        outcome
    )


@pytest.mark.parametrize("how", [one for one in Ended if one is not Ended.OK])
def test_a_program_that_does_not_end_well_scores_0(how: Ended) -> None:
    found = judged(FakeSlot(on_run=lambda _case: ended(how, stderr="why")))
    assert (str(found.outcome), found.score, found.evidence["stderr"]) == (str(how), 0.0, "why")


def test_a_compiler_is_told_from_the_program() -> None:
    found = judged(FakeSlot(on_load=lambda _program: ended(Ended.COMPILE_ERROR)))
    assert (found.outcome, found.evidence["stage"]) == (Outcome.COMPILE_ERROR, "compile")


def test_a_long_program_is_refused_unread() -> None:
    assert judged(AssertionError(), "#" * (MAX_SOURCE_BYTES + 1)).outcome is Outcome.TOO_COMPLEX


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Unavailable("none"), Outcome.UNAVAILABLE),
        (Abandoned("late"), Outcome.DEADLINE),
        (SandboxFault("broken"), Outcome.CRASHED),
    ],
)
def test_a_fault_of_the_sandbox_is_no_score(fault: SandboxFault, outcome: Outcome) -> None:
    found = judged(fault)
    assert (found.outcome, found.score) == (outcome, None)


@pytest.mark.parametrize(
    "run",
    [
        {"stdin": 1},
        {"args": ["\0"]},
        {"files": {"a/b": ""}},
        {"files": {"..": ""}},
        {"files": {"": ""}},
        {"files": {"a": "not base64"}},
        {"files": {str(n): "" for n in range(MAX_FILES + 1)}},
        {"other": 1},
    ],
    ids=lambda run: json.dumps(run)[:40],
)
def test_an_input_that_cannot_be_used_is_the_callers_fault(run: dict[str, JsonValue]) -> None:
    subject = Subject(parse(SOURCE), Reference(tests=run), ExtractionRules())
    found = CHECK.judge(subject, Params(), FakeSlots([]))
    assert (found.outcome, found.score) == (Outcome.REFERENCE_INVALID, None)


@pytest.mark.parametrize("reference", [Reference(value="42"), Reference(tests="{")])
def test_a_reference_without_an_input_is_the_callers_fault(reference: Reference) -> None:
    subject = Subject(parse(SOURCE), reference, ExtractionRules())
    found = CHECK.judge(subject, Params(), FakeSlots([]))
    assert found.outcome is Outcome.REFERENCE_INVALID


def test_a_language_that_is_not_ours_is_refused() -> None:
    with pytest.raises(ValueError, match="no such language"):
        Params(language="cobol")
