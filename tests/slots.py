"""Slots that run nothing: they say what a test tells them to, and remember what they were asked."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from sandbox.types import Execution, Match, Outcome, Returned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import JsonValue

    from sandbox.types import Calls, Case, Limits, Program, Slot, Suite
    from verifier.checks.base import ChildReply, Judgement

OK = Execution(Outcome.OK)


def ended(outcome: Outcome, *, stderr: str = "", exit_code: int | None = None) -> Execution:
    """An execution that ended so, with nothing printed or returned."""
    return Execution(outcome, stderr=stderr.encode(), exit_code=exit_code)


def prints(text: str) -> Execution:
    """An execution that printed this and ended well."""
    return Execution(Outcome.OK, stdout=text.encode(), exit_code=0, cpu_seconds=0.5)


def returning(function: Callable[..., object]) -> Callable[[Calls], Execution]:
    """Calls of a trusted function of the test, which stands for the program's."""

    def call(calls: Calls) -> Execution:
        found = []
        for one in calls.calls:
            try:
                value = function(*one.args, **one.kwargs)
            except ArithmeticError as error:
                found.append(Returned(error=type(error).__name__, message=str(error)))
            else:
                found.append(Returned(value))  # type: ignore[arg-type] # what the test wrote
        return Execution(Outcome.OK, returned=tuple(found))

    return call


def _unasked(asked: object) -> NoReturn:
    raise AssertionError(f"nobody said what to do about {asked}")


@dataclass
class FakeSlot:
    """Implements `sandbox.types.Slot`; `asked` has every program, case, call and suite in order."""

    on_load: Callable[[Program], Execution] = lambda _program: OK
    on_run: Callable[[Case], Execution] = _unasked
    on_call: Callable[[Calls], Execution] = _unasked
    on_suite: Callable[[Suite], Match] = _unasked
    on_interact: Callable[[Case], Match] = _unasked
    asked: list[object] = field(default_factory=list)
    limits: list[Limits] = field(default_factory=list)

    def load(self, program: Program, limits: Limits) -> Execution:
        """As told."""
        self._note(program, limits)
        return self.on_load(program)

    def run(self, case: Case, limits: Limits) -> Execution:
        """As told."""
        self._note(case, limits)
        return self.on_run(case)

    def call(self, calls: Calls, limits: Limits) -> Execution:
        """As told."""
        self._note(calls, limits)
        return self.on_call(calls)

    def suite(self, suite: Suite, limits: Limits) -> Match:
        """As told."""
        self._note(suite, limits)
        return self.on_suite(suite)

    def interact(self, referee: Program, case: Case, limits: Limits) -> Match:
        """As told."""
        self._note(referee, limits)
        self._note(case, limits)
        return self.on_interact(case)

    def _note(self, asked: object, limits: Limits) -> None:
        self.asked.append(asked)
        self.limits.append(limits)


@dataclass
class FakeSlots:
    """Tools whose slots are these, one for each lease; a fault in their place is raised."""

    slots: list[Slot | Exception]
    leased: list[str] = field(default_factory=list)
    given_back: int = 0
    """Leases that ended without an exception."""

    @contextlib.contextmanager
    def lease(self, language: str) -> Iterator[Slot]:
        """The next slot."""
        self.leased.append(language)
        slot = self.slots.pop(0)
        if isinstance(slot, Exception):
            raise slot
        yield slot
        self.given_back += 1

    def recall(self, digest: str, judge: Callable[[], Judgement]) -> Judgement:
        """Remember nothing."""
        assert digest
        return judge()

    def call(
        self, function: str, arguments: dict[str, JsonValue], *, cpu_seconds: float
    ) -> ChildReply:
        """Fail: code needs no symbolic math."""
        raise AssertionError(function, arguments, cpu_seconds)
