"""Test code that does not turn into calls runs by a proxy, or says that it was tampered with."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from sandbox.types import (
    Execution,
    Match,
    Program,
    Suite,
)
from sandbox.types import Outcome as Ended
from tests.code.trial import ASSERTS, CALLS, PASSED, SUITE, asked, judged
from tests.slots import OK, FakeSlot, ended, prints, returning
from verifier.code.judgement import Rules
from verifier.model import Outcome

if TYPE_CHECKING:
    from pydantic import JsonValue


def test_what_does_not_convert_goes_by_a_proxy() -> None:
    slot = FakeSlot(on_suite=lambda _: PASSED)
    found = judged(SUITE, slot)
    assert (found.score, found.method, found.tamperable) == (1.0, "proxy", False)
    (suite,) = asked(slot, Suite)
    assert cast("Suite", suite).names == ("f",)


def test_check_is_called_for_test_code_that_leaves_it_to_others() -> None:
    code = "def check(candidate):\n    with raises(ValueError):\n        candidate(0)\n"
    slot = FakeSlot(on_suite=lambda _: PASSED)
    judged({"test": code, "entry_point": "g"}, slot)
    assert cast("Suite", asked(slot, Suite)[0]).source.endswith("\ncheck(g)")


def test_test_functions_are_called_too() -> None:
    code = "def test_a():\n    try:\n        f(0)\n    except ValueError:\n        assert True\n"
    slot = FakeSlot(on_suite=lambda _: PASSED)
    judged({"kind": "asserts", "code": code}, slot)
    assert cast("Suite", asked(slot, Suite)[0]).source.endswith("\ntest_a()")


def test_helpers_of_the_task_statement_are_not_taken_from_the_program() -> None:
    prompt = "def poly(x):\n    return x\n\n\ndef f(x):\n    '''Text.'''\n"
    code = (
        "import random\ndef check(candidate):\n    assert poly(candidate(random.random())) == 0\n"
    )
    slot = FakeSlot(on_suite=lambda _: PASSED)
    judged({"test": code, "entry_point": "f", "prompt": prompt}, slot)
    suite = cast("Suite", asked(slot, Suite)[0])
    assert suite.names == ("f",)
    assert "def poly" in suite.source
    assert "def f" not in suite.source


def test_a_method_gets_a_function_in_its_place_for_a_suite() -> None:
    code = "def check(candidate):\n    import random\n    assert candidate(random.random()) == 0\n"
    slot = FakeSlot(on_suite=lambda _: PASSED)
    judged({"test": code, "entry_point": "Solution().go"}, slot)
    program, suite = cast("Program", slot.asked[0]), cast("Suite", slot.asked[1])
    assert "def go(*args, **kwargs):\n    return Solution().go(" in program.source
    assert suite.names == ("go",)


@pytest.mark.parametrize(
    ("match", "outcome"),
    [
        (Match(OK, ended(Ended.RUNTIME_ERROR, exit_code=1), passed=False), Outcome.INCORRECT),
        (Match(ended(Ended.TIME_LIMIT), OK, passed=False), Outcome.TIME_LIMIT),
        (Match(OK, ended(Ended.TIME_LIMIT), passed=False), Outcome.TIME_LIMIT),
        (Match(ended(Ended.COMPILE_ERROR), OK, passed=False), Outcome.COMPILE_ERROR),
        (Match(OK, OK, passed=False), Outcome.INCORRECT),
    ],
)
def test_a_suite_that_does_not_pass_says_why(match: Match, outcome: Outcome) -> None:
    found = judged(SUITE, FakeSlot(on_suite=lambda _: match))
    assert (found.outcome, found.score) == (outcome, 0.0)


NOT_PROXIED = Match(OK, OK, passed=False, proxied=False)
OBJECTS: JsonValue = ["s = Stack()\ns.push(1)\nassert s.pop() == 1"]
LAMBDA: JsonValue = ["assert f(lambda x: x) == 2"]


def test_a_program_cannot_choose_to_be_judged_in_its_own_process() -> None:
    found = judged(SUITE, FakeSlot(on_suite=lambda _: NOT_PROXIED))
    assert (found.outcome, found.score, found.method) == (Outcome.INCORRECT, 0.0, "proxy")


def says_nonce(slot: FakeSlot, text: str = "{}") -> Execution:
    source = cast("Program", asked(slot, Program)[-1]).source
    nonce = source.split("\\n")[-1].split("'")[0]
    return prints("printed\n" + text.format(nonce) + "\n")


@pytest.mark.parametrize(("tests", "leases"), [(OBJECTS, 1), (LAMBDA, 2)])
def test_tests_that_need_objects_run_in_one_process_and_say_so(
    tests: JsonValue, leases: int
) -> None:
    slot = FakeSlot(on_suite=lambda _: NOT_PROXIED)
    slot.on_run = lambda _: says_nonce(slot)
    found = judged(tests, *[slot] * leases)
    assert (found.score, found.method, found.tamperable) == (1.0, "one_process", True)
    program = cast("Program", asked(slot, Program)[-1])
    assert program.files == {"solution.py": b"code"}


@pytest.mark.parametrize("text", ["", "{}x", "x"])
def test_in_one_process_an_exit_code_of_0_says_nothing(text: str) -> None:
    slot = FakeSlot()
    slot.on_run = lambda _: says_nonce(slot, text)
    found = judged(OBJECTS, slot)
    assert (found.outcome, found.score, found.tamperable) == (Outcome.RUNTIME_ERROR, 0.0, True)


def test_in_one_process_a_failed_assert_is_a_wrong_answer() -> None:
    failed = ended(Ended.RUNTIME_ERROR, stderr="AssertionError", exit_code=1)
    assert judged(OBJECTS, FakeSlot(on_run=lambda _: failed)).outcome is Outcome.INCORRECT


@pytest.mark.parametrize(("tests", "leases"), [(OBJECTS, 0), (LAMBDA, 1)])
def test_tests_that_can_be_tampered_with_may_be_refused(tests: JsonValue, leases: int) -> None:
    slot = FakeSlot(on_suite=lambda _: NOT_PROXIED)
    found = judged(tests, *[slot] * leases, rules=Rules(refuse_tamperable=True))
    assert (found.outcome, found.score) == (Outcome.REFERENCE_INVALID, None)


def test_a_pytest_file_of_plain_asserts_becomes_calls() -> None:
    code = "from solution import f\n\ndef test_f():\n    assert f(1) == 2\n"
    found = judged({"kind": "pytest", "code": code}, FakeSlot(on_call=returning(lambda x: x + 1)))
    assert (found.score, found.method) == (1.0, "asserts")


def test_another_pytest_file_goes_by_a_proxy() -> None:
    body = "def test_f():\n    with pytest.raises(ValueError):\n        f(0)\n"
    code = f"import pytest\nfrom solution import f\n\n{body}"
    slot = FakeSlot(on_suite=lambda _: PASSED)
    assert judged({"kind": "pytest", "code": code}, slot).method == "proxy"
    assert asked(slot, Suite) == [Suite(code, ("f",), pytest=True)]


@pytest.mark.parametrize(
    ("tests", "reason"),
    [
        (["assert 1 == 1"], "calls no function"),
        (["f(1)"], "asserts nothing"),
        (["assert ("], "not Python"),
        ({"kind": "asserts", "code": "assert g(1) == 2", "entry": "f"}, "never uses f"),
        ({"kind": "pytest", "code": "assert True"}, "no `test_...` function"),
    ],
)
def test_test_code_that_tests_nothing_is_the_tests_fault(tests: JsonValue, reason: str) -> None:
    found = judged(tests)
    assert (found.outcome, found.score) == (Outcome.REFERENCE_INVALID, None)
    assert reason in found.reason


@pytest.mark.parametrize("tests", [CALLS, ASSERTS, SUITE])
def test_functions_are_called_in_python_only(tests: JsonValue) -> None:
    found = judged(tests, language="cpp")
    assert (found.outcome, found.score) == (Outcome.REFERENCE_INVALID, None)
    assert "language: python" in found.reason
