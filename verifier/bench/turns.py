"""Ways of doing the same, measured by turns, so that noise falls on all of them alike."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.bench import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Work = Callable[[], int]
    """Does it once and returns how many executions that was; raises where one went wrong."""

_PERCENT = 100


@dataclass(slots=True)
class Timed:
    """What one way was seen to do."""

    rates: list[float] = field(default_factory=list)
    """Executions per second, one number for each turn."""
    seconds: list[float] = field(default_factory=list)
    """How long each piece of work took."""

    @property
    def rate(self) -> float:
        """Executions per second, the median of the turns."""
        return statistics.median(self.rates)

    @property
    def p50(self) -> float:
        """Median seconds of one piece of work."""
        return statistics.median(self.seconds)

    @property
    def p99(self) -> float:
        """Seconds that one piece of work in a hundred exceeds; of few pieces, the longest."""
        if len(self.seconds) < _PERCENT:
            return max(self.seconds)
        return statistics.quantiles(self.seconds, n=_PERCENT)[-1]

    def times(self, other: Timed) -> float:
        """How many times the rate of another way that took turns with this one."""
        pairs = zip(self.rates, other.rates, strict=True)
        return statistics.median(mine / theirs for mine, theirs in pairs)

    def figures(self, name: str) -> Iterator[Figure]:
        """The way's own figures."""
        yield Figure(name, self.rate, "executions/s")
        yield Figure(f"{name}, p50", self.p50 * 1000, "ms")
        yield Figure(f"{name}, p99", self.p99 * 1000, "ms")


def by_turns(
    ways: Mapping[str, Work], *, clients: int = 2, seconds: float = 1.0, turns: int = 5
) -> dict[str, Timed]:
    """Let each way have its turns, after one warm-up, which is not counted.

    Args:
        ways: what to do, by name.
        clients: so many threads do it at the same time.
        seconds: how long a turn is; what is begun is ended.
        turns: of each way.
    """
    found = {name: Timed() for name in ways}
    for work in ways.values():
        _together(work, clients, 0)
    for _ in range(turns):
        for name, work in ways.items():
            began = time.perf_counter()
            pieces = _together(work, clients, seconds)
            took = time.perf_counter() - began
            found[name].rates.append(sum(executions for executions, _ in pieces) / took)
            found[name].seconds += [one for _, one in pieces]
    return found


def _together(work: Work, clients: int, seconds: float) -> list[tuple[int, float]]:
    """Executions and seconds of each piece of work that was done by so many at the same time."""
    until = time.perf_counter() + seconds

    def client() -> list[tuple[int, float]]:
        pieces = []
        while True:
            began = time.perf_counter()
            executions = work()
            ended = time.perf_counter()
            pieces.append((executions, ended - began))
            if ended > until:
                return pieces

    with ThreadPoolExecutor(clients) as threads:
        running = [threads.submit(client) for _ in range(clients)]
        return [piece for one in running for piece in one.result()]
