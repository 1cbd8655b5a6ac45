"""Faults of slots are never the program's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.types import (
    Execution,
    Limits,
    Program,
    SandboxFault,
    Unavailable,
)
from tests.code.trial import ALL_KINDS, CHECKED, PASSED, judged, judged_by, successor
from tests.slots import OK, FakeSlot, FakeSlots, prints, returning
from verifier.model import Fault, Outcome

if TYPE_CHECKING:
    from pydantic import JsonValue


class _Failing(FakeSlot):
    def load(self, program: Program, limits: Limits) -> Execution:
        """Fail as a sandbox does."""
        super().load(program, limits)
        raise SandboxFault("gone")


@pytest.mark.parametrize("tests", ALL_KINDS)
def test_a_failed_slot_is_tried_once_more_from_the_beginning(tests: JsonValue) -> None:
    good = FakeSlot(on_run=successor, on_call=returning(lambda x: x + 1), on_suite=lambda _: PASSED)
    slots = FakeSlots([_Failing(), good])
    assert judged_by(slots, tests).score == 1.0
    assert (slots.leased, slots.given_back) == (["python"] * 2, 1)


@pytest.mark.parametrize("tests", ALL_KINDS)
def test_two_failed_slots_are_the_services_fault(tests: JsonValue) -> None:
    found = judged(tests, _Failing(), SandboxFault("none"))
    assert (found.outcome, found.score, found.outcome.fault) == (
        *(Outcome.CRASHED, None),
        Fault.SERVICE,
    )


@pytest.mark.parametrize("tests", ALL_KINDS)
def test_without_a_sandbox_there_is_no_score(tests: JsonValue) -> None:
    found = judged(tests, Unavailable("start Docker"))
    assert (found.outcome, found.score) == (Outcome.UNAVAILABLE, None)
    assert "start Docker" in found.reason


def test_a_failed_slot_of_the_checker_does_not_run_the_program_again() -> None:
    checker = FakeSlot(on_run=lambda _: OK)
    slots = FakeSlots([FakeSlot(on_run=lambda _: prints("p")), _Failing(), checker])
    assert judged_by(slots, CHECKED).score == 1.0
    assert slots.leased == ["python", "cpp", "cpp"]
