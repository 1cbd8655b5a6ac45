"""What a worker has to judge with: a child for math, a sandbox where it may run programs."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from sandbox.types import SandboxFault, Slot, Unavailable
from verifier import workbench
from verifier.checks.base import Judgement, correct
from verifier.settings import Settings
from verifier.watchdog import Watchdog
from verifier.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOWHERE = Path("/nonexistent")


class FakePool:
    """A pool that hands out nothing, but calls the tick as a real one would."""

    identity = "fake"

    def __init__(self) -> None:
        self.closed = False

    @contextmanager
    def lease(self, _language: str, tick: Callable[[], None]) -> Iterator[Slot]:
        """A lease."""
        tick()
        yield cast("Slot", object())

    def close(self) -> None:
        """Closed."""
        self.closed = True


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> FakePool:
    found = FakePool()
    monkeypatch.setattr(workbench, "open_pool", lambda _settings: found)
    return found


def test_a_worker_for_rules_runs_no_program() -> None:
    bench = Workbench(Watchdog(NOWHERE))
    with pytest.raises(Unavailable, match="runs no programs"), bench.lease("python"):
        pass


def test_a_host_without_a_sandbox_says_what_to_do() -> None:
    bench = Workbench(Watchdog(NOWHERE), Settings(sandbox="none"))
    with pytest.raises(Unavailable, match="VERIFIER_SANDBOX"), bench.lease("python"):
        pass


def test_a_missing_sandbox_is_not_sought_for_every_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sought = []

    def fail(_: Settings) -> None:
        sought.append(time.monotonic())
        raise Unavailable("no engine")

    monkeypatch.setattr(workbench, "open_pool", fail)
    bench = Workbench(Watchdog(NOWHERE), Settings())
    for _ in range(5):
        with pytest.raises(Unavailable, match="no engine"), bench.lease("python"):
            pass
    assert len(sought) == 1


def test_a_program_that_nobody_waits_for_is_given_up(pool: FakePool) -> None:
    bench = Workbench(Watchdog(NOWHERE), Settings(), still_wanted=lambda: False)
    with pytest.raises(SandboxFault, match="nobody waits"), bench.lease("python"):
        pass


def test_a_program_is_given_up_at_the_deadline(pool: FakePool) -> None:
    bench = Workbench(Watchdog(NOWHERE), Settings())
    bench.deadline = time.time() - 1
    with pytest.raises(SandboxFault, match="deadline"), bench.lease("python"):
        pass


def test_closing_closes_the_pool(pool: FakePool) -> None:
    bench = Workbench(Watchdog(NOWHERE), Settings())
    with bench.lease("python"):
        pass
    bench.close()
    assert pool.closed


def test_without_a_memory_every_program_is_judged(pool: FakePool) -> None:
    bench = Workbench(Watchdog(NOWHERE), Settings())
    judged: list[Judgement] = []

    def judge() -> Judgement:
        judged.append(correct("yes"))
        return judged[-1]

    bench.recall("a", judge)
    bench.recall("a", judge)
    assert len(judged) == 2
