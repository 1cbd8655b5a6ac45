"""Requests are let in whole, in order, and no place is ever lost."""

from __future__ import annotations

import asyncio
import time

import pytest

from verifier.admission import Admission
from verifier.errors import Overloaded


def soon(seconds: float = 5.0) -> float:
    return time.time() + seconds


async def hold(admission: Admission, rollouts: int, until: asyncio.Event) -> None:
    async with admission.admit(rollouts, soon()):
        await until.wait()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_request_that_fills_the_queue_exactly_is_let_in() -> None:
    admission = Admission(8)
    async with admission.admit(8, soon()):
        assert admission.admitted == 8


async def test_a_request_that_never_fits_is_refused_at_once() -> None:
    with pytest.raises(Overloaded, match="send fewer at once"):
        async with Admission(8).admit(9, soon()):
            pass


async def test_a_request_one_rollout_past_the_capacity_is_held() -> None:
    admission, leave = Admission(8), asyncio.Event()
    first = asyncio.create_task(hold(admission, 8, leave))
    await settle()
    second = asyncio.create_task(hold(admission, 1, leave))
    await settle()
    assert (admission.admitted, admission.held) == (8, 1)
    leave.set()
    await asyncio.gather(first, second)


async def test_a_held_request_is_let_in_when_there_is_room() -> None:
    admission, leave = Admission(8), asyncio.Event()
    first = asyncio.create_task(hold(admission, 8, leave))
    await settle()
    entered = asyncio.Event()

    async def second() -> None:
        async with admission.admit(3, soon()):
            entered.set()

    waiting = asyncio.create_task(second())
    await settle()
    leave.set()
    await asyncio.gather(first, waiting)
    assert entered.is_set()


async def test_requests_are_let_in_in_the_order_they_came() -> None:
    admission, order = Admission(4), list[int]()
    leave = asyncio.Event()
    first = asyncio.create_task(hold(admission, 4, leave))
    await settle()

    async def enter(number: int, rollouts: int) -> None:
        async with admission.admit(rollouts, soon()):
            order.append(number)
            await asyncio.sleep(0)

    others = []
    for number, rollouts in enumerate((4, 1, 3, 2)):
        others.append(asyncio.create_task(enter(number, rollouts)))
        await settle()
    leave.set()
    await asyncio.gather(first, *others)
    assert order == [0, 1, 2, 3]


async def test_a_small_request_does_not_overtake_a_large_one() -> None:
    admission, leave = Admission(4), asyncio.Event()
    first = asyncio.create_task(hold(admission, 3, leave))
    await settle()
    large = asyncio.create_task(hold(admission, 4, leave))
    await settle()
    small = asyncio.create_task(hold(admission, 1, leave))
    await settle()
    assert (admission.admitted, admission.held) == (3, 2)
    leave.set()
    await asyncio.gather(first, large, small)


async def test_a_request_still_held_at_its_deadline_is_refused() -> None:
    admission, leave = Admission(4), asyncio.Event()
    first = asyncio.create_task(hold(admission, 4, leave))
    await settle()
    with pytest.raises(Overloaded, match="it holds 4") as refused:
        async with admission.admit(1, soon(0.05)):
            pass
    assert refused.value.retry_after_seconds == 1
    leave.set()
    await first


async def test_a_request_whose_deadline_passed_is_refused_where_it_would_be_held() -> None:
    admission, leave = Admission(4), asyncio.Event()
    first = asyncio.create_task(hold(admission, 4, leave))
    await settle()
    with pytest.raises(Overloaded):
        async with admission.admit(1, soon(-1)):
            pass
    leave.set()
    await first


async def test_a_refused_request_makes_way_for_those_behind_it() -> None:
    admission, leave = Admission(4), asyncio.Event()
    first = asyncio.create_task(hold(admission, 3, leave))
    await settle()

    async def large() -> None:
        async with admission.admit(2, soon(0.05)):
            pass

    refused = asyncio.create_task(large())
    await settle()
    small = asyncio.create_task(hold(admission, 1, leave))
    with pytest.raises(Overloaded):
        await refused
    await settle()
    assert (admission.admitted, admission.held) == (4, 0)
    leave.set()
    await asyncio.gather(first, small)


async def test_a_cancelled_request_frees_its_place_in_the_line() -> None:
    admission, leave = Admission(4), asyncio.Event()
    first = asyncio.create_task(hold(admission, 3, leave))
    await settle()
    large = asyncio.create_task(hold(admission, 4, leave))
    await settle()
    small = asyncio.create_task(hold(admission, 1, leave))
    await settle()
    large.cancel()
    await settle()
    assert (admission.admitted, admission.held) == (4, 0)
    leave.set()
    await asyncio.gather(first, large, small, return_exceptions=True)


async def test_a_request_cancelled_at_the_moment_it_is_let_in_keeps_no_place() -> None:
    admission, leave = Admission(4), asyncio.Event()
    first = asyncio.create_task(hold(admission, 4, leave))
    await settle()
    second = asyncio.create_task(hold(admission, 4, leave))
    await settle()
    leave.set()
    await asyncio.sleep(0)  # the first leaves and lets the second in, which has not run yet
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert (admission.admitted, admission.held) == (0, 0)


async def test_a_failing_request_gives_its_places_back() -> None:
    admission = Admission(4)
    with pytest.raises(RuntimeError, match="inside"):
        async with admission.admit(4, soon()):
            raise RuntimeError("inside")
    assert admission.admitted == 0


async def test_nothing_leaks_when_many_come_and_are_cancelled() -> None:
    admission = Admission(5)

    async def visit(number: int) -> None:
        async with admission.admit(number % 5 + 1, soon(0.001 * (number % 50))):
            await asyncio.sleep(0.001)

    tasks = [asyncio.create_task(visit(number)) for number in range(300)]
    await asyncio.sleep(0.01)
    for task in tasks[::3]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (admission.admitted, admission.held) == (0, 0)
