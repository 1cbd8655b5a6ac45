"""Programs that stay just within their limits on CPU time and output, or go just beyond them."""

from __future__ import annotations

import os
import statistics
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sandbox.types import Case, Execution, Limits, Outcome, Program
from verifier.bench import Figure
from verifier.sandboxes import open_pool
from verifier.settings import Settings, available_cores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.pool import Pool

NAME = "code_limits"

_LIMITS = Limits(cpu_seconds=1.5)
_NEEDED_SECONDS = 1.0
_RIGHT = 200
_BEYOND = 20
_REPEATS = 5
# By its own CPU clock, so that what it needs is the same however busy the machine is.
_BUSY = """\
import time
begin = time.process_time()
while time.process_time() - begin < {seconds}:
    pass
print("done")
"""
_ROW = "0123456789abcdef" * 4
_AT_ONCE = "import sys\nsys.stdout.write(({row!r} * {rows})[:{size}])\n"
_IN_ROWS = """\
left = {size}
while left > 0:
    print({row!r}[:left], end="", flush=left % 7 == 0)
    left -= len({row!r})
"""


def measure() -> Iterator[Figure]:
    """CPU limits at twice the cores, then outputs of every size."""
    slots = 2 * available_cores()
    with open_pool(Settings(), slots) as pool:
        yield from _cpu(pool, slots)
        yield from _outputs(pool)


def _cpu(pool: Pool, slots: int) -> Iterator[Figure]:
    right = _all(pool, slots, [_BUSY.format(seconds=_NEEDED_SECONDS)] * _RIGHT)
    late = sum(one.outcome is Outcome.TIME_LIMIT for one in right)
    done = sum(one.outcome is Outcome.OK and one.stdout == b"done\n" for one in right)
    what = f"{_NEEDED_SECONDS:g} s of {_LIMITS.cpu_seconds:g} s"
    yield Figure(f"{what}, {slots} at a time on {os.cpu_count()} cores", len(right), "programs")
    yield Figure(f"{what}, false time limits", late, "programs", at_most=0)
    yield Figure(f"{what}, ended well", done, "programs", at_least=_RIGHT)
    yield Figure(f"{what}, most CPU time seen", max(one.cpu_seconds for one in right), "s")
    yield Figure(f"{what}, wall p50", statistics.median(one.wall_seconds for one in right), "s")
    yield Figure(f"{what}, wall longest", max(one.wall_seconds for one in right), "s")
    beyond = _all(pool, slots, [_BUSY.format(seconds=60)] * _BEYOND)
    ended = sum(one.outcome is Outcome.TIME_LIMIT for one in beyond)
    most = max(one.cpu_seconds for one in beyond)
    yield Figure("60 s of 1.5 s, time limits", ended, "programs", at_least=_BEYOND)
    yield Figure("60 s of 1.5 s, most CPU time", most, "s", at_most=_LIMITS.cpu_seconds + 1)


def _all(pool: Pool, slots: int, sources: list[str]) -> list[Execution]:
    def run(source: str) -> Execution:
        with pool.lease() as slot:
            slot.load(Program(source), _LIMITS)
            return slot.run(Case(), _LIMITS)

    with ThreadPoolExecutor(slots) as threads:
        return list(threads.map(run, sources))


def _outputs(pool: Pool) -> Iterator[Figure]:
    most = _LIMITS.output_bytes
    for size in (0, 64_000, 180_000, 1_000_000, most, most + 1):
        expected = (_ROW * (size // len(_ROW) + 1))[:size].encode()[:most]
        outcome = Outcome.OK if size <= most else Outcome.OUTPUT_LIMIT
        rows = size // len(_ROW) + 1
        for how, source in (("at once", _AT_ONCE), ("in rows", _IN_ROWS)):
            found = _all(pool, 1, [source.format(row=_ROW, rows=rows, size=size)] * _REPEATS)
            exact = sum(one.outcome is outcome and one.stdout == expected for one in found)
            name = f"{size:,} bytes {how}: {outcome}, exact"
            yield Figure(name, exact, f"of {_REPEATS}", at_least=_REPEATS)
