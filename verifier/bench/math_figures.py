"""What the rounds of a workload have shown, as figures."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.bench import Figure
from verifier.bench.math_workloads import GROUPS, HARD, MIXED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.bench.math_sides import Judged
    from verifier.bench.math_workloads import Given, Workload

_GOALS = {GROUPS: 30.0, MIXED: 10.0, HARD: 3.0}
_SERVED_GOAL = 15.0
_SLOWEST_MS = 1000.0
_ALARM_SECONDS = 5.0
"""Math-Verify's shortest alarm: a rollout that sets it off is counted, and left out of rates."""
_SHOWN_CHARS = 300


@dataclass(slots=True)
class Seen:
    """Both sides' judgements of one workload, round by round, and the rates found otherwise."""

    workload: Workload
    ours: list[list[Judged]] = field(default_factory=list)
    theirs: list[list[Judged]] = field(default_factory=list)
    two_processes: list[float] = field(default_factory=list)
    served: dict[int, list[float]] = field(default_factory=dict)
    """Number of workers -> rollouts per second."""

    @property
    def rates(self) -> list[tuple[float, float]]:
        """Rollouts per second of ours and of the other side, for each round."""
        return [_rates(*sides) for sides in zip(self.ours, self.theirs, strict=True)]


def _rates(ours: list[Judged], theirs: list[Judged]) -> tuple[float, float]:
    pairs = [pair for pair in zip(ours, theirs, strict=True) if pair[1].seconds < _ALARM_SECONDS]
    mine, their = (sum(judged.seconds for judged in side) for side in zip(*pairs, strict=True))
    return len(pairs) / mine, len(pairs) / their


def speed(title: str, name: str, seen: Seen) -> Iterator[Figure]:
    """Rates side by side, and how long one rollout takes."""
    rates = seen.rates
    times = statistics.median(mine / their for mine, their in rates)
    alarms = sum(judged.seconds >= _ALARM_SECONDS for judged in seen.theirs[0])
    yield Figure(f"{title}, rollouts", len(seen.workload), "rollouts")
    yield Figure(f"{title}, groups", len({given.group for given in seen.workload}), "groups")
    yield Figure(f"{title}, ours", statistics.median(mine for mine, _ in rates), "rollouts/s")
    yield Figure(f"{title}, {name}", statistics.median(their for _, their in rates), "rollouts/s")
    yield Figure(f"{title}, ours / {name}", times, "times", at_least=_GOALS.get(title))
    yield Figure(f"{title}, {name}: set off its alarm", alarms, "rollouts")
    yield from _milliseconds(f"{title}, ours", seen.ours, at_most=_SLOWEST_MS)
    yield from _milliseconds(f"{title}, {name}", seen.theirs)


def _milliseconds(
    title: str, rounds: list[list[Judged]], at_most: float | None = None
) -> Iterator[Figure]:
    ms = sorted(1000 * judged.seconds for judgements in rounds for judged in judgements)
    yield Figure(f"{title}, mean", statistics.fmean(ms), "ms")
    yield Figure(f"{title}, p50", statistics.median(ms), "ms")
    yield Figure(f"{title}, p99", ms[99 * len(ms) // 100], "ms")
    yield Figure(f"{title}, slowest", ms[-1], "ms", at_most=at_most)


def verdicts(title: str, name: str, seen: Seen) -> Iterator[Figure]:
    """What decided how many, what has no reward, and where the sides disagree."""
    first = seen.ours[0]
    for step, number in Counter(judged.decided for judged in first).most_common():
        yield Figure(f"{title}, decided by {step}", number, "rollouts")
    changing = sum(len({j.reward for j in row}) > 1 for row in zip(*seen.ours, strict=True))
    yield Figure(f"{title}, ours: not the same in every round", changing, "rollouts", at_most=0)
    differing = sum(1 for _ in disagreements(title, seen))
    yield Figure(f"{title}, {name}: another reward than ours", differing, "rollouts")
    for side, judgements in (("ours", first), (name, seen.theirs[0])):
        null = sum(judged.reward is None for judged in judgements)
        yield Figure(f"{title}, {side}: null", null, "rollouts")
    if any(given.correct is not None for given in seen.workload):
        yield from _errors(f"{title}, ours", seen.workload, first, at_most=0)
        yield from _errors(f"{title}, {name}", seen.workload, seen.theirs[0])


def _errors(
    title: str, workload: Workload, judgements: list[Judged], at_most: float | None = None
) -> Iterator[Figure]:
    pairs = list(zip(workload, judgements, strict=True))
    missed = sum(given.correct is True and judged.reward != 1 for given, judged in pairs)
    accepted = sum(given.correct is False and judged.reward == 1 for given, judged in pairs)
    yield Figure(f"{title}: right answers missed", missed, "rollouts", at_most=at_most)
    yield Figure(f"{title}: wrong answers accepted", accepted, "rollouts", at_most=at_most)


def otherwise(title: str, name: str, seen: Seen) -> Iterator[Figure]:
    """The same rollouts by two processes, and through HTTP and RQ."""
    alone, theirs = zip(*seen.rates, strict=True)
    if seen.two_processes:
        rate = statistics.median(seen.two_processes)
        yield Figure(f"{title}, ours, two processes", rate, "rollouts/s")
        yield Figure(f"{title}, two processes / one", _times(seen.two_processes, alone), "times")
    for workers, rates in seen.served.items():
        way = f"HTTP + RQ, workers: {workers}"
        yield Figure(f"{title}, {way}", statistics.median(rates), "rollouts/s")
        goal = _SERVED_GOAL if workers == 1 else None
        yield Figure(f"{title}, {way} / {name}", _times(rates, theirs), "times", at_least=goal)


def _times(rates: list[float], others: tuple[float, ...]) -> float:
    return statistics.median(mine / their for mine, their in zip(rates, others, strict=True))


def disagreements(title: str, seen: Seen) -> Iterator[dict[str, str | float | None]]:
    """The rollouts for which the two sides have another reward, to be read by people."""
    rows: zip[tuple[Given, Judged, Judged]] = zip(
        seen.workload, seen.ours[0], seen.theirs[0], strict=True
    )
    for given, mine, their in rows:
        if mine.reward != their.reward:
            yield {
                "workload": title,
                "group": given.group,
                "reference": given.reference,
                "answer": mine.answer,
                "ours": mine.reward,
                "theirs": their.reward,
                "decided": mine.decided,
                "end": given.completion[-_SHOWN_CHARS:],
            }
