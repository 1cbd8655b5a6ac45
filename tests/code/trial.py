"""Judging with slots that run nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.types import (
    Case,
    Execution,
    Match,
)
from tests.slots import OK, FakeSlot, FakeSlots, prints
from verifier.code.formats import read_tests
from verifier.code.judgement import Judged, Rules
from verifier.code.judging import judge
from verifier.code.source import Source

if TYPE_CHECKING:
    from pydantic import JsonValue

STDIO: JsonValue = {"inputs": ["1", "2", "3"], "outputs": ["2", "3", "4"]}
CALLS: JsonValue = {"inputs": ["1", "2", "3"], "outputs": ["2", "3", "4"], "fn_name": "f"}
ASSERTS: JsonValue = ["assert f(1) == 2", "assert f(2) == 3", "assert f(3) == 4"]
SUITE: JsonValue = {
    "kind": "asserts",
    "code": "try:\n    f(0)\nexcept ValueError:\n    assert True\n",
}
CHECKER: JsonValue = {"kind": "program", "language": "cpp", "source": "checker"}
CHECKED: JsonValue = {
    "kind": "stdio",
    "checker": CHECKER,
    "cases": [{"stdin": "i", "stdout": "a"}, {"stdin": "j", "stdout": "b"}],
}
ALL_KINDS = [STDIO, CALLS, ASSERTS, SUITE]
FRACTION = Rules(policy="fraction")
PASSED = Match(OK, OK, passed=True)


def judged(
    tests: JsonValue,
    *slots: FakeSlot | Exception,
    rules: Rules | None = None,
    language: str = "python",
    code: str = "code",
) -> Judged:
    return judged_by(FakeSlots(list(slots)), tests, rules, language, code)


def judged_by(
    slots: FakeSlots,
    tests: JsonValue,
    rules: Rules | None = None,
    language: str = "python",
    code: str = "code",
) -> Judged:
    source = Source(code, language, 0, len(code))
    return judge(slots.lease, source, read_tests(tests), rules or Rules())


def successor(case: Case) -> Execution:
    return prints(f"{int(case.stdin) + 1}\n")


def asked(slot: FakeSlot, kind: type) -> list[object]:
    return [one for one in slot.asked if isinstance(one, kind)]
