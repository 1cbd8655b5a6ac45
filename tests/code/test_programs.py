"""Programs that read and print are run case by case, and compared, checked or talked to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sandbox.types import (
    Case,
    Execution,
    Limits,
    Match,
    Program,
)
from sandbox.types import Outcome as Ended
from tests.code.trial import (
    ALL_KINDS,
    CHECKED,
    FRACTION,
    STDIO,
    asked,
    judged,
    judged_by,
    successor,
)
from tests.slots import OK, FakeSlot, FakeSlots, ended, prints
from verifier.code.judgement import MAX_STRIKES, Rules
from verifier.code.programs import MAX_KEPT_BYTES
from verifier.model import Outcome

if TYPE_CHECKING:
    from pydantic import JsonValue


def test_a_program_that_prints_what_it_should_is_correct() -> None:
    slot = FakeSlot(on_run=successor)
    found = judged(STDIO, slot)
    assert (found.outcome, found.score, found.method) == (Outcome.CORRECT, 1.0, "stdio")
    assert slot.asked == [Program("code"), Case(b"1"), Case(b"2"), Case(b"3")]


def test_the_first_wrong_output_ends_it_and_is_shown() -> None:
    slot = FakeSlot(on_run=lambda _: prints("2"))
    found = judged(STDIO, slot)
    assert (found.outcome, found.score, len(found.rows), found.total) == (
        *(Outcome.INCORRECT, 0.0),
        *(2, 3),
    )
    assert found.rows[1].detail == {"line": 1, "expected": "3", "got": "2"}


def test_fractions_need_every_case() -> None:
    found = judged(STDIO, FakeSlot(on_run=lambda _: prints("3")), rules=FRACTION)
    assert (found.outcome, found.passed, len(found.rows)) == (Outcome.PARTIAL, 1, 3)
    assert found.score == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (Ended.RUNTIME_ERROR, Outcome.RUNTIME_ERROR),
        (Ended.TIME_LIMIT, Outcome.TIME_LIMIT),
        (Ended.MEMORY_LIMIT, Outcome.MEMORY_LIMIT),
        (Ended.OUTPUT_LIMIT, Outcome.OUTPUT_LIMIT),
        (Ended.COMPILE_ERROR, Outcome.COMPILE_ERROR),
    ],
)
def test_how_a_program_ends_is_its_outcome(end: Ended, outcome: Outcome) -> None:
    found = judged(STDIO, FakeSlot(on_run=lambda _: ended(end)))
    assert (found.outcome, found.score, len(found.rows)) == (outcome, 0.0, 1)


@pytest.mark.parametrize("tests", ALL_KINDS)
def test_a_program_that_does_not_compile_is_not_run(tests: JsonValue) -> None:
    slot = FakeSlot(on_load=lambda _: ended(Ended.COMPILE_ERROR, stderr="no"))
    found = judged(tests, slot, rules=FRACTION)
    assert (found.outcome, found.score) == (Outcome.COMPILE_ERROR, 0.0)
    assert len(slot.asked) == 1


def test_the_limits_are_those_of_the_rules() -> None:
    slot = FakeSlot(on_run=successor)
    limits = Limits(cpu_seconds=1.5)
    judged(STDIO, slot, rules=Rules(limits))
    assert set(slot.limits) == {limits}


def test_after_some_time_limits_the_rest_is_not_run() -> None:
    tests: JsonValue = {"inputs": ["1"] * 10, "outputs": ["2"] * 10}
    slot = FakeSlot(on_run=lambda _: ended(Ended.TIME_LIMIT))
    found = judged(tests, slot, rules=FRACTION)
    assert len(asked(slot, Case)) == MAX_STRIKES
    assert [row.outcome for row in found.rows] == [Outcome.TIME_LIMIT] * 10


def test_arguments_are_passed_on() -> None:
    cases: JsonValue = [{"args": ["-n", "5"], "stdout": ""}]
    slot = FakeSlot(on_run=lambda _: OK)
    judged({"kind": "stdio", "cases": cases}, slot)
    assert slot.asked[1] == Case(args=("-n", "5"))


def test_the_tests_own_checker_comes_before_that_of_the_rules() -> None:
    tests: JsonValue = {
        "kind": "stdio",
        "checker": "tokens",
        "cases": [{"stdout": "1 2"}],
    }
    found = judged(tests, FakeSlot(on_run=lambda _: prints("1\n2")))
    assert (found.outcome, found.checker) == (Outcome.CORRECT, "tokens")


def test_a_prelude_stands_before_the_program() -> None:
    tests: JsonValue = {"kind": "stdio", "prelude": "import re", "cases": [{"stdout": ""}]}
    slot = FakeSlot(on_run=lambda _: OK)
    judged(tests, slot)
    assert slot.asked[0] == Program("import re\ncode")


def test_a_checker_program_runs_in_a_lease_of_its_own_with_its_files() -> None:
    checker = FakeSlot(on_run=lambda _: OK)
    slots = FakeSlots([FakeSlot(on_run=lambda _: prints("p")), checker])
    found = judged_by(slots, CHECKED)
    assert (found.score, found.checker, slots.leased) == (1.0, "program", ["python", "cpp"])
    files = {"input": b"i", "output": b"p", "answer": b"a"}
    assert checker.asked[:2] == [
        Program("checker", "cpp", files),
        Case(args=("input", "output", "answer")),
    ]


def test_a_checker_program_refuses_by_exit_code_1() -> None:
    checker = FakeSlot(on_run=lambda _: ended(Ended.RUNTIME_ERROR, exit_code=1, stderr="bad"))
    found = judged(CHECKED, FakeSlot(on_run=lambda _: prints("p")), checker)
    assert (found.outcome, found.score) == (Outcome.INCORRECT, 0.0)
    assert found.rows[0].detail == {"checker": "bad"}


@pytest.mark.parametrize(
    "end",
    [
        ended(Ended.RUNTIME_ERROR, exit_code=2),
        ended(Ended.TIME_LIMIT),
        replace(ended(Ended.RUNTIME_ERROR), signal=11),
    ],
)
def test_a_broken_checker_program_is_the_tests_fault(end: Execution) -> None:
    checker = FakeSlot(on_run=lambda _: end)
    slots = FakeSlots([FakeSlot(on_run=lambda _: prints("p")), checker])
    found = judged_by(slots, CHECKED)
    assert (found.outcome, found.score) == (Outcome.REFERENCE_INVALID, None)
    assert "checker program is broken on case 1" in found.reason
    assert slots.given_back == 2


def test_a_checker_program_that_does_not_compile_is_the_tests_fault() -> None:
    checker = FakeSlot(on_load=lambda _: ended(Ended.COMPILE_ERROR, stderr="no"))
    found = judged(CHECKED, FakeSlot(on_run=lambda _: prints("p")), checker)
    assert found.outcome is Outcome.REFERENCE_INVALID


def test_what_a_checker_has_to_read_is_bounded() -> None:
    large = prints("x" * (MAX_KEPT_BYTES // 2 + 1))
    checker = FakeSlot(on_run=lambda _: OK)
    found = judged(CHECKED, FakeSlot(on_run=lambda _: large), checker)
    assert found.outcome is Outcome.OUTPUT_LIMIT


def test_a_program_that_failed_before_needs_no_checker() -> None:
    slots = FakeSlots([FakeSlot(on_run=lambda _: ended(Ended.TIME_LIMIT))])
    assert judged_by(slots, CHECKED).outcome is Outcome.TIME_LIMIT


INTERACTIVE: JsonValue = {
    "kind": "interactive",
    "language": "python",
    "source": "referee",
    "cases": [{"input": "1"}, {"input": "2"}],
}


def test_a_referee_gets_each_case_and_decides() -> None:
    slot = FakeSlot(on_interact=lambda case: Match(OK, OK, passed=case == Case(b"1")))
    found = judged(INTERACTIVE, slot, rules=FRACTION)
    assert (found.score, found.method) == (0.5, "interactive")
    assert Program("referee") in slot.asked


@pytest.mark.parametrize(
    ("match", "outcome"),
    [
        (Match(OK, ended(Ended.RUNTIME_ERROR, exit_code=1), passed=False), Outcome.INCORRECT),
        (Match(ended(Ended.RUNTIME_ERROR), OK, passed=True), Outcome.CORRECT),
        (Match(ended(Ended.RUNTIME_ERROR), OK, passed=False), Outcome.RUNTIME_ERROR),
        (Match(ended(Ended.TIME_LIMIT), OK, passed=True), Outcome.TIME_LIMIT),
        (Match(OK, ended(Ended.TIME_LIMIT), passed=False), Outcome.INCORRECT),
        (Match(OK, ended(Ended.COMPILE_ERROR), passed=False), Outcome.REFERENCE_INVALID),
        (
            Match(OK, ended(Ended.RUNTIME_ERROR, exit_code=2), passed=False),
            Outcome.REFERENCE_INVALID,
        ),
    ],
)
def test_how_a_conversation_ended_is_its_outcome(match: Match, outcome: Outcome) -> None:
    assert judged(INTERACTIVE, FakeSlot(on_interact=lambda _: match)).outcome is outcome
