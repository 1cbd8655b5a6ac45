"""A lease is of a clean sandbox or of none, and whatever failed is replaced."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.pool import Isolation, Pool
from sandbox.types import Case, Execution, Limits, Outcome, Program, SandboxFault, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS = Limits()


class Channel:
    """A runner that echoes, and fails when it is told to."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.broken: set[str] = set()
        self.ticks: list[Callable[[], None]] = []

    def _do(self, operation: str) -> None:
        self.said.append(operation)
        if operation in self.broken:
            raise SandboxFault(f"{operation} failed")

    def watch(self, tick: Callable[[], None]) -> None:
        self.ticks.append(tick)

    def load(self, _program: Program, _limits: Limits) -> Execution:
        self._do("load")
        return Execution(Outcome.OK)

    def run(self, case: Case, _limits: Limits) -> Execution:
        self._do("run")
        return Execution(Outcome.OK, stdout=case.stdin)

    def clear(self) -> None:
        self._do("clear")

    def settle(self) -> None:
        self._do("settle")


class Sandbox:
    """One that remembers its end."""

    def __init__(self) -> None:
        self.channel: Any = Channel()
        self.ended = threading.Event()

    def destroy(self) -> None:
        self.ended.set()


class Backend:
    """Makes sandboxes, or says why not."""

    name = identity = "fake"

    def __init__(self) -> None:
        self.made: list[Sandbox] = []
        self.complaint = ""
        self.closed = False

    def check(self) -> None: ...

    def remarks(self) -> list[str]:
        return []

    def create(self) -> Sandbox:
        if self.complaint:
            raise Unavailable(self.complaint)
        self.made.append(Sandbox())
        return self.made[-1]

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def fake() -> Backend:
    return Backend()


def run_once(pool: Pool) -> None:
    """Be a tenant with one program and one input."""
    with pool.lease() as slot:
        slot.load(Program("x"), LIMITS)
        slot.run(Case(), LIMITS)


def opened(fake: Backend, slots: int = 1, isolation: Isolation = "slot", wait: float = 5.0) -> Pool:
    """A pool whose first sandbox has shown that it speaks Python."""
    found = Pool(fake, slots, isolation, wait)
    with found.lease():
        pass
    return found


def test_a_lease_runs_programs(fake: Backend) -> None:
    with opened(fake) as pool, pool.lease() as slot:
        assert slot.load(Program("x"), LIMITS).outcome is Outcome.OK
        assert slot.run(Case(b"hello"), LIMITS).stdout == b"hello"


def test_a_sandbox_is_cleared_and_used_again(fake: Backend) -> None:
    with opened(fake) as pool:
        for _ in range(5):
            with pool.lease():
                pass
        assert len(fake.made) == 1
        assert fake.made[0].channel.said[-4:] == ["settle", "clear", "settle", "clear"]
        assert pool.destroyed == 0


@pytest.mark.parametrize("operation", ["load", "run", "clear"])
def test_a_fault_destroys_the_sandbox_and_reaches_the_tenant(fake: Backend, operation: str) -> None:
    with opened(fake) as pool:
        fake.made[0].channel.broken.add(operation)
        with pytest.raises(SandboxFault, match=operation):
            run_once(pool)
        assert fake.made[0].ended.wait(5)
        with pool.lease() as slot:
            assert slot is fake.made[1].channel


def test_a_tenant_that_fails_itself_leaves_no_sandbox_behind(fake: Backend) -> None:
    with opened(fake) as pool:
        with pytest.raises(KeyError), pool.lease():
            raise KeyError
        assert fake.made[0].ended.wait(5)
        assert pool.destroyed == 1


def test_a_sandbox_that_is_not_clean_is_replaced_before_anybody_sees_it(fake: Backend) -> None:
    with opened(fake) as pool:
        fake.made[0].channel.broken.add("settle")
        with pool.lease() as slot:
            assert slot is fake.made[1].channel
        assert fake.made[0].ended.wait(5)


def test_isolation_by_container_uses_each_once(fake: Backend) -> None:
    with opened(fake, isolation="container") as pool:
        for _ in range(3):
            with pool.lease() as slot:
                assert "clear" not in fake.made[-1].channel.said
                assert slot is not fake.made[0].channel
        assert pool.destroyed >= 4
        assert all(one.ended.wait(5) for one in fake.made[:3])


def test_two_leases_are_never_of_the_same_sandbox(fake: Backend) -> None:
    with opened(fake, slots=2) as pool, pool.lease() as one, pool.lease() as other:
        assert one is not other


def test_who_comes_when_all_are_leased_waits_for_one(fake: Backend) -> None:
    with opened(fake) as pool:
        got = threading.Event()

        def wait() -> None:
            with pool.lease():
                got.set()

        with pool.lease():
            waiting = threading.Thread(target=wait)
            waiting.start()
            assert not got.wait(0.1)
        assert got.wait(5)
        waiting.join()


def test_who_waits_too_long_is_told_so(fake: Backend) -> None:
    with opened(fake, wait=0.05) as pool, pool.lease(), pytest.raises(Unavailable):
        run_once(pool)


def test_why_there_is_none_is_told_and_forgotten_when_there_is(fake: Backend) -> None:
    fake.complaint = "the engine is away"
    with Pool(fake, wait_seconds=0.2) as pool:
        with pytest.raises(Unavailable, match="the engine is away"), pool.lease():
            pass
        assert pool.problem == "the engine is away"
        fake.complaint = ""
        until = time.monotonic() + 10
        while pool.problem is not None and time.monotonic() < until:
            time.sleep(0.05)
        assert pool.problem is None
        with pool.lease():
            pass


def test_a_language_that_does_not_work_is_unavailable(fake: Backend) -> None:
    with opened(fake) as pool:
        channel = fake.made[0].channel
        channel.run = lambda *_: Execution(Outcome.RUNTIME_ERROR, stderr=b"no gcc")
        complaint = "c does not work in this sandbox: no gcc"
        with pytest.raises(Unavailable, match=complaint), pool.lease("c"):
            pass
        with pool.lease():
            pass


def test_an_unknown_language_is_unavailable(fake: Backend) -> None:
    with opened(fake) as pool, pytest.raises(Unavailable, match="klingon"), pool.lease("klingon"):
        pass


def test_a_language_is_tried_once(fake: Backend) -> None:
    with opened(fake) as pool:
        for _ in range(3):
            with pool.lease("c"):
                pass
        assert fake.made[0].channel.said.count("load") == 2  # python's and C's


def test_each_lease_has_its_own_tick(fake: Backend) -> None:
    def tick() -> None: ...

    with opened(fake) as pool, pool.lease(tick=tick):
        assert fake.made[0].channel.ticks[-1] is tick


def test_closing_leaves_nothing(fake: Backend) -> None:
    before = set(threading.enumerate())
    with opened(fake, slots=3) as pool, pool.lease():
        pass
    assert fake.closed
    assert all(one.ended.wait(5) for one in fake.made)
    assert set(threading.enumerate()) <= before


def test_closing_does_not_wait_for_a_backend_that_never_answers(fake: Backend) -> None:
    fake.complaint = "away"
    started = time.monotonic()
    Pool(fake, slots=2).close()
    assert time.monotonic() - started < 3
    assert fake.closed
