"""Every backend keeps every promise, and the suite notices one that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox import selfcheck
from sandbox.types import Execution, Outcome, SandboxFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.selfcheck import Ground
    from sandbox.types import Calls, Case, Limits, Match, Program, Suite


@pytest.mark.parametrize("name", selfcheck.QUESTIONS)
def test_promise(ground: Ground, name: str) -> None:
    assert ground.ask(name).complaint == ""


def test_the_languages_of_an_engine_are_those_of_its_echo_programs(ground: Ground) -> None:
    with ground.tenant() as slot:
        offered = selfcheck.offered(slot)
    assert "python" in offered
    assert offered == sorted(offered)


class Channel:
    """A runner that says the same whatever it is asked."""

    def __init__(self, answer: Callable[[], Execution]) -> None:
        self._answer = answer

    def load(self, _program: Program, _limits: Limits) -> Execution:
        return Execution(Outcome.OK)

    def run(self, _case: Case, _limits: Limits) -> Execution:
        return self._answer()

    def call(self, _calls: Calls, _limits: Limits) -> Execution:
        return self._answer()

    def suite(self, _suite: Suite, _limits: Limits) -> Match:
        return selfcheck_match(self._answer())

    def interact(self, _referee: Program, _case: Case, _limits: Limits) -> Match:
        return selfcheck_match(self._answer())

    def clear(self) -> None: ...

    def settle(self) -> None: ...


def selfcheck_match(found: Execution) -> Match:
    """A referee that passes everybody."""
    from sandbox.types import Match  # noqa: PLC0415

    return Match(found, found, passed=True)


class Backend:
    """Makes such sandboxes."""

    name = identity = "fake"

    def __init__(self, answer: Callable[[], Execution]) -> None:
        self.channel: Any = Channel(answer)
        self.destroyed = 0

    def check(self) -> None: ...

    def remarks(self) -> list[str]:
        return []

    def create(self) -> Any:
        return self

    def destroy(self) -> None:
        self.destroyed += 1

    def close(self) -> None: ...


@pytest.mark.parametrize(
    "answer",
    [
        Execution(Outcome.OK),
        Execution(Outcome.OK, stdout=b"FOUND\n"),
        Execution(Outcome.RUNTIME_ERROR, stdout=b"fine\n", exit_code=1),
    ],
    ids=lambda one: f"{one.outcome} {one.stdout!r}",
)
def test_a_sandbox_that_answers_at_random_breaks_nearly_every_promise(answer: Execution) -> None:
    complaints = [one for one in selfcheck.findings(Backend(lambda: answer)) if one.complaint]
    assert len(complaints) > 0.8 * len(selfcheck.QUESTIONS)


def test_a_fault_is_a_complaint_and_costs_the_sandbox() -> None:
    def fail() -> Execution:
        raise SandboxFault("gone")

    backend = Backend(fail)
    with selfcheck.Ground(backend) as ground:
        assert ground.ask("there is no network").complaint == "the sandbox failed: gone"
        assert backend.destroyed == 1
