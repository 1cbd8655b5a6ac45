"""No hostile program is accepted, finds anything, leaves anything, or disturbs its neighbours."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from sandbox import channel
from sandbox.types import Case, Outcome, Program
from tests.corpus.programs import Entry, read
from tests.corpus.programs.judging import LIMITS, accepts_control, has_module, judge

if TYPE_CHECKING:
    from sandbox.backends.base import Backend
    from sandbox.pool import Pool
    from sandbox.types import Slot

HOSTILE = read("hostile")
WITH_SUCCESSOR = [entry for entry in HOSTILE if entry.then is not None]
VERDICTS = {outcome.value for outcome in Outcome} - {"ok"} | {"wrong_answer"}
HOST_CPU_SECONDS = 3.0
"""What judging one program may cost this process, whatever the program sends; it is far less."""
COMPILE_SECONDS = 5.0
"""A compiler bomb is one however long it may go on, and these tests should not."""
LANGUAGES = {"python", "c", "cpp", "java", "javascript", "typescript", "go", "rust", "bash"}
TROPHY = b"FOUND"
"""What a program prints where its trick works, besides its wrong answer."""


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compilers get less time than they are usually given."""
    monkeypatch.setattr(channel, "_COMPILE_SECONDS", COMPILE_SECONDS)


def names(entry: Entry) -> str:
    """How pytest calls a case."""
    return entry.name


@pytest.mark.parametrize("entry", HOSTILE, ids=names)
def test_a_trick_gets_the_verdict_that_it_deserves(
    backend: Backend, sandbox_pool: Pool, entry: Entry
) -> None:
    need_module(backend, sandbox_pool, entry)
    with sandbox_pool.lease(entry.language) as slot:
        began = time.process_time()
        found = judge(slot, entry)
        host_cpu_seconds = time.process_time() - began
        same_tenant = accepts_control(slot)
    with sandbox_pool.lease(entry.language) as slot:
        if entry.then is not None:
            assert_clean(slot, entry, entry.then)
        other_tenant = accepts_control(slot)
    assert found.verdict in entry.expected(backend.name), found
    assert TROPHY not in found.shown, found
    assert host_cpu_seconds < HOST_CPU_SECONDS, found
    assert same_tenant.verdict == "accepted", same_tenant
    assert other_tenant.verdict == "accepted", other_tenant


def need_module(backend: Backend, pool: Pool, entry: Entry) -> None:
    """Skip a program whose module this machine lacks; an image has to have all of them."""
    if entry.needs is None:
        return
    with pool.lease() as slot:
        there = has_module(slot, entry.needs)
    if not there and backend.name == "local":
        pytest.skip(f"the Python of this machine lacks {entry.needs}")
    assert there, f"the image lacks {entry.needs}"


def assert_clean(slot: Slot, entry: Entry, source: str) -> None:
    """The next tenant's search for what the entry's program left finds nothing."""
    loaded = slot.load(Program(source, entry.language), LIMITS)
    assert loaded.outcome is Outcome.OK, loaded
    found = slot.run(Case(), LIMITS)
    assert (found.outcome, found.stdout.split()) == (Outcome.OK, [b"CLEAN"]), found


def test_an_execution_sees_nothing_of_the_one_before_it(sandbox_pool: Pool) -> None:
    source = """
import os
folders = (".", "/tmp", "/dev/shm", os.path.expanduser("~"))
print(*map(os.listdir, folders))
for folder in folders:
    open(folder + "/left", "w").close()
if os.fork() == 0:
    os.setsid()
    while True:
        open("/tmp/again", "w").close()
"""
    with sandbox_pool.lease() as slot:
        slot.load(Program(source), LIMITS)
        found = {slot.run(Case(), LIMITS).stdout for _ in range(5)}
    assert found == {b"[] [] [] []\n"}


def test_large_programs_of_many_tenants_leave_room_for_the_next(sandbox_pool: Pool) -> None:
    source = '__asm__(".data\\n.fill %d, 1, 7\\n.text");\nint main(void) { return 0; }\n'
    for megabytes in range(50, 58):
        with sandbox_pool.lease("c") as slot:
            loaded = slot.load(Program(source % (megabytes << 20), "c"), LIMITS)
            assert loaded.outcome in {Outcome.OK, Outcome.COMPILE_ERROR}
    with sandbox_pool.lease("c") as slot:
        loaded = slot.load(Program(source % (20 << 20), "c"), LIMITS)
        assert loaded.outcome is Outcome.OK, loaded
        assert slot.run(Case(), LIMITS).outcome is Outcome.OK
        assert accepts_control(slot).verdict == "accepted"


def test_the_pool_is_whole_after_all_that(sandbox_pool: Pool) -> None:
    with sandbox_pool.lease() as slot:
        assert accepts_control(slot).verdict == "accepted"


def test_the_catalogue_is_what_it_says() -> None:
    assert len(HOSTILE) >= 140
    assert {entry.language for entry in HOSTILE} >= LANGUAGES | {"ruby", "perl", "lua", "php"}
    for entry in HOSTILE:
        assert {one for verdicts in entry.expect.values() for one in verdicts} <= VERDICTS
    everything = HOSTILE + read("honest")
    assert [name for name, n in Counter(map(names, everything)).items() if n > 1] == []
    assert [entry.name for entry in everything if len(entry.note) < 10] == []
