"""A call in the child ends as it should, whatever the child does; on a real zygote."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from verifier.watchdog import Watchdog, start_zygote

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import JsonValue

MEMORY_BYTES = 512 << 20
EASY: dict[str, JsonValue] = {"gold": "(x+1)^{2}", "answer": "x^{2}+2x+1"}
SLOW: dict[str, JsonValue] = {"gold": "7", "answer": r"\int \frac{\sin(x^{5})}{1+x^{7}} dx"}
SLOW_GOLD: dict[str, JsonValue] = {"gold": SLOW["answer"], "answer": "7"}
LARGE: dict[str, JsonValue] = {"gold": "7", "answer": "x" * 300_000}


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    path = tmp_path_factory.mktemp("zygote") / "socket"
    process = start_zygote(path, MEMORY_BYTES)
    try:
        yield path, process.pid
    finally:
        _end(process)


@pytest.fixture
def watchdog(zygote: tuple[Path, int]) -> Iterator[Watchdog]:
    dog = Watchdog(zygote[0])
    try:
        yield dog
    finally:
        dog.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _child(watchdog: Watchdog) -> int:
    assert watchdog._child is not None
    return watchdog._child._process.pid


def _strike(watchdog: Watchdog, times: int) -> threading.Thread:
    """Kill the child that a call is about to use, and its successors, `times` in all."""

    def strike() -> None:
        killed: set[int] = set()
        until = time.monotonic() + 10
        while len(killed) < times and time.monotonic() < until:
            child = watchdog._child
            if child is not None and child._process.pid not in killed and child.calls:
                time.sleep(0.1)
                killed.add(child._process.pid)
                os.kill(child._process.pid, signal.SIGKILL)
            time.sleep(0.01)

    thread = threading.Thread(target=strike)
    thread.start()
    return thread


def test_a_call_returns_what_the_function_returned(watchdog: Watchdog) -> None:
    reply = watchdog.call("math", EASY, cpu_seconds=10)
    assert isinstance(reply.value, dict)
    assert (reply.ended, reply.value["equal"]) == ("done", True)


def test_calls_share_a_child(watchdog: Watchdog) -> None:
    watchdog.call("math", EASY, cpu_seconds=10)
    first = _child(watchdog)
    watchdog.call("math", EASY, cpu_seconds=10)
    assert _child(watchdog) == first


def test_a_call_past_its_cpu_seconds_is_too_slow(watchdog: Watchdog) -> None:
    assert watchdog.call("math", SLOW, cpu_seconds=0.5).ended == "too_slow"


def test_a_call_that_is_too_slow_ends_promptly(watchdog: Watchdog) -> None:
    watchdog.call("math", EASY, cpu_seconds=10)
    started = time.process_time(), time.monotonic()
    watchdog.call("math", SLOW, cpu_seconds=0.5)
    assert time.monotonic() - started[1] < 5


def test_the_phase_says_where_a_slow_call_was(watchdog: Watchdog) -> None:
    assert watchdog.call("math", SLOW_GOLD, cpu_seconds=0.5).phase == "gold"


def test_the_child_of_a_slow_call_is_gone(watchdog: Watchdog) -> None:
    watchdog.call("math", EASY, cpu_seconds=10)
    child = psutil.Process(_child(watchdog))
    watchdog.call("math", SLOW, cpu_seconds=0.5)
    assert not psutil.wait_procs([child], timeout=5)[1]


def test_a_call_after_a_kill_works(watchdog: Watchdog) -> None:
    watchdog.call("math", SLOW, cpu_seconds=0.5)
    assert watchdog.call("math", EASY, cpu_seconds=10).ended == "done"


def test_a_call_past_its_memory_is_too_big(watchdog: Watchdog, tmp_path: Path) -> None:
    watchdog.call("math", EASY, cpu_seconds=10)
    path = tmp_path / "small"
    needed = psutil.Process(_child(watchdog)).memory_info().vms
    process = start_zygote(path, needed + (32 << 20))
    dog = Watchdog(path)
    try:
        assert dog.call("math", LARGE, cpu_seconds=60).ended == "too_big"
    finally:
        dog.close()
        _end(process)


def test_the_child_cannot_have_more_memory_than_its_cap(watchdog: Watchdog) -> None:
    watchdog.call("math", EASY, cpu_seconds=10)
    cap = psutil.Process(_child(watchdog)).rlimit(psutil.RLIMIT_AS)
    assert cap == (MEMORY_BYTES, MEMORY_BYTES)


def test_a_call_past_the_deadline_is_stalled(watchdog: Watchdog) -> None:
    watchdog.deadline = time.time() + 0.3
    assert watchdog.call("math", SLOW, cpu_seconds=60).ended == "stalled"


def test_a_stalled_call_ends_at_its_deadline(watchdog: Watchdog) -> None:
    watchdog.call("math", EASY, cpu_seconds=10)
    started = time.monotonic()
    watchdog.deadline = time.time() + 0.3
    watchdog.call("math", SLOW, cpu_seconds=60)
    assert time.monotonic() - started < 2


def test_a_stopped_child_is_stalled_and_not_too_slow(watchdog: Watchdog) -> None:
    watchdog.call("math", EASY, cpu_seconds=10)
    os.kill(_child(watchdog), signal.SIGSTOP)
    watchdog.deadline = time.time() + 0.5
    assert watchdog.call("math", EASY, cpu_seconds=60).ended == "stalled"


def test_without_a_zygote_a_call_is_stalled(tmp_path: Path) -> None:
    dog = Watchdog(tmp_path / "nobody")
    dog.deadline = time.time() + 0.2
    reply = dog.call("math", EASY, cpu_seconds=1)
    assert (reply.ended, reply.phase) == ("stalled", "start")


def test_a_child_that_dies_once_is_replaced_and_asked_again(watchdog: Watchdog) -> None:
    striking = _strike(watchdog, times=1)
    reply = watchdog.call("math", SLOW, cpu_seconds=0.7)
    striking.join()
    assert reply.ended == "too_slow"


def test_a_child_that_died_between_calls_costs_no_answer(watchdog: Watchdog) -> None:
    watchdog.call("math", EASY, cpu_seconds=10)
    os.kill(_child(watchdog), signal.SIGKILL)
    assert watchdog.call("math", EASY, cpu_seconds=10).ended == "done"


def test_a_child_that_dies_twice_is_a_crash(watchdog: Watchdog) -> None:
    striking = _strike(watchdog, times=2)
    reply = watchdog.call("math", SLOW, cpu_seconds=20)
    striking.join()
    assert reply.ended == "crashed"


def test_only_allowed_functions_run(watchdog: Watchdog) -> None:
    reply = watchdog.call("os.system", {"command": "true"}, cpu_seconds=1)
    assert (reply.ended, reply.value) == ("failed", "KeyError: 'os.system'")


def test_a_function_that_refuses_its_arguments_has_failed(watchdog: Watchdog) -> None:
    assert watchdog.call("math", {"nonsense": 1}, cpu_seconds=1).ended == "failed"


def test_a_child_that_failed_is_used_again(watchdog: Watchdog) -> None:
    watchdog.call("math", {"nonsense": 1}, cpu_seconds=1)
    assert watchdog.call("math", EASY, cpu_seconds=10).ended == "done"


def test_the_owner_is_asked_while_a_call_runs(zygote: tuple[Path, int]) -> None:
    asked = list[float]()

    def still_wanted() -> bool:
        asked.append(time.monotonic())
        return True

    dog = Watchdog(zygote[0], still_wanted)
    dog.call("math", SLOW, cpu_seconds=0.5)
    dog.close()
    assert len(asked) >= 5


def test_a_call_that_nobody_wants_is_given_up(zygote: tuple[Path, int]) -> None:
    dog = Watchdog(zygote[0], lambda: False)
    assert dog.call("math", SLOW, cpu_seconds=30).ended == "stalled"
    dog.close()


def test_an_exception_of_the_owner_leaves_no_stale_answer_behind(zygote: tuple[Path, int]) -> None:
    def fail() -> bool:
        raise KeyError

    dog = Watchdog(zygote[0], fail)
    with pytest.raises(KeyError):
        dog.call("math", SLOW, cpu_seconds=5)
    dog.still_wanted = lambda: True
    reply = dog.call("math", {"gold": "2x", "answer": "x+x"}, cpu_seconds=5)
    dog.close()
    assert isinstance(reply.value, dict)
    assert reply.value["equal"] is True


def test_closing_kills_the_child(watchdog: Watchdog) -> None:
    watchdog.call("math", EASY, cpu_seconds=10)
    child = psutil.Process(_child(watchdog))
    watchdog.close()
    assert not psutil.wait_procs([child], timeout=5)[1]


def test_a_computing_child_whose_owner_died_ends_with_its_cpu_seconds(
    zygote: tuple[Path, int],
) -> None:
    owner = os.fork()
    if owner == 0:
        Watchdog(zygote[0]).call("math", SLOW, cpu_seconds=0.5)
        os._exit(0)
    until = time.monotonic() + 10
    found: list[psutil.Process] = []
    while not found and time.monotonic() < until:
        children = psutil.Process(zygote[1]).children()
        found = [child for child in children if child.cpu_times().user > 0.1]
        time.sleep(0.02)
    os.kill(owner, signal.SIGKILL)
    os.waitpid(owner, 0)
    assert found
    assert not psutil.wait_procs(found, timeout=10)[1]


def test_children_die_with_the_zygote(tmp_path: Path) -> None:
    process = start_zygote(tmp_path / "own", MEMORY_BYTES)
    dog = Watchdog(tmp_path / "own")
    dog.call("math", EASY, cpu_seconds=10)
    child = psutil.Process(_child(dog))
    _end(process)
    gone = not psutil.wait_procs([child], timeout=5)[1]
    dog.close()
    assert gone
