"""Functions are called, and what they return is judged out of their reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from sandbox.types import (
    Call,
    Calls,
    Execution,
    Returned,
)
from sandbox.types import Outcome as Ended
from tests.code.trial import ASSERTS, CALLS, FRACTION, asked, judged
from tests.slots import OK, FakeSlot, ended, returning
from verifier.code.judgement import MAX_STRIKES
from verifier.model import Outcome

if TYPE_CHECKING:
    from pydantic import JsonValue


def test_a_function_that_returns_what_it_should_is_correct() -> None:
    slot = FakeSlot(on_call=returning(lambda x: x + 1))
    found = judged(CALLS, slot)
    assert (found.outcome, found.score, found.method) == (Outcome.CORRECT, 1.0, "calls")
    assert asked(slot, Calls) == [Calls("f", [Call([1]), Call([2]), Call([3])])]


def test_a_wrong_value_is_shown_with_its_call() -> None:
    found = judged(CALLS, FakeSlot(on_call=returning(lambda x: x * 2)))
    assert (found.outcome, found.rows[1].detail) == (
        Outcome.INCORRECT,
        {"call": "f(2)", "expected": "3", "got": "4"},
    )


def test_an_exception_is_a_runtime_error() -> None:
    found = judged(CALLS, FakeSlot(on_call=returning(lambda x: x / 0)))
    assert found.outcome is Outcome.RUNTIME_ERROR
    assert found.rows[0].detail == {"raised": "ZeroDivisionError: division by zero"}


def test_what_holds_the_answer_may_be_an_argument() -> None:
    tests: JsonValue = {
        "kind": "calls",
        "entry": "f",
        "in_place": 0,
        "cases": [{"args": [[2, 1]], "expected": [1, 2]}],
    }
    after = Execution(Ended.OK, returned=(Returned(None, arguments=[[1, 2]]),))
    slot = FakeSlot(on_call=lambda _: after)
    assert judged(tests, slot).score == 1.0
    assert cast("Calls", asked(slot, Calls)[0]).watch_arguments
    without = Execution(Ended.OK, returned=(Returned([1, 2]),))
    assert judged(tests, FakeSlot(on_call=lambda _: without)).score == 0.0


def test_what_surrounds_a_function_is_passed_on() -> None:
    tests: JsonValue = {
        "kind": "calls",
        "entry": "Solution().f",
        "environment": "leetcode",
        "node_arguments": {"0": "list_node"},
        "cases": [{"args": [[1]], "expected": [1]}],
    }
    slot = FakeSlot(on_call=returning(lambda x: x))
    assert judged(tests, slot).score == 1.0
    assert asked(slot, Calls) == [
        Calls("Solution.f", [Call([[1]])], "leetcode", node_arguments={0: "list_node"})
    ]


@pytest.mark.parametrize(
    ("expected", "got", "score"),
    [([3], 3, 1.0), ([3], [3], 1.0), ([[3]], [3], 1.0), ([3], 4, 0.0), ([[]], [], 1.0)],
)
def test_an_expected_value_may_be_wrapped_as_apps_does(
    expected: JsonValue, got: object, score: float
) -> None:
    tests: JsonValue = {"inputs": [[1]], "outputs": [expected], "fn_name": "f"}
    assert judged(tests, FakeSlot(on_call=returning(lambda _: got))).score == score


def test_a_call_that_ran_into_a_limit_beside_others_is_tried_alone() -> None:
    def call(calls: Calls) -> Execution:
        done = tuple(Returned(cast("int", one.args[0]) + 1) for one in calls.calls[:2])
        outcome = Ended.OK if len(done) == len(calls.calls) else Ended.TIME_LIMIT
        return Execution(outcome, returned=done)

    slot = FakeSlot(on_call=call)
    assert judged(CALLS, slot).score == 1.0
    assert [len(cast("Calls", one).calls) for one in asked(slot, Calls)] == [3, 1]


def test_a_call_that_runs_into_a_limit_alone_fails() -> None:
    slot = FakeSlot(on_call=lambda _: ended(Ended.TIME_LIMIT))
    found = judged(CALLS, slot, rules=FRACTION)
    assert [row.outcome for row in found.rows] == [Outcome.TIME_LIMIT] * 3
    assert [len(cast("Calls", one).calls) for one in asked(slot, Calls)] == [3, 2, 1]


def test_after_some_time_limits_the_rest_is_not_called() -> None:
    tests: JsonValue = {"inputs": ["1"] * 9, "outputs": ["2"] * 9, "fn_name": "f"}
    slot = FakeSlot(on_call=lambda _: ended(Ended.MEMORY_LIMIT))
    found = judged(tests, slot, rules=FRACTION)
    assert len(found.rows) == 9
    assert len(asked(slot, Calls)) == MAX_STRIKES


def test_a_call_that_ends_the_program_fails_alone() -> None:
    def call(calls: Calls) -> Execution:
        if calls.calls[0].args[0] == 2:
            return ended(Ended.RUNTIME_ERROR, exit_code=3)
        return Execution(
            Ended.RUNTIME_ERROR, returned=(Returned(cast("int", calls.calls[0].args[0]) + 1),)
        )

    found = judged(CALLS, FakeSlot(on_call=call), rules=FRACTION)
    assert [row.outcome for row in found.rows] == [
        *(Outcome.CORRECT, Outcome.RUNTIME_ERROR),
        Outcome.CORRECT,
    ]


def test_a_program_that_ends_well_before_its_calls_fails() -> None:
    found = judged(CALLS, FakeSlot(on_call=lambda _: OK))
    assert (found.outcome, found.rows[0].detail) == (
        Outcome.RUNTIME_ERROR,
        {"note": "the program ended before its tests did"},
    )


def test_more_values_than_calls_are_not_counted() -> None:
    forged = Execution(Ended.OK, returned=(Returned(9), *(Returned(i) for i in (2, 3, 4))))
    assert judged(CALLS, FakeSlot(on_call=lambda _: forged)).score == 0.0


def test_arguments_that_cannot_be_passed_are_the_tests_fault() -> None:
    deep: JsonValue = []
    for _ in range(90):
        deep = [deep]
    tests: JsonValue = {
        "kind": "calls",
        "entry": "f",
        "cases": [{"args": [{"$tuple": [deep]}], "expected": 1}],
    }
    from sandbox import values  # noqa: PLC0415 - what the real slot does

    def call(calls: Calls) -> Execution:
        raise values.TooLarge(str(len(calls.calls)))

    assert judged(tests, FakeSlot(on_call=call)).outcome is Outcome.REFERENCE_INVALID


def test_asserts_are_called_and_checked_out_of_reach() -> None:
    slot = FakeSlot(on_call=returning(lambda x: x + 1))
    found = judged(ASSERTS, slot)
    assert (found.score, found.method, found.tamperable) == (1.0, "asserts", False)
    assert asked(slot, Calls) == [Calls("f", (Call([1]), Call([2]), Call([3])))]


def test_a_failed_assert_is_shown_with_what_was_returned() -> None:
    found = judged(ASSERTS, FakeSlot(on_call=returning(lambda x: x * 2)))
    assert (found.outcome, found.rows[1].detail) == (
        Outcome.INCORRECT,
        {"assert": "f(2) == 3", "note": "the assert is false", "got": "4"},
    )


def test_fractions_of_asserts_are_paid() -> None:
    found = judged(ASSERTS, FakeSlot(on_call=returning(lambda x: x * 2)), rules=FRACTION)
    assert found.score == pytest.approx(1 / 3)


def test_an_exception_fails_its_assert() -> None:
    found = judged(ASSERTS, FakeSlot(on_call=returning(lambda x: 1 // (x - 1))))
    assert found.outcome is Outcome.RUNTIME_ERROR
    assert found.rows[0].detail["raised"] == "ZeroDivisionError: integer division or modulo by zero"


def test_the_end_of_the_program_fails_the_asserts_that_need_its_call() -> None:
    first = Execution(Ended.RUNTIME_ERROR, returned=(Returned(2),))
    found = judged(ASSERTS, FakeSlot(on_call=lambda _: first))
    assert [row.outcome for row in found.rows] == [Outcome.CORRECT, Outcome.RUNTIME_ERROR]
